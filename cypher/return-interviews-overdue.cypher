// Return interviews that are outstanding
//
// Children who came back from going missing in the period, whom nobody has interviewed since and who have not refused,
// although the hours have passed by the end of the day. Episodes within one another are one. Clocks are taken as they
// show.
//
// kind: table
// subject: cases
// scans: Person, MissingEpisode
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   missing_from: When the child went missing.
//   found_at: When the child was found.
//   days_outstanding: Whole days from the day of coming back.
//   owners: Who owns the child's cases on the day; empty when nobody does.
//
// interview_hours (whole): Within how many hours of coming back a return interview has to be held.
:param interview_hours => 72;
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Person)-[:WENT_MISSING]->(e:MissingEpisode)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL
  AND $period_from <= e.day <= $period_to
  AND NOT EXISTS {
    MATCH (p)-[:WENT_MISSING]->(b:MissingEpisode)
    WHERE b.missing_from < e.missing_from AND b.found_at > e.missing_from
  }
OPTIONAL MATCH (p)-[:WENT_MISSING]->(o:MissingEpisode)
WHERE o.missing_from > e.missing_from AND o.missing_from < e.found_at
WITH p, e, max(o.found_at) AS until, collect(o.return_interview_at) AS others, min(o.interview_refused_on) AS refused
WITH p, e, CASE WHEN until > e.found_at THEN until ELSE e.found_at END AS found, refused,
  CASE WHEN e.return_interview_at IS NULL THEN others ELSE others + [e.return_interview_at] END AS held
WITH p, e, found, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived,
  datetime({date: $as_of, timezone: 'Z'}).epochSeconds + 86400 - datetime({datetime: coalesce(found, e.missing_from), timezone: 'Z'}).epochSeconds AS seconds,
  any(x IN held WHERE x >= found) AS heard,
  coalesce(e.interview_refused_on <= $as_of, false) OR coalesce(refused <= $as_of, false) AS refused
WHERE found IS NOT NULL AND NOT heard AND NOT refused AND seconds > $interview_hours * 3600
  AND coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
CALL (p) {
  OPTIONAL MATCH (p)-[w:LOOKED_AFTER_BY]->(:Service)
  WHERE w.valid_from <= $as_of <= w.valid_to
  WITH w ORDER BY w.owner
  RETURN collect(DISTINCT w.owner) AS owners
}
RETURN p.person_id AS child_id, p.name AS child_name, CASE WHEN lived < 1110000 THEN lived / 10000 END AS age,
  e.missing_from AS missing_from, found AS found_at, (seconds - 1) / 86400 AS days_outstanding, owners
ORDER BY found_at, child_id
