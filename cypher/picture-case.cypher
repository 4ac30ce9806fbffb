// Picture: a person's case
//
// One person in the middle, with referrals, services, meetings, orders on the person and orders that protect them,
// stages of the national referral mechanism, assessed risks and missing episodes up to the day; and the adults: whom an
// order is on, and parents, step-parents and guardians.
//
// kind: picture
// subject: cases
// draws: case-of-a-person, linked-children
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// case_id (text): The person whose case it is.
:param case_id => 'CH060';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// family (texts): Relationships to a child that count.
:param family => ['parent', 'step_parent', 'guardian'];

MATCH (p:Person {person_id: $case_id})
WHERE p.restricted_on IS NULL
CALL (p) {
  MATCH path = (p)-[:REFERRED]->(r:Referral)
  WHERE r.made_on <= $as_of
  RETURN path
  UNION ALL
  MATCH path = (p)-[w:LOOKED_AFTER_BY]->(n:Service)
  WHERE w.valid_from <= $as_of
  RETURN path
  UNION ALL
  MATCH path = (p)-[:DISCUSSED_IN]->(t:CaseMeeting)
  WHERE t.held_on <= $as_of
  RETURN path
  UNION ALL
  MATCH path = (p)<-[:ORDER_ON]-(o:Order)
  WHERE o.from_date <= $as_of
  RETURN path
  UNION ALL
  MATCH path = (p)<-[:PROTECTS]-(o:Order)
  WHERE o.from_date <= $as_of
    AND NOT EXISTS { (o)-[:ORDER_ON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN path
  UNION ALL
  MATCH path = (p)<-[:PROTECTS]-(o:Order)-[:ORDER_ON]->(q:Person)
  WHERE o.from_date <= $as_of
    AND q.restricted_on IS NULL
  RETURN path
  UNION ALL
  MATCH path = (p)<-[:PROTECTS]-(o:Order)-[:ORDER_FOR_PLACE]->(:Thing)
  WHERE o.from_date <= $as_of
    AND NOT EXISTS { (o)-[:ORDER_ON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN path
  UNION ALL
  MATCH path = (p)-[:CAME_TO]->(s:NrmStage)
  WHERE (s.decided_on IS NULL OR s.decided_on <= $as_of)
  RETURN path
  UNION ALL
  MATCH path = (p)-[:AT_RISK]->(k:ChildRisk)
  WHERE (k.assessed_on IS NULL OR k.assessed_on <= $as_of)
  RETURN path
  UNION ALL
  MATCH path = (p)-[:WENT_MISSING]->(e:MissingEpisode)
  WHERE e.day <= $as_of
    AND NOT EXISTS { (e)<-[:WENT_MISSING|COMPANION_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN path
  UNION ALL
  MATCH path = (p)<-[f:FAMILY_OF]-(q:Person)
  WHERE q.restricted_on IS NULL
    AND f.relationship IN $family AND f.valid_from <= $as_of
  RETURN path
}
RETURN path
