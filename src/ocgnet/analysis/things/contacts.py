"""With whom people and things were most in touch, and whom two of them have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from ocgnet.analysis.things.traffic import Contacts, Traffic, contacts_of
from ocgnet.english import counted
from ocgnet.evidence.membership import Memberships
from ocgnet.evidence.spans import group_starts
from ocgnet.evidence.thing_use import TAKES_NO_PART, ThingUse
from ocgnet.results import ResultTable
from ocgnet.settings import Settings


@dataclass(frozen=True)
class InTouch:
    """Traffic as contacts between people, and things that no one person used on the day.

    Numbers below ``len(use.people)`` are people, then follow the things of the traffic; the last number stands for
    everybody who takes no part, and is never named.
    """

    traffic: Traffic
    use: ThingUse
    names: Mapping[str, str]

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.use.people)

    @property
    def unnamed(self) -> int:
        """The number of those who take no part."""
        return self.people + len(self.traffic.things)

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Person or thing at either end of each row of the traffic, int64."""
        sides = zip(self.traffic.users(self.use), (self.traffic.one, self.traffic.two), strict=True)
        one, two = (self._node(user, thing) for user, thing in sides)
        return one, two

    def _node(self, user: np.ndarray, thing: np.ndarray) -> np.ndarray:
        node = np.where(user >= 0, user, self.people + thing.astype(np.int64))
        node[(user == TAKES_NO_PART) | ((user < 0) & self.traffic.withheld[thing])] = self.unnamed
        return node

    @cached_property
    def contacts(self) -> Contacts:
        """Contacts of each person, over all things that the person used; calls to oneself are none."""
        one, two = self.ends
        t = self.traffic
        subject, contact = np.concatenate((one, two)), np.concatenate((two, one))
        day, out, back = np.tile(t.day, 2), np.concatenate((t.out, t.back)), np.concatenate((t.back, t.out))
        rows = (subject < self.people) & (subject != contact)
        return contacts_of(subject[rows], contact[rows], day[rows], out[rows], back[rows])

    @cached_property
    def thing_contacts(self) -> Contacts:
        """Contacts of each thing that somebody has to do with, as numbers of things; all its traffic."""
        t = self.traffic
        subject, contact, day, out, back = t.both_ways()
        rows = (t.linked >= 0)[subject] & ~t.withheld[subject]
        subject, contact = subject[rows], np.where(t.withheld[contact[rows]], len(t.things), contact[rows])
        return contacts_of(subject + self.people, contact + self.people, day[rows], out[rows], back[rows])

    def number(self, ids: Sequence[str]) -> np.ndarray:
        """Return the number of each person or thing by id, -1 where it was never in touch."""
        thing = self.traffic.position(ids)
        person = pd.Index(self.use.people).get_indexer(pd.Index(ids, dtype=object))
        return np.where(person >= 0, person, np.where(thing >= 0, thing + self.people, -1))

    def described(self, number: np.ndarray) -> pd.DataFrame:
        """Return kind, id and name of people and things by their numbers."""
        ids = np.concatenate((self.use.people, self.traffic.things))[number]
        kinds = np.concatenate((np.full(self.people, "person", object), self.traffic.kind))[number]
        person = number < self.people
        label = self.traffic.label[np.where(person, 0, number - self.people)] if len(self.traffic.things) else ids
        names = [self.names.get(i, "") if is_one else word for i, is_one, word in zip(ids, person, label, strict=True)]
        return pd.DataFrame({"kind": kinds, "id": ids, "name": np.array(names, object)})


def top_contacts_of(touch: InTouch, settings: Settings) -> ResultTable:
    """Return the contacts of every person, and of every thing that somebody has to do with; most times first.

    At most ``settings.contacts_shown`` of each. A person's contacts are people, and things that no one person is known
    to have used on the day; a thing's are things. Contacts with people who take no part count and are not named.
    """
    parts = [_listed(touch, sums, settings.contacts_shown) for sums in (touch.contacts, touch.thing_contacts)]
    return ResultTable.of("top_contacts", pd.concat(parts, ignore_index=True))


def _listed(touch: InTouch, sums: Contacts, most: int) -> pd.DataFrame:
    order = np.lexsort((sums.contact, -sums.days, -sums.times, sums.contact == touch.unnamed, sums.subject))
    begins = group_starts(sums.subject[order]) if len(order) else np.zeros(0, bool)
    starts = np.flatnonzero(begins)
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order)))) + 1
    total = np.bincount(sums.subject, sums.times, touch.unnamed + 1)
    kept = (rank <= most) & (sums.contact[order] != touch.unnamed)
    rows = order[kept]
    group = np.full(len(sums), -1)
    group[rows] = np.arange(len(rows))
    of_subject, of_contact = touch.described(sums.subject[rows]), touch.described(sums.contact[rows])
    times = sums.times[rows]
    of_times = total[sums.subject[rows]].astype(np.int64)
    return pd.DataFrame(
        {
            "subject_kind": of_subject["kind"],
            "subject": of_subject["id"],
            "subject_name": of_subject["name"],
            "rank": rank[kept],
            "contact_kind": of_contact["kind"],
            "contact": of_contact["id"],
            "contact_name": of_contact["name"],
            "times": times,
            "share": times / np.maximum(of_times, 1),
            "of_times": of_times,
            "days": sums.days[rows],
            "to_contact": sums.to_contact[rows],
            "from_contact": sums.from_contact[rows],
            "first_day": sums.first[rows],
            "last_day": sums.last[rows],
            "authority_refs": _authorities(touch, sums.subject[rows], sums.contact[rows]),
        }
    )


