"""What is done about groups, people and threats, worked out of the rows in plain Python: no graph, no Cypher.

Each function answers the question of its name, underscores for hyphens, from the rows and the values it is asked with.
Of a derived text only what the rows say is taken; an age, a day and a filter are worked out here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from ocgnet.dataset import Dataset

Row = dict[str, Any]
Rows = list[tuple[Any, ...]]
FIRST, NEVER = date(1, 1, 1), date(9999, 12, 31)
UNDONE = ("open", None)


class Sums:
    """The rows of all tables, and what people think of when they say member, child, or in force."""

    def __init__(self, dataset: Dataset) -> None:
        self.rows: dict[str, list[Row]] = {name: t.to_pylist() for name, t in dataset.tables.items()}
        tables = (("nominals", "nominal_id"), ("children", "child_id"), ("people", "person_id"))
        self.people: dict[str, list[Row]] = defaultdict(list)
        for name, key in tables:
            for row in self.rows[name]:
                self.people[row[key]].append(row)
        self.children = {r["child_id"] for r in self.rows["children"]}
        self.nominals = {r["nominal_id"]: r for r in self.rows["nominals"]}
        self.things = {r["thing_id"]: r for r in self.rows["things"]}
        self.plans = {r["plan_id"]: r for r in self.rows["plans"]}
        self.actions = {r["action_id"]: r for r in self.rows["plan_actions"]}
        self.services = {r["service_id"]: r for r in self.rows["services"]}
        self.groups = {r["ocg_id"]: r for r in self.rows["ocgs"]}

    def answer(self, question: str, values: Mapping[str, Any]) -> Rows:
        self.values = values
        self.day: date = values.get("as_of", date(2019, 3, 31))
        return SUMS[question](self)

    def of(self, person: str | None, column: str) -> Any:
        """The first of a person's cells that is not blank."""
        return next((r[column] for r in self.people.get(person or "", []) if r.get(column) is not None), None)

    def restricted(self, person: str | None) -> bool:
        return self.of(person, "restricted_on") is not None

    def named(self, thing: str | None) -> str | None:
        row = self.things.get(thing or "", {})
        texts = (row.get(c) for c in ("label", "number", "registration", "imei", "postcode"))
        return next((t for t in texts if t is not None), None)

    def age(self, person: str, day: date | None = None) -> int | None:
        """Age in whole years, negative before the birth; blank when not known, or above 110."""
        born, day = self.of(person, "date_of_birth"), day or self.day
        if born is None:
            return None
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        return None if years > 110 else years

    def shown_age(self, person: str) -> int | None:
        age = self.age(person)
        return age if age is not None and age >= 0 else None

    def may_be_child(self, person: str) -> bool:
        age = self.age(person)
        return age is None or 0 <= age < 18

    def holds(self, row: Row, day: date | None = None) -> bool:
        day = day or self.day
        return (row["from_date"] or FIRST) <= day <= (row["to_date"] or NEVER)

    def mapped(self, group: str, day: date) -> bool:
        row = self.groups.get(group, {"mapped_on": None, "archived_on": None, "status": None})
        if row["archived_on"] is None and row["status"] == "archived":
            return False
        return (row["mapped_on"] or FIRST) <= day and (row["archived_on"] is None or day < row["archived_on"])

    def members(self, group: str, day: date) -> set[str]:
        """Members who take part; the review is that of the day the records are judged on."""
        own = {r["nominal_id"] for r in self.rows["memberships"] if r["ocg_id"] == group and self.holds(r, day)}
        return {p for p in own if p in self.nominals and not self.restricted(p) and self.reviewed(self.nominals[p])}

    def reviewed(self, row: Row) -> bool:
        return bool(self.values.get("include_overdue")) or (row["review_due"] or NEVER) >= self.day

    def in_period(self, day: date | None) -> bool:
        return day is not None and self.values["period_from"] <= day <= self.values["period_to"]

    def plan_may_be_shown(self, plan: Row | None) -> bool:
        return plan is None or plan["subject_kind"] != "person" or not self.restricted(plan["subject_id"])

    def action_may_be_shown(self, action: Row) -> bool:
        about = [action["nominal_id"], action["subject_id"] if action["subject_kind"] == "person" else None]
        return not any(map(self.restricted, about))

    def plans_of_day(self) -> Iterable[Row]:
        return (p for p in self.rows["plans"] if self.holds(p) and self.plan_may_be_shown(p))

    def actions_of(self, plan: str) -> list[Row]:
        return [a for a in self.rows["plan_actions"] if a["plan_id"] == plan]

    def assigned(self, person: str) -> list[Row]:
        return [r for r in self.rows["assignments"] if r["person_id"] == person and self.holds(r)]

    def owners(self, person: str) -> list[str]:
        return sorted({r["owner"] for r in self.assigned(person) if r["owner"] is not None})

    def latest_meeting(self, person: str) -> date | None:
        held = [m["held_on"] for m in self.rows["case_meetings"] if m["person_id"] == person]
        return max((d for d in held if d <= self.day), default=None)

    def service(self, service: str) -> str | None:
        return self.services.get(service, {}).get("name")


