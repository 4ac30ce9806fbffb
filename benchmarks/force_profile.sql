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

-- table juveniles: serious_offences | juveniles
WITH theirs AS (
    SELECT person_id, crime_id, date_of_birth, coalesce(occurred_on, recorded_on) AS day, w,
           grp IN ('homicide', 'death or serious injury by driving', 'violence with injury', 'rape',
                   'other sexual offences', 'robbery of business property', 'robbery of personal property',
                   'residential burglary', 'arson', 'trafficking in drugs', 'possession of weapons') AS serious
    FROM (SELECT DISTINCT person_id, crime_id FROM crime_links
          WHERE link_role IN ('arrested', 'suspect', 'charged', 'convicted'))
    JOIN c USING (crime_id) JOIN born ON id = person_id
    WHERE coalesce(recorded_on, occurred_on) <= DATE '2019-03-31'
    AND person_id NOT IN (SELECT nominal_id FROM nominals WHERE review_due < DATE '2019-03-31')),
each AS (
    SELECT count(DISTINCT crime_id) FILTER (serious) AS serious FROM theirs GROUP BY person_id
    HAVING date_sub('year', any_value(date_of_birth), max(day) FILTER (w = 'now')) < 18)
SELECT CASE WHEN serious >= 11 THEN '11 or more' WHEN serious >= 7 THEN '7 to 10' WHEN serious >= 3 THEN '3 to 6'
            WHEN serious >= 1 THEN '1 to 2' ELSE '0' END AS serious_offences, count(*) AS juveniles
FROM each GROUP BY 1;

-- table firearm_intelligence: grading_scheme, source_grade, intelligence_grade | reports, accessible, present
SELECT coalesce(grading_scheme, 'not recorded') AS grading_scheme, coalesce(source_grade, 'not recorded') AS source_grade,
       coalesce(intelligence_grade, 'not recorded') AS intelligence_grade, count(*) AS reports,
       count(*) FILTER (topics LIKE '%firearm_accessible%') AS accessible,
       count(*) FILTER (topics LIKE '%firearm_present%') AS present
FROM reports WHERE w = 'now' AND topics LIKE '%firearm_%' GROUP BY ALL;

CREATE TABLE line_group AS
SELECT ocg_id, coalesce(mapped_on, DATE '0001-01-01') AS since,
       coalesce(archived_on, CASE WHEN status = 'archived' THEN DATE '0001-01-01' ELSE DATE '9999-12-31' END) AS gone
FROM ocgs WHERE county_line OR ocg_id IN (SELECT ocg_id FROM ocg_activities WHERE activity = 'county lines');
CREATE TABLE works AS
SELECT g.ocg_id, day, coalesce(a.district, 'no district recorded') AS district
FROM line_group g CROSS JOIN (VALUES (DATE '2019-03-31'), (DATE '2018-03-31')) d(day)
LEFT JOIN ocg_activities a ON a.ocg_id = g.ocg_id AND a.district IS NOT NULL
     AND activity IN ('county lines', 'drug trafficking', 'drug supply', 'drugs')
     AND coalesce(from_date, day) <= day AND coalesce(to_date, day) >= day
WHERE since <= day AND gone > day;
CREATE TABLE line AS
SELECT thing_id, coalesce(t.district, min(h.district), 'no district recorded') AS district
FROM things t LEFT JOIN (SELECT * FROM threats WHERE kind = 'county_line') h USING (thing_id)
WHERE t.kind = 'line' OR (t.kind IN ('phone', 'sim', 'device', 'online_handle') AND (h.thing_id IS NOT NULL
      OR thing_id IN (SELECT thing_id FROM group_things SEMI JOIN line_group USING (ocg_id))))
GROUP BY thing_id, t.district;
CREATE TABLE line_link AS
SELECT l.*, b.date_of_birth, relation = 'customer' AS buys,
       relation <> 'customer' AND confidence IS NOT DISTINCT FROM 'suspected' AS maybe
FROM thing_links l SEMI JOIN line USING (thing_id) LEFT JOIN born b ON id = person_id
WHERE from_date <= DATE '2019-03-31' AND relation IN ('user', 'owner', 'keeper', 'subscriber', 'controls', 'tenant',
      'resident', 'director', 'signatory', 'runner', 'customer');
