"""What a record is: every table, column and rule, declared once."""

from ocgnet.model.columns import (
    FROM_ONE_TO_THE_OTHER,
    NOT_RECORDED,
    OTHER_WORDS,
    PERSON_TABLES,
    Ahead,
    Column,
    Kind,
    Sensitivity,
    Table,
)
from ocgnet.model.tables import (
    ABOUT_FIELDS,
    TABLES,
    THING_USES,
    ids_of_kind,
    ids_of_people,
    names_person,
    table,
    targets_of,
)

__all__ = [
    "ABOUT_FIELDS", "FROM_ONE_TO_THE_OTHER", "NOT_RECORDED", "OTHER_WORDS", "PERSON_TABLES", "TABLES", "THING_USES",
    "Ahead", "Column", "Kind", "Sensitivity", "Table", "ids_of_kind", "ids_of_people", "names_person", "table",
    "targets_of",
]  # fmt: skip
