"""Pictures of a profile: severity against volume, change, juveniles; SVG that survives greyscale."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from markupsafe import Markup

from ocgnet.english import ordinal
from ocgnet.local_profile.lorenz import GRID as SHARES
from ocgnet.local_profile.lorenz import Lorenz
from ocgnet.views.svg.svg import (  # fmt: skip
    BLUE,
    CHANCE,
    GREEN,
    GRID,
    INK,
    QUIET,
    Scale,
    chart,
    element,
    label,
    line,
    points,
    shortened,
)
from ocgnet.views.words.numbers import count, percent, share

WIDTH = 760.0
_NAMES, _END, _TOP, _ROW = 238.0, 700.0, 46.0, 26.0


def round_top(value: float) -> float:
    """Return a round number at or above a value, for the end of an axis.

    >>> round_top(5049480), round_top(0.31), round_top(0)
    (6000000.0, 0.4, 1.0)
    """
    if value <= 0:
        return 1.0
    size = 10.0 ** len(str(int(value))) / 10 if value >= 1 else 0.1
    while value / size > 10:
        size *= 10
    while value / size < 1:
        size /= 10
    return next(round(step * size, 10) for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= value)


def _axis(x: Scale, bottom: float, words: str, form: str) -> list[Markup]:
    """Return grid lines, their values and the name of the axis."""
    parts = []
    for i in range(5):
        value = x.top * i / 4
        at = x.at(value)
        said = f"{value:.0%}" if form == "share" else f"{value:,.0f}" if x.top >= 4 else f"{value:g}"
        parts += [
            line(at, _TOP - 8, at, bottom, stroke=QUIET if not i else GRID, stroke_width=1),
            label(at, bottom + 20, said, anchor="middle"),
        ]
    return [*parts, label(_END, bottom + 40, words, anchor="end", quiet=True)]


def bars(key: str, title: str, rows: Sequence[tuple[str, float, float, float, str]], axis: str) -> Markup:
    """Return horizontal bars with intervals; ``key`` is unique on the page, ``title`` the finding.

    A row is name, value, lower and upper end of its interval (equal to the value for none), and what to print.
    """
    if not rows:
        return Markup("")
    longest = max(max(r[1], r[3]) for r in rows)
    # Ticks stand at quarters, so a short axis ends at a multiple of four.
    x = Scale(math.ceil(longest / 4) * 4 if longest < 40 else round_top(longest), _NAMES, _END - 60)
    bottom = _TOP + _ROW * len(rows)
    parts = _axis(x, bottom, axis, "number")
    for i, (name, value, low, high, said) in enumerate(rows):
        y = _TOP + _ROW * i
        parts += [
            label(_NAMES - 8, y + 14, shortened(name, 30), anchor="end"),
            element("rect", x=_NAMES, y=y + 3, width=max(x.at(value) - _NAMES, 0.5), height=14, fill=BLUE),
            *_whisker(x, y + 10, low, high),
            label(max(x.at(value), x.at(high)) + 8, y + 14, said),
        ]
    return chart(key, WIDTH, bottom + 50, title, f"Bars of {axis}, one for each row of the table below.", *parts)


def _whisker(x: Scale, y: float, low: float, high: float) -> list[Markup]:
    if high <= low:
        return []
    return [
        line(x.at(low), y, x.at(high), y, stroke="#ffffff", stroke_width=4),
        line(x.at(low), y, x.at(high), y, stroke=INK, stroke_width=1.5),
        *(line(x.at(v), y - 4, x.at(v), y + 4, stroke=INK, stroke_width=1.5) for v in (low, high)),
    ]


def severity_and_volume(offences: pd.DataFrame) -> Markup:
    """Return each offence group's share of crimes (hollow) and of harm (filled), joined by a line."""
    rows = offences[(offences["share_of_crimes"] > 0) | (offences["share_of_severity"] > 0)].head(20)
    if rows.empty:
        return Markup("")
    top = round_top(max(rows["share_of_crimes"].max(), rows["share_of_severity"].fillna(0).max()))
    x = Scale(top, _NAMES, _END - 20)
    bottom = _TOP + _ROW * len(rows)
    parts = _axis(x, bottom, "share of the whole", "share")
    first = rows.iloc[0]
    parts += [
        element("circle", cx=_NAMES + 6, cy=18, r=6, fill="#ffffff", stroke=INK, stroke_width=2),
        label(_NAMES + 18, 23, "share of all crimes"),
        element("circle", cx=_NAMES + 176, cy=18, r=6.5, fill=BLUE),
        label(_NAMES + 188, 23, "share of all harm"),
    ]
    for i, r in enumerate(rows.itertuples()):
        y = _TOP + _ROW * i + 9
        at = x.at(float(r.share_of_crimes))
        parts.append(label(_NAMES - 8, y + 5, shortened(str(r.offence_group), 32), anchor="end"))
        hollow = element("circle", cx=at, cy=y, r=5.5, fill="#ffffff", stroke=INK, stroke_width=2)
        if pd.isna(r.share_of_severity):
            right = at > (_NAMES + _END) / 2
            beside = at - 12 if right else at + 12
            parts += [hollow, label(beside, y + 5, "harm not known", anchor="end" if right else "start", quiet=True)]
            continue
        ends = sorted((float(r.share_of_crimes), float(r.share_of_severity)))
        parts += [
            line(x.at(ends[0]), y, x.at(ends[1]), y, stroke=CHANCE, stroke_width=4),
            element("circle", cx=x.at(float(r.share_of_severity)), cy=y, r=6.5, fill=BLUE),
            hollow,
        ]
        if i < 3:
            parts.append(label(x.at(ends[1]) + 12, y + 5, f"{share(r.share_of_severity)} of harm"))
    title = (
        f"{str(first.offence_group).capitalize()}: {count(first.crimes)} of {count(offences['crimes'].sum())} crimes "
        f"({share(first.share_of_crimes)}), {share(first.share_of_severity)} of harm"
    )
    return chart(
        "volume", WIDTH, bottom + 50, title,
        "For each offence group its share of crimes, hollow, and its share of harm, filled; the most harmful first.",
        *parts,
    )  # fmt: skip


