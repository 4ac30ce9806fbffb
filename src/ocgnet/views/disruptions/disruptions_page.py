"""One printable page about disruptions: counts, and what was recorded before and after them. No script."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from ocgnet import __version__
from ocgnet.analysis.response.before_after import BeforeAfter
from ocgnet.analysis.response.disruptions import DisruptionCounts
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.settings import Settings
from ocgnet.views.html.grids import Grid
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.svg.disruptions import MOST_ROWS, Pair, before_after_dots
from ocgnet.views.tables.text import left_out_line
from ocgnet.views.words import disruptions as words
from ocgnet.views.words.numbers import UNKNOWN, count, day, percent, printed, share
from ocgnet.visible import visible

_BY = {
    "level": "By level",
    "strand": "By strand of the 4Ps",
    "lead agency": "By agency that led",
    "partner agency": "By partner; a disruption counts under each of its partners",
    "group": "By group",
}
_DRAWN = "crimes"
"""The measure of the picture."""
_FIRST = ("crimes", "reports", "children")
"""Measures of the findings of a single group."""


def disruptions_html(
    dataset: Dataset, settings: Settings, counts: DisruptionCounts, result: BeforeAfter, group: str = ""
) -> str:
    """Return the page, of one group where one is named; the same records and settings give the same text.

    Of groups that ``settings.ocgs`` names every disruption has a table of its own, else of every group the first a row.
    """
    marking = dataset.about.marked
    css = style_sheet(marking)
    css += style_sheet(marking, "ocgnet.views.disruptions", "templates/disruptions.css")
    told = list(words.by_disruption(result))
    picture, picture_says = _picture(result, told, group, each=bool(settings.ocgs))
    return rendered(
        pages("ocgnet.views.disruptions"),
        "disruptions.html.j2",
        css,
        marking=marking,
        force=dataset.about.force,
        title=visible(words.title(counts, group)),
        data_line=list(_data_line(counts, result, settings)),
        dates_note=printed(counts.period.note),
        findings=map(visible, _findings(counts, result, told, group)),
        attention=words.ATTENTION,
        picture=picture,
        picture_says=visible(picture_says),
        summary=Grid() if group else _summary(result),
        acts=[_act(rows) for rows in told] if settings.ocgs else [_firsts(told)] if told else [],
        counts=list(_counts(counts, group)),
        notes=[printed(note) for note in counts.notes],
        cautions=words.cautions(result)[1:],
        left_out=left_out_line((*dataset.left_out, *result.left_out)),
        measures=words.measures_said(),
        run_id=_run_id(dataset, settings, result.days),
    )


def _run_id(dataset: Dataset, settings: Settings, days: int) -> str:
    asked = repr((dataset.fingerprint, sorted(settings.to_dict().items()), days, __version__))
    return hashlib.sha256(asked.encode()).hexdigest()[:12]


def _data_line(counts: DisruptionCounts, result: BeforeAfter, settings: Settings) -> Iterator[tuple[str, str]]:
    period, before = counts.period, counts.before
    if period.first is not None and before.first is not None:
        yield "Period", f"{day(period.first)} to {day(period.last)}"
        yield "Compared with", f"{day(before.first)} to {day(before.last)}"
    yield "Windows", f"{counted(result.days, 'day')} before and {counted(result.days, 'day')} after each disruption"
    yield "Filters", f"grades '{settings.min_grade}'; linked to crimes as {', '.join(settings.link_roles)}"


def _findings(counts: DisruptionCounts, result: BeforeAfter, told: Sequence[pd.DataFrame], group: str) -> list[str]:
    first = words.counts_sentence(counts, group)
    if not group:
        rows = result.summary.frame
        return [first, *words.summary_sentences(rows[rows["measure"].isin(_FIRST)].to_dict("records"))]
    rows = next((r for r in told if r["before"].notna().any()), None)
    if rows is None:
        return [
            first,
            "None of these disruptions can be compared with what came before." if told else "None is recorded.",
        ]
    chosen = rows[rows["measure"].isin(_FIRST)].to_dict("records")
    return [first, f"The first that can be compared is {words.disruption_heading(rows)}.",
            *map(words.measure_sentence, chosen)]  # fmt: skip


def _picture(result: BeforeAfter, told: Sequence[pd.DataFrame], group: str, *, each: bool) -> tuple[Markup, str]:
    """Return the picture of crimes: one group beside those not disrupted, or every disruption that is told of."""
    drawn = [r for rows in told for r in rows.to_dict("records") if r["measure"] == _DRAWN and not pd.isna(r["before"])]
    if not drawn:
        return Markup(""), ""
    if not group:
        drawn.sort(key=lambda r: (-r["before"], r["ocg_id"]))
        pairs = [_pair(r, f"{r['ocg_id']} {r['happened_on']:%d/%m/%Y}" if each else str(r["ocg_id"])) for r in drawn]
        fell = sum(r["difference"] < 0 for r in drawn)
        title = f"Fewer crimes were recorded after than before {fell:,} of {counted(len(drawn), 'disruption')}"
        which = "Every disruption of these groups" if each else "The first disruption of every group"
        says = f"{which} in the period, where records cover both windows; the busiest group first."
    else:
        row = drawn[0]
        others = result.compared.frame
        others = others[(others["disruption_id"] == row["disruption_id"]) & (others["measure"] == _DRAWN)]
        others = others.sort_values(["before", "ocg_id"], ascending=[False, True])
        pairs = [_pair(row, str(row["ocg_id"]))]
        pairs += [Pair(str(r.ocg_id), float(r.before), float(r.after), disrupted=False) for r in others.itertuples()]
        title = words.measure_sentence(row).partition(". ")[0]
        says = (
            f"Crimes in {counted(result.days, 'day')} before and after {row['disruption_id']}, and of the groups that "
            "were not disrupted in the same days."
        )
    says += f" The first {MOST_ROWS} rows of {len(pairs)}." if len(pairs) > MOST_ROWS else ""
    return before_after_dots(pairs, "crimes", title), f"{title}. {says}"


def _pair(row: Mapping[str, Any], name: str) -> Pair:
    expected = None if pd.isna(row["expected"]) else float(row["expected"])
    return Pair(name, float(row["before"]), float(row["after"]), disrupted=True, expected=expected)


def _number(value: Any) -> str:
    return "–" if pd.isna(value) else count(value)


def _change(row: Mapping[str, Any]) -> str:
    """Return a change with its interval, or why there is none."""
    if pd.isna(row["change"]):
        return "–"
    if not row["change"] and pd.isna(row["change_low"]):
        return "none"
    if pd.isna(row["change_low"]):
        return percent(row["change"])
    return f"{percent(row['change'])} ({percent(row['change_low'])} to {percent(row['change_high'])})"


def _act(rows: pd.DataFrame) -> dict[str, object]:
    """Return one disruption with a row per measure; where nothing is compared, why, once."""
    heading = visible(words.disruption_heading(rows))
    if why := words.not_compared(rows):
        return {"heading": heading, "grid": Grid(), "sentences": [f"{why[:1].upper()}{why[1:]}"]}
    cells = [
        (words.NOUNS[r["measure"]], _number(r["earlier"]), _number(r["before"]), _number(r["after"]), _change(r),
         _number(r["compared"]), _others(r), _number(r["expected"]), _as_far(r))
        for r in rows.to_dict("records")
    ]  # fmt: skip
    heads = ("measure", "earlier", "before", "after", "change (95% interval)", "other groups", "their median (range)",
             "in proportion", "as far (by lot)")  # fmt: skip
    reasons = [f"{words.NOUNS[r['measure']].capitalize()}: {printed(r['why_not'])}."
           for r in rows.to_dict("records") if pd.isna(r["before"])]  # fmt: skip
    grid = Grid(
        heads,
        cells,
        right={1, 2, 3, 4, 5, 6, 7, 8},
        whole={6, 8},
        caption="Assessments, not facts; – where it cannot be said",
    )
    return {"heading": heading, "grid": grid, "sentences": reasons}


def _others(row: Mapping[str, Any]) -> str:
    if pd.isna(row["compared_median"]):
        return "too few to say" if not pd.isna(row["compared"]) else "–"
    low, high = (words.signed(row[n]) for n in ("compared_low", "compared_high"))
    return f"{words.signed(row['compared_median'])} ({low} to {high})"


def _as_far(row: Mapping[str, Any]) -> str:
    if pd.isna(row["as_much"]) or not row["difference"]:
        return "–"
    return f"{count(row['as_much'])} of {count(row['compared'])} ({share(row['chance'])})"


def _firsts(told: Sequence[pd.DataFrame]) -> dict[str, object]:
    """Return the first disruption of every group, a row each."""
    cells = []
    for rows in told:
        by = rows.set_index("measure").to_dict("index")
        one = rows.iloc[0]
        cells.append(
            (
                visible(str(one["ocg_id"])),
                visible(str(one["disruption_id"])),
                f"{pd.Timestamp(one['happened_on']):%d/%m/%Y}",
                str(one["level"]),
                *(_before_after(by[m]) for m in ("members", "crimes", "reports", "children")),
                *(("–" if pd.isna(v := by[m]["beyond_median"]) else words.signed(v)) for m in ("crimes", "reports")),
            )
        )
    heads = ("group", "disruption", "day", "level", "members", "crimes", "reports", "children named",
             "crimes beside others", "reports beside others")  # fmt: skip
    caption = (
        "Before and after; beside others is the difference less the median of groups not disrupted; – not compared"
    )
    return {"heading": "The first disruption of every group", "sentences": [],
            "grid": Grid(heads, cells, right={4, 5, 6, 7, 8, 9}, whole=set(range(8)), caption=caption)}  # fmt: skip


def _before_after(row: Mapping[str, Any]) -> str:
    return "–" if pd.isna(row["before"]) else f"{count(row['before'])} to {count(row['after'])}"


def _summary(result: BeforeAfter) -> Grid:
    cells = [
        (words.NOUNS[r["measure"]], f"{count(r['compared'])} of {count(r['disruptions'])}", count(r["fell"]),
         count(r["same"]), count(r["rose"]), count(r["beside_others"]), count(r["below_others"]),
         count(r["above_others"]))
        for r in result.summary.frame.to_dict("records")
    ]  # fmt: skip
    heads = ("measure", "compared", "fell", "stayed", "rose", "beside others", "lower than their median", "higher")
    return Grid(
        heads, cells, right=set(range(1, 8)), caption="The first disruption of every group, after against before"
    )


def _counts(counts: DisruptionCounts, group: str) -> Iterator[Grid]:
    frame = counts.table.frame
    for by, caption in _BY.items():
        rows = frame[frame["by"] == by]
        if not len(rows) or (group and by == "group"):
            continue
        cells = [
            (visible(str(r["value"])), f"{count(r['disruptions'])} of {count(r['of'])}",
             UNKNOWN if pd.isna(r["before"]) else count(r["before"]), _change(r))
            for r in rows.to_dict("records")
        ]  # fmt: skip
        heads = (by, "disruptions", "period before", "change (95% interval)")
        yield Grid(heads, cells, right={1, 2, 3}, caption=caption)
