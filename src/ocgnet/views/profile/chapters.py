"""The chapters of the report, in order."""

from __future__ import annotations

from ocgnet.profile import Profile
from ocgnet.views.profile import group_chapters as other
from ocgnet.views.profile import harm_chapters as harm
from ocgnet.views.profile.block import Chapter


def chapters(profile: Profile) -> list[Chapter]:
    """Return the chapters for which these records hold anything."""
    made = [
        Chapter("harm", "Recognising harm", (*harm.places(profile), *harm.offences(profile), *harm.wards(profile))),
        Chapter("people", "Those who are harmed and those who harm", tuple(harm.people(profile))),
        Chapter("groups", "Organised crime groups", other.groups(profile)),
        Chapter("area", f"{profile.area or 'The local-authority area'}: threats by district", other.area(profile)),
        Chapter("lines", "County lines and partner information", other.lines(profile)),
        Chapter("vulnerability", "Vulnerability", other.vulnerability(profile)),
    ]
    return [c for c in made if c.blocks]
