"""The network chart: one file that opens anywhere, safe with any text inside."""

from typing import TYPE_CHECKING, Any

from ocgnet.views.chart.html import chart_html, write_chart
from ocgnet.views.chart.payload import chart_payload

if TYPE_CHECKING:
    from ocgnet.views.chart.pyvis_network import OcgNetwork

__all__ = ["OcgNetwork", "chart_html", "chart_payload", "write_chart"]


def __getattr__(name: str) -> Any:
    """Import ``OcgNetwork`` when it is asked for: pyvis brings IPython along, which nobody else should wait for."""
    if name == "OcgNetwork":
        from ocgnet.views.chart.pyvis_network import OcgNetwork

        return OcgNetwork
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
