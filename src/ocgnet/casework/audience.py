"""Who receives a pack, what they need of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ocgnet.casework.shared_columns import PACK_TABLES, SharedColumn


@dataclass(frozen=True)
class Need:
    """Some columns of one table, and the reason why this audience needs them.

    Parameters
    ----------
    table : str
        A key of ``PACK_TABLES``.
    columns : tuple of str
        Columns of that table.
    because : str
        The reason, printed in the pack.
    only : tuple of str
        For crimes: the standings that are shared; empty for all.
    """

    table: str
    columns: tuple[str, ...]
    because: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audience:
    """A recipient of disclosures or the other end of a referral route.

    Parameters
    ----------
    name : str
        Word on the command line.
    title : str
        Who they are, as it reads in a sentence.
    purpose : str
        What the pack is for; it may be used for nothing else.
    basis : str
        Duty or power under which it is shared. The sender confirms it for each pack.
    needs : tuple of Need
        Everything this audience may see; whatever is not named here stays behind.

    Raises
    ------
    KeyError
        When a need names a table or column that no pack has.
    """

    name: str
    title: str
    purpose: str
    basis: str
    needs: tuple[Need, ...]

    def __post_init__(self) -> None:
        for need in self.needs:
            if missing := set(need.columns) - {c.name for c in PACK_TABLES[need.table]}:
                raise KeyError(f"{self.name} needs {', '.join(sorted(missing))}, which {need.table} does not have")

    @cached_property
    def columns(self) -> dict[str, tuple[SharedColumn, ...]]:
        """Columns by table, in the order of ``PACK_TABLES``; a table that is not needed is absent."""
        wanted = {(n.table, c) for n in self.needs for c in n.columns}
        found = {t: tuple(c for c in all_of if (t, c.name) in wanted) for t, all_of in PACK_TABLES.items()}
        return {t: columns for t, columns in found.items() if columns}

    def standings(self) -> tuple[str, ...]:
        """Standings in crimes that are shared; empty for all."""
        return tuple(sorted({s for n in self.needs for s in n.only}))