def cells(text: str | None) -> list[str] | None:
    """A cell of several values as the graph holds it."""
    return None if text is None else text.split("|")


def words(rows: Iterable[Row], column: str) -> list[str]:
    return sorted({r[column] for r in rows if r[column] is not None})


def latest(days: Iterable[date | None]) -> date | None:
    return max((d for d in days if d is not None), default=None)


def plans_now(s: Sums) -> Rows:
    found = []
    for p in s.plans_of_day():
        actions = [a for a in s.actions_of(p["plan_id"]) if a["status"] != "dropped"]
        undone = [a for a in actions if a["status"] in UNDONE]
        found.append(
            (
                *(p["plan_id"], p["subject_kind"], p["subject_id"], p["lead_responsible_officer"], p["from_date"]),
                *(p["review_on"], None if p["review_on"] is None else p["review_on"] < s.day),
                *(len(actions), sum(a["status"] == "done" for a in actions)),
                sum(a["due_on"] is not None and a["due_on"] < s.day for a in undone),
                *(sum(a["due_on"] is None for a in undone), words(actions, "strand")),
            )
        )
    return sorted(found, key=lambda r: (r[5] or NEVER, r[0]))


def plans_without_lead_officer(s: Sums) -> Rows:
    return sorted(
        (
            *(p["plan_id"], p["subject_kind"], p["subject_id"], p["from_date"], p["review_on"]),
            sum(a["status"] in UNDONE for a in s.actions_of(p["plan_id"])),
            s.groups.get(p["subject_id"], {}).get("lead_responsible_officer") if p["subject_kind"] == "group" else None,
        )
        for p in s.plans_of_day()
        if p["lead_responsible_officer"] is None
    )


def plans_all_pursue(s: Sums) -> Rows:
    found = []
    for p in s.plans_of_day():
        actions = [a for a in s.actions_of(p["plan_id"]) if a["status"] != "dropped"]
        if actions and all(a["strand"] == "pursue" for a in actions):
            hours, costs = ([a[c] for a in actions if a[c] is not None] for c in ("hours", "cost"))
            found.append(
                (
                    *(p["plan_id"], p["subject_kind"], p["subject_id"], p["lead_responsible_officer"], len(actions)),
                    *(sum(a["status"] == "done" for a in actions), sum(hours) if hours else None),
                    *(len(actions) - len(hours), sum(costs) if costs else None, len(actions) - len(costs)),
                )
            )
    return sorted(found, key=lambda r: (-r[4], r[0]))


