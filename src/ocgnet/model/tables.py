"""The tables of a data folder. Checks, stores, templates and dictionaries are derived from here."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model.columns import (
    ACES,
    ASSOCIATIONS,
    COMMODITIES,
    CRIME_FLAGS,
    CRIME_TYPES,
    LINK_ROLES,
    OUTCOMES,
    PERSON_TABLES,
    RELATIONSHIPS,
    RISK_LEVELS,
    ROLES,
    SECTORS,
    TO_VICTIM,
    TOPICS,
    VICTIM_KINDS,
    Ahead,
    Column,
    Kind,
    Sensitivity,
    Table,
    person_columns,
    person_ref,
)
from ocgnet.model.response import RESPONSE_TABLES, SUBJECTS
from ocgnet.model.things import THING_TABLES, UNDER_AUTHORITY

ID, TEXT, ENUM, DATE = Kind.ID, Kind.TEXT, Kind.ENUM, Kind.DATE
MOMENT, INTEGER, NUMBER, FLAG = Kind.MOMENT, Kind.INTEGER, Kind.NUMBER, Kind.FLAG
PERSONAL, SENSITIVE = Sensitivity.PERSONAL, Sensitivity.SENSITIVE

CHILD_TABLES = (
    Table(
        "children",
        "Children known to the force or its partners.",
        (
            Column("child_id", ID, "Identifier of the child.", key=True),
            *person_columns(),
            Column("cse_risk_scheme", TEXT, "Local scheme of the risk of sexual exploitation."),
            Column("cse_risk", TEXT, "Risk of sexual exploitation under that scheme.", sensitivity=SENSITIVE),
            Column("cse_flagged_on", DATE, "When that risk was flagged.", event=True),
            Column("cce_risk", TEXT, "Risk of criminal exploitation as recorded.", sensitivity=SENSITIVE),
            Column("school", TEXT, "School.", sensitivity=PERSONAL),
            Column("social_worker", TEXT, "Social worker.", sensitivity=PERSONAL),
        ),
    ),
    Table(
        "child_risks",
        "Risk of exploitation of a child, as assessed on a day; a changed risk is a new row.",
        (
            person_ref("child_id", "The child."),
            Column(
                "exploitation",
                ENUM,
                "Exploitation of which kind.",
                key=True,
                enum=("sexual", "criminal"),
                sensitivity=SENSITIVE,
            ),
            Column("level", ENUM, "How great the risk is.", required=True, enum=RISK_LEVELS, sensitivity=SENSITIVE),
            Column("assessed_on", DATE, "When it was assessed.", event=True, counts_from=True),
            Column("scheme", TEXT, "Scheme of the assessment."),
        ),
        apart_by=("assessed_on",),
    ),
    Table(
        "family_links",
        "Which adult belongs to which child.",
        (
            person_ref("adult_id", "The adult, who need not be a nominal.", lenient=True),
            person_ref("child_id", "The child."),
            Column("relationship", ENUM, "What the adult is to the child.", key=True, enum=RELATIONSHIPS),
            Column("verified", FLAG, "Whether the relationship was verified."),
            Column("recorded_on", DATE, "When it was recorded.", event=True, counts_from=True),
        ),
        differ=(("adult_id", "child_id"),),
    ),
    Table(
        "child_aces",
        "Adverse childhood experiences: observed, not observed, or unknown.",
        (
            person_ref("child_id", "The child."),
            Column("ace", ENUM, "Which experience.", key=True, enum=ACES, sensitivity=SENSITIVE),
            Column(
                "status",
                ENUM,
                "Whether it was observed.",
                required=True,
                enum=("observed", "not_observed", "unknown"),
                sensitivity=SENSITIVE,
            ),
            Column("recorded_on", DATE, "When it was recorded.", event=True, counts_from=True),
            Column("source", TEXT, "Who recorded it.", free_text=True),
        ),
    ),
    Table(
        "missing_episodes",
        "Times a child went missing.",
        (
            person_ref("child_id", "The child."),
            Column(
                "missing_from",
                MOMENT,
                "When the child went missing.",
                key=True,
                event=True,
                dates_records=True,
                counts_from=True,
            ),
            Column("found_at", MOMENT, "When the child was found.", event=True, dates_records=True, ahead=Ahead.OPEN),
            Column("found_where", TEXT, "Where the child was found.", sensitivity=SENSITIVE, free_text=True),
            Column("companions", ID, "Who was with the child.", many=True, refers="person", lenient=True),
            Column(
                "return_interview_at", MOMENT, "When the return interview took place.", event=True, ahead=Ahead.OPEN
            ),
            Column(
                "interview_refused_on", DATE, "When the child refused it; blank when not, or not recorded.", event=True
            ),
        ),
        orders=(("missing_from", "found_at"), ("found_at", "return_interview_at")),
    ),
    Table(
        "referrals",
        "Referrals that were made.",
        (
            person_ref("person_id", "Who was referred."),
            Column("kind", ENUM, "Route.", key=True, enum=("mash", "nrm", "ictg", "cpi", "early_help")),
            Column("made_on", DATE, "When it was made.", key=True, event=True, counts_from=True),
            Column("made_by", TEXT, "Who made it.", sensitivity=PERSONAL),
            Column("reason", TEXT, "Why it was made.", sensitivity=SENSITIVE, free_text=True),
            Column("outcome", TEXT, "What came of it.", free_text=True),
            Column(
                "outcome_kind",
                ENUM,
                "What came of it, as one word; blank while nothing is recorded.",
                enum=OUTCOMES,
                sensitivity=SENSITIVE,
            ),
            Column("outcome_on", DATE, "When that was decided.", event=True),
        ),
        orders=(("made_on", "outcome_on"),),
    ),
    Table(
        "stop_checks",
        "Stop checks and arrests of people who may deal.",
        (
            Column("stop_id", ID, "Identifier of the stop.", key=True),
            person_ref("person_id", "Who was stopped, if known.", key=False, lenient=True),
            Column("date_of_birth", DATE, "Date of birth given.", sensitivity=PERSONAL),
            Column("happened_on", DATE, "When.", required=True, event=True, dates_records=True, counts_from=True),
            Column("district", TEXT, "District."),
            Column("outcome", ENUM, "What came of it.", enum=("stopped", "arrested")),
            Column("transient_dealer", FLAG, "Whether a transient dealer is suspected."),
            Column("occasion", TEXT, "Reference of the occasion; equal for people who were stopped together."),
            Column("home_force", TEXT, "Force where the person lives."),
        ),
        orders=(("date_of_birth", "happened_on"),),
    ),
)
"""In the order in which they are checked and stored."""

_COUNT = (0, 1e12)
"""A count is never negative; the upper end only catches a number that slipped into the wrong column."""


_TABLES = (
    Table(
        "people",
        "Victims, witnesses and others who are no nominals.",
        (Column("person_id", ID, "Identifier of the person.", key=True), *person_columns()),
    ),
    Table(
        "nominals",
        "People on a police record. The only table that is always needed.",
        (
            Column("nominal_id", ID, "Identifier of the nominal.", key=True),
            *person_columns(),
            Column("aliases", TEXT, "Other names.", many=True, sensitivity=PERSONAL),
            Column("pnc_id", TEXT, "Police National Computer id.", sensitivity=PERSONAL),
        ),
    ),
    Table(
        "ocgs",
        "Organised crime groups that were mapped.",
        (
            Column("ocg_id", ID, "Identifier of the group.", key=True),
            Column("name", TEXT, "Name of the group or operation."),
            Column("status", ENUM, "State of the group today.", enum=("emerging", "active", "archived")),
            Column("mapped_on", DATE, "When the group was mapped.", event=True, counts_from=True),
            Column("archived_on", DATE, "When the group was archived.", event=True, ahead=Ahead.PLANNED),
            Column("primary_crime_type", TEXT, "Primary crime type.", counted_as=CRIME_TYPES),
            Column("commodity", TEXT, "What the group deals in.", counted_as=COMMODITIES),
            Column(
                "pillar",
                ENUM,
                "Pillar of the strategy.",
                enum=("vulnerabilities", "prosperity", "commodities"),
            ),
            Column("county_line", FLAG, "Whether the group runs a county line."),
            Column("lead_responsible_officer", TEXT, "Officer who owns the group.", sensitivity=PERSONAL),
            Column("threat_scheme", TEXT, "Scheme of the threat score."),
            Column("threat_score", NUMBER, "Threat score under that scheme."),
            Column("threat_band", TEXT, "Threat band under that scheme."),
        ),
        orders=(("mapped_on", "archived_on"),),
    ),
    Table(
        "ocg_countries",
        "Countries outside the UK in which a group operates.",
        (
            Column("ocg_id", ID, "The group.", key=True, refers="ocgs"),
            Column(
                "country",
                TEXT,
                "Country, two letters (ISO 3166 alpha-2).",
                key=True,
                pattern="[A-Z]{2}",
                pattern_says="the two capital letters of the country, such as NL or AL",
            ),
        ),
    ),
    Table(
        "ocg_activities",
        "What a group does, whether for profit or in support of it, and in which district; one row for each.",
        (
            Column("ocg_id", ID, "The group.", key=True, refers="ocgs"),
            Column("activity", TEXT, "What it does, as a crime type.", key=True, counted_as=CRIME_TYPES),
            Column(
                "level",
                ENUM,
                "primary makes money, secondary supports what does; blank when not assessed.",
                enum=("primary", "secondary"),
            ),
            Column("district", TEXT, "District where it does so; blank when not recorded."),
            Column("from_date", DATE, "First day.", event=True, counts_from=True),
            Column("to_date", DATE, "Last day; blank while it lasts.", event=True, ahead=Ahead.PLANNED),
        ),
        orders=(("from_date", "to_date"),),
        apart_by=("district", "from_date"),
    ),
    Table(
        "memberships",
        "Who belongs to which group, in which recorded role, from when to when. A changed role is a new row.",
        (
            Column("nominal_id", ID, "The member.", key=True, refers="nominals", sensitivity=PERSONAL),
            Column("ocg_id", ID, "The group.", key=True, refers="ocgs"),
            Column("role", ENUM, "Recorded role; blank when not assessed.", enum=ROLES),
            Column("from_date", DATE, "First day of the membership in this role.", event=True, counts_from=True),
            Column("to_date", DATE, "Last day; blank while it lasts.", event=True, ahead=Ahead.PLANNED),
            Column("assessed_by", TEXT, "Who recorded the role.", sensitivity=PERSONAL),
            Column("assessed_on", DATE, "When the role was recorded.", event=True),
        ),
        orders=(("from_date", "to_date"),),
        apart_by=("from_date",),
    ),
    Table(
        "crimes",
        "Recorded crimes.",
        (
            Column("crime_id", ID, "Identifier of the crime.", key=True),
            Column("offence_code", TEXT, "Offence code, as in the severity weights."),
            Column("offence", TEXT, "Offence in words.", free_text=True),
            Column(
                "recorded_on", DATE, "When the crime was recorded.", event=True, dates_records=True, counts_from=True
            ),
            Column("occurred_on", DATE, "When it happened.", event=True, dates_records=True, counts_from=True),
            Column("district", TEXT, "District; blank when none is recorded."),
            Column("ward", TEXT, "Ward."),
            Column("private_space", FLAG, "Whether it happened in a private space."),
            Column(
                "flags",
                ENUM,
                "Markers on the crime.",
                many=True,
                enum=CRIME_FLAGS,
            ),
            Column(
                "occurred_hour",
                INTEGER,
                "Hour of the day at which it happened, 0 to 23; blank when not known.",
                between=(0, 23),
            ),
            Column("victim_kind", ENUM, "Whom it was done to; blank when not recorded.", enum=VICTIM_KINDS),
            Column("loss", NUMBER, "Money lost, in pounds; blank when not recorded.", between=(0, 1e12)),
            Column("latitude", NUMBER, "Latitude in degrees.", between=(-90, 90)),
            Column("longitude", NUMBER, "Longitude in degrees.", between=(-180, 180)),
        ),
        orders=(("occurred_on", "recorded_on"),),
        together=(("latitude", "longitude"),),
    ),
    Table(
        "crime_links",
        "Who is linked to which crime, and as what. The role belongs to the link, never to the person.",
        (
            person_ref("person_id", "The person."),
            Column("crime_id", ID, "The crime.", key=True, refers="crimes"),
            Column("link_role", ENUM, "As what the person is linked.", key=True, enum=LINK_ROLES),
            Column("relationship_to_victim", TEXT, "Relationship to the victim as recorded.", counted_as=TO_VICTIM),
        ),
    ),
    Table(
        "intel_reports",
        "Intelligence reports with their grading.",
        (
            Column("report_id", ID, "Identifier of the report.", key=True),
            Column("reported_on", DATE, "Date of the report.", event=True, dates_records=True, counts_from=True),
            Column("grading_scheme", ENUM, "Scheme of the grades.", enum=("3x5x2", "5x5x5")),
            Column("source_grade", TEXT, "Source evaluation under that scheme."),
            Column("intelligence_grade", TEXT, "Assessment of the information under that scheme."),
            Column("handling_code", TEXT, "Handling code under that scheme."),
            Column("handling_conditions", TEXT, "Conditions under which it may be shared.", many=True, free_text=True),
            Column("origin", ENUM, "How the report came in.", enum=("police", "cpi_form", "app", "partner")),
            Column("sector", TEXT, "Sector of the submitter.", counted_as=SECTORS),
            Column("source_ref", TEXT, "Reference of the source; equal for one origin.", sensitivity=SENSITIVE),
            Column("district", TEXT, "District the report is about."),
            Column("topics", ENUM, "What the report is about.", many=True, enum=TOPICS),
            Column("title", TEXT, "Title.", sensitivity=SENSITIVE, free_text=True),
            Column("text", TEXT, "Text.", sensitivity=SENSITIVE, free_text=True),
            Column("review_due", DATE, "When the report has to be reviewed.", ahead=Ahead.PLANNED),
        ),
    ),
    Table(
        "intel_links",
        "Who is named in which report.",
        (
            person_ref("person_id", "The person."),
            Column("report_id", ID, "The report.", key=True, refers="intel_reports"),
        ),
    ),
    Table(
        "associations",
        "Recorded contact between two people.",
        (
            person_ref("person_a", "One person."),
            person_ref("person_b", "The other person."),
            Column("kind", ENUM, "Kind of contact.", key=True, enum=ASSOCIATIONS),
            Column("directed", FLAG, "Whether the contact runs from a to b only."),
            Column("times_observed", INTEGER, "How often it was observed.", between=_COUNT),
            Column("first_seen", DATE, "First observation.", event=True, dates_records=True, counts_from=True),
            Column("last_seen", DATE, "Latest observation.", event=True, dates_records=True, ahead=Ahead.OPEN),
            Column("report_id", ID, "Report that records it.", refers="intel_reports"),
        ),
        orders=(("first_seen", "last_seen"),),
        apart_by=("first_seen", "last_seen", "report_id"),
        differ=(("person_a", "person_b"),),
    ),
    *CHILD_TABLES,
    *THING_TABLES,
    *RESPONSE_TABLES,
    Table(
        "wards",
        "Wards with their population.",
        (
            Column("ward", TEXT, "Ward.", key=True),
            Column("district", TEXT, "District of the ward.", key=True),
            Column("area", TEXT, "Local-authority area of the district; blank when it is its own."),
            Column("population", INTEGER, "Residents.", between=_COUNT),
        ),
    ),
)

TABLES: dict[str, Table] = {t.name: t for t in _TABLES}
"""All tables by name, in the order in which they are checked and stored."""


def table(name: str) -> Table:
    """Return the declaration of a table; ``KeyError`` when the model has none of that name."""
    return TABLES[name]


# What a folder may say of itself in ``about.toml``; the fields of ``dataset.About``, for whoever fills them in.

ABOUT_FIELDS: tuple[Column, ...] = (
    Column("force", Kind.TEXT, "Name of the force."),
    Column("marking", Kind.TEXT, "Protective marking, printed on every output."),
    Column("synthetic", Kind.FLAG, "true when the people are made up; prints SYNTHETIC DATA on every output."),
    Column("as_of", Kind.DATE, "Day on which ages, reviews and memberships are judged."),
    Column("period_from", Kind.DATE, "First day of the period of the figures."),
    Column("period_to", Kind.DATE, "Last day of that period."),
    *(
        Column(f"{name}_authority", Kind.TEXT, f"Authority under which {name} were obtained, for rows that name none.")
        for name in UNDER_AUTHORITY
    ),
)
"""Every key, in the order of the template."""


def targets_of(column: Column) -> tuple[str, ...]:
    """Return the tables in which an id of this column may stand; of a subject the tables of every kind.

    >>> targets_of(TABLES["plans"].column("subject_id"))
    ('ocgs', 'nominals', 'people', 'children', 'things', 'threats')
    """
    if column.refers == "subject":
        return tuple(name for names in SUBJECTS.values() for name in names)
    return tuple(PERSON_TABLES) if column.refers == "person" else (column.refers,)


def ids_of_kind(table: pa.Table, column: Column, kind: str) -> pa.ChunkedArray:
    """Return the cells of a column in rows whose subject is of one kind; null in others, all cells of other columns.

    In text a kind may be missing or be no word of ours; such a row breaks a rule, and counts as one about a person,
    so that an erasure does not pass it over.

    >>> plans = pa.table({"subject_kind": ["person", "group", ""], "subject_id": ["1", "1", "1"]})
    >>> ids_of_kind(plans, TABLES["plans"].column("subject_id"), "group").to_pylist()
    [None, '1', None]
    """
    cells = table[column.name]
    if column.refers != "subject":
        return cells
    kinds = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(table["subject_kind"], "")))
    if kind == "person":
        other = pa.array(set(SUBJECTS) - {kind}, pa.string())
        return pc.if_else(pc.is_in(kinds, other), None, cells)
    return pc.if_else(pc.equal(kinds, kind), cells, None)


def ids_of_people(table: pa.Table, column: Column) -> pa.ChunkedArray:
    """Return the cells of a column that names people; null where a subject is a group, a thing or a threat.

    >>> plans = pa.table({"subject_kind": ["person", "group"], "subject_id": ["1", "1"]})
    >>> ids_of_people(plans, TABLES["plans"].column("subject_id")).to_pylist()
    ['1', None]
    """
    return ids_of_kind(table, column, "person")


THING_USES: dict[str, str] = {
    name: column.name
    for name, table in TABLES.items()
    for column in table.columns
    if column.refers in ("things", "subject") and name not in ("communications", "transfers", "sightings")
}
"""Tables by which a thing is in use, with their column of things: who has it, and what was done about premises.

Whoever called a phone, or saw a vehicle, does not use it.
"""


def names_person(table: str, column: Column) -> bool:
    """Return whether the cells of a column of a table hold ids of people; of a subject in rows of the kind person.

    >>> names_person("memberships", TABLES["memberships"].column("nominal_id"))
    True
    """
    return column.refers in ("person", "subject", *PERSON_TABLES) or PERSON_TABLES.get(table) == column.name
