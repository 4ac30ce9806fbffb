"""The section about children in the report, filled with the safeguarding cases."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_sample import bare_analysis, sample_analysis

from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.checks.check import check
from ocgnet.views.report import report_html
from ocgnet.views.report.children import children_section

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "safeguarding"


@pytest.fixture(scope="module")
def analysis():
    found = safeguard(check(CASES).dataset)
    return replace(sample_analysis(), tables={**sample_analysis().tables, **found.all_tables})


def test_children_stand_by_the_band_about_the_child_with_their_family_named(analysis):
    section = children_section(analysis)
    assert [(b.name, b.count) for b in section.bands] == [("urgent", 3), ("standard", 5)]
    assert [[c.id for c in b.children] for b in section.bands] == [["C1", "C11", "C6"], ["C10", "C2", "C3", "C7", "C8"]]
    assert section.bands[1].heading == "About the child: at least standard (5)"
    of = {c.id: c for b in section.bands for c in b.children}
    assert (of["C7"].family, of["C2"].family) == (
        "one family with C8; C9 (not linked to a group)",
        "one family with C3",
    )
    assert (of["C10"].band, of["C10"].adults) == ("child: at least standard", "adults: at least high")
    assert of["C10"].could_be == "one answer could make it urgent (CSE risk, CCE risk)"


def test_how_well_each_band_separates_is_said_with_its_counts(analysis):
    section = children_section(analysis)
    # 3 and 5 of 8: 28 pairs, 3 + 10 of them within a band. 1, 2 and 5: 1 + 10 within a band.
    assert section.separates == (
        (
            "By what is known about the child: 3 at least urgent, 5 at least standard; it tells apart 15 of 28 pairs "
            "of children (54%)."
        ),
        (
            "By what is known about the adults: 1 at least urgent, 2 at least high, 5 at least standard; it tells "
            "apart 17 of 28 pairs of children (61%)."
        ),
    )
    assert list(section.crossed.heads) == [
        "about the child", "adults: urgent", "adults: high", "adults: standard", "children",
    ]  # fmt: skip
    assert section.crossed.rows == [("urgent", "1", "0", "2", "3"), ("standard", "0", "2", "3", "5")]
    two = replace(analysis.children, frame=analysis.children.frame.iloc[[4, 5]])
    one = replace(analysis, tables={**analysis.tables, "children": two})
    assert children_section(one).separates[0].endswith("0 of 1 pairs of children (0%), so it hardly helps to choose.")


def test_who_was_linked_stands_apart(analysis):
    section = children_section(analysis)
    assert section.ended.rows == (
        ("C4", "parent", "was linked until 31/12/2018: the group was archived (N5 in G3)", "no"),
    )
    assert section.ended_says == (
        "1 child was linked until a membership ended or a group was archived, and is not counted."
    )


def test_a_victim_is_a_victim_first_and_reasons_are_short(analysis):
    first = children_section(analysis).bands[0].children[0]
    assert first.victim
    assert first.reasons == (
        "Victim in 1 crime in the period",
        "Risk of sexual exploitation recorded as 'medium'",
        "Linked to 1 serious offence (1 as arrested): an allegation unless convicted, and the child may be a victim",
        "The child is a victim in a crime linked to N1; was arrested together with N4; N1 recorded as principal",
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
    moved = {row[0]: row[3] for row in section.sensitivity.rows}
    assert {k: v for k, v in moved.items() if v != "0"} == {
        "Victim of crime": "1", "Sexual exploitation (CSE)": "1", "Earlier serious offences": "1",
        "In company of a nominal": "1", "Role and status of the adult": "2", "Parent verified": "1",
        "Group active": "2",
    }  # fmt: skip


def test_the_page_names_no_child_and_no_restricted_report(analysis):
    page = report_html(analysis)
    section = page[page.index('<section id="children">') : page.index('<section id="network">')]
    assert '<li class="victim">Victim in 1 crime in the period</li>' in section
    assert "Perdita" not in section
    assert not re.search(r"\bR3\b", section)
    assert "multi-agency safeguarding hub (MASH) today" in section


def test_a_run_without_these_tables_still_has_its_section():
    section = children_section(bare_analysis())
    assert (section.bands, section.stages.rows, section.missing.rows, section.sensitivity.rows) == ((), (), (), ())
    assert sum(b.count for b in children_section(sample_analysis()).bands) == 41
