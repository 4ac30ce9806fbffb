"""The chapter on prosperity in the report."""

from __future__ import annotations

from collections.abc import Iterator

from ocgnet.local_profile.profile import Profile
from ocgnet.local_profile.prosperity import ALL, OTHER_CYBER
from ocgnet.views.html.grids import profile_grid
from ocgnet.views.profile.blocks import Block
from ocgnet.views.words.profile import shared
from ocgnet.views.words.sentences import sentences

_OFFENCES = (
    "kind", "category", "crimes", "crimes_before", "crimes_change", "change_low", "change_high",
    "severity", "harm_unknown", "loss_recorded", "loss", "loss_median",
)  # fmt: skip
_PLACES = (
    "district", "fraud", "fraud_before", "fraud_change", "computer_misuse", "computer_misuse_before",
    "money_laundering", "money_laundering_before",
)  # fmt: skip
_GROUPS = ("group", "primary", "secondary", "crimes", "counted_mix")
_GROUPS_SHOWN = 8


def prosperity(profile: Profile) -> Iterator[Block]:
    """Yield the blocks for which the records hold such offences, pillars, or activities of groups."""
    offences, victims, places, pillars, activities = (
        profile.tables[name]
        for name in ("prosperity", "prosperity_victims", "prosperity_districts", "pillars", "group_activities")
    )
    asked = activities.frame[activities.frame["question"] != ""]
    own = {
        "asked": len(asked),
        "groups": len(activities.frame),
        "shown": min(len(asked), _GROUPS_SHOWN),
        "not_recorded": activities.frame.loc[activities.frame["primary"] == "", "group"].tolist(),
    }
    words = sentences("profile_prosperity.j2", shared(profile) | own)
    sums = offences.frame[offences.frame["category"] == ALL]
    if sums["crimes"].sum() + sums["crimes_before"].sum():
        # A category that is all of its kind says nothing more than the sum above it.
        alone = offences.frame.groupby("kind")["category"].transform("size") == 2
        alone |= offences.frame["kind"] == OTHER_CYBER
        grid = profile_grid(offences, _OFFENCES, offences.frame[~alone | (offences.frame["category"] == ALL)])
        yield Block("Fraud, computer misuse and money laundering", words["offences"], grid=grid)
        if len(victims.frame):
            yield Block("Businesses and public bodies as victims", words["victims"])
        if len(places.frame):
            counts = places.frame[[n for n in _PLACES if n in ("fraud", "computer_misuse", "money_laundering")]]
            rows = places.frame[(counts.isna() | (counts != 0)).any(axis=1)]
            # A kind of which nothing is known has no column.
            shown = [n for n in _PLACES if n == "district" or rows[n].notna().any()]
            yield Block("By district", words["places"], grid=profile_grid(places, shown, rows))
    if len(pillars.frame):
        yield Block("Groups by pillar of the strategy", words["pillars"], grid=profile_grid(pillars))
    if len(activities.frame):
        some = profile_grid(activities, _GROUPS, asked.head(_GROUPS_SHOWN)) if len(asked) else None
        yield Block("What groups do, as recorded and as counted", words["activities"], grid=some)
