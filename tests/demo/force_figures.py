"""Counts the profile's figures with DuckDB straight from a force's CSV files: it shares no code with the package.

Only the weights and the groups of offences are read from the files that the package ships.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

ROOT = Path(__file__).parent.parent.parent
WEIGHTS = ROOT / "src" / "ocgnet" / "data" / "ons_crime_severity_weights.csv"
OFFENCE_GROUPS = ROOT / "src" / "ocgnet" / "data" / "offence_groups.csv"
YEAR_OF_CUSTODY = 365
"""Days of custody: an offence, or a person's harm in the year, from which the profile speaks of high harm."""

RAPE = "'19C', '19D', '19E', '19F', '19G', '19H', '19J', '19K'"
GROUPS = {
    "residential_burglary": "'28A', '28B', '28C', '28D', '28E', '28F', '28G', '28H', '29', '29A'",
    "possession_of_weapons": "'10A', '10B', '10C', '10D', '81', '90'",
    "robbery_personal": "'34B'",
}

_VIEWS = f"""
CREATE TABLE weight AS
  SELECT trim(part) AS code, weight FROM (
    SELECT unnest(CASE WHEN ho_code LIKE '%4.1/%' THEN ['1', '4.1', '4.2', '4.10'] ELSE [ho_code] END) AS part,
           CAST(weight AS DOUBLE) AS weight
    FROM read_csv('{WEIGHTS}', header = true, all_varchar = true));
CREATE TABLE grp AS SELECT * FROM read_csv('{OFFENCE_GROUPS}', header = true, all_varchar = true);
CREATE TABLE c AS
  SELECT crime_id, offence_code AS code, district, ward, flags, private_space,
         CAST(coalesce(recorded_on, occurred_on) AS DATE) AS counted_on,
         CAST(coalesce(occurred_on, recorded_on) AS DATE) AS happened_on, weight
  FROM crimes LEFT JOIN weight ON offence_code = weight.code;
CREATE VIEW now AS SELECT * FROM c WHERE counted_on BETWEEN DATE '2018-04-01' AND DATE '2019-03-31';
CREATE VIEW before AS SELECT * FROM c WHERE counted_on BETWEEN DATE '2017-04-01' AND DATE '2018-03-31';
CREATE VIEW base AS SELECT * FROM c WHERE counted_on BETWEEN DATE '2016-04-01' AND DATE '2017-03-31';
CREATE VIEW area AS SELECT * FROM now
  WHERE district IN (SELECT district FROM wards WHERE area = 'Hampshire');
CREATE VIEW born AS
  SELECT person_id AS id, date_of_birth FROM people
  UNION ALL SELECT nominal_id, date_of_birth FROM nominals
  UNION ALL SELECT child_id, date_of_birth FROM children WHERE child_id NOT IN (SELECT nominal_id FROM nominals);
CREATE TABLE struck AS
  SELECT person_id, crime_id, happened_on, weight / count(*) OVER (PARTITION BY crime_id) AS part
  FROM (SELECT DISTINCT person_id, crime_id FROM crime_links WHERE link_role = 'victim') JOIN now USING (crime_id)
  WHERE weight IS NOT NULL;
CREATE TABLE caused AS
  SELECT person_id, crime_id, relationship, district, weight / count(*) OVER (PARTITION BY crime_id) AS part
  FROM (SELECT person_id, crime_id, max(relationship_to_victim) AS relationship FROM crime_links
        WHERE link_role IN ('arrested', 'suspect', 'charged', 'convicted') GROUP BY ALL) JOIN now USING (crime_id)
  WHERE weight IS NOT NULL;
CREATE VIEW hurt AS SELECT person_id, sum(part) AS harm FROM struck GROUP BY ALL;
CREATE VIEW blamed AS SELECT person_id, sum(part) AS harm FROM caused GROUP BY ALL;
CREATE VIEW dealers AS SELECT *, CAST(happened_on AS DATE) AS stopped,
    CAST(date_of_birth AS DATE) + INTERVAL 18 YEAR > CAST(happened_on AS DATE) AS juvenile
  FROM stop_checks WHERE transient_dealer = 'true';
CREATE VIEW flagged AS
  SELECT *, date_diff('year', CAST(date_of_birth AS DATE), CAST(cse_flagged_on AS DATE))
    - CASE WHEN strftime(CAST(date_of_birth AS DATE), '%m%d') > strftime(CAST(cse_flagged_on AS DATE), '%m%d')
      THEN 1 ELSE 0 END AS age
  FROM children WHERE cse_flagged_on BETWEEN '2018-04-01' AND '2019-03-31';
"""
_STOPPED = "stopped BETWEEN DATE '2018-04-01' AND DATE '2019-03-31'"
_HAVING = f"avg(CASE WHEN harm >= {YEAR_OF_CUSTODY} THEN 1.0 ELSE 0 END)"
_BEARING = f"sum(harm) FILTER (harm >= {YEAR_OF_CUSTODY}) / sum(harm)"
_CSE = "SELECT district, count(*) AS n FROM {} WHERE flags LIKE '%cse%' AND district IS NOT NULL GROUP BY ALL"

