"""Several forces' records in one store: prefixes that keep their ids apart, and what reading all of them says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.errors import UsageError
from ocgnet.model import TABLES, Kind, Table

_FORM = re.compile(r"[A-Za-z0-9_-]+:")

_REFERENCES = frozenset({"source_ref"})
"""Columns of text whose values are one force's own references, so that equal ones of two forces mean nothing."""


def checked_prefix(prefix: str) -> str:
    """Return a prefix that can be told apart from the ids behind it.

    Raises
    ------
    UsageError
        When it is not letters, digits, ``-`` or ``_`` with a colon at the end.

    >>> checked_prefix("HANTS:")
    'HANTS:'
    """
    if not _FORM.fullmatch(prefix):
        raise UsageError(f"'{prefix}' is no prefix: give letters or digits and a colon, such as HANTS:")
    return prefix


def with_prefix(dataset: Dataset, prefix: str) -> Dataset:
    """Return the dataset with a prefix before every id, so that no other force has the same.

    References to ids get it as well, and so do the references of intelligence sources. Names of wards
    and districts stay: a ward is the same place for everybody. An empty prefix changes nothing.

    >>> one = Dataset.of({"nominals": pa.table({"nominal_id": ["N1"]})})
    >>> with_prefix(one, "HANTS:")["nominals"]["nominal_id"].to_pylist()
    ['HANTS:N1']
    """
    if not prefix:
        return dataset
    checked_prefix(prefix)
    tables = {}
    for name, table in dataset.tables.items():
        columns = {
            c.name: _prefixed(table[c.name], prefix, many=c.many)
            if c.kind is Kind.ID or c.name in _REFERENCES
            else table[c.name]
            for c in TABLES[name].columns
        }
        tables[name] = pa.table(columns, schema=table.schema)
    changed = Dataset.of(tables, dataset.about, dataset.left_out)
    return Dataset(changed.about, changed.tables, changed.left_out, dataset.given)


def _prefixed(column: pa.ChunkedArray, prefix: str, *, many: bool) -> pa.ChunkedArray:
    if many:
        # An empty piece between two bars is no id.
        return pc.replace_substring_regex(column, r"(^|\|)([^|])", rf"\1{prefix}\2")
    return pc.binary_join_element_wise(prefix, column, "")


def owned(table: Table, prefix: str, prefixes: Iterable[str]) -> str:
    """Return the SQL condition on a row that the force of ``prefix`` brought it.

    Parameters
    ----------
    table : Table
        A table of the model.
    prefix : str
        The force; empty for the one that loaded without.
    prefixes : iterable of str
        Every prefix in the store. A row belongs to the longest that its id begins with.

    Returns
    -------
    str
        A table without ids (wards) belongs to everybody: it is owned only where there is no other force.

    >>> owned(TABLES["crimes"], "", ["", "HANTS:"])
    "NOT starts_with(crime_id, 'HANTS:')"
    """
    ids = [c.name for c in table.columns if c.key and c.kind is Kind.ID]
    others = sorted(p for p in prefixes if p != prefix and p.startswith(prefix))
    if not ids:
        return "true" if not set(prefixes) - {prefix} else "false"
    own = [f"starts_with({ids[0]}, '{prefix}')"] if prefix else []
    return " AND ".join([*own, *(f"NOT starts_with({ids[0]}, '{p}')" for p in others)]) or "true"


def about_all(abouts: Sequence[About]) -> About:
    """Return one description for the records of several forces.

    Where they differ, names and markings are listed, the latest analysis date counts, and no period is
    set; made-up records of one make the whole made up.

    >>> from datetime import date
    >>> about_all([About(force="A", as_of=date(2019, 3, 31)), About(force="B", synthetic=True)])
    About(force='A, B', marking='OFFICIAL-SENSITIVE', synthetic=True, as_of=datetime.date(2019, 3, 31), \
period_from=None, period_to=None)
    """
    if len(abouts) == 1:
        return abouts[0]
    periods = {(a.period_from, a.period_to) for a in abouts}
    first, last = periods.pop() if len(periods) == 1 else (None, None)
    return About(
        force=", ".join(sorted({a.force for a in abouts if a.force})),
        marking=" / ".join(sorted({a.marking for a in abouts})),
        synthetic=any(a.synthetic for a in abouts),
        as_of=max((a.as_of for a in abouts if a.as_of), default=None),
        period_from=first,
        period_to=last,
    )


def left_out_all(parts: Iterable[Iterable[LeftOut]]) -> tuple[LeftOut, ...]:
    """Return what several loads left out, equal reasons counted together, sorted."""
    counts: dict[tuple[str, str, bool], int] = {}
    for part in parts:
        for x in part:
            key = (x.what, x.why, x.refused)
            counts[key] = counts.get(key, 0) + x.count
    return tuple(sorted(LeftOut(what, why, count, refused) for (what, why, refused), count in counts.items()))
