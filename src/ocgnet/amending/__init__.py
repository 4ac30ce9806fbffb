"""Changing single records where they are: in a folder, a workbook or a store, all or nothing."""

from ocgnet.amending.change import Change, Changed
from ocgnet.amending.opening import Place, open_place

__all__ = ["Change", "Changed", "Place", "open_place"]
