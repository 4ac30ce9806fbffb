// Picture: suspects in a ward's worst offences
//
// The offences of a ward with the highest severity weights in the period, who is arrested for or suspected of
// them, and the groups of these people.
//
// kind: picture
// subject: crime
// draws: worst-offences-of-a-ward
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// district (text): District of the ward.
:param district => 'Lyonmere City';
// ward (text): The ward.
:param ward => 'Lyonmere Lantern Hill';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// link_roles (roles): Links to a crime that count; never victim or witness.
:param link_roles => ['arrested', 'suspect', 'charged', 'convicted'];
// weights (numbers): Severity weights by offence code that take the place of all that the records carry; none: these.
:param weights => ({});
// worst (whole): How many of the worst offences.
:param worst => 10;

MATCH (:District {district: $district})<-[:PART_OF]-(w:Ward {ward: $ward})<-[:OCCURRED_IN]-(c:Crime)
WHERE $period_from <= c.day <= $period_to
WITH *, CASE WHEN size(keys($weights)) = 0 THEN c.severity
  ELSE coalesce($weights[c.severity_code], $weights[split(c.severity_code, '.')[0]]) END AS weight
WITH w, c, weight WHERE weight IS NOT NULL
ORDER BY weight DESC, c.crime_id
LIMIT $worst
CALL (w, c) {
  MATCH path = (c)-[:OCCURRED_IN]->(w)
  RETURN path
  UNION ALL
  MATCH path = (p:Nominal)-[l:LINKED_TO]->(c)
  WHERE l.link_role IN $link_roles
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  RETURN path
  UNION ALL
  MATCH path = (c)<-[l:LINKED_TO]-(p:Nominal)-[m:MEMBER_OF]->(g:OCG)
  WHERE l.link_role IN $link_roles
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN path
}
RETURN path
