"""Small sets of calls for the tests of what things answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from made_records import dataset

from ocgnet.analysis.things.contacts import InTouch
from ocgnet.analysis.things.traffic import Traffic, traffic_of
from ocgnet.dataset import About, Dataset
from ocgnet.evidence.period import period_of
from ocgnet.evidence.thing_use import ThingUse, thing_use
from ocgnet.settings import Settings

BEGIN = date(2019, 1, 1)
AS_OF = date(2019, 12, 31)


def call(one: str, two: str, day: int | datetime, **cells: object) -> dict[str, object]:
    """A call from one number to another, on a day counted from the begin or at a time."""
    at = day if isinstance(day, datetime) else datetime(2019, 1, 1) + timedelta(days=day)
    return {"from_thing": one, "to_thing": two, "at": at, "authority_ref": "AUTH-1"} | cells


def used(person: str, thing: str, first: int | None = None, last: int | None = None, **cells: object) -> dict:
    days = [None if d is None else BEGIN + timedelta(days=d) for d in (first, last)]
    own = {"person_id": person, "thing_id": thing, "relation": "user", "from_date": days[0], "to_date": days[1]}
    return own | cells


def records(calls: Iterable[dict], links: Iterable[dict] = (), **tables: Iterable[dict]) -> Dataset:
    """Records of calls; every number in them is a phone, and everybody in links a nominal, unless said otherwise."""
    calls, links = list(calls), list(links)
    numbers = {c[end] for c in calls for end in ("from_thing", "to_thing")} | {x["thing_id"] for x in links}
    own = {
        "things": [{"thing_id": n, "kind": "phone", "label": f"phone {n}"} for n in sorted(numbers)],
        "nominals": [{"nominal_id": p, "name": f"Name {p}"} for p in sorted({x["person_id"] for x in links})],
        "thing_links": links,
        "communications": calls,
    }
    return dataset(About(as_of=AS_OF), **(own | tables))


def traffic(records: Dataset, settings: Settings | None = None) -> tuple[Traffic, ThingUse]:
    settings = settings or Settings()
    period = period_of(records, settings)
    use = thing_use(records, settings, period)
    return traffic_of(records, use, settings, period), use


def in_touch(records: Dataset, settings: Settings | None = None) -> InTouch:
    return InTouch(*traffic(records, settings), records.shown_names)
