"""What an offence code means to the profile: its group and family."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from ocgnet.harm import look_up, normal_code

NO_GROUP = "not grouped"
"""Group of a code that the table of offence groups does not hold."""

NO_CODE = "offence not known"
"""Group of a crime without an offence code."""

RAPE = "rape"


@cache
def groups() -> dict[str, tuple[str, str]]:
    """Return offence group and family by normal offence code.

    The groups follow the offence groups under which the Home Office counts recorded crime; arson stands
    apart from criminal damage, and robbery and burglary are split by their target.
    """
    text = (files("ocgnet") / "data" / "offence_groups.csv").read_text(encoding="utf-8")
    return {normal_code(r["code"]): (r["group"], r["family"]) for r in csv.DictReader(text.splitlines())}


def group_of(code: str | None) -> tuple[str, str]:
    """Return group and family of an offence code as recorded.

    >>> group_of("008N"), group_of(None)
    (('violence with injury', 'violence against the person'), ('offence not known', 'offence not known'))
    """
    if not code:
        return NO_CODE, NO_CODE
    return look_up(groups(), code) or (NO_GROUP, NO_GROUP)


def family_of(group: str) -> str:
    """Return the family of an offence group; the group itself where it has none."""
    return dict(groups().values()).get(group, group)
