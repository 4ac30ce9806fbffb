"""Which changes of the actions of plans stand: an undoing takes one back, and may be taken back itself."""

from __future__ import annotations

from collections.abc import Sequence


def change_number(identifier: str) -> int:
    """Return the number at the end of an id, 0 without one: changes of one day were made in that order.

    >>> change_number("HANTS:C0012"), change_number("x")
    (12, 0)
    """
    digits = identifier[len(identifier.rstrip("0123456789")) :]
    return int(digits or 0)


def standing(changes: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the ids of the changes of one action that were not undone, or whose undoing was undone.

    Parameters
    ----------
    changes : sequence of (str, str)
        Id of each change and of the one that it undoes (empty for none), in the order in which they were made.

    >>> sorted(standing([("C1", ""), ("C2", ""), ("C3", "C2")]))
    ['C1', 'C3']
    >>> sorted(standing([("C1", ""), ("C2", ""), ("C3", "C2"), ("C4", "C3")]))
    ['C1', 'C2', 'C4']
    """
    undone: set[str] = set()
    stand = []
    for change, undoes in reversed(changes):
        if change not in undone:
            stand.append(change)
            undone.add(undoes)
    return frozenset(stand)
