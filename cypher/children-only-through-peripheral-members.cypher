// Children reached only through peripheral members
//
// Linked children none of whose adults is recorded as principal or significant and none of whom is still to be
// assessed: they fall through a list that begins with principals.
//
// kind: table
// subject: children
// scans: OCG
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   nominal_ids: The adults.
//   ocg_ids: Their groups.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// family (texts): Relationships to a child that count.
:param family => ['parent', 'step_parent', 'guardian'];
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
WHERE $force IN ['', p.force]
  AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
WITH p, g, m ORDER BY m.valid_from
WITH p, g, last(collect(m)) AS m
MATCH (p)-[f:FAMILY_OF]->(c:Person)
WHERE f.relationship IN $family AND f.valid_from <= $as_of AND c.restricted_on IS NULL
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - c.born AS lived
WHERE coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
WITH c, lived, p, g, m ORDER BY p.person_id, g.ocg_id
WITH c, lived, collect(DISTINCT CASE WHEN p.restricted_on IS NULL THEN p.person_id ELSE 'withheld' END) AS nominal_ids, collect(DISTINCT g.ocg_id) AS ocg_ids,
  sum(CASE WHEN coalesce(m.role, '') = 'peripheral' THEN 0 ELSE 1 END) AS others
WHERE others = 0
RETURN c.person_id AS child_id, c.name AS child_name, CASE WHEN lived < 1110000 THEN lived / 10000 END AS age, nominal_ids, ocg_ids
ORDER BY child_id
