"""What a submitter may be told of what became of a form: nothing of anybody, and no more than the rules allow.

Whether a referral followed is told only to a sector whose recipient may see referrals (``recipients.toml``), and as one
word; who was referred, and whether anybody is on record at all, is told to nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.audit.read import Told
from ocgnet.casework.intake.forms import UNGRADED
from ocgnet.casework.may_leave import people_held
from ocgnet.casework.recipients import Audience, SharingRules
from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.restricted import in_use
from ocgnet.views.words.numbers import day as day_text

RECIPIENT_OF: Mapping[str, str] = {
    "education": "education",
    "health": "health",
    "housing": "housing",
    "social care": "childrens-services",
    "youth justice": "youth-justice",
}
"""Which recipient of ``recipients.toml`` a sector is; of any other sector nothing about referrals is told."""

SEVERAL = "different outcomes"
"""One word for outcomes that are not alike: how many referrals there were is not told."""


@dataclass(frozen=True)
class TakenIn:
    """A form that was taken in, as the log tells."""

    receipt: str
    report_id: str
    on: str  # day, by universal time
    number: int  # of the act in the log


def taken_in(acts: Iterable[Told], receipt: str) -> TakenIn:
    """Return the form of a receipt: the first time that it was taken in.

    Raises
    ------
    UsageError
        When no form was taken in under it; a form of the same number under another receipt is said.
    """
    asked, others = _plain(receipt), []
    for act in acts:
        receipts = act.facts.get("receipts")
        if act.kind != "intake" or act.end != "done" or not isinstance(receipts, dict):
            continue
        for one, report_id in receipts.items():
            if _plain(one) == asked:
                return TakenIn(one, str(report_id), act.at[:10], act.number)
            if one.rpartition("-")[0].casefold() == asked.rpartition("-")[0]:
                others.append(one)
    if others:
        raise UsageError(
            f"No form was taken in under {receipt}. The form of that number came in as {others[-1]}: read the receipt "
            "again, or the file was changed on the way, and the submitter sends it again."
        )
    raise UsageError(
        f"No form was taken in under {receipt}, as far as the log of this computer tells. Read it again, or ask "
        "whoever takes forms in."
    )


def _plain(receipt: str) -> str:
    return "".join(receipt.split()).casefold()


@dataclass(frozen=True)
class Feedback:
    """What is told."""

    recipient: str  # name of the recipient whose rules hold; empty where a sector is none
    sector: str
    lines: tuple[str, ...]  # for the submitter
    people: tuple[str, ...]  # whose records were looked at, for the log alone


def feedback(dataset: Dataset, form: TakenIn, acts: Sequence[Told], rules: SharingRules, day: date) -> Feedback:
    """Return what the submitter of a form may be told on a day.

    ``dataset`` are all checked records; nothing is told of people whose own record stays behind, and it is not told
    that there are any.
    """
    whole = dataset["intel_reports"]
    rows = whole.filter(pc.equal(whole["report_id"], form.report_id)).to_pylist()
    received = date.fromisoformat(form.on)
    lines = [f"Receipt {form.receipt}.", f"Received on {day_text(received)}."]
    if not rows:
        return Feedback("", "", (*lines, "It is no longer held.", _LAST), ())
    report = rows[0]
    graded = any(report[name] != UNGRADED[name] for name in _GRADES)
    lines.append("The intelligence team has assessed it." if graded else "It has not been assessed yet.")
    made = any(a.number > form.number and a.end == "done" and a.what.startswith("ocgnet profile ") for a in acts)
    lines.append(
        "A local profile was made since. What partners send is counted in it, and never quoted."
        if made
        else "No local profile has been made since, as far as is known here."
    )
    sector = report["sector"] or ""
    audience = rules.recipients.get(RECIPIENT_OF.get(sector, ""))
    people: tuple[str, ...] = ()
    if audience is not None and "referrals.kind" in audience.places():
        people = _named(dataset, form.report_id, day)
        lines.append(_referral(in_use(dataset), people, report["reported_on"], day, audience))
    else:
        lines.append("Whether a referral followed is not told to your sector.")
    return Feedback(audience.name if audience else "", sector, (*lines, _LAST), people)


_GRADES = ("source_grade", "intelligence_grade", "handling_code", "handling_conditions")
_LAST = (
    "A form protects nobody: in danger now, call 999; a child at risk, call the MASH. If you learn more, send another "
    "form."
)
NOTHING_TO_TELL = "There is no referral of which you can be told."
"""The same whether there is none or none that may be told."""


def _named(dataset: Dataset, report_id: str, day: date) -> tuple[str, ...]:
    """Return whom a person linked to the report, without those whose own record stays behind."""
    links = dataset["intel_links"]
    held = people_held(dataset, day)
    linked = links.filter(pc.equal(links["report_id"], report_id))["person_id"].to_pylist()
    return tuple(sorted(set(linked) - set(held)))


def _referral(dataset: Dataset, people: Collection[str], since: date | None, day: date, audience: Audience) -> str:
    made = dataset["referrals"]
    rows = [
        r
        for r in made.filter(pc.is_in(made["person_id"], pa.array(sorted(people), pa.string()))).to_pylist()
        # Partnership information is no referral.
        if r["kind"] != "cpi" and (since is None or r["made_on"] >= since) and r["made_on"] <= day
    ]
    if not rows:
        return NOTHING_TO_TELL
    if "referrals.outcome_kind" not in audience.places():
        return "A referral followed."
    known = {
        r["outcome_kind"].replace("_", " ")
        if r["outcome_kind"] and (r["outcome_on"] or day) <= day
        else "not yet known"
        for r in rows
    }
    return f"A referral followed. Outcome: {known.pop() if len(known) == 1 else SEVERAL}."
