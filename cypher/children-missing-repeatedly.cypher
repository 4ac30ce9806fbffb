// Children who go missing repeatedly
//
// Children under 18 on the day with several missing episodes in the period, and how many of these have a return
// interview on record. Episodes of one child that overlap count once, with an interview that was held after both.
//
// kind: table
// subject: children
// scans: MissingEpisode
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   episodes: Missing episodes that began in the period.
//   interviews: Of them, with a recorded return interview.
//   not_found: Of them, without a recorded time of return.
//   latest_on: Day on which the latest began.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// min_episodes (whole): Fewest missing episodes.
:param min_episodes => 2;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (c:Person)-[:WENT_MISSING]->(e:MissingEpisode)
WHERE $force IN ['', c.force]
  AND c.restricted_on IS NULL
  AND $period_from <= e.day <= $period_to
  AND NOT EXISTS {
    MATCH (c)-[:WENT_MISSING]->(b:MissingEpisode)
    WHERE b.missing_from < e.missing_from AND b.found_at > e.missing_from
  }
OPTIONAL MATCH (c)-[:WENT_MISSING]->(o:MissingEpisode)
WHERE o.missing_from > e.missing_from AND o.missing_from < e.found_at
WITH c, e, max(o.found_at) AS until, collect(o.return_interview_at) AS others
WITH c, e, CASE WHEN until > e.found_at THEN until ELSE e.found_at END AS found,
  CASE WHEN e.return_interview_at IS NULL THEN others ELSE others + [e.return_interview_at] END AS held
WITH c, e, CASE WHEN found IS NULL THEN size(held) > 0 ELSE any(x IN held WHERE x >= found) END AS heard,
  $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - c.born AS lived
WHERE coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
WITH c, lived, count(e) AS episodes,
  sum(CASE WHEN heard THEN 1 ELSE 0 END) AS interviews, count(e) - count(e.found_at) AS not_found,
  max(e.day) AS latest_on
WHERE episodes >= $min_episodes
RETURN c.person_id AS child_id, c.name AS child_name, CASE WHEN lived < 1110000 THEN lived / 10000 END AS age,
  episodes, interviews, not_found, latest_on
ORDER BY episodes DESC, child_id
