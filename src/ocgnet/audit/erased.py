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


def remember(log: Path, identity: str) -> None:
    """Note that whoever or whatever bears an id was erased; once, however often it is told."""
    file, mark = _file(log), keyed_mark("erased", _plain(identity), key_of(log))
    with held(log):
        marks = _marks(file)
        if mark not in marks:
            # In the order of their digits, so that the place tells nobody who went first.
            write_text(file, "".join(f"{m}\n" for m in sorted({*marks, mark})), replace=True)
            share(file)


def erased_among(log: Path, ids: Iterable[str]) -> set[str]:
    """Return those of some ids that were erased, in whichever capitals and spacing they are written.

    ``LogError`` when the file beside the log cannot be read.
    """
    marks = _marks(_file(log))
    if not marks:
        return set()
    key = key_of(log)
    return {i for i in ids if keyed_mark("erased", _plain(i), key) in marks}


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
