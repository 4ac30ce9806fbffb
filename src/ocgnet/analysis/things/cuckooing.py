"""Homes that others may have taken over: a prompt to safeguard the resident, who is never shown as a suspect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.things.shared import OPEN
from ocgnet.analysis.things.travelled import chance_words, labels_of
from ocgnet.clocks import on_the_wall
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.english import counted
from ocgnet.evidence.ages import ages_on, births_of, children_on
from ocgnet.evidence.independent_trials import at_least
from ocgnet.evidence.membership import Memberships
from ocgnet.evidence.period import Period, dated_by
from ocgnet.evidence.spans import group_starts
from ocgnet.evidence.thing_use import ThingUse
from ocgnet.model.things import NOT_TO_BE_SHARED_AS, PLACES
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

LIVING = ("resident", "tenant")
"""Relations of those whose home a place is."""

NOT_A_VISIT = (*LIVING, "owner", *NOT_TO_BE_SHARED_AS)
"""Relations to a place that are no visit."""

KIN = ("family", "household")
"""Kinds of recorded contact of people who visit each other as relatives do."""

NO_SIGN = "residents to whom as many nominals come, of whom no sign is recorded that they may be vulnerable"
"""Whom the table leaves out though the pattern is there: a record may be missing, not the need."""

_NO_RECORD = "is on no police record as a nominal"


@dataclass(frozen=True)
class _Visits:
    """Days on which nominals were at homes of others, each once, sorted by place, person and day."""

    place: np.ndarray  # int64: position in ``ThingUse.things``
    person: np.ndarray  # int64: position in the ids of people
    day: np.ndarray  # int64

    def kept(self, keep: np.ndarray) -> _Visits:
        return _Visits(self.place[keep], self.person[keep], self.day[keep])

    def while_lived(self, place: int, first: np.datetime64, last: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
        """Return the different visitors and days at a place from one day to another, NaT where that is open."""
        rows = slice(*np.searchsorted(self.place, (place, place + 1)))
        begin = -OPEN if np.isnat(first) else int(first.astype(np.int64))
        end = OPEN if np.isnat(last) else int(last.astype(np.int64))
        inside = (self.day[rows] >= begin) & (self.day[rows] <= end)
        return np.unique(self.person[rows][inside]), np.unique(self.day[rows][inside])


def possible_cuckooing_of(
    dataset: Dataset, use: ThingUse, members: Memberships, period: Period, settings: Settings
) -> tuple[ResultTable, tuple[LeftOut, ...]]:
    """Return residents who may be vulnerable, at homes to which several nominals come; children first.

    A visit is a link to the place that does not say who lives there, a sighting of a thing there whose user on the
    day is known, or a crime there to which the visitor is linked, while the resident lived there. Relatives of a
    resident and whoever ever lived there are no visitors. It takes ``settings.cuckoo_visitors`` of them on
    ``settings.cuckoo_days`` days. Homes with more than ``settings.cuckoo_residents`` residents, such as a hostel, and
    residents who belong to the group of a visitor and are no children, are left out and counted; so are those of whom
    nothing recorded says that they may be vulnerable, which does not say that they are not.

    The chance is that of as many visitors, had each of them come to as many homes, drawn at random from all places
    with a recorded resident and no more residents than that.
    """
    place_kind = np.isin(use.kind, PLACES)
    home = place_kind[use.thing] & np.isin(use.relation, LIVING)
    residents = _different(use.thing[home], use.person[home], len(use.things))
    for_many = residents > settings.cuckoo_residents
    homes = (residents > 0) & ~for_many
    people = pd.Index(use.people).union(dataset["crime_links"]["person_id"].unique().to_pylist())
    visits = _visits(dataset, use, people, homes, settings, period)
    lived = pd.MultiIndex.from_arrays(
        [use.thing[home].astype(np.int64), people.get_indexer(use.people[use.person[home]])]
    )
    visits = visits.kept(~pd.MultiIndex.from_arrays([visits.place, visits.person]).isin(lived))
    visits = visits.kept(~_kin(dataset, people, visits, lived))
    ids = dataset["nominals"]["nominal_id"].to_pylist()
    groups: dict[str, set[str]] = {}
    for person, ocg in zip(members.person.tolist(), members.ocg.tolist(), strict=True):
        groups.setdefault(ids[person], set()).add(ocg)
    compared = _Compared.of(visits, homes)
    signs = _Signs(dataset, period.as_of, settings, frozenset(ids))
    labels, names = labels_of(dataset, use), dataset.shown_names
    districts = dict(zip(*(dataset["things"][c].to_pylist() for c in ("thing_id", "district")), strict=True))
    held = _by_thing(dataset["group_things"], "ocg_id")
    scenes = _by_thing(
        dataset["crime_things"].filter(pc.equal(dataset["crime_things"]["involvement"], "scene")), "crime_id"
    )
    rows: list[dict[str, Any]] = []
    crowded = of_a_group = 0
    no_sign: set[tuple[int, str]] = set()
    for k in np.flatnonzero(home):
        place, resident = int(use.thing[k]), str(use.people[use.person[k]])
        if for_many[place]:
            crowded += 1
            continue
        who, when = visits.while_lived(place, use.first[k], use.last[k])
        if len(who) < settings.cuckoo_visitors or len(when) < settings.cuckoo_days:
            continue
        visitors = [str(people[p]) for p in who]
        age, child = signs.age(resident), resident in signs.children
        of_visitors = set().union(*(groups.get(v, set()) for v in visitors))
        if not child and groups.get(resident, set()) & of_visitors:
            of_a_group += 1
            continue
        concerns = signs.of(resident, child=child)
        if not concerns:
            no_sign.add((place, resident))
            continue
        as_many, chance = compared.against(len(who))
        row = {
            "place": use.things[place],
            "place_label": labels[place],
            "district": districts.get(str(use.things[place])) or "",
            "resident_id": resident,
            "resident_name": names.get(resident, ""),
            "resident_age": age,
            "resident_is_child": child,
            "resident_since": use.first[k],
            "concerns": "|".join(concerns),
            "signs": len([c for c in concerns if c != _NO_RECORD]),
            "visitors": len(who),
            "visitor_ids": "|".join(visitors),
            "visitor_names": "|".join(filter(None, (names.get(v, "") for v in visitors))),
            "visitor_groups": "|".join(sorted(of_visitors)),
            "days": len(when),
            "first_day": np.datetime64(int(when[0]), "D"),
            "last_day": np.datetime64(int(when[-1]), "D"),
            "crimes_there": len(scenes.get(str(use.things[place]), ())),
            "place_groups": "|".join(sorted(held.get(str(use.things[place]), ()))),
            "homes_with_as_many": as_many,
            "homes_compared": compared.homes,
            "share": as_many / compared.homes,
            "chance": chance,
        }
        rows.append(row | {"because": _because(row)})
    frame = pd.DataFrame(rows)
    if len(frame):
        frame = frame.drop_duplicates(["place", "resident_id"]).sort_values(
            ["resident_is_child", "signs", "chance", "place", "resident_id"], ascending=[False, False, True, True, True]
        )
        frame["resident_age"] = frame["resident_age"].astype("Int64")
    gone = [
        LeftOut("thing_links", f"residents of a place of more than {settings.cuckoo_residents} residents", crowded),
        LeftOut("thing_links", "residents who belong to the group of those who come to them, adults", of_a_group),
        LeftOut("thing_links", NO_SIGN, len(no_sign)),
    ]
    return ResultTable.of("possible_cuckooing", frame if len(frame) else ()), tuple(x for x in gone if x.count)


def _different(group: np.ndarray, value: np.ndarray, groups: int) -> np.ndarray:
    width = int(value.max(initial=0)) + 1
    return np.bincount(np.unique(group.astype(np.int64) * width + value) // width, minlength=groups)


def _by_thing(t: pa.Table, column: str) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    for thing, value in zip(t["thing_id"].to_pylist(), t[column].to_pylist(), strict=True):
        held.setdefault(thing, set()).add(value)
    return held


def _visits(
    dataset: Dataset, use: ThingUse, people: pd.Index, homes: np.ndarray, settings: Settings, period: Period
) -> _Visits:
    to_people = people.get_indexer(use.people)
    link = homes[use.thing] & ~np.isin(use.relation, NOT_A_VISIT)
    rows = np.flatnonzero(link)
    dated = [(rows[~np.isnat(on[rows])], on) for on in (use.first, use.last)]
    parts: list[tuple[np.ndarray, ...]] = [
        (use.thing[r].astype(np.int64), to_people[use.person[r]], on[r].astype(np.int64)) for r, on in dated
    ]
    parts += [_seen_there(dataset, use, to_people), _crimes_there(dataset, use, people, settings)]
    place, person, day = (np.concatenate(c).astype(np.int64) for c in zip(*parts, strict=True))
    nominal = np.append(people.isin(dataset["nominals"]["nominal_id"].to_pylist()), False)
    keep = (place >= 0) & (person >= 0)
    keep &= np.append(homes, False)[place] & nominal[person]
    if period.as_of is not None:
        keep &= day <= np.datetime64(period.as_of, "D").astype(np.int64)
    place, person, day = place[keep], person[keep], day[keep]
    order = np.lexsort((day, person, place))
    place, person, day = place[order], person[order], day[order]
    fresh = group_starts(place, person, day) if len(place) else np.zeros(0, bool)
    return _Visits(place[fresh], person[fresh], day[fresh])


def _seen_there(dataset: Dataset, use: ThingUse, to_people: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return who used things that were seen at places."""
    t = dataset["sightings"]
    things = pa.array(use.things, pa.string())
    place = pc.fill_null(pc.index_in(t["place"], things, skip_nulls=True), -1).to_numpy().astype(np.int64)
    rows = np.flatnonzero(place >= 0)
    thing = pc.fill_null(pc.index_in(t["thing_id"], things), -1).to_numpy().astype(np.int64)[rows]
    day = on_the_wall(t["at"].cast(pa.timestamp("s")).to_numpy()[rows]).astype("datetime64[D]")
    user = use.users_on(thing, day)
    return place[rows], np.append(to_people, -1)[np.where(user >= 0, user, -1)], day.astype(np.int64)


