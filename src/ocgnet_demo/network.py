"""Networks of any size: a data folder of made-up nominals with clustered groups and heavy-tailed activity.

Written in columns, so that a million people take minutes. No names, so that nobody can be meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from ocgnet.errors import UsageError
from ocgnet_demo.drawing import AS_OF, BY_TYPE, FIRST, GENERAL, write_folder

CRIME_LINKS, REPORT_LINKS = 3, 7
"""Links per nominal."""
MEMBERS = 0.4
"""Share of nominals who belong to a group."""
_SIZES = {"crimes": (0.55, 0.25, 0.12, 0.05, 0.03), "intel_reports": (0.50, 0.28, 0.13, 0.06, 0.03)}
_LEAST = 20


def write_network(out: Path, nominals: int, seed: int = 1) -> None:
    """Write a data folder with ``nominals`` people, 3 crime links and 7 report links for each.

    Tables ``nominals``, ``ocgs``, ``memberships``, ``crimes``, ``crime_links``, ``intel_reports`` and
    ``intel_links``. People live in circles of about eight, circles on a ring of circles; companions
    in an event come from the circle of its first person, seldom from the next circle, rarely from anywhere.
    How often somebody is first in an event falls off as a power of rank.

    Parameters
    ----------
    out : pathlib.Path
        Folder; made when it does not exist.
    nominals : int
        At least 20; 1,000,000 need about 1.1 GB of memory.
    seed : int
        The same seed gives the same bytes with the same release of NumPy.

    Raises
    ------
    UsageError
        When ``nominals`` is below 20.
    """
    if nominals < _LEAST:
        raise UsageError(f"A network needs at least {_LEAST} nominals; {nominals} were asked for.")
    rng = np.random.default_rng(seed)
    ids = _ids("N", nominals)
    circle = _circles(rng, nominals)
    about = {"force": "Made-up network", "synthetic": True, "as_of": AS_OF, "period_from": FIRST, "period_to": AS_OF}
    write_folder(out, {}, about)
    _write(out, "nominals", {"nominal_id": ids})
    _write_groups(out, rng, ids, circle)
    activity = _activity(rng, nominals)
    for table, links, per_person in (
        ("crimes", "crime_links", CRIME_LINKS),
        ("intel_reports", "intel_links", REPORT_LINKS),
    ):
        event, person = _links(rng, circle, activity, per_person * nominals, _SIZES[table])
        _write_events(out, rng, table, links, ids, event, person)


def _circles(rng: np.random.Generator, nominals: int) -> np.ndarray:
    """Return the first position of each circle, and ``nominals`` at the end; sizes are skewed, 3 at least."""
    sizes = 3 + rng.geometric(1 / 6, nominals // 3)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return np.append(starts[starts <= nominals - 3], nominals)


def _activity(rng: np.random.Generator, nominals: int) -> np.ndarray:
    """Return the cumulative chance of being first in an event, heavy-tailed."""
    weight = (1.0 - rng.random(nominals)) ** -0.55
    total = np.cumsum(np.minimum(weight, 0.002 * nominals + 20))
    return np.asarray(total / total[-1])


def _links(
    rng: np.random.Generator, circle: np.ndarray, activity: np.ndarray, wanted: int, shares: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return exactly ``wanted`` pairs of event and person, sorted by event, no person twice in one event."""
    nominals = len(activity)
    chance = np.asarray(shares) / np.sum(shares)
    event, person = np.zeros(0, np.int64), np.zeros(0, np.int64)
    events = 0
    while len(event) < wanted:
        # Companions that were drawn twice fall out, so a few more events are drawn than the mean needs.
        more = int((wanted - len(event)) / float(chance @ np.arange(1, len(chance) + 1)) * 1.02) + 50
        lead = np.minimum(np.searchsorted(activity, rng.random(more)), nominals - 1)
        size = rng.choice(len(chance), more, p=chance)
        first = np.repeat(lead, size)
        home = np.searchsorted(circle, first, side="right") - 1
        reach = rng.random(len(first))
        home = np.where(reach < 0.06, (home + 1) % (len(circle) - 1), home)
        low, high = circle[home], circle[home + 1]
        near = low + (rng.random(len(first)) ** 1.7 * (high - low)).astype(np.int64)
        companion = np.where(reach > 0.985, rng.integers(0, nominals, len(first)), near)
        numbers = np.arange(events, events + more)
        code = np.concatenate([numbers, np.repeat(numbers, size)]) * nominals + np.concatenate([lead, companion])
        new_event, new_person = np.divmod(np.unique(code), nominals)
        event, person = np.concatenate([event, new_event]), np.concatenate([person, new_person])
        events += more
    return event[:wanted], person[:wanted]


