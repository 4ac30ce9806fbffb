"""The chart in real Chromium: it opens, answers, keeps hostile text harmless, and asks nothing of anybody."""

import base64
import csv
import io
import subprocess
import time
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from chart_sample import sample_analysis
from hostile_texts import HOSTILE
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ocgnet.views.chart import write_chart

pytestmark = pytest.mark.browser


def shown(browser, kind=None):
    marks = browser.run("return ocgnetChart.shown()")
    return [m for m in marks if kind is None or m["type"] == kind]


def panel(browser):
    return browser.driver.find_element(By.ID, "panel").text


def finding(browser):
    return browser.driver.find_element(By.ID, "finding").text


def press(browser, *keys):
    browser.driver.switch_to.active_element.send_keys(*keys)


def click_at(browser, key):
    spot = browser.run("return ocgnetChart.where(arguments[0])", key)
    for kind in ("mousePressed", "mouseReleased"):
        browser.driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": spot["x"], "y": spot["y"], "button": "left", "clickCount": 1},
        )
    # vis-network waits a moment, in case a second click follows.
    time.sleep(0.4)


def press_button(browser, words):
    buttons = browser.driver.find_elements(By.CSS_SELECTOR, "#panel button")
    next(b for b in buttons if b.text == words).click()


def open_menu(browser, words):
    browser.driver.find_element(By.CSS_SELECTOR, "#bar .menu summary").click()
    for choice in browser.driver.find_elements(By.CSS_SELECTOR, "#bar .menu button"):
        if choice.text.startswith(words):
            choice.click()
            return
    raise AssertionError(f"no export {words}")


def open_part(browser, name):
    """Open a part of the left side; its content is made when it opens."""
    browser.driver.find_element(By.CSS_SELECTOR, f"[data-part={name}] > summary").click()
    for _ in range(50):
        if browser.run("return document.querySelectorAll(arguments[0]).length", f"[data-part={name}] > *") > 1:
            return
        time.sleep(0.02)
    raise AssertionError(f"the part {name} stayed empty")


def downloaded(browser, ending):
    for _ in range(50):
        found = list(browser.downloads.glob(f"*{ending}"))
        if found:
            content = found[0].read_bytes()
            if content:
                found[0].unlink()
                return content
        time.sleep(0.1)
    raise AssertionError(f"nothing ending in {ending} was written")


def test_opens_on_groups_without_a_complaint_or_a_request(browser, large_page):
    browser.open(large_page)
    assert len(shown(browser, "box")) == len(shown(browser)) >= 38
    assert "Overview" in finding(browser)
    assert browser.complaints() == []
    assert [r for r in browser.requests() if not r.startswith("file://")] == []


def test_small_data_opens_on_everybody(browser, small_page):
    browser.open(small_page)
    assert len(shown(browser, "person")) == 60


def test_hostile_names_are_shown_and_never_run(browser, tmp_path):
    path = tmp_path / "hostile.html"
    write_chart(path, sample_analysis(40, 3, 0, names=HOSTILE, outside=0))
    browser.open(path)
    for i, text in enumerate(HOSTILE):
        browser.run("location.hash = arguments[0]", f"view=ego&of=p:N{i:05d}&sel=p:N{i:05d}")
        time.sleep(0.05)
        heading = browser.run("return document.querySelector('#panel h2').textContent")
        assert heading == text
    browser.run("document.getElementById('tab-table').click()")
    search = browser.driver.find_element(By.ID, "search")
    search.send_keys("<img")
    assert "<img src=x" in browser.driver.find_element(By.ID, "found").text
    assert browser.run("return window.hit") is None
    assert (
        browser.run("return document.querySelectorAll('#panel img, #found img, #table img, svg[onload]').length") == 0
    )
    assert browser.complaints() == []
    assert [r for r in browser.requests() if not r.startswith(("file://", "data:"))] == []


def test_the_policy_stops_what_is_put_in_later(browser, small_page):
    browser.open(small_page)
    browser.run(
        "const s = document.createElement('script'); s.textContent = 'window.hit = 1'; document.body.append(s);"
        "const i = document.createElement('img'); i.src = 'http://192.0.2.1/x.png'; document.body.append(i);"
        "document.body.insertAdjacentHTML('beforeend', '<b id=late onclick=\"window.hit=2\">x</b>');"
        "document.getElementById('late').click();"
    )
    assert browser.run("return window.hit") is None
    refused = " ".join(browser.complaints())
    assert refused.count("Content Security Policy") >= 2
    assert browser.left() == []