def _crimes_there(dataset: Dataset, use: ThingUse, people: pd.Index, settings: Settings) -> tuple[np.ndarray, ...]:
    """Return who is linked to crimes at places as one of ``settings.link_roles``; undated crimes are no visit."""
    links, crimes, scenes = dataset["crime_links"], dataset["crimes"], dataset["crime_things"]
    links = links.filter(pc.is_in(links["link_role"], pa.array(settings.link_roles, pa.string())))
    scenes = scenes.filter(pc.equal(scenes["involvement"], "scene")).select(["crime_id", "thing_id"])
    day = pc.coalesce(crimes["occurred_on"], crimes["recorded_on"]).cast(pa.int32())
    dated = pa.table({"crime_id": crimes["crime_id"], "day": day}).filter(pc.is_valid(day))
    both = scenes.join(dated, "crime_id", join_type="inner")
    both = both.join(links.select(["crime_id", "person_id"]), "crime_id", join_type="inner")
    place, person = (
        index.get_indexer(pd.Index(both[c].to_pylist(), dtype=object))
        for index, c in ((pd.Index(use.things), "thing_id"), (people, "person_id"))
    )
    return place, person, both["day"].to_numpy().astype(np.int64)


def _kin(dataset: Dataset, people: pd.Index, visits: _Visits, lived: pd.MultiIndex) -> np.ndarray:
    """Return which visits are by a relative of somebody who lives at the place."""
    family, contacts = dataset["family_links"], dataset["associations"]
    contacts = contacts.filter(pc.is_in(contacts["kind"], pa.array(KIN)))
    pairs = [*zip(family["adult_id"].to_pylist(), family["child_id"].to_pylist(), strict=True)]
    pairs += zip(contacts["person_a"].to_pylist(), contacts["person_b"].to_pylist(), strict=True)
    if not pairs or not len(visits.place):
        return np.zeros(len(visits.place), bool)
    one, other = (people.get_indexer(pd.Index(ids, dtype=object)) for ids in zip(*pairs, strict=True))
    kin = pd.DataFrame({"resident": np.append(one, other), "visitor": np.append(other, one)})
    kin = kin[(kin >= 0).all(axis=1)]
    at_home = pd.DataFrame({"place": lived.get_level_values(0), "resident": lived.get_level_values(1)})
    welcome = at_home.merge(kin, on="resident")
    return np.asarray(
        pd.MultiIndex.from_arrays([visits.place, visits.person]).isin(
            pd.MultiIndex.from_frame(welcome[["place", "visitor"]])
        )
    )


