// How a person's recorded role changed
//
// Every membership on record of one person, ended ones included: a changed role is a new row.
//
// kind: table
// subject: groups
// columns:
//   ocg_id: The group.
//   ocg_name: Name of the group.
//   recorded_role: Role that a person recorded; blank when not assessed.
//   from_date: First day of the membership in this role; blank when not recorded.
//   to_date: Last day; blank while it lasts.
//   assessed_by: Who recorded the role.
//   assessed_on: When the role was recorded.
//   holds: Whether the membership holds on the day asked about.
//
// person_id (text): The person.
:param person_id => 'N0222';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');

MATCH (p:Person {person_id: $person_id})-[m:MEMBER_OF]->(g:OCG)
WHERE p.restricted_on IS NULL
RETURN g.ocg_id AS ocg_id, g.name AS ocg_name, m.role AS recorded_role, m.from_date AS from_date, m.to_date AS to_date,
  m.assessed_by AS assessed_by, m.assessed_on AS assessed_on,
  m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to AS holds
ORDER BY ocg_id, m.valid_from
