"""The chart at 10,000 people: build time against plain JSON and the layout, size against data and library.

Time to interactive is compared, at 3,000 and 10,000 people, with a bare page of the same renderer that
is given the same positions. The bare page needs Chromium; without one that part says so and is left out.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import statistics
import tempfile
import time
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


def interactive(page: Path, fragment: str) -> float:
    """Seconds until the page has drawn twice, in a fresh browser."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    with tempfile.TemporaryDirectory() as profile:
        for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"):
            options.add_argument(flag)
        options.add_argument("--disable-background-networking")
        options.add_argument(f"--user-data-dir={profile}")
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            driver.get("about:blank")
            started = time.perf_counter()
            driver.get(page.as_uri() + fragment)
            driver.execute_async_script(
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
            )
            return time.perf_counter() - started
        finally:
            driver.quit()


def opening(people: int, groups: int) -> None:
    payload = chart_payload(sample_analysis(people, groups, 60))
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = Path(folder) / "ours.html", Path(folder) / "bare.html"
        ours.write_bytes(chart_html(payload).encode())
        bare.write_bytes(bare_page(payload).encode())
        seconds = {}
        for name, page, fragment in (("opening", ours, ""), ("everyone", ours, "#view=all"), ("bare", bare, "")):
            seconds[name] = statistics.median(interactive(page, fragment) for _ in range(3))
    print(
        f"{people:,} people, {len(payload['ties']['a']):,} ties: bare renderer {seconds['bare']:.2f} s, "
        f"as it opens {seconds['opening'] / seconds['bare']:.2f} times, everyone "
        f"{seconds['everyone'] / seconds['bare']:.2f} times (wanted: at most 1.5)",
        flush=True,
    )


def main() -> None:
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
    if shutil.which("chromium") and shutil.which("chromedriver"):
        opening(3_000, 120)
        opening(10_000, 300)
    else:
        print("time to interactive: left out, Chromium or its driver is not installed")


if __name__ == "__main__":
    main()