@dataclass(frozen=True)
class _Compared:
    """How many nominals come to each home with a recorded resident."""

    homes: int
    visitors: np.ndarray  # int64 per thing that is such a home
    each: np.ndarray  # int64 per visitor: to how many homes

    @classmethod
    def of(cls, visits: _Visits, homes: np.ndarray) -> _Compared:
        pairs = np.unique(np.column_stack((visits.place, visits.person)), axis=0)
        counts = np.bincount(pairs[:, 0], minlength=len(homes))[homes]
        each = np.unique(pairs[:, 1], return_counts=True)[1]
        return cls(int(homes.sum()), counts, each)

    def against(self, visitors: int) -> tuple[int, float]:
        """Return how many homes have as many visitors, and how often chance gives one as many."""
        share = np.minimum(self.each / self.homes, 1.0)
        chance = at_least(share, np.array([0, len(share)]), np.array([visitors]))
        return int((self.visitors >= visitors).sum()), float(chance[0])


class _Signs:
    """What is recorded that may make somebody vulnerable, each with its reason."""

    def __init__(self, dataset: Dataset, day: date | None, settings: Settings, nominals: frozenset[str]) -> None:
        self.nominals, self.old = nominals, settings.cuckoo_age
        self.ages: Mapping[str, Any] = {} if day is None else ages_on(births_of(dataset), day).dropna().to_dict()
        self.children = frozenset(children_on(dataset, day, []).index)
        victims = dataset["crime_links"].filter(pc.equal(dataset["crime_links"]["link_role"], "victim"))
        aces = dated_by(dataset["child_aces"], "recorded_on", day)
        aces = aces.filter(pc.equal(aces["status"], "observed"))
        crimes = _dated_crimes(dataset, day)
        victims = victims.filter(pc.is_in(victims["crime_id"], crimes))
        self.counts = (
            (_counts(victims["person_id"]), "was the victim of {}", "recorded crime", ""),
            (_counts(aces["child_id"]), "lived through {}", "observed adverse experience", ""),
            (_counts(_begun(dataset["missing_episodes"], day)["child_id"]), "went missing {}", "time", ""),
            (_counts(dated_by(dataset["referrals"], "made_on", day)["person_id"]), "was referred {}", "time", ""),
            (_counts(dated_by(dataset["stop_checks"], "happened_on", day)["person_id"]), "was in {}", "stop check", ""),
        )
        at_risk = dataset["children"]
        self.risk = {
            i: [f"is recorded at {level} risk of {what} exploitation" for what, level in pairs if level]
            for i, *levels in zip(*(at_risk[c].to_pylist() for c in ("child_id", "cse_risk", "cce_risk")), strict=True)
            for pairs in [tuple(zip(("sexual", "criminal"), levels, strict=True))]
        }

    def age(self, person: str) -> int | None:
        """Return the age in whole years, None when not known."""
        age = self.ages.get(person)
        return None if age is None else int(age)

    def of(self, person: str, *, child: bool) -> list[str]:
        """Return the reasons, none when nothing is recorded."""
        age = self.age(person)
        reasons = []
        if child:
            reasons.append("is a child" if age is None else f"is a child of {age}")
        elif age is not None and age >= self.old:
            reasons.append(f"is {age} years old")
        for count, words, one, many in self.counts:
            if number := count.get(person, 0):
                reasons.append(words.format(counted(number, one, many)))
        reasons += self.risk.get(person, ())
        if person not in self.nominals:
            reasons.append(_NO_RECORD)
        return reasons


