// Picture: children linked to a group
//
// A group, the members who are parent, step-parent or guardian of a child under 18, and those children. A prompt
// for support.
//
// kind: picture
// subject: children
// draws: linked-children
// columns:
//   path: What to draw: the people and things, and how they are tied.
//
// ocg_id (text): The group.
:param ocg_id => 'OCG03';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// family (texts): Relationships to a child that count.
:param family => ['parent', 'step_parent', 'guardian'];

MATCH path = (g:OCG {ocg_id: $ocg_id})<-[m:MEMBER_OF]-(p:Nominal)-[f:FAMILY_OF]->(c:Person)
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND f.relationship IN $family AND f.valid_from <= $as_of AND c.restricted_on IS NULL
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - c.born AS lived
WHERE coalesce(0 <= lived < 180000 OR lived >= 1110000, true)
RETURN CASE WHEN p.restricted_on IS NULL THEN path ELSE c END AS path
