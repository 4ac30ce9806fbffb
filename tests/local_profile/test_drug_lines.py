"""County lines worked out on paper: networks, users by quarter, violence around drugs, homes of dealers; and laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from ocgnet.dataset import About, Dataset
from ocgnet.local_profile.dealer_homes import force_words
from ocgnet.local_profile.edition import edition_of
from ocgnet.local_profile.profile import profile_of
from ocgnet.settings import ProfileSettings
from ocgnet.views.words.profile import not_known

ABOUT = About("Paper Constabulary", as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
NOW, THEN = "2018-04-01 to 2019-03-31", "2017-04-01 to 2018-03-31"
D = date


def rows(columns: str, *cells: tuple) -> pa.Table:
    return pa.table(dict(zip(columns.split(), map(list, zip(*cells, strict=True)), strict=True)))


def stop(number: int, on: date, district: str, home: str | None, age: int) -> tuple:
    return f"S{number}", on, district, True, home, date(on.year - age, on.month, on.day)


TABLES = {
    "nominals": rows("nominal_id date_of_birth", ("A", D(1980, 1, 1)), ("B", D(2002, 1, 1)), ("C", None), ("E", None)),
    "ocgs": rows(
        "ocg_id county_line mapped_on archived_on",
        ("G1", True, D(2016, 1, 1), None),
        ("G2", True, D(2018, 6, 1), None),
        ("G3", False, D(2016, 1, 1), None),
        ("G4", True, D(2016, 1, 1), D(2018, 9, 1)),
        ("G5", None, D(2016, 1, 1), None),
    ),
    "ocg_activities": rows(
        "ocg_id activity district to_date",
        ("G1", "drug trafficking", "Easter", None),
        ("G1", "drug supply", "Wester", None),
        ("G1", "money laundering", "Norther", None),
        ("G2", "drug trafficking", "Easter", D(2018, 12, 1)),
        ("G3", "county lines", "Norther", None),
    ),
    "threats": rows(
        "threat_id name kind thing_id district recorded_on",
        ("T1", "one", "county_line", "P1", "Easter", D(2017, 1, 1)),
        ("T2", "two", "county_line", None, None, D(2018, 10, 1)),
        ("T3", "a cafe", "place", None, "Easter", D(2018, 10, 1)),
        ("T4", "later", "county_line", None, "Easter", D(2019, 5, 1)),
    ),
    # A phone of a threat, a line without a place, and a phone that is no line.
    "things": rows("thing_id kind district", ("P1", "phone", None), ("L1", "line", None), ("P9", "phone", "Easter")),
    "thing_links": rows(
        "person_id thing_id relation from_date to_date confidence",
        ("A", "P1", "user", D(2017, 4, 1), D(2018, 6, 30), "attributed"),
        ("B", "P1", "runner", D(2018, 5, 1), None, "recorded"),
        ("A", "L1", "user", D(2018, 8, 1), D(2018, 8, 31), "recorded"),
        ("C", "L1", "runner", D(2018, 8, 1), D(2019, 1, 31), "suspected"),
        ("C", "L1", "customer", D(2018, 10, 1), D(2018, 10, 2), "suspected"),
        ("E", "L1", "user", None, D(2018, 10, 2), "recorded"),
        ("E", "P9", "user", D(2018, 5, 1), None, "recorded"),
    ),
    "crimes": rows(
        "crime_id offence_code recorded_on district flags",
        *((f"K{n}", "8N", D(2018, 5, 1), "Easter", "knife|drugs") for n in range(20)),
        *((f"B{n}", "8N", D(2017, 5, 1), "Easter", "drugs") for n in range(40)),
        ("R1", "34B", D(2018, 6, 1), "Wester", "county_line|debt_bondage"),
        # No violence, none of drugs, modern slavery, and an earlier one to begin the records.
        ("N1", "46", D(2018, 6, 1), "Wester", "drugs"),
        ("N2", "8N", D(2018, 6, 1), "Wester", "knife"),
        ("N3", "106", D(2018, 6, 1), "Wester", "county_line|cuckooing"),
        ("N4", "8N", D(2016, 4, 2), "Wester", "drugs"),
        *((f"M{month}", "46", D(2017 + month // 12, month % 12 + 1, 3), None, None) for month in range(26)),
    ),
    "stop_checks": rows(
        "stop_id happened_on district transient_dealer home_force date_of_birth",
        stop(1, D(2018, 5, 1), "Easter", "Paper Police", 30),
        stop(2, D(2018, 6, 1), "Easter", "Estuary Police", 16),
        stop(3, D(2018, 7, 1), "Easter", "Estuary Police", 40),
        stop(4, D(2018, 8, 1), "Wester", None, 16),
        stop(5, D(2018, 9, 1), "Wester", "Capital Police", 17),
    ),
}  # fmt: skip


def profile_with(**tables: pa.Table | None):
    held = {n: t for n, t in (TABLES | tables).items() if t is not None}
    return profile_of(Dataset.of(held, ABOUT), ProfileSettings())


@pytest.fixture(scope="module")
def profile():
    return profile_with()


def shown(profile, name: str, *columns: str) -> dict[str, list]:
    frame = profile.tables[name].frame
    key = frame.columns[0]
    return {str(r[key]): [None if pd.isna(r[c]) else r[c] for c in columns] for r in frame.to_dict("records")}


def test_networks_stand_where_groups_deal_and_where_threats_are(profile) -> None:
    found = shown(profile, "line_networks", "groups", "groups_before", "threats", "threats_before", "networks", "lines")
    assert found == {
        # G1 deals in two districts and launders in a third; what G2 did in Easter has ended; G3 says what it does.
        "all districts": [3, 3, 2, 1, 5, 2],
        "Easter": [1, 1, 1, 1, 2, 1],
        "Norther": [1, 1, 0, 0, 1, 0],
        "Wester": [1, 1, 0, 0, 1, 0],
        # G2 today, G4 then, the second threat, and the line without a place.
        "no district recorded": [1, 1, 1, 0, 2, 1],
    }
    assert profile.figures["line_networks"].value == 5
    assert "of 1 groups it is not recorded" in profile.figures["line_groups"].filter


def test_users_are_counted_by_quarter_without_suspects(profile) -> None:
    columns = ("lines", "lines_begun", "lines_ended", "users", "children", "age_unknown", "buyers", "suspected")
    assert shown(profile, "line_use", *columns) == {
        "2017-04-01": [1, 1, 0, 1, 0, 0, 0, 0],
        "2017-07-01": [1, 0, 0, 1, 0, 0, 0, 0],
        "2017-10-01": [1, 0, 0, 1, 0, 0, 0, 0],
        "2018-01-01": [1, 0, 0, 1, 0, 0, 0, 0],
        "2018-04-01": [1, 0, 0, 2, 1, 0, 0, 0],
        "2018-07-01": [2, 1, 1, 2, 1, 0, 0, 1],
        "2018-10-01": [1, 0, 0, 1, 1, 0, 1, 1],
        "2019-01-01": [1, 0, 0, 1, 1, 0, 0, 1],
    }
    spans = shown(profile, "line_spans", "lines", "in_use", "users")
    assert spans["up to 3 months"] == [1, 0, 1]
    assert spans["over a year"] == [1, 1, 2]
    figures = profile.figures
    assert (figures["line_users"].value, figures["line_users_before"].value) == (2, 1)
    assert (figures["line_users_children"].numerator, figures["line_users_children"].denominator) == (1, 2)
    assert "first day are not counted: 1" in figures["line_users"].filter
    links = [("A", "L1", "user", D(2018, 5, 1)), ("B", "L1", "user", D(2019, 6, 1))]
    late = profile_with(thing_links=rows("person_id thing_id relation from_date", *links)).figures["line_users"]
    assert late.value == 1
    assert late.filter.endswith("; after 2019-03-31, the day of judgement: 1")


def test_violence_around_drugs_is_violence_that_somebody_marked(profile) -> None:
    found = shown(profile, "drug_violence", "crimes", "crimes_before", "crimes_change", "reports")
    assert found == {
        "all districts": [21, 40, pytest.approx(21 / 40 - 1), None],
        "Easter": [20, 40, -0.5, None],
        "Wester": [1, 0, None, None],
    }
    change = profile.figures["drug_violence_change"]
    # Given 61 in both periods, those of now are binomial.
    ends = binomtest(21, 61).proportion_ci(method="exact")
    assert (change.low, change.high) == tuple(pytest.approx(p / (1 - p) - 1) for p in (ends.low, ends.high))
    marks = shown(profile, "line_marks", "crimes", "crimes_before", "crimes_change")
    assert marks == {
        "county line": [2, 0, None],
        "drugs": [21, 40, pytest.approx(21 / 40 - 1)],
        "debt bondage": [1, 0, None],
        "cuckooing": [1, 0, None],
    }
    # No report has a topic: that says nothing of how many there were.
    reports = rows("report_id reported_on topics", ("I1", D(2018, 5, 1), None))
    assert profile_with(intel_reports=reports).figures["drug_violence_reports"].value is None
    told = rows(
        "report_id reported_on topics", ("I1", D(2018, 5, 1), "drugs|drug_violence"), ("I2", D(2018, 6, 1), "cse")
    )
    assert profile_with(intel_reports=told).figures["drug_violence_reports"].value == 1


def test_what_nobody_marks_is_not_nought(profile) -> None:
    plain = TABLES["crimes"].drop_columns("flags")
    found = profile_with(crimes=plain, threats=None)
    assert found.tables["drug_violence"].frame.empty
    for name in ("drug_violence", "drug_violence_change", "line_threats", "line_networks"):
        assert found.figures[name].value is None, name
    assert found.figures["line_groups"].value == 3
    assert found.tables["line_networks"].frame["networks"].isna().all()
    silent = TABLES["ocgs"].set_column(1, "county_line", pa.nulls(5, pa.bool_()))
    unmarked = profile_with(ocgs=silent, ocg_activities=None, thing_links=None)
    assert unmarked.figures["line_groups"].value is None
    assert unmarked.figures["lines_in_use"].value is None
    assert unmarked.figures["line_users"].value is None
    said = dict(not_known(unmarked))
    assert "no use of a line has a first day" in said["People who use lines"]
    assert "thing links" in said


def test_homes_are_shares_of_those_recorded(profile) -> None:
    frame = profile.tables["dealer_homes"].frame
    columns = ["stops", "home_known", "out_of_force", "out_juveniles"]
    found = {r["district"]: [r[c] for c in columns] for r in frame[frame["period"] == NOW].to_dict("records")}
    assert found == {"all districts": [5, 4, 3, 2], "Easter": [3, 3, 2, 1], "Wester": [2, 1, 1, 1]}
    figure = profile.figures["out_of_force"]
    assert (figure.numerator, figure.denominator) == (3, 4)
    assert (figure.low, figure.high) == (pytest.approx(0.301, abs=1e-3), pytest.approx(0.954, abs=1e-3))
    assert "not recorded for 1" in figure.filter
    assert profile.figures["out_of_force_juveniles"].value == pytest.approx(2 / 3)
    # Nobody is named who is one of few: a name may be somebody's own words.
    assert shown(profile, "home_forces", "stops", "juveniles") == {
        "other forces": [3, 2], "not recorded": [1, 1], "this force": [1, 0],
    }  # fmt: skip


def test_a_blank_home_is_nobody_from_elsewhere_and_nobody_from_here() -> None:
    """Who writes down only the homes of strangers would have a share of all."""
    away = TABLES["stop_checks"].filter([False, True, True, True, True])
    found = profile_with(stop_checks=away)
    assert found.figures["out_of_force"].value is None
    assert "no stop names this force as home" in found.figures["out_of_force"].filter
    assert found.tables["dealer_homes"].frame["out_share"].isna().all()
    nameless = profile_of(Dataset.of({"stop_checks": TABLES["stop_checks"]}, replace(ABOUT, force=None)))
    assert nameless.figures["out_of_force"].value is None
    assert force_words("Hampshire Constabulary") != force_words("Hampshire and Isle of Wight Constabulary")


def test_an_edition_does_not_tell_of_the_few_whose_home_is_not_known() -> None:
    """Sixty stops and a share of 57 would say that three have no home force on record."""
    homes = ["Paper Police"] * 20 + ["Estuary Police"] * 37 + [None] * 3
    first = date(2018, 4, 1)
    stops = [stop(n, first + timedelta(n * 6), "Easter", home, 30) for n, home in enumerate(homes)]
    columns = "stop_id happened_on district transient_dealer home_force date_of_birth"
    own = profile_with(stop_checks=rows(columns, *stops))
    assert own.figures["out_of_force"].denominator == 57
    shown_to_others = edition_of(own, "partnership")
    assert shown_to_others.figures["transient_dealers"].value == 60
    assert shown_to_others.figures["out_of_force"].value is None
    assert shown_to_others.tables["dealer_homes"].frame["home_known"].isna().all()
    assert shown_to_others.tables["home_forces"].frame["stops"].isna().sum() >= 2


def homes_in_an_edition(*of: tuple[str, int, int]):
    """Return own profile and edition of stops by home force, with so many of them and so many juveniles."""
    drawn = [(home, 16 if n < young else 30) for home, stops, young in of for n in range(stops)]
    stops = [stop(n, D(2018, 4, 1) + timedelta(n * 5), "Easter", home, age) for n, (home, age) in enumerate(drawn)]
    own = profile_with(
        stop_checks=rows("stop_id happened_on district transient_dealer home_force date_of_birth", *stops)
    )
    return own, edition_of(own, "partnership")


def test_an_edition_does_not_tell_of_the_few_juveniles_from_here() -> None:
    """Seven juveniles of whom six live elsewhere would leave one who lives here."""
    own, others = homes_in_an_edition(("Paper Police", 20, 1), ("Estuary Police", 40, 6))
    assert (own.figures["transient_juveniles"].numerator, own.figures["out_of_force_juveniles"].numerator) == (7, 6)
    assert others.figures["transient_juveniles"].numerator == 7
    assert others.figures["out_of_force"].numerator == 40
    assert others.figures["out_of_force_juveniles"].value is None
    assert others.tables["dealer_homes"].frame["out_juveniles"].isna().all()
    # With five from here nothing is hidden.
    _, many = homes_in_an_edition(("Paper Police", 20, 5), ("Estuary Police", 40, 6))
    assert many.figures["out_of_force_juveniles"].numerator == 6


def test_an_edition_does_not_tell_of_the_few_from_one_force() -> None:
    """43 from elsewhere, 40 of them from Estuary, would leave three, though 20 from here are hidden beside them."""
    own, others = homes_in_an_edition(("Paper Police", 20, 0), ("Estuary Police", 40, 0), ("Capital Police", 3, 0))
    assert own.figures["out_of_force"].numerator == 43
    assert others.tables["home_forces"].frame["stops"].tolist()[0] == 40
    assert others.figures["out_of_force"].value is None
    assert others.tables["dealer_homes"].frame[["home_known", "out_of_force"]].isna().all(axis=None)


STOPS = st.lists(
    st.tuples(
        st.integers(0, 729),
        st.sampled_from(["Easter", "Wester", None]),
        st.sampled_from(["Paper Police", "Estuary Police", "Capital Police", None]),
        st.integers(11, 40),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=12, deadline=None)
@given(STOPS)
def test_districts_and_forces_add_up_to_all(drawn) -> None:
    stops = [stop(n, date(2017, 4, 1) + timedelta(day), *rest) for n, (day, *rest) in enumerate(drawn)]
    columns = "stop_id happened_on district transient_dealer home_force date_of_birth"
    t = rows(columns, *stops)
    schema = pa.schema([(f.name, pa.string() if pa.types.is_null(f.type) else f.type) for f in t.schema])
    found = profile_of(Dataset.of({"stop_checks": t.cast(schema)}, ABOUT))
    homes, forces = (found.tables[n].frame for n in ("dealer_homes", "home_forces"))
    for _, of in homes.groupby("period"):
        whole, parts = of[of["district"] == "all districts"].iloc[0], of[of["district"] != "all districts"]
        for column in ("stops", "home_known", "out_of_force", "out_juveniles"):
            assert parts[column].fillna(0).sum() == (whole[column] if pd.notna(whole[column]) else 0)
        assert whole["out_juveniles"] <= whole["out_of_force"] <= whole["home_known"] <= whole["stops"] or pd.isna(
            whole["out_of_force"]
        )
    if len(homes):
        now = homes[(homes["period"] == NOW) & (homes["district"] == "all districts")]
        assert forces["stops"].sum() == now["stops"].sum()