WARD_NAMES = {
    "ward_bargate": "Bargate",
    "ward_charles_dickens": "Charles Dickens",
    "ward_eastrop": "Eastrop",
    "ward_owslebury_curdridge": "Owslebury and Curdridge",
    "ward_frogmore_darby_green": "Frogmore and Darby Green",
    "ward_crondall": "Crondall",
}
THREATS = {
    "Bargate": {"violence without injury": 0.17, "shoplifting": 0.16},
    "Charles Dickens": {"violence without injury": 0.23, "violence with injury": 0.18},
    "Eastrop": {"shoplifting": 0.16, "violence without injury": 0.15, "violence with injury": 0.14},
    "Owslebury and Curdridge": {"violence without injury": 0.32, "other sexual offences": 0.14},
    "Frogmore and Darby Green": {"violence with injury": 0.22, "violence without injury": 0.19},
    "Crondall": {"violence without injury": 0.32, "criminal damage": 0.18},
}

QUESTIONS = {
    "severity_total": "SELECT sum(weight) FROM now",
    "severity_laa_total": "SELECT sum(weight) FROM area",
    "severity_laa_share": "SELECT (SELECT sum(weight) FROM area) / (SELECT sum(weight) FROM now)",
    "severity_change": "SELECT (SELECT sum(weight) FROM now) / (SELECT sum(weight) FROM before) - 1",
    "volume_change": "SELECT (SELECT count(*) FROM now) / (SELECT count(*) FROM before) - 1",
    "rape_share_of_crime": f"SELECT avg(CASE WHEN code IN ({RAPE}) THEN 1.0 ELSE 0 END) FROM now",
    "rape_share_of_harm": f"SELECT sum(weight) FILTER (code IN ({RAPE})) / sum(weight) FROM now",
    "rape_private_space": f"SELECT avg(CASE WHEN private_space = 'true' THEN 1.0 ELSE 0 END) FROM now"
    f" WHERE code IN ({RAPE}) AND private_space IS NOT NULL",
    "other_high_harm_private_space": f"SELECT avg(CASE WHEN private_space = 'true' THEN 1.0 ELSE 0 END) FROM now"
    f" WHERE weight >= {YEAR_OF_CUSTODY} AND code NOT IN ({RAPE}) AND private_space IS NOT NULL",
    **{
        f"harm_change_{name}": f"SELECT (SELECT sum(weight) FROM now WHERE code IN ({GROUPS[name]}))"
        f" / (SELECT sum(weight) FROM base WHERE code IN ({GROUPS[name]})) - 1"
        for name in ("residential_burglary", "possession_of_weapons", "robbery_personal")
    },
    **{
        figure: f"SELECT sum(weight) FILTER (ward = '{ward}') / sum(weight) FROM now"
        for figure, ward in WARD_NAMES.items()
    },
    "victims_few": f"SELECT {_HAVING} FROM hurt",
    "victims_few_harm": f"SELECT {_BEARING} FROM hurt",
    "offenders_few": f"SELECT {_HAVING} FROM blamed",
    "offenders_few_harm": f"SELECT {_BEARING} FROM blamed",
    "harm_age_10_24": "SELECT sum(part) FILTER (CAST(date_of_birth AS DATE) + INTERVAL 10 YEAR <= happened_on"
    " AND CAST(date_of_birth AS DATE) + INTERVAL 25 YEAR > happened_on) / (SELECT sum(weight) FROM now)"
    " FROM struck JOIN born ON id = person_id",
    "harm_by_acquaintance_laa": "SELECT sum(part) / (SELECT sum(weight) FROM area) FROM caused"
    " WHERE relationship = 'acquaintance' AND district IN (SELECT district FROM area)",
    "harm_by_stranger_laa": "SELECT sum(part) / (SELECT sum(weight) FROM area) FROM caused"
    " WHERE relationship = 'stranger' AND district IN (SELECT district FROM area)",
    "cse_modal_age": "SELECT mode(age) FROM flagged",
    "cse_female": "SELECT avg(CASE WHEN sex = 'female' THEN 1.0 ELSE 0 END) FROM flagged WHERE sex IS NOT NULL",
    "cse_districts_up": f"SELECT count(*) FROM ({_CSE.format('now')}) n LEFT JOIN ({_CSE.format('before')}) b"
    " USING (district) WHERE n.n > coalesce(b.n, 0)",
    "transient_dealers_before": "SELECT count(*) FROM dealers"
    " WHERE stopped BETWEEN DATE '2017-04-01' AND DATE '2018-03-31'",
    "transient_juveniles_before": "SELECT avg(CAST(juvenile AS INT)) FROM dealers"
    " WHERE stopped BETWEEN DATE '2017-04-01' AND DATE '2018-03-31'",
    "transient_dealers": f"SELECT count(*) FROM dealers WHERE {_STOPPED}",
    "transient_juveniles": f"SELECT avg(CAST(juvenile AS INT)) FROM dealers WHERE {_STOPPED}",
    "transient_juveniles_basingstoke": f"SELECT avg(CAST(juvenile AS INT)) FROM dealers"
    f" WHERE {_STOPPED} AND district = 'Basingstoke and Deane'",
    "nrm_referrals": "SELECT count(DISTINCT person_id) FROM referrals"
    " WHERE kind = 'nrm' AND made_on BETWEEN '2018-04-01' AND '2019-03-31'",
    "talon_nrm_children": """
      SELECT count(DISTINCT v.person_id) FROM crime_links v JOIN crime_links s USING (crime_id)
      JOIN memberships m ON m.nominal_id = s.person_id AND m.to_date IS NULL JOIN ocgs o USING (ocg_id)
      JOIN referrals r ON r.person_id = v.person_id JOIN children k ON k.child_id = v.person_id
      WHERE o.name = 'OCG Talon' AND v.link_role = 'victim'
        AND s.link_role IN ('arrested', 'suspect', 'charged', 'convicted')
        AND r.kind = 'nrm' AND r.outcome IN ('reasonable grounds', 'conclusive grounds')""",
}
"""SQL by figure_id, for everything but the districts' severities and the groups' own figures."""


