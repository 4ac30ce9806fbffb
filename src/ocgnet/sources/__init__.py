"""Readers of folders, workbooks and Parquet sets: untyped rows that know their file and row."""

from ocgnet.dataset import SourceFile
from ocgnet.sources.problems import Finding, Problem, Rule, Severity
from ocgnet.sources.reading import OWN_FILES, read_source
from ocgnet.sources.source import RawTable, Source

__all__ = ["OWN_FILES", "Finding", "Problem", "RawTable", "Rule", "Severity", "Source", "SourceFile", "read_source"]
