// What is on record of a person's case
//
// One person's referrals, services, meetings, orders, stages of the national referral mechanism, assessed risks and
// missing episodes up to the day, in their order. Texts of decisions and intelligence gaps stand in the records.
//
// kind: table
// subject: cases
// columns:
//   day: When; blank when not recorded.
//   what: What it is.
//   detail: Kind, stage or name.
//   who: Who owns, made or was there, as recorded.
//   until: Last day, next day or day of coming back; blank without one.
//   id: The record; of a service its id.
//
// case_id (text): The person whose case it is.
:param case_id => 'CH060';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');

MATCH (p:Person {person_id: $case_id})
WHERE p.restricted_on IS NULL
CALL (p) {
  MATCH (p)-[:REFERRED]->(r:Referral)
  WHERE r.made_on <= $as_of
  RETURN r.made_on AS day, 'referral' AS what, r.kind AS detail, r.made_by AS who, null AS until, r.referral_id AS id
  UNION ALL
  MATCH (p)-[w:LOOKED_AFTER_BY]->(n:Service)
  WHERE w.valid_from <= $as_of
  RETURN w.from_date AS day, 'service' AS what, coalesce(n.name, n.service_id) AS detail, w.owner AS who, w.to_date AS until,
    n.service_id AS id
  UNION ALL
  MATCH (p)-[:DISCUSSED_IN]->(t:CaseMeeting)
  WHERE t.held_on <= $as_of
  RETURN t.held_on AS day, 'meeting' AS what, t.kind AS detail, null AS who, t.next_on AS until, t.meeting_id AS id
  UNION ALL
  MATCH (p)<-[:ORDER_ON]-(o:Order)
  WHERE o.from_date <= $as_of
  RETURN o.from_date AS day, 'order on the person' AS what, o.kind AS detail, o.issued_by AS who, o.to_date AS until,
    o.order_id AS id
  UNION ALL
  MATCH (p)<-[:PROTECTS]-(o:Order)
  WHERE o.from_date <= $as_of
    AND NOT EXISTS { (o)-[:ORDER_ON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN o.from_date AS day, 'order that protects the person' AS what, o.kind AS detail, o.issued_by AS who,
    o.to_date AS until, o.order_id AS id
  UNION ALL
  MATCH (p)-[:CAME_TO]->(s:NrmStage)
  WHERE (s.decided_on IS NULL OR s.decided_on <= $as_of)
  RETURN s.decided_on AS day, 'stage of the national referral mechanism' AS what, s.stage AS detail, null AS who,
    null AS until, s.nrm_stage_id AS id
  UNION ALL
  MATCH (p)-[:AT_RISK]->(k:ChildRisk)
  WHERE (k.assessed_on IS NULL OR k.assessed_on <= $as_of)
  RETURN k.assessed_on AS day, 'assessed risk of exploitation' AS what, k.exploitation + ': ' + k.level AS detail, null AS who,
    null AS until, k.child_risk_id AS id
  UNION ALL
  MATCH (p)-[:WENT_MISSING]->(e:MissingEpisode)
  WHERE e.day <= $as_of
  RETURN e.day AS day, 'missing' AS what, null AS detail, null AS who, date(e.found_at) AS until, e.episode_id AS id
}
RETURN day, what, detail, who, until, id
ORDER BY coalesce(day, date('0001-01-01')), what, id, coalesce(until, date('9999-12-31'))
