// Children at high risk whom no service looks after
//
// Children under 18 on the day whose latest assessed risk of sexual or of criminal exploitation is high, and whom no
// service looks after on the day. Where the latest assessment has no day the risk may be an old one, and the child is
// listed all the same. A child whose date of birth is not known counts.
//
// kind: table
// subject: cases
// scans: Person, ChildRisk
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   exploitation: Of what the risk is high: sexual, criminal, or both.
//   assessed_on: Day of the latest of these assessments; blank when not recorded.
//   latest_referral_on: Latest referral by the day; blank when none is recorded.
//   latest_meeting_on: When a meeting about the child was last held; blank when none is recorded.
//   past_services: Services that looked after the child before; empty when none is recorded.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Person)-[:AT_RISK]->(r:ChildRisk)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND (r.assessed_on IS NULL OR r.assessed_on <= $as_of)
  AND NOT EXISTS { (p)-[w:LOOKED_AFTER_BY]->(:Service) WHERE w.valid_from <= $as_of <= w.valid_to }
WITH p, r.exploitation AS exploitation, max(r.assessed_on) AS last_on, collect(r) AS risks
UNWIND risks AS r
WITH p, exploitation, last_on, r
WHERE r.level = 'high' AND (r.assessed_on IS NULL OR r.assessed_on = last_on)
WITH p, exploitation, max(r.assessed_on) AS high_on ORDER BY exploitation
WITH p, collect(exploitation) AS exploitation, max(high_on) AS assessed_on
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
WHERE coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
CALL (p) {
  OPTIONAL MATCH (p)-[:REFERRED]->(r:Referral)
  WHERE r.made_on <= $as_of
  RETURN max(r.made_on) AS latest_referral_on
}
CALL (p) {
  OPTIONAL MATCH (p)-[:DISCUSSED_IN]->(t:CaseMeeting)
  WHERE t.held_on <= $as_of
  RETURN max(t.held_on) AS latest_meeting_on
}
CALL (p) {
  OPTIONAL MATCH (p)-[w:LOOKED_AFTER_BY]->(n:Service)
  WHERE w.valid_to < $as_of
  WITH n ORDER BY n.service_id
  RETURN collect(DISTINCT coalesce(n.name, n.service_id)) AS past_services
}
RETURN p.person_id AS child_id, p.name AS child_name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, exploitation,
  assessed_on, latest_referral_on, latest_meeting_on, past_services
ORDER BY coalesce(assessed_on, date('0001-01-01')), child_id
