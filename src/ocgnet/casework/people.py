"""Who is known to the records."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from ocgnet.dataset import Dataset
from ocgnet.model import PERSON_TABLES


def known_people(dataset: Dataset) -> set[str]:
    """Return the ids of everybody who stands in a table of people or is named as a child."""
    found: set[str] = set()
    for name, key in PERSON_TABLES.items():
        found.update(dataset[name][key].to_pylist())
    for name in ("family_links", "child_aces", "missing_episodes"):
        found.update(dataset[name]["child_id"].to_pylist())
    return found


def near_ids(wrong: str, known: Collection[str]) -> str:
    """Return a sentence with ids that look like a wrong one; empty when none does.

    >>> near_ids("C01", {"C001", "N1"})
    ' Is C001 meant?'
    """
    guesses = get_close_matches(wrong, sorted(known), 3, 0.75)
    return f" Is {' or '.join(guesses)} meant?" if guesses else ""
