"""What is done: plans, threats, services, cases, meetings, orders, the referral mechanism and days of action.

Drawn from the rows of a county's other tables and from streams of its own, so that no other table changes; the
actions of plans alone gain the plan of which they are part, money and hours. What somebody would look for (a group
without a plan, a case without an owner) is taken down while it is drawn, not found afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from ocgnet_demo.drawing import AS_OF, FIRST, Row, day_between, pick, stream

Tables = Mapping[str, list[Row]]
Answers = dict[str, list[str]]
"""What is to be found, by question: ids, in order."""

PLAN, SERVICE, ORDER, ACTIVITY, THREAT = "PL-{:03d}", "SV{:02d}", "O{:04d}", "AC-{:03d}", "T{:02d}"
WITHOUT_PLAN, REVIEW_PASSED, ABOUT_PEOPLE = 5, 6, 2
FIRST_THREATS = 3
"""Threats that are drawn here, two lines and a place."""
_COSTS = {"pursue": 4_000.0, "prevent": 900.0, "protect": 1_200.0, "prepare": 600.0}
"""Money that an action commonly takes, in pounds."""

_SERVICES = (
    ("Lantern Team", "police", "missing_exploited_trafficked"),
    ("Harbour Exploitation Team", "children's services", "child_exploitation"),
    ("Tideway Young People's Service", "health", "substance_misuse"),
    ("Causeway Domestic Abuse Service", "voluntary sector", "domestic_abuse"),
    ("Lyonmere Youth Justice Service", "council", "youth_justice"),
    ("Guardians for Trafficked Children", "voluntary sector", "trafficking_guardian"),
    ("Saltpan Mentors", "voluntary sector", "voluntary"),
    ("Lyonmere Adult Safeguarding", "council", "adult_services"),
)
IDLE = "voluntary"
"""Kind of the service that looks after nobody."""
AREAS = 3
"""Districts with most children, each with an office of its own; one office has the rest."""

_DECISIONS = (
    "safety plan reviewed", "school to be told of the risk", "return interview to be offered again",
    "referral to the drug and alcohol service", "home visit by the neighbourhood team", "no change", None,
)  # fmt: skip
_ATTEND = ("police", "children's services", "education", "health", "youth justice", "voluntary sector")
_STRANDS = (("pursue", 3.0), ("prevent", 3.0), ("protect", 5.0), ("prepare", 2.0))
_ABOUT_PERSON = {
    "pursue": ("Disrupt those who call on the address", "Call data of the handler asked for"),
    "prevent": ("Mentor to meet once a week", "Place at the training workshop"),
    "protect": ("Safety plan with the family", "Alarm at the home", "Move to another school looked into"),
    "prepare": ("School staff briefed", "Neighbourhood team briefed"),
}
_ABOUT_LINE = ("Arrest of the line holder", "Number to be cut off", "Call data asked for", "Addresses visited")


def draw_response(seed: int, tables: Tables, *, line: str | None = None) -> tuple[dict[str, list[Row]], Answers]:
    """Return the rows of the tables of the response, ``plan_actions`` among them, and what is to be found in them.

    Parameters
    ----------
    seed : int
        Another seed gives another response.
    tables : mapping
        The county's other tables, those of things among them where there are any; they are read and never changed.
    line : str, optional
        Telephone of a county line that no group is known to run.
    """
    answers: Answers = {}
    threats = _threats(tables, line)
    plans, actions = _plans(seed, tables, threats, answers)
    services = _services(tables)
    cases = _Cases(seed, tables, services, answers)
    return {
        "threats": threats,
        "plans": plans,
        "plan_actions": actions,
        "services": services,
        "assignments": cases.assignments,
        "case_meetings": cases.meetings(),
        "orders": _orders(seed, tables, answers),
        "nrm_stages": _stages(seed, tables, answers),
        "activities": _activities(seed, tables, plans),
        "scores": _scores(seed, tables, threats, answers),
    }, answers


def response_page(answers: Mapping[str, Sequence[str]]) -> str:
    """Return the part of the page of answers that says what is done, and what is not."""
    rows = "".join(f"| {question} | {len(ids)} | {' '.join(ids)} |\n" for question, ids in answers.items())
    return f"\n## What is done, and what is not\n\n| question | how many | which |\n|---|---|---|\n{rows}"


def _day(value: object) -> date:
    assert isinstance(value, date)  # noqa: S101  drawn by the county
    return value


def members_today(tables: Tables) -> dict[str, list[str]]:
    """Return the members today of each live group."""
    live = {str(g["ocg_id"]) for g in tables["ocgs"] if g["archived_on"] is None}
    members: dict[str, set[str]] = defaultdict(set)
    for row in tables["memberships"]:
        if row["ocg_id"] in live and row["to_date"] is None:
            members[str(row["ocg_id"])].add(str(row["nominal_id"]))
    return {group: sorted(members[group]) for group in sorted(live)}


def _premises(tables: Tables) -> list[str]:
    """Return premises that bear a name, no unit of a yard that a group holds."""
    held = {row["thing_id"] for row in tables.get("group_things", [])}
    return sorted(
        str(t["thing_id"])
        for t in tables.get("things", [])
        if t["kind"] == "premises" and t["thing_id"] not in held and t.get("label")
    )


# Plans against groups and threats, and about people.


def _threats(tables: Tables, line: str | None) -> list[Row]:
    place = next(iter(_premises(tables)), None)
    rows: list[Row] = [
        {"name": "The Skerry line", "kind": "county_line", "thing_id": line, "recorded_on": date(2018, 9, 12)},
        {"name": "The Tamarisk line", "kind": "county_line", "recorded_on": date(2019, 1, 21)},
        {"name": "Children met at a cafe", "kind": "place", "thing_id": place, "recorded_on": date(2018, 11, 5)},
    ]
    districts = sorted({str(c["district"]) for c in tables["children"] if c["district"]})
    for number, row in enumerate(rows, 1):
        row |= {"threat_id": THREAT.format(number), "district": districts[number % len(districts)]}
    return rows


def _plans(seed: int, tables: Tables, threats: list[Row], answers: Answers) -> tuple[list[Row], list[Row]]:
    """Draw plans, and put the county's actions into those of their group or person."""
    rng = stream(seed, "response/plans")
    actions = [dict(row) for row in tables["plan_actions"]]
    live = list(members_today(tables))
    without = sorted(rng.sample(live, WITHOUT_PLAN))
    groups = {str(g["ocg_id"]): g for g in tables["ocgs"]}
    recorded = {str(t["threat_id"]): _day(t["recorded_on"]) for t in threats}
    # One group archived in the year has a plan that ended with it.
    ended = [g for g in sorted(groups) if isinstance(on := groups[g]["archived_on"], date) and on >= FIRST][:3]
    young = _eldest_exploited(tables)
    subjects = [
        *(("group", g) for g in sorted({*live} - {*without} | {*ended})),
        *(("person", p) for p in young[:ABOUT_PEOPLE]),
        *(("threat", str(t["threat_id"])) for t in threats[:2]),
    ]
    plans = []
    for number, (kind, subject) in enumerate(subjects, 1):
        group = groups.get(subject, {})
        mapped = group.get("mapped_on")
        first = max(_day(mapped), date(2018, 4, 9)) if mapped else recorded.get(subject, date(2018, 10, 1))
        start = day_between(rng, first, min(first + timedelta(days=40), AS_OF - timedelta(days=60)))
        plans.append(
            {
                "plan_id": PLAN.format(number),
                "subject_kind": kind,
                "subject_id": subject,
                "aim": rng.choice(_AIMS) if kind == "group" else _OTHER_AIMS[kind],
                "lead_responsible_officer": group.get("lead_responsible_officer") or f"Insp {rng.choice('ABCDE')}31",
                # No plan begins after its group was archived.
                "from_date": min(max(start, first), _day(group.get("archived_on") or AS_OF)),
                "to_date": group.get("archived_on"),
                "review_on": AS_OF + timedelta(days=rng.randint(5, 170)),
            }
        )
    lasting = [p for p in plans if p["to_date"] is None]
    for plan in rng.sample(lasting, REVIEW_PASSED):
        plan["review_on"] = AS_OF - timedelta(days=rng.randint(3, 120))
    for plan in plans:
        if plan["to_date"]:
            plan["review_on"] = None
    actions += _more_actions(rng, plans, len(actions))
    _costed(rng, actions, plans)
    answers |= {
        "groups without a plan": without,
        "threats without a plan": [str(t["threat_id"]) for t in threats[2:]],
        "plans past review": [str(p["plan_id"]) for p in lasting if p["review_on"] and _day(p["review_on"]) < AS_OF],
        "plans without a lead": [str(p["plan_id"]) for p in lasting if not p["lead_responsible_officer"]],
        "plans that are all pursue, open and done": list(_all_pursue(lasting, actions, ("open", "done"))),
        "plans with open actions that are all pursue": list(_all_pursue(lasting, actions, ("open",))),
        "actions overdue": [
            str(a["action_id"]) for a in actions if a["status"] == "open" and _day(a["due_on"]) < AS_OF
        ],
        "actions in no plan": [str(a["action_id"]) for a in actions if not a.get("plan_id")],
        "actions without a cost": [str(a["action_id"]) for a in actions if a.get("cost") is None],
        "actions without hours": [str(a["action_id"]) for a in actions if a.get("hours") is None],
    }
    return plans, actions


