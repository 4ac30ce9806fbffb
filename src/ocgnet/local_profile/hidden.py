"""The chapter on hidden demand: people outside every group who are tied to members, and ties that no group covers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ocgnet.analysis.intervals import count_interval
from ocgnet.dataset import Dataset
from ocgnet.evidence.ages import ADULT, DECLARING, children_on
from ocgnet.evidence.evidence import Evidence, Incidence, evidence_of
from ocgnet.evidence.period import dated_by, network_period
from ocgnet.local_profile.figures import EVENTS, Part, ProfileFigure, table_of
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import NO_DISTRICT, Material
from ocgnet.model import PERSON_TABLES
from ocgnet.network.ties import CRIME, REPORT, Ties, ties_of
from ocgnet.results import Figure
from ocgnet.results.columns import fact

CHAPTER = "hidden demand"
LEAST_MEMBERS = 2
"""Members to whom somebody outside every group is tied to be counted."""

TWICE, LEAST_PEOPLE = 2, 3
"""Crimes, reports and contacts behind each tie of a set, and people in it, for it to be listed."""

DRAWS = 40
"""Random allocations of the same links behind what chance gives."""

HIDDEN_PEOPLE = TableOf(
    "hidden_people",
    "Outside, but tied",
    "Where do the people live who belong to no group and are tied to several members?",
    (
        fact("district", "text", "District of the person's record."),
        people("people", f"People in no group on the day, tied to {LEAST_MEMBERS} or more members."),
        people("of_one_group", "Of these, tied to members of one group only.", "people"),
        people("of_several_groups", "Of these, tied to members of two or more groups.", "people"),
        people("once_members", "Of these, once recorded as a member.", "people"),
    ),
    apart=(("people",),),
)
HIDDEN_SETS = TableOf(
    "hidden_sets",
    "Ties without a group",
    "Which sets of people in no group hang together by ties that were made twice or more? Suggestions, no groups.",
    (
        made("set", "id", "The set, numbered by size."),
        people("people", "People in it."),
        made("pairs", "count", "Pairs of them with two or more crimes, reports or contacts in common."),
        made("crimes", "count", "Crimes that two or more of them have in common."),
        made("reports", "count", "Reports that name two or more of them."),
        made("groups_near", "count", "Groups to a member of which one of them is tied."),
        made("district", "text", "District where most of them live; several where no district has more than half."),
        made("last_on", "date", "Latest crime, report or contact that two of them have in common."),
    ),
    whole=None,
    ordered_by=("people",),
)


def hidden_part(material: Material) -> Part:
    """Return who is tied to members and in no group, by district, and sets of people whom no group covers.

    A tie is one of ``ocgnet analyse``: a crime (by the roles that count; being a victim is none), a report of a grade
    that counts, or a recorded contact that two nominals have in common, of all records up to the day, or from
    ``network_from``. Things and calls make none here. Nobody under 18, or of unknown age and named by a table of
    children, is counted among them; how many would be is a figure of its own. Nothing is said without memberships.
    """
    if not material.has("memberships"):
        return Part((table_of(HIDDEN_PEOPLE, []), table_of(HIDDEN_SETS, [])), {})
    found = HiddenDemand.of(near_ties(material), material)
    return Part((table_of(HIDDEN_PEOPLE, found.by_district()), table_of(HIDDEN_SETS, found.sets())), found.figures())


def near_ties(material: Material) -> Dataset:
    """Return the records that can tie two people: crimes that name two or more in a role that counts, and all reports.

    Of millions of links few remain; the ties made of them are those of all records.
    """
    records, dataset = material.records, material.dataset
    roles = ", ".join(f"'{role}'" for role in material.settings.analysis.link_roles)
    shared = records.sql(
        f"SELECT crime_id FROM crime_links WHERE link_role IN ({roles}) "
        "GROUP BY crime_id HAVING min(person_id) <> max(person_id) ORDER BY 1"
    )["crime_id"].combine_chunks()
    kept = dict(dataset.tables)
    for name in ("crime_links", "crimes"):
        kept[name] = dataset[name].filter(pc.is_in(dataset[name]["crime_id"], shared))
    named = [
        kept["crime_links"]["person_id"],
        dataset["intel_links"]["person_id"],
        *(dataset["associations"][side] for side in ("person_a", "person_b")),
        dataset["memberships"]["nominal_id"],
    ]
    wanted = pc.unique(pa.chunked_array([c for column in named for c in column.chunks], pa.string()))
    kept["nominals"] = dataset["nominals"].filter(pc.is_in(dataset["nominals"]["nominal_id"], wanted))
    return replace(dataset, tables=kept)


def young_of(records: Dataset, ids: pa.Array, as_of: date | None) -> np.ndarray:
    """Return who of ``ids`` is under 18, or of unknown age and named by a table of children."""
    kept = dict(records.tables)
    if as_of is not None:
        # Whoever was born long before is none of them, unless a table of children names them.
        declared = pc.unique(pa.concat_arrays([records[name]["child_id"].combine_chunks() for name in DECLARING]))
        eldest = pa.scalar(as_of.replace(year=as_of.year - ADULT - 1, day=1))
        for name, key in PERSON_TABLES.items():
            late = pc.fill_null(pc.greater(records[name]["date_of_birth"], eldest), False)
            rows = records[name].filter(pc.or_(late, pc.is_in(records[name][key], declared)))
            kept[name] = rows
    ages = children_on(replace(records, tables=kept), as_of, [])
    return np.asarray(pc.is_in(ids, pa.array(ages.index.tolist(), pa.string())).to_numpy(zero_copy_only=False), bool)


@dataclass(frozen=True)
class HiddenDemand:
    """Who is tied to whom, seen from outside the groups."""

    material: Material
    evidence: Evidence
    ties: Ties
    # bool, shape (people,): nominals in a group on the day, those about whom nothing is said for their age, and those
    # with any membership ever
    inside: np.ndarray
    young: np.ndarray
    once: np.ndarray
    district: np.ndarray  # str (object), shape (people,)
    draws: tuple[tuple[int, int], ...]  # by random allocation: people tied to members, and sets

    @classmethod
    def of(cls, records: Dataset, material: Material) -> HiddenDemand:
        """Make the ties, and what random allocations of the same links give."""
        settings = material.settings.analysis
        evidence = evidence_of(records, settings, network_period(material.period, settings))
        ties = ties_of(evidence, settings)
        ids = pa.array(evidence.nominals, pa.string())
        young = young_of(records, ids, material.period.as_of)
        begun = dated_by(records["memberships"], "from_date", material.period.as_of)["nominal_id"]
        once = pc.is_in(ids, pc.unique(begun.combine_chunks())).to_numpy(False)
        at = pc.index_in(ids, records["nominals"]["nominal_id"].combine_chunks())
        district = pc.fill_null(records["nominals"]["district"].combine_chunks().take(at), "")
        named = np.array([d.strip() or NO_DISTRICT for d in district.to_pylist()], object)
        found = cls(material, evidence, ties, evidence.members, young, once, named, ())
        return replace(found, draws=tuple(_drawn(found)))

    # Who is tied to members.

    def tied(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return how many members each person outside is tied to by these pairs, shape (people,); 0 for members."""
        person, _ = self._towards(a, b)
        return np.bincount(person, minlength=len(self.inside))

    def _towards(self, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs of somebody outside and a member, each once."""
        person, member = np.r_[a, b].astype(np.int64), np.r_[b, a].astype(np.int64)
        chosen = ~self.inside[person] & self.inside[member]
        return person[chosen], member[chosen]

    @cached_property
    def groups_near(self) -> np.ndarray:
        """Return of how many groups each person outside is tied to a member, shape (people,)."""
        person, member = self._towards(self.ties.a, self.ties.b)
        held = self.evidence.memberships
        pairs = pd.DataFrame({"person": person, "member": member}).merge(
            pd.DataFrame({"member": held.person.astype(np.int64), "ocg": held.ocg}), on="member"
        )
        counts = pairs.groupby("person")["ocg"].nunique()
        groups = np.zeros(len(self.inside), np.int64)
        groups[counts.index.to_numpy(np.int64)] = counts.to_numpy()
        return groups

    @cached_property
    def chosen(self) -> np.ndarray:
        """Who is outside and tied to several members, whatever the age, shape (people,)."""
        return self.tied(self.ties.a, self.ties.b) >= LEAST_MEMBERS

    def by_district(self) -> list[tuple[Any, ...]]:
        """Return the rows of ``hidden_people``, most people first."""
        listed, groups = self.chosen & ~self.young, self.groups_near
        rows = [
            (
                name,
                int((at := listed & (self.district == name)).sum()),
                int((at & (groups == 1)).sum()),
                int((at & (groups > 1)).sum()),
                int((at & self.once).sum()),
            )
            for name in sorted(set(self.district[listed]))
        ]
        return sorted(rows, key=lambda row: str(row[0]))

    # Sets of people whom no group covers.

    def number_of_set(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the set of each person by the pairs tied twice, -1 for none, shape (people,)."""
        outside = ~(self.inside | self.young)
        kept = outside[a] & outside[b]
        label = np.full(len(self.inside), -1, np.int64)
        if not kept.any():
            return label
        who, at = np.unique(np.r_[a[kept], b[kept]], return_inverse=True)
        left, right = np.split(at, 2)
        graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(who), len(who)))
        _, number = connected_components(graph, directed=False)
        label[who] = np.where(np.bincount(number)[number] >= LEAST_PEOPLE, number, -1)
        return label

    @cached_property
    def repeated(self) -> np.ndarray:
        """Which ties are made of several crimes, reports or contacts, shape (ties,)."""
        return np.asarray(np.diff(self.ties.start) >= TWICE)

    @cached_property
    def label(self) -> np.ndarray:
        """Return the set of each person, -1 for none, shape (people,)."""
        return self.number_of_set(self.ties.a[self.repeated], self.ties.b[self.repeated])

    def sets(self) -> list[dict[str, Any]]:
        """Return the rows of ``hidden_sets``, most people first."""
        ties, again, groups, label = self.ties, self.repeated, self.groups_near, self.label
        of_tie = np.where(again & (label[ties.a] >= 0) & (label[ties.a] == label[ties.b]), label[ties.a], -1)
        row = of_tie[ties.tie]
        found: list[dict[str, Any]] = []
        for number in np.unique(label[label >= 0]):
            who = np.flatnonzero(label == number)
            made_by = row == number
            lives = Counter(self.district[who]).most_common(1)[0]
            last = ties.last[made_by]
            known = last[~np.isnat(last)]
            found.append(
                {
                    "people": len(who),
                    "pairs": int((of_tie == number).sum()),
                    "crimes": len(np.unique(ties.event[made_by & (ties.kind == CRIME)])),
                    "reports": len(np.unique(ties.event[made_by & (ties.kind == REPORT)])),
                    "groups_near": int(groups[who].max()),
                    "district": lives[0] if lives[1] * 2 > len(who) else "several",
                    "last_on": _day(known.max()) if len(known) else None,
                    "first": str(self.evidence.nominals[who[0]]),
                }
            )
        found.sort(key=lambda r: (-r["people"], -r["pairs"], r["first"]))
        return [{"set": f"S{n}", **{k: v for k, v in r.items() if k != "first"}} for n, r in enumerate(found, 1)]

    # Figures.

    def figures(self) -> dict[str, Figure]:
        """Return how many people and sets there are, beside what random allocation gives."""
        listed, groups, label = self.chosen & ~self.young, self.groups_near, self.label
        tied, several = int(listed.sum()), int((listed & (groups > 1)).sum())
        sets = len(np.unique(label[label >= 0]))
        period = self.evidence.period
        until = f"{period.first or 'the first record'} to {period.last}" if period.last else "all records"
        by = f"crimes, reports and contacts of {until} that two nominals have in common"
        outside = (
            f"nominals in no group on {self.material.period.as_of}, tied to {LEAST_MEMBERS} or more members by {by}"
        )
        twice = f"of people in no group, {LEAST_PEOPLE} or more joined by pairs with {TWICE} or more {by}"

        def figure(
            value: int, says: str, counted: str, whole: int | None = None, chance: list[int] | None = None
        ) -> ProfileFigure:
            low, high = count_interval(value)
            null = np.quantile(chance, [0.025, 0.5, 0.975]).tolist() if chance else (None, None, None)
            return ProfileFigure(
                value, "count", says, None if whole is None else value, whole, counted, low, high,
                null_low=null[0], null_median=null[1], null_high=null[2],
                chapter=CHAPTER, period=until, records=value, interval=EVENTS,
            )  # fmt: skip

        return {
            "hidden_tied": figure(
                tied, "People in no group who are tied to several members", outside,
                chance=[people_drawn for people_drawn, _ in self.draws],
            ),
            "hidden_tied_several": figure(
                several, "Of these, tied to members of two or more groups", outside, tied
            ),
            "hidden_tied_once": figure(
                int((listed & self.once).sum()), "Of these, once recorded as a member", outside, tied
            ),
            "hidden_tied_young": figure(
                int((self.chosen & self.young).sum()), "People under 18 in no group who are tied to several members",
                f"{outside}; under 18, or of unknown age and named by a table of children",
            ),
            "hidden_sets": figure(
                sets, "Sets of people whom no group covers", twice, chance=[drawn for _, drawn in self.draws]
            ),
            "hidden_set_people": figure(int((label >= 0).sum()), "People in sets that no group covers", twice),
        }  # fmt: skip