def _authorities(touch: InTouch, subject: np.ndarray, contact: np.ndarray) -> list[str]:
    """Return the authorities behind each contact, by the rows of traffic between the two in either direction."""
    if not len(subject):
        return []
    t = touch.traffic
    persons = subject < touch.people
    refs = np.full(len(subject), "", object)
    for rows, (one, two) in (
        (np.flatnonzero(persons), touch.ends),
        (np.flatnonzero(~persons), (t.one.astype(np.int64) + touch.people, t.two.astype(np.int64) + touch.people)),
    ):
        # A pair that either lists the other is one group of records.
        height = touch.unnamed + 1
        wanted = np.minimum(subject[rows], contact[rows]) * height + np.maximum(subject[rows], contact[rows])
        keys, back = np.unique(wanted, return_inverse=True)
        if len(keys):
            at = pd.Index(keys).get_indexer(pd.Index(np.minimum(one, two) * height + np.maximum(one, two)))
            refs[rows] = np.array(t.authorities(at, len(keys)), object)[back]
    return list(refs)


def pairs_of_members(members: Memberships, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return each pair of members of one group once, sorted; ``ids`` are those that memberships point to."""
    by_group: dict[str, set[str]] = {}
    for person, ocg in zip(members.person.tolist(), members.ocg.tolist(), strict=True):
        by_group.setdefault(ocg, set()).add(ids[person])
    return sorted({pair for people in by_group.values() for pair in combinations(sorted(people), 2)})


def common_contacts_of(touch: InTouch, pairs: Sequence[tuple[str, str]], settings: Settings) -> ResultTable:
    """Return whom two people, or two things, are both in touch with; the rarest contact first.

    At most ``settings.contacts_shown`` of each pair. A contact that is in touch with more than
    ``settings.contact_cap`` others, such as voicemail or a taxi office, says nothing and is left out, as are those who
    take no part. Pairs of which one was never in touch with anybody have no rows.
    """
    asked = pd.DataFrame({"one": touch.number([a for a, _ in pairs]), "other": touch.number([b for _, b in pairs])})
    asked = asked[(asked >= 0).all(axis=1)]
    contacts = pd.concat([_frame(touch.contacts), _frame(touch.thing_contacts)], ignore_index=True)
    contacts = contacts[contacts["contact"] != touch.unnamed]
    contacts["in_touch_with"] = reach(touch)[contacts["contact"]]
    contacts = contacts[contacts["in_touch_with"] <= settings.contact_cap]
    wanted = contacts[contacts["subject"].isin(np.unique(asked.to_numpy()))]
    both = asked.merge(wanted.rename(columns={"subject": "one"}), on="one").merge(
        wanted.drop(columns="in_touch_with").rename(columns={"subject": "other"}),
        on=["other", "contact"],
        suffixes=("_one", "_other"),
    )
    both = both[(both["contact"] != both["one"]) & (both["contact"] != both["other"])]
    both["least"] = both[["times_one", "times_other"]].min(axis=1)
    both = both.sort_values(
        ["one", "other", "in_touch_with", "least", "contact"], ascending=[True, True, True, False, True]
    )
    both = both[both.groupby(["one", "other"]).cumcount() < settings.contacts_shown].reset_index(drop=True)
    described = {name: touch.described(both[name].to_numpy()) for name in ("one", "other", "contact")}
    frame = both.drop(columns=["one", "other", "contact"]).assign(
        subjects=described["one"]["kind"].where(described["one"]["kind"] == "person", "thing"),
        contact_kind=described["contact"]["kind"],
        **{name: part["id"] for name, part in described.items()},
        **{f"{name}_name": part["name"] for name, part in described.items()},
    )
    frame["because"] = [
        f"Both were in touch with {c}: {a} {counted(n, 'time')}, {b} {counted(m, 'time')}. It was in touch with "
        f"{r:,} in all, so that {'few' if r <= 5 else 'many'} share it."
        for a, b, c, n, m, r in zip(
            frame["one"], frame["other"], frame["contact"], frame["times_one"], frame["times_other"],
            frame["in_touch_with"], strict=True,
        )
    ]  # fmt: skip
    return ResultTable.of("common_contacts", frame)


def reach(touch: InTouch) -> np.ndarray:
    """Return with how many people and things each was in touch; of a thing with a user by day, all it was used for."""
    one, two = touch.ends
    different = one != two
    low, high = np.minimum(one, two)[different], np.maximum(one, two)[different]
    key = np.unique(low * (touch.unnamed + 1) + high)
    ends = np.concatenate((key // (touch.unnamed + 1), key % (touch.unnamed + 1)))
    met = np.bincount(ends, minlength=touch.unnamed + 1)
    of_things = np.zeros_like(met)
    of_things[touch.people : touch.unnamed] = touch.traffic.degree
    return np.asarray(np.maximum(met, of_things))


def _frame(sums: Contacts) -> pd.DataFrame:
    columns = {"subject": sums.subject, "contact": sums.contact, "times": sums.times, "days": sums.days}
    return pd.DataFrame(columns | {"first_day": sums.first, "last_day": sums.last})
