// Members whose role nobody has assessed
//
// Members of a group on a day whose membership carries no recorded role: not assessed is not peripheral. Where an
// analysis run was written back, what it suggests stands beside them, the most stable suggestion first.
//
// kind: table
// subject: groups
// scans: OCG, AnalysisRun
// columns:
//   ocg_id: The group.
//   ocg_name: Name of the group.
//   person_id: The member.
//   name: Name as recorded.
//   from_date: First day of the membership; blank when not recorded.
//   suggested_role: What the network position suggests in the run; blank without a run. An assessment, never a fact.
//   stability: Share of resamples with the same suggestion; blank when not computed.
//
// run_id (text): The analysis run; empty for the one with the latest analysis date.
:param run_id => '';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

OPTIONAL MATCH (run:AnalysisRun)
WHERE $run_id IN ['', run.run_id] AND run.complete
WITH run ORDER BY coalesce(run.as_of, date('0001-01-01')) DESC, run.run_id DESC
LIMIT 1
MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND $force IN ['', p.force]
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH run, p, g, m ORDER BY m.valid_from
WITH run, p, g, last(collect(m)) AS m
WITH run, p, g, m WHERE m.role IS NULL
OPTIONAL MATCH (p)-[:HAS_SUGGESTION]->(s:Suggestion)-[:IN_GROUP]->(g)
WHERE s.run_id = run.run_id
RETURN g.ocg_id AS ocg_id, g.name AS ocg_name, p.person_id AS person_id, p.name AS name, m.from_date AS from_date,
  s.role AS suggested_role, s.stability AS stability
ORDER BY coalesce(stability, -1.0) DESC, ocg_id, person_id
