// Picture: one group
//
// A group with its members on the day, the contacts between them, and the other groups they belong to.
//
// kind: picture
// subject: groups
// draws: group-members
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG {ocg_id: $ocg_id})
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH DISTINCT p
CALL (p) {
  MATCH path = (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN path
  UNION ALL
  MATCH path = (p)-[:ASSOCIATES_WITH]->(q:Nominal)-[m:MEMBER_OF]->(g:OCG {ocg_id: $ocg_id})
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
    AND q.restricted_on IS NULL AND ($include_overdue OR q.overdue_after >= $as_of)
  RETURN path
}
RETURN path
