"""Rows that stand more than once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ocgnet.check.columns import CheckedColumn
from ocgnet.sources.arrays import numbers


@dataclass(frozen=True)
class Repeats:
    """Rows of which an earlier row has the same identity.

    Parameters
    ----------
    rows : ndarray of int
        The repetitions, rising.
    first : ndarray of int
        For each, the earliest row of that identity.
    keep : ndarray of int
        One row per repeated identity that stays when rejects are skipped.
    drop : ndarray of int
        The others of that identity.
    """

    rows: np.ndarray
    first: np.ndarray
    keep: np.ndarray
    drop: np.ndarray


def repeats_of(
    columns: Mapping[str, CheckedColumn], names: Sequence[str], sound: np.ndarray, good: np.ndarray
) -> Repeats | None:
    """Find rows with equal values in all of ``names``; blank equals blank.

    Parameters
    ----------
    columns : mapping of str to CheckedColumn
        Columns of the table.
    names : sequence of str
        The identity.
    sound, good : ndarray of bool, shape (rows,)
        Rows that take part, and rows without any error: of several copies the good one that sorts
        first by its content is kept, so that the order of the rows never matters.

    Returns
    -------
    Repeats or None
        None when every identity stands once.
    """
    keys = _keys([columns[n] for n in names])[sound]
    ordered = np.sort(keys)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return None
    repeated = np.isin(keys, twice)
    places = np.flatnonzero(sound)[repeated]
    of_key: dict[int, list[int]] = {}
    for place, key in zip(places.tolist(), keys[repeated].tolist(), strict=True):
        of_key.setdefault(key, []).append(place)
    rows, first, keep, drop = [], [], [], []
    for copies in of_key.values():
        content = {row: tuple(c.text(row) for c in columns.values()) for row in copies}
        kept = min(copies, key=lambda row: (not good[row], content[row], row))
        rows += copies[1:]
        first += [copies[0]] * (len(copies) - 1)
        if good[kept]:
            keep.append(kept)
        drop += [row for row in copies if row != kept]
    order = np.argsort(rows)
    return Repeats(np.array(rows)[order], np.array(first)[order], np.array(keep, int), np.array(sorted(drop)))


def _keys(columns: Sequence[CheckedColumn]) -> np.ndarray:
    """Return one number per row, equal exactly when all columns have the same value."""
    keys = np.zeros(len(columns[0].codes), np.int64)
    size = 1
    for column in columns:
        width = len(column.texts) + 1
        if size * width >= 2**62:
            keys = np.unique(keys, return_inverse=True)[1].astype(np.int64)
            size = len(keys) + 1
        keys = keys * width + (_canonical(column) + 1)
        size *= width
    return keys


def _canonical(column: CheckedColumn) -> np.ndarray:
    """Give texts that stand for the same value one number: 31/01/2019 and 2019-01-31 are one day."""
    if column.values.type == column.texts.type:
        return column.codes
    same = np.append(numbers(column.values.dictionary_encode().indices, np.int32), np.int32(-1))
    found: np.ndarray = same[column.codes]
    return found
