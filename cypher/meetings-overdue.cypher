// Case meetings that are overdue
//
// People of whom the latest meeting of a kind named a next day that has passed without another of that kind. All are
// listed, also where the review of a record is overdue: that ends no duty to anybody.
//
// kind: table
// subject: cases
// scans: Person, CaseMeeting
// columns:
//   person_id: The person.
//   name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   kind: Kind of meeting.
//   latest_on: When the latest was held.
//   due_on: When the next was to be.
//   days_overdue: Whole days since then.
//   owners: Who owns the person's cases on the day; empty when nobody does.
//   attended: Agencies that were at the latest.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Person)-[:DISCUSSED_IN]->(t:CaseMeeting)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND t.held_on <= $as_of AND t.next_on < $as_of
  AND NOT EXISTS {
    MATCH (p)-[:DISCUSSED_IN]->(u:CaseMeeting)
    WHERE u.kind = t.kind AND u.held_on > t.held_on AND u.held_on <= $as_of
  }
WITH p, t, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
CALL (p) {
  OPTIONAL MATCH (p)-[w:LOOKED_AFTER_BY]->(:Service)
  WHERE w.valid_from <= $as_of <= w.valid_to
  WITH w ORDER BY w.owner
  RETURN collect(DISTINCT w.owner) AS owners
}
RETURN p.person_id AS person_id, p.name AS name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, t.kind AS kind, t.held_on AS latest_on,
  t.next_on AS due_on, (datetime({date: $as_of, timezone: 'Z'}).epochSeconds - datetime({date: t.next_on, timezone: 'Z'}).epochSeconds) / 86400 AS days_overdue,
  owners, t.attended AS attended
ORDER BY due_on, person_id, kind
