"""Finding what was changed, removed, moved or put into the log, and saying where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ocgnet.audit.chain import BEGINNING, Head, Line, hash_of, read_line, whole_log
from ocgnet.errors import LogError


@dataclass(frozen=True)
class Found:
    """Something about one physical line of the file, from 1; 0 for the log as a whole."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}" if self.line else self.what


@dataclass(frozen=True)
class Verdict:
    """What a look at the whole log found, in the order of the file.

    ``head`` is number and hash of the last line, as ``--head`` takes them; empty for no lines. ``faults`` are signs
    that somebody meddled with the log; ``notes`` are what happened and was handled: lines cut short by a crash, a clock
    that went back, acts without an end.
    """

    lines: int
    head: str
    faults: tuple[Found, ...]
    notes: tuple[Found, ...]


def verify(path: Path, known: Sequence[str] = ()) -> Verdict:
    """Read the whole log and check its chain and its anchor.

    What cannot be noticed: somebody who may write all files of the log can write a new chain from any line on, with an
    anchor that fits, or cut the tail and the anchor alike. Against that, keep a head elsewhere (``ocgnet log head``
    prints it as ``NUMBER:HASH``) and give it as ``known``. A log that does not exist has no faults unless something is
    known of it; one that cannot be read is a ``LogError``. Nothing is written, so the right to read is enough.
    """
    try:
        data, head = whole_log(path)
    except OSError as error:
        raise LogError(f"The log {path} cannot be read ({error.strerror or error}).") from error
    pieces = data.split(b"\n")
    # Behind the last line end stands nothing, or a line that was cut short.
    raws = pieces[:-1] if not pieces[-1] else pieces
    lines = [read_line(raw) for raw in raws]
    whole = [(n, line) for n, line in enumerate(lines, 1) if line]
    broken, numbers_explained, notes = _broken(raws, lines, head)
    faults = [
        *broken,
        *_order(whole),
        *_links(whole),
        *_missing(whole, numbers_explained),
        *_anchor(whole, head),
        *(fault for text in known for fault in _known(whole, text)),
    ]
    if not faults and head and head.end > len(data):
        faults.append(Found(0, f"The end was cut off: the anchor knows {head.end - len(data):,} bytes more."))
    elif not faults and head and not _anchor_fits(raws, whole, head):
        faults.append(Found(0, "The anchor was changed: it knows its line in another place or at another time."))
    notes += [*_clock(whole), *_without_end(whole)]
    last = max((line for _, line in whole), key=lambda line: line.seq, default=None)
    return Verdict(
        len(whole),
        f"{last.seq}:{last.hash}" if last else "",
        tuple(sorted(faults, key=lambda f: f.line)),
        tuple(sorted(notes, key=lambda f: f.line)),
    )


def _broken(
    raws: Sequence[bytes], lines: Sequence[Line | None], head: Head | None
) -> tuple[list[Found], set[int], list[Found]]:
    """Return faults and notes about lines that are not whole, and the numbers that changed lines had."""
    faults: list[Found] = []
    notes: list[Found] = []
    explained: set[int] = set()
    there = {line.seq for line in lines if line}
    for is_whole, group in groupby(enumerate(lines), key=lambda pair: pair[1] is not None):
        if is_whole:
            continue
        places = [k for k, _ in group]
        first, after = places[0], places[-1] + 1
        before = lines[first - 1] if first else None
        following = lines[after] if after < len(lines) else None
        if _cut_short([raws[k] for k in places], before, following, head):
            noticed = f"and line {after + 1} says so" if following else "and the next line will say so"
            notes += [Found(k + 1, f"it was cut short by a crash or a full disk, {noticed}.") for k in places]
            continue
        number = before.seq if before else 0
        for k in places:
            number += 1
            if number in there or (following is None and head is not None and number > head.seq):
                faults.append(Found(k + 1, "it is no line of the log; somebody put it there."))
            else:
                explained.add(number)
                faults.append(Found(k + 1, f"it was changed (it was number {number})."))
    return faults, explained, notes


