// Who stands where in the national referral mechanism
//
// Everybody who was referred, with the latest stage by the day. A negative decision, at either stage, says that
// somebody is no victim; before a decision somebody is a potential victim. A stage without a day is taken as earlier
// than any with one. Whoever was referred and has no stage on record is in nrm-waiting.
//
// kind: table
// subject: cases
// scans: Person, NrmStage
// columns:
//   person_id: The person.
//   name: Name as recorded.
//   age: Age in whole years on the day; blank when not known.
//   stage: The latest stage by the day.
//   stands: victim, potential victim or no victim.
//   decided_on: When it was decided, or the referral made; blank when not recorded.
//   exploitation: Type of exploitation, the latest that is recorded.
//   referred_on: First referral by the day; blank when not recorded.
//   undated: Stages without a day, which may be later than the one shown.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Person)-[:CAME_TO]->(s:NrmStage)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND (s.decided_on IS NULL OR s.decided_on <= $as_of)
WITH p, s, CASE s.stage WHEN 'referred' THEN 0 WHEN 'reasonable_grounds' THEN 1 WHEN 'conclusive_grounds' THEN 2 ELSE 3 END AS place
ORDER BY coalesce(s.decided_on, date('0001-01-01')), place, coalesce(s.exploitation, '')
WITH p, last(collect(s)) AS s, last(collect(s.exploitation)) AS exploitation,
  min(CASE WHEN s.stage = 'referred' THEN s.decided_on END) AS referred_on,
  count(CASE WHEN s.decided_on IS NULL THEN 1 END) AS undated
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - p.born AS lived
RETURN p.person_id AS person_id, p.name AS name, CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age, s.stage AS stage,
  CASE s.stage WHEN 'negative' THEN 'no victim' WHEN 'conclusive_grounds' THEN 'victim' ELSE 'potential victim' END AS stands,
  s.decided_on AS decided_on, exploitation, referred_on, undated
ORDER BY person_id
