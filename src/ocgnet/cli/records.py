"""Commands about records, template and check; and reading them for every other command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace as replace_field
from itertools import chain
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ocgnet import __version__
from ocgnet.cli.console import ask_password, recorded, say, tell_file, tell_people
from ocgnet.cli.naming import GROUP, the_ids
from ocgnet.cli.options import (
    FOLDER,
    OWN_SETTINGS,
    RECORDS,
    REJECTS,
    TODAY,
    WEIGHTS,
    Request,
    place_of,
    with_own,
)
from ocgnet.dataset import Dataset, Loss
from ocgnet.errors import OutputError, RecordError, SourceError, UsageError
from ocgnet.evidence.restricted import in_use
from ocgnet.files.ordinary_files import small_text
from ocgnet.files.writing import refuse_file
from ocgnet.harm import WeightSet, weights_from
from ocgnet.settings import Settings
from ocgnet.sources import Rule
from ocgnet.sources.problems import Problem
from ocgnet.store import LoadManifest, open_store

if TYPE_CHECKING:
    from ocgnet.checks.check import Checked

app = typer.Typer()


@app.command()
def template(folder: Annotated[Path, typer.Argument(help="Folder to make.", show_default=False)]) -> None:
    """Write empty tables with a dictionary, ready to be filled in."""
    from ocgnet.casework.intake.forms import write_forms
    from ocgnet.sources.template import write_template

    tables = write_template(folder)
    try:
        write_forms(folder)
    except BaseException:
        for path in tables:
            path.unlink(missing_ok=True)
        raise
    say(f"{folder} holds empty tables. Fill in nominals.csv and what else you have, then run: ocgnet check {folder}")
    say(f"{folder / 'forms'} holds the partners' forms. Take in filled ones: ocgnet intake cpi FILE --folder {folder}")


@app.command()
def check(
    records: RECORDS = "",
    folder: FOLDER = None,
    rejects: REJECTS = Path("rejects.csv"),
    weights: WEIGHTS = None,
    today: TODAY = None,
    own_settings: OWN_SETTINGS = None,
    every: Annotated[bool, typer.Option("--all", help="Print every problem, not the first three of a kind.")] = False,
) -> None:
    """Find every problem in the records, in one pass."""
    from ocgnet.checks.check import check as check_records

    source = unstored(records, folder)
    with recorded("read", source):
        settings = with_own(Settings(), own_settings, today)
        try:
            checked = check_records(source, weights=read_weights(weights).by_code, settings=settings)
        except SourceError as error:
            if not _may_be_an_export(source):
                raise
            raise SourceError(f"{error} {_to_import(source)}") from error
        if not any(f.is_error and f.whole_file for f in checked.findings):
            tell_people(checked.dataset)
        report_problems(checked, rejects, every=every)
    if any(f.is_error and f.whole_file and f.rule in _OF_EXPORTS for f in checked.findings):
        say(_to_import(source))
    if checked.errors:
        raise typer.Exit(RecordError.exit_code)


_OF_EXPORTS = frozenset((Rule.MISSING_COLUMN, Rule.MISSING_TABLE, Rule.ENCODING))
"""Rules that a system's own export breaks as a whole."""

_EXPORTS = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".zip")


def _may_be_an_export(source: Path) -> bool:
    """Say whether something stands at a place that an import could read."""
    if source.is_dir():
        return any(p.suffix.lower() in _EXPORTS for p in source.iterdir())
    return source.is_file() and source.suffix.lower() in _EXPORTS


def _to_import(source: Path) -> str:
    name = f"'{source}'" if " " in str(source) else source
    return f"If this is the export of a records system as it is, try: ocgnet import {name} --into mydata"


def unstored(records: str, folder: Path | None) -> Path:
    """Return the folder or workbook that is named; ``UsageError`` when it is a store."""
    place = place_of(records, folder, "")
    if isinstance(place, str):
        raise UsageError(f"{place} is a store, whose records were checked when they were loaded. Name their folder.")
    return place


LARGEST_WEIGHTS = 20_000_000
"""Bytes of a file of severity weights; the shipped one has 60,000."""


def read_weights(file: Path | None) -> WeightSet:
    """Return the severity weights of a file; without one, those that come with the program.

    Raises
    ------
    SourceError
        When the file cannot be read.
    UsageError
        When it holds no weights.
    """
    if file is None:
        return WeightSet.shipped()
    return weights_from(small_text(file, LARGEST_WEIGHTS), file.name)


