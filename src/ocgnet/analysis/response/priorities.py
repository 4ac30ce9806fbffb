"""Which groups, people and threats come first by a declared scheme, and how far that order can be trusted.

A component that nobody scored and no record answers is unknown, never zero: the total is then a range, from the total
with every unknown component at its least to that with every one at its most. What an assessor scored and what the
records say stand side by side; the scheme says which of the two counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ocgnet import __version__
from ocgnet.analysis.response.plans import plans_on
from ocgnet.analysis.response.priority_measures import Measured, measure
from ocgnet.analysis.response.priority_schemes import (
    ASSESSOR,
    KINDS,
    MEASURES,
    ORDERS,
    PRODUCT,
    RECORDS,
    Component,
    Scheme,
)
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.english import counted
from ocgnet.evidence.period import Period
from ocgnet.settings import Settings

TOP = 10
"""How many subjects a tasking meeting looks at."""

UNKNOWN = "unknown"
"""Instead of a source of a score: there is none."""

_DIGITS = 6
"""Decimals of a total, so that sums made in another order are the same number, and ties are ties."""


def data_scores(values: np.ndarray, thresholds: Sequence[float], least: float) -> np.ndarray:
    """Return the score of each value: a step above the least for every threshold that it reaches; NaN stays NaN.

    Of a falling list a value reaches a threshold from above.

    >>> data_scores(np.array([0, 1, 7, np.nan]), (1, 2, 4, 8), 0).tolist()
    [0.0, 1.0, 3.0, nan]
    >>> data_scores(np.array([5, 3, 0]), (3, 2, 1, 0), 0).tolist()
    [0.0, 1.0, 4.0]
    """
    limits = np.asarray(thresholds, float)
    falling = len(limits) > 1 and limits[0] > limits[-1]
    reached = values[:, None] <= limits if falling else values[:, None] >= limits
    return np.where(np.isnan(values), np.nan, least + reached.sum(axis=1))


def totals(scores: np.ndarray, scheme: Scheme, components: Sequence[Component]) -> np.ndarray:
    """Return the total of known scores on a scale of 0 to 100.

    Parameters
    ----------
    scores : np.ndarray
        Shape (..., components), each from ``scheme.least`` to ``scheme.most``.
    scheme : Scheme
        A section is the weighted mean of its components, as a share of the scale; the total is the weighted mean of
        the sections, or their product. Sections without a component here do not count.
    components : sequence of Component
        What the last axis means.
    """
    shares = (scores - scheme.least) / (scheme.most - scheme.least)
    parts, weights = [], []
    for section in scheme.sections:
        own = np.array([c.weight if c.section == section.name else 0.0 for c in components])
        if own.sum() > 0:
            parts.append(shares @ (own / own.sum()))
            weights.append(section.weight)
    if not parts:
        return np.zeros(scores.shape[:-1])
    stacked = np.stack(parts, axis=-1)
    if scheme.total == PRODUCT:
        whole = stacked.prod(axis=-1)
    else:
        share = np.array(weights) / (sum(weights) or 1.0)
        whole = stacked @ share
    return np.asarray(np.round(100 * whole, _DIGITS))


@dataclass(frozen=True)
class Possible:
    """Totals per subject: ``lowest`` and ``highest`` that are possible, and ``point``, by which they stand in order."""

    lowest: np.ndarray
    highest: np.ndarray
    point: np.ndarray


def possible_totals(scores: np.ndarray, scheme: Scheme, components: Sequence[Component]) -> Possible:
    """Return the totals of scores of which some are unknown (NaN), shapes (...); see :func:`totals`."""
    unknown = np.isnan(scores)
    lowest = totals(np.where(unknown, scheme.least, scores), scheme, components)
    highest = totals(np.where(unknown, scheme.most, scores), scheme, components)
    point = np.round(lowest + ORDERS[scheme.order] * (highest - lowest), _DIGITS)
    return Possible(lowest, highest, point)


def ranks_of(points: np.ndarray) -> np.ndarray:
    """Return the rank of each point, 1 for the highest; equal points share the better rank.

    >>> ranks_of(np.array([5.0, 9.0, 5.0, 1.0])).tolist()
    [2, 1, 2, 4]
    """
    return _above(np.sort(points), points) + 1


def _above(rising: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return how many of some rising points are greater than each point."""
    return np.asarray(len(rising) - np.searchsorted(rising, points, "right"))


@dataclass(frozen=True)
class Moves:
    """Best and worst rank of each subject (int arrays)."""

    best: np.ndarray
    worst: np.ndarray


