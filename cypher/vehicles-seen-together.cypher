// Vehicles seen together
//
// Pairs of vehicles seen at one place within some minutes, several times in the period. How often each was seen
// stands beside it: two vehicles that are seen everywhere meet by chance. A lead, never a fact; ocgnet things says
// how often chance alone would give it. Sightings without a time of day or without a named place are left out.
//
// kind: table
// subject: things
// scans: Vehicle, Sighting, SEEN_IN
// columns:
//   thing_a: One vehicle; the smaller id.
//   registration_a: Its registration.
//   thing_b: The other vehicle.
//   registration_b: Its registration.
//   times: How many sightings of the first had the second near.
//   days: On how many days, in UTC.
//   places: At how many places.
//   seen_a: How many sightings of the first there are in the period.
//   seen_b: How many of the second.
//   first_at: The first, in UTC.
//   last_at: The last, in UTC.
//   keepers_a: Who keeps, owns or uses the first.
//   keepers_b: Who keeps, owns or uses the second.
//
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
// min_times (whole): Fewest times.
:param min_times => 2;
// minutes (whole): How many minutes may lie between two sightings.
:param minutes => 10;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (v:Vehicle)-[:SEEN_IN]->(s:Sighting)
WHERE $force IN ['', v.force]
  AND ($include_overdue OR v.overdue_after >= $as_of) AND $period_from <= s.day <= $period_to
  AND s.place IS NOT NULL AND s.at.hour + s.at.minute + s.at.second > 0
WITH v, collect({at: s.at, second: datetime({datetime: s.at, timezone: 'Z'}).epochSeconds, place: s.place}) AS seen
WITH v, seen, size(seen) AS total
UNWIND seen AS s
// Only sightings of one place in the same or the next stretch of time are compared.
UNWIND [s.second / ($minutes * 60 + 1), s.second / ($minutes * 60 + 1) + 1] AS stretch
WITH s.place AS place, stretch, collect({id: v.thing_id, at: s.at, second: s.second, total: total}) AS near
UNWIND near AS a
UNWIND near AS b
WITH DISTINCT place, a.id AS id_a, a.at AS at_a, a.total AS seen_a, b.id AS id_b, b.at AS at_b, b.total AS seen_b, abs(a.second - b.second) AS apart
WHERE id_a < id_b AND apart <= $minutes * 60
WITH DISTINCT place, id_a, at_a, seen_a, id_b, seen_b
WITH id_a, id_b, seen_a, seen_b, count(*) AS times, count(DISTINCT date(at_a)) AS days, count(DISTINCT place) AS places,
  min(at_a) AS first_at, max(at_a) AS last_at
WHERE times >= $min_times
MATCH (a:Thing {thing_id: id_a})
MATCH (b:Thing {thing_id: id_b})
CALL (a) {
  OPTIONAL MATCH (a)<-[u:KEEPS|OWNS|USES]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT p ORDER BY p.person_id
  RETURN collect(p.person_id) AS keepers_a
}
CALL (b) {
  OPTIONAL MATCH (b)<-[u:KEEPS|OWNS|USES]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT p ORDER BY p.person_id
  RETURN collect(p.person_id) AS keepers_b
}
RETURN a.thing_id AS thing_a, a.registration AS registration_a, b.thing_id AS thing_b, b.registration AS registration_b, times, days, places,
  seen_a, seen_b, first_at, last_at, keepers_a, keepers_b
ORDER BY times DESC, thing_a, thing_b
LIMIT $limit
