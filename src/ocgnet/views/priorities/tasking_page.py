"""The page of a tasking meeting: one sheet of A4, with the JSON beside it that the next meeting is compared with.

What does not fit is counted, never dropped in silence: long texts are cut with a sign, and lists say how many more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from ocgnet.analysis.response.priorities import TOP, Priorities, Ranking
from ocgnet.analysis.response.tasking import Entry, Tasking
from ocgnet.dataset import Dataset
from ocgnet.english import counted, ordinal
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.priorities.ranked import PLURAL, could_be, ranks
from ocgnet.views.words.numbers import day, printed
from ocgnet.visible import visible


@dataclass(frozen=True)
class _Room:
    """How much stands on the page: changes beside each subject, letters of a change, name and reason, rows of lists."""

    changes: int
    letters: int
    name: int
    why: int
    actions: int
    agencies: int
    note: int


_ROOMS = tuple(
    _Room(*table, *lists)
    for table in ((3, 68, 30, 42), (2, 68, 30, 42), (1, 68, 30, 42), (1, 34, 22, 36))
    for lists in ((5, 8, 150), (4, 6, 120), (3, 5, 100), (2, 4, 70))
)
"""From what is wished for to what always fits; the first that fits one sheet is taken."""

NOTES = 3
"""Most notes on the records; the others are counted."""

_GAPS, _GAP, _SERVICES = 3, 32, 38
_WIDE = {"name": 14.6, "why": 21.2, "since": 16.6, "gaps": 8.4, "half": 31.5, "agency": 6.2, "services": 15.5}
"""Width of each column of the printed page, in heights of its letters."""

_LETTERS = {**dict.fromkeys("WMmw@%", 0.97), **dict.fromkeys("iljtfrI.,:;'()|!- ", 0.38)}
_LETTER = 0.65
"""Widths of letters in a wide typeface, in their height; of the others the last."""

_SHEET, _LINE, _ROW, _PLAIN, _HEAD = 233.0, 2.97, 1.3, 3.4, 6.5
"""Millimetres of the sheet for table and lists, of a line in the table, around a row, of a line below, of a heading."""


def tasking_html(dataset: Dataset, priorities: Priorities, tasking: Tasking, run_id: str) -> str:
    """Return the page of one meeting, self-contained and without a script; the same answers give the same text."""
    ranking = tasking.ranking
    marking = dataset.about.marked
    css = style_sheet(marking) + style_sheet(marking, "ocgnet.views.priorities", "templates/tasking.css")
    contents = (_contents(priorities, tasking, room) for room in _ROOMS)
    shown = next((c for c in contents if _height(c) <= _SHEET), None) or _contents(priorities, tasking, _ROOMS[-1])
    return rendered(
        pages("ocgnet.views.priorities"),
        "tasking.html.j2",
        css,
        marking=marking,
        force=_cut(dataset.about.force, 80),
        title=title(tasking),
        data_line=_data_line(priorities, ranking),
        kind=ranking.kind,
        moves=_moves(tasking),
        method=_method(priorities, ranking, run_id),
        **shown,
    )


def _contents(priorities: Priorities, tasking: Tasking, room: _Room) -> dict[str, Any]:
    """Return what stands in the table and in the lists below it."""
    gaps = (*tasking.gaps, *_others(priorities, tasking.ranking.kind), *_missing(tasking))
    return {
        "rows": [_row(entry, room) for entry in tasking.entries],
        "since": _since(tasking, room),
        "gaps": [_cut(line, room.note) for line in gaps],
        "overdue_lines": list(_overdue_lines(tasking, room)),
        "overdue_words": _overdue_words(tasking, room),
        "capability": list(_capability(tasking, room)),
        "capability_words": _capability_words(tasking, room),
        "caveats": _caveats(priorities, room),
    }


def _height(contents: Mapping[str, Any]) -> float:
    """Return about how many millimetres of a printed sheet the table and the lists take."""
    table = sum(
        _ROW + _LINE * max(
            _lines((r["id"], r["name"], r["recorded"]), "name"),
            _lines(r["because"], "why"),
            _lines(r["changes"], "since"),
            _lines(r["gaps"], "gaps"),
            3,
        )
        for r in contents["rows"]
    )  # fmt: skip
    left = (contents["since"], *contents["gaps"], *contents["overdue_lines"], contents["overdue_words"])
    agencies = sum(max(_lines((c[n],), n) for n in ("agency", "services")) for c in contents["capability"])
    right = (contents["capability_words"], *contents["caveats"])
    return table + max(
        3 * _HEAD + _PLAIN * _lines(left, "half"),
        3 * _HEAD + _PLAIN * _lines(right, "half") + (_LINE + _ROW) * agencies,
    )


def _lines(texts: Iterable[str], column: str) -> int:
    """Return about how many lines some texts take in a column, each beginning on a line of its own."""
    room, lines = _WIDE[column], 0
    for text in texts:
        lines, left = lines + 1, room
        for word in text.split():
            wide = sum(_LETTERS.get(letter, _LETTER) for letter in word)
            if wide > left < room:
                lines, left = lines + 1, room
            lines += ceil(wide / room) - 1
            left -= wide % room + _LETTERS[" "]
    return lines


def title(tasking: Tasking) -> str:
    """Return the finding of the page in a sentence."""
    ranking = tasking.ranking
    if not tasking.entries:
        return f"No {PLURAL[ranking.kind]} to rank in these records"
    first = tasking.entries[0].row
    name = _named(first)
    tied = [e for e in tasking.entries if e.row["rank"] == 1]
    if len(tied) > 1:
        shared = f"{_cut(name, 60)} and {counted(len(tied) - 1, 'other')} share the first place"
        return f"{shared} of {counted(len(ranking.frame), ranking.kind, PLURAL[ranking.kind])}"
    moved = ""
    if tasking.previous and not tasking.previous.why_not:
        count = sum(entry.before != entry.row["rank"] for entry in tasking.entries)
        of_all = "all" if count == len(tasking.entries) else count or "none"
        moved = f"; {of_all} of the first {len(tasking.entries)} moved since the last meeting"
    return f"{_cut(name, 60)} comes first of {counted(len(ranking.frame), ranking.kind, PLURAL[ranking.kind])}{moved}"


def _named(row: Mapping[str, Any]) -> str:
    return visible(f"{row['subject_id']} {row['name']}".strip())


def _cut(text: str, most: int) -> str:
    plain = visible(" ".join(text.split()))
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _data_line(priorities: Priorities, ranking: Ranking) -> str:
    period = priorities.period
    since = f"records of {day(period.first)} to {day(period.last)}, " if period.first else ""
    return printed(
        f"Meeting on the records of {day(period.as_of)}: {since}{len(ranking.frame):,} {PLURAL[ranking.kind]} ranked "
        f"by {_cut(ranking.scheme.words, 80)}."
    )


def _row(entry: Entry, room: _Room) -> dict[str, Any]:
    row = entry.row
    gaps = [*entry.gaps]
    if entry.overdue:
        gaps.append(f"{counted(entry.overdue, 'action')} overdue")
    return {
        "rank": f"{row['rank']}{'=' if row['tied'] else ''}",
        "id": _cut(row["subject_id"], room.name),
        "name": _cut(row["name"], room.name),
        "recorded": _cut(row["recorded_score"], room.name),
        "total": f"{row['total']:.1f}",
        "range": "" if row["lowest"] == row["highest"] else could_be(row["lowest"], row["highest"]),
        "moves": ranks(row["best_by_one"], row["worst_by_one"]),
        "because": [_cut(printed(line), room.why) for line in entry.because],
        "changes": list(_change_lines(entry, room)),
        "gaps": [_cut(line, _GAP) for line in gaps[:_GAPS]] or ["none known"],
    }


def _change_lines(entry: Entry, room: _Room) -> Iterator[str]:
    if entry.before is None:
        yield "not compared"
        return
    now = entry.row["rank"]
    word = "up" if entry.before > now else "down"
    yield f"was {ordinal(entry.before)}: {word}" if entry.before != now else "same place"
    for line in entry.changes[: room.changes]:
        yield _cut(printed(line), room.letters)
    if len(entry.changes) > room.changes:
        yield f"and {counted(len(entry.changes) - room.changes, 'more component')}"
    if not entry.changes and entry.before != now:
        yield "its own scores are the same: others moved"


def _moves(tasking: Tasking) -> str:
    ranking = tasking.ranking
    if not tasking.entries:
        return f"No {PLURAL[ranking.kind]} are recorded for the day."
    below = (
        "Below each score: what it could be, whatever its unknown scores are; then its ranks when any one score of "
        "anybody is one step higher or lower."
    )
    more = len(ranking.first) - len(tasking.entries)
    tied = f" {counted(more, 'more')} tied with the last of these." if more > 0 else ""
    if len(ranking.frame) <= len(tasking.entries):
        return below
    return f"{below} {ranking.stays} of these stay among the first ten whichever one changes.{tied}"


def _since(tasking: Tasking, room: _Room) -> str:
    previous = tasking.previous
    if previous is None:
        return "No last meeting was named, so nothing is compared. The file beside this page is for the next meeting."
    when = (
        f"the meeting on the records of {printed(previous.as_of) or 'an unknown day'} (run {_cut(previous.run_id, 20)})"
    )
    if previous.why_not:
        return f"Not compared with {when}: {_cut(previous.why_not, room.note)}."
    new = [e.row["subject_id"] for e in tasking.entries if e.before is None or e.before > TOP]
    parts = [
        f"new among the first ten: {_cut(', '.join(new), room.note)}" if new else "nobody new among the first ten",
        f"no longer: {_cut(', '.join(tasking.left), room.note)}" if tasking.left else "",
        f"{tasking.gone:,} of them not ranked any more" if tasking.gone else "",
    ]
    return f"Compared with {when}: {'; '.join(filter(None, parts))}."


def _others(priorities: Priorities, kind: str) -> Iterator[str]:
    """Yield the first of other kinds, so that a threat without a group is not lost to a page of groups."""
    for other, ranking in priorities.rankings.items():
        if other == kind:
            continue
        rows = ranking.frame.head(3).to_dict("records")
        told = "; ".join(f"{_cut(_named(row), 32)} {row['total']:.0f}" for row in rows)
        if rows:
            yield f"{counted(len(ranking.frame), other, PLURAL[other])} on a page of their own, first: {told}"
        else:
            yield f"no {PLURAL[other]}{' without a group' if other == 'threat' else ''} are recorded"


def _missing(tasking: Tasking) -> Iterator[str]:
    if tasking.unknown:
        yield f"not known: {', '.join(tasking.unknown)}"


def _overdue_lines(tasking: Tasking, room: _Room) -> Iterator[str]:
    for action in (tasking.overdue or ())[: room.actions]:
        agency = f", {action.agency}" if action.agency else ""
        yield _cut(
            f"{action.action_id} about {action.subject_id}{agency}: due {day(action.due_on)}, "
            f"{counted(action.days, 'day')} ago",
            90,
        )


def _overdue_words(tasking: Tasking, room: _Room) -> str:
    if tasking.overdue is None:
        return "Not known: no table plan_actions."
    whole = len(tasking.overdue)
    about = f"about these {PLURAL[tasking.ranking.kind]}"
    told = f"{counted(whole, 'action')} {about} overdue" if whole else f"No action {about} is overdue"
    shown = f", the {room.actions} oldest shown" if whole > room.actions else ""
    others = tasking.overdue_others
    beside = f"; {others:,} more about others, not listed here" if others else ""
    return f"{told}{shown}{beside}."


def _capability(tasking: Tasking, room: _Room) -> Iterator[dict[str, str]]:
    known = {name: f"no table {name}" not in tasking.unknown for name in ("services", "disruptions", "activities")}
    for one in tasking.capability[: room.agencies]:
        services = _cut(", ".join(one.services[:2]), _SERVICES)
        services += f" and {len(one.services) - 2} more" if len(one.services) > 2 else ""
        yield {
            "agency": _cut(one.agency, 24) or "no agency",
            "services": services if one.services else ("none" if known["services"] else "not known"),
            "disruptions": f"{one.disruptions:,}" if known["disruptions"] else "–",
            "activities": f"{one.activities:,}" if known["activities"] else "–",
        }


def _capability_words(tasking: Tasking, room: _Room) -> str:
    missing = [name for name in ("services", "disruptions", "activities") if f"no table {name}" in tasking.unknown]
    more = len(tasking.capability) - room.agencies
    told = [
        "Disruptions and activities that the agency led or took part in, in these months.",
        f"{counted(more, 'more agency', 'more agencies')} not shown." if more > 0 else "",
        f"Not known: {', '.join(f'no table {name}' for name in missing)}." if missing else "",
    ]
    return " ".join(filter(None, told))


def _caveats(priorities: Priorities, room: _Room) -> list[str]:
    notes = [printed(note) for note in priorities.notes if not note.startswith("Assessors' scores are not known")]
    more = len(notes) - NOTES
    return [
        "A rank is where to look first, not what to do, and recorded activity is also attention.",
        *(_cut(note, room.note) for note in notes[:NOTES]),
        *([f"{counted(more, 'more note')}: ocgnet prioritise show."] if more > 0 else []),
    ]


def _method(priorities: Priorities, ranking: Ranking, run_id: str) -> str:
    scheme = ranking.scheme
    kinds = {"sum": "weighted mean of its sections", "product": "product of its sections"}
    gone = sum(x.count for x in priorities.left_out if x.why == "processing restricted")
    restricted = f" {counted(gone, 'row')} of people whose processing is restricted left out." if gone else ""
    weights = ", ".join(f"{_cut(s.name, 20)} {s.weight:g}" for s in scheme.sections[:6])
    return printed(
        f"Method: {_cut(scheme.words, 80)} ({scheme.fingerprint}): components of {scheme.least:g} to {scheme.most:g} "
        f"by records or by an assessor; the total is the {kinds[scheme.total]} ({weights}) of 100; unknown is never "
        f"zero; order by the {scheme.order} of what is possible. A recorded threat score, grey below a name, is of "
        f"another scheme and not mixed in. No child is ranked.{restricted} Run {run_id}."
    )
