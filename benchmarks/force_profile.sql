-- The tables of a local profile, by DuckDB alone: no line of the package is behind them.
--
-- A section begins with "-- table NAME: keys | values" and holds one query, whose rows are compared cell by cell with
-- those of tables/NAME.csv; "-- prepare" holds statements. Read by force_profile.py, which has made the tables of the
-- folder, and "weight" (offence_code, weight, grp, family). The period is 2018-04-01 to 2019-03-31, before and base the
-- years before.

-- prepare
CREATE TABLE c AS
SELECT crimes.*, weight, coalesce(grp, 'offence not known') AS grp, coalesce(family, 'offence not known') AS family,
       coalesce(nullif(trim(district), ''), '') AS place,
       CASE WHEN coalesce(recorded_on, occurred_on) BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' THEN 'now'
            WHEN coalesce(recorded_on, occurred_on) BETWEEN DATE '2017-04-01' AND DATE '2018-03-31' THEN 'before'
            WHEN coalesce(recorded_on, occurred_on) BETWEEN DATE '2016-04-01' AND DATE '2017-03-31' THEN 'base' END AS w
FROM crimes LEFT JOIN weight USING (offence_code);
CREATE TABLE cube AS
SELECT w, place, ward, grp, family, private_space, weight >= 365 AS high, count(*) AS crimes, sum(weight) AS severity,
       count(*) FILTER (weight IS NULL) AS unknown
FROM c WHERE w IS NOT NULL GROUP BY ALL;
CREATE TABLE area_of AS SELECT DISTINCT district AS place, area FROM wards WHERE area IS NOT NULL;
CREATE TABLE born AS
SELECT id, max(date_of_birth) AS date_of_birth FROM (
    SELECT nominal_id AS id, date_of_birth FROM nominals
    UNION ALL SELECT child_id, date_of_birth FROM children
    UNION ALL SELECT person_id, date_of_birth FROM people) GROUP BY 1;
CREATE TABLE victims AS
SELECT person_id, crime_id, weight / count(*) OVER (PARTITION BY crime_id) AS part, occurred_on, recorded_on FROM (
    SELECT DISTINCT person_id, crime_id FROM crime_links WHERE link_role = 'victim')
JOIN c USING (crime_id) WHERE w = 'now';
CREATE TABLE suspects AS
SELECT person_id, crime_id, relationship, place, weight / count(*) OVER (PARTITION BY crime_id) AS part FROM (
    SELECT person_id, crime_id, min(relationship_to_victim) AS relationship FROM crime_links
    WHERE link_role IN ('arrested', 'suspect', 'charged', 'convicted') GROUP BY ALL)
JOIN c USING (crime_id) WHERE w = 'now';

-- table areas: level, name | crimes, severity, harm_unknown, crimes_before, severity_before
WITH sums AS (
    SELECT place, sum(crimes) FILTER (w = 'now') AS crimes, sum(severity) FILTER (w = 'now') AS severity,
           sum(unknown) FILTER (w = 'now') AS harm_unknown, sum(crimes) FILTER (w = 'before') AS crimes_before,
           sum(severity) FILTER (w = 'before') AS severity_before
    FROM cube GROUP BY 1),
levels AS (
    SELECT 'district' AS level, place AS name, * EXCLUDE place FROM sums WHERE place <> ''
    UNION ALL SELECT 'no district', 'no district recorded', * EXCLUDE place FROM sums WHERE place = ''
    UNION ALL SELECT 'area', area, * EXCLUDE (place, area) FROM sums JOIN area_of USING (place)
    UNION ALL SELECT 'force', (SELECT force FROM about), * EXCLUDE place FROM sums)
SELECT level, name, sum(COLUMNS('crimes|severity|harm_unknown')) FROM levels GROUP BY level, name;

-- table wards: ward, district | crimes, severity, harm_unknown
SELECT ward, place AS district, sum(crimes) AS crimes, sum(severity) AS severity, sum(unknown) AS harm_unknown
FROM cube WHERE w = 'now' AND ward IS NOT NULL AND place <> '' GROUP BY ALL;

-- table offences: offence_group | crimes, severity, private, private_known, crimes_before, severity_before, crimes_base, severity_base
SELECT grp AS offence_group, sum(crimes) FILTER (w = 'now') AS crimes, sum(severity) FILTER (w = 'now') AS severity,
       sum(crimes) FILTER (w = 'now' AND private_space) AS private,
       sum(crimes) FILTER (w = 'now' AND private_space IS NOT NULL) AS private_known,
       sum(crimes) FILTER (w = 'before') AS crimes_before, sum(severity) FILTER (w = 'before') AS severity_before,
       sum(crimes) FILTER (w = 'base') AS crimes_base, sum(severity) FILTER (w = 'base') AS severity_base
