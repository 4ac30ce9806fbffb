"""Rules about children of age and about people who stand in several tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow.compute as pc

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.table import CheckedTable, always, by_frequency
from ocgnet.evidence.ages import ADULT, birthday
from ocgnet.evidence.grades import SCHEMES
from ocgnet.evidence.period import Period
from ocgnet.harm import in_words, look_up, normal_code, readings
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import bools
from ocgnet.sources.cells import near


def check_two_tables(tables: Mapping[str, CheckedTable]) -> None:
    """Warn of people who stand in ``people`` though they are nominals."""
    if "people" not in tables or "nominals" not in tables:
        return
    people, column = tables["people"], tables["people"].columns["person_id"]
    both = bools(pc.is_in(column.texts, tables["nominals"].columns["nominal_id"].texts))
    remedy = "This person is a nominal too; delete the row here, because people is for everybody else."
    people.report_text("person_id", Rule.TWO_TABLES, column.where(both), always(remedy), Severity.WARNING)


def check_children(children: CheckedTable, period: Period) -> None:
    """Refuse children who were of age before the period began; warn of those who came of age since."""
    column = children.columns["date_of_birth"]
    if period.as_of is None or period.first is None or not column.distinct:
        return
    grown = birthday(column.distinct_days, ADULT)
    before = grown <= np.datetime64(period.first, "D")
    since = (grown <= np.datetime64(period.as_of, "D")) & ~before
    remedy = f"This person was {ADULT} before {period.first}. Correct the date of birth, or move the row to people.csv."
    children.report_text("date_of_birth", Rule.CHILD_AGE, column.where(before), always(remedy))
    remedy = f"This person has turned {ADULT} by {period.as_of} and is not counted as a child."
    children.report_text("date_of_birth", Rule.CHILD_AGE, column.where(since), always(remedy), Severity.WARNING)


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
        reports.report(name, Rule.GRADE, rows, _refused_grade(scheme, grade))


def _refused_grade(schemes: CheckedColumn, grades: CheckedColumn) -> Callable[[int], tuple[str, str]]:
    name = grades.declared.name

    def explain(row: int) -> tuple[str, str]:
        scheme, grade = schemes.text(row), grades.text(row)
        if not scheme:
            return grade, f"Fill in grading_scheme ({' or '.join(SCHEMES)}): a grade means nothing without it."
        allowed = SCHEMES[scheme][name]
        if grade.upper() in allowed:
            return grade, f"Write {grade.upper()}."
        others = [s for s, columns in SCHEMES.items() if s != scheme and grade in columns[name]]
        tip = f" It is a grade of {others[0]}: is grading_scheme right?" if others else ""
        return grade, f"Under {scheme} write one of {', '.join(allowed)}.{tip}"

    return explain


def check_offence_codes(crimes: CheckedTable, weights: Mapping[str, float]) -> None:
    """Write offence codes in one notation, refuse those with several readings, tell those without a severity weight.

    These are told code by code. A blank code, and one that the weights do not hold, mean that harm is not known.
    """
    column = crimes.columns["offence_code"]
    if not column.distinct:
        return
    column.restate({k: normal_code(t) for k, t in enumerate(column.texts.to_pylist()) if len(readings(t)) == 1})
    ambiguous = column.mask(lambda text: len(readings(text)) > 1)

    def several(text: str) -> str:
        meant = " or ".join(map(in_words, readings(text)))
        return f"This may be {meant}. Write class and subclass with a stroke between them, as in 4/1."

    crimes.report_text("offence_code", Rule.OFFENCE_CODE, column.where(ambiguous), several)
    unknown = column.mask(lambda text: look_up(weights, text) is None) & ~ambiguous
    for rows in by_frequency(column.codes, column.texts.to_pylist(), np.flatnonzero(unknown)):
        remedy = _unweighted(weights, len(rows))
        crimes.report_text("offence_code", Rule.UNWEIGHTED, rows, remedy, Severity.WARNING)


def _unweighted(weights: Mapping[str, float], crimes: int) -> Callable[[str], str]:
    known = [c.lower() for c in weights]

    def remedy(text: str) -> str:
        normal = normal_code(text)
        read = f" ({in_words(normal)})" if readings(text) else ""
        plain = text.strip().lstrip("0")
        guess = plain if plain != normal and plain in weights else "" if readings(text) else near(normal, known).upper()
        tip = f" Is {guess} meant?" if guess else ""
        whose = "its harm is" if crimes == 1 else f"the harm of these {crimes:,} crimes is"
        return (
            f"The code {text}{read} has no severity weight, so {whose} not known. Correct it, or give it a weight "
            f"with --weights FILE.{tip}"
        )

    return remedy
