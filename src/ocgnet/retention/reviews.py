"""Which reviews are overdue, with what speaks for keeping a record and what for letting it go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.evidence.grades import keep_grades
from ocgnet.evidence.period import overdue
from ocgnet.model import PERSON_TABLES
from ocgnet.model.columns import SUSPECT_ROLES
from ocgnet.store.duckdb_open import in_memory

OFFENDING = SUSPECT_ROLES
"""Links to a crime that speak for keeping a nominal; victims and witnesses are in no review for that."""

RECENT_YEARS = 6
"""A crime or report of so many years counts as recent: the shortest time after which police records are reviewed."""


@dataclass(frozen=True)
class Due:
    """A record whose review date has passed."""

    what: str  # ``nominal``, ``child``, ``person``, ``report`` or ``thing``
    id: str
    name: str  # name of the person, title of the report, or what identifies the thing; may be empty
    review_due: date
    overdue_days: int
    last_evidence: date | None  # latest date of anything about it
    # keep, go: what speaks for keeping it, and for letting it go. Whoever reviews it decides.
    keep: tuple[str, ...]
    go: tuple[str, ...]


WHAT: dict[str, str] = {"nominals": "nominal", "children": "child", "people": "person"}
"""What a record of each table of people is called; somebody in two of them has a review for each."""

COLUMNS = ("what", "id", "name", "review_due", "overdue_days", "last_evidence", "reasons_to_keep", "reasons_to_go")


def row_of(due: Due) -> tuple[str, ...]:
    """Return a review as text, in the order of :data:`COLUMNS`; reasons with ``; `` between them."""
    return (
        due.what,
        due.id,
        due.name,
        due.review_due.isoformat(),
        str(due.overdue_days),
        due.last_evidence.isoformat() if due.last_evidence else "",
        "; ".join(due.keep),
        "; ".join(due.go),
    )


def reviews_due(dataset: Dataset, day: date) -> list[Due]:
    """Return all overdue reviews, the longest overdue first, then by kind and id.

    A review due on the day is not overdue yet, and a record without a review date never is.
    """
    reports, things = dataset["intel_reports"], dataset["things"]
    late = {
        "overdue_people": pa.concat_tables([_overdue_people(dataset, name, what, day) for name, what in WHAT.items()]),
        "overdue_intel_reports": reports.filter(overdue(reports, day)),
        "overdue_things": things.filter(overdue(things, day)),
    }
    usable = reports.filter(keep_grades(reports, "usable")).select(["report_id"])
    with in_memory({**dataset.tables, **late, "usable": usable}) as db:
        found = [*_people(db, day), *_reports(db, day), *_things(db, day)]
    return sorted(found, key=lambda d: (-d.overdue_days, d.what, d.id))


def _overdue_people(dataset: Dataset, name: str, what: str, day: date) -> pa.Table:
    t = dataset[name].select([PERSON_TABLES[name], "name", "review_due"])
    t = t.filter(overdue(t, day)).rename_columns(["id", "name", "review_due"])
    return t.append_column("what", pa.array([what] * t.num_rows, pa.string()))


_MEMBERS = """FROM memberships m LEFT JOIN ocgs g ON g.ocg_id = m.ocg_id
    WHERE coalesce(m.from_date <= $day, true) AND coalesce(m.to_date >= $day, true)
      AND coalesce(g.archived_on > $day, g.status IS DISTINCT FROM 'archived')"""
"""Memberships on the day, in groups that are not archived by then."""

_PEOPLE = f"""
WITH due AS (SELECT DISTINCT id FROM overdue_people),
groups AS (
    SELECT m.nominal_id AS id, string_agg(DISTINCT m.ocg_id, ', ' ORDER BY m.ocg_id) AS groups
    {_MEMBERS} AND m.nominal_id IN (SELECT id FROM due) GROUP BY m.nominal_id),
offences AS (
    SELECT l.person_id AS id, max(coalesce(c.occurred_on, c.recorded_on)) AS crime_on, count(DISTINCT l.crime_id) AS n
    FROM crime_links l LEFT JOIN crimes c ON c.crime_id = l.crime_id
    WHERE l.link_role IN $offending AND l.person_id IN (SELECT id FROM due) GROUP BY l.person_id),
