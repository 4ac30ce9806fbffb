// The values that the questions are asked with first in Neo4j Browser, chosen from the records: the days as
// "ocgnet query" sets them; the largest group that a picture can still show, and of its members the one of the
// highest recorded role who has most contacts; a line, an account, a house and a plan of that group before any other;
// the case and the premises of which most is on record.
CALL () {
  MATCH (l:Load) WHERE l.complete
  WITH l ORDER BY l.number
  WITH l.prefix AS prefix, last(collect(l)) AS l
  WITH coalesce(max(l.as_of), max(l.latest_event), date()) AS as_of,
    collect(DISTINCT [l.period_from, l.period_to]) AS periods
  WITH as_of, CASE size(periods) WHEN 1 THEN periods[0] ELSE [null, null] END AS told
  WITH as_of, told[0] AS first_day, CASE WHEN told[1] < as_of THEN told[1] ELSE as_of END AS period_to
  WITH *, period_to + duration({days: 1}) AS following, period_to + duration({days: 1}) - duration({years: 1}) AS back
  RETURN as_of, period_to,
    coalesce(first_day, CASE WHEN back.day = following.day THEN back ELSE back + duration({days: 1}) END) AS period_from
}
WITH *, period_to + duration({days: 1}) AS following
WITH *, (following.year - period_from.year) * 12 + following.month - period_from.month AS months
WITH *, period_from - duration({days: 1}) AS before_to,
  CASE WHEN months > 0 AND period_from + duration({months: months}) = following
    THEN period_from - duration({months: months})
    ELSE period_from - duration({days: 1 + duration.inDays(period_from, period_to).days}) END AS before_from
