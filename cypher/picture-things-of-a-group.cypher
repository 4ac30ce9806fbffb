// Picture: a group's things
//
// What is recorded as a group's own, and what its members of the day have to do with.
//
// kind: picture
// subject: things
// draws: things-of-a-group
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
  WHERE ($include_overdue OR t.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
  UNION ALL
  MATCH path = (g)<-[m:MEMBER_OF]-(p:Nominal)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]->(t:Thing)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND ($include_overdue OR t.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
    AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN path
}
RETURN path
