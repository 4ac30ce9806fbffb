"""Network analysis of organised crime groups."""

__version__ = "0.1.0"
