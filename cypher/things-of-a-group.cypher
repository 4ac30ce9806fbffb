// Things of a group
//
// What is recorded as a group's own, such as its premises, line or vehicle, and what its members of the day have to
// do with. Customers and employees are left out.
//
// kind: table
// subject: things
// columns:
//   thing_id: The thing.
//   kind: What it is.
//   label: Name, number, registration or address as recorded.
//   through: The group itself, or the member through whom.
//   relation: own, or what the member is to it.
//   from_date: First day; blank when not known.
//   to_date: Last day; blank while it lasts or when not known.
//   confidence: How sure that is: recorded, attributed or suspected.
//   members: How many members of the group have to do with it.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];

MATCH (g:OCG {ocg_id: $ocg_id})
CALL (g) {
  MATCH (g)-[u:HAS_THING]->(t:Thing)
  WHERE u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN t, null AS member, g.ocg_id AS through, 'own' AS relation, u.from_date AS from_date, u.to_date AS to_date, coalesce(u.confidence, 'recorded') AS confidence
  UNION
  MATCH (g)<-[m:MEMBER_OF]-(p:Nominal)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]->(t:Thing)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
    AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN t, p.person_id AS member, p.person_id AS through, u.relation AS relation, u.from_date AS from_date, u.to_date AS to_date, coalesce(u.confidence, 'recorded') AS confidence
}
WITH t, collect({member: member, through: through, relation: relation, from_date: from_date, to_date: to_date, confidence: confidence}) AS links, count(DISTINCT member) AS members
WHERE ($include_overdue OR t.overdue_after >= $as_of)
UNWIND links AS x
RETURN t.thing_id AS thing_id, t.kind AS kind, t.name AS label, x.through AS through, x.relation AS relation,
  x.from_date AS from_date, x.to_date AS to_date, x.confidence AS confidence, members
ORDER BY members DESC, thing_id, through, relation, from_date, to_date, confidence
