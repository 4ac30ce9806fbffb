"""The folder of a profile: report, workbook, tables and run.json, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ocgnet.files.writing import result_folder, write_file, write_text
from ocgnet.local_profile.profile import Profile
from ocgnet.views.profile.document import profile_document
from ocgnet.views.profile.page import Comparison, profile_html
from ocgnet.views.profile.workbook import write_profile_workbook
from ocgnet.views.tables.companions import write_tables


def write_profile(
    out: Path,
    profile: Profile,
    comparison: Comparison | None,
    sources: Sequence[Mapping[str, Any]],
    seconds: Callable[[], Mapping[str, float]],
    step: Callable[[str], None],
) -> None:
    """Write everything a profile answers into ``out``.

    Parameters
    ----------
    out : Path
        Made, or replaced when it holds an earlier profile.
    profile : Profile
        What was found.
    comparison : Comparison or None
        Another profile beside it.
    sources : sequence of mappings
        File, sha256 and rows of each input.
    seconds : callable
        Gives seconds by step; asked last.
    step : callable
        Told the name of each step as it begins.

    Raises
    ------
    OutputError
        When ``out`` cannot be written or holds somebody else's files; nothing is changed then.
    """
    with result_folder(out, "ocgnet profile") as folder:
        step("tables")
        tables = {**profile.tables, **({"comparison": comparison.table} if comparison else {})}
        write_tables(folder, tables, profile.left_out, profile.marking)
        step("report")
        write_text(folder / "report.html", profile_html(profile, comparison))
        step("workbook")
        write_file(folder / "workbook.xlsx", lambda partial: write_profile_workbook(partial, profile, comparison))
        document = profile_document(profile, sources, seconds())
        write_text(folder / "run.json", json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
