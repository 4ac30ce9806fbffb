"""The tables of a profile, declared once: the question each answers, and its columns."""

from __future__ import annotations

from dataclasses import dataclass

from ocgnet.results import ResultColumn
from ocgnet.results.columns import fact


@dataclass(frozen=True)
class TableOf:
    """A declared table: its name in files, its sheet, its question and its columns."""

    name: str
    sheet: str
    question: str
    columns: tuple[ResultColumn, ...]
    whole: tuple[str, ...] | None = ()  # rows of equal values here add up to one whole; None where rows add up to none
    totals: tuple[str, ...] = ()  # a column and those of its values whose rows are sums of other rows
    apart: tuple[tuple[str, ...], ...] = ()  # columns that say nothing of others, each with what is made of it
    ordered_by: tuple[str, ...] = ()  # the column whose values order the rows, and those within whose values they do
    of_several: tuple[str, ...] = ()  # columns made of several rows of a whole: blank where any of its rows is hidden
    stays: bool = False  # names single groups, or tells of few people: no row of it is in an edition for others
    adds_up_to: tuple[str, ...] = ()  # tables whose counts its rows add up to: of an edition that hides in any, all go


def made(name: str, kind: str, says: str, part_of: str = "") -> ResultColumn:
    """Return a column of what is made of counts: shares, changes, intervals, ranks."""
    return ResultColumn(name, kind, says, part_of=part_of)


def people(name: str, says: str, part_of: str = "") -> ResultColumn:
    """Return a column of counts of people, or of records that are about somebody each."""
    return ResultColumn(name, "count", says, assessment=False, people=True, part_of=part_of)


_CRIMES = people("crimes", "Crimes of the period.")
_SHARE_OF_CRIMES = made("share_of_crimes", "share", "Share of all crimes of the whole that the row belongs to.")
_SEVERITY = made("severity", "number", "Sum of the severity weights of these crimes.")
_HARM_UNKNOWN = people(
    "harm_unknown", "Crimes without an offence code, or whose code has no weight: their harm is not known.", "crimes"
)
_SHARE_OF_SEVERITY = made("share_of_severity", "share", "Share of the severity of that whole.")
_BEFORE = (
    people("crimes_before", "Crimes of the period before."),
    made("crimes_change", "share", "Change in crimes on the period before."),
    made("severity_before", "number", "Severity of the period before."),
    made("severity_change", "share", "Change in severity on the period before."),
    made("change_low", "share", "Lower end of the 95% interval of that change."),
    made("change_high", "share", "Upper end of the 95% interval of that change."),
)

