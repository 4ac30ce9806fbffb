"""The command that draws the network."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.cli import places
from ocgnet.cli.progress import Steps
from ocgnet.cli.records import say
from ocgnet.cli.request import Request, asks, day_of, day_option
from ocgnet.errors import UsageError
from ocgnet.views.chart.payload import Opening, View, opening_state

if TYPE_CHECKING:
    from ocgnet.analysis.time.paths import Earlier
    from ocgnet.dataset import Dataset


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    app.command()(asks(network))


def network(
    request: Request,
    out: Annotated[Path, typer.Option(help="File for the chart.", metavar="FILE", callback=places.result_file)] = Path(
        "chart.html"
    ),
    view: Annotated[View | None, typer.Option(help="View to open on; the reader can go anywhere from there.")] = None,
    group: Annotated[str, typer.Option(help="Group to open on.", metavar="ID")] = "",
    person: Annotated[str, typer.Option(help="Nominal to open on, or where a path begins.", metavar="ID")] = "",
    to_person: Annotated[str, typer.Option(help="Nominal at the other end of a path.", metavar="ID")] = "",
    child: Annotated[str, typer.Option(help="Linked child to open on.", metavar="ID")] = "",
    steps: Annotated[int, typer.Option(help="Steps around --person.", min=1, max=2)] = 1,
    before: Annotated[
        bool, typer.Option("--before", help="Mark what is new and gone since the period before.")
    ] = False,
    compare_from: Annotated[datetime | None, day_option("First day of the period to compare with.")] = None,
) -> None:
    """Draw who has ties with whom, in one page that opens without a network."""
    from ocgnet.analysis.time.paths import side_by_side
    from ocgnet.cli.reading import read_records
    from ocgnet.files.writing import sealed, write_text
    from ocgnet.main_job import analyse
    from ocgnet.views.chart.html import chart_html
    from ocgnet.views.chart.payload import chart_payload
    from ocgnet.views.tables.text import outside_line
    from ocgnet.views.words.findings import lost

    last = request.compare_last
    if before and compare_from:
        raise UsageError("Give --before, or --compare-from with --compare-to, not both.")
    progress = Steps(14)
    with progress.shown():
        progress("reading and checking")
        dataset, _ = read_records(request)
        # Asked first: a period that cannot be compared is said before the minutes of an analysis.
        earlier = _earlier(request, dataset, compare_from, last) if before or compare_from else None
        settings = request.settings if earlier is None else side_by_side(dataset, request.settings)
        analysis = analyse(dataset, settings, progress)
        progress("chart")
        payload = chart_payload(analysis, earlier)
        payload["meta"]["opening"] = opening_state(Opening(view, group, person, to_person, child, steps), payload)
        write_text(out, sealed(chart_html(payload)))
    say(analysis.marking)
    say(f"{payload['meta']['title']}.")
    for note in earlier.notes if earlier else ():
        say(note)
    if outside := outside_line(analysis.outside):
        say(outside)
    for said in filter(None, (*analysis.first, lost(analysis))):
        say(said)
    say(f"chart:      {out}")


def _earlier(request: Request, dataset: Dataset, first: datetime | None, last: date | None) -> Earlier:
    from ocgnet.analysis.time.paths import earlier_ties

    return earlier_ties(dataset, request.settings, day_of(first), last)
