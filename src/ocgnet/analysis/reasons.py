"""The reasons of a suggested role, in plain words, built a column at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.position import SCORED, Position
from ocgnet.analysis.ranks import percentiles
from ocgnet.analysis.robustness import SOURCE, Stability
from ocgnet.analysis.tiers import NONE, PRINCIPAL, SIGNIFICANT, TIERS, Seats, Standing
from ocgnet.analysis.volume import Volume
from ocgnet.projection import Ties
from ocgnet.projection.ties import CRIME, REPORT
from ocgnet.scope import Evidence
from ocgnet.settings import Settings

EVENTS_NAMED = 3
"""Events of the strongest tie that are named, those that add most first."""
_TITLES = {
    "effective_size": "separate contacts (effective size)",
    "betweenness_steps": "standing between others (betweenness)",
    "closeness_steps": "closeness to everyone",
}


def reasons_for(
    evidence: Evidence,
    ties: Ties,
    position: Position,
    seats: Seats,
    standing: Standing,
    volume: Volume,
    stability: Stability | None,
    settings: Settings,
) -> np.ndarray:
    """Return one text per seat.

    The text says where the person stands in the group and by what margin, which measures say so (in
    the whole network and in the group), the volume that plays no part, what would change the role,
    and the people and events that most made it so. Events under handling conditions are counted but
    not named, and sources are never named.

    Returns
    -------
    ndarray of str (object), shape (seats,)
    """
    judged = np.flatnonzero(standing.tier != NONE)
    found = np.empty(len(seats.person), object)
    silent = np.flatnonzero(standing.tier == NONE)
    found[silent] = _why_silent(position, seats, standing, settings, silent).to_pylist()
    if len(judged):
        parts = [
            _rank(seats, standing, judged),
            _margin(standing, settings, judged),
            _measures(position, seats, judged),
            _volume(volume, judged),
            _change(stability, judged),
            _strongest(evidence, ties, seats.person[judged]),
        ]
        found[judged] = pc.binary_join_element_wise(*parts, " ", null_handling="skip").to_pylist()
    return found


def _why_silent(position: Position, seats: Seats, standing: Standing, settings: Settings, rows: np.ndarray) -> pa.Array:
    few = standing.connected[rows] < settings.min_group
    connected = position.connected[seats.person[rows]]
    whole = _whole(seats, rows)
    too_few = _join(
        "Insufficient data: ",
        _number(standing.connected[rows]),
        " of ",
        _number(standing.seats[rows]),
        " ",
        whole,
        f" have ties, and {settings.min_group} are needed to compare.",
    )
    alike = _join(
        "Insufficient data: all ", _number(standing.connected[rows]), " ", whole, " that have ties score the same."
    )
    nobody = pa.array(["Insufficient data: no ties to other nominals in the period and filters."] * len(rows))
    outside = pa.array(
        ["No group: the nominal belongs to none on the analysis date, and a role is a role in a group."] * len(rows)
    )
    judged = pc.if_else(pa.array(~connected), nobody, pc.if_else(pa.array(few), too_few, alike))
    return pc.if_else(pa.array(seats.group[rows] < 0), outside, judged)


def _rank(seats: Seats, standing: Standing, rows: np.ndarray) -> pa.Array:
    above, equal = standing.above[rows], standing.equal[rows]
    ordinals = pa.array([ordinal(i) for i in range(1, int(above.max()) + 2)])
    return _join(
        pc.if_else(pa.array(equal > 1), "Joint ", "Ranks "),
        ordinals.take(pa.array(above)),
        " of ",
        _number(standing.connected[rows]),
        " ",
        _whole(seats, rows),
        " that have ties",
    )


def _margin(standing: Standing, settings: Settings, rows: np.ndarray) -> pa.Array:
    """Say what parts the seat from the next tier, which is what would have to change."""
    tier, gap = standing.tier[rows], standing.gap[rows]
    amount = _decimal(np.nan_to_num(np.abs(gap)), 3)
    against = pa.array(TIERS).take(pa.array(standing.against[rows]))
    lead = _join("(", amount, " above the best ", against, ").")
    behind = _join("(", amount, " below the lowest ", against, ").")
    alone = pa.array(["(nobody is suggested a higher tier, because the highest scores are equal)."] * len(rows))
    first = pa.array(["(nobody ranks below to compare with)."] * len(rows))
    none = np.isnan(gap)
    least = np.where(tier == SIGNIFICANT, settings.principal_least, settings.significant_least)
    low = _join("(a higher tier needs a score of at least ", _decimal(least, 2), " in the whole network).")
    alone = pc.if_else(pa.array(standing.held[rows]), low, alone)
    return pc.if_else(
        pa.array(tier == PRINCIPAL),
        pc.if_else(pa.array(none), first, lead),
        pc.if_else(pa.array(none), alone, behind),
    )


def _measures(position: Position, seats: Seats, rows: np.ndarray) -> pa.Array:
    """Name each scored measure with its percentile in the whole network and within the group."""
    person = seats.person[rows]
    parts: list[pa.Array | str] = ["Percentile in the whole network (among these):"]
    for i, name in enumerate(SCORED):
        within = percentiles(position.measures[name][seats.person], position.connected[seats.person], seats.group)[rows]
        parts += [
            f"{',' if i else ''} {_TITLES[name]} ",
            _number(_hundredths(position.percentiles[name][person])),
            " (",
            _number(_hundredths(within)),
            ")",
        ]
    return _join(*parts, ".")


def _volume(volume: Volume, rows: np.ndarray) -> pa.Array:
    """Give the volume beside the role, and say that it has no part in it."""
    return _join(
        "Volume, no part of the role: ",
        _counted(volume.crimes[rows], "crime"),
        " and ",
        _counted(volume.reports[rows], "report"),
        ", percentile ",
        _number(_hundredths(volume.percentile[rows])),
        " of the group.",
    )


def _change(stability: Stability | None, rows: np.ndarray) -> pa.Array:
    """Say how often resamples change the role, into what, and how many single sources do; null where unknown."""
    blank = pa.nulls(len(rows), pa.string())
    if stability is None or not stability.draws:
        return blank
    share = stability.share[rows]
    known = ~np.isnan(share)
    kept = _join("Kept in ", _number(_hundredths(np.nan_to_num(share))), f"% of {stability.draws:,} resamples")
    other = stability.otherwise[rows]
    words = pa.array(TIERS).take(pa.array(np.maximum(other, 0)))
    instead = pc.if_else(pa.array(other >= 0), _join(", otherwise most often ", words), "")
    by_source = stability.by_kind[SOURCE][rows]
    sources = pa.array([""] * len(rows))
    if stability.sources:
        changed = np.rint((1 - np.where(np.isnan(by_source), 1, by_source)) * stability.sources).astype(np.int64)
        some = _join("; ", _number(changed), f" of {stability.sources:,} single sources change it when left out")
        sources = pc.if_else(pa.array(changed > 0), some, "; no single source changes it when left out")
    return pc.if_else(pa.array(known), _join(kept, instead, sources, "."), blank)


def _strongest(evidence: Evidence, ties: Ties, person: np.ndarray) -> pa.Array:
    """Say how many people each person is tied to, and what made the strongest tie."""
    best, partner, degree, second, third = strongest_ties(ties)
    tie = best[person]
    crimes, reports = ties.counts(CRIME)[tie], ties.counts(REPORT)[tie]
    contacts = np.diff(ties.start)[tie] - crimes - reports
    counted = [
        (_counted(n, word), n > 0) for n, word in ((crimes, "crime"), (reports, "report"), (contacts, "contact record"))
    ]
    blank = pa.scalar(None, pa.string())
    told = pc.binary_join_element_wise(
        *(pc.if_else(pa.array(has), text, blank) for text, has in counted), ", ", null_handling="skip"
    )
    events = _events(evidence, ties, tie)
    named = pc.if_else(pc.equal(events, ""), "", pc.if_else(pc.starts_with(events, ";"), events, _join(": ", events)))
    every = pa.array(evidence.nominals, pa.string())
    ids = every.take(pa.array(partner[person]))
    after = [
        pc.if_else(pa.array(p[person] >= 0), every.take(pa.array(np.maximum(p[person], 0))), "")
        for p in (second, third)
    ]
    then = pc.if_else(pc.equal(after[0], ""), "", _join(", then ", after[0]))
    then = pc.if_else(pc.equal(after[1], ""), then, _join(then, " and ", after[1]))
    many = _join("Tied to ", _number(degree[person]), " people, most strongly to ")
    whom = pc.if_else(pa.array(degree[person] == 1), "Tied only to ", many)
    return _join(whom, ids, " (", told, named, ")", then, ".")


def strongest_ties(ties: Ties) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return per person the strongest tie, the partner in it, the number of ties, and the next two partners.

    Of equal ties the partner with the smallest id is taken; -1 for people without ties.
    """
    ends, others = np.concatenate([ties.a, ties.b]), np.concatenate([ties.b, ties.a])
    which = np.tile(np.arange(len(ties)), 2)
    order = np.lexsort((others, -ties.weight[which], ends))
    people, first, degree = np.unique(ends[order], return_index=True, return_counts=True)
    found = []
    last = max(len(order) - 1, 0)
    second = np.where(degree > 1, others[order][np.minimum(first + 1, last)], -1)
    third = np.where(degree > 2, others[order][np.minimum(first + 2, last)], -1)
    for values in (which[order][first], others[order][first], degree, second, third):
        column = np.full(ties.people, -1)
        column[people] = values
        found.append(column)
    best, partner, counted, second, third = found
    return best, partner, np.maximum(counted, 0), second, third


