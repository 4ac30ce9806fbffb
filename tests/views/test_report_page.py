"""The report: safe, whole, equal to the figures, and drawn where the numbers say."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from report_sample import HOSTILE, bare_analysis, sample_analysis

from ocgnet.dataset import About
from ocgnet.results import Analysis
from ocgnet.views.report import report_html, write_report
from ocgnet.views.svg import children_chart, concentration_chart, roles_chart
from ocgnet.views.svg.analysis import Standing, curve_rows, wilson
from ocgnet.visible import visible

SVG = "{http://www.w3.org/2000/svg}"


class Page(HTMLParser):
    """Tags with attributes, and the text of the page without its style sheet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.css = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.css += data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return sample_analysis()


@pytest.fixture(scope="module")
def page(analysis: Analysis) -> Page:
    return Page(report_html(analysis))


def test_there_is_no_script_no_address_and_the_policy_allows_one_style_sheet(analysis: Analysis, page: Page) -> None:
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
    for _, attributes in page.tags:
        assert not [a for a in attributes if a.startswith("on") or a in ("style", "src")]
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(page.css.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in page.css
    assert "@import" not in page.css


def test_hostile_names_are_words_on_the_page(analysis: Analysis, page: Page) -> None:
    for name in HOSTILE:
        assert " ".join(visible(name).split()) in page.text
    assert "<b>Op & Co</b>" in page.text
    assert ("b", {}) not in page.tags
    html = report_html(replace(analysis, about=About("</style><script>x", '"} </style><script>', True)))
    assert not [tag for tag, _ in Page(html).tags if tag == "script"]


def test_the_marking_stands_at_both_ends_and_on_every_printed_page(analysis: Analysis, page: Page) -> None:
    assert page.text.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA") == 3, "title, top, bottom"
    written = re.findall(r"@(top|bottom)-center \{ content: \"([^\"]*)\"", page.css)
    assert [end for end, _ in written] == ["top", "bottom"]
    for _, text in written:
        assert re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), text) == analysis.marking


def test_numbers_on_the_page_are_the_figures(analysis: Analysis, page: Page) -> None:
    assert "440 of 2,000 crimes (22%, 95% interval 20–24%; 10–12% expected by chance)" in page.text
    for key, figure in analysis.figures.items():
        assert key in page.text
        if figure.numerator is not None:
            assert f"{figure.numerator:,} of {figure.denominator:,}" in page.text
    assert "Disruptions not known" in page.text
    assert "10 of 38 groups (26%) operate outside the UK." in page.text
    assert "812 link role" not in page.text
    assert "link role is not arrested or suspect 812" in page.text
    assert "Run 0123456789ab ." in page.text
    assert (
        page.text.index("What the records show") < page.text.index("Before acting on this") < page.text.index("Method")
    )


def test_children_stand_in_bands_by_id_and_without_names(page: Page) -> None:
    assert [f"About the child: at least {b}" in page.text for b in ("urgent (6)", "high (14)", "standard (21)")] == [
        True
    ] * 3
    assert "Child 7" not in page.text
    ids = re.findall(r"K\d{3}(?= \d+ child: at least| – child: at least)", page.text)
    assert len(ids) == 41
    assert ids == sorted(ids)


def test_the_same_analysis_gives_the_same_bytes_and_no_trace_of_the_machine(tmp_path: Path, analysis: Analysis) -> None:
    write_report(tmp_path / "a.html", analysis)
    write_report(tmp_path / "b.html", sample_analysis())
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert str(tmp_path) not in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_a_run_without_groups_children_or_dates_says_so() -> None:
    text = Page(report_html(bare_analysis())).text
    assert "no period: the records hold no date" in text
    assert "there is nothing to concentrate" in text
    assert "No child is linked to these nominals in these records." in text
    # The list of words that mean "not known" holds this one; it stands among the settings and nowhere else.
    assert not re.search(r"\bnan\b", text.replace("na, nan, nk", ""), re.IGNORECASE)


def _svg(markup: str) -> ET.Element:
    return ET.fromstring(markup)


def test_the_curve_begins_at_nought_ends_at_all_and_marks_k(analysis: Analysis) -> None:
    picture = _svg(concentration_chart(analysis.curves, 13))
    curves = [p for p in picture.iter(f"{SVG}polyline") if p.get("class") == "curve"]
    dashes = {c.get("stroke-dasharray") for c in curves}
    assert len(curves) == len(dashes) == 2
    for line in curves:
        points = [tuple(map(float, pair.split(","))) for pair in line.get("points", "").split()]
        assert points[0] == (56, 376)
        assert points[-1] == (736, 58)
        assert len(points) == 208
    at_k = {round(float(c.get("cx", 0)), 2) for c in picture.iter(f"{SVG}circle")}
    assert at_k == {round(56 + 680 * 13 / 207, 2)}
    heights = sorted(1 - (float(c.get("cy", 0)) - 58) / 318 for c in picture.iter(f"{SVG}circle"))
    assert heights == pytest.approx(sorted(c.covered[13] for c in analysis.curves), abs=1e-4)
    assert (
        picture.find(f"{SVG}title").text
        == "The first 13 people relate to 22% of crimes and 34% of intelligence reports"
    )


