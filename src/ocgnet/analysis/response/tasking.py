"""What a tasking meeting looks at: the first ten, what changed since the last meeting and why, gaps, who has what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.response.agencies import Spellings, parted
from ocgnet.analysis.response.priorities import TOP, UNKNOWN, Priorities, Ranking
from ocgnet.analysis.response.priority_measures import overdue_actions
from ocgnet.analysis.response.priority_schemes import ASSESSOR
from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.period import Period, dated_within

_ASSESSOR = 20
"""Letters of an assessor's name beside a score."""

_NUMBER = re.compile(r"\d[\d.,]*%?")

REASONS = 3
"""How many reasons stand beside a subject."""


@dataclass(frozen=True)
class Previous:
    """The ranking of the last meeting, as its page left it: what a later one is compared with.

    ``why_not`` says why nothing can be compared; empty where it can.
    """

    as_of: str
    run_id: str
    subjects: Mapping[str, Mapping[str, Any]]
    why_not: str = ""


def previous_of(document: Mapping[str, Any], ranking: Ranking, name: str) -> Previous:
    """Return what a document of an earlier meeting says of this kind of subject.

    Scores of another scheme or version are never converted: then there is nothing to compare, and why is said.

    Raises
    ------
    UsageError
        When it is no document of a tasking page.
    """
    scheme = ranking.scheme
    try:
        told = document["scheme"], document["version"], document["scheme_fingerprint"]
        as_of, run_id = str(document["as_of"] or ""), str(document["run_id"])
        own = document["rankings"].get(ranking.kind)
        subjects = {s["subject_id"]: s for s in (own or {"subjects": ()})["subjects"]}
        for subject in subjects.values():
            (
                int(subject["rank"]),
                [(c["component"], c["score"], c["used"], c["value_words"]) for c in subject["components"]],
            )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{name} is no ranking that ocgnet prioritise tasking wrote. Name the page of the last meeting, or the "
            ".json beside it."
        ) from error
    why_not = ""
    if told[:2] != (scheme.name, scheme.version):
        why_not = f"it was scored by {told[0]}, version {told[1]}, which is not converted"
    elif told[2] != scheme.fingerprint:
        why_not = f"the file of {scheme.words} has changed since without a new version"
    elif own is None:
        why_not = f"it did not rank any {ranking.kind}"
    return Previous(as_of, run_id, {} if why_not else subjects, why_not)


@dataclass(frozen=True)
class Entry:
    """One of the first: its row of the ranking, why it is there, what changed and why, and what is missing."""

    row: Mapping[str, Any]
    before: int | None
    because: tuple[str, ...]
    changes: tuple[str, ...]
    gaps: tuple[str, ...]
    overdue: int | None


@dataclass(frozen=True)
class Overdue:
    """An action that is open after its day."""

    action_id: str
    subject_id: str
    agency: str
    due_on: date
    days: int


@dataclass(frozen=True)
class Capability:
    """What one agency has, and what it took part in during the months that count."""

    agency: str
    services: tuple[str, ...]
    disruptions: int
    activities: int


@dataclass(frozen=True)
class Tasking:
    """Everything on the page of one meeting."""

    ranking: Ranking
    previous: Previous | None
    entries: tuple[Entry, ...]
    left: tuple[str, ...]
    """Ids that stood among the first ten at the last meeting, and do so no longer."""
    gone: int
    """How many of those are not ranked any more; they are not named."""
    gaps: tuple[str, ...]
    overdue: tuple[Overdue, ...] | None
    overdue_others: int
    """Overdue actions about subjects that are not ranked here; they are counted, not listed."""
    capability: tuple[Capability, ...]
    unknown: tuple[str, ...]
    """Which tables are missing, so that what rests on them is not known."""


_TABLES = ("plans", "plan_actions", "services", "disruptions", "activities", "scores")
"""Tables of which the page says so when the records lack them."""


def tasking_of(dataset: Dataset, priorities: Priorities, kind: str, previous: Previous | None = None) -> Tasking:
    """Return what the page of a meeting says of one kind of subject.

    Parameters
    ----------
    dataset : Dataset
        The records that were ranked.
    priorities : Priorities
        With the ranking of ``kind``.
    previous : Previous, optional
        The last meeting; None for a first one.
    """
    ranking, period = priorities.rankings[kind], priorities.period
    unknown = tuple(f"no table {name}" for name in _TABLES if name not in dataset.given)
    late = overdue_actions(dataset, period) if "plan_actions" in dataset.given else None
    subjects = set(ranking.frame["subject_id"])
    own = None if late is None else late[(late["subject_kind"] == kind) & late["subject_id"].isin(subjects)]
    counts = Counter[str]() if own is None else Counter(own["subject_id"])
    first = ranking.first.head(TOP)
    parts = dict(tuple(ranking.parts.groupby("subject_id", sort=False))) if len(ranking.parts) else {}
    shared = _unknown_of_all(ranking)
    entries = []
    for row in first.to_dict("records"):
        identity = row["subject_id"]
        then = previous.subjects.get(identity) if previous and not previous.why_not else None
        entries.append(
            Entry(
                row,
                None if then is None else int(then["rank"]),
                tuple(reasons(parts[identity], ranking.scheme.least, ranking.scheme.most)),
                tuple(changes(parts[identity], then)) if then is not None else (),
                tuple(_gaps_of(row, kind, shared)),
                None if own is None else counts[identity],
            )
        )
    before_first = [i for i, s in previous.subjects.items() if int(s["rank"]) <= TOP] if previous else []
    here = set(first["subject_id"])
    return Tasking(
        ranking,
        previous,
        tuple(entries),
        tuple(i for i in before_first if i in subjects and i not in here),
        sum(i not in subjects for i in before_first),
        tuple(_gaps(ranking, shared)),
        None if own is None else tuple(_overdue(own, period)),
        0 if late is None or own is None else len(late) - len(own),
        capability_of(dataset, period),
        unknown,
    )


