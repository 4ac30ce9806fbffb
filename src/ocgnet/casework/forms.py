"""The forms that partners and officers fill in, declared once: templates, checks and records follow from here."""

from __future__ import annotations

from dataclasses import dataclass

from ocgnet.model import Column, Kind, table

SECTORS = (
    "education", "health", "housing", "social care", "youth justice", "probation",
    "fire and rescue", "community safety", "voluntary", "business", "other",
)  # fmt: skip
"""Sectors of submitters."""

UNGRADED: dict[str, str] = {
    "grading_scheme": "3x5x2",
    "source_grade": "2",
    "intelligence_grade": "D",
    "handling_code": "C",
    "handling_conditions": "handling not assessed yet; ask the intelligence team",
}
"""What a form without any grade becomes, by explicit rule: source untested, content not known, and shared with nobody
until somebody has assessed its handling. A grade that is given is never turned into another."""

GRADES = ("grading_scheme", "source_grade", "intelligence_grade", "handling_code")

REPORTS, PEOPLE = "reports", "people"
"""Sheets of the workbook, and keys of the JSON file."""


@dataclass(frozen=True)
class Form:
    """One kind of form.

    Parameters
    ----------
    name : str
        Word on the command line.
    title : str
        Heading of the template.
    says : tuple of str
        Instructions, one sentence each.
    reports, people : tuple of Column
        Fields of one form, and of each person it names.
    origin : str
        Value of ``intel_reports.origin``; empty where the form asks for it.
    prefix : str
        Begins the ids of its reports.
    """

    name: str
    title: str
    says: tuple[str, ...]
    reports: tuple[Column, ...]
    people: tuple[Column, ...]
    origin: str
    prefix: str

    def field(self, part: str, name: str) -> Column:
        """Return one field of ``reports`` or ``people`` by its name."""
        return next(c for c in (self.reports if part == REPORTS else self.people) if c.name == name)


def _of_model(name: str, says: str = "") -> Column:
    column = table("intel_reports").column(name)
    return Column(
        column.name,
        column.kind,
        says or column.says,
        enum=column.enum,
        many=column.many,
        sensitivity=column.sensitivity,
    )


_FORM_REF = Column("form_ref", Kind.ID, "Your own number for this form; the sheet people refers to it.", key=True)
_TITLE = Column("title", Kind.TEXT, "What it is about, in a few words.", required=True)
_TEXT = Column("text", Kind.TEXT, "What was seen, heard or said, when and where, and how you know.", required=True)
_GRADING = (
    _of_model("grading_scheme", "Leave blank unless your organisation grades: scheme of the grades."),
    _of_model("source_grade", "Source evaluation under that scheme."),
    _of_model("intelligence_grade", "Assessment of the information under that scheme."),
    _of_model("handling_code", "Handling code under that scheme."),
    _of_model("handling_conditions", "Conditions under which it may be shared."),
)
_NAMED = (
    Column("form_ref", Kind.ID, "Number of the form that names the person.", required=True),
    Column("name", Kind.TEXT, "Name, as fully as you know it.", required=True),
    Column("date_of_birth", Kind.DATE, "Date of birth, if known."),
    Column("sex", Kind.TEXT, "Sex, if known."),
    Column("district", Kind.TEXT, "District where the person lives, if known."),
    Column("known_id", Kind.ID, "The police's number for the person, if you were given one."),
)

_FORMS = (
    Form(
        "cpi",
        "Community partnership information (CPI)",
        (
            "Somebody in danger now: call 999. A child at risk: call the MASH today. This form protects nobody.",
            "Use this form for information that is not urgent. It is intelligence, not a referral.",
            "Fill in one row of the sheet reports for each form, and one row of people for each person it names.",
            "Write what you saw or were told, and how you know; leave out what you guess.",
            "Leave a cell blank when something is not known. Write dates as 2019-01-31 or 31/01/2019.",
            "Leave the grades blank unless you were trained in grading; the police grade what you send.",
        ),
        (
            _FORM_REF,
            Column("submitted_on", Kind.DATE, "Day on which you send it.", required=True),
            Column("sector", Kind.ENUM, "Your sector.", required=True, enum=SECTORS),
            Column("organisation", Kind.TEXT, "Your organisation.", required=True),
            Column("submitter", Kind.TEXT, "Your name or staff number; seen by the intelligence team.", required=True),
            Column("child_at_risk", Kind.FLAG, "Is a child at risk? If yes, call the MASH today.", required=True),
            _of_model("district", "District the information is about."),
            _TITLE,
            _TEXT,
            *_GRADING,
        ),
        _NAMED,
        "cpi_form",
        "CPI-",
    ),
    Form(
        "intelligence",
        "Intelligence report",
        (
            "Somebody in danger now: call 999. A child at risk of harm: make a MASH referral today.",
            "Fill in one row of the sheet reports for each report, and one row of people for each person it names.",
            "Give all three grades with their scheme, or none. A report without grades counts as untested, not known.",
            "Leave a cell blank when something is not known. Write dates as 2019-01-31 or 31/01/2019.",
        ),
        (
            _FORM_REF,
            Column("submitted_on", Kind.DATE, "Date of the report.", required=True),
            Column("origin", Kind.ENUM, "How it came in.", required=True, enum=("police", "app", "partner")),
            Column("sector", Kind.ENUM, "Sector of the submitter; needed from a partner.", enum=SECTORS),
            Column("source_ref", Kind.TEXT, "Reference of the source; equal for one source.", required=True),
            Column("child_at_risk", Kind.FLAG, "Is a child at risk? If yes, refer today.", required=True),
            _of_model("district", "District the report is about."),
            _TITLE,
            _TEXT,
            *_GRADING,
            _of_model("review_due"),
        ),
        _NAMED,
        "",
        "INT-",
    ),
)  # fmt: skip

FORMS: dict[str, Form] = {f.name: f for f in _FORMS}
"""Forms by the word after ``ocgnet intake``."""
