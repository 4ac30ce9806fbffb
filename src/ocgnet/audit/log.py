"""Acts: what is done with records of people, told to the log before it happens and once it is over."""

from __future__ import annotations

import getpass
import os
import re
import secrets
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ocgnet.audit import erased, given
from ocgnet.audit.chain import append, key_of
from ocgnet.audit.policy import FILE, KINDS, policy
from ocgnet.audit.read import keyed, packed, whole_words
from ocgnet.errors import LogError, OcgnetError

# Where the log stands: apart from the records and the results that it tells of.

VARIABLE = "OCGNET_LOG"
"""Environment variable that names another file for the log."""


def log_path() -> Path:
    r"""Return the file of the log: where the administrator pinned it, else ``$OCGNET_LOG``, else in the user's state.

    The state folder is ``%LOCALAPPDATA%\ocgnet`` on Windows, ``$XDG_STATE_HOME/ocgnet`` elsewhere, by default
    ``~/.local/state/ocgnet``. See :data:`ocgnet.audit.policy.FILE`.
    """
    if pinned := policy().log:
        return pinned
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
    """Refuse a place for a result that is the log or stands beside it as its own, whatever its name."""
    own = [path, *(path.with_name(f"{path.name}{ending}") for ending in (".key", ".head", given.ENDING, erased.ENDING))]
    named = {str(p.resolve()).casefold() for p in own}
    try:
        same = any(p.exists() and place.exists() and p.samefile(place) for p in own)
    except OSError:
        same = False
    if same or str(place.resolve()).casefold() in named:
        raise LogError(f"{place} is a file of the log, which only grows. Name another file.")


def refuse_inside(path: Path, places: Iterable[Path]) -> None:
    """Refuse a log that stands inside what it describes, where it would be shared or erased with it."""
    real = path.resolve()
    for place in places:
        inside = place.resolve()
        if real == inside or (inside in real.parents and not inside.is_file()):
            raise LogError(
                f"The log {path} stands inside {place}, which it describes. Let {VARIABLE} name a file elsewhere."
            )


REASON = "OCGNET_REASON"
"""Environment variable with the reason of acts that are given none of their own."""

ASKED: ContextVar[Callable[[str], str]] = ContextVar("asked", default=lambda _kind: "")
"""Asked for the reason of an act of a kind, where the policy wants one and none was given; empty for no answer."""

_REASON: ContextVar[str] = ContextVar("reason", default="")
"""The reason of the act that is under way, which holds for the acts within it."""

_SECRET = re.compile(r"(?<=://)[^/@\s]+(?=@)")


class Act:
    """An act that is under way; made by :meth:`Log.act`.

    Words of ``conceal``, such as ids and names of who is erased, never reach the log.
    """

    def __init__(self, log: Log, kind: str, conceal: Iterable[str] = ()) -> None:
        self.log = log
        self.kind = kind
        self.number = secrets.token_hex(8)
        self.line = 0  # number of the line that it begins with
        self._conceal = whole_words(conceal)
        self._facts: dict[str, Any] = {}
        self._people: dict[str, Any] = {}

    def note(self, *, people: Iterable[str] | None = None, **facts: object) -> None:
        """Give the closing line facts, and the people whom the act turned out to be about."""
        if people is not None:
            self._people = self._packed(people)
        self._facts |= facts

    def wrote(self, *files: Path) -> None:
        """Name files in the closing line, however the act ends: an erasure looks for the person in them."""
        self._facts["files"] = [*self._facts.get("files", ()), *(str(f.absolute()) for f in files)]

    def saw(self, people: Iterable[str]) -> None:
        """Write at once whom the act is about, before anything is done with their records."""
        self._line("about", people=self._packed(people))

    def begins(self, **facts: object) -> None:
        """Write at once what the act is about to do, so that whoever finds it half done knows."""
        self._line("about", facts=facts)

    def _packed(self, people: Iterable[str]) -> dict[str, Any]:
        chosen = list(people)
        return keyed(chosen, key_of(self.log.path)) if self.kind == "erase" else packed(chosen)

    def _line(self, state: str, **fields: Any) -> int:
        entry = {"act": self.number, "kind": self.kind, "state": state}
        entry |= {
            name: value if name == "people" else self._concealed(value) for name, value in fields.items() if value
        }
        return append(self.log.path, entry)

    def _concealed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: self._concealed(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self._concealed(v) for v in value]
        if isinstance(value, str):
            return self._conceal.sub("[erased]", _SECRET.sub("…", value))
        return value if isinstance(value, int | float | bool) or value is None else self._concealed(str(value))


