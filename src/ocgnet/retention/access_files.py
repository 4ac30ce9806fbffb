"""The answer to an access request as files: a page to read and decide on, and a table of every cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ocgnet.files.writing import MARKING_FILE, csv_text, marking_text
from ocgnet.model import TABLES
from ocgnet.retention.subject_access import COLUMNS, DECIDE, GIVE, WITHHELD, Access
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.visible import visible

PAGE, TABLE = "subject-access.html", "held.csv"

STEPS = (
    "This is a working copy: it is not sent as it is. Whoever answers the request decides on every cell marked decide.",
    (
        "Section 45(4) of the Data Protection Act 2018 allows a right to be restricted where that is necessary and "
        "proportionate, among others to protect an investigation or the rights of others. Write down why."
    ),
    (
        "Names and ids of others are taken out wherever the records know them. Read every text all the same: a text "
        "can tell who is meant without a name, and a name that is in no table is not known."
    ),
    "Confirm who asks before anything is given. Section 54 says within what time the answer is due.",
)


def write_access(
    folder: Path, access: Access, marking: str, made: date, named: Sequence[Path], unsearched: Sequence[str]
) -> None:
    """Write the page and the table into a folder.

    ``named`` are results, lists and packs on this computer in which the person stands, and ``unsearched`` what was
    not looked at; both are for whoever answers the request.
    """
    css = style_sheet(marking, "ocgnet.casework", "pages/pack.css")
    page = rendered(
        pages("ocgnet.retention", "pages"),
        "subject_access.html.j2",
        css,
        access=access,
        marking=marking,
        made=f"{made:%d/%m/%Y}",
        steps=STEPS,
        says={name: table.says for name, table in TABLES.items()}
        | {"log": "What was done with these records, as the log tells it.", "runs": "What analyses suggested."}
        | {"watches": "What questions that are asked at each load found, and what was decided about it."},
        named=[visible(str(path)) for path in named],
        unsearched=unsearched,
        visible=visible,
        words={GIVE: "", WITHHELD: "withheld", DECIDE: "decide"},
    )
    rows = [(*cell.cells, marking) for cell in access.held]
    texts = {
        PAGE: page,
        TABLE: "\ufeff" + csv_text((*COLUMNS, "marking"), rows),
        MARKING_FILE: marking_text(marking, "every file of this folder"),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))
