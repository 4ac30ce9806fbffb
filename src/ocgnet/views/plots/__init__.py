"""Charts of numbers as SVG, made by pure functions."""

from ocgnet.views.plots.children import children_chart
from ocgnet.views.plots.concentration import concentration_chart
from ocgnet.views.plots.roles import roles_chart

__all__ = ["children_chart", "concentration_chart", "roles_chart"]