CREATE TABLE line_user AS
SELECT *, CASE WHEN to_date < DATE '2019-03-31' THEN to_date END AS ended FROM line_link WHERE NOT buys AND NOT maybe;
CREATE TABLE line_life AS
SELECT thing_id, min(from_date) AS first, CASE WHEN count(ended) = count(*) THEN max(ended) END AS last
FROM line_user GROUP BY 1;

-- table line_networks: district | groups, groups_before, threats, threats_before, lines
WITH placed AS (
    SELECT district, 'g' || year(day) AS what, ocg_id AS id FROM works
    UNION ALL SELECT coalesce(district, 'no district recorded'), 't2019', threat_id FROM threats
    WHERE kind = 'county_line' AND coalesce(recorded_on, DATE '2000-01-01') <= DATE '2019-03-31'
    UNION ALL SELECT coalesce(district, 'no district recorded'), 't2018', threat_id FROM threats
    WHERE kind = 'county_line' AND coalesce(recorded_on, DATE '2000-01-01') <= DATE '2018-03-31'
    UNION ALL SELECT district, 'l', thing_id FROM line WHERE thing_id IN (
        SELECT thing_id FROM line_user WHERE coalesce(to_date, DATE '2019-03-31') >= DATE '2018-04-01'))
SELECT coalesce(district, 'all districts') AS district, count(DISTINCT id) FILTER (what = 'g2019') AS groups,
       count(DISTINCT id) FILTER (what = 'g2018') AS groups_before, count(DISTINCT id) FILTER (what = 't2019') AS threats,
       count(DISTINCT id) FILTER (what = 't2018') AS threats_before, count(DISTINCT id) FILTER (what = 'l') AS lines
FROM placed GROUP BY GROUPING SETS ((district), ());

-- table line_use: quarter | lines, lines_begun, lines_ended, users, children, buyers, suspected
WITH q AS (SELECT unnest(range(DATE '2017-04-01', DATE '2019-04-01', INTERVAL 3 MONTH))::DATE AS quarter),
held AS (
    SELECT quarter, k.*, greatest(from_date, quarter) AS on_day
    FROM q JOIN line_link k ON from_date < quarter + INTERVAL 3 MONTH AND coalesce(to_date, quarter) >= quarter),
sure AS (
    SELECT quarter, person_id, min(date_of_birth) AS born, min(on_day) AS on_day
    FROM held WHERE NOT buys AND NOT maybe GROUP BY ALL)
SELECT quarter,
       (SELECT count(DISTINCT thing_id) FROM held h WHERE h.quarter = q.quarter AND NOT buys AND NOT maybe) AS lines,
       (SELECT count(*) FROM line_life WHERE first >= quarter AND first < quarter + INTERVAL 3 MONTH) AS lines_begun,
       (SELECT count(*) FROM line_life WHERE last >= quarter AND last < quarter + INTERVAL 3 MONTH) AS lines_ended,
       (SELECT count(*) FROM sure s WHERE s.quarter = q.quarter) AS users,
       (SELECT count(*) FROM sure s WHERE s.quarter = q.quarter AND date_sub('year', born, on_day) < 18) AS children,
       (SELECT count(DISTINCT person_id) FROM held h WHERE h.quarter = q.quarter AND buys) AS buyers,
       (SELECT count(DISTINCT person_id) FROM held h WHERE h.quarter = q.quarter AND maybe AND person_id NOT IN (
            SELECT person_id FROM sure s WHERE s.quarter = q.quarter)) AS suspected
FROM q;

-- table line_spans: span | lines, in_use, users
SELECT CASE WHEN days <= 91 THEN 'up to 3 months' WHEN days <= 182 THEN '3 to 6 months'
            WHEN days <= 365 THEN '6 months to a year' ELSE 'over a year' END AS span,
       count(DISTINCT thing_id) AS lines, count(DISTINCT thing_id) FILTER (last IS NULL) AS in_use,
       count(DISTINCT person_id) AS users
FROM (SELECT *, coalesce(last, DATE '2019-03-31') - first + 1 AS days FROM line_life) JOIN line_user USING (thing_id)
GROUP BY 1;

-- table drug_violence: district | crimes, crimes_before, reports, reports_before
WITH rows AS (
    SELECT coalesce(nullif(place, ''), 'no district recorded') AS district, 'c' || w AS what FROM c
    WHERE list_has_any(string_split(flags, '|'), ['drugs', 'county_line']) AND w IN ('now', 'before')
      AND offence_code <> '106' AND (grp IN ('homicide', 'violence with injury', 'violence without injury')
           OR grp LIKE 'robbery of %')
    UNION ALL
    SELECT coalesce(nullif(trim(district), ''), 'no district recorded'),
           CASE WHEN reported_on >= DATE '2018-04-01' THEN 'rnow' ELSE 'rbefore' END FROM intel_reports
    WHERE list_contains(string_split(topics, '|'), 'drug_violence')
      AND reported_on BETWEEN DATE '2017-04-01' AND DATE '2019-03-31')
