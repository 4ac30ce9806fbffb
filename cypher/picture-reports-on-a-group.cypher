// Picture: reports that name several members of a group
//
// Members of a group on the day and the reports of the period that name two or more of them, with the contacts
// that those reports record. Reports that may not be named are not drawn.
//
// kind: picture
// subject: intelligence
// draws: group-members, nominals-by-reports
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
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// restricted (texts): Handling codes under which a report counts and is never named.
:param restricted => ['3x5x2 C', '5x5x5 3', '5x5x5 4', '5x5x5 5'];

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG {ocg_id: $ocg_id})
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH collect(DISTINCT p) AS members
UNWIND members AS a
MATCH path = (a)-[:MENTIONED_IN]->(r:IntelReport)<-[:MENTIONED_IN]-(b:Nominal)
WHERE b IN members AND a.person_id < b.person_id
  AND NOT EXISTS { (r)<-[:MENTIONED_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }
  AND $period_from <= r.day <= $period_to
  AND ($include_overdue OR r.overdue_after >= $as_of)
  AND NOT r.source_grading IN $refused_sources
  AND NOT r.content_grading IN $refused_contents
  AND NOT r.handling_grading IN $restricted
RETURN path
