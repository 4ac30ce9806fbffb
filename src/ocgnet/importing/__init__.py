"""A force's own exports, as they are, to a data folder: sheets, the mapping that reads them, and the report."""
