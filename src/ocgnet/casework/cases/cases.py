"""The page of one case, and the list of all that are open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from ocgnet.casework.cases.case_records import CaseRecords, Person
from ocgnet.casework.cases.one_case import (
    BESIDE,
    PARTS,
    Part,
    assigned,
    is_repeat_missing,
    latest_stage,
    parts_of,
    plain_entry,
)
from ocgnet.casework.cases.overdue import OPEN_CASE, Overdue, hand_over_words, open_because, overdue_of
from ocgnet.casework.child_records import ChildRecords, child_records
from ocgnet.casework.may_leave import may_know
from ocgnet.dataset import Dataset
from ocgnet.english import counted, in_words
from ocgnet.evidence.period import period_of
from ocgnet.evidence.restricted import in_use, restricted_ids
from ocgnet.settings import Settings

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Everything about one case on a day."""

    person: Person
    day: date
    open_because: tuple[str, ...]  # keys of ``OPEN_CASE``
    overdue: tuple[Overdue, ...]  # the most pressing first
    parts: tuple[Part, ...]  # in the order of ``PARTS``
    missing_since: date | None  # the first day of an episode that may be going on
    hand_over: str  # a sentence about an eighteenth birthday; empty when none is near
    later: int  # rows about the person that are dated after the day, and stand in no part

    @property
    def title(self) -> str:
        """Say in one sentence what the reader has to know first."""
        age = "age not known" if self.person.age is None else str(self.person.age)
        who = f"{self.person.id}, {age}"
        missing = f"missing since {long_day(self.missing_since, self.day)}" if self.missing_since else ""
        if not self.overdue:
            return f"{who}: {f'{missing}; ' if missing else ''}nothing that is recorded is overdue"
        first, number = self.overdue[0], len(self.overdue)
        of = first_words(first, self.day)
        if number == 1:
            told = f"one thing is overdue, the {of}"
        else:
            told = f"{in_words(number)} things are overdue, the {of} first"
        return f"{who}: {f'{missing}, and ' if missing else ''}{told}"


def long_day(when: date, day: date) -> str:
    """Return a day as a sentence says it, with its year where that is not the year of judgement.

    >>> long_day(date(2019, 5, 3), date(2019, 6, 1)), long_day(date(2018, 12, 27), date(2019, 6, 1))
    ('3 May', '27 December 2018')
    """
    year = f" {when.year}" if when.year != day.year else ""
    return f"{when.day} {_MONTHS[when.month - 1]}{year}"


def first_words(item: Overdue, day: date) -> str:
    """Return what is overdue with the day that it is known by."""
    joined = "due on" if item.what in ("meeting", "action", "plan_review", "review") else "of"
    return f"{item.of} {joined} {long_day(item.on, day)}" if item.on else item.of


def case_of(records: CaseRecords, person: str) -> Case:
    """Return the case of a person, open or not."""
    who = records.person(person)
    missing = [e.begun.date() for e in records.episodes(person) if records.may_be_missing(e)]
    return Case(
        who,
        records.day,
        open_because(records, who),
        overdue_of(records, who),
        parts_of(records, who),
        min(missing, default=None),
        hand_over_words(records, who),
        records.later[person],
    )


def around(dataset: Dataset, settings: Settings, person: str, day: date) -> ChildRecords:
    """Return who somebody is, the family, and the adults of groups who link the child, as every pack is cut from."""
    period = period_of(dataset, settings)
    return child_records(may_know(dataset), period, settings, [person], day)


def people_named(records: CaseRecords, person: str, beside: ChildRecords) -> list[str]:
    """Return the ids of everybody whom the page of a case names, the person among them, sorted."""
    named = {person, *(row["adult_id"] for table in ("concerns", "family") for row in beside.rows[table])}
    named.update(other for episode in records.episodes(person) for other in episode.companions)
    named.update(row[column] for row in records.of("orders", person) for column in ("person_id", "protects"))
    return sorted(filter(None, named))


# The list.


@dataclass(frozen=True)
class Listed:
    """One open case in the list."""

    person: Person
    open_because: tuple[str, ...]
    assigned: tuple[
        tuple[str, str], ...
    ]  # services that look after the person on the day, with the owner or an empty text
    overdue: tuple[Overdue, ...]
    repeat_missing: bool
    missing_since: date | None
    stage: str  # latest stage of the national referral mechanism, or empty
    hand_over: str

    @property
    def services(self) -> tuple[str, ...]:
        """Ids of the services that look after the person, each once."""
        return tuple(dict.fromkeys(service for service, _ in self.assigned))

    @property
    def owners(self) -> tuple[str, ...]:
        """Who owns the case, sorted; empty when nobody is recorded."""
        return tuple(sorted({owner for _, owner in self.assigned if owner}))

    def row(self, day: date) -> dict[str, Any]:
        """Return plain values, as CSV and JSON hold them."""
        return {
            "person_id": self.person.id,
            "name": self.person.name,
            "age": self.person.age,
            "child": self.person.child,
            "open_because": list(self.open_because),
            "services": list(self.services),
            "owners": list(self.owners),
            "overdue": len(self.overdue),
            "first_overdue": first_words(self.overdue[0], day) if self.overdue else "",
            "repeat_missing": self.repeat_missing,
            "missing_since": self.missing_since.isoformat() if self.missing_since else None,
            "nrm_stage": self.stage,
            "hand_over": self.hand_over,
        }


