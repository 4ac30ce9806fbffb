"""Rules about ages and about people who stand in several tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.check.tables import CheckedTable, always
from ocgnet.model import PERSON_TABLES
from ocgnet.period import Period
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import bools

ADULT = 18
"""Age from which a person is no child."""

YOUNGEST_PARENT = 12
"""Years by which a parent is older than the child; less is possible only in a wrong record."""


def check_two_tables(tables: Mapping[str, CheckedTable]) -> None:
    """Warn of people who stand in ``people`` though they are nominals."""
    if "people" not in tables or "nominals" not in tables:
        return
    people, column = tables["people"], tables["people"].columns["person_id"]
    both = bools(pc.is_in(column.texts, tables["nominals"].columns["nominal_id"].texts))
    remedy = "This person is a nominal too; delete the row here, because people is for everybody else."
    people.report_text("person_id", Rule.TWO_TABLES, column.where(both), always(remedy), Severity.WARNING)


def check_children(children: CheckedTable, period: Period) -> None:
    """Refuse children who were of age before the period began; warn of those who came of age since."""
    column = children.columns["date_of_birth"]
    if period.as_of is None or period.first is None or not len(column.texts):
        return
    grown = birthday(column.distinct_days, ADULT)
    before = grown <= np.datetime64(period.first, "D")
    since = (grown <= np.datetime64(period.as_of, "D")) & ~before
    remedy = f"This person was {ADULT} before {period.first}. Correct the date of birth, or move the row to people.csv."
    children.report_text("date_of_birth", Rule.CHILD_AGE, column.where(before), always(remedy))
    remedy = f"This person has turned {ADULT} by {period.as_of} and is not counted as a child."
    children.report_text("date_of_birth", Rule.CHILD_AGE, column.where(since), always(remedy), Severity.WARNING)


def check_parents(tables: Mapping[str, CheckedTable]) -> None:
    """Refuse parents who are not older than their child; warn of those hardly older."""
    if "family_links" not in tables or not len(tables["family_links"].raw.lines):
        return
    links = tables["family_links"]
    wanted = pa.concat_arrays([links.columns[name].texts for name in ("adult_id", "child_id")])
    born = _births(tables, wanted)
    adult, child = (_born(links, name, born) for name in ("adult_id", "child_id"))
    relationship = links.columns["relationship"]
    parent = relationship.spread(relationship.mask(lambda text: text == "parent"))

    def explain(row: int) -> tuple[str, str]:
        days = f"adult born {adult[row]}, child born {child[row]}"
        return links.columns["adult_id"].text(
            row
        ), f"A parent cannot be of this age ({days}). Correct one of the three."

    def wonder(row: int) -> tuple[str, str]:
        days = f"adult born {adult[row]}, child born {child[row]}"
        return links.columns["adult_id"].text(row), f"Less than {YOUNGEST_PARENT} years apart ({days}). Is this right?"

    younger = parent & (adult >= child)
    close = parent & ~younger & (birthday(adult, YOUNGEST_PARENT) > child)
    links.report("adult_id", Rule.PARENT_AGE, np.flatnonzero(younger), explain)
    links.report("adult_id", Rule.PARENT_AGE, np.flatnonzero(close), wonder, Severity.WARNING)


def birthday(born: np.ndarray, age: int) -> np.ndarray:
    """Return the day on which an age is reached; born on 29 February means 1 March in other years.

    >>> birthday(np.array(["2001-03-31", "2004-02-29"], "datetime64[D]"), 18).astype(str).tolist()
    ['2019-03-31', '2022-03-01']
    """
    months = born.astype("datetime64[M]")
    found: np.ndarray = (months + np.timedelta64(12 * age, "M")).astype("datetime64[D]") + (
        born - months.astype("datetime64[D]")
    )
    return found


def _births(tables: Mapping[str, CheckedTable], wanted: pa.Array) -> dict[str, np.datetime64]:
    """Return the date of birth by id of those of ``wanted`` whose date is known.

    Of a person in two tables with two dates the earlier one, whatever the order of the tables.
    """
    found: dict[str, np.datetime64] = {}
    for name, key in PERSON_TABLES.items():
        if name in tables:
            columns = tables[name].columns
            rows = columns[key].where(bools(pc.is_in(columns[key].texts, wanted)))
            born = columns["date_of_birth"].times()[rows].astype("datetime64[D]")
            for person, day in zip(columns[key].taken(rows).to_pylist(), born, strict=True):
                if not np.isnat(day):
                    found[person] = min(day, found.get(person, day))
    return found


def _born(links: CheckedTable, name: str, born: Mapping[str, np.datetime64]) -> np.ndarray:
    column = links.columns[name]
    unknown = np.datetime64("NaT", "D")
    days = np.array([*(born.get(text, unknown) for text in column.texts.to_pylist()), unknown], "datetime64[D]")
    found: np.ndarray = days[column.codes]
    return found
