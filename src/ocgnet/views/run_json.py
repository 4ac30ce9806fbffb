"""run.json: every figure, count, parameter and version of a run, for programs and for whoever repeats it."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pandas as pd

from ocgnet import __version__
from ocgnet.results import Analysis

_LIBRARIES = ("duckdb", "igraph", "numpy", "pandas", "pyarrow", "scipy")


def run_document(
    analysis: Analysis, inputs: Sequence[Mapping[str, Any]], timing: Mapping[str, float]
) -> dict[str, Any]:
    """Return the content of run.json.

    Parameters
    ----------
    analysis : Analysis
        The run.
    inputs : sequence of mappings
        File, sha256 and rows of each input.
    timing : mapping of str to float
        Seconds by step.

    Returns
    -------
    dict
        Plain values only, no NaN. ``figures`` maps each figure id to its value (null when it cannot be
        known); ``figure_details`` holds numerator, denominator, filter, interval and chance of each.
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
