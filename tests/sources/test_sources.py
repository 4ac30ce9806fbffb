"""Readers: what each format gives, and what is refused before it is read."""

import csv
import gc
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ocgnet.checks.check import check, read_dataset
from ocgnet.dataset import About
from ocgnet.errors import SourceError
from ocgnet.model import ABOUT_FIELDS
from ocgnet.sources import csv as csv_file
from ocgnet.sources import read_source
from ocgnet.sources import xlsx as workbook
from ocgnet.sources.cells import LONGEST_CELL


def workbook_of(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def text(path: Path, table: str = "nominals") -> dict[str, list[str]]:
    return {n: c.to_pylist() for n, c in read_source(path).tables[table].columns.items()}


def test_about_fields_are_those_of_a_dataset() -> None:
    assert [f.name for f in ABOUT_FIELDS] == list(About.__dataclass_fields__)


def test_reading_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id\nN1\n")
    before = (csv.field_size_limit(), gc.isenabled())
    read_source(tmp_path)
    assert (csv.field_size_limit(), gc.isenabled()) == before


def test_a_cell_of_a_million_characters_is_read_and_a_longer_one_refused(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text(f"nominal_id,name\nN1,{'x' * LONGEST_CELL}\n")
    assert check(tmp_path).errors == 0
    (tmp_path / "nominals.csv").write_text(f"nominal_id,name\nN1,Ada\nN2,{'x' * (LONGEST_CELL + 1)}\n")
    problems = check(tmp_path).problems
    assert [(p.row, p.rule) for p in problems] == [(3, "text")]
    assert "over 1,000,000 characters" in problems[0].remedy


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_lines_are_true_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(csv_file, "_CHUNK", chunk)
    content = 'nominal_id,name\n\nN1,Ada\n"N2","two\nlines"\n"N3"x,Cy\nN4\n\n\nN5,"a\r\nb\rc"\n,\nN6,Flo\n'
    (tmp_path / "nominals.csv").write_bytes(content.encode())
    raw = read_source(tmp_path).tables["nominals"]
    assert raw.columns["nominal_id"].to_pylist() == ["N1", "N2", "N5", "N6"]
    assert raw.lines.tolist() == [3, 4, 10, 14]
    assert {f.rule.value: f.lines.tolist() for f in raw.findings} == {"quote": [6], "number of cells": [7]}
    assert raw.rows_in == 6


def test_text_of_every_script_and_the_separator_survive(tmp_path: Path) -> None:
    names = ["Zoë", "李雷", "a\x1fb", "", 'O\'Neil "Duke"']
    with (tmp_path / "nominals.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["nominal_id", "name"], *([f"N{k}", n] for k, n in enumerate(names))])
    assert text(tmp_path)["name"] == names


def test_a_workbook_gives_text_as_it_is_meant(tmp_path: Path) -> None:
    path = workbook_of(
        tmp_path / "w.xlsx",
        nominals=[
            ["nominal_id", "name", "date_of_birth"],
            [12, "NA", date(1980, 5, 1)],
            ["00123", 3.5, datetime(1981, 1, 2)],
            [None, None, None],
            ["N3", True, "02/01/1982"],
        ],
        about=[["key", "value"], ["force", "County"], ["as_of", date(2019, 3, 31)], ["synthetic", True]],
        dictionary=[["anything"]],
        Notes=[["mine"]],
    )
    source = read_source(path)
    raw = source.tables["nominals"]
    assert {n: c.to_pylist() for n, c in raw.columns.items()} == {
        "nominal_id": ["12", "00123", "N3"],
        "name": ["NA", "3.5", "true"],
        "date_of_birth": ["1980-05-01", "1981-01-02", "02/01/1982"],
    }
    assert raw.lines.tolist() == [2, 3, 5]
    assert source.about == About(force="County", as_of=date(2019, 3, 31), synthetic=True)
    assert [(p.file, p.rule) for f in source.findings for p in f.problems()] == [("Notes", "unknown file")]


def test_a_formula_gives_the_value_saved_with_it(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "w.xlsx", nominals=[["nominal_id", "name"], ["N1", "=1+1"]])
    # openpyxl saves no result; Excel does, and so does this.
    inner = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as old:
        parts = {n: old.read(n) for n in old.namelist()}
    parts[inner] = (
        parts[inner]
        .replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
        .replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    )
    assert b"<v>2</v>" in parts[inner]
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)
    assert text(path)["name"] == ["2"]


def test_a_number_that_the_spreadsheet_rounded_is_refused(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "w.xlsx", nominals=[["nominal_id"], [123456789012345], [1234567890123456789]])
    assert [(p.row, p.column) for p in check(path).problems] == [(3, "nominal_id")]
    assert read_dataset(path, skip_rejects=True)[0]["nominals"]["nominal_id"].to_pylist() == ["123456789012345"]


def test_a_workbook_too_large_when_unpacked_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook_of(tmp_path / "w.xlsx", nominals=[["nominal_id"], ["N1"]])
    monkeypatch.setattr(workbook, "LARGEST", 1_000)
    with pytest.raises(SourceError, match="Save its sheets as CSV files"):
        read_source(path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("w.xlsx", b"not a workbook", "no .xlsx workbook"),
        ("nominals.csv", b"nominal_id\n", "single table"),
        ("w.xls", b"", "Save it as .xlsx"),
    ],
)
def test_what_is_no_source_is_told_apart(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says):
        read_source(tmp_path / name)
    with pytest.raises(SourceError, match="does not exist"):
        read_source(tmp_path / "elsewhere")


def test_parquet_gives_text_as_a_csv_would(tmp_path: Path) -> None:
    table = pa.table(
        {
            "nominal_id": pa.array([1.0, 2.0, float("nan")]),
            "name": pa.array(["a", None, ""]).dictionary_encode(),
            "date_of_birth": pa.array([datetime(1980, 5, 1), None, None], pa.timestamp("ns")),
            "aliases": pa.array([["x", "y"], None, None]),
            "review_due": pa.array([date(2020, 1, 1), None, None]),
            "pnc_id": pa.array([Decimal("1.5"), None, None]),
        }
    )
    pq.write_table(table, tmp_path / "nominals.parquet")
    raw = read_source(tmp_path).tables["nominals"]
    assert {n: c.to_pylist()[0] for n, c in raw.columns.items()} == {
        "nominal_id": "1",
        "name": "a",
        "date_of_birth": "1980-05-01",
        "aliases": "x|y",
        "review_due": "2020-01-01",
        "pnc_id": "1.5",
    }
    assert raw.lines.tolist() == [2, 3], "the blank row counts as none"


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (pa.array([datetime(1980, 5, 1)], pa.timestamp("us", "UTC")), "zone"),
        (pa.array([{"a": 1}]), "Export it as text"),
    ],
)
def test_parquet_columns_without_a_text_are_refused(tmp_path: Path, column: pa.Array, says: str) -> None:
    pq.write_table(pa.table({"nominal_id": ["N1"], "date_of_birth": column}), tmp_path / "nominals.parquet")
    problems = check(tmp_path).problems
    assert [(p.column, p.rule) for p in problems] == [("date_of_birth", "unreadable file")]
    assert says in problems[0].remedy


def test_files_are_named_with_hash_and_rows(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id\nN1\nN2\n")
    (tmp_path / "about.toml").write_text("")
    files = read_source(tmp_path).fingerprints()
    assert [(f.file, f.rows) for f in files] == [("about.toml", 0), ("nominals.csv", 2)]
    # The SHA-256 of nothing is a published constant.
    assert files[0].sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
@pytest.mark.parametrize("columns", [["nominal_id", "name"], ["nominal_id", "name", "sex", "district"], ["ID", "name"]])
@pytest.mark.parametrize("quote", ["", '"'])
def test_another_separator_is_named_however_few_the_columns(
    tmp_path: Path, mark: str, word: str, columns: list[str], quote: str
) -> None:
    header = f"{quote}{mark}{quote}".join(columns)
    (tmp_path / "nominals.csv").write_text(f"{header}\nN1{mark}A\n", encoding="utf-8")
    (problem,) = read_source(tmp_path).tables["nominals"].findings
    assert f"separated by {word}" in problem.explain(0)[1]
