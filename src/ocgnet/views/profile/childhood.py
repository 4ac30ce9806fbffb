"""The chapter on adverse experiences and missing children in the report."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ocgnet.local_profile.childhood import (
    FALLS,
    LINKED,
    LINKS,
    OBSERVED,
    OTHERS,
    RISES,
    RULED_OUT,
    TOO_FEW,
    UNCLEAR,
    UNKNOWN,
)
from ocgnet.local_profile.profile import Profile
from ocgnet.views.html.grids import Grid, profile_grid
from ocgnet.views.profile.blocks import Block
from ocgnet.views.words.numbers import band, count, share
from ocgnet.views.words.profile import shared
from ocgnet.views.words.sentences import sentences

_WORDS = ("named as suspect", "named as victim", "flagged, or named in a crime of exploitation",
          "assessed at medium or high risk")  # fmt: skip
_SHORT = {f"children {says}": short for says, short in zip(LINKS.values(), _WORDS, strict=True)}


def childhood(profile: Profile) -> Iterator[Block]:
    """Yield the blocks for which the records hold adverse experiences, or missing episodes."""
    experiences, numbers, missing, trends, held = (
        profile.tables[name]
        for name in ("aces", "aces_together", "missing_links", "missing_trends", "missing_interviews")
    )
    counted = profile.counted("aces")
    seen = counted[(counted["who"] == LINKED) & (counted["status"] == OBSERVED)]
    most = seen[seen["children"] > 0].sort_values("children", ascending=False, kind="stable").head(3)
    verdicts = {v: [_SHORT[link] for link in of["link"]] for v, of in trends.frame.groupby("verdict")}
    by_verdict = {v: verdicts.get(v, []) for v in (RISES, FALLS, UNCLEAR, TOO_FEW)}
    own = {
        "trends": by_verdict,
        "most": [f"{r.experience} ({count(r.children)})" for r in most.itertuples()],
    }
    words = sentences("profile_childhood.j2", shared(profile) | own)
    if len(experiences.frame):
        yield Block("Adverse childhood experiences", words["aces"], grid=_experiences(experiences.frame))
    if len(numbers.frame):
        yield Block("Several experiences of one child", words["together"], grid=profile_grid(numbers))
    if missing.frame["children"].sum():
        yield Block("Going missing and links to crime", words["missing"], grid=_missing(missing.frame))
    if len(held.frame):
        yield Block("Return interviews", words["interviews"], grid=profile_grid(held))


def _experiences(frame: pd.DataFrame) -> Grid:
    """Return a row an experience: both sets of children side by side, the shares of those linked to groups."""
    heads = (
        "experience", "observed", "not observed", "unknown", "of those known", "95% interval", "of all, from", "to",
        "others: observed", "not observed", "unknown", "of those known",
    )  # fmt: skip
    cells = []
    for experience, of in frame.groupby("experience", sort=False):
        row = [str(experience)]
        for who in (LINKED, OTHERS):
            rows = of[of["who"] == who].set_index("status")
            row += [_count(rows["children"].get(word)) for word in (OBSERVED, RULED_OUT, UNKNOWN)]
            seen = rows.loc[OBSERVED] if OBSERVED in rows.index else pd.Series(dtype=float)
            row.append(_share(seen.get("share_of_known")))
            if who == LINKED:
                low, high = seen.get("low"), seen.get("high")
                row.append(band(low, high) if pd.notna(low) and pd.notna(high) else "–")
                row += [_share(seen.get(name)) for name in ("at_least", "at_most")]
        cells.append(row)
    caption = "Which adverse experiences are known of children linked to groups by family, and of other known children?"
    return Grid(heads, cells, right=range(1, len(heads)), caption=caption)


def _missing(frame: pd.DataFrame) -> Grid:
    """Return the children of each row with each link to crime, the share and its interval in brackets."""
    cells = []
    for row in frame.to_dict("records"):
        ties = [_count(row[n]) for n in LINKS]
        for at, name in enumerate(LINKS):
            if pd.notna(row[name]) and pd.notna(row[f"{name}_share"]) and pd.notna(row[f"{name}_low"]):
                ties[at] += f" ({share(row[f'{name}_share'])}, {band(row[f'{name}_low'], row[f'{name}_high'])})"
        cells.append([str(row["episodes"]), _count(row["children"]), *ties])
    heads = ("episodes", "children", *_WORDS)
    caption = (
        "Are children who go missing more often named in more crime, or assessed at greater risk? (share, 95% interval)"
    )
    return Grid(heads, cells, right=range(1, len(heads)), caption=caption)


def _count(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else count(int(value))


def _share(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else share(value)
