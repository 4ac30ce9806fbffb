"""The network chart: one file that opens anywhere, safe with any text inside."""

from ocgnet.views.chart.html import chart_html, write_chart
from ocgnet.views.chart.payload import chart_payload

__all__ = ["chart_html", "chart_payload", "write_chart"]
