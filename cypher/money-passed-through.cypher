// Money that passes through an account within days
//
// Accounts that paid on, within some days, most of what one transfer brought, in the same currency: money may only
// have passed through. A transfer may stand beside several later ones; a lead, never a fact.
//
// kind: table
// subject: things
// scans: Account, Thing, TRANSFERRED_TO
// columns:
//   thing_id: The account.
//   label: Name or number as recorded.
//   held_by: Who controls, signs for, owns or uses it.
//   from_account: Whence the money came.
//   received_at: When, in UTC.
//   amount_in: How much.
//   to_account: To which account it was paid on.
//   paid_at: When, in UTC.
//   amount_out: How much.
//   currency: In which currency.
//   share: Share of what came in that went on.
//   hours: Whole hours between the two.
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
// within_days (whole): How many days money may stay on an account.
:param within_days => 3;
// min_share (number): Smallest share of an amount that has to go on.
:param min_share => 0.8;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (a:Thing)-[i:TRANSFERRED_TO]->(t:Account)-[x:TRANSFERRED_TO]->(b:Thing)
WHERE $force IN ['', a.force]
  AND ($include_overdue OR t.overdue_after >= $as_of) AND $period_from <= i.day <= $period_to
  AND x.at >= i.at AND datetime({datetime: x.at, timezone: 'Z'}).epochSeconds - datetime({datetime: i.at, timezone: 'Z'}).epochSeconds <= $within_days * 86400
  AND coalesce(x.currency, '') = coalesce(i.currency, '') AND x.amount >= $min_share * i.amount AND x.amount <= i.amount AND i.amount > 0
CALL (t) {
  OPTIONAL MATCH (t)<-[u:CONTROLS|SIGNS_FOR|OWNS|USES|DIRECTS]-(p:Person)
  WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
    AND u.valid_from <= $as_of
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT p ORDER BY p.person_id
  RETURN collect(p.person_id) AS held_by
}
RETURN t.thing_id AS thing_id, t.name AS label, held_by, a.thing_id AS from_account, i.at AS received_at, i.amount AS amount_in,
  b.thing_id AS to_account, x.at AS paid_at, x.amount AS amount_out, i.currency AS currency, x.amount / i.amount AS share,
  (datetime({datetime: x.at, timezone: 'Z'}).epochSeconds - datetime({datetime: i.at, timezone: 'Z'}).epochSeconds) / 3600 AS hours
ORDER BY amount_out DESC, thing_id, received_at, paid_at, from_account, to_account, amount_in
LIMIT $limit
