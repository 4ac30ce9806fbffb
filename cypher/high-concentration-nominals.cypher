// The few nominals who carry the largest share of crimes and reports
//
// The k members of groups with the largest sum of their fractional shares of crimes and of reports (each event is
// split evenly over its members; ties by harm, then id), and how much of all crimes and reports linked to members
// the first of them cover together, each event counted once. What chance alone would give stands in ocgnet
// analyse: no share of this table is a finding without it.
//
// kind: table
// subject: crime
// scans: OCG
// columns:
//   rank: Place in the set.
//   person_id: The nominal.
//   name: Name as recorded.
//   crimes: Crimes in the period.
//   reports: Reports in the period.
//   harm: Sum of the severity weights of the crimes; blank when no weight is known.
//   crime_share: Fractional share of the crimes.
//   report_share: Fractional share of the reports.
//   crimes_covered: Crimes that relate to this person or anyone ranked above.
//   crimes_covered_share: The same as a share of all crimes linked to members.
//   reports_covered: Reports that relate to this person or anyone ranked above.
//   reports_covered_share: The same as a share of all reports naming members.
//
// as_of (date): Day on which memberships, ages and reviews are judged.
:param as_of => date('2019-03-31');
// include_overdue (flag): Whether people, reports and things stay whose review date has passed.
:param include_overdue => false;
// period_from (date): First day of the period.
:param period_from => date('2018-04-01');
// period_to (date): Last day of the period.
:param period_to => date('2019-03-31');
// link_roles (roles): Links to a crime that count; never victim or witness.
:param link_roles => ['arrested', 'suspect', 'charged', 'convicted'];
// refused_sources (texts): Source grades left out, each after its scheme.
:param refused_sources => ['3x5x2 3', '5x5x5 D'];
// refused_contents (texts): Grades of content left out, each after its scheme.
:param refused_contents => ['3x5x2 E', '5x5x5 5'];
// weights (numbers): Severity weight by offence code (ONS Crime Severity Score, 2019-20, Open Government Licence v3.0).
:param weights => ({`1`: 7973.3934, `104`: 7.5438, `105A`: 13.5105, `105B`: 30.7632, `106`: 1069.0641, `10A`: 616.5601, `10B`: 412.2024, `10C`: 52.1261, `10D`: 53.0382, `11A`: 138.7163, `126`: 9.3147, `13`: 289.8154, `14`: 1056.4091, `15`: 201.399, `17A`: 767.4437, `17B`: 862.2691, `19C`: 2952.941, `19D`: 3883.1328, `19E`: 3225.0965, `19F`: 3191.9646, `19G`: 3894.7811, `19H`: 2397.2587, `19J`: 3279.321, `19K`: 2975.3884, `2`: 4654.2981, `20A`: 459.0699, `20B`: 1211.9714, `21`: 823.719, `22A`: 1054.7466, `22B`: 726.445, `23`: 1122.3692, `24`: 366.0203, `26`: 201.399, `27`: 3.8159, `28A`: 465.3815, `28B`: 465.3815, `28C`: 465.3815, `28D`: 465.3815, `28E`: 465.3815, `28F`: 465.3815, `28G`: 465.3815, `28H`: 465.3815, `29`: 2288.6692, `29A`: 2288.6692, `30A`: 123.0184, `30B`: 123.0184, `30C`: 123.0184, `30D`: 123.0184, `31`: 1849.5201, `31A`: 1849.5201, `33`: 31.2508, `33A`: 135.2749, `34A`: 799.6289, `34B`: 799.6289, `35`: 785.8097, `36`: 1216.815, `37.1`: 532.4167, `37.2`: 53.45, `38`: 248.1817, `39`: 80.4052, `3A`: 2024.2227, `3B`: 275.3088, `4.1`: 7973.3934, `4.10`: 7973.3934, `4.2`: 7973.3934, `4.3`: 3775.6953, `4.4`: 1022.8145, `4.6`: 1512.0028, `4.7`: 1005.1769, `4.8`: 111.3613, `4.9`: 180.0982, `40`: 51.4164, `41`: 49.2998, `42`: 84.8654, `43`: 5.2902, `44`: 15.1757, `45`: 32.9207, `46`: 11.8555, `47`: 110.5808, `48`: 128.4294, `49`: 36.8099, `49A`: 7.0056, `54`: 55.1353, `56A`: 826.1901, `56B`: 186.6682, `58A`: 5.3967, `58B`: 5.3967, `58C`: 5.3967, `58D`: 5.3967, `58J`: 14.0056, `59`: 60.9317, `5D`: 2034.7419, `5E`: 1446.9826, `60`: 31.5369, `61`: 145.8007, `61A`: 193.6861, `62A`: 362.8965, `66`: 72.5087, `67`: 97.8456, `69`: 207.0434, `70`: 1444.9513, `71`: 939.2644, `72`: 1671.443, `73`: 240.649, `76`: 817.4375, `79`: 168.7385, `80`: 192.376, `802`: 119.8773, `81`: 1287.5444, `814`: 7.2596, `83`: 3.3044, `86`: 137.2825, `88A`: 462.9493, `88C`: 1026.8794, `88D`: 51.713, `88E`: 39.922, `8L`: 36.0975, `8M`: 37.5113, `8N`: 189.1539, `8P`: 312.9067, `8Q`: 56.3497, `8R`: 15.1389, `8S`: 401.4244, `90`: 250.25, `92A`: 512.9574, `92C`: 9.0622, `92D`: 8.082, `92E`: 1.7706, `95`: 12.9172, `96`: 247.855, `99`: 179.2495, `9A`: 6.8118, `9B`: 12.7634});
// k (whole): How many nominals the set holds.
:param k => 13;

