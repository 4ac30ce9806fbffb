// Priorities on a day, with their measure and what is not known
//
// Priorities that hold on the day: who owns them, by which figure of the profile they are judged and what is aimed at,
// and the questions about them that are still open. A priority without a measure or an owner says so.
//
// kind: table
// subject: response
// scans: Priority
// columns:
//   priority_id: The priority.
//   priority: What it is.
//   owner: Who owns it; blank when nobody does.
//   measure: Figure of the profile that measures it; blank when none does.
//   direction: Whether the target is to be reached or not passed; blank when not recorded.
//   target: Value aimed at; blank when not recorded.
//   from_date: First day; blank when not recorded.
//   to_date: Last day; blank when not recorded.
//   gaps: Open gaps about it on the day.
//   gaps_overdue: Of these, due before the day.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Priority)
WHERE $force IN ['', p.force]
  AND p.valid_from <= $as_of <= p.valid_to
CALL (p) {
  OPTIONAL MATCH (q:IntelligenceGap)-[:GAP_OF]->(p)
  WHERE (q.raised_on IS NULL OR q.raised_on <= $as_of) AND (q.closed_on IS NULL OR q.closed_on > $as_of)
    AND NOT EXISTS { (q)-[:GAP_ABOUT_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN count(q) AS gaps, count(CASE WHEN q.due_on < $as_of THEN 1 END) AS gaps_overdue
}
RETURN p.priority_id AS priority_id, p.priority AS priority, p.owner AS owner, p.measure AS measure, p.direction AS direction,
  p.target AS target, p.from_date AS from_date, p.to_date AS to_date, gaps, gaps_overdue
ORDER BY priority_id
