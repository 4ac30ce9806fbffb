"""The chapter on prosperity: fraud, computer misuse and money laundering, pillars, and what groups do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ocgnet.analysis.intervals import count_interval, ratio_interval
from ocgnet.evidence.membership import groups_on
from ocgnet.local_profile.changes import share_figure
from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.figures import EVENTS, Part, ProfileTable, table_of
from ocgnet.local_profile.groups import Groups, groups_of
from ocgnet.local_profile.offences import COMPUTER_MISUSE, FRAUD, MONEY_LAUNDERING
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import BEFORE, NO_DISTRICT, NOW, Material
from ocgnet.model import NOT_RECORDED, table
from ocgnet.model.columns import VICTIM_KINDS
from ocgnet.results import Figure
from ocgnet.results.columns import fact
from ocgnet.visible import shortened

CHAPTER = "prosperity"
KINDS = (FRAUD, COMPUTER_MISUSE, MONEY_LAUNDERING)
OTHER_CYBER = "other offences marked cyber"
OWN_CATEGORY = "forgery and articles for fraud"
"""Category of the frauds that forces record themselves, not the national bureau."""
ALL = "all of these"
"""Category of the row that is the sum of its kind."""

_CHANGE = (
    made("crimes_change", "share", "Change on the period before; blank where both hold few crimes."),
    made("change_low", "share", "Lower end of the 95% interval of that change."),
    made("change_high", "share", "Upper end of the 95% interval of that change."),
)
OFFENCES = TableOf(
    "prosperity",
    "Prosperity",
    "How much fraud, computer misuse and money laundering is recorded, of which categories, and what was lost?",
    (
        fact("kind", "text", "fraud, computer misuse, money laundering, or another offence that is marked cyber."),
        fact("category", "text", "Category of the national fraud bureau, or what the force itself records."),
        people("crimes", "Crimes of the period."),
        made("low", "number", "Lower end of the 95% interval of the crimes."),
        made("high", "number", "Upper end of the 95% interval of the crimes."),
        people("crimes_before", "Crimes of the period before."),
        *_CHANGE,
        made("severity", "number", "Sum of the weights of the crimes that have one; blank where none has."),
        people("harm_unknown", "Crimes whose code has no weight: their harm is not known.", "crimes"),
        people("marked_cyber", "Crimes marked cyber.", "crimes"),
        people("loss_recorded", "Crimes with the money lost recorded; of the others it is not known.", "crimes"),
        made("loss", "number", "Pounds lost in the crimes with it recorded.", "loss_recorded"),
        made("loss_median", "number", "Middle of these losses, in pounds.", "loss_recorded"),
    ),
    whole=("kind",),
    totals=("category", ALL),
)
VICTIMS = TableOf(
    "prosperity_victims",
    "Prosperity victims",
    "How many of these crimes were done to businesses and public bodies?",
    (
        fact("kind", "text", "fraud, computer misuse or money laundering."),
        fact("victim", "text", "Whom it was done to; society where nobody in particular is the victim."),
        people("crimes", "Crimes of the period."),
        made("low", "number", "Lower end of the 95% interval of the crimes."),
        made("high", "number", "Upper end of the 95% interval of the crimes."),
    ),
    whole=("kind",),
)
_COLUMN = {kind: kind.replace(" ", "_") for kind in KINDS}
PLACES = TableOf(
    "prosperity_districts",
    "Prosperity by district",
    "Where are fraud, computer misuse and money laundering recorded, and how has that changed?",
    (
        fact("district", "text", "District of the crime."),
        *(
            column
            for kind, name in _COLUMN.items()
            for column in (
                people(name, f"Crimes of the period: {kind}."),
                people(f"{name}_before", "The same in the period before."),
                made(f"{name}_change", "share", "Change on the period before; blank where both hold few crimes."),
                made(f"{name}_low", "share", "Lower end of the 95% interval of that change."),
                made(f"{name}_high", "share", "Upper end of the 95% interval of that change."),
            )
        ),
    ),
    totals=("district", EVERYWHERE),
    apart=tuple((name, f"{name}_before", f"{name}_change", f"{name}_low", f"{name}_high") for name in _COLUMN.values()),
)
PILLARS = TableOf(
    "pillars",
    "Pillars",
    "How many groups, members, crimes and children belong to each pillar of the strategy?",
    (
        fact("pillar", "text", "Pillar as recorded."),
        fact("groups", "count", "Groups on the analysis date."),
        people("members", "Their members; one of groups of two pillars counts in both."),
        people("crimes", "Crimes of the period linked to these members, each once for the pillar."),
        made("severity", "number", "Sum of the weights of these crimes, those without a weight left out."),
        people("harm_unknown", "Of these crimes, those of unknown harm.", "crimes"),
        people("children", "Children under 18 of whom a member is parent, step-parent or guardian."),
    ),
    apart=(("members",), ("crimes", "severity"), ("children",)),
)
ACTIVITIES = TableOf(
    "group_activities",
    "What groups do",
    "What is recorded of each group's activities, and of what are its members suspected?",
    (
        fact("ocg_id", "id", "The group."),
        fact("group", "text", "Name of the group."),
        fact("primary", "text", "Recorded primary activities on the analysis date; blank where none is recorded."),
        fact("secondary", "text", "Recorded secondary activities."),
        fact("districts", "text", "Districts of these activities."),
        people("crimes", "Counted: crimes of the period linked to its members."),
        made(
            "counted_most", "text", "Counted from these crimes: the most frequent offences; no record of an activity."
        ),
        made("counted_crimes", "count", "How many of these crimes that is."),
        made("counted_mix", "text", "Counted from these crimes: offences with their number, most frequent first."),
        made("question", "text", "Asked where most crimes are of other offences than the recorded primary activity."),
    ),
    whole=None,
    stays=True,
)

ACTIVITY = table("ocg_activities").column("activity")
_OFFENCES_OF: dict[str, tuple[str, ...]] = {
    "drug offences": (
        "drug trafficking", "drug possession", "drug supply", "drug production", "drugs", "county lines",
        "cannabis cultivation",
    ),
    FRAUD: ("fraud", "economic crime", "counterfeiting", "intellectual property crime"),
    COMPUTER_MISUSE: ("cyber crime", "cybercrime"),
    MONEY_LAUNDERING: ("money laundering",),
    "violence against the person": (
        "violence", "serious violence", "homicide", "kidnap and extortion", "modern slavery", "human trafficking",
        "labour exploitation", "organised immigration crime", "people smuggling",
    ),
    "sexual offences": ("child sexual exploitation", "sexual exploitation", "child sexual abuse", "prostitution"),
    "possession of weapons": ("firearms",),
    "robbery": ("robbery", "organised acquisitive crime", "acquisitive crime"),
    "theft offences": (
        "organised acquisitive crime", "acquisitive crime", "burglary", "theft", "vehicle crime", "plant theft",
        "cash machine crime", "rural crime",
    ),
}  # fmt: skip
"""Activities, as they are counted, that offences of a family or kind are a sign of. The Home Office counts modern
slavery under violence. Of an activity that stands nowhere here, no offence says whether it agrees."""
LEAST_ASKED = 5
"""Crimes of the most frequent offences below which nothing is asked: so few are no pattern."""


def prosperity(material: Material) -> Part:
    """Return offences against prosperity, their victims and losses, pillars, and activities of groups."""
    crimes = _crimes(material)
    offences, victims, places = _offences(material, crimes), _victims(crimes), _places(material, crimes)
    groups = groups_of(material)
    by_pillar, activities = _pillars(material, groups), _activities(material, groups)
    figures: dict[str, Figure] = {}
    if crimes is not None:
        for kind in KINDS:
            figures |= dict(_of_kind(material, kind, offences.frame, victims.frame))
    for row in by_pillar.frame.to_dict("records"):
        figures |= dict(_of_pillar(material, row))
    figures |= dict(_of_activities(material, activities))
    return Part((offences, victims, places, by_pillar, activities), figures)


# Offences against prosperity.


def _crimes(material: Material) -> pd.DataFrame | None:
    """Return the crimes of this chapter of the period and the one before; None without a table of crimes.

    ``mask``, ``kind``, ``category``, ``district``, ``weight`` (NaN not known), ``cyber``, ``victim_kind``, ``loss``.
    """
    if not material.has("crimes"):
        return None
    records = material.records
    mask = " + ".join(f"CASE WHEN {records.inside(w)} THEN {1 << w} ELSE 0 END" for w in (NOW, BEFORE))
    cyber = "coalesce(list_contains(string_split(flags, '|'), 'cyber'), false)"
    frame = records.sql(
        f"""
        SELECT mask, coalesce(prosperity, '{OTHER_CYBER}') AS kind, coalesce(category, family) AS category,
               coalesce(nullif(trim(district), ''), '{NO_DISTRICT}') AS district, weight, cyber, victim_kind, loss
        FROM (
            SELECT ({mask})::UTINYINT AS mask, {cyber} AS cyber, prosperity, category, family, weight, district,
                   victim_kind, loss
            FROM crimes c JOIN code ON code.offence_code IS NOT DISTINCT FROM c.offence_code
            WHERE prosperity IS NOT NULL OR (flags IS NOT NULL AND {cyber})
        ) WHERE mask > 0 ORDER BY ALL
        """
    ).to_pandas()
    for which, name in ((NOW, "now"), (BEFORE, "before")):
        frame[name] = (frame["mask"].to_numpy() >> which) & 1 == 1
    return frame.drop(columns="mask")


def _offences(material: Material, crimes: pd.DataFrame | None) -> ProfileTable:
    """Return crimes by kind and category, each kind's sum first.

    Computer misuse has codes of the bureau alone: where the records hold none of them, it is not known.
    """
    rows: list[dict[str, Any]] = []
    for kind in (*KINDS, OTHER_CYBER):
        if crimes is None:
            break
        of = crimes[crimes["kind"] == kind]
        if of.empty and kind in (OTHER_CYBER, COMPUTER_MISUSE):
            # Without any code of the bureau in the records, what was reported there is not known.
            continue
        parts = [_sums(material, part) | {"category": str(name)} for name, part in of.groupby("category", sort=True)]
        parts.sort(key=lambda row: (-row["crimes"], row["category"]))
        rows += [{"kind": kind} | row for row in (_sums(material, of) | {"category": ALL}, *parts)]
    return table_of(OFFENCES, rows)


def _sums(material: Material, of: pd.DataFrame) -> dict[str, Any]:
    now = of[of["now"]]
    crimes, before = len(now), int(of["before"].sum())
    low, high = count_interval(crimes)
    weighed, losses = now["weight"].dropna(), now["loss"].dropna()
    return {
        "crimes": crimes,
        "low": low,
        "high": high,
        "crimes_before": np.nan if material.gap("crimes") else before,
        **dict(zip((c.name for c in _CHANGE), _change(material, crimes, before), strict=True)),
        # Added in order, so that the last digit is the same in every run.
        "severity": round(float(np.sort(weighed).sum()), 6) if len(weighed) else np.nan,
        "harm_unknown": crimes - len(weighed),
        "marked_cyber": int(now["cyber"].sum()),
        "loss_recorded": len(losses),
        "loss": round(float(np.sort(losses).sum()), 2) if len(losses) else np.nan,
        "loss_median": float(losses.median()) if len(losses) else np.nan,
    }


def _change(material: Material, now: int, before: int) -> tuple[float, float, float]:
    """Return a change with its interval; NaN where the records do not cover both periods, or hold few crimes."""
    if material.gap("crimes") or not before or now + before < material.settings.least_records:
        return np.nan, np.nan, np.nan
    return now / before - 1, *ratio_interval(now, before)


def _victims(crimes: pd.DataFrame | None) -> ProfileTable:
    """Return crimes of the period by kind and kind of victim, those of no recorded kind last."""
    rows: list[tuple[Any, ...]] = []
    for kind in KINDS:
        of = crimes[(crimes["kind"] == kind) & crimes["now"]] if crimes is not None else pd.DataFrame()
        if of.empty:
            continue
        counts = Counter(v or NOT_RECORDED for v in of["victim_kind"].where(of["victim_kind"].notna(), ""))
        # Where nobody recorded a victim, no kind of victim has none.
        words = VICTIM_KINDS if set(counts) - {NOT_RECORDED} else ()
        rows += [(kind, v.replace("_", " "), counts[v], *count_interval(counts[v])) for v in (*words, NOT_RECORDED)]
    return table_of(VICTIMS, rows)


def _places(material: Material, crimes: pd.DataFrame | None) -> ProfileTable:
    """Return crimes of each kind by district in both periods, the force first, districts by name."""
    of = crimes[crimes["kind"].isin(KINDS)] if crimes is not None else None
    if of is None or of.empty:
        return table_of(PLACES, [])
    named = {*material.geography.population, *material.geography.area_of, *of["district"]} - {NO_DISTRICT}
    rows = []
    for district in (EVERYWHERE, *sorted(named), NO_DISTRICT):
        there = of if district == EVERYWHERE else of[of["district"] == district]
        if there.empty and district == NO_DISTRICT:
            continue
        row: dict[str, Any] = {"district": district}
        for kind, name in _COLUMN.items():
            if kind == COMPUTER_MISUSE and kind not in set(of["kind"]):
                # As in ``_offences``: not known.
                row |= {c.name: np.nan for c in PLACES.columns if c.name.startswith(name)}
                continue
            now, before = (int(there.loc[there["kind"] == kind, w].sum()) for w in ("now", "before"))
            change, low, high = _change(material, now, before)
            row |= {name: now, f"{name}_before": np.nan if material.gap("crimes") else before}
            row |= {f"{name}_change": change, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    return table_of(PLACES, rows)


def _of_kind(
    material: Material, kind: str, offences: pd.DataFrame, victims: pd.DataFrame
) -> Iterator[tuple[str, Figure]]:
    """Yield the figures of one kind of offence."""
    name, says = _COLUMN[kind], kind.capitalize()
    counted = f"{material.crimes_words()} under the codes of {kind}"
    found = offences[(offences["kind"] == kind) & (offences["category"] == ALL)].to_dict("records")
    if not found:
        why = f"{counted}: not known, because no crime of either period has such a code"
        yield f"{name}_crimes", material.figure(CHAPTER, None, "count", f"{says}: crimes", counted=why)
        return
    row = found[0]
    crimes, recorded = int(row["crimes"]), int(row["loss_recorded"])
    if kind == FRAUD and set(offences.loc[offences["kind"] == kind, "category"]) <= {ALL, OWN_CATEGORY}:
        counted += "; none has a code of the national bureau, so what was reported there is not known"
    yield f"{name}_crimes", material.figure(
        CHAPTER, crimes, "count", f"{says}: crimes", counted=counted, ends=count_interval(crimes), records=crimes,
    )  # fmt: skip
    gap, says_change = material.gap("crimes"), f"Change in {kind} on the period before"
    if gap:
        why = f"{counted}: not stated, because {gap}"
        yield f"{name}_change", material.figure(CHAPTER, None, "change", says_change, counted=why)
    else:
        before, known = int(row["crimes_before"]), not np.isnan(row["crimes_change"])
        both = f"{counted}, against those of {material.windows.words(BEFORE)}"
        yield f"{name}_change", material.figure(
            CHAPTER, row["crimes_change"] if known else None, "change", says_change, crimes, before,
            both if known else f"{both}: too few to say",
            (row["change_low"], row["change_high"]) if known else (None, None), crimes + before, EVENTS,
        )  # fmt: skip
    yield (
        f"{name}_loss_recorded",
        share_figure(
            material,
            CHAPTER,
            f"{says}: crimes with the money lost recorded",
            recorded,
            crimes,
            f"{counted}; loss recorded",
        ),
    )
    yield f"{name}_loss", material.figure(
        CHAPTER, float(row["loss"]) if recorded else None, "score", f"{says}: pounds lost, where recorded",
        counted=f"{counted}; sum of the recorded losses, in pounds; not recorded is not nought", records=recorded,
    )  # fmt: skip
    of = victims[victims["kind"] == kind].set_index("victim")["crimes"]
    known_victims = int(of.drop(NOT_RECORDED, errors="ignore").sum())
    for victim in ("business", "public body"):
        yield f"{name}_{victim.replace(' ', '_')}", share_figure(
            material, CHAPTER, f"{says}: done to a {victim}", int(of.get(victim, 0)), known_victims,
            f"{counted}; of those with the kind of victim recorded",
        )  # fmt: skip


# Pillars, and what groups do.


def _live(material: Material, groups: Groups) -> list[str]:
    asked = material.settings.analysis.ocgs
    return [g for g in groups_on(groups.records, groups.now.period.as_of) if not asked or g in asked]


def _pillars(material: Material, groups: Groups | None) -> ProfileTable:
    """Return groups, members, crimes, harm and children of each pillar; every pillar has a row, however few.

    Members, crimes and children are those that ``ocgnet analyse`` counts. Rows do not add up: a member of groups of
    two pillars, and the crimes and children that belong to such a member, count in both.
    """
    if groups is None or not material.has("ocgs"):
        return table_of(PILLARS, [])
    t = groups.records["ocgs"]
    pillar_of = dict(zip(t["ocg_id"].to_pylist(), t["pillar"].to_pylist(), strict=True))
    live, now = _live(material, groups), groups.now
    links = groups.children.links
    family = links[links["basis"] == "family"]
    weight = _weights(material, groups)
    rows = []
    for pillar in (*table("ocgs").column("pillar").enum, None):
        chosen = {g for g in live if pillar_of.get(g) == pillar}
        if pillar is None and not chosen:
            continue
        members = np.zeros(len(now.nominals), bool)
        members[now.memberships.person[np.isin(now.memberships.ocg, sorted(chosen))]] = True
        events = now.crimes.of_people(members).events
        harm = np.array([weight.get(e, np.nan) for e in events], float)
        rows.append(
            {
                "pillar": pillar or NOT_RECORDED,
                "groups": len(chosen),
                "members": int(members.sum()),
                "crimes": len(events),
                "severity": round(float(np.sort(harm[~np.isnan(harm)]).sum()), 6)
                if (~np.isnan(harm)).any()
                else np.nan,
                "harm_unknown": int(np.isnan(harm).sum()),
                "children": family.loc[family["ocg_id"].isin(chosen), "child_id"].nunique()
                if material.has("children", "family_links")
                else np.nan,
            }
        )
    return table_of(PILLARS, rows)


def _weights(material: Material, groups: Groups) -> dict[str, float]:
    """Return the weight of each crime that names a member of a group, under the weights of this profile."""
    by_code = {r["offence_code"]: r["weight"] for r in _codes(material)}
    t = groups.records["crimes"]
    pairs = zip(t["crime_id"].to_pylist(), t["offence_code"].to_pylist(), strict=True)
    return {crime: w for crime, code in pairs if (w := by_code.get(code)) is not None}


def _codes(material: Material) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = material.records.sql("SELECT * FROM code").to_pylist()
    return rows


def _of_pillar(material: Material, row: dict[str, Any]) -> Iterator[tuple[str, Figure]]:
    pillar = str(row["pillar"])
    own = f"groups of the pillar {pillar} on {material.period.as_of}; one of two pillars counts in both"
    for column, says in (("members", "members"), ("crimes", "crimes linked to members"), ("children", "children")):
        if np.isnan(row[column]):
            continue
        value = int(row[column])
        yield f"pillar_{pillar.replace(' ', '_')}_{column}", material.figure(
            CHAPTER, value, "count", f"Pillar {pillar}: {says}", counted=own, ends=count_interval(value),
            records=value, interval=EVENTS,
        )  # fmt: skip


def _activities(material: Material, groups: Groups | None) -> ProfileTable:
    """Return what is recorded of each live group, and beside it what its members' crimes are; most crimes first."""
    if groups is None or not material.has("ocgs", "ocg_activities"):
        return table_of(ACTIVITIES, [])
    t = groups.records["ocgs"]
    names = dict(zip(t["ocg_id"].to_pylist(), t["name"].to_pylist(), strict=True))
    recorded = _recorded(material)
    by_code = {r["offence_code"]: r["prosperity"] or r["family"] for r in _codes(material)}
    crimes = groups.records["crimes"]
    pairs = zip(crimes["crime_id"].to_pylist(), crimes["offence_code"].to_pylist(), strict=True)
    offence = {crime: by_code[code] for crime, code in pairs}
    now = groups.now
    rows: list[dict[str, Any]] = []
    for ocg in _live(material, groups):
        members = np.zeros(len(now.nominals), bool)
        members[now.memberships.person[now.memberships.ocg == ocg]] = True
        events = now.crimes.of_people(members).events
        mix = sorted(Counter(offence[e] for e in events).items(), key=lambda pair: (-pair[1], pair[0]))
        of = recorded[recorded["ocg_id"] == ocg]
        primary, secondary = (
            sorted(set(of.loc[of["level"] == level, "activity"])) for level in ("primary", "secondary")
        )
        most, times = mix[0] if mix else ("", 0)
        rows.append(
            {
                "ocg_id": ocg,
                "group": shortened(names.get(ocg) or ocg),
                "primary": ", ".join(primary),
                "secondary": ", ".join(secondary),
                "districts": ", ".join(sorted(set(of["district"]) - {""})),
                "crimes": len(events),
                "counted_most": most,
                "counted_crimes": times,
                "counted_mix": ", ".join(f"{kind} {n}" for kind, n in mix),
                "question": _question(primary, most, times),
            }
        )
    rows.sort(key=lambda row: (-row["crimes"], row["ocg_id"]))
    return table_of(ACTIVITIES, rows)


