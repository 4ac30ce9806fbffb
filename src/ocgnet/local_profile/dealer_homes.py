"""Where suspected transient dealers live: in this force or another, and how many of these are juveniles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ocgnet.analysis.intervals import share_interval
from ocgnet.evidence.ages import ADULT
from ocgnet.local_profile.county_lines import EVERYWHERE, LINES, ages_at_stop, of_periods
from ocgnet.local_profile.figures import EVENTS, Part, ProfileFigure, ProfileTable, table_of
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import BEFORE, NO_DISTRICT, NOW, Material
from ocgnet.results import Figure
from ocgnet.results.columns import fact

MOST_FORCES = 10
"""Home forces that are named; others are few, and stand together."""
THIS_FORCE, OTHER_FORCES, NOT_RECORDED = "this force", "other forces", "not recorded"

HOMES = TableOf(
    "dealer_homes",
    "Homes of dealers",
    "How many suspected transient dealers live in another force, and how many of these are juveniles?",
    (
        fact("period", "text", "This period, or the one before."),
        fact("district", "text", "District of the stop."),
        people("stops", "Stop checks and arrests of suspected transient dealers."),
        people("home_known", "Of these, with the home force recorded.", "stops"),
        people("out_of_force", "Of these, living in another force.", "home_known"),
        made("out_share", "share", "Share of those with it recorded.", "out_of_force"),
        made("out_low", "share", "Lower end of the 95% interval.", "out_of_force"),
        made("out_high", "share", "Upper end of the 95% interval.", "out_of_force"),
        people("out_juveniles", "Of those living in another force, under 18 on the day.", "out_of_force"),
        made("out_juvenile_share", "share", "Share of those living in another force.", "out_juveniles"),
        made("low", "share", "Lower end of the 95% interval.", "out_juveniles"),
        made("high", "share", "Upper end of the 95% interval.", "out_juveniles"),
    ),
    whole=("period",),
    totals=("district", EVERYWHERE),
)
FORCES = TableOf(
    "home_forces",
    "Home forces",
    "Where do suspected transient dealers live, and how many from there are juveniles?",
    (
        fact("home_force", "text", "Home force as recorded; few from one force stand together as other forces."),
        people("stops", "Stop checks and arrests of the period."),
        people("juveniles", "Of these, under 18 on the day.", "stops"),
        people("age_unknown", "Of these, without a date of birth.", "stops"),
        made("juvenile_share", "share", "Juveniles of all these stops.", "juveniles"),
        made("low", "share", "Lower end of the 95% interval.", "juveniles"),
        made("high", "share", "Upper end of the 95% interval.", "juveniles"),
    ),
    ordered_by=("stops",),
)


def dealer_homes(material: Material) -> Part:
    """Return the homes of suspected transient dealers by district and by force.

    A home force is this one where its words are those of ``about.force`` (:func:`force_words`). Where nothing tells
    who lives here from whose home nobody recorded, the share is not known.
    """
    homes, forces = _homes(material)
    return Part((homes, forces), _home_figures(material, homes.frame))


_WORDS = frozenset(("constabulary", "police", "force", "service", "the", "of"))


def force_words(name: str | None) -> frozenset[str]:
    """Return what tells a force from another: its words, without those that every force has.

    >>> force_words("The Estuary Police Service") == force_words("ESTUARY CONSTABULARY"), force_words("Police")
    (True, frozenset())
    """
    words = frozenset(re.findall(r"\w+", (name or "").casefold()))
    return words - _WORDS


def _dealers(material: Material) -> dict[int, pd.DataFrame]:
    """Return the stops of suspected transient dealers of both periods: ``district``, ``home``, ``out``, ``age``.

    ``home`` is blank where nothing is recorded; ``out`` is False, too, where the force has no name.
    """
    own = force_words(material.dataset.about.force)
    found = {}
    for t, which in zip(of_periods(material, "stop_checks", "happened_on"), (NOW, BEFORE), strict=True):
        dealers = t.filter(pc.fill_null(t["transient_dealer"], False))
        home = [(h or "").strip() for h in dealers["home_force"].to_pylist()]
        found[which] = pd.DataFrame(
            {
                "district": [(d or "").strip() or NO_DISTRICT for d in dealers["district"].to_pylist()],
                "home": [THIS_FORCE if own and force_words(h) == own else h for h in home],
                "age": ages_at_stop(material, dealers),
            }
        )
        found[which]["out"] = ~found[which]["home"].isin(["", THIS_FORCE]) & bool(own)
    return found


def _told_apart(material: Material, dealers: Mapping[int, pd.DataFrame]) -> str:
    """Return why nobody can say who lives in another force; empty when one can."""
    if not force_words(material.dataset.about.force):
        return "about.toml does not name the force"
    if not any((of["home"] == THIS_FORCE).any() for of in dealers.values()):
        return "no stop names this force as home, so a blank may be somebody who lives here"
    return ""


def _homes(material: Material) -> tuple[ProfileTable, ProfileTable]:
    dealers = _dealers(material)
    named = any((of["home"] != "").any() for of in dealers.values())
    if not named:
        return table_of(HOMES, []), table_of(FORCES, [])
    apart = not _told_apart(material, dealers)
    rows = []
    for which in (NOW, BEFORE):
        if which == BEFORE and material.gap("stop_checks"):
            continue
        of, days = dealers[which], material.windows.words(which)
        rows.append(_home_row(of, days, EVERYWHERE, told_apart=apart))
        rows += [_home_row(part, days, str(d), told_apart=apart) for d, part in of.groupby("district")]
    now = dealers[NOW]
    least = material.settings.analysis.least_shown
    many = now["home"][~now["home"].isin(["", THIS_FORCE])].value_counts()
    shown = set(many[many >= least].sort_index().sort_values(ascending=False, kind="stable").index[:MOST_FORCES])
    words = now["home"].map(lambda h: h if h in shown or h == THIS_FORCE else OTHER_FORCES if h else NOT_RECORDED)
    forces = [_force_row(part, str(name)) for name, part in now.groupby(words)]
    forces.sort(key=lambda r: (-r["stops"], r["home_force"]))
    return table_of(HOMES, rows), table_of(FORCES, forces)


def _home_row(of: pd.DataFrame, period: str, district: str, *, told_apart: bool) -> dict[str, Any]:
    stops, known, out = len(of), int((of["home"] != "").sum()), int(of["out"].sum())
    young = int((of["out"] & (of["age"] < ADULT)).sum())
    row: dict[str, Any] = {"period": period, "district": district, "stops": stops, "home_known": known}
    if not told_apart:
        return row
    share = share_interval(out, known) if known else (np.nan, np.nan)
    of_out = share_interval(young, out) if out else (np.nan, np.nan)
    return row | {
        "out_of_force": out,
        "out_share": out / known if known else np.nan,
        "out_low": share[0],
        "out_high": share[1],
        "out_juveniles": young,
        "out_juvenile_share": young / out if out else np.nan,
        "low": of_out[0],
        "high": of_out[1],
    }


def _force_row(of: pd.DataFrame, home: str) -> dict[str, Any]:
    stops, young = len(of), int((of["age"] < ADULT).sum())
    low, high = share_interval(young, stops)
    return {
        "home_force": home, "stops": stops, "juveniles": young, "age_unknown": int(of["age"].isna().sum()),
        "juvenile_share": young / stops, "low": low, "high": high,
    }  # fmt: skip


def _home_figures(material: Material, homes: pd.DataFrame) -> dict[str, Figure]:
    if not material.has("stop_checks"):
        return {}
    why = _told_apart(material, _dealers(material))
    figures: dict[str, Figure] = {}
    for after, which in (("_before", BEFORE), ("", NOW)):
        days = material.windows.words(which)
        gap = why or (material.gap("stop_checks") if after else "")
        rows = homes[(homes["period"] == days) & (homes["district"] == EVERYWHERE)].to_dict("records")
        row = rows[0] if rows and not gap else {"home_known": 0, "out_of_force": 0, "out_juveniles": 0, "stops": 0}
        known, out, young = (int(row[n]) for n in ("home_known", "out_of_force", "out_juveniles"))
        counted = f"stop checks and arrests {days} marked as transient dealer"
        ending = f": not known, because {gap}" if gap else ""
        figures[f"out_of_force{after}"] = _share(
            out, known, "Transient dealers who live in another force",
            f"{counted}, with the home force recorded; not recorded for {int(row['stops']) - known:,}{ending}", days,
        )  # fmt: skip
        figures[f"out_of_force_juveniles{after}"] = _share(
            young, out, "Juveniles among transient dealers who live in another force",
            f"{counted}, whose home force is another; under {ADULT} on the day{ending}", days,
        )  # fmt: skip
    return figures


def _share(part: int, whole: int, says: str, counted: str, period: str) -> ProfileFigure:
    low, high = share_interval(part, whole) if whole else (None, None)
    return ProfileFigure(
        part / whole if whole else None, "share", says, part if whole else None, whole or None, counted, low, high,
        chapter=LINES, period=period, records=whole, interval=EVENTS if whole else "",
    )  # fmt: skip
