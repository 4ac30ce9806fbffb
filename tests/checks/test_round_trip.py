"""Laws over random records: what is valid reads back equal, one spoilt cell is found where it stands."""

import random
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.checks.folders import (
    Records,
    cell,
    columns_of,
    csv_text,
    records,
    typed,
    write_csvs,
    write_parquets,
    write_workbook,
)

from ocgnet.checks.check import check, read_dataset
from ocgnet.checks.column import _SCREENS, CheckedColumn
from ocgnet.dataset import Dataset
from ocgnet.model import TABLES, Kind
from ocgnet.sources.arrays import strings
from ocgnet.sources.cells import CellError, read_cell

pytestmark = pytest.mark.long

FEW = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
@given(found=records())
@FEW
def test_valid_records_read_back_equal(form: str, found: Records) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write = {"csv": write_csvs, "parquet": write_parquets}.get(form)
        path = write(folder, found) if write else write_workbook(folder / "records.xlsx", found)
        dataset, checked = read_dataset(path)
    assert checked.warnings == []
    wanted = Dataset.of({n: typed(n, rows) for n, rows in found.items()})
    assert {n: t.to_pydict() for n, t in dataset.tables.items()} == {n: t.to_pydict() for n, t in wanted.tables.items()}
    assert dataset.fingerprint == wanted.fingerprint


@given(found=records(), seed=st.integers(0, 2**16))
@FEW
def test_the_order_of_rows_and_columns_never_matters(found: Records, seed: int) -> None:
    draw = random.Random(seed)
    mixed: Records = {}
    for name, rows in found.items():
        keys = list(rows[0]) if rows else []
        draw.shuffle(keys)
        mixed[name] = [{k: row[k] for k in keys} for row in draw.sample(rows, len(rows))]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first, _ = read_dataset(write_csvs(Path(one), found))
        second, _ = read_dataset(write_csvs(Path(other), mixed))
    assert first.fingerprint == second.fingerprint


SPOILT = {
    Kind.ID: "no|good",
    Kind.ENUM: "no such thing",
    Kind.DATE: "2019-02-30",
    Kind.MOMENT: "yesterday",
    Kind.INTEGER: "12.5",
    Kind.NUMBER: "inf",
    Kind.FLAG: "perhaps",
    Kind.TEXT: "#REF!",
}


@given(found=records(), data=st.data(), line_end=st.sampled_from(["\n", "\r\n", "\r"]), long_name=st.booleans())
@FEW
def test_one_spoilt_cell_is_told_at_its_true_line(
    found: Records, data: st.DataObject, line_end: str, long_name: bool
) -> None:
    name = data.draw(st.sampled_from([n for n, rows in found.items() if rows]))
    at = data.draw(st.integers(0, len(found[name]) - 1))
    column = data.draw(st.sampled_from(columns_of(name, found[name])))
    if long_name:
        for row in found["nominals"]:
            row["name"] = "two\nlines, at least"
    text = {n: csv_text(n, rows, line_end) for n, rows in found.items()}
    rows = [*found[name]]
    # A bar parts the ids of a list, so in a list it spoils nothing.
    wrong = "#REF!" if column.many else SPOILT[column.kind]
    rows[at] = {**rows[at], column.name: wrong}
    spoilt = csv_text(name, rows, line_end)
    # The oracle: how many line ends stand before the spoilt row.
    before = csv_text(name, rows[:at], line_end) if at else csv_text(name, rows, line_end).split(line_end)[0] + line_end
    line = before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    with tempfile.TemporaryDirectory() as folder:
        for n, t in {**text, name: spoilt}.items():
            (Path(folder) / f"{n}.csv").write_bytes(t.encode())
        checked = check(folder)
    here = [p for p in checked.problems if p.file == f"{name}.csv" and p.column == column.name]
    assert [(p.row, p.value) for p in here] == [(line, wrong)]
    # Others can only be rows that named the id that is gone.
    assert all(p.rule == "reference" for p in checked.problems if p not in here)


@given(st.lists(st.text(max_size=8) | st.sampled_from(["#N/A", "N1|N2", "a" * 201, " x ", "00123", "NA"]), max_size=20))
@FEW
def test_the_screen_lets_nothing_wrong_through(texts: list[str]) -> None:
    texts = sorted({t.strip() for t in texts} - {""})
    for column in (TABLES["nominals"].column("nominal_id"), TABLES["nominals"].column("name")):
        assert column.kind in _SCREENS
        found = CheckedColumn(column, pa.chunked_array([strings(texts)]))
        wanted = []
        for text in found.texts.to_pylist():
            try:
                read_cell(column, text)
                wanted.append(False)
            except CellError:
                wanted.append(True)
        assert found.refused.tolist() == wanted


DAYS = st.dates().map(str) | st.from_regex(r"[0-9]{4}[-/. ][0-9]{2}[-/. ][0-9]{2}", fullmatch=True)


@given(
    st.lists(
        DAYS | st.sampled_from(["", "31/01/2019", "2019-02-29", "1899-12-31", "1900-01-01", "+019-01-01"]), max_size=6
    )
)
@example(["2019-01-31", ""])
@settings(max_examples=200, deadline=None)
def test_days_read_at_once_are_those_read_one_by_one(texts: list[str]) -> None:
    declared = TABLES["crimes"].column("recorded_on")
    column = CheckedColumn(declared, pa.chunked_array([strings(texts)]))
    for row, text in enumerate(texts):
        try:
            wanted = read_cell(declared, text) if text else None
        except CellError:
            assert column.refused[column.codes[row]]
            continue
        assert column.taken(np.array([row])).to_pylist() == [wanted]
        assert not text or not column.refused[column.codes[row]]


@given(st.lists(st.text(max_size=5) | st.just("a\x1fb"), max_size=30))
@FEW
def test_strings_are_those_given(texts: list[str]) -> None:
    assert strings(texts).to_pylist() == texts
    assert strings(texts).slice(len(texts) // 2).to_pylist() == texts[len(texts) // 2 :]


def test_cell_writes_what_exports_write() -> None:
    assert [cell(v) for v in (None, True, 0.5, "x")] == ["", "yes", "0.5", "x"]
    assert np.float64(0.1) == float(cell(0.1))
