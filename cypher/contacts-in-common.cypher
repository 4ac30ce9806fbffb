// Numbers that two people are both in touch with
//
// Numbers in touch, in the period, with numbers of both of two people, and whose they are. A number's communications
// are a person's on the days on which the person was its user; where no user is recorded for the day, those of its
// owner, keeper, subscriber or whoever controls it. Communications with somebody whose processing is restricted or
// whose review is overdue are left out.
//
// kind: table
// subject: things
// columns:
//   thing_id: The number.
//   kind: What it is.
//   number: Number as recorded.
//   person_ids: Who is recorded with it, at whatever time; empty when nobody is.
//   times_a: How many communications with the one person.
//   times_b: How many with the other.
//   first_at: The first with either, in UTC.
//   last_at: The last with either, in UTC.
//
// person_a (text): One person.
:param person_a => 'N0222';
// person_b (text): The other person.
:param person_b => 'N0096';
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

UNWIND [$person_a, $person_b] AS asked
MATCH (p:Person {person_id: asked})-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]->(t:Thing)-[c:COMMUNICATED_WITH]-(o:Thing)
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
  AND NOT EXISTS {
    MATCH (o)<-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(y:Person)
    WHERE y.person_id IN [$person_a, $person_b] AND w.valid_from <= c.day <= w.valid_to
  }
WITH DISTINCT p.person_id AS person, c, o
WITH o, count(DISTINCT person) AS people,
  sum(CASE WHEN person = $person_a THEN coalesce(c.count, 1) ELSE 0 END) AS times_a,
  sum(CASE WHEN person = $person_b THEN coalesce(c.count, 1) ELSE 0 END) AS times_b,
  min(c.at) AS first_at, max(coalesce(c.last_at, c.at)) AS last_at
WHERE people = 2
CALL (o) {
  OPTIONAL MATCH (o)<-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(x:Person)
  WHERE x.restricted_on IS NULL AND ($include_overdue OR x.overdue_after >= $as_of)
    AND w.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = w.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT x ORDER BY x.person_id
  RETURN collect(x.person_id) AS person_ids
}
RETURN o.thing_id AS thing_id, o.kind AS kind, coalesce(o.number, o.imei) AS number, person_ids, times_a, times_b, first_at, last_at
ORDER BY times_a + times_b DESC, thing_id
LIMIT $limit
