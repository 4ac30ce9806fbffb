"""The typed records of one load: what every store writes and every analysis reads."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ocgnet.model import PERSON_TABLES, TABLES, table
from ocgnet.visible import shortened

DEFAULT_MARKING = "OFFICIAL-SENSITIVE"


@dataclass(frozen=True)
class About:
    """What ``about.toml`` says of a folder (see ``ABOUT_FIELDS``), all of it optional; a period holds both its days."""

    force: str = ""
    marking: str = DEFAULT_MARKING
    synthetic: bool = False
    as_of: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    thing_links_authority: str = ""
    communications_authority: str = ""
    sightings_authority: str = ""
    transfers_authority: str = ""

    @property
    def marked(self) -> str:
        """Marking for every output, with ``SYNTHETIC DATA`` where the people are made up."""
        return f"{self.marking} · SYNTHETIC DATA" if self.synthetic else self.marking


@dataclass(frozen=True, order=True)
class LeftOut:
    """Rows that take no part (``what``, such as ``crime_links``), and why, in an analyst's words.

    ``refused`` are rows refused on the way in, so that what they said is not known at all.
    """

    what: str
    why: str
    count: int
    refused: bool = False


@dataclass(frozen=True, order=True)
class Loss:
    """How many rows of a table were refused, of all that the source held, these among them.

    >>> str(Loss("crime_links", 4210, 6000))
    'crime_links: 4,210 of 6,000 rows (70%) could not be read'
    """

    table: str
    lost: int
    rows: int

    @property
    def share(self) -> float:
        """Refused rows of all."""
        return self.lost / self.rows

    def __str__(self) -> str:
        share = f"{self.share:.0%}" if 0.01 <= self.share <= 0.99 or self.share == 1 else f"{self.share:.2%}"
        return f"{self.table}: {self.lost:,} of {self.rows:,} rows ({share}) could not be read"


@dataclass(frozen=True, order=True)
class SourceFile:
    """One file that was read: its name without the folder, the hash of its bytes, and its rows without the header."""

    file: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Dataset:
    """Typed, checked tables of one load.

    Parameters
    ----------
    about : About
        Description of the folder.
    tables : mapping of str to pyarrow.Table
        Every table of the model, with the model's schema; a table that was not given has no rows.
    left_out : tuple of LeftOut
        Rows that were refused on the way in (``--skip-rejects``).
    given : frozenset of str
        Names of the tables that were present in the source, even when empty.
    sources : tuple of SourceFile
        Files the records were read from, where that is known; no part of what the records are.
    withheld : frozenset of str, optional
        What stands for the ids of people whose processing is restricted, once their names and ids are gone
        (``evidence.restricted.in_use``); None while nothing was withheld.
    forces : mapping of str to str
        What each force is called in the graph, by the prefix of its ids; empty for the records of one without.
    """

    about: About
    tables: Mapping[str, pa.Table]
    left_out: tuple[LeftOut, ...] = ()
    given: frozenset[str] = field(default_factory=frozenset)
    sources: tuple[SourceFile, ...] = field(default=(), compare=False)
    withheld: frozenset[str] | None = field(default=None, compare=False)
    forces: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls,
        tables: Mapping[str, pa.Table],
        about: About | None = None,
        left_out: tuple[LeftOut, ...] = (),
    ) -> Dataset:
        """Build a dataset from some tables; missing tables and columns become empty ones.

        Rows are put into the order of the table's identity, so that the order of a file never matters.

        Raises
        ------
        KeyError
            When a table or column is not in the model.
        """
        full = {}
        for name, declared in TABLES.items():
            given = tables.get(name)
            full[name] = declared.schema.empty_table() if given is None else _in_order(name, given)
        if unknown := set(tables) - set(TABLES):
            raise KeyError(f"not in the model: {', '.join(sorted(unknown))}")
        return cls(about or About(), MappingProxyType(full), tuple(sorted(left_out)), frozenset(tables))

    def changed(self, tables: Mapping[str, pa.Table], left_out: Iterable[LeftOut] = ()) -> Dataset:
        """Return these records with some tables instead of their own, and with more that was left out.

        Only tables that are other than before are put into order; raises KeyError as :meth:`of` does.
        """
        other = {name: t for name, t in tables.items() if name not in self.tables or t is not self.tables[name]}
        new = Dataset.of(other).tables
        whole = {name: new[name] if name in other else t for name, t in self.tables.items()}
        out = tuple(sorted((*self.left_out, *left_out)))
        return replace(self, tables=MappingProxyType(whole), left_out=out)

    def __getitem__(self, name: str) -> pa.Table:
        return self.tables[name]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Rows per table, tables without rows left out."""
        return {name: t.num_rows for name, t in self.tables.items() if t.num_rows}

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """What was refused of each table on the way in, rows that fell with a refused row among them; by table."""
        lost: dict[str, int] = {}
        for x in self.left_out:
            if x.refused:
                lost[x.what] = lost.get(x.what, 0) + x.count
        return tuple(Loss(name, n, n + self.tables[name].num_rows) for name, n in sorted(lost.items()))

    @cached_property
    def names(self) -> dict[str, str]:
        """Name by person id over all tables of people; people without a name are absent."""
        by_id: dict[str, str] = {}
        for name in ("children", "people", "nominals"):
            t = self.tables[name]
            pairs = zip(t[PERSON_TABLES[name]].to_pylist(), t["name"].to_pylist(), strict=True)
            by_id.update((i, n) for i, n in pairs if n)
        return by_id

    @cached_property
    def shown_names(self) -> dict[str, str]:
        """The same names as outputs show them: one that is too long for a page is cut, and says so."""
        return {i: shortened(n) for i, n in self.names.items()}

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 over all records and the description, independent of row order and of the store."""
        digest = hashlib.sha256(repr((self.about, self.left_out, sorted(self.given))).encode())
        for name, t in self.tables.items():
            if t.num_rows:
                digest.update(f"\n{name}\n".encode())
                pa.csv.write_csv(t, pa.PythonFile(_Sink(digest.update), mode="w"))
        return digest.hexdigest()


def equal_in(columns: Iterable[str], one: str, other: str) -> str:
    """Return the SQL condition that rows under two names are equal in some columns; blank is equal to blank.

    >>> equal_in(["a"], "o", "n")
    'o."a" IS NOT DISTINCT FROM n."a"'
    """
    return " AND ".join(f'{one}."{c}" IS NOT DISTINCT FROM {other}."{c}"' for c in columns)


def unmatched(name: str, rows: pa.Table, others: pa.Table | None) -> pa.Table:
    """Return the rows of a table of which ``others`` holds none of the same identity; blank is equal to blank."""
    if others is None or not (rows.num_rows and others.num_rows):
        return rows
    import duckdb  # slow to load, and only what is added to a store is compared with it

    same = equal_in(TABLES[name].identity, "o", "n")
    with duckdb.connect() as db:
        db.register("old_rows", rows)
        db.register("new_rows", others)
        left: pa.Table = db.sql(
            f"SELECT o.* FROM old_rows o WHERE NOT EXISTS (SELECT 1 FROM new_rows n WHERE {same})"
        ).to_arrow_table()
    return left.cast(rows.schema)


class _Sink(io.RawIOBase):
    """A file that hands what is written to a function."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self.take = take

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.take(bytes(data))
        return len(data)