FROM cube GROUP BY 1;

-- table district_offences: district, family | crimes, severity
SELECT place AS district, family, sum(crimes) AS crimes, sum(severity) AS severity
FROM cube WHERE w = 'now' AND place <> '' GROUP BY ALL;

-- table victim_ages: age | victims, severity
SELECT CASE WHEN age IS NULL THEN 'age not known' WHEN age < 10 THEN 'under 10' WHEN age < 18 THEN '10 to 17'
            WHEN age < 25 THEN '18 to 24' WHEN age < 35 THEN '25 to 34' WHEN age < 45 THEN '35 to 44'
            WHEN age < 55 THEN '45 to 54' WHEN age < 65 THEN '55 to 64' ELSE '65 and over' END AS age,
       count(DISTINCT person_id) AS victims, sum(coalesce(part, 0)) AS severity
FROM (SELECT person_id, part, date_sub('year', date_of_birth, coalesce(occurred_on, recorded_on)) AS age
      FROM victims LEFT JOIN born ON id = person_id) GROUP BY 1;

-- table relationships: place, relationship | crimes, severity
SELECT (SELECT force FROM about) AS place, coalesce(replace(nullif(relationship, 'unknown'), '_', ' '), 'not recorded') AS relationship,
       count(DISTINCT crime_id) AS crimes, sum(coalesce(part, 0)) AS severity
FROM suspects GROUP BY ALL
UNION ALL
SELECT area, coalesce(replace(nullif(relationship, 'unknown'), '_', ' '), 'not recorded'), count(DISTINCT crime_id), sum(coalesce(part, 0))
FROM suspects JOIN area_of USING (place) GROUP BY ALL;

-- figures
WITH v AS (SELECT person_id, sum(part) AS harm FROM victims WHERE part IS NOT NULL GROUP BY 1),
o AS (SELECT person_id, sum(part) AS harm FROM suspects WHERE part IS NOT NULL GROUP BY 1)
SELECT 'victims_few' AS figure_id, count(*) FILTER (harm >= 365) / count(*) AS value FROM v
UNION ALL SELECT 'victims_few_harm', sum(harm) FILTER (harm >= 365) / sum(harm) FROM v
UNION ALL SELECT 'offenders_few', count(*) FILTER (harm >= 365) / count(*) FROM o
UNION ALL SELECT 'offenders_few_harm', sum(harm) FILTER (harm >= 365) / sum(harm) FROM o;

-- prepare
CREATE TABLE lorenz AS
SELECT harm, sum(harm) OVER (ORDER BY harm DESC ROWS UNBOUNDED PRECEDING) AS upto
FROM (SELECT person_id, sum(part) AS harm FROM victims GROUP BY 1);
CREATE OR REPLACE TABLE lorenz AS
SELECT harm, sum(harm) OVER (ORDER BY harm DESC ROWS UNBOUNDED PRECEDING) AS upto
FROM (SELECT person_id, sum(part) AS harm FROM suspects GROUP BY 1);

-- table transient_dealers: period, district | stops, arrested, juveniles, age_unknown
WITH stops AS (
    SELECT CASE WHEN happened_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' THEN '2018-04-01 to 2019-03-31'
                WHEN happened_on BETWEEN DATE '2017-04-01' AND DATE '2018-03-31' THEN '2017-04-01 to 2018-03-31' END
               AS period,
           coalesce(nullif(trim(district), ''), 'no district recorded') AS district, outcome,
           date_sub('year', coalesce(s.date_of_birth, b.date_of_birth), happened_on) AS age
    FROM stop_checks s LEFT JOIN born b ON id = person_id WHERE transient_dealer)
SELECT period, coalesce(district, 'all districts') AS district, count(*) AS stops,
       count(*) FILTER (outcome = 'arrested') AS arrested, count(*) FILTER (age < 18) AS juveniles,
       count(*) FILTER (age IS NULL) AS age_unknown
FROM stops WHERE period IS NOT NULL GROUP BY GROUPING SETS ((period, district), (period));

-- table referrals: kind | referrals
SELECT kind, count(*) AS referrals FROM referrals
WHERE made_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' GROUP BY 1;

