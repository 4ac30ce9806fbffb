// With whom a person is most in touch
//
// The numbers that one person's numbers were in touch with in the period, and whose they were on those days, the
// most frequent first. A blank person is a number that nobody is known to use. A number's communications are a
// person's on the days on which the person was its user; where no user is recorded for the day, those of its owner,
// keeper, subscriber or whoever controls it. Communications with somebody whose processing is restricted or whose
// review is overdue are left out.
//
// kind: table
// subject: things
// columns:
//   thing_id: The other number.
//   kind: What it is.
//   number: Number as recorded.
//   person_id: Whose it was on those days; blank when nobody is known.
//   name: Name as recorded.
//   times: How many communications, each row with a count as that many.
//   outgoing: How many of these came from the person.
//   days: On how many days they began.
//   first_at: The first, in UTC.
//   last_at: The last, in UTC.
//
// person_id (text): The person.
:param person_id => 'N0222';
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

MATCH (p:Person {person_id: $person_id})-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]->(t:Thing)-[c:COMMUNICATED_WITH]-(o:Thing)
WHERE p.restricted_on IS NULL
  AND ($include_overdue OR t.overdue_after >= $as_of) AND ($include_overdue OR o.overdue_after >= $as_of)
  AND u.valid_from <= c.day <= u.valid_to
  AND $period_from <= c.day <= $period_to
  AND u.valid_from <= $as_of
  AND NOT EXISTS {
    MATCH (r:IntelReport)
    WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
      OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
  }
  AND (u.relation = 'user' OR NOT EXISTS {
    MATCH (t)<-[z:USES]-(:Person)
    WHERE z.valid_from <= c.day <= z.valid_to
      AND z.valid_from <= $as_of
      AND NOT EXISTS {
        MATCH (r:IntelReport)
        WHERE r.report_id = z.report_id AND (r.source_grading IN $refused_sources
          OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
      }
  })
  AND NOT EXISTS {
    MATCH (o)<-[h:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(y:Person)
    WHERE h.valid_from <= c.day <= h.valid_to
      AND NOT (y.restricted_on IS NULL AND ($include_overdue OR y.overdue_after >= $as_of))
  }
WITH DISTINCT t, c, o
OPTIONAL MATCH (o)<-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(x:Person)
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
WITH DISTINCT t, c, o, x
WHERE x IS NULL OR x.person_id <> $person_id
RETURN o.thing_id AS thing_id, o.kind AS kind, coalesce(o.number, o.imei) AS number, x.person_id AS person_id, x.name AS name,
  sum(coalesce(c.count, 1)) AS times, sum(CASE WHEN startNode(c) = t THEN coalesce(c.count, 1) ELSE 0 END) AS outgoing,
  count(DISTINCT c.day) AS days, min(c.at) AS first_at, max(coalesce(c.last_at, c.at)) AS last_at
ORDER BY times DESC, thing_id, person_id
LIMIT $limit
