"""Signs in the records that a child is at risk: they decide which route is refused, never who is to blame."""

from __future__ import annotations

from ocgnet.analysis.children.records import NOT_SAID, risk_level
from ocgnet.casework.child_records import ChildRecords
from ocgnet.casework.concerns import MISSING_NOW
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.settings import Settings

_EXPLOITED = ("cse", "cce", "modern slavery", "county line")
_PRESSED = ("own_membership", "missing_with", "stopped_with", "arrested_with", "same_crime_as_victim")


def signs_of_risk(records: ChildRecords, child: str, settings: Settings) -> tuple[str, ...]:
    """Return every sign on record that the child may be at risk, in words; empty when there is none."""
    found = [c.concern for c in records.concerns if c.child_id == child]
    found += [f"recorded risk of {what}: {level}" for what, level in _risks(records, child, settings)]
    if victim := [r for r in records.of(child, "crimes") if r["standing"] == "victim"]:
        found.append(f"victim of {counted(len(victim), 'crime')}")
    if missing := records.of(child, "missing"):
        found.append(f"went missing {counted(len(missing), 'time')}")
    if observed := [r for r in records.of(child, "experiences") if r["status"] == "observed"]:
        found.append(f"at least {counted(len(observed), 'adverse childhood experience')}")
    return tuple(dict.fromkeys(found))


def signs_of_exploitation(records: ChildRecords, child: str, settings: Settings) -> tuple[str, ...]:
    """Return the signs that early help alone does not answer; empty when there is none."""
    risks = _risks(records, child, settings)
    found = [f"recorded risk of {what}: {level}" for what, level in risks if risk_level(level, settings) == "raised"]
    found += [c.concern for c in records.concerns if c.child_id == child and c.basis in _PRESSED]
    crimes = records.of(child, "crimes")
    if any(word in r["flags"] for r in crimes for word in _EXPLOITED):
        found.append("named in a crime that is marked as exploitation")
    if (times := len(records.of(child, "missing"))) >= settings.repeat_missing:
        found.append(f"went missing {times} times")
    observed = sum(r["status"] == "observed" for r in records.of(child, "experiences"))
    if observed >= settings.many_aces:
        found.append(f"at least {observed} adverse childhood experiences")
    return tuple(dict.fromkeys(found))


def _risks(records: ChildRecords, child: str, settings: Settings) -> list[tuple[str, str]]:
    who = records.of(child, "children")[0]
    pairs = [("sexual exploitation", who["cse_risk"]), ("criminal exploitation", who["cce_risk"])]
    newest = {
        row["exploitation"]: row["level"] for row in sorted(records.of(child, "risks"), key=lambda r: r["assessed_on"])
    }
    pairs += [(f"{kind} exploitation, as assessed", level) for kind, level in sorted(newest.items(), reverse=True)]
    return [(what, level) for what, level in pairs if risk_level(level, settings) not in (NOT_SAID, "none")]


# What to do after a referral and whom to tell, from the route and from what is on record.

_FIRST: dict[str, tuple[str, ...]] = {
    "mash": (
        "Send this to the MASH of the area where the child lives, today. A child in danger now: call 999 first.",
        "Not heard of within three working days: ask again. Record the outcome.",
    ),
    "nrm": (
        "The first responder makes the referral on the Home Office's online form; this pack is what to put into it.",
        "A child needs no consent for the NRM. Tell the child in words that fit what happens next.",
        "Record the crime of modern slavery, and keep the child as its victim.",
    ),
    "ictg": (
        "Send this to the guardian service of the area, with the reference of the NRM referral.",
        "The social worker keeps the responsibility for the child; the guardian stands beside the child.",
    ),
    "cpi": (
        "Send this to the force's intelligence team. It is not urgent, and nobody is protected because of it.",
        "If a child turns out to be at risk, make a MASH referral: a CPI form never stands for one.",
    ),
    "early_help": (
        "Agree it with the parents or carers, and with the child as far as age allows; without them it cannot start.",
        "If a sign of harm or exploitation appears, make a MASH referral the same day.",
    ),
}


def next_steps(kind: str, person: str, dataset: Dataset, records: ChildRecords, settings: Settings) -> tuple[str, ...]:
    """Return what to do next, the most pressing first.

    ``dataset`` holds all records, for other children with the same adults. No sentence names anybody but the people
    responsible.
    """
    steps = list(_FIRST[kind])
    if kind == "cpi":
        return tuple(steps)
    made = {r["kind"] for r in records.of(person, "referrals")} | {kind}
    if kind in ("nrm", "ictg") and "mash" not in made:
        steps.insert(0, "No MASH referral is on record: make one today. This route does not protect the child tonight.")
    if any(r["return_interview"] == MISSING_NOW for r in records.of(person, "missing")):
        steps.insert(0, "The child is missing now: call the police's missing persons unit before anything else.")
    if kind == "mash" and "nrm" not in made and signs_of_exploitation(records, person, settings):
        steps.append(
            "There are signs of exploitation and no NRM referral on record: ask the police or the local authority, "
            "as first responders, to decide on one."
        )
    if kind == "nrm" and "ictg" not in made:
        steps.append("Ask for an independent guardian beside it (ICTG), where the service works.")
    who = records.of(person, "children")[0]
    if who["social_worker"]:
        steps.append(f"Tell the social worker on record: {who['social_worker']}.")
    if any(r["return_interview"] == "outstanding" for r in records.of(person, "missing")):
        steps.append("A return interview is outstanding: tell the missing persons coordinator.")
    if any(r["standing"] in ("suspect", "convicted") for r in records.of(person, "crimes")):
        steps.append(
            "The child is also named as a suspect: tell the officer in the case, who considers exploitation and the "
            "defence of section 45 of the Modern Slavery Act before anything else."
        )
    if others := other_children(dataset, person):
        is_one = len(others) == 1
        steps.append(
            f"{len(others)} other {'child is' if is_one else 'children are'} on record with the same adults: look at "
            f"{'this child' if is_one else 'each of them'} too."
        )
    return tuple(steps)


def other_children(dataset: Dataset, person: str) -> tuple[str, ...]:
    """Return the ids of other children of the same adults, sorted."""
    rows = dataset["family_links"].to_pylist()
    adults = {r["adult_id"] for r in rows if r["child_id"] == person}
    return tuple(sorted({r["child_id"] for r in rows if r["adult_id"] in adults} - {person}))
