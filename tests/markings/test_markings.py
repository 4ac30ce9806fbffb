"""Every file that a command writes carries the protective marking of the records, screen and print alike."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import zipfile
from html import unescape
from pathlib import Path

import pytest

MADE_UP = {"template", "ocgs", "county", "network"}
"""Folders of tables to fill in or of people who do not exist: about.toml says so beside them."""

NO_RECORDS = {"partner-form.html", "favourites.zip", "schema.cypher", "pseudonyms.key", "ocg.duckdb", ".lock"}
"""What is no output of records: an empty form, questions, a key, a store that keeps its marking inside."""


def packed(text: str) -> str:
    """Leave out space, which a printed page breaks as it likes."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def marked(every_output) -> str:
    from every_output import MARKED

    return MARKED


def outputs(every_output, *endings: str) -> list[Path]:
    found = [p for p in sorted(every_output.made.rglob("*")) if p.is_file() and p.suffix in endings]
    return [p for p in found if p.name not in NO_RECORDS and not MADE_UP & set(p.relative_to(every_output.made).parts)]


@pytest.mark.browser
def test_every_printed_page_of_every_view_is_marked_at_both_ends(
    every_output, marked, browser, pdftotext, tmp_path
) -> None:
    pages = outputs(every_output, ".html")
    assert len(pages) >= 7
    for path in pages:
        browser.open(path)
        browser.run("window.dispatchEvent(new Event('beforeprint'))")
        pdf = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False})
        (tmp_path / "page.pdf").write_bytes(base64.b64decode(pdf["data"]))
        text = subprocess.run(
            [pdftotext, tmp_path / "page.pdf", "-"], capture_output=True, check=True, text=True
        ).stdout
        printed = text.split("\f")[:-1]
        assert printed
        counts = [packed(page).count(packed(marked)) for page in printed]
        assert all(n >= 2 for n in counts), (path.relative_to(every_output.made), counts)


@pytest.mark.browser
def test_every_view_begins_and_ends_with_the_marking_on_the_screen(every_output, marked, browser) -> None:
    for path in outputs(every_output, ".html"):
        browser.open(path)
        lines = [line for line in browser.run("return document.body.innerText").splitlines() if line.strip()]
        lines = [line for line in lines if not line.startswith("Skip to")]
        assert packed(marked) in packed(lines[0]), path
        assert packed(marked) in packed(lines[-1]), path


def test_every_sheet_of_every_workbook_is_marked_in_header_and_footer(every_output, marked) -> None:
    books = outputs(every_output, ".xlsx")
    assert len(books) >= 2
    for path in books:
        with zipfile.ZipFile(path) as parts:
            sheets = [n for n in parts.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)]
            assert len(sheets) > 2
            for name in sheets:
                xml = unescape(parts.read(name).decode("utf-8"))
                for part in ("oddHeader", "oddFooter"):
                    [text] = re.findall(f"<{part}>(.*?)</{part}>", xml, re.DOTALL)
                    # An ampersand stands twice there, because one begins a code.
                    assert marked in text.replace("&&", "&"), (path, name)


def test_every_table_has_its_companion_beside_it(every_output, marked) -> None:
    tables = outputs(every_output, ".csv")
    assert len(tables) > 20
    for path in tables:
        places = (
            path.with_name(f"{path.name}.marking.txt"),
            path.parent / "MARKING.txt",
            path.parent.parent / "MARKING.txt",
        )
        companions = [p for p in places if p.is_file()]
        assert companions, f"{path.relative_to(every_output.made)} says nowhere how it is marked"
        text = companions[0].read_text(encoding="utf-8")
        wanted = marked.split(" <")[0] if path.name == "log.csv" or "rejects" in path.name else marked
        assert text.startswith(wanted), (path, text)
        assert text.rstrip().splitlines()[-1].startswith(wanted)


def test_every_document_for_programs_says_it_in_a_field(every_output, marked) -> None:
    for path in outputs(every_output, ".json"):
        if path.name == "log.json":
            continue  # A list of acts, one object each; it holds ids and no record.
        if path.name == "files.json":
            # Names of the files beside it and their hashes, and nothing else.
            document = json.loads(path.read_text(encoding="utf-8"))
            assert set(document) == {"made_by", "sha256"}
            assert all((path.parent / name).is_file() for name in document["sha256"])
            continue
        assert marked in json.loads(path.read_text(encoding="utf-8"))["marking"], path


def test_what_is_printed_says_it_and_what_is_piped_says_it_beside(every_output, marked) -> None:
    for done in every_output.done:
        if (
            done.name
            not in ("roles", "concentration", "communities", "children", "juveniles", "compare", "query", "review due")
            or done.code
        ):
            continue
        if "csv" in done.arguments or "json" in done.arguments:
            assert packed(marked) not in packed(done.out), "a program reads this"
            assert packed(marked) in packed(done.err), done.arguments
        elif "--format" in done.arguments:
            assert packed(marked) in packed(done.out), done.arguments


def test_nothing_else_is_written(every_output) -> None:
    """A new kind of file has to be thought about here."""
    kinds = {".html", ".xlsx", ".csv", ".json", ".txt"}
    others = {
        p.name
        for p in every_output.made.rglob("*")
        if p.is_file() and p.suffix not in kinds and not MADE_UP & set(p.relative_to(every_output.made).parts)
    }
    assert others <= NO_RECORDS
