"""run.json of a profile: every figure, count, parameter and version of a run, and reading it back."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ocgnet import __version__
from ocgnet.errors import SourceError
from ocgnet.local_profile.profile import Profile
from ocgnet.views.folder import plain_value, record_dates

KIND = "profile"
_LIBRARIES = ("duckdb", "numpy", "pandas", "pyarrow", "scipy")


def profile_document(
    profile: Profile, inputs: Sequence[Mapping[str, Any]], timing: Mapping[str, float]
) -> dict[str, Any]:
    """Return the content of run.json; plain values only, null for what is not known."""
    w = profile.windows
    document = {
        "kind": KIND,
        "marking": profile.marking,
        "synthetic": profile.about.synthetic,
        "run_id": profile.run_id,
        "force": profile.about.force,
        "as_of": profile.as_of or None,
        "periods": {
            name: days and [d.isoformat() for d in days]
            for name, days in zip(("now", "before", "base"), w.days, strict=True)
        },
        "record_dates": record_dates(profile.record_dates),
        "dates_note": profile.dates_note,
        "today": profile.today or None,
        "figures": {name: f.value for name, f in sorted(profile.figures.items())},
        "figure_details": {name: asdict(f) for name, f in profile.figures.items()},
        "unknown": {name: f.unknown for name, f in sorted(profile.figures.items()) if f.unknown},
        "first": list(profile.first),
        "losses": [asdict(x) | {"share": round(x.share, 6)} for x in profile.losses],
        "not_computed": profile.tables["not_computed"].frame.to_dict("records"),
        "rows_in": dict(sorted(profile.rows_in.items())),
        "rows_out": {name: len(t.frame) for name, t in profile.tables.items()},
        "codes_without_weight": dict(profile.unweighted),
        "left_out": [asdict(x) for x in profile.left_out],
        "parameters": profile.settings.to_dict(),
        "inputs": [dict(x) for x in inputs],
        "versions": {"ocgnet": __version__, "python": platform.python_version(), **{n: version(n) for n in _LIBRARIES}},
        "timing": {step: round(seconds, 3) for step, seconds in timing.items()},
    }
    plain: dict[str, Any] = plain_value(document)
    return plain


def read_document(folder: Path) -> dict[str, Any]:
    """Return the run.json of an earlier profile.

    Raises
    ------
    SourceError
        When the folder holds no profile, or one that is damaged.
    """
    try:
        found = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{folder / 'run.json'} cannot be read ({error}). Run ocgnet profile again.") from error
    if not isinstance(found, dict) or found.get("kind") != KIND or not isinstance(found.get("figure_details"), dict):
        raise SourceError(f"{folder / 'run.json'} was not written by ocgnet profile.")
    return found
