"""Communications and sightings of any number, for measuring speed: drawn in columns and written piece by piece.

However many rows there are, a number has the same number of contacts and a camera sees as many vehicles a day, so that
what grows with the rows grows for no other reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from ocgnet.errors import UsageError
from ocgnet_demo.drawing import AS_OF, FIRST, write_folder

CALLS_EACH, CONTACTS_EACH = 100, 20
"""Calls that a number makes, and numbers it calls."""
HUB_EVERY = 500
"""One number in so many is a taxi firm or the like, which those around it call too."""
HEIR_EVERY = 400
"""One number in so many takes over from another that falls silent."""
SEEN_EACH, SEEN_A_CAMERA = 50, 4_000
"""Sightings of a vehicle, and of a camera."""

_DAY, _PIECE, _LEAST = 86_400, 1_000_000, 1_000
_YEAR = 364 * _DAY
_BEGIN = int(np.datetime64(FIRST, "s").astype(np.int64))


def write_large(out: Path, communications: int, sightings: int = 0, *, seed: int = 1, as_parquet: bool = False) -> None:
    """Write a data folder of this many communications and sightings, and of the people of half the numbers.

    Tables ``nominals``, ``things``, ``thing_links``, ``communications`` and, when asked for, ``sightings``.

    Parameters
    ----------
    out : pathlib.Path
        Folder; made when it does not exist.
    communications, sightings : int
        Rows; at least 1,000 communications. 10,000,000 communications need about 1 GB of memory.
    as_parquet : bool
        Write Parquet, not CSV.

    Raises
    ------
    UsageError
        When fewer than 1,000 communications are asked for.
    """
    if communications < _LEAST:
        raise UsageError(f"At least {_LEAST:,} communications are drawn; {communications:,} were asked for.")
    rng = np.random.default_rng(seed)
    about = {
        "force": "Made-up calls", "synthetic": True, "as_of": AS_OF, "period_from": FIRST, "period_to": AS_OF,
        "communications_authority": "made up", "sightings_authority": "made up",
    }  # fmt: skip
    write_folder(out, {}, about)
    numbers, vehicles = communications // CALLS_EACH, max(sightings // SEEN_EACH, 2) if sightings else 0
    phone, vehicle = numbered("TL", numbers), numbered("VH", vehicles)
    person = numbered("N", numbers // 2 + vehicles)
    write_pieces(out, "nominals", iter([pa.table({"nominal_id": person})]), as_parquet=as_parquet)
    kinds = pa.array(["phone"] * numbers + ["vehicle"] * vehicles)
    things = pa.table({"thing_id": pa.concat_arrays([phone, vehicle]), "kind": kinds})
    write_pieces(out, "things", iter([things]), as_parquet=as_parquet)
    relation = pa.array(["user"] * (numbers // 2) + ["keeper"] * vehicles)
    used = pa.concat_arrays([phone.take(pa.array(np.arange(numbers // 2) * 2)), vehicle])
    links = pa.table({"person_id": person, "thing_id": used, "relation": relation})
    write_pieces(out, "thing_links", iter([links]), as_parquet=as_parquet)
    write_pieces(out, "communications", communications_of(rng, phone, communications), as_parquet=as_parquet)
    if sightings:
        write_pieces(out, "sightings", _sightings(rng, vehicle, sightings), as_parquet=as_parquet)


def communications_of(rng: np.random.Generator, phone: pa.Array, rows: int) -> Iterator[pa.Table]:
    """Return about this many calls and messages, piece by piece; telephones near each other call most."""
    numbers = len(phone)
    contacts, first, last = _lives(rng, numbers)
    slots = np.minimum(rng.geometric(0.15, _PIECE) - 1, CONTACTS_EACH - 1)
    for begin in range(0, rows, _PIECE):
        count = min(_PIECE, rows - begin)
        caller = rng.integers(0, numbers, count)
        called = contacts[caller, rng.permutation(slots)[:count]]
        since, until = np.maximum(first[caller], first[called]), np.minimum(last[caller], last[called])
        # Who no longer is there cannot be called: a hub can.
        hub = caller // HUB_EVERY * HUB_EVERY
        apart = (since >= until) | (caller == called)
        called = np.where(apart, hub, called)
        since, until = np.where(apart, first[caller], since), np.where(apart, last[caller], until)
        keep = caller != called
        caller, called, since, until = (a[keep] for a in (caller, called, since, until))
        at = _BEGIN + since + (rng.random(len(caller)) * (until - since)).astype(np.int64)
        spoken = rng.random(len(caller)) < 0.6
        yield pa.table(
            {
                "from_thing": phone.take(pa.array(caller)),
                "to_thing": phone.take(pa.array(called)),
                "at": _instants(at),
                "kind": pa.array(["sms", "call"]).take(pa.array(spoken.astype(np.int8))),
                "duration": pa.array(rng.integers(1, 600, len(caller)), mask=~spoken),
            }
        )


def _lives(rng: np.random.Generator, numbers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return whom each number calls, shape (numbers, CONTACTS_EACH), and the seconds of the year from and to which."""
    near = np.arange(numbers)[:, None] + rng.integers(-40, 41, (numbers, CONTACTS_EACH))
    far = rng.integers(0, numbers, (numbers, CONTACTS_EACH))
    contacts = np.where(rng.random((numbers, CONTACTS_EACH)) < 0.8, near, far) % numbers
    first, last = np.zeros(numbers, np.int64), np.full(numbers, _YEAR)
    late, early = rng.random(numbers) < 0.1, rng.random(numbers) < 0.1
    first[late] = rng.integers(30 * _DAY, 200 * _DAY, late.sum())
    last[early] = rng.integers(230 * _DAY, 330 * _DAY, early.sum())
    hubs = np.arange(0, numbers, HUB_EVERY)
    old = np.arange(1, numbers - 1, HEIR_EVERY)
    contacts[old + 1] = contacts[old]
    first[old], last[old] = 0, 180 * _DAY
    first[old + 1], last[old + 1] = 182 * _DAY, _YEAR
    first[hubs], last[hubs] = 0, _YEAR
    return contacts, first, last


