// Cases of children who turn, or turned, eighteen
//
// People whom a service looks after on the day and who are 17, or who turned eighteen since the case began: the case
// goes on, and somebody has to say to whom it is handed over. Where it is not known when the case began, somebody over
// eighteen is listed as well.
//
// kind: table
// subject: cases
// scans: Person, Service
// columns:
//   person_id: The person.
//   name: Name as recorded.
//   date_of_birth: Date of birth.
//   age: Age in whole years on the day.
//   service_id: The service.
//   service: What it is called.
//   owner: Who owns the case; blank when nobody is recorded.
//   from_date: First day; blank when not recorded.
//   why: turns 18 within a year, turned 18 since the case began, or over 18 and not known since when.
//   hand_over_on: Latest meeting about handing the case over, held or planned; blank when none is recorded.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Person)-[w:LOOKED_AFTER_BY]->(n:Service)
WHERE $force IN ['', p.force]
  AND w.valid_from <= $as_of <= w.valid_to AND p.restricted_on IS NULL
WITH p, w, n, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived,
  w.from_date.year * 10000 + w.from_date.month * 100 + w.from_date.day - p.born AS lived_then
WHERE 170000 <= lived < 1110000 AND (lived < 180000 OR coalesce(lived_then < 180000, true))
CALL (p) {
  OPTIONAL MATCH (p)-[:DISCUSSED_IN]->(t:CaseMeeting)
  WHERE t.kind = 'hand_over'
  RETURN max(t.held_on) AS hand_over_on
}
RETURN p.person_id AS person_id, p.name AS name, p.date_of_birth AS date_of_birth, lived / 10000 AS age,
  n.service_id AS service_id, n.name AS service, w.owner AS owner, w.from_date AS from_date,
  CASE WHEN lived < 180000 THEN 'turns 18 within a year' WHEN lived_then IS NULL THEN 'over 18 and not known since when'
    ELSE 'turned 18 since the case began' END AS why, hand_over_on
ORDER BY date_of_birth, person_id, service_id, w.valid_from