def test_search_finds_by_name_and_by_id_and_opens_the_panel(browser, large, large_page):
    browser.open(large_page)
    person = large.people.frame.iloc[17]
    for words in (person["name"], person["nominal_id"].lower()):
        search = browser.driver.find_element(By.ID, "search")
        search.clear()
        search.send_keys(words)
        suggestions = browser.driver.find_elements(By.CSS_SELECTOR, "#found button")
        match = [s for s in suggestions if person["nominal_id"] in s.text]
        assert match
        match[0].click()
        assert person["nominal_id"] in panel(browser)
        assert "within one step" in finding(browser)


def test_the_panel_keeps_recorded_and_suggested_apart(browser, large, large_page):
    role = large.roles.frame[large.roles.frame["suggested_role"] == "principal"].iloc[0]
    key = f"p:{role['nominal_id']}"
    browser.open(large_page, f"view=ego&of={key}&sel={key}")
    text = panel(browser)
    assert (
        f"suggested principal (stable: {role['stability'] * 100:.0f}% of {large.settings.resamples} resamples)" in text
    )
    assert "assessment, not a fact" in text
    after = text[text.index("Recorded role: set by a person") :].splitlines()[1]
    assert after == (role["recorded_role"] or "not assessed")
    assert role["because"] in text


def test_a_click_opens_a_group_then_a_person(browser, large_page):
    browser.open(large_page)
    click_at(browser, "b:ocg:OCG-07")
    assert "OCG-07" in finding(browser)
    person = shown(browser, "person")[0]
    click_at(browser, person["key"])
    assert person["key"][2:] in panel(browser)


def under_other_boxes(trace, points, boxes):
    """Keys of the boxes that a line passes beneath without saying anything of them."""
    return {
        k
        for k, m in boxes.items()
        if k not in trace["ends"]
        and any(abs(x - m["x"]) < m["w"] / 2 - 2 and abs(y - m["y"]) < m["h"] / 2 - 2 for x, y in points)
    }


def test_lines_of_the_overview_bend_around_boxes_and_can_be_clicked(browser, large_page):
    browser.open(large_page)
    traces = browser.run("return ocgnetChart.traces()")
    boxes = {m["key"]: m for m in browser.run("return ocgnetChart.places()")}
    straight = bent = 0
    for trace in traces:
        (x0, y0), (x1, y1) = trace["points"][0], trace["points"][-1]
        even = [(x0 + (x1 - x0) * n / 20, y0 + (y1 - y0) * n / 20) for n in range(21)]
        straight += len(under_other_boxes(trace, even, boxes))
        bent += len(under_other_boxes(trace, trace["points"], boxes))
    assert straight > 10
    assert bent < 0.8 * straight

    # The middle of a bent line opens what the line stands for; the buttons for zoom cover the right edge.
    def is_plain(trace):
        (x0, y0), (x1, y1), (x, y) = (trace["points"][n] for n in (0, -1, 10))
        off = abs(x - (x0 + x1) / 2) + abs(y - (y0 + y1) / 2)
        others = min((p[0] - x) ** 2 + (p[1] - y) ** 2 for t in traces if t is not trace for p in t["points"])
        return off > 8 and others > 100 and trace["middle"]["x"] < 650 and not under_other_boxes(trace, [(x, y)], boxes)

    trace = next(t for t in traces if is_plain(t))
    corner = browser.run("const b = document.getElementById('picture').getBoundingClientRect(); return [b.left, b.top]")
    for kind in ("mousePressed", "mouseReleased"):
        browser.driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent",
            {
                "type": kind,
                "x": trace["middle"]["x"] + corner[0],
                "y": trace["middle"]["y"] + corner[1],
                "button": "left",
                "clickCount": 1,
            },
        )
    time.sleep(0.4)
    assert panel(browser).startswith("Ties between")


def test_a_click_on_a_line_shows_its_events(browser, small, small_page):
    tie = small.ties.frame.iloc[0]
    browser.open(small_page, f"sel=t:{tie['person_a']}%1F{tie['person_b']}")
    text = panel(browser)
    assert tie["events"].split("|")[0] in text
    assert f"{tie['first_on']:%d/%m/%Y}" in text


