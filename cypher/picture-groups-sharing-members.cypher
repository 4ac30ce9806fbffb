// Picture: groups that share members
//
// All groups that have a member in common with another group on the day, and those members.
//
// kind: picture
// subject: groups
// draws: groups-sharing-members
// scans: OCG
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH path = (a:OCG)<-[x:MEMBER_OF]-(p:Nominal)-[y:MEMBER_OF]->(b:OCG)
WHERE $force IN ['', a.force]
  AND a.ocg_id < b.ocg_id
  AND x.valid_from <= $as_of <= x.valid_to AND a.valid_from <= $as_of <= a.valid_to
  AND y.valid_from <= $as_of <= y.valid_to AND b.valid_from <= $as_of <= b.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
RETURN path
