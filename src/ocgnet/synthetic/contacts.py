"""Recorded contacts: meetings, calls, households, money; the only trace of principals who stay out of crimes."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ocgnet.synthetic.bonds import Bonds
from ocgnet_demo.drawing import AS_OF, BEFORE_AS_OF, BEFORE_FIRST, FIRST, Row, day_between, pick

_KINDS = (("meeting", 30.0), ("phone", 30.0), ("contact", 12.0), ("co_offending", 8.0), ("financial", 7.0),
          ("online", 6.0), ("household", 4.0), ("family", 3.0))  # fmt: skip


def contact_rows(rng: Random, bonds: Bonds, active: set[str], reports: dict[tuple[str, str], list[str]]) -> list[Row]:
    """Return the rows of ``associations``.

    Parameters
    ----------
    active : set of str
        Members today; bonds of two others are rarely recorded.
    reports : dict of (str, str) to list of str
        Reports by the pair whom they name together, for contacts that stand on a report; some of these
        reports are of a grade that is left out.
    """
    rows: dict[tuple[object, ...], Row] = {}
    for (a, b), strength in sorted(bonds.strength.items()):
        hidden = a in bonds.hidden or b in bonds.hidden
        both = a in active and b in active
        if hidden and (a in active or b in active):
            kinds = ["meeting", *(["phone"] if rng.random() < 0.6 else [])]
        elif rng.random() < (0.5 if both else 0.1):
            kinds = [pick(rng, _KINDS) for _ in range(1 + (rng.random() < 0.25))]
        else:
            continue
        for kind in kinds:
            row = _row(rng, a, b, kind, strength, recent=hidden or rng.random() < 0.85)
            known = reports.get((a, b))
            if kind != "household" and known and rng.random() < 0.5:
                row["report_id"] = rng.choice(known)
            rows[tuple(row[k] for k in ("person_a", "person_b", "kind"))] = row
    return list(rows.values())


def _row(rng: Random, a: str, b: str, kind: str, strength: float, *, recent: bool) -> Row:
    directed = kind in ("phone", "financial") and rng.random() < 0.5
    if directed and rng.random() < 0.5:
        a, b = b, a
    first = (
        day_between(rng, FIRST - timedelta(days=200), AS_OF)
        if recent
        else day_between(rng, date(2016, 5, 1), BEFORE_FIRST)
    )
    last = (
        day_between(rng, max(first, FIRST), AS_OF)
        if recent
        else day_between(rng, first, BEFORE_AS_OF - timedelta(days=90))
    )
    undated = rng.random() < 0.04
    lasting = kind in ("household", "family")
    often = {"phone": 6.0, "meeting": 2.0, "online": 3.0}.get(kind, 1.0)
    return {
        "person_a": a,
        "person_b": b,
        "kind": kind,
        "directed": directed,
        "times_observed": None if lasting else 1 + int(rng.expovariate(1 / (often * min(strength, 4.0)))),
        "first_seen": None if undated else first,
        "last_seen": None if undated else last,
    }
