"""The reasons of a suggested role, and what single change would give another, in plain words."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping
from math import isnan
from typing import Any

import numpy as np

from ocgnet.analysis.position import SCORED, Position, percentiles
from ocgnet.analysis.roles.decisive import EVENTS
from ocgnet.analysis.roles.layers import Volume
from ocgnet.analysis.roles.resampling import PEOPLE, TIES
from ocgnet.analysis.roles.stability import Stability
from ocgnet.analysis.roles.tiers import NONE, PRINCIPAL, SIGNIFICANT, Seats, Standing
from ocgnet.english import counted, ordinal
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import BY_THINGS, CALLS, CRIME, REPORT, TRAVELLED, Ties
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

    The text says where the person stands in the group and by what margin, which measures say so (in the whole network
    and in the group), the volume that plays no part, what would change the role, and the people and events that most
    made it so.

    Events under handling conditions are counted but not named. Sources are never named, a source is placed behind a
    tie only where every report may be named, and no event is tried that may not. Without ``stability`` only
    percentile points are told of what would change the role. A tie, person or event was tried alone, and another one
    may do the same; how many were tried without another role is told where none was found.
    """
    person = seats.person
    place = {
        name: getattr(standing, name) for name in ("connected", "above", "equal", "tier", "gap", "against", "held")
    }
    place |= {"ocg": seats.ocg, "group": seats.group, "tied": position.connected[person]}
    texts = np.empty(len(person), object)
    silent, judged = np.flatnonzero(standing.tier == NONE), np.flatnonzero(standing.tier != NONE)
    texts[silent] = [_why_silent(seat, settings) for seat in _one_by_one(place, silent)]
    if not len(judged):
        return texts
    for name in SCORED:
        within = percentiles(position.measures[name][person], position.connected[person], seats.group)
        place[name] = _hundredths(position.percentiles[name][person])
        place[f"{name}_within"] = _hundredths(within)
    place |= {"crimes": volume.crimes, "reports": volume.reports, "volume": _hundredths(volume.percentile)}
    facts = _points(position, standing, settings, person, judged) | _strongest(evidence, ties, person[judged])
    resampled = stability if stability is not None and stability.draws else None
    if resampled is not None:
        facts |= _resampled(evidence, ties, resampled, person[judged], judged)
    lead = "No group: no membership holds on the date, so no role is suggested. " if seats.whole else ""
    texts[judged] = [lead + _why(seat, seats.words, resampled) for seat in _one_by_one(place, judged, facts)]
    return texts


def _one_by_one(
    columns: Mapping[str, np.ndarray], rows: np.ndarray, more: Mapping[str, Any] | None = None
) -> Iterator[Any]:
    """Give the rows of columns, and whole further columns, as named tuples."""
    cells = {name: column[rows] for name, column in columns.items()} | dict(more or {})
    seat = namedtuple("seat", cells)  # type: ignore[misc]
    return map(seat._make, zip(*(np.asarray(column).tolist() for column in cells.values()), strict=True))


def _why(seat: Any, words: tuple[str, ...], resampled: Stability | None) -> str:
    changes, often = [_points_said(seat, words)], ""
    if resampled is not None:
        changes += [*_by_one(seat, words), *_by_source(seat, words, resampled.sources)]
        often = _kept(seat, words, resampled)
    return (
        f"{'Joint' if seat.equal > 1 else 'Ranks'} {_rank(seat)} that have ties {_margin(seat, words)} "
        f"{_measures(seat)} {_volume(seat)} What would change it: {'; '.join(changes)}. {often}{_tied_to(seat)}"
    )


def _why_silent(seat: Any, settings: Settings) -> str:
    if seat.group < 0:
        return "No group: the nominal belongs to none on the analysis date, and a role is a role in a group."
    if not seat.tied:
        return "Insufficient data: no ties to other nominals in the records of the network."
    if seat.connected < settings.min_group:
        return (
            f"Order without a tier: {'joint' if seat.equal > 1 else 'ranks'} {_rank(seat)} that have ties; "
            f"{settings.min_group} are needed to suggest a role."
        )
    return f"Insufficient data: all {seat.connected} {_whole(seat)} that have ties score the same."


