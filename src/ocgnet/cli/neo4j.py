"""Commands about a Neo4j server of one's own: start, stop, status, shell-url."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocgnet.cli.records import say
from ocgnet.errors import StoreError

HOME = Annotated[
    Path | None,
    typer.Option(help="Folder of the server; by default one in your data folder.", metavar="DIR", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    room = typer.Typer(help="Run a Neo4j server on this machine, for yourself only.", no_args_is_help=True)
    room.command()(start)
    room.command()(stop)
    room.command()(status)
    room.command(name="shell-url")(shell_url)
    app.add_typer(room, name="neo4j")


def start(
    home: HOME = None,
    heap: Annotated[str, typer.Option(help="Memory of the server, such as 1g or 4g.", metavar="SIZE")] = "1g",
) -> None:
    """Start the server and wait until it answers; one that runs is left as it is."""
    from ocgnet.store.contract import OWN_SERVER
    from ocgnet.store.neo4j import LocalServer

    server = LocalServer(home, heap)
    if server.running() is None:
        say("Starting Neo4j; the first time its programs are fetched, which takes about a minute.", error=True)
    running = server.start()
    load = f"OCGNET_NEO4J_PASSWORD_FILE={server.password_file} ocgnet load FOLDER --store {running.uri}"
    say(
        f"Neo4j answers at {running.uri}. Load records with:\n"
        f"  {load if home else f'ocgnet load FOLDER --store {OWN_SERVER}'}\n"
        f"Look at them in {running.browser} (user neo4j, the password stands in {server.password_file})."
    )


def stop(home: HOME = None) -> None:
    """Stop the server; its records stay."""
    from ocgnet.store.neo4j import LocalServer

    server = LocalServer(home)
    say("Neo4j is stopped." if server.stop() else f"No server of {server.home} is running.")


def status(home: HOME = None) -> None:
    """Say whether the server runs; leave with 1 when it does not."""
    from ocgnet.store.neo4j import LocalServer

    server = LocalServer(home)
    running = server.running()
    if running is None:
        say(f"No server of {server.home} is running. Start it with: ocgnet neo4j start")
        raise typer.Exit(StoreError.exit_code)
    say(f"Neo4j runs as process {running.pid} in {server.home} and answers at {running.uri}.")


def shell_url(home: HOME = None) -> None:
    """Print where the server answers, for programs and for Neo4j Browser; never the password."""
    from ocgnet.store.neo4j import LocalServer

    server = LocalServer(home)
    running = server.running()
    if running is None:
        raise StoreError(f"No server of {server.home} is running. Start it with: ocgnet neo4j start")
    typer.echo(running.uri)
    typer.echo(running.browser)
    say(f"User neo4j; the password stands in {server.password_file}, which only you can read.", error=True)
