"""Peers and places around exploited children: who was with whom, where, and by which records.

Shown are children alone; adults who were there are counted. Recorded facts only: that children were together says
nothing about why, and a place that many share says nothing about two of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ocgnet.analysis.children.links import companions_of
from ocgnet.analysis.children.records import crimes_of, exploits, newest_assessments, risks_of
from ocgnet.analysis.things.shared import joining, stretches_of, users_of_things
from ocgnet.analysis.things.travelled import labels_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.errors import UsageError
from ocgnet.evidence.ages import children_on
from ocgnet.evidence.episodes import merged_episodes
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.period import dated_by
from ocgnet.evidence.restricted import used
from ocgnet.evidence.thing_use import SEEN_ONCE, ThingUse, thing_use
from ocgnet.model.things import PLACES
from ocgnet.settings import Settings

STOPPED, MISSING, AT, HOME, RODE = (
    "stopped together", "missing together", "at the same place", "live at the same place", "in the same vehicle",
)  # fmt: skip
"""How children were together."""

SCHOOL = "same school"
"""What two have in common who are tied otherwise; by itself it is no tie, as nobody knows how large a school is."""

MANY_GROUPS = 2
"""Groups from which a child is looked at who is linked to several."""

MANY_OCCASIONS = 2
"""Different occasions or places from which two children were seen together in several."""

_OPEN = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Together:
    """Some people on one occasion, or with one place in overlapping days.

    ``place`` tells occasions and places apart; ``label`` is what the place is called, empty where it has no name that
    may be shown. ``size`` is how many people had part in it, adults and people nobody knows among them.
    """

    how: str
    place: str
    label: str
    first: date | None
    last: date | None
    people: tuple[str, ...]
    size: int
    sources: tuple[str, ...] = ()
    suspected: bool = False


@dataclass(frozen=True)
class Tie:
    """Two children, how they were together, and on what that rests; ``one`` is the smaller id."""

    one: str
    other: str
    how: str
    place: str
    label: str
    first: date | None
    last: date | None
    size: int
    sources: tuple[str, ...]
    suspected: bool
    times: int = 1  # stretches of days of which it is made


@dataclass(frozen=True)
class Child:
    """A child who is looked at: why, and how many were with the child."""

    id: str
    name: str
    age: int | None
    exploited: tuple[str, ...]  # what is recorded of exploitation; empty where none is
    groups: tuple[str, ...]  # groups to which the child is linked, on any basis
    school: str
    peers: tuple[str, ...]
    occasions: int  # different occasions and places with peers
    adults: int  # adults who were there, and whom nothing else says
    several: bool  # whether somebody was with the child on several occasions or at several places

    @property
    def because(self) -> str:
        """Why the child is looked at, in words."""
        parts = list(self.exploited)
        if len(self.groups) >= MANY_GROUPS:
            parts.append(f"linked to {len(self.groups)} groups: {', '.join(self.groups)}")
        if self.several:
            parts.append("seen with the same child on several occasions or at several places")
        return "; ".join(parts)


@dataclass(frozen=True)
class Crowd:
    """A place or occasion of too many people: it ties nobody."""

    how: str
    place: str
    label: str
    size: int
    children: tuple[str, ...]


@dataclass(frozen=True)
class Peers:
    """Who is looked at, the ties among children around them, and what ties nobody."""

    day: date | None
    children: tuple[Child, ...]  # by number of peers, then id
    ties: tuple[Tie, ...]  # among children who are looked at and their peers; sorted
    crowds: tuple[Crowd, ...]
    schools: dict[str, tuple[str, int]]  # of whoever stands in a tie: the school, and how many children here have it
    names: dict[str, str]  # of everybody in a tie
    looked_for: int  # exploited children and those linked to several groups, also without any tie
    not_recorded: tuple[str, ...]  # kinds of record that these records do not have
    cap: int
    left_out: tuple[LeftOut, ...] = field(default=())

    def around(self, child: str) -> list[Tie]:
        """Return the ties of a child, and those among its peers at the same places."""
        return _around(self.ties, {child})


def peers_of(dataset: Dataset, evidence: Evidence, links: pd.DataFrame, settings: Settings, child: str = "") -> Peers:
    """Return the children around whom something is recorded, and who was with them.

    Looked at are children under 18 on the analysis date, or without a date of birth: those of whom exploitation is
    recorded (an assessed risk above none, a crime of exploitation against them, a referral to the NRM), those linked to
    at least ``MANY_GROUPS`` groups, and those whom records show with the same child on ``MANY_OCCASIONS`` occasions or
    places. Records up to the day count. Occasions and places of more than ``settings.thing_cap`` people tie nobody.

    Parameters
    ----------
    dataset : Dataset
        Records in use: nobody who is restricted is among them.
    evidence : Evidence
        What gives the day.
    links : pandas.DataFrame
        Links of children to groups, as :class:`~ocgnet.analysis.children.linked_children.LinkedChildren` has them.
    settings : Settings
        Whether who is overdue for review counts, and from how many users a thing is crowded.
    child : str
        Id of the one child who is looked at, whatever is recorded; without it all of those above.

    Raises
    ------
    UsageError
        When that child is not among the children who count.
    """
    day = evidence.period.as_of
    left_out: list[LeftOut] = []
    kept, gone = used(dataset["children"], day, include_overdue=settings.include_overdue)
    left_out += [LeftOut("children", why, count) for why, count in gone.items() if count]
    age = children_on(dataset, day, left_out)
    age = age[age.index.isin(kept["child_id"].to_pylist())]
    young = frozenset(map(str, age.index))
    use = thing_use(dataset, settings, evidence.period)
    left_out += [x for x in use.left_out if x.count]
    hidden = frozenset(dataset.withheld or ()) | frozenset(set(dataset["children"]["child_id"].to_pylist()) - set(
        kept["child_id"].to_pylist()
    ))  # fmt: skip
    together: list[Together] = []
    crowded: list[Together] = []
    for one in (*_stops(dataset, day), *_missing(dataset, day), *_things(dataset, use, settings.thing_cap)):
        (crowded if one.size > settings.thing_cap else together).append(one)
    ties = _merged(_ties(together, young))
    exploited = exploited_of(dataset, day, pd.Index(sorted(young), dtype=object), settings)
    by_child = links.groupby("child_id")["ocg_id"]
    groups = {str(child): tuple(sorted(set(own))) for child, own in by_child}
    several = {
        child
        for pair, own in _by_pair(ties).items()
        if len({(t.how, t.place) for t in own}) >= MANY_OCCASIONS
        for child in pair
    }
    asked = {c for c in young if exploited.get(c) or len(groups.get(c, ())) >= MANY_GROUPS}
    if child:
        if child not in young:
            raise UsageError(
                f"{child} is not among the children who count: not under 18 on the day, restricted, overdue for "
                "review, or no child in these records."
            )
        asked = {child}
    looked_at = asked if child else asked | several
    shown = [t for t in ties if {t.one, t.other} & looked_at]
    there = frozenset(c for t in shown for c in (t.one, t.other))
    schools = {c: s for c, s in zip(kept["child_id"].to_pylist(), kept["school"].to_pylist(), strict=True) if s}
    known_at = pd.Series(list(schools.values()), dtype=object).value_counts()
    names = {c: dataset.shown_names.get(c, "") for c in sorted(there | asked)}
    adults = _adults(together, young, hidden)
    linked = {c for c in asked if child or len(groups.get(c, ())) >= MANY_GROUPS}
    children = [
        _child(c, shown, names, age, exploited, groups, schools, adults, several)
        for c in sorted(looked_at & (there | linked))
    ]
    withheld = sum(person in hidden for one in together for person in one.people)
    if withheld:
        left_out.append(LeftOut("people", "restricted or overdue for review, on occasions with others", withheld))
    return Peers(
        day,
        tuple(sorted(children, key=lambda c: (-len(c.peers), c.id))),
        tuple(sorted(_around(ties, {c.id for c in children}), key=_order)),
        tuple(Crowd(o.how, o.place, o.label, o.size, tuple(sorted(set(o.people) & young))) for o in crowded),
        {c: (s, int(known_at[s])) for c, s in schools.items() if c in there},
        names,
        len(asked),
        tuple(n for n in ("stop_checks", "missing_episodes", "thing_links") if n not in dataset.given),
        settings.thing_cap,
        tuple(sorted(left_out)),
    )


def _order(tie: Tie) -> tuple[str, str, str, str, date]:
    return tie.one, tie.other, tie.how, tie.place, tie.first or date.min


def _around(ties: Iterable[Tie], looked_at: set[str]) -> list[Tie]:
    """Return the ties of some children, and those among their peers on the same occasions."""
    ties = list(ties)
    own = [t for t in ties if {t.one, t.other} & looked_at]
    places = {(t.how, t.place) for t in own}
    near = {c for t in own for c in (t.one, t.other)}
    between = [t for t in ties if (t.how, t.place) in places and {t.one, t.other} <= near]
    return list(dict.fromkeys((*own, *between)))


def _child(
    child: str,
    ties: list[Tie],
    names: dict[str, str],
    age: pd.Series,
    exploited: dict[str, tuple[str, ...]],
    groups: dict[str, tuple[str, ...]],
    schools: dict[str, str],
    adults: dict[str, set[str]],
    several: set[str],
) -> Child:
    own = [t for t in ties if child in (t.one, t.other)]
    peers = {t.other if t.one == child else t.one for t in own}
    years = age.get(child)
    return Child(
        child,
        names.get(child, ""),
        None if years is None or pd.isna(years) else int(years),
        exploited.get(child, ()),
        groups.get(child, ()),
        schools.get(child, ""),
        tuple(sorted(peers)),
        len({(t.how, t.place) for t in own}),
        len(adults.get(child, ())),
        child in several,
    )


def exploited_of(dataset: Dataset, day: date | None, ids: pd.Index, settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return what is recorded of the exploitation of each child, in words; a child without any is absent.

    Of the assessed risks the latest by the day counts; a risk that stands with the child counts where none was
    assessed. A level of none is no risk.
    """
    said: dict[str, list[str]] = defaultdict(list)
    wanted = set(ids)
    latest = newest_assessments(dataset, day)
    for (child, kind), (level, _, assessed_on) in sorted(latest.items()):
        if level != "none" and child in wanted:
            on = f", {assessed_on:%d/%m/%Y}" if assessed_on else ""
            said[child].append(f"risk of {kind} exploitation assessed as {level}{on}")
    risks = risks_of(dataset, day, ids, settings)
    for column, kind in (("cse_risk", "sexual"), ("cce_risk", "criminal")):
        for child, level in risks[column].items():
            if level and level.strip().lower() not in ("none", "no") and (child, kind) not in latest:
                said[str(child)].append(f"risk of {kind} exploitation recorded as {level}")
    crimes = crimes_of(dataset, day, ids)
    against = crimes[crimes["victim"].to_numpy(bool) & crimes["flags"].map(exploits).to_numpy(bool)]
    for child, count in against.groupby("child_id")["crime_id"].nunique().items():
        said[str(child)].append(f"named as victim in {count} crime{'s' * (count != 1)} of exploitation")
    referred = dated_by(dataset["referrals"], "made_on", day)
    referred = referred.filter(pc.equal(referred["kind"], "nrm"))["person_id"].to_pylist()
    for child in sorted(wanted & set(referred)):
        said[child].append("referred to the NRM")
    return {child: tuple(words) for child, words in said.items()}


