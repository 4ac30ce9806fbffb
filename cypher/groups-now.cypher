// Groups that are mapped now
//
// Every group that is mapped and not archived on a day, with its members by recorded role and the disruptions of
// the period.
//
// kind: table
// subject: groups
// scans: OCG
// columns:
//   ocg_id: The group.
//   name: Name of the group.
//   primary_crime_type: Primary crime type.
//   commodity: What the group deals in.
//   members: Members on the day.
//   principals: Of them, recorded as principal.
//   not_assessed: Of them, without a recorded role.
//   disruptions: Disruptions in the period.
//   lead_responsible_officer: Officer who owns the group.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (g:OCG)
WHERE $force IN ['', g.force]
  AND g.valid_from <= $as_of <= g.valid_to
CALL (g) {
  MATCH (p:Nominal)-[m:MEMBER_OF]->(g)
  WHERE m.valid_from <= $as_of <= m.valid_to
    AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  WITH p, m ORDER BY m.valid_from
  WITH p, last(collect(m)) AS m
  RETURN count(p) AS members, sum(CASE m.role WHEN 'principal' THEN 1 ELSE 0 END) AS principals,
    sum(CASE WHEN m.role IS NULL THEN 1 ELSE 0 END) AS not_assessed
}
CALL (g) {
  MATCH (d:Disruption)-[:AGAINST]->(g)
  WHERE $period_from <= d.day <= $period_to
  RETURN count(d) AS disruptions
}
RETURN g.ocg_id AS ocg_id, g.name AS name, g.primary_crime_type AS primary_crime_type, g.commodity AS commodity, members,
  principals, not_assessed, disruptions, g.lead_responsible_officer AS lead_responsible_officer
ORDER BY members DESC, ocg_id
