"""Harm by ward: which carry most, which carry most for their population, and what threatens them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from ocgnet.analysis.intervals import funnel, weighted_share_interval
from ocgnet.local_profile.figures import NO_INTERVAL, ProfileTable, slug, table_of, unused, ward_slug
from ocgnet.local_profile.harm import CHAPTER
from ocgnet.local_profile.records import NOW, Material
from ocgnet.results import Figure

STANDINGS = (
    "far above its share",
    "above its share",
    "as chance allows",
    "below its share",
    "far below its share",
    "population not known",
    "harm not known",
)
"""Where a ward stands against the funnel; far means outside the outer limit."""

NAMED = ("severity", "severity a head")
"""Why a ward is named."""


def wards_table(material: Material) -> ProfileTable:
    """Return every ward with its harm and its place in the funnel, the most severe first.

    A ward is known by its name and district. Wards of the table ``wards`` without a crime are listed with 0; wards
    that only crimes name have no population, and a ward none of whose crimes has a weight has no severity, which is
    not the same as 0. The funnel shows between which values wards of a size fall when each resident carries the
    force's mean: small wards vary widely, so a high value of a small ward may be chance. Limits come from the weights
    of all wards' crimes, as in ``chance.funnel``.
    """
    sums = material.cube.sums(NOW, "ward", "district").reset_index()
    sums = sums[sums["ward"] != ""].astype({"ward": object, "district": object})
    known = material.geography.wards
    frame = sums.merge(known, on=["ward", "district"], how="outer").sort_values(["district", "ward"])
    counted = ["crimes", "severity", "squares", "unknown"]
    frame[counted] = frame[counted].fillna(0.0)
    frame.loc[(frame["crimes"] > 0) & (frame["unknown"] == frame["crimes"]), ["severity", "squares"]] = np.nan
    total = float(material.cube.total(NOW)["severity"])
    frame["share_of_severity"] = frame["severity"] / total if total else np.nan
    people = frame["population"].to_numpy(float, na_value=np.nan)
    settled = people > 0
    frame["severity_per_1000"] = np.where(settled, frame["severity"] / np.where(settled, people, 1) * 1000, np.nan)
    _limits(frame, people, material.settings.funnel_limits)
    frame["named"] = _named(frame, material.settings.top_wards)
    threats = _threats(material, frame)
    frame["threats"] = [
        ", ".join(f"{group} {share:.0%}" for group, _, share, _, _ in threats.get(key, []))
        for key in zip(frame["ward"], frame["district"], strict=True)
    ]
    frame["crimes"] = frame["crimes"].astype(int)
    frame["harm_unknown"] = frame["unknown"].astype(int)
    frame["population"] = frame["population"].astype("Int64")
    return table_of("wards", frame.sort_values(["severity", "ward", "district"], ascending=[False, True, True]))


def _limits(frame: pd.DataFrame, people: np.ndarray, limits: tuple[float, float]) -> None:
    settled = (people > 0) & frame["severity"].notna().to_numpy()
    residents = people[settled].sum()
    rate, spread = (
        float(frame.loc[settled, n].sum()) / residents if residents else 0.0 for n in ("severity", "squares")
    )
    for name, share in zip(("inner", "outer"), limits, strict=True):
        frame[f"{name}_low"], frame[f"{name}_high"] = funnel(people, rate, spread, share)
    value = frame["severity_per_1000"].to_numpy(float)
    frame["standing"] = np.select(
        [
            ~(people > 0),
            ~settled,
            value > frame["outer_high"],
            value > frame["inner_high"],
            value < frame["outer_low"],
            value < frame["inner_low"],
        ],
        [STANDINGS[5], STANDINGS[6], STANDINGS[0], STANDINGS[1], STANDINGS[4], STANDINGS[3]],
        STANDINGS[2],
    )


def _named(frame: pd.DataFrame, top: int) -> list[str]:
    """Return why each ward is named: most severity, or most a head and outside the outer limit."""
    ward = list(zip(frame["ward"], frame["district"], strict=True))
    harmed = np.nan_to_num(frame["severity"].to_numpy(float))
    order = sorted(range(len(frame)), key=lambda i: (-harmed[i], ward[i]))
    first = {i for i in order[:top] if harmed[i] > 0}
    head = np.nan_to_num(frame["severity_per_1000"].to_numpy(float), nan=-1.0)
    outside = (frame["standing"] == STANDINGS[0]).to_numpy()
    more = [i for i in sorted(range(len(frame)), key=lambda i: (-head[i], ward[i])) if outside[i] and i not in first]
    second = set(more[:top])
    return [NAMED[0] if i in first else NAMED[1] if i in second else "" for i in range(len(frame))]


def _threats(
    material: Material, frame: pd.DataFrame
) -> dict[tuple[str, str], list[tuple[str, int, float, float, float]]]:
    """Return the offence groups with most crimes of each named ward: crimes, share, severity, its share."""
    named = set(zip(frame["ward"][frame["named"] != ""], frame["district"][frame["named"] != ""], strict=True))
    sums = material.cube.sums(NOW, "ward", "district", "group").reset_index()
    found = {}
    for key, rows in sums.groupby(["ward", "district"], observed=True, sort=True):
        if key in named:
            ordered = rows.sort_values(["crimes", "group"], ascending=[False, True]).head(material.settings.threats)
            crimes, severity = rows["crimes"].sum(), rows["severity"].sum()
            found[key] = [
                (str(r.group), int(r.crimes), r.crimes / crimes, float(r.severity), r.severity / severity)
                for r in ordered.itertuples()
            ]
    return found


def ward_threats_table(material: Material, wards: ProfileTable) -> ProfileTable:
    """Return the greatest threats of the wards that are named, in the order of the wards."""
    threats = _threats(material, wards.frame)
    rows = [
        (*ward, rank, *threat)
        for ward in zip(wards.frame["ward"], wards.frame["district"], strict=True)
        for rank, threat in enumerate(threats.get(ward, []), 1)
    ]
    return table_of("ward_threats", rows)


def ward_figures(material: Material, wards: ProfileTable) -> dict[str, Figure]:
    """Return ``ward_<name>``, the share of the force's harm, for every ward that a crime or the table names.

    Where two districts have a ward of one name, both ids carry the district.
    """
    if not material.has("crimes"):
        return {}
    whole = material.cube.total(NOW)
    sums = material.cube.sums(NOW, "ward", "district")
    repeated = {n for n, times in Counter(map(ward_slug, wards.frame["ward"])).items() if times > 1}
    figures: dict[str, Figure] = {}
    for ward, district, severity in zip(*(wards.frame[n] for n in ("ward", "district", "severity")), strict=True):
        name = ward_slug(ward)
        key = f"ward_{name}_{slug(district)}" if name in repeated else f"ward_{name}"
        squares = float(sums["squares"].get((ward, district), 0.0))
        rest = float(whole["severity"]) - severity
        value, ends = None, NO_INTERVAL
        if whole["severity"] > 0 and severity == severity:  # noqa: PLR0124 (NaN)
            value = round(severity / float(whole["severity"]), 9)
            ends = weighted_share_interval(severity, squares, rest, float(whole["squares"]) - squares)
        figures[unused(key, figures)] = material.figure(
            CHAPTER, value, "share", f"{ward} ({district}): share of all harm",
            None if value is None else round(severity), round(whole["severity"]),
            f"{material.crimes_words()}; severity", ends, int(sums["crimes"].get((ward, district), 0)),
        )  # fmt: skip
    return dict(sorted(figures.items()))
