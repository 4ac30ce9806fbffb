// The latest score of each group, person and threat
//
// For each component of a scheme the latest score of each group, person, thing or threat by the day: scheme, version,
// assessor and date stand with it. Scores of two schemes, or of two versions of one, are never compared.
//
// kind: table
// subject: response
// scans: Score
// columns:
//   subject_kind: What was scored: group, person, thing or threat.
//   subject_id: The group, person, thing or threat.
//   name: Name as recorded.
//   scheme: Scheme of the score.
//   version: Version of the scheme.
//   component: Component of the scheme.
//   score: The score.
//   scored_on: When it was scored.
//   assessor: Who scored.
//   reason: Why.
//   scored: How often the component was scored by the day.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (s:Score)-[:SCORE_OF_GROUP|SCORE_OF_PERSON|SCORE_OF_THING|SCORE_OF_THREAT]->(n)
WHERE $force IN ['', n.force]
  AND n.restricted_on IS NULL AND s.scored_on <= $as_of
WITH n, s ORDER BY s.scored_on
WITH n, s.scheme AS scheme, s.version AS version, s.component AS component, last(collect(s)) AS s, count(s) AS scored
RETURN s.subject_kind AS subject_kind, s.subject_id AS subject_id, n.name AS name, scheme, version, component,
  s.score AS score, s.scored_on AS scored_on, s.assessor AS assessor, s.reason AS reason, scored
ORDER BY subject_kind, subject_id, scheme, version, component
