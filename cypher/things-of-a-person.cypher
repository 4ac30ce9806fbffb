// Things of a person, and who shares them
//
// Every phone, vehicle, address, account and other thing that one person has to do with, as what and from when to
// when, and who else has to do with it.
//
// kind: table
// subject: things
// columns:
//   thing_id: The thing.
//   kind: What it is.
//   label: Name, number, registration or address as recorded.
//   relation: What the person is to it.
//   from_date: First day; blank when not known.
//   to_date: Last day; blank while it lasts or when not known.
//   confidence: How sure that is: recorded, attributed or suspected.
//   others: Who else has to do with it, at whatever time.
//
// person_id (text): The person.
:param person_id => 'N0222';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];

MATCH (p:Person {person_id: $person_id})-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]->(t:Thing)
WHERE p.restricted_on IS NULL
  AND ($include_overdue OR t.overdue_after >= $as_of)
  AND u.valid_from <= $as_of
  AND NOT EXISTS {
    MATCH (r:IntelReport)
    WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
      OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
  }
CALL (p, t) {
  OPTIONAL MATCH (q)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]->(t)
  WHERE q.person_id <> p.person_id
    AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT q ORDER BY q.person_id
  RETURN collect(q.person_id) AS others
}
RETURN t.thing_id AS thing_id, t.kind AS kind, t.name AS label,
  u.relation AS relation, u.from_date AS from_date, u.to_date AS to_date, coalesce(u.confidence, 'recorded') AS confidence, others
ORDER BY thing_id, relation, from_date, to_date, confidence, u.report_id
