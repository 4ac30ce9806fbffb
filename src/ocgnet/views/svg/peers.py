"""The picture of one child's peers and places: the child, where and how, and who was there, in three columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ocgnet.views.svg.svg import GRID, INK, QUIET, chart, element, label, line, width_of

WIDTH = 900.0
_OWN, _PLACE, _PEER = (6.0, 140.0), (206.0, 586.0), 652.0
_TOP, _PLACE_ROW, _PEER_ROW = 30.0, 54.0, 32.0
MOST_PLACES, MOST_PEERS = 14, 24
"""Rows of the picture at most; the table beneath holds all, and the picture says how many more."""


@dataclass(frozen=True)
class Spot:
    """One occasion or place: two lines of words, whom of the peers it ties (positions), and whether it is suspected."""

    words: str
    beneath: str
    peers: tuple[int, ...]
    suspected: bool


@dataclass(frozen=True)
class Peer:
    """One peer; ``looked_at`` where the page is about that child too."""

    words: str
    looked_at: bool


def peers_picture(key: str, child: str, spots: Sequence[Spot], peers: Sequence[Peer], title: str) -> Markup:
    """Return the picture; nothing without an occasion or place."""
    if not spots:
        return Markup("")
    places = sorted(range(len(spots)), key=lambda at: (sum(spots[at].peers) / max(len(spots[at].peers), 1), at))
    drawn = places[:MOST_PLACES]
    rank = {place: at for at, place in enumerate(drawn)}
    middle = {peer: [rank[place] for place in drawn if peer in spots[place].peers] for peer in range(len(peers))}
    order = sorted((p for p, at in middle.items() if at), key=lambda p: (sum(middle[p]) / len(middle[p]), p))
    order = order[:MOST_PEERS]
    height = max(_PLACE_ROW * len(drawn), _PEER_ROW * len(order))
    at_place = _spread(len(drawn), _PLACE_ROW, height)
    at_peer = dict(zip(order, _spread(len(order), _PEER_ROW, height), strict=True))
    centre = _TOP + height / 2
    parts = [
        label(_OWN[0], 16, "child", quiet=True),
        label(_PLACE[0], 16, "where and how", quiet=True),
        label(_PEER, 16, "who was there", quiet=True),
    ]
    for place, y in zip(drawn, at_place, strict=True):
        dash = "5 4" if spots[place].suspected else None
        parts.append(line(_OWN[1], centre, _PLACE[0], y, stroke=QUIET, stroke_width=1.5, stroke_dasharray=dash))
        parts += [
            line(_PLACE[1], y, _PEER - 4, at_peer[p], stroke=QUIET, stroke_width=1.5, stroke_dasharray=dash)
            for p in spots[place].peers
            if p in at_peer
        ]
    parts += _box(_OWN, centre, child, "", bold=True)
    for place, y in zip(drawn, at_place, strict=True):
        parts += _box(_PLACE, y, spots[place].words, spots[place].beneath)
    for peer, y in at_peer.items():
        fill = INK if peers[peer].looked_at else "#ffffff"
        parts.append(element("circle", cx=_PEER + 2, cy=y, r=6, fill=fill, stroke=INK, stroke_width=2))
        parts.append(label(_PEER + 15, y + 5, _fitting(peers[peer].words, WIDTH - _PEER - 16)))
    left = {"places": len(places) - len(drawn), "peers": sum(map(bool, middle.values())) - len(order)}
    more = [f"{number} more {noun} in the table" for noun, number in left.items() if number]
    if more:
        parts.append(label(_OWN[0], _TOP + height + 18, f"{'; '.join(more)}.", quiet=True))
    about = "Left the child, in the middle each occasion or place, right the children who were there."
    return chart(key, WIDTH, _TOP + height + (28 if more else 8), title, about, *parts)


def _spread(rows: int, row: float, height: float) -> list[float]:
    """Return the middles of rows that share a height evenly."""
    step = max(row, height / rows) if rows else row
    return [_TOP + step * (at + 0.5) for at in range(rows)]


def _box(between: tuple[float, float], y: float, words: str, beneath: str, *, bold: bool = False) -> list[Markup]:
    left, right = between
    tall = 44.0 if beneath else 36.0
    return [
        element("rect", x=left, y=y - tall / 2, width=right - left, height=tall, rx=7, fill="#ffffff",
                stroke=INK if bold else GRID, stroke_width=2),
        label(left + 10, y - 4 if beneath else y + 5, _fitting(words, right - left - 20, bold=bold), bold=bold),
        *([label(left + 10, y + 14, _fitting(beneath, right - left - 20), quiet=True)] if beneath else []),
    ]  # fmt: skip


def _fitting(words: str, room: float, *, bold: bool = False) -> str:
    """Return text cut, with a sign, to what fits into a room whatever face draws it."""
    if width_of(words, bold=bold) <= room:
        return words
    while words and width_of(f"{words}…", bold=bold) > room:
        words = words[:-1].rstrip()
    return f"{words}…"
