"""What a profile says: the numbers and lists that its sentences in ``profile.j2`` are made of."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.intervals import TREND_LEAST
from ocgnet.english import counted
from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.edition import edition_words
from ocgnet.local_profile.profile import FORCE, NOT_COMPUTED, Profile
from ocgnet.local_profile.two_profiles import compare_profiles
from ocgnet.views.words import numbers
from ocgnet.views.words.numbers import count, day, losses_sentence, printed, ratio, roles_said, share
from ocgnet.views.words.sentences import Words, sentences

EXPECTED = (
    "crimes", "crime_links", "stop_checks", "referrals", "children", "disruptions", "memberships", "wards", "threats",
    "thing_links",
)  # fmt: skip
"""Tables whose absence is said."""


def profile_words(profile: Profile) -> Words:
    """Return everything that a profile says, by place: ``title``, ``findings``, ``caveats``, each part of a chapter."""
    said = sentences("profile.j2", shared(profile) | _force(profile) | _groups(profile) | _young(profile))
    return {**said, "findings": said["findings"] or said["no findings"]}


def title(words: Words, place: str = "title") -> str:
    """Return the one sentence of a place."""
    return " ".join(words[place])


def comparison_sentence(other: str, verdicts: dict[str, int]) -> str:
    """Return how many figures differ by more than chance."""
    told = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.items() if n)
    return f"Against {other}, of {count(sum(verdicts.values()))} figures that both sides hold: {told}."


def not_known(profile: Profile) -> list[tuple[str, str]]:
    """Return what this profile does not say, with the reason: figures without records, and figures never computed."""
    rows = [
        (figure.says, figure.unknown if figure.unknown.startswith("not shown") else f"not known: {figure.unknown}")
        if figure.unknown
        else (figure.says, f"not known from these records: {printed(figure.filter)}" if figure.filter else "not known")
        for name, figure in profile.figures.items()
        if figure.value is None and not name.startswith("ward_")
    ]
    why = "no such table in these records, so what it would show is not known"
    absent = [(name.replace("_", " "), why) for name in EXPECTED if name not in profile.given]
    never = [(n.says, n.reason) for n in NOT_COMPUTED if not (n.when_absent and n.figure_id in profile.figures)]
    return [*absent, *rows, *never]


def listed(names: list[str]) -> str:
    """Return names as a list in a sentence.

    >>> listed(["a", "b", "c"]), listed([])
    ('a, b and c', 'none')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "none"


def shared(profile: Profile) -> dict[str, Any]:
    """Return what the sentences of every chapter may use: figures, settings, and numbers in words."""
    s, years = profile.settings, profile.tables["group_years"].frame
    return {
        "f": profile.figures,
        "settings": s,
        "windows": profile.windows,
        "before_period": numbers.period_words(profile.windows.before),
        "first": profile.first,
        "losses": [str(loss) for loss in profile.losses],
        "not_read": losses_sentence(profile.losses, s.analysis.loss_limit),
        "gap_notes": profile.gap_notes,
        "force": profile.about.force,
        "edition": edition_words(profile),
        "of_shown": {n: " of those shown" if n in profile.hidden else "" for n in ("areas", "offences", "wards")},
        "own": profile.edition == FORCE,
        "area": profile.area,
        "young": f"harm_age_{s.young[0]}_{s.young[1]}",
        "high_harm": f"{s.high_harm:g}",
        "trend_least": TREND_LEAST,
        "limits": [f"{limit:.1%}".replace(".0%", "%") for limit in s.funnel_limits],
        "as_of": day(date.fromisoformat(profile.as_of)) if profile.as_of else "no date",
        "day_before": day(years["day"].iloc[0]) if len(years) else "–",
        "rows_in": ", ".join(f"{name.replace('_', ' ')} {count(n)}" for name, n in sorted(profile.rows_in.items())),
        "gone": sum(x.count for x in profile.left_out),
        "known": lambda *names: numbers.known(profile.figures, *names),
        "points": lambda value: f"{100 * value:+.0f} points",
        "period": numbers.period_words,
        **{f.__name__: f for f in (count, counted, listed, printed, ratio, roles_said, share)},
        **{
            f.__name__: f
            for f in (numbers.chance_words, numbers.moved, numbers.part_of, numbers.percent, numbers.plain)
        },
    }