def moves_by_unknown(totals_: Possible) -> Moves:
    """Return between which ranks each subject may stand, whatever its unknown components and those of others are."""
    best = _above(np.sort(totals_.lowest), totals_.highest) + 1
    itself = totals_.highest > totals_.lowest
    return Moves(best, _above(np.sort(totals_.highest), totals_.lowest) - itself + 1)


def moves_by_one(scores: np.ndarray, scheme: Scheme, components: Sequence[Component]) -> Moves:
    """Return the best and worst rank of each subject over all single changes of one known score by one step.

    Every component of every subject is raised by 1 and lowered by 1 in turn, within the scale, all else left as it
    is; that nothing changes is one of the cases. Exact: a change of one subject moves any other by one rank at most.

    Parameters
    ----------
    scores : np.ndarray
        Shape (subjects, components), NaN where unknown.
    """
    point = possible_totals(scores, scheme, components).point
    subjects, width = scores.shape
    if not subjects:
        return Moves(np.zeros(0, int), np.zeros(0, int))
    rising = np.sort(point)
    rank = _above(rising, point) + 1
    highest, lowest = point.copy(), point.copy()
    best, worst = rank.copy(), rank.copy()
    for column in range(width):
        for step in (-1.0, 1.0):
            changed = scores.copy()
            changed[:, column] = np.clip(changed[:, column] + step, scheme.least, scheme.most)
            moved = possible_totals(changed, scheme, components).point
            highest, lowest = np.maximum(highest, moved), np.minimum(lowest, moved)
            own = _above(rising, moved) - (point > moved) + 1
            best, worst = np.minimum(best, own), np.maximum(worst, own)
    # Somebody else falls from above to here or below, or rises from here or below to above.
    order = np.argsort(point, kind="stable")
    falls = np.minimum.accumulate(lowest[order][::-1])[::-1]
    first_above = np.searchsorted(rising, point, "right")
    another_falls = np.append(falls, np.inf)[first_above] <= point
    rises = highest[order]
    most = np.maximum.accumulate(rises)
    second = np.maximum.accumulate(np.minimum(np.append(-np.inf, most[:-1]), rises))
    last = first_above - 1
    others = np.where(most[last] == highest, second[last], most[last])
    another_rises = others > point
    return Moves(np.minimum(best, rank - another_falls), np.maximum(worst, rank + another_rises))


