// Crimes without a district or ward
//
// Crimes of the period that no map and no figure by district can show, by offence.
//
// kind: table
// subject: quality
// scans: Crime
// columns:
//   offence: Offence in words; blank when not recorded.
//   without_district: Crimes without a district.
//   without_ward: Crimes with a district and without a ward.
//
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (c:Crime)
WHERE $force IN ['', c.force]
  AND $period_from <= c.day <= $period_to
  AND (c.district IS NULL OR c.ward IS NULL)
WITH c.offence AS offence, count(CASE WHEN c.district IS NULL THEN 1 END) AS without_district,
  count(CASE WHEN c.district IS NOT NULL THEN 1 END) AS without_ward
RETURN offence, without_district, without_ward
ORDER BY without_district DESC, without_ward DESC, coalesce(offence, '')
LIMIT $limit
