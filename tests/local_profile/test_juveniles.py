"""Juveniles with many serious offences: on paper, in the made-up counties, and the list that names them."""

from __future__ import annotations

import csv
import stat
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.dataset import About, Dataset
from ocgnet.local_profile.juveniles import listing_of
from ocgnet.local_profile.profile import NOT_COMPUTED, Profile, profile_of
from ocgnet.settings import ProfileSettings, Settings
from ocgnet.views.profile.juveniles import juveniles as blocks
from ocgnet.views.words.juveniles import listing_lines

HOME = Path(__file__).parents[2]
COUNTY = HOME / "fixtures" / "county"
ABOUT = About("Paper force", as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
# Three instead of eleven, so that it can be counted by hand.
ASKED = Settings(null_draws=200, bootstrap_draws=200, many_serious=3)
YOUNG, LAST = date(2003, 1, 1), date(2019, 3, 1)
# Who, born, and crimes as (code, day, role): 8N is serious, 46 shoplifting, "" without a code.
PEOPLE: dict[str, tuple[date | None, list[tuple[str, date, str]]]] = {
    "three": (YOUNG, [("8N", date(2016, 5, 1), "suspect"), ("8N", date(2017, 5, 1), "charged"),
                      ("8N", LAST, "arrested")]),
    "two": (YOUNG, [("8N", date(2018, 5, 1), "suspect"), ("8N", LAST, "suspect"), ("46", LAST, "suspect")]),
    "could": (YOUNG, [("8N", date(2018, 5, 1), "suspect"), ("8N", LAST, "suspect"), ("", LAST, "suspect")]),
    "none": (YOUNG, [("46", LAST, "suspect")]),
    "as victim": (YOUNG, [("8N", LAST, "suspect"), ("8N", LAST, "victim"), ("8N", LAST, "witness")]),
    "earlier": (YOUNG, [("8N", date(2017, 5, 1), "suspect")] * 3),
    "later": (YOUNG, [("46", LAST, "suspect"), ("8N", date(2019, 4, 1), "suspect")]),
    # Eighteen on the day of the latest crime; and the day before, though eighteen by the day of judgement.
    "grown": (date(2001, 3, 1), [("8N", date(2018, 5, 1), "suspect")] * 2 + [("8N", LAST, "suspect")]),
    "nearly": (date(2001, 3, 2), [("8N", date(2018, 5, 1), "suspect")] * 2 + [("8N", LAST, "suspect")]),
    "ageless": (None, [("8N", LAST, "suspect")] * 3),
    "overdue": (YOUNG, [("8N", LAST, "suspect")] * 3),
    "restricted": (YOUNG, [("8N", LAST, "suspect")] * 3),
}  # fmt: skip


def records() -> dict[str, pa.Table]:
    crimes: list[tuple[str, str | None, date]] = []
    links: list[tuple[str, str, str]] = []
    for person, (_, theirs) in PEOPLE.items():
        for code, day, role in theirs:
            crimes.append((f"K{len(crimes)}", code or None, day))
            links.append((person, crimes[-1][0], role))
    # The same crime in a further role is the same crime; the first month of the records is covered.
    links += [("two", links[3][1], "arrested")]
    crimes.append(("K99", "46", date(2016, 4, 2)))
    ids = list(PEOPLE)
    return {
        "crimes": pa.table(
            dict(zip(("crime_id", "offence_code", "recorded_on"), zip(*crimes, strict=True), strict=True))
        ),
        "crime_links": pa.table(
            dict(zip(("person_id", "crime_id", "link_role"), zip(*links, strict=True), strict=True))
        ),
        "nominals": pa.table(
            {
                "nominal_id": ids,
                "name": [f"Name of {i}" for i in ids],
                "date_of_birth": [PEOPLE[i][0] for i in ids],
                "review_due": [date(2019, 1, 1) if i == "overdue" else None for i in ids],
                "restricted_on": [date(2019, 1, 1) if i == "restricted" else None for i in ids],
                "restricted_because": ["evidence" if i == "restricted" else None for i in ids],
            }
        ),
        "children": pa.table({"child_id": ["nobody"]}),
        "family_links": pa.table({"child_id": ["three"], "adult_id": ["member"], "relationship": ["parent"]}),
    }


def with_a_member() -> dict[str, pa.Table]:
    """The same, with a parent of "three" in a group."""
    tables = records()
    adult = {c: [None] for c in tables["nominals"].column_names} | {
        "nominal_id": ["member"],
        "date_of_birth": [date(1970, 1, 1)],
    }
    more = pa.table({n: pa.array(v, tables["nominals"].schema.field(n).type) for n, v in adult.items()})
    return tables | {
        "nominals": pa.concat_tables([tables["nominals"], more]),
        "ocgs": pa.table({"ocg_id": ["G"]}),
        "memberships": pa.table({"nominal_id": ["member"], "ocg_id": ["G"]}),
    }


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return Dataset.of(with_a_member(), ABOUT)


@pytest.fixture(scope="module")
def profile(dataset: Dataset) -> Profile:
    return profile_of(dataset, ProfileSettings(analysis=ASKED, draws=40))


def test_juveniles_by_their_serious_offences_on_paper(profile: Profile) -> None:
    rows = profile.tables["juveniles"].frame
    # three, nearly; two, could, as victim; none and later; nobody of the rest.
    assert dict(zip(rows["serious_offences"], rows["juveniles"], strict=True)) == {"0": 2, "1 to 2": 3, "3 or more": 2}
    many = profile.figures["juveniles_many"]
    assert (many.value, many.numerator, many.denominator) == (2, 2, 7)
    assert many.low == pytest.approx(0.242, abs=0.001)
    assert many.high == pytest.approx(7.225, abs=0.001)
    assert "1 further could be among them" in many.filter
    assert "age not known for 1 further people so linked, 1 of them" in many.filter
    assert "left out: 2 of whatever age" in many.filter
    assert profile.figures["juveniles_linked"].value == 7


def test_the_bands_are_those_of_the_bulletin_up_to_the_number_asked_for(dataset: Dataset) -> None:
    eleven = profile_of(dataset, ProfileSettings(analysis=replace(ASKED, many_serious=11), draws=40))
    assert eleven.tables["juveniles"].frame["serious_offences"].tolist() == [
        "0",
        "1 to 2",
        "3 to 6",
        "7 to 10",
        "11 or more",
    ]
    none = profile_of(dataset, ProfileSettings(analysis=replace(ASKED, serious_groups=("shoplifting",)), draws=40))
    rows = none.tables["juveniles"].frame
    # Shoplifting: two, none, later.
    assert dict(zip(rows["serious_offences"], rows["juveniles"], strict=True)) == {"0": 4, "1 to 2": 3, "3 or more": 0}


def test_national_rates_stand_beside_as_literature_and_are_never_computed(profile: Profile) -> None:
    [block] = blocks(profile)
    said = " ".join(block.sentences)
    assert "from national literature and not from this force" in said
    assert {"77%", "23%"} <= set(said.split())
    assert {"reoffending_11_plus", "reoffending_none"} <= {n.figure_id for n in NOT_COMPUTED}
    assert not {"reoffending_11_plus", "reoffending_none"} & set(profile.figures)
    # Nobody is named in the profile.
    assert "Name of" not in said + str(profile.figures) + str([t.frame.to_dict() for t in profile.tables.values()])


def test_records_without_links_or_dates_say_nothing() -> None:
    for gone in (("crime_links",), ("crimes", "crime_links")):
        tables = {n: t for n, t in records().items() if n not in gone}
        without = profile_of(Dataset.of(tables, ABOUT), ProfileSettings(analysis=ASKED, draws=40))
        assert not [n for n in without.figures if n.startswith("juveniles")]
        assert without.tables["juveniles"].frame.empty
        listing = listing_of(Dataset.of(tables, ABOUT), ASKED)
        assert listing.linked is None
        assert listing_lines(listing, ASKED)[0].startswith("Not known")


def test_the_list_names_them_with_what_each_count_rests_on(dataset: Dataset) -> None:
    listing = listing_of(dataset, ASKED)
    rows = listing.table.frame.set_index("person_id")
    assert rows.index.tolist() == ["nearly", "three", "could"]
    assert listing.sure == 2
    three = rows.loc["three"]
    assert (three["name"], three["serious_offences"], three["offence_unknown"]) == ("Name of three", 3, 0)
    assert three["crime_ids"] == "K0|K1|K2"
    assert three["by_offence"] == "violence with injury 3"
    assert three["by_role"] == "arrested 1, charged 1, suspect 1"
    # The child of a member of a group; who has grown up since says when.
    assert rows["linked_child"].tolist() == [False, True, False]
    assert rows.loc["nearly", "adult_since"] == date(2019, 3, 2)
    assert rows.loc[["three", "could"], "adult_since"].isna().all()
    said = " ".join(listing_lines(listing, ASKED))
    assert "2 of 7 juveniles linked to a crime of 2018-04-01 to 2019-03-31 are linked to 3 or more" in said
    assert "1 more could be" in said
    assert "1 person so linked whose age is not known, 1 of them with as many offences; and 2 people" in said
    assert not {"overdue", "restricted", "ageless", "grown"} & set(rows.index)
    kept = listing_of(dataset, replace(ASKED, include_overdue=True)).table.frame["person_id"].tolist()
    assert kept == ["nearly", "overdue", "three", "could"]


def test_crimes_long_before_the_period_are_judged_on_their_own_day() -> None:
    """Recorded in the period, and done years before, when the person was a juvenile."""
    tables = records()
    crimes = [("X0", "8N", LAST, date(2012, 1, 1) + timedelta(days=n)) for n in range(3)]
    crimes = [(f"X{n}", *c[1:]) for n, c in enumerate(crimes)]
    names = ("crime_id", "offence_code", "recorded_on", "occurred_on")
    tables["crimes"] = pa.table(dict(zip(names, zip(*crimes, strict=True), strict=True)))
    tables["crime_links"] = pa.table(
        {"person_id": ["old"] * 3, "crime_id": ["X0", "X1", "X2"], "link_role": ["suspect"] * 3}
    )
    tables["nominals"] = pa.table({"nominal_id": ["old"], "date_of_birth": [date(1995, 1, 1)]})
    listing = listing_of(Dataset.of(tables, ABOUT), ASKED)
    assert listing.table.frame["person_id"].tolist() == ["old"]
    assert listing.table.frame["adult_since"].tolist() == [date(2013, 1, 1)]


def answers() -> dict[str, list[str]]:
    page = (HOME / "fixtures" / "county_answers.md").read_text(encoding="utf-8").splitlines()
    return {c[1].strip(): c[3].split() for line in page if len(c := line.split("|")) == 5}


def test_the_county_has_those_who_were_planted() -> None:
    listing = listing_of(read_dataset(COUNTY)[0], Settings())
    planted: dict[str, Any] = answers()
    assert listing.table.frame["person_id"].tolist() == planted["juveniles linked to 11 or more serious offences"]
    near = planted["juveniles linked to a serious offence fewer"]
    linked = listing.linked.frame.set_index("person_id")["serious"]
    assert linked[near].tolist() == [10]
    assert (linked[planted["juveniles linked to as many offences that are not serious"]] < 3).all()
    assert not set(planted["people linked to as many who were 18 before the latest"]) & set(linked.index)


def test_the_command_writes_a_file_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    for name, t in with_a_member().items():
        t.to_pandas().to_csv(f"data/{name}.csv", index=False)
    days = "as_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n"
    Path("data/about.toml").write_text(f'marking = "OFFICIAL-SENSITIVE"\n{days}', encoding="utf-8")
    Path("rules.toml").write_text("many_serious = 3\n", encoding="utf-8")
    asked = ["juveniles", "data", "--rules", "rules.toml"]
    done = CliRunner().invoke(app, [*asked, "--out", "list.csv"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "2 of 7 juveniles" in done.output
    assert stat.S_IMODE(Path("list.csv").stat().st_mode) & 0o077 == 0
    with Path("list.csv").open(encoding="utf-8", newline="") as file:
        assert [row["person_id"] for row in csv.DictReader(file)] == ["nearly", "three", "could"]
    assert "OFFICIAL-SENSITIVE" in Path("list.csv.marking.txt").read_text(encoding="utf-8")
    assert "Name of three" in CliRunner().invoke(app, asked, catch_exceptions=False).output
    both = CliRunner().invoke(app, [*asked, "--out", "x.csv", "--format", "json"])
    assert "Give one of the two" in str(both.exception)
    assert not Path("x.csv").exists()
