"""The folder of a profile: report, workbook, tables and run.json, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ocgnet.english import counted
from ocgnet.files.writing import result_folder, write_file, write_text
from ocgnet.local_profile.edition import edition_words
from ocgnet.local_profile.figures import ProfileTable
from ocgnet.local_profile.profile import Profile
from ocgnet.results.rests_on import touching
from ocgnet.views.profile.beside import Comparison, Ranks
from ocgnet.views.profile.page import parameters, profile_document, profile_html
from ocgnet.views.tables.text import write_tables
from ocgnet.views.words.numbers import losses_sentence, printed
from ocgnet.views.words.profile import not_known, profile_words, title
from ocgnet.views.words.sentences import pairs
from ocgnet.views.workbook import Book

# workbook.xlsx of a profile: the findings, then a sheet a question, then how it was made.

_UNITS = {"score": "large", "count": "count", "share": "share", "change": "share", "ratio": "number", "years": "count"}


_OF_UNIT = (
    "value", "low", "high", "other", "difference", "difference_low", "difference_high", "null_low", "null_median",
    "null_high",
)  # fmt: skip
"""Columns whose numbers are of the unit that their row states."""


def write_profile_workbook(path: Path, profile: Profile, comparison: Comparison | Ranks | None = None) -> None:
    """Write the workbook; tables without rows are left out, apart from the figures.

    Every text is written as a text: no cell is a formula or a link.
    """
    kept = [t for t in profile.tables.values() if t.name != "figures" and len(t.frame)]
    tables = [profile.tables["figures"], *kept]
    if comparison is not None:
        tables.insert(1, comparison.table)
    words = profile_words(profile)
    made = date.fromisoformat(profile.as_of) if profile.as_of else None
    with Book(path, title(words), profile.marking, made) as book:
        first = book.page("Profile", (26, 110))
        first.line(profile.marking, "marking")
        first.line(title(words), "title")
        first.pairs("What this rests on", pairs(words["data line"]))
        first.numbered("What the records show", words["findings"])
        first.pairs("Sheets", [(table.declared.sheet, table.question) for table in tables])
        for table in tables:
            declared = table.declared
            units = {}
            if "unit" in table.frame:
                looks = [_UNITS.get(str(u), "number") for u in table.frame["unit"]]
                units = {column: looks for column in _OF_UNIT if column in table.frame}
            told = losses_sentence(touching(table.name, profile.losses), profile.settings.analysis.loss_limit)
            question = " ".join(filter(None, (declared.question, told)))
            book.table(declared.sheet, question, table.name, declared.columns, table.frame, units)
        _dictionary(book, tables)
        last = book.page("Method", (26, 110))
        last.line(profile.marking, "marking")
        left_out = [(x.what, f"{counted(x.count, 'row', 'rows')}: {printed(x.why)}") for x in profile.left_out]
        last.numbered("Before acting on this", words["caveats"])
        last.pairs("What was left out", left_out)
        last.pairs("What is not known", not_known(profile))
        last.pairs("Method", [(head, rest) for head, _, rest in (text.partition(". ") for text in words["method"])])
        last.pairs("Parameters", parameters(profile))
        last.pair("run", profile.run_id)


def _dictionary(book: Book, tables: list[ProfileTable]) -> None:
    page = book.page("Columns", (40, 100))
    page.line(book.marking, "marking")
    for declared in (table.declared for table in tables):
        page.pairs(declared.sheet, [(column.name, column.says) for column in declared.columns])


def write_profile(
    out: Path,
    profile: Profile,
    comparison: Comparison | Ranks | None,
    sources: Sequence[Mapping[str, Any]],
    seconds: Callable[[], Mapping[str, float]],
    step: Callable[[str], None],
) -> None:
    """Write everything a profile answers into ``out``; arguments and errors are those of :func:`write_run`."""
    with result_folder(out, "ocgnet profile") as folder:
        step("tables")
        tables = {**profile.tables, **({comparison.table.name: comparison.table} if comparison else {})}
        write_tables(folder, tables, profile.left_out, profile.marking, f"Edition: {edition_words(profile)}")
        step("report")
        write_text(folder / "report.html", profile_html(profile, comparison))
        step("workbook")
        write_file(folder / "workbook.xlsx", lambda partial: write_profile_workbook(partial, profile, comparison))
        document = profile_document(profile, sources, seconds())
        document["beside"] = comparison.named if comparison else []
        write_text(folder / "run.json", json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
