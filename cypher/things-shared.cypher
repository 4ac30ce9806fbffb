// Who shares what, and since when
//
// Pairs of people who have to do with one thing at overlapping times. Customers and employees of one thing need not
// know each other and are left out, and so are things with too many people. A link without a first or last day is
// open on that side.
//
// kind: table
// subject: things
// scans: Thing, Person
// columns:
//   thing_id: The thing.
//   kind: What it is.
//   label: Name, number, registration or address as recorded.
//   person_a: One person; the smaller id.
//   name_a: Name as recorded.
//   relation_a: What that person is to the thing.
//   person_b: The other person.
//   name_b: Name as recorded.
//   relation_b: What that person is to the thing.
//   since: First day on which both had to do with it; blank when not known.
//   until: Last such day; blank while it lasts or when not known.
//   suspected: Whether the link of one of the two is only suspected.
//   users: How many people have to do with the thing in all.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// max_users (whole): A thing with more people than this joins nobody: a hostel, a taxi rank, a switchboard.
:param max_users => 15;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (p:Person)-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|LIVES_AT|RENTS|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]->(t:Thing)
WHERE $force IN ['', p.force]
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  AND ($include_overdue OR t.overdue_after >= $as_of)
  AND u.valid_from <= $as_of
  AND NOT EXISTS {
    MATCH (r:IntelReport)
    WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
      OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
  }
WITH DISTINCT t, p.person_id AS person, p.name AS name, u.relation AS relation, u.from_date AS first_on,
  coalesce(u.to_date, CASE WHEN u.relation IN ['seen_at', 'passenger'] THEN u.from_date END) AS last_on,
  coalesce(u.confidence = 'suspected', false) AS suspected
WITH t, collect({person: person, name: name, relation: relation, first_on: first_on, last_on: last_on, suspected: suspected}) AS links,
  count(DISTINCT person) AS users
WHERE users > 1 AND users <= $max_users
UNWIND links AS a
UNWIND links AS b
WITH t, a, b, users
WHERE a.person < b.person
  AND coalesce(a.first_on <= b.last_on, true) AND coalesce(b.first_on <= a.last_on, true)
RETURN t.thing_id AS thing_id, t.kind AS kind, t.name AS label,
  a.person AS person_a, a.name AS name_a, a.relation AS relation_a, b.person AS person_b, b.name AS name_b, b.relation AS relation_b,
  CASE WHEN coalesce(a.first_on >= b.first_on, b.first_on IS NULL) THEN a.first_on ELSE b.first_on END AS since,
  CASE WHEN coalesce(a.last_on <= b.last_on, b.last_on IS NULL) THEN a.last_on ELSE b.last_on END AS until,
  a.suspected OR b.suspected AS suspected, users
ORDER BY thing_id, person_a, person_b, relation_a, relation_b, since, until, suspected
LIMIT $limit
