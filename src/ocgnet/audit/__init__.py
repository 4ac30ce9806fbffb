"""The log: who did what with whose records, when and why; each line is chained to the one before."""

from ocgnet.audit.log import KINDS, Act, Log, log_of, log_path

__all__ = ["KINDS", "Act", "Log", "log_of", "log_path"]
