// Cases that nobody owns
//
// People whom a service looks after on the day without anybody who owns the case there, and children who were referred
// and whom no service looks after. All are listed, also where the review of a record is overdue: that ends no duty to
// anybody.
//
// kind: table
// subject: cases
// scans: Person, Service, Referral
// columns:
//   why: no owner at the service, or referred and no service.
//   person_id: The person.
//   name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   service_id: The service; blank without one.
//   service: What it is called.
//   since: First day at the service, or the day of the latest referral; blank when not recorded.
//   latest_meeting_on: When a meeting about the person was last held; blank when none is recorded.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (p:Person)-[w:LOOKED_AFTER_BY]->(n:Service)
  WHERE $force IN ['', p.force]
    AND w.valid_from <= $as_of <= w.valid_to AND p.restricted_on IS NULL
    AND w.owner IS NULL
  RETURN 'no owner at the service' AS why, p, n.service_id AS service_id, n.name AS service, w.from_date AS since
  UNION ALL
  MATCH (p:Person)-[:REFERRED]->(r:Referral)
  WHERE $force IN ['', p.force]
    AND r.made_on <= $as_of AND p.restricted_on IS NULL
    AND NOT EXISTS { (p)-[w:LOOKED_AFTER_BY]->(:Service) WHERE w.valid_from <= $as_of <= w.valid_to }
  WITH p, max(r.made_on) AS since, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
  WHERE 0 <= lived < 180000 OR p:Child AND coalesce(lived >= 1110000, true)
  RETURN 'referred and no service' AS why, p, null AS service_id, null AS service, since
}
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
CALL (p) {
  OPTIONAL MATCH (p)-[:DISCUSSED_IN]->(t:CaseMeeting)
  WHERE t.held_on <= $as_of
  RETURN max(t.held_on) AS latest_meeting_on
}
RETURN why, p.person_id AS person_id, p.name AS name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, service_id, service,
  since, latest_meeting_on
ORDER BY why, person_id, coalesce(service_id, ''), coalesce(since, date('0001-01-01'))