def plan_actions_overdue(s: Sums) -> Rows:
    found = []
    for a in s.rows["plan_actions"]:
        plan = s.plans.get(a["plan_id"] or "")
        if a["due_on"] is None or a["due_on"] >= s.day or a["status"] not in UNDONE:
            continue
        if not s.action_may_be_shown(a) or not s.plan_may_be_shown(plan):
            continue
        about: tuple[Any, Any] = (plan["subject_kind"], plan["subject_id"]) if plan else (None, None)
        if a["nominal_id"]:
            about = ("person", a["nominal_id"])
        if a["ocg_id"]:
            about = ("group", a["ocg_id"])
        if a["subject_id"]:
            about = (a["subject_kind"], a["subject_id"])
        shown = ("action_id", "due_on", "strand", "action", "owner", "agency", "ocg_id", "nominal_id", "plan_id")
        found.append((*(a[c] for c in shown), *about))
    return sorted(found, key=lambda r: (r[1], r[0]))


def actions_of_a_plan(s: Sums) -> Rows:
    plan = s.plans.get(s.values["plan_id"])
    found = []
    for a in s.actions_of(s.values["plan_id"]) if s.plan_may_be_shown(plan) else []:
        if s.action_may_be_shown(a):
            overdue = a["status"] in UNDONE and a["due_on"] is not None and a["due_on"] < s.day
            shown = ("strand", "action_id", "action", "owner", "agency", "due_on", "status", "done_on")
            found.append((*(a[c] for c in shown), overdue, a["subject_kind"], a["subject_id"]))
    return sorted(found, key=lambda r: (r[0], r[5] or NEVER, r[1]))


def plan_history(s: Sums) -> Rows:
    plan = s.plans.get(s.values["plan_id"])
    own = {a["action_id"] for a in s.actions_of(s.values["plan_id"]) if s.action_may_be_shown(a)}
    # Of what is there no more a change says in which plan it stood.
    stood = f'"plan_id": "{s.values["plan_id"]}"'
    changes = s.rows["plan_changes"]
    own |= {c["action_id"] for c in changes if c["action_id"] not in s.actions and stood in (c["before"] or "")}
    shown = ("changed_by", "reason", "undoes", "change_id")
    found = [
        (
            *(c["changed_on"], c["change"], c["action_id"], s.actions.get(c["action_id"], {}).get("action")),
            *(c[k] for k in shown),
        )
        for c in changes
        if c["action_id"] in own and s.plan_may_be_shown(plan)
    ]
    return sorted(found, key=lambda r: (r[0], r[-1]))


def groups_without_plan(s: Sums) -> Rows:
    day_plans = [p for p in s.rows["plans"] if s.holds(p)]
    in_plan = {p["plan_id"] for p in day_plans}
    against = {(p["subject_kind"], p["subject_id"]) for p in day_plans}

    def lone(kind: str, subject: str) -> int:
        return sum(
            a["status"] in UNDONE
            and a["plan_id"] not in in_plan
            and (
                (a["subject_kind"], a["subject_id"]) == (kind, subject) or (kind == "group" and a["ocg_id"] == subject)
            )
            for a in s.rows["plan_actions"]
        )

    found: Rows = [
        ("group", g, row["name"], row["lead_responsible_officer"], len(s.members(g, s.day)), lone("group", g))
        for g, row in s.groups.items()
        if s.mapped(g, s.day) and ("group", g) not in against
    ]
    found += [
        ("threat", t["threat_id"], t["name"], None, None, lone("threat", t["threat_id"]))
        for t in s.rows["threats"]
        if (t["recorded_on"] or FIRST) <= s.day and ("threat", t["threat_id"]) not in against
    ]
    return sorted(found, key=lambda r: r[:2])


def disruptions_by_agency(s: Sums) -> Rows:
    by: dict[str | None, list[Row]] = defaultdict(list)
    for d in s.rows["disruptions"]:
        if s.in_period(d["happened_on"]):
            by[d["lead_agency"]].append(d)
    found = [
        (
            *(agency, len(own), *(sum(d["level"] == level for d in own) for level in ("major", "moderate", "minor"))),
            sum(d["level"] in ("none", "negative") for d in own),
            *(len({d["ocg_id"] for d in own}), words(own, "strand"), latest(d["happened_on"] for d in own)),
        )
        for agency, own in by.items()
    ]
    return sorted(found, key=lambda r: (-r[1], r[0] or ""))


