"""The tables of a profile, declared once: the question each answers, and its columns."""

from __future__ import annotations

from dataclasses import dataclass

from ocgnet.results import ResultColumn
from ocgnet.results.columns import fact


@dataclass(frozen=True)
class TableOf:
    """A declared table: its sheet, its question and its columns."""

    sheet: str
    question: str
    columns: tuple[ResultColumn, ...]
    whole: tuple[str, ...] | None = ()  # rows of equal values here add up to one whole; None where rows add up to none
    totals: tuple[str, ...] = ()  # a column and those of its values whose rows are sums of other rows
    apart: tuple[tuple[str, ...], ...] = ()  # columns that say nothing of others, each with what is made of it
    ordered_by: tuple[str, ...] = ()  # the column whose values order the rows, and those within whose values they do


def _c(name: str, kind: str, says: str, part_of: str = "") -> ResultColumn:
    return ResultColumn(name, kind, says, part_of=part_of)


def _people(name: str, says: str, part_of: str = "") -> ResultColumn:
    """Return a column of counts of people, or of records that are about somebody each."""
    return ResultColumn(name, "count", says, assessment=False, people=True, part_of=part_of)


_CRIMES = _people("crimes", "Crimes of the period.")
_SHARE_OF_CRIMES = _c("share_of_crimes", "share", "Share of all crimes of the whole that the row belongs to.")
_SEVERITY = _c("severity", "number", "Sum of the severity weights of these crimes.")
_HARM_UNKNOWN = _people(
    "harm_unknown", "Crimes without an offence code, or whose code has no weight: their harm is not known.", "crimes"
)
_SHARE_OF_SEVERITY = _c("share_of_severity", "share", "Share of the severity of that whole.")
_BEFORE = (
    _people("crimes_before", "Crimes of the period before."),
    _c("crimes_change", "share", "Change in crimes on the period before."),
    _c("severity_before", "number", "Severity of the period before."),
    _c("severity_change", "share", "Change in severity on the period before."),
    _c("change_low", "share", "Lower end of the 95% interval of that change."),
    _c("change_high", "share", "Upper end of the 95% interval of that change."),
)

