"""Things by what identifies them: one form of every number, two rows of one thing, and records that name a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.identifiers import NUMBERED, identifiers_of, no_postcodes, phone_numbers, what_to_write
from ocgnet.checks.lookalikes import is_scientific
from ocgnet.checks.table import CheckedTable, always
from ocgnet.english import counted
from ocgnet.evidence.spans import group_starts
from ocgnet.model import TABLES
from ocgnet.model.things import CALLING, THING_IDENTIFIERS
from ocgnet.sources import RawTable, Rule, Severity
from ocgnet.sources.arrays import bools, fixed, missing, numbers, strings, without
from ocgnet.sources.cells import CellError

_BY_NUMBER = {
    "communications": (("from_thing", "to_thing"), "phone", CALLING),
    "transfers": (("from_account", "to_account"), "account", ("account",)),
}
"""Tables that may name a thing by its number: where, the kind of thing a number in no row is, and the kinds asked."""

_ASSUMED = {
    "number": "phone",
    "imei": "device",
    "registration": "vehicle",
    "uprn": "address",
    "company_number": "organisation",
}
"""Kind of thing that a filled-in column speaks of where the row's own kind speaks of none."""

_FAMILY = {**dict.fromkeys(NUMBERED, "phone"), "address": "premises"}
"""Kinds that are identified in the same way; any other kind stands for itself."""


@dataclass(frozen=True, eq=False)
class ByNumber:
    """What one column that may name things by number was read as.

    ``forms`` are the texts in it that are numbers in no row of things, in one form, and ``written`` how each was
    written; ``joined`` is in how many rows a number was read as the thing whose number it is.
    """

    kind: str
    forms: pa.Array
    written: pa.Array
    joined: int = 0


def identify_things(
    tables: Mapping[str, CheckedTable], given: Mapping[str, RawTable]
) -> tuple[dict[tuple[str, str], ByNumber], list[str]]:
    """Fill ``things.normalised``, name what identifies nothing or two things, and read numbers as the things they name.

    Return what every column that may name things by number was read as, by table and column, and sentences that say
    it. ``given`` are all tables of the source; where ``things`` is among them and cannot be used, no column is read.
    """
    by_column: dict[tuple[str, str], ByNumber] = {}
    sentences: list[str] = []
    things = tables.get("things")
    if things is not None and len(things.raw.lines):
        _fill(things)
    if "things" in given and things is None:
        return by_column, sentences
    for name, (columns, kind, asked) in _BY_NUMBER.items():
        if name in tables:
            known = _Known(things, asked)
            for column in columns:
                by_column[name, column] = _read(tables[name].columns[column], kind, known)
            sentences += _sentences(tables[name], columns, kind, by_column)
    return by_column, sentences


def made_things(tables: Mapping[str, CheckedTable], by_column: Mapping[tuple[str, str], ByNumber]) -> pa.Table:
    """Return a row of things for every number in no row of things that a good row names."""
    by_form: dict[str, tuple[str, str]] = {}
    for (table, name), read in by_column.items():
        if not len(read.forms):
            continue
        column = tables[table].columns[name]
        used = np.zeros(column.distinct + 1, bool)
        used[column.codes[tables[table].good]] = True
        kept = pc.is_in(read.forms, column.texts.filter(fixed(used[:-1], pa.bool_())))
        pairs = zip(read.forms.filter(kept).to_pylist(), read.written.filter(kept).to_pylist(), strict=True)
        for form, written in pairs:
            by_form[form] = read.kind, min(written, by_form.get(form, ("", written))[1])
    ids = sorted(by_form)
    written = [by_form[form][1] for form in ids]
    kinds = [by_form[form][0] for form in ids]
    filled = {"thing_id": ids, "kind": kinds, "label": written, "number": written, "normalised": ids}
    schema = TABLES["things"].schema
    columns = [strings(filled[f.name]) if f.name in filled else pa.nulls(len(ids), f.type) for f in schema]
    return pa.table(columns, schema=schema)


def _fill(things: CheckedTable) -> None:
    """Put what identifies each thing into ``normalised``, whatever stood there, and name what is odd about it."""
    rows = len(things.raw.lines)
    place, family, is_own = np.full(rows, -1, np.int64), np.full(rows, -1, np.int64), np.zeros(rows, bool)
    pool: list[pa.Array] = []
    families: list[str] = []
    size = 0
    for kind, name, of_kind, own in _filled_in(things):
        column = things.columns[name]
        codes = np.unique(column.codes[of_kind])
        forms = identifiers_of(kind, column.texts.take(fixed(codes, pa.int32())))
        at = np.searchsorted(codes, column.codes[of_kind])
        none = missing(forms)[at]
        if own:
            things.report_text(name, Rule.IDENTIFIER, of_kind[none], _no_identifier(kind), Severity.WARNING)
        else:
            things.report(name, Rule.IDENTIFIER, of_kind, _of_another_kind(things, name), Severity.WARNING)
        rows_with, at = of_kind[~none], at[~none]
        if _FAMILY.get(kind, kind) not in families:
            families.append(_FAMILY.get(kind, kind))
        place[rows_with], family[rows_with] = size + at, families.index(_FAMILY.get(kind, kind))
        is_own[rows_with] = own
        pool.append(forms)
        size += len(forms)
    forms = (pc.fill_null(pa.concat_arrays(pool), "") if pool else strings([])).dictionary_encode()
    code = np.append(numbers(forms.indices, np.int32), np.int32(-1))[place] if pool else place.astype(np.int32)
    _say_what_is_replaced(things, np.where(is_own, code, -1), forms.dictionary)
    things.columns["normalised"].put(np.where(is_own, code, np.int32(-1)).astype(np.int32), forms.dictionary)
    _name_twins(things, family * (len(forms.dictionary) + 1) + code, code >= 0)
    postcode = things.columns["postcode"]
    if postcode.distinct:
        remedy = "This has not the form of a postcode, such as SW1A 2AA. Correct it, or clear the cell."
        rows_of = postcode.where(no_postcodes(postcode.texts))
        things.report_text("postcode", Rule.IDENTIFIER, rows_of, always(remedy), Severity.WARNING)