def changes(key: str, offences: pd.DataFrame, title: str, least: int = 10) -> Markup:
    """Return the change in harm of each offence group since the base period, with its interval.

    Groups with fewer than ``least`` crimes on either side are left to the table.
    """
    enough = (offences["crimes"] >= least) & (offences["crimes_base"] >= least)
    rows = offences[offences["severity_change_base"].notna() & enough].sort_values(
        "severity_change_base", ascending=False
    )
    if rows.empty:
        return Markup("")
    reach = min(max(rows["severity_change_base"].abs().max() * 1.25, 0.2), 2.0)
    middle, bottom = (_NAMES + _END - 60) / 2, _TOP + _ROW * len(rows)
    x = Scale(reach, middle, _END - 60)
    parts = []
    for value in (-reach, -reach / 2, 0.0, reach / 2, reach):
        parts += [
            line(x.at(value), _TOP - 8, x.at(value), bottom, stroke=GRID if value else INK, stroke_width=1),
            label(x.at(value), bottom + 20, f"{value:+.0%}" if value else "0", anchor="middle"),
        ]
    parts.append(label(_END, bottom + 40, "change in harm since the base period", anchor="end", quiet=True))
    for i, r in enumerate(rows.itertuples()):
        y = _TOP + _ROW * i + 9
        low, high = (min(max(float(v), -reach), reach) for v in (r.base_low, r.base_high))
        at = min(max(float(r.severity_change_base), -reach), reach)
        clear = r.base_low > 0 or r.base_high < 0
        parts += [
            label(_NAMES - 8, y + 5, shortened(str(r.offence_group), 32), anchor="end", bold=clear),
            line(x.at(low), y, x.at(high), y, stroke=BLUE if clear else QUIET, stroke_width=2),
            element(
                "circle", cx=x.at(at), cy=y, r=5.5, fill=BLUE if clear else "#ffffff",
                stroke=BLUE if clear else QUIET, stroke_width=2,
            ),
            label(_END - 46, y + 5, percent(float(r.severity_change_base))),
        ]  # fmt: skip
    words = "Filled: the whole interval lies on one side of 0. Hollow: chance may explain it."
    return chart(key, WIDTH, bottom + 50, title, words, *parts)


def dots(key: str, title: str, rows: Sequence[tuple[str, float, float, float, str]], axis: str) -> Markup:
    """Return shares as dots with intervals; rows as in ``bars``."""
    if not rows:
        return Markup("")
    x = Scale(min(round_top(max(r[3] for r in rows)), 1.0), _NAMES, _END - 90)
    bottom = _TOP + _ROW * len(rows)
    parts = _axis(x, bottom, axis, "share")
    for i, (name, value, low, high, said) in enumerate(rows):
        y = _TOP + _ROW * i + 9
        first = i == 0
        parts += [
            label(_NAMES - 8, y + 5, shortened(name, 30), anchor="end", bold=first),
            line(x.at(low), y, x.at(min(high, x.top)), y, stroke=INK if first else QUIET, stroke_width=2),
            element("circle", cx=x.at(value), cy=y, r=5.5, fill=BLUE, stroke="#ffffff", stroke_width=1),
            label(_END - 82, y + 5, said),
        ]
    return chart(key, WIDTH, bottom + 50, title, f"Dots: {axis}; lines: 95% intervals.", *parts)


