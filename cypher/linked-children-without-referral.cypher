// Linked children nobody has referred
//
// Linked children for whom no referral (MASH, national referral mechanism, guardian, community information, early
// help) was made up to the day.
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

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
WHERE coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
WITH p, g, m ORDER BY coalesce(m.from_date, date('0001-01-01'))
WITH p, g, last(collect(m)) AS m
MATCH (p)-[f:FAMILY_OF]->(c:Person)
WHERE f.relationship IN $family AND coalesce(f.recorded_on <= $as_of, true) AND c.restricted_on IS NULL
WITH p, g, m, f, c,
  ($as_of.year - c.date_of_birth.year) * 10000 + ($as_of.month - c.date_of_birth.month) * 100
    + $as_of.day - c.date_of_birth.day AS lived
WHERE coalesce(c.date_of_birth <= $as_of AND (lived < 180000 OR lived >= 1110000), true)
WITH c, lived, p, g ORDER BY p.person_id, g.ocg_id
WITH c, lived, collect(DISTINCT CASE WHEN p.restricted_on IS NULL THEN p.person_id ELSE 'withheld' END) AS nominal_ids, collect(DISTINCT g.ocg_id) AS ocg_ids
CALL (c) {
  OPTIONAL MATCH (c)-[:REFERRED]->(r:Referral)
  WHERE r.made_on <= $as_of
  RETURN count(r) AS referrals
}
WITH c, lived, nominal_ids, ocg_ids, referrals WHERE referrals = 0
RETURN c.person_id AS child_id, c.name AS child_name, CASE WHEN lived < 1110000 THEN lived / 10000 END AS age, nominal_ids, ocg_ids
ORDER BY child_id
