"""A print of records in rows: the name of each field beside its value, one record below the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

_LABEL = re.compile(r"[^\W\d_][^:\t]{0,39}")
_PAIR = re.compile(r"\s*(?P<label>[^\W\d_][^:\t]{0,39}?)\s*(?::|\t)\s*(?P<value>.*?)\s*")
_FEWEST_RECORDS, _FEWEST_FIELDS = 2, 3
_NEARLY_ALL = 0.8
"""Share of the rows that are not blank which a print consists of; the rest are titles and numbers of pages."""

SEVERAL = "|"
"""Stands between values of a field that a record says more than once."""

Line = tuple[int, Sequence[str]]
"""The number of a row and its cells."""


@dataclass(frozen=True, eq=False)
class Print:
    """Records that stood in rows: their fields as columns, the row in which each begins, and rows of no record."""

    columns: dict[str, list[str]]
    rows: np.ndarray  # int32
    other: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))  # int32


def read_print(lines: Sequence[Line]) -> Print | None:
    """Read rows of a field and its value each as records; None where they are none.

    The first field begins a record whenever it comes again, as an id does. Fields keep their order within a record, and
    there are at least three in at least two records: a list of pairs, such as who calls whom, is no print.
    """
    pairs, other = [], []
    for number, cells in lines:
        filled = [c.strip() for c in cells if c.strip()]
        if not filled:
            continue
        pair = _pair(filled, cells)
        if pair is None:
            other.append(number)
        else:
            pairs.append((number, *pair))
    if len(pairs) < _NEARLY_ALL * (len(pairs) + len(other)) or not pairs:
        return None
    times = Counter(label for _, label, _ in pairs)
    # A title above the first record has no other of its name.
    begin = next((k for k, (_, label, _) in enumerate(pairs) if times[label] >= _FEWEST_RECORDS), len(pairs))
    other += [number for number, _, _ in pairs[:begin]]
    records = _records(pairs[begin:])
    if records is None:
        return None
    names = list(dict.fromkeys(label for _, record in records for label in record))
    columns = {n: [SEVERAL.join(record.get(n, ())) for _, record in records] for n in names}
    return Print(columns, np.array([number for number, _ in records], np.int32), np.array(sorted(other), np.int32))


def _pair(filled: Sequence[str], cells: Sequence[str]) -> tuple[str, str] | None:
    if len(filled) == 2 and _LABEL.fullmatch(filled[0].rstrip(" :")):
        return filled[0].rstrip(" :"), filled[1]
    if len(filled) == 1:
        if match := _PAIR.fullmatch(filled[0]):
            return match.group("label"), match.group("value")
        if len(cells) > 1 and _LABEL.fullmatch(filled[0].rstrip(" :")):
            # A field without a value.
            return filled[0].rstrip(" :"), ""
    return None


def _records(pairs: Sequence[tuple[int, str, str]]) -> list[tuple[int, dict[str, list[str]]]] | None:
    """Cut pairs into records; None when fields come in no order, or too few to be a print."""
    if not pairs:
        return None
    records: list[tuple[int, dict[str, list[str]]]] = []
    place: dict[str, int] = {}
    first, last = pairs[0][1], -1
    for number, label, value in pairs:
        if label == first:
            records.append((number, {}))
            last = -1
        at = place.setdefault(label, len(place))
        # A field that was met for the first time in a later record stands where it stands.
        if at < last and label in records[-1][1]:
            return None
        last = max(last, at)
        held = records[-1][1].setdefault(label, [])
        if value:
            held.append(value)
    fields = sum(len(record) for _, record in records) / len(records)
    return records if len(records) >= _FEWEST_RECORDS and fields >= _FEWEST_FIELDS else None
