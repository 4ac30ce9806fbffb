"""From untyped rows to a dataset, or to every problem at once."""
