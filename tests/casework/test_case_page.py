"""The page of a case in a real browser: whole on the screen, and on two printed sheets however much is recorded."""

from __future__ import annotations

import base64
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from ocgnet.casework.cases.case_page import case_html, view_of
from ocgnet.casework.cases.case_records import CaseRecords
from ocgnet.casework.cases.cases import around, case_of
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.model import TABLES
from ocgnet.settings import Settings

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
DAY = date(2019, 3, 31)
MARKING = "OFFICIAL-SENSITIVE · SYNTHETIC DATA"
LONG = "What was said, who was there, what is to be done next and by whom, in many words. " * 6

pytestmark = pytest.mark.browser


def crowded() -> Dataset:
    """Return the tiny force with a child of whom more is on record than two sheets hold."""
    days = [date(2018, 6, 1) + timedelta(days=11 * i) for i in range(20)]
    rows: dict[str, list[dict[str, object]]] = {
        "referrals": [{"kind": "mash", "made_on": d, "made_by": "an officer of long name"} for d in days],
        "assignments": [{"service_id": f"S{i}", "from_date": d, "owner": f"Owner of Long Name {i}"}
                        for i, d in enumerate(days[:6])],
        "case_meetings": [{"held_on": d, "kind": "missing", "attended": "police|council|school|health|housing",
                           "decisions": LONG, "next_on": d + timedelta(days=5)} for d in days],
        "orders": [{"order_id": f"O{i}", "kind": "injunction", "protects": "C2", "from_date": d,
                    "to_date": d + timedelta(days=40)} for i, d in enumerate(days[-6:])],
        "missing_episodes": [{"missing_from": datetime(d.year, d.month, d.day, 20),
                              "found_at": datetime(d.year, d.month, d.day, 23), "companions": "N07",
                              "found_where": "a place described in many words near the station"} for d in days],
        "plan_actions": [{"action_id": f"A{i}", "nominal_id": "C2", "strand": "protect", "action": LONG, "due_on": d}
                         for i, d in enumerate(days)],
        "child_risks": [{"exploitation": kind, "level": "high", "assessed_on": d, "scheme": "A scheme of long name"}
                        for d in days for kind in ("sexual", "criminal")],
        "intelligence_gaps": [{"gap_id": f"G{i}", "question": LONG, "subject_kind": "person", "subject_id": "C2",
                               "raised_on": d, "due_on": d} for i, d in enumerate(days)],
    }  # fmt: skip
    tables = {}
    for name, own in rows.items():
        schema = TABLES[name].schema
        person = next((c for c in ("person_id", "child_id") if c in schema.names), "")
        tables[name] = pa.Table.from_pylist([{**({person: "C2"} if person else {}), **row} for row in own], schema)
    base = read_dataset(TINY)[0]
    given = {name: t for name, t in base.tables.items() if name in base.given}
    return Dataset.of({**given, **tables}, base.about)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dataset, asked = crowded(), Settings(as_of=DAY)
    records = CaseRecords(dataset, DAY, asked)
    file = tmp_path_factory.mktemp("case") / "case.html"
    view = view_of(records, case_of(records, "C2"), around(dataset, asked, "C2", DAY))
    file.write_text(case_html(view), encoding="utf-8")
    return file


def test_a_crowded_case_fits_the_screen_and_two_sheets(page: Path, browser, pdftotext: str, tmp_path: Path) -> None:
    browser.open(page)
    assert browser.complaints() == []
    assert browser.left() == []
    assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.run("return [...document.querySelectorAll('.marking')].map(e => e.textContent)") == [MARKING] * 2
    kinds = browser.run("return [...document.querySelectorAll('.steps li strong')].map(e => e.textContent)")
    # Return interviews are twenty; the other kinds are named all the same.
    assert [k.split()[0] for k in kinds] == ["Return", "Outcome", "Next", "Injunction", "Action"]
    assert "and 17 more" in kinds[0]
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False})
    (tmp_path / "p.pdf").write_bytes(base64.b64decode(printed["data"]))
    done = subprocess.run([pdftotext, "-layout", tmp_path / "p.pdf", "-"], capture_output=True, check=True)
    sheets = done.stdout.decode("utf-8").split("\f")[:-1]
    assert len(sheets) == 2
    for number, sheet in enumerate(sheets, 1):
        assert sheet.count(MARKING) == 2
        assert f"{number} of 2" in sheet
    assert "--format json" in sheets[-1]
