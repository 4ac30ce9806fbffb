"""Counts about the children of a pack, with small ones hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ocgnet.analysis.children.links import BASES
from ocgnet.casework.child_records import ChildRecords
from ocgnet.casework.small_counts import THRESHOLD, shown, suppress

_AGES = ((10, "under 10"), (13, "10 to 12"), (16, "13 to 15"), (18, "16 or 17"))


@dataclass(frozen=True)
class Summary:
    """Breakdowns of the children of a pack.

    Parameters
    ----------
    children : int or None
        How many; None where that is hidden.
    breakdowns : mapping of str to mapping of str to (int or None)
        Count by category, by title of the breakdown; None where hidden.
    threshold : int
        Least count that is printed.
    """

    children: int | None
    breakdowns: Mapping[str, Mapping[str, int | None]]
    threshold: int

    def rows(self) -> list[tuple[str, str, str]]:
        """Return breakdown, category and printed count, the total first."""
        found = [("all", "children", shown(self.children))]
        return found + [(title, c, shown(n)) for title, counts in self.breakdowns.items() for c, n in counts.items()]

    @property
    def hidden(self) -> bool:
        """Whether any count is hidden."""
        return self.children is None or any(n is None for b in self.breakdowns.values() for n in b.values())


def summary_of(records: ChildRecords, threshold: int = THRESHOLD) -> Summary:
    """Count the children by district, age, missing episodes and basis of concern.

    Parameters
    ----------
    records : ChildRecords
        Of all children of the pack.
    threshold : int
        As in ``small_counts.suppress``, which is applied to every breakdown.

    Returns
    -------
    Summary
        A concern is no part of a whole, because one child may have several: its count is hidden when it,
        or the number of children without it, is small. Districts whose count is hidden are joined as
        other districts: their names alone would say that somebody lives there. Fewer children than
        ``threshold`` have no breakdown.
    """
    total = len(records.children)
    if total < threshold:
        return Summary(None, {}, threshold)
    who = records.rows["children"]
    parts = {
        "district": _by(who, lambda r: r["district"] or "not recorded"),
        "age": _by(who, _age, [*(a for _, a in _AGES), "not known"]),
        "missing episodes in the period": _by(
            who, lambda r: _often(len(records.of(r["child_id"], "missing"))), ["none", "one", "two or more"]
        ),
    }
    breakdowns = {title: suppress(counts, threshold) for title, counts in parts.items()}
    breakdowns["district"] = _joined(parts["district"], breakdowns["district"])
    linked: dict[str, set[str]] = {}
    noticed: dict[str, int | None] = {}
    for concern in records.concerns:
        linked.setdefault(concern.basis, set()).add(concern.child_id)
    for basis, words in BASES.items():
        children = len(linked.get(basis, ()))
        noticed[words] = suppress({basis: children, "": total - children}, threshold)[basis]
    breakdowns["why they came to notice (one child may count several times)"] = noticed
    return Summary(total, breakdowns, threshold)


def _joined(counts: Mapping[str, int], printed: Mapping[str, int | None]) -> dict[str, int | None]:
    found: dict[str, int | None] = {c: n for c, n in printed.items() if n is not None}
    hidden = sum(counts[c] for c, n in printed.items() if n is None)
    return found | ({"other districts": hidden} if hidden else {})


def _by(
    rows: Sequence[Mapping[str, str]], category: Callable[[Mapping[str, str]], str], first: Sequence[str] = ()
) -> dict[str, int]:
    counts = Counter(category(r) for r in rows)
    return {c: counts[c] for c in (*first, *sorted(set(counts) - set(first)))}


def _age(row: Mapping[str, str]) -> str:
    if not row["age"].isdigit():
        return "not known"
    age = int(row["age"])
    return next((words for end, words in _AGES if age < end), "18 or over")


def _often(episodes: int) -> str:
    return ("none", "one")[episodes] if episodes < 2 else "two or more"