def _sightings(rng: np.random.Generator, vehicle: pa.Array, rows: int) -> Iterator[pa.Table]:
    cameras = numbered("CAMERA", max(rows // SEEN_A_CAMERA, 4))
    for begin in range(0, rows, _PIECE):
        count = min(_PIECE, rows - begin)
        seen = rng.integers(0, len(vehicle), count)
        # A vehicle passes the cameras near its home.
        where = (seen * len(cameras) // len(vehicle) + rng.integers(-3, 4, count)) % len(cameras)
        yield pa.table(
            {
                "thing_id": vehicle.take(pa.array(seen)),
                "at": _instants(_BEGIN + rng.integers(0, _YEAR, count)),
                "place": cameras.take(pa.array(where)),
                "source": pa.array(["anpr"]).take(pa.array(np.zeros(count, np.int8))),
            }
        )


def _instants(seconds: np.ndarray) -> pa.Array:
    return pa.array(seconds).cast(pa.timestamp("s")).cast(pa.timestamp("s", tz="UTC"))


def numbered(prefix: str, count: int) -> pa.Array:
    """Return ids such as ``TL00000001``: a prefix and eight digits, from 1."""
    digits = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), 8, padding="0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def write_pieces(out: Path, table: str, pieces: Iterator[pa.Table], *, as_parquet: bool = False) -> None:
    """Write a table of the model piece by piece, with the columns that the pieces have."""
    first = next(pieces)
    if as_parquet:
        with parquet.ParquetWriter(out / f"{table}.parquet", first.schema) as file:
            for piece in chain([first], pieces):
                file.write_table(piece)
        return
    plain = pa.schema(
        [pa.field(f.name, pa.string() if pa.types.is_timestamp(f.type) else f.type) for f in first.schema]
    )
    options = csv.WriteOptions(quoting_style="none")
    with csv.CSVWriter(out / f"{table}.csv", plain, write_options=options) as file:
        for piece in chain([first], pieces):
            columns = [
                pc.strftime(c, "%Y-%m-%dT%H:%M:%SZ") if pa.types.is_timestamp(c.type) else c for c in piece.columns
            ]
            file.write_table(pa.table(columns, schema=plain))
