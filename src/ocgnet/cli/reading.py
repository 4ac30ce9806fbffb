"""From what a command names to a dataset, with every problem reported on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ocgnet import __version__
from ocgnet.cli.asking import ask_password
from ocgnet.cli.recording import tell_file, tell_people
from ocgnet.cli.request import Request
from ocgnet.dataset import Dataset
from ocgnet.errors import RecordError
from ocgnet.store import LoadManifest, open_store

if TYPE_CHECKING:
    from ocgnet.check import Checked


def read_records(request: Request) -> tuple[Dataset, LoadManifest]:
    """Return the records that a request names, from a folder or from a store."""
    if request.folder is None:
        store = open_store(request.store, ask_password)
        dataset, manifest = store.read(), store.manifest()
        tell_people(dataset)
        return dataset, manifest
    return read_folder(
        request.folder, skip_rejects=request.skip_rejects, rejects=request.rejects, as_of=request.settings.as_of
    )


def read_folder(
    folder: Path, *, skip_rejects: bool, rejects: Path, as_of: date | None = None, brief: bool = True
) -> tuple[Dataset, LoadManifest]:
    """Return the checked records of a folder; print what is wrong with them.

    Raises
    ------
    RecordError
        When there are errors and rows may not be left out; they are printed and listed by then.
    """
    from ocgnet.check import check

    checked = check(folder, as_of=as_of)
    report_problems(checked, rejects, brief=brief)
    if checked.errors and not skip_rejects:
        raise RecordError(
            f"Nothing was done, because {checked.errors:,} problems stand in the records ({rejects} lists them all). "
            "Correct them, or leave those rows out with --skip-rejects."
        )
    dataset = checked.dataset
    tell_people(dataset)
    return dataset, LoadManifest(checked.sources, __version__)


def report_problems(checked: Checked, rejects: Path, *, brief: bool = False) -> None:
    """List the errors in ``rejects`` and print all problems.

    With ``brief``, as for an analysis, no word and no file when all is well; otherwise the list is
    written even when it is empty, so that an older one never misleads.
    """
    from ocgnet.views.problems import print_problems, write_rejects

    if checked.errors or not brief:
        write_rejects(rejects, checked.rejects(), checked.source.about.marked)
        tell_file(rejects)
    print_problems(Console(stderr=brief), checked, rejects=rejects, brief=brief)
