"""The chapter on weapons, worked out on paper."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ocgnet.checks.check import read_dataset
from ocgnet.dataset import About, Dataset
from ocgnet.local_profile.edition import edition_of
from ocgnet.local_profile.profile import Profile, profile_of
from ocgnet.settings import ProfileSettings, Settings
from ocgnet.views.profile.weapons import weapons as blocks
from ocgnet_demo.hours import knife_hours

HOME = Path(__file__).parents[2]
ABOUT = About("Paper force", as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
QUICK = Settings(null_draws=200, bootstrap_draws=200)
JUNE, BEFORE = date(2018, 6, 1), date(2017, 4, 20)
CRIMES = [
    # id, code, day, district, ward, flags, hour
    ("K1", "10D", JUNE, "Easter", "Harbour", "knife", 16),
    ("K2", "8N", JUNE, "Easter", "Harbour", "knife|firearm", 17),
    ("K3", None, JUNE, "Wester", None, "knife|county_line", None),
    ("K4", "10B", JUNE, "Easter", "Hill", "firearm", 2),
    ("K5", "8N", JUNE, None, None, "knife", 23),
    ("K6", "8N", JUNE, "Easter", "Hill", "drugs", 12),
    ("L1", "8N", BEFORE, "Easter", "Harbour", "knife", 1),
    # Nothing of weapons, so that no month of either period is without records.
    *((f"M{n:02}", "46", date(2017 + (n + 3) // 12, (n + 3) % 12 + 1, 15), None, None, None, None) for n in range(24)),
]
LINKS = [
    # K1: a member of a group that holds a line. K2: twice the same suspect, of a group without one. K3: only a victim.
    # K4: a member of old. K5: nobody's member, and a witness who is one.
    ("N1", "K1", "suspect"), ("N2", "K2", "suspect"), ("N2", "K2", "arrested"), ("N1", "K3", "victim"),
    ("N3", "K4", "charged"), ("N4", "K5", "suspect"), ("N1", "K5", "witness"),
]  # fmt: skip
MEMBERS = [
    # nominal, group, first and last day
    ("N1", "G1", None, date(2018, 12, 31)), ("N1", "G2", None, None), ("N2", "G2", date(2018, 6, 1), None),
    ("N3", "G1", None, date(2018, 5, 31)),
]  # fmt: skip
REPORTS = [
    # id, day, scheme, source, intelligence, topics, review due
    ("R1", JUNE, "3x5x2", "2", "B", "firearm_accessible", None),
    ("R2", JUNE, "3x5x2", "2", "B", "firearm_accessible|firearm_present|drugs", None),
    ("R3", JUNE, "5x5x5", "B", "2", "firearm_accessible", None),
    ("R4", JUNE, "3x5x2", "3", "E", "firearm_present", None),
    ("R5", JUNE, "3x5x2", "2", "B", "drugs", None),
    ("R6", JUNE, "3x5x2", "2", "B", None, None),
    ("R7", JUNE, "3x5x2", "2", "B", "firearm_present", date(2019, 1, 1)),
    ("R8", BEFORE, "3x5x2", "2", "B", "firearm_accessible", None),
    *((f"Q{n:02}", date(2017 + (n + 3) // 12, (n + 3) % 12 + 1, 15), "3x5x2", "2", "B", None, None) for n in range(24)),
]


def table_of(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))


def records() -> dict[str, pa.Table]:
    nominals = ["N1", "N2", "N3", "N4"]
    return {
        "crimes": table_of(
            ("crime_id", "offence_code", "recorded_on", "district", "ward", "flags", "occurred_hour"), CRIMES
        ),
        "crime_links": table_of(("person_id", "crime_id", "link_role"), LINKS),
        "nominals": pa.table({"nominal_id": nominals}),
        "ocgs": pa.table({"ocg_id": ["G1", "G2"], "primary_crime_type": ["drug supply", "robbery"]}),
        "memberships": table_of(("nominal_id", "ocg_id", "from_date", "to_date"), MEMBERS),
        "things": pa.table({"thing_id": ["T1", "T2"], "kind": ["line", "vehicle"]}),
        "group_things": pa.table({"ocg_id": ["G1", "G2"], "thing_id": ["T1", "T2"]}),
        "intel_reports": table_of(
            ("report_id", "reported_on", "grading_scheme", "source_grade", "intelligence_grade", "topics",
             "review_due"), REPORTS,
        ),
        "wards": table_of(
            ("ward", "district", "population"),
            [("Harbour", "Easter", 1000), ("Hill", "Easter", 4000), ("Moor", "Wester", 2000)],
        ),
    }  # fmt: skip


def made(**other: pa.Table | None) -> Profile:
    tables = {name: t for name, t in (records() | other).items() if t is not None}
    return profile_of(Dataset.of(tables, ABOUT), ProfileSettings(analysis=QUICK, draws=40))


@pytest.fixture(scope="module")
def profile() -> Profile:
    return made()


def test_crimes_by_district_with_possession_apart(profile: Profile) -> None:
    rows = profile.tables["weapons"].frame.set_index(["weapon", "district"])
    columns = ["crimes", "possession", "other_offences", "offence_unknown", "crimes_before"]
    assert rows.loc[("knife", "all districts"), columns].tolist() == [4, 1, 2, 1, 1]
    assert rows.loc[("knife", "Easter"), columns].tolist() == [2, 1, 1, 0, 1]
    assert rows.loc[("knife", "Wester"), columns].tolist() == [1, 0, 0, 1, 0]
    assert rows.loc[("knife", "no district recorded"), columns].tolist() == [1, 0, 1, 0, 0]
    assert rows.loc[("firearm", "all districts"), columns].tolist() == [2, 1, 1, 0, 0]
    assert rows.loc[("firearm", "Wester"), "crimes"] == 0
    assert rows.loc[("knife", "Easter"), "crimes_per_10000"] == pytest.approx(2 / 5000 * 10_000)
    # Exact Poisson limits of four, from any table of them.
    assert rows.loc[("knife", "all districts"), ["low", "high"]].tolist() == pytest.approx([1.090, 10.242], abs=0.001)
    # Five crimes in both periods are too few for a change in a table; the figure has it with its interval.
    assert rows["crimes_change"].isna().all()
    change = profile.figures["knife_crimes_change"]
    assert (change.value, change.numerator, change.denominator) == (3.0, 4, 1)
    assert change.low < 0 < change.high
    assert profile.figures["firearm_crimes_change"].value is None
    possession = profile.figures["knife_possession"]
    assert (possession.numerator, possession.denominator) == (1, 4)
    assert "offence not known for 1" in possession.filter


def test_wards_and_hours_add_up_to_the_crimes(profile: Profile) -> None:
    wards = profile.tables["weapon_wards"].frame
    assert list(
        wards[["ward", "district", "knife", "knife_possession", "firearm"]].itertuples(index=False, name=None)
    ) == [
        ("Harbour", "Easter", 2, 1, 1),
        ("no ward recorded", "Wester", 1, 0, 0),
        ("no ward recorded", "no district recorded", 1, 0, 0),
        ("Hill", "Easter", 0, 0, 1),
    ]
    hours = profile.tables["weapon_hours"].frame.set_index(["weapon", "hours"])["crimes"]
    assert hours["knife"][hours["knife"] > 0].to_dict() == {"15 to 18": 2, "21 to 24": 1, "not known": 1}
    assert hours["firearm"][hours["firearm"] > 0].to_dict() == {"00 to 03": 1, "15 to 18": 1}
    assert hours["knife"].sum() == 4
    known = profile.figures["knife_hour_known"]
    assert (known.numerator, known.denominator) == (3, 4)


def test_links_to_groups_and_to_groups_that_run_a_line(profile: Profile) -> None:
    rows = profile.tables["weapon_links"].frame.set_index("weapon")
    columns = ["crimes", "with_suspect", "by_members", "by_line_groups", "marked_county_line"]
    # K1 by a member of both, K2 of the group without a line; K5 has a suspect who is in no group.
    assert rows.loc["knife", columns].tolist() == [4, 3, 2, 1, 1]
    # K2 again, and K4 by somebody whose membership had ended the day before.
    assert rows.loc["firearm", columns].tolist() == [2, 2, 1, 0, 0]
    figure = profile.figures["knife_by_line_groups"]
    assert (figure.numerator, figure.denominator) == (1, 3)


def test_a_group_without_any_recorded_line_leaves_lines_unknown() -> None:
    rows = made(group_things=None).tables["weapon_links"].frame
    assert rows["by_line_groups"].isna().all()
    assert rows["by_members"].tolist() == [2, 1]
    lines = pa.table({"ocg_id": ["G1", "G2"], "primary_crime_type": ["robbery", "County-Lines"]})
    assert made(group_things=None, ocgs=lines).tables["weapon_links"].frame["by_line_groups"].tolist() == [2, 1]
    marked = pa.table({"ocg_id": ["G1", "G2"], "county_line": [True, False]})
    assert made(group_things=None, ocgs=marked).tables["weapon_links"].frame["by_line_groups"].tolist() == [1, 0]


def test_firearms_that_can_be_had_apart_from_those_that_are_there(profile: Profile) -> None:
    rows = profile.tables["firearm_intelligence"].frame
    assert list(rows.itertuples(index=False, name=None)) == [
        ("3x5x2", "2", "B", 2, 2, 1),
        ("3x5x2", "3", "E", 1, 0, 1),
        ("5x5x5", "B", "2", 1, 1, 0),
    ]
    f = profile.figures
    assert [f[f"firearm_{n}"].value for n in ("accessible", "present", "accessible_before", "present_before")] == [
        3,
        2,
        1,
        0,
    ]
    assert f["firearm_accessible"].denominator == 4


def test_what_is_not_recorded_is_not_known_and_never_nought() -> None:
    rows = [(*row[:5], None, row[6]) for row in CRIMES]
    columns = ("crime_id", "offence_code", "recorded_on", "district", "ward", "flags", "occurred_hour")
    unmarked = made(crimes=table_of(columns, rows))
    assert unmarked.figures["knife_crimes"].value is None
    assert "bears any mark" in unmarked.figures["knife_crimes"].filter
    assert all(not len(unmarked.tables[n].frame) for n in ("weapons", "weapon_wards", "weapon_hours", "weapon_links"))
    hourless = made(crimes=table_of(columns, [(*row[:6], None) for row in CRIMES]).drop_columns(["occurred_hour"]))
    assert hourless.tables["weapon_hours"].frame["hours"].tolist() == ["not known", "not known"]
    assert hourless.figures["knife_hour_known"].value == 0
    topicless = records()["intel_reports"].drop_columns(["topics"])
    silent = made(intel_reports=topicless, memberships=None)
    assert silent.figures["firearm_accessible"].value is None
    assert "knife_by_members" not in silent.figures
    nothing = made(crimes=None, crime_links=None, intel_reports=None)
    assert not [n for n in nothing.figures if n.startswith(("knife", "firearm"))]
    assert list(blocks(nothing)) == []


def test_the_county_has_the_hours_that_were_planted() -> None:
    profile = profile_of(read_dataset(HOME / "fixtures" / "county")[0], ProfileSettings(analysis=QUICK, draws=40))
    hours = profile.tables["weapon_hours"].frame
    knives = hours[hours["weapon"] == "knife"].set_index("hours")["crimes"]
    assert knives.to_dict() == knife_hours(int(profile.figures["knife_crimes"].value))
    # Wards hold small counts, and the districts that they add up to hide some: none is left for others.
    shown = edition_of(profile, "partnership")
    assert shown.tables["weapon_wards"].frame.empty
    assert len(shown.tables["weapons"].frame) == len(profile.tables["weapons"].frame)
    assert shown.figures["knife_by_members"].value is None, "of 119 crimes 2 have nobody linked"
    assert "117" not in " ".join(s for block in blocks(shown) for s in block.sentences)
