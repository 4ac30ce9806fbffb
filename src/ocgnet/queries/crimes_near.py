"""Crimes near a place, where no server holds them as points, and what stands beside the answer on either store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.evidence.period import overdue
from ocgnet.evidence.restricted import in_use
from ocgnet.queries.query import Answer
from ocgnet.store.neo4j.connection import Connection

COLUMNS = ("crime_id", "offence", "day", "district", "ward", "distance")

RADIUS = 6_378_140.0
"""Metres from the middle of the earth to its surface, as Neo4j takes it for distances (haversine)."""

_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]+)?")


def distances(latitude: np.ndarray, longitude: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    """Return metres along the surface from points to a centre (latitude, longitude), all in degrees, shape as given.

    Notes
    -----
    The haversine formula on a ball, as Neo4j's ``point.distance`` has it: up to 0.5 % off the true distance.
    """
    (phi, theta), (phi0, theta0) = np.radians((latitude, longitude)), np.radians(centre)
    half = np.sin((phi - phi0) / 2) ** 2 + np.cos(phi) * np.cos(phi0) * np.sin((theta - theta0) / 2) ** 2
    return np.asarray(2 * RADIUS * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def answer_from_records(dataset: Dataset, values: Mapping[str, Any]) -> Answer:
    """Return the crimes of the period within some metres of a place, nearest first, ties by id.

    A place that nobody recorded gives no rows and a sentence beside them; crimes without a place are counted there.
    """
    centre = _centre(dataset, values)
    crimes = dataset["crimes"]
    crimes = crimes.append_column("day", pc.coalesce(crimes["recorded_on"], crimes["occurred_on"]))
    days = (pa.scalar(values[name], pa.date32()) for name in ("period_from", "period_to"))
    first, last = (
        compare(crimes["day"], d) for compare, d in zip((pc.greater_equal, pc.less_equal), days, strict=True)
    )
    crimes = crimes.filter(pc.and_(first, last))
    placed = crimes.filter(pc.and_(pc.is_valid(crimes["latitude"]), pc.is_valid(crimes["longitude"])))
    rows: list[tuple[Any, ...]] = []
    if centre is not None:
        latitude, longitude = (placed[name].to_numpy().astype(float) for name in ("latitude", "longitude"))
        far = distances(latitude, longitude, centre)
        near = np.flatnonzero((far <= values["metres"]) & (placed["crime_id"].to_numpy() != values["place"]))
        metres = np.floor(far[near] + 0.5).astype(int).tolist()
        found = placed.select(COLUMNS[:-1]).take(pa.array(near)).to_pylist()
        rows = [(*row.values(), m) for row, m in zip(found, metres, strict=True)]
    rows.sort(key=lambda row: (row[-1], row[0]))
    return Answer(COLUMNS, tuple(rows), notes=_notes(values, crimes.num_rows - placed.num_rows, centre is not None))


def _centre(dataset: Dataset, values: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return latitude and longitude of the place that was asked for; None where it has none."""
    used = in_use(dataset)
    things = used["things"]
    if not values["include_overdue"]:
        things = things.filter(pc.invert(overdue(things, values["as_of"])))
    for t, key in ((used["crimes"], "crime_id"), (things, "thing_id")):
        row = t.filter(pc.equal(t[key], values["place"]))
        if row.num_rows and row["latitude"][0].is_valid and row["longitude"][0].is_valid:
            return row["latitude"][0].as_py(), row["longitude"][0].as_py()
    return _degrees(values["place"])


def _degrees(place: str) -> tuple[float, float] | None:
    """Return the latitude and longitude that a text is; None for any other."""
    parts = [part.strip() for part in place.split(",")]
    if len(parts) == 2 and all(map(_DEGREES.fullmatch, parts)):
        latitude, longitude = map(float, parts)
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    return None


_BESIDE = """
MATCH (k:Crime) WHERE k.location IS NULL AND k.day >= $period_from AND k.day <= $period_to
WITH count(k) AS without
OPTIONAL MATCH (c:Crime {crime_id: $place})
OPTIONAL MATCH (t:Thing {thing_id: $place})
WHERE ($include_overdue OR t.overdue_after >= $as_of)
  AND (EXISTS { (t)<--(x:Person) WHERE x.restricted_on IS NULL } OR EXISTS { (t)<--(:OCG) }
    OR EXISTS { (t)<--(:Crime) } OR NOT EXISTS { (t)<--(:Person) })
RETURN without, coalesce(c.location, t.location) IS NOT NULL AS placed
"""


def notes_from_server(connection: Connection, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what stands beside an answer that a server gave."""
    [row] = connection.rows(_BESIDE, **values)
    return _notes(values, row["without"], row["placed"] or _degrees(values["place"]) is not None)


def _notes(values: Mapping[str, Any], without: int, placed: bool) -> tuple[str, ...]:
    notes = []
    if not placed:
        notes.append(
            f"There is no crime or thing {values['place']} with a place on record. Give the id of one that has, or "
            "latitude and longitude: --param place=51.5072,-0.1276"
        )
    if without:
        notes.append(
            f"{counted(without, 'crime')} of the period {'has' if without == 1 else 'have'} no place on record and "
            "may be near all the same."
        )
    return tuple(notes)