_DECLARED = (
    TableOf(
        "areas",
        "Areas",
        "How much crime and how much harm is there in the force, its local-authority areas and its districts?",
        (
            fact("level", "text", "force, area, district, or no district recorded."),
            fact("name", "text", "Name of the force, area or district."),
            fact("area", "text", "Local-authority area of the district."),
            _CRIMES,
            _SHARE_OF_CRIMES,
            _SEVERITY,
            made("severity_low", "number", "Lower end of the 95% interval of the severity."),
            made("severity_high", "number", "Upper end of the 95% interval of the severity."),
            _SHARE_OF_SEVERITY,
            _HARM_UNKNOWN,
            fact("population", "count", "Residents, from the table wards; blank where not recorded."),
            made("crimes_per_1000", "number", "Crimes per 1,000 residents."),
            made("severity_per_1000", "number", "Severity per 1,000 residents."),
            *_BEFORE,
        ),
        totals=("level", "force", "area"),
        ordered_by=("severity", "level"),
    ),
    TableOf(
        "wards",
        "Wards",
        "Which wards carry the most harm, and which the most for their population?",
        (
            fact("ward", "text", "Ward."),
            fact("district", "text", "District of the ward."),
            _CRIMES,
            _SEVERITY,
            made("share_of_severity", "share", "Share of all severity of the force."),
            _HARM_UNKNOWN,
            fact("population", "count", "Residents."),
            made("severity_per_1000", "number", "Severity per 1,000 residents."),
            made("inner_low", "number", "Below this a ward of its size would fall by chance in 2.5% of cases."),
            made("inner_high", "number", "Above this a ward of its size would fall by chance in 2.5% of cases."),
            made("outer_low", "number", "The same for 0.1% of cases."),
            made("outer_high", "number", "The same for 0.1% of cases."),
            made("standing", "text", "Where the ward stands against what chance leaves to its population."),
            made("named", "text", "Why the ward is named in the report; blank when it is not."),
            made("threats", "text", "Offence groups with most crimes in the ward."),
        ),
        whole=("district",),
        ordered_by=("severity",),
    ),
    TableOf(
        "ward_threats",
        "Ward threats",
        "What are the greatest threats in the wards that are named?",
        (
            fact("ward", "text", "Ward."),
            fact("district", "text", "District of the ward."),
            made("rank", "count", "Rank by crimes within the ward."),
            fact("offence_group", "text", "Offence group."),
            _CRIMES,
            made("share_of_crimes", "share", "Share of the ward's crimes."),
            _SEVERITY,
            made("share_of_severity", "share", "Share of the ward's severity."),
        ),
        whole=("ward", "district"),
    ),
    TableOf(
        "offences",
        "Offences",
        "Which offences are frequent, which are severe, where do they happen, and how have they changed?",
        (
            fact("offence_group", "text", "Offence group."),
            fact("family", "text", "Family of offence groups."),
            _CRIMES,
            _SHARE_OF_CRIMES,
            made("rank_by_crimes", "count", "Rank by number of crimes."),
            _SEVERITY,
            _SHARE_OF_SEVERITY,
            made("rank_by_severity", "count", "Rank by severity."),
            made("severity_per_crime", "number", "Mean weight of these crimes."),
            people("private", "Crimes in private spaces.", "private_known"),
            people("private_known", "Crimes with the kind of space recorded.", "crimes"),
            made("private_share", "share", "Share in private spaces of those with it recorded.", "private"),
            *_BEFORE,
            people("crimes_base", "Crimes of the base period."),
            made("severity_base", "number", "Severity of the base period."),
            made("severity_change_base", "share", "Change in severity since the base period."),
            made("base_low", "share", "Lower end of the 95% interval of that change."),
            made("base_high", "share", "Upper end of the 95% interval of that change."),
        ),
        ordered_by=("severity",),
    ),
    TableOf(
        "district_offences",
        "District threats",
        "Which families of offences carry the harm of each district?",
        (
            fact("district", "text", "District."),
            fact("family", "text", "Family of offence groups."),
            _CRIMES,
            made("share_of_crimes", "share", "Share of the district's crimes."),
            _SEVERITY,
            made("share_of_severity", "share", "Share of the district's severity."),
            made("rank_by_severity", "count", "Rank by severity within the district."),
        ),
        whole=("district",),
    ),
    TableOf(
        "victim_ages",
        "Victims by age",
        "At what ages are people harmed?",
        (
            fact("age", "text", "Age on the day of the crime."),
            people("victims", "Victims of that age; one who had a birthday between crimes counts in both."),
            made("severity", "number", "Severity, each crime split evenly over its victims."),
            made("share_of_severity", "share", "Share of all severity of the period."),
        ),
    ),
    TableOf(
        "relationships",
        "Relationships",
        "What are suspects to their victims?",
        (
            fact("place", "text", "Force or local-authority area."),
            fact("relationship", "text", "Relationship as counted; what is in no list is other words."),
            people("crimes", "Crimes with such a suspect; a crime with two relationships counts in both."),
            made("severity", "number", "Severity, each crime split evenly over its suspects."),
            made("share_of_severity", "share", "Share of all severity of the place."),
        ),
        whole=("place",),
        ordered_by=("severity", "place"),
    ),
    TableOf(
        "concentration",
        "Concentration",
        "Which share of victims and of offenders carries which share of harm?",
        (
            fact("people", "text", "Victims or offenders."),
            made("share_of_people", "share", "The first so many, in the order of their harm."),
            made("number", "count", "How many people that is."),
            made("share_of_harm", "share", "Share of the harm of all of them."),
            made("low", "share", "Lower end of the 95% interval, from resampling people."),
            made("high", "share", "Upper end of that interval."),
            made("null_low", "share", "Lower end of what random allocation gives."),
            made("null_median", "share", "Middle of what random allocation gives."),
            made("null_high", "share", "Upper end of what random allocation gives."),
        ),
    ),
    TableOf(
        "group_years",
        "Groups by year",
        "How have organised crime groups, their members and what is linked to them changed?",
        (
            fact("day", "date", "Day on which groups and members are counted."),
            fact("groups", "count", "Groups mapped and not archived."),
            people("nominals", "Members of these groups."),
            fact("disruptions", "count", "Disruptions in the year up to that day."),
            people("crimes", "Crimes of that year linked to members."),
            people("reports", "Intelligence reports of that year that name members."),
            made("crimes_per_nominal", "number", "Crimes per member."),
            made("reports_per_nominal", "number", "Reports per member."),
        ),
        whole=None,
        apart=(("nominals", "crimes", "reports", "crimes_per_nominal", "reports_per_nominal"),),
    ),
    TableOf(
        "group_kinds",
        "Groups by kind",
        "What do the groups do, with what, under which pillar, and where abroad?",
        (
            fact("kind", "text", "What is counted."),
            fact("value", "text", "As recorded."),
            fact("groups", "count", "Groups on the analysis date."),
            made("share_of_groups", "share", "Share of the groups on that date."),
            fact("groups_before", "count", "Groups on the day of the period before."),
        ),
    ),
    TableOf(
        "disruptions",
        "Disruptions",
        "How much were groups disrupted, and under which strand?",
        (
            fact("strand", "text", "Strand of the 4Ps."),
            fact("level", "text", "How much it hurt."),
            fact("disruptions", "count", "In the period."),
            fact("disruptions_before", "count", "In the period before."),
        ),
    ),
    TableOf(
        "transient_dealers",
        "Transient dealers",
        "How many suspected transient dealers were stop-checked or arrested, and how many were juveniles?",
        (
            fact("period", "text", "This period, or the one before."),
            fact("district", "text", "District of the stop."),
            people("stops", "Stop checks and arrests of suspected transient dealers."),
            people("arrested", "Of these, arrests.", "stops"),
            people("juveniles", "Of these, under 18 on the day.", "stops"),
            people("age_unknown", "Of these, without a date of birth.", "stops"),
            made(
                "juvenile_share",
                "share",
                "Juveniles of all these stops; at least that, where ages are unknown.",
                "juveniles",
            ),
            made("low", "share", "Lower end of the 95% interval.", "juveniles"),
            made("high", "share", "Upper end of the 95% interval.", "juveniles"),
        ),
        whole=("period",),
        totals=("district", "all districts"),
    ),
    TableOf(
        "referrals",
        "Referrals",
        "Which referrals were made, by which route?",
        (
            fact("kind", "text", "Route."),
            people("referrals", "In the period."),
            people("referrals_before", "In the period before."),
        ),
        apart=(("referrals",), ("referrals_before",)),
    ),
    TableOf(
        "partner_information",
        "Partner information",
        "Which sectors submit community partnership information (CPI forms)?",
        (
            fact("sector", "text", "Sector of the submitter."),
            people("forms", "Forms in the period."),
            made("share_of_forms", "share", "Share of the forms of the period."),
            people("forms_before", "Forms in the period before."),
        ),
        apart=(("forms", "share_of_forms"), ("forms_before",)),
        ordered_by=("forms",),
    ),
    TableOf(
        "figures",
        "Figures",
        "What is each number of the report made of?",
        (
            made("figure_id", "id", "Id of the figure."),
            made("chapter", "text", "Chapter of the report."),
            made("says", "text", "What the figure is."),
            made("value", "number", "Value; blank when these records cannot tell."),
            made("unit", "text", "score, count, share, change, ratio or years."),
            made("numerator", "count", "Numerator of a share."),
            made("denominator", "count", "Denominator of a share."),
            made("filter", "text", "Which records were counted."),
            made("period", "text", "Which days were counted."),
            made("low", "number", "Lower end of the 95% interval."),
            made("high", "number", "Upper end of the 95% interval."),
            made("interval", "text", "What the interval allows for."),
            made("null_low", "number", "Lower end of what random allocation gives."),
            made("null_median", "number", "Middle of what random allocation gives."),
            made("null_high", "number", "Upper end of what random allocation gives."),
        ),
    ),
    TableOf(
        "not_computed",
        "Not computed",
        "Which figures that such documents print cannot come from a force's records, and why?",
        (
            fact("figure_id", "id", "Id of the figure."),
            fact("says", "text", "What the figure is."),
            fact("reason", "text", "Why it is not computed."),
        ),
    ),
    TableOf(
        "comparison",
        "Comparison",
        "What differs between the two periods or forces, and by more than chance?",
        (
            made("figure_id", "id", "Id of the figure."),
            made("chapter", "text", "Chapter of the report."),
            made("says", "text", "What the figure is."),
            made("unit", "text", "score, count, share, change, ratio or years."),
            made("value", "number", "Here."),
            made("counts", "text", "Numerator and denominator here."),
            made("other", "number", "In the other profile."),
            made("other_counts", "text", "Numerator and denominator there."),
            made("difference", "number", "Here less there."),
            made("difference_low", "number", "Lower end of the 95% interval of the difference."),
            made("difference_high", "number", "Upper end of that interval."),
            made("verdict", "text", "higher, lower, no clear difference, or too few to say."),
            made("because", "text", "What the verdict rests on."),
        ),
    ),
)

PROFILE_TABLES: dict[str, TableOf] = {table.name: table for table in _DECLARED}
"""The tables of the first chapters by name; a later chapter declares its tables in its own module."""