_AIMS = (
    "Leading members before the courts and their children safe",
    "Supply to the district ended",
    "No new runners under 18",
    "Assets taken and addresses closed",
)
_OTHER_AIMS = {"person": "Safe, and out of reach of those who exploit", "threat": "Line closed and its runners safe"}


def _more_actions(rng: Random, plans: list[Row], have: int) -> Iterator[Row]:
    """Draw actions of plans about people and threats; the plan of the second threat is all pursue."""
    number = have
    for plan in (p for p in plans if p["subject_kind"] != "group"):
        for turn in range(4):
            number += 1
            pursue = plan is plans[-1]
            strand = "pursue" if pursue else pick(rng, _STRANDS)
            police = strand == "pursue" or rng.random() < 0.4
            due = day_between(rng, _day(plan["from_date"]) + timedelta(days=10), AS_OF + timedelta(days=90))
            status = "done" if due < AS_OF and rng.random() < 0.6 else "open"
            yield {
                "action_id": f"A{number:04d}",
                "plan_id": plan["plan_id"],
                "subject_kind": plan["subject_kind"],
                "subject_id": plan["subject_id"],
                "strand": strand,
                "action": _ABOUT_LINE[turn] if pursue else rng.choice(_ABOUT_PERSON[strand]),
                "owner": f"{'Sgt' if police else 'Worker'} {rng.choice('KLMNPQRT')}{rng.randint(10, 99)}",
                "agency": "police" if police else "children's services",
                "due_on": due,
                "status": status,
                "done_on": min(due + timedelta(days=rng.randint(-9, 20)), AS_OF) if status == "done" else None,
            }


