// Picture: a person's things
//
// One person with the phones, vehicles, addresses, accounts and other things of theirs, and who else has to do with
// these.
//
// kind: picture
// subject: things
// draws: things-of-a-person
// columns:
//   path: What to draw: the people and things, and how they are tied.
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

MATCH (p:Person {person_id: $person_id})
WHERE p.restricted_on IS NULL
CALL (p) {
  MATCH path = (p)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]->(t:Thing)
  WHERE ($include_overdue OR t.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
  UNION ALL
  MATCH path = (p)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]->(t:Thing)<-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]-(q:Person)
  WHERE q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
    AND ($include_overdue OR t.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
    AND w.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = w.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
}
RETURN path
