"""The reasons of a suggested role, in plain words, built a column at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.position import SCORED, Position, percentiles
from ocgnet.analysis.roles.decisive import EVENTS, Turning
from ocgnet.analysis.roles.layers import Volume
from ocgnet.analysis.roles.resampling import PEOPLE, TIES
from ocgnet.analysis.roles.stability import Stability
from ocgnet.analysis.roles.tiers import NONE, PRINCIPAL, SIGNIFICANT, Seats, Standing
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import CRIME, REPORT, Ties
from ocgnet.settings import Settings

# Text a column at a time: numbers and words joined row by row, fast for any number of people.


def counted(numbers: np.ndarray, one: str) -> pa.Array:
    """Return 1 crime, 2 crimes, ..."""
    return join(number(numbers), pc.if_else(pa.array(numbers == 1), f" {one}", f" {one}s"))


def hundredths(share: np.ndarray) -> np.ndarray:
    """Return whole percentiles, rounded down: nobody stands above a hundred of a hundred."""
    return np.floor(100 * share + 1e-6).astype(np.int64)


def number(values: np.ndarray) -> pa.Array:
    """Return whole numbers as text."""
    return pa.array(values).cast(pa.string())


def decimal(values: np.ndarray, digits: int) -> pa.Array:
    """Return numbers of at least 0 as text with a fixed number of digits."""
    scaled = np.round(values * 10**digits).astype(np.int64)
    whole, part = np.divmod(scaled, 10**digits)
    return join(number(whole), ".", pc.utf8_lpad(number(part), digits, "0"))


def join(*parts: pa.Array | str) -> pa.Array:
    """Join columns and fixed words, row by row; null where a column is."""
    cells: Sequence[pa.Array | pa.Scalar] = [pa.scalar(p) if isinstance(p, str) else p for p in parts]
    return pc.binary_join_element_wise(*cells, "")


def listed(parts: Sequence[tuple[pa.Array, np.ndarray]]) -> pa.Array:
    """Join with commas, row by row, those of the columns that count there; empty where none does.

    Parameters
    ----------
    parts : sequence of (pyarrow.Array, ndarray of bool)
        Texts, and in which rows they count.
    """
    cells = [pc.if_else(pa.array(counts), texts, None) for texts, counts in parts]
    # pyarrow 26 leaves a row out altogether when it skips all that the row has.
    none = ~np.any([counts for _, counts in parts], axis=0)
    cells[0] = pc.if_else(pa.array(none), "", cells[0])
    return pc.binary_join_element_wise(*cells, ", ", null_handling="skip")


# What single change would give somebody another suggested role, in plain words.


def changes_for(
    evidence: Evidence,
    ties: Ties,
    position: Position,
    seats: Seats,
    standing: Standing,
    stability: Stability | None,
    settings: Settings,
    rows: np.ndarray,
) -> pa.Array:
    """Return one text per row: percentile points, a tie, an event, a person, a source.

    Parameters
    ----------
    evidence, ties, position, seats, standing, stability, settings
        Of one analysis; without ``stability`` only the percentile points are told.
    rows : ndarray of int
        Seats with a suggestion.

    Notes
    -----
    A tie, person or event was tried alone, and another one may do the same; how many were tried without another
    role is told where none was found. Sources are never named, a source is placed behind a tie only where every
    report may be named, and no event is tried that may not.
    """
    person = seats.person[rows]
    parts = [_points(position, standing, settings, seats.words, person, rows)]
    if stability is not None and stability.draws:
        every = pa.array(evidence.nominals, pa.string())
        parts += _by_one(evidence, ties, every, stability.turning, seats.words, person, rows)
        if stability.sources:
            parts.append(_by_source(ties, every, stability, seats.words, person, rows))
    told = pc.binary_join_element_wise(*parts, "; ", null_handling="skip")
    return join("What would change it: ", told, ".")


def _by_one(
    evidence: Evidence,
    ties: Ties,
    every: pa.Array,
    turning: Turning,
    words: tuple[str, ...],
    person: np.ndarray,
    rows: np.ndarray,
) -> list[pa.Array]:
    """Say which tie, event and person change the role, and how many were tried that do not."""
    tie, other, event = turning.on[:, rows]
    at = np.maximum(tie, 0)
    ends = np.array([ties.a[at], ties.b[at]]) if len(ties) else np.array([at, at])
    own = (tie >= 0) & (ends == person).any(axis=0)
    partner = np.where(ends[0] == person, ends[1], ends[0])
    resting, alone = _resting(evidence, ties, at, tie >= 0)
    one, two = (every.take(pa.array(end)) for end in ends)
    whose = pc.if_else(pa.array(own), join("to ", every.take(pa.array(partner))), join("between ", one, " and ", two))
    told = join("without the tie ", whose, resting, ": ", _tier(words, turning.to[TIES][rows]))
    parts = [pc.if_else(pa.array(tie >= 0), told, None)]
    ids = pa.array(turning.ids, pa.string()) if len(turning.ids) else pa.array([""])
    which = ids.take(pa.array(np.maximum(event, 0)))
    # An own tie that rests on the event alone, and the event: one change, said once.
    again = own & (alone == np.array(which.to_pylist(), object)) & (turning.to[TIES][rows] == turning.to[EVENTS][rows])
    told = join(
        "without ", which, _loses(ties, every, turning, person, rows), ": ", _tier(words, turning.to[EVENTS][rows])
    )
    parts.append(pc.if_else(pa.array((event >= 0) & ~again), told, None))
    known = (other >= 0) & ~(own & (other == partner))
    whom = every.take(pa.array(np.maximum(other, 0)))
    told = join("were ", whom, " unknown: ", _tier(words, turning.to[PEOPLE][rows]))
    parts.append(pc.if_else(pa.array(known), told, None))
    parts.append(_the_same(turning, rows))
    return parts


def _resting(evidence: Evidence, ties: Ties, at: np.ndarray, some: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """Say which ties rest on one record, and return its id where that is a crime or report that may be named."""
    alone, none = np.full(len(at), "", object), pa.array([""] * len(at))
    if not len(ties):
        return none, alone
    rests = some & (np.diff(ties.start)[at] == 1)
    row = ties.start[at]
    named = rests & ties.named[row] & (ties.kind[row] <= REPORT)
    alone[named] = ties.labels(evidence).take(pa.array(row[named])).to_pylist()
    told = pc.if_else(pa.array(named), join(" (which rests on ", pa.array(alone, pa.string()), " alone)"), "")
    return pc.if_else(pa.array(rests & ~named), " (which rests on one record)", told), alone


def _loses(ties: Ties, every: pa.Array, turning: Turning, person: np.ndarray, rows: np.ndarray) -> pa.Array:
    """Say which own tie goes, or how many go and weaken, without the event."""
    goes, weakens = turning.goes[rows], turning.weakens[rows]
    whom = every.take(pa.array(_partner(ties, np.maximum(turning.cut[rows], 0), person)))
    cut = pc.if_else(pa.array(goes == 1), join("the tie to ", whom, " goes"), join(counted(goes, "own tie"), " go"))
    weaker = join(counted(weakens, "own tie"), pc.if_else(pa.array(weakens == 1), " weakens", " weaken"))
    return join(" (", listed([(cut, goes > 0), (weaker, weakens > 0)]), ")")


def _the_same(turning: Turning, rows: np.ndarray) -> pa.Array:
    """Say how many ties, people and events were tried alone where none of that kind changes the role."""
    missing, silent = turning.on[:, rows] < 0, turning.silent[:, rows]
    tried = (turning.same[:, rows] + silent) * missing
    words = ((TIES, "tie", "ties"), (PEOPLE, "person", "people"), (EVENTS, "event", "events"))
    told = [
        (join(number(tried[kind]), " ", pc.if_else(pa.array(tried[kind] == 1), one, more)), tried[kind] > 0)
        for kind, one, more in words
    ]
    without = (silent * missing).sum(axis=0)
    leave = pc.if_else(pa.array(without == 1), " leaves no suggestion)", " leave no suggestion)")
    aside = pc.if_else(pa.array(without > 0), join(" (", number(without), leave), "")
    some = join("tried alone, no other role: ", listed(told), aside)
    nothing = pc.if_else(pa.array(missing.all(axis=0)), "no single tie, person or event was tried", None)
    return pc.if_else(pa.array(tried.any(axis=0)), some, nothing)


def _points(
    position: Position,
    standing: Standing,
    settings: Settings,
    words: tuple[str, ...],
    person: np.ndarray,
    rows: np.ndarray,
) -> pa.Array:
    """Say how many percentile points part the seat from another tier; the score is the mean of the scored measures."""
    tier, gap, held, score = (v[rows] for v in (standing.tier, standing.gap, standing.held, standing.score))
    top = tier == PRINCIPAL
    least = np.where(top | (tier == SIGNIFICANT), settings.principal_least, settings.significant_least)
    # A principal falls behind somebody, or below what a principal needs at least.
    by_least = np.where(top, np.fmin(score - least, gap) < gap, held) | (top & np.isnan(gap))
    need = np.where(by_least, np.abs(score - least), gap)
    to = np.where(by_least, np.where(top, SIGNIFICANT, tier + 1), standing.against[rows])
    ranked = np.array([position.percentiles[n][person] for n in SCORED])
    room = np.where(top, ranked.max(axis=0), 1 - ranked.min(axis=0))
    # Rounded up, so that with as many the threshold is passed.
    one, each = (np.ceil(np.nan_to_num(need) * 100 * k + 1e-6).astype(np.int64) for k in (len(SCORED), 1))
    word = pc.if_else(pa.array(top), "fewer", "more")
    points = pc.if_else(pa.array(each == 1), " percentile point ", " percentile points ")
    alone = pc.if_else(pa.array(one <= room * 100), join(" (or ", number(one), " in one)"), "")
    told = join(number(each), points, word, " in each measure", alone, ": ", _tier(words, to))
    nobody = pc.if_else(pa.array(top), "nobody ranks below", "no points while the highest scores are equal")
    return pc.if_else(pa.array(np.isnan(need)), nobody, told)


def _by_source(
    ties: Ties, every: pa.Array, stability: Stability, words: tuple[str, ...], person: np.ndarray, rows: np.ndarray
) -> pa.Array:
    """Say how many single sources change the role, into what, and behind which tie the heaviest stands."""
    many, tie = stability.source_changes[rows], stability.source_tie[rows]
    behind = every.take(pa.array(_partner(ties, np.maximum(tie, 0), person)))
    one = pa.array(many == 1)
    heaviest = pc.if_else(one, "", "the heaviest, ")
    where = pc.if_else(pa.array(tie >= 0), join(" (", heaviest, "behind the tie to ", behind, ")"), "")
    some = join(
        number(many),
        f" of {stability.sources:,} single sources",
        where,
        " left out: ",
        _tier(words, stability.source_tier[rows]),
    )
    return pc.if_else(pa.array(many > 0), some, f"none of {stability.sources:,} single sources")


def _partner(ties: Ties, tie: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Return the other end of each tie."""
    if not len(ties):
        return np.zeros(len(tie), np.int64)
    return np.asarray(np.where(ties.a[tie] == person, ties.b[tie], ties.a[tie]), np.int64)


