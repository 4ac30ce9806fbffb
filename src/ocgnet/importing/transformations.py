"""Rules of a suggested mapping that change what a cell holds: joined names, split grades, several people, calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from ocgnet.importing.cell_values import (
    DATE_AND_MORE,
    GRADES_3X5X2,
    GRADES_5X5X5,
    MOMENT,
    MOSTLY,
    SEVERAL,
    CellValues,
)
from ocgnet.importing.mapping import ColumnRule, Each, Guess
from ocgnet.model import TABLES, Kind

_DAY_BEFORE_MORE = r"^\s*([0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4})"
_IN_BRACKETS = r"^.*[\[(]\s*([^()\[\]]+?)\s*[\])]\s*$"

SCHEME_PARTS: Mapping[str, tuple[str, str, str]] = {
    "3x5x2": (r"^\s*([123])", r"^\s*[123]\s*[/-]?\s*([A-Ea-e])", r"[A-Ea-e]\s*[/-]?\s*([PCpc])\s*$"),
    "5x5x5": (r"^\s*([A-Ea-e])", r"^\s*[A-Ea-e]\s*[/-]?\s*([1-5])", r"([1-5])\s*$"),
}
"""By grading scheme, how the grade of the source, that of the information and the handling stand in one cell."""

GRADES = ("source_grade", "intelligence_grade", "handling_code")


class Guessed(Protocol):
    """What is known of a header that fits a column of ours."""

    @property
    def header(self) -> str: ...  # noqa: D102
    @property
    def column(self) -> str: ...  # noqa: D102
    @property
    def sure(self) -> bool: ...  # noqa: D102
    @property
    def why(self) -> str: ...  # noqa: D102


def guess_of(sure: bool) -> Guess:
    """Return the word for a guess."""
    return Guess.CERTAIN if sure else Guess.ASK


def column_rule(fit: Guessed, values: CellValues, *, each: bool = False) -> ColumnRule:
    """Return the rule of a column that one header fills, with what its cells need."""
    part = between = ""
    if fit.column == "date_of_birth" and values.like(DATE_AND_MORE) > 0 and values.like(MOMENT) < 1:
        part = _DAY_BEFORE_MORE
    kinds = {c for t in TABLES.values() for c in t.columns if c.name == fit.column and c.many}
    if kinds and not each:
        ids = all(c.kind is Kind.ID for c in kinds)
        between = values.several_ids if ids else values.between(SEVERAL, lambda p: len(p) < 40)
        between = "" if between == "|" else between
    return ColumnRule(
        fit.column, parts=f"{{{fit.header}}}", part=part, between=between, guess=guess_of(fit.sure), why=fit.why
    )


def name_rule(fits: Sequence[Guessed]) -> ColumnRule | None:
    """Return the rule of a name that stands in one column or in several parts; None where nothing is a name."""
    by = {f.column: f for f in fits}
    if "surname" in by and ("forename" in by or "name" in by):
        parts = [by.get("forename") or by["name"], *filter(None, [by.get("middle")]), by["surname"]]
    elif "name" in by:
        parts = [by["name"]]
    else:
        parts = [f for f in (by.get("forename"), by.get("surname")) if f]
    if not parts:
        return None
    return ColumnRule(
        "name",
        parts=" ".join(f"{{{f.header}}}" for f in parts),
        guess=guess_of(all(f.sure or f.column in ("forename", "middle") for f in parts)),
        why=f"{' and '.join(f.header for f in parts)} make up the name",
    )


def grading_rules(
    columns: Sequence[ColumnRule], names: Mapping[str, tuple[str, ...]], values: Mapping[str, CellValues]
) -> list[ColumnRule]:
    """Return the columns of reports with the scheme of their grades, and grades that stand in one cell taken apart."""
    joined, scheme, letters = _joined_grades(names, values)
    if joined:
        parts = SCHEME_PARTS[scheme]
        kept = [c for c in columns if c.column not in GRADES or (c.column == "handling_code" and letters < 3)]
        kept = [c for c in kept if joined not in c.reads]
        filled = {c.column for c in kept}
        why = f"{joined} holds grades of the form {scheme}"
        rules = [
            ColumnRule(grade, parts=f"{{{joined}}}", part=part, why=why)
            for grade, part in zip(GRADES[:letters], parts, strict=False)
            if grade not in filled
        ]
        return [*kept, *rules, ColumnRule("grading_scheme", const=scheme, why=why)]
    single = next((c for c in columns if c.column == "source_grade"), None)
    if single is None or any(c.column == "grading_scheme" for c in columns):
        return list(columns)
    held = values[single.reads[0]]
    digits = held.share(str.isdigit)
    if held.none or 0 < digits < 1:
        return list(columns)
    scheme = "3x5x2" if digits else "5x5x5"
    return [*columns, ColumnRule("grading_scheme", const=scheme, why=f"{single.reads[0]} holds grades of {scheme}")]


def _joined_grades(names: Mapping[str, tuple[str, ...]], values: Mapping[str, CellValues]) -> tuple[str, str, int]:
    """Return the header whose cells hold several grades, their scheme, and how many; empty when there is none."""
    graded = {"grade", "assessment", "report", "info", "source", "handling", "code", "condition"}
    for header, held in values.items():
        if held.none or not set(names[header]) <= graded or not {"grade", "assessment"} & set(names[header]):
            continue
        for scheme, pattern in (("3x5x2", GRADES_3X5X2), ("5x5x5", GRADES_5X5X5)):
            if held.like(pattern) >= MOSTLY:
                three = held.share(lambda t, p=pattern: (m := p.fullmatch(t)) and m[3])  # type: ignore[misc]
                return header, scheme, 3 if three > 0 else 2
    return "", "", 0


def several_people(header: str, values: CellValues) -> Each | None:
    """Return how several people stand in one cell; None where there is one each, without a name before the id."""
    if not values.several_ids and not values.bracketed:
        return None
    return Each(header, between=values.several_ids or ";", part=_IN_BRACKETS if values.bracketed else "")


_ROLES = (("victim", "victim"), ("witness", "witness"), ("suspect", "suspect"), ("accused", "charged"))


def link_role_of(names: Iterable[str], about: Iterable[str]) -> ColumnRule:
    """Return the rule of a link's role that is said by the name of a column or of the sheet; it is always asked."""
    for meanings, where in ((set(names), "the column's name"), (set(about), "the name of the sheet")):
        for word, role in _ROLES:
            if word in meanings:
                return ColumnRule("link_role", const=role, guess=Guess.ASK, why=f"{where} says {word}")
        if {"custody", "arrest"} & meanings:
            return ColumnRule("link_role", const="arrested", guess=Guess.ASK, why=f"{where} speaks of an arrest")
    return ColumnRule("link_role", const="other", guess=Guess.ASK, why="no column says as what a person is linked")
