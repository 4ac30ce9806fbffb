// Picture: what is recorded, and how it is tied
//
// Every kind of record that the database holds, and every kind of tie between two of them: the way to read the other
// pictures and to write questions of one's own. Nobody and nothing on record is drawn, only the kinds.
//
// kind: picture
// subject: quality
// scans: Person
// columns:
//   nodes: Kinds of record.
//   relationships: Kinds of tie; those between kinds that are not drawn are left out by Neo4j Browser.

CALL db.schema.visualization() YIELD nodes, relationships
RETURN [n IN nodes WHERE labels(n)[0] IN ['Person', 'OCG', 'Crime', 'IntelReport', 'Ward', 'District', 'Country', 'Ace',
  'MissingEpisode', 'Referral', 'Disruption', 'PlanAction', 'StopCheck', 'Thing', 'Sighting', 'Threat', 'Plan',
  'PlanChange', 'Service', 'CaseMeeting', 'Order', 'NrmStage', 'Activity', 'Score', 'OcgActivity', 'ChildRisk', 'Priority',
  'IntelligenceGap']] AS nodes, relationships