def _tier(words: tuple[str, ...], tier: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(np.maximum(tier, 0)))


_NO_ROLE = "No group: no membership holds on the date, so no role is suggested."
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
            pa.array([_NO_ROLE if seats.whole else None] * len(judged), pa.string()),
            _rank(seats, standing, judged),
            _margin(standing, settings, seats.words, judged),
            _measures(position, seats, judged),
            _volume(volume, judged),
            changes_for(evidence, ties, position, seats, standing, stability, settings, judged),
            _kept(stability, seats.words, judged),
            _strongest(evidence, ties, seats.person[judged]),
        ]
        found[judged] = pc.binary_join_element_wise(*parts, " ", null_handling="skip").to_pylist()
    return found


def _why_silent(position: Position, seats: Seats, standing: Standing, settings: Settings, rows: np.ndarray) -> pa.Array:
    few = standing.connected[rows] < settings.min_group
    connected = position.connected[seats.person[rows]]
    whole = _whole(seats, rows)
    above, equal = standing.above[rows], standing.equal[rows]
    too_few = join(
        "Order without a tier: ",
        pc.if_else(pa.array(equal > 1), "joint ", "ranks "),
        pa.array([ordinal(int(i) + 1) for i in above], pa.string()),
        " of ",
        number(standing.connected[rows]),
        " ",
        whole,
        f" that have ties; {settings.min_group} are needed to suggest a role.",
    )
    alike = join(
        "Insufficient data: all ", number(standing.connected[rows]), " ", whole, " that have ties score the same."
    )
    nobody = pa.array(["Insufficient data: no ties to other nominals in the records of the network."] * len(rows))
    outside = pa.array(
        ["No group: the nominal belongs to none on the analysis date, and a role is a role in a group."] * len(rows)
    )
    judged = pc.if_else(pa.array(~connected), nobody, pc.if_else(pa.array(few), too_few, alike))
    return pc.if_else(pa.array(seats.group[rows] < 0), outside, judged)


