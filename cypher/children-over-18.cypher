// Records of children who are 18 or over, or of unknown age
//
// People in the table of children who are 18 or over on the day, were born after it, have no date of birth,
// or would be over 110 years old.
//
// kind: table
// subject: quality
// scans: Child
// columns:
//   child_id: The child.
//   child_name: Name as recorded.
//   date_of_birth: Date of birth; blank when not known.
//   age: Age in whole years on the day; blank when not known.
//   why: 18 or over, born later, or age unknown.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (c:Child)
WHERE $force IN ['', c.force]
WITH *, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - c.born AS lived
WHERE c.restricted_on IS NULL AND coalesce(lived < 0 OR lived >= 180000, true)
RETURN c.person_id AS child_id, c.name AS child_name, c.date_of_birth AS date_of_birth,
  CASE WHEN 0 <= lived < 1110000 THEN lived / 10000 END AS age,
  CASE WHEN lived < 0 THEN 'born later' WHEN coalesce(lived >= 1110000, true) THEN 'age unknown'
    ELSE '18 or over' END AS why
ORDER BY child_id
