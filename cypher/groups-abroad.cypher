// Groups that operate abroad, by country
//
// Countries outside the UK in which a group operates that is mapped on the day.
//
// kind: table
// subject: groups
// scans: Country, OCG
// columns:
//   country: Country, two letters (ISO 3166 alpha-2).
//   groups: How many groups.
//   ocg_ids: Which groups.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (g:OCG)-[:OPERATES_IN]->(c:Country)
WHERE $force IN ['', g.force]
  AND g.valid_from <= $as_of <= g.valid_to
WITH c, g ORDER BY g.ocg_id
RETURN c.country AS country, count(g) AS groups, collect(g.ocg_id) AS ocg_ids
ORDER BY groups DESC, country
