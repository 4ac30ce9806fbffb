// Picture: what a run suggests for a group
//
// The members of a group on the day, each with what the run suggests: the recorded role stands on the line to the
// group, the suggestion is a bubble of its own beside the member. One whose reasons name somebody restricted is not
// drawn.
//
// kind: picture
// subject: runs
// draws: suggested-against-recorded
// scans: AnalysisRun, Person
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
// run_id (text): The analysis run; empty for the one with the latest analysis date.
:param run_id => '';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;

MATCH (run:AnalysisRun)
WHERE $run_id IN ['', run.run_id] AND run.complete
WITH run ORDER BY coalesce(run.as_of, date('0001-01-01')) DESC, run.run_id DESC
LIMIT 1
MATCH own = (g:OCG {ocg_id: $ocg_id})<-[m:MEMBER_OF]-(p:Nominal)
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
OPTIONAL MATCH suggested = (p)-[:HAS_SUGGESTION]->(s:Suggestion)
WHERE EXISTS { (s)-[:IN_GROUP]->(g) } AND EXISTS { (s)-[:OF_RUN]->(run) }
  AND NOT EXISTS { MATCH (x:Person) WHERE x.restricted_on IS NOT NULL AND s.because CONTAINS x.person_id }
UNWIND [own, suggested] AS path
WITH path WHERE path IS NOT NULL
RETURN path