def _filled_in(things: CheckedTable) -> Iterator[tuple[str, str, np.ndarray, bool]]:
    """Yield kind, column and rows of things whose identifying column holds something; and, not their own, of others.

    A phone whose thing_id is a number with its area code, and whose number is blank, is identified by that.
    """
    kind = things.columns["kind"]
    kinds = kind.texts.to_pylist()
    for k, word in enumerate(kinds):
        if word not in THING_IDENTIFIERS:
            continue
        name = THING_IDENTIFIERS[word]
        of_kind = np.flatnonzero(kind.codes == k)
        blank = things.columns[name].blank[of_kind]
        if not blank.all():
            yield word, name, of_kind[~blank], True
        rest = of_kind[blank]
        if word in NUMBERED and len(rest):
            ids = things.columns["thing_id"]
            called = ids.spread(bools(pc.match_substring_regex(ids.texts, r"^(\+|0)[0-9 ]{9,}$")))[rest]
            if called.any():
                yield word, "thing_id", rest[called], True
                rest = rest[~called]
        for other, speaks_of in _ASSUMED.items():
            if other != name and len(rest):
                odd = rest[~things.columns[other].blank[rest]]
                if len(odd):
                    yield speaks_of, other, odd, False


def _no_identifier(kind: str) -> Callable[[str], str]:
    def remedy(text: str) -> str:
        if is_scientific(text):
            return f"{text} looks like a number that a spreadsheet has shortened. Export this column again as text."
        return (
            f"This identifies no {kind.replace('_', ' ')}, so nothing is found by it. Write {what_to_write(kind)}; "
            "the thing itself stays."
        )

    return remedy


def _of_another_kind(things: CheckedTable, name: str) -> Callable[[int], tuple[str, str]]:
    def explain(row: int) -> tuple[str, str]:
        kind = things.columns["kind"].text(row)
        return things.columns[name].written(row), (
            f"A thing of the kind {kind} is identified by its {THING_IDENTIFIERS[kind]}, and this row gives {name} "
            "instead. Correct the kind, or write it into the right column."
        )

    return explain


def _say_what_is_replaced(things: CheckedTable, code: np.ndarray, forms: pa.Array) -> None:
    """Name what a file gives as ``normalised`` and the records do not say: it is filled in, and that stays nowhere."""
    given = things.columns["normalised"]
    rows = np.flatnonzero(given.codes >= 0)
    if not len(rows):
        return
    written = given.texts.take(fixed(given.codes[rows].astype(np.int64), pa.int64())).to_pylist()
    filled = forms.take(fixed(code[rows].astype(np.int64), pa.int64(), code[rows] < 0)).to_pylist()
    other = rows[[a != b for a, b in zip(written, filled, strict=True)]]
    things.report_text("normalised", Rule.IDENTIFIER, other, always(_REPLACED), Severity.WARNING)


_REPLACED = (
    "This column is filled in when the records are read, from the number, IMEI, mark or other column of the kind; what "
    "stands here is replaced. Leave it out, and correct that column if it is wrong."
)


def _name_twins(things: CheckedTable, key: np.ndarray, identified: np.ndarray) -> None:
    """Warn of rows that are identified as an earlier row is: one thing, or one of another kind."""
    rows = np.flatnonzero(identified)
    order = rows[np.argsort(key[rows], kind="stable")]
    starts = group_starts(key[order])
    first = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))] if len(order) else order
    earlier = dict(zip(order[~starts].tolist(), first[~starts].tolist(), strict=True))
    ids, kinds = things.columns["thing_id"], things.columns["kind"]
    # A row that repeats a thing_id is told for that.
    odd = np.array(sorted(row for row, other in earlier.items() if ids.codes[row] != ids.codes[other]), np.int64)

    def explain(row: int) -> tuple[str, str]:
        other = earlier[row]
        mine, its = kinds.text(row), kinds.text(other)
        says = (
            f"{ids.text(other)} (line {things.raw.lines[other]}) is identified in the same way. Until one of the two "
            "is merged into the other they count as two things."
        )
        if mine != its:
            says = f"This is a {mine}, and a {its} in line {things.raw.lines[other]}. {says}"
        return ids.text(row), says

    things.report("thing_id", Rule.SAME_IDENTIFIER, odd, explain, Severity.WARNING)


