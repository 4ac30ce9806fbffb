"""Rows for one table, gathered from the sheets of its source: filtered, looked up, one for each value of a cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.english import counted, near
from ocgnet.errors import SourceError
from ocgnet.importing.mapping import ColumnRule, Each, Join, SourceRule, TableRule, fits, linear_pattern
from ocgnet.importing.sheets import RowsLeft, Sheet
from ocgnet.importing.thing_ids import FORMS
from ocgnet.sources.arrays import fixed, strings
from ocgnet.words import plain

_PIECE = re.compile(r"\{([^{}]*)\}")
_MISSING = -1
ROW = "#"
"""Stands in a template for the number of the row in its sheet."""


def by_text(texts: pa.Array, turned: Callable[[str], str | None]) -> tuple[pa.Array, np.ndarray]:
    """Turn every text, each different one once; return the results (blank for None) and where None came out."""
    encoded = texts.dictionary_encode()
    words: list[str] = encoded.dictionary.to_pylist()
    results = [turned(w) for w in words]
    out = strings([r or "" for r in results])
    none = np.array([r is None for r in results], bool)
    codes = _numbers(encoded.indices)
    failed = none[codes] if len(words) else np.zeros(len(texts), bool)
    return (out.take(encoded.indices) if len(words) else texts), failed


def _numbers(indices: pa.Array) -> np.ndarray:
    return np.frombuffer(indices.buffers()[1], np.int32, len(indices) + indices.offset)[indices.offset :]


def plain_array(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one array; only a column of over 2 GB of text needs several, and is refused."""
    if isinstance(column, pa.Array):
        return column
    try:
        whole = column.combine_chunks()
    except pa.ArrowInvalid as error:
        raise SourceError("A column holds over 2 GB of text. Import the sheet in two parts.") from error
    if isinstance(whole, pa.ChunkedArray):
        return pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.nulls(0, pa.string())
    return whole


@dataclass(frozen=True, eq=False)
class SourceRows:
    """The sheets of one source as one: columns of all, and of each row its sheet and its number there.

    A column that only some of the sheets have is blank in the others.
    """

    rule: SourceRule
    sheets: tuple[Sheet, ...]

    @property
    def num_rows(self) -> int:
        """Records of all sheets."""
        return sum(s.num_rows for s in self.sheets)

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns of all sheets."""
        return tuple(dict.fromkeys(c for s in self.sheets for c in s.header))

    @cached_property
    def sheet_of(self) -> np.ndarray:
        """Place of each row's sheet among the sheets (int32)."""
        return np.repeat(np.arange(len(self.sheets), dtype=np.int32), [s.num_rows for s in self.sheets])

    @cached_property
    def lines(self) -> np.ndarray:
        """Number of each row in its sheet (int32)."""
        return np.concatenate([s.rows for s in self.sheets])

    @property
    def shown(self) -> str:
        """What an analyst calls it."""
        return ", ".join(s.name for s in self.sheets[:3]) + (", …" if len(self.sheets) > 3 else "")

    def column(self, name: str) -> pa.Array:
        """Return one column of all sheets as text, trimmed."""
        if name not in self.header:
            tip = near(name, self.header) if len(self.header) < 30 else "."
            raise SourceError(f"{self.shown} has no column {name}, which the mapping reads{tip} Change the mapping.")
        parts = []
        for sheet in self.sheets:
            held = sheet.columns.get(name)
            if held is None:
                parts.append(pa.repeat("", sheet.num_rows))
            else:
                parts += held.chunks
        whole = plain_array(pa.chunked_array(parts, pa.string()))
        return pc.utf8_trim_whitespace(whole)


