"""report.html of a profile: one printable page that needs nothing but itself. No script."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ocgnet import __version__
from ocgnet.errors import SourceError
from ocgnet.files.ordinary_files import LARGEST, read_small
from ocgnet.local_profile.profile import FORCE, Profile
from ocgnet.notation import parse_json
from ocgnet.views.folder import plain_value, record_dates
from ocgnet.views.html.grids import FIGURE_HEADS, Grid, dates_grid
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.profile.beside import Comparison, Ranks
from ocgnet.views.profile.chapters import chapters
from ocgnet.views.words.numbers import count, plain, printed, range_words, setting_text
from ocgnet.views.words.profile import not_known, profile_words, title
from ocgnet.views.words.sentences import pairs
from ocgnet.visible import visible


def profile_html(profile: Profile, comparison: Comparison | Ranks | None = None) -> str:
    """Return the report as one self-contained page; a chapter without records is left out, and what is missing is said.

    The same profile gives the same text: no clock, no path.
    """
    css = style_sheet(profile.marking)
    css += style_sheet(profile.marking, "ocgnet.views.profile", "templates/profile.css")
    words = profile_words(profile)
    caption = "What is not known, and why"
    unknown = [tuple(map(visible, pair)) for pair in not_known(profile)]
    left_out = [(x.what.replace("_", " "), printed(x.why), count(x.count)) for x in profile.left_out]
    return rendered(
        pages("ocgnet.views.profile"),
        "profile.html.j2",
        css,
        profile=profile,
        words=words,
        title=title(words),
        data_line=pairs(words["data line"]),
        dates_note=printed(profile.dates_note),
        chapters=chapters(profile, words),
        comparison=None if comparison is None else comparison.section(),
        left_out=Grid(("records", "why", "rows"), left_out, right={2}, caption="Rows that take no part, and why"),
        dates=dates_grid(profile.record_dates),
        unknown=Grid(("figure", "reason"), unknown, prose={1}, caption=caption),
        figures=_figures(profile),
        parameters=parameters(profile),
    )


def _figures(profile: Profile) -> Grid:
    """Return every figure with value, counts, filter and interval; of wards, those that the report names."""
    wards = profile.tables["wards"].frame
    named = {f"{r.ward} ({r.district}): share of all harm" for r in wards[wards["named"] != ""].itertuples()}
    rows = []
    for name, f in profile.figures.items():
        if name.startswith("ward_") and f.says not in named:
            continue
        counts = f"{count(f.numerator)} of {count(f.denominator)}" if f.numerator is not None and f.denominator else "–"
        told = printed(visible(f.unknown or f.filter)) or "–"
        interval, chance = (range_words(*ends, f.unit) for ends in ((f.low, f.high), (f.null_low, f.null_high)))
        rows.append((name, visible(f.says), plain(f.value, f.unit), counts, told, interval, chance))
    caption = "Every figure with its counts, filter, interval and what chance alone gives"
    return Grid(FIGURE_HEADS, rows, right={2}, prose={4}, caption=caption)


def parameters(profile: Profile) -> list[tuple[str, str]]:
    """Return every setting as a pair of name and text."""
    own = profile.settings.to_dict()
    weights = own.pop("weights")
    analysis = own.pop("analysis")
    used = ("as_of", "period_from", "period_to", "min_grade", "link_roles", "ocgs", "include_overdue", "top_k", "seed")
    named = [("weights", f"{weights['vintage']} ({weights['fingerprint']})"), *own.items()]
    named += [(name, analysis[name]) for name in used]
    return [(name, setting_text(value)) for name, value in named]


# run.json of a profile: every figure, count, parameter and version of a run, and reading it back.

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
        "edition": profile.edition,
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
        # How many rows each file has is for the force alone.
        "inputs": [dict(x) for x in inputs if profile.edition == FORCE],
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
        found = parse_json(read_small(folder / "run.json", LARGEST))
    except ValueError as error:
        raise SourceError(f"{folder / 'run.json'} cannot be read ({error}). Run ocgnet profile again.") from error
    if not isinstance(found, dict) or found.get("kind") != KIND or not isinstance(found.get("figure_details"), dict):
        raise SourceError(f"{folder / 'run.json'} was not written by ocgnet profile.")
    return found
