"""Figures of a profile: one number with all needed to defend it, and whether chance explains a change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ocgnet.local_profile.profile_tables import PROFILE_TABLES, TableOf
from ocgnet.results import Figure, ResultColumn, ResultTable
from ocgnet.visible import shortened


@dataclass(frozen=True)
class ProfileFigure(Figure):
    """A figure of the profile.

    ``unit`` is ``score`` (sum of weights), ``count``, ``share`` (0 to 1), ``change`` (share of the earlier value; a
    plain difference for ``ocgs_change``), ``ratio`` or ``years``. ``low`` and ``high`` are given where the value
    would vary by chance if the same year came again.
    """

    chapter: str = ""  # chapter of the report
    period: str = ""  # which days were counted
    records: int | None = None  # how many records (crimes, people, stops) the value rests on
    interval: str = ""  # how ``low`` and ``high`` were made; empty without them


@dataclass(frozen=True)
class ProfileTable(ResultTable):
    """A table of the profile with its declaration."""

    declared: TableOf

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """Declared columns."""
        return self.declared.columns

    @property
    def question(self) -> str:
        """The question that the table answers."""
        return self.declared.question

    def holding(self, frame: pd.DataFrame) -> ProfileTable:
        """Return the same table with other rows."""
        return replace(self, frame=frame)


def table_of(
    declared: TableOf | str, rows: pd.DataFrame | Sequence[Mapping[str, Any] | tuple[Any, ...]]
) -> ProfileTable:
    """Return rows as a declared table; its columns, and the values of a row that is a tuple, stand in that order.

    A name is that of one of ``PROFILE_TABLES``.
    """
    found = PROFILE_TABLES[declared] if isinstance(declared, str) else declared
    frame = pd.DataFrame(rows, columns=[c.name for c in found.columns])
    return ProfileTable(found.name, frame.reset_index(drop=True), found)


@dataclass(frozen=True)
class Part:
    """What a chapter adds to a profile: its tables, in the order of their sheets, and its figures by id."""

    tables: tuple[ProfileTable, ...]
    figures: Mapping[str, Figure]


def slug(name: str) -> str:
    """Return a name as part of a figure id.

    >>> slug("Isle of Wight"), slug("St. Denys & Portswood")
    ('isle_of_wight', 'st_denys_and_portswood')
    """
    return re.sub(r"[\W_]+", "_", shortened(name).lower().replace("&", " and ")).strip("_")


def unused(figure_id: str, figures: Mapping[str, object]) -> str:
    """Return an id that no figure has yet: names that differ only by signs do not take each other's place.

    >>> unused("ward_hill", {}), unused("ward_hill", {"ward_hill": 1, "ward_hill_2": 1})
    ('ward_hill', 'ward_hill_3')
    """
    if figure_id not in figures:
        return figure_id
    number = 2
    while f"{figure_id}_{number}" in figures:
        number += 1
    return f"{figure_id}_{number}"


def ward_slug(name: str) -> str:
    """Return the name of a ward as part of a figure id: as ``slug``, without the word and.

    >>> ward_slug("Frogmore and Darby Green")
    'frogmore_darby_green'
    """
    return "_".join(part for part in slug(name).split("_") if part != "and")


def first_slug(name: str) -> str:
    """Return a district named after two places by the first of them.

    >>> first_slug("Basingstoke and Deane"), first_slug("New Forest")
    ('basingstoke', 'new_forest')
    """
    return slug(name).split("_and_")[0]


CHANCE = "95%, crimes as independent events"
NO_INTERVAL: tuple[float | None, float | None] = (None, None)
EVENTS = "95%, records as independent events"
