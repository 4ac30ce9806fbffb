"""The local profile as a report, a workbook and files for programs."""

from ocgnet.views.profile.folder import ours, write_profile

__all__ = ["ours", "write_profile"]
