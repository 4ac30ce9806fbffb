"""Harm by place and by offence: the tables of the chapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.intervals import (
    change_interval,
    count_interval,
    share_interval,
    sum_interval,
    weighted_share_interval,
)
from ocgnet.local_profile.figures import NO_INTERVAL, ProfileFigure, ProfileTable, slug, table_of, unused
from ocgnet.local_profile.offences import NO_CODE, RAPE, family_of
from ocgnet.local_profile.records import BASE, BEFORE, NOW, SUMS, Material
from ocgnet.results import Figure


def areas_table(material: Material) -> ProfileTable:
    """Return crimes and severity of the force, its areas and its districts; the most severe first."""
    sums = {w: material.cube.sums(w, "district") for w in (NOW, BEFORE)}
    districts = sorted(set(sums[NOW].index) | set(sums[BEFORE].index) | set(material.geography.population))
    rows = [_place(material, sums, "force", material.dataset.about.force or "all", districts)]
    for area, inside in material.geography.areas.items():
        rows.append(_place(material, sums, "area", area, inside))
    single = [_place(material, sums, "district", d, [d]) for d in districts if d]
    rows += sorted(single, key=lambda r: (-np.nan_to_num(r["severity"]), str(r["name"])))
    if "" in districts:
        rows.append(_place(material, sums, "no district", "no district recorded", [""]))
    whole = rows[0]
    frame = pd.DataFrame(rows)
    frame["share_of_crimes"] = _share(frame["crimes"], whole["crimes"])
    frame["share_of_severity"] = _share(frame["severity"], whole["severity"])
    return table_of("areas", frame)


def _share(part: pd.Series, whole: float) -> pd.Series:
    return part / whole if whole else part * np.nan


def _place(
    material: Material, sums: Mapping[int, pd.DataFrame], level: str, name: str, districts: list[str]
) -> dict[str, Any]:
    now, then = (_known(added(sums[w], districts)) for w in (NOW, BEFORE))
    low, high = sum_interval(now["severity"], now["squares"])
    residents = material.geography.residents([d for d in districts if d])
    return {
        "level": level,
        "name": name,
        "area": material.geography.area_of.get(districts[0], "") if level == "district" else "",
        "crimes": int(now["crimes"]),
        "severity": float(now["severity"]),
        "severity_low": low,
        "severity_high": high,
        "harm_unknown": int(now["unknown"]),
        "population": residents,
        "crimes_per_1000": now["crimes"] / residents * 1000 if residents else np.nan,
        "severity_per_1000": now["severity"] / residents * 1000 if residents else np.nan,
        **_changed(now, then, "before", material.gap("crimes", BEFORE)),
    }


def added(sums: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return the sums of some rows together; zeros where none of them occurs."""
    place = sums.index.get_indexer(keys)
    return pd.Series(sums.to_numpy(float)[place[place >= 0]].sum(axis=0), index=SUMS)


def _changed(now: pd.Series, then: pd.Series, name: str, gap: str) -> dict[str, Any]:
    """Return the sums of an earlier period and the change since; all blank where records do not cover both."""
    low, high = np.nan, np.nan
    if gap:
        then = then * np.nan
    if now["severity"] > 0 and then["severity"] > 0:
        low, high = change_interval(now["severity"], now["squares"], then["severity"], then["squares"])
    ends = ("change_low", "change_high") if name == "before" else (f"{name}_low", f"{name}_high")
    after = "" if name == "before" else f"_{name}"
    found = {
        f"crimes_{name}": np.nan if gap else int(then["crimes"]),
        f"severity_{name}": float(then["severity"]),
        f"severity_change{after}": now["severity"] / then["severity"] - 1 if then["severity"] > 0 else np.nan,
        ends[0]: low,
        ends[1]: high,
    }
    if name == "before":
        found["crimes_change"] = now["crimes"] / then["crimes"] - 1 if then["crimes"] > 0 else np.nan
    return found


