"""Ids that a spreadsheet has spoilt: shortened numbers and lost zeros, by which people become one, or one several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.errors import SourceError
from ocgnet.importing.assemble import Assembled, Part, named_in
from ocgnet.importing.mapping import ColumnRule
from ocgnet.importing.rows import Gathered
from ocgnet.model import PERSON_TABLES, TABLES, Column, Kind
from ocgnet.model.response import SUBJECTS

_SHORTENED = r"^[0-9]([.,][0-9]+)?[eE]\+[0-9]+$"
_MEASURED = r"^[0-9]{4,}[.,]0$"
_AS_TEXT = (
    "Export again from the system that holds the records as CSV, or, in the spreadsheet, format the column as Text "
    "before the numbers are put into it (Data, From Text/CSV, column type Text)."
)


def refuse_spoilt(gathered: Sequence[Gathered]) -> None:
    """Refuse ids in scientific notation, of more digits than a spreadsheet keeps, or that have lost their zeros.

    ``SourceError`` names the sheet, the column, the rows and how to export them as text.
    """
    for rows in gathered:
        for rule in rows.rule.columns:
            column = TABLES[rows.rule.into].column(rule.column)
            if column.kind is not Kind.ID or rule.const or rule.take == "count":
                continue
            texts = _without_prefix(rule, rows.columns[rule.column])
            where = f"{rows.source.shown}, column {' and '.join(rule.reads)}"
            short = np.flatnonzero(_flags(pc.match_substring_regex(texts, _SHORTENED)))
            if len(short):
                lines = rows.source.lines[rows.places[short]]
                raise SourceError(
                    f"{where}: {len(short):,} ids were shortened by a spreadsheet, such as "
                    f"{texts[int(short[0])].as_py()} in row {lines[0]}, so that different ones look alike. {_AS_TEXT}"
                )
            measured = np.flatnonzero(_flags(pc.match_substring_regex(texts, _MEASURED)))
            if len(measured):
                lines = rows.source.lines[rows.places[measured]]
                raise SourceError(
                    f"{where}: {len(measured):,} ids were made decimal numbers by a program, such as "
                    f"{texts[int(measured[0])].as_py()} in row {lines[0]}, so that they are no ids of other sheets. "
                    f"{_AS_TEXT}"
                )
            for sheet in rows.source.sheets:
                for name in rule.reads:
                    if name in sheet.rounded:
                        raise SourceError(
                            f"{sheet.name}, column {name}, row {sheet.rounded[name][0]}: a spreadsheet keeps fifteen "
                            f"digits of a number, and made the last ones of this id zero. {_AS_TEXT}"
                        )
            _refuse_lost_zeros(texts, where)


def _without_prefix(rule: ColumnRule, texts: pa.Array) -> pa.Array:
    """Return ids without the letters that the mapping puts before each."""
    prefix = rule.parts.partition("{")[0]
    return pc.utf8_slice_codeunits(texts, len(prefix)) if prefix else texts


def _refuse_lost_zeros(texts: pa.Array, where: str) -> None:
    """Refuse a column in which some numbers begin with zeros and others are shorter by as many."""
    begin = pc.unique(texts.filter(pc.match_substring_regex(texts, "^0[0-9]+$")))
    if not len(begin):
        return
    lengths = pc.unique(pc.utf8_length(begin)).to_pylist()
    whole = pc.match_substring_regex(texts, "^[1-9][0-9]*$")
    others = pc.unique(texts.filter(whole))
    if len(lengths) != 1 or not len(others):
        return
    shorter = others.filter(pc.less(pc.utf8_length(others), lengths[0]))
    if len(shorter):
        raise SourceError(
            f"{where}: ids such as {begin[0].as_py()} begin with a zero and have {lengths[0]} digits, and "
            f"{len(shorter):,} others such as {shorter[0].as_py()} are shorter: a spreadsheet has taken their zeros. "
            f"{_AS_TEXT}"
        )


def refuse_lost_zeros_between(out: Assembled) -> None:
    """Refuse ids that name nobody as they stand, and somebody once zeros stand before them."""
    for refers, tables in _spaces().items():
        known = [p.columns[key] for name, key in tables.items() for p in out.parts.get(name, ()) if key in p.columns]
        if not known:
            continue
        ids = pa.concat_arrays(known)
        for name, parts in out.parts.items():
            for column in _naming(name, refers):
                for part in (p for p in parts if column.name in p.columns):
                    _refuse_without_zeros(part, name, column, ids, refers)


def _refuse_without_zeros(part: Part, table: str, column: Column, ids: pa.Array, refers: str) -> None:
    named = named_in(part, column.name, _KINDS.get(refers, ""))
    absent = pc.unique(named.filter(pc.invert(pc.is_in(named, value_set=ids))))
    absent = absent.filter(pc.match_substring_regex(absent, "^[0-9]+$"))
    if not len(absent):
        return
    bare = pc.utf8_ltrim(ids, characters="0")
    at = pc.index_in(pc.utf8_ltrim(absent, characters="0"), value_set=bare)
    for text, place in zip(absent.to_pylist(), at.to_pylist(), strict=True):
        other = "" if place is None else ids[place].as_py()
        if other and other.isdigit():
            raise SourceError(
                f"{part.source.shown} names {text} as {column.name} of {table}, and {other} stands in another sheet: a "
                f"spreadsheet has taken the zeros. {_AS_TEXT}"
            )


def _spaces() -> dict[str, Mapping[str, str]]:
    own = {name: {name: t.key[0]} for name, t in TABLES.items() if len(t.key) == 1 and name not in PERSON_TABLES}
    return {"person": PERSON_TABLES, **own}


_KINDS = {"person" if kind == "person" else targets[0]: kind for kind, targets in SUBJECTS.items()}
"""Kind of subject by the space of its ids."""


def _naming(table: str, refers: str) -> list[Column]:
    named = {refers, *(("nominals",) if refers == "person" else ()), *(("subject",) if refers in _KINDS else ())}
    return [c for c in TABLES[table].columns if c.refers in named and not c.many]


def _flags(array: pa.Array) -> np.ndarray:
    if not len(array):
        return np.zeros(0, bool)
    bits = np.frombuffer(array.buffers()[1], np.uint8)
    return np.unpackbits(bits, count=array.offset + len(array), bitorder="little")[array.offset :].astype(bool)
