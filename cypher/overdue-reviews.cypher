// Records whose review is overdue
//
// People, reports and things whose review was due before the day. Reports that may not be named are counted in one row.
//
// kind: table
// subject: intelligence
// scans: Person, IntelReport, Thing
// columns:
//   record: person, report, thing, or reports not to be named.
//   id: The record; blank for reports not to be named.
//   name: Name of the person; blank for reports and things.
//   review_due: When the review was due; the earliest for reports not to be named.
//   records: How many records the row stands for.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// restricted (texts): Handling codes under which a report counts and is never named.
:param restricted => ['3x5x2 C', '5x5x5 3', '5x5x5 4', '5x5x5 5'];
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (p:Person)
  WHERE $force IN ['', p.force]
    AND p.review_due < $as_of AND p.restricted_on IS NULL
  RETURN 'person' AS record, p.person_id AS id, p.name AS name, p.review_due AS review_due, 1 AS records
  UNION ALL
  MATCH (r:IntelReport)
  WHERE $force IN ['', r.force]
    AND r.review_due < $as_of
    AND NOT r.handling_grading IN $restricted
  RETURN 'report' AS record, r.report_id AS id, null AS name, r.review_due AS review_due, 1 AS records
  UNION ALL
  MATCH (t:Thing)
  WHERE $force IN ['', t.force]
    AND t.review_due < $as_of
  RETURN 'thing' AS record, t.thing_id AS id, null AS name, t.review_due AS review_due, 1 AS records
  UNION ALL
  MATCH (r:IntelReport)
  WHERE $force IN ['', r.force]
    AND r.review_due < $as_of
    AND r.handling_grading IN $restricted
  WITH min(r.review_due) AS review_due, count(r) AS records
  WHERE records > 0
  RETURN 'reports not to be named' AS record, null AS id, null AS name, review_due, records
}
RETURN record, id, name, review_due, records
ORDER BY record, review_due, coalesce(id, '')
