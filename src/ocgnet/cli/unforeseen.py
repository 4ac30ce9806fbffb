"""An error that nobody foresaw: one sentence, and a file to send that says where it happened and nothing of any record.

What an error says of itself may hold a cell, an id, a path or a name, and so may every value on the stack and on the
command line. So only names that stand in the program itself are written: types, modules, commands and options.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EXIT_CODE = 1
MOST = 60
"""Places of one stack that are written, from each end; a recursion has thousands."""

_LIBRARIES = ("ocgnet", "duckdb", "pyarrow", "numpy", "pandas", "scipy", "igraph", "networkx", "typer", "rich", "neo4j",
              "openpyxl", "xlsxwriter", "jinja2", "pyvis", "kglite")  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,120}")


def tell(error: BaseException) -> int:
    """Write the file, say the sentence on standard error, and return the exit code; never raises an error."""
    kind = _type_of(error)
    try:
        place = _written(json.dumps(document(error), indent=1) + "\n")
    except Exception:
        place = None
    if place is not None:
        rest = (
            f"Send {place} to whoever looks after ocgnet for you: it holds versions, the command without its values, "
            "and places in the program, and nothing of any record."
        )
    else:
        rest = (
            f"No file could be written about it; it happened in {_innermost(error)}. Tell whoever looks after ocgnet."
        )
    _say(f"ocgnet met an error that it did not foresee ({kind}) and ended; no file is half written. {rest}\n")
    return EXIT_CODE


def hook() -> None:
    """Let no other way out of the program show a traceback: threads, and what fails while the program ends."""

    def of_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
            tell(given.exc_value)

    def of_nobody(given: sys.UnraisableHookArgs) -> None:
        if issubclass(given.exc_type, Warning):
            sys.__unraisablehook__(given)

    def of_rest(_kind: type[BaseException], error: BaseException, _at: Any) -> None:
        tell(error)

    threading.excepthook = of_thread
    sys.unraisablehook = of_nobody
    sys.excepthook = of_rest


def document(error: BaseException) -> dict[str, Any]:
    """Return what the file holds: versions, the command without its values, the stack of each error in the chain."""
    return {
        "about": "An error in ocgnet. This file holds no value of any record, path or option.",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": dict(_versions()),
        "command": command(sys.argv[1:]),
        "errors": [_told(e) for e in _chain(error)],
    }


def command(words: list[str]) -> list[str]:
    """Return the commands and options among the words of a command line, none of the values.

    >>> command(["refer", "C1", "--kind", "mash", "--reason=afraid", "--", "--out"])
    ['refer', '--kind', '--reason']
    """
    try:
        import typer

        from ocgnet.cli.app import app, fetched

        part: Any = typer.main.get_command(app)
        found: list[str] = []
        rest = list(words)
        while rest and rest[0] in getattr(part, "commands", {}):
            part = part.commands[rest[0]] if found else fetched(rest[0])
            found.append(rest.pop(0))
    except Exception:
        return []
    known = {name for option in part.params for name in (*option.opts, *option.secondary_opts) if name.startswith("-")}
    for word in rest:
        if word == "--":
            break
        if (name := word.partition("=")[0]) in known | {"--help", "-h"}:
            found.append(name)
    return found


def _versions() -> Iterator[tuple[str, str]]:
    from importlib import metadata

    yield "python", platform.python_version()
    yield "system", f"{platform.system()} {platform.machine()}"
    for name in _LIBRARIES:
        try:
            yield name, metadata.version(name)
        except Exception:  # noqa: S112 (a library that is not there, or whose description is damaged)
            continue


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, those it came from, and those it is made of."""
    todo, seen = [error], set[int]()
    while todo and len(seen) < 20:
        one = todo.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            todo += one.exceptions
        cause = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        if cause is not None:
            todo.append(cause)


def _told(error: BaseException) -> dict[str, Any]:
    stack = _stack(error)
    told: dict[str, Any] = {"type": _type_of(error)}
    if isinstance(error, OSError) and error.errno is not None and error.errno in errno.errorcode:
        told["errno"] = errno.errorcode[error.errno]
    told["stack"] = stack if len(stack) <= 2 * MOST else [*stack[:MOST], "…", *stack[-MOST:]]
    return told


def _stack(error: BaseException) -> list[str]:
    found, at = [], error.__traceback__
    while at is not None:
        found.append(f"{_module(at.tb_frame.f_globals.get('__name__'))} {at.tb_lineno}")
        at = at.tb_next
    return found


def _innermost(error: BaseException) -> str:
    own = [place for place in _stack(error) if place.startswith("ocgnet")] or _stack(error) or ["an unknown place"]
    return own[-1].replace(" ", ", line ")


def _module(name: object) -> str:
    """Return the name of a module that is really one; a program may be made of data as well."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) and name in sys.modules else "?"


def _type_of(error: BaseException) -> str:
    """Return the name of the type of an error as its module knows it; a type that was made up on the way has none."""
    kind = type(error)
    module, name = _module(kind.__module__), kind.__qualname__
    home: Any = sys.modules.get(module)
    for part in name.split("."):
        home = getattr(home, part, None)
    if home is not kind or not _NAME.fullmatch(name):
        return next((b.__name__ for b in kind.__mro__[1:] if b.__module__ == "builtins"), "an error")
    return name if module == "builtins" else f"{module}.{name}"


def _written(text: str) -> Path:
    """Write the file where only its owner reads it: beside the usual place of the log, else in a new private folder."""
    name = f"error-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.json"
    try:
        from ocgnet.audit.log import state_folder

        folder = state_folder() / "errors"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _put(folder / name, text)
    except Exception:
        return _put(Path(tempfile.mkdtemp(prefix="ocgnet-")) / name, text)


def _put(file: Path, text: str) -> Path:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    return file


def _say(sentence: str) -> None:
    try:
        sys.stderr.write(sentence)
        sys.stderr.flush()
    except Exception:  # noqa: S110 (nobody listens)
        pass