def _rank(seats: Seats, standing: Standing, rows: np.ndarray) -> pa.Array:
    above, equal = standing.above[rows], standing.equal[rows]
    ordinals = pa.array([ordinal(i) for i in range(1, int(above.max()) + 2)])
    return join(
        pc.if_else(pa.array(equal > 1), "Joint ", "Ranks "),
        ordinals.take(pa.array(above)),
        " of ",
        number(standing.connected[rows]),
        " ",
        _whole(seats, rows),
        " that have ties",
    )


def _margin(standing: Standing, settings: Settings, words: tuple[str, ...], rows: np.ndarray) -> pa.Array:
    """Say what parts the seat from the next tier, which is what would have to change."""
    tier, gap = standing.tier[rows], standing.gap[rows]
    amount = decimal(np.nan_to_num(np.abs(gap)), 3)
    against = pa.array(words).take(pa.array(standing.against[rows]))
    lead = join("(", amount, " above the best ", against, ").")
    behind = join("(", amount, " below the lowest ", against, ").")
    alone = pa.array(["(nobody is suggested a higher tier, because the highest scores are equal)."] * len(rows))
    first = pa.array(["(nobody ranks below to compare with)."] * len(rows))
    none = np.isnan(gap)
    least = np.where(tier == SIGNIFICANT, settings.principal_least, settings.significant_least)
    low = join("(a higher tier needs a score of at least ", decimal(least, 2), " in the whole network).")
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
            number(hundredths(position.percentiles[name][person])),
            " (",
            number(hundredths(within)),
            ")",
        ]
    return join(*parts, ".")


