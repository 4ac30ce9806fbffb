"""Children and their families: 25 parents among the members of twelve groups, 41 children of theirs under 18.

Other children stand beside members on other bases (household, sibling, the same crime or report, missing
together) and never add to the 41; nor do grown-up children, and the children of people of archived groups.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from ocgnet.model.columns import ACES
from ocgnet_demo.county.crimes import CrimeBook
from ocgnet_demo.county.groups import Roster, members
from ocgnet_demo.county.people import Person, Registry
from ocgnet_demo.drawing import AS_OF, BEFORE_FIRST, FIRST, Row, day_between, mirrored_after, pick, poisson, stream

PARENT_ROLES = (("principal", 4), ("significant", 14), ("peripheral", 6), ("", 1))
PARENT_GROUPS = 12
COUPLES = 3
FAMILY_SIZES = (1,) * 9 + (2,) * 8 + (3,) * 4 + (4,)
"""Children of each family of parents, 41 in all: 22 families, three of them of two members each."""
YOUNGEST_PARENT = 17
_SCHEME = "Lyonmere CSE screening 2017"
_RISKS = (("", 62.0), ("low", 16.0), ("medium", 14.0), ("high", 8.0))


class Families:
    """Children, family links and what is recorded of the children.

    Attributes
    ----------
    children, links : list of dict
        Rows of ``children`` and ``family_links``.
    grown : list of Person
        Sons and daughters of members who are 18 or over, for table ``people``.
    young_nominals : list of Person
        Children who are nominals too, exploited as runners.
    """

    def __init__(self, seed: int, registry: Registry, roster: Roster, public: dict[str, Person]) -> None:
        self._seed = seed
        self._rng = stream(seed, "families")
        self._registry = registry
        self._roster = roster
        self._public = public
        self._age = {p.id: _age(p.born) for p in (*roster.people.values(), *public.values())}
        self._born: dict[str, date] = {}
        self._number = 0
        self.children: list[Row] = []
        self.links: list[Row] = []
        self.grown: list[Person] = []
        self.young_nominals: list[Person] = []
        self._today = members(roster.on(AS_OF))
        self._young_member()
        self.parents = self._choose_parents()
        self._own = self._with_parents()
        self._other = self._on_other_bases()
        self._elsewhere()

    def _young_member(self) -> None:
        """Make one of the newest runners a child of 17 or under, who then stands in both tables."""
        roster = self._roster
        newest = max(
            (m for m in roster.memberships if m["role"] == "peripheral" and m["to_date"] is None),
            key=lambda m: (str(m["from_date"]), str(m["nominal_id"])),
        )
        runner = str(newest["nominal_id"])
        person = replace(roster.people[runner], born=day_between(self._rng, date(2001, 9, 1), date(2002, 8, 31)))
        roster.people[runner] = person
        self._age[runner] = _age(person.born)
        self._record(person)
        self.children[-1] |= {"cce_risk": "high"}

    def _choose_parents(self) -> list[str]:
        """Choose members of one group each, from exactly twelve groups, by recorded role."""
        rng, now = self._rng, self._roster.on(AS_OF)
        once = {p for p in self._today if sum(p in roles for roles in now.values()) == 1 and self._age[p] >= 20}
        single = {g: {p: r for p, r in sorted(roles.items()) if p in once} for g, roles in sorted(now.items())}
        blank = rng.choice([(g, p) for g, roles in single.items() for p, r in roles.items() if r == ""])
        large = sorted((g for g in single if g != blank[0]), key=lambda g: -len(single[g]))
        chosen = [blank[0], *rng.sample(large[: PARENT_GROUPS + 6], PARENT_GROUPS - 1)]
        parents = {blank[1]}
        wanted = dict(PARENT_ROLES) | {"": 0}
        for group in chosen[1:]:
            # One of each group first, so that the twelve are twelve; significant ones are the most.
            role = next(r for r in ("significant", "peripheral", "principal") if r in single[group].values())
            parents.add(rng.choice([p for p, r in single[group].items() if r == role]))
            wanted[role] -= 1
        for role, count in wanted.items():
            pool = [p for g in chosen for p, r in single[g].items() if r == role and p not in parents]
            parents |= set(rng.sample(pool, count))
        return sorted(parents)

    def _child(self, surname: str, district: str, ages: tuple[int, int] = (0, 17)) -> str:
        self._number += 1
        person = self._registry.person(f"CH{self._number:03d}", ages, surname=surname, district=district)
        self._record(person)
        return person.id

    def _record(self, person: Person) -> None:
        rng = self._rng
        self._born[person.id] = person.born
        age = _age(person.born)
        risk = pick(rng, _RISKS) if age >= 10 else ""
        self.children.append(
            {
                **person.row("child_id"),
                "cse_risk_scheme": _SCHEME if risk else None,
                "cse_risk": risk or None,
                "cse_flagged_on": day_between(rng, BEFORE_FIRST, AS_OF) if risk else None,
                "cce_risk": (pick(rng, _RISKS) or None) if age >= 10 else None,
                "school": f"School {rng.choice('ABCDEFGHJKLM')}" if age >= 5 else None,
                "social_worker": f"Social worker {rng.randint(1, 14)}" if rng.random() < 0.3 else None,
            }
        )

    def _raise(self, adult: str, *, others: int = 0, surname: str = "") -> str:
        """Return a new child of an age that fits its parent's, and other adults of at most ``others`` years."""
        oldest = min(17, self._age[adult] - YOUNGEST_PARENT, (others or 99) - YOUNGEST_PARENT)
        return self._child(surname, self._roster.people[adult].district, (0, oldest))

    def _parent_outside(self, child: str) -> None:
        """Give a child a parent of no police record, old enough."""
        born = next(c["date_of_birth"] for c in self.children if c["child_id"] == child)
        assert isinstance(born, date)  # noqa: S101  drawn in _child
        fit = [p for p in self._public if _age(born) + YOUNGEST_PARENT <= self._age[p] <= _age(born) + 45]
        self._link(self._rng.choice(fit), child, "parent")

    def _link(self, adult: str, child: str, relationship: str) -> None:
        rng = self._rng
        verified = rng.choices((True, False, None), (0.6, 0.25, 0.15))[0]
        recorded = day_between(rng, date(2016, 1, 1), AS_OF) if rng.random() < 0.93 else None
        self.links.append(
            {
                "adult_id": adult,
                "child_id": child,
                "relationship": relationship,
                "verified": verified,
                "recorded_on": recorded and mirrored_after(self._born[child], recorded, AS_OF),
            }
        )

    def _with_parents(self) -> list[str]:
        """Give the parents their 41 children; couples share theirs, other parents live outside the records."""
        rng, people = self._rng, self._roster.people
        now = self._roster.on(AS_OF)
        mates = [
            (a, b)
            for a in self.parents
            for b in self.parents
            if a < b and any(a in roles and b in roles for roles in now.values())
        ]
        couples: list[tuple[str, ...]] = []
        for pair in rng.sample(mates, len(mates)):
            if len(couples) < COUPLES and not {p for c in couples for p in c} & set(pair):
                couples.append(pair)
        paired = {p for c in couples for p in c}
        households = couples + [(p,) for p in self.parents if p not in paired]
        sizes = rng.sample(FAMILY_SIZES, len(FAMILY_SIZES))
        found = []
        for household, size in zip(households, sizes, strict=True):
            youngest = min(self._age[p] for p in household)
            for _ in range(size):
                child = self._raise(household[0], others=youngest, surname=people[household[0]].surname)
                found.append(child)
                for k, adult in enumerate(household):
                    kinds = ("parent", "parent", "parent", "parent", "step_parent", "guardian")
                    self._link(adult, child, "step_parent" if k and rng.random() < 0.6 else rng.choice(kinds))
                    if rng.random() < 0.25:
                        self._link(adult, child, "household")
                if rng.random() < 0.3:
                    self._parent_outside(child)
        self._of_age()
        return found

    def _of_age(self) -> None:
        """Give some members grown-up sons and daughters, one who turns 18 on the very day: no children any more."""
        rng = self._rng
        older = [p for p in self.parents if self._age[p] >= 42]
        others = [p for p in self._today if p not in self.parents and self._age[p] >= 38]
        drawn: list[tuple[str, date | None]] = [(p, None) for p in rng.sample(older, min(2, len(older)))]
        for i, (parent, born) in enumerate([*drawn, (rng.choice(others), date(2001, 3, 31))], 1):
            head = self._roster.people[parent]
            of_age = self._registry.person(
                f"G{i:03d}", (18, 21), surname=head.surname, district=head.district, born=born
            )
            self.grown.append(of_age)
            self._born[of_age.id] = of_age.born
            self._link(parent, of_age.id, "parent")

    def _on_other_bases(self) -> list[str]:
        """Add children beside members who are not their parents."""
        rng = self._rng
        childless = [p for p in self._today if p not in self.parents and self._age[p] >= 18]
        found = []
        for relationship, count, ages in (
            ("household", 8, (18, 99)),
            ("sibling", 5, (18, 30)),
            ("grandparent", 2, (40, 99)),
            ("partner_of_parent", 4, (20, 99)),
        ):
            fit = [p for p in childless if ages[0] <= self._age[p] <= ages[1]]
            for adult in rng.sample(fit, count):
                person = self._roster.people[adult]
                child = self._child(person.surname if relationship == "sibling" else "", person.district, (1, 17))
                self._link(adult, child, relationship)
                self._parent_outside(child)
                found.append(child)
        # A member lives with a child of another member: two bases, one child.
        for child in rng.sample(self._own, 4):
            self._link(rng.choice(childless), child, rng.choice(("household", "partner_of_parent")))
        return found

    def _elsewhere(self) -> None:
        """Add children of archived groups' people, of associates, of nobody on record, and young nominals."""
        rng, roster = self._rng, self._roster
        former = sorted(p for g in roster.archived for p in roster.ever[g] if p not in self._today)
        for pool, count in ((former, 3), (roster.associates, 5)):
            for adult in rng.sample([p for p in pool if self._age[p] >= 24], count):
                for _ in range(rng.choice((1, 2))):
                    self._link(adult, self._raise(adult, surname=roster.people[adult].surname), "parent")
        self.loose = [self._child("", "", (9, 17)) for _ in range(22)]
        for i in range(3):
            child = self._child("", "", (15, 17))
            row = self.children[-1]
            row |= {"cce_risk": "high"}
            forename, _, surname = str(row["name"]).rpartition(" ")
            born = row["date_of_birth"]
            assert isinstance(born, date)  # noqa: S101  drawn above
            self.young_nominals.append(
                Person(child, forename, surname, born, str(row["sex"]), str(row["ethnicity"]), str(row["district"]))
            )
            if i:
                self.loose.append(child)

    def in_crimes(self, book: CrimeBook, today: list[str]) -> None:
        """Let some children be victim, witness or suspect of crimes with members."""
        rng = stream(self._seed, "children in crimes")
        pool = self.loose + self._other[:4]
        for i, child in enumerate(rng.sample(pool, 11)):
            adult = [rng.choice(today)]
            if i < 5:
                book.beside(adult[0], child, "victim")
            elif i < 8:
                book.beside(adult[0], child, "witness")
            else:
                book.beside(adult[0], child, "suspect")

    def in_reports(self, links: list[Row], today: list[str]) -> None:
        """Name some children in reports that name members."""
        rng = stream(self._seed, "children in reports")
        members_of = set(today)
        pool = sorted({str(link["report_id"]) for link in links if link["person_id"] in members_of})
        for child in rng.sample(self.loose, 8) + rng.sample(self._own, 4):
            reports = rng.sample(pool, rng.choice((1, 1, 2, 3)))
            links.extend({"report_id": report, "person_id": child} for report in reports)


