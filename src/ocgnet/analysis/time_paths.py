"""What became of each person over the snapshots: path of roles, rising or falling, come or gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ocgnet.analysis.position import names_of
from ocgnet.analysis.roles.tiers import NO_GROUP, NONE, TIERS
from ocgnet.analysis.time_windows import Window
from ocgnet.results import Figure, ResultTable
from ocgnet.settings import Settings

DIRECTIONS = ("never tied", "rising", "falling", "steady", "entered", "left", "too few snapshots")
NEVER, RISING, FALLING, STEADY, ENTERED, LEFT, TOO_FEW = range(7)
"""Positions in ``DIRECTIONS``."""

_TREND_STREAM = 104
_DIGITS = 9


@dataclass(frozen=True)
class Course:
    """Everybody's standing in every snapshot.

    Parameters
    ----------
    windows : tuple of Window
        The snapshots, in order.
    score : ndarray of float, shape (windows, people)
        Position score in the network of the snapshot.
    connected : ndarray of bool, shape (windows, people)
        Whether the person has a tie there.
    tier : ndarray of int, shape (windows, people)
        Highest suggested role over the person's groups, a position in ``tiers.TIERS``.
    grouped : ndarray of bool, shape (windows, people)
        Whether the person was in a group on the last day, and so could be judged.
    """

    windows: tuple[Window, ...]
    score: np.ndarray
    connected: np.ndarray
    tier: np.ndarray
    grouped: np.ndarray

    @property
    def now(self) -> np.ndarray:
        """Whether each snapshot belongs to the period itself, shape ``(windows,)``."""
        return np.array([w.now for w in self.windows], bool)


@dataclass(frozen=True)
class Trend:
    """Both years compared; arrays with one entry per person.

    Parameters
    ----------
    direction : ndarray of int
        Position in ``DIRECTIONS``.
    before, now : ndarray of float
        Mean score over the snapshots with ties of each year, NaN without any.
    times_before, times_now : ndarray of int
        How many snapshots those are.
    """

    direction: np.ndarray
    before: np.ndarray
    now: np.ndarray
    times_before: np.ndarray
    times_now: np.ndarray


def trend(score: np.ndarray, connected: np.ndarray, now: np.ndarray, settings: Settings) -> Trend:
    """Judge whether people rise or fall from one year to the next.

    Parameters
    ----------
    score, connected : ndarray, shape (windows, people)
        As in `Course`.
    now : ndarray of bool, shape (windows,)
        Which snapshots belong to the later year.
    settings : Settings
        ``snapshot_change`` and ``snapshot_least``.

    Notes
    -----
    Only snapshots with ties enter the means, so that being unseen is not falling: whoever has ties in
    one year only has entered or left. With fewer than ``snapshot_least`` snapshots with ties in either
    year nothing is said of a direction.

    Examples
    --------
    >>> score = np.array([[0.2, 0.6], [0.3, 0.5], [0.6, 0.6], [0.5, 0.0]])
    >>> ties = score > 0
    >>> found = trend(score, ties, np.array([False, False, True, True]), Settings())
    >>> [DIRECTIONS[d] for d in found.direction]
    ['rising', 'too few snapshots']
    """
    mean, times = [], []
    for rows in (~now, now):
        count = connected[rows].sum(axis=0)
        total = np.where(connected[rows], score[rows], 0.0).sum(axis=0)
        mean.append(np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0))
        times.append(count)
    change = np.round(mean[1] - mean[0], _DIGITS)
    enough = np.minimum(*times) >= max(settings.snapshot_least, 1)
    # Without snapshots of one of the periods nobody can be said to have come, gone, risen or fallen.
    both = bool(now.any()) and not bool(now.all())
    direction = np.select(
        [
            (times[0] == 0) & (times[1] == 0),
            (times[0] == 0) & both,
            (times[1] == 0) & both,
            ~enough,
            change >= settings.snapshot_change,
            change <= -settings.snapshot_change,
        ],
        [NEVER, ENTERED, LEFT, TOO_FEW, RISING, FALLING],
        STEADY,
    )
    return Trend(direction, mean[0], mean[1], times[0], times[1])


def paths_of(course: Course, ids: np.ndarray, names: Mapping[str, str], settings: Settings) -> ResultTable:
    """Return the table ``paths``: one row per nominal with a tie in any snapshot, sorted by id."""
    found = trend(course.score, course.connected, course.now, settings)
    rows = np.flatnonzero(found.direction != NEVER)
    connected, tier = course.connected[:, rows], course.tier[:, rows]
    earliest = np.argmax(connected, axis=0)
    latest = len(course.windows) - 1 - np.argmax(connected[::-1], axis=0)
    first, last = (np.array([getattr(w, end) for w in course.windows], object) for end in ("first", "last"))
    spoken = np.where(course.grouped[:, rows], np.array(TIERS, object)[tier], NO_GROUP)
    spoken[~connected] = "no ties"
    change = np.round(found.now - found.before, _DIGITS)[rows]
    frame = pd.DataFrame(
        {
            "nominal_id": pd.array(ids[rows], dtype="str"),
            "name": names_of(ids[rows], names),
            "direction": np.array(DIRECTIONS, object)[found.direction[rows]],
            "change": change,
            "score_before": np.round(found.before[rows], _DIGITS),
            "score_now": np.round(found.now[rows], _DIGITS),
            "snapshots_before": found.times_before[rows],
            "snapshots_now": found.times_now[rows],
            "first_from": pd.to_datetime(first[earliest]),
            "last_to": pd.to_datetime(last[latest]),
            "role_changes": _role_changes(tier),
            "roles": [" > ".join(column) for column in spoken.T],
            "because": [_because(found, row, course, settings) for row in rows.tolist()],
        }
    )
    return ResultTable("paths", frame)


def _role_changes(tier: np.ndarray) -> np.ndarray:
    """Return how often a suggested role differs from the one suggested last; gaps are passed over."""
    latest, changes = np.zeros(tier.shape[1], np.int64), np.zeros(tier.shape[1], np.int64)
    for row in tier:
        changes += (row != NONE) & (latest != NONE) & (row != latest)
        latest = np.where(row != NONE, row, latest)
    return changes


def _because(found: Trend, row: int, course: Course, settings: Settings) -> str:
    """Return the reasons for one person's direction, in words."""
    spans = []
    for now, times, mean in ((False, found.times_before, found.before), (True, found.times_now, found.now)):
        own = [w for w in course.windows if w.now is now]
        if not own:
            spans.append("the records do not cover the period before")
            continue
        what = f"ties in {times[row]} of {len(own)} snapshots from {own[0].first} to {own[-1].last}"
        spans.append(f"{what}, mean position score {mean[row]:.2f}" if times[row] else what)
    said, least = "; ".join(spans), settings.snapshot_least
    change, limit = round(found.now[row] - found.before[row], _DIGITS), settings.snapshot_change
    match found.direction[row]:
        case 1 | 2:
            return f"{said}; {change:+.2f}, a change of {limit:g} or more"
        case 3:
            return f"{said}; {change:+.2f}, a change under {limit:g}"
        case 6:
            return f"{said}; a direction needs {least} snapshots with ties in each period"
    return said


