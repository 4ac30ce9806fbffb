"""What was recorded of a group in equal windows before and after a disruption, beside groups that were not disrupted.

Nothing here says that a disruption caused anything. The same people are counted in both windows (the members on the day
before the disruption), the day itself counts for neither, and rows that records do not cover to the end are not
compared. Groups are disrupted when they are busy, so a fall is to be expected without any disruption; the window before
the window before, and the groups that were not disrupted in that time, show how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from ocgnet.analysis.children.links import records_of, with_overdue
from ocgnet.analysis.response.disruptions import TABLE, change_of, disruptions_within
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.english import counted
from ocgnet.evidence.ages import ADULT, age_on, births_of, children_on
from ocgnet.evidence.evidence import Evidence, Incidence, evidence_of
from ocgnet.evidence.membership import Memberships, groups_on, memberships_on
from ocgnet.evidence.period import Period, period_of
from ocgnet.evidence.record_dates import RecordDates, record_dates, why_not_known_on
from ocgnet.network.ties import ties_of
from ocgnet.results import ResultTable
from ocgnet.results.response_columns import RESPONSE_RESULTS
from ocgnet.settings import Settings

DAYS = 182
"""Days of each window where nobody asks for others: half a year, so that seasons weigh alike only over two of them."""

LEAST_GROUPS = 5
"""Fewest groups that were not disrupted of which a median and a range are told; fewer would be single groups."""

MEASURES: dict[str, str] = {
    "members": "members on the day before, and on the last day of the window after",
    "ties": "pairs of members with a crime, report or contact of the window in common",
    "ties_outside": "pairs of a member and somebody outside the group with one in common",
    "crimes": "crimes linked to a member",
    "harm": "severity weights of these crimes, those without a weight left aside",
    "reports": "intelligence reports that name a member",
    "children": "children under 18 named with a member in a crime, report, stop or missing episode of the window",
}
"""What is counted of a group in a window, in words."""

_RESTS_ON: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "members": ((), ("memberships",)),
    "ties": (("crimes", "intel_reports"), ("crime_links", "intel_links")),
    "ties_outside": (("crimes", "intel_reports"), ("crime_links", "intel_links")),
    "crimes": (("crimes",), ("crime_links",)),
    "harm": (("crimes",), ("crime_links",)),
    "reports": (("intel_reports",), ("intel_links",)),
    "children": (("crimes", "intel_reports"), ("crime_links", "intel_links", "children")),
}
"""By measure: tables whose dates have to cover the windows, and further tables that it needs."""

_EVENT_COUNTS = ("crimes", "reports")
"""Measures that are counts of events, whose change has an interval."""

_STANDING = ("own_membership", "family", "partner_of_parent", "household", "grandparent", "sibling", "contact")
"""Bases of a link to a child that are no event of a day."""


@dataclass(frozen=True)
class BeforeAfter:
    """What came before and after disruptions.

    Parameters
    ----------
    days : int
        Days of each window.
    table : ResultTable
        ``disruption_before_after``: a row per disruption and measure.
    compared : ResultTable
        ``disruption_compared``: a row per disruption, group that was not disrupted, and measure.
    summary : ResultTable
        ``disruption_summary``: a row per measure over all disruptions of ``table``.
    undated : mapping of str to int
        Crimes and reports without a date, which stand in no window, by their noun.
    left_out : tuple of LeftOut
        What the filters left out of the records up to the day of judgement.
    """

    days: int
    table: ResultTable
    compared: ResultTable
    summary: ResultTable
    undated: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


def before_and_after(dataset: Dataset, settings: Settings, days: int = DAYS) -> BeforeAfter:
    """Set what was recorded before disruptions beside what was recorded after them.

    Of the disruptions of the period: of groups that ``settings.ocgs`` names each, otherwise of every group the first.
    Compared are the people who were members on the day before, under the filters of every figure; the groups to compare
    with were mapped and not archived on every day of both windows, had a member on the day before, and no disruption,
    of whatever level, between the first and the last of these days.

    Without a table of disruptions, or any in the period, there are no rows.
    """
    period = period_of(dataset, settings)
    own = disruptions_within(dataset, period, settings.ocgs)
    rows = own.sort_by([("happened_on", "ascending"), ("disruption_id", "ascending")]).to_pylist()
    if not settings.ocgs:
        firsts: dict[str, dict[str, Any]] = {}
        for row in rows:
            firsts.setdefault(row["ocg_id"], row)
        rows = list(firsts.values())
    if period.as_of is None or not rows:
        return _result(days, [], [])
    first = min(row["happened_on"] for row in rows) - timedelta(days=2 * days)
    activity = Activity.of(dataset, replace(settings, ocgs=()), period, first)
    told = [_one(activity, row, days) for row in rows]
    nouns = {"crime": "crimes", "report": "intel_reports"}
    undated = {noun: activity.dates[name].undated for noun, name in nouns.items() if name in activity.dates}
    result = _result(days, [row for one, _ in told for row in one], [row for _, others in told for row in others])
    return replace(result, undated=undated, left_out=activity.evidence.left_out)


@dataclass(frozen=True)
class Activity:
    """What the records say of everybody who ever was a member, up to the day of judgement, ready to be cut to windows.

    Parameters
    ----------
    evidence : Evidence
        All of it, under the filters of the day of judgement.
    ties : numpy.ndarray
        int, shape (contributions, 2): who is brought together by a crime, report or contact, positions in ``nominals``.
    tied : numpy.ndarray
        datetime64[D], shape (contributions, 2): its first and last day, NaT where not known.
    children, of_child, nominal, on
        Ids of children; per event that names a child with somebody who ever was a member, who they are, and its day.
    born : numpy.ndarray
        datetime64[D] per child, NaT where not known.
    """

    dataset: Dataset
    period: Period
    evidence: Evidence
    groups: pd.Index
    disrupted: pd.DataFrame
    dates: Mapping[str, RecordDates]
    ties: np.ndarray
    tied: np.ndarray
    children: pd.Index
    of_child: np.ndarray
    nominal: np.ndarray
    on: np.ndarray
    born: np.ndarray

    @classmethod
    def of(cls, dataset: Dataset, settings: Settings, period: Period, first: date) -> Activity:
        """Gather it once; ``first`` is the earliest day that will be asked about.

        Two reports of one source about the same people are counted on their own days, where the network takes the
        newest alone: that would move what was known before to after.
        """
        settings = replace(settings, one_origin_once=False, half_life_days=0.0)
        whole = Period(period.as_of, None, period.as_of, period.note)
        evidence = evidence_of(dataset, settings, whole)
        ties = ties_of(evidence, settings)
        children, rows = _children(dataset, evidence, settings, first)
        born = births_of(dataset).reindex(children).to_numpy().astype("datetime64[D]")
        t = dataset["memberships"]
        groups = sorted({*dataset["ocgs"]["ocg_id"].to_pylist(), *t["ocg_id"].to_pylist()})
        of_child = children.get_indexer(rows["child_id"])
        nominal = pd.Index(evidence.nominals).get_indexer(rows["nominal_id"])
        named = (of_child >= 0) & (nominal >= 0)
        disrupted = dataset[TABLE].select(["disruption_id", "ocg_id", "happened_on"]).to_pandas()
        disrupted["happened_on"] = disrupted["happened_on"].to_numpy().astype("datetime64[D]")
        return cls(
            dataset,
            period,
            evidence,
            pd.Index(groups, dtype=object),
            disrupted,
            record_dates(dataset, period.as_of),
            np.column_stack([ties.a[ties.tie], ties.b[ties.tie]]).astype(np.int64),
            np.column_stack([ties.first, ties.last]),
            children,
            of_child[named],
            nominal[named],
            rows["on"].to_numpy().astype("datetime64[D]")[named],
            born,
        )

    @cached_property
    def ids(self) -> pa.Array:
        """Ids of the nominals that take part."""
        return pa.array(self.evidence.nominals, pa.string())

    def members_on(self, day: date) -> csr_array:
        """Return who belonged to which group on a day, shape (nominals, groups)."""
        m = memberships_on(self.dataset, day, self.ids)
        at = self.groups.get_indexer(m.ocg)
        shape = (len(self.ids), len(self.groups))
        return csr_array((np.ones(len(at), np.int32), (m.person, at)), shape=shape)

    def counted(self, members: csr_array, day: date, first: date, last: date) -> pd.DataFrame:
        """Return what was recorded of some members of every group in a window, both days included.

        One row per group; columns are ``MEASURES`` without ``members``, and ``unweighted``: crimes without a weight.
        ``day`` is the one on which a child has to be under 18.
        """
        begin, end = np.datetime64(first, "D"), np.datetime64(last, "D")
        crimes, weights = _linked(self.evidence.crimes, members, begin, end)
        reports, _ = _linked(self.evidence.reports, members, begin, end)
        touched = (self.tied[:, 0] <= end) & (self.tied[:, 1] >= begin)
        pairs = np.unique(self.ties[touched], axis=0)
        both = members[pairs[:, 0]] + members[pairs[:, 1]]
        judged = np.datetime64(day, "D")
        young = ~(age_on(self.born, np.array(judged)) >= ADULT) & ~(self.born > judged)
        here = (self.on >= begin) & (self.on <= end) & young[self.of_child]
        shape = (len(self.children), len(self.ids))
        named = csr_array((np.ones(here.sum(), np.int32), (self.of_child[here], self.nominal[here])), shape=shape)
        return pd.DataFrame(
            {
                "ties": _columns(both, 2),
                "ties_outside": _columns(both, 1),
                "crimes": np.asarray(crimes.sum(axis=0)).ravel(),
                "harm": np.nan_to_num(weights) @ crimes,
                "reports": np.asarray(reports.sum(axis=0)).ravel(),
                "children": _columns(named @ members),
                "unweighted": np.isnan(weights).astype(float) @ crimes,
            },
            index=self.groups,
            dtype=float,
        )

    def archived_by(self, ocg: str, day: date) -> date | None:
        """Return when a group was archived, None where it was not, or not by a day."""
        t = self.dataset["ocgs"]
        on: date | None = next(iter(t.filter(pc.equal(t["ocg_id"], ocg))["archived_on"].to_pylist()), None)
        return on if on is not None and on <= day else None

    def why_not(self, measure: str, first: date, last: date) -> str:
        """Return why records do not cover these days, as a sentence without a stop; empty when they do."""
        dated, needed = _RESTS_ON[measure]
        if missing := [name for name in (*dated, *needed) if name not in self.dataset.given]:
            return f"not known: no table {missing[0]}"
        as_of = self.period.as_of
        if as_of is not None and last > as_of:
            short = counted((last - as_of).days, "day")
            fits = (as_of - (first + (last - first) / 2)).days
            shorter = f"; --days {fits} would fit" if fits > 0 else ""
            return f"cut short: the records are judged on {as_of}, {short} before the window after ends{shorter}"
        reasons = [
            self.dates[name].gap(first, last) if name in self.dates else f"no record of {name} has a date"
            for name in dated
        ]
        if measure == "members":
            reasons.append(why_not_known_on(self.dates, "memberships", first))
        return next((f"not covered: {why}" for why in reasons if why), "")


def _children(dataset: Dataset, evidence: Evidence, settings: Settings, first: date) -> tuple[pd.Index, pd.DataFrame]:
    """Return everybody who was a child on some day from ``first`` on, and the dated events that name one with a member.

    Whoever was a member at any time counts here; a window takes those of its own day. As everywhere about children,
    records that are overdue for review count.
    """
    dataset, evidence, settings = with_overdue(dataset, evidence, settings)
    t = dataset["memberships"]
    person = pc.index_in(t["nominal_id"], pa.array(evidence.nominals, pa.string()))
    ever = pa.table({"person": person, "ocg": t["ocg_id"]}).filter(pc.is_valid(person))
    of_person = ever["person"].to_numpy().astype(np.int32)
    ocg = ever["ocg"].to_numpy().astype(object)
    every = Memberships(of_person, ocg, np.full(len(ocg), "", object))
    ids = pd.Index(
        sorted({*children_on(dataset, first, []).index, *children_on(dataset, evidence.period.as_of, []).index})
    )
    rows = records_of(dataset, replace(evidence, memberships=every), settings, ids.to_numpy(dtype=object), [])
    rows = rows[~rows["basis"].isin(_STANDING) & rows["on"].notna()]
    return ids, rows


def _linked(
    incidence: Incidence, members: csr_array, begin: np.datetime64, end: np.datetime64
) -> tuple[csr_array, np.ndarray]:
    """Return which events of a window are linked to which group, shape (events, groups), and the weight of each."""
    window = incidence.of_events((incidence.on >= begin) & (incidence.on <= end))
    shape = (len(window.events), members.shape[0])
    links = csr_array((np.ones(len(window.person), np.int32), (window.event, window.person)), shape=shape)
    linked = (links @ members).astype(bool).astype(float)
    return linked, window.harm


def _columns(cells: csr_array, value: int | None = None) -> np.ndarray:
    """Return per column how many cells are not 0, or of one value."""
    cells = csr_array(cells)
    keep = cells.data != 0 if value is None else cells.data == value
    return np.bincount(cells.indices[keep], minlength=cells.shape[1])


def _one(
    activity: Activity, act: Mapping[str, Any], days: int
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the rows of one disruption, and those of the groups it is compared with."""
    on, ocg = act["happened_on"], act["ocg_id"]
    length, day = timedelta(days=days), on - timedelta(days=1)
    first, last = on - length, on + length
    panel = activity.members_on(day)
    before = activity.counted(panel, day, first, day)
    after = activity.counted(panel, day, on + timedelta(days=1), last)
    earlier = activity.counted(panel, day, first - length, first - timedelta(days=1))
    sizes = [np.asarray(m.sum(axis=0)).ravel().astype(float) for m in (panel, activity.members_on(last))]
    before["members"], after["members"], earlier["members"] = *sizes, np.nan
    near = activity.disrupted["happened_on"].between(pd.Timestamp(first), pd.Timestamp(last))
    busy = set(activity.disrupted.loc[near, "ocg_id"])
    live = set(groups_on(activity.dataset, first)) & set(groups_on(activity.dataset, last))
    others = [g for g in activity.groups[sizes[0] > 0] if g in live and g not in busy and g != ocg]
    mapped = ocg in set(groups_on(activity.dataset, first)) or ocg not in activity.dataset["ocgs"]["ocg_id"].to_pylist()
    own = near & (activity.disrupted["ocg_id"] == ocg) & (activity.disrupted["disruption_id"] != act["disruption_id"])
    head = {name: act[name] for name in ("disruption_id", "ocg_id", "happened_on", "level", "strand")} | {
        "days": days, "further": int(own.sum()), "archived_on": activity.archived_by(ocg, last)
    }  # fmt: skip
    rows: list[dict[str, object]] = []
    compared: list[dict[str, object]] = []
    for measure in MEASURES:
        row = {**head, "measure": measure}
        why = activity.why_not(measure, first, last)
        if not why and not mapped:
            why = f"{ocg} was mapped within the window before, and attention begins with that"
        if not why and not before["members"].get(ocg, 0.0):
            why = f"{ocg} has no member recorded on the day before"
        if why:
            rows.append({**row, "why_not": why})
            continue
        n, m = float(before.loc[ocg, measure]), float(after.loc[ocg, measure])
        covered = measure != "members" and not activity.why_not(measure, first - length, last)
        row |= {"earlier": float(earlier.loc[ocg, measure]) if covered else np.nan, "before": n, "after": m}
        row |= {
            "difference": m - n,
            **_changed(measure, n, m, float(before.loc[ocg, "crimes"] + after.loc[ocg, "crimes"])),
        }
        if measure == "harm":
            row["unweighted"] = float(before.loc[ocg, "unweighted"] + after.loc[ocg, "unweighted"])
        rows.append({**row, **_beside(n, m, before.loc[others, measure], after.loc[others, measure])})
        compared += [
            {"disruption_id": act["disruption_id"], "ocg_id": g, "measure": measure, "before": b, "after": a}
            for g, b, a in zip(others, before.loc[others, measure], after.loc[others, measure], strict=True)
        ]
    return rows, compared


