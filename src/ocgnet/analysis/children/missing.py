"""Children who go missing: how often, with whom, where they are found, and who still waits for an interview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ocgnet.analysis.children.links import companions_of, dates, text
from ocgnet.clocks import universal
from ocgnet.dataset import Dataset
from ocgnet.evidence.episodes import interviews, merged_episodes
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.period import months_after, period_before
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings

_NAT = np.datetime64("NaT", "s")


def episodes_of(dataset: Dataset, evidence: Evidence, settings: Settings) -> pd.DataFrame:
    """Return every missing episode of the period and of the time before it, as known on the analysis date.

    The time before reaches back to the period before, and as far as "rising" and the pathway look back.

    One row per episode, those of one child that overlap merged, by child and beginning: ``child_id``, ``begun``,
    ``found``, ``held`` (the return interview), ``where`` (blank when not recorded), ``who`` (tuple of companions),
    ``now`` (in the period), ``then`` (in the one before), ``hours`` (away, as they passed; NaN while not known),
    ``open`` (no return recorded, and begun within ``missing_open_days``), ``unclear`` (no return recorded
    otherwise), ``outstanding`` and ``late`` (the return interview).
    """
    t = merged_episodes(dataset["missing_episodes"])
    row, who = companions_of(t)
    people: list[list[str]] = [[] for _ in range(t.num_rows)]
    for i, person in zip(row.tolist(), who.tolist(), strict=True):
        people[i].append(person)
    begun, returned, held, refused = (
        dates(t[n]) for n in ("missing_from", "found_at", "return_interview_at", "interview_refused_on")
    )
    as_of = evidence.period.as_of
    # What happened after the analysis date was not known on it.
    end = np.datetime64(as_of or date.max, "s") + np.timedelta64(1, "D")
    returned, held, refused = (np.where(x < end, x, _NAT) for x in (returned, held, refused))
    late, outstanding = interviews(returned, held, refused, as_of, settings.interview_hours)
    away = np.isnat(returned)
    still = away & (begun >= end - np.timedelta64(settings.missing_open_days + 1, "D"))
    frame = pd.DataFrame(
        {
            "child_id": text(t["child_id"]),
            "begun": begun,
            "found": returned,
            "held": held,
            "where": text(pc.fill_null(t["found_where"], "")),
            "who": [tuple(sorted(set(p))) for p in people],
            "hours": (universal(returned) - universal(begun)) / np.timedelta64(1, "h"),
            "open": still,
            "unclear": away & ~still,
            "outstanding": outstanding,
            "late": late,
        }
    )
    frame["now"], frame["then"] = True, False
    first, last = evidence.period.first, evidence.period.last
    if first is not None and last is not None:
        day = frame["begun"].to_numpy().astype("datetime64[D]")
        frame["now"] = day >= np.datetime64(first)
        before = period_before(evidence.period, settings)
        frame["then"] = (day >= np.datetime64(before.first, "D")) & (day <= np.datetime64(before.last, "D"))
        back = max(2 * settings.recent_days, settings.pathway_days)
        oldest = min(np.datetime64(before.first, "D"), np.datetime64(as_of, "D") - back + 1)
        frame = frame[(day >= oldest) & (day <= np.datetime64(last))]
    frame["where"] = _numbered(frame["where"], frame["now"])
    return frame.sort_values(["child_id", "begun"], kind="stable").reset_index(drop=True)


def _numbered(where: pd.Series, now: pd.Series) -> pd.Series:
    """Return each place as a number, those of most episodes of the period first; blank stays blank.

    Where a child was found is written in somebody's own words and may name an address or a person: the
    number says that it is the same place, and the record says which.
    """
    named = where[where != ""]
    often = named[now[named.index].to_numpy(dtype=bool)].value_counts()
    order = sorted(set(named), key=lambda w: (-int(often.get(w, 0)), w))
    return where.map({"": ""} | {w: f"place {n}" for n, w in enumerate(order, 1)})


def missing_facts(
    dataset: Dataset, episodes: pd.DataFrame, evidence: Evidence, settings: Settings, ids: pd.Index
) -> pd.DataFrame:
    """Return what the rules of priority ask of missing episodes.

    By child, counts: ``episodes`` of the period, ``earlier`` of the period before, ``recent`` of the last
    ``recent_days`` and ``prior`` of as many days before those; ``open``, ``unclear``, ``outstanding`` and ``late``
    of the period's episodes; ``open_from`` the beginning of the latest open one; ``earlier_unknown`` and
    ``prior_unknown``, whether episodes are recorded only since that stretch had begun: that is read from the whole
    table, the rest from ``episodes_of``.
    """
    as_of = evidence.period.as_of
    day = episodes["begun"].to_numpy().astype("datetime64[D]")
    recent, prior = np.zeros(len(day), bool), np.zeros(len(day), bool)
    if as_of is not None:
        stretch = timedelta(days=settings.recent_days)
        recent = day > np.datetime64(as_of - stretch)
        prior = ~recent & (day > np.datetime64(as_of - 2 * stretch))
    now = episodes["now"].to_numpy(dtype=bool)
    counts = episodes[["child_id"]].assign(
        episodes=now, earlier=episodes["then"].to_numpy(dtype=bool), recent=recent, prior=prior
    )
    for name in ("open", "unclear", "outstanding", "late"):
        counts[name] = episodes[name].to_numpy(dtype=bool) & now
    facts = counts.groupby("child_id").sum().reindex(ids, fill_value=0).astype(int)
    begun = episodes[episodes["open"] & now].groupby("child_id")["begun"].max()
    facts["open_from"] = begun.reindex(ids)
    before = period_before(evidence.period, settings)
    begins = pc.min(dataset["missing_episodes"]["missing_from"]).as_py()
    # Fewer episodes before the records begin are no fewer episodes, and a table without any says nothing of when.
    unknown = [True] * 2
    if before.first is not None and as_of is not None and begins is not None:
        unknown = [
            begins.date() >= months_after(before.first.replace(day=1), 1),
            begins.date() > as_of - 2 * timedelta(days=settings.recent_days) + timedelta(days=1),
        ]
    facts["earlier_unknown"], facts["prior_unknown"] = unknown
    return facts


def missing_table(
    episodes: pd.DataFrame,
    facts: pd.DataFrame,
    ages: pd.Series,
    linked: Iterable[str],
    members: frozenset[str],
    names: dict[str, str],
    settings: Settings,
) -> ResultTable:
    """Return the table ``child_missing``: one row per child who went missing in the period, linked or not.

    ``facts`` are those of every child of ``ages``, ``linked`` the children of the table ``children``, ``members``
    the members of groups on the analysis date.
    """
    here = episodes[episodes["now"] & episodes["child_id"].isin(ages.index)]
    linked = set(linked)
    rows = []
    for child, own in here.groupby("child_id", sort=True):
        fact = facts.loc[child]
        people = Counter(p for who in own["who"] for p in who)
        hours = own["hours"].dropna()
        rows.append(
            {
                "child_id": child,
                "name": names.get(str(child), ""),
                "age": ages[child],
                "linked": child in linked,
                "episodes": fact["episodes"],
                "episodes_before": pd.NA if fact["earlier_unknown"] and not fact["earlier"] else fact["earlier"],
                "repeat": fact["episodes"] >= settings.repeat_missing,
                "trend": "not known" if fact["prior_unknown"] else trend_of(fact["recent"], fact["prior"]),
                "latest_from": own["begun"].max(),
                "missing_now": bool(fact["open"]),
                "longest_hours": float(np.round(hours.max(), 1)) if len(hours) else np.nan,
                "places": _recurring(Counter(w for w in own["where"] if w)),
                "companions": _recurring(people),
                "companions_in_groups": "|".join(sorted(set(people) & members)),
                "interviews_outstanding": fact["outstanding"],
                "interviews_late": fact["late"],
                "return_unknown": fact["unclear"] + fact["open"],
                "because": _because(fact, people, members, settings),
            }
        )
    kinds = {c.name: c.kind for c in RESULT_TABLES["child_missing"]}
    frame = pd.DataFrame(rows, columns=list(kinds))
    frame = frame.astype(
        {n: "Int64" if n in ("age", "episodes_before") else "int64" for n, k in kinds.items() if k == "count"}
        | {n: "bool" for n, k in kinds.items() if k == "flag"}
        | {"latest_from": "datetime64[s]", "longest_hours": "float64"}
    )
    frame = frame.sort_values(["missing_now", "episodes", "child_id"], ascending=[False, False, True], kind="stable")
    return ResultTable.of("child_missing", frame)


def trend_of(recent: int, prior: int) -> str:
    """Return how the last stretch compares with the one before.

    >>> [trend_of(r, p) for r, p in ((2, 0), (1, 0), (2, 2), (0, 3), (0, 0))]
    ['rising', 'once', 'steady', 'falling', 'none recent']
    """
    if recent > prior:
        return "rising" if recent > 1 else "once"
    if recent < prior:
        return "falling"
    return "steady" if recent else "none recent"


def recurring_table(episodes: pd.DataFrame, ages: pd.Series, members: frozenset[str]) -> ResultTable:
    """Return the table ``missing_recurring``: places and companions of two or more episodes of the period.

    A companion who is a member of a group stands here with a single episode too.
    """
    here = episodes[episodes["now"] & episodes["child_id"].isin(ages.index)]
    places = here[here["where"] != ""][["child_id", "begun", "where"]].rename(columns={"where": "what"})
    people = here[["child_id", "begun", "who"]].explode("who").dropna(subset="who").rename(columns={"who": "what"})
    seen = pd.concat([places.assign(kind="place"), people.assign(kind="companion")], ignore_index=True)
    grouped = seen.groupby(["kind", "what"], sort=True)
    frame = grouped.agg(
        episodes=("begun", "size"),
        children=("child_id", "nunique"),
        child_ids=("child_id", lambda c: "|".join(sorted(set(c)))),
        latest_from=("begun", "max"),
    ).reset_index()
    frame["member"] = (frame["kind"] == "companion") & frame["what"].isin(members)
    frame = frame[(frame["episodes"] > 1) | frame["member"]].astype({"episodes": "int64", "children": "int64"})
    frame = frame.astype({"latest_from": "datetime64[s]", "member": "bool"})
    frame = frame.sort_values(
        ["kind", "member", "children", "episodes", "what"], ascending=[True, False, False, False, True], kind="stable"
    )
    return ResultTable.of("missing_recurring", frame)


def _recurring(counts: Counter[str]) -> str:
    """Return what stands more than once, most often first.

    >>> _recurring(Counter({"place 1": 2, "place 2": 1}))
    'place 1 (2 times)'
    """
    often = sorted(((-n, what) for what, n in counts.items() if n > 1))
    return "|".join(f"{what} ({-n} times)" for n, what in often)


def earlier_words(fact: pd.Series | dict[str, Any]) -> str:
    """Return how many episodes the period before had, in words; no 0 where records begin after it had begun."""
    if not fact["earlier_unknown"]:
        return str(fact["earlier"])
    return f"at least {fact['earlier']}" if fact["earlier"] else "not recorded how often"


def _because(fact: pd.Series, people: Counter[str], members: frozenset[str], settings: Settings) -> str:
    reasons = []
    if fact["open"]:
        reasons.append(f"no return is recorded from the episode of {fact['open_from']:%Y-%m-%d}")
    times = "once" if fact["episodes"] == 1 else f"{fact['episodes']} times"
    reasons.append(f"missing {times} in the period, {earlier_words(fact)} in the period before")
    days = settings.recent_days
    reasons.append(f"{fact['recent']} in the last {days} days, {fact['prior']} in the {days} days before")
    if ours := sorted(set(people) & members):
        reasons.append(f"with {', '.join(ours)}, in a group on the date")
    if fact["outstanding"]:
        reasons.append(f"{fact['outstanding']} return interviews outstanding past {settings.interview_hours} hours")
    if fact["late"]:
        reasons.append(f"{fact['late']} held after {settings.interview_hours} hours")
    if fact["unclear"]:
        reasons.append(f"{fact['unclear']} without a recorded return")
    return "; ".join(reasons)
