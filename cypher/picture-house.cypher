// Picture: a house with who was there
//
// One address or premises with who lives there, who else has to do with it, which vehicles were seen there in the
// period and who keeps them. Living there makes nobody a suspect.
//
// kind: picture
// subject: things
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// place_id (text): The address or premises.
:param place_id => 'PL7710';
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

MATCH (h:Thing {thing_id: $place_id})
CALL (h) {
  MATCH path = (h)<-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR NOT p:Nominal OR coalesce(p.review_due >= $as_of, true))
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
  MATCH path = (h)<-[u:HAS_THING]-(g:OCG)
  WHERE coalesce(u.from_date <= $as_of, true)
    AND (u.report_id IS NULL OR NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id
        AND ((NOT $include_overdue AND r.review_due < $as_of)
          OR coalesce(r.grading_scheme + ' ' + r.source_grade, '') IN $refused_sources
          OR coalesce(r.grading_scheme + ' ' + r.intelligence_grade, '') IN $refused_contents)
    })
  RETURN path
  UNION ALL
  MATCH path = (h)<-[:AT_PLACE]-(s:Sighting)<-[:SEEN_IN]-(v:Thing)
  WHERE date(s.at) >= $period_from AND date(s.at) <= $period_to
    AND ($include_overdue OR coalesce(v.review_due >= $as_of, true))
  RETURN path
  UNION ALL
  MATCH path = (h)<-[:AT_PLACE]-(s:Sighting)<-[:SEEN_IN]-(v:Thing)<-[u:KEEPS|OWNS|USES]-(p:Person)
  WHERE date(s.at) >= $period_from AND date(s.at) <= $period_to
    AND ($include_overdue OR coalesce(v.review_due >= $as_of, true))
    AND p.restricted_on IS NULL AND ($include_overdue OR NOT p:Nominal OR coalesce(p.review_due >= $as_of, true))
    AND coalesce(u.from_date <= $as_of, true)
    AND (u.report_id IS NULL OR NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id
        AND ((NOT $include_overdue AND r.review_due < $as_of)
          OR coalesce(r.grading_scheme + ' ' + r.source_grade, '') IN $refused_sources
          OR coalesce(r.grading_scheme + ' ' + r.intelligence_grade, '') IN $refused_contents)
    })
  RETURN path
}
RETURN path
