// Under what authority communications were obtained
//
// How many rows each authority stands behind, from when to when, for communications, sightings, transfers and links
// of people to things. A blank is what came without any.
//
// kind: table
// subject: things
// scans: Thing, Sighting, Person, COMMUNICATED_WITH, TRANSFERRED_TO, SEEN_IN
// columns:
//   what: Which kind of record.
//   authority_ref: Reference of the authority; blank when none is recorded.
//   rows: How many rows.
//   things: How many things they name.
//   first_at: The first, in UTC; for links the earliest first day.
//   last_at: The last, in UTC; for links the latest first day.
//
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (a:Thing)-[c:COMMUNICATED_WITH]->(b:Thing)
  WHERE $force IN ['', a.force]
  UNWIND [a.thing_id, b.thing_id] AS id
  RETURN 'communications' AS what, c.authority_ref AS authority_ref, count(*) / 2 AS rows, count(DISTINCT id) AS things, min(c.at) AS first_at, max(c.at) AS last_at
  UNION ALL
  MATCH (a:Thing)-[c:TRANSFERRED_TO]->(b:Thing)
  WHERE $force IN ['', a.force]
  UNWIND [a.thing_id, b.thing_id] AS id
  RETURN 'transfers' AS what, c.authority_ref AS authority_ref, count(*) / 2 AS rows, count(DISTINCT id) AS things, min(c.at) AS first_at, max(c.at) AS last_at
  UNION ALL
  MATCH (a:Thing)-[:SEEN_IN]->(c:Sighting)
  WHERE $force IN ['', a.force]
  RETURN 'sightings' AS what, c.authority_ref AS authority_ref, count(*) AS rows, count(DISTINCT a.thing_id) AS things, min(c.at) AS first_at, max(c.at) AS last_at
  UNION ALL
  MATCH (p:Person)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|WORKS_FOR|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CUSTOMER_OF|CONNECTED_TO]->(a:Thing)
  WHERE $force IN ['', p.force]
    AND p.restricted_on IS NULL
  RETURN 'links of people' AS what, u.authority_ref AS authority_ref, count(*) AS rows, count(DISTINCT a.thing_id) AS things, min(u.from_date) AS first_at, max(u.from_date) AS last_at
}
RETURN what, authority_ref, rows, things, first_at, last_at
ORDER BY what, coalesce(authority_ref, '')