named AS (
    SELECT l.person_id AS id, max(r.reported_on) AS report_on, count(*) AS n,
           count(*) FILTER (r.report_id IN (SELECT report_id FROM usable)) AS good
    FROM intel_links l LEFT JOIN intel_reports r ON r.report_id = l.report_id
    WHERE l.person_id IN (SELECT id FROM due) GROUP BY l.person_id),
contacts AS (
    SELECT id, max(coalesce(last_seen, first_seen)) AS seen_on FROM (
        SELECT person_a AS id, first_seen, last_seen FROM associations
        UNION ALL SELECT person_b, first_seen, last_seen FROM associations)
    WHERE id IN (SELECT id FROM due) GROUP BY id),
adults AS (
    SELECT child_id AS id, string_agg(DISTINCT adult_id, ', ' ORDER BY adult_id) AS adults
    FROM family_links WHERE child_id IN (SELECT id FROM due) GROUP BY child_id),
kids AS (
    SELECT adult_id AS id, string_agg(DISTINCT child_id, ', ' ORDER BY child_id) AS children
    FROM family_links WHERE adult_id IN (SELECT id FROM due) GROUP BY adult_id),
plans AS (
    SELECT nominal_id AS id, count(*) AS n FROM plan_actions
    WHERE nominal_id IN (SELECT id FROM due) AND coalesce(status, 'open') = 'open' GROUP BY nominal_id),
harmed AS (
    SELECT person_id AS id, count(*) AS n FROM crime_links
    WHERE link_role IN ('victim', 'witness') AND person_id IN (SELECT id FROM due) GROUP BY person_id)
SELECT o.what, o.id, o.name, o.review_due, groups.groups, offences.crime_on, offences.n, named.report_on, named.n,
       named.good, contacts.seen_on, kids.children, adults.adults, plans.n, harmed.n
FROM overdue_people o
LEFT JOIN groups ON groups.id = o.id LEFT JOIN offences ON offences.id = o.id
LEFT JOIN named ON named.id = o.id LEFT JOIN contacts ON contacts.id = o.id
LEFT JOIN kids ON kids.id = o.id LEFT JOIN adults ON adults.id = o.id LEFT JOIN plans ON plans.id = o.id
LEFT JOIN harmed ON harmed.id = o.id
"""


def _people(db: duckdb.DuckDBPyConnection, day: date) -> Iterable[Due]:
    rows = db.execute(_PEOPLE, {"day": day, "offending": list(OFFENDING)}).fetchall()
    for (
        what, person, name, due, groups, crime_on, crimes, report_on, reports_n, good, seen_on, kids, adults,
        plans, harmed,
    ) in rows:  # fmt: skip
        keep: list[str] = []
        go: list[str] = []
        nominal = what == WHAT["nominals"]
        if groups or nominal:
            (keep if groups else go).append(f"member of {groups}" if groups else "member of no group")
        if crimes:
            said = f"{counted(crimes, 'crime')} as an offender"
            (keep if _recent(crime_on, day) else go).append(f"{said}, the latest {_when(crime_on)}")
        elif nominal:
            go.append("no crime as an offender")
        if reports_n:
            said = f"named in {counted(reports_n, 'report')}, {good:,} of them usable, the latest {_when(report_on)}"
            (keep if good and _recent(report_on, day) else go).append(said)
        else:
            go.append("named in no report")
        if kids:
            keep.append(f"family of {kids}")
        if adults:
            keep.append(f"{what} in the family of {adults}" if not nominal else f"in the family of {adults}")
        if plans:
            keep.append(f"{counted(plans, 'open plan action')}")
        if harmed:
            # What was done to a child or another victim is why they are on record at all.
            (go if nominal else keep).append(f"victim or witness of {counted(harmed, 'crime')}")
        dates = [d for d in (crime_on, report_on, seen_on) if d]
        latest = max(dates, default=None)
        yield Due(what, person, name or "", due, (day - due).days, latest, tuple(keep), tuple(go))


_REPORTS = f"""
SELECT o.report_id, o.title, o.review_due, o.reported_on, count(DISTINCT l.person_id),
       count(DISTINCT l.person_id) FILTER (l.person_id IN (
           SELECT m.nominal_id {_MEMBERS})),
       count(DISTINCT l.person_id) FILTER (l.person_id IN (SELECT child_id FROM children)),
       (SELECT count(*) FROM associations a WHERE a.report_id = o.report_id),
       o.report_id IN (SELECT report_id FROM usable)
