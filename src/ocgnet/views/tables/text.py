"""Cells as text that is the same on every machine, a whole column at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.time.two_runs import Changes, Run
from ocgnet.dataset import LeftOut
from ocgnet.english import counted
from ocgnet.files.writing import MARKING_FILE, marking_text, write_csv, write_text
from ocgnet.results import ResultTable
from ocgnet.views.words.numbers import count, day, printed

WIDTH = 100
"""Widest table, in characters."""


def csv_rows(table: ResultTable) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the declared column names and the rows of a result table as text, ready for ``write_csv``.

    Whole numbers have no decimal point, other numbers six significant digits (whole ones from 100,000 up, so that no
    digit before the point is lost), dates are ISO, flags ``true`` and ``false``, and a missing value is empty. Six
    digits hide the last bits in which processors differ.
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
    # Many people share few numbers: 0 of every measure for all who have no tie.
    values, place = np.unique(column.to_numpy(dtype=float, na_value=np.nan), return_inverse=True)
    texts: list[str] = np.array([number_text(v) for v in values.tolist()], object)[place].tolist()
    return texts


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


# What stands beside tables in CSV, which have no room for it: what each column is, and what was left out.

COLUMNS_FILE, LEFT_OUT_FILE = "columns.csv", "left_out.csv"
"""Names of the companions in a folder of tables."""


def files_of(names: Iterable[str]) -> frozenset[str]:
    """Return the relative paths of tables of these names, and of the companions that stand beside them."""
    return frozenset(f"tables/{n}" for n in (MARKING_FILE, COLUMNS_FILE, LEFT_OUT_FILE, *(f"{n}.csv" for n in names)))


def write_tables(
    folder: Path, tables: Mapping[str, ResultTable], left_out: Iterable[LeftOut], marking: str, edition: str = ""
) -> None:
    """Write tables with their companions into a new folder ``tables``; that of the marking names their edition."""
    room = folder / "tables"
    room.mkdir()
    write_text(room / MARKING_FILE, marking_text(marking, "every table in this folder", about=edition))
    for name, table in tables.items():
        write_csv(room / f"{name}.csv", *csv_rows(table), replace=True)
    write_csv(room / COLUMNS_FILE, *column_rows(tables.values()), replace=True)
    write_csv(room / LEFT_OUT_FILE, *left_out_rows(left_out), replace=True)


def column_rows(tables: Iterable[ResultTable]) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    """Return header and rows that tell, of every column, whether it is a recorded fact or an assessment."""
    header = ("table", "column", "kind", "fact_or_assessment", "meaning")
    rows = (
        (table.name, c.name, c.kind, "assessment" if c.assessment else "fact", c.says)
        for table in tables
        for c in table.columns
    )
    return header, rows


def left_out_rows(left_out: Iterable[LeftOut]) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    """Return header and rows that count what was left out or withheld, why, and what was refused on the way in."""
    header = ("what", "why", "count", "refused")
    return header, ((x.what, x.why, str(x.count), "true" if x.refused else "false") for x in left_out)


def outside_line(outside: Sequence[LeftOut]) -> str:
    """Return one line on what lies outside the period of the figures or of the network; empty when nothing does.

    >>> why = "no date, so in no period"
    >>> outside_line([LeftOut("crimes", why, 2), LeftOut("intel_reports", why, 1)])
    'Outside a period: 2 of crimes, 1 of intel reports (no date, so in no period).'
    """
    by_reason: dict[str, list[str]] = {}
    for x in sorted(outside, key=lambda x: (x.why, -x.count, x)):
        by_reason.setdefault(x.why, []).append(f"{count(x.count)} of {x.what.replace('_', ' ')}")
    said = "; ".join(f"{', '.join(rows)} ({printed(why)})" for why, rows in by_reason.items())
    return f"Outside a period: {said}." if said else ""


def left_out_line(left_out: Sequence[LeftOut]) -> str:
    """Return one sentence on what was left out or withheld, the largest parts first.

    >>> left_out_line([LeftOut("nominals", "review overdue", 2), LeftOut("crimes", "no date", 1)])
    'Left out: 2 of nominals (review overdue), 1 of crimes (no date).'
    >>> left_out_line([])
    'Nothing was left out.'
    """
    largest = sorted(left_out, key=lambda x: (-x.count, x))
    parts = [f"{count(x.count)} of {x.what.replace('_', ' ')} ({x.why})" for x in largest]
    return f"Left out: {', '.join(parts)}." if parts else "Nothing was left out."


# A comparison of two runs in a few sentences, and what speaks against making one.

_NAMED = 5
"""How many settings or files a sentence names."""


def mismatches(first: Run, second: Run) -> list[str]:
    """Return in sentences why two runs should not be compared; empty when nothing speaks against it."""
    found = []
    was, now = (str(run.document.get("force") or "") for run in (first, second))
    if was != now:
        found.append(
            f"These are runs of different forces: {_named(was)} ({first.place}) and {_named(now)} ({second.place})."
        )
    was, now = (str(run.document.get("versions", {}).get("ocgnet", "")) for run in (first, second))
    if was != now:
        found.append(
            f"{first.place} was written by ocgnet {was or 'of no known version'} and {second.place} by "
            f"{now or 'one of no known version'}: a role may differ because the program does. "
            "Run ocgnet analyse again on the older records."
        )
    return found


def _named(force: str) -> str:
    return force or "a force without a name"


def in_words(first: Run, second: Run, changes: Changes, position_change: float) -> list[str]:
    """Return what changed between two runs, the people first, then what was asked and read differently."""
    sentences = [f"From run {_called(first)} to run {_called(second)}:"]
    if changes.frame.empty:
        return [sentences[0], "nothing differs: the same records and settings give the same answer."]
    both = _kept(first, second)
    roles, recorded = changes.count("suggested role"), changes.count("recorded role")
    new, gone = changes.count("into the top"), changes.count("out of the top")
    linked, unlinked = changes.count("child linked"), changes.count("child no longer linked")
    sentences.append(
        f"{roles:,} of {counted(both, 'suggested role')} and {recorded:,} recorded changed; "
        f"{counted(changes.count('position'), 'position')} moved by {position_change:g} or more; "
        f"{counted(changes.count('entered'), 'nominal')} entered and {changes.count('left'):,} left; "
        f"{new:,} came into the top and {gone:,} fell out; "
        f"{counted(linked, 'child is', 'children are')} newly linked and {unlinked:,} no longer."
    )
    for what, said in (("setting", "Asked differently"), ("input", "Input that differs")):
        rows = changes.frame[changes.frame["what"] == what]
        told = [
            f"{row['id']} {row['before'] or 'none'} to {row['after'] or 'none'}"
            if what == "setting"
            else str(row["id"])
            for row in rows.head(_NAMED).to_dict("records")
        ]
        more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
        sentences.append(f"{said}: {'; '.join(told)}{more}." if told else f"{said}: nothing.")
    return sentences


def _kept(first: Run, second: Run) -> int:
    """Return for how many memberships (or nominals without one) both runs suggest a role."""
    was, now = (
        set(zip(t["nominal_id"], t["ocg_id"], strict=True)) for t in (r.tables["roles"] for r in (first, second))
    )
    return len(was & now)


def _called(run: Run) -> str:
    as_of = run.document.get("as_of")
    when = f"as of {day(date.fromisoformat(as_of))}" if as_of else "undated"
    return f"{run.document['run_id']} ({when})"
