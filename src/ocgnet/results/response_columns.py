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
    "disruption_before_after": (
        fact("disruption_id", "id", "The disruption."),
        fact("ocg_id", "id", "The group."),
        fact("happened_on", "date", "When; the day itself counts for neither window."),
        fact("level", "text", "Level as recorded."),
        fact("strand", "text", "Strand as recorded."),
        fact("archived_on", "date", "When the group was archived, if by the last day of the window after."),
        _c("measure", "text", "What is counted; members are people of a day, all others what the windows record."),
        _c("days", "count", "Days of each window."),
        _c("earlier", "number", "The same in the window before the window before; blank where it is not covered."),
        _c("before", "number", "In the window before; blank where it is not compared."),
        _c("after", "number", "In the window after, of the same people; for members those of its last day."),
        _c("difference", "number", "After less before."),
        _c("change", "share", "Difference as a share of before; blank where too few to say."),
        _c("change_low", "share", "Lower end of its 95% interval, crimes or reports taken as independent."),
        _c("change_high", "share", "Upper end."),
        _c("unweighted", "count", "Of harm: crimes of both windows without a severity weight, not in it."),
        _c("further", "count", "Further disruptions of the group from the first to the last day of the windows."),
        _c("compared", "count", "Groups that were mapped, had members and were not disrupted in all these days."),
        _c("compared_before", "number", "What all these groups had before, together."),
        _c("compared_after", "number", "What they had after."),
        _c("compared_median", "number", "Median of their differences."),
        _c("compared_low", "number", "Least of their differences."),
        _c("compared_high", "number", "Greatest."),
        _c("beyond_median", "number", "Difference in differences: the group's less the median of theirs."),
        _c("expected", "number", "What the group would have after, had it changed in proportion to them together."),
        _c("as_much", "count", "Of them, those that changed at least as far the same way for their size."),
        _c("chance", "share", "How often a group drawn by lot from them and this one changes as far."),
        _c("why_not", "text", "Why it is not compared, or no percentage is stated."),
    ),
    "disruption_compared": (
        fact("disruption_id", "id", "The disruption."),
        fact("ocg_id", "id", "A group that was mapped, had members and was not disrupted in these days."),
        _c("measure", "text", "What is counted."),
        _c("before", "number", "In the window before."),
        _c("after", "number", "In the window after."),
    ),
    "disruption_summary": (
        _c("measure", "text", "What is counted."),
        _c("disruptions", "count", "Disruptions of the period: of every group the first, or all of the groups asked."),
        _c("compared", "count", "Of these, those whose windows records cover.", part_of="disruptions"),
        _c("fell", "count", "Of the compared, after below before.", part_of="compared"),
        _c("same", "count", "After equal to before.", part_of="compared"),
        _c("rose", "count", "After above before.", part_of="compared"),
        _c("before", "number", "Together in the windows before."),
        _c("after", "number", "Together in the windows after."),
        _c("median_difference", "number", "Median of the differences."),
        _c("beside_others", "count", "Of the compared, those with enough groups not disrupted.", part_of="compared"),
        _c("below_others", "count", "Of these, below the median of the groups not disrupted.", part_of="beside_others"),
        _c("above_others", "count", "Above it.", part_of="beside_others"),
        _c("median_beyond", "number", "Median of the differences in differences."),
    ),
}
