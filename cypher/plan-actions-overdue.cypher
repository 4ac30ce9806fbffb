// Plan actions that are overdue
//
// Actions in a plan against a group or a threat, or about a person, that are neither done nor dropped and were due
// before the day.
//
// kind: table
// subject: response
// scans: PlanAction
// columns:
//   action_id: The action.
//   due_on: When it was due.
//   strand: Strand of the 4Ps.
//   action: What is to be done.
//   owner: Who owns it.
//   agency: Agency of the owner.
//   ocg_id: The group where the action itself names one.
//   nominal_id: The nominal where the action itself names one.
//   plan_id: The plan; blank when the action stands alone.
//   subject_kind: What it is against or about, as the action says or else its plan: group, person, thing or threat.
//   subject_id: The group, person, thing or threat.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (a:PlanAction)
WHERE $force IN ['', a.force]
  AND a.due_on < $as_of AND NOT coalesce(a.status, 'open') IN ['done', 'dropped']
  AND NOT EXISTS { (a)-[:ABOUT|ACTION_ON_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  AND NOT EXISTS { (a)-[:ACTION_OF]->(:Plan)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
OPTIONAL MATCH (a)-[:ACTION_OF]->(n:Plan)
WITH a, CASE WHEN a.subject_kind IS NOT NULL THEN a.subject_kind WHEN a.ocg_id IS NOT NULL THEN 'group'
    WHEN a.nominal_id IS NOT NULL THEN 'person' ELSE n.subject_kind END AS subject_kind,
  coalesce(a.subject_id, a.ocg_id, a.nominal_id, n.subject_id) AS subject_id
RETURN a.action_id AS action_id, a.due_on AS due_on, a.strand AS strand, a.action AS action, a.owner AS owner,
  a.agency AS agency, a.ocg_id AS ocg_id, a.nominal_id AS nominal_id, a.plan_id AS plan_id, subject_kind, subject_id
ORDER BY due_on, action_id
