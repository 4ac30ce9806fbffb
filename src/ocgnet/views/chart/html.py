"""The chart as one file: page, program, library and data, with a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.util
import json
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ocgnet.files.writing import sealed, write_text
from ocgnet.results import Analysis
from ocgnet.views.chart.payload import chart_payload

PROGRAM = (
    "dom", "model", "state", "scene", "focus", "events", "things", "marks", "labels", "layer", "stage", "panel",
    "reasons", "legend", "filters", "controls", "table", "timeline", "export", "main",
)  # fmt: skip
"""Files of the program, in the order in which they need one another."""

LIBRARY = "templates/lib/vis-9.1.2/vis-network.min.js"
"""The renderer, inside the installed pyvis package. Its style sheet is only icons for buttons not used here."""

ROLES = "Suggested roles are assessments from network position, not facts, and never replace a recorded role. "
LAYOUT = "Positions are computed once and fixed; nearness has no exact meaning."


def write_chart(path: Path, analysis: Analysis) -> None:
    """Write the chart of one run to ``path``, whole or not at all.

    Raises
    ------
    OutputError
        When the file cannot be written; an older one stays.
    """
    write_text(path, sealed(chart_html(chart_payload(analysis))))


def chart_html(payload: dict[str, Any]) -> str:
    """Return the page that shows ``payload``; equal payloads give equal bytes.

    Data stands in the page as escaped JSON that is never run. Scripts and styles are allowed by their hash alone, so
    nothing else can run or load, from ``file://`` too.
    """
    style, program, library = _part("page.css"), _program(), _library()
    run = f" Run {payload['meta']['run_id']}." if payload["meta"].get("run_id") else ""
    parts = {
        "policy": _policy(style, (library, program)),
        "title": html.escape(payload["meta"]["title"]),
        "marking": html.escape(payload["meta"]["marking"]),
        "method": html.escape((ROLES if payload["roles"] else "") + LAYOUT + run),
        "style": style,
        "data": json_for_html(payload),
        "library": library,
        "program": program,
    }
    # One pass, so that text which looks like a placeholder stays text.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found.group(1)], _part("page.html"))


def json_for_html(value: object) -> str:
    r"""Return JSON that cannot end its script element and survives any encoding step.

    >>> json_for_html({"name": "</script><b>&"})
    '{"name":"\\u003c/script\\u003e\\u003cb\\u003e\\u0026"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Every character here can stand only inside a JSON string, where its escape means the same.
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def _policy(style: str, scripts: tuple[str, ...]) -> str:
    allowed = " ".join(_hash(s) for s in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _part(name: str) -> str:
    return (resources.files("ocgnet.views.chart") / "page" / name).read_text("utf-8").strip()


@cache
def _program() -> str:
    files = "\n".join(_part(f"{name}.js") for name in PROGRAM)
    return f"(() => {{\n'use strict';\n{files}\n}})();"


@cache
def _library() -> str:
    """Read the renderer without running pyvis, whose import brings IPython along."""
    spec = importlib.util.find_spec("pyvis")
    if spec is None:
        raise ModuleNotFoundError("The chart needs the package pyvis, which is not installed here.")
    text = (resources.files(importlib.util.module_from_spec(spec)) / LIBRARY).read_bytes().decode("utf-8")
    # A page is read with Unix line ends, and the hash is of what is read.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("</script", "<\\/script")
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", text)