# Pictures of a profile: the funnel of wards and the Lorenz curves.

HEIGHT = 470.0
_LEFT, _RIGHT, _CURVE_TOP, _BOTTOM = 70.0, 736.0, 40.0, 406.0


def funnel_chart(wards: pd.DataFrame, title: str) -> Markup:
    """Return severity per 1,000 against population, one dot a ward, with the limits that chance sets.

    Wards without a population are not drawn.
    """
    rows = wards[wards["severity_per_1000"].notna()]
    if rows.empty:
        return Markup("")
    x = Scale(round_top(float(rows["population"].max())), _LEFT, _RIGHT)
    top = round_top(float(rows["severity_per_1000"].max()) * 1.05)
    y = Scale(top, _BOTTOM, _CURVE_TOP)
    parts: list[Markup] = []
    for i in range(5):
        value, people = top * i / 4, x.top * i / 4
        parts += [
            line(_LEFT, y.at(value), _RIGHT, y.at(value), stroke=GRID if i else QUIET, stroke_width=1),
            label(_LEFT - 8, y.at(value) + 5, count(value), anchor="end"),
            label(x.at(people), _BOTTOM + 22, count(people), anchor="middle"),
        ]
    parts += [
        label(_RIGHT, HEIGHT - 14, "residents", anchor="end", quiet=True),
        label(_LEFT - 62, 18, "severity per 1,000 residents", quiet=True),
    ]
    ordered = rows.sort_values("population")
    parts += _limits(ordered, x, y)
    parts += [_dot(r, x, y) for r in ordered.itertuples()]
    parts += _ward_names(ordered[ordered["named"] != ""], x, y)
    description = (
        "Each dot is a ward. The grey band holds 95% of wards, the dashed lines 99.8%, when every resident carries the "
        "same mean: the fewer residents, the wider. Filled dots lie above the dashed line."
    )
    return chart("funnel", WIDTH, HEIGHT, title, description, *parts)


def _limits(ordered: pd.DataFrame, x: Scale, y: Scale) -> list[Markup]:
    people = ordered["population"].astype(float).tolist()

    def path(name: str) -> list[tuple[float, float]]:
        values = ordered[name].astype(float).clip(upper=y.top).tolist()
        return [(x.at(p), y.at(v)) for p, v in zip(people, values, strict=True)]

    band = [*path("inner_high"), *reversed(path("inner_low"))]
    parts = [element("polygon", points=points(band), fill=CHANCE, fill_opacity=0.35)]
    parts += [
        element("polyline", points=points(path(n)), fill="none", stroke=QUIET, stroke_width=1, stroke_dasharray="5 4")
        for n in ("outer_low", "outer_high")
    ]
    return parts


def _dot(row: tuple, x: Scale, y: Scale) -> Markup:  # type: ignore[type-arg]
    far = str(row.standing).startswith("far above")  # type: ignore[attr-defined]
    return element(
        "circle", cx=x.at(float(row.population)), cy=y.at(float(row.severity_per_1000)),  # type: ignore[attr-defined]
        r=4.5 if far else 3, fill=BLUE if far else "#ffffff", stroke=BLUE if far else QUIET, stroke_width=1.2,
    )  # fmt: skip


def _ward_names(named: pd.DataFrame, x: Scale, y: Scale) -> list[Markup]:
    parts: list[Markup] = []
    taken: list[tuple[float, float, float]] = []
    for r in named.sort_values(["severity_per_1000", "ward"], ascending=[False, True]).itertuples():
        at, up = x.at(float(r.population)), y.at(float(r.severity_per_1000)) + 5
        width, after = 8.0 * len(str(r.ward)) + 9, at < _RIGHT - 180
        start, end = (at, at + width) if after else (at - width, at)
        # A name moves down until it stands free of the names that are there already.
        while any(abs(up - other) < 16 and start < last and first < end for first, last, other in taken):
            up += 16
        taken.append((start, end, up))
        parts.append(label(at + 9 if after else at - 9, up, str(r.ward), anchor="start" if after else "end"))
    return parts


