"""Under which authority rows were obtained, as each row says or about.toml says for its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import About
from ocgnet.errors import UsageError
from ocgnet.model import TABLES
from ocgnet.model.things import UNDER_AUTHORITY

COLUMN = "authority_ref"

TABLES_UNDER = tuple(name for name, t in TABLES.items() if any(c.name == COLUMN for c in t.columns))
"""Tables whose rows say under what authority they were obtained."""


def authorities_of(name: str, table: pa.Table, about: About) -> pa.ChunkedArray:
    """Return the reference of each row of a table as text; empty where neither the row nor about.toml gives one."""
    given = pc.utf8_trim_whitespace(table[COLUMN])
    whole = getattr(about, f"{name}_{COLUMN.removesuffix('_ref')}") if name in UNDER_AUTHORITY else ""
    return pc.if_else(pc.equal(given, ""), pa.scalar(whole.strip()), given)


def held_by_authority(texts: Mapping[str, pa.Table], about: About) -> dict[str, dict[str, int]]:
    """Return how many rows of each table are held under each reference, sorted; rows without one under ``""``."""
    counts: dict[str, Counter[str]] = {}
    for name in TABLES_UNDER:
        for pair in pc.value_counts(authorities_of(name, texts[name], about)).to_pylist():
            counts.setdefault(pair["values"], Counter())[name] += pair["counts"]
    return {ref: dict(counts[ref]) for ref in sorted(counts)}


def rows_under(texts: Mapping[str, pa.Table], about: About, ref: str) -> dict[str, np.ndarray]:
    """Return by table which rows are held under a reference.

    Raises
    ------
    UsageError
        When none is, or when a row stands under another one too, so that the two cannot be told apart.
    """
    masks = {
        name: np.asarray(pc.equal(authorities_of(name, texts[name], about), ref.strip()), bool) for name in TABLES_UNDER
    }
    if not any(mask.any() for mask in masks.values()):
        raise UsageError(
            f"No row of these records was obtained under {ref}. List them with: ocgnet review authorities. Nothing was "
            "changed."
        )
    for name, mask in masks.items():
        if name == "things":
            continue
        identity = list(TABLES[name].identity)
        mine = texts[name].filter(pa.array(mask)).select(identity)
        others = texts[name].filter(pa.array(~mask)).select(identity)
        others = others.filter(pc.is_in(others[identity[0]], pc.unique(mine[identity[0]])))
        if both := set(_rows(mine)) & set(_rows(others)):
            cells = ", ".join(f"{c} {v or '(blank)'}" for c, v in zip(identity, min(both), strict=True))
            raise UsageError(
                f"{len(both):,} rows of {name} stand under another authority as well, the first with {cells}. Remove "
                "the one of each two that is not to be kept. Nothing was changed."
            )
    return masks


def _rows(table: pa.Table) -> list[tuple[str, ...]]:
    return list(zip(*(c.to_pylist() for c in table.columns), strict=True))
