"""Rules about what grades, offence codes and dates mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from ocgnet.check.columns import CheckedColumn
from ocgnet.check.tables import CheckedTable, always
from ocgnet.grades import SCHEMES
from ocgnet.harm import normal_code, weights
from ocgnet.model import Kind
from ocgnet.sources import Rule, Severity
from ocgnet.sources.headers import near


def check_grades(reports: CheckedTable) -> None:
    """Refuse grades that the scheme declared in the same row does not have, and grades without a scheme."""
    scheme = reports.columns["grading_scheme"]
    schemes = [*scheme.texts.to_pylist(), ""]
    for name in ("source_grade", "intelligence_grade", "handling_code"):
        grade = reports.columns[name]
        grades = grade.texts.to_pylist()
        # One verdict per pair of scheme and grade that occurs.
        pairs, where = np.unique(scheme.codes.astype(np.int64) * (len(grades) + 1) + grade.codes, return_inverse=True)
        wrong = np.zeros(len(pairs), bool)
        for k, pair in enumerate(pairs.tolist()):
            of_scheme, of_grade = divmod(pair + 1, len(grades) + 1)
            of_grade -= 1
            declared = schemes[of_scheme]
            if of_grade >= 0 and (declared in SCHEMES or not declared):
                wrong[k] = grades[of_grade] not in SCHEMES.get(declared, {}).get(name, ())
        rows = np.flatnonzero(wrong[where])
        reports.report(name, Rule.GRADE, rows, _Grades(scheme, grade))


class _Grades:
    """Explains a refused grade."""

    def __init__(self, scheme: CheckedColumn, grade: CheckedColumn) -> None:
        self.scheme, self.grade = scheme, grade

    def __call__(self, row: int) -> tuple[str, str]:
        scheme, grade, name = self.scheme.text(row), self.grade.text(row), self.grade.declared.name
        if not scheme:
            return grade, f"Fill in grading_scheme ({' or '.join(SCHEMES)}): a grade means nothing without it."
        allowed = SCHEMES[scheme][name]
        if grade.upper() in allowed:
            return grade, f"Write {grade.upper()}."
        others = [s for s, columns in SCHEMES.items() if s != scheme and grade in columns[name]]
        tip = f" It is a grade of {others[0]}: is grading_scheme right?" if others else ""
        return grade, f"Under {scheme} write one of {', '.join(allowed)}.{tip}"


def check_offence_codes(crimes: CheckedTable) -> None:
    """Refuse offence codes without a severity weight; a blank code only means that harm is not known."""
    column = crimes.columns["offence_code"]
    if not len(column.texts):
        return
    known = weights()
    rows = column.where(column.mask(lambda text: bool(text) and normal_code(text) not in known))

    def remedy(text: str) -> str:
        guess = near(normal_code(text), [c.lower() for c in known]).upper()
        tip = f" Is {guess} meant?" if guess else ""
        return f"The code {text} has no severity weight. Correct it, or leave it blank (harm not known).{tip}"

    crimes.report_text("offence_code", Rule.OFFENCE_CODE, rows, remedy)


def check_dates(tables: Mapping[str, CheckedTable], as_of: date, *, declared: bool) -> None:
    """Refuse births after the day of the analysis; warn of events after it when the folder declares that day."""
    day = np.datetime64(as_of, "D")
    for checked in tables.values():
        for name, column in checked.columns.items():
            if column.declared.kind not in (Kind.DATE, Kind.MOMENT) or not len(column.texts):
                continue
            rows = column.where(column.distinct_days > day)
            if name == "date_of_birth":
                remedy = f"Nobody in these records is born after {as_of}. Correct the year."
                checked.report_text(name, Rule.IMPOSSIBLE_DATE, rows, always(remedy))
            elif column.declared.event and declared:
                remedy = f"This lies after {as_of}, the day of the analysis, and does not count. Is the date right?"
                checked.report_text(name, Rule.LATER, rows, always(remedy), Severity.WARNING)
