// People of no group whom a run places above a group's principals
//
// Nominals whom an analysis run that was written back found tied to a group they are not recorded in, with a position
// above that of its principals. A prompt to look at the records, no sign of membership.
//
// kind: table
// subject: runs
// scans: AnalysisRun
// columns:
//   run_id: The run.
//   ocg_id: The group.
//   ocg_name: Name of the group.
//   person_id: The nominal.
//   name: Name as recorded.
//   ties: Members of the group whom the person is tied to.
//   position_score: Position in the whole network, 0 to 1.
//   community: Community in which the run places the person; blank without ties.
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
MATCH (run)<-[:OF_RUN]-(x:Measures)<-[:HAS_MEASURES]-(p:Nominal)-[t:OUTSIDE_BUT_TIED]->(g:OCG)
WHERE t.run_id = run.run_id
  AND $force IN ['', p.force]
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
OPTIONAL MATCH (p)-[i:IN_COMMUNITY]->(c:Community)
WHERE i.run_id = run.run_id
RETURN run.run_id AS run_id, g.ocg_id AS ocg_id, g.name AS ocg_name, p.person_id AS person_id, p.name AS name,
  t.ties AS ties, x.position_score AS position_score, c.community AS community
ORDER BY position_score DESC, ties DESC, ocg_id, person_id
