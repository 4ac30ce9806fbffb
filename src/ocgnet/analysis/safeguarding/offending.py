"""Earlier serious offences that name a child as a suspect: an allegation, and often a sign of exploitation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ocgnet.analysis.safeguarding.rules import Component
from ocgnet.model.columns import SUSPECT_ROLES
from ocgnet.settings import Settings


def offences(crimes: Sequence[Any], settings: Settings, *, has_crimes: bool) -> Component:
    """Return the component of earlier serious offences of one child.

    Only the child's own links as a suspect count, on any date up to the analysis date; what a parent
    did never does. A crime in which the child is also a victim does not count: victim status comes first.

    Parameters
    ----------
    crimes : sequence of named tuples
        Rows of ``recorded.crimes_of`` of this child.
    settings : Settings
        ``serious_harm`` and ``many_serious``.
    has_crimes : bool
        Whether the data holds the links between people and crimes at all.
    """
    if not has_crimes:
        ask = "Crime records: is the child named as a suspect, and was the child exploited?"
        said = "this data holds no table crime_links"
        return Component("offences", said, could="serious_offences_many", find_out=ask)
    own = [c for c in crimes if c.suspect and not c.victim]
    serious = [c for c in own if c.harm >= settings.serious_harm]
    unknown = sum(math.isnan(c.harm) for c in own)
    count = len(serious)
    could, ask = "", ""
    if unknown and count < settings.many_serious:
        could = "serious_offences_many" if count + unknown >= settings.many_serious else "serious_offences"
        could = "" if could == "serious_offences" and count else could
        ask = (
            f"Crime records: how severe are the {unknown} offences without an offence code that has a weight?"
            if could
            else ""
        )
    if not count:
        said = f"{unknown} offences of unknown severity" if unknown else "none recorded"
        also = sum(c.suspect and c.victim for c in crimes)
        said += f"; suspect and victim in {also}, counted as victim only" if also else ""
        return Component("offences", said, could=could, find_out=ask)
    by_role = [(role, sum(c.role == role for c in serious)) for role in SUSPECT_ROLES]
    roles = ", ".join(f"{n} as {role}" for role, n in by_role if n)
    plural = "" if count == 1 else "s"
    told = f"linked to {count} serious offence{plural} ({roles}): an allegation unless convicted, "
    told += "and the child may be a victim"
    holds = "serious_offences_many" if count >= settings.many_serious else "serious_offences"
    return Component("offences", told, holds, could, ask, tuple(sorted(c.crime_id for c in serious)))
