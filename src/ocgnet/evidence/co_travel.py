"""Vehicles that were seen at one place within minutes, on several days, and how often chance alone gives that.

Nothing is compared that was not at one place in one stretch of minutes: sightings are sorted by place and time, and
each is set beside those that follow within the window. Where more than a number of sightings fall into a window, as at
a camera on a motorway, they say nothing and are counted, so that the work grows with the sightings and never with the
pairs of vehicles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.clocks import ZONE
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.independent_trials import at_least
from ocgnet.evidence.period import Period, overdue
from ocgnet.evidence.spans import group_starts
from ocgnet.evidence.thing_use import ThingUse
from ocgnet.settings import Settings

NIGHT_ENDS = 4
"""Hour of the clock at which one day of driving ends and the next begins, when fewest are on the road."""

_DAY, _HOURS = 86_400, 24
_EARTH = 6_371_000.0
_GRID = 4
"""Decimals of a degree to which coordinates are read: about ten metres."""

_ROWS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class CoTravel:
    """Pairs of vehicles seen together on enough days, sorted by pair; and each of their meetings."""

    one: np.ndarray  # one and two (int32): positions in ``ThingUse.things``, ``one`` < ``two``
    two: np.ndarray
    days: np.ndarray  # int64: different days on which they were seen together
    times: np.ndarray  # int64: occasions, at a place and within the window of the one before being the same occasion
    places: np.ndarray  # int64: different places of these
    common_days: np.ndarray  # int64: days on which both were seen at one place, together or hours apart
    expected: np.ndarray  # float: days on which chance alone would have them there together
    chance: np.ndarray  # float: how often chance alone gives as many days or more
    first: np.ndarray  # first and last (datetime64[D]): on the clock of Europe/London
    last: np.ndarray
    pair: np.ndarray  # int64 per meeting: position among the pairs; sorted
    day: np.ndarray  # datetime64[D] per meeting
    place: np.ndarray  # str (object) per meeting: code, thing or coordinates
    one_row: np.ndarray  # one_row and two_row (int64) per meeting: the two rows of ``sightings``
    two_row: np.ndarray
    left_out: tuple[LeftOut, ...] = ()
    vehicles: int = 0  # Vehicles with sightings that count

    def __len__(self) -> int:
        return len(self.one)


@dataclass(frozen=True)
class _Seen:
    """Sightings that count, sorted by site and time."""

    vehicle: np.ndarray  # int64
    at: np.ndarray  # int64: seconds, universal time
    drive: np.ndarray  # int64: day of driving
    day: np.ndarray  # int64: day on the clock
    hour: np.ndarray  # int64: hour of the clock, 0 to 23
    site: np.ndarray  # int64
    row: np.ndarray  # int64: row of the table
    near: np.ndarray  # int64, shape (pairs, 2): sites that are so close that they count as one place

    def kept(self, keep: np.ndarray) -> _Seen:
        columns = ("vehicle", "at", "drive", "day", "hour", "site", "row")
        return replace(self, **{name: getattr(self, name)[keep] for name in columns})


def co_travel_of(dataset: Dataset, use: ThingUse, settings: Settings, period: Period) -> CoTravel:
    """Return the vehicles that were seen together on at least ``settings.together_days`` days.

    Together is at one place, or at coordinates within ``settings.together_metres``, within
    ``settings.together_minutes``. A day of driving lasts from four in the morning to four. A sighting of which only
    the day is known cannot tell and is counted, as is one in a crowd (``settings.together_crowd``).

    The chance rests on this: both were where they were on the days on which they were, and only the time of day is
    drawn anew for each of them, from its own hours at that place on other days, and with the weight of one sighting
    from all its own hours. So two that pass one camera at eight every morning meet by chance, and two that come past
    ten cameras at odd hours do not.
    """
    gone: list[LeftOut] = []
    seen, names = _sightings(dataset, use, settings, period, gone)
    window = settings.together_minutes * 60
    crowd = _neighbours_in_time(seen, window) > settings.together_crowd
    if crowd.any():
        gone.append(
            LeftOut(
                "sightings",
                f"more than {settings.together_crowd:,} others at the place within {settings.together_minutes} minutes",
                int(crowd.sum()),
            )
        )
    seen = seen.kept(~crowd)
    vehicles = int((np.bincount(seen.vehicle) > 0).sum())
    if len(seen.vehicle):
        # Sorting a few whole numbers is faster than hashing many.
        drives = np.sort(_two_keys(seen.vehicle, seen.drive))
        of_vehicle = drives[group_starts(drives)] // _width(seen.drive)
        seen = seen.kept(np.bincount(of_vehicle)[seen.vehicle] >= settings.together_days)
    wanted = _met_often(seen, window, settings.together_days)
    return _described(seen, names, wanted, window, tuple(sorted(gone)), vehicles)


def _sightings(
    dataset: Dataset, use: ThingUse, settings: Settings, period: Period, gone: list[LeftOut]
) -> tuple[_Seen, np.ndarray]:
    t = dataset["sightings"]
    things = pa.array(use.things, pa.string())
    ids = dataset["sightings"]["thing_id"]
    vehicle = pc.fill_null(pc.index_in(ids, things), -1).to_numpy().astype(np.int64)
    at = t["at"].cast(pa.timestamp("s")).to_numpy().astype("datetime64[s]")
    zoned = t["at"].cast(pa.timestamp("s")).cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("s", ZONE))
    wall = pc.local_timestamp(zoned).to_numpy().astype("datetime64[s]").astype(np.int64)
    keep = np.ones(t.num_rows, bool)

    def leave_out(fits: np.ndarray, why: str) -> None:
        nonlocal keep
        if many := int((keep & ~fits).sum()):
            gone.append(LeftOut("sightings", why, many))
        keep = keep & fits

    leave_out((vehicle >= 0) & (np.append(use.kind, "")[vehicle] == "vehicle"), "not of a vehicle")
    if period.as_of is not None:
        leave_out(wall // _DAY <= np.datetime64(period.as_of, "D").astype(np.int64), "after the day of judgement")
    if not settings.include_overdue:
        stale = dataset["things"].filter(overdue(dataset["things"], period.as_of))["thing_id"].combine_chunks()
        leave_out(~pc.is_in(ids, stale).to_numpy().astype(bool), "review of the thing overdue")
    linked, hidden = (np.zeros(len(use.things) + 1, bool) for _ in range(2))
    linked[use.thing], hidden[use.aside.thing] = True, True
    leave_out(~(hidden & ~linked)[vehicle], "the vehicle is used only by people who take no part")
    leave_out(at.astype(np.int64) % _DAY != 0, "only the day is known, so nobody can tell who was near")
    site, names, near = _sites(t, settings.together_metres)
    leave_out(site >= 0, "no place")
    rows = np.flatnonzero(keep)
    rows = rows[np.lexsort((vehicle[rows], at[rows], site[rows]))]
    local = wall[rows]
    fresh = np.ones(len(rows), bool)
    if len(rows):
        fresh = group_starts(site[rows], at[rows], vehicle[rows])
    if many := int((~fresh).sum()):
        gone.append(LeftOut("sightings", "the same sighting once more", many))
    rows, local = rows[fresh], local[fresh]
    seen = _Seen(
        vehicle[rows],
        at[rows].astype(np.int64),
        (local - NIGHT_ENDS * 3600) // _DAY,
        local // _DAY,
        local % _DAY // 3600,
        site[rows],
        rows,
        near,
    )
    return seen, names


def _sites(t: pa.Table, metres: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the site of each sighting (-1 without one), the name of each site, and pairs of sites that are near.

    A place by its code is one site; so are coordinates to ten metres where no code is given.
    """
    codes = pc.unique(t["place"].drop_null().combine_chunks())
    site = pc.fill_null(pc.index_in(t["place"], codes, skip_nulls=True), -1).to_numpy().astype(np.int64)
    names = codes.to_numpy(zero_copy_only=False).astype(object)
    lat, lon = (t[c].to_numpy().astype(float) for c in ("latitude", "longitude"))
    rows = np.flatnonzero((site < 0) & ~np.isnan(lat) & ~np.isnan(lon))
    if not len(rows):
        return site, names, np.zeros((0, 2), np.int64)
    points, which = np.unique(np.column_stack((lat[rows], lon[rows])).round(_GRID) + 0.0, axis=0, return_inverse=True)
    site[rows] = len(names) + which.ravel()
    words = np.array([f"{a:.{_GRID}f} {b:.{_GRID}f}" for a, b in points], object)
    phi, theta = np.radians(points.T)
    ball = _EARTH * np.column_stack((np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)))
    from scipy.spatial import cKDTree  # slow to load, and only coordinates need it

    near = cKDTree(ball).query_pairs(metres, output_type="ndarray").astype(np.int64) + len(names)
    return site, np.concatenate((names, words)), near


