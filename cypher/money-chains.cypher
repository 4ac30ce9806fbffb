// Chains of money from and to an account
//
// Transfers that follow one another in time, from one account or to it, over at most four steps in the period: where
// the money may have gone, and whence it may have come. Money has no name: that one transfer follows another does
// not prove that it is the same money.
//
// kind: table
// subject: things
// columns:
//   direction: out for chains that begin at the account, in for those that end there.
//   steps: How many transfers.
//   accounts: The accounts on the way, in the order of payment.
//   amounts: The amounts, in the same order.
//   currencies: Their currencies.
//   first_at: The first transfer, in UTC.
//   last_at: The last, in UTC.
//   end_held_by: Who controls, signs for, owns or uses the account at the other end.
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
// limit (whole): How many rows at most.
:param limit => 25;

MATCH (t:Thing {thing_id: $account_id})
CALL (t) {
  MATCH way = (t)-[:TRANSFERRED_TO*..4]->(e:Thing)
  RETURN 'out' AS direction, e, nodes(way) AS stops, relationships(way) AS moves, length(way) AS steps
  UNION ALL
  MATCH way = (e:Thing)-[:TRANSFERRED_TO*..4]->(t)
  RETURN 'in' AS direction, e, nodes(way) AS stops, relationships(way) AS moves, length(way) AS steps
}
WITH direction, e, stops, moves, steps
WHERE all(i IN range(0, steps - 1) WHERE $period_from <= moves[i].day <= $period_to AND (i = 0 OR moves[i - 1].at <= moves[i].at))
CALL (e) {
  OPTIONAL MATCH (e)<-[u:CONTROLS|SIGNS_FOR|OWNS|USES|DIRECTS]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT p ORDER BY p.person_id
  RETURN collect(p.person_id) AS end_held_by
}
RETURN direction, steps, [n IN stops | n.thing_id] AS accounts, [m IN moves | m.amount] AS amounts, [m IN moves | m.currency] AS currencies,
  moves[0].at AS first_at, moves[steps - 1].at AS last_at, end_held_by
ORDER BY steps DESC, direction, first_at, last_at, reduce(text = '', name IN accounts | text + '|' + name), reduce(text = '', x IN amounts | text + '|' + toString(coalesce(x, 0)))
LIMIT $limit
