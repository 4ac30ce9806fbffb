// People who went missing together
//
// Pairs of people in one missing episode of the period, as the missing child or as companion. One night may be
// recorded once for each child, so days are counted beside episodes; episodes of one child that overlap count
// once. Companions who are members of a group are marked.
//
// kind: table
// subject: children
// scans: MissingEpisode
// columns:
//   person_a: One person; the smaller id.
//   name_a: Name as recorded.
//   person_b: The other person.
//   name_b: Name as recorded.
//   episodes: Recorded episodes with both.
//   days: Different days on which these began.
//   ocg_members: Which of the two is a member of a group on the day.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (a:Person)-[:WENT_MISSING|COMPANION_IN]->(e:MissingEpisode)<-[:WENT_MISSING|COMPANION_IN]-(b:Person)
WHERE $force IN ['', a.force]
  AND a.person_id < b.person_id AND a.restricted_on IS NULL AND b.restricted_on IS NULL
  AND $period_from <= e.day <= $period_to
  AND NOT EXISTS {
    MATCH (a)-[:WENT_MISSING|COMPANION_IN]->(o:MissingEpisode)<-[:WENT_MISSING|COMPANION_IN]-(b)
    WHERE o.child_id = e.child_id AND o.missing_from < e.missing_from AND o.found_at > e.missing_from
  }
WITH a, b, count(DISTINCT e) AS episodes, count(DISTINCT e.day) AS days
CALL (a, b) {
  UNWIND [a, b] AS p
  MATCH (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  WITH DISTINCT p ORDER BY p.person_id
  RETURN collect(p.person_id) AS ocg_members
}
RETURN a.person_id AS person_a, a.name AS name_a, b.person_id AS person_b, b.name AS name_b, episodes, days, ocg_members
ORDER BY days DESC, episodes DESC, person_a, person_b
