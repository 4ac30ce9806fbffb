"""The chapters of the report, in order."""

from __future__ import annotations

from ocgnet.local_profile.profile import Profile
from ocgnet.views.profile.block import Chapter
from ocgnet.views.profile.group_chapters import area_blocks, groups_blocks, lines_blocks, vulnerability_blocks
from ocgnet.views.profile.harm_chapters import offences_blocks, people_blocks, places_blocks, wards_blocks


def chapters(profile: Profile) -> list[Chapter]:
    """Return the chapters for which these records hold anything."""
    made = [
        Chapter(
            "harm", "Recognising harm", (*places_blocks(profile), *offences_blocks(profile), *wards_blocks(profile))
        ),
        Chapter("people", "Those who are harmed and those who harm", tuple(people_blocks(profile))),
        Chapter("groups", "Organised crime groups", groups_blocks(profile)),
        Chapter("area", f"{profile.area or 'The local-authority area'}: threats by district", area_blocks(profile)),
        Chapter("lines", "County lines and partner information", lines_blocks(profile)),
        Chapter("vulnerability", "Vulnerability", vulnerability_blocks(profile)),
    ]
    return [c for c in made if c.blocks]
