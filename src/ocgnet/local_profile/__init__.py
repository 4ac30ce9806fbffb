"""The local profile of serious and organised crime: every figure of it, from a force's records."""
