// People who belong to several groups
//
// Nominals who are members of more than one group on a day, with the recorded role in each.
//
// kind: table
// subject: groups
// scans: OCG
// columns:
//   person_id: The person.
//   name: Name as recorded.
//   groups: How many groups.
//   roles: Each group with the recorded role in it, or not assessed.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
WHERE $force IN ['', p.force]
  AND m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
WITH p, g, m ORDER BY m.valid_from
WITH p, g, last(collect(m)) AS m
WITH p, g, m ORDER BY g.ocg_id
WITH p, count(g) AS groups, collect(g.ocg_id + ' ' + coalesce(m.role, 'not assessed')) AS roles
WHERE groups > 1
RETURN p.person_id AS person_id, p.name AS name, groups, roles
ORDER BY groups DESC, person_id
