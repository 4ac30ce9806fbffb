"""A ranking on the terminal, as CSV, and as the JSON that the next tasking meeting is compared with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ocgnet.analysis.response.priorities import TOP, Priorities, Ranking
from ocgnet.english import counted, ordinal
from ocgnet.files.writing import csv_text
from ocgnet.views.tables.text import number_text
from ocgnet.views.words.numbers import day
from ocgnet.visible import visible

KIND = "priorities"
"""What the JSON of a ranking says that it is."""

PLURAL = {"group": "groups", "person": "people", "threat": "threats"}

_HEADS = ("subject_kind", "rank", "tied_with", "subject_id", "name", "total", "lowest", "highest", "best_rank_by_one",
          "worst_rank_by_one", "best_rank_possible", "worst_rank_possible", "component", "section", "score", "used",
          "value", "records_score", "assessor_score", "assessor", "scored_on", "reason", "recorded_threat_score",
          "scheme", "version", "as_of")  # fmt: skip
_SUBJECT = ("rank", "tied", "subject_id", "name", "total", "lowest", "highest", "best_by_one", "worst_by_one",
            "best_possible", "worst_possible")  # fmt: skip
_PART = ("component", "section", "score", "used", "value", "data_score", "assessor_score", "assessor", "scored_on",
         "reason")  # fmt: skip


def csv_of(priorities: Priorities) -> str:
    """Return one row for every subject and component, in the order of ranks."""
    return csv_text(_HEADS, (row for ranking in priorities.rankings.values() for row in _csv_rows(ranking, priorities)))


def _csv_rows(ranking: Ranking, priorities: Priorities) -> Iterator[Sequence[str]]:
    by_subject = dict(tuple(ranking.parts.groupby("subject_id", sort=False))) if len(ranking.parts) else {}
    as_of = priorities.period.as_of
    for row in ranking.frame.to_dict("records"):
        for part in by_subject[row["subject_id"]].to_dict("records"):
            yield (
                ranking.kind,
                *(_cell(row[n]) for n in _SUBJECT),
                *(_cell(part[n]) for n in _PART),
                row["recorded_score"],
                ranking.scheme.name,
                ranking.scheme.version,
                as_of.isoformat() if as_of else "",
            )


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return number_text(value)
    return "" if value is None else str(value)


def document(priorities: Priorities, marking: str, run_id: str) -> dict[str, Any]:
    """Return plain values of everything in a ranking."""
    scheme = next(iter(priorities.rankings.values())).scheme
    period = priorities.period
    return {
        "kind": KIND,
        "run_id": run_id,
        "marking": marking,
        "scheme": scheme.name,
        "version": scheme.version,
        "scheme_fingerprint": scheme.fingerprint,
        "as_of": _plain(period.as_of),
        "period": [_plain(period.first), _plain(period.last)],
        "notes": list(priorities.notes),
        "left_out": [{"what": x.what, "why": x.why, "count": x.count} for x in priorities.left_out],
        "rankings": {kind: _ranking(ranking) for kind, ranking in priorities.rankings.items()},
    }


def json_of(priorities: Priorities, marking: str, run_id: str) -> str:
    """Return :func:`document` as text."""
    return json.dumps(document(priorities, marking, run_id), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _ranking(ranking: Ranking) -> dict[str, Any]:
    by_subject = dict(tuple(ranking.parts.groupby("subject_id", sort=False))) if len(ranking.parts) else {}
    subjects = []
    for row in ranking.frame.to_dict("records"):
        subject = {name: _plain(value) for name, value in row.items()}
        parts = by_subject[row["subject_id"]].drop(columns="subject_id").to_dict("records")
        subjects.append(subject | {"components": [{n: _plain(v) for n, v in part.items()} for part in parts]})
    return {"ranked": len(subjects), "first_ten_that_stay": ranking.stays, "notes": list(ranking.notes),
            "subjects": subjects}  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return None if pd.isna(value) else round(value, 6)
    return value.item() if hasattr(value, "item") else value


def ranks(best: int, worst: int) -> str:
    """Return a range of ranks.

    >>> ranks(2, 2), ranks(1, 11)
    ('2nd', '1st to 11th')
    """
    return ordinal(best) if best == worst else f"{ordinal(best)} to {ordinal(worst)}"


def finding(ranking: Ranking) -> str:
    """Return what a ranking shows in a sentence or two."""
    frame = ranking.frame
    if not len(frame):
        return f"No {PLURAL[ranking.kind]} to rank in these records."
    of = counted(len(frame), ranking.kind, PLURAL[ranking.kind])
    first = ranking.first
    ties = int((frame["tied"] > 0).sum())
    tied = f" {counted(ties, ranking.kind, PLURAL[ranking.kind])} share a rank with others." if ties else ""
    if len(frame) <= TOP:
        return f"{of} ranked by {ranking.scheme.words}.{tied}"
    return (
        f"{of} ranked by {ranking.scheme.words}. {ranking.stays} of the first {len(first)} stay among the first {TOP} "
        f"whichever single score is one higher or lower.{tied}"
    )


def table_of(ranking: Ranking, rows: int) -> Table:
    """Return the first rows for a terminal of 100 columns."""
    grid = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in ("rank", ranking.kind, "total", "could be", "rank, one step", "unknown", "recorded score"):
        grid.add_column(head, justify="right" if head in ("rank", "total") else "left", overflow="fold")
    for row in ranking.frame.head(rows).to_dict("records"):
        cells = (
            f"{row['rank']}{'=' if row['tied'] else ''}",
            f"{row['subject_id']} {row['name']}".strip(),
            f"{row['total']:.1f}",
            could_be(row["lowest"], row["highest"]),
            ranks(row["best_by_one"], row["worst_by_one"]),
            row["unknown"].replace("|", ", ").replace("_", " "),
            row["recorded_score"],
        )
        grid.add_row(*(Text(visible(cell)) for cell in cells))
    return grid


def could_be(lowest: float, highest: float) -> str:
    """Return a range of totals.

    >>> could_be(40, 55.25), could_be(3, 3)
    ('40.0 to 55.2', '3.0')
    """
    return f"{lowest:.1f}" if lowest == highest else f"{lowest:.1f} to {highest:.1f}"


def subject_lines(ranking: Ranking, subject: str) -> list[str]:
    """Return everything about one subject: its place, and every component with both scores."""
    row = ranking.frame[ranking.frame["subject_id"] == subject].to_dict("records")[0]
    scheme = ranking.scheme
    shared = f", shared with {counted(row['tied'], 'other')}" if row["tied"] else ""
    place = f"{ordinal(row['rank'])} of {counted(len(ranking.frame), ranking.kind, PLURAL[ranking.kind])}{shared}"
    total = f"{row['total']:.1f} of 100, could be {could_be(row['lowest'], row['highest'])} by what is unknown"
    by_one, possible = ((row[f"best_{by}"], row[f"worst_{by}"]) for by in ("by_one", "possible"))
    lines = [
        f"{row['subject_id']} {row['name']}".strip(),
        f"{place}; total {total}.",
        f"One score one step higher or lower, its own or another's: {ranks(*by_one)}.",
        f"Whatever the unknown scores are: {ranks(*possible)}.",
    ]
    if row["recorded_score"]:
        lines.append(f"Recorded under another scheme, not mixed in: {row['recorded_score']}.")
    parts = ranking.parts[ranking.parts["subject_id"] == subject]
    for section in scheme.sections:
        lines += [part_line(part, scheme.most) for part in parts[parts["section"] == section.name].to_dict("records")]
    return lines


def part_line(part: dict[str, Any], most: float) -> str:
    """Return one component: the score used, and what records and assessor say."""
    name = f"{part['section']}, {part['component'].replace('_', ' ')}"
    if part["used"] == "unknown":
        return f"    {name}: unknown"
    told = []
    if not pd.isna(part["assessor_score"]):
        why = f": {part['reason']}" if part["reason"] else ""
        told.append(f"{part['assessor_score']:g} by {part['assessor']} on {day(part['scored_on'])}{why}")
    if not pd.isna(part["data_score"]):
        told.append(f"{part['data_score']:g} by the records: {part['value_words']}")
    used = f" ({part['used']}'s score is used)" if len(told) > 1 and part["used"] == "assessor" else ""
    used = used or (" (the records' score is used)" if len(told) > 1 else "")
    return f"    {name}: {part['score']:g} of {most:g}{used}; {'; '.join(told)}"
