"""Asking the store that a name means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ocgnet.dataset import About
from ocgnet.days import Days, days_of, latest_event
from ocgnet.errors import StoreError, UsageError
from ocgnet.queries.binding import bind
from ocgnet.queries.query import Answer, Query
from ocgnet.queries.running import ask
from ocgnet.queries.standing import days_of_graph, standing_values
from ocgnet.queries.written import browser_link, written_out
from ocgnet.settings import Settings
from ocgnet.store import open_store
from ocgnet.store.contract import OWN_SERVER
from ocgnet.store.forces import about_all
from ocgnet.store.neo4j_connection import connected
from ocgnet.store.neo4j_store import Neo4jStore

_DATES = ("as_of", "period_from", "period_to")


def ask_store(
    uri: str,
    query: Query,
    given: Sequence[str],
    password: Callable[[str], str] | None = None,
    settings: Settings | None = None,
) -> tuple[About, dict[str, Any], Answer]:
    """Ask a question of a store.

    Parameters
    ----------
    uri : str
        Address of a Neo4j server, or a DuckDB file.
    query : Query
        The question.
    given : sequence of str
        ``name=value`` as on the command line.
    password : callable, optional
        Asked for a password that the environment does not give.
    settings : Settings, optional
        Which day it is today, and which dates are open ends or far off.

    Returns
    -------
    about : About
        Description of the records, with their marking.
    values : dict
        What the question was asked with. Dates that were not given are those of the records, as
        ``ocgnet analyse`` would set them, and only without any the defaults of the file.
    answer : Answer
        Columns and rows.

    Raises
    ------
    UsageError
        When a value does not fit, the server does not understand a query, or the name means no store.
    StoreError
        When the store is away or incomplete, the query would write, or it cannot be asked this here.
    """
    settings = settings or Settings()
    # Values are judged before anything is opened, so that a slip is told at once.
    bind(query, given)
    store = open_store(uri, password)
    if not isinstance(store, Neo4jStore):
        from ocgnet.queries.local_view import ask_locally

        dataset = store.read()
        values = _values(query, given, dataset.about, settings, partial(days_of, dataset.tables))
        return dataset.about, values, ask_locally(dataset, query, values)
    about = _about(store)
    with connected(store.address) as connection:
        values = _values(query, given, about, settings, partial(days_of_graph, connection))
        return about, values, ask(connection, query, values)


def link_to_ask(query: Query, given: Sequence[str], password: Callable[[str], str] | None = None) -> str:
    """Return the address that opens a question, its values written in, in Neo4j Browser of one's own server.

    Raises
    ------
    UsageError
        When a value does not fit.
    StoreError
        When that server does not run, or its database is incomplete.
    """
    from ocgnet.server import LocalServer

    bind(query, given)
    store = open_store(OWN_SERVER, password)
    running = LocalServer().running()
    if running is None or not isinstance(store, Neo4jStore):
        raise StoreError("Your own server has just ended. Start it with: ocgnet neo4j start")
    about = _about(store)
    with connected(store.address) as connection:
        values = _values(query, given, about, Settings(), partial(days_of_graph, connection))
    return browser_link(running.browser, written_out(query, values))


def _about(store: Neo4jStore) -> About:
    """Return the description of all records of a database; one without loads of ours has none."""
    loads = store.loads()
    latest = {load.state.manifest.prefix: load for load in loads}
    for load in latest.values():
        if not load.complete:
            raise StoreError(
                f"A load into {store.address.uri}, begun by {load.loaded_by} at {load.loaded_at}, is not finished, and "
                "half of the records give wrong answers. Wait for it, or run the same ocgnet load again."
            )
    return about_all([latest[p].state.about for p in sorted(latest)]) if latest else About()


def _values(
    query: Query,
    given: Sequence[str],
    about: About,
    settings: Settings,
    days: Callable[[Settings], Mapping[str, Days]],
) -> dict[str, Any]:
    """Return all values of a question; dates that depend on one another are set together."""
    if not any(p.kind == "date" for p in query.parameters):
        return bind(query, given)
    named = {pair.partition("=")[0].strip().removeprefix("$") for pair in given}
    first = bind(query, given)
    asked = replace(settings, **{n: first[n] for n in _DATES if n in named and n in first})
    if {"period_from", "period_to"} <= named and first["period_from"] > first["period_to"]:
        raise UsageError("The period begins after it ends: give a period_from before the period_to.")
    latest = None
    if about.as_of is None:
        found = days(settings)
        latest = latest_event(found, settings).day or (settings.today if found else None)
    return bind(query, given, standing_values(about, latest, asked))
