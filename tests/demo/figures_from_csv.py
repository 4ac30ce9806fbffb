"""Counts a county's figures with DuckDB straight from its CSV files: an oracle that shares no code with the package."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

_USABLE = """
    NOT (grading_scheme = '3x5x2' AND (source_grade = '3' OR intelligence_grade = 'E'))
    AND NOT (grading_scheme = '5x5x5' AND (source_grade = 'D' OR intelligence_grade = '5'))
    AND (review_due IS NULL OR CAST(review_due AS DATE) >= CAST(getvariable('as_of') AS DATE))
"""


class Figures:
    """One county on one day and in one period.

    Parameters
    ----------
    folder : pathlib.Path
        Data folder.
    as_of, first : str
        ISO day at which memberships are judged and with which the period ends, and first day of the period.
    """

    def __init__(self, folder: Path, as_of: str = "2019-03-31", first: str = "2018-04-01") -> None:
        self.db = duckdb.connect()
        for path in sorted(folder.glob("*.csv")):
            self.db.execute(
                f"CREATE TABLE {path.stem} AS SELECT * FROM read_csv(?, all_varchar = true, header = true)", [str(path)]
            )
        self.db.execute(f"SET VARIABLE as_of = '{as_of}'; SET VARIABLE first = '{first}'")
        self.db.execute(
            f"""
            CREATE VIEW live AS SELECT * FROM ocgs
              WHERE mapped_on <= getvariable('as_of') AND (archived_on IS NULL OR archived_on > getvariable('as_of'));
            CREATE VIEW members AS SELECT nominal_id, ocg_id, role FROM memberships SEMI JOIN live USING (ocg_id)
              SEMI JOIN (SELECT * FROM nominals WHERE review_due IS NULL OR review_due >= getvariable('as_of'))
                USING (nominal_id)
              WHERE from_date <= getvariable('as_of') AND (to_date IS NULL OR to_date >= getvariable('as_of'));
            CREATE VIEW crime_of AS SELECT DISTINCT person_id, crime_id AS event FROM crime_links
              JOIN crimes USING (crime_id)
              WHERE link_role IN ('arrested', 'suspect', 'charged', 'convicted')
                AND coalesce(recorded_on, occurred_on) BETWEEN getvariable('first') AND getvariable('as_of');
            CREATE VIEW report_of AS SELECT DISTINCT person_id, report_id AS event FROM intel_links
              JOIN intel_reports USING (report_id)
              WHERE reported_on BETWEEN getvariable('first') AND getvariable('as_of') AND {_USABLE};
            CREATE VIEW parents AS SELECT DISTINCT adult_id, child_id FROM family_links
              SEMI JOIN members ON adult_id = members.nominal_id
              JOIN (SELECT child_id AS id, date_of_birth FROM children
                    UNION SELECT person_id, date_of_birth FROM people) ON id = family_links.child_id
              WHERE relationship IN ('parent', 'step_parent', 'guardian')
                AND CAST(date_of_birth AS DATE) + INTERVAL 18 YEAR > CAST(getvariable('as_of') AS DATE);
            """
        )

    def one(self, sql: str) -> int:
        """Return the single number a query answers."""
        row = self.db.execute(sql).fetchone()
        assert row is not None
        return int(row[0])

    def frame(self, sql: str) -> pd.DataFrame:
        """Return the rows a query answers."""
        return self.db.execute(sql).df()

    def links(self, what: str) -> pd.DataFrame:
        """Return (person_id, event) of members only; ``what`` is ``crime_of`` or ``report_of``."""
        return self.frame(f"SELECT person_id, event FROM {what} SEMI JOIN members ON person_id = nominal_id")

    def fractional(self, what: str) -> pd.Series:
        """Return each member's share of the events, every event split evenly over its members."""
        links = self.links(what)
        part = 1 / links.groupby("event")["person_id"].transform("size")
        return part.groupby(links["person_id"]).sum() / links["event"].nunique()

    def top(self, k: int) -> pd.Series:
        """Return the sums of both shares of the first ``k`` members and the one after, in descending order."""
        total = self.fractional("crime_of").add(self.fractional("report_of"), fill_value=0.0)
        return total.sort_values(ascending=False).head(k + 1)

    def coverage(self, what: str, people: list[str]) -> float:
        """Return the share of events that link at least one of ``people``."""
        links = self.links(what)
        return links[links["person_id"].isin(people)]["event"].nunique() / links["event"].nunique()
