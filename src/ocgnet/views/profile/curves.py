"""Pictures of a profile: the funnel of wards and the Lorenz curves."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from markupsafe import Markup

from ocgnet.local_profile.lorenz import GRID as SHARES
from ocgnet.local_profile.lorenz import Lorenz
from ocgnet.views.figures_text import count, share
from ocgnet.views.plots.svg import BLUE, CHANCE, GREEN, GRID, QUIET, Scale, chart, element, label, line, points
from ocgnet.views.profile.plots import WIDTH, round_top

HEIGHT = 470.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 736.0, 40.0, 406.0


def funnel_chart(wards: pd.DataFrame, title: str) -> Markup:
    """Return severity per 1,000 against population, one dot a ward, with the limits that chance sets.

    Wards without a population are not drawn.
    """
    rows = wards[wards["severity_per_1000"].notna()]
    if rows.empty:
        return Markup("")
    x = Scale(round_top(float(rows["population"].max())), _LEFT, _RIGHT)
    top = round_top(float(rows["severity_per_1000"].max()) * 1.05)
    y = Scale(top, _BOTTOM, _TOP)
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
    y = Scale(1.0, _BOTTOM, _TOP)
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
