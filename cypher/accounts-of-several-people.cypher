// Accounts that several people control
//
// Accounts that more than one person controls, signs for, owns or uses on the day, with what went in and out in the
// period.
//
// kind: table
// subject: things
// scans: Account
// columns:
//   thing_id: The account.
//   label: Name or number as recorded.
//   people: How many people.
//   held_by: Who, and as what.
//   ocg_ids: Their groups on the day.
//   received: How many transfers came in.
//   amount_in: Their sum; blank when several currencies or none.
//   paid: How many transfers went out.
//   amount_out: Their sum; blank when several currencies or none.
//
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
// min_people (whole): Fewest people.
:param min_people => 2;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (t:Account)<-[u:CONTROLS|SIGNS_FOR|OWNS|USES|DIRECTS]-(p:Person)
WHERE $force IN ['', t.force]
  AND ($include_overdue OR t.overdue_after >= $as_of)
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  AND u.valid_from <= $as_of <= u.valid_to
  AND NOT EXISTS {
    MATCH (r:IntelReport)
    WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
      OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
  }
WITH DISTINCT t, p, u.relation AS relation ORDER BY p.person_id, relation
WITH t, collect(DISTINCT p) AS holders, collect(p.person_id + ' ' + relation) AS held_by
WHERE size(holders) >= $min_people
CALL (holders) {
  UNWIND holders AS p
  OPTIONAL MATCH (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  WITH DISTINCT g ORDER BY g.ocg_id
  RETURN collect(g.ocg_id) AS ocg_ids
}
CALL (t) {
  OPTIONAL MATCH (t)<-[m:TRANSFERRED_TO]-(:Thing)
  WHERE $period_from <= m.day <= $period_to
  WITH count(m) AS received, count(DISTINCT CASE WHEN m IS NOT NULL THEN coalesce(m.currency, '') END) AS currencies, sum(m.amount) AS total
  RETURN received, CASE WHEN currencies = 1 THEN total END AS amount_in
}
CALL (t) {
  OPTIONAL MATCH (t)-[m:TRANSFERRED_TO]->(:Thing)
  WHERE $period_from <= m.day <= $period_to
  WITH count(m) AS paid, count(DISTINCT CASE WHEN m IS NOT NULL THEN coalesce(m.currency, '') END) AS currencies, sum(m.amount) AS total
  RETURN paid, CASE WHEN currencies = 1 THEN total END AS amount_out
}
RETURN t.thing_id AS thing_id, t.name AS label, size(holders) AS people, held_by, ocg_ids, received, amount_in, paid, amount_out
ORDER BY people DESC, thing_id
LIMIT $limit
