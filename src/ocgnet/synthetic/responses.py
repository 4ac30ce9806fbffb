"""What was done about the groups: disruptions, plans and stop checks."""

from __future__ import annotations

from datetime import timedelta

from ocgnet.synthetic.groups import Roster
from ocgnet_demo.drawing import AS_OF, BEFORE_AS_OF, BEFORE_FIRST, DISTRICTS, FIRST, Row, day_between, pick, stream

DISRUPTIONS, DISRUPTIONS_BEFORE = 65, 42

_LEVELS = (("major", 9.0), ("moderate", 22.0), ("minor", 26.0), ("none", 6.0), ("negative", 2.0))
_STRANDS = (("pursue", 38.0), ("prevent", 9.0), ("protect", 10.0), ("prepare", 8.0))
_DONE = {
    "pursue": ("Warrant at a storage unit", "Cash seized", "Arrest on the road", "Account frozen", "Vehicle seized"),
    "prevent": ("Civil order applied for", "Youth worker met two runners", "Licence reviewed"),
    "protect": ("Tenant moved out of a used address", "Schools briefed", "Shop staff trained"),
    "prepare": ("Partners' exercise held", "Community meeting after a raid", "Information agreement signed"),
}
_PARTNERS = ("housing", "trading standards", "border agency", "tax office", "council", "fire service", "probation")


def disruption_rows(roster: Roster, seed: int) -> list[Row]:
    """Return the rows of ``disruptions``: 65 in the year, 42 in the year before, some earlier."""
    rng = stream(seed, "disruptions")
    drafts = []
    for count, first, last in (
        (DISRUPTIONS, FIRST, AS_OF),
        (DISRUPTIONS_BEFORE, BEFORE_FIRST, BEFORE_AS_OF),
        (7, BEFORE_FIRST - timedelta(days=300), BEFORE_FIRST - timedelta(days=1)),
    ):
        size = {
            g: float(len(people)) for g, people in roster.ever.items() if roster.mapped[g] < last - timedelta(days=40)
        }
        for _ in range(count):
            open_until = {g: min(last, roster.archived.get(g, last)) for g in size}
            fit = [g for g in size if open_until[g] > max(first, roster.mapped[g])]
            group = rng.choices(fit, [size[g] for g in fit])[0]
            on = day_between(rng, max(first, roster.mapped[group]), open_until[group])
            drafts.append((on, group))
    rows: list[Row] = []
    for number, (on, group) in enumerate(sorted(drafts), 1):
        strand = pick(rng, _STRANDS)
        partners = sorted(rng.sample(_PARTNERS, rng.choice((0, 0, 1, 1, 2, 3))))
        rows.append(
            {
                "disruption_id": f"D{number:04d}",
                "ocg_id": group,
                "happened_on": on,
                "level": pick(rng, _LEVELS),
                "strand": strand,
                "lead_agency": "police" if rng.random() < 0.8 else rng.choice(_PARTNERS),
                "partners": "|".join(partners),
                "description": rng.choice(_DONE[strand]),
            }
        )
    return rows


def plan_rows(roster: Roster, seed: int) -> list[Row]:
    """Return the rows of ``plan_actions``: against groups and single nominals; open, overdue, done and dropped."""
    rng = stream(seed, "plans")
    now = roster.on(AS_OF)
    rows: list[Row] = []
    for number in range(1, 121):
        group = rng.choice(sorted(now))
        person = rng.choice(sorted(now[group])) if rng.random() < 0.25 else None
        strand = pick(rng, _STRANDS)
        status = rng.choice(("open", "open", "done", "done", "done", "dropped"))
        due = day_between(rng, FIRST, AS_OF + timedelta(days=180))
        done = min(due + timedelta(days=rng.randint(-40, 30)), AS_OF)
        rows.append(
            {
                "action_id": f"A{number:04d}",
                "ocg_id": None if person and rng.random() < 0.5 else group,
                "nominal_id": person,
                "strand": strand,
                "action": f"Plan: {rng.choice(_DONE[strand]).lower()}",
                "owner": f"Sgt {rng.choice('KLMNPQRT')}{rng.randint(10, 99)}",
                "agency": "police" if rng.random() < 0.7 else rng.choice(_PARTNERS),
                "due_on": due,
                "status": status,
                "done_on": done if status == "done" else None,
            }
        )
    return rows


def stop_rows(roster: Roster, seed: int) -> list[Row]:
    """Return the rows of ``stop_checks``: transient dealers from elsewhere, most of them nobody on record."""
    rng = stream(seed, "stops")
    known = sorted(roster.associates)
    rows: list[Row] = []
    for number in range(1, 181):
        on = day_between(rng, BEFORE_FIRST, AS_OF)
        person = rng.choice(known) if rng.random() < 0.2 else None
        age = rng.triangular(14.2, 40, 19)
        born = roster.people[person].born if person else on - timedelta(days=int(age * 365.25))
        away = rng.random() < 0.7
        rows.append(
            {
                "stop_id": f"SC{number:04d}",
                "person_id": person,
                "date_of_birth": born if rng.random() < 0.95 else None,
                "happened_on": on,
                "district": rng.choice(DISTRICTS),
                "outcome": "arrested" if rng.random() < 0.4 else "stopped",
                "transient_dealer": away or rng.random() < 0.3,
                "home_force": rng.choice(("Northreach Police", "Estuary Constabulary")) if away else None,
            }
        )
    return rows
