// Crimes and their severity by district
//
// All crimes recorded in the period by district. A crime without a district is a case of its own, and a crime
// without a known severity weight is counted apart.
//
// kind: table
// subject: crime
// scans: Crime
// columns:
//   district: District; blank where none is recorded.
//   crimes: Crimes in the period.
//   harm: Sum of the severity weights; blank when no weight is known.
//   harm_unknown: Of the crimes, how many have no known weight.
//   severity_scheme: Severity weights behind the harm; blank when none is known.
//
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// weights (numbers): Severity weights by offence code that take the place of all that the records carry; none: these.
:param weights => ({});
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (c:Crime)
WHERE $force IN ['', c.force]
  AND $period_from <= c.day <= $period_to
WITH *, CASE WHEN size(keys($weights)) = 0 THEN c.severity
  ELSE coalesce($weights[c.severity_code], $weights[split(c.severity_code, '.')[0]]) END AS weight,
  CASE WHEN size(keys($weights)) = 0 THEN c.severity_scheme ELSE 'given with the question' END AS scheme
WITH c.district AS district, count(c) AS crimes, count(weight) AS known, sum(weight) AS total, max(scheme) AS severity_scheme
WITH district, crimes, CASE WHEN known > 0 THEN round(total, 6) END AS harm, crimes - known AS harm_unknown, severity_scheme
RETURN district, crimes, harm, harm_unknown, severity_scheme
ORDER BY coalesce(harm, -1.0) DESC, coalesce(district, '')
