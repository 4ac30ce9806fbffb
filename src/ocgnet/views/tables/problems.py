"""Problems in records: printed for whoever mends them, and listed in rejects.csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ocgnet.checks.check import Checked
from ocgnet.checks.readings import in_sentences
from ocgnet.english import counted
from ocgnet.files.writing import write_csv
from ocgnet.sources import Finding, Problem
from ocgnet.views.tables.text import WIDTH
from ocgnet.visible import spelled

HEADER = ("file", "row", "column", "value", "rule", "remedy")
"""Columns of rejects.csv."""

_SHOWN, _SENTENCE, _LISTED = 40, 400, 500


def print_problems(
    console: Console, checked: Checked, *, rejects: Path | None = None, brief: bool = False, examples: int | None = 3
) -> None:
    """Print errors, then warnings, each grouped by file and rule, no wider than ``WIDTH``.

    ``rejects`` is where all errors are listed, for the sentence that says so; ``brief`` prints no word when nothing was
    found; ``examples`` is the most problems shown of each kind, None for all.
    """
    width = min(console.width, WIDTH)
    for title, findings in (
        ("Errors", [f for f in checked.findings if f.is_error]),
        ("Warnings", [f for f in checked.findings if not f.is_error]),
    ):
        if findings:
            console.print(Text(title, style="bold"), width=width)
            for part in _grouped(findings, rejects, examples):
                console.print(part, width=width)
    if checked.readings:
        console.print(Text("Read in our words", style="bold"), width=width)
        for line in in_sentences(checked.readings):
            console.print(Padding(Text(visible(line, _SENTENCE)), (0, 0, 0, 2)), width=width)
        console.print(Text(""))
    for told in checked.read_as:
        console.print(Text(visible(told, _SENTENCE)), width=width)
    if brief and not checked.findings:
        return
    console.print(Text(_summary(checked, rejects)), width=width)


def write_rejects(path: Path, problems: Iterable[Problem], marking: str) -> None:
    """Write every problem as one row, whole or not at all.

    A spreadsheet opens the file as it is: formulas in values are neutralised, and a value is cut
    after 500 characters.
    """
    write_csv(path, HEADER, _rows(problems), for_excel=True, marking=marking)


def listed(rejects: Path | None) -> str:
    """Return where all problems are listed, as it stands in a sentence; nothing where no list was written.

    >>> listed(Path("rejects.csv")), listed(None)
    (' (rejects.csv lists them all)', '')
    """
    return f" ({rejects} lists them all)" if rejects else ""


def visible(text: str, longest: int = _SHOWN) -> str:
    r"""Return text in which nothing is hidden: invisible characters as escapes, cut when too long.

    >>> visible("a\x1b[31m\u202eb"), visible("abcdef", 4)
    ('a\\x1b[31m\\u202eb', 'abc…')
    """
    text = text[: longest + 1]
    shown = spelled(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _rows(problems: Iterable[Problem]) -> Iterator[tuple[str, ...]]:
    for p in problems:
        row = "" if p.row is None else str(p.row)
        yield (p.file, row, p.column, p.value[:_LISTED], p.rule, visible(p.remedy, _LISTED))


def _grouped(findings: Iterable[Finding], rejects: Path | None, examples: int | None) -> Iterator[RenderableType]:
    ordered = sorted(findings, key=lambda f: f.file)
    for file, of_file in groupby(ordered, key=lambda f: f.file):
        parts: list[RenderableType] = [Text(visible(file), style="underline")]
        for finding in of_file:
            parts.append(Padding(_head(finding), (0, 0, 0, 2)))
            parts.append(Padding(_examples(finding, examples), (0, 0, 0, 4)))
            if examples is not None and (more := len(finding) - examples) > 0:
                where = f" in {rejects.name}" if rejects and finding.is_error else ": ocgnet check --all prints them"
                parts.append(Padding(Text(f"and {more:,} more{where}", style="italic"), (0, 0, 0, 4)))
        yield Group(*parts, Text(""))


def _head(finding: Finding) -> Text:
    column = f", column {visible(finding.column)}" if finding.column else ""
    count = "" if finding.whole_file else f": {len(finding):,}"
    return Text(f"{finding.rule.value}{column}{count}", style="red" if finding.is_error else "yellow")


def _examples(finding: Finding, examples: int | None) -> RenderableType:
    """Show some problems; a remedy that they share stands once, above them."""
    shown = list(finding.problems(examples))
    shared = shown[0].remedy if len({p.remedy for p in shown}) == 1 else None
    grid = Table.grid(padding=(0, 2), expand=False)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", max_width=_SHOWN)
    grid.add_column(overflow="fold")
    for p in shown:
        # Text, never markup: what stands in a cell was written by somebody else.
        line = f"line {p.row}" if p.row else "whole file"
        grid.add_row(Text(line), Text(visible(p.value)), Text("" if shared else visible(p.remedy, _SENTENCE)))
    return grid if shared is None else Group(Text(visible(shared, _SENTENCE)), grid)


def _summary(checked: Checked, rejects: Path | None) -> str:
    """Return how many rows were read, and how many errors and warnings they have.

    >>> _counted(0, "error"), _counted(1, "row")
    ('no errors', '1 row')
    """
    rows, tables = _counted(sum(checked.rows_in.values()), "row"), _counted(len(checked.rows_in), "table")
    problems = f"{_counted(checked.errors, 'error')}, {_counted(checked.warning_count, 'warning')}"
    where = f" All errors are listed in {rejects}." if checked.errors and rejects else ""
    return f"{rows} in {tables}: {problems}.{where}"


def _counted(number: int, word: str) -> str:
    return counted(number, word) if number else f"no {word}s"
