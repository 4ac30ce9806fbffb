"""Commands about a Neo4j server of one's own, and the runs that one keeps: start, stop, status, shell-url, runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ocgnet.cli.console import ask_password, recorded, say, screen
from ocgnet.cli.options import DATABASE, STORE
from ocgnet.errors import StoreError
from ocgnet.queries.guide import welcome
from ocgnet.store.contract import OWN_SERVER, in_database
from ocgnet.store.neo4j import LocalServer
from ocgnet.store.neo4j.kept_runs import kept_runs, remove_run

room = typer.Typer(help="Run a Neo4j server on this machine, for yourself only.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(room, name="neo4j")

HOME = Annotated[
    Path | None,
    typer.Option(help="Folder of the server; by default one in your data folder.", metavar="DIR", show_default=False),
]


@room.command()
def start(
    home: HOME = None,
    heap: Annotated[str, typer.Option(help="Memory of the server, such as 1g or 4g.", metavar="SIZE")] = "1g",
) -> None:
    """Start the server and wait until it answers; one that runs is left as it is."""
    server = LocalServer(home, heap)
    if server.running() is None:
        say("Starting Neo4j; the first time its programs are fetched, which takes about a minute.", error=True)
    running = server.start(welcome())
    load = f"OCGNET_NEO4J_PASSWORD_FILE={server.password_file} ocgnet load FOLDER --store {running.uri}"
    say(
        f"Neo4j answers at {running.uri}. Load records with:\n"
        f"  {load if home else f'ocgnet load FOLDER --store {OWN_SERVER}'}\n"
        f"Look at them in {running.browser} (user neo4j, the password stands in {server.password_file})."
    )


@room.command()
def stop(home: HOME = None) -> None:
    """Stop the server; its records stay."""
    server = LocalServer(home)
    say("Neo4j is stopped." if server.stop() else f"No server of {server.home} is running.")


@room.command()
def status(home: HOME = None) -> None:
    """Say whether the server runs; leave with 1 when it does not."""
    server = LocalServer(home)
    running = server.running()
    if running is None:
        say(f"No server of {server.home} is running. Start it with: ocgnet neo4j start")
        raise typer.Exit(StoreError.exit_code)
    say(f"Neo4j runs as process {running.pid} in {server.home} and answers at {running.uri}.")


@room.command()
def shell_url(home: HOME = None) -> None:
    """Print where the server answers, for programs and for Neo4j Browser; never the password."""
    server = LocalServer(home)
    running = server.running()
    if running is None:
        raise StoreError(f"No server of {server.home} is running. Start it with: ocgnet neo4j start")
    typer.echo(running.uri)
    typer.echo(running.browser)
    say(f"User neo4j; the password stands in {server.password_file}, which only you can read.", error=True)


@app.command()
def runs(
    server: Annotated[
        str, typer.Argument(help="Neo4j store, such as neo4j or bolt://127.0.0.1:7687.", metavar="STORE")
    ] = OWN_SERVER,
    named: STORE = "",
    database: DATABASE = "",
    remove: Annotated[
        str, typer.Option(help="Take this run and all it found away; records stay.", metavar="RUN_ID")
    ] = "",
) -> None:
    """List the runs that ocgnet analyse --write-back keeps in a store, or remove one."""
    store = in_database(named or server, database)
    if remove:
        with recorded("erase"):
            if not remove_run(store, remove, ask_password):
                raise StoreError(f"{store} keeps no run {remove}. List those it keeps with: ocgnet runs {store}")
        say(f"Run {remove} and what it found are no longer in {store}.")
        return
    found = kept_runs(store, ask_password)
    if not found:
        say(f"{store} keeps no runs. Keep one with: ocgnet analyse {store} --write-back")
        return
    table = Table("run", "judged on", "period", "suggestions", "people", "ties", "force", "whole")
    for run in found:
        whole = "yes" if run.complete else "no; write it back again, or remove it"
        table.add_row(run.run_id, run.as_of, f"{run.period_from} to {run.period_to}", f"{run.kept.suggestions:,}",
                      f"{run.kept.measures:,}", f"{run.kept.ties:,}", run.force, whole)  # fmt: skip
    screen().print(table)
