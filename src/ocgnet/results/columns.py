"""Columns of every result table, declared once.

CSV headers, workbook sheets, the data dictionary and the terminal tables follow this page. A column
is a recorded *fact* or our *assessment*, never both.
"""

from __future__ import annotations

from ocgnet.results.child_columns import CHILD_TABLES
from ocgnet.results.column import BECAUSE, NAME, NOMINAL, ResultColumn, fact

MEASURES = (
    "degree",
    "strength",
    "betweenness",
    "closeness",
    "eigenvector",
    "pagerank",
    "core",
    "betweenness_steps",
    "closeness_steps",
    "effective_size",
)
"""Position measures in the order of every table; each has a twin column ``<measure>_percentile``."""


_MEASURE_SAYS = {
    "degree": "How many people the person has ties with.",
    "strength": "Sum of the weights of those ties.",
    "betweenness": "Share of the shortest paths between other people that run through the person.",
    "closeness": "Mean of 1/distance to everyone else (harmonic), so that people apart count as 0.",
    "eigenvector": "Centrality by well-tied neighbours, within the person's own component.",
    "pagerank": "Share of a random walk along ties that is spent at the person.",
    "core": "Largest k such that the person is in a part where everyone has k ties.",
    "betweenness_steps": "The same as betweenness, with every tie one step long.",
    "closeness_steps": "The same as closeness, with every tie one step long.",
    "effective_size": "Contacts less their redundancy: ten strangers count ten, ten who all know each other one.",
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

_GRADED = {
    "": "the reports as asked",
    "_all": "all reports, whatever their grade",
    "_corroborated": "the corroborated reports (A and B)",
    "_reliable": "the reports of reliable sources (1)",
}
"""Endings of the columns of ``grade_sensitivity``, with the reports that each counts."""

RESULT_TABLES: dict[str, tuple[ResultColumn, ...]] = {
    "roles": (
        NOMINAL,
        NAME,
        fact("ocg_id", "id", "Group of the membership on the analysis date; blank without one."),
        fact("recorded_role", "text", "Role that a person recorded; blank when not assessed."),
        ResultColumn("suggested_role", "text", "What the network position suggests; an assessment, never a fact."),
        ResultColumn("position_score", "share", "Position in the whole network, 0 to 1, comparable across groups."),
        ResultColumn("stability", "share", "Share of resamples with the same suggestion; blank when not computed."),
        ResultColumn("stability_word", "text", "The same in a word: stable, fair or fragile; blank when not computed."),
        ResultColumn("volume", "count", "Crimes and reports of the network that name the person; no part of the role."),
        ResultColumn("volume_percentile", "share", "Share of the same group with less volume (equals count half)."),
        ResultColumn("ties_in_group", "count", "Ties with members of the same group."),
        ResultColumn("score_in_group", "share", "Position in the network of the group's members alone, 0 to 1."),
        ResultColumn("effective_size_in_group", "number", "Separate contacts among the group's members alone."),
        ResultColumn("betweenness_steps_in_group", "number", "Betweenness in steps among the group's members alone."),
        ResultColumn("closeness_steps_in_group", "number", "Closeness in steps among the group's members alone."),
        ResultColumn("evidence_crimes", "count", "Crimes of the network, all by default, that link the person."),
        ResultColumn("evidence_reports", "count", "Reports of the network, all by default, that name the person."),
        *MEASURE_COLUMNS,
        BECAUSE,
    ),
    "people": (
        NOMINAL,
        NAME,
        ResultColumn("position_score", "share", "Position in the whole network, 0 to 1."),
        ResultColumn("community", "text", "Community found in the ties; not an OCG. Blank without ties."),
        *MEASURE_COLUMNS,
        ResultColumn("betweenness_error", "number", "Standard error of betweenness; 0 when every path was used."),
        ResultColumn("betweenness_steps_error", "number", "Standard error of betweenness_steps; 0 when exact."),
        ResultColumn("constraint", "number", "How far contacts lead back to one another; low is free. Blank without."),
        ResultColumn("participation", "share", "How evenly ties reach several communities: 0 one, towards 1 many."),
        ResultColumn("articulation", "flag", "Whether the network falls into more parts without the person."),
        ResultColumn("out_degree", "count", "People whom a directed contact reaches; blank without directions."),
        ResultColumn("in_degree", "count", "People from whom a directed contact comes; blank likewise."),
        ResultColumn("crimes", "count", "Crimes in the figures' period that link the person under the chosen roles."),
        ResultColumn("reports", "count", "Reports in the figures' period and grade filter that name the person."),
        ResultColumn("harm", "number", "Sum of severity weights of those crimes; blank when no weight is known."),
        ResultColumn("harm_unknown", "count", "Of those crimes, how many have no offence code that has a weight."),
    ),
    "concentration": (
        NOMINAL,
        NAME,
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
    **CHILD_TABLES,
    "communities": (
        NOMINAL,
        NAME,
        ResultColumn("community", "text", "Community found in the ties; not an OCG. Blank without ties."),
        ResultColumn("stability", "share", "Share of seeds that agree on who is together, averaged over the ties."),
    ),
    "ties": (
        fact("person_a", "id", "One person; the smaller id."),
        fact("person_b", "id", "The other person."),
        ResultColumn("weight", "number", "Strength of the tie: 1/(n-1) per shared event of n people, and contacts."),
        ResultColumn("kinds", "text", "What made the tie: crime, report and kinds of contact, separated by |."),
        ResultColumn("first_on", "date", "Earliest dated event of the tie."),
        ResultColumn("last_on", "date", "Latest dated event of the tie."),
        ResultColumn("events", "text", "Crimes, reports and contacts that made the tie, separated by |."),
        ResultColumn("events_withheld", "count", "Events that count but are not named because of their handling code."),
    ),
    "greedy": (
        NOMINAL,
        NAME,
        ResultColumn("rank", "count", "Order of choice: each adds most to those above; ties by harm, then id."),
        ResultColumn("gained_crimes", "count", "Crimes that nobody chosen before is linked to."),
        ResultColumn("gained_reports", "count", "Reports that name nobody chosen before."),
        ResultColumn("crimes_covered", "count", "Crimes that relate to this person or anyone above (union)."),
        ResultColumn("crimes_covered_share", "share", "The same as a share of all linked crimes."),
        ResultColumn("reports_covered", "count", "Reports that relate to this person or anyone above (union)."),
        ResultColumn("reports_covered_share", "share", "The same as a share of all linked reports."),
        ResultColumn("covered_share", "share", "Mean of the two shares: what the choice makes as large as it can."),
        ResultColumn("ties", "count", "How many others would have added as much at this step."),
        ResultColumn("tied_with", "text", "Those others, at most ten, separated by |."),
        ResultColumn("swap_loss", "number", "Covered share that the best swap outside the top k loses; below 0 gains."),
        ResultColumn("swap_with", "text", "Who that would be; blank below the top k."),
    ),
    "top_lists": (
        NOMINAL,
        NAME,
        ResultColumn("lists", "text", "Lists that hold the person: both, crimes, reports, greedy, before; by |."),
        ResultColumn("rank", "count", "Rank by both kinds together, as in the table concentration."),
        ResultColumn("crime_rank", "count", "Rank by the fractional share of crimes alone; blank without a crime."),
        ResultColumn("report_rank", "count", "Rank by the fractional share of reports alone; blank without a report."),
        ResultColumn("greedy_rank", "count", "Rank in the table greedy; blank when not chosen there."),
        ResultColumn("before_rank", "count", "Rank by both kinds in the period before; blank when not ranked then."),
    ),
    "grade_sensitivity": (
        NOMINAL,
        NAME,
        *(
            column
            for end, reports in _GRADED.items()
            for column in (
                ResultColumn(f"rank{end}", "count", f"Rank by crimes and {reports}; blank without an event."),
                ResultColumn(f"in_top{end}", "flag", f"Whether the person is in the top k by crimes and {reports}."),
                ResultColumn(f"reports{end}", "count", f"How many of {reports} name the person."),
            )
        ),
    ),
    "snapshots": (
        ResultColumn("period_from", "date", "First day of the snapshot."),
        ResultColumn("period_to", "date", "Last day of the snapshot."),
        NOMINAL,
        NAME,
        fact("ocg_id", "id", "Group of the membership on the last day; blank without one."),
        ResultColumn("suggested_role", "text", "What the position in the snapshot suggests; an assessment."),
        ResultColumn("position_score", "share", "Position in the network of the snapshot, 0 to 1; 0 without ties."),
        ResultColumn("ties", "count", "People with whom the person has a tie in the snapshot."),
        ResultColumn("ties_formed", "count", "Of those, ties new since the snapshot before; blank in the first."),
        ResultColumn("ties_dissolved", "count", "Ties of the snapshot before that are gone; blank in the first."),
        ResultColumn("crimes", "count", "Linked crimes dated in the snapshot."),
        ResultColumn("reports", "count", "Linked reports dated in the snapshot."),
    ),
    "paths": (
        NOMINAL,
        NAME,
        ResultColumn("direction", "text", "rising, falling, steady, entered, left, or too few snapshots; see because."),
        ResultColumn("change", "number", "score_now less score_before; blank where either is."),
        ResultColumn("score_before", "share", "Mean position score over the snapshots with ties of the period before."),
        ResultColumn("score_now", "share", "The same over the snapshots of this period."),
        ResultColumn("snapshots_before", "count", "Snapshots of the period before in which the person has ties."),
        ResultColumn("snapshots_now", "count", "Snapshots of this period in which the person has ties."),
        ResultColumn("first_from", "date", "First day of the earliest snapshot with ties."),
        ResultColumn("last_to", "date", "Last day of the latest snapshot with ties."),
        ResultColumn("role_changes", "count", "Times the suggested role differs from the last one suggested before."),
        ResultColumn("roles", "text", "Suggested role of each snapshot in turn; with several groups the highest."),
        BECAUSE,
    ),
    "turnover": (
        ResultColumn("period_from", "date", "First day of the snapshot."),
        ResultColumn("period_to", "date", "Last day of the snapshot."),
        ResultColumn("crimes", "count", "Crimes dated in the snapshot that link a nominal."),
        ResultColumn("reports", "count", "Reports dated in the snapshot that name a nominal."),
        ResultColumn("people", "count", "Nominals with ties in the snapshot."),
        ResultColumn("entered", "count", "Of those, nominals without ties in any snapshot before; blank in the first."),
        ResultColumn("left", "count", "Nominals with ties in the snapshot before and none since; blank in the first."),
        ResultColumn("ties", "count", "Ties of the snapshot."),
        ResultColumn("ties_formed", "count", "Ties that the snapshot before does not have; blank in the first."),
        ResultColumn("ties_dissolved", "count", "Ties of the snapshot before that are gone; blank in the first."),
    ),
    "layers": (
        NOMINAL,
        ResultColumn("layer", "text", "One kind of evidence: crime, report or a kind of contact."),
        ResultColumn("degree", "count", "People tied by this kind of evidence alone."),
        ResultColumn("strength", "number", "Sum of the weights of those ties."),
        ResultColumn("position_score", "share", "Position score in the network of this kind of evidence alone."),
        ResultColumn("effective_size", "number", "Separate contacts by this kind of evidence alone."),
        ResultColumn("betweenness_steps", "number", "Betweenness in steps by this kind of evidence alone."),
        ResultColumn("closeness_steps", "number", "Closeness in steps by this kind of evidence alone."),
    ),
    "disagreements": (
        NOMINAL,
        NAME,
        fact("ocg_id", "id", "Group of the membership."),
        fact("recorded_role", "text", "Role that a person recorded."),
        ResultColumn("suggested_role", "text", "What the network position suggests instead."),
        ResultColumn("steps_apart", "count", "1 for neighbouring roles, 2 for principal against peripheral."),
        ResultColumn("position_score", "share", "Position in the whole network, 0 to 1."),
        ResultColumn("stability_word", "text", "How firmly the suggestion stands: stable, fair or fragile."),
        ResultColumn("volume_percentile", "share", "Share of the same group with less volume (equals count half)."),
        BECAUSE,
    ),
    "resolutions": (
        NOMINAL,
        ResultColumn("resolution", "number", "Above 1 gives more and smaller communities."),
        ResultColumn("community", "text", "Community at this resolution; not an OCG."),
        ResultColumn("size", "count", "People in it."),
        ResultColumn("stability", "share", "Share of seeds that agree on who is together, averaged over the ties."),
    ),
    "community_fit": (
        ResultColumn("resolution", "number", "Resolution of the communities that are compared."),
        ResultColumn("communities", "count", "How many there are."),
        ResultColumn("people", "count", "People with ties and exactly one recorded group, who are compared."),
        ResultColumn("adjusted_rand", "number", "Agreement with recorded groups beyond chance: 1 full, 0 chance."),
        ResultColumn("mutual_information", "number", "Normalised mutual information with recorded groups, 0 to 1."),
        ResultColumn("adjusted_mutual_information", "number", "The same beyond chance: 1 full, 0 chance."),
    ),
    "group_questions": (
        ResultColumn("question", "text", "looks like two, looks like one, or stands between."),
        fact("ocg_id", "id", "The group asked about."),
        fact("other_ocg_id", "id", "The other group, of a pair or of a person between; blank otherwise."),
        ResultColumn("nominals", "text", "People concerned, separated by |."),
        ResultColumn("share", "share", "How strongly the ties say so; because says of what."),
        ResultColumn("because", "text", "The reasons, in words."),
    ),
}  # fmt: skip
