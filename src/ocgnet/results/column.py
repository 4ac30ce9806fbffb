"""What a column of a result is, and the columns that most results begin with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result table.

    Parameters
    ----------
    name : str
        Header.
    kind : str
        ``id``, ``text``, ``count``, ``number``, ``share`` (0 to 1), ``date`` or ``flag``.
    says : str
        One plain sentence for the dictionary and the column's tooltip.
    assessment : bool
        True when the value is computed or suggested, false when it repeats a recorded fact.
    """

    name: str
    kind: str
    says: str
    assessment: bool = True


def fact(name: str, kind: str, says: str) -> ResultColumn:
    """Return a column that repeats a recorded fact."""
    return ResultColumn(name, kind, says, assessment=False)


NAME = fact("name", "text", "Name as recorded.")
NOMINAL = fact("nominal_id", "id", "The nominal.")
BECAUSE = ResultColumn("because", "text", "The reasons, in words.")
