"""Numbers and accounts that nobody is known to use, by how central they are to a group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from ocgnet.analysis.things.contacts import InTouch
from ocgnet.analysis.things.traffic import contacts_of
from ocgnet.dataset import LeftOut
from ocgnet.english import counted
from ocgnet.evidence.membership import Memberships
from ocgnet.evidence.thing_use import USERS
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

_NAMED = 5
"""Most people named as those most in touch with a number."""

_UNIT = 2**32
"""Scores are added up in whole parts of this: sums of fractions would differ with their order, and so would ranks."""


def unattributed_of(
    touches: Sequence[InTouch],
    members: Memberships,
    ids: Sequence[str],
    held: Sequence[tuple[str, str]],
    settings: Settings,
) -> tuple[ResultTable, tuple[LeftOut, ...]]:
    """Return per group the things in touch with it that nobody is known to use, most central first.

    The score of a number is the sum over members of log2(1 + times in touch), so that a second member adds more than
    further calls of the first; times the share of the people in touch with it who are members, so that voicemail or a
    taxi office, which everybody calls, does not stand above a number that the group alone calls. Numbers and accounts
    are ranked apart, equal scores sharing a rank. A number whose user is only suspected is one of nobody known.

    Parameters
    ----------
    touches : sequence of InTouch
        Communications, and transfers.
    members : Memberships
        Who belongs to which group on the day of judgement.
    ids : sequence of str
        Ids that ``members.person`` points to.
    held : sequence of (group, thing)
        Things that belong to a group as recorded: they are no discovery of that group's.
    settings : Settings
        At most ``unattributed_shown`` rows per group and table; numbers in touch with more than ``contact_cap`` others
        are left out and counted.

    Returns
    -------
    ResultTable, tuple of LeftOut
        Without members, users or traffic no rows.
    """
    parts, gone = [], []
    for touch in touches:
        frame, crowded = _of_one_table(touch, members, ids, set(held), settings)
        parts.append(frame)
        if crowded:
            why = f"a number of nobody in touch with more than {settings.contact_cap:,} others: no contact of a group"
            gone.append(LeftOut(touch.traffic.table, why, crowded))
    empty = pd.DataFrame(columns=["ocg_id", "by", "rank", "thing_id"])
    frame = pd.concat([p for p in parts if len(p)] or [empty], ignore_index=True)
    frame = frame.sort_values(["ocg_id", "by", "rank", "thing_id"], kind="stable")
    return ResultTable.of("unattributed", frame), tuple(gone)


def _of_one_table(
    touch: InTouch, members: Memberships, ids: Sequence[str], held: set[tuple[str, str]], settings: Settings
) -> tuple[pd.DataFrame, int]:
    t, use = touch.traffic, touch.use
    unknown = ~known_users(touch) & ~t.withheld
    users = t.users(use)
    met = [
        pd.DataFrame({"row": rows, "thing": thing[rows], "person": user[rows], "to": to[rows], "from": back[rows]})
        for thing, user, to, back in ((t.one, users[1], t.out, t.back), (t.two, users[0], t.back, t.out))
        for rows in (np.flatnonzero(unknown[thing] & (user >= 0)),)
    ]
    with_people = pd.concat(met, ignore_index=True)
    people_met = with_people.drop_duplicates(["thing", "person"])
    belongs = pd.DataFrame(
        {"person": pd.Index(use.people).get_indexer([ids[p] for p in members.person]), "ocg_id": members.ocg}
    ).drop_duplicates()
    rows = with_people.merge(belongs[belongs["person"] >= 0], on="person")
    crowded = t.degree[rows["thing"].to_numpy()] > settings.contact_cap
    several = int(crowded.sum() and rows["row"][crowded].nunique())
    rows = rows[~crowded]
    of_group = pd.MultiIndex.from_arrays([rows["ocg_id"], t.things[rows["thing"]]])
    rows = rows[~of_group.isin(list(held))]
    if settings.ocgs:
        rows = rows[rows["ocg_id"].isin(settings.ocgs)]
    if not len(rows):
        return pd.DataFrame(), several
    groups_met = with_people.merge(belongs, on="person").groupby("thing")["ocg_id"].agg(lambda g: sorted(set(g)))
    contacts = people_met.groupby("thing")["person"].size()
    every = people_met["person"].nunique()
    sizes = members_by_group(members)
    total = np.bincount(t.one, t.out + t.back, len(t.things)) + np.bincount(t.two, t.out + t.back, len(t.things))
    in_touch = np.unique(touch.contacts.subject * (touch.unnamed + 1) + touch.contacts.contact)
    parts = []
    for ocg, of_one in rows.groupby("ocg_id", sort=True):
        listed = _ranked(of_one, contacts, settings.unattributed_shown)
        listed["ocg_id"], listed["of_members"] = ocg, sizes[str(ocg)]
        within = people_met["person"].isin(belongs["person"][belongs["ocg_id"] == ocg])
        listed["chance"] = hypergeom.sf(
            listed["members"] - 1, every, people_met["person"][within].nunique(), contacts[listed["thing"]].to_numpy()
        )
        listed["of_times"] = total[listed["thing"]].astype(np.int64)
        listed["other_groups"] = ["|".join(g for g in groups_met[i] if g != ocg) for i in listed["thing"]]
        _dated(touch, of_one, listed)
        _between(of_one, listed, in_touch, touch.unnamed + 1)
        _most(touch, of_one, listed)
        parts.append(listed)
    frame = pd.concat(parts, ignore_index=True)
    suspected = pd.DataFrame({"thing": use.thing, "person": use.people[use.person]})[use.suspected]
    suspects = suspected.groupby("thing")["person"].agg(lambda p: "|".join(sorted(set(p))))
    frame["by"] = t.table
    frame["thing_id"], frame["kind"], frame["label"] = (v[frame["thing"]] for v in (t.things, t.kind, t.label))
    frame["share"] = frame["times"] / frame["of_times"]
    frame["suspected_users"] = [suspects.get(i, "") for i in t.linked[frame["thing"]]]
    frame["because"] = [_because(row) for row in frame.itertuples()]
    return frame, several


def known_users(touch: InTouch) -> np.ndarray:
    """Return whether anybody is known to use each thing of the traffic on any day, whoever it is; bool."""
    use, linked = touch.use, touch.traffic.linked
    known = np.zeros(len(use.things) + 1, bool)
    known[use.thing[np.isin(use.relation, USERS) & ~use.suspected]] = True
    known[use.aside.thing[np.isin(use.aside.relation, USERS)]] = True
    known[-1] = False
    return np.asarray(known[linked])


def members_by_group(members: Memberships) -> dict[str, int]:
    """Return how many members each group has."""
    return {str(g): int(n) for g, n in zip(*np.unique(members.ocg.astype(str), return_counts=True), strict=True)}


def _ranked(rows: pd.DataFrame, contacts: pd.Series, most: int) -> pd.DataFrame:
    """Return the highest numbers of one group by score, with their ranks when each member is left out in turn."""
    pairs = rows.groupby(["thing", "person"], as_index=False)[["to", "from"]].sum()
    pairs["times"] = pairs["to"] + pairs["from"]
    pairs["weight"] = np.rint(np.log2(1 + pairs["times"]) * _UNIT).astype(np.int64)
    things = pairs.groupby("thing", as_index=False).agg(
        score=("weight", "sum"), members=("person", "size"), times=("times", "sum"), to_members=("to", "sum")
    )
    weight, members = things["score"].to_numpy(), things["members"].to_numpy()
    things["people"] = people = contacts[things["thing"]].to_numpy()
    score = weight * members / people
    things["score"] = score / _UNIT
    things["rank"] = _places(score, score)
    order = np.lexsort((things["thing"], things["rank"]))[:most]
    best, worst, stays = things["rank"].to_numpy()[order], things["rank"].to_numpy()[order], np.zeros(len(order))
    own = best.copy()
    left = pairs["person"].unique()
    for person in left:
        part = pairs[pairs["person"] == person]
        met = np.searchsorted(things["thing"], part["thing"])
        without = score.copy()
        without[met] = (weight[met] - part["weight"].to_numpy()) * (members[met] - 1) / np.maximum(people[met] - 1, 1)
        place = _places(without, without[order])
        best, worst, stays = np.minimum(best, place), np.maximum(worst, place), stays + (place <= own)
    listed = things.iloc[order].reset_index(drop=True)
    return listed.assign(best_rank=best, worst_rank=worst, stays=stays.astype(int), left_out_in_turn=len(left))


def _places(scores: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Return the rank of some scores among all: one more than how many are higher."""
    return np.asarray(len(scores) - np.searchsorted(np.sort(scores), of, "right") + 1)


