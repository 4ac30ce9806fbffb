// Nominals linked to the same crimes
//
// Pairs of nominals who are both arrested for or suspected of the same crimes in the period. Victims and witnesses
// never make a pair.
//
// kind: table
// subject: crime
// scans: Crime, Nominal
// columns:
//   person_a: One person; the smaller id.
//   name_a: Name as recorded.
//   person_b: The other person.
//   name_b: Name as recorded.
//   crimes: Crimes in common.
//   first_on: Date of the earliest.
//   last_on: Date of the latest.
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
// min_crimes (whole): Fewest crimes in common.
:param min_crimes => 2;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (a:Nominal)-[x:LINKED_TO]->(c:Crime)<-[y:LINKED_TO]-(b:Nominal)
WHERE $force IN ['', a.force]
  AND a.person_id < b.person_id
  AND x.link_role IN $link_roles AND y.link_role IN $link_roles
  AND $period_from <= c.day <= $period_to
  AND a.restricted_on IS NULL AND ($include_overdue OR a.overdue_after >= $as_of)
  AND b.restricted_on IS NULL AND ($include_overdue OR b.overdue_after >= $as_of)
WITH DISTINCT a, b, c
WITH a, b, count(c) AS crimes, min(c.day) AS first_on, max(c.day) AS last_on
WHERE crimes >= $min_crimes
RETURN a.person_id AS person_a, a.name AS name_a, b.person_id AS person_b, b.name AS name_b, crimes, first_on, last_on
ORDER BY crimes DESC, person_a, person_b
LIMIT $limit
