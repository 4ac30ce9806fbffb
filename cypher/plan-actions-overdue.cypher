// Plan actions that are overdue
//
// Actions in a plan against a group or a nominal that are neither done nor dropped and were due before the day.
//
// kind: table
// subject: groups
// scans: PlanAction
// columns:
//   action_id: The action.
//   due_on: When it was due.
//   strand: Strand of the 4Ps.
//   action: What is to be done.
//   owner: Who owns it.
//   agency: Agency of the owner.
//   ocg_id: The group; blank when the action is about a nominal only.
//   nominal_id: The nominal; blank when the action is about a group only.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (a:PlanAction)
WHERE $force IN ['', a.force]
  AND a.due_on < $as_of AND NOT coalesce(a.status, 'open') IN ['done', 'dropped']
  AND NOT EXISTS { (a)-[:ABOUT]->(x:Person) WHERE x.restricted_on IS NOT NULL }
RETURN a.action_id AS action_id, a.due_on AS due_on, a.strand AS strand, a.action AS action, a.owner AS owner,
  a.agency AS agency, a.ocg_id AS ocg_id, a.nominal_id AS nominal_id
ORDER BY due_on, action_id
