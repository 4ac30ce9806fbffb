// Crimes near a place
//
// Crimes of the period within some metres of an address, of another crime, or of a point on the map, the nearest first.
// A crime without a place is in no such answer; ocgnet query says how many there are. A place that is recorded for a
// thing used by nobody but people whose processing is restricted is not looked around.
//
// kind: table
// subject: crime
// scans: Crime
// columns:
//   crime_id: The crime.
//   offence: Offence in words; blank when not recorded.
//   day: Day by which the crime counts: recorded, else occurred.
//   district: District; blank when none is recorded.
//   ward: Ward; blank when none is recorded.
//   distance: Metres from the place, as the crow flies.
//
// place (text): A thing or a crime by its id, or latitude and longitude such as 51.5072,-0.1276.
:param place => 'PL0258';
// metres (whole): How far around.
:param metres => 500;
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');

OPTIONAL MATCH (c:Crime {crime_id: $place})
OPTIONAL MATCH (t:Thing {thing_id: $place})
WHERE ($include_overdue OR t.overdue_after >= $as_of)
  AND (EXISTS { (t)<--(x:Person) WHERE x.restricted_on IS NULL } OR EXISTS { (t)<--(:OCG) }
    OR EXISTS { (t)<--(:Crime) } OR NOT EXISTS { (t)<--(:Person) })
WITH coalesce(c.location, t.location) AS recorded,
  [d IN split($place, ',') | toFloat(CASE WHEN trim(d) =~ '-?[0-9]{1,3}([.][0-9]+)?' THEN trim(d) END)] AS degrees
WITH CASE
  WHEN recorded IS NOT NULL THEN recorded
  WHEN size(degrees) = 2 AND abs(degrees[0]) <= 90 AND abs(degrees[1]) <= 180
    THEN point({latitude: degrees[0], longitude: degrees[1]}) END AS centre
MATCH (k:Crime)
WHERE point.distance(k.location, centre) <= $metres AND k.crime_id <> $place
  AND $period_from <= k.day <= $period_to
RETURN k.crime_id AS crime_id, k.offence AS offence, k.day AS day, k.district AS district, k.ward AS ward,
  toInteger(round(point.distance(k.location, centre))) AS distance
ORDER BY distance, crime_id