@dataclass(frozen=True)
class CaseList:
    """Every open case on a day."""

    day: date
    cases: tuple[Listed, ...]  # missing now first, then those with most overdue, then by id
    restricted: int  # open cases of people whose processing is restricted: not listed
    overdue_adults: int  # open cases of adults whose record is overdue for review: not listed
    without: tuple[str, ...]  # tables that these records do not hold

    def counts(self) -> dict[str, int]:
        """Return how many cases there are, and of which kind."""
        of = self.cases
        return {
            "open": len(of),
            "children": sum(c.person.child for c in of),
            "adults": sum(not c.person.child and c.person.age is not None for c in of),
            "age_not_known": sum(not c.person.child and c.person.age is None for c in of),
            "without_owner": sum(not c.owners for c in of),
            "overdue": sum(bool(c.overdue) for c in of),
            "repeat_missing": sum(c.repeat_missing for c in of),
            "missing_now": sum(c.missing_since is not None for c in of),
            "restricted": self.restricted,
            "overdue_for_review": self.overdue_adults,
        }

    def by_owner(self) -> list[tuple[str, str, int, int]]:
        """Return service, owner, cases and those with something overdue; without a service or owner, empty texts.

        A case that two services look after stands with both.
        """
        total: Counter[tuple[str, str]] = Counter()
        late: Counter[tuple[str, str]] = Counter()
        for case in self.cases:
            for pair in case.assigned or (("", ""),):
                total[pair] += 1
                late[pair] += bool(case.overdue)
        return [(*pair, total[pair], late[pair]) for pair in sorted(total)]


def case_list(dataset: Dataset, day: date, settings: Settings) -> CaseList:
    """Return every open case of any person on a day; ``OPEN_CASE`` says what makes one.

    ``dataset`` are all records, those of restricted people included: they are counted and not listed, as are adults
    whose record is overdue for review. Empty when nothing makes a case; ``without`` says what cannot be known.
    """
    shown = in_use(dataset)
    records = CaseRecords(shown, day, settings)
    stand_ins = shown.withheld or frozenset()
    cases, overdue_adults = [], 0
    for person in records.people:
        who = records.person(person)
        because = () if person in stand_ins else open_because(records, who)
        if not because:
            continue
        if records.overdue_adult(who):
            overdue_adults += 1
            continue
        cases.append(_listed(records, who, because))
    hidden = restricted_ids(dataset.tables)
    every = CaseRecords(dataset, day, settings) if hidden else records
    restricted = sum(bool(open_because(every, every.person(person))) for person in hidden)
    tables = dict.fromkeys(t for name, (_, needed, _) in PARTS.items() if name not in BESIDE for t in needed)
    cases.sort(key=lambda c: (c.missing_since is None, -len(c.overdue), c.person.id))
    return CaseList(day, tuple(cases), restricted, overdue_adults, tuple(records.without(*tables)))


def _listed(records: CaseRecords, who: Person, because: tuple[str, ...]) -> Listed:
    missing = [e.begun.date() for e in records.episodes(who.id) if records.may_be_missing(e)]
    latest, _ = latest_stage(records.of("nrm_stages", who.id))
    return Listed(
        who,
        because,
        assigned(records, who.id),
        overdue_of(records, who),
        is_repeat_missing(records, who.id),
        min(missing, default=None),
        latest["stage"] if latest else "",
        hand_over_words(records, who),
    )


def plain_case(case: Case, beside: ChildRecords, settings: Settings) -> dict[str, Any]:
    """Return a case as plain values for a program, dates as ISO text."""
    return {
        "person_id": case.person.id,
        "name": case.person.name,
        "age": case.person.age,
        "date_of_birth": case.person.born.isoformat() if case.person.born else None,
        "judged_on": case.day.isoformat(),
        "title": case.title,
        "open_because": {key: OPEN_CASE[key] for key in case.open_because},
        "missing_since": case.missing_since.isoformat() if case.missing_since else None,
        "overdue": [
            {
                "what": o.what,
                "of": o.of,
                "on": o.on.isoformat() if o.on else None,
                "due": o.due.isoformat(),
                "days": o.days(case.day),
                "why": o.why,
                "record": o.record,
            }
            for o in case.overdue
        ],
        "hand_over": case.hand_over,
        "parts": {
            part.name: {
                "says": part.says,
                "tables_missing": list(part.without),
                "entries": [plain_entry(e) for e in part.entries],
            }
            for part in case.parts
        },
        "who": beside.rows["children"],
        "family": beside.rows["family"],
        "adults_in_groups": [c._asdict() for c in beside.concerns],
        "dated_after_the_day": case.later,
        "rules": {
            name: getattr(settings, name)
            for name in ("interview_hours", "repeat_case_episodes", "repeat_case_days", "referral_days",
                         "hand_over_days", "missing_open_days")
        },
    }  # fmt: skip


def left_out_words(cases: CaseList) -> str:
    """Return who has an open case and is not listed; empty when nobody is."""
    said = []
    if cases.restricted:
        said.append(f"{counted(cases.restricted, 'person', 'people')} whose processing is restricted")
    if cases.overdue_adults:
        said.append(
            f"{counted(cases.overdue_adults, 'adult')} whose record is overdue for review (ocgnet review due); by id "
            "the case is shown"
        )
    return f"Not listed, with an open case: {'; '.join(said)}." if said else ""
