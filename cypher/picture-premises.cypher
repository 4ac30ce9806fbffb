// Picture: premises, what was done about them, and who is around them
//
// One address or premises with its orders and notices and whom these are on or protect, the operations and days of
// action, the crimes of the period, the groups whose own it is, and the people who have to do with it.
//
// kind: picture
// subject: response
// draws: case-of-premises, things-of-a-person
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// premises_id (text): The premises.
:param premises_id => 'PL1736';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];

MATCH (h:Thing {thing_id: $premises_id})
CALL (h) {
  MATCH path = (h)<-[:ORDER_FOR_PLACE]-(o:Order)
  WHERE o.from_date <= $as_of
    AND NOT EXISTS { (o)-[:ORDER_ON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN path
  UNION ALL
  MATCH path = (h)<-[:ORDER_FOR_PLACE]-(o:Order)-[:ORDER_ON|PROTECTS]->(q:Person)
  WHERE o.from_date <= $as_of
    AND NOT EXISTS { (o)-[:ORDER_ON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
    AND q.restricted_on IS NULL
  RETURN path
  UNION ALL
  MATCH path = (h)<-[:ACTIVITY_AT]-(y:Activity)
  WHERE y.happened_on <= $as_of
  RETURN path
  UNION ALL
  MATCH path = (h)<-[:INVOLVES]-(c:Crime)
  WHERE $period_from <= c.day <= $period_to
  RETURN path
  UNION ALL
  MATCH path = (h)<-[u:HAS_THING]-(g:OCG)
  WHERE u.valid_from <= $as_of
  RETURN path
  UNION ALL
  MATCH path = (h)<-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
}
RETURN path
