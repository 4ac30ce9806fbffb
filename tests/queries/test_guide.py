"""The guide of Neo4j Browser: what the page holds after Browser's own cleaning, and the values it sets."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pyarrow as pa
import pytest

from ocgnet.dataset import About, Dataset
from ocgnet.evidence.period import period_of
from ocgnet.queries import find, pack
from ocgnet.queries.guide import asked, chosen, guide_page, set_values, values_query, welcome
from ocgnet.queries.parameters import plain, standing_values
from ocgnet.settings import Settings
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.connection import connected

CLEANED = (
    (re.compile(r"""(\s+(on[^\s=]+)[^\s=]*\s*=\s*("[^"]*"|'[^']*'|[\w\-.:]+\s*))""", re.IGNORECASE), ""),
    (re.compile(r"<script\b[^<]*(?:(?!</script>)<[^<]*)*(</script>)?", re.IGNORECASE), ""),
)
"""What Browser takes out of a page before it shows it, after its own source."""


class Buttons(HTMLParser):
    """Every query that a click runs or puts into the editor."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[str] = []
        self.slides = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.slides += tag == "slide"
        self.queries += [value or "" for name, value in attrs if name == "data-populate"]


def test_every_question_stands_in_the_guide_as_it_is_asked() -> None:
    page = guide_page(pack())
    for rule, instead in CLEANED:
        page = rule.sub(instead, page)
    buttons = Buttons()
    buttons.feed(page)
    wanted = {asked(q) for q in pack() if q.name != "find-person"}
    assert wanted <= set(buttons.queries)
    assert find("find-person").text.splitlines()[-1] in page
    assert buttons.slides == page.count("</slide>") == 24
    for query in buttons.queries:
        assert set(re.findall(r"\$(\w+)", query)) <= set(chosen()), query


def test_nothing_of_any_record_is_served() -> None:
    """The page is served without a log-in: not even the examples of the files, from the made-up county, are in it."""
    served = "".join(welcome().files.values()) + "".join(welcome().commands)
    examples = {p.default for q in pack() for p in q.parameters if p.kind == "text" and p.default}
    assert {"OCG03", "N0222"} <= examples
    assert not [word for word in examples if word in served]


@pytest.mark.parametrize(
    "about",
    [
        About(as_of=date(2019, 3, 31)),
        About(as_of=date(2020, 2, 28), period_from=date(2019, 12, 1)),
        About(as_of=date(2020, 2, 29), period_to=date(2019, 12, 31)),
        About(as_of=date(2021, 2, 28), period_from=date(2020, 1, 10), period_to=date(2020, 3, 8)),
        About(),
    ],
)
def test_days_are_those_that_a_question_is_asked_with(neo4j, about) -> None:
    crimes = pa.table({"crime_id": ["C1", "C2"], "recorded_on": [date(2018, 5, 31), date(2017, 1, 1)]})
    dataset = Dataset.of({"crimes": crimes}, about)
    open_store(neo4j.uri).write(dataset, LoadManifest((), "test"))
    with connected(neo4j.address) as connection:
        [record] = connection.rows(values_query())
    latest = period_of(dataset, Settings()).as_of
    days = standing_values(about, latest, Settings())
    assert {name: plain(record[name]) for name in days} == days
    assert set(record.keys()) == set(chosen())
    assert record["ocg_id"] is None


def test_the_command_is_one_line_that_browser_takes_apart() -> None:
    command = set_values()
    assert "\n" not in command
    assert not set(";$") & set(command)
