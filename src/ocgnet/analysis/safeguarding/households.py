"""Children of one household: who shares a parent, a guardian or a household, as recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.safeguarding.link_sources import text
from ocgnet.dataset import Dataset

_SHARED = ("parent", "step_parent", "guardian", "household")
"""Relationships to an adult that put the children who share the adult together."""


def households_of(dataset: Dataset, day: date | None, children: pd.Index) -> pd.Series:
    """Return the household of each child, by id.

    Two children are put together when a parent, step-parent, guardian or member of the household is
    recorded for both, when they are recorded as siblings, or when a shared household is recorded between
    them; and so on from child to child. Records hold no addresses: the households are families and
    households as recorded, not proof that children live under one roof.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    day : date or None
        What was recorded or first seen after it takes no part.
    children : Index of str
        Everybody who counts as a child, sorted.

    Returns
    -------
    Series of str
        ``HH-`` and the smallest id of the household; a child alone is a household too.
    """
    t = _until(dataset["family_links"], "recorded_on", day)
    young = pa.array(children.tolist(), pa.string())
    sibling = pc.and_(pc.equal(t["relationship"], "sibling"), pc.is_in(t["adult_id"], young))
    t = t.filter(
        pc.and_(pc.is_in(t["child_id"], young), pc.or_(pc.is_in(t["relationship"], pa.array(_SHARED)), sibling))
    )
    a = _until(dataset["associations"], "first_seen", day)
    one, other = (pc.is_in(a[n], young) for n in ("person_a", "person_b"))
    a = a.filter(pc.and_(pc.equal(a["kind"], "household"), pc.or_(one, other)))
    left = np.r_[text(t["child_id"]), text(a["person_a"])]
    right = np.r_[text(t["adult_id"]), text(a["person_b"])]
    root = _joined(children, zip(left, right, strict=True))
    roots = [root(c) for c in children]
    first: dict[str, str] = {}
    for child, own in zip(children, roots, strict=True):
        first[own] = min(child, first.get(own, child))
    return pd.Series([f"HH-{first[own]}" for own in roots], index=children, dtype=object)


def _until(t: pa.Table, column: str, day: date | None) -> pa.Table:
    """Return the rows that were there on the day; an undated one was."""
    return t if day is None else t.filter(pc.invert(pc.fill_null(pc.greater(t[column], pa.scalar(day)), False)))


def _joined(children: Iterable[str], pairs: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """Return a function that gives the same person for everybody who is joined by pairs, directly or through others."""
    parent: dict[str, str] = {c: c for c in children}

    def root(person: str) -> str:
        at = parent.setdefault(person, person)
        while at != parent[at]:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for a, b in pairs:
        parent[root(a)] = root(b)
    return root
