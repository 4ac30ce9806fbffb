"""The folder of one run: tables, pages, workbook and run.json, whole or not at all."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ocgnet import __version__
from ocgnet.analysis.time.two_runs import Run
from ocgnet.errors import SourceError
from ocgnet.files.ordinary_files import LARGEST, read_small, refusal
from ocgnet.files.writing import FILES, result_folder, write_text
from ocgnet.notation import parse_json
from ocgnet.results import RESULT_TABLES, Analysis
from ocgnet.results.thing_columns import THING_RESULTS
from ocgnet.views.tables.text import files_of, write_tables

PAGES = ("network.html", "report.html", "workbook.xlsx", "run.json")
"""What stands in the folder beside ``tables/``."""


def ours(path: str) -> bool:
    """Return whether a run writes a file of this relative path."""
    return path in (*PAGES, FILES) or path in files_of((*RESULT_TABLES, *THING_RESULTS))


def write_run(
    out: Path,
    analysis: Analysis,
    sources: Sequence[Mapping[str, Any]],
    seconds: Callable[[], Mapping[str, float]],
    step: Callable[[str], None],
    aside: Callable[..., Callable[[], Any]] = partial,
) -> None:
    """Write everything a run answers into ``out``, which is made, or replaced when it holds an earlier run.

    ``sources`` are file, sha256 and rows of each input and ``seconds`` gives seconds by step, asked last, both for
    run.json; ``step`` is told the name of each step as it begins; ``aside`` begins ``function(*arguments)``, perhaps in
    another process, and gives a function that returns the answer.

    Raises
    ------
    OutputError
        When ``out`` cannot be written or holds somebody else's files; nothing is changed then.
    """
    from ocgnet.views.chart.html import chart_html
    from ocgnet.views.chart.payload import chart_payload
    from ocgnet.views.report import report_html
    from ocgnet.views.workbook import write_workbook

    with result_folder(out, "ocgnet analyse") as folder:
        workbook = aside(write_workbook, folder / "workbook.xlsx", analysis)
        step("tables")
        write_tables(folder, {**analysis.tables, **analysis.thing_tables}, analysis.left_out, analysis.marking)
        step("chart")
        write_text(folder / "network.html", chart_html(chart_payload(analysis)))
        step("report")
        write_text(folder / "report.html", report_html(analysis))
        step("workbook")
        workbook()
        document = run_document(analysis, sources, seconds())
        write_text(folder / "run.json", json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


# Reading back what a run wrote, for programs that set two runs side by side.

NEEDED = ("roles", "people", "concentration", "children")
"""Tables that a comparison reads."""


def read_run(folder: Path) -> Run:
    """Return what ``ocgnet analyse`` wrote into a folder.

    Raises
    ------
    SourceError
        When the folder is absent, holds no run, or holds one whose files are damaged or missing.
    """
    folder = Path(folder)
    hint = "Name a folder that ocgnet analyse wrote with --out."
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder. {hint}")
    try:
        if not (folder / "run.json").exists():
            raise SourceError(f"{folder} holds no run.json, so it is not the folder of a run. {hint}")
        document = parse_json(read_small(folder / "run.json", LARGEST))
    except ValueError as error:
        raise SourceError(f"{folder / 'run.json'} cannot be read ({error}). Run ocgnet analyse again.") from error
    if not isinstance(document, dict) or "run_id" not in document or "parameters" not in document:
        raise SourceError(f"{folder / 'run.json'} was not written by ocgnet analyse. {hint}")
    tables = {name: _table(folder / "tables" / f"{name}.csv") for name in NEEDED}
    if absent := [c for c in ("band_child", "band_adults") if c not in tables["children"]]:
        raise SourceError(
            f"{folder / 'tables' / 'children.csv'} has no column {' and no column '.join(absent)}: an earlier version "
            "wrote it, with one band for child and adults together. Run ocgnet analyse again to compare."
        )
    return Run(str(folder), document, tables)


def people_in_runs(*runs: Run) -> list[str]:
    """Return the sorted ids of all nominals and children in the tables of some runs."""
    keys = {"roles": "nominal_id", "people": "nominal_id", "concentration": "nominal_id", "children": "child_id"}
    return sorted({i for run in runs for name, key in keys.items() for i in run.tables[name][key]})


def _table(path: Path) -> pd.DataFrame:
    try:
        if path.exists() and (why := refusal(path)):
            raise SourceError(f"{path} {why}. Run ocgnet analyse again.")
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SourceError(f"{path} is missing, so the run is not whole. Run ocgnet analyse again.") from error
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read ({error}). Run ocgnet analyse again.") from error


# run.json: every figure, count, parameter and version of a run, for programs and for whoever repeats it.

_LIBRARIES = ("duckdb", "igraph", "numpy", "pandas", "pyarrow", "scipy")


def run_document(
    analysis: Analysis, inputs: Sequence[Mapping[str, Any]], timing: Mapping[str, float]
) -> dict[str, Any]:
    """Return the content of run.json: plain values only, no NaN.

    ``figures`` maps each figure id to its value (null when it cannot be known); ``figure_details`` holds numerator,
    denominator, filter, interval and chance of each. ``inputs`` are file, sha256 and rows of each input.
    """
    no_network = analysis.unknown("network")
    document = {
        "marking": analysis.marking,
        "synthetic": analysis.about.synthetic,
        "run_id": analysis.run_id,
        "force": analysis.about.force,
        "as_of": analysis.as_of,
        "period_from": analysis.period_from,
        "period_to": analysis.period_to,
        "before": {
            "from": analysis.before_from,
            "to": analysis.before_to,
            "as_of": analysis.before_as_of,
        },
        "network_period": {"from": analysis.network_from, "to": analysis.as_of},
        "record_dates": record_dates(analysis.record_dates),
        "dates_note": analysis.dates_note,
        "today": analysis.today,
        "figures": {key: figure.value for key, figure in sorted(analysis.figures.items())},
        "figure_details": {key: asdict(figure) for key, figure in sorted(analysis.figures.items())},
        "unknown": {key: figure.unknown for key, figure in sorted(analysis.figures.items()) if figure.unknown},
        "network": dict.fromkeys(asdict(analysis.network)) if no_network else asdict(analysis.network),
        "network_unknown": no_network,
        "agreement": {
            "compared": analysis.agreement.compared,
            "kappa": analysis.agreement.kappa,
            "counts": {
                str(recorded): {str(suggested): n for suggested, n in row.items()}
                for recorded, row in analysis.agreement.table.to_dict("index").items()
            },
        },
        "rows_in": dict(sorted(analysis.rows_in.items())),
        "rows_out": {name: len(table.frame) for name, table in analysis.tables.items()},
        "left_out": [asdict(x) for x in analysis.left_out],
        "losses": [asdict(x) | {"share": round(x.share, 6)} for x in analysis.losses],
        "first": list(analysis.first),
        "notes": list(analysis.notes),
        "parameters": analysis.settings.to_dict(),
        "inputs": [dict(x) for x in inputs],
        "versions": _versions(),
        "timing": {step: round(seconds, 3) for step, seconds in timing.items()},
    }
    plain: dict[str, Any] = plain_value(document)
    return plain


def record_dates(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return by table its first and last dated record, and how many are dated, undated, and later than the day."""
    return {
        str(r.table): {
            "first": None if pd.isna(r.first) else r.first.date().isoformat(),
            "last": None if pd.isna(r.last) else r.last.date().isoformat(),
            "dated": int(r.dated),
            "undated": int(r.undated),
            "later": int(r.later),
        }
        for r in frame.itertuples()
    }


def _versions() -> dict[str, str]:
    found = {"ocgnet": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "not installed"
    return found


def plain_value(value: Any) -> Any:
    """Return a value that JSON can hold: numpy scalars and dates made plain, NaN as null."""
    if isinstance(value, Mapping):
        return {str(k): plain_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value