def offences_table(material: Material) -> ProfileTable:
    """Return offence groups with volume, severity, space and change; the most severe first."""
    sums = {w: material.cube.sums(w, "group") for w in (NOW, BEFORE, BASE)}
    names = sorted(set().union(*(s.index for s in sums.values())))
    private = _spaces(material.cube.of_period(NOW))
    rows = []
    for name in names:
        now, then, base = (_known(added(sums[w], [name])) for w in (NOW, BEFORE, BASE))
        indoors, known = private.get(name, (0, 0))
        rows.append(
            {
                "offence_group": name,
                "family": family_of(name),
                "crimes": int(now["crimes"]),
                "severity": float(now["severity"]),
                "severity_per_crime": now["severity"] / now["crimes"] if now["crimes"] else np.nan,
                "private": indoors,
                "private_known": known,
                "private_share": indoors / known if known else np.nan,
                **_changed(now, then, "before", material.gap("crimes", BEFORE)),
                **_changed(now, base, "base", material.gap("crimes", BASE)),
            }
        )
    frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["offence_group", "crimes", "severity"])
    for name in ("crimes", "severity"):
        total = frame[name].sum()
        frame[f"share_of_{name}"] = frame[name] / total if total else np.nan
        frame[f"rank_by_{name}"] = frame[name].rank(method="min", ascending=False)
    return table_of("offences", frame.sort_values(["severity", "offence_group"], ascending=[False, True]))


def _known(sums: pd.Series) -> pd.Series:
    """Return sums with no severity where no crime of several has a weight: unknown is not zero."""
    if not sums["crimes"] or sums["unknown"] < sums["crimes"]:
        return sums
    unknown: pd.Series = sums.where(~sums.index.isin(["severity", "squares"]))
    return unknown


def _spaces(rows: pd.DataFrame) -> dict[str, tuple[int, int]]:
    known = rows[rows["private"].notna()]
    found = known.assign(indoors=known["crimes"] * known["private"]).groupby("group", observed=True)
    return {str(g): (int(r["indoors"]), int(r["crimes"])) for g, r in found[["indoors", "crimes"]].sum().iterrows()}


def district_offences_table(material: Material) -> ProfileTable:
    """Return each district's families of offences with their share of its harm, the most severe first."""
    sums = material.cube.sums(NOW, "district", "family").reset_index()
    sums = sums[sums["district"] != ""].astype({"district": object, "family": object})
    for name in ("crimes", "severity"):
        sums[f"share_of_{name}"] = sums[name] / sums.groupby("district")[name].transform("sum").replace(0, np.nan)
    sums["rank_by_severity"] = sums.groupby("district")["severity"].rank(method="first", ascending=False)
    return table_of("district_offences", sums.sort_values(["district", "rank_by_severity", "family"]))


# The figures of the chapter on harm: severity against volume, by place and offence, and how both changed.

CHAPTER = "harm"

SHORT = {"robbery of personal property": "robbery_personal", "robbery of business property": "robbery_business"}
"""Offence groups that go by a shorter name in figure ids."""


def harm_figures(material: Material, areas: ProfileTable, offences: ProfileTable) -> dict[str, Figure]:
    """Return the figures of severity by place and by offence.

    ``severity_<district>`` for every district, the total, the main local-authority area, changes, rape against
    everything else, private spaces, and ``harm_change_<group>`` for every offence group. Empty without a table of
    crimes.
    """
    if not material.has("crimes"):
        return {}
    return {**_places(material, areas.frame), **_offences(material, offences.frame), **_private(material)}


