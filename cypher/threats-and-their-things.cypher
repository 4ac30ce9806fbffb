// Threats without a group, with their line or premises and their plan
//
// Every threat on record by the day, such as a county line or a place: the line or premises by means of which it is
// recorded, the plans in force against it, and what was scored.
//
// kind: table
// subject: response
// scans: Threat
// columns:
//   threat_id: The threat.
//   name: What it is called.
//   kind: What it is.
//   district: District.
//   recorded_on: When it was recorded; blank when not recorded.
//   thing_id: The line or premises.
//   thing: Its name, number or address.
//   plan_ids: Plans in force against it.
//   lead_officers: Officers who lead them.
//   open_actions: Actions against it, in a plan or alone, that are neither done nor dropped.
//   scored_on: When it was last scored; blank when it never was.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (n:Threat)
WHERE $force IN ['', n.force]
  AND (n.recorded_on IS NULL OR n.recorded_on <= $as_of)
OPTIONAL MATCH (n)-[:THREAT_OF]->(t:Thing)
CALL (n) {
  OPTIONAL MATCH (k:Plan)-[:PLAN_FOR_THREAT]->(n)
  WHERE k.valid_from <= $as_of <= k.valid_to
  WITH k ORDER BY k.plan_id
  RETURN collect(k.plan_id) AS plan_ids, collect(DISTINCT k.lead_responsible_officer) AS lead_officers
}
CALL (n) {
  OPTIONAL MATCH (a:PlanAction)-[:ACTION_ON_THREAT]->(n)
  WHERE coalesce(a.status, 'open') = 'open'
  WITH n, collect(DISTINCT a.action_id) AS own
  OPTIONAL MATCH (a:PlanAction)-[:ACTION_OF]->(k:Plan)-[:PLAN_FOR_THREAT]->(n)
  WHERE coalesce(a.status, 'open') = 'open' AND NOT a.action_id IN own
    AND a.subject_id IS NULL AND a.ocg_id IS NULL AND a.nominal_id IS NULL
    AND k.valid_from <= $as_of <= k.valid_to
  WITH size(own) AS own, count(DISTINCT a) AS in_plan
  RETURN own + in_plan AS open_actions
}
CALL (n) {
  OPTIONAL MATCH (s:Score)-[:SCORE_OF_THREAT]->(n)
  WHERE s.scored_on <= $as_of
  RETURN max(s.scored_on) AS scored_on
}
RETURN n.threat_id AS threat_id, n.name AS name, n.kind AS kind, n.district AS district, n.recorded_on AS recorded_on,
  n.thing_id AS thing_id, t.name AS thing, plan_ids, lead_officers, open_actions, scored_on
ORDER BY threat_id
