// Operations and days of action, with what they brought
//
// Every operation, day of action, intensification and engagement that began in the period: which agencies took part,
// against whom or where it went, and what it brought as recorded.
//
// kind: table
// subject: response
// scans: Activity
// columns:
//   activity_id: The activity.
//   name: What it is called.
//   kind: What it is.
//   happened_on: When it began.
//   lead_agency: Agency that led; blank when not recorded.
//   agencies: Agencies that took part.
//   plan_id: The plan of which it is part.
//   ocg_id: The group against which it went.
//   thing_id: The premises on which it went.
//   thing: Name of the premises.
//   results: What it brought, in the words of the record.
//
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (y:Activity)
WHERE $force IN ['', y.force]
  AND $period_from <= y.day <= $period_to
  AND NOT EXISTS { (y)-[:ACTIVITY_OF]->(:Plan)-[:PLAN_FOR_PERSON]->(x:Person) WHERE x.restricted_on IS NOT NULL }
OPTIONAL MATCH (y)-[:ACTIVITY_AT]->(t:Thing)
RETURN y.activity_id AS activity_id, y.name AS name, y.kind AS kind, y.happened_on AS happened_on,
  y.lead_agency AS lead_agency, y.agencies AS agencies, y.plan_id AS plan_id, y.ocg_id AS ocg_id, y.thing_id AS thing_id,
  t.name AS thing, y.results AS results
ORDER BY happened_on DESC, activity_id
