// Plans of the day
//
// Every plan in force on the day: who leads it, when it is to be reviewed, and how its actions stand. For the meeting
// that goes through the plans.
//
// kind: table
// subject: response
// scans: Plan
// columns:
//   plan_id: The plan.
//   subject_kind: What it is against or about: group, person, thing or threat.
//   subject_id: The group, person, thing or threat.
//   lead_responsible_officer: Officer who leads the plan; blank when nobody is recorded.
//   from_date: First day; blank when not recorded.
//   review_on: When it is to be reviewed next; blank when not recorded.
//   review_overdue: Whether that day has passed; blank without one.
//   actions: Actions of the plan, without dropped ones.
//   done: Of them, done.
//   overdue: Of them, not done and due before the day.
//   without_day: Of them, not done and without a day on which they are due.
//   strands: Strands of the 4Ps among them.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (n:Plan)
WHERE $force IN ['', n.force]
  AND n.unlisted IS NULL AND n.valid_from <= $as_of <= n.valid_to
  AND NOT EXISTS { (n)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
CALL (n) {
  OPTIONAL MATCH (a:PlanAction)-[:ACTION_OF]->(n)
  WHERE coalesce(a.status, 'open') <> 'dropped'
  WITH a ORDER BY a.strand
  RETURN count(a) AS actions, count(CASE WHEN a.status = 'done' THEN 1 END) AS done,
    count(CASE WHEN coalesce(a.status, 'open') = 'open' AND a.due_on < $as_of THEN 1 END) AS overdue,
    count(CASE WHEN coalesce(a.status, 'open') = 'open' AND a.strand IS NOT NULL AND a.due_on IS NULL THEN 1 END) AS without_day,
    collect(DISTINCT a.strand) AS strands
}
RETURN n.plan_id AS plan_id, n.subject_kind AS subject_kind, n.subject_id AS subject_id,
  n.lead_responsible_officer AS lead_responsible_officer, n.from_date AS from_date, n.review_on AS review_on,
  n.review_on < $as_of AS review_overdue, actions, done, overdue, without_day, strands
ORDER BY coalesce(n.review_on, date('9999-12-31')), plan_id