SELECT coalesce(district, 'all districts') AS district, count(*) FILTER (what = 'cnow') AS crimes,
       count(*) FILTER (what = 'cbefore') AS crimes_before, count(*) FILTER (what = 'rnow') AS reports,
       count(*) FILTER (what = 'rbefore') AS reports_before
FROM rows GROUP BY GROUPING SETS ((district), ());

-- table line_marks: marker | crimes, crimes_before, reports, reports_before
WITH rows AS (
    SELECT unnest(string_split(flags, '|')) AS mark, 'c' || w AS what FROM c WHERE flags IS NOT NULL
    UNION ALL
    SELECT unnest(string_split(topics, '|')), CASE WHEN reported_on >= DATE '2018-04-01' THEN 'rnow' ELSE 'rbefore' END
    FROM intel_reports
    WHERE topics IS NOT NULL AND reported_on BETWEEN DATE '2017-04-01' AND DATE '2019-03-31')
SELECT replace(mark, '_', ' ') AS marker, count(*) FILTER (what = 'cnow') AS crimes,
       count(*) FILTER (what = 'cbefore') AS crimes_before, count(*) FILTER (what = 'rnow') AS reports,
       count(*) FILTER (what = 'rbefore') AS reports_before
FROM rows WHERE mark IN ('county_line', 'drugs', 'debt_bondage', 'cuckooing') GROUP BY 1;

-- prepare
CREATE TABLE dealer AS
SELECT CASE WHEN happened_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' THEN '2018-04-01 to 2019-03-31'
            WHEN happened_on BETWEEN DATE '2017-04-01' AND DATE '2018-03-31' THEN '2017-04-01 to 2018-03-31' END
           AS period,
       coalesce(nullif(trim(district), ''), 'no district recorded') AS district, home_force,
       home_force <> (SELECT force FROM about) AS away,
       date_sub('year', coalesce(s.date_of_birth, b.date_of_birth), happened_on) AS age
FROM stop_checks s LEFT JOIN born b ON id = person_id WHERE transient_dealer;

-- table dealer_homes: period, district | stops, home_known, out_of_force, out_juveniles
SELECT period, coalesce(district, 'all districts') AS district, count(*) AS stops, count(home_force) AS home_known,
       count(*) FILTER (away) AS out_of_force, count(*) FILTER (away AND age < 18) AS out_juveniles
FROM dealer WHERE period IS NOT NULL GROUP BY GROUPING SETS ((period, district), (period));

-- table home_forces: home_force | stops, juveniles, age_unknown
WITH of_force AS (
    SELECT home_force, away, count(*) AS stops, count(*) FILTER (age < 18) AS juveniles,
           count(*) FILTER (age IS NULL) AS age_unknown
    FROM dealer WHERE period = '2018-04-01 to 2019-03-31' GROUP BY ALL)
SELECT CASE WHEN home_force IS NULL THEN 'not recorded' WHEN NOT away THEN 'this force'
            WHEN stops >= 5 THEN home_force ELSE 'other forces' END AS home_force,
       sum(stops) AS stops, sum(juveniles) AS juveniles, sum(age_unknown) AS age_unknown
FROM of_force GROUP BY 1;

-- table exploitation_crimes: by, value | crimes, crimes_before
WITH marked AS (SELECT w, grp, string_split(flags, '|') AS marks FROM c WHERE flags IS NOT NULL AND w IN ('now', 'before')),
slavery AS (SELECT *, list_contains(marks, 'cse') AS s, list_contains(marks, 'cce') AS k FROM marked
            WHERE list_contains(marks, 'modern_slavery')),
every AS (
    SELECT 'marker' AS "by", words AS value, w FROM marked JOIN (VALUES
        ('cse', 'sexual exploitation of a child (cse)'), ('cce', 'criminal exploitation of a child (cce)'),
        ('modern_slavery', 'modern slavery')) AS named(mark, words) ON list_contains(marks, mark)
    UNION ALL SELECT 'modern slavery by type', CASE WHEN s AND k THEN 'sexual and criminal, of a child'
        WHEN s THEN 'sexual, of a child' WHEN k THEN 'criminal, of a child' ELSE 'type not recorded' END, w FROM slavery
    UNION ALL SELECT 'modern slavery by offence', grp, w FROM slavery)
