// People who may be on record twice
//
// Pairs of people with the same name and date of birth, or the same Police National Computer id. Twins, and
// fathers and sons with one name, are no duplicates: a person has to decide.
//
// kind: table
// subject: quality
// scans: Person, Nominal
// columns:
//   person_a: One person; the smaller id.
//   name_a: Name as recorded.
//   person_b: The other person.
//   name_b: Name as recorded.
//   same: What is the same.
//
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

CALL () {
  MATCH (p:Person)
  WHERE $force IN ['', p.force]
    AND p.restricted_on IS NULL AND p.name IS NOT NULL AND p.date_of_birth IS NOT NULL
  WITH toLower(trim(p.name)) AS name, p.date_of_birth AS born, p ORDER BY p.person_id
  WITH name, born, collect(p) AS people
  WHERE size(people) > 1
  UNWIND people AS a UNWIND people AS b
  WITH a, b WHERE a.person_id < b.person_id
  RETURN a, b, 'name and date of birth' AS same
  UNION ALL
  MATCH (p:Nominal)
  WHERE $force IN ['', p.force]
    AND p.restricted_on IS NULL AND p.pnc_id IS NOT NULL
  WITH p.pnc_id AS pnc_id, p ORDER BY p.person_id
  WITH pnc_id, collect(p) AS people
  WHERE size(people) > 1
  UNWIND people AS a UNWIND people AS b
  WITH a, b WHERE a.person_id < b.person_id
  RETURN a, b, 'PNC id' AS same
}
RETURN a.person_id AS person_a, a.name AS name_a, b.person_id AS person_b, b.name AS name_b, same
ORDER BY person_a, person_b, same
LIMIT $limit
