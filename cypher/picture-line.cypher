// Picture: a line with its contacts
//
// One line or number with the people recorded with it, the numbers it was most in touch with in the period, and
// whose those were at the time. Of each pair of numbers the latest communication is drawn.
//
// kind: picture
// subject: things
// draws: users-of-a-line, contacts-of-a-person
// columns:
//   path: What to draw: the people and things, and how they are tied.
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
// limit (whole): How many rows at most.
:param limit => 25;

MATCH (l:Thing {thing_id: $line_id})
CALL (l) {
  MATCH path = (l)<-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
  UNION ALL
  MATCH path = (l)<-[u:HAS_THING]-(g:OCG)
  WHERE u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
  UNION ALL
  MATCH (l)-[c:COMMUNICATED_WITH]-(o:Thing)
  WHERE $period_from <= c.day <= $period_to
    AND ($include_overdue OR o.overdue_after >= $as_of)
    AND NOT EXISTS {
      MATCH (o)<-[h:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(y:Person)
      WHERE h.valid_from <= c.day <= h.valid_to
        AND NOT (y.restricted_on IS NULL AND ($include_overdue OR y.overdue_after >= $as_of))
    }
  WITH l, o, c ORDER BY c.at, c.row_key
  WITH l, o, last(collect(c)) AS c, sum(coalesce(c.count, 1)) AS times
  ORDER BY times DESC, o.thing_id
  LIMIT $limit
  CALL (l, o, c) {
    MATCH path = (l)-[c]-(o)
    RETURN path
    UNION ALL
    MATCH path = (l)-[c]-(o)<-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(x:Person)
    WHERE w.valid_from <= c.day <= w.valid_to
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
    RETURN path
  }
  RETURN path
}
RETURN path
