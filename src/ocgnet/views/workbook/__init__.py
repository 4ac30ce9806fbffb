"""workbook.xlsx: a sheet a question."""

from ocgnet.views.workbook.writing import workbook_bytes, write_workbook

__all__ = ["workbook_bytes", "write_workbook"]
