// What was changed in a plan, by whom and why
//
// Every recorded change of the actions of one plan, with its author and reason. An action whose addition was undone
// stands in no plan any more; its changes are listed all the same.
//
// kind: table
// subject: response
// scans: PlanChange, CHANGE_OF
// columns:
//   changed_on: When.
//   change: What was done: add, do, drop or undo.
//   action_id: The action.
//   action: What is to be done; blank where the action is there no more.
//   changed_by: Who did it.
//   reason: Why.
//   undoes: The change that this one undoes.
//   change_id: The change.
//
// plan_id (text): The plan.
:param plan_id => 'PL-003';

MATCH (n:Plan {plan_id: $plan_id})
WHERE NOT EXISTS { (n)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
MATCH (k:PlanChange)-[:CHANGE_OF]->(a:PlanAction)
WHERE NOT EXISTS { (a)-[:ABOUT|ACTION_ON_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  AND (EXISTS { (a)-[:ACTION_OF]->(n) } OR a.unlisted IS NOT NULL AND EXISTS {
    MATCH (a)<-[:CHANGE_OF]-(u:PlanChange)
    WHERE u.before CONTAINS ('"plan_id": "' + $plan_id + '"')
  })
RETURN k.changed_on AS changed_on, k.change AS change, k.action_id AS action_id, a.action AS action,
  k.changed_by AS changed_by, k.reason AS reason, k.undoes AS undoes, k.change_id AS change_id
ORDER BY changed_on, change_id
