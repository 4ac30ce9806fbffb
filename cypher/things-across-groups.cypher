// Things shared across groups
//
// Things of more than one group: recorded as a group's own, or through the members of the day, such as a house that
// two groups use or a line with several users in turn. Things with too many people are left out, and so are
// customers and employees.
//
// kind: table
// subject: things
// scans: Thing, OCG
// columns:
//   thing_id: The thing.
//   kind: What it is.
//   label: Name, number, registration or address as recorded.
//   groups: How many groups.
//   ocg_ids: Which.
//   own_of: Groups of which it is recorded as their own.
//   members: Members through whom it is a matter of their groups.
//   users: How many people have to do with the thing in all.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// max_users (whole): A thing with more people than this joins nobody: a hostel, a taxi rank, a switchboard.
:param max_users => 15;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (t:Thing)
WHERE $force IN ['', t.force]
  AND ($include_overdue OR t.overdue_after >= $as_of)
CALL (t) {
  MATCH (t)<-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]-(p:Nominal)-[m:MEMBER_OF]->(g:OCG)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
    AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN g.ocg_id AS ocg_id, p.person_id AS member, null AS own
  UNION
  MATCH (t)<-[u:HAS_THING]-(g:OCG)
  WHERE g.valid_from <= $as_of <= g.valid_to
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN g.ocg_id AS ocg_id, null AS member, g.ocg_id AS own
}
WITH t, ocg_id, member, own ORDER BY ocg_id, member
WITH t, collect(DISTINCT ocg_id) AS ocg_ids, collect(DISTINCT own) AS own_of, collect(DISTINCT member) AS members
WHERE size(ocg_ids) > 1
CALL (t) {
  OPTIONAL MATCH (t)<-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN count(DISTINCT p.person_id) AS users
}
WITH t, ocg_ids, own_of, members, users
WHERE users <= $max_users
RETURN t.thing_id AS thing_id, t.kind AS kind, t.name AS label,
  size(ocg_ids) AS groups, ocg_ids, own_of, members, users
ORDER BY groups DESC, thing_id
LIMIT $limit
