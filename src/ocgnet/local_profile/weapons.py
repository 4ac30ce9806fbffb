"""The chapter on weapons: crimes with knives and firearms, by place and hour, and intelligence on firearms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.intervals import count_interval, ratio_interval, share_interval
from ocgnet.evidence.restricted import used
from ocgnet.local_profile.changes import share_figure
from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.figures import EVENTS, NO_INTERVAL, Part, ProfileFigure, ProfileTable, table_of
from ocgnet.local_profile.offences import NO_CODE, NO_GROUP
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import BEFORE, NO_DISTRICT, NOW, Material
from ocgnet.model.things import CALLING
from ocgnet.results import Figure
from ocgnet.results.columns import fact

CHAPTER = "weapons"
WEAPONS = ("knife", "firearm")
"""Weapons, as crimes are marked with them; a crime with both counts under each."""

POSSESSION = "possession of weapons"
"""Offence group of crimes that are the carrying itself; every other group is a crime in which the weapon was there."""

ACCESSIBLE, PRESENT = "firearm_accessible", "firearm_present"
NO_WARD, NO_HOUR = "no ward recorded", "not known"
BAND = 3
"""Hours of a band of the day."""

HOURS = tuple(f"{hour:02} to {hour + BAND:02}" for hour in range(0, 24, BAND))
"""Bands of the day, each without its last hour; a band of each crime whose hour is known."""

_WEAPON = fact("weapon", "text", "knife or firearm; a crime marked with both counts under each.")
_LOW = made("low", "number", "Lower end of the 95% interval of the crimes.")
_HIGH = made("high", "number", "Upper end of the 95% interval of the crimes.")

PLACES = TableOf(
    "weapons",
    "Weapons",
    "How much crime with knives and firearms is there in each district, how much of it possession, and how has it "
    "changed?",
    (
        _WEAPON,
        fact("district", "text", "District of the crime."),
        people("crimes", "Crimes of the period that are marked with the weapon."),
        _LOW,
        _HIGH,
        people("possession", "Of these, crimes of possession of weapons.", "crimes"),
        people("other_offences", "Of these, all other offences.", "crimes"),
        people("offence_unknown", "Of these, without an offence code that belongs to a group.", "crimes"),
        made("possession_share", "share", "Possession; at least that, where offences are unknown.", "possession"),
        made("crimes_per_10000", "number", "Crimes per 10,000 residents; blank where the residents are not known."),
        people("crimes_before", "Crimes of the period before."),
        made("crimes_change", "share", "Change in crimes on the period before; blank where both hold few crimes."),
        made("change_low", "share", "Lower end of the 95% interval of that change."),
        made("change_high", "share", "Upper end of the 95% interval of that change."),
    ),
    whole=("weapon",),
    totals=("district", EVERYWHERE),
)
WARDS = TableOf(
    "weapon_wards",
    "Weapons by ward",
    "In which wards is there most crime with knives and firearms?",
    (
        fact("ward", "text", "Ward of the crime."),
        fact("district", "text", "District of the ward."),
        people("knife", "Crimes of the period marked knife."),
        made("low", "number", "Lower end of the 95% interval of the crimes marked knife."),
        made("high", "number", "Upper end of that interval."),
        people("knife_possession", "Of these, crimes of possession of weapons.", "knife"),
        people("firearm", "Crimes of the period marked firearm."),
        made("knife_per_10000", "number", "Crimes marked knife per 10,000 residents; city centres have visitors."),
    ),
    whole=("district",),
    adds_up_to=("weapons",),
)
BY_HOUR = TableOf(
    "weapon_hours",
    "Weapons by hour",
    "At which hours of the day do crimes with knives and firearms happen?",
    (
        _WEAPON,
        fact("hours", "text", "From the first hour up to, and without, the last; or that the hour is not known."),
        people("crimes", "Crimes of the period."),
        _LOW,
        _HIGH,
        made("share_of_known", "share", "Of the crimes whose hour is known."),
    ),
    whole=("weapon",),
)
TIES = TableOf(
    "weapon_links",
    "Weapons and groups",
    "How many crimes with knives and firearms are linked to members of groups, and to groups that run a line?",
    (
        _WEAPON,
        people("crimes", "Crimes of the period."),
        people("with_suspect", "Of these, with somebody linked in a role that counts.", "crimes"),
        people("by_members", "Of these, linked to a member of a group on the day of the crime.", "with_suspect"),
        made("member_share", "share", "Of the crimes with somebody linked.", "by_members"),
        made("member_low", "share", "Lower end of the 95% interval.", "by_members"),
        made("member_high", "share", "Upper end of the 95% interval.", "by_members"),
        people("by_line_groups", "Of these, linked to a member of a group that runs a line.", "by_members"),
        people("marked_county_line", "Of all these crimes, marked as of a county line.", "crimes"),
    ),
    whole=None,
)
INTELLIGENCE = TableOf(
    "firearm_intelligence",
    "Firearm intelligence",
    "How much intelligence says that firearms can be had, and how much that they are there, by grade?",
    (
        fact("grading_scheme", "text", "Scheme of the grades; a letter or digit means another thing in each."),
        fact("source_grade", "text", "Grade of the source."),
        fact("intelligence_grade", "text", "Grade of the intelligence."),
        people("reports", "Reports of the period that say either."),
        people("accessible", "Of these, that a firearm can be had.", "reports"),
        people("present", "Of these, that a firearm was seen; a report may say both.", "reports"),
    ),
)


def weapons(material: Material) -> Part:
    """Return crimes with weapons by district, ward and hour, their links to groups, and intelligence on firearms.

    Not known, and so without rows, where no crime of the period or of the one before bears any mark: then marks are
    not used. A crime counts by its mark, once under each weapon.
    """
    if not material.has("crimes"):
        return Part((*(table_of(t, []) for t in (PLACES, WARDS, BY_HOUR, TIES)), _intelligence(material)), {})
    sums = _sums(material)
    places, wards, hours = _places(material, sums), _wards(material, sums), _hours(sums)
    ties, reports = _ties(material, sums), _intelligence(material)
    figures = {
        name: figure
        for weapon in WEAPONS
        for name, figure in _figures(material, weapon, places.frame, hours.frame, ties.frame)
    }
    return Part((places, wards, hours, ties, reports), figures | dict(_reported(material)))


def _sums(material: Material) -> pd.DataFrame | None:
    """Return crimes by weapon, district, ward, band of the day, kind of offence and period; None without any mark.

    Columns: ``weapon``, ``district``, ``ward``, ``hours``, ``kind``, ``now`` and ``before`` (crimes of each period).
    """
    marked = material.records.flagged
    if not material.records.sql(f"SELECT 1 FROM {marked} LIMIT 1").num_rows:
        return None
    unknown = f"offence_group IS NULL OR offence_group IN ('{NO_CODE}', '{NO_GROUP}')"
    frame = material.records.sql(
        f"""
        SELECT weapon, district, coalesce(nullif(trim(ward), ''), '{NO_WARD}') AS ward, occurred_hour // {BAND} AS band,
               CASE WHEN {unknown} THEN 'offence_unknown' WHEN offence_group = '{POSSESSION}' THEN 'possession'
                    ELSE 'other_offences' END AS kind,
               count(*) FILTER (mask & {1 << NOW} > 0) AS now, count(*) FILTER (mask & {1 << BEFORE} > 0) AS before
        FROM {marked}, (VALUES {", ".join(f"('{w}')" for w in WEAPONS)}) of_weapon(weapon)
        WHERE list_contains(marks, weapon) GROUP BY ALL ORDER BY ALL
        """
    ).to_pandas()
    frame["hours"] = [NO_HOUR if np.isnan(b) else HOURS[int(b)] for b in frame["band"].astype(float)]
    return frame


def _places(material: Material, sums: pd.DataFrame | None) -> ProfileTable:
    """Return crimes with each weapon in the force and by district, districts by name."""
    if sums is None:
        return table_of(PLACES, [])
    residents = material.geography.population
    named = (set(residents) | set(material.geography.area_of) | set(sums["district"])) - {NO_DISTRICT}
    crimes: dict[tuple[str, str], Counter[str]] = {}
    for row in sums.itertuples():
        for district in (EVERYWHERE, str(row.district)):
            there = crimes.setdefault((str(row.weapon), district), Counter())
            there[str(row.kind)] += int(row.now)
            there["before"] += int(row.before)
    living = residents | {EVERYWHERE: material.geography.residents(sorted(named))}
    none: Counter[str] = Counter()
    rows = [
        _place(crimes.get((weapon, district), none), weapon, district, living.get(district), material)
        for weapon in WEAPONS
        for district in (EVERYWHERE, *sorted(named), NO_DISTRICT)
        if district != NO_DISTRICT or (weapon, district) in crimes
    ]
    return table_of(PLACES, rows)


def _by_weapon(sums: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    return ((weapon, sums[sums["weapon"] == weapon]) for weapon in WEAPONS)


def _place(of: Counter[str], weapon: str, district: str, residents: int | None, material: Material) -> dict[str, Any]:
    """Return the row of one place; ``of`` has the crimes of the period by kind, and those before."""
    gap, least = material.gap("crimes"), material.settings.least_records
    kinds = {kind: of[kind] for kind in ("possession", "other_offences", "offence_unknown")}
    crimes, before = sum(kinds.values()), of["before"]
    low, high = count_interval(crimes)
    changed = bool(before) and not gap and crimes + before >= least
    change_low, change_high = ratio_interval(crimes, before) if changed else (np.nan, np.nan)
    return {
        "weapon": weapon,
        "district": district,
        "crimes": crimes,
        "low": low,
        "high": high,
        **kinds,
        "possession_share": kinds["possession"] / crimes if crimes else np.nan,
        "crimes_per_10000": crimes / residents * 10_000 if residents else np.nan,
        "crimes_before": np.nan if gap else before,
        "crimes_change": crimes / before - 1 if changed else np.nan,
        "change_low": change_low,
        "change_high": change_high,
    }


def _wards(material: Material, sums: pd.DataFrame | None) -> ProfileTable:
    """Return crimes with weapons by ward, most with knives first; what has no ward stands under its district."""
    if sums is None:
        return table_of(WARDS, [])
    wards = material.geography.wards
    where = zip(wards["ward"].astype(str), wards["district"].astype(str), strict=True)
    residents = dict(zip(where, wards["population"].astype(float), strict=True))
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in sums[sums["now"] > 0].itertuples():
        there = counts.setdefault((str(row.ward), str(row.district)), Counter())
        there[str(row.weapon)] += int(row.now)
        there[f"{row.weapon} {row.kind}"] += int(row.now)
    rows: list[tuple[Any, ...]] = []
    for place, n in counts.items():
        living = residents.get(place, np.nan)
        rate = n["knife"] / living * 10_000 if living > 0 else np.nan
        rows.append((*place, n["knife"], *count_interval(n["knife"]), n["knife possession"], n["firearm"], rate))
    rows.sort(key=lambda row: (-row[2], -row[6], row[:2]))
    return table_of(WARDS, rows)


def _hours(sums: pd.DataFrame | None) -> ProfileTable:
    """Return crimes with each weapon by band of the day, those of unknown hour last."""
    rows: list[tuple[Any, ...]] = []
    for weapon, of in _by_weapon(sums) if sums is not None else ():
        counts = of.groupby("hours")["now"].sum()
        known = int(counts.drop(NO_HOUR, errors="ignore").sum())
        # Where no hour is known, no band has none.
        for hours in (*(HOURS if known else ()), NO_HOUR):
            crimes = int(counts.get(hours, 0))
            share = crimes / known if hours != NO_HOUR else np.nan
            rows.append((weapon, hours, crimes, *count_interval(crimes), share))
    return table_of(BY_HOUR, rows)


def _ties(material: Material, sums: pd.DataFrame | None) -> ProfileTable:
    """Return crimes with each weapon that are linked to members of groups on the day, each crime once."""
    if sums is None or not material.has("crime_links", "memberships"):
        return table_of(TIES, [])
    records, analysis = material.records, material.settings.analysis
    roles = ", ".join(f"'{role}'" for role in analysis.link_roles)
    as_of = material.period.as_of
    stands = "restricted_on IS NULL"
    if not analysis.include_overdue and as_of is not None:
        stands += f" AND (review_due IS NULL OR review_due >= DATE '{as_of:%Y-%m-%d}')"
    asked = ", ".join(f"'{o.replace(chr(39), chr(39) * 2)}'" for o in analysis.ocgs)
    found = records.sql(
        f"""
        WITH armed AS (
            SELECT crime_id, marks, happened_on FROM {records.flagged}
            WHERE mask & {1 << NOW} > 0 AND list_has_any(marks, [{", ".join(f"'{w}'" for w in WEAPONS)}])
        ), linked AS (
            SELECT DISTINCT person_id, crime_id FROM crime_links
            WHERE link_role IN ({roles}) AND crime_id IN (SELECT crime_id FROM armed)
        ), line_groups AS ({_LINE_GROUPS}), by_members AS (
            SELECT crime_id, bool_or(EXISTS (
                SELECT 1 FROM line_groups g WHERE g.ocg_id = m.ocg_id AND {_HOLDS.format("g")}
            )) AS line
            FROM linked l JOIN armed a USING (crime_id) JOIN memberships m ON m.nominal_id = l.person_id
            LEFT JOIN ocgs o ON o.ocg_id = m.ocg_id
            WHERE m.nominal_id IN (SELECT nominal_id FROM nominals WHERE {stands}) AND {_HOLDS.format("m")}
            AND coalesce(o.mapped_on <= happened_on, true)
            AND coalesce(o.archived_on > happened_on, o.status IS DISTINCT FROM 'archived')
            {f"AND m.ocg_id IN ({asked})" if asked else ""}
            GROUP BY crime_id
        )
        SELECT weapon, count(*) AS crimes, count(*) FILTER (crime_id IN (SELECT crime_id FROM linked)) AS with_suspect,
               count(b.line) AS by_members, count(*) FILTER (b.line) AS by_line_groups,
               count(*) FILTER (list_contains(marks, 'county_line')) AS marked_county_line
        FROM armed LEFT JOIN by_members b USING (crime_id),
             (VALUES {", ".join(f"('{w}')" for w in WEAPONS)}) of_weapon(weapon)
        WHERE list_contains(marks, weapon) GROUP BY weapon
        """
    ).to_pylist()
    counted = {row["weapon"]: row for row in found}
    any_line = records.sql(_LINE_GROUPS).num_rows > 0
    rows = []
    for weapon in WEAPONS:
        row = counted.get(weapon, dict.fromkeys(("crimes", "with_suspect", *_TIED), 0) | {"weapon": weapon})
        part, whole = row["by_members"], row["with_suspect"]
        low, high = share_interval(part, whole) if whole else (np.nan, np.nan)
        share = {"member_share": part / whole if whole else np.nan, "member_low": low, "member_high": high}
        lines = {} if any_line else {"by_line_groups": np.nan}
        rows.append(row | share | lines)
    return table_of(TIES, rows)


_TIED = ("by_members", "by_line_groups", "marked_county_line")
_LINES = "lower(trim(replace(replace({}, '_', ' '), '-', ' '))) = 'county lines'"
_CALLING = ", ".join(f"'{kind}'" for kind in ("line", *CALLING))
_LINE_GROUPS = f"""
    SELECT ocg_id, from_date, to_date FROM group_things JOIN things USING (thing_id) WHERE kind IN ({_CALLING})
    UNION ALL SELECT ocg_id, NULL, NULL FROM ocgs WHERE county_line OR {_LINES.format("primary_crime_type")}
    UNION ALL SELECT ocg_id, from_date, to_date FROM ocg_activities WHERE {_LINES.format("activity")}