def _places(material: Material, areas: pd.DataFrame) -> dict[str, Figure]:
    counted = material.crimes_words()
    figures: dict[str, Figure] = {}
    rows = {str(r["name"]): r for r in areas[areas["level"] == "district"].to_dict("records")}
    force = areas[areas["level"] == "force"].to_dict("records")[0]
    for name in sorted(rows):
        # The id of the force's own sum is taken, whatever a district is called.
        figure_id = unused(f"severity_{slug(name)}", {**figures, "severity_total": force})
        figures[figure_id] = _severity(f"Crime severity {name}", rows[name], f"{counted}; district {name}", material)
    unplaced = areas[areas["level"] == "no district"].to_dict("records")
    missing = unplaced[0] if unplaced else {"severity": 0.0, "crimes": 0}
    placed = f"{counted}; {missing['crimes']:,} of these crimes ({missing['severity']:,.0f}) have no district"
    figures["severity_total"] = _severity("Crime severity of the force", force, placed, material)
    figures |= _area(material, areas)
    figures |= _force_changes(material, force)
    ends = {
        "severity": (float(force["severity_low"]), float(force["severity_high"])),
        "crimes": count_interval(int(force["crimes"])),
    }
    for name, what in (("severity", "Severity"), ("crimes", "Crimes")):
        value = float(force[f"{name}_per_1000"])
        residents = int(force["population"]) if value == value else None  # noqa: PLR0124 (NaN)
        low, high = (end / residents * 1000 for end in ends[name]) if residents else (None, None)
        figures[f"{name}_per_1000"] = material.figure(
            CHAPTER, value if residents else None, "ratio", f"{what} per 1,000 residents",
            round(float(force[name])) if residents else None, residents,
            f"{counted}; residents from the table wards", (low, high), int(force["crimes"]),
        )  # fmt: skip
    return figures


def _severity(says: str, row: Mapping[str, Any], counted: str, material: Material) -> ProfileFigure:
    crimes, unknown = int(row["crimes"]), int(row["harm_unknown"])
    if crimes and unknown == crimes:
        none = f"{counted}; harm unknown for all of {crimes:,} crimes"
        return material.figure(CHAPTER, None, "score", says, counted=none, records=crimes)
    some = f"{counted}; {crimes:,} crimes, harm unknown for {unknown:,} of them"
    ends = float(row["severity_low"]), float(row["severity_high"])
    value = round(float(row["severity"]), 4)
    return material.figure(CHAPTER, value, "score", says, counted=some, ends=ends, records=crimes)


def _area(material: Material, areas: pd.DataFrame) -> dict[str, Figure]:
    """Return severity and share of the local-authority area with most districts."""
    name = material.geography.main_area
    found = areas[(areas["level"] == "area") & (areas["name"] == name)].to_dict("records")
    if not name or not found:
        nothing = "the table wards names no area that several districts share"
        return {
            i: material.figure(CHAPTER, None, unit, says, counted=nothing)
            for i, unit, says in (
                ("severity_laa_total", "score", "Crime severity of the local-authority area"),
                ("severity_laa_share", "share", "Share of the force's harm in the local-authority area"),
            )
        }
    row = found[0]
    inside = material.geography.areas[name]
    counted = f"{material.crimes_words()}; the {len(inside)} districts of {name}: {', '.join(inside)}"
    rows = material.cube.of_period(NOW)
    within = rows["district"].isin(inside).to_numpy()
    part, rest = material.cube.total(NOW, within), material.cube.total(NOW, ~within)
    return {
        "severity_laa_total": _severity(f"Crime severity {name} local-authority area", row, counted, material),
        "severity_laa_share": weighted_share(
            f"Share of the force's harm in {name} local-authority area", part, rest, counted, material
        ),
    }


def weighted_share(says: str, part: pd.Series, rest: pd.Series, counted: str, material: Material) -> ProfileFigure:
    """Return a share of severity with its two sums, rounded to whole scores, and its interval."""
    whole = part["severity"] + rest["severity"]
    if whole <= 0:
        return material.figure(CHAPTER, None, "share", says, counted=counted)
    ends = NO_INTERVAL
    if part["severity"] > 0:
        ends = weighted_share_interval(part["severity"], part["squares"], rest["severity"], rest["squares"])
    return material.figure(
        CHAPTER, round(float(part["severity"] / whole), 9), "share", says, round(part["severity"]), round(whole),
        f"{counted}; severity", ends, int(part["crimes"] + rest["crimes"]),
    )  # fmt: skip


def _force_changes(material: Material, force: Mapping[str, Any]) -> dict[str, Figure]:
    then = material.windows.words(BEFORE)
    now, before = material.cube.total(NOW), material.cube.total(BEFORE)
    figures: dict[str, Figure] = {}
    for figure_id, name, says in (
        ("severity_change", "severity", "Change in severity on the period before"),
        ("volume_change", "crimes", "Change in the number of crimes on the period before"),
    ):
        squares = "squares" if name == "severity" else "crimes"
        figures[figure_id] = change(
            says, (now[name], now[squares]), (before[name], before[squares]),
            f"all crimes, {material.now} against {then}", material, int(force["crimes"]), material.gap("crimes"),
        )  # fmt: skip
    return figures


