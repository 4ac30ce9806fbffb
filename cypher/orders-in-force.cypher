// Orders in force, the first to run out on top
//
// Orders and notices in force on the day, on people and on premises, those that run out next first. All are listed,
// also where the review of a record is overdue: that ends no duty to anybody.
//
// kind: table
// subject: response
// scans: Order
// columns:
//   order_id: The order.
//   kind: Kind of order or notice.
//   person_id: On whom; blank when it is on premises only.
//   name: Name as recorded.
//   thing_id: On which premises; blank when it is on a person only.
//   thing: Name or address of the premises.
//   protects: Whom it protects; withheld where processing is restricted.
//   issued_by: Court or agency that made it.
//   from_date: First day.
//   to_date: Last day; blank while it lasts.
//   days_left: Whole days until the last day; blank while it has none.
//   breached_on: When it was breached; blank when it was not, or not by the day.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (o:Order)
WHERE $force IN ['', o.force]
  AND o.valid_from <= $as_of <= o.valid_to
  AND NOT EXISTS { (o)-[:ORDER_ON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
OPTIONAL MATCH (o)-[:ORDER_ON]->(p:Person)
OPTIONAL MATCH (o)-[:ORDER_FOR_PLACE]->(t:Thing)
OPTIONAL MATCH (o)-[:PROTECTS]->(q:Person)
RETURN o.order_id AS order_id, o.kind AS kind, p.person_id AS person_id, p.name AS name, t.thing_id AS thing_id,
  t.name AS thing, CASE WHEN q.restricted_on IS NULL THEN q.person_id ELSE 'withheld' END AS protects,
  o.issued_by AS issued_by, o.from_date AS from_date, o.to_date AS to_date,
  CASE WHEN o.to_date IS NOT NULL THEN (datetime({date: o.valid_to, timezone: 'Z'}).epochSeconds - datetime({date: $as_of, timezone: 'Z'}).epochSeconds) / 86400 END AS days_left,
  CASE WHEN o.breached_on <= $as_of THEN o.breached_on END AS breached_on
ORDER BY coalesce(to_date, date('9999-12-31')), order_id
