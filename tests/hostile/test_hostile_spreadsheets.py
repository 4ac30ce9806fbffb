"""LibreOffice opens what the program writes, and computes nothing that a record asked for."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hostile_records import FORMULAS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from installed import missing
from ocgnet.files.writing import FORMULA_STARTS, csv_text, neutral, write_csv

XLSX = "xlsx:Calc MS Excel 2007 XML"
COMPUTED = "42"
"""What each formula of the corpus gives to whoever runs it."""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Give a function that lets LibreOffice open files and write them anew."""
    soffice = shutil.which("soffice") or missing("LibreOffice is not installed; make system installs it.")
    profile = tmp_path_factory.mktemp("office")

    def convert(kind: str, out: Path, *paths: Path) -> list[Path]:
        """Open files one after the other, of different names, in one run of the program."""
        command = [soffice, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", kind]
        subprocess.run([*command, "--outdir", out, *paths], check=True, capture_output=True, timeout=180)
        written = [out / f"{path.stem}.{kind.partition(':')[0]}" for path in paths]
        assert len({*written}) == len(written)
        assert all(path.exists() for path in written)
        return written

    return convert


def formulas_in(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or cell.hyperlink
    ]


@pytest.mark.office
def test_a_formula_in_a_csv_stays_a_text(office, tmp_path: Path, tally) -> None:
    write_csv(tmp_path / "t.csv", ["id", "text"], [(f"N{k}", t) for k, t in enumerate(FORMULAS)], for_excel=True)
    [back] = office(XLSX, tmp_path, tmp_path / "t.csv")
    opened = openpyxl.load_workbook(back).active
    assert formulas_in(tmp_path / "t.xlsx") == []
    texts = [str(row[1].value) for row in opened.iter_rows(min_row=2)]
    assert len(texts) == len(FORMULAS)
    assert [t for t in texts if t.strip() == COMPUTED] == []
    tally["inputs tried"] += len(FORMULAS)


@pytest.mark.office
def test_without_the_apostrophe_it_would_have_been_computed(office, tmp_path: Path) -> None:
    """Guards the test above: LibreOffice does run what it is given."""
    (tmp_path / "raw.csv").write_text("id,text\nN1,=1+41\n", encoding="utf-8")
    [back] = office(XLSX, tmp_path, tmp_path / "raw.csv")
    opened = openpyxl.load_workbook(back, data_only=True).active
    assert str(opened["B2"].value) == COMPUTED


@pytest.mark.office
def test_no_table_and_no_workbook_of_any_command_computes(office, every_output, tmp_path: Path, tally) -> None:
    tables = [
        p
        for p in sorted(every_output.made.rglob("*.csv"))
        # What Neo4j imports holds every cell as it is; its README.txt says that it is for no spreadsheet.
        if p.parent.name not in ("template", "ocgs", "county", "network", "import-files")
    ]
    assert len(tables) > 20
    for k, path in enumerate(tables):
        shutil.copy(path, tmp_path / f"{k}.csv")
    command_of = [tmp_path / f"{k}.csv" for k in range(len(tables))]
    for path in command_of:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        cells = {cell for row in rows for cell in row}
        risky = {c for c in cells if c.startswith(FORMULA_STARTS) and not re.fullmatch(r"-[0-9.]+(e[+-]?[0-9]+)?", c)}
        assert risky == set(), path
        tally["inputs tried"] += len(cells & {neutral(f) for f in FORMULAS})
    for path in sorted(every_output.made.rglob("*.xlsx")):
        assert formulas_in(path) == [], path
        with zipfile.ZipFile(path) as packed:
            inside = packed.namelist()
            assert not [n for n in inside if "externalLink" in n or "vba" in n or "connections" in n]
            outward = [n for n in inside if n.endswith(".rels") and b'TargetMode="External"' in packed.read(n)]
            assert outward == []
    some = next(p for p in command_of if "=1+41" in p.read_text(encoding="utf-8"))
    opened = [some]
    for k, path in enumerate(sorted(every_output.made.rglob("*.xlsx"))):
        opened.append(shutil.copy(path, tmp_path / f"book-{k}.xlsx"))
    assert len(opened) > 3
    (tmp_path / "back").mkdir()
    for path, back in zip(opened, office(XLSX, tmp_path / "back", *opened), strict=True):
        assert formulas_in(back) == [], f"{path} opened in LibreOffice"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=1, max_size=4))
def test_no_text_at_all_begins_a_formula_once_it_is_written(texts: list[str]) -> None:
    written = io.StringIO(csv_text(["h"], [texts]), newline="")
    [_, row] = csv.reader(written, strict=True) if any(texts) else (None, texts)
    for text, cell in zip(texts, row, strict=True):
        assert cell.replace("'", "") == text.replace("'", ""), "the text itself is whole"
        assert not cell.startswith(FORMULA_STARTS) or re.fullmatch(r"-[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", cell)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text("a=+-@;\t\r\n\"', 1", max_size=8), min_size=2, max_size=3))
@example(["N1", "x;=1+1"])
@example(["N1", "x\n=1+1"])
@example(["N1", ';"=1+1'])
def test_no_text_begins_a_formula_where_another_sign_separates_cells(texts: list[str]) -> None:
    """Excel separates by the sign of its country: a comma is then no end of a cell, and a quote inside one no quote."""
    written = csv_text(["h"], [["id", *texts]])
    for sign in ";\t":
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=sign):
            assert [cell for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
