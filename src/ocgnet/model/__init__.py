"""What a record is: every table, column and rule, declared once."""

from ocgnet.model.about import ABOUT_FIELDS
from ocgnet.model.kinds import Column, Kind, Sensitivity, Table
from ocgnet.model.tables import PERSON_TABLES, TABLES, table

__all__ = ["ABOUT_FIELDS", "PERSON_TABLES", "TABLES", "Column", "Kind", "Sensitivity", "Table", "table"]
