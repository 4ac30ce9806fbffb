// Who is looked after by a service
//
// Everybody whom one team or service looks after on the day, with who owns the case and the latest meeting about it.
// All are listed, also where the review of a record is overdue: that ends no duty to anybody.
//
// kind: table
// subject: cases
// columns:
//   person_id: The person.
//   name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   owner: Who owns the case; blank when nobody is recorded.
//   from_date: First day; blank when not recorded.
//   to_date: Last day; blank while it lasts.
//   latest_meeting_on: When a meeting about the person was last held, whoever called it; blank when none is recorded.
//
// service_id (text): The service.
:param service_id => 'SV01';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');

MATCH (p:Person)-[w:LOOKED_AFTER_BY]->(n:Service {service_id: $service_id})
WHERE w.valid_from <= $as_of <= w.valid_to AND p.restricted_on IS NULL
WITH p, w, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
CALL (p) {
  OPTIONAL MATCH (p)-[:DISCUSSED_IN]->(t:CaseMeeting)
  WHERE t.held_on <= $as_of
  RETURN max(t.held_on) AS latest_meeting_on
}
RETURN p.person_id AS person_id, p.name AS name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, w.owner AS owner,
  w.from_date AS from_date, w.to_date AS to_date, latest_meeting_on
ORDER BY person_id, w.valid_from
