"""Rules about children of age and about people who stand in several tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow.compute as pc

from ocgnet.ages import ADULT, birthday
from ocgnet.check.tables import CheckedTable, always
from ocgnet.period import Period
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import bools


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
    if period.as_of is None or period.first is None or not len(column.texts):
        return
    grown = birthday(column.distinct_days, ADULT)
    before = grown <= np.datetime64(period.first, "D")
    since = (grown <= np.datetime64(period.as_of, "D")) & ~before
    remedy = f"This person was {ADULT} before {period.first}. Correct the date of birth, or move the row to people.csv."
    children.report_text("date_of_birth", Rule.CHILD_AGE, column.where(before), always(remedy))
    remedy = f"This person has turned {ADULT} by {period.as_of} and is not counted as a child."
    children.report_text("date_of_birth", Rule.CHILD_AGE, column.where(since), always(remedy), Severity.WARNING)
