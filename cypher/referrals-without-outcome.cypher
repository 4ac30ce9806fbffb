// Referrals that wait for an outcome
//
// Referrals of which no outcome was recorded by the day, the longest wait first: neither one word for it nor a text that
// says more than that it is awaited. A referral to the national referral mechanism has its outcome in the next stage, and
// a form of partnership information waits for none.
//
// kind: table
// subject: cases
// scans: Referral
// columns:
//   person_id: Who was referred.
//   name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   kind: Route.
//   made_on: When the referral was made.
//   days: Whole days since then.
//   recorded: What is written where the outcome belongs; blank when nothing is.
//   again_on: When the person was last referred by the same route after it; blank when not.
//   owners: Who owns the person's cases on the day; empty when nobody does.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Person)-[:REFERRED]->(r:Referral)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND r.made_on <= $as_of AND r.kind <> 'cpi'
WITH p, r, coalesce(r.outcome_on > $as_of, false) AS later
WITH p, r, later, toLower(trim(coalesce(r.outcome, ''))) AS written
WHERE (later OR r.outcome_kind IS NULL AND written IN ['', 'pending', 'awaiting', 'awaited', 'awaiting outcome',
    'awaiting decision', 'outcome awaited', 'open', 'ongoing', 'in progress', 'not yet decided', 'undecided', 'tbc',
    'unknown', 'not known', 'not recorded'])
  AND NOT (r.kind = 'nrm' AND EXISTS {
    (p)-[:CAME_TO]->(s:NrmStage) WHERE s.stage <> 'referred' AND r.made_on <= s.decided_on <= $as_of
  })
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
CALL (p, r) {
  OPTIONAL MATCH (p)-[:REFERRED]->(o:Referral)
  WHERE o.kind = r.kind AND r.made_on < o.made_on <= $as_of
  RETURN max(o.made_on) AS again_on
}
CALL (p) {
  OPTIONAL MATCH (p)-[w:LOOKED_AFTER_BY]->(:Service)
  WHERE w.valid_from <= $as_of <= w.valid_to
  WITH w ORDER BY w.owner
  RETURN collect(DISTINCT w.owner) AS owners
}
RETURN p.person_id AS person_id, p.name AS name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, r.kind AS kind,
  r.made_on AS made_on,
  (datetime({date: $as_of, timezone: 'Z'}).epochSeconds - datetime({date: r.made_on, timezone: 'Z'}).epochSeconds) / 86400 AS days,
  CASE WHEN NOT later THEN r.outcome END AS recorded, again_on, owners
ORDER BY made_on, person_id, kind