def _rank(seat: Any) -> str:
    return f"{ordinal(seat.above + 1)} of {seat.connected} {_whole(seat)}"


def _whole(seat: Any) -> str:
    """Return who a seat is compared with."""
    return f"members of {seat.ocg}" if seat.ocg else "people of the whole network (no membership holds on the date)"


def _margin(seat: Any, words: tuple[str, ...]) -> str:
    """Say what parts the seat from the next tier, which is what would have to change."""
    if not isnan(seat.gap):
        against = words[seat.against]
        rest = f"above the best {against}" if seat.tier == PRINCIPAL else f"below the lowest {against}"
        return f"({round(1_000 * abs(seat.gap)) / 1_000:.3f} {rest})."
    if seat.tier == PRINCIPAL:
        return "(nobody ranks below to compare with)."
    if seat.held:
        return f"(a higher tier needs a score of at least {round(100 * seat.least) / 100:.2f} in the whole network)."
    return "(nobody is suggested a higher tier, because the highest scores are equal)."


def _measures(seat: Any) -> str:
    """Name each scored measure with its percentile in the whole network and within the group."""
    scores = (f"{_TITLES[n]} {getattr(seat, n)} ({getattr(seat, f'{n}_within')})" for n in SCORED)
    return f"Percentile in the whole network (among these): {', '.join(scores)}."


def _volume(seat: Any) -> str:
    """Give the volume beside the role, and say that it has no part in it."""
    events = f"{counted(seat.crimes, 'crime')} and {counted(seat.reports, 'report')}"
    return f"Volume, no part of the role: {events}, percentile {seat.volume} of the group."


def _points(
    position: Position, standing: Standing, settings: Settings, person: np.ndarray, rows: np.ndarray
) -> dict[str, np.ndarray]:
    """Return how many percentile points part the seats from another tier; the score is the mean of the measures."""
    tier, gap, held, score = (v[rows] for v in (standing.tier, standing.gap, standing.held, standing.score))
    top = tier == PRINCIPAL
    least = np.where(top | (tier == SIGNIFICANT), settings.principal_least, settings.significant_least)
    # A principal falls behind somebody, or below what a principal needs at least.
    by_least = np.where(top, np.fmin(score - least, gap) < gap, held) | (top & np.isnan(gap))
    need = np.where(by_least, np.abs(score - least), gap)
    ranked = np.array([position.percentiles[n][person[rows]] for n in SCORED])
    room = np.where(top, ranked.max(axis=0), 1 - ranked.min(axis=0))
    # Rounded up, so that with as many the threshold is passed.
    each, one = (np.ceil(np.nan_to_num(need) * 100 * k + 1e-6).astype(np.int64) for k in (1, len(SCORED)))
    return {
        "least": least,
        "need": need,
        "points": each,
        "points_in_one": np.where(one <= room * 100, one, 0),
        "tier_by_points": np.where(by_least, np.where(top, SIGNIFICANT, tier + 1), standing.against[rows]),
    }


def _points_said(seat: Any, words: tuple[str, ...]) -> str:
    top = seat.tier == PRINCIPAL
    if isnan(seat.need):
        return "nobody ranks below" if top else "no points while the highest scores are equal"
    alone = f" (or {seat.points_in_one} in one)" if seat.points_in_one else ""
    return (
        f"{counted(seat.points, 'percentile point')} {'fewer' if top else 'more'} in each measure{alone}: "
        f"{words[seat.tier_by_points]}"
    )


