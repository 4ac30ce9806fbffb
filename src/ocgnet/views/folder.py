"""The folder of one run: tables, pages, workbook and run.json, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ocgnet.files.writing import FILES, result_folder, write_text
from ocgnet.results import RESULT_TABLES, Analysis
from ocgnet.views.tables.companions import files_of, write_tables

PAGES = ("network.html", "report.html", "workbook.xlsx", "run.json")
"""What stands in the folder beside ``tables/``."""


def ours(path: str) -> bool:
    """Return whether a run writes a file of this relative path."""
    return path in (*PAGES, FILES) or path in files_of(RESULT_TABLES)


def write_run(
    out: Path,
    analysis: Analysis,
    sources: Sequence[Mapping[str, Any]],
    seconds: Callable[[], Mapping[str, float]],
    step: Callable[[str], None],
    aside: Callable[..., Callable[[], Any]] = partial,
) -> None:
    """Write everything a run answers into ``out``.

    Parameters
    ----------
    out : Path
        Made, or replaced when it holds an earlier run.
    analysis : Analysis
        What the run found.
    sources : sequence of mappings
        File, sha256 and rows of each input, for run.json.
    seconds : callable
        Gives seconds by step, for run.json; asked last.
    step : callable
        Told the name of each step as it begins.
    aside : callable, optional
        Begins ``function(*arguments)``, perhaps in another process, and gives a function that returns the answer.

    Raises
    ------
    OutputError
        When ``out`` cannot be written or holds somebody else's files; nothing is changed then.
    """
    from ocgnet.views.chart.html import chart_html
    from ocgnet.views.chart.payload import chart_payload
    from ocgnet.views.report import report_html
    from ocgnet.views.run_json import run_document
    from ocgnet.views.workbook import workbook_bytes

    with result_folder(out, "ocgnet analyse") as folder:
        workbook = aside(workbook_bytes, analysis)
        step("tables")
        write_tables(folder, analysis.tables, analysis.left_out, analysis.marking)
        step("chart")
        write_text(folder / "network.html", chart_html(chart_payload(analysis)))
        step("report")
        write_text(folder / "report.html", report_html(analysis))
        step("workbook")
        (folder / "workbook.xlsx").write_bytes(workbook())
        document = run_document(analysis, sources, seconds())
        write_text(folder / "run.json", json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
