"""Priorities with their measures now and then, and intelligence gaps: on paper, from another seed, in every edition."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ocgnet.analysis.intervals import share_interval
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.local_profile.edition import edition_of
from ocgnet.local_profile.impact import LastProfile, when_of
from ocgnet.local_profile.profile import profile_of
from ocgnet.local_profile.records import Windows
from ocgnet.settings import ProfileSettings, Settings
from ocgnet.views.profile import write_profile

COUNTY = Path(__file__).parents[2] / "fixtures" / "county"
ABOUT = About("Paper force", as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
LAST, THIS = (date(2017, 4, 1), date(2018, 3, 31)), (date(2018, 4, 1), date(2019, 3, 31))
OWNER, WORDS = "Insp Owner-of-it", "Stop what Mr Nobody does"


def priority(number, measure, direction=None, target=None, days=LAST):
    return {
        "priority_id": f"PR{number}", "priority": WORDS, "owner": OWNER, "measure": measure,
        "direction": direction, "target": target, "from_date": days[0], "to_date": days[1],
    }  # fmt: skip


def gap(number, raised, due=None, closed=None, **more):
    row = {"gap_id": f"G{number}", "question": f"Question {number}", "subject_kind": None, "subject_id": None}
    return row | {"owner": OWNER, "raised_on": raised, "due_on": due, "closed_on": closed} | more


def stops(year, young, old):
    """Return stops of transient dealers spread over a year, children first."""
    days = [date(year, 4, 1) + timedelta((n * 360) // max(young + old - 1, 1)) for n in range(young + old)]
    return [
        {"stop_id": f"S{year}-{n}", "happened_on": day, "transient_dealer": True,
         "date_of_birth": date(year - (15 if n < young else 30), 1, 1)}
        for n, day in enumerate(days)
    ]  # fmt: skip


def dataset(priorities=(), gaps=(), checks=()):
    tables = {}
    for name, rows in (("priorities", priorities), ("intelligence_gaps", gaps), ("stop_checks", checks)):
        if rows:
            tables[name] = pa.Table.from_pylist(list(rows))
    return Dataset.of(tables, ABOUT)


def row_of(profile, key):
    frame = profile.tables["priorities"].frame
    return frame[frame["priority_id"] == key].iloc[0]


def test_on_paper_then_now_and_the_target():
    """40 of 80 then, 16 of 80 now: fewer by more than chance; 0.2 with Wilson's 0.127 to 0.300 is below 0.31 only."""
    checks = [*stops(2017, 40, 40), *stops(2018, 16, 64)]
    asked = [
        priority(1, "transient_juveniles", "at_most", 0.31),
        priority(2, "transient_juveniles", "at_most", 0.25),
        priority(3, "transient_juveniles", "at_most", 0.1),
        priority(4, "transient_juveniles", "at_least", 0.1),
        priority(5, "transient_juveniles"),
        priority(6, "transient_dealers", "at_least", 100),
        priority(7, "transient_juvenils", "at_most", 0.1),
        priority(8, None),
        priority(9, "linked_crimes", "at_most", 4),
        priority(10, "nrm_referrals", "at_most", 4),
    ]
    profile = profile_of(dataset(asked, checks=checks))
    first = row_of(profile, "PR1")
    assert (first["value"], first["then"], first["counts"], first["then_counts"]) == (0.2, 0.5, "16 of 80", "40 of 80")
    (low, high), (then_low, then_high) = share_interval(16, 80), share_interval(40, 80)
    assert first["difference"] == pytest.approx(-0.3)
    # Newcombe's interval of a difference of two shares.
    assert first["difference_low"] == pytest.approx(-0.3 - ((0.2 - low) ** 2 + (then_high - 0.5) ** 2) ** 0.5)
    assert first["difference_high"] == pytest.approx(-0.3 + ((high - 0.2) ** 2 + (0.5 - then_low) ** 2) ** 0.5)
    assert (round(low, 2), round(high, 2)) == (0.13, 0.3)
    told = {
        key: tuple(row_of(profile, key)[["verdict", "target_met"]])
        for key in profile.tables["priorities"].frame["priority_id"]
    }
    assert told == {
        "PR1": ("better", "reached"),
        "PR2": ("better", "cannot be told"),
        "PR3": ("better", "not reached"),
        "PR4": ("worse", "reached"),
        "PR5": ("lower", ""),
        # Eighty and eighty: no difference; of 80 the exact limits end at 99.6.
        "PR6": ("no clear difference", "not reached"),
        "PR7": ("unknown measure", ""),
        "PR8": ("no measure", ""),
        "PR9": ("unknown measure", ""),
        "PR10": ("unknown measure", ""),
    }  # fmt: skip
    assert row_of(profile, "PR7")["because"].endswith("Did you mean transient_juveniles?")
    counts = {n: (f.value, f.denominator) for n, f in profile.figures.items() if n.startswith("priorities_")}
    assert counts == {
        "priorities_last": (10, None), "priorities_better": (3, 5), "priorities_worse": (1, 5),
        "priorities_reached": (2, 5),
    }  # fmt: skip


