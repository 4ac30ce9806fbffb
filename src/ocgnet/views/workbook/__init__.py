"""workbook.xlsx: a sheet a question."""

from ocgnet.views.workbook.writing import write_workbook

__all__ = ["write_workbook"]