def disruptions_before_after(s: Sums) -> Rows:
    v = s.values
    crimes = {c["crime_id"]: c["recorded_on"] or c["occurred_on"] for c in s.rows["crimes"]}
    reports = {}
    for r in s.rows["intel_reports"]:
        scheme = r["grading_scheme"]
        source, content = (
            f"{scheme} {r[c]}" if scheme and r[c] else "" for c in ("source_grade", "intelligence_grade")
        )
        if s.reviewed(r) and source not in v["refused_sources"] and content not in v["refused_contents"]:
            reports[r["report_id"]] = r["reported_on"]
    found = []
    for d in s.rows["disruptions"]:
        if d["ocg_id"] != v["ocg_id"] or not s.in_period(d["happened_on"]):
            continue
        day = d["happened_on"]
        members = s.members(v["ocg_id"], day)
        linked = {
            link["crime_id"]
            for link in s.rows["crime_links"]
            if link["person_id"] in members and link["link_role"] in v["link_roles"]
        }
        mentioned = {x["report_id"] for x in s.rows["intel_links"] if x["person_id"] in members}
        counts = []
        for of, days in ((linked, crimes), (mentioned, reports)):
            dated = [days[i] for i in of if days.get(i) is not None and days[i] <= s.day]
            near = [(x - day).days for x in dated if abs((x - day).days) <= v["window_days"]]
            counts += [sum(n < 0 for n in near), sum(n > 0 for n in near)]
        after = max(0, min((s.day - day).days, v["window_days"]))
        shown = ("disruption_id", "happened_on", "level", "strand", "lead_agency")
        found.append((*(d[c] for c in shown), len(members), *counts, after))
    return sorted(found, key=lambda r: (r[1], r[0]))


def activities_results(s: Sums) -> Rows:
    found = [
        (
            *(a["activity_id"], a["name"], a["kind"], a["happened_on"], a["lead_agency"], cells(a["agencies"])),
            *(a["plan_id"], a["ocg_id"], a["thing_id"], s.named(a["thing_id"]), cells(a["results"])),
        )
        for a in s.rows["activities"]
        if s.in_period(a["happened_on"]) and s.plan_may_be_shown(s.plans.get(a["plan_id"] or ""))
    ]
    return sorted(sorted(found, key=lambda r: r[0]), key=lambda r: r[3], reverse=True)


def threats_and_their_things(s: Sums) -> Rows:
    found = []
    for t in s.rows["threats"]:
        if (t["recorded_on"] or FIRST) > s.day:
            continue
        threat = ("threat", t["threat_id"])
        plans = [p for p in s.rows["plans"] if (p["subject_kind"], p["subject_id"]) == threat and s.holds(p)]
        own = {p["plan_id"] for p in plans}
        undone = [a for a in s.rows["plan_actions"] if a["status"] in UNDONE]
        actions = [
            a
            for a in undone
            if (a["subject_kind"], a["subject_id"]) == threat
            or (a["plan_id"] in own and not (a["subject_id"] or a["ocg_id"] or a["nominal_id"]))
        ]
        scored = [r["scored_on"] for r in s.rows["scores"] if (r["subject_kind"], r["subject_id"]) == threat]
        # Officers in the order of their plans.
        plans.sort(key=lambda p: p["plan_id"])
        officers = [p["lead_responsible_officer"] for p in plans if p["lead_responsible_officer"]]
        found.append(
            (
                *(t["threat_id"], t["name"], t["kind"], t["district"], t["recorded_on"], t["thing_id"]),
                *(s.named(t["thing_id"]), [p["plan_id"] for p in plans], [*dict.fromkeys(officers)], len(actions)),
                latest(d for d in scored if d <= s.day),
            )
        )
    return sorted(found)


def _order(s: Sums, o: Row) -> tuple[Any, ...]:
    protects = "withheld" if s.restricted(o["protects"]) else o["protects"]
    return (
        *(o["order_id"], o["kind"], o["person_id"], s.of(o["person_id"], "name"), o["thing_id"]),
        *(s.named(o["thing_id"]), protects, o["issued_by"], o["from_date"], o["to_date"]),
    )


