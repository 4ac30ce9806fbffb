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

MATCH (c:Child)
WITH c,
  ($as_of.year - c.date_of_birth.year) * 10000 + ($as_of.month - c.date_of_birth.month) * 100
    + $as_of.day - c.date_of_birth.day AS lived
WHERE c.restricted_on IS NULL AND (c.date_of_birth IS NULL OR c.date_of_birth > $as_of OR lived >= 180000)
RETURN c.person_id AS child_id, c.name AS child_name, c.date_of_birth AS date_of_birth,
  CASE WHEN c.date_of_birth <= $as_of AND lived < 1110000 THEN lived / 10000 END AS age,
  CASE WHEN c.date_of_birth IS NULL OR lived >= 1110000 THEN 'age unknown' WHEN c.date_of_birth > $as_of THEN 'born later'
    ELSE '18 or over' END AS why
ORDER BY child_id