FROM overdue_intel_reports o LEFT JOIN intel_links l ON l.report_id = o.report_id
GROUP BY o.report_id, o.title, o.review_due, o.reported_on
"""


def _reports(db: duckdb.DuckDBPyConnection, day: date) -> Iterable[Due]:
    rows = db.execute(_REPORTS, {"day": day}).fetchall()
    for report, title, due, reported_on, people, members, children, contacts, good in rows:
        keep: list[str] = []
        go: list[str] = []
        (keep if _recent(reported_on, day) else go).append(f"reported {_when(reported_on)}")
        if members:
            keep.append(f"names {counted(members, 'member')} of groups")
        if children:
            keep.append(f"names {counted(children, 'child', 'children')}")
        if contacts:
            keep.append(f"{counted(contacts, 'recorded contact')} rests on it")
        if not people:
            go.append("names nobody")
        elif not members:
            go.append(f"none of the {people:,} people it names is a member of a group")
        if not good:
            go.append("its source or content is graded below what analyses use")
        yield Due("report", report, title or "", due, (day - due).days, reported_on, tuple(keep), tuple(go))


_THINGS = f"""
WITH ends AS (
    SELECT from_thing AS thing_id, coalesce(last_at, "at") AS on_day FROM communications
    UNION ALL SELECT to_thing, coalesce(last_at, "at") FROM communications
    UNION ALL SELECT from_account, "at" FROM transfers UNION ALL SELECT to_account, "at" FROM transfers
    UNION ALL SELECT thing_id, "at" FROM sightings),
seen AS (
    SELECT thing_id, max(on_day)::DATE AS seen_on, count(*) AS n FROM ends
    WHERE thing_id IN (SELECT thing_id FROM overdue_things) GROUP BY thing_id),
links AS (
    SELECT thing_id, count(DISTINCT person_id) AS n,
           count(DISTINCT person_id) FILTER (person_id IN (SELECT m.nominal_id {_MEMBERS})) AS members,
           count(DISTINCT person_id) FILTER (person_id IN (SELECT child_id FROM children)) AS children
    FROM thing_links WHERE coalesce(to_date >= $day, true) GROUP BY thing_id),
groups AS (
    SELECT thing_id, string_agg(DISTINCT ocg_id, ', ' ORDER BY ocg_id) AS groups FROM group_things
    WHERE coalesce(to_date >= $day, true) GROUP BY thing_id),
offences AS (SELECT thing_id, count(DISTINCT crime_id) AS n FROM crime_things GROUP BY thing_id)
SELECT o.thing_id, concat_ws(' ', o.kind, coalesce(o.label, o.number, o.registration, o.normalised)), o.review_due,
       links.n, links.members, links.children, groups.groups, offences.n, seen.n, seen.seen_on
FROM overdue_things o LEFT JOIN links USING (thing_id) LEFT JOIN groups USING (thing_id)
LEFT JOIN offences USING (thing_id) LEFT JOIN seen USING (thing_id)
"""


def _things(db: duckdb.DuckDBPyConnection, day: date) -> Iterable[Due]:
    rows = db.execute(_THINGS, {"day": day}).fetchall()
    for thing, name, due, people, members, children, groups, crimes, records, seen_on in rows:
        keep: list[str] = []
        go: list[str] = []
        if members:
            keep.append(f"used by {counted(members, 'member')} of groups")
        if children:
            keep.append(f"used by {counted(children, 'child', 'children')}")
        if groups:
            keep.append(f"belongs to {groups}")
        if crimes:
            keep.append(f"part of {counted(crimes, 'crime')}")
        if not people:
            go.append("nobody is linked to it")
        elif not members:
            go.append(f"none of the {people:,} people linked to it is a member of a group")
        if records:
            said = f"{counted(records, 'call, transfer or sighting', 'calls, transfers and sightings')}"
            (keep if _recent(seen_on, day) else go).append(f"{said}, the latest {_when(seen_on)}")
        else:
            go.append("nothing is recorded of it")
        yield Due("thing", thing, name, due, (day - due).days, seen_on, tuple(keep), tuple(go))


def _recent(on: date | None, day: date) -> bool:
    return on is not None and (day - on).days <= RECENT_YEARS * 365.25


def _when(on: date | None) -> str:
    return f"on {on:%d/%m/%Y}" if on else "at an unknown time"