# Who was together.


def _stops(dataset: Dataset, day: date | None) -> Iterator[Together]:
    """Yield the occasions on which several people were stopped."""
    t = dated_by(dataset["stop_checks"], "happened_on", day)
    by_occasion: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in t.filter(pc.not_equal(pc.fill_null(t["occasion"], ""), "")).to_pylist():
        by_occasion[str(row["occasion"]).strip()].append(row)
    for occasion, rows in sorted(by_occasion.items()):
        people = {str(r["person_id"]) for r in rows if r["person_id"]}
        days = [r["happened_on"] for r in rows if isinstance(r["happened_on"], date)]
        districts = sorted({str(r["district"]) for r in rows if r["district"]})
        unknown = sum(not r["person_id"] for r in rows)
        yield Together(
            STOPPED,
            occasion,
            ", ".join(districts),
            min(days, default=None),
            max(days, default=None),
            tuple(sorted(people)),
            len(people) + unknown,
            tuple(sorted(str(r["stop_id"]) for r in rows)),
        )


def _missing(dataset: Dataset, day: date | None) -> Iterator[Together]:
    """Yield missing episodes with companions; where somebody was found is written in own words and never repeated."""
    t = merged_episodes(dataset["missing_episodes"])
    row, who = companions_of(t)
    people: dict[int, set[str]] = defaultdict(set)
    for at, person in zip(row.tolist(), who.tolist(), strict=True):
        people[at].add(str(person))
    children, begun = t["child_id"].to_pylist(), t["missing_from"].to_pylist()
    for at, companions in sorted(people.items()):
        on = begun[at].date()
        if day is not None and on > day:
            continue
        everybody = tuple(sorted(companions | {children[at]}))
        source = f"missing episode of {children[at]} from {on:%d/%m/%Y}"
        episode = f"{children[at]} {begun[at]:%Y-%m-%dT%H:%M}"
        yield Together(MISSING, episode, "", on, on, everybody, len(everybody), (source,))


