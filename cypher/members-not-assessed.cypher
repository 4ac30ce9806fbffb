// Members whose role nobody has assessed
//
// Members of a group on a day whose membership carries no recorded role: not assessed is not peripheral.
//
// kind: table
// subject: groups
// scans: OCG
// columns:
//   ocg_id: The group.
//   ocg_name: Name of the group.
//   person_id: The member.
//   name: Name as recorded.
//   from_date: First day of the membership; blank when not recorded.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
WHERE coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
  AND p.restricted_on IS NULL AND ($include_overdue OR coalesce(p.review_due >= $as_of, true))
WITH p, g, m ORDER BY coalesce(m.from_date, date('0001-01-01'))
WITH p, g, last(collect(m)) AS m
WITH p, g, m WHERE m.role IS NULL
RETURN g.ocg_id AS ocg_id, g.name AS ocg_name, p.person_id AS person_id, p.name AS name, m.from_date AS from_date
ORDER BY ocg_id, person_id
