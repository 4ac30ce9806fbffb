"""Pure functions from evidence and settings to results; no files, clock, store or globals."""