def _day(when: np.datetime64) -> date:
    plain: date = when.astype("datetime64[D]").item()
    return plain


# What chance gives.


def _drawn(found: HiddenDemand) -> list[tuple[int, int]]:
    """Return for each random allocation how many people are tied to several members, and how many sets there are.

    Who of those outside stands in which place of a crime or a report that somebody outside holds is drawn: everybody
    is in as many crimes and as many reports as before, and members and recorded contacts stay. So chance says how
    many would meet several members, or each other again, if it did not matter who they are.
    """
    ties, size = found.ties, len(found.inside)
    rng = np.random.default_rng(found.material.settings.analysis.seed)
    pairs = [_pairs(of, ties, kind) for of, kind in ((found.evidence.crimes, CRIME), (found.evidence.reports, REPORT))]
    contacts = ties.tie[ties.contacts]
    fixed = ties.a[contacts].astype(np.int64) * size + ties.b[contacts]
    drawn = []
    for _ in range(DRAWS if sum(len(p[0]) for p in pairs) else 0):
        codes = np.concatenate([fixed, *(_allocated(*p, found.inside, rng) for p in pairs)])
        pair, times = np.unique(codes, return_counts=True)
        a, b = np.divmod(pair, max(size, 1))
        again = times >= TWICE
        label = found.number_of_set(a[again], b[again])
        listed = (found.tied(a, b) >= LEAST_MEMBERS) & ~found.young
        drawn.append((int(listed.sum()), len(np.unique(label[label >= 0]))))
    return drawn


def _pairs(links: Incidence, ties: Ties, kind: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the people of the events that make ties, and which two of these places stand in one event."""
    events = np.unique(ties.event[ties.kind == kind])
    used = np.isin(links.event, events)
    person, event = links.person[used].astype(np.int64), links.event[used]
    frame = pd.DataFrame({"event": event, "place": np.arange(len(event))})
    both = frame.merge(frame, on="event")
    both = both[both["place_x"] < both["place_y"]]
    return person, both["place_x"].to_numpy(), both["place_y"].to_numpy()


def _allocated(
    person: np.ndarray, left: np.ndarray, right: np.ndarray, inside: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return the pairs of one allocation, as one number each; somebody drawn twice into an event makes none there."""
    drawn, outside = person.copy(), ~inside[person]
    drawn[outside] = rng.permutation(person[outside])
    a, b = np.minimum(drawn[left], drawn[right]), np.maximum(drawn[left], drawn[right])
    return np.asarray((a * len(inside) + b)[a != b])