def _width(numbers: np.ndarray) -> int:
    return int(numbers.max() - numbers.min()) + 1


def _two_keys(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    return np.asarray(high * _width(low) + (low - low.min()))


def _ranges(seen: _Seen, window: int, both: bool) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield rows, and for each where those begin and end that were near within the window.

    Those of the same site are the ones that follow, or with ``both`` all; those of a site near by are all, and each
    pair of sites is looked at once, or with ``both`` from either side.
    """
    if not len(seen.at):
        return
    low = int(seen.at.min()) - window
    span = int(seen.at.max()) - low + window + 1
    key = seen.site * span + (seen.at - low)
    every = np.arange(len(key))
    begin = np.searchsorted(key, key - window) if both else every + 1
    yield every, begin, np.searchsorted(key, key + window, "right")
    pairs = np.concatenate((seen.near, seen.near[:, ::-1])) if both else seen.near
    if len(pairs):
        first, last = (np.searchsorted(seen.site, pairs[:, 0], side) for side in ("left", "right"))
        rows, which = _expanded(first, last)
        there = pairs[which, 1] * span + (seen.at[rows] - low)
        yield rows, np.searchsorted(key, there - window), np.searchsorted(key, there + window, "right")


def _expanded(begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return every number from ``begin`` up to ``end`` of each range, and the range it comes from."""
    many = np.maximum(end - begin, 0)
    which = np.repeat(np.arange(len(many)), many)
    return np.arange(len(which)) - np.repeat(np.cumsum(many) - many - begin, many), which


def _neighbours_in_time(seen: _Seen, window: int) -> np.ndarray:
    """Return how many other sightings lie at the place within the window of each."""
    around = np.zeros(len(seen.at), np.int64)
    for rows, begin, end in _ranges(seen, window, both=True):
        around += np.bincount(rows, end - begin, len(around)).astype(np.int64)
    return around - 1


def _meetings(seen: _Seen, window: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield pairs of sightings of two vehicles on one day of driving, the smaller vehicle first, in parts."""
    for rows, begin, end in _ranges(seen, window, both=False):
        upto = np.cumsum(np.maximum(end - begin, 0))
        cuts = np.searchsorted(upto, np.arange(_ROWS_AT_ONCE, (upto[-1] if len(upto) else 0) + 1, _ROWS_AT_ONCE))
        for part in np.split(np.arange(len(rows)), np.unique(cuts)):
            other, which = _expanded(begin[part], end[part])
            row = rows[part][which]
            met = (seen.vehicle[row] != seen.vehicle[other]) & (seen.drive[row] == seen.drive[other])
            row, other = row[met], other[met]
            swapped = seen.vehicle[row] > seen.vehicle[other]
            yield np.where(swapped, other, row), np.where(swapped, row, other)


def _met_often(seen: _Seen, window: int, least: int) -> np.ndarray:
    """Return the keys (vehicle × vehicles + vehicle) of pairs that met on enough days, sorted."""
    vehicles = int(seen.vehicle.max(initial=0)) + 1
    parts = []
    for row, other in _meetings(seen, window):
        pair = seen.vehicle[row] * vehicles + seen.vehicle[other]
        order = np.lexsort((seen.drive[row], pair))
        pair, drive = pair[order], seen.drive[row][order]
        if len(pair):
            fresh = group_starts(pair, drive)
            parts.append((pair[fresh], drive[fresh].astype(np.int32)))
    if not parts:
        return np.zeros(0, np.int64)
    pair, drive = (np.concatenate(c) for c in zip(*parts, strict=True))
    # A pair that is too rare whatever its days need not be sorted by them.
    order = np.argsort(pair, kind="stable")
    pair, drive = pair[order], drive[order]
    starts = np.flatnonzero(group_starts(pair))
    sizes = np.diff(np.append(starts, len(pair)))
    keep = np.repeat(sizes >= least, sizes)
    pair, drive = pair[keep], drive[keep]
    order = np.lexsort((drive, pair))
    pair, drive = pair[order], drive[order]
    if not len(pair):
        return np.zeros(0, np.int64)
    pair = pair[group_starts(pair, drive)]
    keys, days = np.unique(pair, return_counts=True)
    return np.asarray(keys[days >= least])


def _described(
    seen: _Seen, names: np.ndarray, wanted: np.ndarray, window: int, gone: tuple[LeftOut, ...], vehicles: int
) -> CoTravel:
    width = int(seen.vehicle.max(initial=0)) + 1
    parts = [(np.zeros(0, np.int64),) * 3]
    for row, other in _meetings(seen, window) if len(wanted) else ():
        pair = seen.vehicle[row] * width + seen.vehicle[other]
        at = np.minimum(np.searchsorted(wanted, pair), len(wanted) - 1)
        hit = wanted[at] == pair
        parts.append((at[hit], row[hit], other[hit]))
    pair, row, other = (np.concatenate(c) for c in zip(*parts, strict=True))
    order = np.lexsort((seen.site[row], np.minimum(seen.at[row], seen.at[other]), pair))
    pair, row, other = pair[order], row[order], other[order]
    at, site, drive = np.minimum(seen.at[row], seen.at[other]), seen.site[row], seen.drive[row]
    pairs = len(wanted)
    # An occasion goes on while the two are at the place within the window of their last meeting there.
    by_place = np.lexsort((at, site, pair))
    fresh = np.ones(len(pair), bool)
    if len(pair):
        p, s, a = pair[by_place], site[by_place], at[by_place]
        fresh = group_starts(p, s)
        fresh[1:] |= np.diff(a) > window
    times = np.bincount(pair[by_place][fresh], minlength=pairs)
    days = _distinct(pair, drive, pairs)
    day = np.minimum(seen.day[row], seen.day[other])
    first, last = np.full(pairs, 2**40), np.full(pairs, -(2**40))
    np.minimum.at(first, pair, day)
    np.maximum.at(last, pair, day)
    trial, start = _trials(seen, wanted // width, wanted % width, window)
    return CoTravel(
        (wanted // width).astype(np.int32),
        (wanted % width).astype(np.int32),
        days,
        times,
        _distinct(pair, site, pairs),
        np.diff(start),
        np.bincount(np.repeat(np.arange(pairs), np.diff(start)), trial, pairs),
        at_least(trial, start, days),
        first.astype("datetime64[D]"),
        last.astype("datetime64[D]"),
        pair,
        day.astype("datetime64[D]"),
        names[site] if len(names) else np.zeros(0, object),
        seen.row[row],
        seen.row[other],
        gone,
        vehicles,
    )


def _distinct(group: np.ndarray, value: np.ndarray, groups: int) -> np.ndarray:
    """Return how many different values each group has."""
    if not len(group):
        return np.zeros(groups, np.int64)
    keys = np.unique(_two_keys(group, value))
    return np.bincount(keys // _width(value), minlength=groups)


# How often chance alone gives it.


def together_by_hour(minutes: float) -> np.ndarray:
    """Return how often two that come at a random minute of two hours of the clock are within so many minutes.

    Shape (24, 24), for up to 60 minutes; hours that do not follow each other never are, nor are the hours before and
    after four in the morning, which belong to two days of driving.

    >>> together_by_hour(30)[10, 9:13].tolist()
    [0.125, 0.75, 0.125, 0.0]
    """
    share = minutes / 60
    near = np.zeros((_HOURS, _HOURS))
    hours = np.arange(_HOURS)
    near[hours, hours] = 2 * share - share**2
    following = (hours + 1) % _HOURS
    near[hours, following] = near[following, hours] = share**2 / 2
    near[NIGHT_ENDS - 1, NIGHT_ENDS] = near[NIGHT_ENDS, NIGHT_ENDS - 1] = 0
    return near


@dataclass(frozen=True)
class _Visits:
    """A vehicle at a site on a day of driving, sorted by them."""

    key: np.ndarray  # int64: vehicle, site and day in one number
    vehicle: np.ndarray
    site: np.ndarray
    drive: np.ndarray
    stay: np.ndarray  # int64: position of vehicle and site in ``hours_there``
    hours: np.ndarray  # float, shape (visits, 24): sightings by hour
    hours_there: np.ndarray  # float, shape (stays, 24): the same over all days
    hours_all: np.ndarray  # float, shape (vehicles, 24): share of all sightings of the vehicle by hour
    begin: np.ndarray  # int64 per vehicle: its first visit, and one more for the end

    def hours_by_chance(self, visit: np.ndarray) -> np.ndarray:
        """Return how likely each hour is for each visit, shape (visits, 24)."""
        others = self.hours_there[self.stay[visit]] - self.hours[visit]
        likely = others + self.hours_all[self.vehicle[visit]]
        return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def _visits(seen: _Seen, vehicles: np.ndarray, sites: int, low: int, width: int) -> _Visits:
    rows = np.flatnonzero(np.isin(seen.vehicle, vehicles))
    vehicle = np.searchsorted(vehicles, seen.vehicle[rows])
    site, drive, hour = seen.site[rows], seen.drive[rows] - low, seen.hour[rows]
    key, visit = np.unique((vehicle * sites + site) * width + drive, return_inverse=True)
    stays, stay = np.unique(key // width, return_inverse=True)
    hours = np.bincount(visit * _HOURS + hour, minlength=len(key) * _HOURS).reshape(-1, _HOURS).astype(float)
    there = np.zeros((len(stays), _HOURS))
    np.add.at(there, stay, hours)
    whole = np.zeros((len(vehicles), _HOURS))
    of_stay = stays // sites
    np.add.at(whole, of_stay, there)
    whole /= np.maximum(whole.sum(axis=1, keepdims=True), 1)
    of_visit = key // width // sites
    begin = np.searchsorted(of_visit, np.arange(len(vehicles) + 1))
    return _Visits(key, of_visit, key // width % sites, key % width, stay, hours, there, whole, begin)


def _trials(seen: _Seen, one: np.ndarray, two: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    """Return per pair and day on which both were at one place how often chance has them there together.

    With where the days of each pair begin. Both keep place and day; the hour is drawn anew.
    """
    if not len(one):
        return np.zeros(0), np.zeros(1, np.int64)
    vehicles = np.unique(np.concatenate((one, two)))
    sites = int(seen.site.max()) + 1
    if len(seen.near):
        sites = max(sites, int(seen.near.max()) + 1)
    low, width = int(seen.drive.min()), _width(seen.drive)
    visits = _visits(seen, vehicles, sites, low, width)
    a, b = np.searchsorted(vehicles, one), np.searchsorted(vehicles, two)
    many = np.diff(visits.begin)
    a, b = np.where(many[a] <= many[b], a, b), np.where(many[a] <= many[b], b, a)
    near = np.concatenate((seen.near, seen.near[:, ::-1], np.repeat(np.arange(sites)[:, None], 2, axis=1)))
    near = near[np.argsort(near[:, 0], kind="stable")]
    of_site = np.searchsorted(near[:, 0], np.arange(sites + 1))
    kernel = together_by_hour(window / 60)
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    size = np.cumsum(many[a])
    cuts = np.searchsorted(size, np.arange(_ROWS_AT_ONCE // 4, size[-1] + 1, _ROWS_AT_ONCE // 4))
    for some in np.split(np.arange(len(a)), np.unique(cuts)):
        mine, pair = _expanded(visits.begin[a[some]], visits.begin[a[some] + 1])
        place, which = _expanded(of_site[visits.site[mine]], of_site[visits.site[mine] + 1])
        mine, pair = mine[which], some[pair[which]]
        sought = (b[pair] * sites + near[place, 1]) * width + visits.drive[mine]
        theirs = np.minimum(np.searchsorted(visits.key, sought), len(visits.key) - 1)
        hit = visits.key[theirs] == sought
        mine, theirs, pair = mine[hit], theirs[hit], pair[hit]
        once = np.einsum("vh,vh->v", visits.hours_by_chance(mine) @ kernel, visits.hours_by_chance(theirs))
        each = visits.hours[mine].sum(axis=1) * visits.hours[theirs].sum(axis=1)
        with np.errstate(divide="ignore"):
            parts.append((pair, visits.drive[mine], each * np.log1p(-np.minimum(once, 1.0))))
    pair, drive, never = (np.concatenate(c) for c in zip(*parts, strict=True))
    order = np.lexsort((drive, pair))
    pair, drive, never = pair[order], drive[order], never[order]
    fresh = np.flatnonzero(group_starts(pair, drive)) if len(pair) else np.zeros(0, np.int64)
    chance = -np.expm1(np.add.reduceat(never, fresh)) if len(fresh) else np.zeros(0)
    return chance, np.searchsorted(pair[fresh], np.arange(len(one) + 1))
