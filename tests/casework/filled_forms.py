"""Filled forms for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from ocgnet.casework.intake.form_checks import CheckedForms, check_forms
from ocgnet.casework.intake.form_files import read_forms
from ocgnet.casework.intake.forms import FORMS
from ocgnet.dataset import Dataset
from ocgnet.model import TABLES

TODAY = date(2019, 3, 31)

CPI: dict[str, Any] = {
    "form_ref": "1",
    "submitted_on": "2019-03-20",
    "sector": "housing",
    "organisation": "Harbour Homes",
    "submitter": "HO 12",
    "child_at_risk": "no",
    "title": "Cars at night",
    "text": "Many cars call at the flat at night.",
}
INTEL: dict[str, Any] = {
    "form_ref": "1",
    "submitted_on": "2019-03-20",
    "origin": "police",
    "source_ref": "S-17",
    "child_at_risk": "no",
    "title": "Cars at night",
    "text": "Many cars call at the flat at night.",
}
GRADED = {"grading_scheme": "3x5x2", "source_grade": "1", "intelligence_grade": "B", "handling_code": "P"}


def as_json(path: Path, kind: str, reports: Sequence[Any]) -> Path:
    path.write_text(json.dumps({"form": kind, "reports": list(reports)}, ensure_ascii=False), encoding="utf-8")
    return path


def as_xlsx(
    template: Path, path: Path, reports: Sequence[dict[str, Any]], people: Sequence[dict[str, Any]] = ()
) -> Path:
    """Fill in the workbook that the program writes, as a partner does."""
    book = openpyxl.load_workbook(template)
    for name, rows in (("reports", reports), ("people", people)):
        sheet = book[name]
        heads = [str(c.value).rstrip(" *") for c in sheet[1]]
        for n, row in enumerate(rows, 2):
            for key, value in row.items():
                sheet.cell(n, heads.index(key) + 1, value)
    book.save(path)
    return path


def checked(kind: str, *paths: Path) -> CheckedForms:
    return check_forms(FORMS[kind], [read_forms(FORMS[kind], p) for p in paths], TODAY)


def table(name: str, *rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in rows], TABLES[name].schema)


def people(*rows: tuple[str, str, date | None], **more: pa.Table) -> Dataset:
    known = table("nominals", *({"nominal_id": i, "name": n, "date_of_birth": b} for i, n, b in rows))
    return Dataset.of({"nominals": known} | more)
