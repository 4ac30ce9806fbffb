// Suggested roles against recorded roles
//
// What an analysis run that was written back suggests beside what a person recorded: first where the two differ, the
// most stable suggestion first, then members whom nobody assessed, then where they agree, and last what the data say
// too little for. The suggestion is an assessment from the network, never a fact, and never replaces the recorded role.
//
// kind: table
// subject: runs
// scans: AnalysisRun
// columns:
//   run_id: The run.
//   ocg_id: The group.
//   person_id: The nominal.
//   name: Name as recorded.
//   recorded_role: Role that a person recorded; blank when not assessed.
//   suggested_role: What the network position suggests.
//   position_score: Position in the whole network, 0 to 1.
//   stability: Share of resamples with the same suggestion; blank when not computed.
//   agrees: Whether the two are the same; blank when not assessed, or when the data say too little.
//   because: The reasons, in words.
//
// run_id (text): The analysis run; empty for the one with the latest analysis date.
:param run_id => '';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (run:AnalysisRun)
WHERE $run_id IN ['', run.run_id] AND run.complete
WITH run ORDER BY coalesce(run.as_of, date('0001-01-01')) DESC, run.run_id DESC
LIMIT 1
MATCH (run)<-[:OF_RUN]-(s:Suggestion)-[:IN_GROUP]->(g:OCG), (p:Nominal)-[:HAS_SUGGESTION]->(s)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
OPTIONAL MATCH (p)-[m:MEMBER_OF]->(g)
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
WITH run, p, s, g, m ORDER BY m.valid_from
WITH run, p, s, g, last(collect(m)) AS m
WITH run, p, s, g, m, CASE WHEN s.role <> 'insufficient data' THEN m.role = s.role END AS agrees
RETURN run.run_id AS run_id, g.ocg_id AS ocg_id, p.person_id AS person_id, p.name AS name, m.role AS recorded_role,
  s.role AS suggested_role, s.score AS position_score, s.stability AS stability, agrees,
  CASE WHEN EXISTS { MATCH (x:Person) WHERE x.restricted_on IS NOT NULL AND s.because CONTAINS x.person_id }
    THEN '[withheld]' ELSE s.because END AS because
ORDER BY CASE WHEN NOT agrees THEN 0 WHEN suggested_role = 'insufficient data' THEN 3 WHEN agrees THEN 2 ELSE 1 END,
  coalesce(stability, -1.0) DESC, position_score DESC, ocg_id, person_id
