"""Every kind of bad input is read right or refused with the reason: see fixtures/broken."""

import csv
from pathlib import Path

import pytest

from ocgnet.checks.check import Checked, check
from ocgnet.sources import Rule

BROKEN = Path(__file__).parents[2] / "fixtures" / "broken"


def expected() -> dict[str, set[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    with (BROKEN / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            of_case = found.setdefault(row["case"], set())
            if row["severity"] != "none":
                of_case.add((row["severity"], row["file"], row["row"], row["column"], row["rule"]))
    return found


EXPECTED = expected()


def told(checked: Checked) -> list[tuple[str, ...]]:
    return [
        (p.severity.value, p.file, str(p.row or ""), p.column, p.rule) for p in [*checked.problems, *checked.warnings]
    ]


@pytest.mark.parametrize("case", EXPECTED)
def test_finds_exactly_what_is_wrong(case: str) -> None:
    found = told(check(BROKEN / case))
    assert set(found) == EXPECTED[case]
    assert len(found) == len(EXPECTED[case]), "a problem was told twice"


@pytest.mark.parametrize("case", EXPECTED)
def test_every_remedy_is_a_sentence(case: str) -> None:
    checked = check(BROKEN / case)
    for problem in [*checked.problems, *checked.warnings]:
        assert problem.remedy.rstrip('"')[-1] in ".?)", problem.remedy
        assert len(problem.remedy) < 400


def test_every_folder_is_declared_and_every_rule_has_one() -> None:
    assert {p.name for p in BROKEN.iterdir() if p.is_dir()} == set(EXPECTED)
    shown = {problem[-1] for of_case in EXPECTED.values() for problem in of_case}
    # A table given twice needs two formats, and a cascade is no problem of its own: other tests hold these.
    assert {rule.value for rule in Rule} - shown == {Rule.TWICE.value, Rule.LEFT_OUT.value}
