"""Values that the records themselves suggest: the analysis date, the period, and the times around them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ocgnet.dataset import About, Dataset
from ocgnet.model.graph import NODE_ROWS, TIES
from ocgnet.period import period_before, period_of
from ocgnet.settings import Settings
from ocgnet.store.neo4j_connection import Connection

QUARTER_MONTHS = 3


def standing_values(about: About, latest: date | None, asked: Settings) -> dict[str, Any]:
    """Return the dates of an analysis as ``ocgnet analyse`` sets them, by the parameter that takes them.

    Parameters
    ----------
    about : About
        Description of the records.
    latest : date or None
        Latest date in the records, used where ``about`` names no day.
    asked : Settings
        ``as_of``, ``period_from`` and ``period_to``, where the command named them.

    Returns
    -------
    dict
        ``as_of``, ``period_from``, ``period_to``, ``as_of_before``, ``before_from``, ``before_to`` and
        ``quarter_from``; empty when the records hold no date and none was asked.

    Examples
    --------
    >>> found = standing_values(About(as_of=date(2019, 3, 31)), None, Settings())
    >>> found["period_from"].isoformat(), found["quarter_from"].isoformat(), found["before_to"].isoformat()
    ('2018-04-01', '2019-01-01', '2018-03-31')
    """
    day = about.as_of or latest
    described = About(as_of=day, period_from=about.period_from, period_to=about.period_to)
    if day is None and asked.as_of is None and asked.period_to is None:
        return {}
    period = period_of(Dataset.of({}, described), asked)
    if period.as_of is None or period.first is None or period.last is None:
        return {}
    before = period_before(period, asked)
    return {
        "as_of": period.as_of,
        "period_from": period.first,
        "period_to": period.last,
        "as_of_before": before.as_of,
        "before_from": before.first,
        "before_to": before.last,
        "quarter_from": _months_before(period.as_of + timedelta(days=1), QUARTER_MONTHS),
    }


def latest_date(connection: Connection) -> date | None:
    """Return the latest date at which anything in the database happened or was recorded."""
    found = []
    for rows in NODE_ROWS:
        found += [f"MATCH (n:{rows.node.label}) RETURN max(n.{c.name}) AS day" for c in rows.properties if c.event]
    for tie in TIES:
        pattern = f"MATCH (:{tie.start.node.label})-[r:{tie.type}]->(:{tie.end.node.label})"
        found += [f"{pattern} RETURN max(r.{c.name}) AS day" for c in tie.properties if c.event]
    days = [connection.rows(query)[0]["day"] for query in found]
    native = [d.to_native() for d in days if d is not None]
    return max((d.date() if hasattr(d, "date") else d for d in native), default=None)


def _months_before(day: date, months: int) -> date:
    """Return the same day some months before, or the last day of a shorter month.

    >>> _months_before(date(2019, 4, 1), 3), _months_before(date(2019, 5, 31), 3)
    (datetime.date(2019, 1, 1), datetime.date(2019, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    after = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))