def test_keyboard_alone_reaches_a_person(browser, large_page):
    browser.open(large_page)
    browser.run("document.getElementById('picture').focus()")
    press(browser, Keys.ARROW_RIGHT)
    press(browser, Keys.ENTER)
    assert "sel=b" in browser.run("return ocgnetChart.state()")
    assert browser.run("return document.activeElement.id") == "picture"
    for _ in range(12):
        press(browser, Keys.ARROW_LEFT)
        press(browser, Keys.ENTER)
        if browser.run("return ocgnetChart.state()").count("sel=p"):
            break
    assert "assessment, not a fact" in panel(browser) or "Member of no group" in panel(browser)
    press(browser, Keys.ESCAPE)
    assert "sel=p" not in browser.run("return ocgnetChart.state()")


def test_tab_reaches_every_control_and_focus_can_be_seen(browser, small_page):
    browser.open(small_page)
    browser.run("document.activeElement.blur(); document.body.focus()")
    seen = []
    for _ in range(40):
        press(browser, Keys.TAB)
        seen.append(
            browser.run(
                "const a = document.activeElement, s = getComputedStyle(a), width = parseFloat(s.outlineWidth);"
                "const name = a === document.body ? '' : a.id || a.textContent.slice(0, 30);"
                "return [name, s.outlineStyle !== 'none' && width >= 2]"
            )
        )
    names = [name for name, _ in seen]
    for needed in ("search", "group", "picture", "tab-table", "fit"):
        assert needed in names, names
    assert all(visible for name, visible in seen if name)


def test_filters_hide_and_say_what_they_hide(browser, large, large_page):
    browser.open(large_page, "view=all")
    before = len(shown(browser, "person"))
    open_part(browser, "roles")
    browser.run("document.querySelector('[data-filter=\"recorded:principal\"]').click()")
    wanted = int((large.roles.frame["recorded_role"] == "principal").sum())
    assert len(shown(browser, "person")) == wanted < before
    assert f"Filters hide {before - wanted} people" in finding(browser)
    browser.run("document.getElementById('clear').click()")
    assert len(shown(browser, "person")) == before


def test_dates_filter_ties(browser, small, small_page):
    browser.open(small_page, "view=all&from=2018-12-01")
    assert browser.run("return ocgnetChart.lines()") == int(
        sum(d.isoformat() >= "2018-12-01" for d in small.ties.frame["last_on"])
    )


def test_kinds_and_strength_filter_ties(browser, small, small_page):
    ties = small.ties.frame
    browser.open(small_page, "view=all&kinds=phone&kinds=meeting")
    kinds = ties["kinds"].str.split("|").map(set)
    assert browser.run("return ocgnetChart.lines()") == sum(bool(k & {"phone", "meeting"}) for k in kinds)
    browser.open(small_page, "view=all")
    open_part(browser, "ties")
    browser.run(
        "const s = document.getElementById('strength'); s.value = 20;"
        "s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change'))"
    )
    least = float(browser.run("return new URLSearchParams(ocgnetChart.state()).get('min')"))
    left = browser.run("return ocgnetChart.lines()")
    assert left == (ties["weight"].round(4) >= least).sum()
    # Half-way along the slider about half of the ties are left.
    assert left == pytest.approx(len(ties) / 2, abs=len(ties) / 20)


def test_a_group_is_chosen_from_the_list_and_left_again(browser, large_page):
    browser.open(large_page)
    browser.run(
        "const s = document.getElementById('group');"
        "s.value = [...s.options].find((o) => o.textContent.startsWith('OCG-12')).value;"
        "s.dispatchEvent(new Event('change'))"
    )
    assert finding(browser).startswith("OCG-12")
    browser.run("const s = document.getElementById('group'); s.value = ''; s.dispatchEvent(new Event('change'))")
    assert finding(browser).startswith("Overview")


