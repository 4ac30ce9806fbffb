// What groups do, by activity and district
//
// Recorded activities of mapped groups on the day, each with the groups that it is primary or secondary to, and their
// members. A group that does something in several districts stands in each of them, so the groups do not add up.
//
// kind: table
// subject: response
// scans: OCG, OcgActivity
// columns:
//   activity: What is done, as a crime type.
//   district: District where it is done; blank when not recorded.
//   groups: Groups that do it there on the day.
//   ocg_ids: The groups.
//   primary: Groups that make money with it.
//   secondary: Groups whose other activities it supports.
//   not_assessed: Groups of which neither is recorded.
//   members: Members of these groups on the day, each once.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (g:OCG)-[:DOES]->(a:OcgActivity)
WHERE $force IN ['', g.force]
  AND a.valid_from <= $as_of <= a.valid_to AND g.valid_from <= $as_of <= g.valid_to
WITH toLower(a.activity) AS activity, a.district AS district, g, collect(DISTINCT a.level) AS levels ORDER BY g.ocg_id
WITH activity, district, collect(g) AS own, collect(g.ocg_id) AS ocg_ids,
  sum(CASE WHEN 'primary' IN levels THEN 1 ELSE 0 END) AS primary,
  sum(CASE WHEN 'secondary' IN levels THEN 1 ELSE 0 END) AS secondary,
  sum(CASE WHEN size(levels) = 0 THEN 1 ELSE 0 END) AS not_assessed
CALL (own) {
  UNWIND own AS g
  OPTIONAL MATCH (p:Nominal)-[m:MEMBER_OF]->(g)
  WHERE m.valid_from <= $as_of <= m.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  RETURN count(DISTINCT p) AS members
}
RETURN activity, district, size(ocg_ids) AS groups, ocg_ids, primary, secondary, not_assessed, members
ORDER BY groups DESC, activity, coalesce(district, '')
