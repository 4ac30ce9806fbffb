// Groups that run a county line, with the children linked to them
//
// Mapped groups that are marked as running a county line, their members, and the children under 18 whose parent,
// step-parent or guardian is one of the members, also where the review of that member is overdue.
//
// kind: table
// subject: groups
// scans: OCG
// columns:
//   ocg_id: The group.
//   name: Name of the group.
//   members: Members on the day.
//   children: Children linked through those relationships.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// family (texts): Relationships to a child that count.
:param family => ['parent', 'step_parent', 'guardian'];
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (g:OCG)
WHERE $force IN ['', g.force]
  AND g.county_line
  AND g.valid_from <= $as_of <= g.valid_to
CALL (g) {
  MATCH (p:Nominal)-[m:MEMBER_OF]->(g)
  WHERE m.valid_from <= $as_of <= m.valid_to
  WITH DISTINCT p
  OPTIONAL MATCH (p)-[f:FAMILY_OF]->(c:Person)
  WHERE f.relationship IN $family AND f.valid_from <= $as_of AND c.restricted_on IS NULL
  WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - c.born AS lived
  RETURN count(DISTINCT CASE WHEN p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of) THEN p END) AS members,
    count(DISTINCT CASE WHEN coalesce(0 <= lived < 180000 OR lived >= 1110000, true) THEN c END) AS children
}
RETURN g.ocg_id AS ocg_id, g.name AS name, members, children
ORDER BY children DESC, members DESC, ocg_id
