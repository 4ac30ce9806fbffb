"""Reading words: a force's words become ours before any rule is asked, and what became what is counted and told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.column import CheckedColumn
from ocgnet.model import Column, Kind
from ocgnet.sources import Rule
from ocgnet.sources.arrays import bools, fixed, strings, text_bytes
from ocgnet.sources.cells import CellError
from ocgnet.words import LONGEST_WORD, RISK_COLUMNS, Words

AS_WRITTEN = frozenset(("name", "aliases", "handling_conditions"))
"""Columns whose text stands for itself: somebody may be called Null, and a condition that is not known is one."""

ENDS = frozenset(("to_date", "archived_on", "found_at", "return_interview_at", "done_on"))
"""Columns in which blank says that something has not ended or not happened; "not known" does not say that."""

_FLAGS = frozenset(("true", "false", "yes", "no", "1", "0"))


@dataclass(frozen=True, eq=False)
class Reading:
    """A word that was read as one of ours (empty: as not recorded), and the rows in which it stands, rising."""

    file: str
    column: str
    word: str
    means: str
    rows: np.ndarray


def read_words(column: CheckedColumn, table: str, file: str, words: Words) -> list[Reading]:
    """Put our words in the place of a force's in one column, and refuse words that may mean two things.

    What was read is returned by how many rows it stands in, the most first.
    """
    declared = column.declared
    if declared.name in AS_WRITTEN or declared.free_text or not column.distinct:
        return []
    meant: dict[int, str | None] = {}
    refused: dict[int, CellError] = {}
    for k in _candidates(column, table, words):
        text = str(column.texts[k])
        try:
            if (ours := _read(table, declared, text, words)) != text:
                meant[k] = ours or None
        except CellError as refusal:
            refused[k] = refusal
    if not meant and not refused:
        return []
    rows = column.rows_of(meant)
    readings = [Reading(file, declared.name, str(column.texts[k]), m or "", rows[k]) for k, m in meant.items()]
    refusals = {str(column.texts[k]): refusal for k, refusal in refused.items()}
    column.restate(meant)
    if refusals:
        column.refuse(refusals)
    return sorted(readings, key=lambda r: (-len(r.rows), r.word))


def _candidates(column: CheckedColumn, table: str, words: Words) -> Iterator[int]:
    """Yield the texts that need a look: all of a short list of words, else those that spell a word."""
    declared = column.declared
    if declared.kind in (Kind.ENUM, Kind.FLAG) or (table, declared.name) in words.columns:
        yield from range(column.distinct)
        return
    if declared.kind is Kind.INSTANT:
        # What is a time is no word; and there may be ten million of them.
        yield from np.flatnonzero(column.refused).tolist()
        return
    known = words.spellings | (frozenset(words.own_risk) if declared.name in RISK_COLUMNS else frozenset())
    short = np.flatnonzero(np.diff(text_bytes(column.texts)[0]) <= LONGEST_WORD)
    texts = column.texts if len(short) == column.distinct else column.texts.take(fixed(short, pa.int32()))
    if declared.many:
        yield from (int(k) for k in short if any(p.strip().lower() in known for p in str(column.texts[k]).split("|")))
        return
    hits = bools(pc.is_in(pc.utf8_lower(texts), strings(sorted(known))))
    yield from short[hits].tolist()


def _read(table: str, declared: Column, text: str, words: Words) -> str:
    """Return our text for a force's; empty when it means that nothing is recorded.

    ``CellError`` when it may mean several things, or may not be left open.
    """
    if not declared.many:
        return _one(table, declared, text, words)
    parts = [_one(table, declared, part, words) for part in map(str.strip, text.split("|")) if part]
    return "|".join(dict.fromkeys(filter(None, parts))) if parts != text.split("|") else text


def _one(table: str, declared: Column, text: str, words: Words) -> str:
    if declared.kind is Kind.FLAG and text.lower() in _FLAGS:
        return text
    meant = words.meant(table, declared, text)
    if meant is None:
        return text
    if len(meant) > 1:
        raise CellError(
            Rule.ENUM, f"{text} may mean {' or '.join(meant)}. Write which, or say in words.toml which is always meant."
        )
    if meant:
        return meant[0]
    if declared.never_blank:
        raise CellError(
            Rule.REQUIRED,
            f"{text} says that it is not known, and {table} needs {declared.name} in every row. Fill it in, or delete "
            "the row.",
        )
    if declared.name in ENDS:
        raise CellError(
            Rule.DATE,
            f"{text} says that the day is not known, and a blank cell would say that it has not come. Fill in the day "
            "as near as it is known, or clear the cell if it has not come.",
        )
    return ""


def in_sentences(readings: Iterable[Reading], most: int = 12) -> list[str]:
    """Return one sentence a column: what was read as what, in how many rows.

    >>> in_sentences([Reading("a.csv", "role", "Prin", "principal", np.arange(3))])
    ["a.csv, role: 'Prin' as principal (3)"]
    """
    by_column: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        by_column.setdefault((reading.file, reading.column), []).append(reading)
    sentences = []
    for (file, column), own in by_column.items():
        words = [f"'{r.word}' as {r.means or 'not recorded'} ({len(r.rows):,})" for r in own[:most]]
        more = sum(len(r.rows) for r in own[most:])
        words += [f"{len(own) - most:,} more words ({more:,})"] if more else []
        sentences.append(f"{file}, {column}: {', '.join(words)}")
    return sentences
