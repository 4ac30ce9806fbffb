"""Rules about parents and children: ages that cannot be, and people who are each other's forebears."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ocgnet.checks.births import Births, places
from ocgnet.checks.table import CheckedTable
from ocgnet.evidence.ages import birthday
from ocgnet.sources import Rule, Severity

YOUNGEST = {"parent": 12, "grandparent": 24}
"""Years by which a forebear is older; less is possible only in a wrong record."""

ELDER = ("step_parent", "guardian")
"""Who is commonly older than the child, though nature does not ask for it."""


def check_parents(tables: Mapping[str, CheckedTable], births: Births) -> None:
    """Refuse parents and grandparents who are not older than the child; warn of those hardly older.

    A step-parent or guardian who is not older than the child is a warning only.
    """
    if "family_links" not in tables or not len(tables["family_links"].raw.lines):
        return
    links = tables["family_links"]
    relationship = links.columns["relationship"]
    adult, child = (births.of(links.columns[name]) for name in ("adult_id", "child_id"))

    def ages(row: int) -> tuple[str, str]:
        return links.columns["adult_id"].text(row), f"(adult born {adult[row]}, child born {child[row]})"

    def refuse(row: int) -> tuple[str, str]:
        who, days = ages(row)
        return who, f"A {relationship.text(row)} cannot be of this age {days}. Correct one of the three."

    def wonder(row: int) -> tuple[str, str]:
        who, days = ages(row)
        return who, f"Less than {YOUNGEST[relationship.text(row)]} years apart {days}. Is this right?"

    def doubt(row: int) -> tuple[str, str]:
        who, days = ages(row)
        return who, f"This {relationship.text(row).replace('_', '-')} is not older than the child {days}. Is it right?"

    not_older, close = np.zeros(len(adult), bool), np.zeros(len(adult), bool)
    for kind, years in YOUNGEST.items():
        of_kind = relationship.spread(relationship.mask(kind.__eq__))
        not_older |= of_kind & (adult >= child)
        close |= of_kind & (birthday(adult, years) > child)
    elder = relationship.spread(relationship.mask(lambda text: text in ELDER)) & (adult >= child)
    links.report("adult_id", Rule.PARENT_AGE, np.flatnonzero(not_older), refuse)
    links.report("adult_id", Rule.PARENT_AGE, np.flatnonzero(close & ~not_older), wonder, Severity.WARNING)
    links.report("adult_id", Rule.PARENT_AGE, np.flatnonzero(elder), doubt, Severity.WARNING)


def check_circles(tables: Mapping[str, CheckedTable]) -> None:
    """Refuse links that make somebody a forebear of himself: two who are each other's parent, or a longer circle."""
    if "family_links" not in tables:
        return
    links = tables["family_links"]
    relationship, adult, child = (links.columns[n] for n in ("relationship", "adult_id", "child_id"))
    rows = relationship.where(relationship.mask(lambda text: text in YOUNGEST))
    rows = rows[(adult.codes[rows] >= 0) & (child.codes[rows] >= 0)]
    if not len(rows):
        return
    # Codes of the two columns differ, so both are numbered over the ids of the one.
    place = places(child.texts, pa.concat_arrays([adult.texts, child.texts]))
    one, other = adult.codes[rows].astype(np.int64), place[child.codes[rows]].astype(np.int64)
    if not np.isin(one, other).any():
        return
    from scipy.sparse import coo_matrix  # most folders have no forebear who is somebody's child
    from scipy.sparse.csgraph import connected_components

    size = len(adult.texts) + child.distinct
    graph = coo_matrix((np.ones(len(one), np.int8), (one, other)), shape=(size, size))
    _, circle = connected_components(graph.tocsr(), directed=True, connection="strong")
    inside = (circle[one] == circle[other]) & (one != other)
    people: dict[int, set[str]] = {}
    for row, of in zip(rows[inside].tolist(), circle[one][inside].tolist(), strict=True):
        people.setdefault(of, set()).update((adult.text(row), child.text(row)))
    circle_of = dict(zip(rows[inside].tolist(), circle[one][inside].tolist(), strict=True))

    def explain(row: int) -> tuple[str, str]:
        names = sorted(people[circle_of[row]])
        listed = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        return adult.text(row), (
            f"By these links each of {listed} is a forebear of all the others and of himself or herself. "
            f"Correct or delete the wrong one; here {adult.text(row)} is {relationship.text(row)} of {child.text(row)}."
        )

    links.report("adult_id", Rule.PARENT_CIRCLE, rows[inside], explain)
