// Picture: money around an account
//
// One account with the accounts up to two transfers away in the period, and who controls, signs for, owns or uses
// them.
//
// kind: picture
// subject: things
// draws: money-chains
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// account_id (text): The account.
:param account_id => 'AC9789';
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

MATCH (t:Thing {thing_id: $account_id})
CALL (t) {
  MATCH path = (t)-[:TRANSFERRED_TO*..2]-(a:Thing)
  WHERE all(m IN relationships(path) WHERE $period_from <= m.day <= $period_to)
  RETURN path
  UNION ALL
  MATCH path = (t)<-[u:CONTROLS|SIGNS_FOR|OWNS|USES|DIRECTS]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN path
  UNION ALL
  MATCH path = (t)-[:TRANSFERRED_TO*..2]-(a:Thing)<-[u:CONTROLS|SIGNS_FOR|OWNS|USES|DIRECTS]-(p:Person)
  WHERE all(m IN relationships(path) WHERE type(m) <> 'TRANSFERRED_TO' OR ($period_from <= m.day <= $period_to))
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
