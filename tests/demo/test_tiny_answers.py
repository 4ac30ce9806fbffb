"""A run on the tiny folder against the page that was worked on paper."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from ocgnet.checks.check import check
from ocgnet.main_job import analyse, answer
from ocgnet.results import RESULT_TABLES, Analysis
from ocgnet.results.types import NamedTable
from ocgnet.settings import Settings

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"


def _table(first_header: str) -> list[list[str]]:
    """Return the rows of the table in answers.md whose first line begins with these cells."""
    lines = (TINY / "answers.md").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(first_header))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("*") for cell in line.strip("|").split("|")])
    return [rows[0], *rows[2:]]


@pytest.fixture(scope="module")
def run() -> Analysis:
    checked = check(TINY)
    assert checked.errors == 0
    assert checked.dataset is not None
    # On paper the network is that of the year, and links as charged do not count.
    year = Settings(top_k=2, network_from=date(2018, 4, 1), link_roles=("arrested", "suspect"))
    return analyse(checked.dataset, year)


def test_without_a_first_day_the_year_before_ties_too() -> None:
    dataset = check(TINY).dataset
    assert dataset is not None
    ties = analyse(dataset, Settings(top_k=2, link_roles=("arrested", "suspect"))).ties.frame
    weight = dict(zip(zip(ties["person_a"], ties["person_b"], strict=True), ties["weight"], strict=True))
    paper = {tuple(pair.split()): float(w) for pair, _, w in _table("| pair |")[1:]}
    # K8 of June 2017 links N01 and N02, R8 of December 2017 N01 and N05: each adds 1 to a tie of the year.
    paper["N01", "N02"] += 1
    paper["N01", "N05"] += 1
    assert weight == paper


def test_ties_and_weights(run: Analysis) -> None:
    paper = {tuple(pair.split()): float(weight) for pair, _, weight in _table("| pair |")[1:]}
    ties = run.ties.frame
    assert dict(zip(zip(ties["person_a"], ties["person_b"], strict=True), ties["weight"], strict=True)) == paper
    # What may not be named is counted: R5 stands behind three ties and on no page.
    assert ties["events_withheld"].sum() == 3
    assert "R5" not in "|".join(ties["events"]).split("|")


def test_degree_strength_and_the_network(run: Analysis) -> None:
    header, degree, strength, _ = _table("| | N01 |")
    people = run.people.frame.set_index("nominal_id")
    for name, row in (("degree", degree), ("strength", strength)):
        assert people[name].to_dict() == {p: float(v) for p, v in zip(header[1:-1], row[1:-1], strict=True)}
    net = run.network
    assert (net.nodes, net.edges, net.components, net.isolates) == (9, 11, 1, 0)
    assert net.density == pytest.approx(11 / 36)
    assert net.mean_degree == pytest.approx(22 / 9)
    assert net.transitivity == pytest.approx(1 / 3)
    assert net.average_distance == pytest.approx(41 / 18)
    assert net.max_betweenness == pytest.approx(3 / 7)


def test_concentration(run: Analysis) -> None:
    header, *paper = _table("| | K1 |")
    crimes, reports = header.index("crimes"), header.index("reports")
    found = run.concentration.frame.set_index("nominal_id")
    assert list(found.index) == [row[0] for row in paper]
    for row in paper:
        assert found.loc[row[0], "crime_share"] == pytest.approx(float(Fraction(row[crimes])), abs=1e-9)
        assert found.loc[row[0], "report_share"] == pytest.approx(float(Fraction(row[reports])), abs=1e-9)
    figures = run.figures
    covered = [
        (figures[f"top_nominals_{x}_share"].numerator, figures[f"top_nominals_{x}_share"].denominator)
        for x in ("crime", "intel")
    ]
    assert covered == [(4, 6), (4, 5)]
    assert figures["top_nominals_harm_share"].value == pytest.approx(722.0488 / 1521.6777, abs=1e-6)
    assert people_of(run, "harm_unknown") == {"N06": 1, "N09": 1}


def people_of(run: Analysis, column: str) -> dict[str, int]:
    frame = run.people.frame
    return {p: v for p, v in zip(frame["nominal_id"], frame[column], strict=True) if v}


def test_children(run: Analysis) -> None:
    found = run.children.frame.set_index("child_id")
    assert sorted(found.index) == ["C1", "C2"]
    assert found["age"].to_dict() == {"C1": 8, "C2": 15}
    assert found["known_aces"].to_dict() == {"C1": 4, "C2": 1}
    assert {c: set(re.split(r"\|", b)) for c, b in found["basis"].items()} == {
        "C1": {"family", "household"},
        "C2": {"family", "missing_with", "same_report"},
    }
    assert found.loc["C2", "nominals"] == "N01|N06|N07"
    assert "R6" not in found.loc["C2", "path"]


def test_figures(run: Analysis) -> None:
    paper = {
        "ocgs": 2,
        "ocgs_change": -1,
        "nominals": 7,
        "nominals_before": 6,
        "ocgs_abroad": 1,
        "countries_abroad": 2,
        "ocgs_drug_trafficking": 1,
        "ocgs_powder_cocaine": 1,
        "disruptions": 2,
        "disruptions_before": None,  # 1, but disruptions are recorded from November 2017 on only
        "parents": 2,
        "parents_ocgs": 2,
        "parents_principal": 0,
        "parents_significant": 1,
        "parents_peripheral": 1,
        "children": 2,
    }
    assert {i: run.figures[i].value for i in paper} == paper


def test_every_table_is_an_attribute_of_its_name(run: Analysis) -> None:
    assert list(run.tables) == list(RESULT_TABLES)
    assert {name for name in vars(Analysis) if isinstance(vars(Analysis)[name], NamedTable)} == set(RESULT_TABLES)
    for name, table in run.tables.items():
        assert getattr(run, name) is table
        assert table.name == name
    frame = run.roles.to_frame()
    frame.loc[:, "name"] = "changed"
    assert "changed" not in set(run.roles.frame["name"])
    with pytest.raises(AttributeError):
        run.rolse  # noqa: B018


def test_a_brief_answer_is_the_whole_one_up_to_its_first_sentence(run: Analysis) -> None:
    brief = answer("roles", check(TINY).dataset, run.settings, brief=True)
    whole = run.roles.to_frame().assign(because=run.roles.frame["because"].str.partition(". ")[0])
    pd.testing.assert_frame_equal(brief.roles.to_frame(), whole)
    assert brief.agreement.kappa == run.agreement.kappa
