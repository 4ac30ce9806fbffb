// Picture: the neighbourhood of a person
//
// One person with the crimes that link other nominals, the reports that name others, contacts, family and groups.
// Reports that may not be named are not drawn.
//
// kind: picture
// subject: ties
// draws: ties-of-a-person
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// person_id (text): The person.
:param person_id => 'N0222';
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
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// restricted (texts): Handling codes under which a report counts and is never named.
:param restricted => ['3x5x2 C', '5x5x5 3', '5x5x5 4', '5x5x5 5'];

MATCH (p:Person {person_id: $person_id})
WHERE p.restricted_on IS NULL
CALL (p) {
  MATCH path = (p)-[x:LINKED_TO]->(c:Crime)<-[y:LINKED_TO]-(q:Nominal)
  WHERE x.link_role IN $link_roles AND y.link_role IN $link_roles
    AND $period_from <= c.day <= $period_to
    AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
  RETURN path
  UNION ALL
  MATCH path = (p)-[:MENTIONED_IN]->(r:IntelReport)<-[:MENTIONED_IN]-(q:Nominal)
  WHERE NOT EXISTS { (r)<-[:MENTIONED_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }
    AND $period_from <= r.day <= $period_to
    AND ($include_overdue OR r.overdue_after >= $as_of)
    AND NOT r.source_grading IN $refused_sources
    AND NOT r.content_grading IN $refused_contents
    AND NOT r.handling_grading IN $restricted
    AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
  RETURN path
  UNION ALL
  MATCH path = (p)-[t:ASSOCIATES_WITH]-(q:Nominal)
  WHERE t.valid_from <= $period_to AND t.valid_to >= $period_from
    AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = t.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
  UNION ALL
  MATCH path = (p)-[f:FAMILY_OF]-(q:Person)
  WHERE q.restricted_on IS NULL AND f.valid_from <= $as_of
  RETURN path
  UNION ALL
  MATCH path = (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN path
}
RETURN path
