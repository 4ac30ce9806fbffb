"""The forms that partners and officers fill in, declared once: templates, checks and records follow from here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ocgnet.dataset import DEFAULT_MARKING
from ocgnet.evidence.grades import SCHEMES
from ocgnet.files.writing import write_file, write_text
from ocgnet.model import Column, Kind, table
from ocgnet.sources.template import new_files

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
    """One kind of form."""

    name: str  # word on the command line
    title: str  # heading of the template
    says: tuple[str, ...]  # instructions, one sentence each
    # reports, people: fields of one form, and of each person it names.
    reports: tuple[Column, ...]
    people: tuple[Column, ...]
    origin: str  # value of ``intel_reports.origin``; empty where the form asks for it
    prefix: str  # begins the ids of its reports

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
_TOPICS = _of_model("topics", "What it is about; as many as fit, none when you are not sure.")
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
            _TOPICS,
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
            _TOPICS,
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


# Empty forms to send to partners: a workbook with lists to choose from, and JSON with its schema.

FOLDER = "forms"
"""Folder of the forms inside a template; a data folder is read without its folders."""

ROWS = 500
"""Rows below the header in which the workbook offers lists and checks dates."""

_WIDE = 110
"""Characters on a line of the instructions."""

_MARKING = f"{DEFAULT_MARKING} when filled in"
_WIDTHS = {"text": 50, "title": 24, "organisation": 26, "name": 26, "handling_conditions": 30}


def write_forms(folder: Path) -> list[Path]:
    """Write the empty forms into a folder ``forms``: for each an .xlsx, a .json and its .schema.json.

    No file is ever replaced. Returns what was written. Raises OutputError when one of them is there already (nothing
    is written then), or the folder cannot be written.
    """
    room = folder / FOLDER
    names = [f"{name}{ending}" for name in FORMS for ending in (".xlsx", ".json", ".schema.json")]
    with new_files(room, names) as paths:
        for name, form in FORMS.items():
            write_file(room / f"{name}.xlsx", lambda partial, form=form: _workbook(partial, form))  # type: ignore[misc]
            write_text(room / f"{name}.json", _pretty(empty_json(form)))
            write_text(room / f"{name}.schema.json", _pretty(schema(form)))
    return paths


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def empty_json(form: Form) -> dict[str, Any]:
    """Return one empty report with one empty person, to be copied as often as needed."""
    person = {c.name: "" for c in form.people if c.name != "form_ref"}
    report: dict[str, Any] = {c.name: "" for c in form.reports}
    return {"$schema": f"{form.name}.schema.json", "form": form.name, REPORTS: [report | {PEOPLE: [person]}]}


def schema(form: Form) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a filled form.

    A program that fills in forms can check them with it. ``ocgnet intake`` checks more: grades against
    their scheme, dates against today, numbers that stand twice.
    """
    person = _object([c for c in form.people if c.name != "form_ref"])
    report = _object(form.reports)
    report["properties"][PEOPLE] = {"type": "array", "items": person, "description": "Everybody whom the form names."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title,
        "description": " ".join(form.says),
        "type": "object",
        "additionalProperties": False,
        "required": ["form", REPORTS],
        "properties": {
            "$schema": {"type": "string"},
            "form": {"const": form.name},
            REPORTS: {"type": "array", "items": report},
        },
    }


def _object(columns: Sequence[Column]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [c.name for c in columns if c.never_blank],
        "properties": {c.name: _property(c) for c in columns},
    }


def _property(column: Column) -> dict[str, Any]:
    words = {"description": column.says}
    if column.enum:
        return words | {"enum": [*column.enum, *([] if column.never_blank else [""])]}
    if column.kind is Kind.DATE:
        form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
        return words | {"type": "string", "pattern": f"^({form}{'' if column.never_blank else '|'})$"}
    if column.kind is Kind.FLAG:
        return words | {"enum": [True, False, "yes", "no", *([] if column.never_blank else [""])]}
    if column.many:
        return words | {"type": ["string", "array"], "items": {"type": "string"}}
    return words | {"type": "string"} | ({"minLength": 1} if column.never_blank else {})


