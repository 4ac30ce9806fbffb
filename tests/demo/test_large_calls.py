"""Large draws of calls and sightings: the same fan-out however many rows, and records that the check takes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pytest

from ocgnet.checks.check import check
from ocgnet.errors import UsageError
from ocgnet_demo.things.large import CALLS_EACH, CONTACTS_EACH, HEIR_EVERY, write_large


def _calls(folder: Path) -> pd.DataFrame:
    checked = check(folder)
    assert (checked.errors, checked.warning_count) == (0, 0)
    assert checked.dataset is not None
    return checked.dataset["communications"].select(["from_thing", "to_thing", "at"]).to_pandas()


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    out = tmp_path_factory.mktemp("large")
    write_large(out, 60_000, 5_000)
    return _calls(out)


def test_a_number_has_as_many_contacts_in_a_large_draw_as_in_a_small_one(calls: pd.DataFrame, tmp_path: Path) -> None:
    write_large(tmp_path, 6_000)
    for frame in (calls, _calls(tmp_path)):
        called = frame.groupby("from_thing")["to_thing"].nunique()
        # A hub may stand in for contacts who are gone.
        assert called.max() <= CONTACTS_EACH + 1
        assert 12 <= called.mean() <= CONTACTS_EACH
        assert len(frame) / frame["from_thing"].nunique() == pytest.approx(CALLS_EACH, rel=0.02)


def test_some_numbers_take_over_from_others(calls: pd.DataFrame) -> None:
    numbers = [f"TL{1 + n:08d}" for n in range(600)]
    for old in range(1, 599, HEIR_EVERY):
        silent = calls[(calls["from_thing"] == numbers[old]) | (calls["to_thing"] == numbers[old])]
        heir = calls[(calls["from_thing"] == numbers[old + 1]) | (calls["to_thing"] == numbers[old + 1])]
        gap = heir["at"].min() - silent["at"].max()
        assert pd.Timedelta(0) < gap < pd.Timedelta(days=12)
        theirs = set(calls.loc[calls["from_thing"] == numbers[old], "to_thing"])
        assert len(theirs & set(calls.loc[calls["from_thing"] == numbers[old + 1], "to_thing"])) >= 10


def test_csv_and_parquet_hold_the_same_and_a_seed_gives_the_same(tmp_path: Path) -> None:
    for name, as_parquet in (("csv", False), ("parquet", True)):
        write_large(tmp_path / name, 2_000, 1_000, as_parquet=as_parquet)
    csv, parquet = (check(tmp_path / name).dataset for name in ("csv", "parquet"))
    assert csv is not None
    assert parquet is not None
    for table in ("communications", "sightings", "things", "thing_links"):
        assert csv[table].equals(parquet[table])
        assert csv[table].num_rows
    write_large(tmp_path / "other", 2_000, seed=2)
    other = check(tmp_path / "other").dataset
    assert other is not None
    assert not pc.all(pc.is_in(other["communications"]["at"], csv["communications"]["at"].combine_chunks())).as_py()


def test_too_few_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="At least 1,000 communications are drawn; 10 were asked for"):
        write_large(tmp_path, 10)
