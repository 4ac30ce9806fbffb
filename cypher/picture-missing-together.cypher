// Picture: missing together
//
// Missing episodes of the period in which somebody was with the child, and the groups that any of them belongs to.
//
// kind: picture
// subject: children
// draws: missing-together
// scans: MissingEpisode
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (e:MissingEpisode)<-[:COMPANION_IN]-(:Person)
WHERE $force IN ['', e.force]
  AND $period_from <= e.day <= $period_to
  AND NOT EXISTS { (e)<-[:WENT_MISSING|COMPANION_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }
WITH DISTINCT e
CALL (e) {
  MATCH path = (:Person)-[:WENT_MISSING|COMPANION_IN]->(e)
  RETURN path
  UNION ALL
  MATCH path = (e)<-[:WENT_MISSING|COMPANION_IN]-(p:Nominal)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN path
}
RETURN path
