"""Agencies under one spelling: whoever writes one in other letters or with other spaces means the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class Spellings:
    """How each agency is written most often, the first in the alphabet among equals.

    Parameters
    ----------
    written : iterable of str or None
        Every time an agency is written; blank ones do not count.
    """

    def __init__(self, written: Iterable[str | None]) -> None:
        times = Counter(_plain(agency) for agency in written)
        self._by_plain: dict[str, str] = {}
        for word in sorted(times, key=lambda w: (-times[w], w)):
            self._by_plain.setdefault(word.casefold(), word)

    def of(self, agency: str | None) -> str:
        """Return how an agency is written; its own words where it was never seen, and blank for a blank one.

        >>> spellings = Spellings(["Fire Service", "fire  service", "Fire Service", None])
        >>> spellings.of("FIRE SERVICE"), spellings.of("Health"), spellings.of(None)
        ('Fire Service', 'Health', '')
        """
        plain = _plain(agency)
        return self._by_plain.get(plain.casefold(), plain)

    def several(self, cell: str | None) -> list[str]:
        """Return the agencies of a cell that ``|`` parts, each once, in their order.

        >>> Spellings(["Health"]).several("health| |HEALTH|Probation")
        ['Health', 'Probation']
        """
        return list(dict.fromkeys(filter(None, (self.of(part) for part in parted(cell)))))


def parted(cell: str | None) -> list[str]:
    """Return what ``|`` parts in a cell; empty for a blank one."""
    return (cell or "").split("|") if cell else []


def _plain(agency: str | None) -> str:
    return " ".join((agency or "").split())
