"""The chapters on victims and offenders: age, relationship, and how harm concentrates on a few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.intervals import weighted_share_interval
from ocgnet.evidence.ages import age_on
from ocgnet.local_profile.figures import NO_INTERVAL, ProfileFigure, ProfileTable, table_of
from ocgnet.local_profile.harm import CHAPTER
from ocgnet.local_profile.lorenz import GRID, Lorenz, lorenz_of
from ocgnet.local_profile.records import NOW, Material, Records
from ocgnet.model import NOT_RECORDED, table
from ocgnet.results import Figure

# Who is linked to the crimes of the period, and how much of each crime falls to whom.

_DIGITS = 6
TO_VICTIM = table("crime_links").column("relationship_to_victim")


@dataclass(frozen=True)
class Shares:
    """Parts of crimes that fall to people; one entry per person and crime, however many links say it."""

    person: np.ndarray  # int: number of the person, 0 to ``people - 1``
    crime: np.ndarray  # int: number of the crime among those of the period
    # Weight of the crime divided by how many of these people it links; NaN where harm is unknown (float).
    part: np.ndarray
    area: np.ndarray  # str: district of the crime, empty when none is recorded
    age: np.ndarray  # float: age of the person on the day of the crime; NaN when not known
    # Relationship to the victim for this pair, as it is counted; empty when none is recorded (str).
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

    A person with several of the roles in one crime counts once. Without ``ages`` every age is unknown. In any order:
    whoever adds parts up puts them into an order first.
    """
    named = ", ".join(f"'{role}'" for role in sorted(roles))
    # A link of one role stands once by its key; with several roles the links of a pair are one.
    one = len(set(roles)) == 1
    recorded = "nullif(lower(trim(relationship_to_victim)), '')"
    linked = f"""
        SELECT l.person_id, number, {recorded if one else f"min({recorded})"} AS relationship
        FROM crime_links l JOIN now USING (crime_id) WHERE link_role IN ({named})
        {"" if one else "GROUP BY l.person_id, number"}
    """
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


CONCENTRATION = "concentration"
AGE_UNKNOWN, NO_VICTIM = "age not known", "no victim recorded"
NO_SUSPECT = "no suspect recorded"
RESAMPLED = "95%, people resampled"


def concentration_of(material: Material, shares: Shares) -> Lorenz | None:
    """Return how harm concentrates on the people of ``shares``."""
    s = material.settings
    rng = np.random.default_rng(s.analysis.seed)
    return lorenz_of(shares.harm, shares.links, s.high_harm, s.draws, s.draw_budget, s.least_draws, rng)


def concentration_table(curves: dict[str, Lorenz | None]) -> ProfileTable:
    """Return the Lorenz curves as rows, victims before offenders."""
    parts = [
        pd.DataFrame(
            {
                "people": who,
                "share_of_people": GRID,
                "number": np.round(GRID * curve.people).astype(int),
                "share_of_harm": curve.curve,
                **{name: getattr(curve, name) for name in ("low", "high", "null_low", "null_median", "null_high")},
            }
        )
        for who, curve in curves.items()
        if curve is not None
    ]
    return table_of("concentration", pd.concat(parts) if parts else [])


def few_figures(material: Material, who: str, roles: str, found: Lorenz | None) -> dict[str, Figure]:
    """Return ``<who>_few``, ``<who>_few_harm`` and ``<who>_gini``; None where nobody carries harm."""
    least = material.settings.high_harm
    verb = "experience" if who == "victims" else "are linked to"
    says = {
        "few": f"Share of {who} who each {verb} a severity of {least:g} or more",
        "few_harm": f"Share of the harm of all {who} that these few {verb}",
        "gini": f"Concentration of harm over {who} (Gini; 0 even, 1 in one hand)",
    }
    counted = f"people linked as {roles} to {material.crimes_words()} of known harm; each crime split evenly over them"
    if found is None:
        units = {"few": "share", "few_harm": "share", "gini": "ratio"}
        return {
            f"{who}_{name}": ProfileFigure(
                None, units[name], text, filter=f"{counted}; nobody is", chapter=CONCENTRATION, period=material.now
            )
            for name, text in says.items()
        }
    counted += f"; {found.resamples} resamples, {found.allocations} random allocations"
    values = (
        ("few", found.few / found.people, found.few, found.people, found.few_interval, found.few_null),
        (
            "few_harm",
            found.few_harm / found.harm,
            round(found.few_harm),
            round(found.harm),
            found.few_harm_interval,
            found.few_harm_null,
        ),
    )
    figures: dict[str, Figure] = {}
    for name, value, part, whole, ends, null in values:
        figures[f"{who}_{name}"] = ProfileFigure(
            round(float(value), 9), "share", says[name], part, whole, counted, *ends, *null,
            chapter=CONCENTRATION, period=material.now, records=found.people, interval=RESAMPLED,
        )  # fmt: skip
    figures[f"{who}_gini"] = ProfileFigure(
        round(found.gini, 6), "ratio", says["gini"], filter=counted,
        chapter=CONCENTRATION, period=material.now, records=found.people,
    )  # fmt: skip
    return figures


