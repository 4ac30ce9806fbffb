"""The command that brings in a force's own exports: import."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocgnet.cli.console import recorded, say, tell_file, tell_people
from ocgnet.cli.options import OWN_SETTINGS, REJECTS, TODAY, import_folder, with_own
from ocgnet.cli.records import list_problems
from ocgnet.english import counted
from ocgnet.errors import RecordError, UsageError
from ocgnet.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

    from ocgnet.importing.again import Again
    from ocgnet.importing.assemble import Assembled
    from ocgnet.importing.exports import Exports
    from ocgnet.importing.mapping import ImportMapping, TableRule
    from ocgnet.importing.outcome import Outcome
    from ocgnet.importing.questions import Asked, Question
    from ocgnet.importing.text_files import Chooser
    from ocgnet.words import Words

app = typer.Typer()

MADE_BY = "ocgnet import"
QUESTIONS_LEFT = 3
"""Exit code when questions are open and nobody is there to answer them."""

_FIRST_PAGE = 5


@app.command(name="import")
def import_exports(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help="Workbooks, CSV, Parquet, JSON lines, or a folder or zip of them.",
            show_default=False,
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(help="Data folder to make.", metavar="FOLDER", show_default=False, callback=import_folder),
    ] = None,
    mapping_file: Annotated[
        Path | None,
        typer.Option(
            "--map", help="Mapping to read them by; default: import.toml in FOLDER.", metavar="FILE", show_default=False
        ),
    ] = None,
    suggest_only: Annotated[
        bool, typer.Option("--suggest", help="Write the mapping and show a first page; write no records.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would come in, and write nothing.")] = False,
    skip_rejects: Annotated[
        bool, typer.Option("--skip-rejects", help="Leave out rows with errors, which are counted and listed.")
    ] = False,
    drop_vanished: Annotated[
        bool, typer.Option("--drop-vanished", help="Take out rows that the export no longer gives.")
    ] = False,
    rejects: REJECTS = Path("rejects.csv"),
    today: TODAY = None,
    own_settings: OWN_SETTINGS = None,
) -> None:
    """Bring in a force's own exports as they are: into a checked data folder."""
    from ocgnet.importing.exports import read_sheets
    from ocgnet.importing.mapping import MAPPING_FILE, with_forms
    from ocgnet.importing.outcome import outcome
    from ocgnet.importing.questions import Asked
    from ocgnet.importing.rows import sources_of

    if into is None and not (suggest_only or dry_run):
        raise UsageError("Say where the records go: --into FOLDER. To look first: ocgnet import --suggest SOURCE")
    at = mapping_file or (Path(MAPPING_FILE) if into is None else into / MAPPING_FILE)
    settings = with_own(Settings(), own_settings, today)
    with recorded("import", *sources, into) as act:
        mapping = _given(at, suggest_only, mapping_file)
        # A zip is unpacked beside what is made, also where its folder is still to be made.
        room = next(p for p in (at.absolute(), *at.absolute().parents) if p.parent.is_dir())
        exports = read_sheets(sources, mapping.sources if mapping else (), _chooser(), room)
        words = _words(at)
        if mapping is None:
            mapping = _suggested(exports, words)
        mapping = with_forms(mapping, exports.sheets)
        asked = Asked(sources_of(mapping.sources, exports.sheets), words, settings.today)
        mapping, absent = _with_sheets(mapping, asked)
        mapping = asked.completed(mapping)
        if suggest_only:
            _write_mapping(at, mapping, asked)
            done = outcome(mapping, exports, asked, words, settings)
            if done.checked.whole():
                tell_people(done.checked.dataset)
            _report(done)
            _first_page(done)
            say(f"{at} holds the mapping. Look at what is marked ask, then run: {_command(sources, at, mapping_file)}")
            return
        mapping, finished = _all_answered(mapping, asked, settled=dry_run)
        if not finished:
            written = _write_mapping(at, _all(mapping, absent), asked, replace_old=True)
            _list_open(mapping, asked)
            named = mapping_file if written == at else written
            say(
                f"{written} holds the mapping, with what is open marked ask or ?. Answer it there, or run this in a "
                f"terminal: {_command(sources, written, named, into)}",
                error=True,
            )
            raise typer.Exit(QUESTIONS_LEFT)
        with _alone(into) as before:
            lay = partial(_laid_over, before, [t.into for t in absent], drop_vanished=drop_vanished)
            done = outcome(mapping, exports, asked, words, settings, lay)
            if done.checked.whole():
                tell_people(done.checked.dataset)
            _report(done)
            kept = _judged(done, rejects, skip_rejects=skip_rejects)
            if dry_run or into is None:
                say("Nothing was written.")
                return
            _write(into, at, _all(mapping, absent), done, kept, imported_before=before is not None)
        act.note(folder=str(into.absolute()), rows={n: t.num_rows for n, t in kept.items()}, **_again_told(done))
        act.wrote(into)
    say(f"{into} holds the records, {MAPPING_FILE} how they were read. Next: ocgnet analyse {into} --out results")


