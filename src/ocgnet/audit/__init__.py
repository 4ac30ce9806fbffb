"""The log: who did what with whose records, when and why; each line is chained to the one before."""

from ocgnet.audit.log import Act, Log, log_of, log_path
from ocgnet.audit.policy import KINDS

__all__ = ["KINDS", "Act", "Log", "log_of", "log_path"]
