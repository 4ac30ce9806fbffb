"""Columns of every result table, declared once.

CSV headers, workbook sheets, the data dictionary and the terminal tables follow this page. A column
is a recorded *fact* or our *assessment*, never both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result table.

    ``kind`` is ``id``, ``text``, ``count``, ``number``, ``share`` (0 to 1), ``date`` or ``flag``; ``says`` is a
    sentence for the dictionary and the column's tooltip; ``assessment`` is false where a recorded fact is repeated.
    ``people`` are counts of people, or of records that are about somebody each, such as crimes, stops and reports:
    small ones do not leave the force. ``part_of`` names the column of which it is a part, or from which it is made.
    """

    name: str
    kind: str
    says: str
    assessment: bool = True
    people: bool = False
    part_of: str = ""


def fact(name: str, kind: str, says: str) -> ResultColumn:
    """Return a column that repeats a recorded fact."""
    return ResultColumn(name, kind, says, assessment=False)


NAME = fact("name", "text", "Name as recorded.")
NOMINAL = fact("nominal_id", "id", "The nominal.")
BECAUSE = ResultColumn("because", "text", "The reasons, in words.")


_CHILD = fact("child_id", "id", "The child.")

CHILD_TABLES: dict[str, tuple[ResultColumn, ...]] = {
    "children": (
        _CHILD,
        NAME,
        ResultColumn("age", "count", "Age in whole years on the analysis date; blank when not known."),
        ResultColumn("household", "text", "Equal for children who share a parent, guardian or household as recorded."),
        ResultColumn("band_child", "text", "Band by what is known about the child: at least this."),
        ResultColumn("could_be_child", "text", "Highest band that one answer alone could make of it."),
        ResultColumn(
            "band_adults", "text", "Band by what is known about the adults who link the child: at least this."
        ),
        ResultColumn("could_be_adults", "text", "Highest band that one answer alone could make of it."),
        ResultColumn("because", "text", "The reasons, in words, and how much is unknown."),
        ResultColumn("find_out", "text", "What to find out, and where it may be known, separated by |."),
        ResultColumn("sensitivity", "text", "Which component alone would change a band if it were left out."),
        ResultColumn("stage", "text", "Stage of the prevent pathway on the analysis date; see child_pathway."),
        ResultColumn("stage_since", "date", "First dated sign of that stage that counts; blank when undated."),
        ResultColumn("basis", "text", "How the child is linked: family, household, sibling, same_report, ..."),
        ResultColumn("family_basis", "flag", "Whether the child counts in the profile figure (parent or guardian)."),
        ResultColumn("known_aces", "count", "Adverse experiences observed: at least this many."),
        ResultColumn("unknown_aces", "count", "Adverse experiences nobody has recorded either way."),
        ResultColumn("missing_episodes", "count", "Missing episodes in the period."),
        fact(
            "cse_risk",
            "text",
            "Risk of sexual exploitation in its own scheme: recorded with the child, or assessed last.",
        ),
        fact("cse_risk_scheme", "text", "Local scheme of that risk."),
        fact("cce_risk", "text", "Risk of criminal exploitation: recorded with the child, or assessed last."),
        ResultColumn("nominals", "text", "Nominals that link the child, separated by |."),
        ResultColumn("ocgs", "text", "Groups of those nominals, separated by |."),
        ResultColumn("family_ocgs", "text", "Groups of the parents or guardians among them, separated by |."),
        ResultColumn("path", "text", "Each path from group to child, separated by |."),
        ResultColumn("verified", "text", "Whether each path was verified: yes, no or unknown, in the order of path."),
        ResultColumn("freshest", "date", "Freshest date on any path; blank when undated."),
        ResultColumn(
            "overdue", "text", "Whose record, or which reports, are overdue for review, by |; blank for none."
        ),
        ResultColumn("household_others", "text", "Other children of the household, not linked themselves; by |."),
        *(
            column
            for side, whom in (("child", "the child"), ("adults", "the adults"))
            for column in (
                ResultColumn(f"points_{side}", "count", "Sum of the points behind the band; see child_components."),
                ResultColumn(f"raised_by_{side}", "text", "Components of which one answer could raise it, by |."),
                ResultColumn(f"could_add_{side}", "count", "Points that everything unknown could add together."),
                ResultColumn(f"unknown_{side}", "count", f"How many components about {whom} are not known."),
            )
        ),
    ),
    "child_links": (
        _CHILD,
        fact("nominal_id", "id", "The nominal who links the child."),
        fact("ocg_id", "id", "Group of the nominal on the analysis date."),
        fact("recorded_role", "text", "Role of the nominal in it as recorded; blank when not assessed."),
        fact("relationship", "text", "Relationship or manner as recorded."),
        fact("verified", "text", "Whether the relationship was verified: yes, no or unknown."),
        fact("freshest", "date", "Freshest date of the records; blank when undated."),
        fact("evidence", "text", "Records behind the link that may be named, separated by |."),
        ResultColumn("basis", "text", "Kind of link: family, household, same_crime_as_victim, missing_with, ..."),
        ResultColumn(
            "data_subject", "text", "As what the child stands: victim, witness, suspect (convicted too) or other."
        ),
        ResultColumn("family_basis", "flag", "Whether the link counts in the profile figure (parent or guardian)."),
        ResultColumn("records", "count", "How many records say so."),
        ResultColumn("withheld", "count", "Of those, records that may not be named because of their handling code."),
        ResultColumn("path", "text", "The path from group to child, in words."),
        ResultColumn("overdue", "text", "Whose record, or how many reports, are overdue for review; blank for none."),
    ),
    "child_links_ended": (
        _CHILD,
        NAME,
        fact("nominal_id", "id", "The nominal who linked the child."),
        fact("ocg_id", "id", "Group to which the nominal belonged."),
        fact("recorded_role", "text", "Role in it as recorded; blank when not assessed."),
        fact("relationship", "text", "Relationship or manner as recorded."),
        fact("why", "text", "Why the link is over: the membership ended, or the group was archived."),
        fact("until", "date", "Last day of the membership, or day on which the group was archived; blank: not known."),
        ResultColumn("basis", "text", "Kind of link, as in child_links."),
        ResultColumn("family_basis", "flag", "Whether it would count in the profile figure (parent or guardian)."),
        ResultColumn("linked_now", "flag", "Whether the child is linked otherwise by what holds on the analysis date."),
        ResultColumn("says", "text", "The same in words."),
    ),
    "child_components": (
        _CHILD,
        ResultColumn("component", "text", "Component of a band; the rules stand in docs/measures/children.md."),
        ResultColumn("title", "text", "The same in plain words."),
        ResultColumn(
            "about",
            "text",
            "Whom the facts are about: child, adult or group; the last two make the band about the adults.",
        ),
        ResultColumn("value", "text", "What the records say, in words."),
        ResultColumn("state", "text", "holds, does not hold, or not known."),
        ResultColumn("points", "count", "What it adds."),
        ResultColumn("could_add", "count", "What the unknown part of it could add."),
        ResultColumn("find_out", "text", "What to find out, and where it may be known."),
        ResultColumn("evidence", "text", "Records behind it that may be named, separated by |."),
    ),
    "child_sensitivity": (
        _CHILD,
        ResultColumn("component", "text", "Component that is left out."),
        ResultColumn("about", "text", "Band to which it belongs: child or adults."),
        ResultColumn("band", "text", "Band with every component."),
        ResultColumn("band_without", "text", "Band without this one."),
        ResultColumn("band_changes", "flag", "Whether the two differ."),
        ResultColumn("points", "count", "Points with every component."),
        ResultColumn("points_without", "count", "Points without this one."),
        ResultColumn("place", "count", "Place in the order of reading by points, equal points sharing a place."),
        ResultColumn("place_without", "count", "The same when this component is left out for every child."),
    ),
    "child_pathway": (
        _CHILD,
        NAME,
        fact("on", "date", "Date of the record; blank when undated."),
        fact("nominal_id", "id", "Nominal of the record, if any."),
        fact("record", "text", "The record, where it may be named."),
        ResultColumn("stage", "text", "Stage of the prevent pathway that the record is a sign of."),
        ResultColumn("sign", "text", "Rule by which it is; the rules stand in docs/measures/children.md."),
        ResultColumn("what", "text", "What the record says, in words."),
        ResultColumn("interventions", "text", "What may help at this stage, separated by |."),
    ),
    "pathway_counts": (
        ResultColumn("period_from", "date", "First day of the stretch."),
        ResultColumn("period_to", "date", "Last day of the stretch."),
        ResultColumn("stage", "text", "Stage of the prevent pathway."),
        ResultColumn("children", "count", "Linked children who stand there on the last day."),
        ResultColumn("entered", "count", "Linked children whose first dated sign of the stage lies in the stretch."),
        ResultColumn("of", "count", "Linked children in all, the same ones in every stretch."),
    ),
    "child_missing": (
        _CHILD,
        NAME,
        ResultColumn("age", "count", "Age in whole years on the analysis date; blank when not known."),
        ResultColumn("linked", "flag", "Whether the child is linked to an OCG nominal."),
        ResultColumn("missing_now", "flag", "Whether a recent episode has no recorded return."),
        ResultColumn("episodes", "count", "Missing episodes in the period."),
        ResultColumn("episodes_before", "count", "Missing episodes in the period before."),
        ResultColumn("repeat", "flag", "Whether the child goes missing repeatedly."),
        ResultColumn("trend", "text", "The recent stretch against the one before: rising, steady, falling, ..."),
        ResultColumn("latest_from", "date", "Beginning of the latest episode."),
        ResultColumn("longest_hours", "number", "Longest time away in hours; blank while not known."),
        ResultColumn(
            "places", "text", "Places where the child was found more than once, by number and separated by |."
        ),
        ResultColumn("companions", "text", "Companions of more than one episode, separated by |."),
        ResultColumn("companions_in_groups", "text", "Companions who are members of a group, separated by |."),
        ResultColumn("interviews_outstanding", "count", "Return interviews not held and past their time."),
        ResultColumn("interviews_late", "count", "Return interviews held after their time."),
        ResultColumn("return_unknown", "count", "Episodes without a recorded return."),
        ResultColumn("because", "text", "The same in words."),
    ),
    "missing_recurring": (
        ResultColumn("kind", "text", "companion or place."),
        ResultColumn("what", "text", "The companion, or the number of the place; the record says which place it is."),
        ResultColumn("member", "flag", "Whether the companion is a member of a group on the analysis date."),
        ResultColumn("episodes", "count", "Missing episodes of the period."),
        ResultColumn("children", "count", "Children whose episodes they are."),
        ResultColumn("child_ids", "text", "Those children, separated by |."),
        ResultColumn("latest_from", "date", "Beginning of the latest such episode."),
    ),
}


