"""One xlsx file: formats, sheets of a table, sheets of sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from math import ceil
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from ocgnet.english import counted
from ocgnet.files.writing import scratch_folder
from ocgnet.results import Analysis, ResultColumn
from ocgnet.results.columns import MEASURE_COLUMNS, fact
from ocgnet.results.rests_on import touching
from ocgnet.results.thing_columns import QUESTIONS as THING_QUESTIONS
from ocgnet.views.tables.terminal import SCORES
from ocgnet.views.tables.text import plain_values
from ocgnet.views.words import caveats, findings
from ocgnet.views.words.numbers import count, losses_sentence, printed
from ocgnet.visible import visible

EXCEL_ROWS = 1_048_576
MOST_CELLS = 500_000
"""Cells of one sheet; beyond it the file would take minutes to open. The CSV tables hold every row."""

_LONGEST = 32_000
"""Characters of one cell; Excel refuses more than 32,767."""

_HEAD = 5
_WIDEST, _NARROWEST = 80, 9
_ONE_PAGE = 240
"""Characters side by side that stay readable when fitted to one landscape page."""

_LINE, _MOST_LINES = 13.0, 30

_NUMBER_FORMATS = {"count": "#,##0", "number": "0.0###", "large": "#,##0", "share": "0.0%", "date": "dd/mm/yyyy"}
_RIGHT = ("count", "number", "share", "date")


class Book:
    """A workbook that is being written; a context manager that closes the file.

    ``marking`` is printed in header and footer of every sheet, and first on each. ``made`` is the date in the
    document's properties: a fixed one when None, never the clock. The sheets, which name people, are gathered in a
    private folder beside ``target``, never in the one that all users of a computer share.
    """

    def __init__(self, target: Path, title: str, marking: str, made: date | None) -> None:
        self._scratch = ExitStack()
        scratch = self._scratch.enter_context(scratch_folder(target))
        self._book = xlsxwriter.Workbook(
            str(target),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": str(scratch),
            },
        )
        day = made or date(2000, 1, 1)
        self._book.set_properties(
            {
                "title": title,
                "comments": marking,
                "created": datetime(day.year, day.month, day.day),
            }
        )
        self.marking = marking
        self._formats: dict[str, Any] = {
            name: self._book.add_format({"font_name": "Arial", "font_size": 10, "valign": "top", **look})
            for name, look in _LOOKS.items()
        }

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._scratch:
            self._book.close()

    def page(self, name: str, widths: tuple[int, ...]) -> Page:
        """Begin a sheet of sentences with columns of the given widths."""
        sheet = self._sheet(name)
        sheet.hide_gridlines(2)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        for i, width in enumerate(widths):
            sheet.set_column(i, i, width)
        return Page(sheet, self._formats, widths[-1])

    def table(
        self,
        sheet_name: str,
        question: str,
        table: str,
        columns: tuple[ResultColumn, ...],
        frame: pd.DataFrame,
        units: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """Write one table as an Excel table with filters below its question.

        ``units`` gives, for a column whose numbers are of several kinds, the kind of each row.
        """
        sheet = self._sheet(sheet_name)
        sheet.set_landscape()
        most = min(EXCEL_ROWS - _HEAD, MOST_CELLS // len(columns))
        top = frame.head(most)
        sheet.write_string(0, 0, self.marking, self._formats["marking"])
        sheet.write_string(1, 0, question, self._formats["question"])
        sheet.write_string(2, 0, _extent(len(frame), len(top), table), self._formats["quiet"])
        looks = [
            self._formats[("assessed" if c.assessment else "recorded") + ("_right" if c.kind in _RIGHT else "")]
            for c in columns
        ]
        widths, lines = [], np.ones(len(top), int)
        for i, (column, look) in enumerate(zip(columns, looks, strict=True)):
            kind = "assessment" if column.assessment else "recorded fact"
            sheet.write_string(3, i, kind, self._formats["kind"])
            values = plain_values(top[column.name], column.kind)
            width, wraps = _room(column, values)
            widths.append(width)
            if wraps:
                lines = np.maximum(lines, [_lines(v or "", width) for v in values])
            kinds = list(units.get(column.name, ()))[: len(values)] or [_kind(column, values, wraps)] * len(values)
            self._column(sheet, i, values, [self._formats[k] for k in kinds])
            sheet.set_column(i, i, width)
            sheet.write_string(4, i, column.name, look)
        for row in np.flatnonzero(lines > 1).tolist():
            sheet.set_row(row + _HEAD, _LINE * min(int(lines[row]), _MOST_LINES))
        sheet.add_table(
            4,
            0,
            4 + max(len(top), 1),
            len(columns) - 1,
            {
                "name": f"table_{table}",
                "style": "Table Style Light 1",
                "columns": [{"header": c.name, "header_format": f} for c, f in zip(columns, looks, strict=True)],
            },
        )
        sheet.freeze_panes(_HEAD, _frozen(columns))
        sheet.repeat_rows(4)
        sheet.repeat_columns(0, _frozen(columns) - 1)
        sheet.fit_to_pages(ceil(sum(widths) / _ONE_PAGE), 0)

    def _column(self, sheet: Any, at: int, values: list[Any], looks: Sequence[Any]) -> None:
        """Write the cells of a column; a missing value stays blank."""
        for row, (value, look) in enumerate(zip(values, looks, strict=True), _HEAD):
            if value is None or value == "" or value != value:  # noqa: PLR0124 (NaN)
                continue
            if isinstance(value, bool):
                sheet.write_string(row, at, "yes" if value else "no", look)
            elif isinstance(value, date):
                sheet.write_datetime(row, at, value, look)
            elif isinstance(value, int | float):
                sheet.write_number(row, at, value, look)
            else:
                sheet.write_string(row, at, _fitting(value), look)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        # An ampersand begins a code in headers and footers; two of them print one.
        said = self.marking.replace("&", "&&")[:200]
        sheet.set_header(f'&C&"Arial,Bold" {said}')
        sheet.set_footer(f'&C&"Arial,Bold" {said}&R&P of &N')
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
        return sheet


class Page:
    """A sheet of sentences, filled from the top."""

    def __init__(self, sheet: Any, formats: dict[str, Any], width: int) -> None:
        self._sheet, self._formats, self._width, self._row = sheet, formats, width, 0

    def line(self, text: str, look: str) -> None:
        """Write a line over both columns."""
        self._sheet.write_string(self._row, 0, visible(text), self._formats[look])
        self._row += 1

    def heading(self, text: str) -> None:
        """Write a heading after a free row."""
        self._row += 1
        self.line(text, "heading")

    def pairs(self, heading: str, rows: Iterable[tuple[str, str]]) -> None:
        """Write a heading, and below it labels with their texts."""
        self.heading(heading)
        for name, text in rows:
            self.pair(name, text)

    def numbered(self, heading: str, sentences: Iterable[str]) -> None:
        """Write a heading, and below it sentences by number."""
        self.pairs(heading, ((str(i), sentence) for i, sentence in enumerate(sentences, 1)))

    def pair(self, name: str, text: str, look: str = "") -> None:
        """Write a label and its text."""
        first = {"fact": "recorded", "assessment": "assessed"}.get(look, "label")
        self._sheet.write_string(self._row, 0, visible(name), self._formats[first])
        self._sheet.write_string(self._row, 1, _fitting(text), self._formats["wrapped"])
        # Explicit heights: not every program fits the height of a wrapped row when it opens a file.
        self._sheet.set_row(self._row, _LINE * min(_lines(text, self._width), _MOST_LINES) + 2)
        self._row += 1


_RECORDED = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B0C0C", "indent": 1}
_ASSESSED = {"bold": True, "italic": True, "font_color": "#0B0C0C", "bg_color": "#CFE3F1", "indent": 1}
_LOOKS: dict[str, dict[str, Any]] = {
    "marking": {"bold": True, "font_size": 11},
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12, "bottom": 1},
    "question": {"bold": True, "font_size": 12},
    "label": {"bold": True, "text_wrap": True},
    "quiet": {"font_color": "#505A5F"},
    "kind": {"font_color": "#505A5F", "font_size": 8, "italic": True},
    "recorded": _RECORDED,
    "recorded_right": {**_RECORDED, "align": "right"},
    "assessed": _ASSESSED,
    "assessed_right": {**_ASSESSED, "align": "right"},
    "wrapped": {"text_wrap": True},
    "id": {},
    "text": {"indent": 1},
    "prose": {"indent": 1, "text_wrap": True},
    "flag": {"indent": 1},
    "score": {"num_format": "0.00"},
    **{kind: {"num_format": number_format} for kind, number_format in _NUMBER_FORMATS.items()},
}


def _extent(rows: int, shown: int, table: str) -> str:
    if not rows:
        return "No rows for these records and filters."
    if shown < rows:
        return f"The first {count(shown)} of {count(rows)} rows. All of them are in tables/{table}.csv."
    return f"{counted(rows, 'row')}."


def _frozen(columns: tuple[ResultColumn, ...]) -> int:
    """Return how many columns stay on the left: the id, and the name after it."""
    return 2 if len(columns) > 4 and columns[1].name == "name" else 1


def _fitting(text: str) -> str:
    text = visible(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … (cut here; the CSV table holds all of it)"


def _room(column: ResultColumn, values: list[Any]) -> tuple[int, bool]:
    """Return the width of a column in characters, and whether its texts wrap."""
    longest = max([len(column.name) + 4, *(_width(v) for v in values[:2000])])
    wraps = column.kind in ("id", "text") and longest > _WIDEST
    return min(max(longest + 1, _NARROWEST), _WIDEST), wraps


def _kind(column: ResultColumn, values: list[Any], wraps: bool) -> str:
    """Return the look of a column: its kind, or how its numbers and texts are best read."""
    if wraps:
        return "prose"
    if column.name in SCORES:
        return "score"
    large = column.kind == "number" and any(v is not None and abs(v) >= 1000 for v in values)
    return "large" if large else column.kind


def _lines(text: str, width: int) -> int:
    return max(1, ceil(len(text) * 0.92 / width))


def _width(value: Any) -> int:
    if value is None:
        return 0
    return 10 if isinstance(value, int | float | date) else len(str(value))


# Columns of the table of groups and of the table of figures, declared as the result tables are.


GROUP_COLUMNS: tuple[ResultColumn, ...] = (
    fact("ocg_id", "id", "The group."),
    fact("name", "text", "Name of the group or operation as recorded."),
    fact("status", "text", "Status as recorded."),
    fact("primary_crime_type", "text", "Primary crime type as recorded."),
    fact("commodity", "text", "Commodity as recorded."),
    fact("members", "count", "Memberships that hold on the analysis date."),
    ResultColumn("suggested_principals", "text", "Members whose network position suggests principal, separated by |."),
    ResultColumn("children", "count", "Children under 18 with a parent, step-parent or guardian in the group."),
    ResultColumn("crimes", "count", "Crimes linked to at least one member, each once; groups may share one."),
    ResultColumn("reports", "count", "Reports that name at least one member, each once; groups may share one."),
)

FIGURE_COLUMNS: tuple[ResultColumn, ...] = (
    fact("figure", "id", "Identifier of the figure, as in run.json."),
    fact("says", "text", "What the figure is."),
    ResultColumn("value", "number", "The number; blank when it cannot be known from these records."),
    fact("unit", "text", "count, share or change."),
    ResultColumn("numerator", "count", "What is counted in a share."),
    ResultColumn("denominator", "count", "Of how many."),
    fact("filter", "text", "Which records were counted."),
    ResultColumn("low", "share", "Lower end of the 95% interval."),
    ResultColumn("high", "share", "Upper end of the 95% interval."),
    ResultColumn("null_low", "share", "Lower end of what chance alone gives, 95% of the time."),
    ResultColumn("null_median", "share", "Median of what chance alone gives."),
    ResultColumn("null_high", "share", "Upper end of what chance alone gives, 95% of the time."),
    ResultColumn("outside_chance", "flag", "Whether the value is above the 99.9th percentile of random allocation."),
)


def figure_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the figures as a table, by figure id."""
    rows = [
        {"figure": key, **{c.name: getattr(figure, c.name) for c in FIGURE_COLUMNS[1:]}}
        for key, figure in sorted(analysis.figures.items())
    ]
    return pd.DataFrame(rows, columns=[c.name for c in FIGURE_COLUMNS], dtype=object)


