"""Harm by place and by offence: the tables of the chapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.profile.chance import change_interval, sum_interval
from ocgnet.profile.figure import ProfileTable, table_of
from ocgnet.profile.material import Material
from ocgnet.profile.offences import family_of
from ocgnet.profile.records import BASE, BEFORE, NOW, SUMS


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
        **_counted(now),
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


def _counted(now: pd.Series) -> dict[str, Any]:
    return {"crimes": int(now["crimes"]), "severity": float(now["severity"])}


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
                **_counted(now),
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
