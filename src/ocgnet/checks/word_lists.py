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


def check_crime_types(ocgs: CheckedTable, words: Words) -> None:
    """Write the primary crime type of groups as one of our kinds; tell those of no kind, and those of two.

    A type that the model lists stays as it is, but for those of drug trafficking, which the figures count.
    """
    column = ocgs.columns["primary_crime_type"]
    texts = column.texts.to_pylist()
    listed = column.declared.counted_as
    read: dict[int, str] = {}
    odd = []
    for k, text in enumerate(texts):
        kinds = words.crime_kind(text) if text else ("",)
        if len(kinds) == 1 and (kinds[0] == DRUGS or plain(text) not in listed):
            read[k] = kinds[0]
        if len(kinds) != 1 and plain(text) not in listed:
            odd.append(k)
    for rows in by_frequency(column.codes, texts, odd):
        ocgs.report_text("primary_crime_type", Rule.CRIME_TYPE, rows, _of_no_kind(words, len(rows)), Severity.WARNING)
    changed = {k: kind for k, kind in read.items() if plain(texts[k]) != kind}
    rows_of = column.rows_of(changed)
    readings = [Reading(ocgs.raw.file, column.declared.name, texts[k], kind, rows_of[k]) for k, kind in changed.items()]
    ocgs.readings += sorted(readings, key=lambda r: (-len(r.rows), r.word))
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
