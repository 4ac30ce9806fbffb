"""Events, grades and two periods in the chart, against the tables they come from."""

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from chart_sample import sample_earlier

from ocgnet.analysis.events import EVENT_COLUMNS, events_of
from ocgnet.analysis.time.paths import earlier_ties
from ocgnet.errors import UsageError
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings
from ocgnet.views.chart import chart_html, chart_payload
from ocgnet.views.chart.payload import Opening, View, opening_state

browser_only = pytest.mark.browser


def person_with_many_ties(analysis):
    ties = analysis.ties.frame
    return pd.concat([ties["person_a"], ties["person_b"]]).value_counts(sort=True).index[0]


def named(cell):
    return {e for e in cell.split("|") if e[0] in "CR"}


def open_payload(browser, payload, tmp_path, fragment=""):
    path = tmp_path / "page.html"
    path.write_bytes(chart_html(payload).encode())
    return browser.open(path, fragment)


@browser_only
def test_the_panel_of_a_tie_gives_source_grade_and_date_of_each_event(browser, small, small_page):
    tie = next(t for t in small.ties.frame.to_dict("records") if t["kinds"] == "crime|report")
    browser.open(small_page, f"sel=t:{tie['person_a']}%1F{tie['person_b']}")
    text = browser.driver.find_element("id", "panel").text
    events = small.events.set_index("event_id")
    for e in named(tie["events"]):
        assert e in text
        assert f"{events.loc[e, 'on']:%d/%m/%Y}" in text
        if events.loc[e, "kind"] == "report":
            words = {"1": "1 (reliable)", "2": "2 (untested)"}[events.loc[e, "source_grade"]]
            assert f"3x5x2: source {words}, information {events.loc[e, 'intelligence_grade']} (" in text


@browser_only
def test_a_grade_filter_keeps_the_ties_that_rest_on_it(browser, small, small_page):
    events = small.events.set_index("event_id")
    graded = set(events[(events["source_grade"] == "1") & (events["intelligence_grade"] == "A")].index)
    wanted = sum(bool(named(cell) & graded) for cell in small.ties.frame["events"])
    assert 0 < wanted < len(small.ties.frame)
    browser.open(small_page, "view=all&grades=3x5x2+1+A")
    assert browser.run("return ocgnetChart.lines()") == wanted
    hidden = len(small.ties.frame) - wanted
    assert f"{hidden} ties" in browser.driver.find_element("id", "finding").text


@browser_only
def test_events_of_a_person_are_marks_and_can_be_put_away(browser, large, large_page):
    person = person_with_many_ties(large)
    key = f"p:{person}"
    browser.open(large_page, f"view=ego&of={key}&events=on&places=on")
    shown = browser.run("return ocgnetChart.shown()")
    people = {m["key"][2:] for m in shown if m["type"] == "person"}
    among = large.ties.frame[large.ties.frame["person_a"].isin(people) & large.ties.frame["person_b"].isin(people)]
    assert {m["key"][2:] for m in shown if m["type"] == "event"} == {
        f"{e[0].lower()}{e}" for cell in among["events"] for e in named(cell)
    }
    assert {m["label"] for m in shown if m["type"] == "place"} == {"Easter", "Wester"}
    browser.run("document.getElementById('events').click()")
    assert not [m for m in browser.run("return ocgnetChart.shown()") if m["type"] in ("event", "place")]
    assert "not drawn" in browser.driver.find_element("id", "finding").text


@browser_only
def test_the_timeline_adds_up_to_the_events_and_the_table_says_the_same(browser, small, small_page):
    browser.open(small_page, "view=all")
    every = {e for cell in small.ties.frame["events"] for e in named(cell)}
    words = browser.driver.find_element("id", "timeline").text
    found = re.search(r"Events by month: ([\d,]+) events?, most in .* \((\d+)\)(?:, (\d+) undated)?", words)
    assert int(found[1]) + int(found[3] or 0) == len(every)
    browser.run("document.getElementById('tab-table').click()")
    counts = browser.run(
        "const all = [...document.querySelectorAll('#table table')];"
        "const t = all.find((x) => x.caption.textContent.includes('by month'));"
        "return [...t.rows].slice(1).map((r) => Number(r.cells[1].textContent) + Number(r.cells[2].textContent))"
    )
    assert sum(counts) == int(found[1])
    assert max(counts) == int(found[2])