def orders_in_force(s: Sums) -> Rows:
    found = [
        (
            *_order(s, o),
            (o["to_date"] - s.day).days if o["to_date"] else None,
            o["breached_on"] if o["breached_on"] and o["breached_on"] <= s.day else None,
        )
        for o in s.rows["orders"]
        if s.holds(o) and not s.restricted(o["person_id"])
    ]
    return sorted(found, key=lambda r: (r[9] or NEVER, r[0]))


def orders_breached(s: Sums) -> Rows:
    found = [
        (*_order(s, o), o["breached_on"], s.holds(o))
        for o in s.rows["orders"]
        if s.in_period(o["breached_on"]) and not s.restricted(o["person_id"])
    ]
    return sorted(found, key=lambda r: (r[10], r[0]))


def premises_with_orders(s: Sums) -> Rows:
    found = []
    counted = {c["crime_id"] for c in s.rows["crimes"] if s.in_period(c["recorded_on"] or c["occurred_on"])}
    for thing in sorted(s.things):
        orders = [o for o in s.rows["orders"] if o["thing_id"] == thing and o["from_date"] <= s.day]
        went = [a["happened_on"] for a in s.rows["activities"] if a["thing_id"] == thing and a["happened_on"] <= s.day]
        if not orders and not went:
            continue
        own = {g["ocg_id"] for g in s.rows["group_things"] if g["thing_id"] == thing and s.holds(g)}
        involved = {c["crime_id"] for c in s.rows["crime_things"] if c["thing_id"] == thing} & counted
        found.append(
            (
                *(thing, s.things[thing]["kind"], s.named(thing), words(orders, "kind"), sum(map(s.holds, orders))),
                sum(o["breached_on"] is not None and o["breached_on"] <= s.day for o in orders),
                *(len(went), latest(went), sorted(own), len(involved)),
            )
        )
    return found


def scores_latest(s: Sums) -> Rows:
    by: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for r in s.rows["scores"]:
        if r["scored_on"] <= s.day and not (r["subject_kind"] == "person" and s.restricted(r["subject_id"])):
            by[r["subject_kind"], r["subject_id"], r["scheme"], r["version"], r["component"]].append(r)
    threats = {t["threat_id"]: t["name"] for t in s.rows["threats"]}
    found = []
    for key, own in sorted(by.items()):
        last = max(own, key=lambda r: r["scored_on"])
        name = {
            "group": lambda i: s.groups.get(i, {}).get("name"),
            "person": lambda i: s.of(i, "name"),
            "thing": s.named,
            "threat": threats.get,
        }[key[0]](key[1])
        found.append(
            (*key[:2], name, *key[2:], last["score"], last["scored_on"], last["assessor"], last["reason"], len(own))
        )
    return found


def cases_by_service(s: Sums) -> Rows:
    found = []
    for service, row in sorted(s.services.items()):
        own = [
            r
            for r in s.rows["assignments"]
            if r["service_id"] == service and s.holds(r) and not s.restricted(r["person_id"])
        ]
        for owner in sorted({r["owner"] for r in own} or {None}, key=lambda o: o or ""):
            cases = [r for r in own if r["owner"] == owner]
            people = {r["person_id"] for r in cases}
            begun = [r["from_date"] for r in cases if r["from_date"]]
            found.append(
                (
                    *(service, row["name"], row["agency"], owner, len(people)),
                    sum(a is not None and a < 18 for a in map(s.shown_age, people)),
                    *(sum(s.shown_age(p) is None for p in people), min(begun, default=None)),
                )
            )
    return found


def cases_of_a_service(s: Sums) -> Rows:
    own = [r for r in s.rows["assignments"] if r["service_id"] == s.values["service_id"] and s.holds(r)]
    own.sort(key=lambda r: (r["person_id"], r["from_date"] or FIRST))
    shown = [(r["person_id"], r) for r in own if not s.restricted(r["person_id"])]
    return [
        (p, s.of(p, "name"), s.shown_age(p), r["owner"], r["from_date"], r["to_date"], s.latest_meeting(p))
        for p, r in shown
    ]


