"""Several files of a folder changed as one, and what every reader opens files with."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ocgnet.errors import SourceError
from ocgnet.files.ordinary_files import LARGEST, Stamp, changed, opened, refusal
from ocgnet.files.writing import to_disk

__all__ = ["LARGEST", "STAGE", "Stamp", "changed", "commit", "discard", "opened", "refusal", "settle"]


# Several files of a folder changed as one: staged beside them, named in a journal, moved in place.
#
# ::
#
#     mydata/.ocgnet-amend/memberships.csv    the new file, whole
#                          journal.json       its presence decides: from here on the change has happened
#
# A process that ends before the journal stands has changed nothing; one that ends after it leaves the
# moves to whoever opens the folder next, for reading or changing.

STAGE = ".ocgnet-amend"
"""Hidden folder in a data folder that holds a change under way; no table is read from it."""

_JOURNAL = "journal.json"


def commit(folder: Path, names: Sequence[str]) -> None:
    """Let staged files take the place of those in the folder, all or none."""
    stage = folder / STAGE
    for name in names:
        to_disk(stage / name)
    written = stage / f"{_JOURNAL}.new"
    written.write_text(json.dumps({name: _sha256(stage / name) for name in sorted(names)}), encoding="utf-8")
    to_disk(written)
    to_disk(stage)
    written.replace(stage / _JOURNAL)
    to_disk(stage)
    settle(folder)


def settle(folder: Path) -> bool:
    """Finish a change that was decided and not finished; return whether there was one.

    ``SourceError`` when it cannot be finished here: half of it would be wrong to read.
    """
    stage = folder / STAGE
    journal = stage / _JOURNAL
    if not journal.exists():
        return False
    try:
        promised = json.loads(journal.read_text(encoding="utf-8"))
        for name, digest in promised.items():
            staged = stage / Path(name).name
            # A file that is no longer staged is in place already: moved before, or by another process.
            with suppress(FileNotFoundError):
                if _sha256(staged) != digest:
                    raise SourceError(f"{staged} is damaged, so the change to {folder} cannot be finished.")
                staged.replace(folder / staged.name)
        to_disk(folder)
        journal.unlink(missing_ok=True)
        shutil.rmtree(stage, ignore_errors=True)
    except FileNotFoundError:
        # Somebody else finished it at the same time.
        return True
    except (OSError, ValueError, AttributeError) as error:
        raise SourceError(
            f"A change to {folder} is decided and half done, and it cannot be finished ({error}). "
            "Run the command again where you may write into that folder."
        ) from error
    return True


def discard(folder: Path) -> None:
    """Remove what was staged and never decided."""
    if not (folder / STAGE / _JOURNAL).exists():
        shutil.rmtree(folder / STAGE, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
