"""One writer at a time, on Linux and on Windows."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.02
"""Seconds between two tries, on Windows."""


@contextmanager
def alone(path: Path, *, vanish: bool = False) -> Iterator[None]:
    """Hold the lock of a file, waiting until nobody else does; the lock ends with its process.

    The lock is on a sibling of ``path`` that stays empty. With ``vanish`` the sibling goes at the end,
    where the system can remove a file that is open; everybody who locks that path has to say so too.
    """
    sibling = path.with_name(f"{path.name}.lock")
    vanish = vanish and sys.platform != "win32"
    handle = _held(sibling, vanish=vanish)
    try:
        yield
    finally:
        if vanish:
            sibling.unlink(missing_ok=True)
        # Closing the file gives the lock back.
        os.close(handle)


def _held(sibling: Path, *, vanish: bool) -> int:
    while True:
        handle = os.open(sibling, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock(handle)
            # Whoever held it may have removed the very file that was waited for; then another one counts.
            if not vanish or _same(handle, sibling):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 62
    """A byte that no file has: what is locked there nobody else can read."""

    def lock(handle: int, *, shared: bool = False) -> None:  # noqa: ARG001 (here nobody shares)
        """Lock an open file until it is closed, waiting until nobody else does."""
        place = os.lseek(handle, 0, os.SEEK_CUR)
        os.lseek(handle, _FAR, os.SEEK_SET)
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(PAUSE)
            else:
                os.lseek(handle, place, os.SEEK_SET)
                return
else:
    import fcntl

    def lock(handle: int, *, shared: bool = False) -> None:
        """Lock an open file until it is closed, waiting until nobody else does; readers may share it."""
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
