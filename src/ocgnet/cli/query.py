"""The command that asks a question of the pack, or one of the user's own."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ocgnet.audit.chain import key_of
from ocgnet.audit.given import keyed_mark
from ocgnet.audit.log import log_path
from ocgnet.cli.console import ask_password, hand_over, recorded, say
from ocgnet.cli.options import DATABASE, FORMAT, ROWS, TODAY, Format, result_file, with_own
from ocgnet.dataset import About
from ocgnet.english import counted
from ocgnet.errors import UsageError
from ocgnet.evidence.period import COMPARE_TO
from ocgnet.files.ordinary_files import small_text
from ocgnet.files.writing import csv_text, sealed_archive, write_file, write_marked
from ocgnet.queries import Answer, Query, bind, find, pack, read_query
from ocgnet.queries.ask import LIMIT, Link, ask_store, link_to_ask, own_limit, people_shown, values_at
from ocgnet.queries.find_person import NAME_ASKED
from ocgnet.queries.one_force import FORCE
from ocgnet.queries.pack import SCHEMA, favourites_zip
from ocgnet.queries.parameters import name_of, words
from ocgnet.queries.query import SUBJECTS
from ocgnet.settings import Settings
from ocgnet.spelling import plain
from ocgnet.store.contract import OWN_SERVER, in_database
from ocgnet.views.words.numbers import count
from ocgnet.visible import visible

WIDEST = 100
"""Columns of a terminal that every table may take, even when it is told of fewer (as in a pipe)."""

app = typer.Typer()


@app.command()
def query(
    asked: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STORE] [NAME]",
            help="Store to ask, then which question; --list shows them all.",
            show_default=False,
        ),
    ] = None,
    store: Annotated[
        str, typer.Option(help="The same for the store: neo4j, bolt://127.0.0.1:7687, ocg.duckdb.", metavar="STORE")
    ] = "",
    database: DATABASE = "",
    param: Annotated[
        list[str] | None,
        typer.Option("--param", help="A value for the question, as name=value; may be repeated.", metavar="NAME=VALUE"),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Ask the query in this file instead; it can only read.", metavar="FILE.cypher")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List all questions.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the question for pasting into Neo4j Browser.")] = False,
    browser: Annotated[
        bool,
        typer.Option("--browser", help="Print a link that opens the question in Neo4j Browser of your own server."),
    ] = False,
    favourites: Annotated[
        Path | None,
        typer.Option(
            help="Write all questions as favourites for Neo4j Browser.", metavar="FILE.zip", callback=result_file
        ),
    ] = None,
    perspective: Annotated[
        Path | None,
        typer.Option(
            help="Write a perspective for Neo4j Bloom: its pictures are search phrases, judged on the days of STORE.",
            metavar="FILE.json",
            callback=result_file,
        ),
    ] = None,
    today: TODAY = None,
    compare_to: Annotated[
        str,
        typer.Option(help="Which period is the one before: period-before or same-period-last-year.", metavar="PERIOD"),
    ] = COMPARE_TO[0],
    form: FORMAT = Format.table,
    rows: ROWS = 30,
) -> None:
    """Ask a question of the store: members, pairs, children, reviews due, and what --list shows."""
    *places, name = asked or [""]
    if file is not None:
        places, name = [*places, name], ""
    named = [place for place in (*places, store) if place]
    if len(named) > 1:
        raise UsageError("Name one store and one question: ocgnet query STORE NAME. All questions: ocgnet query --list")
    if listed:
        _list(Console(), name)
        return
    if favourites is not None:
        _favourites(favourites)
        return
    if perspective is not None:
        _perspective(perspective, in_database("".join((name, *named)), database))
        return
    question = _question(name, file)
    if show:
        hand_over(question.source.rstrip("\n") + "\n")
        return
    if browser:
        link = _link("".join(named), question, param or [])
        typer.echo(link.address)
        if link.cut:
            limit, total = link.cut
            say(f"It shows {count(limit)} and leaves out more ({count(total)} rows): --param {LIMIT}=…", error=True)
        if link.marks > READABLE:
            names = {p.name for p in question.parameters}
            way = next((f": --param {n}=…" for n in ("limit", "worst", "period_from", "ocg_id") if n in names), ".")
            say(f"It draws {count(link.marks)} marks, more than can be read at once. Ask for less{way}", error=True)
        say("Open that in Chromium, Chrome, Edge or Firefox, log in, and press the blue arrow.", error=True)
        return
    if not named:
        raise UsageError(
            f"Say which store to ask: ocgnet query STORE {question.name}. What the question needs is shown by: "
            f"ocgnet query {question.name} --show"
        )
    place = in_database(named[0], database)
    settings = with_own(_compared(compare_to), None, today)
    about, values, answer = _ask(place, question, param or [], settings, every_row=form is not Format.table)
    if form is Format.table:
        _print(Console(), question, about, values, answer, rows)
    else:
        more = _more(question, values, answer, ", or no limit, for all")
        hand_over(
            _csv(answer) if form is Format.csv else _json(answer),
            *filter(None, (about.marked, *answer.notes, more, _unshown(question, answer))),
        )


def _compared(asked: str) -> Settings:
    if asked not in COMPARE_TO:
        raise UsageError(f"--compare-to knows no '{asked}'; it takes {' or '.join(COMPARE_TO)}.")
    return Settings(compare_to=asked)


LARGEST_QUERY = 1_000_000
"""Bytes of a query of one's own."""


