"""SVG elements with everything escaped, and a scale from values to positions.

Colours are presentation attributes, because the page's content policy refuses inline styles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from ocgnet.visible import visible

INK = "#0b0c0c"
QUIET = "#505a5f"
GRID = "#d5d8da"
CHANCE = "#a9aeb2"
BLUE = "#0072b2"
GREEN = "#009e73"
"""Okabe-Ito blue and bluish green; both keep 3:1 on white and differ in grey."""

FONT = "Arial, Helvetica, sans-serif"


@dataclass(frozen=True)
class Scale:
    """Straight-line scale from 0 to ``top`` onto positions from ``start`` to ``end``.

    >>> Scale(200, 50, 650).at(100)
    350.0
    """

    top: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the position of a value."""
        return self.start + (self.end - self.start) * value / self.top if self.top else self.start


def number(value: float) -> str:
    """Return a coordinate with at most two decimals.

    >>> number(3.0), number(2.456), number(-0.001)
    ('3', '2.46', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, *content: str | Markup, **attributes: str | float | None) -> Markup:
    r"""Return one element; text and attributes are escaped, underscores in names become hyphens.

    >>> print(element("text", "<b>\x07", x=1.5, text_anchor="end"))
    <text x="1.5" text-anchor="end">&lt;b&gt;\x07</text>
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _plain(v) if isinstance(v, str) else number(v))
        for key, v in attributes.items()
        if v is not None
    )
    inside = Markup("").join(escape(part if isinstance(part, Markup) else _plain(part)) for part in content)
    return Markup("<{}{}>{}</{}>").format(name, written, inside, name)


def _plain(text: str) -> str:
    """Return text that XML can hold: control characters are spelled out, and what is no character is left out."""
    return visible(text.replace("\ufffe", "").replace("\uffff", ""), keep="\n")


FONT_SIZE = 14.0

_WIDTHS = (
    (0.35, " ',.Iijl|"), (0.42, "-/:;\\ft"), (0.5, "!()[]_`r"), (0.6, '"*?csz'), (1.0, "#+<=>^~%@MWmw"),
    (0.84, "&DGHNOQU"),
)  # fmt: skip
"""Widths of signs as shares of the size of the letters, rounded up from DejaVu Sans, the widest of the common faces."""

_WIDTH = {sign: width for width, signs in _WIDTHS for sign in signs}


def width_of(words: str, *, bold: bool = False) -> float:
    """Return the most room that a text takes in a sans-serif face, in the picture's units.

    >>> width_of("29% of harm") > 80, width_of("iii") < width_of("www")
    (True, True)
    """
    plain = sum(_WIDTH.get(c, 0.72 if c < "\u0250" else 1.1) for c in words)
    return FONT_SIZE * plain * (1.16 if bold else 1.0)


class Label(Markup):
    """A text with a white outline, which can be brought inside the picture it is part of."""

    at: tuple[float, float, str, str, bool, bool]

    def within(self, width: float) -> Markup:
        """Return the text with its whole length between 0 and ``width``, whatever face draws it.

        It ends or begins at the border it would have crossed; one that is too long for its room is cut.
        """
        x, y, words, anchor, bold, quiet = self.at
        needed = width_of(words, bold=bold)
        before = {"start": 0.0, "middle": needed / 2, "end": needed}[anchor]
        if x - before >= 0 and x - before + needed <= width:
            return self
        if anchor == "end" and 0 < x <= width:
            room = x
        else:
            x, anchor, room = (0.0, "start", width) if x - before < 0 else (width, "end", width)
        while words and width_of(words, bold=bold) > room:
            words = words.removesuffix("…")[:-1].rstrip() + "…" if len(words) > 1 else ""
        return label(x, y, words, anchor=anchor, bold=bold, quiet=quiet)


def label(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False, quiet: bool = False) -> Markup:
    """Return a text with a white outline, so that it stays readable over lines."""
    words = _plain(words)
    drawn = Label(
        element(
            "text",
            words,
            x=x,
            y=y,
            text_anchor=anchor,
            font_weight="700" if bold else None,
            fill=QUIET if quiet else INK,
            stroke="#ffffff",
            stroke_width=4,
            stroke_linejoin="round",
            paint_order="stroke",
        )
    )
    drawn.at = (x, y, words, anchor, bold, quiet)
    return drawn


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float | None) -> Markup:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """Return positions as a points attribute."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in pairs)


def chart(key: str, width: float, height: float, title: str, description: str, *content: Markup) -> Markup:
    """Return a whole picture with its title and description for readers who do not see it.

    ``key`` makes the ids of title and description unique on a page. Every text is brought inside the picture.
    """
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        *(part.within(width) if isinstance(part, Label) else part for part in content),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        font_family=FONT,
        font_size=number(FONT_SIZE),
    )


def shortened(words: str, longest: int = 26) -> str:
    """Return text cut to a length that fits its place, the cut marked.

    >>> shortened("A very long name of a group", 12)
    'A very long…'
    """
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"
