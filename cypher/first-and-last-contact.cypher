// First and last contact of two people
//
// From which number of one person to which of the other, how often, and when first and last, over all times up to
// the day. A number's communications are a person's on the days on which the person was its user; where no user is
// recorded for the day, those of its owner, keeper, subscriber or whoever controls it.
//
// kind: table
// subject: things
// columns:
//   from_person: Who called or wrote.
//   from_thing: From which number.
//   to_person: Who was called or written to.
//   to_thing: At which number.
//   times: How many communications, each row with a count as that many.
//   days: On how many days they began.
//   first_at: The first, in UTC.
//   last_at: The last, in UTC.
//
// person_a (text): One person.
:param person_a => 'N0222';
// person_b (text): The other person.
:param person_b => 'N0096';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];

UNWIND [{caller: $person_a, called: $person_b}, {caller: $person_b, called: $person_a}] AS pair
MATCH (p:Person {person_id: pair.caller})
MATCH (x:Person {person_id: pair.called})
WHERE p.person_id <> x.person_id AND p.restricted_on IS NULL AND x.restricted_on IS NULL
MATCH (p)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]->(t:Thing)-[c:COMMUNICATED_WITH]->(o:Thing)<-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(x)
WHERE ($include_overdue OR t.overdue_after >= $as_of) AND ($include_overdue OR o.overdue_after >= $as_of)
  AND c.day <= $as_of
  AND u.valid_from <= c.day <= u.valid_to
  AND w.valid_from <= c.day <= w.valid_to
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
WITH DISTINCT p, t, c, o, x
RETURN p.person_id AS from_person, t.thing_id AS from_thing, x.person_id AS to_person, o.thing_id AS to_thing,
  sum(coalesce(c.count, 1)) AS times, count(DISTINCT c.day) AS days, min(c.at) AS first_at, max(coalesce(c.last_at, c.at)) AS last_at
ORDER BY first_at, from_thing, to_thing, from_person, to_person
