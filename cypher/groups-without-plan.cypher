// Groups and threats without a plan
//
// Groups that are mapped on the day, and threats that are on record by then, against which no plan is in force.
// Actions that stand alone, in no plan, are counted beside.
//
// kind: table
// subject: response
// scans: OCG, Threat
// columns:
//   record: group or threat.
//   id: The group or threat.
//   name: Name as recorded.
//   owner: Officer who owns the group; blank when not recorded, and for threats.
//   members: Members of the group on the day; blank for threats.
//   lone_actions: Open actions against it that stand in no plan in force.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (g:OCG)
  WHERE $force IN ['', g.force]
    AND g.valid_from <= $as_of <= g.valid_to
    AND NOT EXISTS { (n:Plan)-[:PLAN_FOR_GROUP]->(g) WHERE n.valid_from <= $as_of <= n.valid_to }
  OPTIONAL MATCH (p:Nominal)-[m:MEMBER_OF]->(g)
  WHERE m.valid_from <= $as_of <= m.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  WITH g, count(DISTINCT p) AS members
  OPTIONAL MATCH (a:PlanAction)-[:PART_OF_PLAN|ACTION_ON_GROUP]->(g)
  WHERE coalesce(a.status, 'open') = 'open'
    AND NOT EXISTS { (a)-[:ACTION_OF]->(n:Plan) WHERE n.unlisted IS NULL AND n.valid_from <= $as_of <= n.valid_to }
  RETURN 'group' AS record, g.ocg_id AS id, g.name AS name, g.lead_responsible_officer AS owner, members,
    count(DISTINCT a) AS lone_actions
  UNION ALL
  MATCH (t:Threat)
  WHERE $force IN ['', t.force]
    AND (t.recorded_on IS NULL OR t.recorded_on <= $as_of)
    AND NOT EXISTS { (n:Plan)-[:PLAN_FOR_THREAT]->(t) WHERE n.valid_from <= $as_of <= n.valid_to }
  OPTIONAL MATCH (a:PlanAction)-[:ACTION_ON_THREAT]->(t)
  WHERE coalesce(a.status, 'open') = 'open'
    AND NOT EXISTS { (a)-[:ACTION_OF]->(n:Plan) WHERE n.unlisted IS NULL AND n.valid_from <= $as_of <= n.valid_to }
  RETURN 'threat' AS record, t.threat_id AS id, t.name AS name, null AS owner, null AS members,
    count(DISTINCT a) AS lone_actions
}
RETURN record, id, name, owner, members, lone_actions
ORDER BY record, id