def _dated(touch: InTouch, rows: pd.DataFrame, listed: pd.DataFrame) -> None:
    """Add days, first and last day in touch with the group, and the authorities behind them."""
    t = touch.traffic
    part = rows[rows["thing"].isin(listed["thing"])]
    at, nothing = part["row"].to_numpy(), np.zeros(len(part), np.int64)
    sums = contacts_of(part["thing"].to_numpy(), nothing, t.day[at], nothing, nothing)
    where = np.searchsorted(sums.subject, listed["thing"])
    listed["days"], listed["first_day"], listed["last_day"] = (v[where] for v in (sums.days, sums.first, sums.last))
    group = np.full(len(t.one), -1)
    group[at] = sums.pair
    listed["authority_refs"] = np.array(t.authorities(group, len(sums)), object)[where]


def _between(rows: pd.DataFrame, listed: pd.DataFrame, in_touch: np.ndarray, height: int) -> None:
    """Add how many pairs of the members in touch with a number are not in touch with each other, and of how many."""
    by_thing = rows[rows["thing"].isin(listed["thing"])].groupby("thing")["person"].agg(lambda p: sorted(set(p)))
    apart = []
    for thing in listed["thing"]:
        keys = np.array([a * height + b for a, b in combinations(by_thing[thing], 2)], np.int64)
        apart.append(int((~np.isin(keys, in_touch)).sum()))
    listed["pairs_apart"] = apart
    listed["of_pairs"] = listed["members"] * (listed["members"] - 1) // 2


