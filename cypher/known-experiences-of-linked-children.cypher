// Adverse experiences known of linked children
//
// For each linked child how many of the ten adverse experiences are known, ruled out, and unknown. Police records
// under-count: read 'at least'. Four or more known is the usual threshold for high risk.
//
// kind: table
// subject: children
// scans: OCG
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   at_least: Experiences that were observed.
//   ruled_out: Experiences recorded as not observed.
//   unknown: Of the ten, those nobody has recorded either way.
//   experiences: Those that were observed.
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
WITH DISTINCT c
CALL (c) {
  OPTIONAL MATCH (c)-[h:HAS_ACE]->(a:Ace)
  WHERE coalesce(h.recorded_on <= $as_of, true)
  WITH h, a ORDER BY a.ace
  RETURN count(CASE WHEN h.status = 'observed' THEN 1 END) AS at_least,
    count(CASE WHEN h.status = 'not_observed' THEN 1 END) AS ruled_out,
    collect(CASE WHEN h.status = 'observed' THEN a.ace END) AS experiences
}
RETURN c.person_id AS child_id, c.name AS child_name, at_least, ruled_out, 10 - at_least - ruled_out AS unknown, experiences
ORDER BY at_least DESC, child_id
