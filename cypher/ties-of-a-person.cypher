// Whom a person is tied to, by kind of tie
//
// Everybody in touch with one person in the period: nominals suspected of the same crimes, named in the same
// reports, or in recorded contact; family; and members of the same group on the day. Contacts that stand on a
// report outside the grade filter are left out.
//
// kind: table
// subject: ties
// columns:
//   person_id: The other person.
//   name: Name as recorded.
//   tie: crime, report, kind of contact, relationship, or same group.
//   times: How many crimes, reports, observations or groups; a contact without a recorded number counts as one.
//   latest_on: Date of the latest; blank when undated.
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

MATCH (p:Person {person_id: $person_id})
WHERE p.restricted_on IS NULL
CALL (p) {
  MATCH (p)-[x:LINKED_TO]->(c:Crime)<-[y:LINKED_TO]-(q:Nominal)
  WHERE x.link_role IN $link_roles AND y.link_role IN $link_roles
    AND $period_from <= c.day <= $period_to
  RETURN q, 'crime' AS tie, count(DISTINCT c) AS times, max(c.day) AS latest_on
  UNION ALL
  MATCH (p)-[:MENTIONED_IN]->(r:IntelReport)<-[:MENTIONED_IN]-(q:Nominal)
  WHERE $period_from <= r.day <= $period_to
    AND ($include_overdue OR r.overdue_after >= $as_of)
    AND NOT r.source_grading IN $refused_sources
    AND NOT r.content_grading IN $refused_contents
  RETURN q, 'report' AS tie, count(DISTINCT r) AS times, max(r.reported_on) AS latest_on
  UNION ALL
  MATCH (p)-[t:ASSOCIATES_WITH]-(q:Nominal)
  WHERE t.valid_from <= $period_to AND t.valid_to >= $period_from
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = t.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  // A contact recorded both ways counts once, with the greater number; two that are directed are two facts, and so
  // are unequal numbers of calls, messages or payments, which run one way each.
  WITH q, t.kind AS kind, t.first_seen AS first_on, t.last_seen AS last_on, t.report_id AS report, count(t) AS records,
    sum(CASE WHEN t.directed THEN 1 ELSE 0 END) AS runs, sum(coalesce(t.times_observed, 1)) AS total,
    max(coalesce(t.times_observed, 1)) AS most
  WITH q, kind, coalesce(last_on, first_on) AS day,
    CASE WHEN records = 1 OR runs = records THEN total
      WHEN kind IN ['phone', 'financial', 'online'] AND runs = 0 AND most * records <> total THEN total
      ELSE most END AS times
  RETURN q, kind AS tie, sum(times) AS times, max(day) AS latest_on
  UNION ALL
  MATCH (p)-[f:FAMILY_OF]-(q:Person)
  WHERE f.valid_from <= $as_of
  RETURN q, CASE WHEN startNode(f) = p THEN f.relationship + ' of' ELSE 'child of ' + f.relationship END AS tie,
    count(f) AS times, max(f.recorded_on) AS latest_on
  UNION ALL
  MATCH (p)-[m:MEMBER_OF]->(g:OCG)<-[n:MEMBER_OF]-(q:Nominal)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
    AND n.valid_from <= $as_of <= n.valid_to
  RETURN q, 'same group' AS tie, count(DISTINCT g) AS times, null AS latest_on
}
WITH q, tie, times, latest_on
WHERE q.person_id <> $person_id
  AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
RETURN q.person_id AS person_id, q.name AS name, tie, times, latest_on
ORDER BY person_id, tie
