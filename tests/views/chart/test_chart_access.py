"""Everybody can use the chart: contrast, order of focus, names of controls, room for labels, a steady layout."""

import re
from importlib import resources

import numpy as np
import pytest
from chart_sample import sample_analysis
from selenium.webdriver.common.keys import Keys

from ocgnet.views.chart import chart_payload, write_chart
from ocgnet.views.chart.layout import two_level

PAGE = resources.files("ocgnet.views.chart") / "page"


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def palette():
    style = (PAGE / "page.css").read_text("utf-8")
    marks = (PAGE / "marks.js").read_text("utf-8")
    names = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", style))
    names = {k: v if len(v) == 7 else "#" + "".join(c * 2 for c in v[1:]) for k, v in names.items()}
    return names | dict(re.findall(r"(INK|LINE|NEW|GONE) = '(#\w{6})'", marks))


def test_contrast_is_worked_out_as_published():
    # Black on white is 21 by definition; #767676 on white is the known limit of 4.54.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_text_has_a_contrast_of_four_and_a_half_and_lines_of_three():
    p = palette()
    for text in ("ink", "quiet", "link"):
        for paper in ("paper", "wash"):
            assert contrast(p[text], p[paper]) >= 4.5, (text, paper)
    for line in ("INK", "LINE", "NEW", "GONE"):
        assert contrast(p[line], "#ffffff") >= 3, line
    # The focus ring is two colours, so that one of them stands out on anything.
    assert contrast(p["focus"], p["ink"]) >= 3


def test_codes_on_group_colours_can_be_read():
    scene = (PAGE / "scene.js").read_text("utf-8")
    colours = re.findall(r"#[0-9A-F]{6}", re.search(r"COLOURS = \[(.*?)\]", scene)[1])
    assert len(colours) == 6
    for colour in colours:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        dark = 0.3 * red + 0.59 * green + 0.11 * blue < 100  # isDark of marks.js
        assert contrast(colour, "#ffffff" if dark else palette()["INK"]) >= 4.5, colour


@pytest.mark.browser
def test_focus_goes_from_search_to_views_to_picture_to_panel(browser, small_page):
    browser.open(small_page)
    browser.run("document.activeElement.blur()")
    order = []
    for _ in range(45):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        part = "const s = document.activeElement.closest('#side, #bar, #picture, #panel, #zoom'); return s && s.id"
        if (where := browser.run(part)) and where not in order:
            order.append(where)
    assert order == ["side", "bar", "picture", "zoom", "panel"]


@pytest.mark.browser
def test_every_control_has_a_name_for_a_screen_reader(browser, large_page):
    browser.open(large_page, "view=ego&of=p:N00010&sel=p:N00010")
    browser.run("document.querySelectorAll('#side details').forEach((d) => { d.open = true; })")
    tree = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {
        "button",
        "checkbox",
        "slider",
        "textbox",
        "searchbox",
        "combobox",
        "application",
        "link",
        "DisclosureTriangle",
    }
    controls = [n for n in tree if n.get("role", {}).get("value") in roles and not n.get("ignored")]
    assert len(controls) > 30
    assert [n for n in controls if not n.get("name", {}).get("value", "").strip()] == []


@pytest.mark.browser
def test_events_and_timeline_are_reached_by_keyboard(browser, small_page):
    browser.open(small_page, "view=box&of=b:ocg:OCG-01&events=off")
    for _ in range(30):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        if browser.run("return document.activeElement.id") == "events":
            break
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert [m for m in browser.run("return ocgnetChart.shown()") if m["type"] == "event"]
    assert browser.run("return document.activeElement.id") == "events"


@pytest.mark.browser
@pytest.mark.parametrize("people", [60, 150, 300])
def test_no_label_covers_a_label_or_a_mark_up_to_300_people(browser, tmp_path, people):
    path = tmp_path / "chart.html"
    write_chart(path, sample_analysis(people, 24, 0, seed=8))
    browser.open(path, "view=all")
    labels = browser.run("return ocgnetChart.labels()")
    assert len(labels) >= 20
    box = np.array(
        [[x["x"] - x["w"] / 2, x["y"] - x["h"] / 2, x["x"] + x["w"] / 2, x["y"] + x["h"] / 2] for x in labels]
    )
    over = np.minimum(box[:, None, 2:], box[None, :, 2:]) - np.maximum(box[:, None, :2], box[None, :, :2])
    clash = (over > 0).all(axis=2)
    np.fill_diagonal(clash, False)
    assert not clash.any()


def test_people_stay_where_they_were_when_a_twentieth_of_them_leaves():
    payload = chart_payload(sample_analysis(300, 24, 0, seed=5))
    t, ids = payload["ties"], payload["people"]["id"]
    a, b, weight = np.array(t["a"]), np.array(t["b"]), np.array(t["weight"], float)
    cell = np.unique(payload["people"]["box"], return_inverse=True)[1]
    before = two_level(ids, cell, a, b, weight).astype(float)
    moved = []
    for seed in range(5):
        stays = np.random.default_rng(seed).random(len(ids)) > 0.05
        row = np.cumsum(stays) - 1
        kept = stays[a] & stays[b]
        after = two_level(
            [i for i, s in zip(ids, stays, strict=True) if s],
            np.unique(cell[stays], return_inverse=True)[1], row[a[kept]], row[b[kept]], weight[kept],
        ).astype(float)  # fmt: skip
        moved.append(np.median(np.hypot(*(after - before[stays]).T)) / np.ptp(before[:, 0]))
    # Chance: two people picked at random stand about .4 of the width apart.
    assert np.median(moved) < 0.12
