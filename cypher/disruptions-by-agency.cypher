// Disruptions by agency
//
// Which agency led the disruptions of the period, by level and strand of the 4Ps. A disruption without a recorded
// agency stands in a row of its own.
//
// kind: table
// subject: response
// scans: Disruption
// columns:
//   lead_agency: Agency that led; blank when not recorded.
//   disruptions: Disruptions in the period.
//   major: Of them, major.
//   moderate: Of them, moderate.
//   minor: Of them, minor.
//   without_effect: Of them, with no or a negative effect.
//   groups: Groups against which they went.
//   strands: Strands of the 4Ps that were used.
//   latest_on: Date of the latest.
//
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (d:Disruption)
WHERE $force IN ['', d.force]
  AND $period_from <= d.day <= $period_to
WITH d ORDER BY d.strand
WITH d.lead_agency AS lead_agency, count(d) AS disruptions,
  count(CASE WHEN d.level = 'major' THEN 1 END) AS major, count(CASE WHEN d.level = 'moderate' THEN 1 END) AS moderate,
  count(CASE WHEN d.level = 'minor' THEN 1 END) AS minor,
  count(CASE WHEN d.level IN ['none', 'negative'] THEN 1 END) AS without_effect, count(DISTINCT d.ocg_id) AS groups,
  collect(DISTINCT d.strand) AS strands, max(d.happened_on) AS latest_on
RETURN lead_agency, disruptions, major, moderate, minor, without_effect, groups, strands, latest_on
ORDER BY disruptions DESC, coalesce(lead_agency, '')