def _costed(rng: Random, actions: list[Row], plans: list[Row]) -> None:
    """Put actions into the plan of their group or person, and say what they take where that is known."""
    by_subject = {str(p["subject_id"]): p for p in plans}
    for action in actions:
        plan = by_subject.get(str(action.get("ocg_id") or action.get("nominal_id")))
        when = action["done_on"] or action["due_on"]
        if plan and _day(when) >= _day(plan["from_date"]):
            action["plan_id"] = plan["plan_id"]
        cost, hours = rng.lognormvariate(0.0, 0.7), rng.lognormvariate(2.6, 0.8)
        if rng.random() < 0.72:
            action["cost"] = int(round(cost * _COSTS[str(action["strand"])], -1))
        if rng.random() < 0.84:
            action["hours"] = int(hours) + 1


def _all_pursue(plans: list[Row], actions: list[Row], states: tuple[str, ...]) -> Iterator[str]:
    strands: dict[object, set[object]] = defaultdict(set)
    for action in actions:
        if action["status"] in states:
            strands[action.get("plan_id")].add(action["strand"])
    return (str(p["plan_id"]) for p in plans if strands[p["plan_id"]] == {"pursue"})


# Services, who is looked after by them, and the meetings about it.


def _services(tables: Tables) -> list[Row]:
    rows: list[Row] = [{"name": name, "agency": agency, "kind": kind} for name, agency, kind in _SERVICES]
    for area in (*_areas(tables), None):
        name = f"Children's Services {area}" if area else "Children's Services, rest of the county"
        rows.append({"name": name, "agency": "children's services", "kind": "childrens_services", "district": area})
    for number, row in enumerate(rows, 1):
        row["service_id"] = SERVICE.format(number)
    return rows


