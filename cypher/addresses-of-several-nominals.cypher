// Addresses that several nominals use, and who lives there
//
// Addresses and premises that several nominals have to do with who do not live there, and who does. A prompt for
// safeguarding: somebody whose home others use may be at risk, and living there makes nobody a suspect. Employees
// are left out.
//
// kind: table
// subject: things
// scans: Thing, Person, Nominal
// columns:
//   thing_id: The thing.
//   kind: What it is.
//   label: Name, number, registration or address as recorded.
//   ward: Ward.
//   district: District.
//   nominals: How many nominals have to do with it who do not live there.
//   nominal_ids: Which.
//   first_on: The earliest first day of these.
//   last_on: The latest last day of these; blank while one lasts.
//   resident_ids: Who lives there on the day, as resident or tenant.
//   children: How many of these are under 18.
//   ocg_ids: Groups of these nominals on the day, and groups whose it is recorded to be.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// min_people (whole): Fewest people.
:param min_people => 2;
// limit (whole): How many rows at most.
:param limit => 25;
// force (text): Whose records, where a store holds several forces: the prefix or the name of one; all when empty.
:param force => '';

MATCH (t:Thing)<-[u:USES|OWNS|KEEPS|SUBSCRIBES_TO|DIRECTS|SEEN_AT|CONTROLS|SIGNS_FOR|RIDES_IN|RUNS_FOR|CONNECTED_TO]-(p:Nominal)
WHERE $force IN ['', t.force]
  AND t.kind IN ['address', 'premises']
  AND ($include_overdue OR t.overdue_after >= $as_of)
  AND p.restricted_on IS NULL AND ($include_overdue OR p.overdue_after >= $as_of)
  AND u.valid_from <= $as_of
  AND NOT EXISTS {
    MATCH (r:IntelReport)
    WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
      OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
  }
  AND NOT EXISTS {
    MATCH (p)-[h:LIVES_AT|RENTS]->(t)
    WHERE h.valid_from <= $as_of <= h.valid_to
      AND NOT EXISTS {
        MATCH (r:IntelReport)
        WHERE r.report_id = h.report_id AND (r.source_grading IN $refused_sources
          OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
      }
  }
WITH t, p, u.from_date AS first_on,
  coalesce(u.to_date, CASE WHEN u.relation IN ['seen_at', 'passenger'] THEN u.from_date END) AS last_on
ORDER BY p.person_id
WITH t, collect(DISTINCT p) AS nominals, collect(DISTINCT p.person_id) AS nominal_ids, min(first_on) AS first_on,
  max(last_on) AS latest, count(last_on) AS ended, count(*) AS links
WITH t, nominals, nominal_ids, first_on, CASE WHEN ended = links THEN latest END AS last_on
WHERE size(nominal_ids) >= $min_people
CALL (t) {
  OPTIONAL MATCH (t)<-[u:LIVES_AT|RENTS]-(x:Person)
  WHERE x.restricted_on IS NULL AND ($include_overdue OR x.overdue_after >= $as_of)
    AND u.valid_from <= $as_of <= u.valid_to
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  WITH DISTINCT x ORDER BY x.person_id
  WITH x, $as_of.year * 10000 + $as_of.month * 100 + $as_of.day - x.born AS lived
  RETURN collect(x.person_id) AS resident_ids, count(CASE WHEN lived < 180000 OR (lived IS NULL AND x:Child) THEN 1 END) AS children
}
CALL (t, nominals) {
  UNWIND nominals AS p
  MATCH (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to
  RETURN g.ocg_id AS ocg_id
  UNION
  MATCH (t)<-[u:HAS_THING]-(g:OCG)
  WHERE g.valid_from <= $as_of <= g.valid_to AND u.valid_from <= $as_of <= u.valid_to
    AND NOT EXISTS {
      MATCH (r:IntelReport)
      WHERE r.report_id = u.report_id AND (r.source_grading IN $refused_sources
        OR r.content_grading IN $refused_contents OR NOT $include_overdue AND r.overdue_after < $as_of)
    }
  RETURN g.ocg_id AS ocg_id
}
WITH t, nominal_ids, first_on, last_on, resident_ids, children, ocg_id ORDER BY ocg_id
WITH t, nominal_ids, first_on, last_on, resident_ids, children, collect(ocg_id) AS ocg_ids
RETURN t.thing_id AS thing_id, t.kind AS kind, t.name AS label, t.ward AS ward, t.district AS district,
  size(nominal_ids) AS nominals, nominal_ids, first_on, last_on, resident_ids, children, ocg_ids
ORDER BY nominals DESC, thing_id
LIMIT $limit
