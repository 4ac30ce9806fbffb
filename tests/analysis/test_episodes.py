"""Missing episodes that overlap count once; return interviews are judged by the hours that passed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.analysis.children.links import missing_within
from ocgnet.analysis.children.missing import episodes_of
from ocgnet.clocks import universal
from ocgnet.dataset import Dataset
from ocgnet.evidence.episodes import interviews, merged_episodes
from ocgnet.evidence.evidence import evidence_of
from ocgnet.model import TABLES
from ocgnet.settings import Settings

LONDON = ZoneInfo("Europe/London")
NEVER = np.array(["NaT"], "M8[s]")
NAMES = (
    "child_id",
    "missing_from",
    "found_at",
    "found_where",
    "companions",
    "return_interview_at",
    "interview_refused_on",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def table(*rows: tuple[object, ...]) -> pa.Table:
    columns = zip(*(r + (None,) * (len(NAMES) - len(r)) for r in rows), strict=True)
    schema = TABLES["missing_episodes"].schema
    return pa.table({n: pa.array(list(c), schema.field(n).type) for n, c in zip(NAMES, columns, strict=True)})


NIGHT = table(
    ("C1", at("2018-06-01T10:00"), at("2018-06-03T10:00"), "home", "N1", at("2018-06-03T09:00")),
    ("C1", at("2018-06-02T10:00"), at("2018-06-04T10:00"), "park", "N2|N1", at("2018-06-05T10:00")),
    ("C1", at("2018-06-04T10:00"), at("2018-06-04T12:00"), "home"),
    ("C1", at("2018-07-01T10:00"), None),
    ("C1", at("2018-07-01T11:00"), at("2018-07-02T10:00"), "bus"),
    ("C2", at("2018-06-01T10:00"), at("2018-06-03T10:00"), "home"),
)
"""On paper: 1 and 2 are one absence of three days; 3 begins as it ends; no return is known of 4. C2 is another."""


def test_overlapping_episodes_are_one() -> None:
    found = merged_episodes(NIGHT).to_pylist()
    assert [(r["child_id"], r["missing_from"].day, r["found_where"]) for r in found] == [
        ("C1", 1, "park"), ("C1", 4, "home"), ("C1", 1, None), ("C1", 1, "bus"), ("C2", 1, "home"),
    ]  # fmt: skip
    first = found[0]
    assert (first["found_at"], first["companions"]) == (at("2018-06-04T10:00"), "N1|N2")
    # The interview of 3 June was held while the other record has the child missing: it is none.
    assert first["return_interview_at"] == at("2018-06-05T10:00")


def test_every_count_of_the_analysis_is_of_merged_episodes() -> None:
    dataset = Dataset.of({"missing_episodes": NIGHT})
    options = Settings(as_of=date(2019, 3, 31))
    evidence = evidence_of(dataset, options)
    assert missing_within(dataset, evidence).num_rows == 5
    frame = episodes_of(dataset, evidence, options)
    assert frame["child_id"].tolist() == ["C1"] * 4 + ["C2"]
    assert frame["hours"].iloc[:2].tolist() == [72.0, 2.0]


spans = st.lists(
    st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 60), st.none() | st.integers(0, 30)),
    max_size=8, unique_by=lambda s: s[:2],
)  # fmt: skip


@given(spans, st.randoms())
@settings(max_examples=200, deadline=None)
def test_merging_keeps_every_hour_and_forgets_the_order_of_rows(found, draw) -> None:
    begin = datetime(2018, 6, 1)
    hours = [timedelta(hours=h) for h in range(100)]
    rows = [(c, begin + hours[b], None if n is None else begin + hours[b + n]) for c, b, n in found]
    if not rows:
        return
    once = merged_episodes(table(*rows)).to_pylist()

    def covered(some) -> set[tuple[str, datetime]]:
        return {(c, begin + h) for c, b, e in some if e for h in hours if b <= begin + h < e}

    assert covered((r["child_id"], r["missing_from"], r["found_at"]) for r in once) == covered(rows)
    mixed = draw.sample(rows, len(rows))
    key = ("child_id", "missing_from")
    assert sorted(merged_episodes(table(*mixed)).to_pylist(), key=lambda r: [r[k] for k in key]) == sorted(
        once, key=lambda r: [r[k] for k in key]
    )
    again = merged_episodes(merged_episodes(table(*rows)))
    assert again.num_rows == len(once)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)), st.booleans())
@settings(max_examples=300, deadline=None)
def test_times_on_the_wall_are_those_of_the_zone(wall: datetime, later: bool) -> None:
    wall = wall.replace(microsecond=0)
    meant = wall.replace(tzinfo=LONDON, fold=int(later)).astimezone(UTC).replace(tzinfo=None)
    assert universal(np.array([wall], "datetime64[s]"), later=later)[0].astype(object) == meant


@pytest.mark.parametrize(
    ("found", "held", "late"),
    [
        # From 30 to 31 March 2019 the clock goes forward: 73 hours on the wall are 72 that passed.
        ("2019-03-30T12:00", "2019-04-02T13:00", False),
        ("2019-03-30T12:00", "2019-04-02T13:01", True),
        # From 27 to 28 October 2018 it goes back: 72 on the wall are 73.
        ("2018-10-27T12:00", "2018-10-30T12:00", True),
        ("2018-10-27T12:00", "2018-10-30T11:00", False),
        # Found at 01:30 in the hour that comes twice: 72 hours end at 00:30 or 01:30, and only after both is it late.
        ("2018-10-28T01:30", "2018-10-31T01:30", False),
        ("2018-10-28T01:30", "2018-10-31T01:31", True),
        ("2018-06-01T12:00", "2018-06-04T12:00", False),
    ],
)
def test_an_interview_is_late_after_72_hours_that_passed(found: str, held: str, late: bool) -> None:
    told = interviews(np.array([found], "M8[s]"), np.array([held], "M8[s]"), NEVER, date(2019, 12, 31), 72)
    assert [a.tolist() for a in told] == [[late], [False]]


@pytest.mark.parametrize(
    ("found", "day", "outstanding"),
    [
        ("2018-10-28T01:30", "2018-10-30", False),
        ("2018-10-27T23:59", "2018-10-30", True),
        ("2019-03-29T00:59", "2019-03-31", False),
        ("2019-03-28T22:59", "2019-03-31", True),
        ("2019-03-28T23:00", "2019-03-31", False),
    ],
)
def test_an_interview_is_outstanding_at_the_end_of_a_day(found: str, day: str, outstanding: bool) -> None:
    # On paper: 31 March 2019 ends at 23:00 by the winter clock, so 72 hours before it are 28 March 23:00.
    _, due = interviews(np.array([found], "M8[s]"), NEVER, NEVER, date.fromisoformat(day), 72)
    assert due.tolist() == [outstanding]


def test_an_interview_that_was_refused_is_no_outstanding_one() -> None:
    refused = TABLES["missing_episodes"].schema
    rows = [
        {"child_id": "C1", "missing_from": at("2018-06-01T10:00"), "found_at": at("2018-06-02T10:00")},
        {"child_id": "C2", "missing_from": at("2018-06-01T10:00"), "found_at": at("2018-06-02T10:00")}
        | {"interview_refused_on": date(2018, 6, 4)},
        # Refused on the day after the analysis: not known on it.
        {"child_id": "C3", "missing_from": at("2018-06-01T10:00"), "found_at": at("2018-06-02T10:00")}
        | {"interview_refused_on": date(2018, 7, 1)},
    ]
    dataset = Dataset.of({"missing_episodes": pa.Table.from_pylist(rows, schema=refused)})
    asked = Settings(as_of=date(2018, 6, 30))
    of_children = episodes_of(dataset, evidence_of(dataset, asked), asked)
    assert of_children.set_index("child_id")["outstanding"].to_dict() == {"C1": True, "C2": False, "C3": True}