def _areas(tables: Tables) -> list[str]:
    homes: dict[str, int] = defaultdict(int)
    for child in tables["children"]:
        if child["district"]:
            homes[str(child["district"])] += 1
    return sorted(homes, key=lambda d: (-homes[d], d))[:AREAS]


def _exploited(tables: Tables) -> list[str]:
    """Return children referred as victims of trafficking, in the order of their ids."""
    children = {row["child_id"] for row in tables["children"]}
    return sorted({str(r["person_id"]) for r in tables["referrals"] if r["kind"] == "nrm"} & children)


def _missing_together(tables: Tables) -> list[tuple[str, str]]:
    """Return children who were missing with a member in the year, each with the member."""
    members = {p for people in members_today(tables).values() for p in people}
    return sorted(
        (str(e["child_id"]), m)
        for e in tables["missing_episodes"]
        for m in str(e.get("companions") or "").split("|")
        if m in members and str(e["missing_from"]) >= FIRST.isoformat()
    )


def _eldest_exploited(tables: Tables) -> list[str]:
    """Return the same children, the eldest first."""
    births = {str(c["child_id"]): _day(c["date_of_birth"]) for c in tables["children"]}
    return sorted(_exploited(tables), key=lambda child: (births[child], child))


class _Cases:
    """Draws which service looks after whom, and the meetings about those people."""

    def __init__(self, seed: int, tables: Tables, services: list[Row], answers: Answers) -> None:
        self._rng, self._tables, self._answers = stream(seed, "response/cases"), tables, answers
        self._seed = seed
        self._children = {str(c["child_id"]): c for c in tables["children"]}
        self._by_kind = {str(s["kind"]): str(s["service_id"]) for s in services if not s.get("district")}
        self._offices = {s["district"]: str(s["service_id"]) for s in services if s.get("district")}
        self._kinds = self._needs()
        self.assignments: list[Row] = []
        for person, kinds in self._kinds.items():
            for kind, since in kinds.items():
                self._assign(person, kind, since)
        self._of_age()
        self._unowned()
        self._answers |= {
            "children of members, referred or missing with one, in no case": sorted(set(self._pool) - {*self.people}),
            "services that look after nobody": [self._by_kind[IDLE]],
        }

    @property
    def people(self) -> list[str]:
        """People who are or were looked after, in the order of their ids."""
        return sorted({str(a["person_id"]) for a in self.assignments})

    def _needs(self) -> dict[str, dict[str, date]]:
        """Return which kinds of service each child of the pool may need, each with the day since when."""
        tables = self._tables
        members = {p for people in members_today(tables).values() for p in people}
        needs: dict[str, dict[str, date]] = defaultdict(dict)
        for link in tables["family_links"]:
            if link["relationship"] == "parent" and link["adult_id"] in members and link["child_id"] in self._children:
                needs[str(link["child_id"])].setdefault("childrens_services", date(2018, 5, 1))
        for row in tables["referrals"]:
            kinds = {
                "mash": ("childrens_services",),
                "nrm": ("childrens_services", "child_exploitation", "trafficking_guardian"),
                "ictg": ("trafficking_guardian",),
                "cpi": ("missing_exploited_trafficked",),
            }.get(str(row["kind"]), ())
            for kind in kinds:
                day = needs[str(row["person_id"])].get(kind, AS_OF)
                needs[str(row["person_id"])][kind] = min(day, _day(row["made_on"]))
        beside = {child for child, _ in _missing_together(tables)}
        for episode in tables["missing_episodes"]:
            child, gone = str(episode["child_id"]), str(episode["missing_from"])[:10]
            if child in needs or child in beside:
                needs[child].setdefault("missing_exploited_trafficked", date.fromisoformat(gone))
        self._pool = sorted(needs)
        for person in self._pool:
            if self._children[person].get("cce_risk") == "high" and self._rng.random() < 0.6:
                needs[person].setdefault("youth_justice", date(2018, 8, 1))
            elif self._rng.random() < 0.15:
                kind = self._rng.choice(("substance_misuse", "domestic_abuse"))
                needs[person].setdefault(kind, date(2018, 8, 1))
        self._sure = sure = beside | {*_exploited(tables)}
        return {p: dict(sorted(needs[p].items())) for p in self._pool if self._rng.random() < 0.6 or p in sure}

    def _assign(self, person: str, kind: str, since: date) -> None:
        rng = self._rng
        child = self._children[person]
        office = self._offices.get(child["district"]) if kind == "childrens_services" else None
        service = office or self._by_kind[kind]
        begin = max(since, _day(child["date_of_birth"]))
        first = day_between(rng, begin, min(begin + timedelta(days=30), AS_OF))
        last = first + timedelta(days=rng.randint(60, 240))
        self.assignments.append(
            {
                "person_id": person,
                "service_id": service,
                "from_date": first,
                "to_date": last if rng.random() < 0.3 and last < AS_OF and person not in self._sure else None,
                "owner": self._owner(service),
            }
        )

    def _owner(self, service: str) -> str:
        """Return one of the three who own the cases of a service."""
        kind = next((kind for kind, of_kind in self._by_kind.items() if of_kind == service), "")
        title = {"trafficking_guardian": "Guardian", "missing_exploited_trafficked": "PC"}.get(kind, "Worker")
        return f"{title} {self._rng.choice('CDF')}{service.removeprefix('SV')}"

    def _of_age(self) -> None:
        """Let services go on with those who turned eighteen in the year; one is handed over to adults' services."""
        grown = []
        for person in self._tables["people"]:
            born = person["date_of_birth"]
            if str(person["person_id"]).startswith("G") and isinstance(born, date):
                # Who was born on a leap day is of age on the first of March.
                eighteenth = date(born.year + 18, born.month, 1) + timedelta(days=born.day - 1)
                if FIRST + timedelta(days=200) <= eighteenth <= AS_OF:
                    grown.append((str(person["person_id"]), eighteenth))
        for adult, eighteenth in grown:
            for kind in ("child_exploitation", "youth_justice"):
                self.assignments.append(
                    {
                        "person_id": adult,
                        "service_id": self._by_kind[kind],
                        "from_date": eighteenth - timedelta(days=self._rng.randint(90, 190)),
                        "owner": self._owner(self._by_kind[kind]),
                    }
                )
        for adult, eighteenth in grown[:1]:
            if (begin := eighteenth + timedelta(days=7)) <= AS_OF:
                adults = {"person_id": adult, "service_id": self._by_kind["adult_services"], "from_date": begin}
                self.assignments.append(adults | {"owner": self._owner(self._by_kind["adult_services"])})
        self._answers["turned eighteen while a case was open"] = [p for p, _ in grown]

    def _unowned(self) -> None:
        """Take the owner away from some cases that are open, every case of one person among them."""
        rng = self._rng
        still = [a for a in self.assignments if a.get("to_date") is None]
        for row in rng.sample(still, max(len(still) // 9, 3)):
            row["owner"] = None
        nobody = rng.choice(sorted({str(a["person_id"]) for a in still}))
        for row in still:
            if row["person_id"] == nobody:
                row["owner"] = None
        without = {str(a["person_id"]) for a in still if a["owner"] is None}
        self._answers |= {
            "people with an open case that has no owner": sorted(without),
            "people none of whose open cases has an owner": sorted(
                without - {str(a["person_id"]) for a in still if a["owner"]}
            ),
            "cases that ended": [f"{a['person_id']}/{a['service_id']}" for a in self.assignments if a.get("to_date")],
        }

    def meetings(self) -> list[Row]:
        """Draw meetings: monthly about some people, once about others; of one the next is overdue."""
        rng = stream(self._seed, "response/meetings")
        still: dict[str, date] = {}
        for row in self.assignments:
            if row.get("to_date") is None:
                person, since = str(row["person_id"]), _day(row["from_date"])
                still[person] = min(since, still.get(person, since))
        long = sorted(p for p, since in still.items() if since < AS_OF - timedelta(days=200))
        first = [p for p in _exploited(self._tables) if p in long]
        others = [p for p in long if p not in first]
        monthly = sorted([*first, *rng.sample(others, min(4, len(others)))])
        rows: list[Row] = []
        for i, person in enumerate(monthly):
            days = [AS_OF - timedelta(days=28 * n + 40 * (i == 0) + rng.randint(2, 12)) for n in range(5, -1, -1)]
            for day, after in zip(days, [*days[1:], None], strict=True):
                rows.append(self._meeting(rng, person, day, "exploitation"))
                rows[-1]["next_on"] = after or day + timedelta(days=28)
        # A meeting that is arranged stands as a row of its own, without anybody there yet.
        rows.append({"person_id": monthly[-1], "held_on": rows[-1]["next_on"], "kind": "exploitation"})
        for person in sorted(set(still) - set(monthly)):
            if rng.random() < 0.5:
                day = day_between(rng, min(still[person] + timedelta(days=3), AS_OF), AS_OF)
                rows.append(self._meeting(rng, person, day, rng.choice(("strategy", "case_review", "missing"))))
        self._answers |= {
            "people spoken of every month": monthly,
            "people whose next meeting is overdue": sorted(monthly[:1]),
            "people with an open case and no meeting": sorted(set(still) - {str(r["person_id"]) for r in rows}),
        }
        return rows

    @staticmethod
    def _meeting(rng: Random, person: str, day: date, kind: str) -> Row:
        return {
            "person_id": person,
            "held_on": day,
            "kind": kind,
            "attended": "|".join(sorted(rng.sample(_ATTEND, rng.randint(2, 5)))),
            "decisions": rng.choice(_DECISIONS),
        }


# Orders, the national referral mechanism, and days of action.


def _orders(seed: int, tables: Tables, answers: Answers) -> list[Row]:
    """Draw orders on people and premises: one breached, some run out, the rest in force."""
    rng = stream(seed, "response/orders")
    children = {str(c["child_id"]): _day(c["date_of_birth"]) for c in tables["children"]}
    members = sorted({p for people in members_today(tables).values() for p in people} - set(children))
    beside = [(child, m) for child, m in _missing_together(tables) if m in members]
    (first, taken), (second, met) = (*beside, *zip(sorted(children), rng.sample(members, 2), strict=False))[:2]
    second = next(iter(_eldest_exploited(tables)), second)
    injured, serious, risky = rng.sample([m for m in members if m not in (taken, met)], 3)
    places = [*_premises(tables), None, None][:2]
    drafts: list[tuple[str, str | None, str | None, str | None, str, date, date | None]] = [
        ("emergency_protection_order", first, None, first, "family court", date(2018, 11, 2), date(2018, 11, 10)),
        ("child_abduction_warning_notice", taken, None, first, "police", date(2018, 11, 3), None),
        ("child_abduction_warning_notice", met, None, second, "police", date(2018, 8, 14), None),
        ("community_protection_notice", None, places[0], None, "council", date(2018, 12, 3), date(2019, 12, 2)),
        ("licence_review", None, places[0], None, "council", date(2019, 1, 17), None),
        ("fire_improvement_notice", None, places[1], None, "fire service", date(2018, 7, 2), date(2018, 10, 1)),
        ("injunction", injured, None, None, "county court", date(2018, 2, 1), date(2019, 1, 31)),
        ("serious_crime_prevention_order", serious, None, None, "crown court", date(2018, 6, 20), date(2022, 6, 19)),
        ("slavery_and_trafficking_risk_order", risky, None, second, "magistrates", date(2018, 9, 10), None),
    ]
    rows: list[Row] = [
        {
            "order_id": ORDER.format(number),
            "kind": kind,
            "person_id": person,
            "thing_id": place,
            "protects": protects if protects != person else None,
            "issued_by": court,
            "from_date": start,
            "to_date": end,
        }
        for number, (kind, person, place, protects, court, start, end) in enumerate(drafts, 1)
        if person or place
    ]
    breached = rows[1]
    breached["breached_on"] = date(2019, 2, 9)
    gone = [r for r in rows if isinstance(r["to_date"], date) and r["to_date"] < AS_OF]
    answers |= {
        "orders in force": [str(r["order_id"]) for r in rows if r not in gone],
        "orders that ran out": [str(r["order_id"]) for r in gone],
        "orders breached": [str(breached["order_id"])],
    }
    return rows


_COURSE = ("conclusive_grounds", "late negative", "conclusive_grounds", "reasonable_grounds", "negative", "")
"""Where referrals come to, in turn; a late negative is one after reasonable grounds, a blank one has no stage on
record."""


_TEN_YEARS = 3_653


def _stages(seed: int, tables: Tables, answers: Answers) -> list[Row]:
    """Draw how far each referral to the mechanism came by the day of judgement."""
    rng = stream(seed, "response/stages")
    made: dict[str, date] = {}
    for row in tables["referrals"]:
        if row["kind"] == "nrm":
            person, on = str(row["person_id"]), _day(row["made_on"])
            made[person] = min(on, made.get(person, on))
    births = {str(c["child_id"]): _day(c["date_of_birth"]) for c in tables["children"]}
    rows: list[Row] = []
    ends: dict[str, list[str]] = {w: [] for w in ("conclusive_grounds", "reasonable_grounds", "negative", "referred")}
    none: list[str] = []
    for turn, (person, on) in enumerate(sorted(made.items(), key=lambda p: (p[1], p[0]))):
        course = _COURSE[turn % len(_COURSE)]
        if not course:
            none.append(person)
            continue
        young = (on - births[person]).days < _TEN_YEARS
        kind = "not_known" if young else "criminal" if rng.random() < 0.8 else "sexual"
        first, last = on + timedelta(days=rng.randint(5, 40)), on + timedelta(days=rng.randint(120, 330))
        stages: list[tuple[str, date]] = [("referred", on), ("reasonable_grounds", first)]
        if course == "negative":
            stages[1] = ("negative", first)
        elif course != "reasonable_grounds":
            stages.append((course.removeprefix("late "), last))
        # What would have been decided after the day of judgement has not been yet.
        reached = [(stage, day) for stage, day in stages if day <= AS_OF]
        ends[reached[-1][0]].append(person)
        rows += [{"person_id": person, "stage": s, "decided_on": d, "exploitation": kind} for s, d in reached]
    answers |= {f"referral mechanism: {stage.replace('_', ' ')}": sorted(people) for stage, people in ends.items()}
    answers["referral mechanism: no stage on record"] = sorted(none)
    return rows


def _activities(seed: int, tables: Tables, plans: list[Row]) -> list[Row]:
    """Draw operations and days of action with what they brought."""
    rng = stream(seed, "response/activities")
    lasting = [p for p in plans if p["subject_kind"] == "group" and p["to_date"] is None]
    places = [*_premises(tables), None]
    drafts = (
        ("Day of action at takeaways", "day_of_action", None, places[0], "12 premises visited|2 licences reviewed"),
        ("Operation Bittern", "operation", lasting[0], None, "4 arrests|cash seized|2 phones seized"),
        ("Operation Cormorant", "operation", lasting[len(lasting) // 2], None, "1 arrest|no drugs found"),
        ("County lines week", "intensification", None, None, "6 addresses visited|1 cuckooed resident rehoused"),
        ("Assemblies in schools", "engagement", None, None, "9 schools|1,400 pupils"),
        ("Landlords' evening", "engagement", None, None, None),
    )  # fmt: skip
    rows: list[Row] = []
    for number, (name, kind, plan, place, results) in enumerate(drafts, 1):
        first = max(FIRST, _day(plan["from_date"])) if plan else FIRST
        rows.append(
            {
                "activity_id": ACTIVITY.format(number),
                "name": name,
                "kind": kind,
                "happened_on": day_between(rng, first, AS_OF - timedelta(days=5)),
                "plan_id": plan["plan_id"] if plan else None,
                "ocg_id": plan["subject_id"] if plan else None,
                "thing_id": place,
                "lead_agency": "police" if kind != "engagement" else "council",
                "agencies": "|".join(sorted(rng.sample(_ATTEND, rng.randint(2, 4)))),
                "results": results,
            }
        )
    return rows


# Scores that assessors gave before two meetings, on the scheme that comes with ocgnet.

SCHEME, VERSION, VERSION_BEFORE = "ocgnet-priorities", "1", "0"
JUDGED = ("community", "capability")
"""Components that no record answers."""
OF_A_THREAT = ("physical", "psychological", "frequency", "forecast")
"""Components that an assessor scores where there is no group, whose crimes could be counted."""
MEETINGS = (date(2018, 12, 12), date(2019, 3, 13))
NOT_SCORED = 4
_WHY = (None, "as at the last meeting", "partners see more of it", "few officers trained", "neighbours speak up")


def _scores(seed: int, tables: Tables, threats: list[Row], answers: Answers) -> list[Row]:
    """Draw scores of groups and threats: most twice, some groups never, one against what the records say."""
    rng = stream(seed, "response/scores")
    live = list(members_today(tables))
    never = sorted(rng.sample(live, NOT_SCORED))
    scored = [g for g in live if g not in never]
    subjects: list[tuple[str, str, tuple[str, ...]]] = [("group", g, JUDGED) for g in scored]
    subjects += [("threat", str(t["threat_id"]), (*JUDGED, *OF_A_THREAT)) for t in threats]
    rows: list[Row] = []
    raised: list[str] = []

    def give(kind: str, subject: str, component: str, on: date, score: int, version: str = VERSION) -> None:
        rows.append(
            {
                "scheme": SCHEME,
                "version": version,
                "subject_kind": kind,
                "subject_id": subject,
                "component": component,
                "scored_on": on,
                "score": score,
                "assessor": f"Analyst {rng.choice('ACEG')}",
                "reason": rng.choice(_WHY),
            }
        )

    for kind, subject, components in subjects:
        first, second = (meeting - timedelta(days=rng.randint(1, 6)) for meeting in MEETINGS)
        for component in components:
            score = rng.choice((0, 1, 1, 2, 2, 2, 3, 3, 4))
            give(kind, subject, component, first, score)
            again = score if rng.random() < 0.7 else rng.choice((0, 1, 2, 3, 4))
            if rng.random() < 0.8:
                give(kind, subject, component, second, again)
                if again > score:
                    raised.append(f"{subject}/{component}")
    # An assessor who knows of harm that is not recorded, and a score under the version before.
    give("group", scored[0], "physical", MEETINGS[1] - timedelta(days=1), 4)
    give("group", scored[1], "community", date(2018, 3, 14), 3, VERSION_BEFORE)
    answers |= {
        "groups that no assessor scored": never,
        "scores raised between the meetings": raised,
        "scores of a component that the records answer too": [f"{scored[0]}/physical"],
        "scores under the version before": [f"{scored[1]}/community"],
    }
    return rows
