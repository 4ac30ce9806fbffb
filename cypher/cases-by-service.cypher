// Cases of each service and owner
//
// How many people each team or service looks after on the day, by who owns the case there. All are listed, also where
// the review of a record is overdue: that ends no duty to anybody.
//
// kind: table
// subject: cases
// scans: Service
// columns:
//   service_id: The service.
//   service: What it is called.
//   agency: Agency to which it belongs.
//   owner: Who owns the cases; blank where nobody is recorded.
//   people: People looked after on the day.
//   children: Of them, under 18.
//   of_unknown_age: Of them, of unknown age.
//   longest_since: First day of the longest case; blank when not recorded.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (n:Service)
WHERE $force IN ['', n.force]
OPTIONAL MATCH (p:Person)-[w:LOOKED_AFTER_BY]->(n)
WHERE w.valid_from <= $as_of <= w.valid_to AND p.restricted_on IS NULL
WITH n, p, w, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
WITH n, w.owner AS owner, count(DISTINCT p) AS people,
  count(DISTINCT CASE WHEN 0 <= lived < 180000 THEN p END) AS children,
  count(DISTINCT CASE WHEN coalesce(lived < 0 OR lived >= 1110000, true) THEN p END) AS of_unknown_age,
  min(w.from_date) AS longest_since
RETURN n.service_id AS service_id, n.name AS service, n.agency AS agency, owner, people, children,
  of_unknown_age, longest_since
ORDER BY service_id, coalesce(owner, '')