SELECT "by", value, count(*) FILTER (w = 'now') AS crimes, count(*) FILTER (w = 'before') AS crimes_before
FROM every GROUP BY ALL;

-- table cse_ages: age | female, male, other, children
SELECT coalesce(date_sub('year', date_of_birth, cse_flagged_on)::VARCHAR, 'not known') AS age,
       count(*) FILTER (lower(sex) LIKE 'f%') AS female, count(*) FILTER (lower(sex) LIKE 'm%') AS male,
       count(*) FILTER (sex IS NULL OR lower(left(sex, 1)) NOT IN ('f', 'm')) AS other, count(*) AS children
FROM children WHERE cse_flagged_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' GROUP BY 1;

-- table cse_ethnicity: ethnicity | children
SELECT CASE left(ethnicity, 1) WHEN 'W' THEN 'white' WHEN 'M' THEN 'mixed' WHEN 'A' THEN 'Asian' WHEN 'B' THEN 'black'
            WHEN 'O' THEN 'other' ELSE 'not recorded' END AS ethnicity, count(*) AS children
FROM children WHERE cse_flagged_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' GROUP BY 1;

-- table cse_districts: district | children, children_before, crimes, crimes_before, cce_crimes, cce_crimes_before
WITH rows AS (
    SELECT district, 'child' AS what, cse_flagged_on >= DATE '2018-04-01' AS now FROM children
    WHERE cse_flagged_on BETWEEN DATE '2017-04-01' AND DATE '2019-03-31'
    UNION ALL SELECT place, mark, w = 'now' FROM (SELECT place, w, unnest(string_split(flags, '|')) AS mark FROM c
    WHERE flags IS NOT NULL AND w IN ('now', 'before')) WHERE mark IN ('cse', 'cce'))
SELECT coalesce(nullif(trim(district), ''), 'no district recorded') AS district,
       count(*) FILTER (what = 'child' AND now) AS children, count(*) FILTER (what = 'child' AND NOT now) AS children_before,
       count(*) FILTER (what = 'cse' AND now) AS crimes, count(*) FILTER (what = 'cse' AND NOT now) AS crimes_before,
       count(*) FILTER (what = 'cce' AND now) AS cce_crimes, count(*) FILTER (what = 'cce' AND NOT now) AS cce_crimes_before
FROM rows GROUP BY 1;

-- prepare
CREATE TABLE concerned AS
SELECT child_id AS id FROM child_risks UNION SELECT person_id FROM referrals WHERE kind = 'nrm';
CREATE TABLE who AS
SELECT id, max(date_of_birth) AS born, arg_min(sex, rank) AS sex, arg_min(district, rank) AS district FROM (
    SELECT child_id AS id, date_of_birth, sex, district, 1 AS rank FROM children SEMI JOIN concerned ON id = child_id
    UNION ALL SELECT nominal_id, date_of_birth, sex, district, 2 FROM nominals SEMI JOIN concerned ON id = nominal_id
    UNION ALL SELECT person_id, date_of_birth, sex, district, 3 FROM people SEMI JOIN concerned ON id = person_id)
GROUP BY id;
CREATE TABLE assessed AS
SELECT day, child_id, exploitation, level, date_sub('year', born, day) AS age, sex, district FROM (
    SELECT day, child_id, exploitation, level FROM child_risks
    JOIN (VALUES (DATE '2019-03-31'), (DATE '2018-03-31')) AS judged(day) ON assessed_on <= day
    QUALIFY row_number() OVER (PARTITION BY day, child_id, exploitation ORDER BY assessed_on DESC) = 1)
JOIN who ON id = child_id;

-- table child_risk_levels: exploitation, level | children, children_before
SELECT exploitation, CASE WHEN age >= 18 THEN 'turned 18: not counted' ELSE level END AS level,
       count(*) FILTER (day = DATE '2019-03-31') AS children, count(*) FILTER (day = DATE '2018-03-31') AS children_before
FROM assessed GROUP BY ALL
UNION ALL
SELECT 'sexual', 'never assessed: not known', count(*) FILTER (day = DATE '2019-03-31'),
       count(*) FILTER (day = DATE '2018-03-31')
