"""Contacts between two people that are recorded both ways, and count once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model import FROM_ONE_TO_THE_OTHER


@dataclass(frozen=True)
class Contacts:
    """What tells one recorded contact from another; arrays of one length."""

    a: np.ndarray  # a and b (int): number of each person; the same numbers in both
    b: np.ndarray
    same: np.ndarray  # int: equal where kind, dates and report are equal
    # bool: whether contacts of this kind run from one person to the other by nature, as calls do
    runs: np.ndarray
    # int: 1 where the record says that it is directed, 0 where it says that it is not, -1 where it is silent
    directed: np.ndarray
    times: np.ndarray  # int: times observed; 1 when not recorded


def mirrored(contacts: Contacts) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that say again, the other way round, what another row says, and for each that other row.

    Kind, dates and report have to be the same: contacts of other days, or on two reports, are two records, as they
    are when written the same way round. Two contacts that are both marked as directed are two facts. Calls,
    messages and payments run from one to the other by nature: where the record is silent about that, unequal counts
    are two facts (52 calls one way and 29 back), and equal counts are too where most pairs of the table have
    unequal ones.

    Positions rise in the first array; the row whose first person has the smaller number stays.
    """
    c = contacts
    pair, backward = _pairs(c.a, c.b)
    if not len(pair) or not _both_ways(pair, backward):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort((backward, c.same, pair))
    first, again = order[:-1], order[1:]
    met = (pair[first] == pair[again]) & (c.same[first] == c.same[again]) & (backward[first] != backward[again])
    first, again = first[met], again[met]
    facts = (c.directed[first] == 1) & (c.directed[again] == 1)
    silent = c.runs[first] & (c.directed[first] == -1) & (c.directed[again] == -1)
    unequal = silent & (c.times[first] != c.times[again])
    facts |= unequal
    if 2 * int(unequal.sum()) > int(silent.sum()):
        facts |= silent
    first, again = first[~facts], again[~facts]
    rising = np.argsort(again)
    return again[rising], first[rising]


def _pairs(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a number per pair of people, whichever stands first, and whether the one of the greater number does."""
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
    return low * (int(high.max(initial=0)) + 1) + high, a > b


def _both_ways(pair: np.ndarray, backward: np.ndarray) -> bool:
    return bool(np.isin(pair[backward], pair[~backward]).any())


def contacts_once(t: pa.Table) -> tuple[pa.Table, int]:
    """Return the table ``associations`` with every contact once, and how many rows went.

    The row that stays has the greater of the two counts.
    """
    if not t.num_rows:
        return t, 0
    both = pa.chunked_array([*t["person_a"].chunks, *t["person_b"].chunks], pa.string())
    people = both.combine_chunks().dictionary_encode()
    # Numbers in the order of the ids, so that which of two rows stays never depends on the order of the table.
    rank = pc.rank(people.dictionary).to_numpy().astype(np.int64)
    number = rank[people.indices.to_numpy()]
    if not _both_ways(*_pairs(number[: t.num_rows], number[t.num_rows :])):
        return t, 0
    same = np.zeros(t.num_rows, np.int64)
    for name in ("kind", "first_seen", "last_seen", "report_id"):
        codes = pc.fill_null(t[name].combine_chunks().dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
        same = np.unique(same * (t.num_rows + 1) + codes + 1, return_inverse=True)[1]
    times = pc.fill_null(t["times_observed"], 1).to_numpy().astype(np.int64)
    runs = pc.is_in(t["kind"], pa.array(FROM_ONE_TO_THE_OTHER)).to_numpy().astype(bool)
    directed = pc.fill_null(t["directed"].cast(pa.int8()), -1).to_numpy().astype(np.int64)
    again, first = mirrored(Contacts(number[: t.num_rows], number[t.num_rows :], same, runs, directed, times))
    if not len(again):
        return t, 0
    if (times[first] != times[again]).any():
        times[first] = np.maximum(times[first], times[again])
        t = t.set_column(t.column_names.index("times_observed"), "times_observed", pa.array(times))
    stays = np.ones(t.num_rows, bool)
    stays[again] = False
    return t.filter(pa.array(stays)), len(again)
