"""Restricting what may be done with somebody's record instead of erasing it, and lifting that again.

A restriction is two columns in every table of people in which the person stands; ``evidence.restricted`` says what
follows from them. Why it was decided, in words, stands in the log alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow.compute as pc

from ocgnet.edit import Change, Place
from ocgnet.edit.change import rows_of
from ocgnet.errors import UsageError
from ocgnet.model import PERSON_TABLES, TABLES, ids_of_people, names_person
from ocgnet.model.columns import RESTRICTED_BECAUSE


@dataclass(frozen=True)
class Standing:
    """How a person stands in some records."""

    person: str
    tables: tuple[str, ...]  # tables of people that hold a row of the person
    since: str  # ISO day since when processing is restricted; empty when it is not
    because: str  # a key of ``RESTRICTED_BECAUSE``, or empty

    @property
    def restricted(self) -> bool:
        """Whether any row says so."""
        return bool(self.since)


def standing_of(place: Place, person: str) -> Standing:
    """Return how somebody stands in the records.

    Raises
    ------
    UsageError
        When no table of people and no relation names this id.
    """
    rows = {name: rows_of(place.look_up(name, key, [person])) for name, key in PERSON_TABLES.items()}
    marks = [row for own in rows.values() for row in own if row["restricted_on"]]
    if not any(rows.values()) and not any(
        pc.any(pc.is_valid(ids_of_people(place.look_up(name, column.name, [person]), column))).as_py()
        for name, table in TABLES.items()
        for column in table.columns
        if names_person(name, column)
    ):
        raise UsageError(f"Nobody in these records has the id {person}. Nothing was changed.")
    first = min(marks, key=lambda row: row["restricted_on"], default={})
    return Standing(
        person,
        tuple(name for name, own in rows.items() if own),
        first.get("restricted_on", ""),
        first.get("restricted_because", ""),
    )


def restriction(standing: Standing, because: str, on: date) -> Change:
    """Return the change that restricts processing from a day; nothing when it is restricted on that ground already.

    Whoever is only named by a link gets a row of ``people`` that says so.

    Raises
    ------
    UsageError
        When the ground is none of section 47.
    """
    if because not in RESTRICTED_BECAUSE:
        grounds = "; ".join(f"{word} ({says})" for word, says in RESTRICTED_BECAUSE.items())
        raise UsageError(f"There is no ground {because}. --because is one of: {grounds}.")
    if standing.restricted and standing.because == because:
        return Change()
    cells = {"restricted_on": standing.since or on.isoformat(), "restricted_because": because}
    if not standing.tables:
        return Change(add={"people": [{"person_id": standing.person, **cells}]})
    return _in_all(standing, cells)


def lifting(standing: Standing) -> Change:
    """Return the change that lifts a restriction; nothing when there is none."""
    return _in_all(standing, {"restricted_on": "", "restricted_because": ""}) if standing.restricted else Change()


def _in_all(standing: Standing, cells: dict[str, str]) -> Change:
    return Change(edit={name: [({PERSON_TABLES[name]: standing.person}, cells)] for name in standing.tables})


def refuse_restricted(place: Place, people: Iterable[str]) -> None:
    """Refuse an act that would show, alter or hand on the record of somebody restricted.

    Raises
    ------
    UsageError
        With the commands that answer an access request and that lift a restriction.
    """
    wanted = sorted(set(people))
    for name, key in PERSON_TABLES.items() if wanted else ():
        for row in rows_of(place.look_up(name, key, wanted)):
            if row["restricted_on"]:
                raise UsageError(
                    f"Processing of {row[key]} is restricted since {row['restricted_on']}, so this record is shown, "
                    f"altered and handed on by nothing but the answer to an access request (ocgnet subject-access "
                    f"{row[key]}). Where somebody has to be protected, lift it first: ocgnet review lift {row[key]}."
                )
