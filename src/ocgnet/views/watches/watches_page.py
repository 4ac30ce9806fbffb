"""What watches found on one page to print: it needs nothing but itself, has no script, and ends with its own hash."""

from __future__ import annotations

import hashlib
from datetime import date

from ocgnet import __version__
from ocgnet.dataset import About
from ocgnet.files.writing import sealed
from ocgnet.queries.watched_rows import Row, fingerprint
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.watches.told_watches import (
    CHOICES,
    NOT_ASKED,
    Shown,
    beside,
    decided_sentence,
    nothing_words,
    rows_csv,
    seen_sentence,
    title_of,
    what_cells,
)
from ocgnet.views.words.numbers import count, day
from ocgnet.visible import visible

MOST_ROWS = 200
"""Rows of one watch on the page; the files hold all of them."""


def watches_page(about: About, shown: Shown, judged: date) -> str:
    """Return the page of some rows of watches, with a marking; the same rows and day give the same page."""
    css = style_sheet(about.marked) + style_sheet(about.marked, "ocgnet.views.watches", "templates/watches.css")
    run = hashlib.sha256(f"{rows_csv(shown)} {judged} {__version__}".encode()).hexdigest()[:12]
    return sealed(
        rendered(
            pages("ocgnet.views.watches"),
            "watches.html.j2",
            css,
            marking=about.marked,
            force=visible(about.force),
            title=title_of(shown, judged),
            data_line=[
                ("as of", day(judged)),
                ("watches", count(len(shown.watches))),
                ("shown", CHOICES[shown.choice]),
            ],
            watches=[
                {
                    "name": visible(name),
                    "asks": visible(watch.query.title) if watch else "no longer watched",
                    "who": visible(watch.who) if watch else "",
                    "why": visible(watch.why) if watch else "",
                    "unanswered": visible(seen.failed_why.rstrip(".")) if seen and seen.failed_on else "",
                    "since": day(date.fromisoformat(seen.failed_on)) if seen and seen.failed_on else "",
                    "never": NOT_ASKED if seen is None else "",
                    "rows": [_row(row) for row in rows[:MOST_ROWS]],
                    "more": count(len(rows) - MOST_ROWS) if len(rows) > MOST_ROWS else "",
                }
                for name, watch, seen, rows in shown.watches
            ],
            nothing=nothing_words(shown.choice),
            beside=[visible(sentence) for sentence in beside(shown)],
            run=run,
            version=__version__,
        )
    )


def _row(row: Row) -> dict[str, object]:
    then = row.decided
    return {
        "id": row.id,
        "what": [(visible(column), visible(text.replace("|", ", "))) for column, text in what_cells(row)],
        "seen": seen_sentence(row),
        "decided": visible(decided_sentence(row)),
        "evidence": row.fingerprint,
        "then": fingerprint(then.evidence) if then and row.changed else "",
    }
