"""What a record is: every table, column and rule, declared once."""

from ocgnet.model.about import ABOUT_FIELDS
from ocgnet.model.kinds import NOT_RECORDED, OTHER_WORDS, Ahead, Column, Kind, Sensitivity, Table
from ocgnet.model.tables import PERSON_TABLES, TABLES, table
from ocgnet.model.words import FROM_ONE_TO_THE_OTHER

__all__ = [
    "ABOUT_FIELDS", "FROM_ONE_TO_THE_OTHER", "NOT_RECORDED", "OTHER_WORDS", "PERSON_TABLES", "TABLES",
    "Ahead", "Column", "Kind", "Sensitivity", "Table", "table",
]  # fmt: skip
