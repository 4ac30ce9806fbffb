"""Columns of every table about what is done: declared once, as ``columns`` declares those of an analysis."""

from __future__ import annotations

from ocgnet.results.columns import ResultColumn, fact


def _c(name: str, kind: str, says: str, part_of: str = "") -> ResultColumn:
    return ResultColumn(name, kind, says, part_of=part_of)


RESPONSE_RESULTS: dict[str, tuple[ResultColumn, ...]] = {
    "disruption_counts": (
        _c("by", "text", "What is counted apart: all, level, strand, group, lead agency or partner agency."),
        fact("value", "text", "The level, strand, group or agency."),
        _c("disruptions", "count", "Disruptions in the period.", part_of="of"),
        _c("of", "count", "All disruptions in the period."),
        _c("before", "count", "Disruptions in the period before; blank where records do not cover it."),
        _c("change", "share", "Change as a share of the period before; blank where it cannot be said."),
        _c("change_low", "share", "Lower end of its 95% interval, disruptions taken as independent of each other."),
        _c("change_high", "share", "Upper end."),
        _c("why_not", "text", "Why no change is stated."),
    ),
}