def _things(dataset: Dataset, use: ThingUse, cap: int) -> Iterator[Together]:
    """Yield the places and vehicles that several people had to do with in overlapping days, a stretch of days each.

    Of a vehicle those who were seen in it count, not its keepers. One of more users than ``cap`` comes once, with all.
    """
    joins = joining(use.relation, use.first, use.last)
    place = np.isin(use.kind[use.thing], PLACES) if len(use) else np.zeros(0, bool)
    ridden = (use.kind[use.thing] == "vehicle") & np.isin(use.relation, SEEN_ONCE) if len(use) else place
    users = users_of_things(use)
    lives = np.isin(use.relation, ("resident", "tenant"))
    labels = labels_of(dataset, use)
    for how, rows in ((HOME, place & lives), (AT, place & ~lives), (RODE, ridden)):
        spans = stretches_of(use, joins & rows)
        firm = _firm(use, joins & rows)
        for thing in np.unique(spans.thing).tolist():
            at = np.flatnonzero(spans.thing == thing)
            if len(np.unique(spans.person[at])) < 2:
                continue
            name = str(use.things[thing])
            kind = str(use.kind[thing])
            label = str(labels[thing]) or kind
            if users[thing] > cap:
                everybody = tuple(sorted(str(use.people[p]) for p in np.unique(spans.person[at])))
                yield Together(how, name, label, None, None, everybody, int(users[thing]))
                continue
            for first, last, present in _overlaps(spans.first[at], spans.last[at], spans.person[at]):
                sources = {
                    str(r)
                    for r, p, n in zip(use.report[rows], use.person[rows], use.thing[rows], strict=True)
                    if n == thing and p in present and r
                }
                yield Together(
                    how,
                    name,
                    label,
                    first,
                    last,
                    tuple(sorted(str(use.people[p]) for p in present)),
                    int(users[thing]),
                    tuple(sorted(sources)),
                    not all((thing, p) in firm for p in present),
                )


