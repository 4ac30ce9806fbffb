"""From checked forms to reports: graded by rule, each taken once, near copies flagged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from ocgnet.casework.intake.form_checks import FilledForm, NamedPerson
from ocgnet.casework.intake.forms import GRADES, UNGRADED, Form
from ocgnet.casework.intake.matching import likeness
from ocgnet.dataset import Dataset
from ocgnet.spelling import plain

NAMED = " People named on the form: "
"""Stands in the text of a report between what the form says and whom it names."""

NEAR = 90.0
"""Likeness of two texts of one submitter, out of 100, from which the later one is flagged as a near copy."""


@dataclass(frozen=True)
class NewReport:
    """A report that is to be taken in."""

    report_id: str  # made from what the form says, so that the same form gives the same id
    row: Mapping[str, str]  # row of ``intel_reports`` as text
    people: tuple[NamedPerson, ...]  # whom the form names; nobody is linked yet
    graded: bool  # whether the grades are the form's own, not those of the rule for ungraded forms
    child_at_risk: bool
    near: str  # id of one of the same submitter's latest reports with nearly the same text; blank when none
    where: str  # file, sheet and row


LATEST = 100
"""Texts of the same submitter, the latest, with which a new one is compared: those on record by day and id, then
those of this batch."""


@dataclass(frozen=True)
class Intake:
    """What some forms come to."""

    new: tuple[NewReport, ...]  # in the order of the files
    # Place and id of forms that are on record, or in this batch, already; they are not taken again.
    again: tuple[tuple[str, str], ...]
    in_part: int  # of the new, how many have more earlier texts of their submitter than they were compared with
    receipts: Mapping[str, str]  # id of the report by the receipt of its form, those on record already among them

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """Rows of ``intel_reports``."""
        return [r.row for r in self.new]


def take_in(form: Form, forms: Sequence[FilledForm], dataset: Dataset) -> Intake:
    """Turn forms into reports.

    A form without any grade becomes a report as ``forms.UNGRADED`` says; a grade that is given is kept under its own
    scheme. The id is the first 48 bits of SHA-256 over kind, day, submitter, text and the people named, with capitals
    and spacing evened out. The people are named in the text too, so that nothing is lost when nobody on record is
    meant.
    """
    known = set(dataset["intel_reports"]["report_id"].to_pylist())
    texts: dict[str, list[tuple[str, str]]] = {}
    reports = dataset["intel_reports"].select(["report_id", "reported_on", "source_ref", "text"]).to_pylist()
    for row in sorted(reports, key=lambda r: (r["reported_on"] or date.min, r["report_id"])):
        if row["source_ref"] and row["text"]:
            texts.setdefault(plain(row["source_ref"]), []).append((row["report_id"], _own_words(row["text"])))
    new: list[NewReport] = []
    receipts: dict[str, str] = {}
    again: list[tuple[str, str]] = []
    in_part = 0
    for filled in forms:
        where = f"{filled.where}, row {filled.row}"
        source = _source(filled)
        report_id = form.prefix + _fingerprint(form, filled, source)
        receipts[filled.receipt] = report_id
        if report_id in known:
            again.append((where, report_id))
            continue
        known.add(report_id)
        text = _text(filled)
        earlier = texts.setdefault(plain(source), [])
        own = _own_words(text)
        in_part += len(earlier) > LATEST
        near = next((i for i, t in earlier[-LATEST:] if likeness(t, own) >= NEAR), "")
        earlier.append((report_id, own))
        row = _row(form, filled, report_id, source, text)
        at_risk = bool(filled.fields.get("child_at_risk"))
        new.append(NewReport(report_id, row, filled.people, filled.graded, at_risk, near, where))
    return Intake(tuple(new), tuple(again), in_part, MappingProxyType(receipts))


def _source(filled: FilledForm) -> str:
    if "source_ref" in filled.fields:
        return str(filled.fields["source_ref"])
    return f"{filled.fields['organisation']}, {filled.fields['submitter']}"


def _text(filled: FilledForm) -> str:
    named = "; ".join(p.words() for p in filled.people)
    return f"{filled.fields['text']}{NAMED}{named}." if named else str(filled.fields["text"])


def _own_words(text: str) -> str:
    """Return what the form says, without the list of people, for comparing."""
    return plain(text.partition(NAMED)[0])


def _fingerprint(form: Form, filled: FilledForm, source: str) -> str:
    people = sorted(plain(p.words()) for p in filled.people)
    said = [form.name, str(filled.fields["submitted_on"]), plain(source)]
    said += [plain(str(filled.fields[n])) for n in ("title", "text")]
    digest = hashlib.sha256(json.dumps([said, people], ensure_ascii=False).encode("utf-8"))
    return digest.hexdigest()[:12].upper()


def _row(form: Form, filled: FilledForm, report_id: str, source: str, text: str) -> dict[str, str]:
    given = filled.fields
    grades = (
        {n: str(given[n]) for n in (*GRADES, "handling_conditions") if n in given} if filled.graded else dict(UNGRADED)
    )
    if not filled.graded and "handling_conditions" in given:
        grades["handling_conditions"] += f"|{given['handling_conditions']}"
    return {
        "report_id": report_id,
        "reported_on": given["submitted_on"].isoformat(),
        **grades,
        "origin": form.origin or str(given["origin"]),
        "sector": str(given.get("sector", "")),
        "source_ref": source,
        "district": str(given.get("district", "")),
        "topics": str(given.get("topics", "")),
        "title": str(given["title"]),
        "text": text,
        "review_due": given["review_due"].isoformat() if "review_due" in given else "",
    }
