"""Charts of numbers as SVG, made by pure functions."""

from ocgnet.views.svg.analysis import children_chart, concentration_chart, roles_chart

__all__ = ["children_chart", "concentration_chart", "roles_chart"]