def _dated_crimes(dataset: Dataset, day: date | None) -> pa.Array:
    return dated_by(dataset["crimes"], "recorded_on", day)["crime_id"].combine_chunks()


def _begun(episodes: pa.Table, day: date | None) -> pa.Table:
    on = episodes["missing_from"].cast(pa.date32(), safe=False)
    return episodes.filter(pc.invert(pc.fill_null(pc.greater(on, pa.scalar(day, pa.date32())), False)))


def _counts(ids: pa.ChunkedArray) -> dict[str, int]:
    counts = pc.value_counts(ids.drop_null())
    return {row["values"]: row["counts"] for row in counts.to_pylist()}


def _because(row: Mapping[str, Any]) -> str:
    return (
        f"A prompt to safeguard {row['resident_id']}, never a suspicion: the home at {row['place']} may be used by "
        f"others. {counted(row['visitors'], 'nominal')} came there on {counted(row['days'], 'day')} from "
        f"{row['first_day']} to {row['last_day']}: {_listed(row['visitor_ids'].split('|'))}. The resident "
        f"{_listed(row['concerns'].split('|'))}. Of {counted(row['homes_compared'], 'home')} with a recorded resident "
        f"{row['homes_with_as_many']:,} had as many such visitors; drawn at random a home has as many "
        f"{chance_words(row['chance'])}."
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
