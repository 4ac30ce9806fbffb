"""Hostile text in every column that holds text, opened in every view: nothing runs, nothing leaves, nothing is lost."""

import time
import xml.etree.ElementTree as ET
from itertools import cycle

import pytest
from chart_sample import sample_analysis, sample_earlier
from hostile_texts import HOSTILE

from ocgnet.views.chart import chart_html, chart_payload

pytestmark = pytest.mark.browser

KEPT_PEOPLE = ("id", "stands")
KEPT_EVENTS = ("id", "kind", "on", "grade")
KEPT_CHILDREN = ("id", "age", "freshest", "known_aces", "unknown_aces", "missing_episodes")


@pytest.fixture(scope="module")
def poisoned():
    """A payload with hostile text wherever records hold text."""
    analysis = sample_analysis(40, 4, 6, seed=11, outside=0.2)
    payload = chart_payload(analysis, sample_earlier(analysis)[0])
    text = cycle(HOSTILE)
    for table, kept in (("people", KEPT_PEOPLE), ("events", KEPT_EVENTS), ("children", KEPT_CHILDREN)):
        for name, column in payload[table].items():
            if name not in kept and any(isinstance(v, str) for v in column):
                payload[table][name] = [next(text) if isinstance(v, str) else v for v in column]
    for row in payload["roles"]:
        row[7] = next(text)
    for box in payload["boxes"]:
        box["name"] = next(text)
        box["facts"] = {name: next(text) for name in box["facts"]} | {next(text): "value"}
    payload["ties"]["events"] = [f"{e}|{next(text).replace('|', '')}" for e in payload["ties"]["events"]]
    payload["grades"] = [["3x5x2", next(text), next(text)] for _ in payload["grades"]]
    meta = payload["meta"]
    for name in ("title", "marking", "run_id"):
        meta[name] = next(text)
    for name in ("data_line", "notes"):
        meta[name] = [next(text) for _ in meta[name]]
    meta["left_out"] = [[next(text), next(text), n] for _, _, n in meta["left_out"]]
    return payload


@pytest.fixture(scope="module")
def page(poisoned, tmp_path_factory):
    path = tmp_path_factory.mktemp("poisoned") / "poisoned.html"
    path.write_bytes(chart_html(poisoned).encode())
    return path


def test_every_view_shows_hostile_text_as_text_and_runs_none_of_it(browser, page, poisoned):
    browser.open(page)
    ids, kids, box = poisoned["people"]["id"], poisoned["children"]["id"], poisoned["boxes"][0]["id"]
    tie = next(iter(browser.run("return Object.keys(ocgnetChart.dashes()).filter((k) => k[0] === 't')")))
    views = [
        "view=overview", "view=all", f"view=box&of=b:{box}&sel=b:{box}&events=on&places=on",
        f"view=ego&of=p:{ids[3]}&sel=p:{ids[3]}&steps=2", f"view=path&of=p:{ids[3]}&to=p:{ids[20]}",
        f"view=child&of=c:{kids[0]}&sel=c:{kids[0]}", f"view=all&sel={tie}".replace("\x1f", "%1F"),
        f"view=box&of=b:{box}&events=on&tab=table",
    ]  # fmt: skip
    for view in views:
        browser.run("location.hash = arguments[0]", view)
        time.sleep(0.05)
        browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        for key in browser.run(
            "return ocgnetChart.shown().filter((m) => m.type !== 'box').slice(0, 6).map((m) => m.key)"
        ):
            browser.run("location.hash = arguments[0]", f"{view.split('&sel')[0]}&sel={key}")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.run("return window.hit") is None
    made = "img, iframe, object, a[href^=javascript], [onload], [onerror]"
    assert browser.run("return document.querySelectorAll(arguments[0]).length", made) == 0
    assert browser.complaints() == []
    assert [r for r in browser.requests() if not r.startswith(("file://", "data:", "blob:"))] == []


def test_headings_say_exactly_what_the_records_say(browser, page, poisoned):
    browser.open(page, "view=overview")
    assert browser.run("return document.getElementById('title').textContent") == poisoned["meta"]["title"]
    assert browser.run("return document.getElementById('marking-top').textContent") == poisoned["meta"]["marking"]
    people, kids = poisoned["people"], poisoned["children"]
    for k, i in enumerate(people["id"][:18]):
        if i not in kids["id"]:
            browser.run("location.hash = arguments[0]", f"view=ego&of=p:{i}&sel=p:{i}")
            time.sleep(0.03)
            assert browser.run("return document.querySelector('#panel h2').textContent") == people["name"][k]
    for k, c in enumerate(kids["id"]):
        browser.run("location.hash = arguments[0]", f"view=child&of=c:{c}&sel=c:{c}")
        time.sleep(0.03)
        assert browser.run("return document.querySelector('#panel h2').textContent") == kids["name"][k]
        assert kids["because"][k] in browser.run("return document.getElementById('panel').textContent")


def test_the_picture_for_other_programs_is_well_formed(browser, page):
    browser.open(page, "view=all")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    text = browser.run("return new XMLSerializer().serializeToString(document.querySelector('#print-sheet svg'))")
    # Characters that XML cannot hold at all are the browser's to leave out; markup of ours is only these.
    tree = ET.fromstring("".join(c for c in text if c in "\t\n\r" or ord(c) >= 32))
    assert {e.tag.rpartition("}")[2] for e in tree.iter()} <= {"svg", "path", "circle", "text"}
