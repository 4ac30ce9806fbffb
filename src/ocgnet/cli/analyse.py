"""Commands that answer: analyse, one for each table, children, network, and compare for two runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.cli.console import Steps, ask_password, hand_over, recorded, say, screen
from ocgnet.cli.naming import GROUP, PERSON, the_id
from ocgnet.cli.options import (
    FORMAT,
    ROWS,
    Asking,
    Format,
    Request,
    day_of,
    day_option,
    folder_of,
    result_file,
    result_folder,
)
from ocgnet.cli.records import read_records
from ocgnet.errors import UsageError
from ocgnet.parallel import Cores
from ocgnet.views.chart.payload import Opening, View, opening_state

if TYPE_CHECKING:
    from ocgnet.results import Analysis, ResultTable
    from ocgnet.store import LoadManifest

app = typer.Typer()


@app.command(cls=Asking)
def analyse(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Option(help="Folder for the results.", metavar="DIR", callback=result_folder("ocgnet analyse")),
    ] = Path("ocgnet-results"),
    write_back: Annotated[
        bool,
        typer.Option("--write-back", help="Also keep suggestions, measures, communities and ties in the Neo4j store."),
    ] = False,
) -> None:
    """Answer everything: tables, chart, report and workbook in one folder."""
    request: Request = ctx.obj
    place = str(request.place)
    if write_back and (folder_of(request.place) or place.endswith(".duckdb")):
        raise UsageError("--write-back keeps the run in a Neo4j server; name one as the place of the records.")
    steps = Steps(16 if write_back else 15)
    with steps.shown(), Cores(steps.part) as cores:
        if _many(request):
            cores.begin()
        # These take a while to load, and meanwhile the other process begins.
        from ocgnet.views.folder import write_run
        from ocgnet.views.tables.text import outside_line
        from ocgnet.views.words.findings import findings
        from ocgnet.views.words.numbers import printed

        analysis, manifest = _run(request, steps, cores)
        write_run(out, analysis, [asdict(s) for s in manifest.sources], steps.so_far, steps, cores.aside)
        kept = None
        if write_back:
            from ocgnet.store.neo4j.kept_runs import write_back as keep

            steps("the store")
            kept = keep(place, analysis, ask_password, partial(_kept_so_far, steps), manifest)
    for line in (analysis.marking, *findings(analysis), *filter(None, (outside_line(analysis.outside),))):
        say(line)
    for note in analysis.gap_notes:
        say(printed(note))
    say("")
    for page, what in _PAGES.items():
        say(f"{what + ':':12}{out / page}")
    if kept is not None:
        say(f"{'store:':12}run {analysis.run_id} is kept in {place}: {kept}")


def _kept_so_far(steps: Steps, what: str, done: int, total: int) -> None:
    """Say how far keeping a run is; without a total ``what`` says for whom it waits."""
    if total:
        steps.part(done, total)
    else:
        steps(what)


_MANY = 1_000_000
"""Bytes of records from which starting a second process at once saves more than it costs."""

_PAGES = {
    "report.html": "report",
    "network.html": "chart",
    "workbook.xlsx": "workbook",
    "tables": "tables",
    "run.json": "figures",
}

_QUESTIONS = {
    "roles": "Print suggested roles beside recorded ones.",
    "concentration": "Print the nominals who carry the largest share of crimes and reports.",
    "communities": "Print the communities found in the ties.",
}


def _printer(name: str) -> Callable[..., None]:
    def show(ctx: typer.Context, form: FORMAT = Format.table, rows: ROWS = 30) -> None:
        from ocgnet.views.tables.terminal import print_table
        from ocgnet.views.tables.text import left_out_line
        from ocgnet.views.words.findings import OF_TABLE, lost

        request: Request = ctx.obj
        steps = Steps(4)
        with steps.shown(), Cores(steps.part) as cores:
            analysis, _ = _run(request, steps, cores, name, brief=form is Format.table)
        table = analysis.tables[name]
        if form is not Format.table:
            said = filter(None, (analysis.marking, *analysis.first, lost(analysis), left_out_line(analysis.left_out)))
            hand_over(for_program(table, form), *said)
        else:
            print_table(
                screen(),
                table,
                limit=rows,
                finding=" ".join(filter(None, (*analysis.first, lost(analysis), OF_TABLE[name](analysis)))),
                files=f"add --format csv, or run ocgnet analyse {request.place}",
                marking=analysis.marking,
                left_out=left_out_line(analysis.left_out),
            )

    return show


for _name, _says in _QUESTIONS.items():
    app.command(_name, cls=Asking, help=_says)(_printer(_name))


def for_program(table: ResultTable, form: Format) -> str:
    """Return a whole table as CSV or JSON."""
    from ocgnet.files.writing import csv_text
    from ocgnet.views.tables.text import csv_rows, json_text

    return csv_text(*csv_rows(table)) if form is Format.csv else json_text(table)


def _many(request: Request) -> bool:
    """Tell whether there are so many records that a second process pays from the start."""
    place = Path(request.place)
    files = place.iterdir() if place.is_dir() else [place]
    try:
        return sum(f.stat().st_size for f in files if f.is_file()) > _MANY
    except OSError:
        return False


def _run(
    request: Request, steps: Steps, cores: Cores, question: str = "", *, brief: bool = False
) -> tuple[Analysis, LoadManifest]:
    steps("reading and checking")
    dataset, manifest, settings = read_records(request)
    from ocgnet.main_job import analyse, answer

    if question:
        return answer(question, dataset, settings, steps, cores, brief=brief, beforehand=_warn), manifest
    return analyse(dataset, settings, steps, cores, _warn), manifest


def _warn(sentence: str) -> None:
    """Say beside the answer what is about to cost much."""
    say(sentence, error=True)


class About(StrEnum):
    """What is printed about the children."""

    who = "who"
    links = "links"
    ended = "ended"
    components = "components"
    missing = "missing"
    pathway = "pathway"
    sensitivity = "sensitivity"


TABLE = {
    About.who: "children",
    About.links: "child_links",
    About.ended: "child_links_ended",
    About.components: "child_components",
    About.missing: "child_missing",
    About.pathway: "child_pathway",
    About.sensitivity: "child_sensitivity",
}
"""Result table of each view."""

_SAYS = {
    About.links: "Each link between a child and a member of a group, with its records.",
    About.ended: "Who was linked until a membership ended or a group was archived; in no figure of linked children.",
    About.components: "Each component of each child's two bands: what it adds, and what is to be found out.",
    About.missing: "Children who went missing in the period, linked or not; places and companions that recur.",
    About.pathway: "The dated records that place each child on the prevent pathway.",
    About.sensitivity: "The order of children when one component is left out.",
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


@app.command(cls=Asking)
def children(
    ctx: typer.Context,
    named: Annotated[str, typer.Option("--child", help="Everything about this child only.", metavar="ID|NAME")] = "",
    view: Annotated[About, typer.Option(help="What to print.")] = About.who,
    form: FORMAT = Format.table,
    rows: Annotated[
        int, typer.Option(help="How many children or rows to show on the terminal; csv and json give all.", min=1)
    ] = 30,
) -> None:
    """Print the children linked to members of groups: who, how surely, how pressing, and what is not known."""
    from ocgnet.analysis.children.linked_children import safeguard
    from ocgnet.analysis.children.not_counted import not_counted
    from ocgnet.evidence.evidence import evidence_of
    from ocgnet.results.rests_on import touching
    from ocgnet.views.tables.terminal import print_child, print_children, print_sensitivity, why_not_listed
    from ocgnet.views.words.children import withheld
    from ocgnet.views.words.numbers import losses_sentence

    request: Request = ctx.obj
    steps = Steps(3)
    with steps.shown():
        steps("reading and checking")
        dataset, _, settings = read_records(request)
        child = the_id(dataset, PERSON, named, "--child")
        tables = safeguard(dataset, settings, steps).all_tables
    aside = not_counted(dataset, evidence_of(dataset, settings), settings, child) if child else []
    listed = set(tables["children"].frame["child_id"]) | set(tables["child_missing"].frame["child_id"])
    if child and child not in listed and form is not Format.table:
        raise UsageError(" ".join(why_not_listed(dataset, child, aside)))
    table = _of(tables[TABLE[view]], child)
    marking, where = dataset.about.marked, request.place
    unread = losses_sentence(touching("children", dataset.losses), settings.loss_limit)
    hidden = withheld(tables["child_links"].frame, dataset.withheld or (), dataset.left_out)
    if form is not Format.table:
        hand_over(for_program(table, form), *filter(None, (marking, unread, hidden)))
        return
    for sentence in filter(None, (unread, hidden)):
        say(sentence)
    if view is About.who and child:
        print_child(screen(), tables, marking, child, dataset, aside)
    elif view is About.who:
        more = f"One child whole: ocgnet children {where} --child ID. All as a table: add --format csv."
        print_children(screen(), tables, settings, marking, limit=rows, more=more, unread=unread)
    else:
        if view is About.sensitivity and not child:
            print_sensitivity(screen(), table, marking)
        _print(table, _SAYS[view], f"add --format csv, or run ocgnet analyse {where}", marking, rows)
        if view is About.missing and not child:
            says = "Places and companions that recur, over all these children."
            _print(tables["missing_recurring"], says, f"run ocgnet analyse {where}", marking, rows)
        if view is About.pathway and not child:
            says = "How many of the linked children stood at each stage."
            _print(tables["pathway_counts"], says, f"run ocgnet analyse {where}", marking, max(rows, 60))


def _of(table: ResultTable, child: str) -> ResultTable:
    from ocgnet.results import ResultTable

    if not child:
        return table
    return ResultTable(table.name, table.frame[table.frame["child_id"] == child].reset_index(drop=True))


def _print(table: ResultTable, finding: str, files: str, marking: str, rows: int) -> None:
    from ocgnet.views.tables.terminal import print_table

    columns = _COLUMNS[table.name]
    print_table(screen(), table, columns=columns, limit=rows, finding=finding, files=files, marking=marking)


@app.command(cls=Asking)
def network(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="File for the chart.", metavar="FILE", callback=result_file)] = Path(
        "chart.html"
    ),
    view: Annotated[View | None, typer.Option(help="View to open on; the reader can go anywhere from there.")] = None,
    group: Annotated[str, typer.Option(help="Group to open on.", metavar="ID|NAME")] = "",
    person: Annotated[str, typer.Option(help="Nominal to open on, or where a path begins.", metavar="ID|NAME")] = "",
    to_person: Annotated[str, typer.Option(help="Nominal at the other end of a path.", metavar="ID|NAME")] = "",
    child: Annotated[str, typer.Option(help="Linked child to open on.", metavar="ID|NAME")] = "",
    steps: Annotated[int, typer.Option(help="Steps around --person.", min=1, max=2)] = 1,
    before: Annotated[
        bool, typer.Option("--before", help="Mark what is new and gone since the period before.")
    ] = False,
    compare_from: Annotated[datetime | None, day_option("First day of the period to compare with.")] = None,
) -> None:
    """Draw who has ties with whom, in one page that opens without a network."""
    from ocgnet.analysis.time.paths import earlier_ties, side_by_side
    from ocgnet.files.writing import sealed, write_text
    from ocgnet.main_job import analyse
    from ocgnet.views.chart.html import chart_html
    from ocgnet.views.chart.payload import chart_payload
    from ocgnet.views.tables.text import outside_line
    from ocgnet.views.words.findings import lost

    request: Request = ctx.obj
    if before and compare_from:
        raise UsageError("Give --before, or --compare-from with --compare-to, not both.")
    progress = Steps(15)
    with progress.shown():
        progress("reading and checking")
        dataset, _, settings = read_records(request)
        subject = Opening(
            view,
            the_id(dataset, GROUP, group, "--group"),
            the_id(dataset, PERSON, person, "--person"),
            the_id(dataset, PERSON, to_person, "--to-person"),
            the_id(dataset, PERSON, child, "--child"),
            steps,
        )
        # Asked first: a period that cannot be compared is said before the minutes of an analysis.
        earlier = None
        if before or compare_from:
            earlier = earlier_ties(dataset, settings, day_of(compare_from), request.compare_last)
        analysis = analyse(
            dataset, settings if earlier is None else side_by_side(dataset, settings), progress, beforehand=_warn
        )
        progress("chart")
        payload = chart_payload(analysis, earlier)
        payload["meta"]["opening"] = opening_state(subject, payload)
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


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of the earlier run.", metavar="RUN1", show_default=False)],
    second: Annotated[Path, typer.Argument(help="Folder of the later run.", metavar="RUN2", show_default=False)],
    form: FORMAT = Format.table,
    rows: ROWS = 30,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Also write every change to this CSV file.",
            metavar="FILE",
            show_default=False,
            callback=result_file,
        ),
    ] = None,
    position: Annotated[
        float, typer.Option(help="List positions that differ by this much or more.", min=0.0, max=1.0)
    ] = 0.1,
    even_so: Annotated[
        bool, typer.Option("--even-so", help="Compare runs of two forces or two versions of ocgnet all the same.")
    ] = False,
) -> None:
    """Say who changed role between two runs, and why."""
    from ocgnet.analysis.time.two_runs import compare_runs
    from ocgnet.files.writing import write_csv
    from ocgnet.views.folder import people_in_runs, read_run
    from ocgnet.views.tables.terminal import print_table
    from ocgnet.views.tables.text import csv_rows, in_words, mismatches

    # Told to the log before anything is shown.
    with recorded("read" if out is None else "export", first, second, out) as act:
        runs = read_run(first), read_run(second)
        act.saw(people_in_runs(*runs))
        differ = mismatches(*runs)
        if differ and not even_so:
            raise UsageError(f"{' '.join(differ)} Add --even-so to compare them all the same.")
        changes = compare_runs(*runs, position)
        marking = str(runs[1].document.get("marking", ""))
        if out is not None:
            write_csv(out, *csv_rows(changes), marking=marking)
            act.wrote(out)
    if form is not Format.table:
        hand_over(
            for_program(changes, form), marking, *([f"{out} holds {len(changes.frame):,} changes."] if out else [])
        )
    else:
        print_table(
            screen(),
            changes,
            columns=("what", "id", "name", "ocg_id", "before", "after", "because"),
            limit=rows,
            finding=" ".join((*differ, *in_words(*runs, changes, position))),
            files=f"add --format csv, or --out FILE.csv{f' (written: {out})' if out else ''}",
            marking=marking,
        )
