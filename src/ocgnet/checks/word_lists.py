"""Words that must stand in a list to count: levels of risk, kinds of crime, countries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ocgnet.checks.readings import Reading
from ocgnet.checks.table import CheckedTable, always, by_frequency
from ocgnet.english import counted
from ocgnet.model.columns import COUNTRIES
from ocgnet.settings import Settings
from ocgnet.sources import Rule, Severity
from ocgnet.words import NOT_KNOWN, RISK_COLUMNS, RISK_LEVELS, Words, plain

DRUGS = "drug trafficking"
"""The kind of crime that the figures count; whatever is of this kind is written so."""


def check_risks(children: CheckedTable, settings: Settings) -> None:
    """Tell words of a risk scheme that stand in no list: they are no risk and no absence of one."""
    known = {*settings.risk_none, *settings.risk_low, *settings.risk_raised, *settings.risk_not_said}
    for name in RISK_COLUMNS:
        column = children.columns[name]
        odd = column.mask(lambda text: bool(text) and plain(text) not in known)
        for rows in by_frequency(column.codes, column.texts.to_pylist(), np.flatnonzero(odd)):
            children.report_text(name, Rule.RISK, rows, _unknown_risk(len(rows)), Severity.WARNING)


def _unknown_risk(rows: int) -> Callable[[str], str]:
    of = counted(rows, "child", "children")
    return always(
        f"No list says which risk this is, so for {of} it counts as no risk and as no absence of one. Say what it "
        f"means under [risk] in words.toml: {', '.join(RISK_LEVELS)} or {NOT_KNOWN}."
    )


def check_crime_types(table: CheckedTable, name: str, words: Words) -> None:
    """Write a crime type of groups as one of our kinds; tell those of no kind, and those of two.

    A type that the model lists stays as it is, but for primary types of drug trafficking, which the figures count.
    """
    column = table.columns[name]
    texts = column.texts.to_pylist()
    listed = column.declared.counted_as
    read: dict[int, str] = {}
    odd = []
    for k, text in enumerate(texts):
        kinds = words.crime_kind(text) if text else ("",)
        drugs = name == "primary_crime_type" and kinds[:1] == (DRUGS,)
        if len(kinds) == 1 and (drugs or plain(text) not in listed):
            read[k] = kinds[0]
        if len(kinds) != 1 and plain(text) not in listed:
            odd.append(k)
    for rows in by_frequency(column.codes, texts, odd):
        table.report_text(name, Rule.CRIME_TYPE, rows, _of_no_kind(words, len(rows)), Severity.WARNING)
    changed = {k: kind for k, kind in read.items() if plain(texts[k]) != kind}
    rows_of = column.rows_of(changed)
    readings = [
        Reading(table.raw.file, column.declared.name, texts[k], kind, rows_of[k]) for k, kind in changed.items()
    ]
    table.readings += sorted(readings, key=lambda r: (-len(r.rows), r.word))
    column.restate(changed)


def _of_no_kind(words: Words, rows: int) -> Callable[[str], str]:
    whose = "this group counts" if rows == 1 else f"these {rows:,} groups count"

    def remedy(text: str) -> str:
        kinds = words.crime_kind(text)
        why = f"This may be {' or '.join(kinds)}" if kinds else "No list says which kind of crime this is"
        return (
            f"{why}, so {whose} under none. Add the words to the kind that is meant, under [ocgs.primary_crime_type] "
            "in words.toml."
        )

    return remedy


def check_primary_activities(activities: CheckedTable, ocgs: CheckedTable, words: Words) -> None:
    """Warn of groups none of whose primary activities is of the group's primary crime type.

    Compared are kinds of crime, so that county lines are no other thing than drug trafficking.
    """
    of_group: dict[str, tuple[frozenset[str], int, str]] = {}
    ids, types = ocgs.columns["ocg_id"], ocgs.columns["primary_crime_type"]
    for row in np.flatnonzero(~types.blank & ocgs.good).tolist():
        of_group[ids.text(row)] = _kinds(types.text(row), words), ocgs.raw.lines[row], types.text(row)
    group, activity, level = (activities.columns[n] for n in ("ocg_id", "activity", "level"))
    of_each: dict[str, list[int]] = {}
    for row in np.flatnonzero(level.spread(level.mask("primary".__eq__)) & activities.good).tolist():
        of_each.setdefault(group.text(row), []).append(row)
    other = [
        rows[0]
        for ocg, rows in of_each.items()
        if ocg in of_group and not any(of_group[ocg][0] & _kinds(activity.text(r), words) for r in rows)
    ]

    def explain(row: int) -> tuple[str, str]:
        _, line, recorded = of_group[group.text(row)]
        return activity.text(row), (
            f"The primary crime type of this group is another: {recorded} ({ocgs.raw.file}, line {line}). Both stay "
            "and count where they stand. Correct one of the two, or make this activity secondary."
        )

    activities.report("activity", Rule.ACTIVITY, np.array(sorted(other), np.int64), explain, Severity.WARNING)


def _kinds(text: str, words: Words) -> frozenset[str]:
    return frozenset(words.crime_kind(text) or (plain(text),)) | {plain(text)}


def check_countries(countries: CheckedTable) -> None:
    """Refuse codes that stand for no country: unassigned ones, and those reserved for everybody's own use."""
    column = countries.columns["country"]
    odd = column.mask(lambda text: bool(text) and text not in COUNTRIES)
    countries.report_text("country", Rule.COUNTRY, column.where(odd), _no_country)


def _no_country(code: str) -> str:
    return (
        f"{code} stands for no country in ISO 3166: it is not assigned, or reserved. Write the two letters of the "
        "country, or delete the row when it is not known."
    )
