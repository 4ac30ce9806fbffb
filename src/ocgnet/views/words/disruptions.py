"""What is said of disruptions."""

from __future__ import annotations

from ocgnet.analysis.response.disruptions import DisruptionCounts
from ocgnet.english import counted
from ocgnet.views.words.numbers import count, day, percent


def counts_sentence(counts: DisruptionCounts) -> str:
    """Return how many disruptions there were, against the period before, with the interval of the change."""
    if not counts.known:
        return "Disruptions of groups are not known: these records have no table disruptions."
    total, period, before = counts.total, counts.period, counts.before
    now = int(total["disruptions"])
    if period.first is None or before.first is None:
        return f"{counted(now, 'disruption')} of groups; the records hold no date, so there is no period to compare."
    said = f"{counted(now, 'disruption')} of groups from {day(period.first)} to {day(period.last)}"
    earlier = f"{day(before.first)} to {day(before.last)}"
    if total["why_not"].startswith("not compared"):
        return f"{said}; {earlier} is {total['why_not']}."
    said += f", against {count(total['before'])} from {earlier}"
    if total["why_not"]:
        return f"{said}; {total['why_not']}."
    interval = f"{percent(total['change_low'])} to {percent(total['change_high'])}"
    return f"{said}: {percent(total['change'])} (95% interval {interval})."