def cases_without_owner(s: Sums) -> Rows:
    found = [
        ("no owner at the service", r["person_id"], r["service_id"], s.service(r["service_id"]), r["from_date"])
        for r in s.rows["assignments"]
        if s.holds(r) and r["owner"] is None and not s.restricted(r["person_id"])
    ]
    referred: dict[str, date] = {}
    for r in s.rows["referrals"]:
        if r["made_on"] <= s.day:
            referred[r["person_id"]] = max(r["made_on"], referred.get(r["person_id"], FIRST))
    for person, since in referred.items():
        age = s.shown_age(person)
        child = age < 18 if age is not None else person in s.children and s.age(person) is None
        if child and not s.assigned(person) and not s.restricted(person):
            found.append(("referred and no service", person, None, None, since))
    found.sort(key=lambda r: (r[0], r[1], r[2] or "", r[4] or FIRST))
    return [
        (why, p, s.of(p, "name"), s.shown_age(p), service, name, since, s.latest_meeting(p))
        for why, p, service, name, since in found
    ]


def turning_18_with_a_case(s: Sums) -> Rows:
    found = []
    for r in s.rows["assignments"]:
        person = r["person_id"]
        age = s.shown_age(person)
        if not s.holds(r) or s.restricted(person) or age is None or age < 17:
            continue
        if age == 17:
            why = "turns 18 within a year"
        elif r["from_date"] is None:
            why = "over 18 and not known since when"
        else:
            then = s.age(person, r["from_date"])
            if then is None or then >= 18:
                continue
            why = "turned 18 since the case began"
        planned = [
            m["held_on"] for m in s.rows["case_meetings"] if m["person_id"] == person and m["kind"] == "hand_over"
        ]
        found.append(
            (
                *(person, s.of(person, "name"), s.of(person, "date_of_birth"), age, r["service_id"]),
                *(s.service(r["service_id"]), r["owner"], r["from_date"], why, latest(planned)),
            )
        )
    return sorted(found, key=lambda r: (r[2], r[0], r[4], r[7] or FIRST))


def meetings_overdue(s: Sums) -> Rows:
    by: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for m in s.rows["case_meetings"]:
        if m["held_on"] <= s.day and not s.restricted(m["person_id"]):
            by[m["person_id"], m["kind"]].append(m)
    found = []
    for (person, kind), held in by.items():
        last = max(held, key=lambda m: m["held_on"])
        if last["next_on"] is not None and last["next_on"] < s.day:
            found.append(
                (
                    *(person, s.of(person, "name"), s.shown_age(person), kind, last["held_on"], last["next_on"]),
                    *((s.day - last["next_on"]).days, s.owners(person), cells(last["attended"])),
                )
            )
    return sorted(found, key=lambda r: (r[5], r[0], r[3]))


def return_interviews_overdue(s: Sums) -> Rows:
    by: dict[str, list[Row]] = defaultdict(list)
    for e in s.rows["missing_episodes"]:
        by[e["child_id"]].append(e)
    found = []
    end = datetime.combine(s.day, time()) + timedelta(days=1)
    for child, own in by.items():
        if s.restricted(child) or not s.may_be_child(child):
            continue
        for e in own:
            begun = e["missing_from"]
            within = any(b["missing_from"] < begun and b["found_at"] and b["found_at"] > begun for b in own)
            if within or not s.in_period(begun.date()) or e["found_at"] is None:
                continue
            others = [o for o in own if begun < o["missing_from"] < e["found_at"]]
            back = max([e["found_at"], *(o["found_at"] for o in others if o["found_at"])])
            together = [e, *others]
            heard = any(o["return_interview_at"] and o["return_interview_at"] >= back for o in together)
            refused = any(o["interview_refused_on"] and o["interview_refused_on"] <= s.day for o in together)
            if heard or refused or back + timedelta(hours=s.values["interview_hours"]) >= end:
                continue
            found.append(
                (
                    child,
                    s.of(child, "name"),
                    s.shown_age(child),
                    begun,
                    back,
                    (s.day - back.date()).days,
                    s.owners(child),
                )
            )
    return sorted(found, key=lambda r: (r[4], r[0]))


