"""Counts of independent events, their shares, and their change on the period before: as columns and as figures."""

from __future__ import annotations

import numpy as np

from ocgnet.analysis.intervals import LEAST_EVENTS, count_interval, ratio_interval, share_interval
from ocgnet.local_profile.figures import EVENTS, ProfileFigure
from ocgnet.local_profile.profile_tables import made
from ocgnet.local_profile.records import Material

CHANGE = (
    made("change", "share", "Change on the period before; blank where records do not cover both, or are too few."),
    made("change_low", "share", "Lower end of the 95% interval of that change."),
    made("change_high", "share", "Upper end of that interval."),
)


TOO_FEW = "there are too few to say"


def changed(now: float, then: float, least: int) -> dict[str, float]:
    """Return the change of a count with its exact interval.

    NaN where ``then`` is not known, and where both together are fewer than ``least`` or ``then`` alone fewer than
    ``LEAST_EVENTS``: too few to say.
    """
    if np.isnan(then) or then < LEAST_EVENTS or now + then < least:
        return {"change": np.nan, "change_low": np.nan, "change_high": np.nan}
    low, high = ratio_interval(int(now), int(then))
    return {"change": now / then - 1, "change_low": low, "change_high": high}


def count_figure(material: Material, chapter: str, number: int, says: str, records: str) -> ProfileFigure:
    """Return a count of independent events with its exact interval."""
    return material.figure(
        chapter, number, "count", says, counted=records, ends=count_interval(number), records=number, interval=EVENTS
    )


def share_figure(material: Material, chapter: str, says: str, part: int, whole: int, records: str) -> ProfileFigure:
    """Return a share of independent events with its interval; not known where there is no whole."""
    if not whole:
        return material.figure(chapter, None, "share", says, counted=f"{records}; there is none")
    ends = share_interval(part, whole)
    return material.figure(chapter, part / whole, "share", says, part, whole, records, ends, whole, EVENTS)


def change_figure(
    material: Material, chapter: str, says: str, counts: tuple[float, float], records: str, gap: str
) -> ProfileFigure:
    """Return the change of a count, given now and then, on the period before; not known where that cannot be said.

    It cannot where the records do not cover both periods (``gap`` says why), where there was none, or too few.
    """
    change = changed(*counts, material.settings.least_records)
    if gap or np.isnan(change["change"]):
        why = gap or ("there was none before" if not counts[1] else TOO_FEW)
        return material.figure(chapter, None, "change", says, counted=f"{records}: not stated, because {why}")
    now, then = (int(n) for n in counts)
    return material.figure(
        chapter, change["change"], "change", says, now, then, f"{records}; {now:,} against {then:,}",
        (change["change_low"], change["change_high"]), now + then, EVENTS,
    )  # fmt: skip


def not_recorded(material: Material, chapter: str, says: str, why: str) -> ProfileFigure:
    """Return a count that is not known, with the reason."""
    return material.figure(chapter, None, "count", says, counted=why)
