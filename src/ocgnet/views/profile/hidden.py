"""The chapter on hidden demand in the report: who is tied to members from outside, and ties that no group covers."""

from __future__ import annotations

from collections.abc import Iterator

from ocgnet.local_profile.profile import Profile
from ocgnet.results import Figure
from ocgnet.views.html.grids import profile_grid
from ocgnet.views.profile.blocks import Block
from ocgnet.views.words.numbers import count
from ocgnet.views.words.profile import shared
from ocgnet.views.words.sentences import sentences

MOST_SETS = 12
"""Sets on the page; the workbook has all of them."""


def hidden_demand(profile: Profile) -> Iterator[Block]:
    """Return the parts of the chapter; none where the records hold no memberships."""
    people, sets = profile.tables["hidden_people"], profile.tables["hidden_sets"]
    tied, groups = (profile.figures.get(name) for name in ("hidden_tied", "hidden_sets"))
    if tied is None or groups is None:
        return
    own = {"chance": _chance(tied), "set_chance": _chance(groups)}
    words = sentences("profile_hidden.j2", shared(profile) | own)
    grid = profile_grid(people) if len(people.frame) else None
    yield Block("Outside every group, and tied to several members", words["tied"], grid=grid)
    grid = profile_grid(sets, frame=sets.frame.head(MOST_SETS)) if len(sets.frame) else None
    yield Block("Ties that no group covers", words["sets"], grid=grid)


def _chance(figure: Figure) -> str:
    if figure.null_low is None or figure.null_high is None:
        return ""
    low, high = round(figure.null_low), round(figure.null_high)
    return count(low) if low == high else f"{count(low)} to {count(high)}"
