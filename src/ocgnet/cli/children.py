"""The command about linked children: who, how pressing, where on the pathway, who goes missing."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ocgnet.cli.analysing import FORMAT, Format, for_program
from ocgnet.cli.progress import Steps
from ocgnet.cli.records import hand_over, say
from ocgnet.cli.request import Request, asks
from ocgnet.errors import UsageError

if TYPE_CHECKING:
    from ocgnet.analysis.children.not_counted import NotCounted
    from ocgnet.dataset import Dataset
    from ocgnet.results import ResultTable


class View(StrEnum):
    """What is printed about the children."""

    who = "who"
    links = "links"
    ended = "ended"
    components = "components"
    missing = "missing"
    pathway = "pathway"
    sensitivity = "sensitivity"


TABLE = {
    View.who: "children",
    View.links: "child_links",
    View.ended: "child_links_ended",
    View.components: "child_components",
    View.missing: "child_missing",
    View.pathway: "child_pathway",
    View.sensitivity: "child_sensitivity",
}
"""Result table of each view."""

_SAYS = {
    View.links: "Each link between a child and a member of a group, with its records.",
    View.ended: "Who was linked until a membership ended or a group was archived; in no figure of linked children.",
    View.components: "Each component of each child's two bands: what it adds, and what is to be found out.",
    View.missing: "Children who went missing in the period, linked or not; places and companions that recur.",
    View.pathway: "The dated records that place each child on the prevent pathway.",
    View.sensitivity: "The order of children when one component is left out.",
}


_COLUMNS = {
    "child_links": ("child_id", "path", "verified", "evidence"),
    "child_links_ended": ("child_id", "relationship", "says", "linked_now"),
    "child_components": ("child_id", "about", "title", "value", "points", "could_add", "find_out"),
    "child_missing": ("child_id", "age", "missing_now", "episodes", "trend", "interviews_outstanding", "because"),
    "missing_recurring": ("kind", "what", "member", "episodes", "child_ids", "latest_from"),
    "child_pathway": ("child_id", "on", "stage", "what"),
    "pathway_counts": ("period_from", "period_to", "stage", "children", "entered", "of"),
    "child_sensitivity": ("child_id", "about", "component", "band", "band_without", "place", "place_without"),
}
"""Columns on the terminal, by table; csv and json hold all of them."""


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    app.command()(asks(children))


def children(
    request: Request,
    child: Annotated[str, typer.Option(help="Everything about this child only.", metavar="ID")] = "",
    view: Annotated[View, typer.Option(help="What to print.")] = View.who,
    form: FORMAT = Format.table,
    rows: Annotated[
        int, typer.Option(help="How many children or rows to show on the terminal; csv and json give all.", min=1)
    ] = 30,
) -> None:
    """Print the children linked to members of groups: who, how surely, how pressing, and what is not known."""
    from ocgnet.analysis.children.linked_children import safeguard
    from ocgnet.cli.reading import read_records
    from ocgnet.results.rests_on import touching
    from ocgnet.views.tables.terminal import print_child, print_children, why_not_listed
    from ocgnet.views.words.numbers import losses_sentence

    steps = Steps(3)
    with steps.shown():
        steps("reading and checking")
        dataset, _ = read_records(request)
        found = safeguard(dataset, request.settings, steps)
    tables = found.all_tables
    aside = _aside(dataset, request, child)
    listed = set(tables["children"].frame["child_id"]) | set(tables["child_missing"].frame["child_id"])
    if child and child not in listed and form is not Format.table:
        raise UsageError(" ".join(why_not_listed(dataset, child, aside)))
    table = _of(tables[TABLE[view]], child)
    marking, where = dataset.about.marked, request.folder or f"--store {request.store}"
    unread = losses_sentence(touching("children", dataset.losses), request.settings.loss_limit)
    if form is not Format.table:
        hand_over(for_program(table, form), *filter(None, (marking, unread)))
        return
    if unread:
        say(unread)
    if view is View.who and child:
        print_child(Console(), tables, marking, child, dataset, aside)
    elif view is View.who:
        more = f"One child whole: ocgnet children {where} --child ID. All as a table: add --format csv."
        print_children(Console(), tables, request.settings, marking, limit=rows, more=more, unread=unread)
    else:
        if view is View.sensitivity and not child:
            _print_sensitivity(table, marking)
        _print(table, _SAYS[view], f"add --format csv, or run ocgnet analyse {where}", marking, rows)
        if view is View.missing and not child:
            says = "Places and companions that recur, over all these children."
            _print(tables["missing_recurring"], says, f"run ocgnet analyse {where}", marking, rows)
        if view is View.pathway and not child:
            says = "How many of the linked children stood at each stage."
            _print(tables["pathway_counts"], says, f"run ocgnet analyse {where}", marking, max(rows, 60))


def _aside(dataset: Dataset, request: Request, child: str) -> list[NotCounted]:
    """Return the links of one child that do not count; nothing without a child.

    Raises
    ------
    UsageError
        When nobody of that id is on record.
    """
    from ocgnet.analysis.children.not_counted import not_counted
    from ocgnet.casework.child_records import known_people, near_ids
    from ocgnet.evidence.evidence import evidence_of

    if not child:
        return []
    known = known_people(dataset)
    if child not in known:
        raise UsageError(
            f"No person {child} in these records.{near_ids(child, known)} ocgnet children without --child lists the "
            "linked children."
        )
    return not_counted(dataset, evidence_of(dataset, request.settings), request.settings, child)


def _print_sensitivity(table: ResultTable, marking: str) -> None:
    from ocgnet.views.tables.terminal import print_sensitivity

    print_sensitivity(Console(), table, marking)


def _of(table: ResultTable, child: str) -> ResultTable:
    from ocgnet.results import ResultTable as Table

    if not child:
        return table
    return Table(table.name, table.frame[table.frame["child_id"] == child].reset_index(drop=True))


def _print(table: ResultTable, finding: str, files: str, marking: str, rows: int) -> None:
    from ocgnet.views.tables import print_table

    columns = _COLUMNS[table.name]
    print_table(Console(), table, columns=columns, limit=rows, finding=finding, files=files, marking=marking)
