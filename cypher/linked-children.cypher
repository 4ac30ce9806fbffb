// Children linked to members of groups, with the path
//
// Children under 18 on the day whose parent, step-parent or guardian is a member of a group on that day, with the
// path and the recorded role of the adult. A prompt for support: a child is never ranked because of a parent. A
// child whose date of birth is not known counts.
//
// kind: table
// subject: children
// scans: OCG
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   relationship: What the adult is to the child.
//   verified: Whether the relationship was verified; blank when not known.
//   nominal_id: The adult; withheld where processing is restricted.
//   nominal_name: Name as recorded.
//   recorded_role: Recorded role of the adult in the group; blank when not assessed.
//   ocg_id: The group.
//   overdue_since: Since when the record of the adult is overdue for review; blank when it is not. It counts all the same.
//   path: The way from the group to the child.
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
RETURN c.person_id AS child_id, c.name AS child_name, CASE WHEN lived < 1110000 THEN lived / 10000 END AS age,
  f.relationship AS relationship, f.verified AS verified,
  CASE WHEN p.restricted_on IS NULL THEN p.person_id ELSE 'withheld' END AS nominal_id,
  CASE WHEN p.restricted_on IS NULL THEN p.name END AS nominal_name,
  m.role AS recorded_role, g.ocg_id AS ocg_id,
  CASE WHEN p.review_due < $as_of THEN p.review_due END AS overdue_since,
  g.ocg_id + ' - ' + coalesce(m.role, 'not assessed') + ' '
    + CASE WHEN p.restricted_on IS NULL THEN p.person_id ELSE 'withheld' END + ' - ' + f.relationship + ' of ' + c.person_id AS path
ORDER BY child_id, nominal_id, ocg_id, relationship