def test_ties_of_a_neighbour_are_added_and_taken_away_again(browser, large, large_page):
    ties = large.ties.frame
    around = {}
    for a, b in zip(ties["person_a"], ties["person_b"], strict=True):
        around.setdefault(a, set()).add(b)
        around.setdefault(b, set()).add(a)
    middle, other = next(
        (i, j) for i in sorted(around) for j in sorted(around[i]) if around[j] - around[i] - {i} and len(around[i]) < 9
    )
    browser.open(large_page, f"view=ego&of=p:{middle}&sel=p:{other}")
    assert {m["key"][2:] for m in shown(browser, "person")} == around[middle] | {middle}
    press_button(browser, "Add their ties")
    assert {m["key"][2:] for m in shown(browser, "person")} == around[middle] | around[other] | {middle}
    browser.run("document.getElementById('undo').click()")
    assert {m["key"][2:] for m in shown(browser, "person")} == around[middle] | {middle}


def test_path_between_two_people_is_shortest(browser, large, large_page):
    import networkx as nx

    graph = nx.Graph(zip(large.ties.frame["person_a"], large.ties.frame["person_b"], strict=True))
    for other in ("N00111", "N00150", "N00042"):
        browser.open(large_page, f"view=path&of=p:N00010&to=p:{other}")
        steps = nx.shortest_path_length(graph, "N00010", other)
        assert f"{steps} step" in finding(browser)
        on_paths = {n for path in nx.all_shortest_paths(graph, "N00010", other) for n in path}
        assert {m["key"][2:] for m in shown(browser, "person")} == on_paths


def test_undo_returns_and_the_address_keeps_the_view(browser, large_page):
    browser.open(large_page)
    browser.run("document.getElementById('view-all').click()")
    assert "view=all" in browser.run("return location.hash")
    browser.driver.refresh()
    assert "Everyone" in finding(browser)
    browser.run("document.getElementById('view-overview').click(); document.getElementById('undo').click()")
    assert "Everyone" in finding(browser)


def test_children_look_like_nobody_else_and_say_why(browser, large, large_page):
    child = large.children.frame.iloc[3]
    browser.open(large_page, f"view=child&of=c:{child['child_id']}&sel=c:{child['child_id']}")
    text = panel(browser)
    assert "a prompt for support, never a suspicion" in text
    assert child["because"] in text
    adults = {m["key"][2:] for m in shown(browser, "person")}
    assert adults == set(child["nominals"].split("|"))


def test_table_holds_what_the_picture_holds(browser, small_page):
    browser.open(small_page, "tab=table")
    table = browser.driver.find_element(By.ID, "table").text
    assert all(m["label"] in table for m in shown(browser))


@pytest.mark.parametrize(("fragment", "says"), [("view=all", "Tie between"), ("view=overview", "Ties between")])
def test_lines_are_chosen_from_the_table_too(browser, small_page, fragment, says):
    browser.open(small_page, f"{fragment}&tab=table")
    browser.run(
        "const all = [...document.querySelectorAll('#table table')];"
        "const t = all.find((x) => x.caption.textContent.startsWith('Lines'));"
        "t.querySelector('td button').focus()"
    )
    press(browser, Keys.ENTER)
    assert panel(browser).startswith(says)


