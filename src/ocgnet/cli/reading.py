"""From what a command names to a dataset, with every problem reported on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ocgnet import __version__
from ocgnet.cli.asking import ask_password
from ocgnet.cli.recording import tell_file, tell_people
from ocgnet.cli.request import Request
from ocgnet.dataset import Dataset, Loss
from ocgnet.errors import RecordError, SourceError
from ocgnet.harm import WeightSet, weights_from
from ocgnet.settings import Settings
from ocgnet.store import LoadManifest, open_store

if TYPE_CHECKING:
    from ocgnet.checks.check import Checked


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
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{file} cannot be read as UTF-8 text ({error}).") from error
    return weights_from(text, file.name)


def read_records(request: Request, weights: Mapping[str, float] | None = None) -> tuple[Dataset, LoadManifest]:
    """Return the records that a request names, from a folder or from a store.

    ``weights`` are the severity weights by which the check knows an offence code; None for the shipped ones.
    """
    if request.folder is None:
        store = open_store(request.store, ask_password)
        dataset, manifest = store.read(), store.manifest()
        tell_people(dataset)
        return dataset, manifest
    return read_folder(
        request.folder,
        skip_rejects=request.skip_rejects,
        rejects=request.rejects,
        settings=request.settings,
        weights=weights,
    )


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
    if skip_rejects and checked.whole():
        # Which rows fall with a refused one is known once the records are made, and belongs into the list.
        _ = checked.dataset
    report_problems(checked, rejects, brief=brief)
    if checked.errors and not skip_rejects:
        raise RecordError(
            f"Nothing was done, because {checked.errors:,} problems stand in the records ({rejects} lists them all). "
            "Correct them, or leave those rows out with --skip-rejects."
        )
    dataset = checked.dataset
    refuse_losses(dataset.losses, settings, rejects)
    tell_people(dataset)
    return dataset, LoadManifest(checked.sources, __version__)


def refuse_losses(losses: Iterable[Loss], settings: Settings, rejects: Path) -> None:
    """Stop when more of a table was refused than the limit, and more than was accepted.

    Raises
    ------
    RecordError
        With every such table, and the option that accepts its loss.
    """
    accepted = dict(settings.accepted_losses)
    found = [x for x in losses if x.share > max(settings.loss_limit, accepted.get(x.table, 0.0))]
    if found:
        options = " ".join(f"--accept-loss {x.table}={ceil(x.share * 100) / 100:g}" for x in found)
        raise RecordError(
            f"Nothing was done, because too much of the records could not be read: {'; '.join(map(str, found))}. "
            f"{rejects} lists why. Correct the rows, or say with {options} that the answers may do without them: "
            "figures that rest on them are then not known."
        )


def report_problems(checked: Checked, rejects: Path, *, brief: bool = False, every: bool = False) -> None:
    """List the errors in ``rejects`` and print all problems.

    With ``brief``, as for an analysis, no word and no file when all is well; otherwise the list is
    written even when it is empty, so that an older one never misleads. ``every`` prints all of them, not the
    first of each kind.
    """
    from ocgnet.views.tables.problems import print_problems, write_rejects

    if checked.errors or not brief:
        fallen = (p for f in checked.fallen for p in f.problems())
        write_rejects(rejects, chain(checked.rejects(), fallen), checked.source.about.marked)
        tell_file(rejects)
    examples = None if every else 3
    print_problems(Console(stderr=brief), checked, rejects=rejects, brief=brief, examples=examples)
