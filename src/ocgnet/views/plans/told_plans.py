"""Plans as csv and json, and in lines on the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ocgnet.analysis.response.plans import ACTION_COLUMNS, BALANCE_COLUMNS, PLAN_COLUMNS, Gaps, Plans, balance
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.files.writing import csv_text
from ocgnet.views.plans.sheets import Sheet
from ocgnet.visible import visible


def actions_csv(actions: pd.DataFrame) -> str:
    """Return actions as CSV with ``ACTION_COLUMNS``."""
    return _csv(ACTION_COLUMNS, actions)


def balance_csv(actions: pd.DataFrame) -> str:
    """Return the balance by strand and agency as CSV."""
    return _csv(("strand", "agency", *BALANCE_COLUMNS), balance(actions, "strand", "agency"))


def _csv(columns: Sequence[str], frame: pd.DataFrame) -> str:
    rows = frame[[*columns]].to_dict("records")
    return csv_text(columns, ([_text(r[c]) for c in columns] for r in rows))


def _text(cell: Any) -> str:
    if cell is None or cell != cell:  # noqa: PLR0124 (NaN)
        return ""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def plans_json(dataset: Dataset, plans: Plans) -> str:
    """Return plans with their actions, activities aside, as JSON; what is not known is null."""
    by_plan = dict(tuple(plans.actions.groupby("plan_id")))
    none = plans.actions.head(0)
    document = _document(dataset, plans) | {
        "plans": [
            row | {"actions": _records(ACTION_COLUMNS, by_plan.get(row["plan_id"], none))}
            for row in _records(PLAN_COLUMNS, plans.plans)
        ],
        "outside_plans": _records(ACTION_COLUMNS, plans.outside),
    }
    return _json(document)


def overdue_json(dataset: Dataset, plans: Plans) -> str:
    """Return the actions that are overdue as JSON."""
    return _json(_document(dataset, plans) | {"overdue": _records(ACTION_COLUMNS, plans.overdue)})


def balance_json(dataset: Dataset, plans: Plans, gaps: Gaps | None, filter_says: str) -> str:
    """Return the balance and what plans lack as JSON."""
    document = _document(dataset, plans) | {
        "filter": filter_says,
        "by_strand": _records(("strand", *BALANCE_COLUMNS), balance(plans.actions, "strand")),
        "by_strand_and_agency": _records(
            ("strand", "agency", *BALANCE_COLUMNS), balance(plans.actions, "strand", "agency")
        ),
        "gaps": None if gaps is None else asdict(gaps),
    }
    return _json(document)


def _document(dataset: Dataset, plans: Plans) -> dict[str, Any]:
    return {
        "marking": dataset.about.marked,
        "judged_on": plans.day.isoformat(),
        "missing_tables": list(plans.missing),
        "left_out": [asdict(x) for x in plans.left_out],
    }


def _records(columns: Sequence[str], frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{c: _plain(r[c]) for c in columns} for r in frame.to_dict("records")]


def _plain(cell: Any) -> Any:
    if isinstance(cell, date):
        return cell.isoformat()
    return None if cell != cell else cell  # noqa: PLR0124 (NaN)


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def sheet_lines(sheet: Sheet) -> Iterator[str]:
    """Yield a sheet in lines."""
    yield sheet.heading
    for name, text in sheet.facts:
        yield f"  {name}: {text}"
    yield from (f"  {sentence}" for sentence in sheet.sentences)
    for strand, rows in sheet.strands:
        yield f"  {strand}{'' if rows else ': no action on record'}"
        for action, what, owner, due, state, hours, cost in rows:
            taken = "; ".join(
                f"{name} {cell}" for name, cell in (("hours", hours), ("money", cost)) if cell != "not recorded"
            )
            yield f"    {action}  {state}, due {due}: {what} ({owner}){f'; {taken}' if taken else ''}"
    for name, lines in sheet.beside:
        yield f"  {name}{'' if lines else ': none in these records'}"
        yield from (f"    {line}" for line in lines)


PLAN_HEADS = ("plan", "for", "led by", "open", "overdue", "done", "review")


def plan_cells(plans: Plans) -> list[tuple[str, ...]]:
    """Return a line for each plan, as cells of ``PLAN_HEADS``."""
    return [
        (
            r["plan_id"] + ("" if r["lasts"] else f", ended {r['to_date']:%d/%m/%Y}"),
            f"{r['subject_kind']} {r['subject_id']}",
            r["lead"] or "nobody on record",
            str(r["open"]),
            str(r["overdue"]),
            str(r["done"]),
            _review(r),
        )
        for r in plans.plans.to_dict("records")
    ]


def _review(row: Any) -> str:
    if row["review_overdue_days"] is not None:
        return f"overdue by {counted(row['review_overdue_days'], 'day')}"
    return f"{row['review_on']:%d/%m/%Y}" if row["review_on"] else "no day"


WHOLE = 2
"""Columns of a table on the terminal that stay on one line, from the left."""


def table_of(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> Table:
    """Return a table for the terminal; what a record holds cannot act there."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for k, head in enumerate(heads):
        table.add_column(head, justify="right" if k in right else "left", overflow="fold", no_wrap=k < WHOLE)
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    return table
