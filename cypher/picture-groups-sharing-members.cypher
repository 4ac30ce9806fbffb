// Picture: groups that share members
//
// All groups that have a member in common with another group on the day, and those members.
//
// kind: picture
// subject: groups
// scans: OCG
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;

MATCH path = (a:OCG)<-[x:MEMBER_OF]-(p:Nominal)-[y:MEMBER_OF]->(b:OCG)
WHERE a.ocg_id < b.ocg_id
  AND coalesce(x.from_date <= $as_of, true) AND coalesce(x.to_date >= $as_of, true)
  AND coalesce(a.mapped_on <= $as_of, true)
  AND coalesce(a.archived_on > $as_of, coalesce(a.status, '') <> 'archived')
  AND coalesce(y.from_date <= $as_of, true) AND coalesce(y.to_date >= $as_of, true)
  AND coalesce(b.mapped_on <= $as_of, true)
  AND coalesce(b.archived_on > $as_of, coalesce(b.status, '') <> 'archived')
  AND p.restricted_on IS NULL AND ($include_overdue OR coalesce(p.review_due >= $as_of, true))
RETURN path
