"""Text a column at a time: numbers and words joined row by row, fast for any number of people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def counted(numbers: np.ndarray, one: str) -> pa.Array:
    """Return 1 crime, 2 crimes, ..."""
    return join(number(numbers), pc.if_else(pa.array(numbers == 1), f" {one}", f" {one}s"))


def hundredths(share: np.ndarray) -> np.ndarray:
    """Return whole percentiles, rounded down: nobody stands above a hundred of a hundred."""
    return np.floor(100 * share + 1e-6).astype(np.int64)


def number(values: np.ndarray) -> pa.Array:
    """Return whole numbers as text."""
    return pa.array(values).cast(pa.string())


def decimal(values: np.ndarray, digits: int) -> pa.Array:
    """Return numbers of at least 0 as text with a fixed number of digits."""
    scaled = np.round(values * 10**digits).astype(np.int64)
    whole, part = np.divmod(scaled, 10**digits)
    return join(number(whole), ".", pc.utf8_lpad(number(part), digits, "0"))


def join(*parts: pa.Array | str) -> pa.Array:
    """Join columns and fixed words, row by row; null where a column is."""
    cells: Sequence[pa.Array | pa.Scalar] = [pa.scalar(p) if isinstance(p, str) else p for p in parts]
    return pc.binary_join_element_wise(*cells, "")


def listed(parts: Sequence[tuple[pa.Array, np.ndarray]]) -> pa.Array:
    """Join with commas, row by row, those of the columns that count there; empty where none does.

    Parameters
    ----------
    parts : sequence of (pyarrow.Array, ndarray of bool)
        Texts, and in which rows they count.
    """
    cells = [pc.if_else(pa.array(counts), texts, None) for texts, counts in parts]
    # pyarrow 26 leaves a row out altogether when it skips all that the row has.
    none = ~np.any([counts for _, counts in parts], axis=0)
    cells[0] = pc.if_else(pa.array(none), "", cells[0])
    return pc.binary_join_element_wise(*cells, ", ", null_handling="skip")
