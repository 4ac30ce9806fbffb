"""Writes large tables as CSV in pieces, so that memory stays the same however many rows there are."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model import TABLES
from ocgnet_demo.drawing import Row, csv_text

PIECE = 100_000
"""Rows that are put into words at a time."""


class Words:
    """Texts by position, quoted once as CSV needs it; the last one, for position -1, is blank.

    Parameters
    ----------
    texts : sequence of str
        Texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = pa.array([*(_quoted(t) for t in texts), ""], pa.string())

    def __call__(self, positions: np.ndarray) -> pa.Array:
        """Return the texts at these positions."""
        return self._texts.take(pa.array(np.where(positions < 0, len(self._texts) - 1, positions)))


class TableWriter:
    """Appends rows of one table to its file; columns that are not given stay blank.

    Parameters
    ----------
    out : pathlib.Path
        Data folder.
    table : str
        Table of the model.
    """

    def __init__(self, out: Path, table: str) -> None:
        self._table = table
        self._columns = [c.name for c in TABLES[table].columns]
        self._file: BinaryIO = (out / f"{table}.csv").open("wb")
        self._file.write((",".join(self._columns) + "\n").encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, rows: list[Row]) -> None:
        """Append rows given one by one, in the order of the table's identity."""
        self._file.write(csv_text(self._table, rows).partition("\n")[2].encode())

    def write(self, columns: Mapping[str, pa.Array]) -> None:
        """Append rows given as columns of ready text.

        Raises
        ------
        KeyError
            When the model's table has no column of that name.
        """
        if unknown := set(columns) - set(self._columns):
            raise KeyError(f"no column {', '.join(sorted(unknown))}")
        count = len(next(iter(columns.values())))
        if not count:
            return
        blank = pa.scalar("")
        cells = [columns.get(name, blank) for name in self._columns]
        lines = pc.binary_join_element_wise(*cells, pa.scalar("\n"), ",")
        # The line end was joined like a cell: take the comma before it away.
        text = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), lines), "")
        self._file.write(text[0].as_buffer().to_pybytes().replace(b",\n", b"\n"))


def _quoted(text: str) -> str:
    """Return a cell as CSV writes it.

    >>> _quoted('Public fear, alarm or distress')
    '"Public fear, alarm or distress"'
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([text])
    return line.getvalue() if text else ""
