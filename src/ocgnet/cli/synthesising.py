"""Commands that make up records with known answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocgnet.cli.records import say

OUT = Annotated[Path, typer.Option(help="Folder to make.", metavar="DIR", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    room = typer.Typer(help="Make up records with known answers, for trying things out.", no_args_is_help=True)
    room.command()(ocgs)
    room.command()(network)
    app.add_typer(room, name="synthesise")


def ocgs(out: OUT, seed: Annotated[int, typer.Option(help="Another seed gives other people.", min=0)] = 1) -> None:
    """Make up a force with the group-level figures of the published profile."""
    from ocgnet.synthetic.county import write_county

    write_county(out, seed)
    say(f"{out} holds a made-up county. Analyse it with: ocgnet analyse {out} --out results")


def network(
    out: OUT,
    nominals: Annotated[int, typer.Option(help="How many nominals.", min=10)] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed gives other people.", min=0)] = 1,
) -> None:
    """Make up a large network: three crime links and seven report links for each nominal."""
    from ocgnet.synthetic.network import write_network

    write_network(out, nominals, seed)
    say(f"{out} holds {nominals:,} made-up nominals.")