def _workbook(path: Path, form: Form) -> None:
    import xlsxwriter

    # A set day: the same form gives the same bytes.
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": form.title, "created": datetime(2020, 1, 1)})
    looks = {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "bold": book.add_format({"bold": True}),
        "line": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"}),
        "must": book.add_format(
            {"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom", "bg_color": "#FFF2CC"}
        ),
        "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"}),
    }
    sheets = [book.add_worksheet(n) for n in ("instructions", REPORTS, PEOPLE)]
    _instructions(sheets[0], form, looks)
    _fields(sheets[1], form.reports, looks)
    _fields(sheets[2], form.people, looks)
    for sheet in sheets:
        sheet.set_header(f'&C&"Arial,Bold"{_MARKING}')
        sheet.set_footer(f'&C&"Arial,Bold"{_MARKING}&R&P of &N')
        if sheet.name != "instructions":
            sheet.set_landscape()
        # The sheet of reports is wide: A3 keeps it legible in print.
        sheet.set_paper(8 if sheet.name == REPORTS else 9)
        sheet.fit_to_pages(1, 0)
    book.close()


def _instructions(sheet: Any, form: Form, looks: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, _WIDE)
    sheet.hide_gridlines(2)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, form.title, looks["title"])
    sheet.write_string(1, 0, _MARKING, looks["bold"])
    lines = [(f"{n}.", sentence, "line") for n, sentence in enumerate(form.says, 1)]
    for part, columns in ((REPORTS, form.reports), (PEOPLE, form.people)):
        lines += [("", "", "line"), (f"sheet {part}", "what to write; fields with * are needed", "head")]
        for column in columns:
            allowed = f" One of: {', '.join(column.enum)}." if column.enum else ""
            several = " Several are separated by |." if column.many else ""
            lines.append((_head(column), column.says + allowed + several, "line"))
    lines.append(("", "", "line"))
    lines += [(f"grades of {scheme}", _grades(scheme), "line") for scheme in SCHEMES]
    lines.append(("without grades", f"counts as {UNGRADED['grading_scheme']}: {_ungraded()}", "line"))
    for row, (name, words, look) in enumerate(lines, 3):
        # Programs other than Excel do not make room for a wrapped text by themselves.
        sheet.set_row(row, 16 * (1 + len(words) // _WIDE))
        sheet.write_string(row, 0, name, looks[look])
        sheet.write_string(row, 1, words, looks[look])


def _grades(scheme: str) -> str:
    return "; ".join(f"{n.replace('_', ' ')} {', '.join(allowed)}" for n, allowed in SCHEMES[scheme].items())


def _ungraded() -> str:
    values = [UNGRADED[n] for n in ("source_grade", "intelligence_grade", "handling_code")]
    return f"{' '.join(values)}, untested and not known, and shared with nobody until somebody has assessed it"


def _head(column: Column) -> str:
    return f"{column.name}{' *' if column.never_blank else ''}"


def _fields(sheet: Any, columns: Sequence[Column], looks: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 1)
    for i, column in enumerate(columns):
        is_date = column.kind is Kind.DATE
        sheet.set_column(i, i, _WIDTHS.get(column.name, 19), looks["date" if is_date else "text"])
        sheet.write_string(0, i, _head(column), looks["must" if column.never_blank else "head"])
        sheet.write_comment(0, i, column.says, {"x_scale": 1.5})
        if rule := _validation(column):
            sheet.data_validation(1, i, ROWS, i, rule)


def _validation(column: Column) -> dict[str, Any]:
    choices = list(column.enum) if column.enum and not column.many else ["yes", "no"] * (column.kind is Kind.FLAG)
    if column.name in SCHEMES["3x5x2"]:
        choices = list(dict.fromkeys(g for s in SCHEMES.values() for g in s[column.name]))
    if choices:
        return {
            "validate": "list",
            "source": choices,
            "error_title": column.name,
            "error_message": f"Choose one of: {', '.join(choices)}"[:255],
        }
    if column.kind is Kind.DATE:
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1900, 1, 1),
            "maximum": date(2100, 1, 1),
            "error_title": column.name,
            "error_message": "Write a date, such as 31/01/2019.",
        }
    return {}
