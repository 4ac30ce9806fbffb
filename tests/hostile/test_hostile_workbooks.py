"""Workbooks that would unpack to gigabytes are refused in a sentence, within seconds and little memory."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from limited_memory import limited
from packed_workbooks import HEADER, PERSON, lying, workbook

from ocgnet.checks.check import check, read_dataset
from ocgnet.errors import SourceError
from ocgnet.sources import read_source


def text(words: str) -> str:
    return f'<c t="inlineStr"><is><t>{words}</t></is></c>'


def _four_gigabytes(path: Path) -> Path:
    return workbook(path, (b" " * 10_000_000 for _ in range(420)))


def _nothing_but_blanks(path: Path) -> Path:
    return workbook(path, (b" " * 10_000_000 for _ in range(90)))


def _a_size_that_lies(path: Path) -> Path:
    return lying(workbook(path, [b" " * 10_000_000] * 150), 1_000)


def _the_last_corner(path: Path) -> Path:
    return workbook(
        path, [HEADER, PERSON, '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>']
    )


def _the_last_corner_in_small_letters(path: Path) -> Path:
    return workbook(
        path, [HEADER, PERSON, "<row r='1048576'><c t='inlineStr' r = 'xfd1048576'><is><t>x</t></is></c></row>"]
    )


def _the_last_corner_by_counting(path: Path) -> Path:
    return workbook(path, [HEADER, PERSON, '<row r="1048576">', text("x") * 16_384, "</row>"])


def _beyond_the_last_corner(path: Path) -> Path:
    return workbook(path, [HEADER, '<row r="4294967290"><c r="ZZZZZZ4294967290"><v>1</v></c></row>'])


def _one_text_in_every_cell(path: Path) -> Path:
    cells = (f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}" t="s"><v>0</v></c></row>' for i in range(2, 200_000))
    return workbook(path, [HEADER, *cells], shared=f"<si><t>{'x' * 32_000}</t></si>")


def _ten_thousand_parts(path: Path) -> Path:
    import zipfile

    workbook(path, [HEADER, PERSON])
    with zipfile.ZipFile(path, "a") as packed:
        for k in range(10_001):
            packed.writestr(f"xl/media/{k}", b"")
    return path


BOMBS: dict[Callable[[Path], Path], str] = {
    _four_gigabytes: "unpacks to 4.2 GB",
    _nothing_but_blanks: "times its size",
    _a_size_that_lies: "is damaged",
    _the_last_corner: "sheet nominals: the cell in row 1,048,576, column 16,384 stands far from the others",
    _the_last_corner_in_small_letters: "sheet nominals: the cell in row 1,048,576, column 16,384 stands far",
    _the_last_corner_by_counting: "sheet nominals: the cell in row 1,048,576",
    _beyond_the_last_corner: "sheet nominals: a cell stands beyond row 1,048,576",
    _one_text_in_every_cell: "repeats long texts",
    _ten_thousand_parts: "no workbook",
}


@pytest.mark.large
@pytest.mark.parametrize("make", BOMBS, ids=lambda f: f.__name__.strip("_"))
def test_a_bomb_is_refused(make: Callable[[Path], Path], tmp_path: Path, tally) -> None:
    path = make(tmp_path / "book.xlsx")
    assert path.stat().st_size < 6_000_000
    code, said, seconds, megabytes = limited("check", "book.xlsx", cwd=tmp_path, seconds=60)
    assert code == 1, said
    assert "Traceback" not in said
    assert "panicked" not in said
    assert "book.xlsx" in said
    assert BOMBS[make] in said
    assert megabytes < 250, "a check of an empty workbook takes 130"
    assert seconds < 30, "the machine may be busy; alone it takes about two"
    assert not (tmp_path / "rejects.csv").exists()
    tally["inputs tried"] += 1


def test_what_only_looks_like_a_bomb_is_read(tmp_path: Path, tally) -> None:
    """A declared extent, a formatted last row and a cell some way off are common, and cost nothing."""
    far = '<row r="1048576" spans="1:16384" ht="15"/><row r="1048575"><c r="XFD1048575" s="1"/></row>'
    whole = workbook(tmp_path / "far.xlsx", [HEADER, PERSON, far], before='<dimension ref="A1:XFD1048576"/>')
    assert read_dataset(whole)[0].rows == {"nominals": 1}
    second = '<row r="3"><c r="A3" t="inlineStr"><is><t>N2</t></is></c>'
    aside = f'{second}<c r="AZ3" t="inlineStr"><is><t>note</t></is></c></row>'
    assert read_dataset(workbook(tmp_path / "aside.xlsx", [HEADER, PERSON, aside]))[0].rows == {"nominals": 2}
    tally["inputs tried"] += 2


def test_a_cell_far_below_is_told_with_its_row(tmp_path: Path, tally) -> None:
    below = '<row r="900000"><c r="B900000" t="inlineStr"><is><t>x</t></is></c></row>'
    path = workbook(tmp_path / "below.xlsx", [HEADER, PERSON, below])
    assert [(p.file, p.row, p.column, p.rule) for p in check(path).problems] == [
        ("nominals", 900_000, "nominal_id", "required")
    ]
    tally["inputs tried"] += 1


@pytest.mark.parametrize("columns", [2_000, 16_384])
def test_a_sheet_of_thousands_of_columns_is_told(columns: int, tmp_path: Path, tally) -> None:
    head = "".join(text(f"c{i}") for i in range(columns - 1))
    path = workbook(tmp_path / "wide.xlsx", [f'<row r="1">{text("nominal_id")}{head}</row>', PERSON])
    [problem] = check(path).problems
    assert (problem.file, problem.row, problem.rule) == ("nominals", 1, "header")
    assert f"{columns:,} columns" in problem.remedy
    tally["inputs tried"] += 1


def test_a_cell_of_ten_megabytes_is_told(tmp_path: Path, tally) -> None:
    # Letters in turn, so that it is no bomb by its ratio.
    import random

    long = "".join(random.Random(1).choices("abcdefghij", k=10_000_000))
    path = workbook(tmp_path / "long.xlsx", [HEADER, f'<row r="2">{text("N1")}{text(long)}</row>'])
    told = [(p.file, p.row, p.column, p.rule) for p in check(path).problems]
    assert told == [("nominals", 2, "name", "text")]
    tally["inputs tried"] += 1


@pytest.mark.parametrize("sheet", ["../nominals", "nominals\u202e", "NOMINALS ", "&lt;b&gt;", "=1+1"])
def test_an_odd_name_of_a_sheet_is_no_path_and_no_markup(sheet: str, tmp_path: Path, tally) -> None:
    path = workbook(tmp_path / "odd.xlsx", [HEADER, PERSON], sheet=sheet)
    if sheet.strip().lower() == "nominals":
        assert read_dataset(path)[0].rows == {"nominals": 1}
    else:
        checked = check(path)
        assert {p.rule for p in checked.problems} == {"missing table"}
    tally["inputs tried"] += 1


def test_a_workbook_without_a_password_only(tmp_path: Path, tally) -> None:
    # What a spreadsheet with a password is: a compound file, not an archive.
    path = tmp_path / "locked.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000)
    with pytest.raises(SourceError, match=r"locked\.xlsx is no \.xlsx workbook.*without a password"):
        read_source(path)
    tally["inputs tried"] += 1


def test_a_formula_without_a_result_is_told_and_never_computed(tmp_path: Path, tally) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "nominals"
    for row in (
        ["nominal_id", "name"],
        ["N1", '=WEBSERVICE("http://192.0.2.1/")'],
        ['=HYPERLINK("http://192.0.2.1/")', "b"],
    ):
        sheet.append(row)
    book.save(tmp_path / "formulas.xlsx")
    problems = check(tmp_path / "formulas.xlsx").problems
    assert [(p.file, p.row, p.column, p.rule) for p in problems] == [("nominals", 3, "nominal_id", "required")]
    tally["inputs tried"] += 1


def _cells(row: str, *cells: str) -> str:
    return f"<row {row}>{''.join(cells)}</row>"


def _at(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


TWICE = {
    # rows below the header, and the cell that is named
    "a row twice": ([_cells('r="2"', _at("A2", "N1")), _cells('r="2"', _at("A2", "N2"))], "row 2, column 1"),
    "a cell twice": ([_cells('r="2"', _at("A2", "N1"), _at("A2", "N2"))], "row 2, column 1"),
    "in small letters": ([_cells('r="2"', _at("b2", "a"), _at("A2", "N1"), _at("B2", "b"))], "row 2, column 2"),
    "far apart": (
        [*(_cells(f'r="{k}"', _at(f"A{k}", f"N{k}")) for k in range(2, 3_000)), _cells('r="3000"', _at("A7", "N0"))],
        "row 7, column 1"),
    "a row twice whose cells have no place": ([_cells('r="2"', text("N1")), _cells('r="2"', text("N2"))],
                                              "row 2, column 1"),
    "a cell without a place behind one": (
        [_cells('r="2"', _at("B2", "a"), _at("A2", "N1"), text("b"))], "row 2, column 2"),
    "with a prefix": ([_cells('r="2"', _at("A2", "N1").replace("<c ", "<x:c ").replace("</c>", "</x:c>")),
                       _cells('r="2"', _at("A2", "N2"))], "row 2, column 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", TWICE)
def test_a_cell_that_stands_twice_is_told_and_no_row_is_lost(case: str, tmp_path: Path, tally) -> None:
    rows, where = TWICE[case]
    with pytest.raises(SourceError, match=f"book.xlsx, sheet nominals: the cell in {where} stands twice"):
        check(workbook(tmp_path / "book.xlsx", [HEADER, *rows]))
    tally["inputs tried"] += 1


def test_places_in_any_order_are_read_as_long_as_none_stands_twice(tmp_path: Path, tally) -> None:
    rows = [
        _cells('r="4"', _at("A4", "N4")), _cells('r="2"', _at("B2", "b"), _at("A2", "N2")),
        _cells('r="3"', '<c r="A3"/>', _at("A3", "N3"), '<c r="A3"/>'),
    ]  # fmt: skip
    dataset, _ = read_dataset(workbook(tmp_path / "book.xlsx", [HEADER, *rows]))
    assert dataset["nominals"]["nominal_id"].to_pylist() == ["N2", "N3", "N4"]
    assert dataset["nominals"]["name"].to_pylist() == ["b", None, None]
    tally["inputs tried"] += 1


def test_a_part_that_stands_twice_in_the_archive_is_told(tmp_path: Path, tally) -> None:
    path = workbook(tmp_path / "book.xlsx", [HEADER, PERSON])
    with zipfile.ZipFile(path, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("xl/worksheets/sheet1.xml", packed.read("xl/worksheets/sheet1.xml").replace(b"N1", b"N2"))
    with pytest.raises(SourceError, match=r"holds the part xl/worksheets/sheet1\.xml twice"):
        check(path)
    tally["inputs tried"] += 1