def _in_order(name: str, given: pa.Table) -> pa.Table:
    declared = table(name)
    if unknown := set(given.column_names) - {c.name for c in declared.columns}:
        raise KeyError(f"{name} has no column {', '.join(sorted(unknown))}")
    columns = [
        given[c.name].cast(c.arrow) if c.name in given.column_names else pa.nulls(given.num_rows, c.arrow)
        for c in declared.columns
    ]
    full = pa.table(columns, schema=declared.schema).combine_chunks()
    if _stands_in_order(full, declared.identity):
        return full
    return full.sort_by([(n, "ascending") for n in declared.identity]).combine_chunks()


def _stands_in_order(t: pa.Table, names: tuple[str, ...]) -> bool:
    """Whether each row comes after the one before it; looking is far cheaper than sorting.

    False where a blank or a repetition leaves it open, so that sorting decides.
    """
    rows = t.num_rows - 1
    alike = None
    for name in names if rows > 0 else ():
        if t[name].null_count:
            return False
        one, next_one = t[name].slice(0, rows), t[name].slice(1)
        less, same = pc.less(one, next_one), pc.equal(one, next_one)
        if alike is not None:
            # Only rows that are alike so far are decided by this column.
            less, same = pc.or_(less, pc.invert(alike)), pc.and_(same, alike)
        if pc.all(less).as_py():
            return True
        if not pc.all(pc.or_(less, same)).as_py():
            return False
        alike = same
    return bool(rows <= 0)


def names_of(ids: np.ndarray, names: Mapping[str, str]) -> np.ndarray:
    """Return the name of each id, empty where none is recorded."""
    column = np.empty(len(ids), object)
    column[:] = [names.get(i, "") for i in ids]
    return column
