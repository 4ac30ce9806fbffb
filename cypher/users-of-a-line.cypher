// Who used a line, over time
//
// Everybody recorded with one line or number, as what and from when to when, in the order of time; marked is who had
// it while somebody else did, in the same way. Reports that may not be named are blank.
//
// kind: table
// subject: things
// columns:
//   person_id: The person.
//   name: Name as recorded.
//   relation: What the person is to it.
//   from_date: First day; blank when not known.
//   to_date: Last day; blank while it lasts or when not known.
//   confidence: How sure that is: recorded, attributed or suspected.
//   report_id: Report that records it; blank when none, or when it may not be named.
//   at_once: Others with the same relation at an overlapping time.
//
// line_id (text): The line, or another number.
:param line_id => 'TL9374';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// restricted (texts): Handling codes under which a report counts and is never named.
:param restricted => ['3x5x2 C', '5x5x5 3', '5x5x5 4', '5x5x5 5'];

MATCH (p:Person)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]->(t:Thing {thing_id: $line_id})
WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  AND ($include_overdue OR t.overdue_after >= $as_of)
  AND u.valid_from <= $as_of
  AND NOT EXISTS {
    MATCH (r:IntelReport)
    WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
      OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
  }
CALL (p, u, t) {
  OPTIONAL MATCH (q)-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]->(t)
  WHERE q.person_id <> p.person_id AND w.relation = u.relation
    AND w.valid_from <= u.valid_to AND u.valid_from <= w.valid_to
    AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
    AND w.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = w.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT q ORDER BY q.person_id
  RETURN collect(q.person_id) AS at_once
}
RETURN p.person_id AS person_id, p.name AS name, u.relation AS relation, u.from_date AS from_date, u.to_date AS to_date,
  coalesce(u.confidence, 'recorded') AS confidence,
  CASE WHEN NOT EXISTS { MATCH (s:IntelReport) WHERE s.report_id = u.report_id AND s.handling_grading IN $restricted }
    THEN u.report_id END AS report_id, at_once
ORDER BY u.valid_from, person_id, relation, to_date, report_id