def _resampled(
    evidence: Evidence, ties: Ties, stability: Stability, person: np.ndarray, rows: np.ndarray
) -> dict[str, Any]:
    """Return the single losses that change the role of each seat, and how often resamples keep it."""
    ids = _ids(evidence)
    turning = stability.turning
    tie, other, event = (turning.on[kind, rows] for kind in (TIES, PEOPLE, EVENTS))
    at = np.maximum(tie, 0)
    one, two = (ties.a[at], ties.b[at]) if len(ties) else (at, at)
    own = (tie >= 0) & ((one == person) | (two == person))
    partner = np.where(one == person, two, one)
    rests, alone = np.zeros(len(rows), bool), np.full(len(rows), "", object)
    if len(ties):
        rests = (tie >= 0) & (np.diff(ties.start)[at] == 1)
        named = rests & ties.named[ties.start[at]] & ((ties.kind <= REPORT) | ties.shared)[ties.start[at]]
        alone[named] = _names_of(evidence, ties, ties.start[at][named], bare=True)
    none = turning.on[:, rows] < 0
    silent = turning.silent[:, rows] * none
    tried = turning.same[:, rows] * none + silent
    return {
        "tie": tie,
        "own": own,
        "partner": ids[partner],
        "one": ids[one],
        "two": ids[two],
        "rests": rests,
        "rests_on": alone,
        "event": np.append(turning.ids, "")[event],
        "without": np.where((other >= 0) & ~(own & (other == partner)), ids[other], ""),
        "tier_by_tie": turning.to[TIES, rows],
        "tier_by_event": turning.to[EVENTS, rows],
        "tier_by_person": turning.to[PEOPLE, rows],
        "goes": turning.goes[rows],
        "weakens": turning.weakens[rows],
        "cut": ids[_partner(ties, turning.cut[rows], person)],
        "ties_tried": tried[TIES],
        "people_tried": tried[PEOPLE],
        "events_tried": tried[EVENTS],
        "silent": silent.sum(axis=0),
        "none": none.all(axis=0),
        "sources": stability.source_changes[rows],
        "source_tie": ids[_partner(ties, stability.source_tie[rows], person)],
        "tier_by_source": stability.source_tier[rows],
        "share": stability.share[rows],
        "kept": _hundredths(stability.share[rows]),
        "kept_by_ties": _hundredths(stability.by_kind[TIES, rows]),
        "kept_by_people": _hundredths(stability.by_kind[PEOPLE, rows]),
        "otherwise": stability.otherwise[rows],
    }


def _by_one(seat: Any, words: tuple[str, ...]) -> list[str]:
    """Say which tie, event and person change the role, and how many were tried that do not."""
    changes = []
    if seat.tie >= 0:
        whose = f"to {seat.partner}" if seat.own else f"between {seat.one} and {seat.two}"
        resting = f"{seat.rests_on} alone" if seat.rests_on else "one record"
        resting = f" (which rests on {resting})" if seat.rests else ""
        changes.append(f"without the tie {whose}{resting}: {words[seat.tier_by_tie]}")
    # An own tie that rests on the event alone, and the event: one change, said once.
    again = seat.own and seat.rests_on == seat.event and seat.tier_by_tie == seat.tier_by_event
    if seat.event and not again:
        goes = f"the tie to {seat.cut} goes" if seat.goes == 1 else f"{counted(seat.goes, 'own tie')} go"
        weaker = f"{counted(seat.weakens, 'own tie')} weaken{'s' if seat.weakens == 1 else ''}"
        lost = ", ".join([goes] * (seat.goes > 0) + [weaker] * (seat.weakens > 0))
        changes.append(f"without {seat.event} ({lost}): {words[seat.tier_by_event]}")
    if seat.without:
        changes.append(f"were {seat.without} unknown: {words[seat.tier_by_person]}")
    tried = [
        counted(number, one, more)
        for number, one, more in (
            (seat.ties_tried, "tie", "ties"),
            (seat.people_tried, "person", "people"),
            (seat.events_tried, "event", "events"),
        )
        if number
    ]
    if tried:
        leave = "leaves" if seat.silent == 1 else "leave"
        aside = f" ({seat.silent} {leave} no suggestion)" if seat.silent else ""
        changes.append(f"tried alone, no other role: {', '.join(tried)}{aside}")
    elif seat.none:
        changes.append("no single tie, person or event was tried")
    return changes


