// Suspects in a ward's worst offences
//
// The offences of a ward with the highest severity weights in the period, and who is arrested for or suspected of
// each. Offences without a known weight cannot be ranked; the last column says how many there are. An offence
// without a suspect is shown with blanks.
//
// kind: table
// subject: crime
// columns:
//   crime_id: The crime.
//   offence: Offence in words.
//   recorded_on: When it was recorded.
//   harm: Severity weight.
//   person_id: Who is a suspect, arrested, charged or convicted; blank when nobody is.
//   name: Name as recorded.
//   link_role: As what the person is linked.
//   ocg_ids: Groups of which the person is a member on the day.
//   not_ranked: Offences of the ward in the period without a known weight.
//
// district (text): District of the ward.
:param district => 'Lyonmere City';
// ward (text): The ward.
:param ward => 'Lyonmere Lantern Hill';
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
// weights (numbers): Severity weight by offence code (ONS Crime Severity Score, 2019-20, Open Government Licence v3.0).
:param weights => ({`1`: 7973.3934, `104`: 7.5438, `105A`: 13.5105, `105B`: 30.7632, `106`: 1069.0641, `10A`: 616.5601, `10B`: 412.2024, `10C`: 52.1261, `10D`: 53.0382, `11A`: 138.7163, `126`: 9.3147, `13`: 289.8154, `14`: 1056.4091, `15`: 201.399, `17A`: 767.4437, `17B`: 862.2691, `19C`: 2952.941, `19D`: 3883.1328, `19E`: 3225.0965, `19F`: 3191.9646, `19G`: 3894.7811, `19H`: 2397.2587, `19J`: 3279.321, `19K`: 2975.3884, `2`: 4654.2981, `20A`: 459.0699, `20B`: 1211.9714, `21`: 823.719, `22A`: 1054.7466, `22B`: 726.445, `23`: 1122.3692, `24`: 366.0203, `26`: 201.399, `27`: 3.8159, `28A`: 465.3815, `28B`: 465.3815, `28C`: 465.3815, `28D`: 465.3815, `28E`: 465.3815, `28F`: 465.3815, `28G`: 465.3815, `28H`: 465.3815, `29`: 2288.6692, `29A`: 2288.6692, `30A`: 123.0184, `30B`: 123.0184, `30C`: 123.0184, `30D`: 123.0184, `31`: 1849.5201, `31A`: 1849.5201, `33`: 31.2508, `33A`: 135.2749, `34A`: 799.6289, `34B`: 799.6289, `35`: 785.8097, `36`: 1216.815, `37.1`: 532.4167, `37.2`: 53.45, `38`: 248.1817, `39`: 80.4052, `3A`: 2024.2227, `3B`: 275.3088, `4.1`: 7973.3934, `4.10`: 7973.3934, `4.2`: 7973.3934, `4.3`: 3775.6953, `4.4`: 1022.8145, `4.6`: 1512.0028, `4.7`: 1005.1769, `4.8`: 111.3613, `4.9`: 180.0982, `40`: 51.4164, `41`: 49.2998, `42`: 84.8654, `43`: 5.2902, `44`: 15.1757, `45`: 32.9207, `46`: 11.8555, `47`: 110.5808, `48`: 128.4294, `49`: 36.8099, `49A`: 7.0056, `54`: 55.1353, `56A`: 826.1901, `56B`: 186.6682, `58A`: 5.3967, `58B`: 5.3967, `58C`: 5.3967, `58D`: 5.3967, `58J`: 14.0056, `59`: 60.9317, `5D`: 2034.7419, `5E`: 1446.9826, `60`: 31.5369, `61`: 145.8007, `61A`: 193.6861, `62A`: 362.8965, `66`: 72.5087, `67`: 97.8456, `69`: 207.0434, `70`: 1444.9513, `71`: 939.2644, `72`: 1671.443, `73`: 240.649, `76`: 817.4375, `79`: 168.7385, `80`: 192.376, `802`: 119.8773, `81`: 1287.5444, `814`: 7.2596, `83`: 3.3044, `86`: 137.2825, `88A`: 462.9493, `88C`: 1026.8794, `88D`: 51.713, `88E`: 39.922, `8L`: 36.0975, `8M`: 37.5113, `8N`: 189.1539, `8P`: 312.9067, `8Q`: 56.3497, `8R`: 15.1389, `8S`: 401.4244, `90`: 250.25, `92A`: 512.9574, `92C`: 9.0622, `92D`: 8.082, `92E`: 1.7706, `95`: 12.9172, `96`: 247.855, `99`: 179.2495, `9A`: 6.8118, `9B`: 12.7634});
// worst (whole): How many of the worst offences.
:param worst => 10;

MATCH (:District {district: $district})<-[:PART_OF]-(:Ward {ward: $ward})<-[:OCCURRED_IN]-(c:Crime)
WHERE coalesce(c.recorded_on, c.occurred_on) >= $period_from AND coalesce(c.recorded_on, c.occurred_on) <= $period_to
WITH *, toUpper(replace(replace(c.offence_code, ' ', ''), '/', '.')) AS code
WITH *, CASE WHEN code STARTS WITH '00' THEN substring(code, 2) WHEN code STARTS WITH '0' THEN substring(code, 1) ELSE code END AS normal
WITH *, coalesce($weights[normal], $weights[split(normal, '.')[0]]) AS weight
WITH collect({crime: c, harm: weight}) AS crimes, count(c) - count(weight) AS not_ranked
UNWIND crimes AS row
WITH row, not_ranked WHERE row.harm IS NOT NULL
WITH row.crime AS c, row.harm AS harm, not_ranked
ORDER BY harm DESC, c.crime_id
LIMIT $worst
OPTIONAL MATCH (p:Nominal)-[l:LINKED_TO]->(c)
WHERE l.link_role IN $link_roles
  AND p.restricted_on IS NULL AND ($include_overdue OR coalesce(p.review_due >= $as_of, true))
CALL (p) {
  OPTIONAL MATCH (p)-[m:MEMBER_OF]->(g:OCG)
  WHERE coalesce(m.from_date <= $as_of, true) AND coalesce(m.to_date >= $as_of, true)
  AND coalesce(g.mapped_on <= $as_of, true)
  AND coalesce(g.archived_on > $as_of, coalesce(g.status, '') <> 'archived')
  WITH DISTINCT g ORDER BY g.ocg_id
  RETURN collect(g.ocg_id) AS ocg_ids
}
RETURN c.crime_id AS crime_id, c.offence AS offence, c.recorded_on AS recorded_on, harm, p.person_id AS person_id,
  p.name AS name, l.link_role AS link_role, ocg_ids, not_ranked
ORDER BY harm DESC, crime_id, person_id, link_role
