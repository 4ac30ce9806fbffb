// Communities that a run found
//
// People who hold together by their ties, in an analysis run that was written back, with the groups whose members on
// the day are among them. A community comes from ties alone and is no group on record.
//
// kind: table
// subject: runs
// scans: AnalysisRun
// columns:
//   run_id: The run.
//   community: The community, as in the tables of the run.
//   people: How many nominals it holds.
//   in_no_group: How many of them belong to no group on the day.
//   groups: Groups whose members are among them, the one with most of them first.
//   stability: Share of seeds that agree on who is together, on average; blank when not computed.
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
MATCH (run)<-[:OF_RUN]-(c:Community)<-[i:IN_COMMUNITY]-(p:Nominal)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH run, c, i, COLLECT {
  MATCH (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN DISTINCT g.ocg_id
} AS own
WITH run, c, count(*) AS people, sum(CASE WHEN own = [] THEN 1 ELSE 0 END) AS in_no_group, collect(own) AS of_all,
  avg(i.stability) AS stability
CALL (of_all) {
  UNWIND of_all AS own
  UNWIND own AS ocg_id
  WITH ocg_id, count(*) AS members ORDER BY members DESC, ocg_id
  RETURN collect(ocg_id) AS groups
}
RETURN run.run_id AS run_id, c.community AS community, people, in_no_group, groups, stability
ORDER BY people DESC, community
