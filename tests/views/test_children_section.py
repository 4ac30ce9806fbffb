"""The section about children in the report, filled with the safeguarding cases."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_sample import bare_analysis, sample_analysis

from ocgnet.check import check
from ocgnet.safeguarding import safeguard
from ocgnet.views.report import report_html
from ocgnet.views.report.children_section import children_section

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "safeguarding"


@pytest.fixture(scope="module")
def analysis():
    found = safeguard(check(CASES).dataset)
    return replace(sample_analysis(), children=found.table, **found.tables)


def test_families_stand_under_their_most_pressing_child(analysis):
    bands = children_section(analysis).bands
    assert [(b.name, b.count) for b in bands] == [("urgent", 3), ("high", 3), ("standard", 2)]
    assert [[c.id for h in b.households for c in h.children] for b in bands] == [
        ["C1", "C11", "C6"],
        ["C10", "C2", "C3"],
        ["C7", "C8"],
    ]
    assert bands[1].heading.endswith("of whom 1 in a lower band beside a brother, sister or other child of the family")
    assert bands[2].households[0].says == "HH-C7: 2 children of one family or household; also C9, not linked to a group"


def test_a_victim_is_a_victim_first_and_reasons_are_short(analysis):
    first = children_section(analysis).bands[0].households[0].children[0]
    assert first.victim
    assert first.reasons == (
        "Victim in a crime linked to N1",
        "Was arrested together with N4",
        "Risk of sexual exploitation recorded as 'medium'",
        "Linked to 1 serious offence (1 as arrested): an allegation unless convicted, and the child may be a victim",
        "N1 recorded as principal",
        "Group: active",
    )
    assert first.unknown == "CCE risk, ACEs"
    assert first.links[0] == "Victim in a crime linked to the nominal: N1 (G1 principal)"


def test_stages_missing_and_sensitivity(analysis):
    section = children_section(analysis)
    assert [row[:2] for row in section.stages.rows] == [
        ("vulnerable", "4"), ("pushed or pulled", "0"), ("missing", "0"), ("exploited or involved", "2"),
        ("escalating", "1"), ("recruiting", "1"),
    ]  # fmt: skip
    assert len(section.over_time.heads) == 9
    assert [row[0] for row in section.missing.rows] == ["C9", "C6"]
    assert section.missing_rest.startswith("1 further child went missing")
    moved = {row[0]: row[2] for row in section.sensitivity.rows}
    assert {k: v for k, v in moved.items() if v != "0"} == {
        "Victim of crime": "1", "Recent escalation": "1", "Role and status of the adult": "1", "Parent verified": "1",
        "Group active": "1",
    }  # fmt: skip


def test_the_page_names_no_child_and_no_restricted_report(analysis):
    page = report_html(analysis)
    section = page[page.index('<section id="children">') : page.index('<section id="network">')]
    assert '<li class="victim">Victim in a crime linked to N1</li>' in section
    assert "Perdita" not in section
    assert not re.search(r"\bR3\b", section)
    assert "multi-agency safeguarding hub (MASH) today" in section


def test_a_run_without_these_tables_still_has_its_section():
    section = children_section(bare_analysis())
    assert (section.bands, section.stages.rows, section.missing.rows, section.sensitivity.rows) == ((), (), (), ())
    assert sum(b.count for b in children_section(sample_analysis()).bands) == 41
