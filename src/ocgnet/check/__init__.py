"""From untyped rows to a dataset, or to every problem at once."""

from ocgnet.check.checked import LISTED, Checked
from ocgnet.check.checking import check, read_dataset

__all__ = ["LISTED", "Checked", "check", "read_dataset"]