def _cut_short(raws: Sequence[bytes], before: Line | None, following: Line | None, head: Head | None) -> bool:
    """Tell whether each piece is the beginning of the line that would have come there, and was left as such.

    They are several where one process after another was killed, or found the disk full.
    """
    number, digest = (before.seq, before.hash) if before else (0, BEGINNING)
    begin = json.dumps({"seq": number + 1, "before": digest}, separators=(",", ":"))[:-1].encode("ascii")
    if any(raw[: len(begin)] != begin[: len(raw)] or hash_of(raw) for raw in raws):
        return False
    if following is None:
        # What the anchor knows was whole once.
        return head is None or head.seq <= number
    # Of the last one the line end may be all that was written of the line behind it.
    left = b"\n".join(raws)
    gaps = [{"bytes": len(gap), "sha256": hashlib.sha256(gap).hexdigest()} for gap in (left, left + b"\n")]
    return following.entry.get("gap") in gaps and following.before == digest


def _order(whole: Sequence[tuple[int, Line]]) -> Iterator[Found]:
    highest, seen = 0, set()
    for n, line in whole:
        if line.seq in seen:
            yield Found(n, f"number {line.seq} stands there a second time; it was put in.")
        elif line.seq < highest:
            yield Found(n, f"number {line.seq} stands behind number {highest}; it was moved.")
        seen.add(line.seq)
        highest = max(highest, line.seq)


def _links(whole: Sequence[tuple[int, Line]]) -> Iterator[Found]:
    hashes = {0: BEGINNING} | {line.seq: line.hash for _, line in reversed(whole)}
    for n, line in whole:
        if hashes.get(line.seq - 1, line.before) != line.before:
            yield Found(n, f"it does not go on from number {line.seq - 1}; one of the two was written anew.")
        if "missing_bytes" in line.entry:
            yield Found(n, f"when it was written, {line.entry['missing_bytes']:,} bytes before it were gone.")
        if "anchor" in line.entry:
            yield Found(n, "when it was written, the anchor was gone; lines before it may have been cut off.")


def _missing(whole: Sequence[tuple[int, Line]], explained: set[int]) -> Iterator[Found]:
    there = {line.seq for _, line in whole}
    gone = [s for s in range(1, max(there, default=0)) if s not in there and s not in explained]
    places = {line.seq: n for n, line in whole}
    for _, group in groupby(enumerate(gone), key=lambda pair: pair[1] - pair[0]):
        run = [s for _, s in group]
        numbers = f"number {run[0]} was" if len(run) == 1 else f"numbers {run[0]} to {run[-1]} were"
        yield Found(places.get(run[-1] + 1, 0), f"{numbers} removed before it.")


def _anchor(whole: Sequence[tuple[int, Line]], head: Head | None) -> Iterator[Found]:
    last = max((line.seq for _, line in whole), default=0)
    if head is None:
        if last:
            yield Found(0, "The anchor of the log is missing or damaged, so a tail that was cut off is not noticed.")
        return
    if head.seq > last:
        yield Found(
            0, f"The end was cut off: the last whole line is number {last}, and the anchor knows number {head.seq}."
        )
    for n, line in whole:
        if line.seq == head.seq and line.hash != head.hash:
            yield Found(n, "it is another line than the anchor knows; the log was written anew.")


def _anchor_fits(raws: Sequence[bytes], whole: Sequence[tuple[int, Line]], head: Head) -> bool:
    """Tell whether the anchor knows a line where and when it was written, or, before the first, none."""
    places = [(n, line) for n, line in whole if line.seq == head.seq]
    if not places:
        return head == Head()
    n, line = places[0]
    return head.at == line.entry.get("at") and head.end == sum(len(raw) + 1 for raw in raws[:n])


def _known(whole: Sequence[tuple[int, Line]], text: str) -> Iterator[Found]:
    number, _, digest = text.strip().partition(":")
    lines = [(n, line) for n, line in whole if str(line.seq) == number]
    if not lines:
        yield Found(0, f"Number {number}, which was noted elsewhere, is not in the log.")
    elif lines[0][1].hash != digest:
        yield Found(lines[0][0], "it has another hash than was noted elsewhere; the log was written anew.")


def _clock(whole: Sequence[tuple[int, Line]]) -> Iterator[Found]:
    for n, line in whole:
        if back := line.entry.get("clock_back_from"):
            yield Found(n, f"the clock had gone back, from {back} to {line.entry['at']}; the numbers tell the order.")


def _without_end(whole: Sequence[tuple[int, Line]]) -> Iterator[Found]:
    ended = {line.entry.get("act") for _, line in whole if line.entry.get("state") in ("done", "failed")}
    for n, line in whole:
        if line.entry.get("state") == "begun" and line.entry.get("act") not in ended:
            yield Found(
                n, f"this act ({line.entry.get('kind')}) has no end: it is under way, or its process was killed."
            )
