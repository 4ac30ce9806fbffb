"""How the work on communications grows: adding up, and successors, with the fan-out of every number fixed.

A number has twelve contacts and fifty rows, whatever the size; a tenth fall silent and are taken over. Printed are
seconds of processor time, memory, and the exponent with which either grows, fitted over the sizes.

    python benchmarks/things_growth.py [ROWS ...]
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa

from ocgnet.analysis.things.successors import successors_of
from ocgnet.analysis.things.traffic import traffic_of
from ocgnet.dataset import About, Dataset
from ocgnet.evidence.period import period_of
from ocgnet.evidence.thing_use import thing_use
from ocgnet.model import TABLES
from ocgnet.settings import Settings

SIZES = (100_000, 1_000_000, 10_000_000)
A_NUMBER, FAN_OUT, DAYS = 50, 12, 365
AIM = 1.15


def made(rows: int, seed: int = 1) -> Dataset:
    """Return records of about so many calls, a tenth of the numbers replaced in the course of the year."""
    draw = np.random.default_rng(seed)
    numbers = rows // A_NUMBER
    replaced = numbers // 10
    contacts = numbers * 4 + draw.integers(0, numbers * 4, (numbers, FAN_OUT))
    caller = np.repeat(np.arange(numbers), A_NUMBER)
    day = draw.integers(0, DAYS, len(caller))
    change = draw.integers(90, 270, numbers)[caller]
    late = (caller < replaced) & (day > change)
    start = np.where(late, caller + numbers, caller)
    end = contacts[caller, draw.integers(0, FAN_OUT, len(caller))]
    ids = pa.array(np.char.add("T", np.arange(numbers * 8).astype(str)).tolist())
    at = (np.datetime64("2019-01-01", "s") + day * np.timedelta64(86_400, "s")).astype("datetime64[s]")
    columns = {
        "from_thing": ids.take(pa.array(start)),
        "to_thing": ids.take(pa.array(end)),
        "at": pa.array(at),
        "authority_ref": pa.array(np.full(len(at), "AUTH-1")),
    }
    schema = TABLES["communications"].schema
    filled = [columns.get(f.name, pa.nulls(len(at), f.type)) for f in schema]
    empty = Dataset.of({}, About(as_of=date(2019, 12, 31)))
    # Putting rows into order is the check's work; the answers do not rest on it.
    return replace(empty, tables={**empty.tables, "communications": pa.table(filled, schema=schema)})


def main() -> None:
    """Print seconds and memory by size; end with 1 when an exponent is above the aim."""
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    settings = Settings(today=date(2020, 1, 1))
    spent = []
    for size in sizes:
        dataset = made(size)
        use, period = thing_use(dataset, settings), period_of(dataset, settings)
        begin = time.process_time()
        traffic = traffic_of(dataset, use, settings, period)
        pairs = len(traffic.pairs)
        added = time.process_time()
        frame = successors_of(traffic, use, settings)[0].frame
        end = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        spent.append((added - begin, end - added))
        print(
            f"{size:>10,} rows, {pairs:>9,} pairs: added up in {added - begin:.2f} s, "
            f"{len(frame):,} successors in {end - added:.2f} s; {peak:.2f} GB at most",
            flush=True,
        )
    slopes = [float(np.polyfit(np.log(sizes), np.log(column), 1)[0]) for column in zip(*spent, strict=True)]
    print(f"Growth: adding up n^{slopes[0]:.2f}, successors n^{slopes[1]:.2f}; aim n^{AIM}")
    if max(slopes) > AIM:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
