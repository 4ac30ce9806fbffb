// Members of a group and their recorded roles
//
// Who belongs to a group on a day, in which recorded role, since when, and who recorded the role.
//
// kind: table
// subject: groups
// columns:
//   person_id: The member.
//   name: Name as recorded.
//   recorded_role: Role that a person recorded; blank when not assessed.
//   from_date: First day of the membership in this role; blank when not recorded.
//   assessed_by: Who recorded the role.
//   assessed_on: When the role was recorded.
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
WITH p, m ORDER BY m.valid_from
WITH p, last(collect(m)) AS m
WITH p, m, CASE m.role WHEN 'principal' THEN 1 WHEN 'significant' THEN 2 WHEN 'peripheral' THEN 3 ELSE 4 END AS place
RETURN p.person_id AS person_id, p.name AS name, m.role AS recorded_role, m.from_date AS from_date,
  m.assessed_by AS assessed_by, m.assessed_on AS assessed_on
ORDER BY place, person_id
