"""The chapter on impact in the report: priorities with their measures now and then, and the intelligence gaps."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ocgnet.local_profile.impact import LAST, NO_MEASURE, NOT_COVERED, THIS, UNKNOWN_MEASURE
from ocgnet.local_profile.profile import FORCE, Profile
from ocgnet.views.html.grids import MOST_PROFILE_ROWS, Grid, profile_grid
from ocgnet.views.profile.blocks import Block
from ocgnet.views.words.numbers import plain, printed
from ocgnet.views.words.profile import shared
from ocgnet.views.words.sentences import sentences
from ocgnet.visible import visible

GAP = ("state", "question", "about", "owner", "due_on", "gap_id")
_WAYS = {"at_least": "at least", "at_most": "at most"}


def blocks(profile: Profile) -> Iterator[Block]:
    """Return the parts of the chapter for which the records hold anything."""
    frame, gaps = profile.tables["priorities"].frame, profile.tables["intelligence_gaps"]
    shown = frame[frame["holds"].isin([LAST, THIS])]
    told = [str(source) for source in shown["then_from"] if source]
    words = sentences(
        "profile_impact.j2",
        shared(profile)
        | {
            "set": len(shown),
            "then_from": next(iter(told), ""),
            "again": bool(told) and not told[0].startswith("profile"),
        },
    )
    if "priorities" in profile.given:
        grid = _priorities(profile, shown) if len(shown) else None
        yield Block("Priorities: now against then", words["priorities"], grid=grid)
    if "intelligence_gaps" in profile.given:
        yield Block("Intelligence gaps", words["gaps"], grid=profile_grid(gaps, GAP) if len(gaps.frame) else None)


def _priorities(profile: Profile, frame: pd.DataFrame) -> Grid:
    own = profile.edition == FORCE
    rows = []
    for r in frame.head(MOST_PROFILE_ROWS).astype(object).where(frame.notna(), None).itertuples():
        unit, verdict = str(r.unit), str(r.verdict)
        if verdict in ("", NO_MEASURE, NOT_COVERED, UNKNOWN_MEASURE):
            why = str(r.because).partition("; ")[0].removeprefix("not told then: ")
            verdict = f"{verdict}: {why}".removeprefix(": ")
        target = "–"
        if r.target is not None:
            target = f"{_WAYS.get(str(r.direction), '')} {plain(r.target, unit or 'number')}".strip()
            target += f" | {r.target_met}" if r.target_met else ""
        named = f"{r.priority} | {r.owner or 'no owner recorded'}" if own else str(r.priority_id)
        rows.append(
            (
                str(r.holds).removesuffix(" period"),
                visible(named),
                visible(str(r.says or r.measure or "none recorded")),
                _value(r.then, str(r.then_counts), unit),
                _value(r.value, str(r.counts), unit),
                printed(visible(verdict)),
                target,
            )
        )
    heads = ("period", "priority and owner" if own else "priority", "measure", "then", "now", "verdict", "target")
    caption = profile.tables["priorities"].question
    prose = [i for i in (1, 5) if any(len(row[i]) > 60 for row in rows)]
    return Grid(heads, rows, right={3, 4}, prose=prose, caption=caption)


def _value(value: float | None, counts: str, unit: str) -> str:
    if value is None or pd.isna(value):
        return "–"
    return plain(value, unit) + (f" | {counts}" if counts else "")
