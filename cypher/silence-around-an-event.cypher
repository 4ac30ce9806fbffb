// Contacts before and after an event
//
// With whom one person was in touch in the days before and after an event, such as an arrest, and who fell silent or
// came anew. The day of the event belongs to neither side. A number's communications are a person's on the days on
// which the person was its user; where no user is recorded for the day, those of its owner, keeper, subscriber or
// whoever controls it. Communications with somebody whose processing is restricted or whose review is overdue are
// left out.
//
// kind: table
// subject: things
// columns:
//   thing_id: The other number.
//   kind: What it is.
//   number: Number as recorded.
//   person_ids: Who is recorded with it, at whatever time; empty when nobody is.
//   before: Communications in the days before the event.
//   after: Communications in the days after it.
//   last_before: The last before, in UTC; blank without any.
//   first_after: The first after, in UTC; blank without any.
//   silent_days: Whole days between these two; blank when one of them is.
//   change: fell silent, new, or in touch before and after.
//
// person_id (text): The person.
:param person_id => 'N0222';
// event_on (date): Day of the event, such as an arrest.
:param event_on => date('2018-12-02');
// window_days (whole): How many days before and after the event are looked at.
:param window_days => 28;
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// limit (whole): How many rows at most.
:param limit => 25;

MATCH (p:Person {person_id: $person_id})-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]->(t:Thing)-[c:COMMUNICATED_WITH]-(o:Thing)
WHERE p.restricted_on IS NULL
  AND abs((datetime({date: c.day, timezone: 'Z'}).epochSeconds - datetime({date: $event_on, timezone: 'Z'}).epochSeconds) / 86400) <= $window_days
  AND ($include_overdue OR t.overdue_after >= $as_of) AND ($include_overdue OR o.overdue_after >= $as_of)
  AND u.valid_from <= c.day <= u.valid_to
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
WITH DISTINCT c, o, c.day < $event_on AS earlier, c.day > $event_on AS later
WITH o, sum(CASE WHEN earlier THEN coalesce(c.count, 1) ELSE 0 END) AS before, sum(CASE WHEN later THEN coalesce(c.count, 1) ELSE 0 END) AS after,
  max(CASE WHEN earlier THEN c.at END) AS last_before, min(CASE WHEN later THEN c.at END) AS first_after,
  max(CASE WHEN earlier THEN datetime({datetime: c.at, timezone: 'Z'}).epochSeconds END) AS second_before, min(CASE WHEN later THEN datetime({datetime: c.at, timezone: 'Z'}).epochSeconds END) AS second_after
WHERE before + after > 0
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
RETURN o.thing_id AS thing_id, o.kind AS kind, coalesce(o.number, o.imei) AS number, person_ids, before, after, last_before, first_after,
  (second_after - second_before) / 86400 AS silent_days,
  CASE WHEN after = 0 THEN 'fell silent' WHEN before = 0 THEN 'new' ELSE 'before and after' END AS change
ORDER BY before + after DESC, thing_id
LIMIT $limit
