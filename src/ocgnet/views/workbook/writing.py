"""The order of the sheets, and what stands on each."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pandas as pd

from ocgnet.results import RESULT_TABLES, Analysis, ResultColumn
from ocgnet.results.columns import MEASURE_COLUMNS
from ocgnet.results.rests_on import touching
from ocgnet.views import caveats, findings
from ocgnet.views.figures_text import count, losses_sentence, printed
from ocgnet.views.group_columns import FIGURE_COLUMNS, GROUP_COLUMNS, figure_frame
from ocgnet.views.workbook.book import Book

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
    "groups": ("Groups", "Which groups are there on the analysis date, and what is linked to them?"),
    "figures": ("Figures", "What is each number of the findings made of?"),
}
"""Sheet and question by table, in the order of the sheets. A table named nowhere here follows under its own name."""

ALWAYS = ("roles", "people", "concentration", "children", "communities", "ties", "groups", "figures")
"""Sheets that are there even without rows; any other appears only when it was computed."""

LONG = ("snapshots", "resolutions")
"""Tables of a row for each person and period or resolution: material for programs, named but not shown here."""


def write_workbook(target: Path | BytesIO, analysis: Analysis) -> None:
    """Write the workbook.

    Parameters
    ----------
    target : Path or BytesIO
        File to write, which the caller puts in place, or memory.
    analysis : Analysis
        Any run. A table without rows keeps its sheet and says so.

    Notes
    -----
    Every text is written as a text: no cell is a formula or a link, whatever the data holds. The same
    analysis gives the same bytes, dates of the document included. A table too long for a sheet stops
    at a stated row, and the sheet names the file that holds all of them.
    """
    with Book(target, findings.title(analysis), analysis.marking, analysis.as_of) as book:
        tables: list[tuple[str, tuple[ResultColumn, ...], pd.DataFrame]] = [
            (name, RESULT_TABLES[name], analysis.tables[name].frame) for name in RESULT_TABLES if name not in LONG
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


def workbook_bytes(analysis: Analysis) -> bytes:
    """Return the workbook as the bytes of its file."""
    memory = BytesIO()
    write_workbook(memory, analysis)
    return memory.getvalue()


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
    page.heading("What was asked")
    for name, text in caveats.data_line(analysis):
        page.pair(name, text)
    page.pair("Dates", printed(analysis.dates_note))
    page.heading("Findings")
    for i, sentence in enumerate(findings.findings(analysis), 1):
        page.pair(f"{i}", sentence)
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
    page.heading("Before acting on this")
    for i, sentence in enumerate(caveats.caveats(analysis), 1):
        page.pair(f"{i}", printed(sentence))
    page.heading("What was left out")
    for x in analysis.left_out:
        page.pair(x.what, f"{count(x.count)} rows: {printed(x.why)}")
    if not analysis.left_out:
        page.pair("nothing", "")
    page.heading("Method")
    for i, paragraph in enumerate(caveats.method(analysis), 1):
        page.pair(f"{i}", paragraph)
    page.heading("Parameters")
    for name, text in caveats.parameters(analysis):
        page.pair(name, text)
    page.pair("run_id", analysis.run_id)