def _force(profile: Profile) -> dict[str, Any]:
    """Return the sums over force and districts, wards, offences and people."""
    areas, wards, offences, ages = (profile.counted(name) for name in ("areas", "wards", "offences", "victim_ages"))
    force, districts = areas[areas["level"] == "force"], areas[areas["level"] == "district"]
    weighed = districts[districts["severity"].notna()]
    first = weighed if len(weighed) else areas
    unknown = int(force["harm_unknown"].sum())
    rose = offences[offences["base_low"] > 0].sort_values("severity_change_base", ascending=False).head(3)
    lorenz = {who: curve for who, curve in profile.lorenz.items() if curve is not None}
    return {
        "force_row": {
            "harm_unknown": unknown,
            "crimes": int(force["crimes"].sum()),
            "severity": float(areas["severity"].iloc[0]) if len(areas) else None,
        },
        "nowhere": int(areas.loc[areas["level"] == "no district", "crimes"].sum()),
        "districts": districts["name"].tolist(),
        "first_place": first.iloc[0].to_dict() if len(first) else None,
        "unweighed": sorted(districts.loc[districts["severity"].isna(), "name"]),
        "unweighted": sorted(profile.unweighted.items(), key=lambda pair: (-pair[1], pair[0])),
        "uncoded": unknown - sum(profile.unweighted.values()),
        "base_known": offences["severity_base"].notna().any(),
        "risen": [
            f"{r.offence_group} {numbers.percent(r.severity_change_base)} "
            f"({count(r.crimes_base)} to {count(r.crimes)} crimes)"
            for r in rose.itertuples()
        ],
        "wards": {
            "far": (wards["standing"] == "far above its share").sum(),
            "settled": wards["severity_per_1000"].notna().sum(),
        },
        "carried": list(lorenz),
        "lorenz": list(lorenz.values()),
        "harm_of_ages": float(ages["severity"].sum()),
    }


def _groups(profile: Profile) -> dict[str, Any]:
    """Return what groups do, how they were disrupted, and the families of offences of each district."""
    kinds, hurt, families = (profile.counted(name) for name in ("group_kinds", "disruptions", "district_offences"))
    levels = hurt.groupby("level")["disruptions"].sum()
    strands = hurt.groupby("strand")["disruptions"].sum().sort_values(ascending=False, kind="stable")
    of_area = [not profile.area or profile.areas.get(d) == profile.area for d in families["district"]]
    inside = families[np.array(of_area, bool)]
    first = inside[inside["rank_by_severity"] == 1]
    most = first["family"].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    others = first[first["family"] != most.index[0]] if len(most) else first
    return {
        "pillars": [f"{r.value} {count(r.groups)}" for r in kinds[kinds["kind"] == "pillar"].itertuples()],
        "disrupted": int(hurt["disruptions"].sum()),
        "heavy": int(levels.get("major", 0) + levels.get("moderate", 0)),
        "strands": [f"{name} {count(n)}" for name, n in strands.items() if n],
        "threats": {
            "family": most.index[0],
            "districts": most.iloc[0],
            "of": len(first),
            "others": [f"{r.district} {r.family}" for r in others.itertuples()],
        }
        if len(first)
        else None,
    }


def _young(profile: Profile) -> dict[str, Any]:
    """Return what the sentences on dealers, partners and parents count."""
    f, least = profile.figures, profile.settings.least_records
    dealers, forms = (profile.counted(name) for name in ("transient_dealers", "partner_information"))
    difference = None
    if numbers.known(f, "transient_juveniles", "transient_juveniles_before"):
        now, then = ({"x": vars(f[f"transient_juveniles{which}"])} for which in ("", "_before"))
        difference = compare_profiles(now, then, least).frame.iloc[0].to_dict()
    return {
        "dealers": difference,
        "stops": _stops(dealers, least),
        "partner": forms.iloc[0].to_dict() if len(forms) and int(forms["forms"].iloc[0]) else None,
        "parent_roles": [
            f"{numbers.plain(f[f'parents_{role}'].value, 'count')} {role.replace('_', ' ')}"
            for role in ("principal", "significant", "peripheral", "not_assessed")
            if numbers.value_of(f, f"parents_{role}")
        ],
    }


def _stops(dealers: pd.DataFrame, least: int) -> dict[str, Any]:
    """Return the districts whose share of juveniles differs from that of all by more than chance."""
    if dealers.empty:
        return {"whole": None, "districts": 0}
    now = dealers[dealers["period"] == dealers["period"].iloc[0]]
    rows, whole = now[now["district"] != EVERYWHERE], dealers.iloc[0]
    mean = float(whole["juvenile_share"])
    clear = rows[((rows["low"] > mean) | (rows["high"] < mean)) & (rows["stops"] >= least)]
    return {
        "whole": now[now["district"] == EVERYWHERE].iloc[0].to_dict(),
        "districts": len(rows) if whole["stops"] else 0,
        "differ": [
            f"{r.district} {count(r.juveniles)} of {count(r.stops)} ({share(r.juvenile_share)})"
            for r in clear.itertuples()
        ],
        "few": int((rows["stops"] < least).sum()),
    }