def _volume(volume: Volume, rows: np.ndarray) -> pa.Array:
    """Give the volume beside the role, and say that it has no part in it."""
    return join(
        "Volume, no part of the role: ",
        counted(volume.crimes[rows], "crime"),
        " and ",
        counted(volume.reports[rows], "report"),
        ", percentile ",
        number(hundredths(volume.percentile[rows])),
        " of the group.",
    )


def _kept(stability: Stability | None, tiers: tuple[str, ...], rows: np.ndarray) -> pa.Array:
    """Say how often resamples keep the role and what it is otherwise; null where unknown."""
    blank = pa.nulls(len(rows), pa.string())
    if stability is None or not stability.draws:
        return blank
    share = stability.share[rows]
    by_ties, by_people = (number(hundredths(np.nan_to_num(stability.by_kind[k][rows]))) for k in (TIES, PEOPLE))
    kept = join(
        "Kept in ",
        number(hundredths(np.nan_to_num(share))),
        f"% of {stability.draws:,} resamples",
        " and losses of a source" if stability.sources else "",
        " (",
        by_ties,
        "% of those without some ties, ",
        by_people,
        "% of those without some people)",
    )
    other = stability.otherwise[rows]
    words = pa.array(tiers).take(pa.array(np.maximum(other, 0)))
    instead = pc.if_else(pa.array(other >= 0), join(", otherwise most often ", words), "")
    return pc.if_else(pa.array(~np.isnan(share)), join(kept, instead, "."), blank)


def _strongest(evidence: Evidence, ties: Ties, person: np.ndarray) -> pa.Array:
    """Say how many people each person is tied to, and what made the strongest tie."""
    best, partner, degree, second, third = strongest_ties(ties)
    tie = best[person]
    crimes, reports = ties.counts(CRIME)[tie], ties.counts(REPORT)[tie]
    contacts = np.diff(ties.start)[tie] - crimes - reports
    kinds = ((crimes, "crime"), (reports, "report"), (contacts, "contact record"))
    told = listed([(counted(n, word), n > 0) for n, word in kinds])
    events = _events(evidence, ties, tie)
    named = pc.if_else(pc.equal(events, ""), "", pc.if_else(pc.starts_with(events, ";"), events, join(": ", events)))
    every = pa.array(evidence.nominals, pa.string())
    ids = every.take(pa.array(partner[person]))
    after = [
        pc.if_else(pa.array(p[person] >= 0), every.take(pa.array(np.maximum(p[person], 0))), "")
        for p in (second, third)
    ]
    then = pc.if_else(pc.equal(after[0], ""), "", join(", then ", after[0]))
    then = pc.if_else(pc.equal(after[1], ""), then, join(then, " and ", after[1]))
    many = join("Tied to ", number(degree[person]), " people, most strongly to ")
    whom = pc.if_else(pa.array(degree[person] == 1), "Tied only to ", many)
    return join(whom, ids, " (", told, named, ")", then, ".")


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
    best, partner, many, second, third = found
    return best, partner, np.maximum(many, 0), second, third


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
    withheld = pc.if_else(pa.array(secret > 0), join("; ", number(secret), " not named because of handling"), "")
    return join(texts, more, withheld).take(pa.array(row))


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
    return pc.if_else(alone, whole, join("members of ", pa.array(ocg, pa.string())))
