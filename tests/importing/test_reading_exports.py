"""Sheets of any source: the header under titles, what is no record, separators, encodings, ids as they are written."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner

from ocgnet.cli.app import app
from ocgnet.errors import SourceError
from ocgnet.importing.exports import read_sheets
from ocgnet.importing.mapping import source_of
from ocgnet.importing.sheets import Sheet


def only(path: Path) -> Sheet:
    (sheet,) = read_sheets([path]).sheets
    return sheet


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return list(zip(*(sheet.texts(c) for c in sheet.header), strict=True))


def workbook(path: Path, rows: list[list[Any]], merged: list[tuple[int, int, int, str]] = ()) -> Path:  # type: ignore[assignment]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Extract")
        for k, row in enumerate(rows):
            for c, cell in enumerate(row):
                sheet.write(k, c, cell)
        for row, first, last, text in merged:
            sheet.merge_range(row, first, row, last, text)
    return path


TABLE = [["URN", "Surname", "DOB"], ["44001", "O'NEIL", "03/04/1990"], ["44002", "ŁUKASZ", "13/04/1990"]]


def test_the_header_stands_under_titles_and_a_total_is_no_record(tmp_path: Path) -> None:
    rows = [
        ["", "", ""],
        ["Run 14/03/2024 - OFFICIAL", "", ""],
        ["", "", ""],
        *TABLE,
        ["", "", ""],
        ["Total records: 2"],
    ]
    sheet = only(workbook(tmp_path / "a.xlsx", rows, [(0, 0, 2, "Nominal extract")]))
    assert sheet.header == ("URN", "Surname", "DOB")
    assert sheet.header_row == 4
    assert sheet.titles == ("Nominal extract", "Run 14/03/2024 - OFFICIAL")
    assert cells(sheet) == [tuple(r) for r in TABLE[1:]]
    assert sheet.rows.tolist() == [5, 6]
    assert [(len(x), x.rows.tolist()) for x in sheet.left] == [(1, [8])]


def test_merged_names_of_groups_go_before_the_names_under_them(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], ["Ref", "Surname", "DOB", "Surname", "DOB"], ["C1", "A", "1", "B", "2"]]
    sheet = only(workbook(tmp_path / "a.xlsx", rows, [(0, 1, 2, "Victim"), (0, 3, 4, "Suspect")]))
    assert sheet.header == ("Ref", "Victim Surname", "Victim DOB", "Suspect Surname", "Suspect DOB")
    assert cells(sheet) == [("C1", "A", "1", "B", "2")]


def test_a_second_row_of_names_fills_the_gaps_of_the_first(tmp_path: Path) -> None:
    rows = [["Ref", "Date", "Victim", "", "Suspect", ""], ["", "", "Name", "Age", "Name", "Age"],
            ["C1", "2024-01-02", "A", "30", "B", "31"], ["C2", "2024-01-02", "C", "30", "D", "31"]]  # fmt: skip
    sheet = only(workbook(tmp_path / "a.xlsx", rows))
    assert sheet.header == ("Ref", "Date", "Victim Name", "Victim Age", "Suspect Name", "Suspect Age")
    assert sheet.num_rows == 2


def test_a_record_of_one_id_alone_is_a_record(tmp_path: Path) -> None:
    sheet = only(workbook(tmp_path / "a.xlsx", [*TABLE, ["44003", "", ""]]))
    assert cells(sheet)[-1] == ("44003", "", "")


def test_blank_columns_and_repeated_headers_go(tmp_path: Path) -> None:
    rows = [["URN", "", "Name", ""], ["1", "", "A", "x"], ["URN", "", "Name", ""], ["2", "", "B", ""]]
    sheet = only(workbook(tmp_path / "a.xlsx", rows))
    assert sheet.header == ("URN", "Name", "Column 4 (no name)")
    assert cells(sheet) == [("1", "A", "x"), ("2", "B", "")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_of_any_form(tmp_path: Path, delimiter: str, encoding: str) -> None:
    name = "ŁUKASZ" if encoding != "cp1252" else "MÜLLER-Renée"
    text = f"Extract{delimiter * 2}\r\n" + "".join(
        delimiter.join(row) + "\r\n"
        for row in [TABLE[0], ["00441", f'"{name}{delimiter} Jr"', "1"], ["00442", "B", "2"]]
    )
    (tmp_path / "a.csv").write_bytes((text + "Total records: 2\r\n").encode(encoding))
    sheet = only(tmp_path / "a.csv")
    assert cells(sheet) == [("00441", f"{name}{delimiter} Jr", "1"), ("00442", "B", "2")]
    assert sheet.rows.tolist() == [3, 4]
    assert sum(len(x) for x in sheet.left) == 1


def test_an_encoding_that_is_not_certain_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("URN,Name\n1,Zoë\n".encode("cp850"))
    with pytest.raises(SourceError, match='encoding = "cp850" reads 1,Zoë'):
        read_sheets([tmp_path / "a.csv"])
    (sheet,) = read_sheets([tmp_path / "a.csv"], choose=lambda *_: "cp850").sheets
    assert cells(sheet) == [("1", "Zoë")]
    # What was said once is in the mapping, and does not spoil a later file that is UTF-8.
    rule = source_of(sheet)
    assert (rule.encoding, rule.delimiter) == ("cp850", "")
    assert cells(read_sheets([tmp_path / "a.csv"], [rule]).sheets[0]) == [("1", "Zoë")]
    (tmp_path / "a.csv").write_text("URN,Name\n1,Łukasz\n", encoding="utf-8")
    assert cells(read_sheets([tmp_path / "a.csv"], [rule]).sheets[0]) == [("1", "Łukasz")]


def test_a_cell_of_several_lines_and_a_quote_within(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('URN,Note\n1,"one\ntwo"\n2,"the ""Duke"""\n\n3,x\n', encoding="utf-8")
    sheet = only(tmp_path / "a.csv")
    assert cells(sheet) == [("1", "one\ntwo"), ("2", 'the "Duke"'), ("3", "x")]
    assert sheet.rows.tolist() == [2, 4, 6]


