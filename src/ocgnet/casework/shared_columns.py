"""Every column that any pack about a child may hold, declared once; what stands nowhere here never leaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SharedColumn:
    """One column of a table of a pack.

    Parameters
    ----------
    name : str
        Header in the files.
    says : str
        What it holds, for the reader of the pack.
    identifies : bool
        Points at a person by itself; a pseudonymised pack goes without it.
    person : bool
        Holds ids of people or groups (several separated by ``|``), which a pseudonymised pack replaces.
    assessment : bool
        A judgement, not a fact (section 38(2) of the Data Protection Act 2018 keeps the two apart).
    """

    name: str
    says: str
    identifies: bool = False
    person: bool = False
    assessment: bool = False


def _child() -> SharedColumn:
    return SharedColumn("child_id", "the child", person=True)


PACK_TABLES: dict[str, tuple[SharedColumn, ...]] = {
    "children": (
        _child(),
        SharedColumn("name", "name as recorded", identifies=True),
        SharedColumn("date_of_birth", "date of birth", identifies=True),
        SharedColumn("age", "age in whole years on the day of the pack"),
        SharedColumn("sex", "sex as recorded"),
        SharedColumn("district", "district where the child lives"),
        SharedColumn("school", "school", identifies=True),
        SharedColumn("social_worker", "social worker", identifies=True),
        SharedColumn("cse_risk", "risk of sexual exploitation, as recorded under its scheme", assessment=True),
        SharedColumn("cse_risk_scheme", "local scheme of that risk"),
        SharedColumn("cse_flagged_on", "when that risk was flagged"),
        SharedColumn("cce_risk", "risk of criminal exploitation, as recorded", assessment=True),
    ),
    "concerns": (
        _child(),
        SharedColumn("concern", "why the child came to notice"),
        SharedColumn("how_sure", "whether the record behind it was verified"),
        SharedColumn("latest", "freshest record behind it"),
        SharedColumn("adult_id", "the member of the group", person=True),
        SharedColumn("ocg_id", "the group", person=True),
        SharedColumn("recorded_role", "the member's role as a person recorded it", assessment=True),
    ),
    "family": (
        _child(),
        SharedColumn("relationship", "what the adult is to the child"),
        SharedColumn("adult_id", "the adult", person=True),
        SharedColumn("adult_name", "name of the adult as recorded", identifies=True),
        SharedColumn("verified", "whether the relationship was verified"),
        SharedColumn("recorded_on", "when it was recorded"),
    ),
    "experiences": (
        _child(),
        SharedColumn("experience", "adverse childhood experience"),
        SharedColumn("status", "observed, not observed or unknown"),
        SharedColumn("recorded_on", "when it was recorded"),
    ),
    "missing": (
        _child(),
        SharedColumn("missing_from", "when the child went missing"),
        SharedColumn("found_at", "when the child was found"),
        SharedColumn("found_where", "where the child was found"),
        SharedColumn("in_company", "whether somebody was with the child"),
        SharedColumn("companions", "who was with the child", person=True),
        SharedColumn("return_interview", "whether the return interview was held, and in time"),
    ),
    "crimes": (
        _child(),
        SharedColumn("standing", "victim, witness, suspect or convicted: kept apart, victims first"),
        SharedColumn("offence", "offence in words"),
        SharedColumn("recorded_on", "when the crime was recorded"),
        SharedColumn("flags", "markers on the crime"),
        SharedColumn("crime_id", "number of the crime", identifies=True),
    ),
    "referrals": (
        _child(),
        SharedColumn("kind", "route"),
        SharedColumn("made_on", "when it was made"),
        SharedColumn("outcome", "what came of it"),
    ),
    "reports": (
        _child(),
        SharedColumn("report_id", "number of the report", identifies=True),
        SharedColumn("reported_on", "date of the report"),
        SharedColumn("grading", "scheme, source, assessment and handling", assessment=True),
    ),
    "unknown": (
        _child(),
        SharedColumn("not_known", "what is not known, and so counts neither for nor against"),
        SharedColumn("find_out", "how to find out"),
    ),
}
"""Tables of a pack with all their columns, in the order in which they are shown."""

TITLES: dict[str, str] = {
    "children": "Who",
    "concerns": "Why the child came to notice",
    "family": "Family and household",
    "experiences": "Adverse childhood experiences",
    "missing": "Missing episodes",
    "crimes": "Crimes that name the child",
    "referrals": "Referrals already made",
    "reports": "Police reports that name the child (no text)",
    "unknown": "What is not known",
}
"""Heading of each table."""
