// Disruptions of each group in the period
//
// What was done against each group that is mapped on the day, by level and by strand of the 4Ps.
//
// kind: table
// subject: response
// scans: OCG
// columns:
//   ocg_id: The group.
//   name: Name of the group.
//   disruptions: Disruptions in the period.
//   major: Of them, major.
//   moderate: Of them, moderate.
//   minor: Of them, minor.
//   without_effect: Of them, with no or a negative effect.
//   strands: Strands of the 4Ps that were used.
//   latest_on: Date of the latest; blank without any.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (g:OCG)
WHERE $force IN ['', g.force]
  AND g.valid_from <= $as_of <= g.valid_to
CALL (g) {
  OPTIONAL MATCH (d:Disruption)-[:AGAINST]->(g)
  WHERE $period_from <= d.day <= $period_to
  WITH d ORDER BY d.strand
  RETURN count(d) AS disruptions, count(CASE WHEN d.level = 'major' THEN 1 END) AS major,
    count(CASE WHEN d.level = 'moderate' THEN 1 END) AS moderate, count(CASE WHEN d.level = 'minor' THEN 1 END) AS minor,
    count(CASE WHEN d.level IN ['none', 'negative'] THEN 1 END) AS without_effect,
    collect(DISTINCT d.strand) AS strands, max(d.happened_on) AS latest_on
}
RETURN g.ocg_id AS ocg_id, g.name AS name, disruptions, major, moderate, minor, without_effect, strands, latest_on
ORDER BY disruptions DESC, ocg_id