def _events(evidence: Evidence, ties: Ties, tie: np.ndarray) -> pa.Array:
    """Return per row the crimes and reports of its tie that may be named and add most, joined; or empty."""
    used, row = np.unique(tie, return_inverse=True)
    wanted = np.full(len(ties), -1)
    wanted[used] = np.arange(len(used))
    at = wanted[ties.tie]
    rows = np.flatnonzero((at >= 0) & ties.named & (ties.kind <= REPORT))
    rows = rows[np.lexsort((ties.event[rows], ties.kind[rows], -ties.amount[rows], at[rows]))]
    size = np.bincount(at[rows], minlength=len(used))
    within = np.arange(len(rows)) - np.repeat(np.cumsum(size) - size, size)
    rows = rows[within < EVENTS_NAMED]
    taken = np.minimum(size, EVENTS_NAMED)
    ends = pa.array(np.append(0, np.cumsum(taken)).astype(np.int32))
    texts = pc.binary_join(pa.ListArray.from_arrays(ends, ties.labels(evidence).take(pa.array(rows))), ", ")
    more = pc.if_else(pa.array(size > EVENTS_NAMED), " and others", "")
    secret = np.bincount(ties.tie[~ties.named], minlength=len(ties))[used]
    withheld = pc.if_else(pa.array(secret > 0), _join("; ", _number(secret), " not named because of handling"), "")
    return _join(texts, more, withheld).take(pa.array(row))


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, ...

    >>> [ordinal(i) for i in (1, 2, 3, 4, 11, 12, 13, 21, 112)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th']
    """
    tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"


def _whole(seats: Seats, rows: np.ndarray) -> pa.Array:
    """Return who a seat is compared with, in words."""
    ocg = seats.ocg[rows]
    alone = pa.array(ocg == "")
    whole = "people of the whole network (no membership holds on the date)"
    return pc.if_else(alone, whole, _join("members of ", pa.array(ocg, pa.string())))


def _counted(numbers: np.ndarray, one: str) -> pa.Array:
    return _join(_number(numbers), pc.if_else(pa.array(numbers == 1), f" {one}", f" {one}s"))


def _hundredths(share: np.ndarray) -> np.ndarray:
    """Return whole percentiles, rounded down: nobody stands above a hundred of a hundred."""
    return np.floor(100 * share + 1e-6).astype(np.int64)


def _number(values: np.ndarray) -> pa.Array:
    return pa.array(values).cast(pa.string())


def _decimal(values: np.ndarray, digits: int) -> pa.Array:
    """Return numbers of at least 0 as text with a fixed number of digits."""
    scaled = np.round(values * 10**digits).astype(np.int64)
    whole, part = np.divmod(scaled, 10**digits)
    return _join(_number(whole), ".", pc.utf8_lpad(_number(part), digits, "0"))


def _join(*parts: pa.Array | str) -> pa.Array:
    cells: Sequence[pa.Array | pa.Scalar] = [pa.scalar(p) if isinstance(p, str) else p for p in parts]
    return pc.binary_join_element_wise(*cells, "")
