"""Write docs/settings.md from src/ocgnet/settings.py: ``python tools/settings_page.py > docs/settings.md``."""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import fields
from itertools import pairwise

from ocgnet import settings
from ocgnet.settings import BandLimits, PartLimits, Settings, declared

HEAD = """# Settings

Every setting of an analysis, as `src/ocgnet/settings.py` declares it. What an analysis used stands in `run.json` under
`parameters`. `--settings` and `--rules` name TOML files, in which the settings of that option stand under their names;
points and bands are explained in [measures/children.md](measures/children.md). What has no option is for programs:
`Settings(null_draws=500)`. A value that a setting does not take is refused, and what it takes is said. `python
tools/settings_page.py > docs/settings.md` writes this page.

| setting | default | takes | set by | what it is for |
|---|---|---|---|---|
"""


def purposes() -> dict[str, str]:
    """Return by setting the sentence that stands below its declaration."""
    body = next(
        node.body
        for node in ast.parse(inspect.getsource(settings)).body
        if isinstance(node, ast.ClassDef) and node.name == Settings.__name__
    )
    return {
        before.target.id: " ".join(text.value.value.split())
        for before, text in pairwise(body)
        if isinstance(before, ast.AnnAssign)
        and isinstance(before.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def default_of(name: str, value: object) -> str:
    """Return a default as a file would hold it."""
    if name == "today":
        return "the day of the run"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        parts = (" ".join(map(str, part)) if isinstance(part, tuple) else str(part) for part in value)
        return ", ".join(parts) or "none"
    return f"{value:,}" if isinstance(value, int | float) else "none" if value is None else str(value)


def takes(limits: object) -> str:
    """Return what a setting takes, from the sentence about what it does not take."""
    if isinstance(limits, PartLimits):
        return f"for each {limits.part}: {takes(limits.each)}"
    if isinstance(limits, BandLimits):
        return "bands of any name, one of them from 0"
    said = getattr(limits, "says", "")
    for no, yes in {"neither ": "", " nor ": " or ", "none of": "one of"}.items():
        said = said.replace(no, yes)
    return said.removeprefix("no ")


def page() -> str:
    """Return the whole page."""
    asked, why, lines = Settings(), purposes(), []
    for name in (field.name for field in fields(Settings)):
        option, *limits = declared().get(name, ("",))
        cells = (f"`{name}`", default_of(name, getattr(asked, name)), takes(limits[0]) if limits else "")
        lines.append(f"| {' | '.join(cells)} | {f'`{option}`' if option else ''} | {why[name]} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
