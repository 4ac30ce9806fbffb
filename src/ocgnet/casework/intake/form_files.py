"""Reading filled forms: from xlsx and JSON to fields of text that know where they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ocgnet.casework.intake.forms import PEOPLE, REPORTS, Form
from ocgnet.errors import SourceError
from ocgnet.files.ordinary_files import read_small
from ocgnet.model import Column
from ocgnet.notation import parse_json
from ocgnet.sources import Problem, Rule
from ocgnet.sources.cells import near
from ocgnet.sources.xlsx import cells_text, refuse_bomb

LARGEST = 50_000_000
"""Bytes that a file of forms may hold, unpacked."""


@dataclass(frozen=True)
class RawRow:
    """One row of one file as text."""

    file: str
    part: str  # ``reports`` or ``people``
    row: int  # row of the sheet; in JSON the place in its list, from 1
    fields: Mapping[str, str]  # text by field, without surrounding space; blank when not given

    def problem(self, column: str, value: str, rule: Rule, remedy: str) -> Problem:
        """Return what is wrong with one of its fields."""
        return _wrong(self.file, self.row, column, value, rule, remedy)


@dataclass(frozen=True)
class RawForms:
    """The rows of one file, and what was wrong with the file itself."""

    rows: tuple[RawRow, ...]
    problems: tuple[Problem, ...] = ()
    sha256: str = ""  # of the file as it came, in hexadecimal digits


def read_forms(form: Form, path: Path) -> RawForms:
    """Read one filled form file.

    An .xlsx has the sheets reports and people, a .json lists of these names. Raises SourceError when it cannot be
    read at all.
    """
    if not path.is_file():
        raise SourceError(f"{path} does not exist. Name a filled form: .xlsx or .json.")
    kinds = {".xlsx": _workbook, ".json": _json}
    if read := kinds.get(path.suffix.lower()):
        forms = read(form, path)
        return replace(forms, sha256=hashlib.sha256(read_small(path, LARGEST)).hexdigest())
    raise SourceError(f"{path} is neither .xlsx nor .json. ocgnet template DIR writes both forms to fill in.")


def _workbook(form: Form, path: Path) -> RawForms:
    import python_calamine

    refuse_bomb(path, LARGEST)
    rows: list[RawRow] = []
    problems: list[Problem] = []
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            sheets = {s.strip().lower(): s for s in book.sheet_names}
            if REPORTS not in sheets:
                remedy = f"There is no sheet {REPORTS}. Use the template: ocgnet template DIR writes {form.name}.xlsx."
                return RawForms((), (Problem(path.name, None, "", "", Rule.MISSING_TABLE.value, remedy),))
            for part in (REPORTS, PEOPLE):
                if part in sheets:
                    sheet = book.get_sheet_by_name(sheets[part])
                    first = sheet.start[0] + 1 if sheet.start else 1
                    lines = list(enumerate(sheet.to_python(skip_empty_area=True), first))
                    found = _sheet(form, path.name, part, [(n, [cells_text(c).strip() for c in r]) for n, r in lines])
                    rows += found.rows
                    problems += found.problems
    except (python_calamine.CalamineError, python_calamine.PasswordError) as error:
        raise SourceError(
            f"{path} cannot be read as a workbook ({error}). Open it in Excel and save it again."
        ) from error
    return RawForms(tuple(rows), tuple(problems))


def _sheet(form: Form, file: str, part: str, lines: Sequence[tuple[int, Sequence[str]]]) -> RawForms:
    lines = [(n, cells) for n, cells in lines if any(cells)]
    known = [c.name for c in _columns(form, part)]
    # Rows of instructions may stand above the header, which is the first row that names the first field.
    at = next((i for i, (_, cells) in enumerate(lines) if known[0] in map(_header, cells)), None)
    where = f"{file}, sheet {part}"
    if at is None:
        remedy = f"No row holds the header {known[0]}. Use the template: ocgnet template DIR writes {form.name}.xlsx."
        return RawForms((), (Problem(where, None, known[0], "", Rule.MISSING_COLUMN.value, remedy),))
    begin, head = lines[at]
    places, problems = _places(where, begin, [_header(c) for c in head], known)
    rows = [
        RawRow(where, part, n, {name: cells[i] if i < len(cells) else "" for name, i in places.items()})
        for n, cells in lines[at + 1 :]
        if any(cells[i] for i in places.values() if i < len(cells))
    ]
    return RawForms(tuple(rows), tuple(problems))


def _header(cell: str) -> str:
    return cell.strip().rstrip("*").strip().lower()


def _places(where: str, line: int, head: Sequence[str], known: Sequence[str]) -> tuple[dict[str, int], list[Problem]]:
    places: dict[str, int] = {}
    problems = []
    for i, name in enumerate(head):
        if name in places:
            problems.append(
                _wrong(where, line, name, name, Rule.HEADER, "This header stands twice. Delete one column.")
            )
        elif name in known:
            places[name] = i
        elif name:
            guess = near(name, list(known))
            tip = f"Rename it to {guess}." if guess else "Delete the column: the form does not have it."
            problems.append(_wrong(where, line, name, name, Rule.UNKNOWN_COLUMN, tip))
    return places, problems


def _wrong(file: str, row: int | None, column: str, value: str, rule: Rule, remedy: str) -> Problem:
    return Problem(file, row, column, value, rule.value, remedy)


def _columns(form: Form, part: str) -> tuple[Column, ...]:
    return form.reports if part == REPORTS else form.people


def _json(form: Form, path: Path) -> RawForms:
    try:
        given = parse_json(read_small(path, LARGEST), parse_constant=_no_constant, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8. Save it as UTF-8.") from error
    except ValueError as error:
        line = getattr(error, "lineno", None)
        where = f", line {line}" if line else ""
        raise SourceError(f"{path}{where} is no JSON that can be read ({error}). Correct it there.") from error
    problems: list[Problem] = []
    if not isinstance(given, dict) or not isinstance(given.get(REPORTS), list):
        remedy = f'Write an object with a list "{REPORTS}", as in the template {form.name}.json.'
        return RawForms((), (_wrong(path.name, None, REPORTS, "", Rule.MISSING_TABLE, remedy),))
    said = given.get("form", form.name)
    if said != form.name:
        remedy = f'This file says that it is a form of another kind. Use ocgnet intake {said}, or write "{form.name}".'
        return RawForms((), (_wrong(path.name, None, "form", _scalar(said) or "", Rule.ENUM, remedy),))
    strange = sorted(set(given) - {"form", "$schema", REPORTS})
    problems += [
        _wrong(path.name, None, name, "", Rule.UNKNOWN_COLUMN, f'Delete "{name}": the form does not have it.')
        for name in strange
    ]
    rows: list[RawRow] = []
    for number, report in enumerate(given[REPORTS], 1):
        rows += _json_report(form, path.name, number, report, problems)
    return RawForms(tuple(rows), tuple(problems))


def _json_report(form: Form, file: str, number: int, report: Any, problems: list[Problem]) -> Iterator[RawRow]:
    where = f"{file}, {REPORTS}"
    if not isinstance(report, dict):
        problems.append(_wrong(where, number, "", _scalar(report) or "", Rule.TEXT, "Write an object of fields here."))
        return
    people = report.get(PEOPLE, [])
    own = {k: v for k, v in report.items() if k != PEOPLE}
    fields = _json_fields(form.reports, where, number, own, problems)
    if not any(fields.values()):
        return
    yield RawRow(where, REPORTS, number, fields)
    if not isinstance(people, list) or not all(isinstance(p, dict) for p in people):
        problems.append(_wrong(where, number, PEOPLE, "", Rule.TEXT, "Write a list of objects, one for each person."))
        return
    for k, person in enumerate(people, 1):
        inside = f"{where} {number}, {PEOPLE}"
        named = _json_fields(form.people, inside, k, person, problems)
        if not any(named.values()):
            continue
        # In JSON a person stands inside the form, so the reference is the form's own.
        yield RawRow(inside, PEOPLE, k, named | {"form_ref": fields.get("form_ref", "")})


def _json_fields(
    columns: Sequence[Column], where: str, row: int, given: Mapping[str, Any], problems: list[Problem]
) -> dict[str, str]:
    known = {c.name: c for c in columns}
    fields = {}
    for name, value in given.items():
        if name not in known:
            guess = near(name, list(known))
            tip = f"Rename it to {guess}." if guess else "Delete it: the form does not have it."
            problems.append(_wrong(where, row, name, "", Rule.UNKNOWN_COLUMN, tip))
            continue
        text = _scalar(value)
        if text is None and known[name].many and isinstance(value, list):
            parts = [_scalar(v) for v in value]
            text = None if None in parts else "|".join(p for p in parts if p)
        if text is None:
            problems.append(_wrong(where, row, name, "", Rule.TEXT, "Write a text here, in quotation marks."))
        else:
            fields[name] = text.strip()
    return fields


def _scalar(value: Any) -> str | None:
    """Return the text of a single value; None for lists and objects."""
    if isinstance(value, dict | list):
        return None
    return value if isinstance(value, str) else cells_text(value)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [k for k, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} stands twice in one object")
    return found