def _changed(measure: str, before: float, after: float, crimes: float) -> dict[str, object]:
    """Return the change as a share, with an interval where the measure counts events."""
    told = change_of(
        round(after),
        round(before),
        fewest="too few to say",
        none="none in the window before, so there is no percentage",
    )
    if measure == "harm":
        # Few crimes carry most of the harm: one of them makes a change.
        few = change_of(round(crimes), 0, fewest="too few crimes to say", none="")["why_not"]
        told = {"change": after / before - 1 if before and not few else None, "why_not": few}
    if measure not in _EVENT_COUNTS:
        told |= {"change_low": None, "change_high": None}
    return told


def _beside(before: float, after: float, others_before: pd.Series, others_after: pd.Series) -> dict[str, object]:
    """Return what groups did in the same days that were not disrupted in them.

    ``as_much`` are those that changed at least as far the same way for their size: by the difference over the root of
    the sum of both counts, which for events that come by chance has the same spread in groups of every size.
    """
    differences = (others_after - others_before).to_numpy()
    row: dict[str, object] = {"compared": len(differences)}
    if len(differences) < LEAST_GROUPS:
        return row
    scores = _for_size(others_before.to_numpy(), others_after.to_numpy())
    own = float(_for_size(np.array([before]), np.array([after]))[0])
    as_much = int((scores <= own).sum() if own < 0 else (scores >= own).sum() if own > 0 else len(scores))
    together = float(others_before.sum()), float(others_after.sum())
    return {
        **row,
        "compared_before": together[0],
        "compared_after": together[1],
        "compared_median": float(np.median(differences)),
        "compared_low": float(differences.min()),
        "compared_high": float(differences.max()),
        "beyond_median": after - before - float(np.median(differences)),
        "expected": before * together[1] / together[0] if together[0] else None,
        "as_much": as_much,
        "chance": (as_much + 1) / (len(scores) + 1),
    }


