// Nominals by the crimes they are linked to
//
// Who is arrested for or suspected of the most crimes in the period. A crime counts once for each of its people,
// so the column does not add up to the number of crimes.
//
// kind: table
// subject: crime
// scans: Crime, Nominal
// columns:
//   person_id: The nominal.
//   name: Name as recorded.
//   crimes: Crimes in the period.
//   first_on: Date of the earliest.
//   last_on: Date of the latest.
//   ocg_ids: Groups of which the person is a member on the day.
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
WITH p, count(c) AS crimes, min(c.day) AS first_on, max(c.day) AS last_on
ORDER BY crimes DESC, p.person_id
LIMIT $limit
CALL (p) {
  MATCH (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  WITH DISTINCT g ORDER BY g.ocg_id
  RETURN collect(g.ocg_id) AS ocg_ids
}
RETURN p.person_id AS person_id, p.name AS name, crimes, first_on, last_on, ocg_ids
ORDER BY crimes DESC, person_id
