// Records before and after each disruption of a group
//
// For each disruption of one group in the period: crimes to which the members of its day are linked, and reports that
// name them, on the days before and after it; its own day is in neither. Counts only, and no effect: recorded activity
// is also attention, and a group that is watched has more on record.
//
// kind: table
// subject: response
// columns:
//   disruption_id: The disruption.
//   happened_on: When.
//   level: How much it hurt, as recorded.
//   strand: Strand of the 4Ps.
//   lead_agency: Agency that led; blank when not recorded.
//   members: Members of the group on its day.
//   crimes_before: Crimes linked to them in the days before.
//   crimes_after: Crimes linked to them in the days after, up to the day the records are judged on.
//   reports_before: Reports that name them in the days before.
//   reports_after: Reports that name them in the days after, up to the day the records are judged on.
//   days_after: Days after that lie before the day the records are judged on; where they are fewer than the days before, the counts cannot be compared.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
// window_days (whole): How many days before and after the event are looked at.
:param window_days => 28;
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

MATCH (y:Disruption)-[:AGAINST]->(g:OCG {ocg_id: $ocg_id})
WHERE $period_from <= y.day <= $period_to
CALL (y, g) {
  OPTIONAL MATCH (g)<-[m:MEMBER_OF]-(p:Nominal)
  WHERE m.valid_from <= y.day <= m.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  RETURN count(DISTINCT p) AS members
}
CALL (y, g) {
  OPTIONAL MATCH (g)<-[m:MEMBER_OF]-(p:Nominal)-[l:LINKED_TO]->(c:Crime)
  WHERE m.valid_from <= y.day <= m.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND l.link_role IN $link_roles
    AND c.day <= $as_of AND abs((datetime({date: coalesce(c.day, y.day), timezone: 'Z'}).epochSeconds - datetime({date: y.day, timezone: 'Z'}).epochSeconds) / 86400) <= $window_days
  RETURN count(DISTINCT CASE WHEN c.day < y.day THEN c END) AS crimes_before,
    count(DISTINCT CASE WHEN c.day > y.day THEN c END) AS crimes_after
}
CALL (y, g) {
  OPTIONAL MATCH (g)<-[m:MEMBER_OF]-(p:Nominal)-[:MENTIONED_IN]->(r:IntelReport)
  WHERE m.valid_from <= y.day <= m.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND ($include_overdue OR r.overdue_after >= $as_of)
    AND NOT r.source_grading IN $refused_sources
    AND NOT r.content_grading IN $refused_contents
    AND r.day <= $as_of AND abs((datetime({date: coalesce(r.day, y.day), timezone: 'Z'}).epochSeconds - datetime({date: y.day, timezone: 'Z'}).epochSeconds) / 86400) <= $window_days
  RETURN count(DISTINCT CASE WHEN r.day < y.day THEN r END) AS reports_before,
    count(DISTINCT CASE WHEN r.day > y.day THEN r END) AS reports_after
}
WITH *, (datetime({date: $as_of, timezone: 'Z'}).epochSeconds - datetime({date: y.day, timezone: 'Z'}).epochSeconds) / 86400 AS since
RETURN y.disruption_id AS disruption_id, y.happened_on AS happened_on, y.level AS level, y.strand AS strand,
  y.lead_agency AS lead_agency, members, crimes_before, crimes_after, reports_before, reports_after,
  CASE WHEN since < 0 THEN 0 WHEN since < $window_days THEN since ELSE $window_days END AS days_after
ORDER BY happened_on, disruption_id
