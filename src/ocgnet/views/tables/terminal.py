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
from ocgnet.analysis.roles.tiers import TIERS
from ocgnet.english import counted
from ocgnet.results import ResultColumn, ResultTable
from ocgnet.settings import Settings
from ocgnet.views.tables.text import WIDTH, plain_values
from ocgnet.views.words import children as words
from ocgnet.views.words.children import Tables
from ocgnet.views.words.numbers import count, day, printed, share
from ocgnet.visible import visible

if TYPE_CHECKING:
    from ocgnet.analysis.children.not_counted import NotCounted
    from ocgnet.dataset import Dataset


MAIN_COLUMNS: dict[str, tuple[str, ...]] = {
    "roles": ("ocg_id", "nominal_id", "name", "recorded_role", "suggested_role", "stability", "because"),
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
    "communities": ("community", "nominal_id", "name", "stability"),
    "ties": ("person_a", "person_b", "weight", "kinds", "first_on", "last_on"),
}
"""Columns that fit a screen, by table."""

SCORES = frozenset({"position_score", "principal_score", "score_in_group"})
"""Shares that are a place on a scale, so that a percentage would mislead."""

_EASY = 40
"""Characters of a line of prose below which it is read badly."""

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
    asked = [declared[name] for name in columns or MAIN_COLUMNS.get(table.name) or list(declared)[:7]]
    width = min(console.width, WIDTH)
    rows = len(table.frame)
    grid, chosen = _grid(table, asked, limit, width)
    if marking:
        console.print(_text(marking, "bold"), width=width)
    if finding:
        console.print(_text(finding), width=width)
    if rows:
        console.print(grid, width=width)
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


def _grid(table: ResultTable, asked: list[ResultColumn], limit: int, room: int) -> tuple[Table, list[ResultColumn]]:
    """Return the rows in the order of their readers, and the columns that fit without breaking a word."""
    top = in_order(table).head(limit)
    cells = [[shown(v, c.kind, c.name) for v in plain_values(top[c.name], c.kind)] for c in asked]
    if table.name == "roles":
        # What a role rests on in full is longer than a screen; its first sentence says the place in the group.
        cells = [[v.partition(". ")[0] for v in column] if c.name == "because" else column
                 for c, column in zip(asked, cells, strict=True)]  # fmt: skip
    heads = [c.name.replace("_", " ") for c in asked]
    widths = widths_within([[head, *column] for head, column in zip(heads, cells, strict=True)], room)
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for column, head, width in zip(asked, heads, widths, strict=False):
        right = column.kind in _NUMERIC
        grid.add_column(
            _text(head, "italic" if column.assessment else ""),
            justify="right" if right else "left",
            overflow="fold",
            width=width,
        )
    for row in zip(*cells[: len(widths)], strict=True):
        grid.add_row(*map(_text, row))
    return grid, asked[: len(widths)]


def in_order(table: ResultTable) -> pd.DataFrame:
    """Return the rows of a table as a reader looks for them: by group, then tier, then strength.

    People without a group stand last; a table of nothing of the kind stays as it is.
    """
    frame = table.frame
    if table.name == "communities":
        return frame.sort_values(["community", "stability", "nominal_id"], ascending=[True, False, True],
                                 key=_numbered, na_position="last", kind="stable")  # fmt: skip
    if table.name != "roles":
        return frame
    tier = frame["suggested_role"].map({name: -i for i, name in enumerate(TIERS)}).fillna(1)
    order = frame.assign(tier=tier, ocg_id=frame["ocg_id"].replace("", None))
    by = ["ocg_id", "tier", "position_score", "nominal_id"]
    return frame.loc[order.sort_values(by, ascending=[True, True, False, True], na_position="last").index]


def _numbered(column: pd.Series) -> pd.Series:
    """Sort C2 before C10; other columns as they are."""
    return column.str.extract(r"(\d+)", expand=False).astype(float) if column.name == "community" else column


def widths_within(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return widths of the columns that fit, so that only spaces are broken at; columns that do not fit are left out.

    Parameters
    ----------
    columns : sequence of sequence of str
        The texts of each column, its head first.
    room : int
        Characters in a line; two stand between columns.

    Notes
    -----
    What a column gives up is taken from the widest. The first column stays, whatever it holds.

    >>> widths_within([["id", "N0001"], ["reason", "a long one of several words"]], 24)
    [5, 17]
    >>> widths_within([["id", "N0001"], ["name", "Brellack-Oskombe"]], 20)
    [5]
    """
    natural = [max(map(cell_len, [*head.split(), *column])) for head, *column in columns]
    least = [max(cell_len(word) for text in column for word in (text.split() or [""])) for column in columns]
    while len(least) > 1 and sum(least) + 2 * (len(least) - 1) > room:
        least.pop()
    widths = natural[: len(least)]
    over = sum(widths) + 2 * (len(widths) - 1) - room
    while over > 0 and (spare := [w - n for w, n in zip(widths, least, strict=True)]) and max(spare) > 0:
        # Long texts first, down to what is still read easily, then names, which break at their spaces.
        widest = max(
            range(len(widths)), key=lambda i: (spare[i] > 0, widths[i] > _EASY, natural[i] <= _EASY, widths[i])
        )
        widths[widest] -= 1
        over -= 1
    return widths if over <= 0 else [room]


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