def _by_source(seat: Any, words: tuple[str, ...], sources: int) -> list[str]:
    """Say how many single sources change the role, into what, and behind which tie the heaviest stands."""
    if not sources:
        return []
    if not seat.sources:
        return [f"none of {sources:,} single sources"]
    heaviest = "" if seat.sources == 1 else "the heaviest, "
    where = f" ({heaviest}behind the tie to {seat.source_tie})" if seat.source_tie else ""
    return [f"{seat.sources} of {sources:,} single sources{where} left out: {words[seat.tier_by_source]}"]


def _kept(seat: Any, words: tuple[str, ...], stability: Stability) -> str:
    """Say how often resamples keep the role and what it is otherwise, a space behind it; nothing where unknown."""
    if isnan(seat.share):
        return ""
    instead = f", otherwise most often {words[seat.otherwise]}" if seat.otherwise >= 0 else ""
    return (
        f"Kept in {seat.kept}% of {stability.draws:,} resamples{' and losses of a source' if stability.sources else ''}"
        f" ({seat.kept_by_ties}% of those without some ties, {seat.kept_by_people}% of those without some people)"
        f"{instead}. "
    )


def _strongest(evidence: Evidence, ties: Ties, person: np.ndarray) -> dict[str, Any]:
    """Return how many people each person is tied to, and what made the strongest tie."""
    best, partner, degree, second, third = strongest_ties(ties)
    tie = best[person]
    crimes, reports = ties.counts(CRIME)[tie], ties.counts(REPORT)[tie]
    things = np.bincount(ties.tie[ties.of_kinds(BY_THINGS)], minlength=len(ties))[tie]
    ids = _ids(evidence)
    return {
        "degree": degree[person],
        "closest": ids[partner[person]],
        "second": ids[second[person]],
        "third": ids[third[person]],
        "tie_crimes": crimes,
        "tie_reports": reports,
        "tie_contacts": np.diff(ties.start)[tie] - crimes - reports - things,
        "tie_events": _events(evidence, ties, tie),
        "tie_things": _joined_by(evidence, ties, tie),
    }


def _tied_to(seat: Any) -> str:
    kinds = (
        (seat.tie_crimes, "crime"),
        (seat.tie_reports, "report"),
        (seat.tie_contacts, "contact record"),
    )
    made_of = ", ".join(counted(number, word) for number, word in kinds if number)
    made_of += seat.tie_events
    made_of += ("; " if made_of and seat.tie_things else "") + seat.tie_things
    whom = "Tied only to" if seat.degree == 1 else f"Tied to {seat.degree} people, most strongly to"
    then = f", then {seat.second}" if seat.second else ""
    then += f" and {seat.third}" if seat.third else ""
    return f"{whom} {seat.closest} ({made_of}){then}."


