"""Offences of the force: how often each occurs, who suffers it, who is suspected, where and since when.

The rates are made up. They are chosen so that the severities fit the published ones at about 260,000 crimes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from ocgnet.harm import weights

HIGH_HARM = 365.0
"""Weight (days in custody) from which the profile calls an offence, or a person's year, one of high harm."""

AGES = ((0, 9), (10, 12), (13, 15), (16, 24), (25, 92))
"""Classes of a victim's age; a victim stays in the class for the whole year."""
YOUNG = (1, 2, 3)
"""Positions of the classes from 10 to 24."""

_CLASSES = {
    "child": (0.55, 0.45, 0, 0, 0),
    "teen": (0, 0.1, 0.9, 0, 0),
    "13 to 15": (0, 0, 1, 0, 0),
    "16 and over": (0, 0, 0, 0.25, 0.75),
    "all": (0.01, 0.015, 0.035, 0.17, 0.77),
    "older": (0, 0, 0, 0.08, 0.92),
}
"""Shares of the classes of age among the victims, by the word in the table."""
_NUMBERS = ("count", "victim", "suspect", "private", "female", "women")


@dataclass(frozen=True)
class Offences:
    """Offences in columns, one entry per code.

    Parameters
    ----------
    code, text, group : tuple of str
        Code as in the severity weights, words, and the group it is counted in.
    weight : ndarray of float
        Severity weight.
    count : ndarray of float
        Crimes in the year at scale 1, before they are fitted.
    victim, suspect, private : ndarray of float
        Chance that a person is the victim, that somebody is suspected, that it happened in a private space.
    female, ages : ndarray of float
        Female share of the victims, and shares of their age classes, shape ``(codes, 5)``.
    women : ndarray of float
        Female share of the suspects.
    level : ndarray of int
        0 where the count stands as it is, 1 where it is fitted to the severity, 2 where it is fitted to the volume.
    """

    code: tuple[str, ...]
    text: tuple[str, ...]
    group: tuple[str, ...]
    weight: np.ndarray
    count: np.ndarray
    victim: np.ndarray
    suspect: np.ndarray
    private: np.ndarray
    female: np.ndarray
    ages: np.ndarray
    women: np.ndarray
    level: np.ndarray

    def __len__(self) -> int:
        return len(self.code)

    def of(self, *groups: str) -> np.ndarray:
        """Return whether each code belongs to one of ``groups``."""
        return np.isin(np.array(self.group), groups)

    def position(self, code: str) -> int:
        """Return where a code stands."""
        return self.code.index(code)


@cache
def offences() -> Offences:
    """Return the table, from ``offences.csv`` beside this module.

    >>> table = offences()
    >>> table.text[table.position("46")], float(table.weight[table.position("46")])
    ('Shoplifting', 11.8555)
    """
    text = (files("ocgnet.synthetic.force") / "offences.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    weight = weights()
    column = {name: np.array([float(r[name]) for r in rows]) for name in _NUMBERS}
    return Offences(
        code=tuple(r["code"] for r in rows),
        text=tuple(r["offence"] for r in rows),
        group=tuple(r["group"] for r in rows),
        weight=np.array([weight[r["code"]] for r in rows]),
        ages=np.array([_CLASSES[r["ages"]] for r in rows], float),
        level=np.array([int(r["level"]) for r in rows]),
        **column,
    )
