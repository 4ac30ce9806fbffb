"""What watches found, in sentences, in cells, as csv and json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from ocgnet.english import counted
from ocgnet.files.writing import csv_text
from ocgnet.queries.watched_rows import AT_START, CONFIRM, DISMISS, NEW, Found, Named, Row, Seen, State
from ocgnet.queries.watches import Watch
from ocgnet.views.words.numbers import day

LISTED = 20
"""Ids of rows that a sentence lists; it says how many more there are."""

NOT_ASKED = "not asked yet"


def ids(several: Sequence[str]) -> str:
    """Return ids of rows, the first of them where they are many.

    >>> ids(["W1", "W2"])
    'W1, W2'
    """
    more = f" and {len(several) - LISTED:,} more" if len(several) > LISTED else ""
    return f"{', '.join(several[:LISTED])}{more}"


def run_sentences(found: Found) -> Iterator[str]:
    """Yield what one run of one watch found."""
    if found.failed:
        why = found.failed.rstrip(".")
        yield f"{found.watch}: not answered: {why}. Whether anything is new is not known."
        return
    if found.first:
        yield f"{found.watch}: {counted(found.at_start, 'row')} there at the start; what comes from now on is new."
    else:
        new = f"{counted(len(found.new), 'new row')} ({ids(found.new)})"
        parts = [new if found.new else f"nothing new among {counted(found.there, 'row')}"]
        for several, says in (
            (found.changed, "dismissed before and changed since"),
            (found.again, "there again"),
            (found.gone, "no longer there"),
        ):
            if several:
                parts.append(f"{len(several):,} {says} ({ids(several)})")
        yield f"{found.watch}: {'; '.join(parts)}."
    for note in found.notes:
        yield f"{found.watch}: {note}"


def list_line(watch: Watch, seen: Seen | None, shown: Sequence[Row]) -> str:
    """Return a watch in one line: what is asked, who watches, how many rows, and when it was last answered."""
    head = f"{watch.name}: {watch.query.name}, watched by {watch.who}"
    if not (seen and seen.last_run):
        return f"{head}: {'never answered' if seen and seen.failed_on else NOT_ASKED}"
    there = [row for row in shown if not row.gone_on]
    states = {"to decide": sum(row.open for row in there)}
    states |= {state: sum(row.state == state for row in shown) for state in (CONFIRM, DISMISS)}
    numbers = ", ".join(f"{number:,} {state}" for state, number in states.items())
    return f"{head}: {counted(len(there), 'row')} there on {_on(seen.last_run[:10])}; {numbers}"


# Which rows are shown.

CHOICES: dict[str, str] = {
    "open": "new, or dismissed on other evidence, and there",
    "new": "not decided, and first seen after the start",
    "start": "not decided, and there at the start",
    "confirmed": "confirmed",
    "dismissed": "dismissed",
    "gone": "no longer there",
    "all": "all of them",
}
"""What may be shown, in words."""


def chosen(row: Row, choice: str) -> bool:
    """Tell whether a row is among what is shown."""
    return {
        "open": row.open,
        "new": row.state == NEW,
        "start": row.state == AT_START,
        "confirmed": row.state == CONFIRM,
        "dismissed": row.state == DISMISS,
        "gone": bool(row.gone_on),
        "all": True,
    }[choice]


@dataclass(frozen=True)
class Shown:
    """What is shown: by watch its rows, and who is kept back."""

    choice: str
    watches: tuple[tuple[str, Watch | None, Seen | None, tuple[Row, ...]], ...]
    restricted: int  # rows that are not shown because processing of somebody whom they name is restricted
    overdue: int  # because the review of somebody whom they name is overdue
    elsewhere: int  # rows that are there and of another state than what is shown

    @property
    def rows(self) -> list[Row]:
        """All rows that are shown."""
        return [row for _, _, _, rows in self.watches for row in rows]

    @property
    def unanswered(self) -> list[tuple[str, Seen]]:
        """The watches of which nothing is known now, with what is known of them."""
        return [(name, seen) for name, _, seen, _ in self.watches if seen is not None and seen.failed_on]


def shown_of(watches: Sequence[Watch], state: State, named: Named, choice: str, only: str = "") -> Shown:
    """Return the rows to be shown, by watch in the order of the file, those of watches that are no more behind them."""
    declared = {watch.name: watch for watch in watches}
    names = [n for n in dict.fromkeys((*declared, *state.watches)) if only in ("", n)]
    restricted = overdue = elsewhere = 0
    told = []
    for name in names:
        seen, rows = state.watches.get(name), []
        for row in seen.rows if seen else ():
            if not named.restricted.isdisjoint(row.words()):
                restricted += 1
            elif not named.overdue.isdisjoint(row.words()):
                overdue += 1
            elif chosen(row, choice):
                rows.append(row)
            else:
                elsewhere += 1
        if name in declared or rows or only:
            told.append((name, declared.get(name), seen, tuple(sorted(rows, key=_order))))
    return Shown(choice, tuple(told), restricted, overdue, elsewhere)


def _order(row: Row) -> tuple[bool, int, int]:
    """Latest first, what was there at the start last."""
    return row.at_start, -date.fromisoformat(row.first_seen).toordinal(), int(row.id[1:])


def what_cells(row: Row) -> list[tuple[str, str]]:
    """Return the cells of a row by column, without blank ones: its key first."""
    return [(c.replace("_", " "), t) for c, t in {**row.key, **row.cells}.items() if t]


def seen_sentence(row: Row) -> str:
    """Say when a row was first seen, and whether it is still there."""
    first = "there at the start" if row.at_start else "new"
    said = f"{first}, {day(date.fromisoformat(row.first_seen))}"
    if row.again_on:
        said += f"; there again since {day(date.fromisoformat(row.again_on))}"
    if row.gone_on:
        return f"{said}; gone since {day(date.fromisoformat(row.gone_on))}"
    return f"{said}; still there {day(date.fromisoformat(row.last_seen))}"


def decided_sentence(row: Row) -> str:
    """Say who decided what and why, and what of the evidence changed since; empty while nobody decided."""
    if (decided := row.decided) is None:
        undone = [d for d in row.decisions if d.undone_on]
        if not undone:
            return ""
        last = undone[-1]
        return f"undone: {last.decision} by {last.by}; undone by {last.undone_by}, {_on(last.undone_on)}"
    said = f"{decided.decision} by {decided.by}, {_on(decided.on)}: {decided.reason}"
    if row.changed:
        then = "; ".join(
            f"{c.replace('_', ' ')} was {decided.evidence.get(c) or 'blank'}, is {row.evidence.get(c) or 'blank'}"
            for c in row.changed
        )
        said += f". Changed since: {then}"
    return said


def _on(text: str) -> str:
    return day(date.fromisoformat(text))


def beside(shown: Shown) -> Iterator[str]:
    """Yield what has to be read beside the rows: what was not answered, and what is kept back."""
    for name, seen in shown.unanswered:
        since = f"not answered since {_on(seen.failed_on)}: {seen.failed_why.rstrip('.')}"
        yield f"{name}: {since}. Whether anything is new there is not known."
    for count, why in ((shown.restricted, "processing is restricted"), (shown.overdue, "review is overdue")):
        if count:
            yield f"Not shown: {counted(count, 'row')} naming somebody whose {why}."
    if shown.elsewhere:
        yield f"{counted(shown.elsewhere, 'further row')} of another state: --state all"


COLUMNS = (
    "watch", "row", "state", "what", "first_seen", "there_at_start", "last_seen", "gone_on", "again_on", "decision",
    "decided_by", "decided_on", "reason", "evidence", "evidence_when_decided", "changed_since",
)  # fmt: skip
"""Columns of the rows as CSV."""


def rows_csv(shown: Shown) -> str:
    """Return the rows as CSV; the two hashes of the evidence differ where it changed since the decision."""
    return csv_text(COLUMNS, (_cells(name, row) for name, _, _, rows in shown.watches for row in rows))


def _cells(name: str, row: Row) -> tuple[str, ...]:
    from ocgnet.queries.watched_rows import fingerprint

    decided = row.decided
    return (
        name,
        row.id,
        row.state,
        "; ".join(f"{column}: {text}" for column, text in what_cells(row)),
        row.first_seen,
        "yes" if row.at_start else "no",
        row.last_seen,
        row.gone_on,
        row.again_on,
        decided.decision if decided else "",
        decided.by if decided else "",
        decided.on if decided else "",
        decided.reason if decided else "",
        row.fingerprint,
        fingerprint(decided.evidence) if decided else "",
        "|".join(row.changed),
    )


def rows_json(shown: Shown, marking: str) -> str:
    """Return the rows as JSON, with all decisions that were made about each."""
    document = {
        "marking": marking,
        "shown": shown.choice,
        "watches": [
            {
                "watch": name,
                "question": watch.query.name if watch else None,
                "who": watch.who if watch else None,
                "why": watch.why if watch else None,
                "last_answered": seen.last_run if seen else None,
                "not_answered_since": (seen.failed_on or None) if seen else None,
                "not_answered_because": (seen.failed_why or None) if seen else None,
                "rows": [asdict(row) | {"state": row.state, "changed_since": row.changed} for row in rows],
            }
            for name, watch, seen, rows in shown.watches
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def nothing_words(choice: str) -> str:
    """Return what is said of a watch that was answered and has no row of those asked for."""
    return "Nothing waits for a decision." if choice == "open" else f"No row is {CHOICES[choice]}."


def title_of(shown: Shown, judged: date) -> str:
    """Return the sentence that a page is about; what was not answered is never called nothing new."""
    unknown = len(shown.unanswered)
    unasked = sum(seen is None for _, _, seen, _ in shown.watches)
    tail = f"; {counted(unknown, 'watch', 'watches')} could not be answered" if unknown else ""
    tail += f"; {counted(unasked, 'watch', 'watches')} not asked yet" if unasked else ""
    many = len(shown.rows)
    if shown.choice == "open":
        what = f"{counted(many, 'row') if many else 'No row'} {'wait' if many > 1 else 'waits'} for a decision"
    else:
        what = f"{counted(many, 'row')}: {CHOICES[shown.choice]}"
    return f"{what} on {day(judged)}{tail}"


def terminal_lines(shown: Shown, limit: int) -> Iterator[str]:
    """Yield lines for a terminal: every watch with its rows, the first of them where they are many."""
    for name, watch, seen, rows in shown.watches:
        head = f"{name} ({watch.query.name}; {watch.who}: {watch.why})" if watch else f"{name} (no longer watched)"
        yield head
        if seen is None or not seen.last_run:
            yield f"  {NOT_ASKED}" if seen is None or not seen.failed_on else "  never answered"
        elif not rows:
            yield f"  {nothing_words(shown.choice)}"
        for row in rows[:limit]:
            yield f"  {row.id}  {'; '.join(f'{column} {text}' for column, text in what_cells(row))}"
            yield f"      {seen_sentence(row)}"
            if said := decided_sentence(row):
                yield f"      {said}"
        if len(rows) > limit:
            yield f"  {limit:,} of {len(rows):,} shown. All of them: --format csv"


def sentences_of(found: Iterable[Found]) -> list[str]:
    """Return what a run of several watches found."""
    return [sentence for one in found for sentence in run_sentences(one)]