def _recorded(material: Material) -> pd.DataFrame:
    """Return the activities that hold on the analysis date, as they are counted; text, blank where not recorded."""
    t, day = material.dataset["ocg_activities"], material.period.as_of
    if day is not None:
        begun = pc.fill_null(pc.less_equal(t["from_date"], day), True)
        t = t.filter(pc.and_(begun, pc.fill_null(pc.greater_equal(t["to_date"], day), True)))
    frame = pd.DataFrame({n: t[n].to_pylist() for n in ("ocg_id", "activity", "level", "district")}, dtype=object)
    frame["activity"] = frame["activity"].map(ACTIVITY.counted_word)
    return frame.fillna("")


def _question(primary: list[str], most: str, times: int) -> str:
    """Return what to ask where the most frequent offences are no sign of any recorded primary activity.

    >>> _question(["drug trafficking"], "theft offences", 8)
    'recorded drug trafficking, yet most crimes (8) are theft offences: is the record complete?'
    >>> _question(["drug trafficking"], "drug offences", 8), _question(["waste crime"], "theft offences", 8)
    ('', '')
    """
    known = {activity for activities in _OFFENCES_OF.values() for activity in activities}
    if times < LEAST_ASKED or not primary or set(primary) - known or set(primary) & set(_OFFENCES_OF.get(most, ())):
        return ""
    return f"recorded {', '.join(primary)}, yet most crimes ({times:,}) are {most}: is the record complete?"


def _of_activities(material: Material, activities: ProfileTable) -> Iterator[tuple[str, Figure]]:
    frame, groups = activities.frame, len(activities.frame)
    if not groups:
        return
    asked = f"at least {LEAST_ASKED} crimes of the most frequent offences; a question, no finding"
    for name, says, of, counted in (
        (
            "without_activity",
            "Groups without a recorded activity",
            (frame["primary"] == "") & (frame["secondary"] == ""),
            "no activity that holds on that day",
        ),
        (
            "secondary",
            "Groups with a recorded secondary activity",
            frame["secondary"] != "",
            "in support of what makes money",
        ),
        (
            "activity_asked",
            "Groups most of whose members' crimes are of other offences than the recorded activity",
            frame["question"] != "",
            asked,
        ),
    ):
        part = int(of.sum())
        yield (
            f"ocgs_{name}",
            material.figure(
                CHAPTER,
                part,
                "count",
                says,
                part,
                groups,
                f"groups on {material.period.as_of}; {counted}",
                records=part,
            ),
        )
