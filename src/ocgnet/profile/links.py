"""Who is linked to the crimes of the period, and how much of each crime falls to whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.ages import age_on
from ocgnet.model import table
from ocgnet.profile.records import NOW, Records

_DIGITS = 6
TO_VICTIM = table("crime_links").column("relationship_to_victim")


@dataclass(frozen=True)
class Shares:
    """Parts of crimes that fall to people; one entry per person and crime, however many links say it.

    Parameters
    ----------
    person : ndarray of int
        Number of the person, 0 to ``people - 1``.
    crime : ndarray of int
        Number of the crime among those of the period.
    part : ndarray of float
        Weight of the crime divided by how many of these people it links; NaN where harm is unknown.
    area : ndarray of str (object)
        District of the crime, empty when none is recorded.
    age : ndarray of float
        Age of the person on the day of the crime; NaN when not known.
    relationship : ndarray of str (object)
        Relationship to the victim for this pair, as it is counted; empty when none is recorded.
    people : int
        How many people there are.
    """

    person: np.ndarray
    crime: np.ndarray
    part: np.ndarray
    area: np.ndarray
    age: np.ndarray
    relationship: np.ndarray
    people: int

    @property
    def harm(self) -> np.ndarray:
        """Harm of each person whose harm is known at all, in descending order.

        Rounded to six decimals, so that thirds that add up to a whole do.
        """
        known = ~np.isnan(self.part)
        order = np.lexsort((self.part[known], self.person[known]))
        person, part = self.person[known][order], self.part[known][order]
        total = np.bincount(person, weights=part, minlength=self.people)
        present = np.bincount(person, minlength=self.people) > 0
        return np.asarray(np.sort(np.round(total[present], _DIGITS))[::-1])

    @property
    def links(self) -> np.ndarray:
        """Part of each link of known harm, in ascending order."""
        return np.sort(self.part[~np.isnan(self.part)])


_BORN = {True: "greatest(n.date_of_birth, c.date_of_birth, p.date_of_birth)", False: "NULL::DATE"}
"""Of several dates of birth the latest, as everywhere: in doubt somebody is a child."""
_PEOPLE = """
    LEFT JOIN people p ON p.person_id = l.person_id
    LEFT JOIN nominals n ON n.nominal_id = l.person_id
    LEFT JOIN children c ON c.child_id = l.person_id
"""


def shares_of(records: Records, roles: Sequence[str], *, ages: bool = True) -> Shares:
    """Return who is linked in one of ``roles`` to the crimes of the period.

    Parameters
    ----------
    records : Records
        The force's crimes, links and people.
    roles : sequence of str
        Link roles; a person with several of them in one crime counts once.
    ages : bool
        Whether ages are looked up; without, every age is unknown.

    Returns
    -------
    Shares
        In any order: whoever adds parts up puts them into an order first.
    """
    named = ", ".join(f"'{role}'" for role in sorted(roles))
    # A link of one role stands once by its key; with several roles the links of a pair are one.
    one = len(set(roles)) == 1
    told = "nullif(lower(trim(relationship_to_victim)), '')"
    linked = "SELECT l.person_id, number, " + (
        f"{told} AS relationship FROM crime_links l JOIN now USING (crime_id) WHERE link_role IN ({named})"
        if one
        else f"min({told}) AS relationship FROM crime_links l JOIN now USING (crime_id) WHERE link_role IN ({named}) "
        "GROUP BY l.person_id, number"
    )
    rows = records.sql(
        f"""
        WITH now AS MATERIALIZED (
            SELECT crime_id, row_number() OVER () AS number, weight, district,
                   coalesce(occurred_on, recorded_on) AS happened_on
            FROM crimes LEFT JOIN code USING (offence_code) WHERE {records.inside(NOW)}
        ), linked AS ({linked})
        SELECT l.person_id, number, now.weight, now.district, now.happened_on, l.relationship, {_BORN[ages]} AS born
        FROM linked l JOIN now USING (number) {_PEOPLE if ages else ""}
        """
    )
    person = rows["person_id"].combine_chunks().dictionary_encode()
    crime = rows["number"].to_numpy().astype(np.int64) - 1
    size = np.bincount(crime, minlength=1)
    weight = rows["weight"].to_numpy().astype(float)
    return Shares(
        person.indices.to_numpy().astype(np.int64),
        crime,
        weight / np.maximum(size[crime], 1),
        _words(rows["district"]),
        age_on(rows["born"].to_numpy().astype("datetime64[D]"), rows["happened_on"].to_numpy().astype("datetime64[D]")),
        _words(rows["relationship"], TO_VICTIM.counted_word),
        len(person.dictionary),
    )


def _words(column: pa.ChunkedArray, counted: Callable[[str], str] = str) -> np.ndarray:
    """Return the texts of a column, each as it is counted; empty where there is none."""
    encoded = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    levels = np.array([counted(level) if level else "" for level in encoded.dictionary.to_pylist()], object)
    return np.asarray(levels[encoded.indices.to_numpy()]) if len(levels) else np.empty(0, object)
