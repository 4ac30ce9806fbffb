"""What people look at: tables, workbook, chart and report."""
