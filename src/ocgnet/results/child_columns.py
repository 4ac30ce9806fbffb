"""Columns of the result tables about children."""

from __future__ import annotations

from ocgnet.results.column import NAME, ResultColumn, fact

CHILD_TABLES: dict[str, tuple[ResultColumn, ...]] = {
    "children": (
        fact("child_id", "id", "The child."),
        NAME,
        ResultColumn("age", "count", "Age in whole years on the analysis date; blank when not known."),
        ResultColumn("priority", "text", "Band of the rules in docs: urgent, high, or standard; 'at least'."),
        ResultColumn("because", "text", "The reasons, in words, and what is unknown."),
        ResultColumn("basis", "text", "How the child is linked: family, household, sibling, same_report, ..."),
        ResultColumn("family_basis", "flag", "Whether the child counts in the profile figure (parent or guardian)."),
        ResultColumn("known_aces", "count", "Adverse experiences observed: at least this many."),
        ResultColumn("unknown_aces", "count", "Adverse experiences nobody has recorded either way."),
        ResultColumn("missing_episodes", "count", "Missing episodes in the period."),
        fact("cse_risk", "text", "Risk of sexual exploitation as recorded, in its own scheme."),
        fact("cce_risk", "text", "Risk of criminal exploitation as recorded."),
        ResultColumn("nominals", "text", "Nominals that link the child, separated by |."),
        ResultColumn("ocgs", "text", "Groups of those nominals, separated by |."),
        ResultColumn("family_ocgs", "text", "Groups of the parents or guardians among them, separated by |."),
        ResultColumn("path", "text", "Each path from group to child, separated by |."),
        ResultColumn("verified", "text", "Whether each path was verified: yes, no or unknown, in the order of path."),
        ResultColumn("freshest", "date", "Freshest date on any path; blank when undated."),
    ),
}