def change(
    says: str,
    now: tuple[float, float],
    then: tuple[float, float],
    counted: str,
    material: Material,
    records: int,
    gap: str,
) -> ProfileFigure:
    """Return the change between two sums, each given with its sum of squares; None where one is 0.

    None too, and no sum of the earlier period, where ``gap`` says that the records do not cover both.
    """
    if gap:
        unstated = f"{counted}: not stated, because {gap}"
        return material.figure(CHAPTER, None, "change", says, counted=unstated, records=records)
    value, ends = None, NO_INTERVAL
    if then[0] > 0:
        value = round(float(now[0] / then[0] - 1), 9)
        if now[0] > 0:
            ends = change_interval(now[0], now[1], then[0], then[1])
    against = f"{counted}: {now[0]:,.0f} against {then[0]:,.0f}"
    return material.figure(CHAPTER, value, "change", says, round(now[0]), round(then[0]), against, ends, records)


def _offences(material: Material, offences: pd.DataFrame) -> dict[str, Figure]:
    rows, counted = material.cube.of_period(NOW), material.crimes_words()
    rape = (rows["group"] == RAPE).to_numpy()
    part, rest = material.cube.total(NOW, rape), material.cube.total(NOW, ~rape)
    number, crimes = int(part["crimes"]), int(part["crimes"] + rest["crimes"])
    figures: dict[str, Figure] = {
        "rape_share_of_crime": count_share("Rape as a share of all crime", number, crimes, counted, material),
        "rape_share_of_harm": weighted_share("Rape as a share of all harm", part, rest, counted, material),
    }
    base = material.cube.sums(BASE, "group")
    now = material.cube.sums(NOW, "group")
    for name in sorted(set(offences["offence_group"]) - {NO_CODE}):
        here, there = added(now, [name]), added(base, [name])
        counts = f"{int(here['crimes']):,} crimes against {int(there['crimes']):,}"
        figures[f"harm_change_{SHORT.get(name, slug(name))}"] = change(
            f"Change in harm since the base period: {name}",
            (here["severity"], here["squares"]),
            (there["severity"], there["squares"]),
            f"{name}, {material.now} against {material.windows.words(BASE)}; {counts}; severity",
            material,
            int(here["crimes"] + there["crimes"]),
            material.gap("crimes", BASE),
        )
    return figures


def count_share(says: str, part: int, whole: int, counted: str, material: Material) -> ProfileFigure:
    """Return a share of records with Wilson's interval; None of nothing."""
    if not whole:
        return material.figure(CHAPTER, None, "share", says, counted=counted)
    ends = share_interval(part, whole)
    return material.figure(CHAPTER, part / whole, "share", says, part, whole, counted, ends, whole)


def _private(material: Material) -> dict[str, Figure]:
    """Return how much rape, and how much other high-harm crime, happens in private spaces."""
    rows = material.cube.of_period(NOW)
    rape = (rows["group"] == RAPE).to_numpy()
    high = rows["high"].to_numpy()
    least = f"severity weight of {material.settings.high_harm:g} or more"
    figures: dict[str, Figure] = {}
    for figure_id, where, says, what in (
        ("rape_private_space", rape, "Rape committed in private spaces", "offence group rape"),
        (
            "other_high_harm_private_space",
            high & ~rape,
            "Other high-harm offences committed in private spaces",
            f"{least}, without rape",
        ),
    ):
        chosen = rows[where]
        known = chosen[chosen["private"].notna()]
        indoors, recorded = int(known.loc[known["private"] == 1, "crimes"].sum()), int(known["crimes"].sum())
        unknown = int(chosen["crimes"].sum()) - recorded
        counted = f"{material.crimes_words()}; {what}; crimes; kind of space not recorded for {unknown:,} more"
        figures[figure_id] = count_share(says, indoors, recorded, counted, material)
    return figures
