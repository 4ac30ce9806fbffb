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

MATCH (p:Nominal)-[l:LINKED_TO]->(c:Crime)
WHERE l.link_role IN $link_roles
  AND coalesce(c.recorded_on, c.occurred_on) >= $period_from AND coalesce(c.recorded_on, c.occurred_on) <= $period_to
  AND p.restricted_on IS NULL AND ($include_overdue OR coalesce(p.review_due >= $as_of, true))
WITH DISTINCT p, c
WITH p, count(c) AS crimes, min(coalesce(c.recorded_on, c.occurred_on)) AS first_on,
  max(coalesce(c.recorded_on, c.occurred_on)) AS last_on
ORDER BY crimes DESC, p.person_id
LIMIT $limit
CALL (p) {
  MATCH (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
  WITH DISTINCT g ORDER BY g.ocg_id
  RETURN collect(g.ocg_id) AS ocg_ids
}
RETURN p.person_id AS person_id, p.name AS name, crimes, first_on, last_on, ocg_ids
ORDER BY crimes DESC, person_id
