"""Cells as text that is the same on every machine, a whole column at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.results import ResultTable


def csv_rows(table: ResultTable) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return header and rows of a result table as text, ready for ``outputs.write_csv``.

    Parameters
    ----------
    table : ResultTable
        Any result.

    Returns
    -------
    header : list of str
        Declared column names.
    rows : list of tuple of str
        In the order of the table; empty for a table without rows.

    Notes
    -----
    Whole numbers have no decimal point, other numbers six significant digits (whole ones from 100,000
    up, so that no digit before the point is lost), dates are ISO, flags ``true`` and ``false``, and a
    missing value is empty. Six digits hide the last bits in which processors differ.
    """
    columns = [_WRITTEN[c.kind](table.frame[c.name]) for c in table.columns]
    return [c.name for c in table.columns], list(zip(*columns, strict=True))


def json_text(table: ResultTable) -> str:
    """Return a result table as a JSON list with one object, and one line, per row.

    Numbers are rounded as in CSV, so that both formats hold the same values; a missing value is null.
    An empty table is ``[]``.
    """
    names = [c.name for c in table.columns]
    columns = [_JSON[c.kind](table.frame[c.name]) for c in table.columns]
    rows = (json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in zip(*columns, strict=True))
    body = ",\n".join(rows)
    return f"[\n{body}\n]\n" if body else "[]\n"


def number_text(value: float) -> str:
    """Return a number as CSV writes it.

    >>> [number_text(v) for v in (0.1 + 0.2, 5.0, -0.0, 1234567.25, 0.000012345678, float("nan"))]
    ['0.3', '5', '0', '1234567', '1.23457e-05', '']
    """
    if math.isnan(value):
        return ""
    text = f"{value:.6g}" if abs(value) < 100_000 else f"{value:.0f}"
    return "0" if text == "-0" else text


def plain_values(column: pd.Series, kind: str) -> list[Any]:
    """Return the cells of a column as plain Python values, None where missing.

    Texts are str, counts int, numbers and shares float, dates ``datetime.date``, flags bool.
    """
    missing = column.isna().to_numpy()
    values: list[Any]
    if kind == "count":
        values = [int(v) for v in column.where(~missing, 0).tolist()]
    elif kind in ("number", "share"):
        values = column.to_numpy(dtype=float, na_value=np.nan).tolist()
    elif kind == "date":
        values = _days(column).astype(object).tolist()
    elif kind == "flag":
        values = [bool(v) for v in column.where(~missing, other=False).tolist()]
    else:
        values = [str(v) for v in column.tolist()]
    if missing.any():
        for i in np.flatnonzero(missing).tolist():
            values[i] = None
    return values


def _days(column: pd.Series) -> np.ndarray:
    values = column.to_numpy(dtype=object, na_value=None)
    return np.asarray(pd.to_datetime(pd.Series(values, dtype=object)).to_numpy(), dtype="datetime64[D]")


def _text(column: pd.Series) -> list[str]:
    values: list[str] = column.astype(object).where(column.notna().to_numpy(), "").tolist()
    return values


def _numbers(column: pd.Series) -> list[str]:
    return [number_text(v) for v in column.to_numpy(dtype=float, na_value=np.nan).tolist()]


def _dates(column: pd.Series) -> list[str]:
    days = _days(column)
    found: list[str] = np.where(np.isnat(days), "", np.datetime_as_string(days, unit="D")).tolist()
    return found


def _counts(column: pd.Series) -> list[str]:
    return ["" if v is None else str(v) for v in plain_values(column, "count")]


def _flags(column: pd.Series) -> list[str]:
    words = {None: "", True: "true", False: "false"}
    return [words[v] for v in plain_values(column, "flag")]


_WRITTEN: dict[str, Callable[[pd.Series], list[str]]] = {
    "id": _text,
    "text": _text,
    "count": _counts,
    "number": _numbers,
    "share": _numbers,
    "date": _dates,
    "flag": _flags,
}


def _rounded(column: pd.Series) -> list[float | int | None]:
    values = [(float(t) if t else None) for t in _numbers(column)]
    return [int(v) if v is not None and v.is_integer() else v for v in values]


_JSON: dict[str, Callable[[pd.Series], list[Any]]] = {
    "id": _text,
    "text": _text,
    "count": lambda column: plain_values(column, "count"),
    "number": _rounded,
    "share": _rounded,
    "date": lambda column: [t or None for t in _dates(column)],
    "flag": lambda column: plain_values(column, "flag"),
}
