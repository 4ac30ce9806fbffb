"""The chapter on weapons in the report."""

from __future__ import annotations

from collections.abc import Iterator

from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.profile import Profile
from ocgnet.local_profile.weapons import NO_HOUR
from ocgnet.views.html.grids import profile_grid
from ocgnet.views.profile.blocks import Block
from ocgnet.views.svg import profile as plots
from ocgnet.views.words.numbers import count, share
from ocgnet.views.words.profile import shared, title
from ocgnet.views.words.sentences import sentences

_PLACES = (
    "district", "crimes", "possession", "other_offences", "possession_share", "crimes_per_10000", "crimes_before",
    "crimes_change", "change_low", "change_high",
)  # fmt: skip
_WARDS_SHOWN = 8


def weapons(profile: Profile) -> Iterator[Block]:
    """Yield the blocks for which the records hold crimes with weapons, or reports on firearms."""
    places, wards, hours, ties, reports = (
        profile.tables[name]
        for name in ("weapons", "weapon_wards", "weapon_hours", "weapon_links", "firearm_intelligence")
    )
    by_hour = profile.counted("weapon_hours")
    by_hour = by_hour[(by_hour["weapon"] == "knife") & (by_hour["hours"] != NO_HOUR)]
    peak = by_hour.sort_values("crimes", ascending=False, kind="stable").head(1).to_dict("records")
    own = {
        "peak": peak[0] if peak and peak[0]["crimes"] else None,
        "wards_shown": _WARDS_SHOWN,
        "wards": len(wards.frame),
    }
    words = sentences("profile_weapons.j2", shared(profile) | own)
    knives = places.frame[places.frame["weapon"] == "knife"]
    if len(knives):
        rows = knives[(knives["district"] == EVERYWHERE) | (knives["crimes"] != 0)]
        grid = profile_grid(places, _PLACES, rows)
        yield Block("Knife and firearm crime by district", words["places"], grid=grid)
    if len(wards.frame):
        top = wards.frame[wards.frame["knife"] > 0].head(_WARDS_SHOWN)
        yield Block("Wards with most knife crime", words["wards"], grid=profile_grid(wards, (), top))
    if own["peak"]:
        heading = title(words, "hours title")
        columns = (by_hour[name] for name in ("hours", "crimes", "low", "high"))
        said = [f"{count(r.crimes)} ({share(r.share_of_known)})" for r in by_hour.itertuples()]
        yield Block(
            "When knife crime happens",
            words["hours"],
            plots.bars("weapon-hours", heading, list(zip(*columns, said, strict=True)), "crimes of the period"),
            f"{heading}. Lines are 95% intervals. Percentages are of the crimes whose hour is known.",
            behind=profile_grid(hours),
        )
    elif len(hours.frame):
        yield Block("When knife crime happens", words["hours"], grid=profile_grid(hours))
    if len(ties.frame):
        yield Block("Links to groups and county lines", words["links"], grid=profile_grid(ties))
    if len(reports.frame):
        yield Block("Firearms in intelligence", words["intelligence"], grid=profile_grid(reports))
