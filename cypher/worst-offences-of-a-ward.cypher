// Suspects in a ward's worst offences
//
// The offences of a ward with the highest severity weights in the period, and who is arrested for or suspected of
// each. Offences without a known weight cannot be ranked; the last column says how many there are. An offence
// without a suspect is shown with blanks.
//
// kind: table
// subject: crime
// columns:
//   crime_id: The crime.
//   offence: Offence in words.
//   recorded_on: When it was recorded.
//   harm: Severity weight.
//   person_id: Who is a suspect, arrested, charged or convicted; blank when nobody is.
//   name: Name as recorded.
//   link_role: As what the person is linked.
//   ocg_ids: Groups of which the person is a member on the day.
//   not_ranked: Offences of the ward in the period without a known weight.
//   severity_scheme: Severity weights behind the harm; blank when none is known.
//
// district (text): District of the ward.
:param district => 'Lyonmere City';
// ward (text): The ward.
:param ward => 'Lyonmere Lantern Hill';
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
// worst (whole): How many of the worst offences.
:param worst => 10;

MATCH (:District {district: $district})<-[:PART_OF]-(:Ward {ward: $ward})<-[:OCCURRED_IN]-(c:Crime)
WHERE $period_from <= c.day <= $period_to
WITH *, CASE WHEN size(keys($weights)) = 0 THEN c.severity
  ELSE coalesce($weights[c.severity_code], $weights[split(c.severity_code, '.')[0]]) END AS weight,
  CASE WHEN size(keys($weights)) = 0 THEN c.severity_scheme ELSE 'given with the question' END AS scheme
WITH collect({crime: c, harm: weight, scheme: scheme}) AS crimes, count(c) - count(weight) AS not_ranked
UNWIND crimes AS row
WITH row, not_ranked WHERE row.harm IS NOT NULL
WITH row.crime AS c, row.harm AS harm, row.scheme AS severity_scheme, not_ranked
ORDER BY harm DESC, c.crime_id
LIMIT $worst
OPTIONAL MATCH (p:Nominal)-[l:LINKED_TO]->(c)
WHERE l.link_role IN $link_roles
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
CALL (p) {
  OPTIONAL MATCH (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  WITH DISTINCT g ORDER BY g.ocg_id
  RETURN collect(g.ocg_id) AS ocg_ids
}
RETURN c.crime_id AS crime_id, c.offence AS offence, c.recorded_on AS recorded_on, harm, p.person_id AS person_id,
  p.name AS name, l.link_role AS link_role, ocg_ids, not_ranked, severity_scheme
ORDER BY harm DESC, crime_id, person_id, link_role
