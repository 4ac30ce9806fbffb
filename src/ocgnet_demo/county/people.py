"""Invented people: names made of syllables, and PNC ids that no computer would accept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ocgnet_demo.drawing import DISTRICTS, Row, pick, stream

PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
"""Check letters of a PNC id by remainder: A to Z without I, O and S, starting at Z."""

_SURNAME_STARTS = (
    "Brell", "Corv", "Dask", "Evern", "Fenn", "Garv", "Halv", "Istr", "Jarm", "Kelv", "Lorm", "Marv", "Nerr",
    "Osk", "Pell", "Quar", "Rusk", "Sarv", "Tolv", "Ulm", "Varr", "Wend", "Yarv", "Zell", "Threl", "Skarn", "Drov",
)  # fmt: skip
_SURNAME_ENDS = ("ack", "addle", "ander", "ick", "igan", "ingle", "intoft", "okey", "ombe", "ovar", "umber", "wythe")
_FORENAMES = {
    "male": ("Aldric", "Bramm", "Caddo", "Darvin", "Edrik", "Fennel", "Garrin", "Hadric", "Ivo", "Jorrin", "Kaldo",
             "Lorin", "Mervo", "Naldo", "Orrin", "Perrin", "Quill", "Rorik", "Stelan", "Tarrin", "Ulric", "Varrin",
             "Wendel", "Yorick", "Zarrin", "Søren-Al", "Želko", "Émeric", "Łukan"),
    "female": ("Adelis", "Brenna", "Cassia", "Dorelle", "Elvina", "Fiorel", "Gwenla", "Hesta", "Isolde", "Jorah",
               "Kerenza", "Lunet", "Maelis", "Nerys", "Orla", "Perdita", "Romilly", "Sabra", "Tamsel", "Ursel",
               "Vesna", "Wynne", "Ysolt", "Zelda", "Chloë-An", "Zoë", "Ångela"),
}  # fmt: skip
_ODD_SURNAMES = ("O'Varrick", "O'Tolvander", "D'Ulmick", "Brellack-Oskombe", "Zellander-Fennick", "Nić Oskaddle")
_ALIASES = ("Splint", "Magpie", "Cobbler", "Tin", "Lofty Dee", "Bishop K", "Marble", "Wicket", "Haddock", "Old Pence")
_ETHNICITIES = (("W1", 60.0), ("W9", 9.0), ("M1", 5.0), ("A2", 7.0), ("B1", 8.0), ("O9", 3.0), ("NS", 8.0))


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    id: str
    forename: str
    surname: str
    born: date
    sex: str
    ethnicity: str
    district: str

    def row(self, key: str) -> Row:
        """Return the columns that every table of people has, with the id under ``key``."""
        return {
            key: self.id,
            "name": f"{self.forename} {self.surname}",
            "date_of_birth": self.born,
            "sex": self.sex,
            "ethnicity": self.ethnicity,
            "district": self.district,
        }


class Registry:
    """Makes people with names that nobody else in the county has.

    Parameters
    ----------
    seed : int
        Seed of the county.
    as_of : date
        Day at which ages are meant.
    """

    def __init__(self, seed: int, as_of: date) -> None:
        self._rng = stream(seed, "people")
        self._as_of = as_of
        self._names: set[str] = set()

    def person(
        self,
        person_id: str,
        ages: tuple[int, int],
        *,
        female: float = 0.5,
        surname: str = "",
        district: str = "",
        born: date | None = None,
    ) -> Person:
        """Return a new person; what is not given is drawn."""
        rng = self._rng
        sex = "female" if rng.random() < female else "male"
        forename, family = "", ""
        while not forename or f"{forename} {family}" in self._names:
            family = surname or self._surname()
            forename = rng.choice(_FORENAMES[sex])
            if surname and rng.random() < 0.3:
                forename += f" {rng.choice(_FORENAMES[sex])}"
        self._names.add(f"{forename} {family}")
        return Person(
            person_id,
            forename,
            family,
            born or self._birthday(ages),
            sex,
            pick(rng, _ETHNICITIES),
            district or rng.choice(DISTRICTS),
        )

    def _surname(self) -> str:
        if self._rng.random() < 0.03:
            return self._rng.choice(_ODD_SURNAMES)
        return self._rng.choice(_SURNAME_STARTS) + self._rng.choice(_SURNAME_ENDS)

    def _birthday(self, ages: tuple[int, int]) -> date:
        """Return a birthday of somebody who is of these ages, both included, on the day the county is judged."""
        low, high = ages
        eldest = self._as_of.replace(year=self._as_of.year - high - 1) + timedelta(days=1)
        youngest = self._as_of.replace(year=self._as_of.year - low)
        return eldest + timedelta(days=self._rng.randint(0, (youngest - eldest).days))


def pnc_letter(year: int, serial: int) -> str:
    """Return the check letter that a real PNC id would carry.

    Parameters
    ----------
    year : int
        Two-digit year.
    serial : int
        Number of up to seven digits.

    >>> pnc_letter(0, 0), pnc_letter(0, 1), pnc_letter(0, 22), pnc_letter(0, 23)
    ('Z', 'A', 'Y', 'Z')
    """
    return PNC_LETTERS[(year * 10_000_000 + serial) % 23]


def wrong_pnc_id(rng: Random) -> str:
    """Return a PNC id whose check letter is wrong, so that it can be nobody's."""
    year, serial = rng.randint(0, 18), rng.randint(1, 9_999_999)
    wrong = [c for c in PNC_LETTERS if c != pnc_letter(year, serial)]
    return f"{year:02d}/{serial:07d}{rng.choice(wrong)}"


def nominal_row(rng: Random, person: Person, review_due: date) -> Row:
    """Return a row of ``nominals``."""
    alias = "|".join(sorted(rng.sample(_ALIASES, 2 if rng.random() < 0.2 else 1))) if rng.random() < 0.15 else None
    return {
        **person.row("nominal_id"),
        "aliases": alias,
        "pnc_id": wrong_pnc_id(rng) if rng.random() < 0.9 else None,
        "review_due": review_due,
    }
