"""Instants: a day, a time with its zone, or a time on the wall, read many at once and brought to universal time."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from enum import IntEnum
from functools import cached_property
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.column import MAY_NEED_TRIMMING, CheckedColumn, encoded
from ocgnet.clocks import universal
from ocgnet.model import Column, Kind
from ocgnet.sources.arrays import bools, fixed, missing, numbers, text_bytes
from ocgnet.sources.cells import DAY_FIRST, EARLIEST, ZONED, CellError, read_cell
from ocgnet.sources.parquet import as_text


class Told(IntEnum):
    """What a text of an instant tells of its time."""

    DAY = 0
    ON_THE_WALL = 1
    ZONED = 2


class InstantColumn(CheckedColumn):
    """One column of instants under check.

    Hardly two of ten million are the same, so that they are not looked up in a table of all: each row has a text of
    its own, and is read with all others at once. Times that come as such (from Parquet) become texts only when
    somebody reads them. ``told`` (``Told`` per text) says what each tells of its time.
    """

    def __init__(self, declared: Column, cells: pa.ChunkedArray) -> None:
        self.declared = declared
        self.refusals: dict[str, CellError] = {}
        self.open_ends = 0
        self._written = None
        self._given: pa.Array | None = None
        if pa.types.is_timestamp(cells.type):
            self._times(cells)
            return
        self.codes, texts = _each(cells) if _differ(cells) else encoded(cells)
        self.texts = texts
        seconds, usual = read_usual(texts)
        self._odd = np.flatnonzero(~usual)
        self.refused = np.zeros(len(texts), bool)
        for k in self._odd.tolist():
            if text := str(texts[k]):
                try:
                    seconds[k] = calendar.timegm(read_cell(declared, text).timetuple())
                except CellError:
                    self.refused[k] = True
                usual[k] = not self.refused[k]
        self.values = fixed(seconds, declared.arrow, ~usual)

    def _times(self, cells: pa.ChunkedArray) -> None:
        """Take times as they are: with a zone universal, without one those of the clock on the wall."""
        given = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
        blank = missing(given)
        self._given, self._odd = given, np.empty(0, np.int64)
        self.codes = np.where(blank, np.int32(-1), np.arange(len(given), dtype=np.int32))
        seconds = numbers(given, np.int64)
        if given.type.tz is None:
            seconds = universal(np.where(blank, 0, seconds).astype("datetime64[s]")).astype(np.int64)
        early = ~blank & (seconds < _EARLIEST * _DAY)
        self.refused = early
        self.values = fixed(seconds, self.declared.arrow, blank | early)

    @property
    def distinct(self) -> int:
        """Number of texts; the same one may stand in several rows."""
        return len(self.values)

    @cached_property
    def texts(self) -> pa.Array:
        """The text of each time, none of which is null."""
        return pc.fill_null(_text(self._given), "").combine_chunks()

    @cached_property
    def told(self) -> np.ndarray:
        """What each text tells of its time (``Told``), uint8; a text that is no time tells anything."""
        if self._given is None:
            return told(self.texts)
        return np.full(len(self.values), Told.ON_THE_WALL if self._given.type.tz is None else Told.ZONED, np.uint8)

    @property
    def seconds(self) -> np.ndarray:
        """Seconds of universal time of each text, int64; anything where it is refused."""
        return numbers(self.values, np.int64)

    def day_counts(self, good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return every day on which a time stands, and in how many of the ``good`` rows."""
        codes = self.codes[good & (self.codes >= 0)]
        days = self.distinct_days.take(codes)
        days = days[~np.isnat(days)]
        if not len(days):
            return days, np.empty(0, np.int64)
        # A count for each day between is sooner made than ten million days are sorted.
        first = days.min()
        counts = np.bincount((days - first).astype(np.int64))
        stands = np.flatnonzero(counts)
        return first + stands, counts[stands]

    @property
    def day_first(self) -> np.ndarray:
        """Which texts write the day first, bool."""
        first = np.zeros(len(self.values), bool)
        if len(self._odd):
            odd = self.texts.take(fixed(self._odd, pa.int64()))
            first[self._odd] = bools(pc.match_substring(odd, DAY_FIRST))
        return np.asarray(first & ~self.refused)

    def text(self, row: int) -> str:
        """Return the text of a row, empty when blank."""
        if self._given is None or self.codes[row] < 0:
            return super().text(row)
        return str(_text(self._given.slice(row, 1))[0])

    def written(self, row: int) -> str:
        """Return what stands in the file in a row; empty when blank."""
        return self.text(row)

    def restate(self, meant: Mapping[int, str | None]) -> None:
        """Make cells blank whose word says that nothing is known; no word says a time."""
        gone = np.zeros(len(self.values) + 1, bool)
        gone[list(meant)] = True
        self.codes = np.where(gone[self.codes], np.int32(-1), self.codes)

    def refuse(self, refusals: Mapping[str, CellError]) -> None:
        """Refuse some texts, which are no times, each for a reason of its own."""
        self.refusals.update(refusals)


