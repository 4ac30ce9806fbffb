"""The section about things: residents to safeguard first, then top leads, and how much there is to each question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from ocgnet.english import counted
from ocgnet.results import Analysis, ResultTable
from ocgnet.results.thing_columns import QUESTIONS
from ocgnet.views.html.grids import Grid, of_table
from ocgnet.views.words.numbers import count

MOST_PROMPTS, MOST_LEADS = 20, 5
"""Residents to safeguard, and leads of each kind, on the page; the files hold all of them."""

NOT_GIVEN = "These records hold no phones, vehicles, addresses or accounts, so nothing is said of them."
PROMPT = (
    "At these homes a resident may be used by others. Each is a prompt to ask how the resident is and what would help, "
    "by whoever safeguards adults and children there; it is no suspicion of the resident, nor a finding about anybody."
)
LEADS: Mapping[str, tuple[str, ...]] = {
    "unattributed": ("ocg_id", "rank", "thing_id", "label", "members", "of_members", "chance", "because"),
    "successors": ("old_thing", "new_thing", "shared", "of_contacts", "gap_days", "chance", "because"),
    "travelled_together": ("one", "other", "days", "chance", "because"),
    "shared_things": ("thing", "kind", "one", "other", "how", "confidence", "because"),
    "pass_through": ("account", "share", "times", "chance", "because"),
}
"""Leads on the page, each with its columns: numbers of nobody that are the first of their group, and of things that are
shared those of two groups, each once."""

_PROMPTED = ("place", "place_label", "district", "resident_id", "resident_age", "concerns", "because")


@dataclass(frozen=True)
class Lead:
    """The first rows of one table of leads."""

    name: str
    heading: str
    grid: Grid


@dataclass(frozen=True)
class Things:
    """Everything the section about things shows; ``nothing`` says why there is none."""

    nothing: str = ""
    counts: Grid = field(default_factory=Grid)
    prompts: Grid = field(default_factory=Grid)
    children: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()


def things_section(analysis: Analysis) -> Things:
    """Return what the section about things shows; a question without an answer is counted with none."""
    tables = analysis.thing_tables
    if not tables:
        return Things(NOT_GIVEN)
    rows = [
        (title, question, count(len(tables[name].frame)), f"tables/{name}.csv")
        for name, (title, question) in QUESTIONS.items()
        if name in tables
    ]
    prompted = tables["possible_cuckooing"]
    return Things(
        counts=Grid(("what", "question", "rows", "all of them"), rows, right={2}, prose={1}, tight={3}),
        prompts=_grid(prompted, _PROMPTED, _in_lines(prompted.frame, "concerns"), MOST_PROMPTS),
        children=tuple(_children(tables["deal_lines"].frame)),
        leads=tuple(_leads(tables)),
    )


def _grid(table: ResultTable, columns: tuple[str, ...], frame: pd.DataFrame, most: int) -> Grid:
    grid = of_table(table, columns, frame.head(most))
    left = f"{count(min(most, len(frame)))} of {counted(len(table.frame), 'row')}; all are in tables/{table.name}.csv."
    return Grid(
        grid.heads, grid.rows, grid.assessed, grid.right, left if len(table.frame) > most else "",
        whole=grid.whole, prose=grid.prose, tight=grid.tight,
    )  # fmt: skip


def _children(lines: pd.DataFrame) -> Iterable[str]:
    """Say of each deal line how many children hold it or are in touch with it."""
    for line, label, children in lines[["line", "label", "children"]].itertuples(index=False):
        if children:
            known = f" ({label})" if label else ""
            yield (
                f"{counted(children, 'child', 'children')} may need safeguarding first: in touch with deal line "
                f"{line}{known}, or recorded to hold it. Who and why is in tables/deal_line_users.csv."
            )


def _leads(tables: Mapping[str, ResultTable]) -> Iterable[Lead]:
    for name, columns in LEADS.items():
        table = tables[name]
        frame = table.frame
        if name == "unattributed":
            frame = frame[frame["rank"] == 1].sort_values("chance", kind="stable")
        if name == "shared_things":
            # Two who live in one house are mostly a household: what joins two groups is the lead.
            frame = frame[frame["across_groups"].astype(bool)].drop_duplicates("thing")
        if len(frame):
            yield Lead(*QUESTIONS[name], _grid(table, columns, frame, MOST_LEADS))


def _in_lines(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.assign(**{column: frame[column].str.replace("|", " | ", regex=False)}) if len(frame) else frame
