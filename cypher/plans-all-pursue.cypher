// Plans that only pursue
//
// Plans in force on the day of which every action is of the strand pursue, dropped actions apart: nothing is done to
// prevent, protect or prepare. Hours and money are those that are recorded; unknown is never counted as none.
//
// kind: table
// subject: response
// scans: Plan, PlanAction
// columns:
//   plan_id: The plan.
//   subject_kind: What it is against or about: group, person, thing or threat.
//   subject_id: The group, person, thing or threat.
//   lead_responsible_officer: Officer who leads the plan; blank when nobody is recorded.
//   actions: Actions of the plan, all of them pursue.
//   done: Of them, done.
//   hours: Hours of work as far as recorded; blank when none are.
//   without_hours: Actions of which no hours are recorded.
//   cost: Money in pounds as far as recorded; blank when none is.
//   without_cost: Actions of which no money is recorded.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (a:PlanAction)-[:ACTION_OF]->(n:Plan)
WHERE $force IN ['', n.force]
  AND n.unlisted IS NULL AND n.valid_from <= $as_of <= n.valid_to
  AND coalesce(a.status, 'open') <> 'dropped'
  AND NOT EXISTS { (n)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
WITH n, count(a) AS actions, sum(CASE WHEN a.strand = 'pursue' THEN 1 ELSE 0 END) AS pursue,
  sum(CASE WHEN a.status = 'done' THEN 1 ELSE 0 END) AS done, sum(a.hours) AS hours, count(a.hours) AS with_hours,
  sum(a.cost) AS cost, count(a.cost) AS with_cost
WHERE pursue = actions
RETURN n.plan_id AS plan_id, n.subject_kind AS subject_kind, n.subject_id AS subject_id,
  n.lead_responsible_officer AS lead_responsible_officer, actions, done,
  CASE WHEN with_hours > 0 THEN hours END AS hours, actions - with_hours AS without_hours,
  CASE WHEN with_cost > 0 THEN cost END AS cost, actions - with_cost AS without_cost
ORDER BY actions DESC, plan_id