def strongest_ties(ties: Ties) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return per person the strongest tie, the partner in it, the number of ties, and the next two partners.

    Of equal ties the partner with the smallest id is taken; -1 for people without ties.
    """
    ends, others = np.concatenate([ties.a, ties.b]), np.concatenate([ties.b, ties.a])
    which = np.tile(np.arange(len(ties)), 2)
    order = np.lexsort((others, -ties.weight[which], ends))
    people, first, degree = np.unique(ends[order], return_index=True, return_counts=True)
    others = np.append(others[order], -1)
    columns = np.full((5, ties.people), -1)
    columns[2] = 0
    columns[0, people], columns[1, people], columns[2, people] = which[order][first], others[first], degree
    for nth in (1, 2):
        columns[2 + nth, people] = others[np.where(degree > nth, first + nth, -1)]
    best, partner, many, second, third = columns
    return best, partner, many, second, third


def _events(evidence: Evidence, ties: Ties, tie: np.ndarray) -> list[str]:
    """Say which crimes and reports of each tie add most, of those that may be named."""
    used, row = np.unique(tie, return_inverse=True)
    wanted = np.full(len(ties), -1)
    wanted[used] = np.arange(len(used))
    at = wanted[ties.tie]
    things = ties.of_kinds(BY_THINGS)
    rows = np.flatnonzero((at >= 0) & ties.named & (ties.kind <= REPORT))
    rows = rows[np.lexsort((ties.event[rows], ties.kind[rows], -ties.amount[rows], at[rows]))]
    ends = np.cumsum(np.bincount(at[rows], minlength=len(used))).tolist()
    labels = ties.labels(evidence).take(rows).to_pylist()
    secret = np.bincount(ties.tie[~ties.named & ~things], minlength=len(ties))[used].tolist()
    texts = []
    for begin, end, withheld in zip([0, *ends], ends, secret, strict=False):
        named = f": {', '.join(labels[begin : min(end, begin + EVENTS_NAMED)])}" if end > begin else ""
        more = " and others" if end - begin > EVENTS_NAMED else ""
        texts.append(named + more + (f"; {withheld} not named because of handling" if withheld else ""))
    return [texts[i] for i in row.tolist()]


def _joined_by(evidence: Evidence, ties: Ties, tie: np.ndarray) -> list[str]:
    """Say by which things each tie joins, those that add most first: joined by vehicle V1 AB12CDE, three reports."""
    used, row = np.unique(tie, return_inverse=True)
    wanted = np.full(len(ties), -1)
    wanted[used] = np.arange(len(used))
    at = wanted[ties.tie]
    rows = np.flatnonzero((at >= 0) & ties.of_kinds(BY_THINGS))
    rows = rows[np.lexsort((ties.event[rows], ties.kind[rows], -ties.amount[rows], at[rows]))]
    texts: list[list[str]] = [[] for _ in used]
    withheld = np.zeros(len(used), int)
    for place, words, named in zip(at[rows].tolist(), _names_of(evidence, ties, rows), ties.named[rows], strict=True):
        if named:
            texts[place].append(words)
        else:
            withheld[place] += 1
    said = []
    for parts, secret in zip(texts, withheld.tolist(), strict=True):
        text = "; ".join(parts[:EVENTS_NAMED]) + (" and others" if len(parts) > EVENTS_NAMED else "")
        hidden = (
            f"{counted(secret, 'link through things', 'links through things')} not named because of handling"
            if secret
            else ""
        )
        said.append("; ".join(filter(None, (text and f"joined by {text}", hidden))))
    return [said[i] for i in row.tolist()]


def _names_of(evidence: Evidence, ties: Ties, rows: np.ndarray, *, bare: bool = False) -> list[str]:
    """Return what each contribution is in words.

    The id of a crime or report, or a thing, with how many reports record it unless ``bare``.
    """
    names = ties.labels(evidence).take(rows).to_pylist()
    joined, shared = evidence.joined, ties.shared[rows]
    at = ties.event[rows[shared]]
    words = joined.words(joined.shared.thing[at])
    facts = zip(words, joined.shared.reports[at].tolist(), joined.shared.suspected[at].tolist(), strict=True)
    texts = (
        words
        if bare
        else [w + (f", {counted(n, 'report')}" if n else "") + (" (suspected)" if s else "") for w, n, s in facts]
    )
    for place, text in zip(np.flatnonzero(shared).tolist(), texts, strict=True):
        names[place] = text
    for word, kinds in (("calls between", CALLS), ("journeys together of", TRAVELLED)):
        for place in np.flatnonzero(ties.of_kinds(kinds)[rows]).tolist():
            kind, _, things = names[place].partition(" ")
            names[place] = f"{word} {things}" + (" (suspected)" if kind == kinds[1] else "")
    return [str(name) for name in names]


def _ids(evidence: Evidence) -> np.ndarray:
    """Return the ids of all nominals, and an empty text at -1."""
    return np.append(evidence.nominals, "")


def _partner(ties: Ties, tie: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Return the other end of each tie, -1 for none."""
    if not len(ties):
        return np.full(len(tie), -1)
    other = np.where(ties.a[tie] == person, ties.b[tie], ties.a[tie])
    return np.asarray(np.where(tie < 0, -1, other))


def _hundredths(share: np.ndarray) -> np.ndarray:
    """Return whole percentiles, rounded down: nobody stands above a hundred of a hundred; 0 where not known."""
    return np.asarray(np.floor(100 * np.nan_to_num(share) + 1e-6), np.int64)