# The order of the sheets, and what stands on each.

QUESTIONS: dict[str, tuple[str, str]] = {
    "roles": ("Roles", "Which role does network position suggest, beside the recorded one, and why?"),
    "people": ("People", "Where does each nominal stand in the network, and how much is linked to them?"),
    "concentration": ("Concentration", "To how few people do how many crimes and reports relate?"),
    "children": (
        "Children",
        "Which children are linked to OCG nominals, how, and what is known? A prompt for support.",
    ),
    "child_links": ("Child links", "By which records is each child linked to a nominal, and was that verified?"),
    "child_links_ended": ("Was linked", "Which children were linked, until when, and why is that over?"),
    "child_components": (
        "Child components",
        "What does each component add to each child's band, and what is to be found out?",
    ),
    "child_missing": ("Missing", "Which children went missing, how often, with whom, and who waits for an interview?"),
    "missing_recurring": ("Missing recurring", "Which places and companions recur when children go missing?"),
    "child_pathway": ("Pathway", "Which dated records place each child on the prevent pathway, and what may help?"),
    "pathway_counts": ("Pathway counts", "How many of the linked children stood at each stage, and when?"),
    "child_sensitivity": ("Child sensitivity", "How would the order change if one component were left out?"),
    "communities": ("Communities", "Who is tied more among themselves than to others? A community is not an OCG."),
    "ties": ("Ties", "Who is tied to whom, how strongly, and by which events?"),
    "greedy": ("Greedy", "Who adds most to what those already chosen cover?"),
    "top_lists": ("Top lists", "Who stands on which list of the few: both, crimes, reports, greedy, period before?"),
    "grade_sensitivity": ("Grades", "How do the ranks change when only better graded reports count?"),
    "layers": ("Layers", "What would each kind of evidence alone say of a person's position?"),
    "disagreements": ("Disagreements", "Where do suggested and recorded roles differ, and why?"),
    "community_fit": ("Community fit", "How well do communities, at each resolution, agree with recorded groups?"),
    "outside_but_tied": (
        "Not in a group",
        "Who is recorded in no group, is tied to members of one, and stands above its principals?",
    ),
    "highest_positions": ("Highest positions", "Who stands highest in the network, where no membership is recorded?"),
    "group_questions": ("Group questions", "Which groups look like two, which pairs like one, and who stands between?"),
    "paths": ("Change", "Whose position rose or fell, and how sure is that?"),
    "turnover": ("Turnover", "How many people and ties came and went?"),
    **THING_QUESTIONS,
    "groups": ("Groups", "Which groups are there on the analysis date, and what is linked to them?"),
    "figures": ("Figures", "What is each number of the findings made of?"),
}
"""Sheet and question by table, in the order of the sheets. A table named nowhere here follows under its own name."""

