// Ids that a link names and no table holds
//
// People, groups, crimes, reports, plans, services and threats that some link names and that stand in no table of
// their own: the record is missing, or the id is mistyped.
//
// kind: table
// subject: quality
// scans: Person, OCG, Crime, IntelReport, Plan, Service, Threat
// columns:
//   record: person, group, crime, report, plan, service or threat.
//   id: The id.
//   links: How many links name it.
//
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (n:Person) WHERE n.unlisted AND $force IN ['', n.force]
  RETURN 'person' AS record, n.person_id AS id, n
  UNION ALL
  MATCH (n:OCG) WHERE n.unlisted AND $force IN ['', n.force]
  RETURN 'group' AS record, n.ocg_id AS id, n
  UNION ALL
  MATCH (n:Crime) WHERE n.unlisted AND $force IN ['', n.force]
  RETURN 'crime' AS record, n.crime_id AS id, n
  UNION ALL
  MATCH (n:IntelReport) WHERE n.unlisted AND $force IN ['', n.force]
  RETURN 'report' AS record, n.report_id AS id, n
  UNION ALL
  MATCH (n:Plan) WHERE n.unlisted AND $force IN ['', n.force]
  RETURN 'plan' AS record, n.plan_id AS id, n
  UNION ALL
  MATCH (n:Service) WHERE n.unlisted AND $force IN ['', n.force]
  RETURN 'service' AS record, n.service_id AS id, n
  UNION ALL
  MATCH (n:Threat) WHERE n.unlisted AND $force IN ['', n.force]
  RETURN 'threat' AS record, n.threat_id AS id, n
}
RETURN record, id, COUNT { (n)--() } AS links
ORDER BY record, id
LIMIT $limit
