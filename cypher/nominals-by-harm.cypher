// Nominals by the severity of the crimes they are linked to
//
// Who is arrested for or suspected of the most severe crimes in the period, by the sum of the severity weights. A
// crime without an offence code, or whose code has no weight, is counted and its harm is unknown, not zero.
//
// kind: table
// subject: crime
// scans: Crime, Nominal
// columns:
//   person_id: The nominal.
//   name: Name as recorded.
//   crimes: Crimes in the period.
//   harm: Sum of the severity weights; blank when no weight is known.
//   harm_unknown: Of the crimes, how many have no known weight.
//   severity_scheme: Severity weights behind the harm; blank when none is known.
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
// weights (numbers): Severity weights by offence code that take the place of all that the records carry; none: these.
:param weights => ({});
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)-[l:LINKED_TO]->(c:Crime)
WHERE $force IN ['', p.force]
  AND l.link_role IN $link_roles
  AND $period_from <= c.day <= $period_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH DISTINCT p, c
WITH *, CASE WHEN size(keys($weights)) = 0 THEN c.severity
  ELSE coalesce($weights[c.severity_code], $weights[split(c.severity_code, '.')[0]]) END AS weight,
  CASE WHEN size(keys($weights)) = 0 THEN c.severity_scheme ELSE 'given with the question' END AS scheme
WITH p, count(c) AS crimes, count(weight) AS known, sum(weight) AS total, max(scheme) AS severity_scheme
WITH p, crimes, CASE WHEN known > 0 THEN round(total, 6) END AS harm, crimes - known AS harm_unknown, severity_scheme
RETURN p.person_id AS person_id, p.name AS name, crimes, harm, harm_unknown, severity_scheme
ORDER BY coalesce(harm, -1.0) DESC, person_id
LIMIT $limit
