// The few nominals who carry the largest share of crimes and reports
//
// The k members of groups with the largest sum of their fractional shares of crimes and of reports (each event is
// split evenly over its members; ties by harm, then id), and how much of all crimes and reports linked to members
// the first of them cover together, each event counted once. What chance alone would give stands in ocgnet
// analyse: no share of this table is a finding without it.
//
// kind: table
// subject: crime
// scans: OCG
// columns:
//   rank: Place in the set.
//   person_id: The nominal.
//   name: Name as recorded.
//   crimes: Crimes in the period.
//   reports: Reports in the period.
//   harm: Sum of the severity weights of the crimes; blank when no weight is known.
//   crime_share: Fractional share of the crimes.
//   report_share: Fractional share of the reports.
//   crimes_covered: Crimes that relate to this person or anyone ranked above.
//   crimes_covered_share: The same as a share of all crimes linked to members.
//   reports_covered: Reports that relate to this person or anyone ranked above.
//   reports_covered_share: The same as a share of all reports naming members.
//   severity_scheme: Severity weights behind the harm; blank when none is known.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// link_roles (roles): Links to a crime that count; never victim or witness.
:param link_roles => ['arrested', 'suspect', 'charged', 'convicted'];
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// weights (numbers): Severity weights by offence code that take the place of all that the records carry; none: these.
:param weights => ({});
// k (whole): How many nominals the set holds.
:param k => 13;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
WHERE $force IN ['', p.force]
  AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH DISTINCT p
CALL (p) {
  MATCH (p)-[l:LINKED_TO]->(c:Crime)
  WHERE l.link_role IN $link_roles
    AND $period_from <= c.day <= $period_to
  WITH DISTINCT c
  CALL (c) {
    MATCH (c)<-[l:LINKED_TO]-(q:Nominal)-[m:MEMBER_OF]->(g:OCG)
    WHERE l.link_role IN $link_roles
      AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
      AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
    RETURN count(DISTINCT q) AS people
  }
  WITH *, CASE WHEN size(keys($weights)) = 0 THEN c.severity
    ELSE coalesce($weights[c.severity_code], $weights[split(c.severity_code, '.')[0]]) END AS weight,
    CASE WHEN size(keys($weights)) = 0 THEN c.severity_scheme ELSE 'given with the question' END AS scheme
  WITH collect(c.crime_id) AS crimes, sum(1.0 / people) AS crime_part, count(weight) AS known, sum(weight) AS total,
    max(scheme) AS severity_scheme
  RETURN crimes, crime_part, CASE WHEN known > 0 THEN round(total, 6) END AS harm, severity_scheme
}
CALL (p) {
  MATCH (p)-[:MENTIONED_IN]->(r:IntelReport)
  WHERE $period_from <= r.day <= $period_to
    AND ($include_overdue OR r.overdue_after >= $as_of)
    AND NOT r.source_grading IN $refused_sources
    AND NOT r.content_grading IN $refused_contents
  WITH DISTINCT r
  CALL (r) {
    MATCH (r)<-[:MENTIONED_IN]-(q:Nominal)-[m:MEMBER_OF]->(g:OCG)
    WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
      AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
    RETURN count(DISTINCT q) AS people
  }
  RETURN collect(r.report_id) AS reports, sum(1.0 / people) AS report_part
}
WITH collect({person_id: p.person_id, name: p.name, crimes: crimes, reports: reports, harm: harm, scheme: severity_scheme,
              crime_part: crime_part, report_part: report_part}) AS people
CALL (people) {
  UNWIND people AS row UNWIND row.crimes AS id
  RETURN count(DISTINCT id) AS all_crimes
}
CALL (people) {
  UNWIND people AS row UNWIND row.reports AS id
  RETURN count(DISTINCT id) AS all_reports
}
UNWIND people AS row
WITH row, all_crimes, all_reports,
  CASE WHEN all_crimes > 0 THEN row.crime_part / all_crimes END AS crime_share,
  CASE WHEN all_reports > 0 THEN row.report_part / all_reports END AS report_share
WITH *, round(coalesce(crime_share, 0.0) + coalesce(report_share, 0.0), 12) AS score
WHERE score > 0
WITH row, all_crimes, all_reports, crime_share, report_share, score
ORDER BY score DESC, coalesce(row.harm, -1.0) DESC, row.person_id
LIMIT $k
WITH all_crimes, all_reports, collect({row: row, crime_share: crime_share, report_share: report_share}) AS top
UNWIND range(1, size(top)) AS rank
CALL (top, rank) {
  UNWIND top[0..rank] AS above UNWIND above.row.crimes AS id
  RETURN count(DISTINCT id) AS crimes_covered
}
CALL (top, rank) {
  UNWIND top[0..rank] AS above UNWIND above.row.reports AS id
  RETURN count(DISTINCT id) AS reports_covered
}
WITH *, top[rank - 1] AS own
RETURN rank, own.row.person_id AS person_id, own.row.name AS name, size(own.row.crimes) AS crimes,
  size(own.row.reports) AS reports, own.row.harm AS harm, own.crime_share AS crime_share, own.report_share AS report_share,
  crimes_covered, CASE WHEN all_crimes > 0 THEN 1.0 * crimes_covered / all_crimes END AS crimes_covered_share,
  reports_covered, CASE WHEN all_reports > 0 THEN 1.0 * reports_covered / all_reports END AS reports_covered_share,
  own.row.scheme AS severity_scheme
ORDER BY rank