@dataclass(eq=False)
class _View:
    """A source with some of its rows, some of them several times, and what was looked up for them."""

    source: SourceRows
    places: np.ndarray | None = None  # of the rows in the source; None for all
    own: dict[str, pa.Array] = field(default_factory=dict)  # columns whose cells were cut into pieces
    joined: dict[str, tuple[SourceRows, np.ndarray]] = field(default_factory=dict)  # by alias: rows there, -1 for none
    held: dict[str, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.source.num_rows if self.places is None else len(self.places)

    @property
    def rows(self) -> np.ndarray:
        return np.arange(self.source.num_rows) if self.places is None else self.places

    def column(self, name: str) -> pa.Array:
        if name == ROW:
            return strings([str(n) for n in self.source.lines[self.rows].tolist()])
        if name in self.own:
            return self.own[name]
        if name not in self.held:
            self.held[name] = self._read(name)
        return self.held[name]

    def _read(self, name: str) -> pa.Array:
        alias, dot, rest = name.partition(".")
        if dot and alias in self.joined and name not in self.source.header:
            other, rows = self.joined[alias]
            return _taken(other.column(rest), rows)
        whole = self.source.column(name)
        return whole if self.places is None else whole.take(fixed(self.places, pa.int64()))

    def kept(self, mask: np.ndarray) -> _View:
        """Return the rows that are marked."""
        if mask.all():
            return self
        own = {n: c.filter(fixed(mask, pa.bool_())) for n, c in self.own.items()}
        return _View(self.source, self.rows[mask], own, {a: (s, r[mask]) for a, (s, r) in self.joined.items()})


def _taken(column: pa.Array, rows: np.ndarray) -> pa.Array:
    """Take rows of a column, blank where there is none."""
    missing = rows == _MISSING
    if not len(column):
        return pa.repeat("", len(rows))
    taken = column.take(fixed(np.where(missing, 0, rows).astype(np.int64), pa.int64()))
    return pc.if_else(fixed(missing, pa.bool_()), "", taken) if missing.any() else taken


@dataclass(frozen=True, eq=False)
class Gathered:
    """Rows of one rule as they were written, by column of the table; columns of one length.

    ``places`` are the rows of the source that each comes from; ``left`` those that went no further; ``pieces`` how many
    rows came of cells that hold several values, None without such cells.
    """

    rule: TableRule
    source: SourceRows
    columns: Mapping[str, pa.Array]
    places: np.ndarray
    left: tuple[RowsLeft, ...]
    notes: tuple[str, ...] = ()

    @property
    def num_rows(self) -> int:
        """Rows that were gathered."""
        return len(self.places)


def gather(rule: TableRule, sources: Mapping[str, SourceRows]) -> Gathered:
    """Gather the rows of one rule; nothing is turned into our words yet."""
    source = sources[rule.source]
    lines = source.lines
    view = _View(source)
    left: list[RowsLeft] = []
    notes: list[str] = []
    for filters, wanted in ((rule.where, True), (rule.unless, False)):
        for name, values in filters.items():
            mask = _among(view.column(name), values) == wanted
            if not mask.all():
                asked = "is not" if wanted else "is"
                left.append(RowsLeft(f"{name} {asked} {', '.join(values[:4])}", lines[view.rows[~mask]]))
                view = view.kept(mask)
    for join in rule.joins:
        view, told = _joined(view, join, sources, _asked_of(rule, join.alias))
        notes += told
    if rule.each:
        view, cut, told = _pieces(view, rule.each)
        left += cut
        notes += told
    columns = {c.column: _filled(c, view) for c in rule.columns if c.take != "count"}
    return Gathered(rule, source, columns, view.rows, tuple(left), tuple(notes))


def _among(column: pa.Array, values: Sequence[str]) -> np.ndarray:
    """Return which texts are one of some words."""
    asked = {plain(v) for v in values}
    return ~by_text(column, lambda t: "" if plain(t) in asked else None)[1]


def _asked_of(rule: TableRule, alias: str) -> list[str]:
    """Return the columns of a joined source that anything reads."""
    read = [n for c in rule.columns for n in c.reads] + [j.on for j in rule.joins] + [*rule.where, *rule.unless]
    return list(dict.fromkeys(n.partition(".")[2] for n in read if n.startswith(f"{alias}.")))


def _joined(
    view: _View, join: Join, sources: Mapping[str, SourceRows], asked: Sequence[str]
) -> tuple[_View, list[str]]:
    if join.source not in sources:
        raise SourceError(
            f"No sheet was given that is the source {join.source}, in which the mapping looks up {join.on}."
        )
    other = sources[join.source]
    keys = other.column(join.to).dictionary_encode()
    codes = _numbers(keys.indices)
    _, first = np.unique(codes, return_index=True)
    at = np.zeros(len(keys.dictionary), np.int64)
    at[codes[first]] = first
    # One that stands in several rows, which do not agree in what is asked of them, could be any of them.
    agree = np.ones(len(codes), bool)
    for name in asked:
        held = other.column(name).dictionary_encode()
        numbers = _numbers(held.indices)
        agree &= numbers == numbers[at[codes]]
    several = np.zeros(len(at), bool)
    several[codes[~agree]] = True
    at[several] = _MISSING
    column = view.column(join.on)
    found = pc.index_in(column, value_set=keys.dictionary)
    none = ~_valid(found) | _valid(pc.index_in(column, value_set=strings([""])))
    number = np.where(none, 0, _numbers(pc.fill_null(found, 0)))
    rows = np.where(none, _MISSING, at[number] if len(at) else _MISSING)
    told = []
    if len(at) and (doubtful := int((several[number] & ~none).sum())):
        told.append(
            f"{doubtful:,} rows name a {join.on} that stands in several rows of {other.shown}, so it finds none of them"
        )
    filled = ~_valid(pc.index_in(column, value_set=strings([""])))
    if lost := int((none & filled).sum()):
        told.append(f"{counted(lost, 'row')}: what stands under {join.on} is not in {other.shown}")
    return replace(view, joined=view.joined | {join.alias: (other, rows)}, held={}), told


def _valid(array: pa.Array) -> np.ndarray:
    if not array.null_count:
        return np.ones(len(array), bool)
    bits = np.frombuffer(array.buffers()[0], np.uint8)
    return np.unpackbits(bits, count=array.offset + len(array), bitorder="little")[array.offset :].astype(bool)


def _pieces(view: _View, each: Each) -> tuple[_View, list[RowsLeft], list[str]]:
    cells = view.column(each.column)
    lists = pc.split_pattern(cells, each.between)
    pieces = pc.utf8_trim_whitespace(pc.list_flatten(lists))
    parents = _int64(pc.list_parent_indices(lists))
    if each.part:
        whole = pieces
        pieces = part_of(pieces, each.part)
        unfit = filled(whole) & ~filled(pieces)
    else:
        unfit = np.zeros(len(pieces), bool)
    old = view.rows
    lines = view.source.lines
    left = []
    if unfit.any():
        left.append(
            RowsLeft(
                f"a piece of {each.column} does not have the form that the mapping says", lines[old[parents[unfit]]]
            )
        )
    keep = filled(pieces)
    with_some = np.zeros(len(view), bool)
    with_some[parents[keep | unfit]] = True
    if not with_some.all():
        left.append(RowsLeft(f"{each.column} is blank", lines[old[~with_some]]))
    if not keep.all():
        pieces, parents = pieces.filter(fixed(keep, pa.bool_())), parents[keep]
    joined = {a: (s, r[parents]) for a, (s, r) in view.joined.items()}
    told = [f"{int(with_some.sum()):,} cells of {each.column} hold {len(parents):,} values, a row each"]
    return _View(view.source, old[parents], {each.column: pieces}, joined), left, told


def _int64(array: pa.Array) -> np.ndarray:
    width = np.int32 if array.type == pa.int32() else np.int64
    held = np.frombuffer(array.buffers()[1], width, len(array) + array.offset)[array.offset :]
    return held.astype(np.int64)


def filled(texts: pa.Array) -> np.ndarray:
    """Return which texts are not blank."""
    if not len(texts):
        return np.zeros(0, bool)
    ends = np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1 + texts.offset)[texts.offset :]
    return np.diff(ends) > 0


