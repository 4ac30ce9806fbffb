"""Intelligence grades: allowed letters and digits of each scheme, and the named filters.

The two schemes swap letters and digits and E means another thing in each, so a grade is only ever
read under the scheme that its own report declares.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import LeftOut

SCHEMES: dict[str, dict[str, tuple[str, ...]]] = {
    "3x5x2": {
        "source_grade": ("1", "2", "3"),
        "intelligence_grade": ("A", "B", "C", "D", "E"),
        "handling_code": ("P", "C"),
    },
    "5x5x5": {
        "source_grade": ("A", "B", "C", "D", "E"),
        "intelligence_grade": ("1", "2", "3", "4", "5"),
        "handling_code": ("1", "2", "3", "4", "5"),
    },
}
"""Allowed values by scheme and column."""

_LEFT_OUT: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "all": {},
    "usable": {
        "3x5x2": {"source_grade": ("3",), "intelligence_grade": ("E",)},
        "5x5x5": {"source_grade": ("D",), "intelligence_grade": ("5",)},
    },
    "corroborated": {
        "3x5x2": {"source_grade": ("3",), "intelligence_grade": ("C", "D", "E")},
        "5x5x5": {"source_grade": ("D",), "intelligence_grade": ("4", "5")},
    },
    "reliable": {
        "3x5x2": {"source_grade": ("2", "3"), "intelligence_grade": ("E",)},
        "5x5x5": {"source_grade": ("B", "C", "D", "E"), "intelligence_grade": ("5",)},
    },
}


WITHHELD = "under handling conditions: it counts, and no output names it"
"""Why the ids of some reports are left out of every output, while the reports count."""


def keep_grades(reports: pa.Table, min_grade: str) -> pa.ChunkedArray | pa.Array:
    """Return which reports a filter keeps.

    A grade that is not recorded is not a bad grade: ``usable`` keeps it, and the stricter filters, which ask for a
    known quality, leave it out. ``min_grade`` is a key of ``settings.GRADE_FILTERS``.
    """
    keep = pa.array([True] * reports.num_rows, pa.bool_())
    scheme = pc.fill_null(reports["grading_scheme"], "")
    for name, columns in _LEFT_OUT[min_grade].items():
        here = pc.equal(scheme, name)
        for column, refused in columns.items():
            grade = pc.fill_null(reports[column], "")
            bad = pc.is_in(grade, pa.array(refused, pa.string()))
            if min_grade != "usable":
                bad = pc.or_(bad, pc.equal(grade, ""))
            keep = pc.and_(keep, pc.invert(pc.and_(here, bad)))
    if min_grade not in ("all", "usable"):
        keep = pc.and_(keep, pc.is_in(scheme, pa.array(list(SCHEMES), pa.string())))
    return keep


def may_be_named(reports: pa.Table) -> pa.ChunkedArray | pa.Array:
    """Return which reports may be named in results.

    Under 3x5x2 handling code C permits sharing with conditions only, and under 5x5x5 the codes 3 to 5
    restrict it; nothing in a data folder can meet such a condition, so these reports count but are
    not named.
    """
    scheme, code = pc.fill_null(reports["grading_scheme"], ""), pc.fill_null(reports["handling_code"], "")
    restricted = pc.and_(pc.equal(scheme, "3x5x2"), pc.equal(code, "C"))
    older = pc.and_(pc.equal(scheme, "5x5x5"), pc.is_in(code, pa.array(["3", "4", "5"])))
    return pc.invert(pc.or_(restricted, older))


def withheld(reports: pa.Table) -> list[LeftOut]:
    """Return how many of these reports count without being named, for the list of what was left out; none: empty."""
    count = reports.num_rows - reports.filter(may_be_named(reports)).num_rows
    return [LeftOut("intel_reports", WITHHELD, count)] if count else []