def test_few_records_and_records_of_one_year_say_nothing():
    asked = [priority(1, "transient_juveniles", "at_most", 0.9)]
    few = profile_of(dataset(asked, checks=[*stops(2017, 9, 9), *stops(2018, 1, 18)]))
    assert tuple(row_of(few, "PR1")[["verdict", "target_met"]]) == ("too few to say", "cannot be told")
    # Nothing was recorded the year before: nobody can say that it was better or worse.
    late = profile_of(dataset(asked, checks=stops(2018, 20, 60)))
    row = row_of(late, "PR1")
    assert (row["verdict"], row["target_met"]) == ("not covered", "reached")
    assert "stop checks are recorded from 01/04/2018" in row["because"]
    assert row["then"] is None or row["then"] != row["then"]
    assert late.figures["priorities_better"].denominator == 0


@pytest.mark.parametrize(
    ("first", "last", "when"),
    [
        (date(2017, 4, 1), date(2018, 3, 31), "last period"),
        (date(2018, 3, 31), date(2019, 3, 31), "last period"),
        (date(2016, 1, 1), None, "last period"),
        (None, date(2018, 3, 31), "last period"),
        (date(2018, 4, 1), date(2019, 3, 31), "this period"),
        (date(2018, 4, 1), None, "this period"),
        (None, date(2019, 3, 31), "this period"),
        (date(2014, 4, 1), date(2015, 3, 31), "an earlier period"),
        (date(2019, 4, 1), None, "a later period"),
        (None, None, "not dated"),
    ],
)
def test_when_a_priority_was_to_hold(first, last, when):
    assert when_of(Windows(THIS, LAST, None), first, last) == when


def test_gaps_on_paper():
    """Of seven one was raised after the day and one closed before the period; a person's words are kept back."""
    rows = [
        gap(1, date(2018, 5, 1), due=date(2019, 3, 30)),
        gap(2, date(2018, 5, 1), due=date(2019, 3, 31)),
        gap(3, date(2018, 5, 1), closed=date(2018, 4, 1) + timedelta(60)),
        gap(4, date(2017, 5, 1), closed=date(2018, 3, 31)),
        gap(5, date(2019, 4, 1)),
        gap(6, date(2018, 5, 1), closed=date(2019, 4, 1), subject_kind="person", subject_id="N1"),
        gap(7, date(2018, 5, 1), subject_kind="group", subject_id="OCG1"),
    ]
    profile = profile_of(dataset(gaps=rows))
    frame = profile.tables["intelligence_gaps"].frame
    assert dict(zip(frame["gap_id"], frame["state"], strict=True)) == {
        "G1": "overdue", "G2": "open", "G6": "open", "G7": "open", "G3": "closed in the period",
    }  # fmt: skip
    told = frame.set_index("gap_id")
    assert told.loc["G6", "question"] == "about a person: the words stay with the record"
    assert told.loc["G6", "about"] == "person"
    assert told.loc["G7", "about"] == "group OCG1"
    figures = {n: (f.value, f.denominator) for n, f in profile.figures.items() if n.startswith("gaps_")}
    assert figures == {
        "gaps_open": (4, None), "gaps_overdue": (1, 4), "gaps_closed": (1, None), "gaps_about_people": (1, 5),
    }  # fmt: skip
    assert "N1" not in frame.to_csv()


