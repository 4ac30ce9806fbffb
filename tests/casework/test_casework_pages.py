"""Packs in a real browser: on the screen, and printed with the marking on every page."""

from __future__ import annotations

import base64
import subprocess
from datetime import date
from pathlib import Path

import planted_folder as planted
import pytest

from ocgnet.casework.disclosure.disclose import Request, disclosure
from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
from ocgnet.casework.referral.refer import Referral, referral_pack
from ocgnet.checks.check import read_dataset
from ocgnet.settings import Settings

ROOT = Path(__file__).parent.parent.parent
MARKING = "OFFICIAL-SENSITIVE · SYNTHETIC DATA"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("packs")
    county = read_dataset(ROOT / "fixtures" / "county")[0]
    asked = Request("police", ("CH092", "N0374", "CH001"), "Strategy meeting", "DS Example")
    made = {"disclosure": disclosure(county, asked, Settings())[0]}
    referral = Referral("CH007", "mash", date(2019, 3, 31), "DC Example", "Missing since last night")
    made["referral"] = referral_pack(county, referral, Settings())
    everybody = Request("partnership", ("all",), "Plan", "DS Example")
    made["numbers"] = disclosure(county, everybody, Settings())[0]
    for name, pack in made.items():
        with pack_folder(folder / name) as partial:
            write_pack(partial, pack, page="page")
    return {name: folder / name / "page.html" for name in made}


@pytest.mark.parametrize("name", ["disclosure", "referral", "numbers"])
def test_the_page_opens_by_itself_and_fits_the_screen(name: str, pages: dict[str, Path], browser) -> None:
    browser.open(pages[name])
    assert browser.complaints() == []
    assert browser.left() == []
    assert browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    ends = browser.run("return [...document.querySelectorAll('.marking')].map(e => e.textContent)")
    assert ends == [MARKING, MARKING]


@pytest.mark.parametrize("name", ["disclosure", "referral", "numbers"])
def test_every_printed_page_carries_the_marking_and_its_number(
    name: str, pages: dict[str, Path], browser, pdftotext: str, tmp_path: Path
) -> None:
    browser.open(pages[name])
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False})
    (tmp_path / "p.pdf").write_bytes(base64.b64decode(printed["data"]))
    done = subprocess.run([pdftotext, "-layout", tmp_path / "p.pdf", "-"], capture_output=True, check=True)
    sheets = done.stdout.decode("utf-8").split("\f")[:-1]
    assert sheets
    for number, sheet in enumerate(sheets, 1):
        assert sheet.count(MARKING) == 2, (number, sheet[:200])
        assert f"{number} of {len(sheets)}" in sheet
        assert len(sheet.split()) > 12, "no page stands empty but for its margins"


def test_a_file_of_the_planted_folder_shows_dates_as_print_does(tmp_path: Path, browser) -> None:
    records = read_dataset(planted.write_planted(tmp_path / "data"))[0]
    pack, _ = disclosure(records, Request("police", (planted.CHILD,), "x", "y"), Settings())
    with pack_folder(tmp_path / "pack") as partial:
        write_pack(partial, pack, page="page")
    shown = browser.open(tmp_path / "pack" / "page.html").run("return document.body.innerText")
    assert "20/11/2018 21:22" in shown
    assert "held on 23/11/2018, later than 72 hours" not in shown
    assert "held on 23/11/2018, within 72 hours" in shown
    assert "12/08/2004" in shown
