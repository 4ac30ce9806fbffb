"""What stands above and below every picture: title, data line, what is left out, and the run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ocgnet.results import Analysis
from ocgnet.settings import GRADE_FILTERS
from ocgnet.views.chart.boxes import Box
from ocgnet.views.chart.values import plain
from ocgnet.views.figures_text import network_text

OPEN_ALL_UP_TO = 150
"""Up to so many people the chart opens on everybody, above it on the groups."""

RECORDED_KINDS = ("crime", "co_offending")
"""Kinds that rest on a recorded crime: such a tie is drawn solid, every other one dashed."""


def heading(
    analysis: Analysis,
    people: int,
    tied: int,
    ties: int,
    boxes: Sequence[Box],
    links: Sequence[Sequence[Any]],
    unknown: int,
    compared: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return what the page says around the picture; ``compared`` is what became of the ties, if that was asked."""
    left = [[x.what, x.why, x.count] for x in analysis.left_out]
    if unknown:
        left.append(["ties", "one of the two people is not in the results", unknown])
    if compared is not None:
        left += [[what, f"earlier period: {why}", count] for what, why, count in compared["left_out"]]
    return {
        "title": f"Not known who has ties with whom: {reason}"
        if (reason := analysis.unknown("network"))
        else (_changed(compared) if compared else _title(people, tied, ties, boxes, links)),
        "marking": analysis.marking,
        "data_line": [*_data_line(analysis), *_beside(compared)],
        "left_out": left,
        "notes": [
            *filter(None, [analysis.dates_note]),
            *(compared["notes"] if compared else ()),
            *analysis.notes,
        ],
        "run_id": analysis.run_id,
        "resamples": analysis.settings.resamples,
        "resample_up_to": analysis.settings.resample_up_to,
        "recorded_kinds": list(RECORDED_KINDS),
        "open_all_up_to": OPEN_ALL_UP_TO,
        "compared": compared["period"] if compared else None,
        "opening": "",
        "period": [plain(analysis.period_from), plain(analysis.period_to)],
    }


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "tie"), counted(1200, "tie"), counted(2, "person", "people")
    ('1 tie', '1,200 ties', '2 people')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _title(people: int, tied: int, ties: int, boxes: Sequence[Box], links: Sequence[Sequence[Any]]) -> str:
    if not people:
        return "No nominal is left after the filters"
    groups = [i for i, box in enumerate(boxes) if box.kind == "ocg" and box.people]
    who = counted(people, "person", "people")
    if not groups:
        return f"{tied:,} of {who} have ties to one another ({counted(ties, 'tie')})"
    joined = {end for link in links if set(link[:2]) <= set(groups) for end in link[:2]}
    if len(groups) == 1:
        return f"{who} around one group share {counted(ties, 'tie')}"
    return f"{len(joined):,} of {len(groups):,} groups have ties to another group ({who}, {counted(ties, 'tie')})"


def _changed(compared: dict[str, Any]) -> str:
    """Return the finding of a comparison."""
    return (
        f"{counted(compared['new'], 'tie')} are new, {compared['kept']:,} were kept and {compared['gone']:,} are gone"
        f" since {_dates(compared)}"
    )


def _beside(compared: dict[str, Any] | None) -> list[str]:
    return [f"compared with {_dates(compared)}"] if compared else []


def _dates(compared: dict[str, Any]) -> str:
    return " to ".join(_day(date.fromisoformat(day)) for day in compared["period"])


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "not dated"


def _data_line(analysis: Analysis) -> list[str]:
    settings = analysis.settings
    rows = analysis.rows_in
    sources = [
        counted(rows[name], one, many)
        for name, one, many in (
            ("crimes", "crime", ""),
            ("intel_reports", "intelligence report", ""),
            ("associations", "recorded contact", ""),
        )
        if rows.get(name)
    ]
    line = [analysis.about.force] if analysis.about.force else []
    if analysis.period_from or analysis.period_to:
        line.append(f"{_day(analysis.period_from)} to {_day(analysis.period_to)}")
    line.append(f"ties of {network_text(analysis)}")
    line.append(f"as of {_day(analysis.as_of)}" if analysis.as_of else "records hold no date")
    if sources:
        line.append("from " + ", ".join(sources))
    line.append("linked as " + " or ".join(settings.link_roles))
    line.append(f"reports: {GRADE_FILTERS[settings.min_grade]}")
    if settings.ocgs:
        line.append("only " + ", ".join(settings.ocgs))
    out = sum(x.count for x in analysis.left_out)
    line.append(f"{counted(out, 'row')} left out" if out else "no row left out")
    line += [*analysis.first, *(str(loss) for loss in analysis.losses)]
    return line
