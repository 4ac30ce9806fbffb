"""What strangers wrote is shown by every view and runs in none; Chromium's own log says that nothing called out."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from every_output import MARKED
from hostile_records import FORMULAS, MARKUP, ODD, TEXTS, spoken

from ocgnet.visible import visible

ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys or what turns the order of letters round."""

ACTIVE = """
const outward = a => !a.name.startsWith('xmlns') && /^(javascript|https?|[/][/])/i.test(a.value);
return [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])
  .filter(a => a.name.startsWith('on') || outward(a)).map(a => `${a.name}=${a.value}`);
"""
"""Attributes that would run something or lead out."""

PAGES = (
    "results/report.html", "results/network.html", "chart.html", "profile/report.html", "pack/disclosure.html",
    "pack-without-names/disclosure.html", "referral/referral.html", "access/subject-access.html",
    "case.html", "plans.html", "disruptions.html", "referrals.html", "tasking.html", "watches.html",
    "peers/peers.html", "peers-of-one/peers.html",
    *(f"tasking-{kind}.html" for kind in ("group", "person", "threat")),
)  # fmt: skip


def settle(browser) -> None:
    """Open what is folded, follow what is focused, and give whatever might run a moment."""
    browser.run(
        "document.querySelectorAll('details').forEach(d => { d.open = true; });"
        "document.querySelectorAll('*').forEach(e => {"
        " for (const t of ['mouseover', 'focus', 'load', 'error', 'toggle']) e.dispatchEvent(new Event(t)); });"
    )
    time.sleep(0.3)


@pytest.mark.browser
@pytest.mark.parametrize("page", PAGES)
def test_nothing_runs_and_nothing_calls_out(page: str, every_output, browser, tally) -> None:
    browser.open(every_output.made / page)
    settle(browser)
    assert browser.run("return window.hit") is None
    assert browser.run("return window.length") == 0
    made = "script:not([type='application/json'])"
    assert browser.run(f'return document.querySelectorAll("{made}").length') in (0, 2)
    assert browser.run(ACTIVE) == []
    assert (
        browser.run("return document.querySelectorAll('iframe,object,embed,base,form,link,video,math,img').length") == 0
    )
    assert browser.left() == []
    assert browser.complaints() == []
    tally["inputs tried"] += len(TEXTS)


def test_every_page_that_a_command_writes_is_opened(every_output) -> None:
    found = {p.relative_to(every_output.made).as_posix() for p in every_output.made.rglob("*.html")}
    # It is made of no record, and has a test of its own (tests/casework/test_partner_form.py).
    found.remove("partner-form.html")
    same = {f"results-of-store/{name}.html" for name in ("report", "network")}
    assert found == set(PAGES) | same
    for name in same:
        as_of_folder = every_output.made / name.replace("-of-store", "")
        assert (every_output.made / name).read_bytes() == as_of_folder.read_bytes()


@pytest.mark.browser
def test_the_chart_finds_and_shows_hostile_people_as_written(every_output, browser, tally) -> None:
    columns = (list(spoken(every_output.records, "nominals", c)) for c in ("nominal_id", "name", "review_due"))
    browser.open(every_output.made / "results" / "network.html")
    drawn = 0
    for person, name, due in zip(*columns, strict=True):
        key = quote(f"p:{person}", safe="")
        browser.run("location.hash = arguments[0]", f"view=ego&of={key}&sel={key}")
        time.sleep(0.1)
        panel = " ".join(browser.run("return document.querySelector('#panel').textContent").split())
        # Whoever is overdue for review on the day of the analysis is left out, and no address brings them back.
        overdue = due <= "2019-03-31"
        assert (" ".join(name.split())[:80] in panel) is not overdue, (person, name)
        drawn += not overdue
        tally["inputs tried"] += 1
    assert drawn == 9
    assert browser.run("return window.hit") is None
    assert browser.left() == []
    assert browser.complaints() == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "table", "column"),
    [("results/report.html", "ocgs", "name"), ("pack/disclosure.html", "children", "school")],
)
def test_pages_show_hostile_texts_as_written(page, table, column, every_output, browser) -> None:
    browser.open(every_output.made / page)
    settle(browser)
    shown = " ".join(browser.run("return document.body.textContent").split())
    wanted = [" ".join(visible(t.strip()).split()) for t in spoken(every_output.records, table, column)]
    assert any(t[:60] in shown for t in wanted), wanted


def test_no_record_moves_the_cursor_of_a_terminal(every_output) -> None:
    for done in every_output.done:
        if "csv" in done.arguments or "json" in done.arguments or "--show" in done.arguments:
            continue
        assert ACTS.findall(done.out + done.err) == [], done.arguments


def test_no_command_ends_in_a_traceback(every_output) -> None:
    for done in every_output.done:
        assert "Traceback" not in done.err + done.out, (done.arguments, done.err)
        assert done.code in (0, 1, 2), done.arguments


def test_no_id_named_a_file(every_output) -> None:
    """An id such as ../../x or /etc/passwd is data: every file has the name its command gives it."""
    names = {p.name for p in every_output.place.rglob("*")}
    assert all(re.fullmatch(r"[A-Za-z0-9_.\-]+", name) for name in names), names
    assert {p.name for p in every_output.place.parent.iterdir() if p.name.startswith("x")} == set()


def test_the_records_are_the_ones_that_attack(every_output) -> None:
    """Guards the other tests: the corpus did reach the program."""
    held = " ".join(p.read_text(encoding="utf-8") for p in every_output.records.glob("*.csv"))
    for text in (*MARKUP[:6], *FORMULAS[:6]):
        assert text.replace('"', '""') in held
    assert ODD[0] in held
    page = (every_output.made / "results" / "report.html").read_text(encoding="utf-8")
    assert page.count("OFFICIAL-SENSITIVE &lt;i&gt;") >= 3
    assert MARKED not in page


def test_the_document_of_each_page_allows_nothing_from_outside(every_output) -> None:
    for path in sorted(every_output.made.rglob("*.html")):
        [policy] = re.findall(
            r'http-equiv="Content-Security-Policy" content="([^"]*)"', path.read_text(encoding="utf-8")
        )
        rules = dict(rule.strip().split(" ", 1) for rule in unescape(policy).split(";") if rule.strip())
        assert rules["default-src"] == "'none'"
        assert not re.search(r"https?:|\*|unsafe|\bself\b", unescape(policy)), (Path(path).name, policy)
