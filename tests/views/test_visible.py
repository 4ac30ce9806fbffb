"""Names as people see them: joiners where a script needs them, nothing that acts or hides, nothing that fills pages."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.visible import LONGEST, shortened, visible
from ready import ocgnet

PERSIAN = "\u0645\u0647\u062f\u06cc\u200c\u06cc\u0627\u0631"
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WALES = "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbwls") + "\U000e007f"


@pytest.mark.parametrize("name", [PERSIAN, SINHALA, FAMILY, WALES, "\u0643\u200c\u0628"])
def test_unseen_characters_that_a_script_needs_stay(name: str) -> None:
    assert visible(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mac\u00adDonald", "MacDonald"),
        ("Ann\u200c", "Ann"),
        ("\u200dAnn", "Ann"),
        ("A\u200dn", "An"),
        ("a\u202eb", "a\\u202eb"),
        ("x\U000e0067", "x"),
        ("a\u200bb", "a\\u200bb"),
    ],
)
def test_elsewhere_they_neither_show_as_codes_nor_act(name: str, shown: str) -> None:
    assert visible(name) == shown


@given(st.text())
def test_nothing_shown_can_act(text: str) -> None:
    for character in visible(text):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\u200e\u200f"


@given(st.text(max_size=3 * LONGEST))
def test_a_name_is_whole_or_says_how_long_it_is(text: str) -> None:
    shown = shortened(text)
    assert shown == text or (shown.startswith(text[:LONGEST].rstrip()) and f"({len(text):,} characters)" in shown)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Two people with ties in one group of an endless name, and the first one's child."""
    folder = tmp_path / "records"
    folder.mkdir()
    for name, text in {
        "about.toml": 'force = "Case"\nsynthetic = true\nas_of = 2019-03-31\n',
        "nominals.csv": f"nominal_id,name,date_of_birth\nN1,{PERSIAN},1980-01-01\nN2,{'long ' * 7200},1981-01-01\n",
        "ocgs.csv": f"ocg_id,name,status\nG1,{'Kestrel ' * 4500},active\n",
        "memberships.csv": "nominal_id,ocg_id,role\nN1,G1,principal\nN2,G1,\n",
        "associations.csv": "person_a,person_b,kind\nN1,N2,meeting\n",
        "children.csv": f"child_id,name,date_of_birth\nC1,{PERSIAN},2010-01-01\n",
        "family_links.csv": "adult_id,child_id,relationship\nN1,C1,parent\n",
        "crimes.csv": "crime_id,recorded_on,offence_code\nK1,2018-05-01,46\n",
        "crime_links.csv": "person_id,crime_id,link_role\nN1,K1,suspect\nN2,K1,suspect\n",
        "referrals.csv": "person_id,kind,made_on\nC1,nrm,2018-06-01\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def cells(workbook: Path) -> list[str]:
    book = openpyxl.load_workbook(workbook)
    return [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]


def test_names_come_out_as_they_are_written(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ocgnet("analyse", records, "--out", out)
    assert PERSIAN in cells(out / "workbook.xlsx")
    said = ocgnet("children", records, "--child", "C1")
    assert PERSIAN in said
    pack = tmp_path / "pack"
    ocgnet(
        "refer", "C1", "--kind", "mash", "--reason", "A parent is named", "--by", "PC 1", "--folder", records,
        "--out", pack,
    )  # fmt: skip
    pages = "".join(p.read_text(encoding="utf-8") for p in pack.rglob("*.html"))
    assert PERSIAN in pages
    for text in (*cells(out / "workbook.xlsx"), said, pages, (out / "report.html").read_text(encoding="utf-8")):
        assert "\\u200" not in text


def test_an_endless_name_fills_no_page_and_says_that_it_is_cut(records: Path, tmp_path: Path) -> None:
    out, profile = tmp_path / "out", tmp_path / "profile"
    ocgnet("analyse", records, "--out", out)
    ocgnet("profile", records, "--out", profile)
    for page in (out / "report.html", profile / "report.html"):
        assert "Kestrel " * 20 not in page.read_text(encoding="utf-8")
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "Kestrel… (35,999 characters)" in report
    assert "long " * 30 not in report
    figures = json.loads((profile / "run.json").read_text(encoding="utf-8"))["figures"]
    assert max(map(len, figures)) < 200
