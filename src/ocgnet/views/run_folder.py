"""Reading back what a run wrote, for programs that set two runs side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from ocgnet.analysis.time.two_runs import Run
from ocgnet.errors import SourceError

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
        document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceError(f"{folder} holds no run.json, so it is not the folder of a run. {hint}") from error
    except (OSError, ValueError) as error:
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
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SourceError(f"{path} is missing, so the run is not whole. Run ocgnet analyse again.") from error
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read ({error}). Run ocgnet analyse again.") from error