ALWAYS = ("roles", "people", "concentration", "children", "communities", "ties", "groups", "figures")
"""Sheets that are there even without rows; any other appears only when it was computed."""

LONG = ("snapshots", "resolutions")
"""Tables of a row for each person and period or resolution: material for programs, named but not shown here."""


def write_workbook(target: Path, analysis: Analysis) -> None:
    """Write the workbook into a file, which the caller puts in place.

    Every text is written as a text: no cell is a formula or a link, whatever the data holds. The same analysis gives
    the same bytes, dates of the document included. A table without rows says so; one too long for a sheet stops at a
    stated row, and the sheet names the file that holds all of them.
    """
    with Book(target, findings.title(analysis), analysis.marking, analysis.as_of) as book:
        tables: list[tuple[str, tuple[ResultColumn, ...], pd.DataFrame]] = [
            (name, table.columns, table.frame)
            for name, table in {**analysis.tables, **analysis.thing_tables}.items()
            if name not in LONG
        ]
        tables.append(("groups", GROUP_COLUMNS, analysis.groups))
        tables.append(("figures", FIGURE_COLUMNS, figure_frame(analysis)))
        chosen = [t for t in tables if t[0] in ALWAYS or len(t[2])]
        order = list(QUESTIONS)
        chosen.sort(key=lambda t: order.index(t[0]) if t[0] in order else len(order))
        _first(book, analysis, [name for name, _, _ in chosen])
        limit = analysis.settings.loss_limit
        for name, columns, frame in chosen:
            sheet, question = _sheet(name)
            book.table(
                sheet,
                " ".join(filter(None, (question, losses_sentence(touching(name, analysis.losses), limit)))),
                name,
                _as_read(columns),
                frame,
                _units(name, frame),
            )
        _dictionary(book, chosen)
        _last(book, analysis)


