"""The rows that cases are made of, by person, as they were known on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from ocgnet.analysis.children.links import dates
from ocgnet.clocks import universal
from ocgnet.dataset import Dataset
from ocgnet.evidence.ages import ADULT, DECLARING, age_of, birthday
from ocgnet.evidence.episodes import interviews, merged_episodes
from ocgnet.model import PERSON_TABLES, TABLES
from ocgnet.settings import Settings

NAMED_IN: Mapping[str, tuple[str, ...]] = {
    "referrals": ("person_id",),
    "assignments": ("person_id",),
    "case_meetings": ("person_id",),
    "orders": ("person_id", "protects"),
    "missing_episodes": ("child_id",),
    "nrm_stages": ("person_id",),
    "child_risks": ("child_id",),
    "intelligence_gaps": ("subject_id",),
    "plans": ("subject_id",),
    "plan_actions": ("subject_id", "nominal_id"),
}
"""Tables of which a case is made, with the columns that say whose case it is."""

_KNOWN_FROM = {
    "referrals": "made_on",
    "assignments": "from_date",
    "orders": "from_date",
    "missing_episodes": "missing_from",
    "nrm_stages": "decided_on",
    "child_risks": "assessed_on",
    "intelligence_gaps": "raised_on",
    "plans": "from_date",
}
"""The day from which a row of a table was known; a meeting and an action may be arranged beforehand."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Person:
    """Who a case is about, on the day."""

    id: str
    name: str  # empty when not recorded
    born: date | None  # of several dates of birth the latest
    age: int | None
    child: bool  # under 18, or of unknown age and named as a child
    in_children: bool  # has a row of the table children
    review_due: date | None  # the earliest, of every table of people


@dataclass(frozen=True)
class Episode:
    """One missing episode, those that overlap merged, as it was known on the day."""

    begun: datetime
    found: datetime | None
    hours: float  # away, as they passed; NaN while no return is recorded
    where: str
    companions: tuple[str, ...]
    held: datetime | None  # the return interview
    refused: date | None
    late: bool
    outstanding: bool  # no interview is recorded, none was refused, and its time has passed
    records: tuple[str, ...]


def record_of(table: str, row: Row) -> str:
    """Return how a row is named: its table and key, parted by slashes.

    >>> record_of("nrm_stages", {"person_id": "C1", "stage": "referred", "decided_on": date(2019, 1, 2)})
    'nrm_stages/C1/referred/2019-01-02'
    """
    return "/".join((table, *(_text(row[name]) for name in TABLES[table].identity)))


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return cell.isoformat(timespec="minutes") if isinstance(cell, datetime) else str(cell)