def trend_figures(course: Course, settings: Settings) -> dict[str, Figure]:
    """Return how many rise and fall, beside how many would if the order of the snapshots were chance.

    Notes
    -----
    Of each person the snapshots are put into random order, scores and gaps together, and judged
    again. A share inside that band says that the scores of single people wander as much within a year
    as between the years: then a list of risers is a list of chance.
    """
    now = course.now
    found = _shares(trend(course.score, course.connected, now, settings))
    rng = np.random.default_rng([settings.seed, _TREND_STREAM])
    drawn = []
    for _ in range(settings.snapshot_draws):
        turn = rng.permuted(np.broadcast_to(np.arange(len(now))[:, None], course.score.shape), axis=0)
        score, connected = (np.take_along_axis(m, turn, axis=0) for m in (course.score, course.connected))
        drawn.append(_shares(trend(score, connected, now, settings))[:2])
    figures = {}
    least, limit = settings.snapshot_least, settings.snapshot_change
    for i, name in enumerate(("rising", "falling")):
        low, median, high = (None, None, None)
        if drawn and found[2]:
            low, median, high = (float(v) for v in np.quantile(np.array(drawn)[:, i], (0.025, 0.5, 0.975)))
        figures[f"nominals_{name}"] = Figure(
            found[i] if found[2] else None,
            "share",
            f"Nominals whose position is {name} from the period before to this period",
            round(found[i] * found[2]) if found[2] else None,
            found[2] or None,
            f"mean position score over snapshots of {settings.snapshot_months} months {name} by {limit:g} or more, of "
            f"nominals with ties in at least {least} snapshots of each year; chance: {settings.snapshot_draws} random "
            "orders of each person's snapshots",
            null_low=low,
            null_median=median,
            null_high=high,
        )
    return figures


def _shares(found: Trend) -> tuple[float, float, int]:
    """Return the shares rising and falling of those compared, and how many those are."""
    rising, falling, steady = (int((found.direction == d).sum()) for d in (RISING, FALLING, STEADY))
    compared = rising + falling + steady
    return rising / max(compared, 1), falling / max(compared, 1), compared