def _firm(use: ThingUse, rows: np.ndarray) -> set[tuple[int, int]]:
    """Return thing and person of every link among those marked that is more than suspected."""
    sure = rows & ~use.suspected
    return set(zip(use.thing[sure].tolist(), use.person[sure].tolist(), strict=True))


def _overlaps(
    first: np.ndarray, last: np.ndarray, person: np.ndarray
) -> Iterator[tuple[date | None, date | None, tuple[int, ...]]]:
    """Yield each two who had a thing at once, with the first and last day of that; open ends are None."""
    for a, b in combinations(range(len(first)), 2):
        if person[a] == person[b]:
            continue
        begin, end = max(first[a], first[b]), min(last[a], last[b])
        if begin <= end:
            yield _day(begin), _day(end), tuple(sorted((int(person[a]), int(person[b]))))


def _day(number: int) -> date | None:
    if abs(int(number)) >= _OPEN:
        return None
    day: date = np.datetime64(int(number), "D").item()
    return day


def _ties(together: Iterable[Together], young: frozenset[str]) -> Iterator[Tie]:
    """Yield each two children of each occasion."""
    for one in together:
        for a, b in combinations(sorted(set(one.people) & young), 2):
            yield Tie(a, b, one.how, one.place, one.label, one.first, one.last, one.size, one.sources, one.suspected)


def _merged(ties: Iterable[Tie]) -> list[Tie]:
    """Return ties of which several of one pair at one place are one, from the first of their days to the last.

    It is suspected only where every one of them is.
    """
    by_place: dict[tuple[str, str, str, str], list[Tie]] = defaultdict(list)
    for tie in ties:
        by_place[tie.one, tie.other, tie.how, tie.place].append(tie)
    made = []
    for own in by_place.values():
        first = None if any(t.first is None for t in own) else min(t.first for t in own if t.first)
        last = None if any(t.last is None for t in own) else max(t.last for t in own if t.last)
        sources = tuple(sorted({s for t in own for s in t.sources}))
        suspected = all(t.suspected for t in own)
        made.append(replace(own[0], first=first, last=last, sources=sources, suspected=suspected, times=len(own)))
    return made


def _by_pair(ties: Iterable[Tie]) -> dict[tuple[str, str], list[Tie]]:
    pairs: dict[tuple[str, str], list[Tie]] = defaultdict(list)
    for tie in ties:
        pairs[tie.one, tie.other].append(tie)
    return pairs


def _adults(together: Iterable[Together], young: frozenset[str], hidden: frozenset[str]) -> dict[str, set[str]]:
    """Return by child the adults who were with the child; who may not be shown is no part of it."""
    adults: dict[str, set[str]] = defaultdict(set)
    for one in together:
        others = set(one.people) - young - hidden
        for child in set(one.people) & young:
            adults[child] |= others
    return adults
