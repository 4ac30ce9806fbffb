// Brokers between groups
//
// Members of a group who are tied, by crimes, reports or recorded contact of the period, to members of several
// groups that are not their own. A lead to look at, not a role.
//
// kind: table
// subject: ties
// scans: OCG
// columns:
//   person_id: The nominal.
//   name: Name as recorded.
//   own_groups: Groups of which the person is a member on the day.
//   groups: How many other groups the ties reach.
//   contacts: How many of their members.
//   ocg_ids: Which groups.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// link_roles (roles): Links to a crime that count; never victim or witness.
:param link_roles => ['arrested', 'suspect', 'charged', 'convicted'];
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// min_groups (whole): Fewest groups of others.
:param min_groups => 2;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)-[own:MEMBER_OF]->(o:OCG)
WHERE $force IN ['', p.force]
  AND own.valid_from <= $as_of <= own.valid_to AND o.valid_from <= $as_of <= o.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH DISTINCT p, o ORDER BY o.ocg_id
WITH p, collect(o.ocg_id) AS own_groups
CALL (p) {
  MATCH (p)-[x:LINKED_TO]->(c:Crime)<-[y:LINKED_TO]-(q:Nominal)
  WHERE x.link_role IN $link_roles AND y.link_role IN $link_roles
    AND $period_from <= c.day <= $period_to
  RETURN q
  UNION ALL
  MATCH (p)-[:MENTIONED_IN]->(r:IntelReport)<-[:MENTIONED_IN]-(q:Nominal)
  WHERE $period_from <= r.day <= $period_to
    AND ($include_overdue OR r.overdue_after >= $as_of)
    AND NOT r.source_grading IN $refused_sources
    AND NOT r.content_grading IN $refused_contents
  RETURN q
  UNION ALL
  MATCH (p)-[t:ASSOCIATES_WITH]-(q:Nominal)
  WHERE t.valid_from <= $period_to AND t.valid_to >= $period_from
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = t.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN q
}
WITH DISTINCT p, own_groups, q
WHERE q <> p
  AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
MATCH (q)-[m:MEMBER_OF]->(g:OCG)
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND NOT EXISTS {
    MATCH (p)-[n:MEMBER_OF]->(g)
    WHERE n.valid_from <= $as_of <= n.valid_to
  }
WITH DISTINCT p, own_groups, q, g ORDER BY g.ocg_id
WITH p, own_groups, count(DISTINCT g) AS groups, count(DISTINCT q) AS contacts, collect(DISTINCT g.ocg_id) AS ocg_ids
WHERE groups >= $min_groups
RETURN p.person_id AS person_id, p.name AS name, own_groups, groups, contacts, ocg_ids
ORDER BY groups DESC, contacts DESC, person_id
LIMIT $limit
