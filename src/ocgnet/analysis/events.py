"""What stands behind the ties: each event with its date, title, grade and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence
from ocgnet.harm import look_up, offence_names
from ocgnet.model import table
from ocgnet.model.columns import LINK_ROLES, SUSPECT_ROLES
from ocgnet.network.ties import CRIME, REPORT, Ties
from ocgnet.results import Figure
from ocgnet.results.rests_on import rests_on
from ocgnet.settings import Settings

EVENT_COLUMNS = (
    "event_id", "kind", "on", "title", "grading_scheme", "source_grade", "intelligence_grade", "origin", "district",
    "ward",
)  # fmt: skip
"""Columns of the table of events; every one repeats a recorded fact."""


def events_of(dataset: Dataset, evidence: Evidence, ties: Ties) -> pd.DataFrame:
    """Return the events that made ties and may be named.

    One row per crime or report, crimes first, each kind by id. ``title`` is the offence of a crime by its code and
    the title of a report, never its text; ``on`` is NaT and texts are empty where nothing is recorded. A report
    that only records a contact is among them; one that may not be named because of its handling code is not:
    nothing of it but the number, which the table ``ties`` gives, may leave the analysis. Things are no events.
    """
    named = {}
    for kind, incidence in ((CRIME, evidence.crimes), (REPORT, evidence.reports)):
        rows = np.unique(ties.event[(ties.kind == kind) & ties.named])
        named[kind] = incidence.events[rows].tolist()
    contacts = np.unique(ties.event[ties.contacts & ties.named])
    behind = {r for r in evidence.associations.report[contacts].tolist() if r}
    reports = sorted(behind | set(named[REPORT]))
    crimes = _rows(dataset, "crimes", named[CRIME])
    offences = _offences(crimes["offence_code"])
    # A crime counts on the day of its recording, and on that of the deed where no other is known.
    days = pc.coalesce(crimes["recorded_on"], crimes["occurred_on"])
    written = _rows(dataset, "intel_reports", reports)
    events = pa.concat_tables(
        [
            _declared(crimes, event_id=named[CRIME], kind="crime", title=offences, on=days),
            _declared(written, event_id=reports, kind="report", on=written["reported_on"]),
        ]
    )
    frame = events.to_pandas()
    frame["on"] = pd.to_datetime(frame["on"]).astype("datetime64[s]")
    texts = [c for c in EVENT_COLUMNS if c != "on"]
    frame[texts] = frame[texts].fillna("").astype(object)
    return frame[list(EVENT_COLUMNS)].reset_index(drop=True)


def _offences(codes: pa.ChunkedArray) -> pa.Array:
    """Return each offence in the words of the list of codes; blank where the code is or is not in the list."""
    encoded = codes.combine_chunks().dictionary_encode()
    names = [look_up(offence_names(), c) for c in encoded.dictionary.to_pylist()]
    return pa.array(names, pa.string()).take(encoded.indices)


def _rows(dataset: Dataset, name: str, ids: list[str]) -> pa.Table:
    """Return the rows of these events in the order of ``ids``, blank where their table was not given."""
    held = dataset[name]
    return held.take(pc.index_in(pa.array(ids, pa.string()), held[table(name).key[0]].combine_chunks()))


def _declared(rows: pa.Table, **made: Any) -> pa.Table:
    """Return the columns of the result, made or as recorded; what a kind of event does not have is blank."""
    made["kind"] = [made["kind"]] * rows.num_rows
    columns = []
    for name in EVENT_COLUMNS:
        column = made.get(name, rows[name] if name in rows.column_names else pa.nulls(rows.num_rows))
        column = pa.array(column) if isinstance(column, list) else column
        columns.append(column.cast(pa.date32() if name == "on" else pa.string()))
    return pa.table(columns, names=list(EVENT_COLUMNS))


STANDS = ("suspect", "victim", "witness", "other")
"""As what somebody stands in a crime. With several roles in one crime the first of these is given."""

STANDS_COLUMNS = ("nominal_id", "crime_id", "stands_as")


def stands_of(dataset: Dataset, evidence: Evidence, settings: Settings) -> pd.DataFrame:
    """Return as what each nominal stands in each crime that counts.

    One row per nominal and crime of ``evidence``, sorted by both, with ``stands_as``, one of ``STANDS``. Without
    rows where only links as a suspect count, because then everybody in them stands so. The role belongs to the
    link, never to the person: somebody may be a suspect of one crime and the victim of another. Links that the
    settings leave out have no say.
    """
    roles = set(settings.link_roles)
    crimes = evidence.crimes
    if roles <= set(SUSPECT_ROLES) or not len(crimes.events):
        return pd.DataFrame({c: [] for c in STANDS_COLUMNS}, dtype=object)
    links = dataset["crime_links"]
    links = links.filter(pc.is_in(links["link_role"], pa.array(sorted(roles), pa.string())))
    person = pc.index_in(links["person_id"], pa.array(evidence.nominals, pa.string()))
    crime = pc.index_in(links["crime_id"], pa.array(crimes.events, pa.string()))
    held = pc.and_(pc.is_valid(person), pc.is_valid(crime))
    order = {role: 0 if role in SUSPECT_ROLES else STANDS.index(role) for role in roles}
    frame = pd.DataFrame(
        {
            "person": person.filter(held).to_numpy(),
            "crime": crime.filter(held).to_numpy(),
            "order": [order[role] for role in links["link_role"].filter(held).to_pylist()],
        }
    )
    first = frame.groupby(["person", "crime"], sort=True)["order"].min().reset_index()
    return pd.DataFrame(
        {
            "nominal_id": evidence.nominals[first["person"].to_numpy(int)],
            "crime_id": crimes.events[first["crime"].to_numpy(int)],
            "stands_as": np.array(STANDS, object)[first["order"].to_numpy(int)],
        },
        columns=list(STANDS_COLUMNS),
    )


def named_by_roles(figures: Mapping[str, Figure], settings: Settings) -> dict[str, Figure]:
    """Return figures of which those that rest on links to crimes are named by the roles that count, if not by default.

    A figure under another definition is another figure: whoever reads its name alone has to see which.
    """
    if settings.link_roles == SUSPECT_ROLES:
        return dict(figures)
    roles = f" (linked as {' or '.join(settings.link_roles)})"
    return {
        name: replace(f, says=f.says + roles) if "crime_links" in (rests_on(name) or ()) else f
        for name, f in figures.items()
    }


def roles_left_out(dataset: Dataset, settings: Settings) -> str:
    """Return a sentence where the options leave out most links of people to crimes; empty where they do not.

    Links as victim and as witness say nothing of offending and are not looked at.

    >>> links = pa.table({n: list("123") for n in ("person_id", "crime_id")} | {"link_role": ["charged"] * 3})
    >>> roles_left_out(Dataset.of({"crime_links": links}), Settings(link_roles=("arrested",)))
    'Most links are left out: 3 of 3 links to crimes other than as victim or witness (100%) are recorded as charged, \
and these answers count arrested. Ask again with --link-roles arrested,charged to count them.'
    """
    rows = dataset["crime_links"]["link_role"].value_counts().to_pylist()
    counted = {x["values"]: x["counts"] for x in rows}
    of_interest = {role: counted.get(role, 0) for role in LINK_ROLES if role not in ("victim", "witness")}
    gone = {role: n for role, n in of_interest.items() if n and role not in settings.link_roles}
    total, lost = sum(of_interest.values()), sum(gone.values())
    if 2 * lost <= total or not lost:
        return ""
    each = [f"{n:,} as {role}" for role, n in gone.items()]
    recorded = f"are recorded as {next(iter(gone))}" if len(gone) == 1 else f"are left out ({', '.join(each)})"
    wider = ",".join(r for r in LINK_ROLES if r in gone or r in settings.link_roles)
    return (
        f"Most links are left out: {lost:,} of {total:,} links to crimes other than as victim or witness "
        f"({lost / total:.0%}) {recorded}, and these answers count {' or '.join(settings.link_roles)}. "
        f"Ask again with --link-roles {wider} to count them."
    )
