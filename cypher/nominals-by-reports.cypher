// Nominals by the reports that name them
//
// Who is named in the most intelligence reports of the period. The number of reports also measures police
// attention.
//
// kind: table
// subject: intelligence
// scans: IntelReport, Nominal
// columns:
//   person_id: The nominal.
//   name: Name as recorded.
//   reports: Reports in the period and grade filter.
//   origins: How many different origins they have, as far as recorded.
//   origin_unknown: Of the reports, how many have no recorded origin.
//   latest_on: Date of the latest.
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
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)-[:MENTIONED_IN]->(r:IntelReport)
WHERE $force IN ['', p.force]
  AND $period_from <= r.day <= $period_to
  AND ($include_overdue OR r.overdue_after >= $as_of)
  AND NOT r.source_grading IN $refused_sources
  AND NOT r.content_grading IN $refused_contents
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH DISTINCT p, r
WITH p, count(r) AS reports, count(DISTINCT r.source_ref) AS origins, count(r) - count(r.source_ref) AS origin_unknown,
  max(r.reported_on) AS latest_on
RETURN p.person_id AS person_id, p.name AS name, reports, origins, origin_unknown, latest_on
ORDER BY reports DESC, person_id
LIMIT $limit
