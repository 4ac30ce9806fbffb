// What a plan is to do
//
// Every action of one plan by strand of the 4Ps, dropped ones included, with who owns it, when it is due and whom or
// what it is about.
//
// kind: table
// subject: response
// columns:
//   strand: Strand of the 4Ps.
//   action_id: The action.
//   action: What is to be done.
//   owner: Who owns it.
//   agency: Agency of the owner.
//   due_on: When it is due; blank when no day is set.
//   status: State; blank when not recorded.
//   done_on: When it was done.
//   overdue: Whether it is neither done nor dropped and was due before the day.
//   subject_kind: What the action itself is about; blank when that is what the plan is against.
//   subject_id: The group, person, thing or threat.
//
// plan_id (text): The plan.
:param plan_id => 'PL-003';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');

MATCH (n:Plan {plan_id: $plan_id})<-[:ACTION_OF]-(a:PlanAction)
WHERE NOT EXISTS { (n)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  AND NOT EXISTS { (a)-[:ABOUT|ACTION_ON_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
RETURN a.strand AS strand, a.action_id AS action_id, a.action AS action, a.owner AS owner, a.agency AS agency,
  a.due_on AS due_on, a.status AS status, a.done_on AS done_on,
  coalesce(a.status, 'open') = 'open' AND coalesce(a.due_on < $as_of, false) AS overdue,
  a.subject_kind AS subject_kind, a.subject_id AS subject_id
ORDER BY strand, coalesce(a.due_on, date('9999-12-31')), action_id