def _command(sources: Sequence[Path], at: Path, named: Path | None, into: Path | None = None) -> str:
    """Return the command to run next."""
    shown = " ".join(f"'{s}'" if " " in str(s) else str(s) for s in sources)
    by = f" --map {at}" if named or into is None else ""
    return f"ocgnet import {shown} --into {into or 'FOLDER'}{by}"


def _given(at: Path, suggest_only: bool, named: Path | None) -> ImportMapping | None:
    """Return the mapping that stands in a file; None where there is none and it may be suggested."""
    from ocgnet.importing.mapping import read_mapping

    if suggest_only:
        if at.exists():
            raise UsageError(f"{at} exists, and a suggestion would be lost in it. Name another file: --map FILE")
        return None
    if at.exists():
        return read_mapping(at)
    if named is not None and named.suffix.lower() != ".toml":
        raise UsageError(f"{named} does not exist. A mapping is a file such as import.toml.")
    return None


def _suggested(exports: Exports, words: Words) -> ImportMapping:
    from ocgnet.importing.mapping import with_ours
    from ocgnet.importing.matching import suggest

    mapping = with_ours(suggest(exports.sheets, words=words), exports.sheets)
    if not mapping.tables:
        seen = "; ".join(f"{s.name} ({', '.join(s.header[:6])})" for s in exports.sheets[:5])
        raise UsageError(
            f"None of these sheets looks like records that ocgnet holds: {seen}. The first row of a table names its "
            "columns. To say yourself what they hold, write a mapping: docs/import.md"
        )
    return mapping


def _with_sheets(mapping: ImportMapping, asked: Asked) -> tuple[ImportMapping, tuple[TableRule, ...]]:
    """Lay aside tables whose source was not given, which is said; with none left there is nothing to import."""
    here = tuple(t for t in mapping.tables if t.source in asked.sources)
    absent = tuple(t for t in mapping.tables if t.source not in asked.sources)
    for table in absent:
        say(f"No sheet was given that is {table.source}, so it fills no {table.into}.", error=True)
    if not here:
        names = ", ".join(s.name for s in mapping.sources)
        raise UsageError(
            f"None of these files is a source of the mapping, which reads {names or 'nothing'}. Name others, or "
            "another mapping: --map FILE"
        )
    return replace(mapping, tables=here), absent


def _all(mapping: ImportMapping, absent: tuple[TableRule, ...]) -> ImportMapping:
    return replace(mapping, tables=mapping.tables + absent)


def _words(at: Path) -> Words:
    from ocgnet.importing.mapping import words_beside

    return words_beside(at)


# Questions.