def _age(born: date) -> int:
    """Return the age in whole years on the day the county is judged."""
    return AS_OF.year - born.year - ((AS_OF.month, AS_OF.day) < (born.month, born.day))


# What is recorded of the children: adverse experiences, missing episodes and referrals.

_PLACES = ("home", "friend's address", "transport hub", "public park", "address of a nominal", "another county")


def ace_rows(seed: int, children: list[Row]) -> list[Row]:
    """Return the rows of ``child_aces``: observed, not observed or unknown; many are not recorded at all."""
    rng = stream(seed, "aces")
    rows: list[Row] = []
    for child in children:
        if rng.random() < 0.3:
            continue
        burden = rng.betavariate(1.2, 2.6)
        for ace in ACES:
            if rng.random() < 0.75:
                status = "observed" if rng.random() < burden else rng.choice(("not_observed", "unknown"))
                rows.append(
                    {
                        "child_id": child["child_id"],
                        "ace": ace,
                        "status": status,
                        "recorded_on": mirrored_after(_born(child), day_between(rng, date(2016, 6, 1), AS_OF), AS_OF),
                        "source": rng.choice(("police", "social care", "education", "health")),
                    }
                )
    return rows


def missing_rows(seed: int, children: list[Row], members: list[str]) -> list[Row]:
    """Return the rows of ``missing_episodes``: companions among children and members, interviews late or due."""
    rng = stream(seed, "missing")
    births = {str(c["child_id"]): c["date_of_birth"] for c in children}
    teens = sorted(c for c, born in births.items() if isinstance(born, date) and born <= date(2006, 3, 31))
    rows: dict[tuple[str, datetime], Row] = {}
    spans: list[tuple[str, tuple[datetime, datetime]]] = []
    for child in rng.sample(teens, min(30, len(teens))):
        for _ in range(1 + poisson(rng, 1.1)):
            on = day_between(rng, BEFORE_FIRST, AS_OF - timedelta(days=4))
            gone = datetime.combine(on, time(rng.randint(15, 23), rng.choice((0, 10, 25, 40))))
            found = gone + timedelta(minutes=rng.randint(90, 3200))
            talk = found + timedelta(hours=rng.choice((20, 40, 60, 70, 130, 300)))
            held = rng.random() < 0.7 and talk.date() <= AS_OF
            others = [c for c in rng.sample(teens, 2) if c != child] if rng.random() < 0.3 else []
            if rng.random() < 0.2:
                others.append(rng.choice(members))
            # Nobody goes missing who is missing: such an episode is moved on, a week at a time.
            while any(g < found and gone < f for c, (g, f) in spans if c == child):
                gone, found, talk = (moment + timedelta(days=7) for moment in (gone, found, talk))
            spans.append((child, (gone, found)))
            rows[child, gone] = {
                "child_id": child,
                "missing_from": gone,
                "found_at": found,
                "found_where": rng.choice(_PLACES),
                "companions": "|".join(sorted(others)),
                "return_interview_at": talk if held else None,
            }
    # One child has not been found yet.
    gone = datetime.combine(AS_OF - timedelta(days=1), time(21, 30))
    rows[teens[0], gone] = {"child_id": teens[0], "missing_from": gone}
    return list(rows.values())


def referral_rows(seed: int, children: list[Row]) -> list[Row]:
    """Return the rows of ``referrals``."""
    rng = stream(seed, "referrals")
    kinds = (("mash", 45.0), ("nrm", 15.0), ("ictg", 6.0), ("cpi", 12.0), ("early_help", 22.0))
    rows: list[Row] = []
    for child in children:
        if rng.random() >= 0.35:
            continue
        drawn = {pick(rng, kinds) for _ in range(rng.choice((1, 1, 2)))}
        rows.extend(
            {
                "person_id": child["child_id"],
                "kind": kind,
                "made_on": mirrored_after(
                    _born(child), day_between(rng, BEFORE_FIRST if rng.random() < 0.4 else FIRST, AS_OF), AS_OF
                ),
                "made_by": rng.choice(("police", "social care", "school", "health visitor")),
                "outcome": rng.choice(("no further action", "child in need plan", "assessment", None)),
            }
            for kind in sorted(drawn)
        )
    return rows


def _born(child: Row) -> date:
    born = child["date_of_birth"]
    assert isinstance(born, date)  # noqa: S101  drawn by the families
    return born
