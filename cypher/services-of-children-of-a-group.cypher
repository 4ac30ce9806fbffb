// Who looks after the children of a group's members
//
// Children under 18 on the day whose parent, step-parent or guardian is a member of one group on that day, with the
// services that look after them and who owns the case. A prompt for support: a child is never ranked because of a
// parent. A child whose date of birth is not known counts.
//
// kind: table
// subject: cases
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   nominal_ids: The adults; withheld where processing is restricted.
//   services: Services that look after the child on the day; empty when none does.
//   owners: Who owns the cases there; empty when nobody does.
//   without_owner: Services at which nobody is recorded as owner.
//   latest_meeting_on: When a meeting about the child was last held; blank when none is recorded.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// family (texts): Relationships to a child that count.
:param family => ['parent', 'step_parent', 'guardian'];

MATCH (a:Nominal)-[m:MEMBER_OF]->(g:OCG {ocg_id: $ocg_id})
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
MATCH (a)-[f:FAMILY_OF]->(p:Person)
WHERE f.relationship IN $family AND f.valid_from <= $as_of AND p.restricted_on IS NULL
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
WHERE coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
WITH p, lived, a ORDER BY a.person_id
WITH p, lived, collect(DISTINCT CASE WHEN a.restricted_on IS NULL THEN a.person_id ELSE 'withheld' END) AS nominal_ids
CALL (p) {
  OPTIONAL MATCH (p)-[w:LOOKED_AFTER_BY]->(n:Service)
  WHERE w.valid_from <= $as_of <= w.valid_to
  WITH w, n ORDER BY n.service_id, w.owner
  RETURN collect(DISTINCT coalesce(n.name, n.service_id)) AS services, collect(DISTINCT w.owner) AS owners,
    count(CASE WHEN n.service_id IS NOT NULL AND w.owner IS NULL THEN 1 END) AS without_owner
}
CALL (p) {
  OPTIONAL MATCH (p)-[:DISCUSSED_IN]->(t:CaseMeeting)
  WHERE t.held_on <= $as_of
  RETURN max(t.held_on) AS latest_meeting_on
}
RETURN p.person_id AS child_id, p.name AS child_name, CASE WHEN lived < 1110000 THEN lived / 10000 END AS age, nominal_ids,
  services, owners, without_owner, latest_meeting_on
ORDER BY child_id
