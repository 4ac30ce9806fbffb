"""What left in numbers before, beside the log: whom each summary counted, as keyed hashes and nothing else.

``log.jsonl.given`` holds one entry a summary. Without the key of the log a hash cannot be worked out, nor an id guessed
and tried. When a person is erased, their hashes give way to a random number that belongs to nobody, so that the size
of what differs stays known.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ocgnet.audit.chain import held, key_of, share
from ocgnet.errors import LogError
from ocgnet.files.writing import write_text

ENDING = ".given"
"""End of the name of the file beside the log."""


def keyed_mark(purpose: str, text: str, key: bytes) -> str:
    """Return a text as 32 hex digits of HMAC-SHA256 under the key of the log, apart for each purpose.

    By it an id can be known again that is kept nowhere: what a summary counted, or who was erased.

    >>> keyed_mark("given", "C1", bytes(32)) == keyed_mark("given", "C1", bytes(32))
    True
    >>> keyed_mark("given", "C1", bytes(32)) == keyed_mark("erased", "C1", bytes(32))
    False
    """
    words = f"ocgnet:{purpose}:{text}".encode("utf-8", "surrogatepass")
    return hmac.new(key, words, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Given:
    """One summary that was given."""

    number: int  # of its act in the log
    day: str  # on which it was given, ISO
    recipient: str
    people: Mapping[str, str]  # keyed mark of what was counted of each person, by the keyed mark of the person


def given_before(log: Path) -> tuple[Given, ...]:
    """Return the summaries that were given, oldest first; ``LogError`` when the file beside the log is damaged."""
    file = _file(log)
    try:
        entries = json.loads(file.read_text(encoding="ascii"))
        return tuple(Given(int(e["number"]), str(e["day"]), str(e["recipient"]), dict(e["people"])) for e in entries)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LogError(
            f"{file}, which knows what was given in numbers before, cannot be read, and no numbers leave without it. "
            "Restore it from a backup; without one, move it away and say so to whoever looks after the log."
        ) from error


@contextmanager
def giving(
    log: Path, number: int, day: str, recipient: str, counted: Mapping[str, str],
    refuse: Callable[[Given, Sequence[Given]], None],
) -> Iterator[None]:  # fmt: skip
    """Note a summary before it leaves, while the body gives it; when the body fails it was not given.

    ``counted`` is what the summary counts of each person, by id. ``refuse`` is asked first, with what would be given
    and what was, and raises when the two may not both leave.
    """
    key = key_of(log)
    marks = {keyed_mark("given", p, key): keyed_mark("given", f"{p}\n{text}", key) for p, text in counted.items()}
    new = Given(number, day, recipient, dict(sorted(marks.items())))
    with held(log):
        earlier = given_before(log)
        refuse(new, earlier)
        _write(log, (*earlier, new))
    try:
        yield
    except BaseException:
        with held(log):
            _write(log, [g for g in given_before(log) if g.number != number])
        raise


def forget(log: Path, person: str) -> int:
    """Put a random number in the place of a person's marks, and return in how many summaries they stood."""
    if not _file(log).exists():
        return 0
    mark, nobody = keyed_mark("given", person, key_of(log)), secrets.token_hex(16)
    with held(log):
        earlier = given_before(log)
        marked = [g for g in earlier if mark in g.people]
        if marked:
            _write(log, [_without(g, mark, nobody) for g in earlier])
    return len(marked)


def _without(given: Given, mark: str, nobody: str) -> Given:
    # Sorted by what are random digits to a reader, so that the place tells nothing either.
    people = {nobody if m == mark else m: nobody if m == mark else what for m, what in given.people.items()}
    return Given(given.number, given.day, given.recipient, dict(sorted(people.items())))


def _write(log: Path, given: Sequence[Given]) -> None:
    write_text(_file(log), json.dumps([asdict(g) for g in given], indent=0) + "\n", replace=True)
    share(_file(log))


def _file(log: Path) -> Path:
    return log.with_name(f"{log.name}{ENDING}")
