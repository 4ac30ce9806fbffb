// Groups that share members
//
// Pairs of groups with at least one member in common on a day.
//
// kind: table
// subject: groups
// scans: OCG
// columns:
//   ocg_a: One group; the smaller id.
//   name_a: Its name.
//   ocg_b: The other group.
//   name_b: Its name.
//   shared_members: How many people belong to both.
//   person_ids: Who they are.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (a:OCG)<-[x:MEMBER_OF]-(p:Nominal)-[y:MEMBER_OF]->(b:OCG)
WHERE $force IN ['', a.force]
  AND a.ocg_id < b.ocg_id
  AND x.valid_from <= $as_of <= x.valid_to AND a.valid_from <= $as_of <= a.valid_to
  AND y.valid_from <= $as_of <= y.valid_to AND b.valid_from <= $as_of <= b.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH DISTINCT a, b, p ORDER BY p.person_id
RETURN a.ocg_id AS ocg_a, a.name AS name_a, b.ocg_id AS ocg_b, b.name AS name_b, count(p) AS shared_members,
  collect(p.person_id) AS person_ids
ORDER BY shared_members DESC, ocg_a, ocg_b
