"""What a profile writes: one page without script or address, a workbook, tables and run.json."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.files.writing import MARKING_FILE
from ocgnet.local_profile.profile import profile_of
from ocgnet.local_profile.two_profiles import compare_profiles
from ocgnet.settings import ProfileSettings, Settings
from ocgnet.views.profile import write_profile
from ocgnet.views.profile.beside import Comparison
from ocgnet.views.profile.page import profile_html
from ocgnet.views.tables.text import COLUMNS_FILE, LEFT_OUT_FILE

COUNTY = Path(__file__).parents[2] / "fixtures" / "county"
QUICK = ProfileSettings(analysis=Settings(null_draws=200, bootstrap_draws=200), draws=50)


@pytest.fixture(scope="module")
def profile():
    dataset, _ = read_dataset(COUNTY)
    return profile_of(dataset, QUICK)


@pytest.fixture(scope="module")
def folder(profile, tmp_path_factory):
    out = tmp_path_factory.mktemp("profile") / "out"
    details = {name: vars(f) for name, f in profile.figures.items()}
    beside = Comparison("the same", compare_profiles(details, details, 20))
    write_profile(out, profile, beside, [], dict, lambda _: None)
    return out


def test_the_page_is_marked_and_asks_for_nothing(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA") >= 3
    assert "<script" not in page
    assert "default-src 'none'" in html.unescape(page)
    assert not re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"", page)
    assert "://" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_every_picture_has_a_title_a_description_and_a_table(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) >= 7
    for picture in pictures:
        title = re.search(r"<title[^>]*>(.+?)</title>", picture)
        assert title
        assert re.search(r"<desc[^>]*>.{20,}?</desc>", picture)
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    # Each block with a picture holds a table.
    for block in page.split('<div class="block">')[1:]:
        if "<svg" in block:
            assert "<table>" in block.split("</section>")[0]


def test_shares_print_their_counts(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "25 of 207 OCG nominals (12%)" in page
    assert "25 of 38 have drug trafficking as primary crime type (66%)" in page
    assert "41 children" in page


def test_no_person_is_named(folder):
    dataset, _ = read_dataset(COUNTY)
    people = {i for t, k in (("nominals", "nominal_id"), ("children", "child_id"), ("people", "person_id"))
              for i in dataset[t][k].to_pylist()}  # fmt: skip
    names = {n for n in dataset.names.values() if " " in n}
    text = (folder / "report.html").read_text(encoding="utf-8") + (folder / "run.json").read_text(encoding="utf-8")
    text += "".join(p.read_text(encoding="utf-8") for p in (folder / "tables").glob("*.csv"))
    words = set(re.findall(r"[A-Z]+\d{2,}", text))
    assert not words & people
    assert not [n for n in names if n in text]


def test_run_json_holds_every_figure(folder, profile):
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert document["figures"] == {k: pytest.approx(f.value) for k, f in profile.figures.items()}
    for name, detail in document["figure_details"].items():
        assert detail["filter"] or detail["value"] is None, name
        if detail["unit"] == "share" and detail["value"] is not None:
            named = detail["numerator"] is not None and detail["denominator"]
            assert named or name.startswith(("top_nominals_", "greedy")), name
    assert document["parameters"]["weights"]["vintage"].startswith("ONS Crime Severity Score")
    assert document["periods"]["now"] == ["2018-04-01", "2019-03-31"]


def test_tables_have_their_declared_columns(folder, profile):
    written = {p.stem for p in (folder / "tables").glob("*.csv")}
    assert written == {*profile.tables, "comparison"} | {Path(COLUMNS_FILE).stem, Path(LEFT_OUT_FILE).stem}
    assert "OFFICIAL-SENSITIVE" in (folder / "tables" / MARKING_FILE).read_text(encoding="utf-8")
    for name, declared in profile.tables.items():
        with (folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [c.name for c in declared.columns]


def test_the_workbook_opens_with_a_sheet_a_question(folder):
    book = openpyxl.load_workbook(folder / "workbook.xlsx")
    assert book.sheetnames[0] == "Profile"
    assert {"Figures", "Areas", "Wards", "Comparison", "Method"} <= set(book.sheetnames)
    for sheet in book:
        assert "OFFICIAL-SENSITIVE" in sheet.oddHeader.center.text
        assert sheet["A1"].value == "OFFICIAL-SENSITIVE · SYNTHETIC DATA"
    figures = book["Figures"]
    heads = [c.value for c in figures[5]]
    row = next(r for r in figures.iter_rows(min_row=6) if r[0].value == "top_nominals_crime_share")
    assert row[heads.index("value")].number_format.endswith("%")
    assert not [c for sheet in book for r in sheet.iter_rows() for c in r if c.data_type == "f"]


def test_the_same_profile_gives_the_same_bytes(profile, tmp_path):
    for name in ("one", "two"):
        write_profile(tmp_path / name, profile, None, [], dict, lambda _: None)
    for path in sorted((tmp_path / "one").rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_names_from_the_data_are_escaped():
    evil = "<img src=x onerror=alert(1)>"
    crimes = pa.table({"crime_id": ["A", "B"], "offence_code": ["8N", "46"], "recorded_on": ["2019-01-01"] * 2,
                       "district": [evil] * 2, "ward": [evil] * 2})  # fmt: skip
    crimes = crimes.set_column(2, "recorded_on", crimes["recorded_on"].cast(pa.date32()))
    wards = pa.table({"ward": [evil], "district": [evil], "area": [evil], "population": [100]})
    made = Dataset.of({"nominals": pa.table({"nominal_id": ["N"]}), "crimes": crimes, "wards": wards})
    page = profile_html(profile_of(made, QUICK))
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_folder_of_nominals_alone_still_makes_a_page():
    page = profile_html(profile_of(Dataset.of({"nominals": pa.table({"nominal_id": ["N"]})}), QUICK))
    assert "hold no crimes and no groups" in page
    assert "no such table" in page


def test_a_comparison_says_when_there_are_too_few(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "too few to say" in page
    assert "no clear difference" in page


@pytest.mark.browser
def test_the_page_in_a_browser(folder, browser):
    browser.open(folder / "report.html")
    assert not browser.left()
    assert not browser.complaints()
    width = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    small = browser.run(
        "return [...document.querySelectorAll('svg text')].map(t => [t.textContent, t.getBBox(), "
        "t.ownerSVGElement.viewBox.baseVal]).filter(([s, b, v]) => b.x < -1 || b.x + b.width > v.width + 1)"
        ".map(([s]) => s)"
    )
    assert small == []


@pytest.mark.office
def test_the_workbook_in_libreoffice(folder, tmp_path):
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed; make system installs it.")
    command = [office, f"-env:UserInstallation=file://{tmp_path}/home", "--headless", "--convert-to", "csv"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(folder / "workbook.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert "OFFICIAL-SENSITIVE" in (tmp_path / "workbook.csv").read_text(encoding="utf-8", errors="replace")


def test_other_draws_change_bands_only(profile):
    dataset, _ = read_dataset(COUNTY)
    other = profile_of(dataset, replace(QUICK, analysis=replace(QUICK.analysis, seed=9)))
    assert {k: f.value for k, f in other.figures.items()} == {k: f.value for k, f in profile.figures.items()}


def test_every_table_that_the_guide_names_row_by_row_is_there(profile):
    page = (Path(__file__).parents[2] / "docs" / "profile.md").read_text(encoding="utf-8")
    rows = page.partition("### Row by row")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", rows))
    assert len(named) > 30
    assert named <= {*profile.tables, "similar_forces"}
