"""Prints of records in rows, as a national computer gives them: a field and its value a row."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.importing.exports import read_sheets
from ocgnet.importing.prints import read_print
from ready import ocgnet

PRINT = """NOMINAL PRINT - OFFICIAL-SENSITIVE
Printed 01/03/2024 09:12

PND ID: 4471-001
Surname: ARDEN
Forenames: Ann Mary
DOB: 01/02/1980
Sex: F
Alias: ANNIE
Alias: A. Smith

PND ID: 4471-002
Surname: BYRNE
Forenames: Bob
DOB: 13/03/1981
Sex: M
Address: 1 Mill St, Flat 2: rear

Page 1 of 1
"""


def test_a_print_in_a_file_of_text_is_records(tmp_path: Path) -> None:
    (tmp_path / "print.txt").write_text(PRINT, encoding="utf-8")
    (sheet,) = read_sheets([tmp_path / "print.txt"]).sheets
    assert sheet.header == ("PND ID", "Surname", "Forenames", "DOB", "Sex", "Alias", "Address")
    assert sheet.texts("PND ID") == ["4471-001", "4471-002"]
    assert sheet.texts("Alias") == ["ANNIE|A. Smith", ""], "what is said twice is kept twice"
    assert sheet.texts("Address") == ["", "1 Mill St, Flat 2: rear"]
    assert sheet.rows.tolist() == [4, 12]
    assert [(left.why, left.rows.tolist()) for left in sheet.left] == [("a title of the print, no field", [1, 2, 19])]


def test_a_print_in_a_workbook_is_records(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows = (
        ["Nominal print"], [], ["PND ID", "4471-001"], ["Surname", "ARDEN"], ["Forenames", "Ann"], ["DOB", None],
        [], ["PND ID", "4471-002"], ["Surname", "BYRNE"], ["Forenames", "Bob"], ["DOB", "13/03/1981"],
    )  # fmt: skip
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "print.xlsx")
    (sheet,) = read_sheets([tmp_path / "print.xlsx"]).sheets
    assert {c: sheet.texts(c) for c in sheet.header} == {
        "PND ID": ["4471-001", "4471-002"], "Surname": ["ARDEN", "BYRNE"], "Forenames": ["Ann", "Bob"],
        "DOB": ["", "13/03/1981"],
    }  # fmt: skip


def test_a_print_comes_in_as_people(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "print.txt").write_text(PRINT, encoding="utf-8")
    (tmp_path / "map.toml").write_text(
        '[sources]\np = "print.txt"\n[[table]]\ninto = "nominals"\nfrom = "p"\nnominal_id = "{PND ID}"\n'
        'name = "{Forenames} {Surname}"\ndate_of_birth = "{DOB}"\nsex = "{Sex}"\naliases = "{Alias}"\n'
    )
    ocgnet("import", "print.txt", "--into", "mine", "--map", "map.toml")
    lines = (tmp_path / "mine" / "nominals.csv").read_text("utf-8").splitlines()
    assert lines[1:] == [
        '"4471-001","Ann Mary ARDEN","1980-02-01","F","ANNIE|A. Smith"',
        '"4471-002","Bob BYRNE","1981-03-13","M",""',
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\nn0,n1\nn0,n2\nn1,n2\nn1,n3\n",
        "caller\tcalled\nann\tbob\nann\tcy\nbob\tcy\ncy\tann\n",
        "Time: 10:15\nTime: 10:20\nTime: 10:25\nTime: 10:30\n",
        "name: note\nann: tall: very\nbob: short\ncy: none\ndi: none\ned: none\n",
        "Surname: ARDEN\nForename: Ann\nSurname: BYRNE\nForename: Bob\n",
    ],
)
def test_a_list_of_pairs_is_no_print(text: str) -> None:
    assert read_print([(k, [line]) for k, line in enumerate(text.splitlines(), 1)]) is None


@given(
    st.lists(
        st.tuples(*[st.text("abc 0123456789/", min_size=1, max_size=8).map(str.strip).filter(bool)] * 4),
        min_size=2,
        max_size=20,
    )
)
def test_every_value_of_a_print_is_in_its_record(records: list[tuple[str, ...]]) -> None:
    names = ("Ref", "Surname", "Born", "Seen at")
    lines: list[tuple[int, str]] = []
    for record in records:
        lines += [(len(lines) + 1 + k, f"{n}: {v}") for k, (n, v) in enumerate(zip(names, record, strict=True))]
    read = read_print([(number, [text]) for number, text in lines])
    assert read is not None
    assert list(zip(*(read.columns[n] for n in names), strict=True)) == records