MEASURES: dict[str, str] = {
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
"""Position measures in the order of every table, with what each says; each has a twin ``<measure>_percentile``.

How a measure is computed stands under the same name in :mod:`ocgnet.network.centrality`.
"""

MEASURE_COLUMNS: tuple[ResultColumn, ...] = tuple(
    column
    for m, says in MEASURES.items()
    for column in (
        ResultColumn(m, "count" if m in ("degree", "core") else "number", says),
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
        ResultColumn("rank_in_group", "count", "Place among the group's tied members by position; blank without ties."),
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
        ResultColumn("weight", "number", "Strength: 1/(n-1) per shared event or thing of n people, and contacts."),
        ResultColumn("kinds", "text", "What made it: crime, report, kinds of contact and of things, separated by |."),
        ResultColumn("first_on", "date", "Earliest dated event of the tie."),
        ResultColumn("last_on", "date", "Latest dated event of the tie."),
        ResultColumn("events", "text", "Crimes, reports, contacts and things that made the tie, separated by |."),
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
        ResultColumn("layer", "text", "One kind of evidence: crime, report, a kind of contact, or things."),
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
    "outside_but_tied": (
        NOMINAL,
        NAME,
        fact("ocg_id", "id", "Group whose members the person is tied to, and in whose records the person is not."),
        ResultColumn("ties", "count", "Members of that group with whom the person has a tie."),
        ResultColumn("tied_to", "text", "Those members, separated by |."),
        ResultColumn("position_score", "share", "Position in the whole network, 0 to 1; above every principal there."),
        ResultColumn("principal_score", "share", "Highest score of the group's principals; because says of which."),
        ResultColumn("evidence_crimes", "count", "Crimes of the network's period that link the person."),
        ResultColumn("evidence_reports", "count", "Reports of the network's period that name the person."),
        fact("review_overdue", "flag", "Whether the review of the person's record has passed."),
        BECAUSE,
    ),
    "highest_positions": (
        NOMINAL,
        NAME,
        ResultColumn("rank", "count", "Place by position score; equal scores share one."),
        ResultColumn("of", "count", "People with ties, who are ranked."),
        ResultColumn("position_score", "share", "Position in the whole network, 0 to 1; no role in anything."),
        ResultColumn("stability", "share", "Share of resamples in which the person is among the highest positions."),
        ResultColumn("stability_word", "text", "The same in a word: stable, fair or fragile; blank when not computed."),
        ResultColumn("evidence_crimes", "count", "Crimes of the network's period that link the person."),
        ResultColumn("evidence_reports", "count", "Reports of the network's period that name the person."),
        BECAUSE,
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