def lorenz_chart(lorenz: dict[str, Lorenz], title: str) -> Markup:
    """Return share of harm against share of people for victims and offenders, with chance behind.

    The axis of people is a square root, so that the few can be seen; both curves end at 100%.
    """
    if not lorenz:
        return Markup("")
    looks = {"victims": (BLUE, None), "offenders": (GREEN, "9 5")}
    y = Scale(1.0, _BOTTOM, _CURVE_TOP)
    parts: list[Markup] = []
    for level in (0, 0.25, 0.5, 0.75, 1):
        parts += [
            line(_LEFT, y.at(level), _RIGHT, y.at(level), stroke=GRID if level else QUIET, stroke_width=1),
            label(_LEFT - 8, y.at(level) + 5, f"{level:.0%}", anchor="end"),
        ]
    for level in (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1):
        parts += [
            line(_at(level), _BOTTOM, _at(level), _BOTTOM + 5, stroke=QUIET, stroke_width=1),
            label(_at(level), _BOTTOM + 22, f"{level:.0%}", anchor="middle"),
        ]
    parts += [
        label(
            _RIGHT,
            HEIGHT - 14,
            "share of people, those with most harm first (square-root scale)",
            anchor="end",
            quiet=True,
        ),
        label(_LEFT - 62, 18, "share of the harm of all of them", quiet=True),
    ]
    for found in lorenz.values():
        parts.append(_band(found.null_low, found.null_high, y, CHANCE, 0.5))
    words = "grey: the same crimes at random over the same people"
    parts.append(label(_RIGHT, y.at(0.44), words, anchor="end", quiet=True))
    for who, found in lorenz.items():
        colour, dash = looks[who]
        parts += [
            _band(found.low, found.high, y, colour, 0.18),
            element(
                "polyline", points=points(zip(map(_at, SHARES.tolist()), map(y.at, found.curve.tolist()), strict=True)),
                fill="none", stroke=colour, stroke_width=3, stroke_dasharray=dash,
            ),
        ]  # fmt: skip
    for i, (who, found) in enumerate(lorenz.items()):
        colour, dash = looks[who]
        few, harm = found.few / found.people, found.few_harm / found.harm
        top = _BOTTOM - 58 + 24 * i
        words = f"{share(few)} of {count(found.people)} {who}: {share(harm)} of harm"
        parts += [
            element("circle", cx=_at(few), cy=y.at(harm), r=6, fill="#ffffff", stroke=colour, stroke_width=3),
            line(_at(0.24), top - 5, _at(0.24) + 32, top - 5, stroke=colour, stroke_width=3, stroke_dasharray=dash),
            label(_at(0.24) + 40, top, words, bold=True),
        ]
    description = (
        "Cumulative share of harm against share of people. Circles mark the people above the threshold of high harm. "
        "Coloured bands are 95% intervals from resampling people."
    )
    return chart("lorenz", WIDTH, HEIGHT, title, description, *parts)


def _at(level: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * math.sqrt(level)


def _band(low: np.ndarray, high: np.ndarray, y: Scale, colour: str, opacity: float) -> Markup:
    across = [_at(v) for v in SHARES.tolist()]
    outline = [*zip(across, map(y.at, high.tolist()), strict=True)]
    outline += reversed([*zip(across, map(y.at, low.tolist()), strict=True)])
    return element("polygon", points=points(outline), fill=colour, fill_opacity=opacity)


def ranks(key: str, title: str, rows: Sequence[tuple[str, float, float, float, str]], of: int) -> Markup:
    """Return ranks from 1 to ``of`` as dots, with the ranks that chance leaves open; rows as in ``bars``."""
    if not rows:
        return Markup("")
    names, bottom = _NAMES + 150, _TOP + _ROW * len(rows)
    x = Scale(of - 1, names + 12, _END - 90)
    parts: list[Markup] = []
    for rank in range(1, of + 1) if of <= 12 else (1, of):
        at = x.at(rank - 1)
        parts += [
            line(at, _TOP - 8, at, bottom, stroke=GRID, stroke_width=1),
            label(at, bottom + 20, ordinal(rank), anchor="middle"),
        ]
    parts.append(label(_END, bottom + 40, "rank; 1st is the highest value", anchor="end", quiet=True))
    for i, (name, rank_here, best, worst, said) in enumerate(rows):
        y = _TOP + _ROW * i + 9
        parts += [
            label(names - 8, y + 5, shortened(name, 52), anchor="end"),
            line(x.at(best - 1), y, x.at(worst - 1), y, stroke=INK, stroke_width=2),
            element("circle", cx=x.at(rank_here - 1), cy=y, r=5.5, fill=BLUE, stroke="#ffffff", stroke_width=1),
            label(_END - 74, y + 5, said),
        ]
    words = "Dots: the rank here; lines: the ranks that chance leaves open."
    return chart(key, WIDTH, bottom + 50, title, words, *parts)
