// Picture: a group's things
//
// What is recorded as a group's own, and what its members of the day have to do with.
//
// kind: picture
// subject: things
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];

MATCH (g:OCG {ocg_id: $ocg_id})
CALL (g) {
  MATCH path = (g)-[u:HAS_THING]->(t:Thing)
  WHERE ($include_overdue OR coalesce(t.review_due >= $as_of, true))
    AND coalesce(u.from_date <= $as_of, true)
    AND (u.report_id IS NULL OR NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id
        AND ((NOT $include_overdue AND r.review_due < $as_of)
          OR coalesce(r.grading_scheme + ' ' + r.source_grade, '') IN $refused_sources
          OR coalesce(r.grading_scheme + ' ' + r.intelligence_grade, '') IN $refused_contents)
    })
  RETURN path
  UNION ALL
  MATCH path = (g)<-[m:MEMBER_OF]-(p:Nominal)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]->(t:Thing)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR NOT p:Nominal OR coalesce(p.review_due >= $as_of, true))
    AND ($include_overdue OR coalesce(t.review_due >= $as_of, true))
    AND coalesce(u.from_date <= $as_of, true)
    AND (u.report_id IS NULL OR NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id
        AND ((NOT $include_overdue AND r.review_due < $as_of)
          OR coalesce(r.grading_scheme + ' ' + r.source_grade, '') IN $refused_sources
          OR coalesce(r.grading_scheme + ' ' + r.intelligence_grade, '') IN $refused_contents)
    })
    AND coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
    AND coalesce(g.mapped_on <= $as_of, true)
    AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
  RETURN path
}
RETURN path
