"""Random valid records, written in every format, with what they must read back as."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from ocgnet.model import TABLES, Column, Kind

Rows = list[dict[str, Any]]
Records = dict[str, Rows]

# No lone surrogate, no control sign (a spreadsheet cannot hold them), no space at the ends.
_TEXT = (
    st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" ,\"'"), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda t: t and not t.startswith("#") and "|" not in t and "_x" not in t)
)
_DAYS = st.dates(date(1950, 1, 1), date(1999, 12, 31))
_EVENTS = st.dates(date(2000, 1, 1), date(2019, 3, 31))


def _id(prefix: str, k: int) -> str:
    return f"{prefix}{k:03d}"


@st.composite
def records(draw: st.DrawFn) -> Records:
    """Nominals, groups, memberships, crimes, links, associations and missing episodes that break no rule."""
    nominals, crimes, groups = (draw(st.integers(1, n)) for n in (6, 5, 3))
    people = [_id("00", k) for k in range(nominals)]
    found: Records = {
        "nominals": [
            {"nominal_id": p, "name": draw(st.none() | _TEXT), "date_of_birth": draw(st.none() | _DAYS)} for p in people
        ],
        "ocgs": [
            {
                "ocg_id": _id("G", k),
                "status": draw(st.sampled_from([None, "active", "archived"])),
                "county_line": draw(st.sampled_from([None, True, False])),
                "threat_score": draw(st.none() | st.integers(-(10**9), 10**9).map(lambda n: n / 1000)),
            }
            for k in range(groups)
        ],
        "crimes": [
            {
                "crime_id": _id("C", k),
                "recorded_on": draw(st.none() | _EVENTS),
                "flags": draw(st.sampled_from([None, "knife", "knife|firearm"])),
            }
            for k in range(crimes)
        ],
    }
    pairs = st.tuples(st.sampled_from(people), st.sampled_from([_id("G", k) for k in range(groups)]))
    # One role for each person and group: two at once would be told.
    role = {(p, f"G{k:03d}"): draw(st.sampled_from([None, "principal"])) for p in people for k in range(groups)}
    found["memberships"] = [
        {"nominal_id": p, "ocg_id": g, "from_date": start, "role": role[p, g]}
        for p, g, start in draw(
            st.lists(st.tuples(pairs, st.none() | _EVENTS).map(lambda t: (*t[0], t[1])), unique=True, max_size=6)
        )
    ]
    found["crime_links"] = [
        {"person_id": p, "crime_id": c, "link_role": r}
        for p, c, r in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(people),
                    st.sampled_from([_id("C", k) for k in range(crimes)]),
                    st.sampled_from(["suspect", "victim"]),
                ),
                unique=True,
                max_size=8,
            )
        )
    ]
    found["missing_episodes"] = [
        {"child_id": p, "missing_from": at, "found_at": at + timedelta(hours=5), "companions": "|".join(people[:2])}
        for p, at in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(people),
                    # One episode a day, of five hours from noon, so that none overlaps.
                    st.datetimes(datetime(2005, 1, 1), datetime(2019, 1, 1)).map(
                        lambda t: t.replace(hour=12, microsecond=0)
                    ),
                ),
                unique_by=lambda t: (t[0], t[1].date()),
                max_size=3,
            )
        )
    ]
    found["wards"] = [{"ward": "North", "district": "Hill", "population": draw(st.none() | st.integers(0, 10**9))}]
    return found


def columns_of(name: str, rows: Rows) -> list[Column]:
    """Columns that the rows use; the whole template when there are none."""
    return [c for c in TABLES[name].columns if not rows or c.name in rows[0]]


def typed(name: str, rows: Rows) -> pa.Table:
    """The rows as the model types them."""
    return pa.table({c.name: pa.array([r[c.name] for r in rows], c.arrow) for c in columns_of(name, rows)})


def cell(value: Any) -> str:
    """A value as an export writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)


def csv_text(name: str, rows: Rows, line_end: str = "\n") -> str:
    """One table as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=line_end)
    names = [c.name for c in columns_of(name, rows)]
    writer.writerow(names)
    writer.writerows([cell(r[n]) for n in names] for r in rows)
    return out.getvalue()


def write_csvs(folder: Path, found: Mapping[str, Rows]) -> Path:
    """Write one CSV per table."""
    for name, rows in found.items():
        (folder / f"{name}.csv").write_bytes(csv_text(name, rows).encode())
    return folder


def write_parquets(folder: Path, found: Mapping[str, Rows]) -> Path:
    """Write one typed Parquet file per table."""
    for name, rows in found.items():
        pq.write_table(typed(name, rows), folder / f"{name}.parquet")
    return folder


def write_workbook(path: Path, found: Mapping[str, Rows]) -> Path:
    """Write a sheet per table, dates as dates and numbers as numbers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in found.items():
        sheet = book.create_sheet(name)
        columns = columns_of(name, rows)
        sheet.append([c.name for c in columns])
        for r, row in enumerate(rows, 2):
            for k, column in enumerate(columns, 1):
                value = row[column.name]
                target = sheet.cell(r, k, value)
                if isinstance(value, str):
                    # Whatever a text looks like, it is one: no formula, no number.
                    target.data_type = "s"
                if column.kind is Kind.MOMENT and value is not None:
                    target.number_format = "yyyy-mm-dd hh:mm:ss"
    book.save(path)
    return path