FROM children k JOIN (VALUES (DATE '2019-03-31'), (DATE '2018-03-31')) AS judged(day) ON cse_flagged_on <= day
WHERE date_sub('year', date_of_birth, day) < 18 AND NOT EXISTS (SELECT 1 FROM assessed a
    WHERE a.child_id = k.child_id AND a.day = judged.day AND exploitation = 'sexual');

-- table child_risk_ages: exploitation, age | female, male, children
SELECT exploitation, age, count(*) FILTER (sex = 'female') AS female, count(*) FILTER (sex = 'male') AS male,
       count(*) AS children
FROM assessed WHERE day = DATE '2019-03-31' AND level IN ('medium', 'high') AND age < 18 GROUP BY ALL;

-- table child_risk_districts: district | sexual, criminal
SELECT district, count(*) FILTER (exploitation = 'sexual') AS sexual, count(*) FILTER (exploitation = 'criminal') AS criminal
FROM assessed WHERE day = DATE '2019-03-31' AND level IN ('medium', 'high') AND age < 18 GROUP BY ALL;

-- prepare
CREATE TABLE told AS
SELECT *, reported_on >= DATE '2018-04-01' AS now FROM (
    SELECT reported_on, origin, coalesce(sector, 'not recorded') AS sector, district,
           list_intersect(string_split(topics, '|'), ['cse', 'cce', 'modern_slavery', 'county_line']) AS about
    FROM intel_reports WHERE topics IS NOT NULL AND reported_on BETWEEN DATE '2017-04-01' AND DATE '2019-03-31')
WHERE len(about) > 0;

-- table exploitation_reports: origin, sector | reports, reports_before
SELECT CASE origin WHEN 'cpi_form' THEN 'partner''s form (CPI)' ELSE origin END AS origin,
       CASE origin WHEN 'police' THEN 'police' ELSE sector END AS sector,
       count(*) FILTER (now) AS reports, count(*) FILTER (NOT now) AS reports_before
FROM told GROUP BY ALL;

-- table exploitation_topics: topic | reports, reports_before
SELECT replace(topic, '_', ' ') AS topic, count(*) FILTER (now) AS reports, count(*) FILTER (NOT now) AS reports_before
FROM (SELECT now, unnest(about) AS topic FROM told) GROUP BY ALL;

-- table exploitation_report_districts: district | reports, reports_before, per_10000
SELECT district, reports, reports_before, 10000 * reports / population AS per_10000
FROM (SELECT coalesce(district, 'no district recorded') AS district, count(*) FILTER (now) AS reports,
             count(*) FILTER (NOT now) AS reports_before FROM told GROUP BY ALL)
LEFT JOIN (SELECT district, sum(population) AS population FROM wards GROUP BY 1
           HAVING count(population) = count(*)) USING (district);

-- prepare
CREATE TABLE referred AS
SELECT row_number() OVER () AS n, *, coalesce(lead(made_on) OVER (PARTITION BY person_id ORDER BY made_on), DATE '9999-01-01')
       AS following FROM (SELECT person_id, made_on FROM referrals WHERE kind = 'nrm');
CREATE TABLE staged AS
SELECT n, stage, decided_on, exploitation FROM referred JOIN nrm_stages USING (person_id)
WHERE decided_on >= made_on AND decided_on < following;
CREATE TABLE come_to AS
SELECT referred.n, made_on >= DATE '2018-04-01' AS now, made_on, born, district,
       arg_max(stage, {d: decided_on, r: list_position(['referred', 'reasonable_grounds', 'conclusive_grounds', 'negative'], stage)})
           FILTER (decided_on <= CASE WHEN made_on >= DATE '2018-04-01' THEN DATE '2019-03-31' ELSE DATE '2018-03-31' END) AS stage,
       max(exploitation) AS exploitation,
       count(*) FILTER (decided_on <= DATE '2019-03-31') AS stages,
       min(decided_on) FILTER (decided_on <= DATE '2019-03-31' AND stage <> 'referred') AS decided,
       min(decided_on) FILTER (decided_on <= DATE '2019-03-31' AND stage = 'reasonable_grounds') AS granted,
       min(decided_on) FILTER (decided_on <= DATE '2019-03-31' AND stage IN ('conclusive_grounds', 'negative')) AS final
FROM referred LEFT JOIN staged USING (n) LEFT JOIN who ON id = person_id
WHERE made_on BETWEEN DATE '2017-04-01' AND DATE '2019-03-31' GROUP BY ALL;

