// Children whose assessed risk rose
//
// Children under 18 on the day whose latest assessed risk of sexual or of criminal exploitation is higher than the one
// before it, the steepest rise first. Assessments after the day and those without a day are left out. A child whose date
// of birth is not known counts.
//
// kind: table
// subject: cases
// scans: Person, ChildRisk
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   exploitation: sexual or criminal.
//   before: Level before.
//   before_on: Day of that assessment.
//   level: Latest level.
//   assessed_on: Day of the latest assessment.
//   services: Services that look after the child on the day; empty when none does.
//   undated: Assessments of this kind without a day, which may be later.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Person)-[:AT_RISK]->(r:ChildRisk)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND (r.assessed_on IS NULL OR r.assessed_on <= $as_of)
WITH p, r, CASE r.level WHEN 'none' THEN 0 WHEN 'low' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END AS height
ORDER BY r.assessed_on DESC
WITH p, r.exploitation AS exploitation,
  collect(CASE WHEN r.assessed_on IS NOT NULL THEN [height, r.assessed_on] END) AS by_day,
  count(CASE WHEN r.assessed_on IS NULL THEN 1 END) AS undated
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
WHERE size(by_day) > 1 AND by_day[0][0] > by_day[1][0] AND coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
CALL (p) {
  OPTIONAL MATCH (p)-[w:LOOKED_AFTER_BY]->(n:Service)
  WHERE w.valid_from <= $as_of <= w.valid_to
  WITH n ORDER BY n.service_id
  RETURN collect(DISTINCT coalesce(n.name, n.service_id)) AS services
}
WITH *, ['none', 'low', 'medium', 'high'] AS levels
RETURN p.person_id AS child_id, p.name AS child_name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, exploitation,
  levels[by_day[1][0]] AS before, by_day[1][1] AS before_on, levels[by_day[0][0]] AS level, by_day[0][1] AS assessed_on,
  services, undated
ORDER BY by_day[0][0] - by_day[1][0] DESC, child_id, exploitation
