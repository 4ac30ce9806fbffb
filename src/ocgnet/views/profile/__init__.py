"""The local profile as a report, a workbook and files for programs."""

from ocgnet.views.profile.folder import write_profile

__all__ = ["write_profile"]
