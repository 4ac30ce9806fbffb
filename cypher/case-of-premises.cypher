// What is on record of premises
//
// One address or premises with its orders and notices, the operations and days of action on it up to the day, the
// crimes of the period in which it is involved, and the groups whose own it is.
//
// kind: table
// subject: response
// columns:
//   day: When; blank when not recorded.
//   what: What it is.
//   detail: Kind, stage or name.
//   who: Who owns, made or was there, as recorded.
//   until: Last day, next day or day of coming back; blank without one.
//   id: The record.
//
// premises_id (text): The premises.
:param premises_id => 'PL1736';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');

MATCH (h:Thing {thing_id: $premises_id})
CALL (h) {
  MATCH (h)<-[:ORDER_FOR_PLACE]-(o:Order)
  WHERE o.from_date <= $as_of
    AND NOT EXISTS { (o)-[:ORDER_ON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN o.from_date AS day, 'order' AS what, o.kind AS detail, o.issued_by AS who, o.to_date AS until, o.order_id AS id
  UNION ALL
  MATCH (h)<-[:ACTIVITY_AT]-(y:Activity)
  WHERE y.happened_on <= $as_of
  RETURN y.happened_on AS day, 'activity' AS what, y.kind AS detail, y.lead_agency AS who, null AS until, y.activity_id AS id
  UNION ALL
  MATCH (h)<-[:INVOLVES]-(c:Crime)
  WHERE $period_from <= c.day <= $period_to
  WITH DISTINCT c
  RETURN c.day AS day, 'crime' AS what, c.offence AS detail, null AS who, null AS until, c.crime_id AS id
  UNION ALL
  MATCH (h)<-[u:HAS_THING]-(g:OCG)
  WHERE u.valid_from <= $as_of
  RETURN u.from_date AS day, 'group' AS what, coalesce(g.name, g.ocg_id) AS detail, null AS who, u.to_date AS until,
    g.ocg_id AS id
}
RETURN day, what, detail, who, until, id
ORDER BY coalesce(day, date('0001-01-01')), what, id, coalesce(until, date('9999-12-31'))