def read_records(
    request: Request, weights: Mapping[str, float] | None = None
) -> tuple[Dataset, LoadManifest, Settings]:
    """Return the records that a request names, from a folder or from a store, and its settings with groups by id.

    ``weights`` are the severity weights by which the check knows an offence code; None for the shipped ones.
    """
    if isinstance(request.place, str):
        store = open_store(request.place, ask_password)
        dataset, manifest = store.read(), store.manifest()
        tell_people(dataset)
    else:
        dataset, manifest = read_folder(
            request.place,
            skip_rejects=request.skip_rejects,
            rejects=request.rejects,
            settings=request.settings,
            weights=weights,
        )
    settings, dataset = request.settings, in_use(dataset)
    return dataset, manifest, replace_field(settings, ocgs=the_ids(dataset, GROUP, settings.ocgs, "--ocg"))


def read_folder(
    folder: Path,
    *,
    skip_rejects: bool,
    rejects: Path,
    settings: Settings | None = None,
    brief: bool = True,
    weights: Mapping[str, float] | None = None,
) -> tuple[Dataset, LoadManifest]:
    """Return the checked records of a folder; print what is wrong with them.

    Raises
    ------
    RecordError
        When there are errors and rows may not be left out, or more of a table than was accepted; they are
        printed and listed by then.
    """
    from ocgnet.checks.check import check

    settings = settings or Settings()
    checked = check(folder, settings=settings, weights=weights)
    dataset = accepted(checked, settings, skip_rejects=skip_rejects, rejects=rejects, brief=brief)
    return dataset, LoadManifest(checked.sources, __version__)


def accepted(checked: Checked, settings: Settings, *, skip_rejects: bool, rejects: Path, brief: bool) -> Dataset:
    """Return the records of a verdict, unless too much is wrong with them; print what is."""
    from ocgnet.views.tables.problems import listed

    if skip_rejects and checked.whole():
        # Which rows fall with a refused one is known once the records are made, and belongs into the list.
        _ = checked.dataset
    written = report_problems(checked, rejects, brief=brief)
    if checked.errors and not skip_rejects:
        raise RecordError(
            f"Nothing was done, because {checked.errors:,} problems stand in the records{listed(written)}. "
            "Correct them, or leave those rows out with --skip-rejects."
        )
    dataset = checked.dataset
    refuse_losses(dataset.losses, settings, written)
    tell_people(dataset)
    return dataset


def refuse_losses(losses: Iterable[Loss], settings: Settings, rejects: Path | None) -> None:
    """Stop when more of a table was refused than the limit, and more than was accepted.

    Raises
    ------
    RecordError
        With every such table, and the option that accepts its loss.
    """
    found = [x for x in losses if settings.refuses(x)]
    if found:
        why = f"{rejects} lists why. " if rejects else ""
        options = " ".join(f"--accept-loss {x.table}={ceil(x.share * 100) / 100:g}" for x in found)
        raise RecordError(
            f"Nothing was done, because too much of the records could not be read: {'; '.join(map(str, found))}. "
            f"{why}Correct the rows, or say with {options} that the answers may do without them: "
            "figures that rest on them are then not known."
        )


def list_problems(rejects: Path, problems: Iterable[Problem], marking: str) -> Path | None:
    """Write the list of problems and return its place; None where somebody else's file stands, which is said.

    A colleague's file in the usual place stands in nobody's way: one that was named is refused before any work.
    """
    from ocgnet.views.tables.problems import write_rejects

    try:
        refuse_file(rejects)
    except OutputError as error:
        say(f"The list of problems was not written: {error}", error=True)
        return None
    write_rejects(rejects, problems, marking)
    return rejects


def report_problems(checked: Checked, rejects: Path, *, brief: bool = False, every: bool = False) -> Path | None:
    """List the errors in ``rejects`` and print all problems; return where the list stands, if one was written.

    With ``brief``, as for an analysis, no word and no file when all is well; otherwise the list is
    written even when it is empty, so that an older one never misleads. ``every`` prints all of them, not the
    first of each kind.
    """
    from ocgnet.views.tables.problems import print_problems

    written = None
    if checked.errors or not brief:
        fallen = (p for f in checked.fallen for p in f.problems())
        written = list_problems(rejects, chain(checked.rejects(), fallen), checked.source.about.marked)
        if written:
            tell_file(written)
    examples = None if every else 3
    print_problems(Console(stderr=brief), checked, rejects=written, brief=brief, examples=examples)
    return written
