"""Where the log stands: apart from the records and the results that it tells of."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from ocgnet.errors import LogError

VARIABLE = "OCGNET_LOG"
"""Environment variable that names another file for the log."""


def log_path() -> Path:
    r"""Return the file of the log: ``$OCGNET_LOG``, else one in the user's state folder.

    On Windows that is ``%LOCALAPPDATA%\ocgnet``, elsewhere ``$XDG_STATE_HOME/ocgnet``, by default
    ``~/.local/state/ocgnet``.
    """
    if named := os.environ.get(VARIABLE, ""):
        return Path(named).expanduser().absolute()
    return (state_folder() / "log.jsonl").absolute()


def state_folder() -> Path:
    """Return the folder of what ocgnet keeps for its user, apart from records and results."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return folder.absolute() / "ocgnet"


def refuse_log(path: Path, place: Path) -> None:
    """Refuse a place for a result that is a file of the log: itself, its key, anchor or lock, under whatever name.

    Raises
    ------
    LogError
        Naming the place.
    """
    own = [path, *(path.with_name(f"{path.name}{ending}") for ending in (".key", ".head", ".lock"))]
    named = {str(p.resolve()).casefold() for p in own}
    try:
        same = any(p.exists() and place.exists() and p.samefile(place) for p in own)
    except OSError:
        same = False
    if same or str(place.resolve()).casefold() in named:
        raise LogError(f"{place} is a file of the log, which only grows. Name another file.")


def refuse_inside(path: Path, places: Iterable[Path]) -> None:
    """Refuse a log that stands inside what it describes, where it would be shared or erased with it.

    Raises
    ------
    LogError
        Naming the folder.
    """
    real = path.resolve()
    for place in places:
        inside = place.resolve()
        if real == inside or (inside in real.parents and not inside.is_file()):
            raise LogError(
                f"The log {path} stands inside {place}, which it describes. Let {VARIABLE} name a file elsewhere."
            )
