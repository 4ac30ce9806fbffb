"""The chapter on adverse experiences and missing children in the report."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ocgnet.local_profile.childhood import LINKED, LINKS, OBSERVED, OTHERS, RULED_OUT, UNKNOWN
from ocgnet.local_profile.profile import Profile
from ocgnet.views.html.grids import Grid, profile_grid
from ocgnet.views.profile.blocks import Block
from ocgnet.views.svg import profile as plots
from ocgnet.views.words.numbers import band, count, share
from ocgnet.views.words.profile import shared, title
from ocgnet.views.words.sentences import sentences

_TIES = ("episodes", "children", *(name for link in LINKS for name in (link, f"{link}_share")))


def childhood(profile: Profile) -> Iterator[Block]:
    """Yield the blocks for which the records hold adverse experiences, or missing episodes."""
    experiences, numbers, missing, trends, held = (
        profile.tables[name]
        for name in ("aces", "aces_together", "missing_links", "missing_trends", "missing_interviews")
    )
    counted = profile.counted("aces")
    seen = counted[(counted["who"] == LINKED) & (counted["status"] == OBSERVED)]
    most = seen[seen["children"] > 0].sort_values("children", ascending=False, kind="stable").head(3)
    own = {
        "most": [f"{r.experience} ({count(r.children)})" for r in most.itertuples()],
        "trends": trends.frame.to_dict("records"),
    }
    words = sentences("profile_childhood.j2", shared(profile) | own)
    if len(experiences.frame):
        yield Block("Adverse childhood experiences", words["aces"], grid=_experiences(experiences.frame))
    if len(numbers.frame):
        yield Block("Several experiences of one child", words["together"], grid=profile_grid(numbers))
    if missing.frame["children"].sum():
        rows = [
            (f"{r.episodes} of {count(r.children)}", r.suspect_share, r.suspect_low, r.suspect_high, count(r.suspect))
            for r in profile.counted("missing_links").itertuples()
            if r.suspect == r.suspect and r.children
        ]
        heading = title(words, "missing title")
        yield Block(
            "Going missing and links to crime",
            words["missing"],
            plots.dots("missing", heading, rows, "share of children named as suspect") if rows else "",
            f"{heading}. Rows: episodes in the period, of how many children. Lines: 95% intervals." if rows else "",
            grid=profile_grid(missing, _TIES),
        )
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


def _count(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else count(int(value))


def _share(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else share(value)
