"""A picture of everyone that is drawn through a bitmap: it moves, sharpens again, and is picked and dragged."""

import time

import numpy as np
import pytest
from chart_sample import sample_analysis

from ocgnet.views.chart import write_chart

pytestmark = pytest.mark.browser

PIXELS = """const c = document.querySelector('#picture canvas');
return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((_, i) => i % 4 === 1)]"""


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """Nine hundred people with some 2,600 ties: more than is drawn afresh in every frame."""
    path = tmp_path_factory.mktemp("crowd") / "crowd.html"
    write_chart(path, sample_analysis(900, 60, 0, seed=4))
    return path


def resting(browser):
    """Pixels of the picture once two readings agree: nothing more is being drawn."""
    before = None
    for _ in range(40):
        time.sleep(0.15)
        now = np.array(browser.run(PIXELS), np.uint8)
        if before is not None and (now == before).all():
            return now
        before = now
    raise AssertionError("the picture does not come to rest")


def pan(browser, key):
    browser.run(
        "document.getElementById('picture').dispatchEvent("
        "new KeyboardEvent('keydown', { key: arguments[0], shiftKey: true, bubbles: true }))",
        key,
    )


def test_moved_there_and_back_it_is_the_same_picture_to_the_pixel(browser, crowd):
    browser.open(crowd, "view=all")
    first = resting(browser)
    pan(browser, "ArrowLeft")
    moved = resting(browser)
    assert (moved != first).mean() > 0.02
    pan(browser, "ArrowRight")
    assert (resting(browser) == first).all()


def test_zoomed_in_it_is_as_sharp_as_drawn_there_at_once(browser, crowd):
    browser.open(crowd, "view=all")
    person = browser.run("return ocgnetChart.shown().find((m) => m.type === 'person').key")
    resting(browser)
    for _ in range(4):
        browser.run("document.getElementById('in').click()")
    slices = resting(browser)
    # Another selection and back draws the whole in one go, at this very place.
    browser.run("location.hash = arguments[0]", f"view=all&sel={person}")
    assert (resting(browser) != slices).any()
    browser.run("location.hash = 'view=all'")
    assert (resting(browser) == slices).all()


def at(browser, key):
    return browser.run("return ocgnetChart.where(arguments[0])", key)


def mouse(browser, kind, x, y):
    browser.driver.execute_cdp_cmd(
        "Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
    )
    time.sleep(0.05)


def test_the_person_under_the_pointer_is_picked_and_dragged_alone(browser, crowd):
    browser.open(crowd, "view=all")
    for _ in range(6):
        browser.run("document.getElementById('in').click()")
    spots = {m["key"]: at(browser, m["key"]) for m in browser.run("return ocgnetChart.shown()")}
    inside = {k: s for k, s in spots.items() if 400 < s["x"] < 800 and 300 < s["y"] < 480}
    key, spot = next(iter(inside.items()))
    mouse(browser, "mousePressed", spot["x"], spot["y"])
    mouse(browser, "mouseReleased", spot["x"], spot["y"])
    time.sleep(0.4)
    assert key[2:] in browser.driver.find_element("id", "panel").text
    mouse(browser, "mousePressed", spot["x"], spot["y"])
    for dx in (15, 40, 70):
        mouse(browser, "mouseMoved", spot["x"] + dx, spot["y"])
    mouse(browser, "mouseReleased", spot["x"] + 70, spot["y"])
    moved = {k: at(browser, k)["x"] - s["x"] for k, s in inside.items()}
    assert moved.pop(key) == pytest.approx(70, abs=12)
    assert all(abs(dx) < 1 for dx in moved.values())
    assert browser.run("return ocgnetChart.state()").count("pin=") == 1


def test_dragged_beside_everybody_the_whole_picture_moves(browser, crowd):
    browser.open(crowd, "view=all")
    keys = [m["key"] for m in browser.run("return ocgnetChart.shown()")][:20]
    before = [at(browser, k)["x"] for k in keys]
    mouse(browser, "mousePressed", 260, 560)
    for dx in (15, 40, 80):
        mouse(browser, "mouseMoved", 260 + dx, 560)
    mouse(browser, "mouseReleased", 340, 560)
    assert [at(browser, k)["x"] - x for k, x in zip(keys, before, strict=True)] == pytest.approx([80] * 20, abs=16)
    assert "pin=" not in browser.run("return ocgnetChart.state()")
