"""Commands that answer: analyse, and one for each table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ocgnet.cli import places
from ocgnet.cli.asking import ask_password
from ocgnet.cli.cores import Cores
from ocgnet.cli.progress import Steps
from ocgnet.cli.records import hand_over, say
from ocgnet.cli.request import Request, asks
from ocgnet.errors import UsageError

if TYPE_CHECKING:
    from ocgnet.results import Analysis, ResultTable
    from ocgnet.store import LoadManifest


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


FORMAT = Annotated[Format, typer.Option("--format", help="How to print the table.")]
ROWS = Annotated[int, typer.Option(help="How many rows to show on the terminal; csv and json give all.", min=1)]


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    app.command()(asks(analyse))
    for name, says in _QUESTIONS.items():
        app.command(name, help=says)(asks(_printer(name)))


def analyse(
    request: Request,
    out: Annotated[
        Path,
        typer.Option(help="Folder for the results.", metavar="DIR", callback=places.result_folder("ocgnet analyse")),
    ] = Path("ocgnet-results"),
    write_back: Annotated[
        bool,
        typer.Option("--write-back", help="Also keep the suggestions in the Neo4j store, beside the recorded roles."),
    ] = False,
) -> None:
    """Answer everything: tables, chart, report and workbook in one folder."""
    if write_back and (not request.store or request.store.endswith(".duckdb")):
        raise UsageError("--write-back keeps the run in a Neo4j server; name it with --store.")
    steps = Steps(14)
    with steps.shown(), Cores(steps.part) as cores:
        if _many(request):
            cores.begin()
        # These take a while to load, and meanwhile the other process begins.
        from ocgnet.views.folder import write_run
        from ocgnet.views.tables.text import outside_line
        from ocgnet.views.words.findings import findings
        from ocgnet.views.words.numbers import printed

        analysis, manifest = _run(request, steps, cores)
        write_run(out, analysis, [asdict(s) for s in manifest.sources], steps.so_far, steps, cores.aside)
        kept = _keep(request.store, analysis) if write_back else None
    for line in (analysis.marking, *findings(analysis), *filter(None, (outside_line(analysis.outside),))):
        say(line)
    for note in analysis.gap_notes:
        say(printed(note))
    say("")
    for page, what in _PAGES.items():
        say(f"{what + ':':12}{out / page}")
    if kept is not None:
        say(f"{'store:':12}run {analysis.run_id} with {kept:,} suggestions is kept in {request.store}")


def _keep(store: str, analysis: Analysis) -> int:
    from ocgnet.store.neo4j.loads import write_back

    return write_back(store, analysis, ask_password)


_MANY = 1_000_000
"""Bytes of records from which starting a second process at once saves more than it costs."""

_PAGES = {
    "report.html": "report",
    "network.html": "chart",
    "workbook.xlsx": "workbook",
    "tables": "tables",
    "run.json": "figures",
}

_QUESTIONS = {
    "roles": "Print suggested roles beside recorded ones.",
    "concentration": "Print the nominals who carry the largest share of crimes and reports.",
    "communities": "Print the communities found in the ties.",
}


def _printer(name: str) -> Callable[..., None]:
    def show(request: Request, form: FORMAT = Format.table, rows: ROWS = 30) -> None:
        from ocgnet.views.tables import print_table
        from ocgnet.views.tables.text import left_out_line
        from ocgnet.views.words.findings import OF_TABLE, lost

        steps = Steps(10)
        with steps.shown(), Cores(steps.part) as cores:
            analysis, _ = _run(request, steps, cores)
        table = analysis.tables[name]
        if form is not Format.table:
            said = filter(None, (analysis.marking, *analysis.first, lost(analysis), left_out_line(analysis.left_out)))
            hand_over(for_program(table, form), *said)
        else:
            print_table(
                Console(),
                table,
                limit=rows,
                finding=" ".join(filter(None, (*analysis.first, lost(analysis), OF_TABLE[name](analysis)))),
                files=f"add --format csv, or run ocgnet analyse {request.folder or '--store ' + request.store}",
                marking=analysis.marking,
                left_out=left_out_line(analysis.left_out),
            )

    return show


def for_program(table: ResultTable, form: Format) -> str:
    """Return a whole table as CSV or JSON."""
    from ocgnet.files.writing import csv_text
    from ocgnet.views.tables import csv_rows, json_text

    return csv_text(*csv_rows(table)) if form is Format.csv else json_text(table)


def _many(request: Request) -> bool:
    """Tell whether there are so many records that a second process pays from the start."""
    place = request.folder or Path(request.store)
    files = place.iterdir() if place.is_dir() else [place]
    try:
        return sum(f.stat().st_size for f in files if f.is_file()) > _MANY
    except OSError:
        return False


def _run(request: Request, steps: Steps, cores: Cores) -> tuple[Analysis, LoadManifest]:
    from ocgnet.cli.reading import read_records

    steps("reading and checking")
    dataset, manifest = read_records(request)
    from ocgnet.main_job import analyse as run

    return run(dataset, request.settings, steps, cores), manifest
