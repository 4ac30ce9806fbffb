// What a crime involves
//
// The scene of one crime and the things that were used, found or taken, with who has to do with each and whose group
// it is. Having to do with a thing is no link to the crime.
//
// kind: table
// subject: things
// columns:
//   thing_id: The thing.
//   kind: What it is.
//   label: Name, number, registration or address as recorded.
//   involvement: What the thing is to the crime.
//   people: Who has to do with the thing, and as what, at whatever time.
//   ocg_ids: Groups of which it is recorded as their own.
//   crimes: How many crimes it is involved in altogether.
//
// crime_id (text): The crime.
:param crime_id => 'CR02498';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];

MATCH (k:Crime {crime_id: $crime_id})-[i:INVOLVES]->(t:Thing)
WHERE ($include_overdue OR t.overdue_after >= $as_of)
CALL (t) {
  OPTIONAL MATCH (t)<-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT p.person_id AS id, u.relation AS relation ORDER BY id, relation
  RETURN collect(id + ' ' + relation) AS people
}
CALL (t) {
  OPTIONAL MATCH (t)<-[u:HAS_THING]-(g:OCG)
  WHERE g.valid_from <= $as_of <= g.valid_to
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT g ORDER BY g.ocg_id
  RETURN collect(g.ocg_id) AS ocg_ids
}
CALL (t) {
  MATCH (t)<-[:INVOLVES]-(c:Crime)
  RETURN count(DISTINCT c) AS crimes
}
RETURN t.thing_id AS thing_id, t.kind AS kind, t.name AS label, i.involvement AS involvement, people, ocg_ids, crimes
ORDER BY involvement, thing_id
