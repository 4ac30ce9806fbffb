// Children in touch with a line
//
// A prompt for support: people under 18 whose numbers were in touch with one line in the period, or who are recorded
// as its runner, customer or user. A child whose date of birth is not known counts. A child in touch with a line may
// be exploited through it; nothing here says that a child took part. Nobody is ranked.
//
// kind: table
// subject: things
// columns:
//   child_id: The child.
//   name: Name as recorded.
//   age: Age in whole years on the first day; blank when not known.
//   how: In touch, or what the child is to the line.
//   times: How many communications; blank for what is recorded.
//   from_line: How many of these came from the line.
//   first_on: The first day, in UTC; blank when not known.
//   last_on: The last day.
//
// line_id (text): The line, or another number.
:param line_id => 'TL9374';
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

MATCH (l:Thing {thing_id: $line_id})
CALL (l) {
  MATCH (l)-[c:COMMUNICATED_WITH]-(o:Thing)<-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(x:Person)
  WHERE $period_from <= c.day <= $period_to
    AND w.valid_from <= c.day <= w.valid_to
    AND x.restricted_on IS NULL AND ($include_overdue OR x.overdue_after >= $as_of)
    AND w.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = w.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
    AND (w.relation = 'user' OR NOT EXISTS {
      MATCH (o)<-[z:USES]-(:Person)
      WHERE z.valid_from <= c.day <= z.valid_to
        AND z.valid_from <= $as_of
        AND NOT EXISTS {
          MATCH (r:IntelReport)
          WHERE r.report_id = z.report_id AND (r.source_grading IN $refused_sources
            OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
        }
    })
  WITH DISTINCT l, x, c
  RETURN x, 'in touch' AS how, sum(coalesce(c.count, 1)) AS times, sum(CASE WHEN startNode(c) = l THEN coalesce(c.count, 1) ELSE 0 END) AS from_line,
    min(c.day) AS first_on, max(date(coalesce(c.last_at, c.at))) AS last_on
  UNION ALL
  MATCH (x:Person)-[w:USES|RUNS_FOR|CUSTOMER_OF]->(l)
  WHERE x.restricted_on IS NULL AND ($include_overdue OR x.overdue_after >= $as_of)
    AND w.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = w.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN x, w.relation AS how, null AS times, null AS from_line, w.from_date AS first_on, w.to_date AS last_on
}
WITH x, how, times, from_line, first_on, last_on, coalesce(first_on, $as_of) AS day
WITH x, how, times, from_line, first_on, last_on, day.year * 10000 + day.month * 100 + day.day - x.born AS lived
WHERE lived < 180000 OR (lived IS NULL AND x:Child)
RETURN x.person_id AS child_id, x.name AS name, lived / 10000 AS age, how, times, from_line, first_on, last_on
ORDER BY child_id, how, first_on, last_on