CALL (as_of) {
  OPTIONAL MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
  WHERE coalesce(m.from_date <= as_of, true) AND coalesce(m.to_date >= as_of, true)
    AND coalesce(g.mapped_on <= as_of, true)
    AND coalesce(g.archived_on > as_of, coalesce(g.status, '') <> 'archived')
    AND p.restricted_on IS NULL AND coalesce(p.review_due >= as_of, true)
  WITH g, count(DISTINCT p) AS members ORDER BY CASE WHEN members > 20 THEN members ELSE 20 - members END, g.ocg_id
  RETURN g.ocg_id AS ocg_id LIMIT 1
}
CALL (as_of, ocg_id) {
  OPTIONAL MATCH (p:Nominal)-[m:MEMBER_OF]->(:OCG {ocg_id: ocg_id})
  WHERE coalesce(m.from_date <= as_of, true) AND coalesce(m.to_date >= as_of, true)
    AND p.restricted_on IS NULL AND coalesce(p.review_due >= as_of, true)
  WITH p, CASE m.role WHEN 'principal' THEN 0 WHEN 'significant' THEN 1 ELSE 2 END AS tier,
    COUNT { (p)-[:ASSOCIATES_WITH]-() } AS contacts
  RETURN p.person_id AS person_id ORDER BY tier, contacts DESC, person_id LIMIT 1
}
CALL (ocg_id, person_id, as_of) {
  OPTIONAL MATCH (:Nominal {person_id: person_id})-[:ASSOCIATES_WITH*2..3]-(q:Nominal)
  WHERE q.person_id <> person_id AND q.restricted_on IS NULL AND coalesce(q.review_due >= as_of, true)
    AND NOT EXISTS { (q)-[:MEMBER_OF]->(:OCG {ocg_id: ocg_id}) }
  RETURN min(q.person_id) AS person_b
}
CALL (ocg_id, person_id) {
  OPTIONAL MATCH (:OCG {ocg_id: ocg_id})-[:HAS_THING]->(t:Thing) WHERE t:Line
  WITH min(t.thing_id) AS own
  OPTIONAL MATCH (t:Line) WHERE own IS NULL
  WITH own, t.thing_id AS other ORDER BY other LIMIT 1
  RETURN coalesce(own, other) AS line_id
}
CALL (ocg_id) {
  OPTIONAL MATCH (:OCG {ocg_id: ocg_id})<-[:MEMBER_OF]-(:Nominal)-->(t:Thing) WHERE t:Address OR t:Premises
  WITH t, count(*) AS links ORDER BY links DESC, t.thing_id LIMIT 1
  RETURN t.thing_id AS place_id
}
CALL (ocg_id) {
  OPTIONAL MATCH (:OCG {ocg_id: ocg_id})<-[:MEMBER_OF]-(:Nominal)-->(t:Account)
  WITH t, COUNT { (t)-[:TRANSFERRED_TO]-() } AS transfers ORDER BY transfers DESC, t.thing_id LIMIT 1
  RETURN t.thing_id AS account_id
}
CALL (ocg_id, period_from, period_to) {
  OPTIONAL MATCH (:OCG {ocg_id: ocg_id})<-[:MEMBER_OF]-(:Nominal)-[l:LINKED_TO]->(c:Crime)
  WHERE l.link_role IN ['arrested', 'suspect', 'charged', 'convicted']
    AND coalesce(c.recorded_on, c.occurred_on) >= period_from AND coalesce(c.recorded_on, c.occurred_on) <= period_to
  WITH c, count(*) AS members ORDER BY members DESC, c.crime_id LIMIT 1
  OPTIONAL MATCH (c)-[:OCCURRED_IN]->(w:Ward)-[:PART_OF]->(d:District)
  RETURN c.crime_id AS crime_id, coalesce(c.occurred_on, c.recorded_on) AS event_on, w.ward AS ward,
    d.district AS district
}
CALL (place_id, crime_id) {
  OPTIONAL MATCH (t:Thing {thing_id: place_id}) WHERE t.location IS NOT NULL
  OPTIONAL MATCH (c:Crime {crime_id: crime_id}) WHERE c.location IS NOT NULL
  RETURN coalesce(t.thing_id, c.crime_id, place_id, crime_id) AS place
}
CALL (ocg_id, as_of) {
  OPTIONAL MATCH (k:Plan)
  WHERE k.unlisted IS NULL AND k.valid_from <= as_of AND k.valid_to >= as_of
    AND NOT EXISTS { (k)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  WITH k, COUNT { (k)<-[:ACTION_OF]-() } AS actions
  ORDER BY CASE WHEN k.subject_id = ocg_id THEN 0 ELSE 1 END, actions DESC, k.plan_id LIMIT 1
  RETURN k.plan_id AS plan_id
}
CALL (as_of) {
  OPTIONAL MATCH (v:Service)
  WITH v, COUNT { (v)<-[w:LOOKED_AFTER_BY]-() WHERE w.valid_from <= as_of AND w.valid_to >= as_of } AS cases
  ORDER BY cases DESC, v.service_id LIMIT 1
  RETURN v.service_id AS service_id
}
CALL (as_of) {
  OPTIONAL MATCH (p:Person)-[w:LOOKED_AFTER_BY]->(:Service)
  WHERE w.valid_from <= as_of AND w.valid_to >= as_of AND p.restricted_on IS NULL
  WITH p, count(w) + COUNT { (p)-[:DISCUSSED_IN|CAME_TO|PROTECTS]-() } AS records
  ORDER BY records DESC, p.person_id LIMIT 1
  RETURN p.person_id AS case_id
}
CALL (place_id) {
  OPTIONAL MATCH (t:Thing)<-[:ORDER_FOR_PLACE|ACTIVITY_AT]-(x)
  WITH t, count(x) AS records ORDER BY records DESC, t.thing_id LIMIT 1
  RETURN coalesce(t.thing_id, place_id) AS premises_id
}
RETURN as_of AS as_of,
  period_from AS period_from,
  period_to AS period_to,
  before_to + duration({days: duration.inDays(period_to, as_of).days}) AS as_of_before,
  before_from AS before_from,
  before_to AS before_to,
  as_of + duration({days: 1}) - duration({months: 3}) AS quarter_from,
  ocg_id AS ocg_id,
  person_id AS person_id,
  person_id AS person_a,
  coalesce(person_b, person_id) AS person_b,
  line_id AS line_id,
  place_id AS place_id,
  place AS place,
  account_id AS account_id,
  plan_id AS plan_id,
  service_id AS service_id,
  case_id AS case_id,
  premises_id AS premises_id,
  crime_id AS crime_id,
  date(event_on) AS event_on,
  ward AS ward,
  district AS district
