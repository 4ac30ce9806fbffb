// Picture: groups and countries
//
// Every group that operates abroad and is mapped on the day, with its countries.
//
// kind: picture
// subject: groups
// draws: groups-abroad
// scans: Country, OCG
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH path = (g:OCG)-[:OPERATES_IN]->(:Country)
WHERE $force IN ['', g.force]
  AND g.valid_from <= $as_of <= g.valid_to
RETURN path
