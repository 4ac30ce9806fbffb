// Picture: reports that name several members of a group
//
// Members of a group on the day and the reports of the period that name two or more of them, with the contacts
// that those reports record. Reports that may not be named are not drawn.
//
// kind: picture
// subject: intelligence
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
WHERE coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
  AND p.restricted_on IS NULL AND ($include_overdue OR coalesce(p.review_due >= $as_of, true))
WITH collect(DISTINCT p) AS members
UNWIND members AS a
MATCH path = (a)-[:MENTIONED_IN]->(r:IntelReport)<-[:MENTIONED_IN]-(b:Nominal)
WHERE b IN members AND a.person_id < b.person_id
  AND NOT EXISTS { (r)<-[:MENTIONED_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }
  AND r.reported_on >= $period_from AND r.reported_on <= $period_to
  AND ($include_overdue OR coalesce(r.review_due >= $as_of, true))
  AND NOT coalesce(r.grading_scheme + ' ' + r.source_grade, '') IN $refused_sources
  AND NOT coalesce(r.grading_scheme + ' ' + r.intelligence_grade, '') IN $refused_contents
  AND NOT coalesce(r.grading_scheme + ' ' + r.handling_code, '') IN $restricted
RETURN path
