"""Sheets: what any source holds, as text that knows its rows, whatever stood above and below the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, eq=False)
class RowsLeft:
    """Rows that went no further, and why; ``rows`` are their numbers in the sheet (int32)."""

    why: str
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet of a workbook, or one file that is a table.

    ``name`` is the sheet's, or that of the file without its ending, and unique among those read; ``header`` holds the
    names of the columns, each once, blank columns gone. ``columns`` hold text of one length, ``""`` when blank; days of
    a workbook are ISO text. ``rows`` are the physical rows (int32). ``titles`` stood above the header; ``left`` are
    rows that are no record. ``sheet`` is the name within a workbook; ``form`` says how a file of text was read, and
    ``asked`` what of it somebody had to say. ``rounded`` are rows, by column, whose number has more digits than a
    spreadsheet keeps; ``cells_left`` are cells that held nothing that can be read.
    """

    name: str
    file: str
    header: tuple[str, ...]
    columns: Mapping[str, pa.ChunkedArray]
    rows: np.ndarray
    titles: tuple[str, ...] = ()
    left: tuple[RowsLeft, ...] = ()
    header_row: int = 1
    sheet: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    rounded: Mapping[str, np.ndarray] = field(default_factory=dict)
    cells_left: tuple[RowsLeft, ...] = ()

    @property
    def num_rows(self) -> int:
        """Number of records."""
        return len(self.rows)

    def texts(self, column: str, limit: int | None = None) -> list[str]:
        """Return the first cells of a column as they stand."""
        held = self.columns[column]
        texts: list[str] = (held if limit is None else held.slice(0, limit)).to_pylist()
        return texts

    def counts(self, column: str, most: int = 1_000) -> dict[str, int]:
        """Return the different texts of a column that are not blank, the most frequent first, at most ``most``."""
        counted = pc.value_counts(self.columns[column])
        pairs = pa.table({"text": counted.field(0), "times": counted.field(1)}).filter(pc.field("text") != "")
        keys = [("times", "descending"), ("text", "ascending")]
        first = pairs.take(pc.select_k_unstable(pairs, min(most, len(pairs)), keys))
        return dict(zip(first["text"].to_pylist(), first["times"].to_pylist(), strict=True))
