"""The command that sets two runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ocgnet.cli import places
from ocgnet.cli.analysing import FORMAT, ROWS, Format, for_program
from ocgnet.cli.recording import recorded
from ocgnet.cli.records import hand_over
from ocgnet.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    app.command()(compare)


def compare(
    first: Annotated[Path, typer.Argument(help="Folder of the earlier run.", metavar="RUN1", show_default=False)],
    second: Annotated[Path, typer.Argument(help="Folder of the later run.", metavar="RUN2", show_default=False)],
    form: FORMAT = Format.table,
    rows: ROWS = 30,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Also write every change to this CSV file.",
            metavar="FILE",
            show_default=False,
            callback=places.result_file,
        ),
    ] = None,
    position: Annotated[
        float, typer.Option(help="List positions that differ by this much or more.", min=0.0, max=1.0)
    ] = 0.1,
    even_so: Annotated[
        bool, typer.Option("--even-so", help="Compare runs of two forces or two versions of ocgnet all the same.")
    ] = False,
) -> None:
    """Say who changed role between two runs, and why."""
    from ocgnet.analysis.time.two_runs import compare_runs
    from ocgnet.files.writing import write_csv
    from ocgnet.views.folder import people_in_runs, read_run
    from ocgnet.views.tables import csv_rows, print_table
    from ocgnet.views.tables.text import in_words, mismatches

    # Told to the log before anything is shown.
    with recorded("read" if out is None else "export", first, second, out) as act:
        runs = read_run(first), read_run(second)
        act.saw(people_in_runs(*runs))
        differ = mismatches(*runs)
        if differ and not even_so:
            raise UsageError(f"{' '.join(differ)} Add --even-so to compare them all the same.")
        changes = compare_runs(*runs, position)
        marking = str(runs[1].document.get("marking", ""))
        if out is not None:
            write_csv(out, *csv_rows(changes), marking=marking)
            act.wrote(out)
    if form is not Format.table:
        hand_over(
            for_program(changes, form), marking, *([f"{out} holds {len(changes.frame):,} changes."] if out else [])
        )
    else:
        print_table(
            Console(),
            changes,
            columns=("what", "id", "name", "ocg_id", "before", "after", "because"),
            limit=rows,
            finding=" ".join((*differ, *in_words(*runs, changes, position))),
            files=f"add --format csv, or --out FILE.csv{f' (written: {out})' if out else ''}",
            marking=marking,
        )
