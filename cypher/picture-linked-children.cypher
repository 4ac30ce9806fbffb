// Picture: children linked to a group
//
// A group, the members who are parent, step-parent or guardian of a child under 18, and those children. A prompt
// for support.
//
// kind: picture
// subject: children
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
WHERE coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
  AND f.relationship IN $family AND coalesce(f.recorded_on <= $as_of, true) AND c.restricted_on IS NULL
WITH path, p, c,
  ($as_of.year - c.date_of_birth.year) * 10000 + ($as_of.month - c.date_of_birth.month) * 100
    + $as_of.day - c.date_of_birth.day AS lived
WHERE coalesce(c.date_of_birth <= $as_of AND (lived < 180000 OR lived >= 1110000), true)
RETURN CASE WHEN p.restricted_on IS NULL THEN path ELSE c END AS path
