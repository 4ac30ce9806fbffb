// People known from one origin only
//
// Nominals named in several reports of the period that all go back to one source: reports that share one origin
// count once for corroboration. People with a report of unrecorded origin are left out, because that cannot be
// said of them.
//
// kind: table
// subject: intelligence
// scans: IntelReport, Nominal
// columns:
//   person_id: The nominal.
//   name: Name as recorded.
//   reports: Reports in the period and grade filter, all of one origin.
//   came_in_by: How they came in.
//   first_on: Date of the earliest.
//   last_on: Date of the latest.
//
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
// min_reports (whole): Fewest reports.
:param min_reports => 2;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)-[:MENTIONED_IN]->(r:IntelReport)
WHERE $force IN ['', p.force]
  AND $period_from <= r.day <= $period_to
  AND ($include_overdue OR r.overdue_after >= $as_of)
  AND NOT r.source_grading IN $refused_sources
  AND NOT r.content_grading IN $refused_contents
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH DISTINCT p, r ORDER BY r.origin
WITH p, count(r) AS reports, count(DISTINCT r.source_ref) AS origins, count(r.source_ref) AS known,
  collect(DISTINCT r.origin) AS came_in_by, min(r.reported_on) AS first_on, max(r.reported_on) AS last_on
WHERE origins = 1 AND known = reports AND reports >= $min_reports
RETURN p.person_id AS person_id, p.name AS name, reports, came_in_by, first_on, last_on
ORDER BY reports DESC, person_id
