// County lines by district
//
// What is on record of county lines in each district: threats of that kind, groups that are said to do it there, crimes
// of the period that are marked so, with those of them that are marked as debt bondage or cuckooing, and stops of people
// who were suspected to deal from elsewhere. Of those stopped, whoever was under 18 on that day is counted: a child to
// protect first. What is not in a district stands under a blank one.
//
// kind: table
// subject: response
// scans: Crime, Threat, OCG, OcgActivity, StopCheck
// columns:
//   district: District; blank where none is recorded.
//   threats: Threats of the kind county line by the day.
//   ocg_ids: Mapped groups whose recorded activity there on the day is county lines.
//   crimes: Crimes of the period that are marked as county line.
//   debt_bondage: Of these, marked as debt bondage.
//   cuckooing: Of these, marked as cuckooing.
//   stops: Stops of suspected transient dealers in the period.
//   under_18: Of these, under 18 on the day of the stop; the date of birth is that given at the stop, else on record.
//   age_unknown: Of these, with no date of birth on record.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (t:Threat)
  WHERE $force IN ['', t.force]
    AND t.kind = 'county_line' AND (t.recorded_on IS NULL OR t.recorded_on <= $as_of)
  RETURN t.district AS district, 1 AS threat, null AS ocg_id, 0 AS crime, 0 AS bondage, 0 AS cuckoo, 0 AS stop, 0 AS child,
    0 AS unknown
  UNION ALL
  MATCH (g:OCG)-[:DOES]->(a:OcgActivity)
  WHERE $force IN ['', g.force]
    AND toLower(a.activity) = 'county lines' AND a.valid_from <= $as_of <= a.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN a.district AS district, 0 AS threat, g.ocg_id AS ocg_id, 0 AS crime, 0 AS bondage, 0 AS cuckoo, 0 AS stop,
    0 AS child, 0 AS unknown
  UNION ALL
  MATCH (c:Crime)
  WHERE $force IN ['', c.force]
    AND 'county_line' IN c.flags AND $period_from <= c.day <= $period_to
  RETURN c.district AS district, 0 AS threat, null AS ocg_id, 1 AS crime,
    CASE WHEN 'debt_bondage' IN c.flags THEN 1 ELSE 0 END AS bondage,
    CASE WHEN 'cuckooing' IN c.flags THEN 1 ELSE 0 END AS cuckoo, 0 AS stop, 0 AS child, 0 AS unknown
  UNION ALL
  MATCH (s:StopCheck)
  WHERE $force IN ['', s.force]
    AND s.transient_dealer AND $period_from <= s.happened_on <= $period_to
  OPTIONAL MATCH (p:Person)-[:STOPPED_IN]->(s)
  WITH s, s.happened_on.year * 10000 + s.happened_on.month * 100 + s.happened_on.day - coalesce(s.born, p.born) AS lived
  RETURN s.district AS district, 0 AS threat, null AS ocg_id, 0 AS crime, 0 AS bondage, 0 AS cuckoo, 1 AS stop,
    CASE WHEN 0 <= lived < 180000 THEN 1 ELSE 0 END AS child, CASE WHEN lived IS NULL THEN 1 ELSE 0 END AS unknown
}
WITH * ORDER BY ocg_id
WITH district, sum(threat) AS threats, collect(DISTINCT ocg_id) AS ocg_ids, sum(crime) AS crimes, sum(bondage) AS debt_bondage,
  sum(cuckoo) AS cuckooing, sum(stop) AS stops, sum(child) AS under_18, sum(unknown) AS age_unknown
RETURN district, threats, ocg_ids, crimes, debt_bondage, cuckooing, stops, under_18, age_unknown
ORDER BY crimes DESC, coalesce(district, '')