def _question(name: str, file: Path | None) -> Query:
    if (file is None) == (not name):
        raise UsageError(
            "Name one question, or give --file with a query of your own. All questions: ocgnet query --list"
        )
    if file is None:
        return find(name)
    return read_query(file.stem, small_text(file, LARGEST_QUERY), own=True)


def _ask(
    store: str, asked: Query, given: Sequence[str], settings: Settings, *, every_row: bool
) -> tuple[About, dict[str, Any], Answer]:
    once = cache(ask_password)
    # A slip is told before the act begins, whose error the log would keep word for word.
    bind(asked, given)
    # The answer is told to the log before anybody sees it.
    with recorded("query", what=_without_names(asked, given)) as act:
        about, values, answer = ask_store(store, asked, given, once, settings, every_row=every_row)
        own = {} if asked.subject else {"query": asked.text}
        act.note(people=people_shown(store, answer, values, once), rows=len(answer.rows), **own)
    return about, values, answer


def _without_names(asked: Query, given: Sequence[str]) -> str:
    """Return the command line with keyed hashes for names and dates of birth that were asked; empty when none were."""
    path = log_path()
    hashed = {
        pair: f"{name}=#{keyed_mark('asked', plain(value), key_of(path))}"
        for pair in given
        for name, _, value in [pair.partition("=")]
        if asked.subject and name_of(pair) == NAME_ASKED
    }
    if not hashed:
        return ""
    hashed |= {f"--param={pair}": f"--param={mark}" for pair, mark in hashed.items()}
    return shlex.join(["ocgnet", *(hashed.get(word, word) for word in sys.argv[1:])])


READABLE = 75
"""Marks of a picture that can be told apart on one screen."""


def _link(store: str, asked: Query, given: Sequence[str]) -> Link:
    if store not in ("", OWN_SERVER):
        raise UsageError(f"--browser opens your own server ({OWN_SERVER}); for another paste what --show prints.")
    return link_to_ask(asked, given, ask_password)


def _favourites(file: Path) -> None:
    write_file(file, lambda partial: partial.write_bytes(sealed_archive(favourites_zip(pack()))))
    say(f"{file} holds {len(pack())} questions. Drop it on the window of Neo4j Browser; docs/browser.md says more.")


def _perspective(file: Path, store: str) -> None:
    from ocgnet.queries.bloom import perspective

    if not store:
        raise UsageError("Say which store it is for: ocgnet query STORE --perspective FILE.json")
    # Bloom draws records; kinds of record are none.
    pictures = [q for q in pack() if q.kind == "picture" and q.name != SCHEMA]
    about, values = values_at(store, pictures, ask_password)
    text = perspective({q.name: (q, values[q.name]) for q in pictures})
    write_marked(file, text, about.marked)
    say(f"{file} holds a perspective with {len(pictures)} search phrases; docs/neo4j.md says how Bloom imports it.")


