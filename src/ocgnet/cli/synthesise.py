"""Commands that make up records with known answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocgnet.cli.console import Steps, say
from ocgnet.cli.options import result_file, result_folder
from ocgnet.files.writing import sealed, write_text

room = typer.Typer(help="Make up records with known answers, for trying things out.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(room, name="synthesise")

OUT = Annotated[
    Path,
    typer.Option(
        help="Folder to make.", metavar="DIR", show_default=False, callback=result_folder("ocgnet synthesise")
    ),
]


@room.command()
def ocgs(
    out: OUT,
    seed: Annotated[int, typer.Option(help="Another seed gives other people.", min=0)] = 1,
    answers: Annotated[
        Path | None,
        typer.Option(
            help="Page to write of what is planted among its phones, vehicles, addresses and accounts.",
            metavar="FILE.md",
            callback=result_file,
        ),
    ] = None,
) -> None:
    """Make up a force with the group-level figures of the published profile."""
    from ocgnet_demo.county.county import write_county
    from ocgnet_demo.drawing import made_up_folder

    with made_up_folder(out) as folder:
        page = write_county(folder, seed)
    if answers is not None:
        write_text(answers, sealed(page), replace=True)
    say(f"{out} holds a made-up county. Analyse it with: ocgnet analyse {out} --out results")


@room.command()
def network(
    out: OUT,
    nominals: Annotated[int, typer.Option(help="How many nominals.", min=10)] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed gives other people.", min=0)] = 1,
) -> None:
    """Make up a large network: three crime links and seven report links for each nominal."""
    from ocgnet_demo.drawing import made_up_folder
    from ocgnet_demo.network import write_network

    with made_up_folder(out) as folder:
        write_network(folder, nominals, seed)
    say(f"{out} holds {nominals:,} made-up nominals.")


@room.command()
def county(
    out: OUT,
    scale: Annotated[
        float, typer.Option(help="1 gives about 260,000 crimes in the year; 0.01 a hundredth.", min=0.001, max=20)
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="1 gives the published figures, another seed another force.", min=0)] = 1,
) -> None:
    """Make up a whole force: every crime of three years, with victims and offenders, and the groups among them."""
    from ocgnet_demo.drawing import made_up_folder
    from ocgnet_demo.force.force import STEPS, write_force

    with Steps(STEPS).shown() as step, made_up_folder(out) as folder:
        write_force(folder, seed, scale, step)
    say(f"{out} holds a made-up force. Its profile: ocgnet profile {out} --out profile")


@room.command()
def export(out: OUT, seed: Annotated[int, typer.Option(help="Another seed gives other people.", min=0)] = 1) -> None:
    """Make up a workbook as a records system exports it, and the same records as a data folder."""
    from ocgnet_demo.drawing import made_up_folder
    from ocgnet_demo.export import BY_HAND, WORKBOOK, write_export

    with made_up_folder(out) as folder:
        write_export(folder, seed)
    say(f"{out / WORKBOOK} is a made-up export; {out / BY_HAND} holds the same records as tables.")
    say(f"Bring it in with: ocgnet import {out / WORKBOOK} --into mydata")