PLACE = {"referred": 0, "reasonable_grounds": 1, "conclusive_grounds": 2, "negative": 3}


def _stages(s: Sums) -> Iterable[tuple[str, Row, str | None, date | None, int]]:
    by: dict[str, list[Row]] = defaultdict(list)
    for r in s.rows["nrm_stages"]:
        if (r["decided_on"] or FIRST) <= s.day and not s.restricted(r["person_id"]):
            by[r["person_id"]].append(r)
    for person, own in by.items():
        own.sort(key=lambda r: (r["decided_on"] or FIRST, PLACE[r["stage"]], r["exploitation"] or ""))
        kinds = [r["exploitation"] for r in own if r["exploitation"]]
        referred = [r["decided_on"] for r in own if r["stage"] == "referred" and r["decided_on"]]
        undated = sum(r["decided_on"] is None for r in own)
        yield person, own[-1], (kinds or [None])[-1], min(referred, default=None), undated


def nrm_stages(s: Sums) -> Rows:
    stands = {"negative": "no victim", "conclusive_grounds": "victim"}
    return sorted(
        (
            *(person, s.of(person, "name"), s.shown_age(person), last["stage"]),
            *(stands.get(last["stage"], "potential victim"), last["decided_on"], kind, referred, undated),
        )
        for person, last, kind, referred, undated in _stages(s)
    )


def nrm_waiting(s: Sums) -> Rows:
    waits = {"referred": "reasonable grounds", "reasonable_grounds": "conclusive grounds"}
    found = [
        (
            *(person, s.of(person, "name"), s.shown_age(person), waits[last["stage"]], last["decided_on"]),
            (s.day - last["decided_on"]).days if last["decided_on"] else None,
            *(referred, s.owners(person), undated),
        )
        for person, last, _, referred, undated in _stages(s)
        if last["stage"] in waits
    ]
    on_record = {r["person_id"] for r in s.rows["nrm_stages"] if (r["decided_on"] or FIRST) <= s.day}
    made: dict[str, list[date]] = defaultdict(list)
    for r in s.rows["referrals"]:
        if r["kind"] == "nrm" and r["made_on"] <= s.day and r["person_id"] not in on_record:
            made[r["person_id"]].append(r["made_on"])
    for person, days in made.items():
        if not s.restricted(person):
            shown = (person, s.of(person, "name"), s.shown_age(person), "reasonable grounds", max(days))
            found.append((*shown, (s.day - max(days)).days, min(days), s.owners(person), 0))
    return sorted(found, key=lambda r: (r[4] or FIRST, r[0]))


def services_of_children_of_a_group(s: Sums) -> Rows:
    group = s.values["ocg_id"]
    held = {r["nominal_id"] for r in s.rows["memberships"] if r["ocg_id"] == group and s.holds(r)} & s.nominals.keys()
    adults: dict[str, set[str]] = defaultdict(set)
    for f in s.rows["family_links"]:
        counts = f["adult_id"] in held and f["relationship"] in s.values["family"]
        if counts and s.mapped(group, s.day) and (f["recorded_on"] or FIRST) <= s.day:
            adults[f["child_id"]].add(f["adult_id"])
    found = []
    for child, own in sorted(adults.items()):
        if s.restricted(child) or not s.may_be_child(child):
            continue
        cases = sorted(s.assigned(child), key=lambda r: (r["service_id"], r["owner"] or ""))
        shown = dict.fromkeys("withheld" if s.restricted(a) else a for a in sorted(own))
        found.append(
            (
                *(child, s.of(child, "name"), s.shown_age(child), [*shown]),
                [*dict.fromkeys(s.service(r["service_id"]) or r["service_id"] for r in cases)],
                [*dict.fromkeys(r["owner"] for r in cases if r["owner"])],
                *(sum(r["owner"] is None for r in cases), s.latest_meeting(child)),
            )
        )
    return found


