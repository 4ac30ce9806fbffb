"""Rows that are no records: totals that a report adds below or between its rows, and wards that are not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model import TABLES, Kind
from ocgnet.sources import Finding, RawTable, Rule, Severity
from ocgnet.sources.arrays import bools, fixed, strings
from ocgnet.words import Words, plain

_SUM_WORDS = frozenset(("total", "totals"))

_OTHERS = 2
"""Wards that a row must add up before its number alone says that it is their total."""


def without_totals(raw: RawTable, words: Words) -> RawTable:
    """Return a table without its rows of totals, and with a warning that names each.

    In ``wards`` a total is known by its name (``All wards``, ``Easter total``), or by the name of its district and the
    population of the others together. In every other table it is known by a word of ``words.totals`` in the place
    of the id. A ward that is not known is no ward either.
    """
    if not len(raw.lines):
        return raw
    sums_of = _of_wards(raw, words) if raw.name == "wards" else _of_ids(raw, words)
    if not sums_of:
        return raw
    rows = np.array(sorted(sums_of), np.int64)
    kept = np.ones(len(raw.lines), bool)
    kept[rows] = False
    finding = Finding(
        raw.file,
        TABLES[raw.name].key[0],
        Rule.NO_RECORD,
        raw.lines[rows],
        lambda k: sums_of[int(rows[k])],
        Severity.WARNING,
    )
    columns = {name: column.filter(fixed(kept, pa.bool_())) for name, column in raw.columns.items()}
    return replace(raw, columns=columns, lines=raw.lines[kept], findings=(*raw.findings, finding))


def _of_ids(raw: RawTable, words: Words) -> dict[int, tuple[str, str]]:
    key = TABLES[raw.name].key[0]
    if TABLES[raw.name].column(key).kind is not Kind.ID or key not in raw.columns:
        return {}
    spellings = {dressed for w in words.totals for dressed in (w, w.upper(), w.title(), w.capitalize())}
    column, sums = raw.columns[key], strings(sorted(spellings))
    if pa.types.is_dictionary(column.type):
        if not any(bools(pc.is_in(chunk.dictionary, sums)).any() for chunk in column.chunks[:1]):
            return {}
        column = column.cast(pa.string())
    hits = bools(pc.is_in(column.combine_chunks(), sums))
    remedy = "This row adds others up and is no record; it is left out. Delete it."
    return {k: (str(raw.columns[key][k]), remedy) for k in np.flatnonzero(hits).tolist()}


def _of_wards(raw: RawTable, words: Words) -> dict[int, tuple[str, str]]:
    if "ward" not in raw.columns or "district" not in raw.columns:
        return {}
    ward, district = ([str(t or "").strip() for t in raw.columns[n].to_pylist()] for n in ("ward", "district"))
    given = raw.columns["population"].to_pylist() if "population" in raw.columns else [""] * len(ward)
    people = [int(p) if p and p.strip().isdecimal() and len(p) < 13 else None for p in given]
    notes: dict[int, tuple[str, str]] = {}
    sums = []
    for k, (here, around) in enumerate(zip(ward, district, strict=True)):
        if not here or not around:
            continue
        if _is_not_known(here, words) or _is_not_known(around, words):
            residents = f"; its {people[k]:,} residents are in no ward" if people[k] else ""
            notes[k] = here, f"This says that the ward is not known, so it is none and is left out{residents}."
        elif _adds_up(here, around, words):
            sums.append(k)
    others = [k for k in range(len(ward)) if k not in notes and k not in set(sums)]
    by_district: dict[str, list[int]] = {}
    for k in others:
        by_district.setdefault(plain(district[k]), []).append(k)
    named = [k for k in others if plain(ward[k]) == plain(district[k]) and people[k]]
    for k in named:
        beside = [i for i in by_district[plain(district[k])] if i != k] or [i for i in others if i not in named]
        if len(beside) >= _OTHERS and sum(people[i] or 0 for i in beside) == people[k]:
            sums.append(k)
            by_district[plain(district[k])].remove(k)
    real = [k for k in others if k not in set(sums)]
    for k in sums:
        notes[k] = ward[k], _sum_in_words(people[k], district[k], by_district.get(plain(district[k]), []), real, people)
    return notes


def _is_not_known(name: str, words: Words) -> bool:
    return plain(name) in words.not_known


def _adds_up(ward: str, district: str, words: Words) -> bool:
    """Say whether a row is a total by its name."""
    name, around = plain(ward), plain(district)
    parts = name.split()
    return (
        name in words.totals
        or around in words.totals
        or (len(parts) > 1 and bool(_SUM_WORDS & {parts[0], parts[-1]}))
        or name in (f"all {around}", f"{around} all", f"{around} all wards", f"all {around} wards", f"all of {around}")
    )


def _sum_in_words(
    of: int | None, district: str, inside: list[int], everywhere: list[int], people: list[int | None]
) -> str:
    for rows, what in ((inside, f"the other wards of {district}"), (everywhere, "all other wards")):
        if of is not None and rows and sum(people[k] or 0 for k in rows) == of:
            return f"This row adds {what} up ({of:,} residents) and is no ward; it is left out. Delete it."
    return (
        "By its name this row adds others up and is no ward; it is left out, though no others add up to it. Delete it."
    )
