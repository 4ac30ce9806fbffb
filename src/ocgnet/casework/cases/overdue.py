"""What is overdue in a case on a day, and from when on somebody has to hand it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ocgnet.casework.cases.case_records import CaseRecords, Person, Row, eighteenth, record_of
from ocgnet.casework.cases.one_case import (
    ROUTES,
    YEAR,
    current_assignments,
    holds_on,
    is_open,
    latest_stage,
    meeting_words,
    recorded_words,
    service_words,
    waits,
)
from ocgnet.english import counted
from ocgnet.visible import shortened

OVERDUE: Mapping[str, str] = {
    "return": "return from a missing episode that is not recorded",
    "interview": "return interview",
    "hand_over": "hand-over to a service for adults",
    "referral": "referral without an outcome",
    "meeting": "meeting that was to be held",
    "order": "order that has run out",
    "action": "action of a plan",
    "plan_review": "review of a plan",
    "review": "review of the record",
}
"""What can be overdue, the most pressing first."""

ADULT_SERVICES = ("adult_services",)
"""Kinds of service to which a case is handed over at 18."""

RUN_OUT: Mapping[str, str] = {
    "emergency_protection_order": "it lasts 15 days at most (Children Act 1989, section 45), so record what followed",
}
"""What is to be done when an order of a kind has run out, where renewing it is no answer."""

OPEN_CASE: Mapping[str, str] = {
    "missing": "no return is recorded of a missing episode, or no return interview of one in the last year",
    "service": "a service is assigned and has not ended",
    "referral": "a referral has no outcome",
    "meeting": "a meeting is ahead, or the next one was to be held and was not",
    "order": "an order is in force that protects the person, or stands on a child",
    "nrm": "the national referral mechanism has not decided finally",
    "plan": "a plan is going on about a child, or an action about a child is to be done",
}
"""What makes an open case; any one of them does. This is the only place that says so."""


@dataclass(frozen=True)
class Overdue:
    """One thing that is overdue."""

    what: str  # key of ``OVERDUE``
    of: str  # what exactly, such as "MASH referral"; ``on`` names the day that it is known by
    on: date | None
    due: date  # the last day on which it was in time
    why: str  # the rule, or what makes it overdue
    record: str

    def days(self, day: date) -> int:
        """Days since it was due."""
        return (day - self.due).days


def overdue_of(records: CaseRecords, person: Person) -> tuple[Overdue, ...]:
    """Return what is overdue, the most pressing kind first, then what was due first."""
    every = [*_returns(records, person), *_interviews(records, person), *_hand_over(records, person)]
    every += [*_referrals(records, person), *_meetings(records, person), *_actions(records, person)]
    every += [*_plan_reviews(records, person), *_review(records, person)]
    if open_because(records, person):
        every += _orders(records, person)
    order = {what: place for place, what in enumerate(OVERDUE)}
    return tuple(sorted(every, key=lambda o: (order[o.what], o.due, o.record)))


def _returns(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    days = records.settings.missing_open_days
    for episode in records.episodes(person.id):
        if episode.found is None and not records.may_be_missing(episode):
            yield Overdue(
                "return",
                "return from the missing episode",
                episode.begun.date(),
                episode.begun.date() + timedelta(days=days),
                f"no return is recorded, {counted((records.day - episode.begun.date()).days, 'day')} after it began: "
                "find out whether the child is back",
                episode.records[0],
            )


def _interviews(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    hours = records.settings.interview_hours
    first = records.day - timedelta(days=YEAR)
    for episode in records.episodes(person.id):
        if episode.outstanding and episode.found is not None and episode.begun.date() > first:
            due = (episode.found + timedelta(hours=hours)).date()
            why = f"none is recorded, held or refused, and {hours} hours have passed since the return"
            yield Overdue("interview", "return interview", episode.found.date(), min(due, records.day), why,
                          episode.records[0])  # fmt: skip


def _hand_over(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    birthday = eighteenth(person)
    if birthday is None or birthday > records.day or adult_services(records, person.id):
        return
    if begun_as_child(records, person) and open_because(records, person):
        why = f"turned 18 on {birthday}, and no service for adults is assigned"
        if missing := records.without("assignments", "services"):
            why = f"turned 18 on {birthday}; no service for adults is known: no table {' and no table '.join(missing)}"
        yield Overdue("hand_over", "hand-over to a service for adults", birthday, birthday, why, "")


def _referrals(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    for row in records.of("referrals", person.id):
        due = row["made_on"] + timedelta(days=records.settings.referral_days)
        if waits(records, row) and due < records.day:
            days = counted((records.day - row["made_on"]).days, "day")
            yield Overdue("referral", f"outcome of the {ROUTES[row['kind']]}", row["made_on"], due,
                          f"no outcome is recorded after {days}", record_of("referrals", row))  # fmt: skip


def _follows(row: Row, other: Row) -> bool:
    """Whether a meeting is the one that was to follow: a later one of the kind, or any on that day or after it."""
    later = bool(other["held_on"] > row["held_on"])
    return later and (other["kind"] == row["kind"] or other["held_on"] >= row["next_on"])


def _meetings(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    rows = records.of("case_meetings", person.id)
    held = [row for row in rows if row["held_on"] <= records.day]
    for row in held:
        if row["next_on"] is None or row["next_on"] >= records.day or any(_follows(row, other) for other in held):
            continue
        ahead = min((other["held_on"] for other in rows if other["held_on"] > records.day), default=None)
        why = f"it was to follow the {meeting_words(row['kind'])} of {row['held_on']}, and none was held since"
        if ahead is not None:
            why += f"; one is arranged for {ahead}"
        yield Overdue("meeting", "next meeting", row["next_on"], row["next_on"], why, record_of("case_meetings", row))


def _orders(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    rows = records.of("orders", person.id)
    for row in rows:
        if holds_on(row, records.day) or row["to_date"] < records.day - timedelta(days=YEAR):
            continue
        same = [r for r in rows if (r["kind"], r["person_id"], r["thing_id"], r["protects"]) ==
                (row["kind"], row["person_id"], row["thing_id"], row["protects"])]  # fmt: skip
        # One that was made again since is no gap.
        if any((r["to_date"] or date.max) > row["to_date"] for r in same):
            continue
        next_step = RUN_OUT.get(row["kind"], "renew it, or record why not")
        yield Overdue("order", recorded_words(row["kind"]), row["from_date"], row["to_date"],
                      f"it has run out, and the case is open: {next_step}",
                      record_of("orders", row))  # fmt: skip


def _actions(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    for row in records.of("plan_actions", person.id):
        if is_open(records, row) and row["due_on"] is not None and row["due_on"] < records.day:
            owner = f"owned by {row['owner']}" if row["owner"] else "no owner is recorded"
            yield Overdue("action", f"action “{shortened(row['action'], 60)}”", row["due_on"], row["due_on"], owner,
                          record_of("plan_actions", row))  # fmt: skip


def _plan_reviews(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    for row in records.of("plans", person.id):
        if row["review_on"] is not None and row["review_on"] < records.day and holds_on(row, records.day):
            lead = row["lead_responsible_officer"]
            yield Overdue("plan_review", f"review of plan {row['plan_id']}", row["review_on"], row["review_on"],
                          f"led by {lead}" if lead else "no lead officer is recorded",
                          record_of("plans", row))  # fmt: skip


def _review(records: CaseRecords, person: Person) -> Iterator[Overdue]:
    if person.review_due is not None and person.review_due < records.day:
        why = "whether the record may still be kept was to be reviewed: ocgnet review done, or ocgnet review erase"
        yield Overdue("review", "review of the record", person.review_due, person.review_due, why, "")


# What makes an open case.


def open_because(records: CaseRecords, person: Person) -> tuple[str, ...]:
    """Return what makes an open case of somebody, as keys of ``OPEN_CASE``; empty when nothing does."""
    holds = {
        "missing": _is_missing(records, person),
        "service": bool(current_assignments(records, person.id)),
        "referral": any(waits(records, row) for row in records.of("referrals", person.id)),
        "meeting": _meets(records, person),
        "order": any(
            holds_on(row, records.day) and (row["protects"] == person.id or person.child)
            for row in records.of("orders", person.id)
        ),
        "nrm": _undecided(records, person),
        "plan": person.child and _planned(records, person),
    }
    return tuple(key for key in OPEN_CASE if holds[key])


def _is_missing(records: CaseRecords, person: Person) -> bool:
    if any(episode.found is None for episode in records.episodes(person.id)):
        return True
    return any(True for _ in _interviews(records, person))


def _meets(records: CaseRecords, person: Person) -> bool:
    rows = records.of("case_meetings", person.id)
    ahead = any(r["held_on"] > records.day or (r["next_on"] and r["next_on"] >= records.day) for r in rows)
    return ahead or any(True for _ in _meetings(records, person))


def _undecided(records: CaseRecords, person: Person) -> bool:
    rows = records.of("nrm_stages", person.id)
    latest, _ = latest_stage(rows)
    if latest is None:
        return bool(rows)
    return latest["stage"] in ("referred", "reasonable_grounds")


def _planned(records: CaseRecords, person: Person) -> bool:
    going = any(holds_on(row, records.day) for row in records.of("plans", person.id))
    return going or any(is_open(records, row) for row in records.of("plan_actions", person.id))


# Turning eighteen.


def adult_services(records: CaseRecords, person: str) -> tuple[str, ...]:
    """Return the services for adults that look after somebody on the day, in words."""
    current = (row["service_id"] for row in current_assignments(records, person))
    kinds = {service: row["kind"] for service, row in records.services.items()}
    return tuple(service_words(records, s) for s in current if kinds.get(s) in ADULT_SERVICES)


def begun_as_child(records: CaseRecords, person: Person) -> bool:
    """Whether anything of the case is dated before the eighteenth birthday."""
    birthday = eighteenth(person)
    if birthday is None:
        return False
    days = [e.begun.date() for e in records.episodes(person.id)]
    for table, column in (("referrals", "made_on"), ("assignments", "from_date"), ("case_meetings", "held_on"),
                          ("orders", "from_date"), ("nrm_stages", "decided_on"), ("plans", "from_date")):  # fmt: skip
        days += [row[column] for row in records.of(table, person.id) if row[column] is not None]
    return any(day < birthday for day in days)


def hand_over_words(records: CaseRecords, person: Person) -> str:
    """Say when somebody whose case was begun as a child's turns or turned eighteen, and who takes it over.

    Empty when the birthday is further ahead than ``hand_over_days``, or the case was an adult's from the beginning.
    """
    birthday = eighteenth(person)
    if birthday is None:
        if not person.child:
            return ""
        return (
            f"No date of birth that can be right is recorded, so when {person.id} turns 18 is not known; {person.id} "
            "counts as under 18."
        )
    ahead = (birthday - records.day).days
    if ahead > records.settings.hand_over_days or (ahead <= 0 and not begun_as_child(records, person)):
        return ""
    turns = f"turned 18 on {birthday}" if ahead <= 0 else f"turns 18 on {birthday}, in {counted(ahead, 'day')}"
    to = adult_services(records, person.id)
    if to:
        taken = f"a service for adults is assigned: {', '.join(to)}"
    elif missing := records.without("assignments", "services"):
        taken = f"whether a service for adults is assigned is not known: no table {' and no table '.join(missing)}"
    else:
        taken = "no service for adults is assigned"
    stays = "; the case stays a case" if ahead <= 0 else ""
    return f"{person.id} {turns}: {taken}{stays}."
