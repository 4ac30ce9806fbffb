"""Rules about rows that say one thing twice, or two things at once: contacts, episodes, memberships, uses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.births import places
from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.table import CheckedTable, identities
from ocgnet.evidence.contacts import Contacts, mirrored
from ocgnet.evidence.spans import reaches
from ocgnet.model import FROM_ONE_TO_THE_OTHER
from ocgnet.model.things import USED_BY_ONE
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import bools, fixed, missing, numbers

_OPEN = np.int64(2**40)
"""Second that no record reaches: an end that is not recorded."""


def check_overlaps(tables: Mapping[str, CheckedTable]) -> None:
    """Warn of contacts recorded both ways, episodes of one child that overlap, two roles at once, two users at once."""
    for name, rule in (
        ("associations", _check_contacts),
        ("missing_episodes", _check_episodes),
        ("memberships", _check_memberships),
    ):
        if name in tables and len(tables[name].raw.lines) > 1:
            rule(tables[name])
    if "thing_links" in tables and "things" in tables:
        _check_users(tables["thing_links"], tables["things"])


def _check_contacts(contacts: CheckedTable) -> None:
    """Warn of a contact that stands a second time with the two people the other way round."""
    a, b = contacts.columns["person_a"], contacts.columns["person_b"]
    other = np.append(places(b.texts, pa.concat_arrays([a.texts, b.texts])), -1)[b.codes]
    rows = np.flatnonzero((a.codes >= 0) & (other >= 0) & contacts.good)
    kind, directed = contacts.columns["kind"], contacts.columns["directed"]
    runs_one_way = np.append(np.where(missing(directed.values), -1, bools(directed.values)), -1)
    times = contacts.columns["times_observed"]
    counts = np.append(np.where(missing(times.values), 1, numbers(times.values, np.int64)), 1)
    first, second = mirrored(
        Contacts(
            a=a.codes[rows].astype(np.int64),
            b=other[rows].astype(np.int64),
            same=identities([contacts.columns[n] for n in ("kind", "first_seen", "last_seen", "report_id")])[rows],
            runs=kind.spread(kind.mask(lambda text: text.lower() in FROM_ONE_TO_THE_OTHER))[rows],
            directed=runs_one_way[directed.codes][rows],
            times=counts[times.codes][rows],
        )
    )
    if not len(first):
        return
    pairs = [sorted(pair) for pair in zip(rows[first].tolist(), rows[second].tolist(), strict=True)]
    of = {later: earlier for earlier, later in pairs}

    def explain(row: int) -> tuple[str, str]:
        line = contacts.raw.lines[of[row]]
        more = ""
        if (mine := times.text(row)) != (theirs := times.text(of[row])):
            more = f" The greater of the two counts ({theirs or '1'} and {mine or '1'}) is taken."
        ids = f"{a.text(row)}, {b.text(row)}"
        return ids, (
            f"Line {line} is the same contact, written the other way round; it counts once.{more} Delete one of "
            "the two, or fill in directed where each of them is a fact."
        )

    contacts.report("person_a", Rule.BOTH_WAYS, np.array(sorted(of), np.int64), explain, Severity.WARNING)


def _check_episodes(episodes: CheckedTable) -> None:
    """Warn of an episode that begins before the child was found from an earlier one."""
    child = episodes.columns["child_id"]
    begun, back = (_seconds(episodes.columns[n]) for n in ("missing_from", "found_at"))
    rows = np.flatnonzero((child.codes >= 0) & (begun != -_OPEN) & episodes.good)
    order = rows[np.lexsort((begun[rows], child.codes[rows]))]
    # An episode without a recorded return reaches nowhere: whoever goes missing again has been back.
    again = np.sort(order[reaches(child.codes[order], begun[order], back[order])])
    if not len(again):
        return
    by_child: dict[int, list[int]] = {}
    for row in order.tolist():
        by_child.setdefault(int(child.codes[row]), []).append(row)

    def explain(row: int) -> tuple[str, str]:
        before = [r for r in by_child[int(child.codes[row])] if begun[r] < begun[row] and back[r] > begun[row]]
        lines = " and ".join(f"line {episodes.raw.lines[r]}" for r in sorted(before)[:3])
        return episodes.columns["missing_from"].text(row), (
            f"By {lines} {child.text(row)} was missing already at this time. The episodes are merged and count once. "
            "Correct the times, or make one row of them."
        )

    episodes.report("missing_from", Rule.EPISODES, again, explain, Severity.WARNING)


def _check_memberships(memberships: CheckedTable) -> None:
    """Warn of two roles of one person in one group at the same time.

    One role may end on the day on which the next begins. A row that says the same role again is harmless.
    """
    person, group, role = (memberships.columns[n] for n in ("nominal_id", "ocg_id", "role"))
    begun, ended = _seconds(memberships.columns["from_date"]), _seconds(memberships.columns["to_date"])
    ended = np.where(ended == -_OPEN, _OPEN, ended)
    pair = person.codes.astype(np.int64) * (len(group.texts) + 1) + group.codes
    rows = np.flatnonzero((person.codes >= 0) & (group.codes >= 0) & memberships.good)
    order = rows[np.lexsort((begun[rows], pair[rows]))]
    if not reaches(pair[order], begun[order], ended[order]).any():
        return
    overlapping = np.isin(pair[order], pair[order][reaches(pair[order], begun[order], ended[order])])
    by_pair: dict[int, list[int]] = {}
    for row in order[overlapping].tolist():
        by_pair.setdefault(int(pair[row]), []).append(row)
    against: dict[int, int] = {}
    for of_pair in by_pair.values():
        for k, row in enumerate(of_pair):
            clash = [r for r in of_pair[:k] if ended[r] > begun[row] and role.text(r).lower() != role.text(row).lower()]
            if clash:
                against[row] = clash[-1]

    def explain(row: int) -> tuple[str, str]:
        other = against[row]
        names = [role.text(r) or "not assessed" for r in (other, row)]
        return role.text(row), (
            f"Line {memberships.raw.lines[other]} gives {person.text(row)} another role in {group.text(row)} for the "
            f"same time: {names[0]} there, {names[1]} here. On a day that both cover, the one that began last counts "
            f"({names[1]}). Fill in to_date where a role ended."
        )

    memberships.report("role", Rule.ROLES, np.array(sorted(against), np.int64), explain, Severity.WARNING)


def _check_users(links: CheckedTable, things: CheckedTable) -> None:
    """Warn of two people who use one phone, SIM, device or handle at the same time.

    A line has several hands by its nature, and is left alone. One use may end on the day on which the next begins.
    """
    thing, person, relation = (links.columns[n] for n in ("thing_id", "person_id", "relation"))
    begun, ended = _seconds(links.columns["from_date"]), _seconds(links.columns["to_date"])
    ended = np.where(ended == -_OPEN, _OPEN, ended)
    kind, ids = things.columns["kind"], things.columns["thing_id"]
    personal = np.unique(ids.codes[kind.spread(kind.mask(lambda text: text in USED_BY_ONE)) & (ids.codes >= 0)])
    of_one = bools(pc.is_in(thing.texts, ids.texts.take(fixed(personal, pa.int32()))))
    uses = relation.spread(relation.mask(lambda text: text == "user"))
    rows = np.flatnonzero(thing.spread(of_one) & uses & (person.codes >= 0) & links.good)
    order = rows[np.lexsort((ended[rows], begun[rows], thing.codes[rows]))]
    again = reaches(thing.codes[order].astype(np.int64), begun[order], ended[order])
    overlapping = order[np.isin(thing.codes[order], thing.codes[order][again])]
    against: dict[int, int] = {}
    # Of the uses before, the longest of each of two people is enough: one of the two is somebody else.
    longest: list[int] = []
    for row in overlapping.tolist():
        if longest and thing.codes[longest[0]] != thing.codes[row]:
            longest = []
        other = [r for r in longest if person.codes[r] != person.codes[row] and ended[r] > begun[row]]
        if other:
            against[row] = other[0]
        longest = sorted([*longest, row], key=lambda r: -ended[r])
        longest = [r for k, r in enumerate(longest) if person.codes[r] not in person.codes[longest[:k]]][:2]

    def explain(row: int) -> tuple[str, str]:
        other = against[row]
        # Other commands print this too, and nobody may learn there of somebody whose processing is restricted.
        return person.text(row), (
            f"Somebody else uses this thing too at this time (line {links.raw.lines[other]}). Both stay; while both "
            "last, nobody is taken as its user. Fill in to_date where a use ended, or correct one of the two."
        )

    links.report("person_id", Rule.USERS, np.array(sorted(against), np.int64), explain, Severity.WARNING)


def _seconds(column: CheckedColumn) -> np.ndarray:
    """Return a column of dates or moments as seconds, ``-_OPEN`` where it is blank."""
    times = column.times()
    return np.where(np.isnat(times), -_OPEN, times.astype(np.int64))