@dataclass(frozen=True)
class Given:
    """The assessors' scores that count: of each subject and component the latest up to the day.

    ``frame`` has ``subject_kind``, ``subject_id``, ``component``, ``score``, ``assessor``, ``scored_on``, ``reason``;
    ``notes`` say what was not used.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]


_SCORE = ("subject_kind", "subject_id", "component", "score", "assessor", "scored_on", "reason")


def given_scores(dataset: Dataset, scheme: Scheme, day: date | None) -> Given:
    """Return the scores under this scheme and version; of another, of a later day or off the scale they are counted."""
    t = dataset["scores"]
    rows = pd.DataFrame({n: t[n].to_pylist() for n in ("scheme", "version", *_SCORE)}, dtype=object)
    own = (rows["scheme"] == scheme.name) & (rows["version"] == scheme.version)
    notes = []
    for (name, version), count in rows[~own].groupby(["scheme", "version"]).size().items():
        notes.append(f"{counted(count, 'score')} of {name}, version {version}: not converted, and in no total.")
    rows = rows[own]
    later = rows["scored_on"].map(lambda d: day is not None and d is not None and d > day).astype(bool)
    applies = {(c.name, kind) for c in scheme.components for kind in c.kinds}
    strange = ~pd.Series(
        [(c, k) in applies for c, k in zip(rows["component"], rows["subject_kind"], strict=True)],
        rows.index,
        dtype=bool,
    )
    outside = ~rows["score"].astype(float).between(scheme.least, scheme.most)
    for mask, why in (
        (later, "dated after the day of judgement"),
        (strange & ~later, "on a component that the scheme does not have for that kind of subject"),
        (outside & ~strange & ~later, "outside the scale"),
    ):
        if count := int(mask.sum()):
            notes.append(f"{counted(count, 'score')} {why}: in no total.")
    kept = rows[~(later | strange | outside)].sort_values("scored_on", kind="stable", na_position="first")
    latest = kept.drop_duplicates(["subject_kind", "subject_id", "component"], keep="last")
    return Given(latest[list(_SCORE)].reset_index(drop=True), tuple(notes))


@dataclass(frozen=True)
class Ranking:
    """The subjects of one kind in their order.

    ``frame`` has one row a subject, best rank first, ties by id: ``rank``, ``tied`` (others with the same total),
    ``subject_id``, ``name``, ``total`` (the one that orders), ``lowest``, ``highest``, ``best_by_one``,
    ``worst_by_one``, ``best_possible``, ``worst_possible``, ``unknown`` (components, separated by ``|``),
    ``recorded_score`` (threat score of the records, under a scheme of its own), ``lead_officer`` and ``plans``.
    ``parts`` has one row a subject and component: ``score`` (the one used, NaN unknown), ``used``, ``value``,
    ``value_words``, ``data_score``, ``assessor_score``, ``assessor``, ``scored_on``, ``reason``, ``points``.
    """

    kind: str
    scheme: Scheme
    frame: pd.DataFrame
    parts: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def stays(self) -> int:
        """How many of the first ten stay among them whatever single score changes by one."""
        return int(((self.frame["rank"] <= TOP) & (self.frame["worst_by_one"] <= TOP)).sum())

    @property
    def first(self) -> pd.DataFrame:
        """The first ten; more where the tenth is tied."""
        return self.frame[self.frame["rank"] <= TOP]


@dataclass(frozen=True)
class Priorities:
    """The ranking of each kind that was asked for, and what stands beside all of them."""

    period: Period
    rankings: Mapping[str, Ranking]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def prioritise(
    dataset: Dataset, scheme: Scheme, settings: Settings | None = None, kinds: Sequence[str] = KINDS
) -> Priorities:
    """Rank groups, people and threats by a scheme.

    Parameters
    ----------
    dataset : Dataset
        Records in use (``evidence.restricted.in_use``).
    scheme : Scheme
        Of which the components, the measures and the total are taken.
    settings : Settings, optional
        The day, and which links, grades and groups count.
    kinds : sequence of str
        Which of :data:`KINDS` are ranked.

    Returns
    -------
    Priorities
        The same whatever the order of rows. Groups of the day, adult members of them and adults who were scored, and
        threats recorded by the day; nobody under 18.
    """
    settings = settings or Settings()
    scored = dataset["scores"].filter(pc.equal(dataset["scores"]["subject_kind"], "person"))
    measured = measure(dataset, scheme, settings, scored["subject_id"].to_pylist())
    given = given_scores(dataset, scheme, measured.period.as_of)
    rankings = {kind: _ranking(dataset, scheme, kind, measured, given.frame) for kind in kinds}
    notes = [*given.notes, *measured.notes]
    if "scores" not in dataset.given:
        notes.insert(0, "Assessors' scores are not known: no table scores.")
    unranked = sum(
        int((~own["subject_id"].isin(measured.subjects[kind])).sum())
        for kind in kinds
        for own in [given.frame[given.frame["subject_kind"] == kind]]
    )
    if unranked:
        notes.append(f"{counted(unranked, 'score')} of subjects that are not ranked on the day: in no total.")
    return Priorities(measured.period, rankings, tuple(notes), measured.left_out)


def _ranking(dataset: Dataset, scheme: Scheme, kind: str, measured: Measured, given: pd.DataFrame) -> Ranking:
    ids, components = measured.subjects[kind], scheme.of_kind(kind)
    own = given[given["subject_kind"] == kind]
    parts, matrix, notes = [], np.full((len(ids), len(components)), np.nan), []
    weights = _points(scheme, components)
    for place, component in enumerate(components):
        part = _part(scheme, component, kind, measured, own[own["component"] == component.name])
        part["points"] = weights[place]
        matrix[:, place] = part["score"]
        parts.append(part)
        lacking = int(np.isnan(matrix[:, place]).sum())
        if lacking and len(ids):
            why = measured.because.get((kind, component.name), "")
            why = why or ("" if component.measured(kind) else "no measure in the scheme, and no score by an assessor")
            notes.append(f"{component.name} unknown for {lacking:,} of {len(ids):,}{f': {why}' if why else ''}.")
    possible = possible_totals(matrix, scheme, components)
    by_one, by_unknown = moves_by_one(matrix, scheme, components), moves_by_unknown(possible)
    rank = ranks_of(possible.point)
    frame = pd.DataFrame(
        {
            "rank": rank,
            "tied": pd.Series(rank).map(pd.Series(rank).value_counts()).to_numpy(dtype=int) - 1 if len(ids) else rank,
            "subject_id": ids,
            "name": _names(dataset, kind, ids),
            "total": possible.point,
            "lowest": possible.lowest,
            "highest": possible.highest,
            "best_by_one": by_one.best,
            "worst_by_one": by_one.worst,
            "best_possible": by_unknown.best,
            "worst_possible": by_unknown.worst,
            "unknown": ["|".join(c.name for c, gone in zip(components, row, strict=True) if gone)
                        for row in np.isnan(matrix)],
            **_beside(dataset, kind, ids, measured.period.as_of),
        }
    )  # fmt: skip
    frame = frame.sort_values(["rank", "subject_id"], kind="stable").reset_index(drop=True)
    return Ranking(kind, scheme, frame, pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), tuple(notes))


def _points(scheme: Scheme, components: Sequence[Component]) -> np.ndarray:
    """Return what one whole component is worth in a total that is a sum; NaN for a product, where it depends."""
    if scheme.total == PRODUCT:
        return np.full(len(components), np.nan)
    least = np.full(len(components), scheme.least)
    raised = np.where(np.eye(len(components), dtype=bool), scheme.most, least)
    return totals(raised, scheme, components)


def _part(scheme: Scheme, component: Component, kind: str, measured: Measured, own: pd.DataFrame) -> pd.DataFrame:
    """Return one component of every subject: both scores, and the one that is used."""
    ids = measured.subjects[kind]
    by_id = own.set_index("subject_id").reindex(ids)
    value = np.full(len(ids), np.nan)
    data = value
    words = [""] * len(ids)
    if component.measured(kind):
        value = measured.values[kind][component.name].to_numpy(dtype=float)
        data = data_scores(value, component.thresholds[kind], scheme.least)
        words = ["" if np.isnan(v) else MEASURES[component.measure].worded(v) for v in value]
    assessed = by_id["score"].to_numpy(dtype=float)
    first, second = (assessed, data) if component.used == ASSESSOR else (data, assessed)
    names = (ASSESSOR, RECORDS) if component.used == ASSESSOR else (RECORDS, ASSESSOR)
    used = np.select([~np.isnan(first), ~np.isnan(second)], list(names), UNKNOWN)
    return pd.DataFrame(
        {
            "subject_id": ids,
            "component": component.name,
            "section": component.section,
            "score": np.where(np.isnan(first), second, first),
            "used": used,
            "value": value,
            "value_words": words,
            "data_score": data,
            "assessor_score": assessed,
            **{n: by_id[n].where(by_id[n].notna(), None).to_numpy(dtype=object)
               for n in ("assessor", "scored_on", "reason")},
        }
    )  # fmt: skip


def _names(dataset: Dataset, kind: str, ids: pd.Index) -> list[str]:
    if kind == "person":
        return [dataset.shown_names.get(i, "") for i in ids]
    table, key = {"group": ("ocgs", "ocg_id"), "threat": ("threats", "threat_id")}[kind]
    t = dataset[table]
    names = dict(zip(t[key].to_pylist(), t["name"].to_pylist(), strict=True))
    return [names.get(i) or "" for i in ids]


def _beside(dataset: Dataset, kind: str, ids: pd.Index, day: date | None) -> dict[str, list[object]]:
    """Return what stands beside a rank: the recorded threat score, the lead officer, and the plans of the day."""
    t = dataset["ocgs"]
    columns = ("ocg_id", "threat_scheme", "threat_score", "threat_band", "lead_responsible_officer")
    rows = zip(*(t[n].to_pylist() for n in columns), strict=True) if kind == "group" else ()
    recorded, officers = {}, {}
    for ocg, scheme, score, band, officer in rows:
        recorded[ocg] = " ".join(str(p) for p in (
            f"{scheme or 'unnamed scheme'}:" if score is not None or band else "",
            f"{score:g}" if score is not None else "", f"({band})" if band else "") if p)  # fmt: skip
        officers[ocg] = officer or ""
    plans: dict[str, int] = {}
    of_day = plans_on(dataset, day or date.min).plans
    for subject, officer in of_day.loc[
        of_day["lasts"].astype(bool) & (of_day["subject_kind"] == kind), ["subject_id", "lead"]
    ].itertuples(index=False):
        plans[subject] = plans.get(subject, 0) + 1
        officers[subject] = officers.get(subject) or officer
    known = "plans" in dataset.given and day is not None
    return {
        "recorded_score": [recorded.get(i, "") for i in ids],
        "lead_officer": [officers.get(i, "") for i in ids],
        "plans": [plans.get(i, 0) if known else None for i in ids],
    }


def run_of(dataset: Dataset, scheme: Scheme, settings: Settings) -> str:
    """Return the id of a ranking: equal for the same records, scheme, settings and version of the program."""
    asked = (dataset.fingerprint, scheme.fingerprint, sorted(settings.to_dict().items()), __version__)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
