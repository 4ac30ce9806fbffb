// Reports by grade and origin
//
// All reports of the period by grading scheme, grades and how they came in, whatever their grade. The two schemes
// are never mixed.
//
// kind: table
// subject: intelligence
// scans: IntelReport
// columns:
//   grading_scheme: Scheme of the grades; blank when not recorded.
//   source_grade: Source evaluation under that scheme.
//   intelligence_grade: Assessment of the information under that scheme.
//   origin: How the reports came in.
//   reports: How many.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (r:IntelReport)
WHERE $force IN ['', r.force]
  AND $period_from <= r.day <= $period_to
  AND ($include_overdue OR r.overdue_after >= $as_of)
WITH r.grading_scheme AS grading_scheme, r.source_grade AS source_grade, r.intelligence_grade AS intelligence_grade,
  r.origin AS origin, count(r) AS reports
RETURN grading_scheme, source_grade, intelligence_grade, origin, reports
ORDER BY coalesce(grading_scheme, ''), coalesce(source_grade, ''), coalesce(intelligence_grade, ''), coalesce(origin, '')
