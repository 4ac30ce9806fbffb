"""Values that JSON holds, as short as they can be without saying less."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd


def plain(value: object) -> Any:
    """Return a value that JSON holds: blanks become None, dates ISO text, numbers four significant digits."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return short(float(value))
    if isinstance(value, (date, pd.Timestamp)):
        return value.isoformat()[:10]
    return str(value)


def short(value: float) -> float | int | None:
    """Return a number with four significant digits; whole numbers without a point, NaN as None.

    >>> short(0.123456), short(12.0), short(float("nan"))
    (0.1235, 12, None)
    """
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.4g}") if abs(value) < 1e4 else round(value, 1)
    return int(rounded) if rounded.is_integer() else rounded


def column(values: pd.Series) -> list[Any]:
    """Return :func:`plain` of every value, numbers all at once."""
    if values.dtype.kind != "f":
        return [v if type(v) is str else plain(v) for v in values.tolist()]
    number = values.to_numpy(float)
    known = np.isfinite(number)
    with np.errstate(divide="ignore"):
        size = np.floor(np.log10(np.abs(np.where(known & (number != 0), number, 1.0))))
    scale = 10.0 ** np.where(size < 4, 3 - size, 1)
    rounded = np.rint(np.where(known, number, 0) * scale) / scale
    whole = (rounded == np.rint(rounded)).tolist()
    return [
        None if not k else int(v) if w else v for v, k, w in zip(rounded.tolist(), known.tolist(), whole, strict=True)
    ]
