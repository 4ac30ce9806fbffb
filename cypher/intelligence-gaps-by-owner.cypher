// Open intelligence gaps by owner, the most overdue first
//
// Questions to which nobody has an answer yet on the day, by who is to find it out: how many, how many are overdue, and
// since when. Gaps that nobody owns stand under a blank owner. Gaps about somebody whose processing is restricted are
// left out.
//
// kind: table
// subject: response
// scans: IntelligenceGap
// columns:
//   owner: Who is to find it out; blank when nobody is.
//   open: Gaps that are open on the day.
//   overdue: Of these, due before the day.
//   without_day: Of these, with no day on which an answer is due.
//   oldest_due_on: When the first of the overdue ones was due; blank when none is overdue.
//   days: Whole days since then; blank when none is overdue.
//   overdue_ids: The overdue gaps, the first due first.
//   priority_ids: Priorities that the open gaps concern; empty when none is recorded.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (q:IntelligenceGap)
WHERE $force IN ['', q.force]
  AND (q.raised_on IS NULL OR q.raised_on <= $as_of) AND (q.closed_on IS NULL OR q.closed_on > $as_of)
  AND NOT EXISTS { (q)-[:GAP_ABOUT_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
WITH q, coalesce(q.due_on < $as_of, false) AS late ORDER BY q.due_on, q.gap_id
WITH q.owner AS owner, count(q) AS open, sum(CASE WHEN late THEN 1 ELSE 0 END) AS overdue,
  sum(CASE WHEN q.due_on IS NULL THEN 1 ELSE 0 END) AS without_day, min(CASE WHEN late THEN q.due_on END) AS oldest_due_on,
  collect(CASE WHEN late THEN q.gap_id END) AS overdue_ids, collect(DISTINCT q.priority_id) AS named
CALL (named) {
  UNWIND CASE WHEN size(named) = 0 THEN [null] ELSE named END AS priority_id
  WITH priority_id ORDER BY priority_id
  RETURN collect(priority_id) AS priority_ids
}
RETURN owner, open, overdue, without_day, oldest_due_on,
  CASE WHEN oldest_due_on IS NOT NULL THEN (datetime({date: $as_of, timezone: 'Z'}).epochSeconds - datetime({date: oldest_due_on, timezone: 'Z'}).epochSeconds) / 86400 END AS days,
  overdue_ids, priority_ids
ORDER BY coalesce(oldest_due_on, date('9999-12-31')), overdue DESC, open DESC, coalesce(owner, '')
