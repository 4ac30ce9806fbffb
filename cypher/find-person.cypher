// Who is that? A person by a name that is not quite right
//
// Everybody whose name or alias comes near what was typed: letters wrong, accents missing, part of a name, words in
// another order; or who was born on a day or in a year. ocgnet query compares every name on record, by one rule for
// every kind of store (docs/neo4j.md). In Neo4j Browser the full-text index answers, which looks at the 50 nearest
// spellings of a word, and takes accents at the beginning of a part as they are.
//
// kind: table
// subject: people
// scans: Person
// columns:
//   person_id: The person.
//   name: Name as recorded.
//   aliases: Other names of a nominal.
//   born: Date of birth as recorded.
//   kind: As what the person is on record: nominal, child, other.
//   groups: Groups of the day with the recorded role.
//   matched: What fits, and how.
//
// name (text): Name as far as it is known, a date or year of birth such as 1984-03-31 or 1984, or both.
:param name => 'Soren Otolvandr 1969';
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;

WITH split(replace(toLower($name), ',', ' '), ' ') AS typed, '(19|20)[0-9]{2}(-[0-9]{2}-[0-9]{2})?' AS day
WITH [word IN typed WHERE word =~ day] AS born, reduce(name = '', word IN typed |
  CASE WHEN word =~ day THEN name ELSE name + ' ' + word END) AS typed
WITH born, reduce(name = typed, sign IN ['\'', '’', '`', '.'] | replace(name, sign, '')) AS typed
WITH born, reduce(name = typed, sign IN split('+-&|!(){}[]^"~*?:\\/;<>=_#%@', '') | replace(name, sign, ' ')) AS typed
WITH born, [word IN split(typed, ' ') WHERE word <> '' | left(word, 60)][..10] AS words
WITH born, words, reduce(asked = '', word IN words | asked + ' +(' + word + ' ' + word + '* ' + word + CASE
  WHEN size(word) < 3 THEN '~0)' WHEN size(word) < 6 THEN '~1)' ELSE '~2)' END) AS asked
CALL (born, words, asked) {
  WITH words, asked WHERE words <> []
  CALL db.index.fulltext.queryNodes('ocgnet_people', asked) YIELD node AS p, score
  RETURN p, score
  UNION
  WITH born, words WHERE words = []
  MATCH (p:Person)
  WHERE toString(p.date_of_birth) IN born OR toString(p.date_of_birth.year) IN born
  RETURN p, 1.0 AS score
}
WITH p, score, CASE
  WHEN born = [] OR toString(p.date_of_birth) IN born OR toString(p.date_of_birth.year) IN born THEN 0
  WHEN p.date_of_birth IS NULL THEN 2 ELSE 3 END AS place
WHERE p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
OPTIONAL MATCH (p)-[m:MEMBER_OF]->(g:OCG)
WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
WITH p, score, place, g, m ORDER BY g.ocg_id, m.valid_from
WITH p, score, place, g.ocg_id AS ocg_id, last(collect(m)) AS m
WITH p, score, place, collect(ocg_id + ' ' + coalesce(m.role, 'not assessed')) AS groups
RETURN p.person_id AS person_id, p.name AS name, coalesce(p.aliases, []) AS aliases, p.date_of_birth AS born,
  [x IN [CASE WHEN p:Nominal THEN 'nominal' END, CASE WHEN p:Child THEN 'child' END,
    CASE WHEN p:OtherPerson THEN 'other' END] WHERE x IS NOT NULL] AS kind, groups,
  toString(round(score, 2)) + ['', '', ' (no date of birth)', ' (another date of birth)'][place] AS matched
ORDER BY place, score DESC, person_id