def test_without_the_tables_nothing_is_said_and_empty_ones_are_nought():
    nothing = profile_of(dataset(checks=stops(2018, 2, 30)))
    assert not [n for n in nothing.figures if n.startswith(("priorities_", "gaps_"))]
    empty = Dataset.of({"priorities": pa.table({"priority_id": pa.array([], pa.string())})}, ABOUT)
    assert profile_of(empty).figures["priorities_last"].value == 0


# Another seed, and the same year profiled for itself.


@pytest.fixture(scope="module")
def quick():
    return ProfileSettings(analysis=Settings(null_draws=50, bootstrap_draws=50), draws=20)


@pytest.mark.long
def test_then_is_what_a_profile_of_that_year_says(quick):
    """Every chapter, made again out of the year before, gives the figures of a profile of that year."""
    records = read_dataset(COUNTY)[0]
    year = replace(quick, analysis=replace(quick.analysis, period_from=LAST[0], period_to=LAST[1], as_of=LAST[1]))
    measures = (
        "severity_total", "offenders_few_harm", "crimes_per_nominal", "harm_age_10_24", "cpi_forms", "parents",
        "severity_lyonmere_city", "cse_flagged", "top_nominals_crime_share", "nominals", "transient_juveniles",
    )  # fmt: skip
    asked = pa.Table.from_pylist([priority(n, m) for n, m in enumerate(measures)])
    own = replace(records, tables={**records.tables, "priorities": records["priorities"].slice(0, 0)})
    then = profile_of(own, year).figures
    with_asked = {**records.tables, "priorities": asked.select(records["priorities"].column_names)}
    frame = profile_of(replace(records, tables=with_asked), quick).tables["priorities"].frame
    for row in frame.itertuples():
        if row.verdict == "not covered":
            assert row.measure in ("cse_flagged", "parents"), (row.measure, row.because)
        else:
            assert row.then == pytest.approx(then[row.measure].value), row.measure
            assert row.then_from == "2017-04-01 to 2018-03-31"


@pytest.mark.long
def test_another_force_has_its_own_then_counted_by_duckdb(other_force, quick):
    profile = profile_of(read_dataset(other_force)[0], quick)
    frame = profile.tables["priorities"].frame.set_index("priority_id")
    db = duckdb.connect()
    stop = f"read_csv('{other_force}/stop_checks.csv', all_varchar=true)"
    year = "'2017-04-01' AND '2018-03-31'"
    young, dealers = db.execute(
        f"SELECT count(*) FILTER (date_of_birth::DATE + INTERVAL 18 YEAR > happened_on::DATE), count(*) FROM {stop} "
        f"WHERE transient_dealer = 'true' AND happened_on BETWEEN {year}"
    ).fetchone()
    told = [tuple(frame.loc["PR01", ["then", "then_counts"]])]
    assert told == [(pytest.approx(young / dealers), f"{young:,} of {dealers:,}")]
    hurt = f"read_csv('{other_force}/disruptions.csv', all_varchar=true) WHERE happened_on BETWEEN {year}"
    assert frame.loc["PR02", "then"] == db.execute(f"SELECT count(*) FROM {hurt}").fetchone()[0]
    reports = f"read_csv('{other_force}/intel_reports.csv', all_varchar=true)"
    forms, every = db.execute(
        f"SELECT count(*) FILTER (origin = 'cpi_form'), count(*) FROM {reports} WHERE reported_on BETWEEN {year}"
    ).fetchone()
    assert frame.loc["PR08", "then_counts"] == f"{forms:,} of {every:,}"
    assert frame.loc["PR06", "because"].endswith("Did you mean transient_juveniles?")
    gaps = f"read_csv('{other_force}/intelligence_gaps.csv', all_varchar=true)"
    still, late = db.execute(
        f"SELECT count(*), count(*) FILTER (due_on < '2019-03-31') FROM {gaps} WHERE closed_on IS NULL"
    ).fetchone()
    figures = profile.figures
    assert (figures["gaps_open"].value, figures["gaps_overdue"].value) == (still, late)