def _timeline(found: Rows) -> Rows:
    return sorted(found, key=lambda r: (r[0] or FIRST, r[1], r[5], r[4] or NEVER))


def case_of_a_person(s: Sums) -> Rows:
    person = s.values["case_id"]
    if s.restricted(person):
        return []
    own = {name: [r for r in s.rows[name] if r.get("person_id") == person] for name in s.rows}
    found: Rows = [
        (r["made_on"], "referral", r["kind"], r["made_by"], None, f"{person}|{r['kind']}|{r['made_on']}")
        for r in own["referrals"]
        if r["made_on"] <= s.day
    ]
    found += [
        (
            r["from_date"],
            "service",
            s.service(r["service_id"]) or r["service_id"],
            r["owner"],
            r["to_date"],
            r["service_id"],
        )
        for r in own["assignments"]
        if (r["from_date"] or FIRST) <= s.day
    ]
    found += [
        (m["held_on"], "meeting", m["kind"], None, m["next_on"], f"{person}|{m['held_on']}|{m['kind']}")
        for m in own["case_meetings"]
        if m["held_on"] <= s.day
    ]
    for column, what in (("person_id", "order on the person"), ("protects", "order that protects the person")):
        found += [
            (o["from_date"], what, o["kind"], o["issued_by"], o["to_date"], o["order_id"])
            for o in s.rows["orders"]
            if o[column] == person and o["from_date"] <= s.day and not s.restricted(o["person_id"])
        ]
    found += [
        (
            *(r["decided_on"], "stage of the national referral mechanism", r["stage"], None, None),
            f"{person}|{r['stage']}|{r['decided_on'] or ''}",
        )
        for r in own["nrm_stages"]
        if (r["decided_on"] or FIRST) <= s.day
    ]
    found += [
        (
            *(r["assessed_on"], "assessed risk of exploitation", f"{r['exploitation']}: {r['level']}", None, None),
            f"{person}|{r['exploitation']}|{r['assessed_on'] or ''}",
        )
        for r in s.rows["child_risks"]
        if r["child_id"] == person and (r["assessed_on"] or FIRST) <= s.day
    ]
    found += [
        (
            *(e["missing_from"].date(), "missing", None, None, e["found_at"].date() if e["found_at"] else None),
            f"{person}|{e['missing_from'].isoformat()}",
        )
        for e in s.rows["missing_episodes"]
        if e["child_id"] == person and e["missing_from"].date() <= s.day
    ]
    return _timeline(found)


def case_of_premises(s: Sums) -> Rows:
    place = s.values["premises_id"]
    found: Rows = [
        (o["from_date"], "order", o["kind"], o["issued_by"], o["to_date"], o["order_id"])
        for o in s.rows["orders"]
        if o["thing_id"] == place and o["from_date"] <= s.day and not s.restricted(o["person_id"])
    ]
    found += [
        (a["happened_on"], "activity", a["kind"], a["lead_agency"], None, a["activity_id"])
        for a in s.rows["activities"]
        if a["thing_id"] == place and a["happened_on"] <= s.day
    ]
    involved = {c["crime_id"] for c in s.rows["crime_things"] if c["thing_id"] == place}
    for c in s.rows["crimes"]:
        day = c["recorded_on"] or c["occurred_on"]
        if c["crime_id"] in involved and s.in_period(day):
            found.append((day, "crime", c["offence"], None, None, c["crime_id"]))
    found += [
        (
            g["from_date"],
            "group",
            s.groups.get(g["ocg_id"], {}).get("name") or g["ocg_id"],
            None,
            g["to_date"],
            g["ocg_id"],
        )
        for g in s.rows["group_things"]
        if g["thing_id"] == place and (g["from_date"] or FIRST) <= s.day
    ]
    return _timeline(found)


SUMS = {
    name.replace("_", "-"): of
    for name, of in list(globals().items())
    if callable(of) and getattr(of, "__module__", "") == __name__ and name not in ("Sums", "cells", "words", "latest")
    if not name.startswith("_")
}
"""What works each question out of the rows, by the name of the question."""