def test_the_curve_is_cut_where_k_would_vanish_and_says_so(analysis: Analysis) -> None:
    k = np.array([0, 10, 100, 1000, 50_000])
    share = k / 50_000
    curve = replace(
        analysis.curves[0], people=50_000, k=k, covered=share, null_low=share, null_median=share, null_high=share
    )
    picture = _svg(concentration_chart([curve], 13))
    points = next(p for p in picture.iter(f"{SVG}polyline") if p.get("class") == "curve").get("points", "").split()
    assert float(points[-1].split(",")[0]) == 736
    assert "the first 390 of 50,000 people" in (picture.find(f"{SVG}desc").text or "")


def test_the_table_beneath_the_curve_counts_events(analysis: Analysis) -> None:
    rows = {row[0]: row for row in curve_rows(analysis.curves, 13)}
    crimes = analysis.curves[0]
    assert rows["13"][1].startswith(f"{round(crimes.covered[13] * 2000):,} of 2,000 (22%)")
    assert rows["207"][1] == "2,000 of 2,000 (100%)"


def test_children_bars_begin_at_nought_and_stand_by_group(analysis: Analysis) -> None:
    picture = _svg(children_chart(analysis.groups))
    bars = list(picture.iter(f"{SVG}rect"))
    assert len(bars) == 12
    assert {b.get("x") for b in bars} == {"250"}
    assert [float(b.get("width", 0)) / 440 * 4 for b in bars] == pytest.approx([4] * 5 + [3] * 7)
    assert children_chart(analysis.groups.assign(children=0)) == ""


def test_roles_chart_draws_share_and_interval() -> None:
    rows = [Standing("G1", "N1", 0.9, "principal"), Standing("G1", "N<2>", 0.5, "")]
    picture = _svg(roles_chart(rows, 100))
    dots = list(picture.iter(f"{SVG}circle"))
    assert [float(d.get("cx", 0)) for d in dots] == pytest.approx([230 + 330 * 0.9, 230 + 330 * 0.5])
    assert dots[0].get("fill") != "#ffffff" == dots[1].get("fill")
    low, high = wilson(0.9, 100)
    whisker = next(picture.iter(f"{SVG}g")).find(f"{SVG}line")
    assert float(whisker.get("x1", 0)) == pytest.approx(230 + 330 * low, abs=0.01)
    assert float(whisker.get("x2", 0)) == pytest.approx(230 + 330 * high, abs=0.01)
    assert (low, high) == pytest.approx((0.8256, 0.9448), abs=1e-4), "Wilson's interval of 90 in 100"
    assert roles_chart([], 100) == ""


def test_a_long_table_says_where_the_rest_is(analysis: Analysis) -> None:
    frame = pd.concat([analysis.roles.frame.assign(suggested_role="principal")] * 2, ignore_index=True)
    text = Page(
        report_html(replace(analysis, tables={**analysis.tables, "roles": replace(analysis.roles, frame=frame)}))
    ).text
    assert "The first 200 of 414 rows; all of them are in tables/roles.csv." in text
    assert "The picture shows the first 60 of 414 suggested principals." in text


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_opens_quietly_and_fits(tmp_path: Path, browser, analysis: Analysis, width: int) -> None:
    write_report(tmp_path / "report.html", analysis)
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.open(tmp_path / "report.html")
    assert browser.complaints() == []
    assert browser.left() == []
    assert browser.run("return document.documentElement.scrollWidth") <= width
    styled = browser.run("return getComputedStyle(document.querySelector('.marking')).backgroundColor")
    assert styled == "rgb(11, 12, 12)", "the style sheet passes its own policy"
    heights = "return [...document.querySelectorAll('summary, nav a')].map(e => e.getBoundingClientRect().height)"
    assert min(browser.run(heights)) >= 44


@pytest.mark.browser
def test_every_printed_page_carries_the_marking_twice(
    tmp_path: Path, browser, analysis: Analysis, pdftotext: str
) -> None:
    import subprocess

    write_report(tmp_path / "report.html", analysis)
    browser.open(tmp_path / "report.html")
    pdf = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    (tmp_path / "report.pdf").write_bytes(base64.b64decode(pdf))
    text = subprocess.run([pdftotext, tmp_path / "report.pdf", "-"], capture_output=True, check=True, text=True).stdout
    pages = text.split("\f")[:-1]
    assert len(pages) > 3
    assert [p.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA") for p in pages] == [2] * len(pages)
    assert "2,000 of 2,000 (100%)" in text, "the folded table is printed"