def victim_ages_table(material: Material, victims: Shares) -> ProfileTable:
    """Return victims and harm by band of age, then those of unknown age, and harm without a victim."""
    bands = material.settings.age_bands
    total = float(material.cube.total(NOW)["severity"])
    part = np.nan_to_num(victims.part)
    of_age = {}
    for first, after in zip(bands, (*bands[1:], None), strict=True):
        name = f"{first} and over" if after is None else f"under {after}" if not first else f"{first} to {after - 1}"
        of_age[name] = (victims.age >= first) & (victims.age < (np.inf if after is None else after))
    of_age[AGE_UNKNOWN] = np.isnan(victims.age)
    rows = [
        (age, len(np.unique(victims.person[those])), float(np.sort(part[those]).sum())) for age, those in of_age.items()
    ]
    rest = total - float(np.sort(part).sum())
    rows.append((NO_VICTIM, 0, max(round(rest, 6), 0.0)))
    frame = pd.DataFrame(rows, columns=["age", "victims", "severity"])
    frame["share_of_severity"] = frame["severity"] / total if total else np.nan
    return table_of("victim_ages", frame)


def age_figures(material: Material, victims: Shares) -> dict[str, Figure]:
    """Return the share of all harm that falls on people of the ages in the settings."""
    first, last = material.settings.young
    figure_id = f"harm_age_{first}_{last}"
    says = f"Share of harm against people aged {first} to {last}"
    total = float(material.cube.total(NOW)["severity"])
    if not total or not material.has("crime_links"):
        return {figure_id: material.figure("vulnerability", None, "share", says)}
    part = np.nan_to_num(victims.part)
    inside = (victims.age >= first) & (victims.age <= last)
    harm, known = (float(np.sort(part[w]).sum()) for w in (inside, ~np.isnan(victims.age)))
    counted = (
        f"{material.crimes_words()}; severity, split evenly over the victims of a crime; {known:,.0f} falls on victims "
        "of known age, the rest on others or on no recorded victim"
    )
    ends = _spread(part[inside], total, float(material.cube.total(NOW)["squares"]))
    return {
        figure_id: material.figure(
            "vulnerability", round(harm / total, 9), "share", says, round(harm), round(total), counted,
            ends, int(inside.sum()),
        )
    }  # fmt: skip


def _spread(parts: np.ndarray, total: float, squares: float) -> tuple[float, float]:
    """Return the interval of the share that some parts have of a total; ``squares`` is its sum of squares."""
    own, harm = float(np.sort(parts * parts).sum()), float(np.sort(parts).sum())
    return weighted_share_interval(harm, own, total - harm, squares - own)


def relationships_table(material: Material, suspects: Shares) -> ProfileTable:
    """Return harm by what suspects are to their victims, in the force and in its main area."""
    rows: list[tuple[object, ...]] = []
    for place, districts in _places(material):
        cube = material.cube.of_period(NOW)
        inside = np.ones(len(suspects.part), bool)
        if districts is not None:
            cube = cube[cube["district"].isin(districts)]
            inside = np.isin(suspects.area.astype(str), districts)
        total = round(float(cube["severity"].sum()), 6)
        part, kind = np.nan_to_num(suspects.part[inside]), suspects.relationship[inside]
        crime = suspects.crime[inside]
        sums = [
            (str(k), len(np.unique(crime[kind == k])), float(np.sort(part[kind == k]).sum()))
            for k in set(kind.tolist())
        ]
        sums.sort(key=lambda row: (-row[2], row[0]))
        named = [(k or NOT_RECORDED, n, harm) for k, n, harm in sums]
        crimes = int(cube["crimes"].sum()) - len(np.unique(crime))
        named.append((NO_SUSPECT, crimes, max(round(total - float(np.sort(part).sum()), 6), 0.0)))
        rows += [(place, k, n, harm, harm / total if total else np.nan) for k, n, harm in named]
    return table_of("relationships", rows)


def _places(material: Material) -> list[tuple[str, list[str] | None]]:
    area = material.geography.main_area
    found: list[tuple[str, list[str] | None]] = [(material.dataset.about.force or "force", None)]
    return [*found, (area, material.geography.areas[area])] if area else found


RELATIONSHIPS = ("acquaintance", "stranger")
"""Relationships that have a figure of their own."""


def relationship_figures(material: Material, suspects: Shares) -> dict[str, Figure]:
    """Return the share of the main area's harm that acquaintances and strangers are linked to."""
    area = material.geography.main_area
    figures: dict[str, Figure] = {}
    for kind in RELATIONSHIPS:
        says = f"Harm in {area or 'the local-authority area'} caused by {kind}s"
        rows = material.cube.of_period(NOW)
        rows = rows[rows["district"].isin(material.geography.areas.get(area, []))]
        total = float(rows["severity"].sum())
        value, ends, harm, count = None, NO_INTERVAL, 0.0, 0
        if total and material.has("crime_links"):
            inside = np.isin(suspects.area.astype(str), material.geography.areas[area])
            chosen = np.nan_to_num(suspects.part[inside & (suspects.relationship == kind)])
            harm, count = float(np.sort(chosen).sum()), len(chosen)
            value = round(harm / total, 9)
            ends = _spread(chosen, total, float(rows["squares"].sum()))
        roles = " or ".join(material.settings.analysis.link_roles)
        figures[f"harm_by_{kind}_laa"] = material.figure(
            CHAPTER, value, "share", says, round(harm) if value is not None else None, round(total) if total else None,
            f"{material.crimes_words()} in {area}; severity, split evenly over people linked as {roles}; "
            f"relationship recorded as {kind}; of all harm there, with or without a suspect", ends, count,
        )  # fmt: skip
    return figures
