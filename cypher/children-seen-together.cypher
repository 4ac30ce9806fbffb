// Children who were together, and where
//
// Pairs of children under 18 on the day, by records up to the day: stopped on one occasion, in one missing episode,
// at a place in overlapping days, or in a vehicle on one day. Adults who were there are not shown. Something with
// too many people says nothing about two of them, and where a missing child was found is not repeated. To protect
// them: being with another child makes nobody a suspect.
//
// kind: table
// subject: children
// scans: Child, StopCheck, MissingEpisode
// columns:
//   child_id: One child; the smaller id.
//   child_name: Name as recorded.
//   peer_id: The other child.
//   peer_name: Name as recorded.
//   occasions: Different occasions and places.
//   how: How and where: the occasion, the first day of the missing episode, or the thing.
//   first_on: First day of the earliest; blank where one has none.
//   last_on: Last day of the latest; blank where one lasts.
//   ocg_ids: Groups to which a parent, step-parent or guardian of either belongs on the day.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// max_users (whole): A thing with more people than this joins nobody: a hostel, a taxi rank, a switchboard.
:param max_users => 15;
// min_occasions (whole): Fewest different occasions and places.
:param min_occasions => 1;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (c:Child)
WHERE $force IN ['', c.force]
  AND c.restricted_on IS NULL AND ($include_overdue OR c.overdue_after >= $as_of)
WITH c, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - c.born AS lived
WHERE coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
CALL (c) {
  MATCH (c)-[:STOPPED_IN]->(s:StopCheck)
  WHERE s.occasion IS NOT NULL AND s.happened_on <= $as_of
  MATCH (x:StopCheck)
  WHERE x.occasion = s.occasion AND x.happened_on <= $as_of
  WITH s.occasion AS occasion, min(x.happened_on) AS first_on, max(x.happened_on) AS last_on, count(DISTINCT x) AS people
  WHERE people <= $max_users
  MATCH (p:Child)-[:STOPPED_IN]->(z:StopCheck)
  WHERE z.occasion = occasion AND z.happened_on <= $as_of
  RETURN DISTINCT p, 'stopped ' + occasion AS how, first_on, last_on
  UNION
  MATCH (c)-[:WENT_MISSING|COMPANION_IN]->(e:MissingEpisode)<-[:WENT_MISSING|COMPANION_IN]-(x:Person)
  WHERE e.day <= $as_of
  WITH e, count(DISTINCT x) AS others
  WHERE others + 1 <= $max_users
  MATCH (e)<-[:WENT_MISSING|COMPANION_IN]-(p:Child)
  RETURN DISTINCT p, 'missing ' + toString(e.day) AS how, e.day AS first_on, e.day AS last_on
  UNION
  MATCH (c)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]->(t:Thing)
  WHERE t.kind IN ['address', 'premises'] OR t.kind = 'vehicle' AND u.relation IN ['seen_at', 'passenger']
  WITH DISTINCT t
  WHERE $include_overdue OR t.overdue_after >= $as_of
  MATCH (t)<-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]-(x:Person)
  WHERE u.valid_from <= $as_of
    AND (NOT u.relation IN ['seen_at', 'passenger'] OR u.from_date IS NOT NULL OR u.to_date IS NOT NULL)
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH t, count(DISTINCT x) AS users,
    collect({person: x.person_id, relation: u.relation, first_on: u.from_date,
      last_on: coalesce(u.to_date, CASE WHEN u.relation IN ['seen_at', 'passenger'] THEN u.from_date END)}) AS links
  WHERE users <= $max_users
  UNWIND links AS a
  UNWIND links AS b
  WITH t, a, b
  WHERE a.person = c.person_id AND a.person < b.person
    AND (t.kind <> 'vehicle' OR a.relation IN ['seen_at', 'passenger'] AND b.relation IN ['seen_at', 'passenger'])
    AND (t.kind = 'vehicle' OR (a.relation IN ['resident', 'tenant']) = (b.relation IN ['resident', 'tenant']))
    AND coalesce(a.first_on <= b.last_on, true) AND coalesce(b.first_on <= a.last_on, true)
  MATCH (p:Child)
  WHERE p.person_id = b.person
  RETURN DISTINCT p, t.thing_id AS how,
    CASE WHEN coalesce(a.first_on >= b.first_on, b.first_on IS NULL) THEN a.first_on ELSE b.first_on END AS first_on,
    CASE WHEN coalesce(a.last_on <= b.last_on, b.last_on IS NULL) THEN a.last_on ELSE b.last_on END AS last_on
}
WITH c, p, how, first_on, last_on, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
WHERE c.person_id < p.person_id
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  AND coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
WITH c, p, how, first_on, last_on ORDER BY how
WITH c, p, collect(DISTINCT how) AS how, count(*) AS times, count(first_on) AS begun, count(last_on) AS ended,
  min(first_on) AS first_on, max(last_on) AS last_on
WHERE size(how) >= $min_occasions
CALL (c, p) {
  UNWIND [c, p] AS one
  MATCH (g:OCG)<-[m:MEMBER_OF]-(:Nominal)-[f:FAMILY_OF]->(one)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
    AND f.relationship IN ['parent', 'step_parent', 'guardian'] AND f.valid_from <= $as_of
  WITH DISTINCT g.ocg_id AS ocg_id ORDER BY ocg_id
  RETURN collect(ocg_id) AS ocg_ids
}
RETURN c.person_id AS child_id, c.name AS child_name, p.person_id AS peer_id, p.name AS peer_name,
  size(how) AS occasions, how, CASE WHEN begun = times THEN first_on END AS first_on,
  CASE WHEN ended = times THEN last_on END AS last_on, ocg_ids
ORDER BY occasions DESC, child_id, peer_id
LIMIT $limit
