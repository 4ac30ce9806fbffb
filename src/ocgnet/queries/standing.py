"""Values that the records themselves suggest: the analysis date, the period, and the times around them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np

from ocgnet.dataset import About
from ocgnet.days import Days, pooled
from ocgnet.evidence.period import period_before, period_on
from ocgnet.model import Column
from ocgnet.model.graph import NODE_ROWS, TIES
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
        Day on which the records are judged where ``about`` names none.
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
    if day is None and asked.as_of is None and asked.period_to is None:
        return {}
    described = About(as_of=day, period_from=about.period_from, period_to=about.period_to)
    period = period_on(described, dict, asked)
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


def days_of_graph(connection: Connection, settings: Settings) -> dict[str, Days]:
    """Return the days of the records in a database, by table, as :func:`ocgnet.days.days_of` does of typed tables."""
    found: dict[str, Days] = {}
    for rows in NODE_ROWS:
        pattern = f"MATCH (n:{rows.label or rows.node.label})"
        _add_days(found, connection, pattern, rows.table, rows.properties, settings)
    for tie in (t for t in TIES if not t.derived):
        pattern = f"MATCH (:{tie.start.node.label})-[n:{tie.type}]->(:{tie.end.node.label})"
        _add_days(found, connection, pattern, tie.table, tie.properties, settings)
    return found


def _add_days(
    found: dict[str, Days],
    connection: Connection,
    pattern: str,
    table: str,
    properties: Iterable[Column],
    settings: Settings,
) -> None:
    parts = []
    for column in properties:
        if column.event:
            counted = connection.rows(
                f"{pattern} WHERE n.{column.name} IS NOT NULL RETURN date(n.{column.name}) AS day, count(*) AS rows"
            )
            if counted:
                days = np.array([r["day"].to_native() for r in counted], "datetime64[D]")
                parts.append((column, days, np.array([r["rows"] for r in counted], np.int64)))
    if parts:
        found[table] = pooled(parts, settings)


def _months_before(day: date, months: int) -> date:
    """Return the same day some months before, or the last day of a shorter month.

    >>> _months_before(date(2019, 4, 1), 3), _months_before(date(2019, 5, 31), 3)
    (datetime.date(2019, 1, 1), datetime.date(2019, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    after = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))