@browser_only
def test_new_kept_and_gone_are_counted_and_can_be_told_apart(browser, small, tmp_path):
    earlier, lost = sample_earlier(small)
    ties = small.ties.frame
    new = -(-len(ties) // 3)
    payload = chart_payload(small, earlier)
    said = f"{new} ties are new, {len(ties) - new} were kept and {len(lost)} are gone since 01/04/2017 to 31/03/2018"
    assert payload["meta"]["title"] == said
    open_payload(browser, payload, tmp_path, "view=all")
    assert (
        f"{new} new (+), {len(ties) - new} kept, {len(lost)} gone (×)"
        in browser.driver.find_element("id", "finding").text
    )
    for what, count in (("new", new), ("gone", len(lost))):
        open_payload(browser, payload, tmp_path, f"view=all&change={what}")
        assert browser.run("return ocgnetChart.lines()") == count
    gone = lost[0]
    open_payload(browser, payload, tmp_path, f"sel=t:{gone[0]}%1F{gone[1]}")
    assert "gone: only from 01/04/2017 to 31/03/2018" in browser.driver.find_element("id", "panel").text
    assert browser.complaints() == []


def test_a_tie_that_is_gone_keeps_the_values_it_had(small):
    earlier, lost = sample_earlier(small)
    t = chart_payload(small, earlier)["ties"]
    rows = [i for i, c in enumerate(t["change"]) if c == "gone"]
    assert len(rows) == len(lost)
    assert {t["events"][i] for i in rows} == {"C99999"}
    assert all(t["weight_before"][i] is None for i, c in enumerate(t["change"]) if c == "new")


@browser_only
def test_the_chart_opens_on_what_was_asked_and_overview_stays_a_link(browser, large, tmp_path):
    payload = chart_payload(large)
    asked = Opening(person="N00010", steps=2)
    payload["meta"]["opening"] = opening_state(asked, payload)
    open_payload(browser, payload, tmp_path)
    assert "within two steps" in browser.driver.find_element("id", "finding").text
    browser.run("document.getElementById('view-overview').click()")
    browser.driver.refresh()
    assert "Overview" in browser.driver.find_element("id", "finding").text


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Opening(View.group), "needs --group"),
        (Opening(person="N99999"), "no nominal N99999"),
        (Opening(person="N0001"), "Did you mean N"),
        (Opening(View.path, person="N00001"), "needs --to-person"),
        (Opening(View.path, person="N00001", to_person="N00001"), "two different people"),
        (Opening(View.overview, group="OCG-01"), "makes no use of --group"),
        (Opening(View.child, child="K999"), "no linked child K999"),
        (Opening(group="OCG-01", steps=2), "--steps is for"),
    ],
)
def test_an_opening_that_cannot_be_is_refused_in_words(small, asked, says):
    with pytest.raises(UsageError, match=re.escape(says)):
        opening_state(asked, chart_payload(small))


def test_events_and_grades_without_any_leave_a_whole_payload(small):
    payload = chart_payload(replace(small, events=pd.DataFrame()))
    assert payload["events"]["id"] == payload["grades"] == []


@pytest.fixture(scope="module")
def tiny():
    from pathlib import Path

    from ocgnet.checks.check import check

    return check(Path(__file__).parents[3] / "fixtures" / "tiny").dataset


def test_events_are_those_that_ties_name_and_nothing_withheld(tiny):
    settings = Settings()
    evidence = evidence_of(tiny, settings)
    ties = ties_of(evidence, settings)
    events = events_of(tiny, evidence, ties)
    assert tuple(events.columns) == EVENT_COLUMNS
    labels = {label for cell in ties.to_table(evidence).frame["events"] for label in cell.split("|") if label}
    ids = {label.rpartition(" ")[2] for label in labels}
    assert set(events["event_id"]) <= ids
    handled = tiny["intel_reports"].to_pandas()
    secret = set(handled[(handled["grading_scheme"] == "3x5x2") & (handled["handling_code"] == "C")]["report_id"])
    assert secret
    assert not secret & set(events["event_id"])
    assert "text" not in events


def test_an_earlier_period_counts_its_own_events_only(tiny):
    earlier = earlier_ties(tiny, Settings())
    assert (earlier.first, earlier.last) == (date(2017, 4, 1), date(2018, 3, 31))
    assert earlier.events["on"].dropna().between("2017-04-01", "2018-03-31").all()
    with pytest.raises(UsageError, match="begins on"):
        earlier_ties(tiny, Settings(), date(2018, 1, 1), date(2018, 6, 1))
    with pytest.raises(UsageError, match="both"):
        earlier_ties(tiny, Settings(), date(2018, 1, 1))


@browser_only
def test_records_of_more_than_twenty_years_are_counted_by_year_and_none_is_lost(browser, small, tmp_path):
    payload = chart_payload(small)
    first = payload["ties"]["events"][0].split("|")[0]
    payload["ties"]["first_on"][0] = payload["events"]["on"][payload["events"]["id"].index(first)] = "1985-05-01"
    open_payload(browser, payload, tmp_path, "view=all")
    words = browser.driver.find_element("id", "timeline").text
    every = {e for cell in small.ties.frame["events"] for e in named(cell)}
    found = re.search(r"Events by year: ([\d,]+) events?, most in \d{4} \((\d+)\)(?:, (\d+) undated)?", words)
    assert int(found[1]) + int(found[3] or 0) == len(every)
    browser.run("document.getElementById('tab-table').click()")
    rows = browser.run(
        "const all = [...document.querySelectorAll('#table table')];"
        "const t = all.find((x) => x.caption.textContent.includes('by year'));"
        "return [...t.rows].slice(1).map((r) => [...r.cells].map((c) => c.textContent))"
    )
    assert [r[0] for r in rows] == [str(y) for y in range(1985, 2020)]
    assert int(rows[0][1]) + int(rows[0][2]) == 1
    browser.open(tmp_path / "page.html", "view=all&from=1985-01-01&until=1985-12-31")
    assert browser.run("return ocgnetChart.lines()") == 1


@browser_only
def test_the_heading_of_a_group_counts_its_ties(browser, large, large_page):
    payload = chart_payload(large)
    b, box = next((n, x) for n, x in enumerate(payload["boxes"]) if x["id"] == "ocg:OCG-07")
    home, t = payload["people"]["box"], payload["ties"]
    inside = sum(home[i] == home[j] == b for i, j in zip(t["a"], t["b"], strict=True))
    others = {home[i] + home[j] - b for i, j in zip(t["a"], t["b"], strict=True) if (home[i] == b) != (home[j] == b)}
    others = [o for o in others if payload["boxes"][o]["kind"] in ("ocg", "community")]
    browser.open(large_page, "view=box&of=b:ocg:OCG-07")
    said = browser.driver.find_element("id", "finding").text
    assert f"{len(box['people'])} people share {inside} tie{'s' * (inside != 1)}" in said
    assert f"have ties with {len(others)} other group" in said
