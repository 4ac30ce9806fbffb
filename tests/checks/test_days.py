"""The day of judgement, open ends, dates that cannot be right, and rows that do not count; worked on paper."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from ocgnet.checks.births import places
from ocgnet.checks.check import check
from ocgnet.dataset import About, Dataset
from ocgnet.days import days_of, latest_event
from ocgnet.errors import UsageError
from ocgnet.evidence.period import period_of
from ocgnet.model import TABLES, Ahead, Column, Kind
from ocgnet.settings import FILE, Settings, with_settings

pytestmark = pytest.mark.long

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
TODAY = date(2026, 11, 29)
NOW = Settings(today=TODAY)

# Worked on paper: of the crimes, reports, contacts, missing episodes and stop checks of this folder a report is the
# last, R6 of 2 February 2019. A referral, a disruption and a membership bear later days, which do not count.
LATEST = date(2019, 2, 2)


def dated(name: str, column: str, *days: date | None) -> pa.Table:
    """Rows of a table with these days in one column and some id in its key."""
    rows = [{c: f"X{k}" for c in TABLES[name].key if TABLES[name].column(c).kind is Kind.ID} for k in range(len(days))]
    return pa.Table.from_pylist(
        [dict.fromkeys(TABLES[name].schema.names) | row | {column: d} for row, d in zip(rows, days, strict=True)],
        TABLES[name].schema,
    )


def crimes(*days: date | None) -> Dataset:
    return Dataset.of({"crimes": dated("crimes", "recorded_on", *days)})


def judged(dataset: Dataset, **more: object) -> date | None:
    return period_of(dataset, replace(NOW, **more)).as_of


def columns(wanted: Callable[[Column], bool]) -> list[tuple[str, str]]:
    """Columns of dates in tables that the folder has, by table and name."""
    found = []
    for name, declared in TABLES.items():
        path = TINY / f"{name}.csv"
        header = path.read_text(encoding="utf-8").split("\n", 1)[0].split(",") if path.exists() else []
        found += [
            (name, c.name)
            for c in declared.columns
            if c.kind in (Kind.DATE, Kind.MOMENT) and c.name in header and wanted(c)
        ]
    return found


def changed(folder: Path, name: str, column: str, value: str, row: int = 0, **cells: str) -> Path:
    """Return a copy of the folder, judged on no declared day, with another value in one row."""
    shutil.copytree(TINY, folder)
    (folder / "about.toml").write_text("synthetic = true\n", encoding="utf-8")
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row] |= {column: value} | cells
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_the_day_is_the_latest_event_and_nothing_else() -> None:
    day = date(2018, 8, 1)
    assert judged(crimes(date(2018, 7, 1), day, None)) == day
    later = date(2019, 5, 5)
    for name, declared in TABLES.items():
        for c in declared.columns:
            if c.kind is Kind.DATE:
                others = {n: t for n, t in crimes(day).tables.items() if n == "crimes" and name != "crimes"}
                base = others or {"intel_reports": dated("intel_reports", "reported_on", day)}
                both = Dataset.of(base | {name: dated(name, c.name, later)})
                assert judged(both) == (later if c.dates_records else day), (name, c.name)
    assert {f"{n}.{c.name}" for n, t in TABLES.items() for c in t.columns if c.dates_records} == {
        "crimes.recorded_on", "crimes.occurred_on", "intel_reports.reported_on", "associations.first_seen",
        "associations.last_seen", "missing_episodes.missing_from", "missing_episodes.found_at",
        "stop_checks.happened_on", "communications.at", "sightings.at", "transfers.at",
    }  # fmt: skip


def test_what_lies_after_today_decides_nothing_and_is_told_with_the_day_that_decided() -> None:
    found = period_of(crimes(date(2026, 11, 1), TODAY, TODAY + timedelta(days=1)), NOW)
    assert (found.as_of, found.today) == (TODAY, TODAY)
    assert "1 date of an event lies after it" in found.note
    assert "--today 2026-11-29 gives the same again" in found.note
    tomorrow = period_of(
        crimes(date(2026, 11, 1), TODAY, TODAY + timedelta(days=1)), replace(NOW, today=date(2027, 1, 1))
    )
    assert (tomorrow.as_of, tomorrow.today) == (date(2026, 11, 30), None)


@given(st.lists(st.dates(date(2000, 1, 1), date(2026, 11, 29)), min_size=1, max_size=30), st.integers(0, 20_000))
@hypothesis(max_examples=60, deadline=None)
def test_whole_records_are_judged_alike_on_every_later_day(days: list[date], after: int) -> None:
    one = period_of(crimes(*days), NOW)
    assert one == period_of(crimes(*days), replace(NOW, today=TODAY + timedelta(days=after)))
    assert one.today is None
    assert one.as_of in days


def test_a_folder_and_options_come_before_the_events() -> None:
    told = Dataset.of({"crimes": dated("crimes", "recorded_on", date(2018, 8, 1))}, About(as_of=date(2019, 3, 31)))
    assert judged(told) == date(2019, 3, 31)
    assert judged(told, as_of=date(2017, 1, 1)) == date(2017, 1, 1)
    assert judged(crimes(date(2018, 8, 1)), as_of=date(2030, 1, 1)) == date(2030, 1, 1)


def test_without_an_event_memberships_are_judged_today_and_everything_counts() -> None:
    ended = Dataset.of({"memberships": dated("memberships", "to_date", date(2015, 1, 1))})
    found = period_of(ended, NOW)
    assert (found.as_of, found.first, found.last, found.today) == (TODAY, None, None, TODAY)
    assert period_of(crimes(None), NOW).as_of is None
    ahead = period_of(crimes(date(2027, 1, 1)), NOW)
    assert (ahead.as_of, ahead.first, ahead.today) == (TODAY, None, TODAY)


@pytest.mark.parametrize("option", ["as_of", "period_from", "period_to"])
@pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(2200, 1, 1), date.max])
def test_a_day_outside_every_calendar_is_refused(option: str, day: date) -> None:
    with pytest.raises(UsageError, match=f"{day} is no day on which records can be judged"):
        period_of(crimes(date(2018, 8, 1)), replace(NOW, **{option: day}))


def months(first: int, last: int, year: int = 2018) -> list[date]:
    return [date(year, month, 10) for month in range(first, last + 1)]


@pytest.mark.parametrize(
    ("days", "far"),
    [
        # Months apart, then five years: far. The gap is 1,856 days, the longest before it 31.
        ([*months(1, 8), date(2023, 9, 9)], True),
        # 366 days after the last but one is not more than 366.
        ([*months(1, 8), date(2019, 8, 11)], False),
        ([*months(1, 8), date(2019, 8, 12)], True),
        # One a year: three years of silence are more than twice one year, two are not.
        ([date(y, 6, 1) for y in range(2008, 2016)] + [date(2018, 6, 2)], True),
        ([date(y, 6, 1) for y in range(2008, 2016)] + [date(2017, 6, 1)], False),
        # Five days before it are too few to say what is usual.
        ([*months(1, 5), date(2023, 9, 9)], False),
        ([*months(1, 6), date(2023, 9, 9)], True),
        # A crime of long ago does not hide a later slip.
        ([date(1975, 1, 1), *months(1, 8), date(2023, 9, 9)], True),
        # Of 2,000 dates the two last are the 99.9th percentile's: one slip is far, and two are.
        ([date(2010, 1, 1) + timedelta(days=k) for k in range(2_000)] + [date(2023, 9, 9)], True),
    ],
)
def test_which_late_date_is_far(days: list[date], far: bool) -> None:
    counted = days_of(crimes(*days).tables, NOW)["crimes"]
    assert (counted.far_after(NOW) is not None) is far
    assert judged(crimes(*days)) == (sorted(days)[-2] if far else days[-1])


def test_a_day_to_come_hides_no_slip_before_today() -> None:
    """Two slips, one of them in the future: with both in the percentile the nearer one would decide the day."""
    slips = crimes(*months(1, 8), date(2023, 9, 9), TODAY + timedelta(days=1))
    assert judged(slips) == max(months(1, 8))


def test_the_limits_are_settings() -> None:
    slip = crimes(*months(1, 8), date(2023, 9, 9))
    assert judged(slip, far_days=3_000) == date(2023, 9, 9)
    given = {"far_days": 10, "far_percentile": 50, "open_ends": ["2150-01-01", date(9999, 12, 31)]}
    own = with_settings(given, NOW, FILE, "own.toml")
    assert (own.far_days, own.far_percentile) == (10, 50.0)
    assert own.open_ends == (date(2150, 1, 1), date(9999, 12, 31))
    for wrong in ({"open_ends": "9999"}, {"open_ends": ["soon"]}, {"far_percentile": 101}, {"far_days": 0}):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            with_settings(wrong, NOW, FILE, "own.toml")


@given(
    st.lists(st.dates(date(1990, 1, 1), date(2035, 1, 1)), max_size=12),
    st.lists(st.dates(date(1990, 1, 1), date(2035, 1, 1)), max_size=12),
)
@hypothesis(max_examples=100, deadline=None)
def test_the_latest_event_by_brute_force(recorded: list[date], reported: list[date]) -> None:
    """The same rule, over plain lists."""

    def near(days: list[date]) -> list[date]:
        past = sorted(d for d in days if d <= TODAY)
        if not past:
            return days
        last = past[int(0.999 * (len(past) - 1))]
        earlier = sorted({d for d in past if d <= last})
        if len(earlier) < 6 or len(set(past)) <= 6:
            return days
        start = min(earlier.index(past[len(past) // 4]), len(earlier) - 2)
        kept = earlier[start:]
        longest = max((b - a).days for a, b in pairwise(kept))
        return [d for d in days if (d - last).days <= max(366, 2 * longest)]

    dataset = Dataset.of(
        {
            "crimes": dated("crimes", "recorded_on", *recorded),
            "intel_reports": dated("intel_reports", "reported_on", *reported),
        }
    )
    left = [*near(recorded), *near(reported)]
    found = latest_event(days_of(dataset.tables, NOW), NOW)
    assert found.day == max((d for d in left if d <= TODAY), default=None)
    assert found.after_today == sum(d > TODAY for d in left)


@pytest.mark.parametrize(("name", "column"), columns(lambda c: c.ahead is not Ahead.NEVER))
@pytest.mark.parametrize("value", ["9999-12-31", "31/12/2099"])
def test_an_open_end_is_read_as_no_end(tmp_path: Path, name: str, column: str, value: str) -> None:
    found = check(changed(tmp_path / "ends", name, column, value), settings=NOW)
    blank = check(changed(tmp_path / "blank", name, column, ""), settings=NOW)
    assert found.dataset.fingerprint == blank.dataset.fingerprint
    assert found.read_as == (*blank.read_as, f"1 open end read as no end: {name}.csv {column} 1.")
    assert [p for p in found.warnings if p.value == value] == [p for p in blank.warnings if p.value == value]
    assert found.period == blank.period


def test_open_ends_are_those_of_the_settings(tmp_path: Path) -> None:
    place = changed(tmp_path / "t", "memberships", "to_date", "2150-01-01")
    assert [(p.rule, p.value) for p in check(place, settings=NOW).warnings if p.column == "to_date"] == [
        ("far from other dates", "2150-01-01")
    ]
    own = check(place, settings=replace(NOW, open_ends=(date(2150, 1, 1),)))
    assert own.read_as == ("1 open end read as no end: memberships.csv to_date 1.",)
    assert not [p for p in own.warnings if p.column == "to_date"]


@pytest.mark.parametrize("key", ["as_of", "period_to"])
@pytest.mark.parametrize("value", ["9999-12-31", '"2099-12-31"'])
def test_an_open_end_is_no_day_of_judgement(tmp_path: Path, key: str, value: str) -> None:
    place = changed(tmp_path / "t", "nominals", "name", "Somebody")
    (place / "about.toml").write_text(f"{key} = {value}\n", encoding="utf-8")
    found = check(place, settings=NOW)
    assert found.errors == 0
    assert found.period.as_of == found.period.last == LATEST
    assert [p.column for p in found.warnings if p.rule == "about"] == [key]


@pytest.mark.parametrize(("name", "column"), columns(lambda c: c.event and c.ahead is not Ahead.PLANNED))
@pytest.mark.parametrize("value", ["2091-01-05", "9999-12-30"])
def test_a_date_that_has_not_come_is_named_and_decides_nothing(
    tmp_path: Path, name: str, column: str, value: str
) -> None:
    found = check(changed(tmp_path / "t", name, column, value), settings=NOW)
    told = [p for p in found.warnings if p.column == column and p.rule in ("after today", "far from other dates")]
    assert [(p.file, p.row, p.value) for p in told] == [(f"{name}.csv", 2, value)]
    assert "after today (2026-11-29)" in told[0].remedy
    assert found.period.as_of == LATEST
    # Nobody's age is judged on the day of a slip: whoever is a child stays one.
    assert not [p for p in found.problems if p.rule == "child over 18"]


def test_how_far_a_date_lies_is_said_in_years(tmp_path: Path) -> None:
    found = check(changed(tmp_path / "t", "crimes", "recorded_on", "2091-01-05", 5), settings=NOW)
    (told,) = [p for p in found.warnings if p.rule == "far from other dates"]
    assert told.remedy.startswith(
        "K6: recorded_on 2091-01-05 lies 72 years after the next date in crimes.csv (2019-01-05)"
    )


@pytest.mark.parametrize(("name", "column"), columns(lambda c: c.ahead is Ahead.PLANNED))
def test_what_is_planned_may_lie_ahead(tmp_path: Path, name: str, column: str) -> None:
    for value, rules in (("2030-01-01", []), ("2091-01-05", ["far from other dates"])):
        found = check(changed(tmp_path / value, name, column, value), settings=NOW)
        assert [p.rule for p in found.warnings if p.column == column] == rules
        assert found.period.as_of == LATEST


def test_a_birth_after_the_analysis_is_no_error_unless_the_records_end_there(tmp_path: Path) -> None:
    place = changed(tmp_path / "t", "children", "date_of_birth", "2019-03-05")
    assert "after the analysis date" in {p.rule for p in check(place, settings=NOW).warnings if p.value == "2019-03-05"}
    assert not [p for p in check(place, settings=NOW).problems if p.value == "2019-03-05"]
    (place / "about.toml").write_text("as_of = 2019-03-01\n", encoding="utf-8")
    assert [p.rule for p in check(place, settings=NOW).problems if p.value == "2019-03-05"] == ["impossible date"]


def test_every_store_is_judged_on_the_same_day(tmp_path: Path, neo4j) -> None:
    """A slip, an open end and a day after today, read from the folder, from DuckDB and from Neo4j."""
    from ocgnet.queries.parameters import days_of_graph
    from ocgnet.store import LoadManifest, open_store
    from ocgnet.store.neo4j.connection import connected
    from ocgnet.store.neo4j.store import Neo4jStore

    place = changed(tmp_path / "t", "crimes", "recorded_on", "2091-01-05", 5)
    with (place / "memberships.csv").open(encoding="utf-8") as file:
        text = file.read()
    (place / "memberships.csv").write_text(text.replace("2018-12-31", "9999-12-31"), encoding="utf-8")
    checked = check(place, settings=NOW)
    dataset = checked.dataset
    days = {"folder": days_of(dataset.tables, NOW)}
    for store in (open_store(str(tmp_path / "s.duckdb")), open_store(neo4j.uri)):
        store.write(dataset, LoadManifest((), "test"))
        days[type(store).__name__] = days_of(store.read().tables, NOW)
        if isinstance(store, Neo4jStore):
            with connected(store.address) as connection:
                days["graph"] = days_of_graph(connection, NOW)
    for where, found in days.items():
        assert latest_event(found, NOW).day == checked.period.as_of == LATEST, where
        assert found.keys() == days["folder"].keys(), where
        for name, of_table in found.items():
            expected = days["folder"][name]
            assert np.array_equal(of_table.day, expected.day), (where, name)
            assert np.array_equal(of_table.count, expected.count), (where, name)
            assert np.array_equal(of_table.dating, expected.dating), (where, name)


def test_rows_that_are_said_not_to_count_do_not_count(tmp_path: Path) -> None:
    """One row a column begins after the analysis: the analysis and the profile are the same as without these rows."""
    from ocgnet.local_profile.profile import profile_of
    from ocgnet.main_job import analyse
    from ocgnet.settings import ProfileSettings

    place = Path(shutil.copytree(TINY, tmp_path / "t"))
    said = set()
    # A group that is mapped later has no members before: what that changes is held in tests/scope.
    for name, column in (c for c in columns(lambda c: c.counts_from) if c[0] != "ocgs"):
        path = place / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        row = rows[1 if column == "occurred_on" else 0]
        row |= {c.name: "" for c in TABLES[name].columns if c.event and c.name in row}
        row[column] = "2019-06-01T12:00" if TABLES[name].column(column).kind is Kind.MOMENT else "2019-06-01"
        said.add((f"{name}.csv", column, rows.index(row) + 2))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    checked = check(place, settings=NOW)
    assert {(p.file, p.column, p.row) for p in checked.warnings if "does not count" in p.remedy} == said
    assert len(said) > 8
    with_rows = checked.dataset
    tables = dict(with_rows.tables)
    for file, column, _ in said:
        t = tables[name := file.removesuffix(".csv")]
        day = t[column].cast(pa.date32())
        tables[name] = t.filter(pa.array([d != date(2019, 6, 1) for d in day.to_pylist()]))
        assert tables[name].num_rows == t.num_rows - 1
    without = Dataset(with_rows.about, tables, (), with_rows.given)
    quick = replace(NOW, resamples=0, single_changes=0, snapshot_months=0, null_draws=100, bootstrap_draws=100)
    for answer in (lambda d: analyse(d, quick), lambda d: profile_of(d, ProfileSettings(analysis=quick))):
        one, other = answer(with_rows), answer(without)
        for name, table in one.tables.items():
            # What a figure is counted over in words names also how many records there are.
            left = table.frame.drop(columns="filter", errors="ignore").to_csv()
            assert left == other.tables[name].frame.drop(columns="filter", errors="ignore").to_csv(), name


def test_planned_ends_are_not_said_not_to_count(tmp_path: Path) -> None:
    place = changed(tmp_path / "t", "memberships", "to_date", "2025-12-31", assessed_on="2019-05-01")
    (place / "about.toml").write_text("as_of = 2019-03-31\n", encoding="utf-8")
    assert not [p for p in check(place, settings=NOW).warnings if p.file == "memberships.csv" and p.row == 2]


@pytest.mark.parametrize("many", [10, 200])
def test_a_text_is_found_at_its_first_place_by_few_and_by_many(many):
    known = pa.array([f"P{n % 300}" for n in range(600)])
    texts = pa.array([f"P{n * 7 % 400}" for n in range(many)])
    wanted = [known.to_pylist().index(t) if t in known.to_pylist() else -1 for t in texts.to_pylist()]
    assert places(texts, known).tolist() == wanted
