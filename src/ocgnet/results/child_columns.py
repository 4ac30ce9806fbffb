"""Columns of the result tables about children."""

from __future__ import annotations

from ocgnet.results.column import NAME, ResultColumn, fact

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
        fact("cse_risk", "text", "Risk of sexual exploitation as recorded, in its own scheme."),
        fact("cse_risk_scheme", "text", "Local scheme of that risk."),
        fact("cce_risk", "text", "Risk of criminal exploitation as recorded."),
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
