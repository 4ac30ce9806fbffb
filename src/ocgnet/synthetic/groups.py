"""Groups and their members over time: 42 groups and 137 members a year ago, 38 and 207 now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from ocgnet.synthetic.people import Person, Registry
from ocgnet_demo.drawing import AS_OF, BEFORE_AS_OF, DISTRICTS, FIRST, Row, day_between, stream

CONTINUING = (20, 15, 12, 10, 9, 7, 7, 6, 6, 6, *[5] * 7, *[4] * 11, *[3] * 4, 2)
"""Members today of the groups that were there a year ago."""
NEW = (8, 5, 4, 4, 3)
"""Members of the groups mapped during the year."""
ARCHIVED = (6, 5, 4, 4, 3, 3, 3, 2, 2)
"""Members a year ago of the groups archived during the year."""
LONG_GONE = (4, 4, 3)
"""Members of groups archived before last year."""
IN_TWO_GROUPS = 8
STAYED = 92
"""Of today's members, those who were in the same group a year ago."""
MOVED_TO_NEW, MOVED_FROM_ARCHIVED, IN_ARCHIVED_TOO, LEFT = 4, 6, 2, 11
ROLE_CHANGES = 22
NOT_ASSESSED = 5
ASSOCIATES = 300

_RANK = {"principal": 3, "significant": 2, "peripheral": 1, "": 0}


@dataclass
class Roster:
    """Who belongs to what.

    ``now`` and ``before`` map each group to its members' roles (empty: not assessed) on the two days,
    ``ever`` to everybody who was in it, with the latest role.
    """

    people: dict[str, Person] = field(default_factory=dict)
    districts: dict[str, str] = field(default_factory=dict)
    mapped: dict[str, date] = field(default_factory=dict)
    archived: dict[str, date] = field(default_factory=dict)
    memberships: list[Row] = field(default_factory=list)
    associates: list[str] = field(default_factory=list)

    def on(self, day: date) -> dict[str, dict[str, str]]:
        """Return the members of each group that is live on ``day``, with their roles."""
        live = [g for g, d in self.mapped.items() if d <= day and self.archived.get(g, date.max) > day]
        held: dict[str, dict[str, str]] = {g: {} for g in sorted(live)}
        for group, person, role, begun, ended in self._terms():
            if group in held and begun <= day and (ended is None or ended >= day):
                held[group][person] = role
        return held

    @property
    def ever(self) -> dict[str, dict[str, str]]:
        """Everybody who was ever in each group, with the latest role."""
        held: dict[str, dict[str, str]] = {g: {} for g in sorted(self.mapped)}
        for group, person, role, _, _ in sorted(self._terms(), key=lambda t: t[3]):
            held[group][person] = role
        return held

    def _terms(self) -> Iterable[tuple[str, str, str, date, date | None]]:
        for m in self.memberships:
            begun, ended = m["from_date"], m["to_date"]
            assert isinstance(begun, date)  # noqa: S101  the row was made below
            assert ended is None or isinstance(ended, date)  # noqa: S101  as above
            yield str(m["ocg_id"]), str(m["nominal_id"]), str(m["role"] or ""), begun, ended


