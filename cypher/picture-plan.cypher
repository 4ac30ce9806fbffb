// Picture: a plan
//
// One plan in the middle: whom or what it is against, its actions with whom or what each is about, and the operations
// and days of action that are part of it. Colours and captions say the strand; click a mark for its owner and its day.
//
// kind: picture
// subject: response
// draws: actions-of-a-plan
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// plan_id (text): The plan.
:param plan_id => 'PL-003';

MATCH (n:Plan {plan_id: $plan_id})
WHERE NOT EXISTS { (n)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
CALL (n) {
  MATCH path = (n)-[:PLAN_FOR_GROUP|PLAN_FOR_PERSON|PLAN_FOR_THING|PLAN_FOR_THREAT]->()
  RETURN path
  UNION ALL
  MATCH path = (n)<-[:ACTION_OF]-(a:PlanAction)
  WHERE NOT EXISTS { (a)-[:ABOUT|ACTION_ON_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN path
  UNION ALL
  MATCH path = (n)<-[:ACTION_OF]-(a:PlanAction)-[:ACTION_ON_GROUP|ACTION_ON_PERSON|ACTION_ON_THING|ACTION_ON_THREAT|PART_OF_PLAN|ABOUT]->()
  WHERE NOT EXISTS { (a)-[:ABOUT|ACTION_ON_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
  RETURN path
  UNION ALL
  MATCH path = (n)<-[:ACTIVITY_OF]-(:Activity)
  RETURN path
}
RETURN path
