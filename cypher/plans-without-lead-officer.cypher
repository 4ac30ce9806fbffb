// Plans that nobody leads
//
// Plans in force on the day for which no lead responsible officer is recorded, with the officer of the group where the
// plan is against one.
//
// kind: table
// subject: response
// scans: Plan
// columns:
//   plan_id: The plan.
//   subject_kind: What it is against or about: group, person, thing or threat.
//   subject_id: The group, person, thing or threat.
//   from_date: First day; blank when not recorded.
//   review_on: When it is to be reviewed next; blank when not recorded.
//   open_actions: Actions that are neither done nor dropped.
//   owner_of_group: Officer who owns the group; blank when not recorded, or when the plan is against no group.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (n:Plan)
WHERE $force IN ['', n.force]
  AND n.unlisted IS NULL AND n.valid_from <= $as_of <= n.valid_to
  AND n.lead_responsible_officer IS NULL
  AND NOT EXISTS { (n)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
OPTIONAL MATCH (n)-[:PLAN_FOR_GROUP]->(g:OCG)
CALL (n) {
  OPTIONAL MATCH (a:PlanAction)-[:ACTION_OF]->(n)
  WHERE coalesce(a.status, 'open') = 'open'
  RETURN count(a) AS open_actions
}
RETURN n.plan_id AS plan_id, n.subject_kind AS subject_kind, n.subject_id AS subject_id, n.from_date AS from_date,
  n.review_on AS review_on, open_actions, g.lead_responsible_officer AS owner_of_group
ORDER BY plan_id
