// Picture: crimes that members of a group share
//
// Members of a group on the day and the crimes of the period for which two or more of them are arrested or
// suspected.
//
// kind: picture
// subject: crime
// draws: co-offending-pairs, group-members
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
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

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG {ocg_id: $ocg_id})
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH collect(DISTINCT p) AS members
UNWIND members AS a
MATCH path = (a)-[x:LINKED_TO]->(c:Crime)<-[y:LINKED_TO]-(b:Nominal)
WHERE b IN members AND a.person_id < b.person_id
  AND x.link_role IN $link_roles AND y.link_role IN $link_roles
  AND $period_from <= c.day <= $period_to
RETURN path
