"""The two case studies: where they lie, what their tutorials ask and expect, and the figures that a change may move."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ocgnet.analysis.children.linked_children import linked_children
from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.analysis.position import position_of
from ocgnet.analysis.response.before_after import before_and_after
from ocgnet.analysis.response.disruptions import disruption_counts
from ocgnet.analysis.response.plans import balance, plans_on
from ocgnet.analysis.response.priorities import prioritise
from ocgnet.analysis.response.priority_schemes import shipped_scheme
from ocgnet.analysis.roles.roles import agreement, suggest_roles
from ocgnet.analysis.roles.stability import stability_of
from ocgnet.casework.cases.case_records import CaseRecords
from ocgnet.casework.cases.cases import case_list
from ocgnet.casework.cases.one_case import latest_stage
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import scope_of
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings
from ocgnet.things_job import things_of

STUDIES = Path(__file__).resolve().parents[2] / "fixtures" / "case_studies"
SETTINGS = Settings(resamples=0, top_k=2)
"""Without resamples: how stable a role is moves with every record and stands on no paper."""

DAYS = 120
"""Of the windows before and after a disruption, as the tutorials ask for them."""


class Step(NamedTuple):
    """One command of a tutorial, and the lines that it says will come, in their order."""

    command: str
    expected: tuple[str, ...]


_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps_of(study: str) -> Iterator[Step]:
    """Read a tutorial: each box of commands, and the box behind it that shows what the last of them prints."""
    text = (STUDIES / study / "tutorial.md").read_text(encoding="utf-8")
    blocks = [(kind, body.strip().splitlines()) for kind, body in _BLOCK.findall(text)]
    for (kind, commands), (after, lines) in zip(blocks, [*blocks[1:], ("", [])], strict=True):
        assert kind in ("sh", "text"), f"{study}: a box of {kind or 'no kind'}"
        if kind == "sh":
            *first, last = commands
            yield from (Step(c, ()) for c in first)
            yield Step(last, tuple(lines) if after == "text" else ())


def in_one_line(text: str) -> str:
    """Return printed text without the breaks and gaps that the width of a terminal makes."""
    return " ".join(text.split())


def figures_of(folder: Path) -> dict[str, object]:
    """Compute every figure of a study that the paper holds, in process."""
    dataset, _ = read_dataset(folder, settings=SETTINGS)
    scope = scope_of(dataset, SETTINGS)
    ties = ties_of(scope.network, SETTINGS)
    position = position_of(ties, SETTINGS)
    stability = stability_of(scope.network, ties, position, SETTINGS)
    roles = suggest_roles(scope.network, ties, position, SETTINGS, stability, dataset.shown_names)
    figures: dict[str, object] = {}
    for row in roles.frame.itertuples(index=False):
        figures[f"recorded {row.nominal_id}"] = row.recorded_role or ""
        figures[f"suggested {row.nominal_id}"] = row.suggested_role
        figures[f"degree {row.nominal_id}"] = int(row.degree)
        figures[f"strength {row.nominal_id}"] = round(float(row.strength), 4)
        figures[f"score {row.nominal_id}"] = round(float(row.position_score), 4)
    found = agreement(roles)
    figures["kappa"] = None if found is None else round(found.kappa, 2)
    concentration = concentrate(scope.figures, dataset.shown_names, SETTINGS, None)
    top = concentration.table.frame
    figures["top"] = " ".join(top.loc[top["in_top"], "nominal_id"])
    for kind, name in (("crimes", "top_nominals_crime_share"), ("reports", "top_nominals_intel_share")):
        figure = concentration.figures[name]
        figures[f"{kind} of the top"] = f"{figure.numerator} of {figure.denominator}"
    children = linked_children(dataset, scope.figures, dataset.shown_names, SETTINGS)
    for row in children.table.frame.itertuples(index=False):
        figures[f"child {row.child_id}"] = f"{row.band_child} {row.points_child}"
        figures[f"adults {row.child_id}"] = f"{row.band_adults} {row.points_adults}"
    missing = children.all_tables["child_missing"].frame
    figures["interviews outstanding"] = int(missing["interviews_outstanding"].sum())
    if "communications" in dataset.given:
        for row in things_of(dataset, SETTINGS).tables["deal_line_disruptions"].frame.itertuples(index=False):
            figures[f"line {row.disruption_id}"] = f"{row.times_before} to {row.times_after}"
    return figures | dict(_response_of(dataset))


def _response_of(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Give the figures of what is done about the group."""
    day = dataset.about.as_of
    for row in disruption_counts(dataset, SETTINGS).table.frame.itertuples(index=False):
        if row.by in ("level", "strand", "group"):
            yield f"disruptions {row.value}", int(row.disruptions)
    plans = plans_on(dataset, day)
    for row in balance(plans.actions, "strand").itertuples(index=False):
        pounds = "money not known" if row.cost is None else f"£{row.cost:,.0f}"
        hours = "hours not known" if row.hours is None else f"{row.hours:g} hours"
        yield f"plan {row.strand}", f"{row.actions} actions, {hours}, {pounds}"
    yield "overdue actions", " ".join(plans.overdue["action_id"])
    yield "past review", " ".join(plans.plans.loc[plans.plans["review_overdue_days"].notna(), "plan_id"])
    (group,) = set(dataset["disruptions"]["ocg_id"].to_pylist())
    for row in before_and_after(dataset, replace(SETTINGS, ocgs=(group,)), DAYS).table.frame.itertuples(index=False):
        if row.before >= 0:  # what cannot be compared is not known, which no comparison holds of
            yield f"{row.measure} around {row.disruption_id}", f"{row.before:.5g} to {row.after:.5g}"
    for kind, ranking in prioritise(dataset, shipped_scheme(), SETTINGS, ("group", "threat")).rankings.items():
        for row in ranking.frame.itertuples(index=False) if len(ranking.frame) else ():
            points = f"{row.total:.2f} ({row.lowest:.2f} to {row.highest:.2f})"
            yield f"priority of {kind} {row.subject_id}", points
    cases = case_list(dataset, day, SETTINGS)
    for case in cases.cases:
        yield f"overdue {case.person.id}", " ".join(o.what for o in case.overdue)
    counts = cases.counts()
    yield "cases", "{open} open, {overdue} overdue, {without_owner} without an owner".format_map(counts)
    records = CaseRecords(dataset, day, SETTINGS)
    stages = [latest_stage(records.of("nrm_stages", p))[0] for p in set(dataset["nrm_stages"]["person_id"].to_pylist())]
    yield "victims", sum(s["stage"] in ("reasonable_grounds", "conclusive_grounds") for s in stages if s)


def changed_cell(source: Path, folder: Path, table: str, key: Mapping[str, str], cells: Mapping[str, str]) -> Path:
    """Copy the records with one row changed: ``key`` finds it; without ``cells`` it goes."""

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        hits = [r for r in rows if all(r[c] == v for c, v in key.items())]
        assert len(hits) == 1, f"{len(hits)} rows of {table} are {dict(key)}"
        return [({**r, **cells} if cells else None) if r is hits[0] else r for r in rows if r is not hits[0] or cells]

    return _copied(source, folder, table, change)


def added_row(source: Path, folder: Path, table: str, row: Mapping[str, str]) -> Path:
    """Copy the records with one row more."""
    return _copied(source, folder, table, lambda rows: [*rows, dict.fromkeys(rows[0], "") | dict(row)])


def _copied(source: Path, folder: Path, table: str, change) -> Path:
    shutil.copytree(source, folder)
    file = folder / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    header = list(rows[0])
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))
    return folder
