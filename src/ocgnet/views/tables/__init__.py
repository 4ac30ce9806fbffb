"""Result tables as text: CSV rows, JSON, and the terminal."""

from ocgnet.views.tables.terminal import MAIN_COLUMNS, SCORES, print_table, shown
from ocgnet.views.tables.text import csv_rows, json_text, plain_values

__all__ = ["MAIN_COLUMNS", "SCORES", "csv_rows", "json_text", "plain_values", "print_table", "shown"]