-- table partner_information: sector | forms, forms_before
SELECT coalesce(sector, 'not recorded') AS sector,
       count(*) FILTER (reported_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31') AS forms,
       count(*) FILTER (reported_on BETWEEN DATE '2017-04-01' AND DATE '2018-03-31') AS forms_before
FROM intel_reports WHERE origin = 'cpi_form' AND reported_on BETWEEN DATE '2017-04-01' AND DATE '2019-03-31' GROUP BY 1;

-- prepare
CREATE TABLE marked AS
SELECT *, unnest(string_split(flags, '|')) AS mark, coalesce(nullif(place, ''), 'no district recorded') AS there,
       coalesce(occurred_on, recorded_on) AS on_day
FROM c WHERE flags IS NOT NULL AND w IN ('now', 'before');
CREATE TABLE members AS
SELECT nominal_id, ocg_id, coalesce(from_date, DATE '0001-01-01') AS first_day,
       coalesce(to_date, DATE '9999-12-31') AS last_day
FROM memberships
WHERE nominal_id IN (SELECT nominal_id FROM nominals WHERE restricted_on IS NULL
                     AND coalesce(review_due, DATE '9999-12-31') >= DATE '2019-03-31');
CREATE TABLE reports AS
SELECT *, CASE WHEN reported_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' THEN 'now'
               WHEN reported_on BETWEEN DATE '2017-04-01' AND DATE '2018-03-31' THEN 'before' END AS w
FROM intel_reports WHERE coalesce(review_due, DATE '9999-12-31') >= DATE '2019-03-31';

-- table weapons: weapon, district | crimes, possession, crimes_before
SELECT mark AS weapon, coalesce(there, 'all districts') AS district, count(*) FILTER (w = 'now') AS crimes,
       count(*) FILTER (w = 'now' AND grp = 'possession of weapons') AS possession,
       count(*) FILTER (w = 'before') AS crimes_before
FROM marked WHERE mark IN ('knife', 'firearm') GROUP BY GROUPING SETS ((mark, there), (mark));

-- table weapon_wards: ward, district | knife, knife_possession, firearm
SELECT coalesce(nullif(trim(ward), ''), 'no ward recorded') AS ward, there AS district,
       count(*) FILTER (mark = 'knife') AS knife,
       count(*) FILTER (mark = 'knife' AND grp = 'possession of weapons') AS knife_possession,
       count(*) FILTER (mark = 'firearm') AS firearm
FROM marked WHERE w = 'now' AND mark IN ('knife', 'firearm') GROUP BY ALL;

-- table weapon_hours: weapon, hours | crimes
SELECT mark AS weapon,
       coalesce(printf('%02d to %02d', 3 * (occurred_hour // 3), 3 * (occurred_hour // 3) + 3), 'not known') AS hours,
       count(*) AS crimes
FROM marked WHERE w = 'now' AND mark IN ('knife', 'firearm') GROUP BY ALL;

-- table weapon_links: weapon | crimes, with_suspect, by_members
SELECT mark AS weapon, count(*) AS crimes, count(*) FILTER (linked) AS with_suspect,
       count(*) FILTER (by_member) AS by_members
FROM (
    SELECT mark,
           EXISTS (SELECT 1 FROM crime_links l WHERE l.crime_id = marked.crime_id
                   AND link_role IN ('arrested', 'suspect', 'charged', 'convicted')) AS linked,
           EXISTS (SELECT 1 FROM crime_links l JOIN members ON nominal_id = person_id JOIN ocgs USING (ocg_id)
                   WHERE l.crime_id = marked.crime_id
                   AND link_role IN ('arrested', 'suspect', 'charged', 'convicted')
                   AND on_day BETWEEN first_day AND last_day AND coalesce(mapped_on, on_day) <= on_day
                   AND CASE WHEN archived_on IS NULL THEN status IS DISTINCT FROM 'archived'
                            ELSE archived_on > on_day END) AS by_member
    FROM marked WHERE w = 'now' AND mark IN ('knife', 'firearm'))
GROUP BY 1;

-- table firearm_intelligence: grading_scheme, source_grade, intelligence_grade | reports, accessible, present
SELECT coalesce(grading_scheme, 'not recorded') AS grading_scheme, coalesce(source_grade, 'not recorded') AS source_grade,
       coalesce(intelligence_grade, 'not recorded') AS intelligence_grade, count(*) AS reports,
       count(*) FILTER (topics LIKE '%firearm_accessible%') AS accessible,
       count(*) FILTER (topics LIKE '%firearm_present%') AS present
FROM reports WHERE w = 'now' AND topics LIKE '%firearm_%' GROUP BY ALL;
