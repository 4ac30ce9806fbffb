"""Who was erased, beside the log: keyed marks of their ids and nothing else, so that no import brings them back."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ocgnet.audit.chain import held, key_of, share
from ocgnet.audit.given import keyed_mark
from ocgnet.errors import LogError
from ocgnet.files.writing import write_text

ENDING = ".erased"
"""End of the name of the file beside the log."""


RECORDS, THINGS = "erased", "erased thing"
"""What a mark is of, so that a thing that bears the id of somebody is not taken for them: of people and reports, and of
things that went with them, by their ids and by what identifies them."""


def remember(log: Path, *identities: str, of: str = RECORDS) -> None:
    """Note that whoever or whatever bears some ids was erased; once, however often it is told."""
    file, key = _file(log), key_of(log)
    new = {keyed_mark(of, _plain(i), key) for i in identities}
    with held(log):
        marks = _marks(file)
        if new - marks:
            # In the order of their digits, so that the place tells nobody who went first.
            write_text(file, "".join(f"{m}\n" for m in sorted(marks | new)), replace=True)
            share(file)


def erased_among(log: Path, ids: Iterable[str], of: str = RECORDS) -> set[str]:
    """Return those of some ids that were erased, in whichever capitals and spacing they are written.

    ``LogError`` when the file beside the log cannot be read.
    """
    marks = _marks(_file(log))
    if not marks:
        return set()
    key = key_of(log)
    return {i for i in ids if keyed_mark(of, _plain(i), key) in marks}


def _plain(identity: str) -> str:
    """Return an id without what two exports write differently: capitals, spaces, widths of letters."""
    return "".join(unicodedata.normalize("NFKC", identity).casefold().split())


def _marks(file: Path) -> frozenset[str]:
    try:
        return frozenset(file.read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(
            f"{file}, which knows who was erased, cannot be read, and nobody is brought in without it. Restore it from "
            "a backup; without one, move it away and say so to whoever looks after the log."
        ) from error


def _file(log: Path) -> Path:
    return log.with_name(f"{log.name}{ENDING}")