def _sheet(table: str) -> tuple[str, str]:
    """Return the name of a table's sheet and its question."""
    named = table.replace("_", " ").capitalize()
    return QUESTIONS.get(table, (named[:31], f"{named}."))


def _as_read(columns: tuple[ResultColumn, ...]) -> tuple[ResultColumn, ...]:
    """Return columns in the order of reading: reasons beside what they explain, the many measures last."""
    place = {c.name: i for i, c in enumerate(columns)}
    because = place.get("suggested_role", place.get("because", 0))

    def key(column: ResultColumn) -> tuple[bool, int, bool]:
        reasons = column.name == "because"
        return column in MEASURE_COLUMNS, because if reasons else place[column.name], reasons

    return tuple(sorted(columns, key=key))


def _units(table: str, frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the kind of each figure's value: a count, a share, or another number."""
    if table != "figures":
        return {}
    pairs = zip(frame["unit"], frame["value"], strict=True)
    return {"value": [_figure_kind(unit, value) for unit, value in pairs]}


def _figure_kind(unit: str, value: float | None) -> str:
    if unit == "count" or (unit == "change" and value is not None and float(value).is_integer()):
        return "count"
    return "share" if unit in ("share", "change") else "number"


def _first(book: Book, analysis: Analysis, tables: list[str]) -> None:
    page = book.page("Read me first", widths=(24, 100))
    page.line(analysis.marking, "marking")
    page.line(findings.title(analysis), "title")
    page.pairs("What was asked", [*caveats.data_line(analysis), ("Dates", printed(analysis.dates_note))])
    page.numbered("Findings", findings.findings(analysis))
    page.heading("How to read this workbook")
    page.pair("Facts", "A dark heading marks a recorded fact: the column repeats what a person recorded.", "fact")
    page.pair(
        "Assessments",
        "A light, italic heading marks an assessment: the column was computed or suggested by a program. It is no "
        "evidence of guilt and changes no record.",
        "assessment",
    )
    for table in tables:
        page.pair(*_sheet(table))
    page.pair("Not here", f"Longer tables stand beside this workbook: {', '.join(f'tables/{n}.csv' for n in LONG)}.")
    page.pair("Columns", "What does each column mean?")
    page.pair("Parameters", "How were the numbers made, what was left out, and what must be known before acting?")


def _dictionary(book: Book, tables: list[tuple[str, tuple[ResultColumn, ...], pd.DataFrame]]) -> None:
    said = [
        (_sheet(name)[0], c.name, "assessment" if c.assessment else "recorded fact", c.says)
        for name, columns, _ in tables
        for c in columns
    ]
    heads = ("sheet", "column", "fact_or_assessment", "meaning")
    columns = tuple(ResultColumn(h, "text", "", assessment=False) for h in heads)
    book.table("Columns", "What does each column mean?", "columns", columns, pd.DataFrame(said, columns=list(heads)))


def _last(book: Book, analysis: Analysis) -> None:
    page = book.page("Parameters", widths=(30, 100))
    page.line(analysis.marking, "marking")
    left_out = [(x.what, f"{count(x.count)} rows: {printed(x.why)}") for x in analysis.left_out]
    page.numbered("Before acting on this", map(printed, caveats.caveats(analysis)))
    page.pairs("What was left out", left_out or [("nothing", "")])
    page.numbered("Method", caveats.method(analysis))
    page.pairs("Parameters", caveats.parameters(analysis))
    page.pair("run_id", analysis.run_id)
