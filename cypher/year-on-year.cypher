// This period against the one before
//
// Counts of the period beside those of the period before, as long and ending the day before it unless asked
// otherwise, each judged on its own day under the same filters. A change cannot be given as a share where the
// period before had 0, and says nothing where the records begin later than that: ocgnet analyse tells when they do.
//
// kind: table
// subject: groups
// scans: OCG, Disruption
// columns:
//   measure: What is counted.
//   this_year: In the period.
//   year_before: In the period before.
//   change: The difference.
//   share: The difference as a share of the period before; blank when that was 0.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// as_of_before (date): The day of the period before.
:param as_of_before => date('2018-03-31');
// before_from (date): First day of the period before.
:param before_from => date('2017-04-01');
// before_to (date): Last day of the period before.
:param before_to => date('2018-03-31');
// link_roles (roles): Links to a crime that count; never victim or witness.
:param link_roles => ['arrested', 'suspect', 'charged', 'convicted'];
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

UNWIND [{now: true, first: $period_from, last: $period_to, day: $as_of},
        {now: false, first: $before_from, last: $before_to, day: $as_of_before}] AS y
CALL (y) {
  MATCH (g:OCG)
  WHERE $force IN ['', g.force]
    AND g.valid_from <= y.day <= g.valid_to
  RETURN 'groups mapped' AS measure, 1 AS place, count(g) AS found
  UNION ALL
  MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
  WHERE $force IN ['', p.force]
    AND m.valid_from <= y.day <= m.valid_to AND g.valid_from <= y.day <= g.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= y.day)
  RETURN 'members of groups' AS measure, 2 AS place, count(DISTINCT p) AS found
  UNION ALL
  MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
  WHERE $force IN ['', p.force]
    AND m.valid_from <= y.day <= m.valid_to AND g.valid_from <= y.day <= g.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= y.day)
  WITH DISTINCT y, p
  MATCH (p)-[l:LINKED_TO]->(c:Crime)
  WHERE l.link_role IN $link_roles
    AND y.first <= c.day <= y.last
  RETURN 'crimes linked to members' AS measure, 3 AS place, count(DISTINCT c) AS found
  UNION ALL
  MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
  WHERE $force IN ['', p.force]
    AND m.valid_from <= y.day <= m.valid_to AND g.valid_from <= y.day <= g.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= y.day)
  WITH DISTINCT y, p
  MATCH (p)-[:MENTIONED_IN]->(r:IntelReport)
  WHERE y.first <= r.day <= y.last
    AND ($include_overdue OR r.overdue_after >= y.day)
    AND NOT r.source_grading IN $refused_sources
    AND NOT r.content_grading IN $refused_contents
  RETURN 'reports naming members' AS measure, 4 AS place, count(DISTINCT r) AS found
  UNION ALL
  MATCH (d:Disruption)
  WHERE $force IN ['', d.force]
    AND y.first <= d.day <= y.last
  RETURN 'disruptions' AS measure, 5 AS place, count(d) AS found
}
WITH measure, place, max(CASE WHEN y.now THEN found END) AS this_year, max(CASE WHEN NOT y.now THEN found END) AS year_before
RETURN measure, this_year, year_before, this_year - year_before AS change,
  CASE WHEN year_before > 0 THEN 1.0 * (this_year - year_before) / year_before END AS share
ORDER BY place, measure
