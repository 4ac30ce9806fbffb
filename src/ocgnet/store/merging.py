"""Laying new records over old ones: the same in every store."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from ocgnet.dataset import Dataset
from ocgnet.model import TABLES
from ocgnet.store.contract import StoreReport
from ocgnet.store.duckdb_open import in_memory
from ocgnet.store.forces import owned


def merge(
    old: Dataset | None, new: Dataset, *, replace: bool, prefix: str = "", prefixes: Iterable[str] = ()
) -> tuple[Dataset, StoreReport]:
    """Lay ``new`` over ``old`` by identity and count what happens to each row.

    Parameters
    ----------
    old : Dataset or None
        What the store holds; None when it is empty.
    new : Dataset
        Records that come in, ids already prefixed.
    replace : bool
        Remove old rows that ``new`` lacks, of this force only.
    prefix : str
        The force that brings ``new``.
    prefixes : iterable of str
        Every force in the store.

    Returns
    -------
    Dataset
        Described and given as ``new`` is; what other forces said of theirs is the store's to keep.
    StoreReport
        Rows of other forces count as kept.
    """
    if old is None:
        rows = sum(new.rows.values())
        return new, StoreReport(rows, rows, 0, 0, 0)
    everyone = {*prefixes, prefix}
    added = changed = removed = kept = 0
    tables: dict[str, pa.Table] = {}
    with in_memory({}) as db:
        for name, table in TABLES.items():
            db.register("old_rows", old[name])
            db.register("new_rows", new[name])
            same_id = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM n."{c}"' for c in table.identity)
            same_all = " AND ".join(f'o."{c.name}" IS NOT DISTINCT FROM n."{c.name}"' for c in table.columns)
            [(matched, equal)] = db.execute(
                f"SELECT count(*), count(*) FILTER ({same_all}) FROM old_rows o JOIN new_rows n ON {same_id}"
            ).fetchall()
            absent = f"FROM old_rows o WHERE NOT EXISTS (SELECT 1 FROM new_rows n WHERE {same_id})"
            stays = f" AND NOT ({owned(table, prefix, everyone)})" if replace else ""
            [(missing,)] = db.execute(f"SELECT count(*) {absent}").fetchall()
            staying: pa.Table = db.sql(f"SELECT o.* {absent}{stays}").to_arrow_table()
            added += new[name].num_rows - matched
            changed += matched - equal
            kept += equal + staying.num_rows
            removed += missing - staying.num_rows
            tables[name] = pa.concat_tables([new[name], staying.cast(new[name].schema)])
            db.unregister("old_rows")
            db.unregister("new_rows")
    merged = Dataset.of(tables, new.about, new.left_out)
    merged = Dataset(merged.about, merged.tables, merged.left_out, new.given if replace else new.given | old.given)
    return merged, StoreReport(sum(merged.rows.values()), added, changed, removed, kept)
