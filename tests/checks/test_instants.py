"""Instants read many at once are those that are read one by one, and an hour is never off."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.checks.check import check, read_dataset
from ocgnet.checks.instants import Told, read_usual, told
from ocgnet.clocks import on_the_wall, universal
from ocgnet.edit.change import texts_of
from ocgnet.model import table
from ocgnet.sources.arrays import strings
from ocgnet.sources.cells import CellError, read_cell

LONDON = ZoneInfo("Europe/London")
AT = table("communications").column("at")


@st.composite
def written(draw: st.DrawFn) -> str:
    """The text of an instant, most days and times of which exist."""
    two = st.integers(0, 62).map("{:02d}".format)
    day = draw(
        st.dates(date(1899, 12, 1), date(2100, 1, 1)).map(str) | st.from_regex(r"20[12]\d-\d\d-[0-3]\d", fullmatch=True)
    )
    parts = [day]
    if draw(st.booleans()):
        hour = draw(st.integers(0, 25).map("{:02d}".format))
        parts += [draw(st.sampled_from("T t")), ":".join([hour, *draw(st.lists(two, min_size=1, max_size=2))])]
        parts.append(
            draw(st.sampled_from(["", "Z", "+00:00", "+01:00", "-05:30", "+14:00", "+15:00", "+01", "+0100", ".5Z"]))
        )
    return "".join(parts)


@given(st.lists(written(), min_size=1, max_size=30))
def test_many_at_once_are_as_one_by_one(texts: list[str]) -> None:
    seconds, usual = read_usual(strings(texts))
    for k, text in enumerate(texts):
        try:
            value = int(read_cell(AT, text).replace(tzinfo=UTC).timestamp())
        except CellError:
            assert not usual[k], text
            continue
        assert not usual[k] or seconds[k] == value, text


def test_the_usual_forms_need_no_closer_look() -> None:
    texts = ["2019-07-01", "2019-07-01T10:00", "2019-07-01 10:00:00", "2019-07-01T09:00Z", "2019-07-01T09:00:00Z",
             "2019-07-01T11:00+02:00", "2019-07-01T05:00:00-04:00"]  # fmt: skip
    seconds, usual = read_usual(strings(texts))
    assert usual.all()
    day = int(datetime(2019, 7, 1, tzinfo=UTC).timestamp())
    assert (seconds - day).tolist() == [0] + [9 * 3600] * 6
    what = [Told.DAY, Told.ON_THE_WALL, Told.ON_THE_WALL, *[Told.ZONED] * 4]
    assert told(strings(texts)).tolist() == what
    others = strings(["31/01/2019", "31/01/2019 9:30", "2019-01-31T09:30:05.25Z", "2019-01-31T9:30+01"])
    assert told(others).tolist() == [Told.DAY, Told.ON_THE_WALL, Told.ZONED, Told.ZONED]


@given(st.datetimes(datetime(1980, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(microsecond=0)))
def test_the_wall_shows_what_the_zone_says(instant: datetime) -> None:
    import numpy as np

    shown = on_the_wall(np.array([instant], "datetime64[s]"))
    assert shown[0].item() == instant.replace(tzinfo=UTC).astimezone(LONDON).replace(tzinfo=None)
    assert {universal(shown)[0], universal(shown, later=True)[0]} & {np.datetime64(instant, "s")}


def folder(path: Path, at: pa.Array) -> Path:
    rows = len(at)
    calls = {"from_thing": ["T1"] * rows, "to_thing": ["T2"] * rows, "at": at, "authority_ref": ["U1"] * rows}
    pq.write_table(pa.table(calls), path / "communications.parquet")
    pq.write_table(pa.table({"thing_id": ["T1", "T2"], "kind": ["phone"] * 2}), path / "things.parquet")
    (path / "nominals.csv").write_text("nominal_id,name\nN1,Ada Example\n")
    return path


NOON = datetime(2019, 7, 1, 12)


@pytest.mark.parametrize(
    ("kind", "values", "meant"),
    [
        (pa.timestamp("us", "UTC"), [NOON, datetime(2019, 7, 2)], [NOON, datetime(2019, 7, 2)]),
        # Arrow keeps universal time; the zone says only how it is shown.
        (pa.timestamp("ms", "Europe/Paris"), [NOON.replace(tzinfo=UTC)], [NOON]),
        (pa.timestamp("ns"), [NOON, datetime(2019, 7, 2)], [NOON - timedelta(hours=1), datetime(2019, 7, 1, 23)]),
        (pa.timestamp("s"), [datetime(2019, 7, 1), datetime(2019, 7, 2)], [datetime(2019, 7, 1), datetime(2019, 7, 2)]),
        (pa.date32(), [date(2019, 7, 1)], [datetime(2019, 7, 1)]),
    ],
)
def test_parquet_holds_instants_in_every_way(
    tmp_path: Path, kind: pa.DataType, values: list[date], meant: list[datetime]
) -> None:
    dataset, checked = read_dataset(folder(tmp_path, pa.array(values, kind)))
    assert dataset["communications"]["at"].to_pylist() == meant
    assert bool(checked.read_as) == (kind == pa.timestamp("ns"))


def test_times_of_a_store_are_read_as_it_keeps_them(tmp_path: Path) -> None:
    dataset, _ = read_dataset(folder(tmp_path, pa.array([NOON, datetime(2019, 7, 2)], pa.timestamp("s", "UTC"))))
    assert texts_of(dataset["communications"])["at"].to_pylist() == ["2019-07-01T12:00:00Z", "2019-07-02"]


def test_times_without_a_zone_are_said(tmp_path: Path) -> None:
    checked = check(folder(tmp_path, pa.array(["2019-07-01 10:00", "2019-07-02"])))
    assert checked.read_as == ("communications.parquet, at: 1 time without a zone read as Europe/London.",)
    assert checked.dataset["communications"]["at"].to_pylist() == [datetime(2019, 7, 1, 9), datetime(2019, 7, 2)]
