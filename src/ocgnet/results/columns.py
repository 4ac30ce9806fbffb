"""Columns of every result table, declared once.

CSV headers, workbook sheets, the data dictionary and the terminal tables follow this page. A column
is a recorded *fact* or our *assessment*, never both.
"""

from __future__ import annotations

from dataclasses import dataclass

MEASURES = ("degree", "strength", "betweenness", "closeness", "eigenvector", "pagerank", "core")
"""Position measures in the order of every table; each has a twin column ``<measure>_percentile``."""


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result table.

    Parameters
    ----------
    name : str
        Header.
    kind : str
        ``id``, ``text``, ``count``, ``number``, ``share`` (0 to 1), ``date`` or ``flag``.
    says : str
        One plain sentence for the dictionary and the column's tooltip.
    assessment : bool
        True when the value is computed or suggested, false when it repeats a recorded fact.
    """

    name: str
    kind: str
    says: str
    assessment: bool = True


def _fact(name: str, kind: str, says: str) -> ResultColumn:
    return ResultColumn(name, kind, says, assessment=False)


_MEASURE_SAYS = {
    "degree": "How many people the person has ties with.",
    "strength": "Sum of the weights of those ties.",
    "betweenness": "Share of the shortest paths between other people that run through the person.",
    "closeness": "Mean of 1/distance to everyone else (harmonic), so that people apart count as 0.",
    "eigenvector": "Centrality by well-tied neighbours, within the person's own component.",
    "pagerank": "Share of a random walk along ties that is spent at the person.",
    "core": "Largest k such that the person is in a part where everyone has k ties.",
}

MEASURE_COLUMNS: tuple[ResultColumn, ...] = tuple(
    column
    for m in MEASURES
    for column in (
        ResultColumn(m, "count" if m in ("degree", "core") else "number", _MEASURE_SAYS[m]),
        ResultColumn(
            f"{m}_percentile",
            "share",
            f"Share of people with ties whose {m} is lower (equals count half); 0 without ties.",
        ),
    )
)

_NAME = _fact("name", "text", "Name as recorded.")
_NOMINAL = _fact("nominal_id", "id", "The nominal.")
_BECAUSE = ResultColumn("because", "text", "The reasons, in words.")

RESULT_TABLES: dict[str, tuple[ResultColumn, ...]] = {
    "roles": (
        _NOMINAL,
        _NAME,
        _fact("ocg_id", "id", "Group of the membership on the analysis date; blank without one."),
        _fact("recorded_role", "text", "Role that a person recorded; blank when not assessed."),
        ResultColumn("suggested_role", "text", "What the network position suggests; an assessment, never a fact."),
        ResultColumn("position_score", "share", "Position in the whole network, 0 to 1, comparable across groups."),
        ResultColumn("stability", "share", "Share of resamples with the same suggestion; blank when not computed."),
        ResultColumn("evidence_crimes", "count", "Crimes in the period that link the person under the chosen roles."),
        ResultColumn("evidence_reports", "count", "Reports in the period and grade filter that name the person."),
        *MEASURE_COLUMNS,
        _BECAUSE,
    ),
    "people": (
        _NOMINAL,
        _NAME,
        ResultColumn("position_score", "share", "Position in the whole network, 0 to 1."),
        ResultColumn("community", "text", "Community found in the ties; not an OCG. Blank without ties."),
        *MEASURE_COLUMNS,
        ResultColumn("crimes", "count", "Crimes in the period that link the person under the chosen roles."),
        ResultColumn("reports", "count", "Reports in the period and grade filter that name the person."),
        ResultColumn("harm", "number", "Sum of severity weights of those crimes; blank when no weight is known."),
        ResultColumn("harm_unknown", "count", "Of those crimes, how many have no offence code."),
    ),
    "concentration": (
        _NOMINAL,
        _NAME,
        ResultColumn("rank", "count", "Order by the sum of both fractional shares; ties by harm, then id."),
        ResultColumn("in_top", "flag", "Whether the person is one of the top k."),
        ResultColumn("crimes", "count", "Linked crimes (full count: sums past the total)."),
        ResultColumn("reports", "count", "Linked reports (full count: sums past the total)."),
        ResultColumn("harm", "number", "Sum of severity weights of the crimes; blank when no weight is known."),
        ResultColumn("harm_unknown", "count", "Of those crimes, how many have no known severity weight."),
        ResultColumn("crime_share", "share", "Fractional share: each crime split evenly over its nominals."),
        ResultColumn("report_share", "share", "Fractional share: each report split evenly over its nominals."),
        ResultColumn("harm_share", "share", "Fractional share of harm; blank when no weight is known."),
        ResultColumn("crimes_covered", "count", "Crimes that relate to this person or anyone ranked above (union)."),
        ResultColumn("crimes_covered_share", "share", "The same as a share of all linked crimes."),
        ResultColumn("reports_covered", "count", "Reports that relate to this person or anyone ranked above (union)."),
        ResultColumn("reports_covered_share", "share", "The same as a share of all linked reports."),
        ResultColumn("inclusion", "share", "Share of event resamples in which the person stays in the top k."),
    ),
    "children": (
        _fact("child_id", "id", "The child."),
        _NAME,
        ResultColumn("age", "count", "Age in whole years on the analysis date; blank when not known."),
        ResultColumn("priority", "text", "Band of the rules in docs: urgent, high, or standard; 'at least'."),
        ResultColumn("because", "text", "The reasons, in words, and what is unknown."),
        ResultColumn("basis", "text", "How the child is linked: family, household, sibling, same_report, ..."),
        ResultColumn("family_basis", "flag", "Whether the child counts in the profile figure (parent or guardian)."),
        ResultColumn("known_aces", "count", "Adverse experiences observed: at least this many."),
        ResultColumn("unknown_aces", "count", "Adverse experiences nobody has recorded either way."),
        ResultColumn("missing_episodes", "count", "Missing episodes in the period."),
        _fact("cse_risk", "text", "Risk of sexual exploitation as recorded, in its own scheme."),
        _fact("cce_risk", "text", "Risk of criminal exploitation as recorded."),
        ResultColumn("nominals", "text", "Nominals that link the child, separated by |."),
        ResultColumn("ocgs", "text", "Groups of those nominals, separated by |."),
        ResultColumn("family_ocgs", "text", "Groups of the parents or guardians among them, separated by |."),
        ResultColumn("path", "text", "Each path from group to child, separated by |."),
        ResultColumn("verified", "text", "Whether each path was verified: yes, no or unknown, in the order of path."),
        ResultColumn("freshest", "date", "Freshest date on any path; blank when undated."),
    ),
    "communities": (
        _NOMINAL,
        _NAME,
        ResultColumn("community", "text", "Community found in the ties; not an OCG. Blank without ties."),
        ResultColumn("stability", "share", "Share of seeds that agree on who is together, averaged over the ties."),
    ),
    "ties": (
        _fact("person_a", "id", "One person; the smaller id."),
        _fact("person_b", "id", "The other person."),
        ResultColumn("weight", "number", "Strength of the tie: 1/(n-1) per shared event of n people, and contacts."),
        ResultColumn("kinds", "text", "What made the tie: crime, report and kinds of contact, separated by |."),
        ResultColumn("first_on", "date", "Earliest dated event of the tie."),
        ResultColumn("last_on", "date", "Latest dated event of the tie."),
        ResultColumn("events", "text", "Crimes, reports and contacts that made the tie, separated by |."),
        ResultColumn("events_withheld", "count", "Events that count but are not named because of their handling code."),
    ),
}  # fmt: skip