# Editions and an earlier profile.


def test_an_edition_for_others_has_no_words_no_owner_and_no_small_count_then(tmp_path):
    """Nine of 30 juveniles then is enough, three of 30 is not, though ten of 30 now is."""
    asked = [priority(1, "transient_juveniles", "at_most", 0.5), priority(2, WORDS)]
    records = dataset(asked, [gap(1, date(2018, 5, 1))], [*stops(2017, 3, 27), *stops(2018, 10, 20)])
    shown = edition_of(profile_of(records), "partnership")
    row = row_of(shown, "PR1")
    assert (row["verdict"], row["then_counts"]) == ("", "")
    assert "not shown" in row["because"]
    assert shown.tables["intelligence_gaps"].frame.empty
    assert shown.figures["priorities_better"].value is None
    write_profile(tmp_path / "out", shown, None, [], dict, lambda _: None)
    for file in (p for p in (tmp_path / "out").rglob("*") if p.suffix in (".html", ".csv", ".json")):
        text = file.read_text(encoding="utf-8-sig")
        for secret in (WORDS, OWNER, "Question 1"):
            assert secret not in text, (file.name, secret)
    enough = dataset(asked, checks=[*stops(2017, 9, 21), *stops(2018, 10, 20)])
    row = row_of(edition_of(profile_of(enough), "public"), "PR1")
    assert (row["verdict"], row["then_counts"]) == ("no clear difference", "9 of 30")


def test_an_earlier_profile_stands_for_then():
    checks = [*stops(2017, 40, 40), *stops(2018, 16, 64)]
    now = dataset(
        [priority(1, "transient_juveniles", "at_most", 0.31), priority(2, "transient_dealers")], checks=checks
    )
    details = {"transient_juveniles": {"value": 0.25, "unit": "share", "numerator": 25, "denominator": 100,
                                       "low": 0.175, "high": 0.343, "records": 100}}  # fmt: skip
    profile = profile_of(now, last=LastProfile(details, LAST, None))
    row = row_of(profile, "PR1")
    assert (row["then"], row["then_counts"], row["verdict"]) == (0.25, "25 of 100", "no clear difference")
    assert row["then_from"] == "profile of 2017-04-01 to 2018-03-31"
    assert "does not hold it" in row_of(profile, "PR2")["because"]
    with pytest.raises(UsageError, match="does not lie before"):
        profile_of(now, last=LastProfile(details, THIS, None))


@pytest.mark.long
def test_the_command_takes_an_earlier_profile(tmp_path):
    from typer.testing import CliRunner

    from ocgnet.cli.app import app

    tiny = COUNTY.parent / "tiny"

    def run(*words):
        done = CliRunner().invoke(app, ["profile", str(tiny), *map(str, words)])
        return done.output + str(done.exception or "")

    run("--out", tmp_path / "last", "--from", "2017-04-01", "--to", "2018-03-31", "--as-of", "2018-03-31")
    run("--out", tmp_path / "now", "--last", tmp_path / "last")
    assert json.loads((tmp_path / "now" / "run.json").read_text(encoding="utf-8"))["kind"] == "profile"
    assert "force's own edition" in run("--out", tmp_path / "x", "--last", tmp_path / "last", "--for", "public")
