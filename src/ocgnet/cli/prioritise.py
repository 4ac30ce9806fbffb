"""Commands about priorities: prioritise show, score and tasking."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, hand_over, say, screen, tell_file
from ocgnet.cli.naming import GROUP, PERSON, THREAT, meant, the_id
from ocgnet.cli.options import (
    BY,
    FORMAT,
    ON,
    REASON,
    ROWS,
    Asking,
    Format,
    OfRecords,
    Request,
    again,
    folder_of,
    named_day,
    on_or_today,
    result_file,
)
from ocgnet.cli.records import read_records
from ocgnet.errors import SourceError, UsageError
from ocgnet.visible import visible

if TYPE_CHECKING:
    from ocgnet.analysis.response.priority_schemes import Scheme
    from ocgnet.edit.place import Place

room = typer.Typer(
    help="Rank groups, people and threats by a declared scheme; make the page of a tasking meeting.",
    no_args_is_help=True,
)
app = typer.Typer()
app.add_typer(room, name="prioritise")


class Kind(StrEnum):
    """What is ranked."""

    group = "group"
    person = "person"
    threat = "threat"


SCHEME = Annotated[
    Path | None,
    typer.Option(
        "--scheme",
        help="TOML file with your own components, weights and thresholds; without it the scheme of the program.",
        metavar="FILE",
        show_default=False,
    ),
]
KIND = Annotated[Kind, typer.Option("--kind", help="What to rank; each kind is ranked among its own.")]


def _scheme(file: Path | None) -> Scheme:
    """Return the scheme of a file, else the one that comes with the program."""
    from ocgnet.analysis.response.priority_schemes import LARGEST_SCHEME, scheme_from, shipped_scheme
    from ocgnet.files.ordinary_files import read_small

    return shipped_scheme() if file is None else scheme_from(read_small(file, LARGEST_SCHEME), str(file))


@room.command(cls=Asking)
def show(
    ctx: typer.Context,
    kind: KIND = Kind.group,
    scheme: SCHEME = None,
    subject: Annotated[
        str, typer.Option(help="Only this one, with every component and both scores.", metavar="ID|NAME")
    ] = "",
    form: FORMAT = Format.table,
    rows: ROWS = 20,
) -> None:
    """Print the ranking: total, range, how far the order moves when one score changes, what is unknown."""
    from ocgnet.analysis.response.priorities import prioritise, run_of
    from ocgnet.views.priorities.ranked import csv_of, finding, json_of, subject_lines, table_of
    from ocgnet.views.tables.text import left_out_line
    from ocgnet.views.words.numbers import printed

    request: Request = ctx.obj
    declared = _scheme(scheme)
    dataset, _, settings = read_records(request)
    asked = the_id(dataset, kind.value, subject, "--subject")
    priorities = prioritise(dataset, declared, settings, (kind.value,))
    ranking = priorities.rankings[kind.value]
    marking, beside = dataset.about.marked, (*ranking.notes, *priorities.notes, left_out_line(priorities.left_out))
    if asked and asked not in set(ranking.frame["subject_id"]):
        raise UsageError(
            f"--subject {asked} is not ranked on {priorities.period.as_of}: ranked are groups that are mapped and not "
            "archived, adults who belong to one of them or were scored, and threats recorded by then."
        )
    if form is Format.csv:
        hand_over(csv_of(priorities), marking, *map(printed, beside))
        return
    if form is Format.json:
        hand_over(json_of(priorities, marking, run_of(dataset, declared, settings)), marking, *map(printed, beside))
        return
    say(marking)
    if asked:
        for line in subject_lines(ranking, asked):
            say(line)
    else:
        say(finding(ranking))
        if len(ranking.frame):
            screen().print(table_of(ranking, rows))
        if len(ranking.frame) > rows:
            say(f"{rows} of {len(ranking.frame):,} shown. All of them, with every component: --format csv")
    say(printed(f"Scheme: {declared.words} ({declared.fingerprint}). {priorities.period.note}"))
    for note in beside:
        say(printed(note))
    say(marking)


@room.command(cls=OfRecords)
def score(
    ctx: typer.Context,
    subject: Annotated[
        str, typer.Argument(help="Id or name of the group, person or threat.", metavar="SUBJECT", show_default=False)
    ],
    component: Annotated[
        str, typer.Option(help="Component of the scheme, such as community.", metavar="NAME", show_default=False)
    ],
    value: Annotated[
        float,
        typer.Option("--score", help="The score, on the scale of the scheme.", metavar="NUMBER", show_default=False),
    ],
    by: BY,
    reason: REASON,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="What the subject is, where an id or a name leaves it open.")
    ] = None,
    scheme: SCHEME = None,
    on: ON = None,
) -> None:
    """Record what an assessor judged one component to be; earlier scores are kept, and the records' own beside it."""
    from ocgnet.edit import open_place
    from ocgnet.edit.assessed_scores import Score, refuse_child, score_change
    from ocgnet.retention.restriction import refuse_restricted

    declared = _scheme(scheme)
    scored = declared.component(component)
    declared.refuse_score(value)
    if not by.strip() or not reason.strip():
        raise UsageError("Say who scored and why: --by NAME --reason TEXT.")
    folder = folder_of(ctx.obj)
    place, log = open_place(ctx.obj, ask_password), log_of().outside(folder)
    what, identity = _subject(place, folder, subject, kind, reason)
    if what not in scored.kinds:
        raise UsageError(
            f"{declared.words} has no {component} of a {what}: it counts for {' and '.join(scored.kinds)}."
        )
    people = [identity] if what == PERSON else []
    day = on_or_today(on)
    given = Score(
        declared.name, declared.version, what, identity, component, value, by.strip(), " ".join(reason.split()), day
    )
    with log.act("score", people=people, by=by, reason=reason) as act:
        with place.alone():
            refuse_restricted(place, people)
            for person in people:
                refuse_child(place, person, day)
                if not place.look_up("nominals", "nominal_id", [person]).num_rows:
                    raise UsageError(
                        f"{person} is no nominal: ranked are adults who are nominals. Nothing was changed."
                    )
            before, change = score_change(place, given)
            place.amend(change)
            judged = place.about.as_of
        act.note(
            subject=f"{what} {identity}",
            scheme=declared.words,
            component=component,
            before=before["score"] if before else "none",
            after=f"{value:g}",
            **named_day(on),
        )
    earlier = f"; before it {before['score']} by {before['assessor']} on {before['scored_on']}" if before else ""
    if not change.tables:
        say("That score is recorded already. Nothing was changed.")
        return
    say(visible(f"{component} of {what} {identity} is scored {value:g} of {declared.most:g} by {by}{earlier}."))
    say(f"Scheme: {declared.words}. See: {again(ctx, 'prioritise show', '--kind', what, '--subject', identity)}")
    if judged is not None and judged < day:
        say(f"These records are judged on {judged:%d/%m/%Y}, before that day, so rankings show it with --as-of {day}.")