def _write_groups(out: Path, rng: np.random.Generator, ids: pa.Array, circle: np.ndarray) -> None:
    """Make groups of whole circles, until enough people belong to one; the first of a circle leads it."""
    nominals = len(ids)
    size = np.diff(circle)
    order = rng.permutation(len(size))
    chosen = np.sort(order[np.cumsum(size[order]) <= max(MEMBERS * nominals, size[order[0]])])
    member = np.concatenate([np.arange(circle[c], circle[c + 1]) for c in chosen])
    group = np.repeat(np.arange(len(chosen)), size[chosen])
    rank = member - np.repeat(circle[chosen], size[chosen])
    share = (rank + 0.5) / np.repeat(size[chosen], size[chosen])
    role = np.select([share < 0.2, share < 0.55], [0, 1], 2)
    names = _ids("OCG", len(chosen))
    kinds = sorted(BY_TYPE)
    kind = rng.choice(len(kinds), len(chosen))
    _write(
        out,
        "ocgs",
        {
            "ocg_id": names,
            "status": _text(["active"], np.zeros(len(chosen), int)),
            "primary_crime_type": _text(kinds, kind),
        },
    )
    _write(
        out,
        "memberships",
        {
            "nominal_id": ids.take(pa.array(member)),
            "ocg_id": names.take(pa.array(group)),
            "role": _text(["principal", "significant", "peripheral"], role),
            "from_date": _days(rng, len(member), FIRST.toordinal() - 1500, FIRST.toordinal()),
        },
    )


def _write_events(
    out: Path, rng: np.random.Generator, table: str, links: str, ids: pa.Array, event: np.ndarray, person: np.ndarray
) -> None:
    count = int(event[-1]) + 1
    names = _ids("C" if table == "crimes" else "R", count)
    on = _days(rng, count, FIRST.toordinal(), AS_OF.toordinal())
    linked: dict[str, pa.Array] = {"person_id": ids.take(pa.array(person))}
    if table == "crimes":
        codes, weights = list(GENERAL), np.array(list(GENERAL.values()))
        code = rng.choice(len(codes), count, p=weights / weights.sum())
        _write(out, table, {"crime_id": names, "offence_code": _text(codes, code), "recorded_on": on})
        role = _text(["arrested", "suspect"], rng.integers(0, 2, len(event)))
        linked |= {"crime_id": names.take(pa.array(event)), "link_role": role}
    else:
        grades = {
            "source_grade": _text(["1", "2", "3"], rng.choice(3, count, p=[0.25, 0.7, 0.05])),
            "intelligence_grade": _text(list("ABCDE"), rng.choice(5, count, p=[0.15, 0.25, 0.2, 0.36, 0.04])),
            "handling_code": _text(["P", "C"], rng.choice(2, count, p=[0.93, 0.07])),
        }
        scheme = _text(["3x5x2"], np.zeros(count, int))
        _write(out, table, {"report_id": names, "reported_on": on, "grading_scheme": scheme, **grades})
        linked |= {"report_id": names.take(pa.array(event))}
    _write(out, links, linked)


def _ids(prefix: str, count: int) -> pa.Array:
    """Return ``count`` ids of equal width, sorted."""
    digits = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), len(str(count)), "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def _text(words: list[str], codes: np.ndarray) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(codes))


def _days(rng: np.random.Generator, count: int, first: int, last: int) -> pa.Array:
    """Return random days between two proleptic ordinals, both included."""
    unix = np.datetime64("1970-01-01", "D") - np.datetime64("0001-01-01", "D")
    days = rng.integers(first, last + 1, count) - 1 - unix.astype(int)
    return pa.array(days.astype("datetime64[D]"))


def _write(out: Path, name: str, columns: Mapping[str, pa.Array]) -> None:
    with (out / f"{name}.csv").open("wb") as file:
        # The header is written by hand, because pyarrow would quote it.
        file.write((",".join(columns) + "\n").encode())
        csv.write_csv(pa.table(dict(columns)), file, csv.WriteOptions(include_header=False, quoting_style="none"))
