"""The job of things as a whole: every table declared, nothing needed."""

from __future__ import annotations

from ocgnet.dataset import About, Dataset
from ocgnet.results.thing_columns import THING_RESULTS
from ocgnet.things_job import things_of


def test_records_without_things_answer_with_tables_without_rows():
    answers = things_of(Dataset.of({}, About(marking="OFFICIAL", synthetic=True)))
    assert list(answers.tables) == list(THING_RESULTS)
    assert all(table.frame.empty for table in answers.tables.values())
    assert (answers.as_of, answers.left_out) == (None, ())
    assert answers.marking == "OFFICIAL · SYNTHETIC DATA"
