// Who waits for a decision of the national referral mechanism
//
// Everybody whose latest stage by the day is the referral or reasonable grounds, and whoever was referred to it and
// has no stage on record, longest first: they wait for the next decision. Whoever has a negative or a conclusive
// decision waits for none.
//
// kind: table
// subject: cases
// scans: Person, NrmStage, Referral
// columns:
//   person_id: The person.
//   name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   waits_for: reasonable grounds or conclusive grounds.
//   since: Day of the latest stage, or of the latest referral where no stage is on record; blank when not recorded.
//   days: Whole days since then.
//   referred_on: First referral by the day; blank when not recorded.
//   owners: Who owns the person's cases on the day; empty when nobody does.
//   undated: Stages without a day, which may be later than the one shown.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (p:Person)-[:CAME_TO]->(s:NrmStage)
  WHERE $force IN ['', p.force]
    AND p.restricted_on IS NULL AND (s.decided_on IS NULL OR s.decided_on <= $as_of)
  WITH p, s, CASE s.stage WHEN 'referred' THEN 0 WHEN 'reasonable_grounds' THEN 1 WHEN 'conclusive_grounds' THEN 2 ELSE 3 END AS place
  ORDER BY coalesce(s.decided_on, date('0001-01-01')), place, coalesce(s.exploitation, '')
  WITH p, last(collect(s)) AS s,
    min(CASE WHEN s.stage = 'referred' THEN s.decided_on END) AS referred_on,
    count(CASE WHEN s.decided_on IS NULL THEN 1 END) AS undated
  WHERE s.stage IN ['referred', 'reasonable_grounds']
  RETURN p, CASE s.stage WHEN 'referred' THEN 'reasonable grounds' ELSE 'conclusive grounds' END AS waits_for,
    s.decided_on AS since, referred_on, undated
  UNION ALL
  MATCH (p:Person)-[:REFERRED]->(r:Referral)
  WHERE $force IN ['', p.force]
    AND p.restricted_on IS NULL AND r.kind = 'nrm' AND r.made_on <= $as_of
    AND NOT EXISTS { (p)-[:CAME_TO]->(s:NrmStage) WHERE (s.decided_on IS NULL OR s.decided_on <= $as_of) }
  RETURN p, 'reasonable grounds' AS waits_for, max(r.made_on) AS since, min(r.made_on) AS referred_on, 0 AS undated
}
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
CALL (p) {
  OPTIONAL MATCH (p)-[w:LOOKED_AFTER_BY]->(:Service)
  WHERE w.valid_from <= $as_of <= w.valid_to
  WITH w ORDER BY w.owner
  RETURN collect(DISTINCT w.owner) AS owners
}
RETURN p.person_id AS person_id, p.name AS name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, waits_for, since,
  CASE WHEN since IS NOT NULL THEN (datetime({date: $as_of, timezone: 'Z'}).epochSeconds - datetime({date: since, timezone: 'Z'}).epochSeconds) / 86400 END AS days,
  referred_on, owners, undated
ORDER BY coalesce(since, date('0001-01-01')), person_id
