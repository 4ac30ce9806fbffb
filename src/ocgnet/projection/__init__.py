"""From events to weighted ties between people, each tie knowing what made it."""

from ocgnet.projection.pairs import ties_of
from ocgnet.projection.ties import Ties

__all__ = ["Ties", "ties_of"]