class Log:
    """The log in one file, which is made on the first act, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def outside(self, *places: Path | None) -> Log:
        """Return this log once it is sure that it stands in none of these folders; ``LogError`` if it does."""
        refuse_inside(self.path, (p for p in places if p is not None))
        return self

    @contextmanager
    def act(
        self,
        kind: str,
        *,
        people: Iterable[str] = (),
        by: str = "",
        recipient: str = "",
        reason: str = "",
        what: str = "",
        conceal: Iterable[str] = (),
    ) -> Iterator[Act]:
        """Tell the log that an act begins, let it happen, and tell how it ended.

        The line that it begins is on disk before the body runs; when that fails (``LogError``), the body does not run.
        An erasure keeps keyed hashes of ``people`` only, and its words lose these ids and those of ``conceal``. ``by``
        is empty for the user of the operating system, whose account is always kept too; without a ``reason`` the one of
        ``$OCGNET_REASON`` counts, then that of the act around it; ``what`` is by default the command line. An act of a
        kind for which the administrator's policy wants a reason is a ``LogError`` without one.
        """
        if kind not in KINDS:
            raise ValueError(f"no kind of act: {kind}")
        ids = list(people)
        why = _reason(kind, reason)
        act = Act(self, kind, [*conceal, *(ids if kind == "erase" else ())])
        user = account()
        act.line = act._line(  # noqa: SLF001
            "begun",
            by=by or user,
            account=user,
            what=what or command_line(),
            people=act._packed(ids) if ids else None,  # noqa: SLF001
            recipient=recipient,
            reason=why,
        )
        around = _REASON.set(why)
        try:
            yield act
        except BaseException as error:
            if _is_success(error):
                self._close(act)
            else:
                try:
                    act._line("failed", why=_why(error, kind), people=act._people, facts=act._facts)  # noqa: SLF001
                except LogError as unwritten:
                    error.add_note(str(unwritten))
            raise
        finally:
            _REASON.reset(around)
        self._close(act)

    def _close(self, act: Act) -> None:
        try:
            act._line("done", people=act._people, facts=act._facts)  # noqa: SLF001
        except LogError as error:
            raise LogError(
                f"What was asked is done, and the log holds that it began, but its end could not be noted. {error}"
            ) from error


def _reason(kind: str, stated: str) -> str:
    wanted = kind in policy().reason_for
    reason = stated or os.environ.get(REASON, "") or _REASON.get() or (ASKED.get()(kind) if wanted else "")
    if wanted and not reason.strip():
        raise LogError(
            f"An act of the kind '{kind}' needs a reason on this computer ({FILE}), and nothing is done without it. "
            f"Type one when asked, or set {REASON}."
        )
    return reason


def log_of(path: Path | None = None) -> Log:
    """Return the log in its usual place, or in another file."""
    return Log(path or log_path())


def account() -> str:
    """Return the operating system's name for who runs this; variables of the environment cannot change it."""
    if sys.platform == "win32":
        import ctypes

        size = ctypes.c_ulong(257)
        name = ctypes.create_unicode_buffer(size.value)
        if ctypes.windll.advapi32.GetUserNameW(name, ctypes.byref(size)):
            return name.value
        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def command_line() -> str:
    """Return the command that runs, as it was typed."""
    program = Path(sys.argv[0]).name if sys.argv else ""
    return shlex.join(["ocgnet" if program == "__main__.py" else program, *sys.argv[1:]])


def _is_success(error: BaseException) -> bool:
    """Tell whether an exit is one that means success; a command may leave by ``SystemExit`` or ``typer.Exit``."""
    if isinstance(error, SystemExit):
        return error.code in (0, None)
    return isinstance(error, RuntimeError) and getattr(error, "exit_code", None) == 0


def _why(error: BaseException, kind: str) -> str:
    """Return why an act failed; of an erasure only the kind of error, because its text may name somebody."""
    if isinstance(error, KeyboardInterrupt):
        return "stopped by the user"
    if kind != "erase" and isinstance(error, OcgnetError):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__
