"""Which reports may stand behind anything that leaves, for whom, and which stay behind and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.casework.recipients import REASONS, Audience
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.grades import keep_grades
from ocgnet.evidence.period import overdue
from ocgnet.evidence.restricted import RESTRICTED, in_use, restricted_ids
from ocgnet.model import PERSON_TABLES

PERMITTED: dict[str, dict[str, tuple[str, ...]]] = {
    "3x5x2": {"police": ("P",), "partner": ("P",)},
    "5x5x5": {"police": ("1", "2"), "partner": ("2",)},
}
"""Handling codes that permit sharing, by scheme. Under 5x5x5 code 1 reaches police and other law enforcement only,
2 parties that do not prosecute; under both schemes every other code asks for a condition to be met first."""

OVERDUE = "record overdue for review"
"""Why the record of a person whose review was not held stays behind."""


@dataclass(frozen=True)
class Leaving:
    """What may leave."""

    # The records without the reports that stay behind, and without the links and contacts that rest on them.
    dataset: Dataset
    held: Mapping[str, str]  # reason by id of each report that stays behind
    whole: Dataset  # all records, to count what stays behind about somebody
    people: Mapping[str, str]  # reason by id of each adult or child whose own record stays behind

    def held_from(self, audience: Audience, people: Collection[str]) -> tuple[LeftOut, ...]:
        """Return how many reports about these people stay behind, by reason; ids are not named.

        None for an audience that sees nothing of reports anyway: that there are any is not for it to know.
        """
        if not audience.places() & REASONS:
            return ()
        reasons = self.reasons_about(people)
        return tuple(LeftOut("reports", why, reasons.count(why)) for why in sorted(set(reasons)))

    def reasons_about(self, people: Collection[str]) -> list[str]:
        """Return the reason for each report about these people that stays behind, one a report."""
        about = reports_about(self.whole, people)
        return [self.held[r] for r in sorted(about) if r in self.held]


def may_leave(
    dataset: Dataset,
    audience: str,
    day: date | None,
    conditions_met: Collection[str] = (),
    *,
    min_grade: str = "usable",
) -> Leaving:
    """Take away every report that may not be shared, before anything is worked out from the records.

    A report stays behind for the first reason that holds: its review was due before ``day`` (None when the records
    hold no date), graded as unreliable or false (``grades.keep_grades``), handling code absent, or a condition that
    nobody confirmed to be met for this recipient (``conditions_met``, ids of reports). A link to a report of which no
    row is known stays behind as well: its handling code is not known. ``audience`` is ``police`` or ``partner``.
    Whose own record stays behind is :func:`people_held`: nothing is taken away for it here, so that a pack can count
    what rests on it.
    Whoever is restricted (``evidence.restricted``) is gone or nameless before that.
    """
    dataset = in_use(dataset)
    reports = dataset["intel_reports"]
    held: dict[str, str] = {}
    for why, mask in _reasons(reports, audience, day, conditions_met, min_grade):
        for report in reports.filter(mask)["report_id"].to_pylist():
            held.setdefault(report, why)
    known = set(reports["report_id"].to_pylist())
    named = {r for t in ("intel_links", "associations") for r in pc.unique(dataset[t]["report_id"]).to_pylist() if r}
    held |= dict.fromkeys(sorted(named - known), "its handling code is not known")
    gone = pa.array(sorted(held), pa.string())
    tables = dict(dataset.tables)
    for name in ("intel_reports", "intel_links", "associations"):
        tables[name] = tables[name].filter(pc.invert(pc.is_in(tables[name]["report_id"], gone)))
    records = replace(dataset, tables=MappingProxyType(tables))
    return Leaving(records, MappingProxyType(held), dataset, people_held(dataset, day))


def people_held(dataset: Dataset, day: date | None) -> Mapping[str, str]:
    """Return by id why somebody's own record is not given away, for the first reason of ``_PEOPLE_HELD`` that holds."""
    held: dict[str, str] = {}
    for why, people in _PEOPLE_HELD:
        held = dict.fromkeys(people(dataset, day), why) | held
    return MappingProxyType(held)


def _overdue(dataset: Dataset, day: date | None) -> Collection[str]:
    # A child's own review takes nothing away: the pack is there to protect the child.
    tables = {key: dataset[name] for name, key in PERSON_TABLES.items() if name != "children"}
    return {person for key, t in tables.items() for person in t.filter(overdue(t, day))[key].to_pylist()}


def _restricted(dataset: Dataset, _day: date | None) -> Collection[str]:
    return {*(dataset.withheld or ()), *restricted_ids(dataset.tables)}


_PEOPLE_HELD: tuple[tuple[str, Callable[[Dataset, date | None], Collection[str]]], ...] = (
    (RESTRICTED, _restricted),
    (OVERDUE, _overdue),
)
"""Why a person's record stays behind, in words, and whose does on a day: one line for each such reason."""


def may_know(dataset: Dataset) -> Leaving:
    """Return all records as they are, for decisions that stay inside."""
    return Leaving(dataset, MappingProxyType({}), dataset, MappingProxyType({}))


def reports_about(dataset: Dataset, people: Collection[str]) -> set[str]:
    """Return the ids of reports that name one of these people or record a contact of theirs."""
    ids = pa.array(sorted(people), pa.string())
    links, contacts = dataset["intel_links"], dataset["associations"]
    found = set(links.filter(pc.is_in(links["person_id"], ids))["report_id"].to_pylist())
    either = pc.or_(pc.is_in(contacts["person_a"], ids), pc.is_in(contacts["person_b"], ids))
    return found | {r for r in contacts.filter(either)["report_id"].to_pylist() if r}


def _reasons(
    reports: pa.Table, audience: str, day: date | None, met: Collection[str], min_grade: str
) -> list[tuple[str, pa.ChunkedArray]]:
    scheme, code = pc.fill_null(reports["grading_scheme"], ""), pc.fill_null(reports["handling_code"], "")
    permitted = pa.chunked_array([pa.array([False] * reports.num_rows, pa.bool_())])
    for name, codes in PERMITTED.items():
        here = pc.and_(pc.equal(scheme, name), pc.is_in(code, pa.array(codes[audience], pa.string())))
        permitted = pc.or_(permitted, here)
    unconditional = pc.equal(pc.fill_null(reports["handling_conditions"], ""), "")
    confirmed = pc.is_in(reports["report_id"], pa.array(sorted(met), pa.string()))
    return [
        ("review overdue", overdue(reports, day)),
        ("graded as unreliable or suspected false", pc.invert(keep_grades(reports, min_grade))),
        ("its handling code is not known", pc.and_(pc.equal(code, ""), pc.invert(confirmed))),
        ("handling condition not met", pc.invert(pc.or_(pc.and_(permitted, unconditional), confirmed))),
    ]
