"""The command about peers and places around exploited children."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocgnet.cli.console import say
from ocgnet.cli.naming import PERSON, the_id
from ocgnet.cli.options import Asking, Request, result_folder
from ocgnet.cli.records import read_records
from ocgnet.visible import visible

app = typer.Typer()


@app.command(cls=Asking)
def peers(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Option(
            help="Folder for page and tables; they name children.",
            metavar="DIR",
            show_default=False,
            callback=result_folder("ocgnet peers"),
        ),
    ],
    child: Annotated[
        str, typer.Option("--child", help="Only around this child, whatever is recorded of it.", metavar="ID|NAME")
    ] = "",
) -> None:
    """Draw who was with exploited children, and where: stops, missing episodes, places, vehicles, in one folder."""
    from ocgnet.analysis.children.linked_children import linked_children
    from ocgnet.analysis.children.peers import peers_of
    from ocgnet.evidence.evidence import evidence_of
    from ocgnet.files import writing
    from ocgnet.views.peers.peers_page import MADE_BY, PAGE, beside, title_of, write_peers

    request: Request = ctx.obj
    dataset, _, settings = read_records(request)
    asked = the_id(dataset, PERSON, child, "--child")
    evidence = evidence_of(dataset, settings)
    linked = linked_children(dataset, evidence, dataset.shown_names, settings)
    found = peers_of(dataset, evidence, linked.links, settings, asked)
    with writing.result_folder(out, MADE_BY) as partial:
        write_peers(partial, dataset, found)
    say(dataset.about.marked)
    say(visible(f"{title_of(found)}."))
    for sentence in beside(found):
        say(visible(sentence))
    say(f"page:       {out / PAGE}")
    say(f"tables:     {out}")