def part_of(texts: pa.Array, pattern: str) -> pa.Array:
    """Return the first group of a regular expression, or what it matches as a whole; blank where it does not."""
    encoded = texts.dictionary_encode()
    found = pc.extract_regex(encoded.dictionary, linear_pattern(pattern))
    parts = pc.utf8_trim_whitespace(pc.fill_null(pc.struct_field(found, "part"), ""))
    return parts.take(encoded.indices)


def _filled(rule: ColumnRule, view: _View) -> pa.Array:
    if rule.const:
        return pa.repeat(rule.const, len(view))
    texts: pa.Array | None = None
    for template in rule.templates:
        made = _made(template, view)
        texts = made if texts is None else pc.if_else(fixed(filled(texts), pa.bool_()), texts, made)
    if rule.part:
        texts = part_of(texts, rule.part)
    return by_text(texts, FORMS[rule.form])[0] if rule.form else texts


def _made(template: str, view: _View) -> pa.Array:
    """Fill the names of columns in a text; blank where all of them are, without loose signs where some are."""
    pieces = _PIECE.split(template)
    if len(pieces) == 3 and not pieces[0] and not pieces[2]:
        return view.column(pieces[1])
    parts, blank = [], np.ones(len(view), bool)
    some = np.zeros(len(view), bool)
    for k, piece in enumerate(pieces):
        if k % 2:
            column = view.column(piece)
            has = filled(column)
            blank &= ~has
            some |= ~has
            parts.append(column)
        elif piece:
            parts.append(pa.scalar(piece))
    if len(parts) == 1 and isinstance(parts[0], pa.Scalar):
        return pa.repeat(template, len(view))
    made = pc.binary_join_element_wise(*parts, "")
    partly = some & ~blank
    if partly.any():
        tidy = by_text(made.filter(fixed(partly, pa.bool_())), _tidied)[0]
        made = pc.replace_with_mask(made, fixed(partly, pa.bool_()), tidy)
    return pc.if_else(fixed(blank, pa.bool_()), "", made) if blank.any() else made


def _tidied(text: str) -> str:
    return re.sub(r"\s+([,;])", r"\1", " ".join(text.split())).strip(" ,;/-")


def sources_of(rules: Sequence[SourceRule], sheets: Sequence[Sheet]) -> dict[str, SourceRows]:
    """Return the sheets of each source that has any; a sheet belongs to every source whose patterns it fits."""
    of_rules = {rule.name: tuple(s for s in sheets if fits(rule, s.file, s.sheet)) for rule in rules}
    return {rule.name: SourceRows(rule, of_rules[rule.name]) for rule in rules if of_rules[rule.name]}
