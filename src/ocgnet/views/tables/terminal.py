"""A result table on the screen: the finding, the main columns, and where the rest is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ocgnet.analysis.children.pathway import STAGES
from ocgnet.analysis.children.priority_rules import COMPONENTS, SIDES
from ocgnet.english import counted
from ocgnet.results import ResultColumn, ResultTable
from ocgnet.settings import Settings
from ocgnet.views.tables.text import plain_values
from ocgnet.views.words import children as words
from ocgnet.views.words.children import Tables
from ocgnet.views.words.numbers import count, day, printed, share
from ocgnet.visible import visible

if TYPE_CHECKING:
    from ocgnet.analysis.children.not_counted import NotCounted
    from ocgnet.dataset import Dataset

WIDTH = 100
"""Widest table, in characters."""

MAIN_COLUMNS: dict[str, tuple[str, ...]] = {
    "roles": ("nominal_id", "name", "ocg_id", "recorded_role", "suggested_role", "stability", "because"),
    "people": ("nominal_id", "name", "position_score", "community", "degree", "crimes", "reports", "harm"),
    "concentration": (
        "rank",
        "nominal_id",
        "name",
        "crimes",
        "reports",
        "crimes_covered_share",
        "reports_covered_share",
        "inclusion",
    ),
    "children": ("child_id", "age", "band_child", "band_adults", "ocgs", "because"),
    "communities": ("nominal_id", "name", "community", "stability"),
    "ties": ("person_a", "person_b", "weight", "kinds", "first_on", "last_on"),
}
"""Columns that fit a screen, by table."""

SCORES = frozenset({"position_score", "principal_score", "score_in_group"})
"""Shares that are a place on a scale, so that a percentage would mislead."""

_PROSE = 20
"""How much wider than any other column the reasons stay when room is short."""

_NUMERIC = ("count", "number", "share")


def print_table(
    console: Console,
    table: ResultTable,
    *,
    columns: Sequence[str] | None = None,
    limit: int = 20,
    finding: str = "",
    files: str = "",
    marking: str = "",
    left_out: str = "",
) -> None:
    """Print a result table that fits 100 columns, below its ``finding``; one without rows prints a sentence instead.

    ``columns`` are declared names (else ``MAIN_COLUMNS``, else the first seven), of the first ``limit`` rows; ``files``
    says where the rest is. Markup in the data is not read; control and direction characters are spelled out.

    Raises
    ------
    KeyError
        When a column is not declared.
    """
    declared = {c.name: c for c in table.columns}
    chosen = [declared[name] for name in columns or MAIN_COLUMNS.get(table.name) or list(declared)[:7]]
    width = min(console.width, WIDTH)
    rows = len(table.frame)
    if marking:
        console.print(_text(marking, "bold"), width=width)
    if finding:
        console.print(_text(finding), width=width)
    if rows:
        console.print(_grid(table, chosen, limit, width), width=width)
    else:
        console.print(_text(f"The table {table.name} has no rows for these records and filters."), width=width)
    assessed = [c.name.replace("_", " ") for c in chosen if c.assessment]
    if rows and assessed:
        console.print(_text(f"Worked out or suggested, not recorded: {', '.join(assessed)}.", "italic"), width=width)
    if left_out:
        console.print(_text(left_out), width=width)
    said = f"{count(min(limit, rows))} of {count(rows)} rows, {len(chosen)} of {len(declared)} columns."
    if rows:
        console.print(_text(said + (f" All of them: {files}" if files else "")), width=width)
    elif files:
        console.print(_text(f"All tables: {files}"), width=width)
    if marking:
        console.print(_text(marking, "bold"), width=width)


def _grid(table: ResultTable, chosen: list[ResultColumn], limit: int, room: int) -> Table:
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    top = table.frame.head(limit)
    cells = [[shown(v, c.kind, c.name) for v in plain_values(top[c.name], c.kind)] for c in chosen]
    heads = [c.name.replace("_", " ") for c in chosen]
    natural = [
        max([*map(cell_len, head.split()), *map(cell_len, column)]) for head, column in zip(heads, cells, strict=True)
    ]
    # Two characters stand between columns.
    widths = _narrowed(natural, [c.name == "because" for c in chosen], room - 2 * (len(chosen) - 1))
    for column, head, width in zip(chosen, heads, widths, strict=True):
        right = column.kind in _NUMERIC
        grid.add_column(
            _text(head, "italic" if column.assessment else ""),
            justify="right" if right else "left",
            overflow="fold",
            width=width,
        )
    for row in zip(*cells, strict=True):
        grid.add_row(*map(_text, row))
    return grid


def _narrowed(widths: list[int], prose: list[bool], room: int) -> list[int]:
    """Return widths that fit, taken from the widest columns; prose stays wider than the others.

    >>> _narrowed([5, 40, 100], [False, False, True], 100)
    [5, 37, 58]
    """
    widths = list(widths)
    while sum(widths) > max(room, len(widths)):
        keep = [w - _PROSE if p and w > _PROSE else w for w, p in zip(widths, prose, strict=True)]
        widths[keep.index(max(keep))] -= 1
    return widths


def shown(value: Any, kind: str, name: str = "") -> str:
    """Return a cell as people read it: shares as percentages, dates dd/mm/yyyy, a dash when missing.

    >>> shown(0.94, "share"), shown(None, "text"), shown(True, "flag"), shown(1234.5678, "number")
    ('94%', '–', 'yes', '1,235')
    >>> shown(0.94, "share", "position_score")
    '0.94'
    """
    if value is None or value == "" or value != value:  # noqa: PLR0124 (NaN)
        said = "–"
    elif isinstance(value, bool):
        said = "yes" if value else "no"
    elif name in SCORES:
        said = f"{value:.2f}"
    elif kind == "share":
        said = share(value)
    elif kind == "count":
        said = count(value)
    elif kind == "number":
        said = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    else:
        said = day(value) if isinstance(value, date) else visible(str(value))
    return said


def _text(words: str, style: str = "") -> Text:
    return Text(visible(words), style=style)


# Linked children in the terminal: who they are, and everything about one child.


def print_children(
    console: Console, tables: Tables, settings: Settings, marking: str, *, limit: int, more: str, unread: str = ""
) -> None:
    """Print who is linked, by the band about the child, then the band about the adults, then id.

    At most ``limit`` children are shown; ``more`` says how to see all. ``unread`` says which of the records that links
    rest on could not be read; empty when all were.
    """
    say = _Lines(console)
    children = tables["children"].frame
    say.bold(marking)
    if children.empty:
        say(
            "Which children are linked to a member of a group is not known."
            if unread
            else "No child is linked to a member of a group in these records."
        )
        if ended := words.were_linked(tables["child_links_ended"].frame):
            say(f"{ended} Each with its reason: --view ended.")
        say.bold(marking)
        return
    say(" ".join(filter(None, (words.how_many_children(children), words.only_overdue(tables["child_links"].frame)))))
    for sentence in words.separates(children, settings):
        say(sentence)
    if ended := words.were_linked(tables["child_links_ended"].frame):
        say(f"{ended} Each with its reason: --view ended.")
    say(words.PROMPT)
    for sentence in words.HOW_TO_READ:
        say(f"· {sentence}")
    parts, links = words.by_child(tables["child_components"]), words.by_child(tables["child_links"])
    together = words.of_households(children)
    shown = children.head(limit)
    for row in shown.to_dict("records"):
        say("")
        _child(say, row, words.family_words(row, together), parts[row["child_id"]], links[row["child_id"]])
    say("")
    say(f"{count(len(shown))} of {counted(len(children), 'child', 'children')}. {more}")
    say.bold(marking)


def _child(say: _Lines, row: Mapping[str, Any], family: str, parts: pd.DataFrame, links: pd.DataFrame) -> None:
    who = " ".join(filter(None, (str(row["child_id"]), str(row["name"] or ""))))
    age = "age not known" if pd.isna(row["age"]) else f"{row['age']}"
    say.bold(f"{who}, {age}: the child at least {row['band_child']}, the adults at least {row['band_adults']}")
    raised = [words.band_words(row, side).partition("; ")[2] for side in SIDES]
    for label, said in (
        ("why", words.reasons(parts)),
        ("linked", words.linked_by(links)),
        ("pathway", [words.stage_words(row["stage"])]),
        ("family", [family] if family else []),
        ("ask for", [", ".join(words.unknowns(parts))] if words.unknowns(parts) else []),
        ("could be", [f"{words.WHOM[side]}: {r}" for side, r in zip(SIDES, raised, strict=True) if r]),
    ):
        if said:
            say.pair(label, said)


def print_child(
    console: Console, tables: Tables, marking: str, child: str, dataset: Dataset, aside: list[NotCounted]
) -> None:
    """Print everything about one child, and why each further recorded link (``aside``) does not count."""
    say = _Lines(console)
    children = tables["children"].frame
    found = children[children["child_id"] == child]
    names = dataset.shown_names
    if found.empty:
        say.bold(marking)
        for sentence in why_not_listed(dataset, child, aside, each=False):
            say(printed(sentence))
        _aside(say, aside, names)
        _missing(say, tables, child)
        say("")
        say.bold(marking)
        return
    row = found.iloc[0]
    say.bold(marking)
    age = "age not known" if pd.isna(row["age"]) else f"{row['age']} years old"
    say.bold(f"{child} {row['name'] or ''}".strip() + f", {age}")
    for side in SIDES:
        say.bold(f"About {words.WHOM[side]}: {words.band_words(row, side)}")
    say(printed(str(row["because"])))
    say(f"{row['sensitivity']}.")
    if with_ := words.family_words(row, words.of_households(children)):
        say(f"Same family or household: {with_}.")
    say(words.PROMPT)
    _links(say, tables, child, names)
    _aside(say, aside, names)
    _components(say, tables, child)
    _asks(say, str(row["find_out"] or ""))
    _pathway(say, tables, child, row)
    _missing(say, tables, child)
    say("")
    say.bold(marking)


def why_not_listed(dataset: Dataset, child: str, aside: list[NotCounted], *, each: bool = True) -> list[str]:
    """Return in sentences that somebody is no linked child, and why; ``each`` gives every link a sentence."""
    said = [f"{child} is not counted as a linked child in these records."]
    if not aside:
        said.append(f"No link of {child} with anybody who is or was a member of a group is recorded.")
    if each:
        said += [f"{n.nominal_id}, {n.how.replace('_', ' ')}: {n.why}." for n in aside]
    if missing := [t for t in ("memberships", "family_links") if t not in dataset.given]:
        said.append(f"This data holds no table {' and no table '.join(missing)}, so links may be missing.")
    said += [
        f"{counted(row.count, 'row')} of {row.what} took no part ({row.why}), so a link may be missing."
        for row in dataset.left_out
    ]
    said.append("A child at risk goes to the multi-agency safeguarding hub (MASH) today, linked or not.")
    return said


def print_sensitivity(console: Console, table: ResultTable, marking: str) -> None:
    """Print, per component, how many children would be in another band without it."""
    say = _Lines(console)
    say.bold(marking)
    say("How many children would be in another band if one component were left out for all of them.")
    grid = _plain_grid(("without", 28), ("band", 6), ("children", 8), ("from and to", None))
    for title, side, moved, moves in words.sensitivity_words(table):
        grid.add_row(*map(_child_text, (title, side, count(moved), moves or "–")))
    say.grid(grid)
    say("")


def _links(say: _Lines, tables: Tables, child: str, names: Mapping[str, str]) -> None:
    say.head("Who: how the child is linked, how surely, by which records")
    own = words.by_child(tables["child_links"])[child]
    grid = _plain_grid(("link", None), ("verified", 8), ("freshest", 10), ("records", 30))
    for row in own.itertuples(index=False):
        name = names.get(str(row.nominal_id), "")
        role = row.recorded_role or "role not assessed"
        what = f"{words.linked_by(own[own['path'] == row.path])[0].partition(':')[0]}: {row.nominal_id} {name}".strip()
        records = str(row.evidence).split("|")
        said = "\n".join([r for r in records[:4] if r])
        if len(records) > 4:
            said += f"\nand {len(records) - 4} more"
        if row.withheld:
            said += f"\n{row.withheld} not to be named"
        fresh = "undated" if pd.isna(row.freshest) else day(row.freshest)
        late = f"; {printed(str(row.overdue))}" if row.overdue else ""
        grid.add_row(
            *map(_child_text, (f"{what} ({row.ocg_id}, {role}){late}", row.verified, fresh, printed(said.strip())))
        )
    say.grid(grid)


def _aside(say: _Lines, aside: list[NotCounted], names: Mapping[str, str]) -> None:
    if not aside:
        return
    say.head("Recorded links that are not in the headline, and why")
    for row in aside:
        person = f"{row.nominal_id} {names.get(row.nominal_id, '')}".strip()
        manner = words.capital(row.how.replace("_", " "))
        record = f" Record: {row.record}." if row.record else " The record is not to be named."
        say(f"· {manner}, {person}: {printed(row.why)}.{record}", 2)


def _components(say: _Lines, tables: Tables, child: str) -> None:
    say.head("How pressing: each component, the band to which it adds, and what its unknown could add")
    grid = _plain_grid(("component", 24), ("band", 6), ("what the records say", None), ("adds", 5), ("could add", 9))
    for row in words.by_child(tables["child_components"])[child].itertuples(index=False):
        adds = f"+{row.points}" if row.points else "–"
        could = f"up to +{row.could_add}" if row.could_add else "–"
        side = COMPONENTS[str(row.component)].side
        grid.add_row(*map(_child_text, (str(row.title), side, printed(str(row.value)), adds, could)))
    say.grid(grid)


def _asks(say: _Lines, find_out: str) -> None:
    asked = [a for a in find_out.split("|") if a]
    if asked:
        say.head("What to find out")
        for question in asked:
            say(f"· {question}", 2)


def _pathway(say: _Lines, tables: Tables, child: str, row: pd.Series) -> None:
    since = "" if pd.isna(row["stage_since"]) else f" since {day(row['stage_since'])}"
    say.head(f"On the prevent pathway: {words.stage_words(row['stage'])}{since}")
    own = words.by_child(tables["child_pathway"]).get(child)
    if own is not None:
        grid = _plain_grid(("date", 10), ("stage", 22), ("what is recorded", None))
        for event in own.itertuples(index=False):
            on = "undated" if pd.isna(event.on) else day(event.on)
            grid.add_row(*map(_child_text, (on, words.stage_words(event.stage), printed(str(event.what)))))
        say.grid(grid)
    if row["stage"] in STAGES:
        say(f"What may help at this stage: {'; '.join(STAGES[row['stage']].interventions)}.", 2)


def _missing(say: _Lines, tables: Tables, child: str) -> None:
    found = tables["child_missing"].frame
    found = found[found["child_id"] == child]
    if found.empty:
        return
    row = found.iloc[0]
    say.head("Missing")
    say(f"{words.capital(printed(str(row['because'])))}.", 2)
    for label, cell in (("Places that recur", row["places"]), ("Companions who recur", row["companions"])):
        if cell:
            say(f"{label}: {', '.join(str(cell).split('|'))}.", 2)


class _Lines:
    """Prints lines no wider than the page; markup in the data is not read."""

    def __init__(self, console: Console) -> None:
        self._console, self._width = console, min(console.width, WIDTH)

    def __call__(self, text: str, indent: int = 0) -> None:
        self._console.print(Padding(Text(visible(text)), (0, 0, 0, indent)), width=self._width)

    def bold(self, text: str) -> None:
        self._console.print(Text(visible(text), style="bold"), width=self._width)

    def head(self, text: str) -> None:
        self("")
        self.bold(text)

    def pair(self, label: str, lines: list[str]) -> None:
        """Print a label with its lines beside it."""
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=8)
        grid.add_column(width=self._width - 15, overflow="fold")
        for i, line in enumerate(lines):
            grid.add_row(_child_text("" if i else label), _child_text(f"· {printed(line)}"))
        self._console.print(Padding(grid, (0, 0, 0, 4)), width=self._width)

    def grid(self, grid: Table) -> None:
        self._console.print(grid, width=self._width)


def _plain_grid(*columns: tuple[str, int | None]) -> Table:
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for head, width in columns:
        grid.add_column(head, width=width, overflow="fold")
    return grid


def _child_text(words_: object) -> Text:
    return Text("\n".join(visible(part) for part in str(words_).split("\n")))
