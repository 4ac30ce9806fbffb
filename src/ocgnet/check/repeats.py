"""Rows by their identity: in which order they stand, and which stand more than once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

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
    columns: Mapping[str, CheckedColumn], identity: np.ndarray, sound: np.ndarray, good: np.ndarray
) -> Repeats | None:
    """Find rows of the same identity.

    Parameters
    ----------
    columns : mapping of str to CheckedColumn
        Columns of the table.
    identity : ndarray of int, shape (rows,)
        As from :func:`identities`.
    sound, good : ndarray of bool, shape (rows,)
        Rows that take part, and rows without any error: of several copies the good one that sorts
        first by its content is kept, so that the order of the rows never matters.

    Returns
    -------
    Repeats or None
        None when every identity stands once.
    """
    keys = identity[sound]
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


def identities(columns: Sequence[CheckedColumn]) -> np.ndarray:
    """Return one number per row, in the order of the values of all columns; the same where all are the same.

    Blank equals blank and comes last. What was refused equals nothing else.
    """
    found = np.zeros(len(columns[0].codes), np.int64)
    size = 1
    for column in columns:
        # Room for a rank of each text, for each refused text once more, and for blank.
        width = 2 * len(column.texts) + 2
        if size * width >= 2**62:
            found = np.unique(found, return_inverse=True)[1].astype(np.int64)
            size = len(found) + 1
        found = found * width + _ranks(column)
        size *= width
    return found


def _ranks(column: CheckedColumn) -> np.ndarray:
    """Rank the cells of a column by what they stand for: 31/01/2019 and 2019-01-31 are one day."""
    texts = len(column.texts)
    ranks = numbers(pc.rank(column.values, tiebreaker="dense"), np.uint64).astype(np.int64)
    ranks[column.refused] = texts + 1 + np.flatnonzero(column.refused)
    found: np.ndarray = np.append(ranks, 2 * texts + 1)[column.codes]
    return found
