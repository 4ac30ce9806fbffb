// Premises with orders or activities on them
//
// Addresses, premises and other things on which an order or notice was made, or on which an operation or day of action
// went, up to the day: whose they are, and what happened there.
//
// kind: table
// subject: response
// scans: Order, Activity, ORDER_FOR_PLACE, ACTIVITY_AT
// columns:
//   thing_id: The premises.
//   kind: What it is.
//   thing: Name, number or address.
//   orders: Orders and notices up to the day, by kind.
//   in_force: Of them, in force on the day.
//   breached: Of them, breached by the day.
//   activities: Operations and days of action there up to the day.
//   latest_activity_on: Date of the latest; blank without any.
//   ocg_ids: Groups whose own it is.
//   crimes: Crimes of the period in which it is involved.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (:Order)-[:ORDER_FOR_PLACE]->(t:Thing)
  WHERE $force IN ['', t.force]
  RETURN t
  UNION
  MATCH (:Activity)-[:ACTIVITY_AT]->(t:Thing)
  WHERE $force IN ['', t.force]
  RETURN t
}
CALL (t) {
  OPTIONAL MATCH (o:Order)-[:ORDER_FOR_PLACE]->(t)
  WHERE o.from_date <= $as_of
  WITH o ORDER BY o.kind
  RETURN collect(DISTINCT o.kind) AS orders, count(o) AS made,
    count(CASE WHEN o.valid_to >= $as_of THEN 1 END) AS in_force,
    count(CASE WHEN o.breached_on <= $as_of THEN 1 END) AS breached
}
CALL (t) {
  OPTIONAL MATCH (y:Activity)-[:ACTIVITY_AT]->(t)
  WHERE y.happened_on <= $as_of
  RETURN count(y) AS activities, max(y.happened_on) AS latest_activity_on
}
CALL (t) {
  OPTIONAL MATCH (g:OCG)-[u:HAS_THING]->(t)
  WHERE u.valid_from <= $as_of <= u.valid_to
  WITH DISTINCT g ORDER BY g.ocg_id
  RETURN collect(g.ocg_id) AS ocg_ids
}
CALL (t) {
  OPTIONAL MATCH (c:Crime)-[:INVOLVES]->(t)
  WHERE $period_from <= c.day <= $period_to
  RETURN count(DISTINCT c) AS crimes
}
WITH * WHERE made + activities > 0
RETURN t.thing_id AS thing_id, t.kind AS kind, t.name AS thing, orders, in_force, breached, activities,
  latest_activity_on, ocg_ids, crimes
ORDER BY thing_id
