// Numbers in touch with a group that nobody is known to use
//
// Who is this? Numbers that were in touch, in the period, with the members of a group or with the group's own lines,
// on days on which nobody was recorded as their user, owner, keeper or subscriber. The score adds up log2(1 + times)
// of the members, so that a second member adds more than further calls of the first. First stands the highest score
// times members of all numbers in touch: voicemail and a taxi office, which everybody calls, come after. ocgnet things
// ranks alike, by people instead of numbers, and looks at transfers as well. Whoever is only suspected to use a number is not known to. Communications of a
// member's number count on the days on which it was the member's. Somebody whose processing is restricted is
// somebody: their number is not listed.
//
// kind: table
// subject: things
// columns:
//   thing_id: The number.
//   kind: What it is.
//   label: Name or number as recorded.
//   members: With how many members of the group it was in touch.
//   of_members: How many members of the group on the day have a number of their own.
//   member_ids: Which members.
//   group_things: Which of the group's own lines.
//   score: Sum over these members of log2(1 + times in touch).
//   numbers: With how many other numbers it was in touch in the period, the group or not.
//   times: How many communications, each row with a count as that many.
//   outgoing: How many of these came from the number.
//   first_at: The first, in UTC.
//   last_at: The last, in UTC.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
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
// max_contacts (whole): A number in touch with more others than this is a switchboard, a shop or a service, and is left out.
:param max_contacts => 200;
// limit (whole): How many rows at most.
:param limit => 25;

MATCH (g:OCG {ocg_id: $ocg_id})
CALL (g) {
  MATCH (g)<-[m:MEMBER_OF]-(p:Nominal)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]->(t:Thing)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND ($include_overdue OR t.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
    AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN DISTINCT p.person_id AS member, t, u.relation AS relation, u.from_date AS first_on, u.to_date AS last_on
  UNION
  MATCH (g)-[u:HAS_THING]->(t:Thing)
  WHERE ($include_overdue OR t.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN null AS member, t, 'group' AS relation, u.from_date AS first_on, u.to_date AS last_on
}
WITH collect({member: member, t: t, relation: relation, first_on: first_on, last_on: last_on}) AS own, count(DISTINCT CASE WHEN t.kind IN ['phone', 'sim', 'device', 'line', 'online_handle'] THEN member END) AS of_members
UNWIND own AS x
WITH x.member AS member, x.t AS t, x.relation AS relation, x.first_on AS first_on, x.last_on AS last_on, of_members
MATCH (t)-[c:COMMUNICATED_WITH]-(o:Thing)
WHERE $period_from <= c.day <= $period_to
  AND coalesce(first_on <= c.day, true) AND coalesce(last_on >= c.day, true)
  AND ($include_overdue OR o.overdue_after >= $as_of)
  AND (relation IN ['user', 'group'] OR NOT EXISTS {
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
    MATCH (o)<-[w:USES|OWNS|KEEPS|SUBSCRIBES_TO|CONTROLS]-(:Person)
    WHERE w.valid_from <= c.day <= w.valid_to
      AND w.valid_from <= $as_of
      AND NOT EXISTS {
        MATCH (r:IntelReport)
        WHERE r.report_id = w.report_id AND (r.source_grading IN $refused_sources
          OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
      }
  }
  AND NOT EXISTS { (o)<-[:HAS_THING]-(:OCG {ocg_id: $ocg_id}) }
WITH DISTINCT o, c, of_members, member, CASE WHEN relation = 'group' THEN t.thing_id END AS line
WITH o, of_members, collect({member: member, line: line, times: coalesce(c.count, 1)}) AS parts, collect(DISTINCT c) AS calls
CALL (parts) {
  UNWIND parts AS part
  WITH part.member AS member, sum(part.times) AS times
  WHERE member IS NOT NULL
  WITH member, times ORDER BY member
  RETURN collect(member) AS member_ids, round(1000000 * sum(log(1 + times) / log(2))) / 1000000 AS score
}
CALL (parts) {
  UNWIND parts AS part
  WITH DISTINCT part.line AS line ORDER BY line
  RETURN collect(line) AS group_things
}
CALL (o) {
  MATCH (o)-[c:COMMUNICATED_WITH]-(n:Thing)
  WHERE $period_from <= c.day <= $period_to
  RETURN count(DISTINCT n) AS numbers
}
WITH o, of_members, member_ids, group_things, score, numbers, calls
WHERE numbers <= $max_contacts
UNWIND calls AS c
RETURN o.thing_id AS thing_id, o.kind AS kind, o.name AS label, size(member_ids) AS members, of_members, member_ids, group_things,
  score, numbers, sum(coalesce(c.count, 1)) AS times, sum(CASE WHEN startNode(c) = o THEN coalesce(c.count, 1) ELSE 0 END) AS outgoing,
  min(c.at) AS first_at, max(coalesce(c.last_at, c.at)) AS last_at
ORDER BY score * members / numbers DESC, times DESC, thing_id
LIMIT $limit