-- table nrm_cases: by, value | referrals
WITH every AS (
    SELECT now, 'stage reached' AS "by", CASE stage WHEN 'conclusive_grounds' THEN 'conclusive grounds: a victim'
        WHEN 'reasonable_grounds' THEN 'reasonable grounds: a potential victim'
        WHEN 'negative' THEN 'negative decision: no victim' WHEN 'referred' THEN 'referred: no decision yet'
        ELSE 'no stage on record: not known' END AS value FROM come_to
    UNION ALL SELECT now, 'type of exploitation', coalesce(replace(exploitation, '_', ' '), 'not known') FROM come_to
    UNION ALL SELECT now, 'district', coalesce(district, 'no district recorded') FROM come_to
    UNION ALL SELECT now, 'age at referral', CASE WHEN age < 10 THEN '0 to 9' WHEN age < 15 THEN '10 to 14'
        WHEN age < 18 THEN '15 to 17' WHEN age < 25 THEN '18 to 24' WHEN age >= 25 THEN '25 and over' ELSE 'not known' END
    FROM (SELECT now, date_sub('year', born, made_on) AS age FROM come_to))
SELECT "by", value, count(*) FILTER (now) AS referrals, count(*) FILTER (NOT now) AS referrals_before FROM every GROUP BY ALL;

-- table nrm_waits: referred, step | cases, decided, waiting, no_day, days_decided, days_waiting
WITH steps AS (
    SELECT now, 'referral to first decision' AS step, stages > 0 AS known, made_on AS start, decided AS done FROM come_to
    UNION ALL SELECT now, 'reasonable grounds to final decision', true, granted, final FROM come_to
    WHERE granted IS NOT NULL)
SELECT CASE WHEN now THEN '2018-04-01 to 2019-03-31' ELSE '2017-04-01 to 2018-03-31' END AS referred, step,
       count(*) AS cases, count(*) FILTER (known AND done IS NOT NULL) AS decided,
       count(*) FILTER (known AND done IS NULL) AS waiting, count(*) FILTER (NOT known) AS no_day,
       floor(median(done - start) FILTER (known AND done IS NOT NULL) + .5) AS days_decided,
       floor(median(DATE '2019-03-31' - start) FILTER (known AND done IS NULL) + .5) AS days_waiting
FROM steps GROUP BY ALL;

-- prepare
CREATE TABLE money AS
SELECT c.*, coalesce(list_contains(string_split(flags, '|'), 'cyber'), false) AS cyber,
       regexp_extract(offence_code, '^NFIB([0-9]+)', 1) AS bureau
FROM c WHERE w IN ('now', 'before') AND (offence_code LIKE 'NFIB%' OR offence_code IN ('33A', '60', '61', '61A', '814', '38')
                                         OR list_contains(string_split(flags, '|'), 'cyber'));
CREATE OR REPLACE TABLE money AS
SELECT *, CASE WHEN bureau IN ('50', '51', '52') THEN 'computer misuse'
               WHEN bureau <> '' OR offence_code IN ('33A', '60', '61', '61A', '814') THEN 'fraud'
               WHEN offence_code = '38' THEN 'money laundering' ELSE 'other offences marked cyber' END AS kind,
       CASE bureau WHEN '1' THEN 'advance fee fraud' WHEN '2' THEN 'financial investment fraud' WHEN '3' THEN 'consumer fraud'
                   WHEN '4' THEN 'charity fraud' WHEN '5' THEN 'banking and credit fraud' WHEN '6' THEN 'insurance fraud'
                   WHEN '50' THEN 'viruses and malware' WHEN '51' THEN 'denial of service' WHEN '52' THEN 'hacking'
                   WHEN '90' THEN 'other fraud' WHEN '8' THEN 'business and trade fraud' WHEN '9' THEN 'business and trade fraud'
                   WHEN '13' THEN 'fraud against public bodies and pensions'
                   ELSE CASE WHEN offence_code = '38' THEN 'proceeds of crime'
                             WHEN offence_code IN ('33A', '60', '61', '61A', '814') THEN 'forgery and articles for fraud'
                             ELSE family END END AS category
FROM money;