def members(held: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return each member's highest role over the groups of ``held``, by sorted id."""
    best: dict[str, str] = {}
    for roles in held.values():
        for person, role in roles.items():
            if person not in best or _RANK[role] > _RANK[best[person]]:
                best[person] = role
    return dict(sorted(best.items()))


def make_roster(seed: int, registry: Registry) -> Roster:
    """Draw groups, people and memberships."""
    return _Maker(seed, registry).roster


class _Maker:
    """Fills a roster step by step; each step is one kind of movement in or out of groups."""

    def __init__(self, seed: int, registry: Registry) -> None:
        self.rng = stream(seed, "groups")
        self.registry = registry
        self.roster = Roster()
        self._ids = iter(self.rng.sample([f"N{i:04d}" for i in range(1, 600)], 599))
        names = iter(self.rng.sample([f"OCG{i:02d}" for i in range(1, 51)], 50))
        continuing = {self._found(next(names), "continuing"): n for n in CONTINUING}
        new = {self._found(next(names), "new"): n for n in NEW}
        archived = {self._found(next(names), "archived"): n for n in ARCHIVED}
        gone = {self._found(next(names), "gone"): n for n in LONG_GONE}
        slots = self._staff({**continuing, **new})
        stayed, moved = self._seniority(slots, set(new))
        self._archived_members(archived, stayed, moved)
        self._leavers(sorted(continuing), gone)
        for _ in range(ASSOCIATES):
            self.roster.associates.append(self._recruit("", (17, 52)))

    def _found(self, group: str, kind: str) -> str:
        rng, roster = self.rng, self.roster
        roster.districts[group] = rng.choice(DISTRICTS)
        first, last = {
            "continuing": (date(2011, 1, 1), date(2018, 1, 31)),
            "new": (FIRST, date(2018, 12, 15)),
            "archived": (date(2012, 1, 1), date(2017, 6, 30)),
            "gone": (date(2010, 1, 1), date(2013, 1, 1)),
        }[kind]
        roster.mapped[group] = day_between(rng, first, last)
        if kind == "archived":
            roster.archived[group] = day_between(rng, FIRST + timedelta(days=9), date(2019, 2, 28))
        if kind == "gone":
            roster.archived[group] = day_between(rng, date(2015, 1, 1), date(2016, 12, 31))
        return group

    def _recruit(self, group: str, ages: tuple[int, int] = (18, 56)) -> str:
        home = self.roster.districts[group] if group and self.rng.random() < 0.8 else ""
        person = self.registry.person(next(self._ids), ages, female=0.13, district=home)
        self.roster.people[person.id] = person
        return person.id

    def _roles(self, size: int) -> list[str]:
        """Return the roles of a group: about a fifth principal, nearly half of the rest significant."""
        principals = 0 if size == 2 or (size == 3 and self.rng.random() < 0.3) else max(1, round(size / 5.2))
        significant = round((size - principals) * 0.47)
        peripheral = size - principals - significant
        return ["principal"] * principals + ["significant"] * significant + ["peripheral"] * peripheral

    def _staff(self, sizes: dict[str, int]) -> list[tuple[str, str, str]]:
        """Return today's (group, role, person); some people stand in two groups."""
        slots = [(g, r, self._recruit(g)) for g, n in sizes.items() for r in self._roles(n)]
        lower = [i for i, (g, r, _) in enumerate(slots) if r != "principal" and sizes[g] >= 4]
        for i in self.rng.sample(lower, IN_TWO_GROUPS):
            group, role, spare = slots[i]
            doubled = {p for _, _, p in slots if sum(p == q for _, _, q in slots) > 1}
            others = [p for g, r, p in slots if g != group and r != "peripheral" and p not in doubled]
            slots[i] = (group, role, self.rng.choice(others))
            del self.roster.people[spare]
        blanks = [i for i, (_, r, _) in enumerate(slots) if r != "principal"]
        for i in self.rng.sample(blanks, NOT_ASSESSED):
            slots[i] = (slots[i][0], "", slots[i][2])
        return slots

    def _seniority(self, slots: list[tuple[str, str, str]], new: set[str]) -> tuple[list[str], list[str]]:
        """Decide since when each of today's members belongs; return who stayed, and who came from archived groups."""
        rng = self.rng
        first_slot: dict[str, str] = {}
        for group, _, person in slots:
            first_slot.setdefault(person, group)
        firsts = [(g, r, p) for g, r, p in slots if first_slot[p] == g]
        old = [s for s in firsts if s[0] not in new]
        # The longer somebody is in, the higher the role tends to be; every group had two members at least.
        order = sorted(old, key=lambda s: -(_RANK[s[1]] + rng.random() * 3))
        chosen: list[tuple[str, str, str]] = []
        for group in sorted({g for g, _, _ in old}):
            chosen += [s for s in order if s[0] == group][:2]
        chosen += [s for s in order if s not in chosen][: STAYED - len(chosen)]
        stayed = {p for _, _, p in chosen}
        arrivals = sorted(p for g, _, p in old if p not in stayed)
        from_archived = rng.sample(arrivals, MOVED_FROM_ARCHIVED)
        to_new = rng.sample(sorted(p for g, _, p in firsts if g in new), MOVED_TO_NEW)
        changes = set(rng.sample(sorted(p for _, r, p in chosen if r), ROLE_CHANGES))
        for group, role, person in slots:
            mapped = self.roster.mapped[group]
            if person in stayed and first_slot[person] == group:
                begun = day_between(rng, max(mapped, self._sixteen(person)), BEFORE_AS_OF)
                if person in changes:
                    turn = day_between(rng, FIRST, AS_OF - timedelta(days=30))
                    self._term(person, group, self._earlier(role), begun, turn - timedelta(days=1))
                    begun = turn
            else:
                begun = day_between(rng, max(mapped, FIRST), AS_OF - timedelta(days=12))
            self._term(person, group, role, begun, None)
        homes = [g for g, _, _ in old]
        for person in to_new:
            self._past(person, rng.choice(homes), "significant", day_between(rng, FIRST, date(2018, 9, 30)))
        return sorted(stayed), sorted(from_archived)

    def _earlier(self, role: str) -> str:
        if role == "principal":
            return "significant"
        return "peripheral" if role == "significant" else self.rng.choice(("significant", ""))

    def _archived_members(self, archived: dict[str, int], stayed: list[str], moved: list[str]) -> None:
        """Fill the groups archived in the year; some of their members are in other groups today."""
        rng = self.rng
        slots = [(g, i) for g, n in archived.items() for i in range(n)]
        followers = [s for s in slots if s[1] > 0]
        takers = iter([*moved, *rng.sample(stayed, IN_ARCHIVED_TOO)])
        taken = dict(zip(rng.sample(followers, MOVED_FROM_ARCHIVED + IN_ARCHIVED_TOO), takers, strict=True))
        for group, i in slots:
            person = taken.get((group, i)) or self._recruit(group)
            # Most memberships simply end with the group; some were closed on that day.
            ended = self.roster.archived[group] if rng.random() < 0.4 else None
            self._past(person, group, "principal" if i == 0 else self._minor(), ended)

    def _leavers(self, continuing: list[str], gone: dict[str, int]) -> None:
        rng = self.rng
        for group in rng.sample(continuing, LEFT):
            ended = day_between(rng, FIRST, AS_OF - timedelta(days=20))
            self._past(self._recruit(group), group, self._minor(), ended)
        for group, size in gone.items():
            for i in range(size):
                self._past(self._recruit(group, (26, 60)), group, "principal" if i == 0 else self._minor(), None)

    def _sixteen(self, person: str) -> date:
        """Return the day from which somebody is sixteen: nobody joins before."""
        return self.roster.people[person].born + timedelta(days=16 * 365 + 4)

    def _minor(self) -> str:
        return self.rng.choice(("significant", "peripheral", "peripheral"))

    def _past(self, person: str, group: str, role: str, ended: date | None) -> None:
        first = max(self.roster.mapped[group], self._sixteen(person))
        last = min(BEFORE_AS_OF, self.roster.archived.get(group, date.max))
        self._term(person, group, role, day_between(self.rng, first, last), ended)

    def _term(self, person: str, group: str, role: str, begun: date, ended: date | None) -> None:
        assessed = min(begun + timedelta(days=self.rng.randint(3, 60)), ended or AS_OF)
        self.roster.memberships.append(
            {
                "nominal_id": person,
                "ocg_id": group,
                "role": role or None,
                "from_date": begun,
                "to_date": ended,
                "assessed_by": f"Analyst {self.rng.choice('ABCDEFG')}" if role else None,
                "assessed_on": assessed if role else None,
            }
        )
