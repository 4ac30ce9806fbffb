"""Runs a command in a copy of this process and kills it at the entry of its n-th system call that changes a file.

The kernel itself stops the process (ptrace) before each call is carried out, those of DuckDB's and Arrow's threads
among them: an audit hook of Python sees neither, nor what C code writes, and a wrapper around ``os`` sees less still.
Between two calls that change a file the disk stays as it is, so that being killed at any other call leaves one of the
states that are tried here. What the kernel has not yet brought to the disk is lost by a power cut, not by a kill:
calls that only wait for the disk are left out.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
from collections.abc import Callable
from pathlib import Path

_TRACE_ME, _SET_OPTIONS, _GO_ON, _INFO = 0, 0x4200, 7, 0x420E
# New processes and threads are followed (2, 4, 8), chosen calls stop (1 << 7), all end with the tracer (1 << 20).
_OPTIONS = 2 | 4 | 8 | 1 << 7 | 1 << 20
_ALL_KINDS_OF_CHILD = 0x40000000
_STOP_AT_CALL = signal.SIGTRAP | 7 << 8
_NO_NEW_PRIVILEGES, _SECCOMP, _BY_FILTER = 38, 22, 2
_LOAD_NUMBER, _IF_EQUAL, _RETURN, _STOP, _ALLOW = 0x20, 0x15, 0x06, 0x7FF00000, 0x7FFF0000

# Numbers of the calls: by file descriptor, by path, and those that open one.
_CALLS = {
    "x86_64": (
        {1, 18, 20, 77, 91, 93, 285, 296, 326, 328},
        {76, 82, 83, 84, 86, 87, 88, 90, 258, 263, 264, 265, 266, 268, 316, 452},
        {2: 1, 257: 2},
    ),
    "aarch64": ({64, 66, 68, 46, 52, 55, 47, 70, 285, 287}, {45, 34, 35, 36, 37, 38, 53, 276, 452}, {56: 2}),
}
_CHANGES_BY_OPENING = os.O_CREAT | os.O_TRUNC

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request: int, process: int, one: int = 0, other: int | ctypes.Array = 0) -> int:
    given = other if isinstance(other, int) else ctypes.addressof(other)
    return int(_libc.ptrace(request, process, one, given))


def _stop_at(calls: list[int]) -> None:
    """Let the kernel stop this process before the calls of these numbers, and no others."""
    rules = [struct.pack("<HBBI", _LOAD_NUMBER, 0, 0, 0)]
    rules += [struct.pack("<HBBI", _IF_EQUAL, len(calls) - k, 0, number) for k, number in enumerate(calls)]
    rules += [struct.pack("<HBBI", _RETURN, 0, 0, verdict) for verdict in (_ALLOW, _STOP)]
    program = ctypes.create_string_buffer(b"".join(rules))
    given = struct.pack("@HP", len(rules), ctypes.addressof(program))
    assert _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    assert _libc.prctl(_SECCOMP, _BY_FILTER, ctypes.c_char_p(given), 0, 0) == 0


def run(command: Callable[[], int], below: Path, kill_at: int = 0) -> tuple[int | None, int]:
    """Run ``command`` in a copy of this process; return its code, None when it was killed, and the calls seen.

    Parameters
    ----------
    command : callable
        Returns the code with which the copy ends.
    below : Path
        Writing to an open file counts where the file stands below this folder.
    kill_at : int
        Number of the call before which the copy is killed; 0 for none.
    """
    child = os.fork()
    if not child:
        _ptrace(_TRACE_ME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        code = 1
        try:
            by_file, by_path, opening = _CALLS[platform.machine()]
            _stop_at([*by_file, *by_path, *opening])
            code = command()
        finally:
            os._exit(code)
    os.waitpid(child, _ALL_KINDS_OF_CHILD)
    assert _ptrace(_SET_OPTIONS, child, 0, _OPTIONS) == 0
    _ptrace(_GO_ON, child)
    info = ctypes.create_string_buffer(88)
    seen = 0
    while True:
        task, status = os.waitpid(-1, _ALL_KINDS_OF_CHILD)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            if task == child:
                return (None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)), seen
            continue
        passed_on = 0
        if status >> 8 == _STOP_AT_CALL:
            _ptrace(_INFO, task, len(info), info)
            if _changes(task, *struct.unpack_from("<7Q", info.raw, 24), below):
                seen += 1
                if seen == kill_at:
                    os.kill(child, signal.SIGKILL)
        elif os.WSTOPSIG(status) not in (signal.SIGTRAP, signal.SIGSTOP):
            passed_on = os.WSTOPSIG(status)
        _ptrace(_GO_ON, task, 0, passed_on)


def _changes(task: int, number: int, *given: int | Path) -> bool:
    """Tell whether a call that is about to be made changes a file."""
    by_file, by_path, opening = _CALLS[platform.machine()]
    if number in opening:
        return bool(given[opening[number]] & _CHANGES_BY_OPENING)
    if number in by_file:
        try:
            return Path(f"/proc/{task}/fd/{given[0] & 0xFFFFFFFF}").readlink().is_relative_to(given[-1])
        except OSError:
            return False
    return number in by_path