-- table prosperity: kind, category | crimes, crimes_before, severity, harm_unknown, marked_cyber, loss_recorded, loss, loss_median
SELECT kind, coalesce(category, 'all of these') AS category, count(*) FILTER (w = 'now') AS crimes,
       count(*) FILTER (w = 'before') AS crimes_before, sum(weight) FILTER (w = 'now') AS severity,
       count(*) FILTER (w = 'now' AND weight IS NULL) AS harm_unknown, count(*) FILTER (w = 'now' AND cyber) AS marked_cyber,
       count(loss) FILTER (w = 'now') AS loss_recorded, sum(loss) FILTER (w = 'now') AS loss,
       median(loss) FILTER (w = 'now') AS loss_median
FROM money GROUP BY GROUPING SETS ((kind, category), (kind));

-- table prosperity_victims: kind, victim | crimes
SELECT kind, coalesce(replace(victim_kind, '_', ' '), 'not recorded') AS victim, count(*) AS crimes
FROM money WHERE w = 'now' AND kind <> 'other offences marked cyber' GROUP BY ALL;

-- table prosperity_districts: district | fraud, fraud_before, computer_misuse, computer_misuse_before, money_laundering, money_laundering_before
SELECT CASE WHEN grouping(place) = 1 THEN 'all districts' WHEN place = '' THEN 'no district recorded' ELSE place END AS district,
       count(*) FILTER (kind = 'fraud' AND w = 'now') AS fraud, count(*) FILTER (kind = 'fraud' AND w = 'before') AS fraud_before,
       count(*) FILTER (kind = 'computer misuse' AND w = 'now') AS computer_misuse,
       count(*) FILTER (kind = 'computer misuse' AND w = 'before') AS computer_misuse_before,
       count(*) FILTER (kind = 'money laundering' AND w = 'now') AS money_laundering,
       count(*) FILTER (kind = 'money laundering' AND w = 'before') AS money_laundering_before
FROM money WHERE kind <> 'other offences marked cyber' GROUP BY GROUPING SETS ((place), ());

-- prepare
CREATE TABLE live AS
SELECT ocg_id, coalesce(pillar, 'not recorded') AS pillar FROM ocgs
WHERE coalesce(mapped_on <= DATE '2019-03-31', true) AND coalesce(archived_on > DATE '2019-03-31', status IS DISTINCT FROM 'archived');
CREATE TABLE member AS
SELECT DISTINCT ocg_id, pillar, nominal_id FROM memberships JOIN live USING (ocg_id)
WHERE coalesce(from_date <= DATE '2019-03-31', true) AND coalesce(to_date >= DATE '2019-03-31', true)
      AND nominal_id IN (SELECT nominal_id FROM nominals WHERE coalesce(review_due >= DATE '2019-03-31', true));
CREATE TABLE member_crime AS
SELECT DISTINCT ocg_id, pillar, crime_id, c.weight, CASE WHEN kind IS NULL OR kind LIKE 'other%' THEN c.family ELSE kind END AS offences
FROM member JOIN crime_links ON person_id = nominal_id JOIN c USING (crime_id) LEFT JOIN money USING (crime_id)
WHERE c.w = 'now' AND link_role IN ('arrested', 'suspect', 'charged', 'convicted');
CREATE TABLE young AS
SELECT id, date_of_birth FROM (
    SELECT child_id AS id FROM children UNION SELECT child_id FROM family_links UNION SELECT child_id FROM missing_episodes
    UNION SELECT child_id FROM child_aces) LEFT JOIN born USING (id)
WHERE coalesce(date_of_birth > DATE '2001-03-31' AND date_of_birth <= DATE '2019-03-31', true);
CREATE TABLE family AS
SELECT DISTINCT child_id AS id, pillar FROM family_links JOIN member ON nominal_id = adult_id
WHERE relationship IN ('parent', 'step_parent', 'guardian') AND coalesce(recorded_on <= DATE '2019-03-31', true)
      AND child_id IN (SELECT id FROM young);

-- table pillars: pillar | groups, members, crimes, severity, harm_unknown, children
SELECT pillar, groups, members, crimes, severity, harm_unknown, children
FROM (SELECT pillar, count(*) AS groups FROM live GROUP BY 1)
LEFT JOIN (SELECT pillar, count(DISTINCT nominal_id) AS members FROM member GROUP BY 1) USING (pillar)
LEFT JOIN (SELECT pillar, count(*) AS crimes, sum(weight) AS severity, count(*) FILTER (weight IS NULL) AS harm_unknown
           FROM (SELECT DISTINCT pillar, crime_id, weight FROM member_crime) GROUP BY 1) USING (pillar)
