"""The workbook: values, filters, marking, and no cell that runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl import Workbook
from report_sample import HOSTILE, bare_analysis, sample_analysis

from ocgnet.dataset import About
from ocgnet.results import Analysis
from ocgnet.views import workbook as book_module
from ocgnet.views.words import findings
from ocgnet.views.workbook import write_workbook
from ocgnet.visible import visible

SHEETS = [
    "Read me first", "Roles", "People", "Concentration", "Children", "Communities", "Ties", "Groups", "Figures",
    "Columns", "Parameters",
]  # fmt: skip


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return sample_analysis()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, analysis: Analysis) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "workbook.xlsx"
    write_workbook(path, analysis)
    return path


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


def rows_of(book: Workbook, sheet: str) -> list[dict[str, object]]:
    values = list(book[sheet].iter_rows(min_row=5, values_only=True))
    return [dict(zip(values[0], row, strict=True)) for row in values[1:]]


def test_a_sheet_a_question_with_filters_frozen_heads_and_marking(book: Workbook, analysis: Analysis) -> None:
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets:
        assert "OFFICIAL-SENSITIVE · SYNTHETIC DATA" in str(sheet.oddHeader.center.text)
        assert "OFFICIAL-SENSITIVE · SYNTHETIC DATA" in str(sheet.oddFooter.center.text)
        assert sheet["A1"].value == analysis.marking
    for name in SHEETS[1:-1]:
        sheet = book[name]
        (table,) = sheet.tables.values()
        assert table.autoFilter is not None
        assert table.ref.startswith("A5:")
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes.endswith("6")


def test_the_first_sheet_holds_the_findings_and_the_last_the_parameters(book: Workbook, analysis: Analysis) -> None:
    first = [str(c.value) for row in book["Read me first"].iter_rows() for c in row]
    for sentence in findings.findings(analysis):
        assert sentence in first
    assert findings.title(analysis) in first
    last = {row[0]: row[1] for row in book["Parameters"].iter_rows(values_only=True)}
    assert last["seed"] == "1"
    assert last["run_id"] == analysis.run_id
    assert last["crime_links"] == "812 rows: link role is not arrested or suspect"


def test_values_come_back_with_their_kinds(book: Workbook, analysis: Analysis) -> None:
    child = rows_of(book, "Children")[1]
    assert child["freshest"] == datetime(2019, 1, 2)
    assert child["family_basis"] == "yes"
    cell = next(c for c in book["Children"][7] if isinstance(c.value, datetime))
    assert cell.number_format == "dd/mm/yyyy"
    roles = rows_of(book, "Roles")
    frame = analysis.roles.frame
    assert [r["nominal_id"] for r in roles] == list(frame["nominal_id"])
    assert [r["strength"] for r in roles] == pytest.approx(list(frame["strength"]))
    assert [r["recorded_role"] for r in roles[:2]] == [None, frame["recorded_role"][1]]
    concentration = rows_of(book, "Concentration")
    assert concentration[12]["crimes_covered_share"] == pytest.approx(0.22, abs=0.001)
    shares = [c for c in book["Concentration"][18] if c.number_format == "0.0%"]
    assert len(shares) == 6
    figure = {r["figure"]: r for r in rows_of(book, "Figures")}["top_nominals_crime_share"]
    assert (figure["numerator"], figure["denominator"]) == (440, 2000)
    formats = {row[0].value: row[2].number_format for row in book["Figures"].iter_rows(min_row=6)}
    assert formats["top_nominals_crime_share"] == "0.0%"
    assert formats["nominals"] == formats["ocgs_change"] == "#,##0"


def test_no_cell_is_a_formula_or_a_link(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert not [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "f" or c.hyperlink]
    names = [r["name"] for r in rows_of(book, "People")][: len(HOSTILE)]
    assert names == [visible(n) for n in HOSTILE]


def test_facts_and_assessments_are_told_apart_by_word_and_look(book: Workbook) -> None:
    sheet = book["Roles"]
    said = {head.value: (kind.value, head.fill.fgColor.rgb) for kind, head in zip(sheet[4], sheet[5], strict=True)}
    assert said["recorded_role"][0] == "recorded fact"
    assert said["suggested_role"][0] == "assessment"
    assert said["recorded_role"][1] != said["suggested_role"][1]
    heads = list(said)
    assert heads[heads.index("suggested_role") + 1] == "because", "reasons stand beside what they explain"
    dictionary = {(r["sheet"], r["column"]): r["fact_or_assessment"] for r in rows_of(book, "Columns")}
    assert dictionary["Roles", "position_score"] == "assessment"
    assert dictionary["Ties", "person_a"] == "recorded fact"


def test_the_same_analysis_gives_the_same_bytes(tmp_path: Path, path: Path) -> None:
    write_workbook(tmp_path / "again.xlsx", sample_analysis())
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_a_run_without_rows_keeps_its_sheets(tmp_path: Path) -> None:
    analysis = replace(bare_analysis(), about=About(marking="A & B"))
    write_workbook(tmp_path / "bare.xlsx", analysis)
    book = openpyxl.load_workbook(tmp_path / "bare.xlsx")
    assert book.sheetnames == SHEETS
    assert book["Children"]["A3"].value == "No rows for these records and filters."
    assert "A && B" in str(book["Ties"].oddHeader.center.text)


def test_long_tables_and_texts_are_cut_where_it_is_said(
    tmp_path: Path, analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_module, "MOST_CELLS", 80)
    ties = analysis.ties.frame.assign(events="C1|" * 15_000)
    write_workbook(
        tmp_path / "cut.xlsx", replace(analysis, tables={**analysis.tables, "ties": replace(analysis.ties, frame=ties)})
    )
    sheet = openpyxl.load_workbook(tmp_path / "cut.xlsx")["Ties"]
    assert sheet["A3"].value == "The first 10 of 206 rows. All of them are in tables/ties.csv."
    assert sheet.max_row == 15
    assert str(sheet["G6"].value).endswith("(cut here; the CSV table holds all of it)")


def test_a_table_that_a_later_question_adds_gets_its_own_sheet(tmp_path: Path, analysis: Analysis) -> None:
    columns = [c.name for c in analysis.greedy.columns]
    frame = pd.DataFrame([{**dict.fromkeys(columns), "nominal_id": "N0001", "rank": 1}], columns=columns)
    write_workbook(
        tmp_path / "more.xlsx",
        replace(analysis, tables={**analysis.tables, "greedy": replace(analysis.greedy, frame=frame)}),
    )
    assert "Greedy" in openpyxl.load_workbook(tmp_path / "more.xlsx").sheetnames


@pytest.mark.office
def test_libreoffice_opens_it_and_prints_the_marking(tmp_path: Path, path: Path) -> None:
    soffice, pdftotext = shutil.which("soffice"), shutil.which("pdftotext")
    if not (soffice and pdftotext):
        reason = "LibreOffice or pdftotext is not installed; make system installs both."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pdf = tmp_path / "workbook.pdf"
    text = subprocess.run([pdftotext, pdf, "-"], capture_output=True, check=True, text=True).stdout
    pages = text.split("\f")[:-1]
    assert all(p.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA") >= 2 for p in pages)
    assert '=HYPERLINK("http://example.invalid","x")' in text, "shown as written, not run"
    assert "Err:" not in text


def test_no_sheet_passes_through_the_folder_that_all_users_share(
    analysis: Analysis, tmp_path: Path, monkeypatch
) -> None:
    """Where that folder is not there at all, the workbook is written; killed, it leaves one private folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    write_workbook(tmp_path / "book.xlsx", analysis)
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]
    killing = (
        "import os, sys, xlsxwriter.workbook; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from report_sample import sample_analysis; from ocgnet.views.workbook import write_workbook\n"
        "xlsxwriter.workbook.ZipFile.write = lambda *given, **named: os.kill(os.getpid(), 9)\n"
        "write_workbook(Path(sys.argv[2]), sample_analysis())"
    )
    (tmp_path / "tmp").mkdir()
    words = [sys.executable, "-c", killing, str(Path(__file__).parent), str(tmp_path / "killed.xlsx")]
    done = subprocess.run(words, env=os.environ | {"TMPDIR": str(tmp_path / "tmp")}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert list((tmp_path / "tmp").iterdir()) == []
    [left] = [p for p in tmp_path.iterdir() if p.name.startswith(".killed.xlsx")]
    assert left.stat().st_mode & 0o777 == 0o700
    assert any(b"N0001" in p.read_bytes() for p in left.iterdir()), "it was killed with names on the disk"
    write_workbook(tmp_path / "killed.xlsx", analysis)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book.xlsx", "killed.xlsx", "tmp"]
