"""report.html: one printable page that needs nothing but itself."""

from ocgnet.views.report.page import report_html, write_report

__all__ = ["report_html", "write_report"]
