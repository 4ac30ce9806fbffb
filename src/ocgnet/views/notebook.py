"""What a notebook shows of an answer: marking, findings and a first table. No script; text stays text."""

from __future__ import annotations

import html
from collections.abc import Sequence

import pandas as pd

from ocgnet.local_profile.profile import Profile
from ocgnet.results import Analysis, ResultTable
from ocgnet.views.html.grids import of_table
from ocgnet.views.html.shell import pages
from ocgnet.views.words import findings
from ocgnet.views.words.numbers import count
from ocgnet.views.words.profile import profile_words
from ocgnet.views.words.profile import title as profile_title

MOST_ROWS = 12
"""Rows of the table; the frame has all of them."""

_ROLES = ("ocg_id", "nominal_id", "name", "recorded_role", "suggested_role", "stability_word", "position_score")
_HIGHEST = ("rank", "nominal_id", "name", "position_score", "stability_word")
_AREAS = ("level", "name", "crimes", "crimes_change", "severity", "severity_change", "harm_unknown")


def analysis_html(analysis: Analysis) -> str:
    """Return the findings and the suggested principals; without a group, who stands highest."""
    principals = findings.suggested_principals(analysis)
    table, columns = (analysis.highest_positions, _HIGHEST) if principals.empty else (analysis.roles, _ROLES)
    frame = table.frame if principals.empty else principals
    caption = "Highest positions" if principals.empty else "Suggested principals"
    return _block(
        (analysis.marking, findings.title(analysis), findings.findings(analysis)), caption, table, columns, frame
    )


def profile_html(profile: Profile) -> str:
    """Return the findings and the sums by force, area and district."""
    table, words = profile.tables["areas"], profile_words(profile)
    head = (profile.marking, profile_title(words), words["findings"])
    return _block(head, table.question, table, _AREAS, table.frame)


def _block(
    head: tuple[str, str, list[str]], caption: str, table: ResultTable, columns: Sequence[str], frame: pd.DataFrame
) -> str:
    marking, title, said = head
    more = f"{min(MOST_ROWS, len(frame))} of {count(len(frame))} rows; the table {table.name} has all columns."
    block: str = (
        pages("ocgnet.views.report")
        .get_template("notebook.html.j2")
        .render(
            marking=marking, title=title, findings=said, caption=caption, more=more,
            grid=of_table(table, columns, frame.head(MOST_ROWS)),
        )
    )  # fmt: skip
    return block


class Page(str):
    """A page as HTML text, which a notebook shows in a frame of its own."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        # The frame runs the page's own program and can reach neither the notebook nor any address.
        return (
            f'<iframe srcdoc="{html.escape(self)}" sandbox="allow-scripts allow-downloads" title="Chart" '
            'style="width: 100%; height: 720px; border: 1px solid #999"></iframe>'
        )
