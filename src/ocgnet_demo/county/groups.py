"""Groups and their members over time: 42 groups and 137 members a year ago, 38 and 207 now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from ocgnet_demo.county.people import Person, Registry
from ocgnet_demo.drawing import AS_OF, BEFORE_AS_OF, DISTRICTS, FIRST, Row, day_between, poisson, stream

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
        chosen = self.rng.sample(lower, IN_TWO_GROUPS)
        for k, i in enumerate(chosen):
            group, role, spare = slots[i]
            doubled = {p for _, _, p in slots if sum(p == q for _, _, q in slots) > 1}
            others = [p for g, r, p in slots if g != group and r != "peripheral" and p not in doubled]
            taker = self.rng.choice(others)
            # Whose own place is given to somebody else in a moment cannot take a second one.
            while taker in {slots[j][2] for j in chosen[k + 1 :]}:
                taker = self.rng.choice(others)
            slots[i] = (group, role, taker)
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


# What each group deals in, where, and how it is described.

POWDER_COCAINE, OTHER_DRUGS = 22, ("heroin", "cannabis", "crack cocaine")
OTHER_TYPES = (
    "organised acquisitive crime", "organised acquisitive crime", "organised acquisitive crime", "money laundering",
    "money laundering", "fraud", "fraud", "modern slavery", "modern slavery", "organised immigration crime",
    "firearms", "firearms", "child sexual exploitation",
)  # fmt: skip
COUNTRIES = ("AL", "BE", "BG", "CO", "DE", "ES", "FR", "IE", "LT", "NL", "PL", "RO", "TR", "VN")
GROUPS_ABROAD = 10
_PILLARS = {
    "drug trafficking": "commodities",
    "firearms": "commodities",
    "modern slavery": "vulnerabilities",
    "organised immigration crime": "vulnerabilities",
    "child sexual exploitation": "vulnerabilities",
}
_NAMES = (
    "Alder", "Basalt", "Bracken", "Calico", "Cinder", "Clover", "Cobalt", "Coppice", "Cygnet", "Damson", "Dapple",
    "Ermine", "Fennel", "Flint", "Foxglove", "Gannet", "Garnet", "Gorse", "Harebell", "Heron", "Indigo", "Jasper",
    "Juniper", "Kestrel", "Lapwing", "Larch", "Linnet", "Lupin", "Marl", "Medlar", "Nettle", "Ochre", "Onyx",
    "Osprey", "Pebble", "Pewter", "Plover", "Quartz", "Rowan", "Russet", "Samphire", "Sorrel", "Spindle", "Tansy",
    "Teasel", "Thistle", "Umber", "Vetch", "Whimbrel", "Yarrow",
)  # fmt: skip


def group_rows(roster: Roster, seed: int) -> tuple[list[Row], list[Row]]:
    """Return the rows of ``ocgs`` and of ``ocg_countries``.

    Of the groups that are live now, 25 traffic in drugs, 22 of them in powder cocaine, and ten work in
    fourteen countries between them. Groups that are archived have types and countries of their own.
    """
    rng = stream(seed, "profile")
    live = sorted(roster.on(AS_OF))
    drugs = ["powder cocaine"] * POWDER_COCAINE + list(OTHER_DRUGS)
    trades: list[tuple[str, str | None]] = [("drug trafficking", c) for c in drugs] + [(t, None) for t in OTHER_TYPES]
    trade = dict(zip(rng.sample(live, len(live)), trades, strict=True))
    for group in sorted(set(roster.mapped) - set(live)):
        trade[group] = rng.choice(trades)
    names = rng.sample(_NAMES, len(_NAMES))
    rows: list[Row] = []
    for i, group in enumerate(sorted(roster.mapped)):
        kind, commodity = trade[group]
        archived = roster.archived.get(group)
        score = round(rng.triangular(8, 92, 38))
        status = "archived" if archived else ("emerging" if rng.random() < 0.15 else "active")
        rows.append(
            {
                "ocg_id": group,
                "name": f"Group {names[i]}",
                "status": status,
                "mapped_on": roster.mapped[group],
                "archived_on": archived,
                "primary_crime_type": kind,
                "commodity": commodity,
                "pillar": _PILLARS.get(kind, "prosperity"),
                "county_line": kind == "drug trafficking" and rng.random() < 0.35,
                "lead_responsible_officer": f"Insp {rng.choice('ABCDEFGHJK')}{rng.randint(10, 99)}",
                "threat_scheme": "county 0-100",
                "threat_score": score,
                "threat_band": "high" if score >= 65 else "medium" if score >= 35 else "low",
            }
        )
    return rows, _abroad(roster, live, seed)


def _abroad(roster: Roster, live: list[str], seed: int) -> list[Row]:
    rng = stream(seed, "countries")
    groups = rng.sample(live, GROUPS_ABROAD)
    pairs = {(groups[i % GROUPS_ABROAD], c) for i, c in enumerate(rng.sample(COUNTRIES, len(COUNTRIES)))}
    while len(pairs) < 19:
        pairs.add((rng.choice(groups), rng.choice(COUNTRIES)))
    # Two groups that are archived worked elsewhere; they no longer count.
    gone = sorted(g for g, d in roster.archived.items() if d > date(2018, 1, 1))
    pairs |= {(gone[0], "PT"), (gone[-1], "IT"), (gone[-1], "ES")}
    return [{"ocg_id": g, "country": c} for g, c in sorted(pairs)]


# Who really deals with whom: the planted network from which crimes, reports and contacts are drawn.
#
# Directors direct through lieutenants, runners know their handler and sometimes each other, groups touch
# through a few brokers. Some principals keep away from crimes altogether: they are met and phoned only.

BRIDGES = 54
HIDDEN_SHARE = 0.12
"""Share of principals who stay out of crimes."""


class Bonds:
    """Undirected bonds with a strength each.

    Parameters
    ----------
    roster : Roster
        People and groups.
    seed : int
        Seed of the county.
    """

    def __init__(self, roster: Roster, seed: int) -> None:
        self.strength: dict[tuple[str, str], float] = {}
        self.hidden: set[str] = set()
        self._near: dict[str, dict[str, float]] = defaultdict(dict)
        self._rng = stream(seed, "bonds")
        self._roster = roster
        for roles in roster.ever.values():
            self._inside(roles)
        self._between()
        self._around()

    def near(self, person: str) -> dict[str, float]:
        """Return the people a person deals with, and how much."""
        return self._near[person]

    def tie(self, a: str, b: str, strength: float) -> None:
        """Add a bond, or strengthen it."""
        if a != b:
            pair = (min(a, b), max(a, b))
            total = self.strength.get(pair, 0.0) + strength
            self.strength[pair] = self._near[a][b] = self._near[b][a] = total

    def company(self, rng: Random, lead: str, size: int, allowed: Mapping[str, float]) -> list[str]:
        """Return up to ``size`` people around ``lead`` who all deal with each other, ``lead`` first.

        ``allowed`` says who may be there, and how readily.
        """
        found = [lead]
        choices = {p: w * allowed[p] for p, w in self._near[lead].items() if p in allowed}
        while len(found) < size and choices:
            nxt = rng.choices(list(choices), list(choices.values()))[0]
            found.append(nxt)
            choices = {p: w for p, w in choices.items() if p in self._near[nxt]}
        return found

    def _draw(self) -> float:
        return self._rng.lognormvariate(0.0, 0.7)

    def _inside(self, roles: dict[str, str]) -> None:
        rng = self._rng
        principals = sorted(p for p, r in roles.items() if r == "principal")
        significant = sorted(p for p, r in roles.items() if r == "significant")
        others = sorted(p for p, r in roles.items() if r in ("peripheral", ""))
        hidden = [p for p in principals if significant and len(roles) >= 4 and rng.random() < HIDDEN_SHARE]
        self.hidden.update(hidden)
        visible = [p for p in principals if p not in hidden]
        # Behind a hidden principal stands a lieutenant whom everybody sees instead.
        hubs = visible or [rng.choice(significant or others)]
        for p in hidden:
            for s in sorted({hubs[0], *rng.sample(significant, min(2, len(significant)))}):
                self.tie(p, s, 1.5 * self._draw())
        for i, a in enumerate(hubs):
            for b in hubs[:i]:
                self.tie(a, b, 2.0 * self._draw())
        handlers = [s for s in significant if s not in hubs]
        self._command(hubs, handlers)
        self._crews(hubs, handlers, [p for p in others if p not in hubs])

    def _command(self, hubs: list[str], handlers: list[str]) -> None:
        """Tie the significant members to those they answer to, and some to each other."""
        rng = self._rng
        for i, s in enumerate(handlers):
            # A specialist is called when needed; the others answer to one principal or to several.
            first = rng.choice(hubs)
            self.tie(s, first, (2.2 if rng.random() < 0.85 else 0.5) * self._draw())
            for h in hubs:
                if h != first and rng.random() < 0.55:
                    self.tie(s, h, 1.3 * self._draw())
            for t in handlers[:i]:
                if rng.random() < (0.4 if len(handlers) < 5 else 0.22):
                    self.tie(s, t, self._draw())

    def _crews(self, hubs: list[str], handlers: list[str], runners: list[str]) -> None:
        """Tie runners to a handler, some to their mates, and some to the principal behind the handler."""
        rng = self._rng
        popularity = {h: rng.lognormvariate(0.3 if h in hubs else 0.0, 0.6) for h in [*handlers, *hubs]}
        crew: dict[str, list[str]] = defaultdict(list)
        for p in runners:
            handler = rng.choices(list(popularity), list(popularity.values()))[0]
            self.tie(p, handler, self._draw())
            if crew[handler] and rng.random() < 0.4:
                self.tie(p, rng.choice(crew[handler]), self._draw())
            behind = [h for h in hubs if h != handler and (h in self._near[handler])]
            if behind and rng.random() < 0.5:
                self.tie(p, rng.choice(behind), 1.2 * self._draw())
            crew[handler].append(p)

    def _between(self) -> None:
        """Let groups touch through a few brokers; half of them are principals who trade with each other."""
        rng = self._rng
        brokers: dict[str, tuple[str, float]] = {}
        for group, roles in self._roster.ever.items():
            open_to = {p: r for p, r in sorted(roles.items()) if p not in self.hidden}
            weight = {"principal": 9.0, "significant": 1.6, "peripheral": 0.4, "": 0.4}
            broker = rng.choices(list(open_to), [weight[r] for r in open_to.values()])[0]
            brokers[group] = (broker, rng.lognormvariate(0.0, 0.9) * len(roles) ** 0.5)
        groups = sorted(brokers)
        for _ in range(BRIDGES):
            one = rng.choices(groups, [brokers[g][1] for g in groups])[0]
            rest = [g for g in groups if g != one]
            two = rng.choices(rest, [brokers[g][1] for g in rest])[0]
            end = brokers[two][0]
            if rng.random() < 0.22:
                end = rng.choice(sorted(self._roster.ever[two]))
            if end not in self.hidden:
                self.tie(brokers[one][0], end, 2.2 * self._draw())

    def _around(self) -> None:
        """Put associates who belong to no group beside members, whatever their rank."""
        rng = self._rng
        weight = {"principal": 2.0, "significant": 1.0, "peripheral": 0.4, "": 0.5}
        pull = {
            p: weight[r] * rng.lognormvariate(0.0, 0.5)
            for roles in self._roster.ever.values()
            for p, r in sorted(roles.items())
            if p not in self.hidden
        }
        known, pulls = list(pull), list(pull.values())
        associates = self._roster.associates
        for i, a in enumerate(associates):
            first = rng.choices(known, pulls)[0]
            self.tie(a, first, 0.5 * self._draw())
            for _ in range(poisson(rng, 0.25)):
                self.tie(a, rng.choice(sorted(self._near[first])), 0.4 * self._draw())
            if i and rng.random() < 0.2:
                self.tie(a, associates[rng.randrange(i)], self._draw())