MATCH (p:Nominal)-[m:MEMBER_OF]->(g:OCG)
WHERE coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
  AND p.restricted_on IS NULL AND ($include_overdue OR coalesce(p.review_due >= $as_of, true))
WITH DISTINCT p
CALL (p) {
  MATCH (p)-[l:LINKED_TO]->(c:Crime)
  WHERE l.link_role IN $link_roles
  AND coalesce(c.recorded_on, c.occurred_on) >= $period_from AND coalesce(c.recorded_on, c.occurred_on) <= $period_to
  WITH DISTINCT c
  CALL (c) {
    MATCH (c)<-[l:LINKED_TO]-(q:Nominal)-[m:MEMBER_OF]->(g:OCG)
    WHERE l.link_role IN $link_roles
      AND coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
      AND q.restricted_on IS NULL AND ($include_overdue OR coalesce(q.review_due >= $as_of, true))
    RETURN count(DISTINCT q) AS people
  }
  WITH *, toUpper(replace(replace(c.offence_code, ' ', ''), '/', '.')) AS code
  WITH *, CASE WHEN code STARTS WITH '00' THEN substring(code, 2) WHEN code STARTS WITH '0' THEN substring(code, 1) ELSE code END AS normal
  WITH *, coalesce($weights[normal], $weights[split(normal, '.')[0]]) AS weight
  WITH collect(c.crime_id) AS crimes, sum(1.0 / people) AS crime_part, count(weight) AS known, sum(weight) AS total
  RETURN crimes, crime_part, CASE WHEN known > 0 THEN round(total, 6) END AS harm
}
CALL (p) {
  MATCH (p)-[:MENTIONED_IN]->(r:IntelReport)
  WHERE r.reported_on >= $period_from AND r.reported_on <= $period_to
  AND ($include_overdue OR coalesce(r.review_due >= $as_of, true))
  AND NOT coalesce(r.grading_scheme + ' ' + r.source_grade, '') IN $refused_sources
  AND NOT coalesce(r.grading_scheme + ' ' + r.intelligence_grade, '') IN $refused_contents
  WITH DISTINCT r
  CALL (r) {
    MATCH (r)<-[:MENTIONED_IN]-(q:Nominal)-[m:MEMBER_OF]->(g:OCG)
    WHERE coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
      AND q.restricted_on IS NULL AND ($include_overdue OR coalesce(q.review_due >= $as_of, true))
    RETURN count(DISTINCT q) AS people
  }
  RETURN collect(r.report_id) AS reports, sum(1.0 / people) AS report_part
}
WITH collect({person_id: p.person_id, name: p.name, crimes: crimes, reports: reports, harm: harm,
              crime_part: crime_part, report_part: report_part}) AS people
CALL (people) {
  UNWIND people AS row UNWIND row.crimes AS id
  RETURN count(DISTINCT id) AS all_crimes
}
CALL (people) {
  UNWIND people AS row UNWIND row.reports AS id
  RETURN count(DISTINCT id) AS all_reports
}
UNWIND people AS row
WITH row, all_crimes, all_reports,
  CASE WHEN all_crimes > 0 THEN row.crime_part / all_crimes END AS crime_share,
  CASE WHEN all_reports > 0 THEN row.report_part / all_reports END AS report_share
WITH *, round(coalesce(crime_share, 0.0) + coalesce(report_share, 0.0), 12) AS score
WHERE score > 0
WITH row, all_crimes, all_reports, crime_share, report_share, score
ORDER BY score DESC, coalesce(row.harm, -1.0) DESC, row.person_id
LIMIT $k
WITH all_crimes, all_reports, collect({row: row, crime_share: crime_share, report_share: report_share}) AS top
UNWIND range(1, size(top)) AS rank
CALL (top, rank) {
  UNWIND top[0..rank] AS above UNWIND above.row.crimes AS id
  RETURN count(DISTINCT id) AS crimes_covered
}
CALL (top, rank) {
  UNWIND top[0..rank] AS above UNWIND above.row.reports AS id
  RETURN count(DISTINCT id) AS reports_covered
}
WITH *, top[rank - 1] AS own
RETURN rank, own.row.person_id AS person_id, own.row.name AS name, size(own.row.crimes) AS crimes,
  size(own.row.reports) AS reports, own.row.harm AS harm, own.crime_share AS crime_share, own.report_share AS report_share,
  crimes_covered, CASE WHEN all_crimes > 0 THEN 1.0 * crimes_covered / all_crimes END AS crimes_covered_share,
  reports_covered, CASE WHEN all_reports > 0 THEN 1.0 * reports_covered / all_reports END AS reports_covered_share
ORDER BY rank