def test_csv_holds_what_is_shown_and_no_formula(browser, tmp_path):
    analysis = sample_analysis(30, 3, 0, names=["=1+1", 'Say "hi", he said'], outside=0)
    path = tmp_path / "csv.html"
    write_chart(path, analysis)
    browser.open(path)
    open_menu(browser, "People shown")
    content = downloaded(browser, "people.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [r["person_id"] for r in rows] == analysis.people.frame["nominal_id"].tolist()
    assert [rows[0]["name"], rows[1]["name"]] == ["'=1+1", 'Say "hi", he said']
    assert {r["marking"] for r in rows} == {analysis.marking}
    open_menu(browser, "Ties shown")
    rows = list(csv.DictReader(io.StringIO(downloaded(browser, "ties.csv").decode("utf-8-sig"), newline="")))
    ties = analysis.ties.frame
    assert [(r["person_a"], r["person_b"], r["events"]) for r in rows] == list(
        zip(ties["person_a"], ties["person_b"], ties["events"], strict=True)
    )


READ_PNG = """const done = arguments[1], image = new Image();
image.onload = () => {
  const c = document.createElement('canvas'); c.width = image.width; c.height = image.height;
  const pen = c.getContext('2d', { willReadFrequently: true }); pen.drawImage(image, 0, 0);
  const row = (y) => { const d = pen.getImageData(0, y, c.width, 1).data; return [d[0], d[1], d[2]]; };
  const inside = pen.getImageData(0, c.height * 0.2, c.width, c.height * 0.4).data;
  let ink = 0;
  for (let i = 0; i < inside.length; i += 4) ink += inside[i] + inside[i + 1] + inside[i + 2] < 600;
  done({ size: [c.width, c.height], top: row(4), bottom: row(c.height - 4), ink });
};
image.onerror = () => done(null);
image.src = 'data:image/png;base64,' + arguments[0];"""


def test_pictures_carry_marking_and_legend(browser, small, small_page):
    browser.open(small_page)
    open_menu(browser, "Picture (SVG)")
    svg = downloaded(browser, "svg").decode("utf-8")
    assert svg.count("SYNTHETIC DATA") >= 2
    tree = ET.fromstring(svg)
    words = [e.text for e in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert "Double ring: recorded principal" in words
    assert len(list(tree.iter("{http://www.w3.org/2000/svg}circle"))) >= len(small.people.frame)
    open_menu(browser, "Picture (PNG)")
    png = browser.driver.execute_async_script(READ_PNG, base64.b64encode(downloaded(browser, "png")).decode())
    # The proportions of A4 landscape, a dark band for the marking above and below, a picture between.
    assert png["size"][0] / png["size"][1] == pytest.approx(2**0.5, abs=0.06)
    assert png["top"] == png["bottom"] == [27, 31, 35]
    assert png["ink"] > 5000
    assert browser.complaints() == []


def test_print_is_one_landscape_page_with_marking_and_legend(browser, small_page, tmp_path, pdftotext):
    browser.open(small_page)
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    path = tmp_path / "print.pdf"
    path.write_bytes(base64.b64decode(printed["data"]))
    text = subprocess.run([pdftotext, "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    about = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1" in about
    assert "841" in about.split("Page size:")[1].split("x")[0]
    assert text.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA") == 2
    assert "Double ring: recorded principal" in text
    assert "Northshire" in text


def test_controls_are_large_enough_and_named(browser, small_page):
    browser.open(small_page)
    small = browser.run(
        "return [...document.querySelectorAll('button, select, input[type=search], summary')]"
        ".filter((n) => n.checkVisibility() && n.getBoundingClientRect().height < 43.5)"
        ".map((n) => n.outerHTML.slice(0, 90))"
    )
    assert small == []
    nameless = browser.run(
        "return [...document.querySelectorAll('button')].filter((n) => !n.textContent.trim() && !n.ariaLabel).length"
    )
    assert nameless == 0


def test_no_people_gives_a_page_that_says_so(browser, tmp_path):
    path = tmp_path / "empty.html"
    write_chart(path, sample_analysis(0, 0, 0))
    browser.open(path)
    assert "No nominal is left after the filters" in browser.driver.find_element(By.ID, "title").text
    assert browser.complaints() == []


def test_months_play_through_and_the_chart_says_which(browser, small, small_page):
    browser.open(small_page, "view=all")
    open_part(browser, "dates")
    # The page itself notes what it says, because a busy machine looks on too late.
    browser.run(
        "const at = document.getElementById('finding'); window.said = [];"
        "new MutationObserver(() => said.push(at.textContent)).observe(at, "
        "{childList: true, characterData: true, subtree: true});"
    )
    browser.run("document.getElementById('play').click()")
    ties = small.ties.frame
    in_april = [f.isoformat() <= "2018-04-30" for f in ties["first_on"]]
    assert browser.run("return ocgnetChart.lines()") == sum(in_april)
    until = time.monotonic() + 30
    while len(said := browser.run("return [...new Set(said)]")) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert "Ties active from 01/04/2018 until 30/04/2018" in said[0]
    assert "Ties active from 01/05/2018 until 31/05/2018" in said[1]
    browser.run("document.getElementById('play').click()")
    browser.run("document.getElementById('clear').click()")
    assert browser.run("return ocgnetChart.lines()") == len(ties)


def test_a_path_is_asked_for_from_the_panel_and_hiding_can_be_undone(browser, small, small_page):
    first, other = small.people.frame["nominal_id"].iloc[[2, 40]]
    browser.open(small_page, f"view=all&sel=p:{first}")
    label = small.people.frame["name"].iloc[2]
    assert label in [x["label"] for x in browser.run("return ocgnetChart.labels()")]
    press_button(browser, "Path to…")
    browser.driver.find_element(By.ID, "search").send_keys(other, Keys.ENTER)
    assert browser.run("return ocgnetChart.state()").startswith("view=path")
    browser.run("document.getElementById('undo').click()")
    press_button(browser, "Hide")
    assert f"p:{first}" not in {m["key"] for m in shown(browser)}
    assert "Filters hide 1 person" in finding(browser)
    browser.run("document.getElementById('undo').click()")
    assert f"p:{first}" in {m["key"] for m in shown(browser)}


def test_a_mark_that_is_dragged_stays_pinned(browser, small_page):
    browser.open(small_page)
    key = shown(browser, "person")[0]["key"]
    start = browser.run("return ocgnetChart.where(arguments[0])", key)
    for kind, dx in (("mousePressed", 0), ("mouseMoved", 20), ("mouseMoved", 60), ("mouseReleased", 60)):
        browser.driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": start["x"] + dx, "y": start["y"], "button": "left", "buttons": 1, "clickCount": 1},
        )
        time.sleep(0.05)
    after = browser.run("return ocgnetChart.where(arguments[0])", key)
    assert abs(after["x"] - start["x"] - 60) < 12
    assert "pin=" in browser.run("return ocgnetChart.state()")
    browser.run("document.getElementById('undo').click()")
    assert abs(browser.run("return ocgnetChart.where(arguments[0])", key)["x"] - start["x"]) < 2


@pytest.mark.parametrize("far", ["9" * 400, "-" + "9" * 400, "99999999"])
def test_an_address_that_pins_a_mark_beyond_every_number_is_passed_over(browser, small_page, far):
    browser.open(small_page)
    key = shown(browser, "person")[0]["key"]
    before = browser.run("return ocgnetChart.where(arguments[0])", key)
    browser.open(small_page, f"pin={far},{far},{key}&min=1e999")
    assert browser.run("return ocgnetChart.where(arguments[0])", key) == before
    assert "pin=" not in browser.run("return ocgnetChart.state()")


SIZES = [(1280, 720), (1280, 585), (1366, 768), (1920, 1080), (844, 390)]


@pytest.mark.parametrize("size", SIZES, ids=lambda s: "x".join(map(str, s)))
def test_the_overview_opens_with_every_box_and_line_in_view(browser, large_page, size):
    """Corners of boxes, and the furthest point of every bent line, lie inside the picture, clear of its buttons."""
    screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    try:
        browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        browser.open(large_page)
        outside = browser.run(
            "const r = document.getElementById('picture').getBoundingClientRect();"
            "const corners = ocgnetChart.places().flatMap((m) => { const p = ocgnetChart.where(m.key);"
            "  return [[p.x - m.w / 2, p.y - m.h / 2], [p.x + m.w / 2, p.y + m.h / 2]]; });"
            "const ends = ocgnetChart.traces().map((t) => [t.middle.x + r.left, t.middle.y + r.top]);"
            "return [...corners, ...ends].filter(([x, y]) => x < r.left || y < r.top || x > r.right || y > r.bottom);"
        )
        assert len(shown(browser, "box")) >= 38
        assert outside == []
    finally:
        screen |= {"width": 1280, "height": 720}
        browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)


def test_a_child_shows_both_bands_and_who_links_it_without_being_drawn(browser, small, tmp_path):
    # K000 is linked by an adult too whose record is overdue for review: in no tie, and so not on the chart.
    frame = small.children.frame.astype({"overdue": object})
    row = frame.index[frame["child_id"] == "K000"][0]
    frame.loc[row, ["band_child", "band_adults"]] = ["urgent", "standard"]
    frame.loc[row, "nominals"] += "|LATE1"
    frame.loc[row, "overdue"] = "the parent's record is overdue for review since 2019-01-15"
    write_chart(
        tmp_path / "chart.html",
        replace(small, tables={**small.tables, "children": replace(small.children, frame=frame)}),
    )
    browser.open(tmp_path / "chart.html", "view=child&of=c:K000&sel=c:K000")
    said = " ".join(panel(browser).split())
    assert "About the child at least urgent About the adults at least standard" in said
    assert "the parent's record is overdue for review since 2019-01-15." in said
    assert "Also linked by LATE1, not drawn: left out of the network" in said