def _list(console: Console, word: str) -> None:
    chosen = [q for q in pack() if word.lower() in f"{q.name} {q.title} {q.purpose}".lower()]
    if not chosen:
        raise UsageError(f"No question mentions '{word}'. See all of them with: ocgnet query --list")
    for subject in SUBJECTS:
        found = [q for q in chosen if q.subject == subject]
        if found:
            console.print(Text(f"\n{subject}", "bold"))
        for q in found:
            needs = [
                p.name for p in q.parameters if p.kind in {"text", "whole"} and p.name not in {"limit", "run_id", FORCE}
            ]
            asks = f" [{', '.join(needs)}]" if needs else ""
            console.print(Text(f"  {q.name:42}{q.title}{asks}"), soft_wrap=True)
    console.print(Text("\nAsk one with: ocgnet query STORE NAME --param name=value"), soft_wrap=True)


def _print(console: Console, asked: Query, about: About, values: dict[str, Any], answer: Answer, limit: int) -> None:
    def say(text: str, style: str = "") -> None:
        console.print(Text(visible(text), style), soft_wrap=True)

    say(about.marked, "bold")
    say(asked.title)
    if told := ", ".join(f"{n} {words(v)}" for n, v in values.items() if v != "" and not isinstance(v, dict)):
        say(f"Asked with {told}.")
    if not answer.rows:
        say("No row answers this question for these records and values.")
    else:
        grid = Table(show_edge=False, pad_edge=False, box=None, header_style="bold")
        for column in answer.columns:
            number = all(isinstance(r[answer.columns.index(column)], int | float | None) for r in answer.rows)
            grid.add_column(
                Text(visible(column.replace("_", " "))), justify="right" if number else "left", overflow="fold"
            )
        for row in answer.rows[:limit]:
            grid.add_row(*(Text(visible(_cell(v)) or "–") for v in row))
        console.print(grid, width=max(console.width, WIDEST))
        total = answer.total or len(answer.rows)
        for_all = f"{'' if limit >= total else f' --rows {total}'}, or --format csv, for all"
        more = _more(asked, values, answer, for_all) or "All of them: --format csv"
        say(f"{count(min(limit, len(answer.rows)))} of {count(total)} rows. {more}")
    for note in answer.notes:
        say(note)
    if unshown := _unshown(asked, answer):
        say(unshown)
    say(about.marked, "bold")


def _cell(value: Any) -> str:
    """Return a value as a cell that may be wrapped: a list between its words, never within one."""
    return ", ".join(map(words, value)) if isinstance(value, list | tuple) else words(value)


def _more(asked: Query, values: dict[str, Any], answer: Answer, for_all: str) -> str:
    """Say what a limit left out, and what gives all; empty when it left nothing out."""
    if answer.total:
        return f"More than {count(values[LIMIT])} ({count(answer.total)}): --param {LIMIT}={answer.total}{for_all}."
    own = own_limit(asked, values)
    if own is not None and len(answer.rows) >= own:
        return f"{asked.name} itself ends with LIMIT {own}, which is reached: there may be more."
    return ""


def _unshown(asked: Query, answer: Answer) -> str:
    """Say how many people are in no answer of these records; empty where all may be."""
    people = counted(answer.restricted, "person", "people")
    if answer.restricted and not asked.subject:
        return f"Processing of {people} is restricted; say restricted_on IS NULL in a query of your own."
    return f"In no answer: {people} whose processing is restricted." if answer.restricted else ""


def _csv(answer: Answer) -> str:
    return csv_text(answer.columns, ([words(v) for v in row] for row in answer.rows))


def _json(answer: Answer) -> str:
    lines = (
        json.dumps(dict(zip(answer.columns, r, strict=True)), ensure_ascii=False, default=words) for r in answer.rows
    )
    body = ",\n".join(lines)
    return f"[\n{body}\n]\n" if body else "[]\n"
