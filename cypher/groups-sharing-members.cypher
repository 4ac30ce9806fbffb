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

MATCH (a:OCG)<-[x:MEMBER_OF]-(p:Nominal)-[y:MEMBER_OF]->(b:OCG)
WHERE a.ocg_id < b.ocg_id
  AND coalesce(x.from_date <= $as_of, true) AND coalesce(x.to_date >= $as_of, true)
  AND coalesce(a.mapped_on <= $as_of, true)
  AND coalesce(a.archived_on > $as_of, coalesce(a.status, '') <> 'archived')
  AND coalesce(y.from_date <= $as_of, true) AND coalesce(y.to_date >= $as_of, true)
  AND coalesce(b.mapped_on <= $as_of, true)
  AND coalesce(b.archived_on > $as_of, coalesce(b.status, '') <> 'archived')
  AND p.restricted_on IS NULL AND ($include_overdue OR coalesce(p.review_due >= $as_of, true))
WITH DISTINCT a, b, p ORDER BY p.person_id
RETURN a.ocg_id AS ocg_a, a.name AS name_a, b.ocg_id AS ocg_b, b.name AS name_b, count(p) AS shared_members,
  collect(p.person_id) AS person_ids
ORDER BY shared_members DESC, ocg_a, ocg_b
