"""The chart at 10,000 people: build time against plain JSON and the layout, size against data and library.

Time to interactive is compared, at 3,000, 10,000 and 30,000 people, with a bare page of the same renderer that
is given the same positions, and at 3,000 with stock pyvis and its physics, given up after 150 seconds. The
longest frame while moving, and what happens at 50,000, are measured too. All of this needs Chromium; without
one these parts say so and are left out. Parts can be named: ``python -m benchmarks.chart build frames``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tests.views.chart.chart_sample import sample_analysis

from ocgnet.views.chart.html import _library, chart_html
from ocgnet.views.chart.layout import two_level
from ocgnet.views.chart.payload import chart_payload

ROUNDS = 5

BARE = """<!DOCTYPE html><meta charset="utf-8"><style>html,body,#n{height:100%;margin:0}</style><div id="n"></div>
<script type="application/json" id="d">DATA</script><script>LIBRARY</script><script>
const d = JSON.parse(document.getElementById('d').textContent);
new vis.Network(document.getElementById('n'), {nodes: new vis.DataSet(d.nodes), edges: new vis.DataSet(d.edges)},
  {physics: false, layout: {improvedLayout: false}, nodes: {shape: 'dot'}, edges: {smooth: false}});
</script>"""


def timed(work: Any) -> tuple[float, Any]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def layout_again(payload: dict[str, Any]) -> np.ndarray:
    """Place the people of a payload once more, by box."""
    ties, people = payload["ties"], payload["people"]
    used, cell = np.unique(people["box"], return_inverse=True)
    a, b = np.array(ties["a"], int), np.array(ties["b"], int)
    assert len(used)
    return two_level(people["id"], cell, a, b, np.array(ties["weight"], float))


def bare_page(payload: dict[str, Any]) -> str:
    people, ties = payload["people"], payload["ties"]
    nodes = [
        {"id": i, "label": name, "x": x, "y": y}
        for i, (name, x, y) in enumerate(zip(people["name"], people["x"], people["y"], strict=True))
    ]
    edges = [{"from": a, "to": b} for a, b in zip(ties["a"], ties["b"], strict=True)]
    data = json.dumps({"nodes": nodes, "edges": edges}).replace("<", "\\u003c")
    return BARE.replace("LIBRARY", _library()).replace("DATA", data)


TWO_FRAMES = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
FRAMES = """const done = arguments[0], zoom = ['in', 'in', 'out', 'out'], gaps = [];
let last = performance.now(), n = 0;
function frame(now) {
  gaps.push(now - last); last = now; n += 1;
  const picture = document.getElementById('picture');
  const key = ['ArrowLeft', 'ArrowRight'][(n >> 4) % 2];
  // The last third is rest: what is put off while the picture moves must not make one long frame afterwards.
  if (n <= 120 && n % 2) picture.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey: true, bubbles: true }));
  if (n <= 120 && n % 10 === 0) document.getElementById(zoom[(n / 10) % 4]).click();
  if (n < 180) requestAnimationFrame(frame); else done(gaps.slice(2));
}
requestAnimationFrame(frame);"""
NO_WEBGL = ("--disable-webgl", "--disable-webgl2", "--disable-3d-apis")
SCREEN = {"width": 1280, "height": 720, "deviceScaleFactor": 1, "mobile": False}


def interactive(
    page: Path, fragment: str, wait: str = "", patience: float = 300, flags: Sequence[str] = ()
) -> tuple[float, Any]:
    """Seconds until the page has drawn twice, or ``wait`` is done, in a fresh browser; and what that gave."""
    from selenium import webdriver
    from selenium.common.exceptions import TimeoutException
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    with tempfile.TemporaryDirectory() as profile:
        for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", *flags):
            options.add_argument(flag)
        options.add_argument("--disable-background-networking")
        options.add_argument(f"--user-data-dir={profile}")
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            # A page that computes for minutes answers nothing meanwhile; the driver's own patience has to be longer.
            driver.command_executor.client_config.timeout = patience + 90
            driver.set_page_load_timeout(patience)
            driver.set_script_timeout(patience)
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SCREEN)
            driver.get("about:blank")
            started = time.perf_counter()
            try:
                driver.get(page.as_uri() + fragment)
                found = driver.execute_async_script(wait or TWO_FRAMES)
            except TimeoutException:
                return patience, None
            return time.perf_counter() - started, found
        finally:
            driver.quit()


def opening(people: int, groups: int, rounds: int = ROUNDS) -> None:
    payload = chart_payload(sample_analysis(people, groups, 60))
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = Path(folder) / "ours.html", Path(folder) / "bare.html"
        ours.write_bytes(chart_html(payload).encode())
        bare.write_bytes(bare_page(payload).encode())
        pages = {"opening": (ours, ""), "everyone": (ours, "#view=all"), "bare": (bare, "")}
        # Turn by turn, so that a busy minute of the machine falls on all three.
        took = [{name: interactive(*page)[0] for name, page in pages.items()} for _ in range(rounds)]
    seconds = {name: statistics.median(t[name] for t in took) for name in pages}
    print(
        f"{people:,} people, {len(payload['ties']['a']):,} ties: bare renderer {seconds['bare']:.2f} s, "
        f"as it opens {seconds['opening'] / seconds['bare']:.2f} times, everyone "
        f"{seconds['everyone'] / seconds['bare']:.2f} times (wanted: at most 1.5)",
        flush=True,
    )


def frames(people: int, groups: int) -> None:
    """Longest gap between two frames while the picture of everyone is moved and zoomed."""
    payload = chart_payload(sample_analysis(people, groups, 60))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "ours.html"
        page.write_bytes(chart_html(payload).encode())
        runs = [interactive(page, "#view=all", FRAMES)[1] for _ in range(3)]
    longest = statistics.median(max(gaps) for gaps in runs)
    slow = statistics.median(sum(gap > 200 for gap in gaps) for gaps in runs)
    print(
        f"{people:,} people moved and zoomed: longest frame {longest:.0f} ms, {slow:.0f} of {len(runs[0])} over 200 ms",
        flush=True,
    )


def stock_pyvis(people: int, groups: int, patience: float) -> None:
    """Seconds until stock pyvis with physics says that it is stable, against ours; given up after ``patience``."""
    import pyvis.network

    payload = chart_payload(sample_analysis(people, groups, 60))
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = Path(folder) / "ours.html", Path(folder) / "stock.html"
        ours.write_bytes(chart_html(payload).encode())
        network = pyvis.network.Network(cdn_resources="in_line")
        network.add_nodes(payload["people"]["id"], label=payload["people"]["name"])
        # In bulk, because its own add_edge looks through all edges each time.
        ids, ties = payload["people"]["id"], payload["ties"]
        network.edges = [{"from": ids[a], "to": ids[b]} for a, b in zip(ties["a"], ties["b"], strict=True)]
        # Its page asks public servers for a style sheet; nothing is lost without, and nothing may be asked here.
        text = re.sub(r'<(?:link|script)[^>]*(?:href|src)="https?:[^>]*>(?:</script>)?', "", network.generate_html())
        text = re.sub(r"(network = new vis\.Network\([^;]*;)", r"\1 window.theNetwork = network;", text)
        stock.write_bytes(text.encode())
        mine = statistics.median(interactive(ours, "#view=all")[0] for _ in range(3))
        settled = """const done = arguments[0];
            const see = () => { if (!window.theNetwork) return setTimeout(see, 50);
              theNetwork.once('stabilizationIterationsDone', () => done('iterations'));
              theNetwork.once('stabilized', () => done('stable')); }; see();"""
        theirs, how = interactive(stock, "", settled, patience)
    word = f"stable after {theirs:.0f} s ({how})" if how else f"not stable after {patience:.0f} s"
    print(
        f"{people:,} people, stock pyvis with physics: {word}; ours shows everyone in {mine:.2f} s, "
        f"{'' if how else 'more than '}{theirs / mine:.0f} times sooner (wanted: at least 30)",
        flush=True,
    )


def many(people: int, groups: int) -> None:
    """Say what happens far beyond what a picture can hold."""
    started = time.process_time()
    payload = chart_payload(sample_analysis(people, groups, 60))
    page_text = chart_html(payload).encode()
    built = time.process_time() - started
    with tempfile.TemporaryDirectory() as folder:
        page, bare = Path(folder) / "ours.html", Path(folder) / "bare.html"
        page.write_bytes(page_text)
        bare.write_bytes(bare_page(payload).encode())
        person = f"p:{payload['people']['id'][people // 2]}"
        looks = (("overview", ""), ("one person", f"#view=ego&of={person}&sel={person}"), ("everyone", "#view=all"))
        seconds = {name: interactive(page, fragment)[0] for name, fragment in looks}
        gaps = interactive(page, "#view=all", FRAMES)[1]
        without = interactive(page, "#view=all", flags=NO_WEBGL)[0]
        plain = interactive(bare, "")[0]
    print(
        f"{people:,} people, {len(payload['ties']['a']):,} ties: sample and page {built:.1f} s CPU, "
        f"{len(page_text) / 1e6:.0f} MB; "
        + ", ".join(f"{name} {s:.1f} s" for name, s in seconds.items())
        + f", everyone with WebGL switched off {without:.1f} s, bare renderer {plain:.1f} s; "
        f"moved and zoomed: longest frame {max(gaps):.0f} ms",
        flush=True,
    )


def build() -> None:
    analysis = sample_analysis(10_000, 300, 60)
    _library()  # read once, as for the second chart of a run
    payload = chart_payload(analysis)
    build, peer = [], []
    for _ in range(ROUNDS):
        seconds, page = timed(lambda: chart_html(chart_payload(analysis)))
        build.append(seconds)
        placed, _ = timed(lambda: layout_again(payload))
        dumped, data = timed(lambda: json.dumps(payload))
        peer.append(placed + dumped)
    again = chart_html(chart_payload(analysis))
    ratio = statistics.median(build) / statistics.median(peer)
    size = len(page.encode()) / (len(data.encode()) + len(_library().encode()))
    print(f"10,000 people, {len(payload['ties']['a']):,} ties, medians of {ROUNDS}, CPU")
    print(f"build {statistics.median(build):.2f} s = {ratio:.2f} times json.dumps and layout (wanted: at most 2)")
    print(f"size {len(page) / 1e6:.1f} MB = {size:.2f} times data and library (wanted: at most 1.2)")
    digest = base64.b32encode(hashlib.sha256(page.encode()).digest())[:10].decode()
    print(f"equal bytes twice: {page == again} ({digest})")


PARTS: dict[str, Callable[[], None]] = {
    "build": build,
    "opening-3000": lambda: opening(3_000, 120),
    "opening-10000": lambda: opening(10_000, 300),
    "opening-30000": lambda: opening(30_000, 800, 3),
    "frames": lambda: frames(3_000, 120),
    "many": lambda: many(50_000, 1_200),
    "pyvis": lambda: stock_pyvis(3_000, 120, 150),
}


def main(*parts: str) -> None:
    """Measure the named parts, or all."""
    browser = shutil.which("chromium") and shutil.which("chromedriver")
    for name in parts or PARTS:
        if name == "build" or browser:
            PARTS[name]()
        else:
            print(f"{name}: left out, Chromium or its driver is not installed")


if __name__ == "__main__":
    main(*sys.argv[1:])