def _for_size(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    total = before + after
    scores: np.ndarray = np.round(
        np.divide(after - before, np.sqrt(total), out=np.zeros(len(total)), where=total > 0), 12
    )
    return scores


def _result(days: int, rows: Sequence[Mapping[str, object]], compared: Sequence[Mapping[str, object]]) -> BeforeAfter:
    columns = RESPONSE_RESULTS["disruption_before_after"]
    frame = pd.DataFrame([{"why_not": "", **row} for row in rows], columns=[c.name for c in columns])
    kinds = {"count": "Int64", "number": "float64", "share": "float64", "date": "datetime64[s]"}
    frame = frame.astype({c.name: kinds[c.kind] for c in columns if c.kind in kinds})
    table = ResultTable("disruption_before_after", frame)
    return BeforeAfter(
        days,
        table,
        ResultTable.of("disruption_compared", compared),
        ResultTable.of(
            "disruption_summary", [_summed(m, frame[frame["measure"] == m]) for m in MEASURES if len(frame)]
        ),
    )


def _summed(measure: str, rows: pd.DataFrame) -> dict[str, object]:
    """Return how many groups fell and rose on one measure, and how many beyond groups that were not disrupted."""
    told = rows[rows["before"].notna()]
    beyond = told["beyond_median"].dropna()
    return {
        "measure": measure,
        "disruptions": len(rows),
        "compared": len(told),
        "fell": int((told["difference"] < 0).sum()),
        "same": int((told["difference"] == 0).sum()),
        "rose": int((told["difference"] > 0).sum()),
        "before": float(told["before"].sum()),
        "after": float(told["after"].sum()),
        "median_difference": float(told["difference"].median()) if len(told) else None,
        "beside_others": len(beyond),
        "below_others": int((beyond < 0).sum()),
        "above_others": int((beyond > 0).sum()),
        "median_beyond": float(beyond.median()) if len(beyond) else None,
    }
