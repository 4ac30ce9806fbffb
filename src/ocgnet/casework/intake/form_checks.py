"""Checking filled forms: every problem at once, each with its place and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ocgnet.casework.intake.form_files import RawForms, RawRow
from ocgnet.casework.intake.forms import GRADES, PEOPLE, REPORTS, Form
from ocgnet.evidence.grades import SCHEMES
from ocgnet.model import Column
from ocgnet.sources import Problem, Rule
from ocgnet.sources.cells import CellError, read_cell


@dataclass(frozen=True)
class NamedPerson:
    """Somebody whom a form names; blank and None where the form does not say."""

    name: str
    date_of_birth: date | None = None
    sex: str = ""
    district: str = ""
    known_id: str = ""

    def words(self) -> str:
        """Return the person in a few words.

        >>> NamedPerson("Ann Oak", date(2004, 2, 29), "female").words()
        'Ann Oak, born 2004-02-29, female'
        """
        born = f"born {self.date_of_birth}" if self.date_of_birth else ""
        lives = f"lives in {self.district}" if self.district else ""
        return ", ".join(p for p in (self.name, born, self.sex, lives) if p)


@dataclass(frozen=True)
class FilledForm:
    """One form that passed the check."""

    where: str
    row: int
    fields: Mapping[str, Any]  # value by field; a field that is not given is absent
    people: tuple[NamedPerson, ...]  # whom it names, in the order of the file
    sha256: str = ""  # of the file that it came in

    @property
    def receipt(self) -> str:
        """What the submitter holds in hand: the form's own number and the file it was sent in; see ``receipt_of``."""
        return receipt_of(str(self.fields.get("form_ref", "")), self.sha256)

    @property
    def graded(self) -> bool:
        """Whether any grade is given."""
        return any(n in self.fields for n in GRADES)


def receipt_of(form_ref: str, sha256: str) -> str:
    """Return a receipt: the form's own number, a hyphen, and the first 64 bits of the SHA-256 of its file.

    The page that partners fill in makes the same one, so both sides can tell that the file is the one that was sent.

    >>> receipt_of("K7Q2M4XD", "9F86D081884C7D659A2F")
    'K7Q2M4XD-9f86d081884c7d65'
    """
    return f"{form_ref}-{sha256[:16].lower()}"


@dataclass(frozen=True)
class CheckedForms:
    """The forms without a problem, all problems, and how many forms those stand in."""

    forms: tuple[FilledForm, ...]
    problems: tuple[Problem, ...]
    refused: int


def check_forms(form: Form, read: Sequence[RawForms], today: date) -> CheckedForms:
    """Check what was read from some files of one kind of form.

    A form is refused when it, or one of the people it names, has a problem: nobody is left out of a form silently. No
    form may be sent after ``today``.
    """
    forms: list[FilledForm] = []
    problems: list[Problem] = []
    refused = 0
    for file in read:
        problems += file.problems
        reports = [r for r in file.rows if r.part == REPORTS]
        people = [r for r in file.rows if r.part == PEOPLE]
        refs = Counter(r.fields.get("form_ref", "") for r in reports)
        stray = [p for p in people if p.fields.get("form_ref", "") not in refs or not p.fields.get("form_ref")]
        problems += [_no_form(p) for p in stray]
        by_ref: dict[str, list[RawRow]] = {}
        for person in people:
            by_ref.setdefault(person.fields.get("form_ref", ""), []).append(person)
        for row in reports:
            ref = row.fields.get("form_ref", "")
            filled, wrong = _one(form, row, by_ref.get(ref, []) if ref else [], today)
            if ref and refs[ref] > 1:
                wrong.append(row.problem("form_ref", ref, Rule.DUPLICATE, "Give each form a number of its own."))
            problems += wrong
            refused += bool(wrong)
            if not wrong:
                forms.append(replace(filled, sha256=file.sha256))
    return CheckedForms(tuple(forms), tuple(problems), refused)


def _one(form: Form, row: RawRow, people: Iterable[RawRow], today: date) -> tuple[FilledForm, list[Problem]]:
    fields, problems = _values(form.reports, row)
    problems += _grades(row, fields)
    sent = fields.get("submitted_on")
    if sent is not None and sent > today:
        problems.append(row.problem("submitted_on", str(sent), Rule.LATER, f"This lies after today, {today}."))
    if form.origin == "" and fields.get("origin") == "partner" and "sector" not in fields:
        problems.append(row.problem("sector", "", Rule.TOGETHER, "Fill in the sector of the partner."))
    named = []
    for person in people:
        values, wrong = _values(form.people, person)
        born = values.get("date_of_birth")
        if born is not None and born > today:
            remedy = "Nobody is born in the future. Correct the year."
            wrong.append(person.problem("date_of_birth", str(born), Rule.IMPOSSIBLE_DATE, remedy))
        problems += wrong
        if not wrong:
            named.append(NamedPerson(**{k: v for k, v in values.items() if k != "form_ref"}))
    return FilledForm(row.file, row.row, fields, tuple(named)), problems


def _values(columns: Sequence[Column], row: RawRow) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for column in columns:
        text = row.fields.get(column.name, "")
        if not text:
            if column.never_blank:
                remedy = f"Fill in {column.name}: {column.says[0].lower()}{column.says[1:]}"
                problems.append(row.problem(column.name, "", Rule.REQUIRED, remedy))
            continue
        try:
            value = read_cell(column, _as_written(column, text))
        except CellError as error:
            problems.append(row.problem(column.name, text, error.rule, error.remedy))
            continue
        if value is not None:
            values[column.name] = value
    return values, problems


def _as_written(column: Column, text: str) -> str:
    """Return a chosen word as the form spells it: partners write Housing or HOUSING and mean housing."""
    return text.lower() if column.enum and text.lower() in column.enum else text


def _grades(row: RawRow, fields: Mapping[str, Any]) -> list[Problem]:
    given = {n: fields[n] for n in GRADES if n in fields}
    if not given or any(row.fields.get(n) and n not in fields for n in GRADES):
        return []
    scheme = given.get("grading_scheme")
    if scheme is None:
        remedy = f"Fill in grading_scheme ({' or '.join(SCHEMES)}): a grade means nothing without it."
        return [row.problem("grading_scheme", "", Rule.GRADE, remedy)]
    problems = []
    for name, allowed in SCHEMES[scheme].items():
        if name not in given:
            remedy = f"Fill in {name} under {scheme} ({', '.join(allowed)}), or leave all grades and the scheme blank."
            problems.append(row.problem(name, "", Rule.GRADE, remedy))
        elif given[name] not in allowed:
            others = [s for s, columns in SCHEMES.items() if s != scheme and given[name] in columns[name]]
            tip = f" It is a grade of {others[0]}: is grading_scheme right?" if others else ""
            remedy = f"Under {scheme} write one of {', '.join(allowed)}.{tip}"
            problems.append(row.problem(name, given[name], Rule.GRADE, remedy))
    return problems


def _no_form(person: RawRow) -> Problem:
    ref = person.fields.get("form_ref", "")
    remedy = "Write the form_ref of the form in the sheet reports that names this person."
    return person.problem("form_ref", ref, Rule.REFERENCE, remedy)
