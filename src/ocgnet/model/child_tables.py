"""The tables about children and about those who may be exploited."""

from __future__ import annotations

from ocgnet.model.kinds import Ahead, Column, Kind, Sensitivity, Table
from ocgnet.model.person_columns import person_columns, person_ref
from ocgnet.model.words import ACES, RELATIONSHIPS

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
        ),
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
