"""Plans on one page to print: it needs nothing but itself, has no script, and ends with its own hash."""

from __future__ import annotations

import hashlib

from ocgnet import __version__
from ocgnet.analysis.response.plans import OPEN, Gaps, Plans
from ocgnet.dataset import Dataset
from ocgnet.files.writing import sealed
from ocgnet.views.html.grids import Grid
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.plans.sheets import (
    ACTION_HEADS,
    BALANCE_HEADS,
    BALANCE_SAYS,
    HANDBOOK,
    NATIONAL,
    OVERDUE_HEADS,
    Sheet,
    balance_cells,
    balance_filter,
    balance_sentences,
    gap_sentences,
    left_out_sentences,
    overdue_cells,
)
from ocgnet.views.words.numbers import count, day, ratio
from ocgnet.visible import visible


def title_of(plans: Plans, what: str) -> str:
    """Return the sentence that a page is about."""
    live, late = int((plans.actions["state"] == OPEN).sum()), len(plans.overdue)
    about = f"{what[:1].upper()}{what[1:]}: " if what else ""
    if not live:
        return f"{about}{'no' if what else 'No'} action is open on {day(plans.day)}"
    return f"{about}{ratio(late, live, 'open actions')} {'is' if late == 1 else 'are'} overdue on {day(plans.day)}"


def plans_page(dataset: Dataset, plans: Plans, sheets: list[Sheet], gaps: Gaps | None, what: str = "") -> str:
    """Return the page of some plans; the same records and day give the same page.

    Parameters
    ----------
    dataset : Dataset
        The records that were read.
    plans : Plans
        What is shown of them.
    sheets : list of Sheet
        A sheet of each.
    gaps : Gaps, optional
        What plans lack, for a page of all of them; with it come the balance and what is overdue.
    what : str
        What the page is about, where it is not all plans.
    """
    marking = dataset.about.marked
    css = style_sheet(marking) + style_sheet(marking, "ocgnet.views.plans", "templates/plans.css")
    run = hashlib.sha256(f"{dataset.fingerprint} {plans.day} {what} {__version__}".encode()).hexdigest()[:12]
    late = [tuple(map(visible, overdue_cells(r))) for r in plans.overdue.to_dict("records")]
    return sealed(
        rendered(
            pages("ocgnet.views.plans"),
            "plans.html.j2",
            css,
            marking=marking,
            force=dataset.about.force,
            title=visible(title_of(plans, what)),
            data_line=_data_line(plans),
            all_of_them=gaps is not None,
            gaps=[visible(s) for s in gap_sentences(gaps, day(plans.day))] if gaps else [],
            balance_says=balance_sentences(plans),
            balance=Grid(
                BALANCE_HEADS,
                [tuple(map(visible, r)) for r in balance_cells(plans.actions)],
                right=range(2, 8),
                caption=BALANCE_SAYS,
            ),
            counted=balance_filter(plans),
            overdue=Grid(OVERDUE_HEADS, late, right={6}, whole={1, 2}),
            heads=ACTION_HEADS,
            sheets=[_visible(s) for s in sheets],
            national="" if gaps or not any(s.pursues_only for s in sheets) else f"{HANDBOOK} {NATIONAL}",
            left_out=left_out_sentences(plans),
            losses=[str(x) for x in dataset.losses],
            run=run,
            version=__version__,
        )
    )


def _visible(sheet: Sheet) -> dict[str, object]:
    """Return a sheet in which no sign of a record acts or hides."""
    return {
        "heading": visible(sheet.heading),
        "facts": [(name, visible(text)) for name, text in sheet.facts],
        "sentences": [*map(visible, sheet.sentences)],
        "strands": [(name, [tuple(map(visible, row)) for row in rows]) for name, rows in sheet.strands],
        "beside": [(visible(name), [*map(visible, lines)]) for name, lines in sheet.beside],
    }


def _data_line(plans: Plans) -> list[tuple[str, str]]:
    return [
        ("judged on", day(plans.day)),
        ("plans", f"{count(len(plans.plans))}, of which {count(int(plans.plans['lasts'].sum()))} last"),
        ("actions", f"{count(len(plans.actions))}, of which {count(len(plans.outside))} outside plans"),
    ]
