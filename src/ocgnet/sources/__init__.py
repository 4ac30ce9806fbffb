"""Readers of folders, workbooks and Parquet sets: untyped rows that know their file and row."""