def _there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _all_answered(mapping: ImportMapping, asked: Asked, *, settled: bool) -> tuple[ImportMapping, bool]:
    """Ask what is open, one question after the other; return whether all of it is settled.

    ``settled`` leaves everything open as it is: what nobody has said the meaning of is then left out and counted.
    """
    from ocgnet.importing.mapping import OPEN
    from ocgnet.importing.questions import answered

    while not settled and (question := next(asked.questions(mapping), None)) is not None:
        if not _there():
            return mapping, False
        answer = _ask(question)
        if answer == OPEN:
            return mapping, False
        mapping = asked.completed(answered(mapping, question, answer, asked))
    return mapping, True


def _ask(question: Question) -> str:
    from ocgnet.importing.mapping import OPEN

    say(f"{question.text} {question.cells}".strip())
    for number, (_, shown) in enumerate(question.choices, 1):
        say(f"  {number}  {shown}")
    last = len(question.choices)
    prompt = f"Number ({'Enter for 1, ' if question.guess else ''}{last} for the last): "
    while True:
        try:
            given = input(prompt if last else "Its reference (Enter for none): ").strip()
        except EOFError:
            return OPEN
        if not last:
            return given
        if not given and question.guess:
            return question.choices[0][0]
        if given.isdecimal() and 1 <= int(given) <= last:
            return question.choices[int(given) - 1][0]
        say(f"Write a number from 1 to {last}.")


def _chooser() -> Chooser:
    """Return who is asked how a file is written: whoever sits at the terminal, else nobody."""
    from ocgnet.importing.exports import refuse_choice
    from ocgnet.importing.questions import Question

    def choose(what: str, question: str, choices: dict[str, str]) -> str:
        shown = tuple((c, f"{c}: {text}") for c, text in choices.items())
        return _ask(Question(what, 0, "", question, shown, guess=False))

    return choose if _there() else refuse_choice


def _list_open(mapping: ImportMapping, asked: Asked) -> None:
    questions = list(asked.questions(mapping))
    say(f"{counted(len(questions), 'question')} left open:", error=True)
    for question in questions:
        say(f"  {question.text}", error=True)


def _write_mapping(at: Path, mapping: ImportMapping, asked: Asked, *, replace_old: bool = False) -> Path:
    """Write a mapping with what is open in it; beside a file that a person wrote, which is never written over."""
    from ocgnet.files.writing import write_text
    from ocgnet.importing.mapping import OWN_LINE, mapping_text

    comments: dict[tuple[int, str], list[str]] = {}
    for question in asked.questions(mapping):
        if not question.choices:
            continue  # the place in [about] is marked
        offered = ", ".join(c for c, _ in question.choices if c)
        comments.setdefault((question.table, question.column), []).append(f"{question.text} One of: {offered}")
    if at.exists() and not at.read_text(encoding="utf-8").startswith(OWN_LINE):
        at = at.with_suffix(".open.toml")
    at.parent.mkdir(parents=True, exist_ok=True)
    write_text(at, mapping_text(mapping, comments), replace=replace_old)
    return at


# What came of it.


def _report(done: Outcome) -> None:
    from ocgnet.importing.accounts import lines_of

    for line in lines_of(done):
        say(line)


def _first_page(done: Outcome) -> None:
    for name, table in done.tables.items():
        say(f"{name} ({table.num_rows:,} rows)")
        say("  " + " | ".join(table.column_names))
        for row in table.slice(0, _FIRST_PAGE).to_pylist():
            say("  " + " | ".join(str(v)[:40] for v in row.values()))


def _judged(done: Outcome, rejects: Path, *, skip_rejects: bool) -> Mapping[str, pa.Table]:
    """Return the tables to write: refused when rows have errors, unless those are left out."""
    from ocgnet.views.tables.problems import listed

    checked = done.checked
    if not checked.errors:
        return done.tables
    problems = list(done.problems(checked.rejects()))
    written = list_problems(rejects, problems, checked.source.about.marked)
    if written:
        tell_file(written)
    for p in problems[:_FIRST_PAGE]:
        say(f"{p.file}, row {p.row}, {p.column}: {p.value} ({p.rule}). {p.remedy}", error=True)
    if not skip_rejects:
        raise RecordError(
            f"Nothing was written, because {checked.errors:,} problems stand in the records{listed(written)}. "
            "They are named by sheet and row. Correct them, change the mapping, or leave those rows out with "
            "--skip-rejects."
        )
    return done.without_rejects()


