"""Referrals: what is refused and what to do instead, what is recorded, and the pack for the route."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from ocgnet.audit.read import Told
from ocgnet.casework.child_records import ChildRecords, child_records, known_people, near_ids
from ocgnet.casework.disclosure.disclose import grown_since, others_named, period_words
from ocgnet.casework.disclosure.pack import RECEIPT, Pack, cut_tables
from ocgnet.casework.disclosure.sentences import for_reader, referred
from ocgnet.casework.may_leave import may_know, may_leave
from ocgnet.casework.recipients import ROUTES, SharingRules, sharing_rules
from ocgnet.casework.referral.routes_open import next_steps, signs_of_exploitation, signs_of_risk
from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.ages import ADULT
from ocgnet.evidence.period import period_of
from ocgnet.settings import Settings

_NO_RESPONDER = re.compile(r"\b(school|academy|college|university|nhs|hospital|surgery|gp|clinic)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Referral:
    """One referral as it is asked for."""

    person: str
    kind: str  # a key of ``ROUTES``
    on: date
    by: str
    reason: str
    first_responder: str = ""  # organisation that makes an NRM referral
    consent: str = ""  # for an adult: how consent was given

    def row(self) -> dict[str, str]:
        """Return the row of the table ``referrals`` that records it."""
        responder = f", first responder {self.first_responder.strip()}" if self.first_responder.strip() else ""
        consent = f" Consent: {self.consent.strip()}" if self.consent.strip() else ""
        return {
            "person_id": self.person,
            "kind": self.kind,
            "made_on": self.on.isoformat(),
            "made_by": self.by.strip() + responder,
            "reason": self.reason.strip() + consent,
        }


@dataclass(frozen=True)
class Begun:
    """A referral that is on record while the command that made it came to no end."""

    referral: Referral  # as it is on record, its day included
    receipt: str

    def is_in(self, folder: Path) -> bool:
        """Tell whether its pack stands whole in a folder: one appears in one step or not at all."""
        try:
            document = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(document, dict) and document.get("receipt") == self.receipt

    def taken_from(self, dataset: Dataset) -> Dataset:
        """Return the records as they were before it was recorded, so that its pack is the one that was meant."""
        row = self.referral.row()
        others = [r for r in dataset["referrals"].to_pylist() if _text(r) != row]
        table = pa.Table.from_pylist(others, schema=dataset["referrals"].schema)
        return replace(dataset, tables=MappingProxyType({**dataset.tables, "referrals": table}))


def begun_before(
    dataset: Dataset, acts: Iterable[Told], referral: Referral, on: date | None, out: Path
) -> Begun | None:
    """Return the referral that the very same command recorded already; None when there is none.

    It may have come to no end, or been done with its pack in ``out``.

    Only where ``acts`` of the log tell that this act began to record and never that it was done, the pack may be
    missing: a row that came from elsewhere is a referral that somebody has sent. Without ``on`` the day of the act
    that came to no end counts.
    """
    asked = (referral.kind, referral.by.strip(), " ".join(referral.reason.split()))
    same = [a for a in acts if a.kind == "refer" and (a.recipient, a.by, a.reason) == asked]
    same = [a for a in same if referral.person in a.people and a.facts.get("receipt")]
    rows = [_text(r) for r in dataset["referrals"].to_pylist()]
    done = {a.facts.get("on") for a in same if a.end == "done"}
    for act in reversed(same):
        day = str(act.facts.get("on"))
        if on is not None and day != on.isoformat():
            continue
        begun = Begun(replace(referral, on=date.fromisoformat(day)), str(act.facts["receipt"]))
        if begun.referral.row() in rows and (day not in done or begun.is_in(out)):
            return begun
    return None


def _text(row: Mapping[str, object]) -> dict[str, str]:
    return {name: "" if row[name] is None else str(row[name]) for name in _ROW}


_ROW = ("person_id", "kind", "made_on", "made_by", "reason")


def referral_pack(dataset: Dataset, referral: Referral, settings: Settings, rules: SharingRules | None = None) -> Pack:
    """Refuse what is wrong, and build the pack for the route.

    ``as_of`` of the settings is the day on which ages are judged; ``rules`` are the shipped ones where none are given.
    Raises UsageError with what to do instead; see
    :func:`refuse` and :func:`refuse_words`.
    """
    refuse_words(dataset, referral)
    route = (rules or sharing_rules()).routes[referral.kind]
    period = period_of(dataset, settings)
    leaving = may_leave(dataset, route.handling, period.as_of, min_grade=settings.min_grade)
    records = child_records(leaving, period, settings, [referral.person], referral.on)
    # What is refused is decided on everything known, not only on what may leave.
    known = child_records(may_know(dataset), period, settings, [referral.person], referral.on)
    refuse(referral, known, settings)
    cut = cut_tables(records, route)
    facts = [("Route", _route_words(referral.kind))]
    if referral.first_responder.strip():
        facts.append(("First responder", referral.first_responder.strip()))
    if referral.consent.strip():
        facts.append(("Consent", referral.consent.strip()))
    sees_age = "children.age" in route.places()
    since = grown_since(dataset, [referral.person], period.as_of, referral.on)
    if since and sees_age:
        facts.append(("Age", since))
    return Pack(
        audience=route,
        about=dataset.about,
        title=_title(referral.kind, _aged(records) if sees_age else "A person"),
        by=referral.by.strip(),
        reason=referral.reason.strip(),
        on=referral.on,
        agreement=route.agreement,
        destroy_by=route.last_day(referral.on),
        period=period_words(period),
        children=cut.children,
        tables=cut.tables,
        withheld=(*leaving.held_from(route, [referral.person]), *cut.people),
        kept_back=cut.kept_back,
        steps=for_reader(referred(cut.tables), route.places()),
        facts=tuple(facts),
        before_it_leaves=others_named(dataset, [referral.person], route, cut, referral.reason),
        for_sender=next_steps(referral.kind, referral.person, dataset, known, settings),
    )


def refuse_words(dataset: Dataset, referral: Referral) -> None:
    """Refuse a referral whose own words are wrong: kind, person, reason, author, or one that is on record already."""
    if referral.kind not in ROUTES:
        raise UsageError(f"There is no route {referral.kind}. --kind is one of {', '.join(ROUTES)}.")
    known = known_people(dataset)
    if referral.person not in known:
        raise UsageError(
            f"No person {referral.person} in these records.{near_ids(referral.person, known)} A child who is not on "
            "record yet: call the MASH now, and add the child to children.csv afterwards."
        )
    if not referral.reason.strip():
        raise UsageError("Say with --reason what you are worried about and why now, in a sentence or two.")
    if not referral.by.strip():
        raise UsageError("Say with --by who makes the referral: a person answers for it, never a program.")
    same = [
        r
        for r in dataset["referrals"].to_pylist()
        if (r["person_id"], r["kind"], r["made_on"]) == (referral.person, referral.kind, referral.on)
    ]
    if same:
        who = f" by {same[0]['made_by']}" if same[0]["made_by"] else ""
        raise UsageError(
            f"A referral of this kind for {referral.person} is on record for {referral.on} already{who}. Do not send "
            "it twice: call the team that has it, and tell them what is new."
        )


def refuse(referral: Referral, records: ChildRecords, settings: Settings) -> None:
    """Refuse a route that is wrong for this person.

    ``records`` hold what may not leave too. Raises UsageError with the right route.
    """
    who = records.of(referral.person, "children")[0]
    # Age in doubt counts as under 18.
    grown = who["age"].isdigit() and int(who["age"]) >= ADULT
    refused_by_route = {"mash": _mash, "nrm": _nrm, "ictg": _ictg, "cpi": _cpi, "early_help": _early_help}
    refused_by_route[referral.kind](referral, records, settings, grown)


def _mash(referral: Referral, records: ChildRecords, _settings: Settings, grown: bool) -> None:
    if grown:
        raise UsageError(
            f"{_aged_on(referral, records)}, and the MASH route here is for children. Send a concern about an adult "
            "at risk to the local authority's adult safeguarding team; for suspected modern slavery use --kind nrm "
            "with the person's consent."
        )


def _nrm(referral: Referral, records: ChildRecords, _settings: Settings, grown: bool) -> None:
    responder = referral.first_responder.strip()
    if not responder:
        raise UsageError(
            "Only a first responder may refer to the NRM. Name the organisation with --first-responder, such as the "
            "police force or the local authority; if yours is none, ask one of these two to refer."
        )
    if _NO_RESPONDER.search(responder):
        raise UsageError(
            f"{responder} is no first responder: schools and health services are not. Ask the police or the local "
            "authority to refer, and make a MASH referral today."
        )
    if grown and not referral.consent.strip():
        raise UsageError(
            f"{_aged_on(referral, records)}: an adult goes to the NRM only with informed consent. Record it with "
            "--consent and who took it when; without consent send the Home Office a duty to notify form instead."
        )


def _ictg(referral: Referral, records: ChildRecords, _settings: Settings, grown: bool) -> None:
    if grown:
        raise UsageError(
            f"{_aged_on(referral, records)}, and a guardian is for children. Ask the NRM for the support of adults."
        )
    if not any(r["kind"] == "nrm" for r in records.of(referral.person, "referrals")):
        raise UsageError(
            f"No NRM referral is on record for {referral.person} up to {referral.on}. A guardian stands beside the "
            "NRM, never instead of it: record --kind nrm first, then this."
        )


def _cpi(referral: Referral, records: ChildRecords, settings: Settings, grown: bool) -> None:
    if not grown and (signs := signs_of_risk(records, referral.person, settings)):
        raise UsageError(
            f"A CPI form is intelligence, not a referral, and protects nobody. {referral.person} may be at risk "
            f"({'; '.join(signs[:3])}{'; and more' if len(signs) > 3 else ''}): use --kind mash today. "
            "Information for the police may follow on a form of its own: ocgnet intake cpi."
        )


def _early_help(referral: Referral, records: ChildRecords, settings: Settings, grown: bool) -> None:
    if grown:
        raise UsageError(f"{_aged_on(referral, records)}, and early help is for children and their families.")
    hub = any(r["kind"] == "mash" for r in records.of(referral.person, "referrals"))
    if not hub and (signs := signs_of_exploitation(records, referral.person, settings)):
        raise UsageError(
            f"Early help is not enough for {referral.person} ({'; '.join(signs[:3])}): use --kind mash. Early help "
            "may follow when the MASH has looked at it."
        )


def _aged_on(referral: Referral, records: ChildRecords) -> str:
    return f"{referral.person} is {records.of(referral.person, 'children')[0]['age']} on {records.period.as_of}"


def _aged(records: ChildRecords) -> str:
    age = records.rows["children"][0]["age"]
    if not age.isdigit():
        return "A child whose age is not known"
    return f"A child aged {age}" if int(age) < ADULT else f"A person aged {age}"


def _title(kind: str, who: str) -> str:
    if kind == "cpi":
        return f"Information about {who[0].lower()}{who[1:]} for {ROUTES[kind].title}"
    return f"{who}: referral to {ROUTES[kind].title}"


def _route_words(kind: str) -> str:
    return {
        "mash": "MASH: risk of harm",
        "nrm": "NRM: possible modern slavery, by a first responder",
        "ictg": "ICTG: a guardian beside the NRM",
        "cpi": "CPI: intelligence, not a referral",
        "early_help": "early help: support with the family's agreement",
    }[kind]
