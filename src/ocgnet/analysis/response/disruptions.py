"""Disruptions of groups, counted by period, level, strand, group and agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.intervals import LEAST_EVENTS, ratio_interval
from ocgnet.analysis.response.agencies import Spellings, parted
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.evidence.membership import groups_on
from ocgnet.evidence.period import Period, dated_within, period_before, period_of
from ocgnet.evidence.record_dates import record_dates, why_not_compared
from ocgnet.model import table
from ocgnet.model.columns import NOT_RECORDED
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

TABLE = "disruptions"
TOO_FEW = f"too few to say: fewer than {LEAST_EVENTS} in both periods together"
NONE_BEFORE = "none in the period before, so there is no percentage"

NO_CHANGE = (
    f"No change is stated of fewer than {LEAST_EVENTS} in both periods together, and no percentage of none before."
)
INDEPENDENT = (
    "The intervals take disruptions as independent of each other. Several that one operation brought are not, so they "
    "are the least that has to be allowed for."
)


def disruptions_within(dataset: Dataset, period: Period, ocgs: tuple[str, ...] = ()) -> pa.Table:
    """Return the recorded disruptions of a period, of every level; those of some groups where any are named.

    All rows when the records hold no date.
    """
    t = dataset[TABLE]
    if ocgs:
        t = t.filter(pc.is_in(t["ocg_id"], pa.array(ocgs, pa.string())))
    return dated_within(t, "happened_on", period)


@dataclass(frozen=True)
class DisruptionCounts:
    """How many disruptions there were, in a period and in the one before.

    Parameters
    ----------
    period, before : Period
        The two periods.
    table : ResultTable
        ``disruption_counts``: all, then by level and strand in the model's order, group, lead agency and partner
        agency, the most frequent first. Without rows when the records have no table of disruptions.
    notes : tuple of str
        What is not known, and what has to be read with the counts.
    """

    period: Period
    before: Period
    table: ResultTable
    notes: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether the records have a table of disruptions."""
        return len(self.table.frame) > 0

    @property
    def total(self) -> Mapping[str, Any]:
        """The row of all disruptions; only where they are known."""
        row: Mapping[str, Any] = self.table.frame.iloc[0].to_dict()
        return row


def disruption_counts(dataset: Dataset, settings: Settings) -> DisruptionCounts:
    """Count disruptions by level, strand, group and agency, against the comparable period before.

    ``settings.ocgs`` limits them to groups, and ``settings.compare_to`` says which period is compared. A change has the
    exact interval of two Poisson counts; below :data:`LEAST_EVENTS` in both periods together, or without any before,
    none is stated. An agency is one whatever its capital letters, and a disruption counts under each of its partners.
    """
    period = period_of(dataset, settings)
    before = period_before(period, settings)
    if TABLE not in dataset.given:
        return DisruptionCounts(period, before, ResultTable.of("disruption_counts", ()), ())
    now, then = (disruptions_within(dataset, p, settings.ocgs) for p in (period, before))
    gap = why_not_compared(record_dates(dataset, period.as_of), TABLE, period, before)
    columns = table(TABLE).column
    pairs: list[tuple[str, str, int, int]] = [("all", "all", now.num_rows, then.num_rows)]
    for name in ("level", "strand"):
        of_now, of_then = (_times(t[name].to_pylist()) for t in (now, then))
        pairs += [(name, word, of_now.get(word, 0), of_then.get(word, 0)) for word in columns(name).enum]
    spellings = Spellings(
        agency
        for t in (now, then)
        for n in ("lead_agency", "partners")
        for cell in t[n].to_pylist()
        for agency in parted(cell)
    )
    for by, values in (
        ("group", [t["ocg_id"].to_pylist() for t in (now, then)]),
        ("lead agency", [[spellings.of(a) for a in t["lead_agency"].to_pylist()] for t in (now, then)]),
        (
            "partner agency",
            [[a for cell in t["partners"].to_pylist() for a in spellings.several(cell)] for t in (now, then)],
        ),
    ):
        of_now, of_then = map(_times, values)
        order = sorted({*of_now, *of_then}, key=lambda v: (-of_now.get(v, 0), -of_then.get(v, 0), v))
        pairs += [(by, value, of_now.get(value, 0), of_then.get(value, 0)) for value in order]
    rows = [_row(by, value, n, now.num_rows, m, gap) for by, value, n, m in pairs]
    frame = pd.DataFrame(rows).astype({"disruptions": "int64", "of": "int64", "before": "Int64"})
    notes = _notes(dataset, settings, period, now)
    notes += [NO_CHANGE] * bool(frame["why_not"].isin((TOO_FEW, NONE_BEFORE)).any())
    notes += [INDEPENDENT] * bool(frame["change_low"].notna().any())
    return DisruptionCounts(period, before, ResultTable.of("disruption_counts", frame), tuple(notes))


def change_of(now: int, then: int, *, fewest: str = TOO_FEW, none: str = NONE_BEFORE) -> dict[str, object]:
    """Return ``change``, ``change_low``, ``change_high`` and ``why_not`` of two counts over equally long times."""
    if now + then < LEAST_EVENTS:
        return {"change": None, "change_low": None, "change_high": None, "why_not": fewest}
    if not then:
        return {"change": None, "change_low": None, "change_high": None, "why_not": none}
    low, high = ratio_interval(now, then)
    return {"change": now / then - 1, "change_low": low, "change_high": high, "why_not": ""}


def _row(by: str, value: str, now: int, whole: int, then: int, gap: str) -> dict[str, object]:
    change = (
        {"change": None, "change_low": None, "change_high": None, "why_not": f"not compared: {gap}"}
        if gap
        else change_of(now, then)
    )
    return {"by": by, "value": value, "disruptions": now, "of": whole, "before": pd.NA if gap else then, **change}


def _times(values: Iterable[str | None]) -> dict[str, int]:
    return dict(Counter(v or NOT_RECORDED for v in values))


def _notes(dataset: Dataset, settings: Settings, period: Period, now: pa.Table) -> list[str]:
    """Return what the counts do not tell."""
    notes = []
    blank = {n: int(pc.sum(pc.equal(pc.fill_null(now[n], ""), "")).as_py() or 0) for n in ("lead_agency", "partners")}
    if blank["lead_agency"]:
        notes.append(f"The lead agency is not recorded for {blank['lead_agency']:,} of {now.num_rows:,} disruptions.")
    if blank["partners"]:
        notes.append(
            f"No partner is recorded for {blank['partners']:,} of {now.num_rows:,} disruptions; whether there was none "
            "is not known."
        )
    if period.as_of is not None:
        t = dataset[TABLE]
        late = int(pc.sum(pc.greater(t["happened_on"], pa.scalar(period.as_of))).as_py() or 0)
        if late:
            notes.append(f"{counted(late, 'disruption')} after {period.as_of}, the day of judgement, not counted.")
    live = [g for g in groups_on(dataset, period.as_of) if not settings.ocgs or g in settings.ocgs]
    without = sorted(set(live) - set(now["ocg_id"].to_pylist()))
    if without and "ocgs" in dataset.given:
        notes.append(
            f"No disruption in the period is recorded for {len(without):,} of {counted(len(live), 'group')} mapped and "
            f"not archived on {period.as_of}; whether nothing was done or nothing was written down is not known."
        )
    return notes