class ForceFigures:
    """A force's folder in DuckDB.

    Parameters
    ----------
    folder : pathlib.Path
        Data folder.
    """

    def __init__(self, folder: Path) -> None:
        self.db = duckdb.connect()
        for path in sorted(folder.glob("*.csv")):
            self.db.execute(
                f"CREATE VIEW {path.stem} AS SELECT * FROM read_csv('{path}', all_varchar = true, header = true,"
                " quote = '\"', delim = ',', escape = '\"')"
            )
        self.db.execute(_VIEWS)

    def one(self, sql: str) -> float:
        """Return the single number a query answers."""
        row = self.db.execute(sql).fetchone()
        assert row is not None
        return float(row[0])

    def figure(self, figure_id: str) -> float:
        """Return a figure."""
        return self.one(QUESTIONS[figure_id])

    def severity(self) -> dict[str, float]:
        """Return the severity of each district in the year."""
        rows = self.db.execute(
            "SELECT district, sum(weight) FROM now WHERE district IS NOT NULL GROUP BY ALL"
        ).fetchall()
        return {str(d): float(w) for d, w in rows}

    def shares(self, ward: str) -> dict[str, float]:
        """Return the share of a ward's crimes of each group of offences, the largest first."""
        rows = self.db.execute(
            'SELECT "group", count(*) / sum(count(*)) OVER () FROM now LEFT JOIN grp USING (code)'
            " WHERE ward = ? GROUP BY ALL ORDER BY 2 DESC",
            [ward],
        ).fetchall()
        return {str(g): float(share) for g, share in rows}
