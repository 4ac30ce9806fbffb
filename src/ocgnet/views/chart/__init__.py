"""The network chart: one file that opens anywhere, safe with any text inside."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocgnet.views.chart.html import chart_html, write_chart
    from ocgnet.views.chart.payload import chart_payload
    from ocgnet.views.chart.pyvis import OcgNetwork

__all__ = ["OcgNetwork", "chart_html", "chart_payload", "write_chart"]

_HOME = {"OcgNetwork": "pyvis", "chart_html": "html", "chart_payload": "payload", "write_chart": "html"}


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: pyvis brings IPython along, which nobody else should wait for."""
    if name in _HOME:
        return getattr(import_module(f"ocgnet.views.chart.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