def reasons(parts: pd.DataFrame, least: float, most: float) -> Iterator[str]:
    """Yield why a subject stands where it does: the components that add most, a component a reason."""
    worth = parts["points"].fillna(1.0) * (parts["score"] - least) / (most - least)
    chosen = parts.assign(worth=worth)[worth > 0].sort_values("worth", ascending=False, kind="stable")
    for part in chosen.head(REASONS).to_dict("records"):
        yield f"{_plain(part['component'])} {part['score']:g}: {_founded_on(part)}"


def _founded_on(part: Mapping[str, Any]) -> str:
    if part["used"] == ASSESSOR:
        name = part["assessor"]
        return f"{name if len(name) <= _ASSESSOR else f'{name[: _ASSESSOR - 1]}…'}, {part['scored_on']}"
    return str(part["value_words"])


def _plain(component: str) -> str:
    return component.replace("_", " ")


def changes(parts: pd.DataFrame, then: Mapping[str, Any]) -> Iterator[str]:
    """Yield which components of a subject are scored otherwise than at the last meeting, and why, greatest step first.

    A score changed because an assessor gave another, or because the records say another thing.
    """
    earlier = {c["component"]: c for c in then["components"]}
    told = []
    for part in parts.to_dict("records"):
        before = earlier.get(part["component"])
        was = None if before is None or before["used"] == UNKNOWN else before["score"]
        now = None if part["used"] == UNKNOWN else part["score"]
        if was == now:
            continue
        name = _plain(part["component"])
        if now is None:
            told.append((np.inf, f"{name}: no longer known"))
            continue
        why = _founded_on(part)
        if part["used"] != ASSESSOR and before is not None and before["value_words"] and before["used"] != ASSESSOR:
            number = _NUMBER.search(before["value_words"])
            why = f"{why}, was {number[0] if number else before['value_words']}"
        step = np.inf if was is None else abs(now - was)
        told.append((step, f"{name} {'unknown' if was is None else f'{was:g}'} to {now:g}: {why}"))
    yield from (sentence for _, sentence in sorted(told, key=lambda pair: -pair[0]))


def _unknown_of_all(ranking: Ranking) -> frozenset[str]:
    """Return the components that are unknown of every subject: said once, not of each."""
    every = [set(cell.split("|")) for cell in ranking.frame["unknown"]]
    return frozenset(set.intersection(*every) - {""}) if every else frozenset()


def _gaps_of(row: Mapping[str, Any], kind: str, shared: frozenset[str]) -> Iterator[str]:
    if unknown := [_plain(c) for c in row["unknown"].split("|") if c and c not in shared]:
        yield f"unknown: {', '.join(unknown)}"
    if kind != "person" and not row["lead_officer"]:
        yield "no lead officer"
    if row["plans"] == 0:
        yield "no plan"


def _gaps(ranking: Ranking, shared: frozenset[str]) -> Iterator[str]:
    frame = ranking.frame
    whole = len(frame)
    if not whole:
        return
    if shared:
        yield f"scored of none: {', '.join(_plain(c) for c in sorted(shared))}"
    assessed = ranking.parts[ranking.parts["assessor_score"].notna()]["subject_id"].nunique()
    yield f"{whole - assessed:,} of {whole:,} without any score by an assessor"
    if ranking.kind != "person":
        yield f"{int((frame['lead_officer'] == '').sum()):,} of {whole:,} without a lead officer"
    plans = pd.to_numeric(frame["plans"])
    if plans.notna().any():
        yield f"{int((plans == 0).sum()):,} of {whole:,} without a plan"


def _overdue(own: pd.DataFrame, period: Period) -> Iterator[Overdue]:
    for row in own.to_dict("records"):
        days = (period.as_of - row["due_on"]).days if period.as_of else 0
        yield Overdue(row["action_id"], row["subject_id"], row["agency"] or "", row["due_on"], days)


def capability_of(dataset: Dataset, period: Period) -> tuple[Capability, ...]:
    """Return by agency its services, and how many disruptions and activities it took part in, busiest first.

    One written in other letters is one agency. Services without an agency stand under a blank one.
    """
    t = dataset["services"].select(["name", "agency", "kind", "district"]).to_pylist()
    part = {
        name: _taking_part(dataset, name, partners, period)
        for name, partners in (("disruptions", "partners"), ("activities", "agencies"))
    }
    spellings = Spellings([*(row["agency"] for row in t), *(a for rows in part.values() for row in rows for a in row)])
    services: dict[str, list[str]] = {}
    for row in t:
        where = f" ({row['district']})" if row["district"] else ""
        services.setdefault(spellings.of(row["agency"]), []).append(f"{row['name']}{where}")
    taken = {
        name: Counter(agency for row in rows for agency in {spellings.of(a) for a in row} - {""})
        for name, rows in part.items()
    }
    agencies = {*services, *taken["disruptions"], *taken["activities"]}
    rows = (
        Capability(a, tuple(sorted(services.get(a, ()))), taken["disruptions"][a], taken["activities"][a])
        for a in agencies
        if a or services.get(a)
    )
    return tuple(sorted(rows, key=lambda c: (-c.disruptions - c.activities, -len(c.services), c.agency)))


def _taking_part(dataset: Dataset, name: str, partners: str, period: Period) -> list[list[str]]:
    """Return the agencies of each row of the period, as they are written there."""
    rows = dated_within(dataset[name], "happened_on", period).select(["lead_agency", partners]).to_pylist()
    return [[row["lead_agency"] or "", *parted(row[partners])] for row in rows]