def _most(touch: InTouch, rows: pd.DataFrame, listed: pd.DataFrame) -> None:
    """Add the members most in touch with each number, and how often."""
    part = rows[rows["thing"].isin(listed["thing"])]
    sums = part.groupby(["thing", "person"], as_index=False)[["to", "from"]].sum()
    sums["times"] = sums["to"] + sums["from"]
    sums = sums.sort_values(["thing", "times", "person"], ascending=[True, False, True])
    first = sums[sums.groupby("thing").cumcount() < _NAMED]
    first = first.assign(id=touch.use.people[first["person"]], n=first["times"].astype(str)).groupby("thing")
    listed["most_in_touch"] = first["id"].agg("|".join)[listed["thing"]].to_numpy()
    listed["most_in_touch_times"] = first["n"].agg("|".join)[listed["thing"]].to_numpy()


def _because(row: object) -> str:
    r: dict[str, object] = row._asdict()  # type: ignore[attr-defined]
    who, times = str(r["most_in_touch"]).split("|"), str(r["most_in_touch_times"]).split("|")
    named = ", ".join(f"{w} {counted(int(n), 'time')}" for w, n in zip(who, times, strict=True))
    text = (
        f"In touch with {r['members']} of {counted(r['of_members'], 'member')} of {r['ocg_id']} ({named}"  # type: ignore[arg-type]
        f"{' and others' if r['members'] > _NAMED else ''}): {r['times']:,} of its {r['of_times']:,} "  # type: ignore[operator]
        f"recorded times ({r['share']:.0%}), and {r['members']} of the {r['people']} people in touch with it."
    )
    if r["pairs_apart"]:
        text += (
            f" It may stand between members: {r['pairs_apart']} of {counted(r['of_pairs'], 'pair')} of them are not "  # type: ignore[arg-type]
        )
        text += "recorded as in touch with each other."
    if r["other_groups"]:
        text += f" It is in touch with members of {str(r['other_groups']).replace('|', ', ')} too."
    user = (
        f"{str(r['suspected_users']).replace('|', ', ')} may use it; nobody is known to" if r["suspected_users"] else ""
    )
    text += f" {user or 'Nobody is recorded as its user'}."
    text += (
        f" Without any one of the members it ranks {r['best_rank']} to {r['worst_rank']}. "
        f"As many members by chance: {r['chance']:.1%}."
    )
    return text
