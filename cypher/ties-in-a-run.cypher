// Whom a run counts as tied to a person
//
// The ties of one person that an analysis run which was written back computed its measures from, the strongest first.
//
// kind: table
// subject: runs
// scans: AnalysisRun
// columns:
//   run_id: The run.
//   person_id: The other person.
//   name: Name as recorded.
//   weight: Strength of the tie.
//   kinds: What made it: crime, report, kinds of contact and of things.
//   first_on: Earliest dated event of the tie; blank when undated.
//   last_on: Latest dated event of the tie; blank when undated.
//
// person_id (text): The person.
:param person_id => 'N0222';
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
MATCH (p:Person {person_id: $person_id})-[t:TIED_WITH]-(q:Nominal)
WHERE t.run_id = run.run_id AND p.restricted_on IS NULL
  AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
RETURN run.run_id AS run_id, q.person_id AS person_id, q.name AS name, t.weight AS weight, t.kinds AS kinds,
  t.first_on AS first_on, t.last_on AS last_on
ORDER BY weight DESC, person_id
