"""The section of the report about things: residents are safeguarded and never suspects, and leads are leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import pyarrow as pa
import pytest
from report_sample import HOSTILE, sample_analysis

from ocgnet.dataset import About, Dataset
from ocgnet.main_job import analyse
from ocgnet.model import TABLES
from ocgnet.results.thing_columns import QUESTIONS
from ocgnet.settings import Settings
from ocgnet.things_job import things_of
from ocgnet.views.report import report_html
from ocgnet.views.report.thing_leads import LEADS, NOT_GIVEN
from ocgnet.visible import visible

DAY = date(2019, 3, 31)


class Section(HTMLParser):
    """The words of the section about things, and those of the whole page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside, self.words, self.tags = False, [], []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = dict(attrs).get("id") == "things" if tag == "section" else self.inside
        if self.inside:
            self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def link(person: str, thing: str, relation: str, first: date | None = None, last: date | None = None) -> dict:
    return {"person_id": person, "thing_id": thing, "relation": relation, "from_date": first, "to_date": last}


def dataset(**tables: list[dict]) -> Dataset:
    schemas = {n: TABLES[n].schema for n in tables}
    made = {
        n: pa.Table.from_pylist([dict.fromkeys(schemas[n].names) | r for r in rows], schemas[n])
        for n, rows in tables.items()
    }
    return Dataset.of(made, About(as_of=DAY))


def records(label: str) -> Dataset:
    """Three come to R's home, where a crime was, R suspected; X calls these three of one group, a child the line."""
    visits = [link(p, "H", "seen_at", DAY - timedelta(days=d)) for p in "ABC" for d in (10, 20, 30)]
    homes = [link("R", "H", "resident"), link("S", "I", "resident"), link("D", "I", "seen_at", DAY)]
    phones = [link(p, f"P{p}", "user") for p in "ABC"] + [link("K", "PK", "user")]
    kinds = {"H": "address", "I": "address", "X": "phone", "L": "line"} | {f"P{p}": "phone" for p in "ABCK"}
    at = DAY - timedelta(days=40)
    calls = [("X", f"P{p}", at + timedelta(days=n)) for p in "ABC" for n in (1, 2, 3)] + [("PK", "L", at)]
    return dataset(
        nominals=[{"nominal_id": i, "name": i} for i in "ABCDR"],
        children=[{"child_id": "K", "date_of_birth": date(2005, 1, 1)}],
        ocgs=[{"ocg_id": "G", "status": "active"}],
        memberships=[{"nominal_id": p, "ocg_id": "G"} for p in "ABC"],
        things=[{"thing_id": t, "kind": k, "label": label if t == "H" else None} for t, k in kinds.items()],
        thing_links=[*visits, *homes, *phones],
        communications=[
            {"from_thing": a, "to_thing": b, "at": datetime(d.year, d.month, d.day, 12), "authority_ref": "A1"}
            for a, b, d in calls
        ],
        group_things=[{"ocg_id": "G", "thing_id": "L"}],
        crimes=[{"crime_id": c, "occurred_on": DAY - timedelta(days=10)} for c in ("c1", "c2")],
        crime_things=[{"crime_id": "c1", "thing_id": "H", "involvement": "scene"}],
        crime_links=[
            {"person_id": "R", "crime_id": "c1", "link_role": "suspect"},
            {"person_id": "R", "crime_id": "c2", "link_role": "victim"},
        ],
    )


def page(label: str = "1 Low Row") -> Section:
    tables = things_of(records(label)).tables
    return Section(report_html(replace(sample_analysis(), thing_tables=tables)))


def test_the_resident_and_the_children_come_first_and_the_resident_is_no_suspect():
    text = page().text
    prompt, children, first_lead = (
        text.index(words) for words in ("Residents who may need safeguarding", "1 child may need", "What follows")
    )
    assert prompt < children < first_lead
    assert "A prompt to safeguard R, never a suspicion" in text
    assert "was the victim of 1 recorded crime" in text
    # No sentence of a lead names the resident, and nothing anywhere in the section calls anybody a suspect.
    assert "suspect" not in text
    assert " R " not in text[first_lead:]


def test_leads_say_why_and_every_question_says_how_many_answers_it_has():
    section = page()
    assert QUESTIONS["unattributed"][1] in section.text
    assert "In touch with 3 of 3 members of G" in section.text
    tables = things_of(records("")).tables
    for name, (title, question) in QUESTIONS.items():
        assert f"{title} {question} {len(tables[name].frame)} tables/{name}.csv" in section.text
    for name in LEADS:
        assert (f"{QUESTIONS[name][0]}; leads, not facts" in section.text) == bool(name == "unattributed"), name


@pytest.mark.parametrize("label", HOSTILE)
def test_what_the_records_say_does_nothing_on_the_page(label):
    section = page(label)
    assert "script" not in section.tags
    assert "img" not in section.tags
    assert " ".join(visible(label).split()) in section.text


def test_without_things_the_page_says_so():
    assert NOT_GIVEN in Section(report_html(sample_analysis())).text


def test_what_was_left_out_of_things_stands_with_the_rest_of_an_analysis():
    made = records("")
    done = analyse(made, Settings(resamples=0, single_changes=0))
    assert set(things_of(made).left_out) <= set(done.left_out)
    assert len(done.left_out) == len(set(done.left_out))
    assert set(things_of(made).notes) <= set(done.notes)