"""
"""Groups that run a line, and from when to when: those that hold a number, are marked so, or do county lines."""

_HOLDS = (
    "coalesce({0}.from_date <= happened_on, true) AND coalesce({0}.to_date >= happened_on, true)"
    # A crime without a day happened on no day of a membership.
    " AND happened_on IS NOT NULL"
)


def _on_firearms(material: Material, which: int) -> pd.DataFrame | None:
    """Return reports of a period in use that say a firearm can be had, or is there; None where none has a topic.

    Columns: the three of the grade, ``accessible`` and ``present``. Every grade counts, the unreliable apart.
    """
    analysis = material.settings.analysis
    standing = used(material.dataset["intel_reports"], material.period.as_of, include_overdue=analysis.include_overdue)[
        0
    ]
    t = material.dated(standing, "reported_on", which)
    if not t.num_rows - t["topics"].null_count:
        return None
    topics = [set((cell or "").split("|")) for cell in t["topics"].to_pylist()]
    frame = t.select(["grading_scheme", "source_grade", "intelligence_grade"]).to_pandas().fillna("not recorded")
    frame["accessible"] = [ACCESSIBLE in of for of in topics]
    frame["present"] = [PRESENT in of for of in topics]
    return frame[frame["accessible"] | frame["present"]]


def _intelligence(material: Material) -> ProfileTable:
    """Return reports on firearms by scheme and grade."""
    frame = _on_firearms(material, NOW) if material.has("intel_reports") else None
    if frame is None:
        return table_of(INTELLIGENCE, [])
    grade = ["grading_scheme", "source_grade", "intelligence_grade"]
    sums = frame.groupby(grade, sort=True)[["accessible", "present"]].sum()
    sums.insert(0, "reports", frame.groupby(grade).size())
    return table_of(INTELLIGENCE, sums.reset_index())


# Figures.


def _figures(
    material: Material, weapon: str, places: pd.DataFrame, hours: pd.DataFrame, ties: pd.DataFrame
) -> Iterator[tuple[str, Figure]]:
    says = f"Crimes marked {weapon}"
    of = places[(places["weapon"] == weapon) & (places["district"] == EVERYWHERE)]
    counted = f"{material.crimes_words()} marked {weapon}"
    unmarked = f"{counted}: not known, because no crime of the period or the one before bears any mark"
    if of.empty:
        for name, unit in (("crimes", "count"), ("crimes_change", "change"), ("possession", "share")):
            yield f"{weapon}_{name}", material.figure(CHAPTER, None, unit, f"{says}: {name}", counted=unmarked)
        return
    row = of.iloc[0]
    crimes = int(row["crimes"])
    yield (
        f"{weapon}_crimes",
        material.figure(
            CHAPTER, crimes, "count", says, counted=f"{counted}; one marked with both counts under each",
            ends=count_interval(crimes), records=crimes,
        ),
    )  # fmt: skip
    yield f"{weapon}_crimes_change", _change(material, weapon, row, counted)
    yield f"{weapon}_possession", share_figure(
        material, CHAPTER, f"Possession among crimes marked {weapon}", int(row["possession"]), crimes,
        f"{counted}; offence group {POSSESSION}, which police find where they look; offence not known for "
        f"{int(row['offence_unknown']):,} of them",
    )  # fmt: skip
    of_hours = hours[hours["weapon"] == weapon].set_index("hours")["crimes"]
    yield f"{weapon}_hour_known", share_figure(
        material, CHAPTER, f"{says} whose hour is known", crimes - int(of_hours[NO_HOUR]), crimes,
        f"{counted}; the hour at which it happened is recorded",
    )  # fmt: skip
    for tie in ties[ties["weapon"] == weapon].to_dict("records"):
        roles = " or ".join(material.settings.analysis.link_roles)
        linked = f"{counted}, with somebody linked as {roles}, each crime once"
        yield f"{weapon}_by_members", share_figure(
            material, CHAPTER, f"{says} linked to a member of a group", int(tie["by_members"]),
            int(tie["with_suspect"]), f"{linked}; member on the day of the crime",
        )  # fmt: skip
        if np.isnan(tie["by_line_groups"]):
            none = f"{linked}: no group is recorded as running a line"
            yield (
                f"{weapon}_by_line_groups",
                material.figure(CHAPTER, None, "share", f"{says} linked to a group that runs a line", counted=none),
            )
            continue
        yield f"{weapon}_by_line_groups", share_figure(
            material, CHAPTER, f"{says} linked to a group that runs a line", int(tie["by_line_groups"]),
            int(tie["with_suspect"]),
            f"{linked}; member, on the day, of a group that held a number then, is marked as county line, or does that",
        )  # fmt: skip


def _change(material: Material, weapon: str, row: pd.Series, counted: str) -> ProfileFigure:
    says, gap = f"Change in crimes marked {weapon} on the period before", material.gap("crimes")
    if gap:
        return material.figure(CHAPTER, None, "change", says, counted=f"{counted}: not stated, because {gap}")
    crimes, before = int(row["crimes"]), int(row["crimes_before"])
    both = f"{counted}, against those of {material.windows.words(BEFORE)}"
    if not before:
        return material.figure(CHAPTER, None, "change", says, crimes, before, f"{both}, when there were none")
    low, high = ratio_interval(crimes, before)
    return material.figure(
        CHAPTER, crimes / before - 1, "change", says, crimes, before, both, (low, high), crimes + before, EVENTS
    )


def _reported(material: Material) -> Iterator[tuple[str, Figure]]:
    """Yield how many reports say that a firearm can be had, and that one is there, in both periods."""
    if not material.has("intel_reports"):
        return
    for which, after in ((NOW, ""), (BEFORE, "_before")):
        frame, days = _on_firearms(material, which), material.windows.words(which)
        gap = material.gap("intel_reports") if which == BEFORE else ""
        for name, what in (("accessible", "that a firearm can be had"), ("present", "that a firearm was seen")):
            counted = (
                f"reports dated {days}, every grade, with the topic firearm_{name}, of those with that or the other"
            )
            value, whole, ends = None, None, NO_INTERVAL
            if gap:
                counted += f": not stated, because {gap}"
            elif frame is None:
                counted += ": not known, because no report of these days has a topic"
            else:
                value, whole = int(frame[name].sum()), len(frame)
                ends = count_interval(value)
            yield f"firearm_{name}{after}", ProfileFigure(
                value, "count", f"Intelligence reports {what}", value, whole, counted, *ends,
                chapter=CHAPTER, period=days, records=value, interval=EVENTS if value is not None else "",
            )  # fmt: skip
