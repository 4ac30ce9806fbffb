"""What an analysis answers."""

from ocgnet.results.columns import MEASURES, RESULT_TABLES, ResultColumn
from ocgnet.results.types import Agreement, Analysis, Curve, Figure, Network, ResultTable, not_computed, tables_of

__all__ = [
    "MEASURES",
    "RESULT_TABLES",
    "Agreement",
    "Analysis",
    "Curve",
    "Figure",
    "Network",
    "ResultColumn",
    "ResultTable",
    "not_computed",
    "tables_of",
]
