"""What stands behind the ties: each event with its date, title, grade and place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence
from ocgnet.harm import look_up, offence_names
from ocgnet.model import table
from ocgnet.network.ties import CRIME, REPORT, Ties

EVENT_COLUMNS = (
    "event_id", "kind", "on", "title", "grading_scheme", "source_grade", "intelligence_grade", "origin", "district",
    "ward",
)  # fmt: skip
"""Columns of the table of events; every one repeats a recorded fact."""


def events_of(dataset: Dataset, evidence: Evidence, ties: Ties) -> pd.DataFrame:
    """Return the events that made ties and may be named.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    evidence : Evidence
        What counts.
    ties : Ties
        Made of that evidence.

    Returns
    -------
    pandas.DataFrame
        One row per crime or report, crimes first, each kind by id. ``kind`` is ``crime`` or ``report``;
        ``title`` is the offence of a crime by its code and the title of a report, never its text; ``on`` is NaT and
        texts are empty where nothing is recorded. A report that only records a contact is among them.

    Notes
    -----
    Reports that may not be named because of their handling code are not among the rows: nothing of
    them but their number, which the table ``ties`` gives, may leave the analysis.
    """
    named = {}
    for kind, incidence in ((CRIME, evidence.crimes), (REPORT, evidence.reports)):
        rows = np.unique(ties.event[(ties.kind == kind) & ties.named])
        named[kind] = incidence.events[rows].tolist()
    contacts = np.unique(ties.event[(ties.kind > REPORT) & ties.named])
    behind = {r for r in evidence.associations.report[contacts].tolist() if r}
    reports = sorted(behind | set(named[REPORT]))
    crimes = _rows(dataset, "crimes", named[CRIME], title="offence")
    crimes = crimes.set_column(crimes.column_names.index("title"), "title", _offences(crimes["offence_code"]))
    if crimes.num_rows:
        # A crime counts on the day of its recording, and on that of the deed where no other is known.
        on = pc.coalesce(crimes["on"], crimes["occurred_on"])
        crimes = crimes.set_column(crimes.column_names.index("on"), "on", on)
    found = pa.concat_tables(
        [_declared(crimes, "crime"), _declared(_rows(dataset, "intel_reports", reports, title="title"), "report")]
    )
    frame = found.to_pandas()
    frame["on"] = pd.to_datetime(frame["on"]).astype("datetime64[s]")
    texts = [c for c in EVENT_COLUMNS if c != "on"]
    frame[texts] = frame[texts].fillna("").astype(object)
    return frame[list(EVENT_COLUMNS)].reset_index(drop=True)


def _offences(codes: pa.ChunkedArray) -> pa.Array:
    """Return each offence in the words of the list of codes; blank where the code is or is not in the list."""
    encoded = codes.combine_chunks().dictionary_encode()
    names = [look_up(offence_names(), c) for c in encoded.dictionary.to_pylist()]
    return pa.array(names, pa.string()).take(encoded.indices)


_DATES = {"crimes": "recorded_on", "intel_reports": "reported_on"}


def _rows(dataset: Dataset, name: str, ids: list[str], title: str) -> pa.Table:
    """Return the rows of these events in the order of ``ids``; bare ids where their table was not given."""
    key = table(name).key[0]
    wanted = pa.array(ids, pa.string())
    held = dataset[name]
    place = pc.index_in(wanted, held[key].combine_chunks().cast(pa.string()))
    rows = held.take(place)
    renamed = {key: "event_id", title: "title", _DATES[name]: "on"}
    rows = rows.rename_columns([renamed.get(c, c) for c in rows.column_names])
    # An event of a table that was not given has no row, but it has an id.
    return rows.set_column(rows.column_names.index("event_id"), "event_id", wanted)


def _declared(rows: pa.Table, kind: str) -> pa.Table:
    """Return the columns of the result; what a kind of event does not have is blank."""
    columns = []
    for name in EVENT_COLUMNS:
        of_type = pa.date32() if name == "on" else pa.string()
        if name == "kind":
            columns.append(pa.array([kind] * rows.num_rows, of_type))
        elif name in rows.column_names:
            columns.append(rows[name].cast(of_type))
        else:
            columns.append(pa.nulls(rows.num_rows, of_type))
    return pa.table(columns, names=list(EVENT_COLUMNS))
