"""One column under check: its distinct texts, what they stand for, and where each of them occurs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model import Ahead, Column, Kind
from ocgnet.sources.arrays import bools, byte_screen, fixed, missing, numbers, strings, text_bytes, without
from ocgnet.sources.cells import EARLIEST, LONGEST_CELL, LONGEST_ID, CellError, read_cell

_SCREENS = {
    Kind.ID: (byte_screen(*range(0x20), ord("|"), ord("#"), *range(0x7F, 0x100)), LONGEST_ID),
    Kind.TEXT: (byte_screen(0, ord("#")), LONGEST_CELL),
}
"""A text without such a byte and within that length cannot be refused; most ids and names need no closer look."""

MAY_NEED_TRIMMING = byte_screen(*range(0x21), *range(0x80, 0x100))
"""Bytes that a space at either end of a text may be, or be part of."""
_BLANK = strings([""])


class CheckedColumn:
    """A column of text, encoded; space around a text is dropped.

    Every verdict is passed once per distinct text and carried to the rows by number, which is what makes a million rows
    cheap. ``codes`` (int32 a row) are positions in the distinct ``texts``, -1 where the cell is blank; ``values`` are
    what each text stands for, null where it was ``refused``; ``refusals`` are texts refused for more than what the
    column may hold. In a column of ends or plans a date of ``open_ends`` means "no end": such cells are blank from here
    on, and the attribute ``open_ends`` counts them.
    """

    def __init__(self, declared: Column, cells: pa.ChunkedArray, open_ends: Collection[date] = ()) -> None:
        self.declared = declared
        self.refusals: dict[str, CellError] = {}
        self.codes, self.texts = encoded(cells)
        self.values, self.refused = _read(declared, self.texts)
        self._written: tuple[np.ndarray, pa.Array] | None = None
        self.open_ends = 0
        if declared.ahead is not Ahead.NEVER and self.distinct:
            days = np.array([np.datetime64(d, "D") for d in open_ends], "datetime64[D]")
            if len(rows := self.where(np.isin(self.distinct_days, days))):
                self.open_ends = len(rows)
                self.codes = self.codes.copy()
                self.codes[rows] = -1

    @classmethod
    def absent(cls, declared: Column, rows: int) -> CheckedColumn:
        """Return a column that was not given: blank in every row, at no cost per row."""
        column = cls(declared, pa.chunked_array([], pa.string()))
        column.codes = np.broadcast_to(np.int32(-1), rows)
        return column

    def rows_of(self, texts: Iterable[int]) -> dict[int, np.ndarray]:
        """Return the rows, rising, of each of some distinct texts, by their position."""
        wanted = np.array(sorted(texts), np.int32)
        if not len(wanted):
            return {}
        # One sort of the rows that hold any of them, whatever their number.
        rows = np.flatnonzero(np.isin(self.codes, wanted))
        rows = rows[np.argsort(self.codes[rows], kind="stable")]
        ends = np.searchsorted(self.codes[rows], wanted, "right")
        return dict(zip(wanted.tolist(), np.split(rows, ends[:-1]), strict=True))

    def restate(self, meant: Mapping[int, str | None]) -> None:
        """Put other texts in the place of some distinct ones, by their position; None for blank.

        Texts that become the same become one.
        """
        texts = self.texts.to_pylist()
        if any(texts[k] != text for k, text in meant.items()):
            again = strings([meant.get(k, text) or "" for k, text in enumerate(texts)]).dictionary_encode()
            blank = bools(pc.is_in(again.dictionary, _BLANK))[_codes(again)]
            codes = np.where(blank, np.int32(-1), _codes(again))
            self.put(np.append(codes, np.int32(-1))[self.codes], again.dictionary)

    def put(self, codes: np.ndarray, texts: pa.Array) -> None:
        """Hold other texts: ``codes``, one per row, are positions in ``texts``, -1 for blank."""
        if self._written is None:
            self._written = self.codes, self.texts
        self.codes, self.texts = codes, texts
        self._judge()

    def written(self, row: int) -> str:
        """Return what stands in the file in a row, however it is read; empty when blank."""
        codes, texts = self._written or (self.codes, self.texts)
        return "" if codes[row] < 0 else str(texts[int(codes[row])])

    def refuse(self, refusals: Mapping[str, CellError]) -> None:
        """Refuse some texts, each for a reason of its own."""
        self.refusals.update(refusals)
        self._judge()

    def _judge(self) -> None:
        self.values, self.refused = _read(self.declared, self.texts)
        if self.refusals:
            self.refused |= bools(pc.is_in(self.texts, strings(list(self.refusals))))
            self.values = pc.if_else(fixed(~self.refused, pa.bool_()), self.values, pa.nulls(1, self.values.type)[0])
        self.__dict__.pop("distinct_days", None)

    @property
    def distinct(self) -> int:
        """Number of distinct texts."""
        return len(self.texts)

    @property
    def blank(self) -> np.ndarray:
        """Whether each row's cell is blank, shape ``(rows,)``."""
        return self.codes < 0

    def where(self, distinct: np.ndarray) -> np.ndarray:
        """Return the rows, rising, whose text is marked in ``distinct`` (bool per distinct text)."""
        return np.flatnonzero(self.spread(distinct)) if distinct.any() else np.empty(0, np.int64)

    def spread(self, distinct: np.ndarray) -> np.ndarray:
        """Carry a bool per distinct text to the rows; blank cells get False."""
        return np.append(distinct, False).take(self.codes)

    def text(self, row: int) -> str:
        """Return the text of a row, empty when blank."""
        code = self.codes[row]
        return "" if code < 0 else str(self.texts[int(code)])

    def mask(self, verdict: Callable[[str], bool]) -> np.ndarray:
        """Apply a verdict to every distinct text that was not refused."""
        return np.array([not r and verdict(t) for t, r in zip(self.texts.to_pylist(), self.refused, strict=True)], bool)

    @cached_property
    def distinct_days(self) -> np.ndarray:
        """Day per distinct text of a column of dates or moments, ``datetime64[D]``, NaT where refused."""
        return self._instants().astype("datetime64[D]")

    def times(self) -> np.ndarray:
        """Date or moment per row, ``datetime64[s]``, NaT where blank or refused."""
        return np.append(self._instants(), np.datetime64("NaT", "s")).take(self.codes)

    def day_counts(self, good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the day of every distinct text and in how many of the ``good`` rows it stands."""
        codes = self.codes if good.all() else self.codes[good]
        return self.distinct_days, np.bincount(codes[codes >= 0], minlength=self.distinct)

    def _instants(self) -> np.ndarray:
        date_only = self.declared.kind is Kind.DATE
        stored = numbers(self.values, np.int32 if date_only else np.int64).astype(np.int64)
        instants = stored.astype("datetime64[D]" if date_only else "datetime64[s]").astype("datetime64[s]")
        instants[missing(self.values)] = np.datetime64("NaT", "s")
        return instants

    def why(self, row: int) -> tuple[str, CellError | None]:
        """Return the text of a row and, when it is refused, the refusal."""
        text = self.text(row)
        if text in self.refusals:
            return text, self.refusals[text]
        try:
            read_cell(self.declared, text)
        except CellError as refusal:
            return text, refusal
        return text, None

    def taken(self, rows: np.ndarray) -> pa.Array:
        """Return the typed values of some rows."""
        codes = self.codes[rows]
        return self.values.take(fixed(np.maximum(codes, 0), pa.int32(), codes < 0))


def encoded(cells: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    """Return the distinct texts of a column without space around them, and the position of each row's, -1 for blank."""
    if not len(cells):
        return np.empty(0, np.int32), strings([])
    if pa.types.is_dictionary(cells.type):
        codes, texts = _of_dictionary(cells)
    elif (runs := _runs(cells)) is not None:
        codes, texts = runs
    else:
        encoded = cells.dictionary_encode().combine_chunks()
        codes, texts = _codes(encoded), encoded.dictionary
    if MAY_NEED_TRIMMING[text_bytes(texts)[1]].any():
        again = pc.utf8_trim_whitespace(texts).dictionary_encode()
        codes, texts = np.append(_codes(again), np.int32(-1))[codes], again.dictionary
    for blank in np.flatnonzero(bools(pc.is_in(texts, _BLANK))):
        codes = np.where(codes == blank, np.int32(-1), codes)
    return codes, texts


def _of_dictionary(cells: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    """Return codes and texts of a column that comes as distinct texts; one that stands in no row is none of them."""
    chunks = cells.unify_dictionaries().chunks
    codes = np.concatenate([_codes(chunk) for chunk in chunks])
    # Nobody promises that a dictionary holds each text once.
    again = pc.fill_null(chunks[0].dictionary, "").dictionary_encode()
    used = np.zeros(len(again.dictionary) + 1, bool)
    by_code = np.append(_codes(again), np.int32(-1))
    used[by_code[np.flatnonzero(np.bincount(codes + 1, minlength=len(again) + 1)) - 1]] = True
    place = np.append(np.cumsum(used[:-1], dtype=np.int32) - np.int32(1), np.int32(-1))
    return place[by_code][codes], again.dictionary.filter(fixed(used[:-1], pa.bool_()))


def _runs(cells: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array] | None:
    """Return codes and texts of a column in rising order, as most exports write their ids; None of any other.

    Looking at neighbours costs a tenth of a table of all texts, and gives the same codes.
    """
    if len(cells) < 2 or cells.null_count or not _rising(cells.slice(0, 1_000)) or not _rising(cells):
        return None
    changes = ~bools(pc.equal(cells.slice(1), cells.slice(0, len(cells) - 1)).combine_chunks())
    first = np.append(True, changes)
    return np.cumsum(first, dtype=np.int32) - np.int32(1), cells.filter(fixed(first, pa.bool_())).combine_chunks()


def _rising(cells: pa.ChunkedArray) -> bool:
    one, next_one = cells.slice(0, len(cells) - 1), cells.slice(1)
    return bool(bools(pc.less_equal(one, next_one).combine_chunks()).all())


def _codes(encoded: pa.DictionaryArray) -> np.ndarray:
    codes = numbers(encoded.indices, np.int32)
    absent = missing(encoded.indices)
    return np.where(absent, np.int32(-1), codes) if absent.any() else codes


def _read(declared: Column, texts: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """Return what the texts stand for, and which of them stand for nothing the column may hold."""
    refused = np.zeros(len(texts), bool)
    suspects = _suspects(declared, texts)
    if suspects is not None:
        for k in suspects.tolist():
            refused[k] = _value(declared, str(texts[k])) is _NO_VALUE
        return without(texts, refused) if refused.any() else texts, refused
    if declared.kind is Kind.DATE and (days := _iso_days(texts)) is not None:
        return days, refused
    values = [_value(declared, text) if text else None for text in texts.to_pylist()]
    for k, value in enumerate(values):
        if value is _NO_VALUE:
            refused[k] = True
            values[k] = None
    return _typed(declared, values), refused


def _iso_days(texts: pa.Array) -> pa.Array | None:
    """Return the days of texts that are blank or year-month-day, all of them; None where any asks for a closer look."""
    lengths = np.diff(text_bytes(texts)[0])
    if not np.isin(lengths, (0, len("2019-01-31"))).all():
        return None
    try:
        days = pc.cast(without(texts, lengths == 0), pa.date32())
    except pa.ArrowInvalid:
        return None
    early = numbers(days, np.int32) < (EARLIEST - date(1970, 1, 1)).days
    return None if (early & ~missing(days)).any() else days


_NO_VALUE = object()


def _value(declared: Column, text: str) -> Any:
    try:
        return read_cell(declared, text)
    except CellError:
        return _NO_VALUE


def _typed(declared: Column, values: list[Any]) -> pa.Array:
    absent = np.array([v is None for v in values], bool)
    if declared.arrow == pa.string():
        return without(strings([v or "" for v in values]), absent)
    dtype, filler = _STORED[declared.kind]
    stored = np.array([filler if v is None else v for v in values], dtype)
    if declared.kind is Kind.DATE:
        stored = stored.astype(np.int32)
    return fixed(stored, declared.arrow, absent)


_STORED: dict[Kind, tuple[str, Any]] = {
    Kind.DATE: ("datetime64[D]", date(1970, 1, 1)),
    Kind.MOMENT: ("datetime64[s]", datetime(1970, 1, 1)),
    Kind.INSTANT: ("datetime64[s]", datetime(1970, 1, 1)),
    Kind.INTEGER: ("int64", 0),
    Kind.NUMBER: ("float64", 0.0),
    Kind.FLAG: ("bool", False),
}
"""How values lie in memory, and what lies where there is none."""


def _suspects(declared: Column, texts: pa.Array) -> np.ndarray | None:
    """Return which texts need a closer look; None for all, because reading makes their value."""
    screen = _SCREENS.get(declared.kind)
    if screen is None or declared.many or declared.pattern:
        return None
    odd, longest = screen
    ends, data = text_bytes(texts)
    long = np.flatnonzero(np.diff(ends) > longest)
    return np.union1d(long, np.searchsorted(ends, np.flatnonzero(odd[data]), "right") - 1)
