"""Instants: a day, a time with its zone, or a time on the wall, read many at once and brought to universal time."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.clocks import universal
from ocgnet.sources.arrays import bools, text_bytes
from ocgnet.sources.cells import EARLIEST, ZONED


class Told(IntEnum):
    """What a text of an instant tells of its time."""

    DAY = 0
    ON_THE_WALL = 1
    ZONED = 2


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
