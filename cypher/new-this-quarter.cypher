// What is new this quarter
//
// Groups that were mapped, people who joined a group, and recorded roles that changed, from the first day of the
// quarter to the day.
//
// kind: table
// subject: groups
// scans: OCG
// columns:
//   what: group mapped, joined, or role changed.
//   happened_on: When.
//   ocg_id: The group.
//   ocg_name: Name of the group.
//   person_id: The person; blank for a group.
//   name: Name as recorded.
//   recorded_role: The new recorded role; blank when not assessed.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// quarter_from (date): First day of the quarter that ends on as_of.
:param quarter_from => date('2019-01-01');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (g:OCG)
  WHERE $force IN ['', g.force]
    AND $quarter_from <= g.mapped_on <= $as_of
  RETURN 'group mapped' AS what, g.mapped_on AS happened_on, g, null AS p, null AS recorded_role
  UNION ALL
  MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
  WHERE $force IN ['', p.force]
    AND $quarter_from <= m.from_date <= $as_of
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  OPTIONAL MATCH (p)-[old:MEMBER_OF]->(g)
  WHERE old.valid_from < m.from_date
  WITH p, g, m, count(old) AS earlier
  RETURN CASE earlier WHEN 0 THEN 'joined' ELSE 'role changed' END AS what, m.from_date AS happened_on, g, p,
    m.role AS recorded_role
}
RETURN what, happened_on, g.ocg_id AS ocg_id, g.name AS ocg_name, p.person_id AS person_id, p.name AS name, recorded_role
ORDER BY happened_on DESC, what, ocg_id, person_id
