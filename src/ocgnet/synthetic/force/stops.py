"""Stop checks and arrests of transient dealers, many of them from elsewhere, some of them children."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ocgnet.synthetic.force.published import SEVERITY, Targets
from ocgnet_demo.drawing import AS_OF, BEFORE_FIRST, FIRST, Row, day_between, stream

PLACE = "Basingstoke and Deane"
_MARCH = 0.085
"""Share of a year's stops that falls in March; alike in 2018 and 2019, so that March to February counts the same."""
_ELSEWHERE = {"Southampton": 0.26, "Portsmouth": 0.22}
_TOGETHER = 0.18
_OTHERS = 0.12
"""Stops of people who are not taken for transient dealers, against those who are."""


def stop_rows(seed: int, targets: Targets) -> list[Row]:
    """Return the rows of ``stop_checks`` of three years."""
    rng = stream(seed, "force stops")
    (before, now), (young_before, young_now) = targets.stops, targets.juveniles
    in_place, young_in_place = (min(n, m) for n, m in zip(targets.stops_basingstoke, (now, young_now), strict=True))
    elsewhere = (now - in_place, young_now - young_in_place)
    march_in, march_out = (_part(in_place, young_in_place), _part(*elsewhere))
    place_before = round(before * 0.14)
    young_place_before = round(young_before * 0.2)
    drafts: list[tuple[date, bool, bool]] = []

    def add(first: date, last: date, stops: tuple[int, int], *, here: bool) -> None:
        count, young = max(stops[0], 0), max(stops[1], 0)
        drafts.extend((day_between(rng, first, last), i < young, here) for i in range(count))

    for march in (date(2018, 3, 1), date(2019, 3, 1)):
        add(march, march.replace(day=31), march_in, here=True)
        add(march, march.replace(day=31), march_out, here=False)
    until = AS_OF.replace(month=2, day=28)
    add(FIRST, until, _less((in_place, young_in_place), march_in), here=True)
    add(FIRST, until, _less(elsewhere, march_out), here=False)
    until = until.replace(year=2018)
    add(BEFORE_FIRST, until, _less((place_before, young_place_before), march_in), here=True)
    add(BEFORE_FIRST, until, _less((before - place_before, young_before - young_place_before), march_out), here=False)
    base = (round(before * 0.9), round(young_before * 0.7))
    add(date(2016, 4, 1), date(2017, 3, 31), base, here=False)
    drafts.sort(key=lambda d: d[0])
    return _rows(rng, drafts)


def _part(count: int, young: int) -> tuple[int, int]:
    return round(count * _MARCH), round(young * _MARCH * 0.5)


def _less(whole: tuple[int, int], part: tuple[int, int]) -> tuple[int, int]:
    return whole[0] - part[0], whole[1] - part[1]


def _rows(rng: Random, drafts: list[tuple[date, bool, bool]]) -> list[Row]:
    rows: list[Row] = []
    last: Row | None = None
    for on, young, here in drafts:
        row = _row(rng, on, here, transient=True) | {"date_of_birth": _born(rng, on, young)}
        if (
            last is not None
            and rng.random() < _TOGETHER
            and last["district"] == row["district"]
            and last["happened_on"] == on
        ):
            last["occasion"] = row["occasion"] = last.get("occasion") or f"OC{len(rows):05d}"
        rows.append(row)
        last = row
        if rng.random() < _OTHERS:
            rows.append(_row(rng, on, False, transient=False) | {"date_of_birth": _born(rng, on, rng.random() < 0.1)})
    return [{"stop_id": f"SC{i:05d}", **row} for i, row in enumerate(rows, 1)]


def _row(rng: Random, on: date, here: bool, *, transient: bool) -> Row:
    return {
        "happened_on": on,
        "district": PLACE if here else _district(rng),
        "outcome": "arrested" if rng.random() < 0.38 else "stopped",
        "transient_dealer": transient,
        "home_force": rng.choice(("Northreach Police", "Estuary Constabulary", "Capital Police"))
        if transient and rng.random() < 0.7
        else None,
    }


def _district(rng: Random) -> str:
    """Return a district other than ``PLACE``, the cities first."""
    others = {d: s for d, s in SEVERITY.items() if d != PLACE and d not in _ELSEWHERE}
    left = 1 - sum(_ELSEWHERE.values())
    total = sum(others.values())
    chances = _ELSEWHERE | {d: left * s / total for d, s in others.items()}
    return rng.choices(list(chances), list(chances.values()))[0]


def _born(rng: Random, on: date, young: bool) -> date:
    """Return a day of birth: under 18 on the day, or 18 and over."""
    age = rng.triangular(13.6, 17.9, 17.0) if young else 18.05 + rng.gammavariate(1.6, 5.0)
    return on - timedelta(days=int(min(age, 70) * 365.25))
