"""Commands about disruptions of groups: recording one, counting them, and what came before and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ocgnet.audit import log_of
from ocgnet.cli.analyse import for_program
from ocgnet.cli.console import ask_password, hand_over, say, screen
from ocgnet.cli.naming import GROUP, meant, the_id
from ocgnet.cli.options import (
    BY,
    FORMAT,
    REASON,
    ROWS,
    Asking,
    Format,
    OfRecords,
    Request,
    day_option,
    folder_of,
    has_come,
    result_file,
    text_option,
)
from ocgnet.cli.records import read_records
from ocgnet.cli.review import refuse_unsaid
from ocgnet.model import TABLES

room = typer.Typer(
    help="Record disruptions of groups, count them, and look at what came before and after.", no_args_is_help=True
)
app = typer.Typer()
app.add_typer(room, name="disruption")

_LEVELS, _STRANDS = (", ".join(TABLES["disruptions"].column(n).enum) for n in ("level", "strand"))


@room.command(cls=OfRecords)
def add(
    ctx: typer.Context,
    group: Annotated[str, typer.Option(help="Group that was disrupted.", metavar="ID|NAME", show_default=False)],
    on: Annotated[datetime, day_option("Day of the disruption, today at the latest.", judge=has_come)],
    level: Annotated[str, typer.Option(help=f"How much it hurt: {_LEVELS}.", metavar="LEVEL", show_default=False)],
    strand: Annotated[str, typer.Option(help=f"Strand of the 4Ps: {_STRANDS}.", metavar="STRAND", show_default=False)],
    agency: Annotated[str, typer.Option(help="Agency that led.", metavar="NAME", show_default=False)],
    by: BY,
    reason: REASON,
    partners: Annotated[
        list[str] | None,
        typer.Option(help="Agency that took part; may be repeated, or several separated by |.", metavar="NAME"),
    ] = None,
    description: Annotated[str | None, text_option("What was done.")] = None,
) -> None:
    """Record a disruption of a group; the very same one is not recorded twice."""
    from ocgnet.edit import open_place
    from ocgnet.edit.recorded_disruptions import disruption_row, recorded_disruption
    from ocgnet.english import counted

    refuse_unsaid(by, reason)
    folder = folder_of(ctx.obj)
    place, log = open_place(ctx.obj, ask_password), log_of().outside(folder)
    ocg, day = meant(place, folder, GROUP, group, "--group", reason=reason), on.date()
    row = disruption_row(ocg, day, level, strand, agency, partners or (), description or "")
    with log.act("disruption", by=by, reason=reason) as act:
        with place.alone():
            recorded = recorded_disruption(place, row)
            place.amend(recorded.change)
            judged = place.about.as_of
        known_before = not recorded.change.tables
        act.note(
            disruption=recorded.disruption_id, ocg=ocg, level=level, strand=strand, happened_on=day.isoformat(),
            recorded="already" if known_before else "now",
        )  # fmt: skip
    what = f"disruption of {ocg} on {day:%d/%m/%Y} (level {level}, strand {strand}), led by {row['lead_agency']}"
    if known_before:
        say(f"This {what} is recorded already, as {recorded.disruption_id}. Nothing was changed.")
    else:
        say(f"{recorded.disruption_id} is recorded: {what}.")
    if recorded.same_day:
        listed = "; ".join(f"{r['disruption_id']} ({r['level']}, {r['strand']})" for r in recorded.same_day)
        many = counted(len(recorded.same_day), "further disruption")
        say(f"On that day {ocg} has {many}, counted apart: {listed}. Make sure that it is not the same act.")
    if recorded.mapped_on and day < recorded.mapped_on:
        say(f"{ocg} was mapped on {recorded.mapped_on:%d/%m/%Y}, after that day.")
    if recorded.archived_on and recorded.archived_on < day:
        say(f"{ocg} was archived on {recorded.archived_on:%d/%m/%Y}, before that day.")
    if judged is not None and judged < day:
        say(
            f"These records are judged on {judged:%d/%m/%Y}, before that day, so it counts with --as-of {day} or later."
        )


class View(StrEnum):
    """What to print."""

    counts = "counts"
    before_after = "before-after"
    compared = "compared"
    summary = "summary"


_COLUMNS = {
    View.counts: ("by", "value", "disruptions", "before", "change", "change_low", "change_high"),
    View.before_after: (
        "disruption_id", "measure", "earlier", "before", "after", "compared", "compared_median",
        "compared_low", "compared_high", "as_much",
    ),
    View.compared: None,
    View.summary: (
        "measure", "disruptions", "compared", "fell", "same", "rose", "beside_others", "below_others", "above_others",
    ),
}  # fmt: skip
IN_FULL = 2
"""Disruptions of which every measure is said in a sentence on the terminal."""


@room.command(cls=Asking)
def show(
    ctx: typer.Context,
    group: Annotated[
        str, typer.Option(help="Disruptions of this group, each before and after.", metavar="ID|NAME")
    ] = "",
    view: Annotated[
        View | None,
        typer.Option(
            help=f"What to print: {', '.join(View)}. Without it counts, or before-after with --group.", metavar="VIEW"
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(help="Days of each window before and after; without it half a year.", min=1, max=3660),
    ] = None,
    form: FORMAT = Format.table,
    rows: ROWS = 30,
    out: Annotated[
        Path | None,
        typer.Option(help="Page to write, for print.", metavar="FILE.html", show_default=False, callback=result_file),
    ] = None,
) -> None:
    """Count disruptions against the period before; and what was recorded of groups before and after them."""
    from ocgnet.analysis.response.before_after import DAYS, before_and_after
    from ocgnet.analysis.response.disruptions import disruption_counts
    from ocgnet.files.writing import sealed, write_text
    from ocgnet.views.disruptions.disruptions_page import disruptions_html
    from ocgnet.views.tables.text import left_out_line
    from ocgnet.views.words import disruptions as words
    from ocgnet.views.words.numbers import losses_sentence, printed

    request: Request = ctx.obj
    dataset, _, settings = read_records(request)
    if asked := the_id(dataset, GROUP, group, "--group"):
        settings = replace(settings, ocgs=(asked,))
    wanted = view or (View.before_after if asked else View.counts)
    counts, marking = disruption_counts(dataset, settings), dataset.about.marked
    finding = words.counts_sentence(counts, asked)
    table, sentences, left_out = counts.table, [printed(note) for note in counts.notes], dataset.left_out
    if wanted is not View.counts or out is not None:
        result = before_and_after(dataset, settings, days or DAYS)
        if out is not None:
            write_text(out, sealed(disruptions_html(dataset, settings, counts, result, asked)))
    if wanted is not View.counts:
        table = {View.before_after: result.table, View.compared: result.compared, View.summary: result.summary}[wanted]
        sentences, left_out = words.cautions(result), (*left_out, *result.left_out)
        if wanted is View.summary:
            sentences = [*words.summary_sentences(table.frame.to_dict("records")), *sentences]
        elif form is Format.table and wanted is View.before_after:
            told = list(words.by_disruption(result))
            full = [words.act_sentences(rows_of_one) for rows_of_one in told]
            more = [f"{len(told):,} disruptions, {IN_FULL} of them in full. All numbers: --format csv"]
            sentences = [
                *(s for one in full[:IN_FULL] for s in one),
                *(more if len(told) > IN_FULL else ()),
                *sentences,
            ]
    aside = [losses_sentence(dataset.losses, settings.loss_limit), left_out_line(left_out)]
    sentences += [sentence for sentence in aside if sentence]
    if form is not Format.table:
        hand_over(for_program(table, form), marking, finding, *sentences)
        return
    from ocgnet.views.tables.terminal import print_table

    whole = f"ocgnet disruption show {request.place} --view {wanted} --format csv"
    print_table(screen(), table, columns=_COLUMNS[wanted], limit=rows, finding=finding, files=whole, marking=marking)
    for sentence in sentences:
        say(sentence)
    if out is not None:
        say(f"page: {out}")
