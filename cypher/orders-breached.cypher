// Orders that were breached in the period
//
// Orders and notices, ended ones included, that were breached in the period. All are listed, also where the review of
// a record is overdue: that ends no duty to anybody.
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
//   breached_on: When it was breached.
//   in_force: Whether it is in force on the day.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (o:Order)
WHERE $force IN ['', o.force]
  AND $period_from <= o.breached_on <= $period_to
  AND NOT EXISTS { (o)-[:ORDER_ON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
OPTIONAL MATCH (o)-[:ORDER_ON]->(p:Person)
OPTIONAL MATCH (o)-[:ORDER_FOR_PLACE]->(t:Thing)
OPTIONAL MATCH (o)-[:PROTECTS]->(q:Person)
RETURN o.order_id AS order_id, o.kind AS kind, p.person_id AS person_id, p.name AS name, t.thing_id AS thing_id,
  t.name AS thing, CASE WHEN q.restricted_on IS NULL THEN q.person_id ELSE 'withheld' END AS protects,
  o.issued_by AS issued_by, o.from_date AS from_date, o.to_date AS to_date,
  o.breached_on AS breached_on, o.valid_from <= $as_of <= o.valid_to AS in_force
ORDER BY breached_on, order_id
