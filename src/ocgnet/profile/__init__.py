"""The local profile of serious and organised crime: every figure of it, from a force's records."""

from ocgnet.profile.making import Profile, profile_of
from ocgnet.settings import ProfileSettings

__all__ = ["Profile", "ProfileSettings", "profile_of"]