LEFT JOIN (SELECT pillar, count(*) AS children FROM family GROUP BY 1) USING (pillar);

-- table group_activities: ocg_id | crimes, counted_crimes
SELECT ocg_id, sum(n) AS crimes, max(n) AS counted_crimes
FROM (SELECT ocg_id, offences, count(*) AS n FROM member_crime GROUP BY ALL) GROUP BY 1;

-- prepare
CREATE TABLE ace_told AS
SELECT CASE WHEN id IN (SELECT id FROM family) THEN 'linked to a group by family' ELSE 'other known children' END AS who, id,
       ace, coalesce(max(replace(status, '_', ' ')), 'unknown') AS status
FROM young CROSS JOIN (SELECT DISTINCT ace FROM child_aces)
LEFT JOIN (SELECT child_id AS id, ace, status FROM child_aces WHERE coalesce(recorded_on <= DATE '2019-03-31', true)) USING (id, ace)
GROUP BY ALL;
CREATE TABLE each_child AS
SELECT who, id, count(*) FILTER (status = 'observed') AS seen, count(*) FILTER (status <> 'not observed') AS possible
FROM ace_told GROUP BY ALL;
CREATE TABLE episode AS
SELECT child_id AS id, CASE WHEN missing_from::DATE BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' THEN 'now'
                            WHEN missing_from::DATE BETWEEN DATE '2017-04-01' AND DATE '2018-03-31' THEN 'before' END AS w,
       CASE WHEN return_interview_at > found_at + INTERVAL 72 HOUR THEN 'held late'
            WHEN return_interview_at IS NOT NULL THEN 'held in time'
            WHEN interview_refused_on IS NOT NULL THEN 'refused by the child' WHEN found_at IS NULL THEN 'no return recorded'
            WHEN found_at + INTERVAL 72 HOUR < TIMESTAMP '2019-04-01' THEN 'outstanding' ELSE 'not due yet' END AS interview
FROM missing_episodes;
CREATE TABLE named AS
SELECT person_id AS id, bool_or(link_role IN ('arrested', 'suspect', 'charged', 'convicted')) AS suspect,
       bool_or(link_role = 'victim') AS victim,
       bool_or(coalesce(flags ~ '(^|.*\|)(cse|cce)(\|.*|$)', false)) AS exploited
FROM crime_links JOIN c USING (crime_id) WHERE w = 'now' AND person_id IN (SELECT id FROM young) GROUP BY 1;
CREATE TABLE at_risk_now AS
SELECT DISTINCT child_id AS id FROM (
    SELECT child_id, exploitation, arg_max(level, coalesce(assessed_on, DATE '1900-01-01')) AS level FROM child_risks
    WHERE coalesce(assessed_on <= DATE '2019-03-31', true) GROUP BY ALL) WHERE level IN ('medium', 'high');

-- table aces: who, experience, status | children
SELECT who, replace(ace, '_', ' ') AS experience, status, count(*) AS children FROM ace_told GROUP BY ALL;

-- table aces_together: who, observed | children, four_not_ruled_out
SELECT who, CASE WHEN seen >= 4 THEN '4 or more' WHEN seen = 0 THEN 'none' ELSE seen::VARCHAR END AS observed, count(*) AS children,
       count(*) FILTER (seen < 4 AND possible >= 4) AS four_not_ruled_out
FROM each_child GROUP BY ALL;

-- table missing_links: episodes | children, suspect, victim, flagged, at_risk
SELECT CASE WHEN n IS NULL THEN 'none' WHEN n = 1 THEN '1' WHEN n < 4 THEN '2 to 3' ELSE '4 or more' END AS episodes,
       count(*) AS children, count(*) FILTER (suspect) AS suspect, count(*) FILTER (victim) AS victim,
       count(*) FILTER (exploited OR id IN (SELECT child_id FROM children
                                            WHERE cse_flagged_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31')) AS flagged,
       count(*) FILTER (id IN (SELECT id FROM at_risk_now)) AS at_risk
FROM young LEFT JOIN (SELECT id, count(*) AS n FROM episode WHERE w = 'now' GROUP BY 1) USING (id) LEFT JOIN named USING (id)
GROUP BY 1;

-- table missing_interviews: interview | episodes, episodes_before
SELECT interview, count(*) FILTER (w = 'now') AS episodes, count(*) FILTER (w = 'before') AS episodes_before
FROM episode WHERE w IS NOT NULL GROUP BY 1;
