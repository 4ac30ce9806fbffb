"""Commands about records: template, check, load."""

from __future__ import annotations

import sys
from dataclasses import replace as replace_field
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from ocgnet.cli import places
from ocgnet.cli.asking import ask_password
from ocgnet.cli.recording import recorded, tell_people
from ocgnet.cli.request import ACCEPT_LOSS, OWN_SETTINGS, TODAY, accepted_losses, with_own
from ocgnet.errors import RecordError
from ocgnet.settings import Settings
from ocgnet.visible import visible


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    app.command()(template)
    app.command()(check)
    app.command()(load)


FOLDER = Annotated[Path, typer.Argument(help="Folder of CSV or Parquet files, or one .xlsx.", show_default=False)]
REJECTS = Annotated[
    Path, typer.Option(help="Where to list rows with errors.", metavar="FILE", callback=places.result_file)
]


def template(folder: Annotated[Path, typer.Argument(help="Folder to make.", show_default=False)]) -> None:
    """Write empty tables with a dictionary, ready to be filled in."""
    from ocgnet.casework.intake.forms import write_forms
    from ocgnet.sources.template import write_template

    tables = write_template(folder)
    try:
        write_forms(folder)
    except BaseException:
        for path in tables:
            path.unlink(missing_ok=True)
        raise
    say(f"{folder} holds empty tables. Fill in nominals.csv and what else you have, then run: ocgnet check {folder}")
    say(f"{folder / 'forms'} holds the partners' forms. Take in filled ones: ocgnet intake cpi FILE --folder {folder}")


WEIGHTS = Annotated[
    Path | None,
    typer.Option(help="CSV of other severity weights: offence_code, weight.", metavar="FILE", show_default=False),
]


def check(
    folder: FOLDER,
    rejects: REJECTS = Path("rejects.csv"),
    weights: WEIGHTS = None,
    today: TODAY = None,
    own_settings: OWN_SETTINGS = None,
    every: Annotated[bool, typer.Option("--all", help="Print every problem, not the first three of a kind.")] = False,
) -> None:
    """Find every problem in the records, in one pass."""
    from ocgnet.checks.check import check as check_records
    from ocgnet.cli.reading import read_weights, report_problems

    with recorded("read", folder):
        settings = with_own(Settings(), own_settings, today)
        checked = check_records(folder, weights=read_weights(weights).by_code, settings=settings)
        if not any(f.is_error and f.whole_file for f in checked.findings):
            tell_people(checked.dataset)
        report_problems(checked, rejects, every=every)
    if checked.errors:
        raise typer.Exit(RecordError.exit_code)


def load(
    folder: FOLDER,
    store: Annotated[
        str,
        typer.Option(
            help="Store to fill, such as ocg.duckdb or bolt://127.0.0.1:7687.",
            metavar="STORE",
            show_default=False,
            callback=places.store,
        ),
    ],
    replace: Annotated[bool, typer.Option("--replace", help="Remove what the folder no longer holds.")] = False,
    prefix: Annotated[
        str, typer.Option(help="Put this before every id, so that several forces share a store.", metavar="HANTS:")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    bulk: Annotated[
        bool, typer.Option("--bulk", help="Fill the empty database of your own Neo4j server offline, which is faster.")
    ] = False,
    home: Annotated[Path | None, typer.Option(help="Folder of that server.", metavar="DIR", show_default=False)] = None,
    skip_rejects: Annotated[
        bool, typer.Option("--skip-rejects", help="Leave rows with errors out instead of stopping; they are counted.")
    ] = False,
    accept_loss: ACCEPT_LOSS = None,
    rejects: REJECTS = Path("rejects.csv"),
    today: TODAY = None,
    own_settings: OWN_SETTINGS = None,
) -> None:
    """Bring the records of a folder into a store."""
    from ocgnet.cli.loading import foresee, write
    from ocgnet.cli.reading import read_folder
    from ocgnet.store import open_store
    from ocgnet.store.merging import with_prefix

    settings = Settings(accepted_losses=accepted_losses(accept_loss, skip_rejects=skip_rejects))
    target = open_store(store, ask_password)
    with recorded("read" if dry_run else "load", folder, Path(store)) as act:
        settings = with_own(settings, own_settings, today)
        dataset, manifest = read_folder(
            folder, skip_rejects=skip_rejects, rejects=rejects, settings=settings, brief=False
        )
        dataset, manifest = with_prefix(dataset, prefix), replace_field(manifest, prefix=prefix)
        if prefix:
            tell_people(dataset)
        if dry_run:
            for line in foresee(target, dataset, manifest, replace=replace):
                say(line)
            return
        done = write(target, dataset, manifest, replace=replace, bulk=bulk, home=home)
        act.note(
            store=store if "://" in store else str(Path(store).absolute()),
            rows=done.rows,
            added=done.added,
            changed=done.changed,
            removed=done.removed,
        )
    say(
        f"{store} holds {done.rows:,} rows: {done.added:,} added, {done.changed:,} changed, "
        f"{done.removed:,} removed, {done.kept:,} as they were."
    )
    for loss in dataset.losses:
        say(f"{loss}. The store remembers that, and so does every answer made from it.")


def hand_over(text: str, *beside: str) -> None:
    """Give text to the program that reads the output, in UTF-8 everywhere; whoever runs the command sees ``beside``.

    A table for a program has no room for the marking, nor for what was left out.
    """
    sys.stdout.buffer.write(text.encode("utf-8"))
    for line in beside:
        say(line, error=True)


def say(text: str, *, error: bool = False) -> None:
    """Print one sentence, wrapped by the terminal and never cut; what a record holds cannot act there."""
    Console(stderr=error).print(Text(visible(text, keep="\n")), soft_wrap=True)