class CaseRecords:
    """Rows by person.

    Parameters
    ----------
    dataset : Dataset
        Checked records, restricted people taken out by ``evidence.restricted.in_use`` where they are to be shown.
    day : datetime.date
        What is dated later was not known on it; it takes no part and is counted in ``later``.
    settings : Settings
        Hours of a return interview, and days within which somebody may still be missing.
    """

    def __init__(self, dataset: Dataset, day: date, settings: Settings) -> None:
        self.dataset, self.day, self.settings = dataset, day, settings
        self.later: Counter[str] = Counter()
        self._rows = {name: self._by_person(name) for name in NAMED_IN}

    def of(self, table: str, person: str) -> list[Row]:
        """Return the rows of a table about a person, in the order of their identity; each once."""
        return self._rows[table].get(person, [])

    def without(self, *tables: str) -> list[str]:
        """Return those of some tables that these records do not hold."""
        return [name for name in tables if name not in self.dataset.given]

    @property
    def people(self) -> list[str]:
        """Ids of everybody whom any of the tables is about, sorted."""
        return sorted({person for rows in self._rows.values() for person in rows} | set(self.later))

    def _by_person(self, table: str) -> dict[str, list[Row]]:
        by_person: dict[str, list[Row]] = {}
        known_from = _KNOWN_FROM.get(table)
        for row in self.dataset[table].to_pylist():
            since = row[known_from] if known_from else None
            is_later = since is not None and (since.date() if isinstance(since, datetime) else since) > self.day
            for person in dict.fromkeys(self._about(table, row)):
                if is_later:
                    self.later[person] += 1
                else:
                    by_person.setdefault(person, []).append(row)
        return by_person

    def _about(self, table: str, row: Row) -> Iterator[str]:
        """Give whom a row is about; an action without a subject of its own is about that of its plan."""
        if table == "plan_actions" and not any(row[n] for n in ("subject_id", "ocg_id", "nominal_id")):
            plan = self._plans.get(row["plan_id"])
            yield from self._about("plans", plan) if plan else ()
            return
        for column in NAMED_IN[table]:
            if row[column] and (column != "subject_id" or row["subject_kind"] == "person"):
                yield row[column]

    @cached_property
    def _plans(self) -> dict[str, Row]:
        return {row["plan_id"]: row for row in self.dataset["plans"].to_pylist()}

    @cached_property
    def services(self) -> dict[str, Row]:
        """Rows of the table services by id."""
        return {row["service_id"]: row for row in self.dataset["services"].to_pylist()}

    # Who somebody is.

    @cached_property
    def _people_rows(self) -> dict[str, list[tuple[str, Row]]]:
        rows: dict[str, list[tuple[str, Row]]] = {}
        for name, key in PERSON_TABLES.items():
            for row in self.dataset[name].select([key, "name", "date_of_birth", "review_due"]).to_pylist():
                rows.setdefault(row[key], []).append((name, row))
        return rows

    @cached_property
    def _declared(self) -> set[str]:
        return {i for name in DECLARING for i in self.dataset[name]["child_id"].to_pylist()}

    def person(self, person: str) -> Person:
        """Return who somebody is on the day, also one of whom no table of people has a row."""
        rows = self._people_rows.get(person, [])
        born = max((row["date_of_birth"] for _, row in rows if row["date_of_birth"]), default=None)
        age = age_of(born, self.day)
        return Person(
            person,
            self.dataset.shown_names.get(person, ""),
            born,
            age,
            person in self._declared if age is None else age < ADULT,
            any(name == "children" for name, _ in rows),
            min((row["review_due"] for _, row in rows if row["review_due"]), default=None),
        )

    def overdue_adult(self, person: Person) -> bool:
        """Whether the record of an adult is overdue for review; a child's own review takes nothing away."""
        if person.child or person.in_children:
            return False
        return person.review_due is not None and person.review_due < self.day

    # Missing episodes.

    @cached_property
    def _episodes(self) -> dict[str, list[Episode]]:
        t = merged_episodes(self.dataset["missing_episodes"])
        end = np.datetime64(self.day, "s") + np.timedelta64(1, "D")
        never = np.datetime64("NaT", "s")
        columns = ("found_at", "return_interview_at", "interview_refused_on")
        found, held, refused = (np.where(x < end, x, never) for x in (dates(t[n]) for n in columns))
        hours = (universal(found) - universal(dates(t["missing_from"]))) / np.timedelta64(1, "h")
        late, outstanding = interviews(found, held, refused, self.day, self.settings.interview_hours)
        by_child: dict[str, list[Episode]] = {}
        for i, row in enumerate(t.to_pylist()):
            if row["missing_from"].date() > self.day:
                continue
            back = None if np.isnat(found[i]) else row["found_at"]
            last = row["found_at"] or row["missing_from"]
            by_child.setdefault(row["child_id"], []).append(
                Episode(
                    row["missing_from"],
                    back,
                    float(hours[i]),
                    (row["found_where"] or "") if back else "",
                    tuple(filter(None, (p.strip() for p in (row["companions"] or "").split("|")))),
                    None if np.isnat(held[i]) else row["return_interview_at"],
                    None if np.isnat(refused[i]) else row["interview_refused_on"],
                    bool(late[i]),
                    bool(outstanding[i]),
                    tuple(
                        record_of("missing_episodes", own)
                        for own in self.of("missing_episodes", row["child_id"])
                        if own["missing_from"] == row["missing_from"]
                        or row["missing_from"] < own["missing_from"] < last
                    ),
                )
            )
        return {child: sorted(own, key=lambda e: e.begun) for child, own in by_child.items()}

    def episodes(self, person: str) -> list[Episode]:
        """Return the missing episodes of a child, the earliest first."""
        return self._episodes.get(person, [])

    @cached_property
    def episodes_since(self) -> date | None:
        """The first day of any missing episode: fewer before the records begin are no fewer episodes."""
        begun = [row["missing_from"].date() for rows in self._rows["missing_episodes"].values() for row in rows]
        return min(begun, default=None)

    def may_be_missing(self, episode: Episode) -> bool:
        """Whether no return is recorded of an episode that began lately."""
        return episode.found is None and episode.begun.date() >= self.day - timedelta(
            days=self.settings.missing_open_days
        )


def eighteenth(person: Person) -> date | None:
    """Return the eighteenth birthday; None where the date of birth is not known."""
    if person.born is None:
        return None
    day: date = birthday(np.array([person.born], "datetime64[D]"), ADULT)[0].item()
    return day