class _Known:
    """Things that records may name by number: which forms identify exactly one, and which several."""

    def __init__(self, things: CheckedTable | None, kinds: tuple[str, ...]) -> None:
        self.ids = things.columns["thing_id"].texts if things is not None else strings([])
        self.kinds = kinds
        empty = strings([])
        self.forms, self.of, self.several = empty, empty, empty
        # An id of digits alone may be mistaken for a number, so that only one that says where it begins is one.
        self.numeric_ids = bool(len(self.ids)) and bool(bools(pc.match_substring_regex(self.ids, r"^[0-9]+$")).any())
        if things is None or not len(self.ids):
            return
        kind, ids, normalised = (things.columns[n] for n in ("kind", "thing_id", "normalised"))
        asked = kind.spread(kind.mask(lambda text: text in kinds))
        rows = np.flatnonzero(asked & (ids.codes >= 0) & (normalised.codes >= 0))
        pairs = np.unique(normalised.codes[rows].astype(np.int64) * ids.distinct + ids.codes[rows])
        form, of = pairs // max(ids.distinct, 1), pairs % max(ids.distinct, 1)
        once = np.bincount(form, minlength=len(normalised.texts)) == 1
        single = once[form]
        self.forms = normalised.texts.take(fixed(form[single], pa.int64()))
        self.of = ids.texts.take(fixed(of[single], pa.int64()))
        self.several = normalised.texts.take(fixed(np.unique(form[~single]), pa.int64()))


def _read(column: CheckedColumn, kind: str, known: _Known) -> ByNumber:
    """Read the texts of a column that are no thing_id as the thing whose number they are, or as a new one's number."""
    nothing = ByNumber(kind, strings([]), strings([]))
    if not column.distinct:
        return nothing
    unknown = np.flatnonzero(~bools(pc.is_in(column.texts, known.ids)) & ~column.refused)
    if not len(unknown):
        return nothing
    written = column.texts.take(fixed(unknown, pa.int64()))
    forms = _numbers(written, kind, known)
    if kind == "phone":
        # What is no number may be the handle or the IMEI of a thing that is recorded.
        for other in ("online_handle", "device"):
            others = identifiers_of(other, written)
            forms = pc.if_else(pc.and_(pc.is_null(forms), pc.is_in(others, known.forms)), others, forms)
    several = bools(pc.is_in(forms, known.several)) & ~missing(forms)
    if several.any():
        remedy = "More than one thing has this number. Write the thing_id of the one that is meant."
        odd = written.filter(fixed(several, pa.bool_())).to_pylist()
        column.refuse({text: CellError(Rule.REFERENCE, remedy) for text in odd})
        forms = without(pc.fill_null(forms, ""), several | missing(forms))
    named = pc.index_in(forms, known.forms)
    of_form = known.of.take(named)
    is_id = pc.is_in(forms, known.ids)
    read = pc.coalesce(of_form, forms, written)
    made = ~missing(forms) & missing(of_form) & ~bools(is_id)
    joined = ~missing(of_form) | bools(is_id) & ~missing(forms)
    rows = int(np.isin(column.codes, unknown[joined]).sum()) if joined.any() else 0
    # Texts that became the same become one.
    place = np.arange(column.distinct)
    place[unknown] = column.distinct + np.arange(len(written))
    again = pa.concat_arrays([column.texts, read]).take(fixed(place, pa.int64())).dictionary_encode()
    codes = np.append(numbers(again.indices, np.int32), np.int32(-1))[column.codes]
    column.put(codes, again.dictionary)
    kept = fixed(made, pa.bool_())
    return ByNumber(kind, forms.filter(kept), written.filter(kept), rows)


def _numbers(written: pa.Array, kind: str, known: _Known) -> pa.Array:
    if kind != "phone":
        return identifiers_of(kind, written)
    forms = phone_numbers(written, short_codes=not known.numeric_ids)
    if not known.numeric_ids:
        return forms
    begun = bools(pc.match_substring_regex(written, r"^[\s(]*(\+|0)"))
    return without(pc.fill_null(forms, ""), missing(forms) | ~begun)


def _sentences(
    table: CheckedTable, columns: Sequence[str], kind: str, by_column: Mapping[tuple[str, str], ByNumber]
) -> Iterator[str]:
    """Yield what was read as the thing whose number it is, and which numbers became things."""
    parts = [by_column[table.raw.name, name] for name in columns]
    where = f"{table.raw.file}, {' and '.join(columns)}"
    if joined := sum(part.joined for part in parts):
        yield f"{where}: {counted(joined, 'cell holds', 'cells hold')} a thing's number, read as that thing."
    made = pa.concat_arrays([part.forms for part in parts])
    if len(made):
        number = len(pc.unique(made))
        is_now = "is now a thing" if number == 1 else "are now things"
        yield f"{where}: {counted(number, 'number')} in no row of things, which {is_now} of the kind {kind}."
