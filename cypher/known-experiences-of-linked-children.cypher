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
WITH DISTINCT c
CALL (c) {
  OPTIONAL MATCH (c)-[h:HAS_ACE]->(a:Ace)
  WHERE h.valid_from <= $as_of
  WITH h, a ORDER BY a.ace
  RETURN count(CASE WHEN h.status = 'observed' THEN 1 END) AS at_least,
    count(CASE WHEN h.status = 'not_observed' THEN 1 END) AS ruled_out,
    collect(CASE WHEN h.status = 'observed' THEN a.ace END) AS experiences
}
RETURN c.person_id AS child_id, c.name AS child_name, at_least, ruled_out, 10 - at_least - ruled_out AS unknown, experiences
ORDER BY at_least DESC, child_id
