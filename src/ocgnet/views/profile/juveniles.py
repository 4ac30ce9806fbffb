"""The chapter on juveniles in the report."""

from __future__ import annotations

from collections.abc import Iterator

from ocgnet.local_profile.profile import Profile
from ocgnet.views.html.grids import profile_grid
from ocgnet.views.profile.blocks import Block
from ocgnet.views.words.profile import shared
from ocgnet.views.words.sentences import sentences


def juveniles(profile: Profile) -> Iterator[Block]:
    """Yield the one block, where anybody linked to a crime of the period was a juvenile."""
    table = profile.tables["juveniles"]
    if len(table.frame):
        words = sentences("profile_juveniles.j2", shared(profile))
        yield Block("Juveniles by their serious offences", words["juveniles"], grid=profile_grid(table))