PREVIOUS = Annotated[
    Path | None,
    typer.Option(help="Page of the last meeting, or the .json beside it.", metavar="FILE", show_default=False),
]


@room.command(cls=Asking)
def tasking(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Option(help="File of the page, .html; a .json beside it is for the next meeting.", metavar="FILE",
                     show_default=False, callback=result_file),
    ],
    previous: PREVIOUS = None,
    kind: KIND = Kind.group,
    scheme: SCHEME = None,
) -> None:  # fmt: skip
    """Make the page of a tasking meeting: first ten, what changed since the last and why, gaps, who has what."""
    from ocgnet.analysis.response.priorities import prioritise, run_of
    from ocgnet.analysis.response.tasking import previous_of, tasking_of
    from ocgnet.files.writing import sealed, write_marked, write_text
    from ocgnet.views.priorities.ranked import json_of
    from ocgnet.views.priorities.tasking_page import tasking_html, title

    request: Request = ctx.obj
    if out.suffix.lower() != ".html":
        raise UsageError(f"{out}: give the page a name that ends in .html.")
    beside = out.with_suffix(".json")
    result_file(beside)
    declared = _scheme(scheme)
    last = None if previous is None else _last_meeting(previous)
    dataset, _, settings = read_records(request)
    kinds = tuple(dict.fromkeys((kind.value, *((GROUP, THREAT) if kind is not Kind.person else ()))))
    priorities = prioritise(dataset, declared, settings, kinds)
    ranking = priorities.rankings[kind.value]
    compared = None if last is None else previous_of(last, ranking, str(previous))
    page = tasking_of(dataset, priorities, kind.value, compared)
    run_id = run_of(dataset, declared, settings)
    html = tasking_html(dataset, priorities, page, run_id)
    write_marked(beside, json_of(priorities, dataset.about.marked, run_id), dataset.about.marked)
    tell_file(beside)
    write_text(out, sealed(html))
    say(dataset.about.marked)
    say(visible(f"{title(page)}."))
    if compared is not None and compared.why_not:
        say(visible(f"Not compared with the last meeting: {compared.why_not}."))
    say(f"page: {out}")
    say(f"for the next meeting: {beside}")


LARGEST_DOCUMENT = 500_000_000
"""Bytes of the document of a meeting; one of 200 people has a million."""


def _last_meeting(path: Path) -> dict[str, Any]:
    """Return the document of the last meeting: of its page, that beside it."""
    from ocgnet.files.ordinary_files import read_small
    from ocgnet.notation import parse_json

    file = path.with_suffix(".json") if path.suffix.lower() == ".html" else path
    try:
        document = parse_json(read_small(file, LARGEST_DOCUMENT))
    except ValueError as error:
        raise SourceError(f"{file} is no JSON in UTF-8: {error}.") from error
    if not isinstance(document, dict) or document.get("kind") != "priorities":
        raise UsageError(
            f"{file} is no ranking that ocgnet prioritise tasking wrote. Name the page of the last meeting."
        )
    return document


def _subject(place: Place, folder: Path | None, asked: str, kind: Kind | None, reason: str) -> tuple[str, str]:
    """Return the kind and the id of a subject: an id comes before every name."""
    from ocgnet.model import PERSON_TABLES

    tables = {GROUP: {"ocgs": "ocg_id"}, THREAT: {"threats": "threat_id"}, PERSON: PERSON_TABLES}
    kinds = (kind.value,) if kind else tuple(tables)

    def stands(what: str, identity: str) -> bool:
        return any(place.look_up(table, key, [identity]).num_rows for table, key in tables[what].items())

    matches = [(what, asked) for what in kinds if stands(what, asked)]
    if not matches:
        named = [(what, meant(place, folder, what, asked, "SUBJECT", reason=reason)) for what in kinds]
        matches = [(what, identity) for what, identity in named if stands(what, identity)]
    if not matches:
        raise UsageError(f"SUBJECT: there is no {' or '.join(kinds)} {asked} in these records, by id or by name.")
    if len(matches) > 1:
        several = " and a ".join(what for what, _ in matches)
        raise UsageError(f"SUBJECT: {asked} is a {several}. Say which with --kind.")
    return matches[0]
