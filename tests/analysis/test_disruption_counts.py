"""Disruptions are counted as the profile counts them, and no change is stated that the counts do not carry."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ocgnet.analysis.intervals import LEAST_EVENTS, ratio_interval
from ocgnet.analysis.response.disruptions import INDEPENDENT, disruption_counts
from ocgnet.checks.check import check
from ocgnet.dataset import About, Dataset
from ocgnet.model import TABLES
from ocgnet.settings import Settings

COUNTY = Path(__file__).parent.parent.parent / "fixtures" / "county"


@pytest.fixture(scope="module")
def county():
    return check(COUNTY).dataset


def test_the_county_has_the_published_counts_and_an_oracle_agrees(county):
    frame = disruption_counts(county, Settings()).table.frame
    assert tuple(frame.loc[0, ["disruptions", "before"]]) == (65, 42)
    with duckdb.connect() as db:
        rows = db.sql(
            f"SELECT *, happened_on >= DATE '2018-04-01' AS now FROM read_csv('{COUNTY / 'disruptions.csv'}') "
            "WHERE happened_on BETWEEN DATE '2017-04-01' AND DATE '2019-03-31'"
        ).df()
    for by, column in (("level", "level"), ("strand", "strand"), ("group", "ocg_id"), ("lead agency", "lead_agency")):
        expected = rows.groupby(column)["now"].agg(["sum", "size"])
        counted = frame[frame["by"] == by].set_index("value")
        assert counted["disruptions"].to_dict() == expected["sum"].to_dict()
        assert (counted["disruptions"] + counted["before"]).to_dict() == expected["size"].to_dict()
    partners = rows["partners"].dropna().str.split("|").explode()
    expected = rows["now"].reindex(partners.index).groupby(partners.to_numpy()).sum()
    assert frame[frame["by"] == "partner agency"].set_index("value")["disruptions"].to_dict() == expected.to_dict()


def folder(days: list[tuple[str, str]], **more: list[str]) -> Dataset:
    """Disruptions of groups on days, police in the lead unless said otherwise."""
    n = len(days)
    columns = {
        "disruption_id": [f"D{k}" for k in range(n)], "ocg_id": [g for g, _ in days],
        "happened_on": [date.fromisoformat(d) for _, d in days], "level": ["minor"] * n, "strand": ["pursue"] * n,
        "lead_agency": ["police"] * n,
    } | more  # fmt: skip
    given_columns = [pa.array(columns.get(f.name, [None] * n), f.type) for f in TABLES["disruptions"].schema]
    table = pa.table(given_columns, schema=TABLES["disruptions"].schema)
    groups = {"ocg_id": ["G1", "G2", "G3"], "mapped_on": [date(2010, 1, 1)] * 3}
    schema = TABLES["ocgs"].schema
    ocgs = pa.table([pa.array(groups.get(f.name, [None] * 3), f.type) for f in schema], schema=schema)
    about = About(as_of=date(2019, 12, 31), period_from=date(2019, 1, 1), period_to=date(2019, 12, 31))
    return Dataset.of({"disruptions": table, "ocgs": ocgs}, about)


def of_months(group: str, year: int, each: int) -> list[tuple[str, str]]:
    return [(group, f"{year}-{month:02}-{2 + 3 * k:02}") for month in range(1, 13) for k in range(each)]


def test_a_change_on_paper():
    # 24 against 12: twice as many; of 36 the binomial interval of 24 is 0.4903 to 0.8144.
    counts = disruption_counts(folder(of_months("G1", 2018, 1) + of_months("G1", 2019, 2)), Settings())
    row = counts.total
    assert (row["disruptions"], row["before"], row["change"], row["why_not"]) == (24, 12, 1.0, "")
    assert (row["change_low"], row["change_high"]) == pytest.approx(
        (0.4903 / 0.5097 - 1, 0.8144 / 0.1856 - 1), abs=0.005
    )
    assert "recorded for 2 of 3 groups mapped and not archived on 2019-12-31" in " ".join(counts.notes)
    assert INDEPENDENT in counts.notes


def test_few_are_too_few_and_none_before_has_no_percentage():
    frame = disruption_counts(
        folder([*of_months("G1", 2018, 1), *of_months("G1", 2019, 1), ("G2", "2019-02-03"), *of_months("G3", 2019, 1)]),
        Settings(),
    ).table.frame.set_index(["by", "value"])
    assert frame.loc[("group", "G2"), "why_not"].startswith("too few to say")
    assert frame.loc[("group", "G3"), "why_not"].startswith("none in the period before")
    assert np.isnan(frame.loc[("group", "G3"), "change"])
    assert frame.loc[("group", "G1"), "change"] == 0


def test_where_records_do_not_cover_the_period_before_nothing_is_compared():
    counts = disruption_counts(folder(of_months("G1", 2019, 2)), Settings())
    assert counts.total["disruptions"] == 24
    assert pd.isna(counts.total["before"])
    assert (counts.table.frame["why_not"].str.startswith("not compared")).all()


def test_without_the_table_nothing_is_known_and_without_rows_there_are_none(county):
    without = Dataset.of({n: t for n, t in county.tables.items() if n != "disruptions"}, county.about)
    assert not disruption_counts(without, Settings()).known
    empty = disruption_counts(Dataset.of({**without.tables, "disruptions": county["disruptions"][:0]}), Settings())
    assert empty.total["disruptions"] == 0


def test_agencies_are_one_whatever_their_capitals_and_later_days_are_said():
    days = [("G1", "2019-05-01"), ("G1", "2019-05-02"), ("G2", "2019-05-03"), ("G2", "2020-01-01")]
    counts = disruption_counts(
        folder(days, lead_agency=["Police", "police", "Police", "police"], partners=["Fire|fire", "Fire", None, None]),
        Settings(),
    )
    frame = counts.table.frame.set_index(["by", "value"])["disruptions"]
    assert frame["lead agency"].to_dict() == {"Police": 3}
    assert frame["partner agency"].to_dict() == {"Fire": 2}
    assert "1 disruption after 2019-12-31, the day of judgement, not counted." in counts.notes
    assert "No partner is recorded for 1 of 3 disruptions" in " ".join(counts.notes)


@given(st.integers(0, 80), st.integers(0, 80))
def test_the_interval_is_that_of_the_binomial_share(now, then):
    low, high = ratio_interval(now, then)
    if now + then:
        exact = binomtest(now, now + then).proportion_ci()
        assert low == pytest.approx(exact.low / (1 - exact.low) - 1, rel=1e-6, abs=1e-9)
        assert math.isinf(high) if not then else high == pytest.approx(exact.high / (1 - exact.high) - 1, rel=1e-6)
    # The least number of events is the first at which some split lies outside chance.
    if now + then < LEAST_EVENTS:
        assert low <= 0 <= high


def test_six_of_six_lie_outside_chance():
    assert ratio_interval(LEAST_EVENTS, 0)[0] > 0
    assert ratio_interval(0, LEAST_EVENTS)[1] < 0