def _text(times: pa.Array) -> pa.ChunkedArray:
    return cast(pa.ChunkedArray, as_text(pa.chunked_array([times]), Kind.INSTANT))


def _differ(cells: pa.ChunkedArray) -> bool:
    """Whether most texts stand in one row only, as times do and days do not."""
    some = cells.slice(0, 10_000)
    return not pa.types.is_dictionary(cells.type) and 2 * pc.count_distinct(some).as_py() > len(some)


def _each(cells: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    """Return a text for each row, and which it is."""
    texts = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    ends, data = text_bytes(texts)
    if MAY_NEED_TRIMMING[data].any():
        texts = pc.utf8_trim_whitespace(texts)
        ends = text_bytes(texts)[0]
    return np.where(np.diff(ends) == 0, np.int32(-1), np.arange(len(texts), dtype=np.int32)), texts


_FORMS = {
    len("2019-01-31"): "dddd-dd-dd",
    len("2019-01-31T21:30"): "dddd-dd-ddTdd:dd",
    len("2019-01-31T21:30Z"): "dddd-dd-ddTdd:ddZ",
    len("2019-01-31T21:30:05"): "dddd-dd-ddTdd:dd:dd",
    len("2019-01-31T21:30:05Z"): "dddd-dd-ddTdd:dd:ddZ",
    len("2019-01-31T21:30+01:00"): "dddd-dd-ddTdd:dd+dd:dd",
    len("2019-01-31T21:30:05+01:00"): "dddd-dd-ddTdd:dd:dd+dd:dd",
}
"""Usual forms by their length; a digit, a T or a space, and a plus or a minus stand where they stand here."""

_ZERO, _LONGEST, _FAR = ord("0"), 14, 9000
_AT_ONCE = 500_000
_DAY = 86_400
_EARLIEST = int(np.datetime64(EARLIEST, "D").astype(int))


def read_usual(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the seconds of universal time of texts in usual forms, int64, and which texts those are.

    All others, impossible dates and times among them, ask for a closer look.
    """
    ends, data = text_bytes(texts)
    seconds, usual = np.zeros(len(texts), np.int64), np.zeros(len(texts), bool)
    local = np.zeros(len(texts), bool)
    for begin in range(0, len(texts), _AT_ONCE):
        end = min(begin + _AT_ONCE, len(texts))
        _read_some(ends[begin : end + 1], data, *(a[begin:end] for a in (seconds, usual, local)))
    if local.any():
        seconds[local] = universal(seconds[local].astype("datetime64[s]")).astype(np.int64)
    return seconds, usual


def _read_some(ends: np.ndarray, data: np.ndarray, seconds: np.ndarray, usual: np.ndarray, local: np.ndarray) -> None:
    lengths = np.diff(ends)
    for length in set(np.unique(lengths).tolist()) & set(_FORMS):
        rows = np.flatnonzero(lengths == length)
        form = _FORMS[length]
        if len(rows) == len(lengths):
            signs = data[ends[0] : ends[-1]].reshape(-1, length)
        else:
            signs = data[ends[rows][:, None] + np.arange(length)]
        # By place and not by text: each column of signs then lies together.
        read, sound = _fields(np.ascontiguousarray(signs.T), form)
        rows = rows[sound]
        seconds[rows], usual[rows] = read[sound], True
        local[rows] = form.endswith("d") and length > len("2019-01-31") and "+" not in form


def _fields(signs: np.ndarray, form: str) -> tuple[np.ndarray, np.ndarray]:
    """Return seconds, before the clock on the wall is considered, and which texts stand for some."""
    sound = np.ones(signs.shape[1], bool)
    for place, sign in enumerate(form):
        here = signs[place]
        if sign == "d":
            sound &= (here - np.uint8(_ZERO)) < 10
        elif sign == "T":
            sound &= (here == ord("T")) | (here == ord(" "))
        elif sign == "+":
            sound &= (here == ord("+")) | (here == ord("-"))
        else:
            sound &= here == ord(sign)

    def number(begin: int, digits: int = 2) -> np.ndarray:
        value: np.ndarray = signs[begin].astype(np.int32) - _ZERO
        for place in range(begin + 1, begin + digits):
            value = value * 10 + (signs[place].astype(np.int32) - _ZERO)
        return value

    year, month, day = number(0, 4), number(5), number(8)
    sound &= (month >= 1) & (month <= 12) & (day >= 1) & (year < _FAR)
    months = (year - 1970) * 12 + np.clip(month, 1, 12) - 1
    first, first_of_next = (_first_days(months + more) for more in (0, 1))
    days = first + day - 1
    sound &= (days < first_of_next) & (days >= _EARLIEST)
    read = days.astype(np.int64) * _DAY
    if len(form) > len("2019-01-31"):
        clock = [number(11), number(14)] + ([number(17)] if form[16:17] == ":" else [])
        for value, size in zip(clock, (24, 60, 60), strict=False):
            sound &= value < size
        for value, worth in zip(clock, (3600, 60, 1), strict=False):
            read += value.astype(np.int64) * worth
    if "+" in form:
        hours, minutes = number(len(form) - 5), number(len(form) - 2)
        sound &= (hours <= _LONGEST) & (minutes < 60)
        ahead = (hours * 60 + minutes).astype(np.int64) * 60
        read -= np.where(signs[form.index("+")] == ord("-"), -ahead, ahead)
    return read, sound


def _first_days(months: np.ndarray) -> np.ndarray:
    """Return the day on which each month begins, both counted from 1970."""
    low = int(months.min()) if len(months) else 0
    table = np.arange(low, (int(months.max()) if len(months) else 0) + 1).astype("datetime64[M]")
    return np.asarray(table.astype("datetime64[D]").astype(np.int64)[months - low])


def told(texts: pa.Array) -> np.ndarray:
    """Return what each text tells of its time (``Told``), uint8; a text that is no time tells anything."""
    ends, data = text_bytes(texts)
    lengths = np.diff(ends)
    what = np.full(len(texts), Told.ON_THE_WALL, np.uint8)
    what[lengths <= len("2019-01-31")] = Told.DAY
    long = lengths > len("2019-01-31")
    if long.any():
        last = np.zeros(len(texts), np.uint8)
        last[long] = data[ends[1:][long] - 1]
        what[long & (last == ord("Z"))] = Told.ZONED
        open_question = long & (last != ord("Z"))
        if open_question.any() and not (lengths[open_question] == len("2019-01-31T21:30:05")).all():
            what[bools(pc.match_substring_regex(texts, f"{ZONED}$")) & long] = Told.ZONED
    return what