def test_json_keeps_numbers_as_they_are_written(tmp_path: Path) -> None:
    lines = [{"id": "007", "born": {"day": None}, "tags": ["a", "b"], "on": True}]
    text = "\n".join(map(json.dumps, lines)) + '\n{"id": 447000000012345678901, "x": 1.50}\n'
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    sheet = only(tmp_path / "a.jsonl")
    assert sheet.header == ("id", "born.day", "tags", "on", "x")
    assert cells(sheet) == [("007", "", "a|b", "true", ""), ("447000000012345678901", "", "", "", "1.50")]


def test_a_zip_is_read_and_what_is_no_table_in_it_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("../evil/x.csv", "a,b\n1,2\n")
        packed.writestr("readme.md", "hello")
    exports = read_sheets([tmp_path / "a.zip"])
    assert [s.name for s in exports.sheets] == ["x"]
    assert list(exports.not_read) == ["readme.md"]
    assert not (tmp_path.parent / "evil").exists()


def test_a_zip_comes_into_a_folder_that_is_still_to_be_made(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("nominals.csv", "nominal_id,name,date_of_birth\nN1,Ann Vey,1990-02-13\n")
    into = tmp_path / "new" / "mydata"
    done = CliRunner().invoke(app, ["import", str(tmp_path / "a.zip"), "--into", str(into)])
    assert "cannot be used" not in done.output
    assert (into / "import.toml").is_file()
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "log") == ["a.zip", "new"]


def test_lines_that_end_in_a_bare_return_are_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"URN,Name\r1,A\r2,B\r")
    sheet = only(tmp_path / "a.csv")
    assert cells(sheet) == [("1", "A"), ("2", "B")]
    assert sheet.rows.tolist() == [2, 3]


def test_a_sign_within_cells_does_not_separate_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("URN;Name;Note\n1;Smith, John;a, b\n2;Jones, Ann;c, d\n", encoding="utf-8")
    assert cells(only(tmp_path / "a.csv")) == [("1", "Smith, John", "a, b"), ("2", "Jones, Ann", "c, d")]


def test_two_signs_that_cut_alike_are_asked_about(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b;c,d\n1,2;3,4\n5,6;7,8\n", encoding="utf-8")
    with pytest.raises(SourceError, match='delimiter = ";" reads semicolon: a,b / c,d'):
        read_sheets([tmp_path / "a.csv"])


def test_failed_formulas_are_blank_and_told(tmp_path: Path) -> None:
    sheet = only(workbook(tmp_path / "a.xlsx", [["URN", "Name"], ["1", "#N/A"], ["2", "B"]]))
    assert cells(sheet) == [("1", ""), ("2", "B")]
    assert [(x.why[:4], x.rows.tolist()) for x in sheet.cells_left] == [("Name", [2])]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", b"[1, 2]", "record 1: a value without names"),
        ("a.jsonl", b'{"a": 1}\n{bad\n', "no JSON of one record a line"),
        ("a.jsonl", b'{"name": "M\xfcller"}\n', "not UTF-8, or holds half a character"),
        ("a.jsonl", b'{"name": "A\\ud800"}\n', "not UTF-8, or holds half a character"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b'URN,Name\n1,"ab\n2,c\n', "quote on line 2 is never closed"),
        ("a.xlsx", b"hello", "no .xlsx workbook"),
        ("a.zip", b"hello", "no zip"),
        ("a.pdf", b"%PDF", "is none of"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says):
        read_sheets([tmp_path / name])