@contextmanager
def _alone(into: Path | None) -> Iterator[Path | None]:
    """Give the folder that an earlier import made, while nobody else changes it; None where there is none."""
    from ocgnet.edit import open_place
    from ocgnet.importing.again import MARKS_FILE

    if into is None or not (into / MARKS_FILE).exists():
        yield None
        return
    with open_place(into).alone():
        yield into


def _laid_over(before: Path | None, absent: Collection[str], assembled: Assembled, *, drop_vanished: bool) -> Again:
    """Lay an import over the folder of the last one, or over nothing, in which those who were erased stay away."""
    from ocgnet.audit import log_of
    from ocgnet.audit.chain import key_of
    from ocgnet.audit.erased import THINGS, erased_among
    from ocgnet.importing.again import MARKS_FILE, merge, read_marks, texts_of

    log = log_of().path
    marks = {} if before is None else read_marks(before / MARKS_FILE)
    texts = {} if before is None else texts_of(before, marks)
    erased = partial(erased_among, log), partial(erased_among, log, of=THINGS)
    return merge(assembled, texts, marks, key_of(log), *erased, absent, drop_vanished=drop_vanished)


def _again_told(done: Outcome) -> dict[str, Any]:
    """Return the numbers of an import into a folder of an earlier one, for the log."""
    again = done.again
    if again is None:
        return {}
    vanished = sum(map(len, again.vanished.values()))
    return {
        "kept_as_changed": len({(k.table, k.identity) for k in again.kept}),
        "vanished": vanished,
        "dropped": vanished if again.dropped else 0,
        "not_brought_back": sum(again.taken_out.values()),
    }


def _write(
    into: Path,
    at: Path,
    mapping: ImportMapping,
    done: Outcome,
    kept: Mapping[str, pa.Table],
    *,
    imported_before: bool,
) -> None:
    """Write the folder: a new one as a whole, or the files of the last import anew, all or none."""
    from ocgnet.files.writing import csv_text, result_folder
    from ocgnet.importing.accounts import DIFFERENCES, DIFFERENCES_FILE, HEADER, REPORT_FILE, differences_of, rows_of
    from ocgnet.importing.again import MARKS_FILE, write_marks
    from ocgnet.importing.mapping import MAPPING_FILE, mapping_text
    from ocgnet.importing.outcome import write_tables
    from ocgnet.sources.files import STAGE, commit, discard
    from ocgnet.sources.reading import WORDS_FILE

    words = at.with_name(WORDS_FILE)
    own_words = words.read_bytes() if words.is_file() else b""

    def fill(folder: Path) -> None:
        write_tables(folder, kept, done.checked.source.about)
        (folder / MAPPING_FILE).write_text(mapping_text(mapping), encoding="utf-8")
        (folder / REPORT_FILE).write_text("\ufeff" + csv_text(HEADER, rows_of(done)), encoding="utf-8")
        if done.again:
            write_marks(folder / MARKS_FILE, done.again.marks)
            listed = csv_text(DIFFERENCES, differences_of(done.again))
            (folder / DIFFERENCES_FILE).write_text("\ufeff" + listed, encoding="utf-8")
        if own_words:
            (folder / WORDS_FILE).write_bytes(own_words)

    if not imported_before:
        with result_folder(into, MADE_BY, own=(MAPPING_FILE, WORDS_FILE)) as folder:
            fill(folder)
        return
    # What else stands there stays: tables that no import fills, and whatever the analyst keeps beside them.
    discard(into)
    stage = into / STAGE
    stage.mkdir(mode=0o700)
    try:
        fill(stage)
        names = [p.name for p in sorted(stage.iterdir())]
        for name in names:
            (stage / name).chmod(0o600)
        commit(into, names)
    finally:
        discard(into)
