// Picture: a house with who was there
//
// One address or premises with who lives there, who else has to do with it, which vehicles were seen there in the
// period and who keeps them. Living there makes nobody a suspect.
//
// kind: picture
// subject: things
// draws: things-of-a-person, vehicles-seen-together
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
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
  UNION ALL
  MATCH path = (h)<-[u:HAS_THING]-(g:OCG)
  WHERE u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
  UNION ALL
  MATCH path = (h)<-[:AT_PLACE]-(s:Sighting)<-[:SEEN_IN]-(v:Thing)
  WHERE $period_from <= s.day <= $period_to
    AND ($include_overdue OR v.overdue_after >= $as_of)
  RETURN path
  UNION ALL
  MATCH path = (h)<-[:AT_PLACE]-(s:Sighting)<-[:SEEN_IN]-(v:Thing)<-[u:KEEPS|OWNS|USES]-(p:Person)
  WHERE $period_from <= s.day <= $period_to
    AND ($include_overdue OR v.overdue_after >= $as_of)
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
}
RETURN path