PROFILE_TABLES: dict[str, TableOf] = {
    "areas": TableOf(
        "Areas",
        "How much crime and how much harm is there in the force, its local-authority areas and its districts?",
        (
            fact("level", "text", "force, area, district, or no district recorded."),
            fact("name", "text", "Name of the force, area or district."),
            fact("area", "text", "Local-authority area of the district."),
            _CRIMES,
            _SHARE_OF_CRIMES,
            _SEVERITY,
            _c("severity_low", "number", "Lower end of the 95% interval of the severity."),
            _c("severity_high", "number", "Upper end of the 95% interval of the severity."),
            _SHARE_OF_SEVERITY,
            _HARM_UNKNOWN,
            fact("population", "count", "Residents, from the table wards; blank where not recorded."),
            _c("crimes_per_1000", "number", "Crimes per 1,000 residents."),
            _c("severity_per_1000", "number", "Severity per 1,000 residents."),
            *_BEFORE,
        ),
        totals=("level", "force", "area"),
        ordered_by=("severity", "level"),
    ),
    "wards": TableOf(
        "Wards",
        "Which wards carry the most harm, and which the most for their population?",
        (
            fact("ward", "text", "Ward."),
            fact("district", "text", "District of the ward."),
            _CRIMES,
            _SEVERITY,
            _c("share_of_severity", "share", "Share of all severity of the force."),
            _HARM_UNKNOWN,
            fact("population", "count", "Residents."),
            _c("severity_per_1000", "number", "Severity per 1,000 residents."),
            _c("inner_low", "number", "Below this a ward of its size would fall by chance in 2.5% of cases."),
            _c("inner_high", "number", "Above this a ward of its size would fall by chance in 2.5% of cases."),
            _c("outer_low", "number", "The same for 0.1% of cases."),
            _c("outer_high", "number", "The same for 0.1% of cases."),
            _c("standing", "text", "Where the ward stands against what chance leaves to its population."),
            _c("named", "text", "Why the ward is named in the report; blank when it is not."),
            _c("threats", "text", "Offence groups with most crimes in the ward."),
        ),
        whole=("district",),
        ordered_by=("severity",),
    ),
    "ward_threats": TableOf(
        "Ward threats",
        "What are the greatest threats in the wards that are named?",
        (
            fact("ward", "text", "Ward."),
            fact("district", "text", "District of the ward."),
            _c("rank", "count", "Rank by crimes within the ward."),
            fact("offence_group", "text", "Offence group."),
            _CRIMES,
            _c("share_of_crimes", "share", "Share of the ward's crimes."),
            _SEVERITY,
            _c("share_of_severity", "share", "Share of the ward's severity."),
        ),
        whole=("ward", "district"),
    ),
    "offences": TableOf(
        "Offences",
        "Which offences are frequent, which are severe, where do they happen, and how have they changed?",
        (
            fact("offence_group", "text", "Offence group."),
            fact("family", "text", "Family of offence groups."),
            _CRIMES,
            _SHARE_OF_CRIMES,
            _c("rank_by_crimes", "count", "Rank by number of crimes."),
            _SEVERITY,
            _SHARE_OF_SEVERITY,
            _c("rank_by_severity", "count", "Rank by severity."),
            _c("severity_per_crime", "number", "Mean weight of these crimes."),
            _people("private", "Crimes in private spaces.", "private_known"),
            _people("private_known", "Crimes with the kind of space recorded.", "crimes"),
            _c("private_share", "share", "Share in private spaces of those with it recorded.", "private"),
            *_BEFORE,
            _people("crimes_base", "Crimes of the base period."),
            _c("severity_base", "number", "Severity of the base period."),
            _c("severity_change_base", "share", "Change in severity since the base period."),
            _c("base_low", "share", "Lower end of the 95% interval of that change."),
            _c("base_high", "share", "Upper end of the 95% interval of that change."),
        ),
        ordered_by=("severity",),
    ),
    "district_offences": TableOf(
        "District threats",
        "Which families of offences carry the harm of each district?",
        (
            fact("district", "text", "District."),
            fact("family", "text", "Family of offence groups."),
            _CRIMES,
            _c("share_of_crimes", "share", "Share of the district's crimes."),
            _SEVERITY,
            _c("share_of_severity", "share", "Share of the district's severity."),
            _c("rank_by_severity", "count", "Rank by severity within the district."),
        ),
        whole=("district",),
    ),
    "victim_ages": TableOf(
        "Victims by age",
        "At what ages are people harmed?",
        (
            fact("age", "text", "Age on the day of the crime."),
            _people("victims", "Victims of that age; one who had a birthday between crimes counts in both."),
            _c("severity", "number", "Severity, each crime split evenly over its victims."),
            _c("share_of_severity", "share", "Share of all severity of the period."),
        ),
    ),
    "relationships": TableOf(
        "Relationships",
        "What are suspects to their victims?",
        (
            fact("place", "text", "Force or local-authority area."),
            fact("relationship", "text", "Relationship as counted; what is in no list is other words."),
            _people("crimes", "Crimes with such a suspect; a crime with two relationships counts in both."),
            _c("severity", "number", "Severity, each crime split evenly over its suspects."),
            _c("share_of_severity", "share", "Share of all severity of the place."),
        ),
        whole=("place",),
        ordered_by=("severity", "place"),
    ),
    "concentration": TableOf(
        "Concentration",
        "Which share of victims and of offenders carries which share of harm?",
        (
            fact("people", "text", "Victims or offenders."),
            _c("share_of_people", "share", "The first so many, in the order of their harm."),
            _c("number", "count", "How many people that is."),
            _c("share_of_harm", "share", "Share of the harm of all of them."),
            _c("low", "share", "Lower end of the 95% interval, from resampling people."),
            _c("high", "share", "Upper end of that interval."),
            _c("null_low", "share", "Lower end of what random allocation gives."),
            _c("null_median", "share", "Middle of what random allocation gives."),
            _c("null_high", "share", "Upper end of what random allocation gives."),
        ),
    ),
    "group_years": TableOf(
        "Groups by year",
        "How have organised crime groups, their members and what is linked to them changed?",
        (
            fact("day", "date", "Day on which groups and members are counted."),
            fact("groups", "count", "Groups mapped and not archived."),
            _people("nominals", "Members of these groups."),
            fact("disruptions", "count", "Disruptions in the year up to that day."),
            _people("crimes", "Crimes of that year linked to members."),
            _people("reports", "Intelligence reports of that year that name members."),
            _c("crimes_per_nominal", "number", "Crimes per member."),
            _c("reports_per_nominal", "number", "Reports per member."),
        ),
        whole=None,
        apart=(("nominals", "crimes", "reports", "crimes_per_nominal", "reports_per_nominal"),),
    ),
    "group_kinds": TableOf(
        "Groups by kind",
        "What do the groups do, with what, under which pillar, and where abroad?",
        (
            fact("kind", "text", "What is counted."),
            fact("value", "text", "As recorded."),
            fact("groups", "count", "Groups on the analysis date."),
            _c("share_of_groups", "share", "Share of the groups on that date."),
            fact("groups_before", "count", "Groups on the day of the period before."),
        ),
    ),
    "disruptions": TableOf(
        "Disruptions",
        "How much were groups disrupted, and under which strand?",
        (
            fact("strand", "text", "Strand of the 4Ps."),
            fact("level", "text", "How much it hurt."),
            fact("disruptions", "count", "In the period."),
            fact("disruptions_before", "count", "In the period before."),
        ),
    ),
    "transient_dealers": TableOf(
        "Transient dealers",
        "How many suspected transient dealers were stop-checked or arrested, and how many were juveniles?",
        (
            fact("period", "text", "This period, or the one before."),
            fact("district", "text", "District of the stop."),
            _people("stops", "Stop checks and arrests of suspected transient dealers."),
            _people("arrested", "Of these, arrests.", "stops"),
            _people("juveniles", "Of these, under 18 on the day.", "stops"),
            _people("age_unknown", "Of these, without a date of birth.", "stops"),
            _c(
                "juvenile_share",
                "share",
                "Juveniles of all these stops; at least that, where ages are unknown.",
                "juveniles",
            ),
            _c("low", "share", "Lower end of the 95% interval.", "juveniles"),
            _c("high", "share", "Upper end of the 95% interval.", "juveniles"),
        ),
        whole=("period",),
        totals=("district", "all districts"),
    ),
    "referrals": TableOf(
        "Referrals",
        "Which referrals were made, by which route?",
        (
            fact("kind", "text", "Route."),
            _people("referrals", "In the period."),
            _people("referrals_before", "In the period before."),
        ),
        apart=(("referrals",), ("referrals_before",)),
    ),
    "cse_ages": TableOf(
        "CSE flags by age",
        "How old are the children flagged at risk of sexual exploitation, and of which sex?",
        (
            fact("age", "text", "Age on the day of the flag."),
            _people("female", "Female.", "children"),
            _people("male", "Male.", "children"),
            _people("other", "Another sex, or none recorded.", "children"),
            _people("children", "All."),
        ),
    ),
    "cse_districts": TableOf(
        "CSE by district",
        "Where do children at risk of sexual exploitation live, and where has such crime increased?",
        (
            fact("district", "text", "District."),
            _people("children", "Children flagged in the period who live there."),
            _people("children_before", "Children flagged in the period before."),
            _people("crimes", "Crimes of the period flagged as sexual exploitation of a child."),
            _people("crimes_before", "The same in the period before."),
            _c("direction", "text", "Whether such crimes went up or down."),
        ),
        apart=(("children",), ("children_before",), ("crimes", "crimes_before", "direction")),
    ),
    "partner_information": TableOf(
        "Partner information",
        "Which sectors submit community partnership information (CPI forms)?",
        (
            fact("sector", "text", "Sector of the submitter."),
            _people("forms", "Forms in the period."),
            _c("share_of_forms", "share", "Share of the forms of the period."),
            _people("forms_before", "Forms in the period before."),
        ),
        apart=(("forms", "share_of_forms"), ("forms_before",)),
        ordered_by=("forms",),
    ),
    "figures": TableOf(
        "Figures",
        "What is each number of the report made of?",
        (
            _c("figure_id", "id", "Id of the figure."),
            _c("chapter", "text", "Chapter of the report."),
            _c("says", "text", "What the figure is."),
            _c("value", "number", "Value; blank when these records cannot tell."),
            _c("unit", "text", "score, count, share, change, ratio or years."),
            _c("numerator", "count", "Numerator of a share."),
            _c("denominator", "count", "Denominator of a share."),
            _c("filter", "text", "Which records were counted."),
            _c("period", "text", "Which days were counted."),
            _c("low", "number", "Lower end of the 95% interval."),
            _c("high", "number", "Upper end of the 95% interval."),
            _c("interval", "text", "What the interval allows for."),
            _c("null_low", "number", "Lower end of what random allocation gives."),
            _c("null_median", "number", "Middle of what random allocation gives."),
            _c("null_high", "number", "Upper end of what random allocation gives."),
        ),
    ),
    "not_computed": TableOf(
        "Not computed",
        "Which figures that such documents print cannot come from a force's records, and why?",
        (
            fact("figure_id", "id", "Id of the figure."),
            fact("says", "text", "What the figure is."),
            fact("reason", "text", "Why it is not computed."),
        ),
    ),
    "comparison": TableOf(
        "Comparison",
        "What differs between the two periods or forces, and by more than chance?",
        (
            _c("figure_id", "id", "Id of the figure."),
            _c("chapter", "text", "Chapter of the report."),
            _c("says", "text", "What the figure is."),
            _c("unit", "text", "score, count, share, change, ratio or years."),
            _c("value", "number", "Here."),
            _c("counts", "text", "Numerator and denominator here."),
            _c("other", "number", "In the other profile."),
            _c("other_counts", "text", "Numerator and denominator there."),
            _c("difference", "number", "Here less there."),
            _c("difference_low", "number", "Lower end of the 95% interval of the difference."),
            _c("difference_high", "number", "Upper end of that interval."),
            _c("verdict", "text", "higher, lower, no clear difference, or too few to say."),
            _c("because", "text", "What the verdict rests on."),
        ),
    ),
}
"""By name, in the order of the files and sheets."""
