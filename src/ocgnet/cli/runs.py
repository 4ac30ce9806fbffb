"""The command about runs that were written back to a Neo4j store."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ocgnet.cli.asking import ask_password
from ocgnet.cli.recording import recorded
from ocgnet.cli.records import say
from ocgnet.errors import StoreError


def register(app: typer.Typer) -> None:
    """Add this room's command to the program."""
    app.command()(runs)


def runs(
    store: Annotated[
        str, typer.Option(help="Neo4j store, such as neo4j or bolt://127.0.0.1:7687.", metavar="STORE")
    ] = "neo4j",
    remove: Annotated[
        str, typer.Option(help="Take this run and its suggestions away; recorded roles stay.", metavar="RUN_ID")
    ] = "",
) -> None:
    """List the runs that ocgnet analyse --write-back keeps in a store, or remove one."""
    from ocgnet.store.neo4j.loads import kept_runs, remove_run

    if remove:
        with recorded("erase"):
            if not remove_run(store, remove, ask_password):
                raise StoreError(
                    f"{store} keeps no run {remove}. List those it keeps with: ocgnet runs --store {store}"
                )
        say(f"Run {remove} and its suggestions are no longer in {store}.")
        return
    found = kept_runs(store, ask_password)
    if not found:
        say(f"{store} keeps no runs. Keep one with: ocgnet analyse --store {store} --write-back")
        return
    table = Table("run", "judged on", "period", "suggestions", "force", "whole")
    for run in found:
        whole = "yes" if run.complete else "no; write it back again, or remove it"
        table.add_row(run.run_id, run.as_of, f"{run.period_from} to {run.period_to}", f"{run.suggestions:,}", run.force,
                      whole)  # fmt: skip
    Console().print(table)
