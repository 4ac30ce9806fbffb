"""One case: what is recorded about a person, part by part, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ocgnet.casework.cases.case_records import CaseRecords, Episode, Person, Row, record_of
from ocgnet.english import counted
from ocgnet.model.response import NRM_STAGES
from ocgnet.words import built_in, plain

YEAR = 365
"""Days up to the day of judgement of which missing episodes are counted beside those of the rule."""

GUIDANCE = "statutory guidance on children who run away or go missing from home or care, January 2014"
"""What asks for a return interview within 72 hours."""

NO_OUTCOME_DUE = ("cpi",)
"""Routes of which nothing comes back: a form of partnership information is intelligence and no referral."""

_UNDECIDED = frozenset(
    ("pending", "awaiting", "awaited", "awaiting outcome", "awaiting decision", "outcome awaited", "open", "ongoing",
     "in progress", "not yet decided", "undecided", "tbc")
)  # fmt: skip
"""Outcomes that say that there is none yet, beside the words for "not known"."""


@dataclass(frozen=True)
class Entry:
    """One thing on record about a person."""

    part: str  # key of ``PARTS``
    on: date | None  # when it began or happened; None when that is not recorded
    until: date | None  # its last day, where it has one
    state: str  # "now" (it holds, or waits), "ahead" or "past"
    what: str  # in a few words of ours
    more: str  # what is recorded of it, somebody's own words last, where a page may cut them; may be empty
    records: tuple[str, ...]  # the rows it was read from; several where missing episodes overlap


@dataclass(frozen=True)
class Part:
    """One part of a case."""

    name: str  # key of ``PARTS``
    says: str  # what it comes to, in a sentence
    entries: tuple[Entry, ...]  # the latest first
    without: tuple[str, ...]  # tables that these records do not hold, so that the part is not known or not whole


def recorded_words(text: object) -> str:
    """Return a word of a list as it is read, such as a kind of order.

    >>> recorded_words("child_abduction_warning_notice")
    'child abduction warning notice'
    """
    return str(text or "").replace("_", " ")


def meeting_words(kind: object) -> str:
    """Return what a meeting of a kind is called.

    >>> meeting_words("exploitation"), meeting_words("child_protection_conference")
    ('exploitation meeting', 'child protection conference')
    """
    return f"{recorded_words(kind)} meeting".replace("conference meeting", "conference")


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _entries(entries: list[Entry]) -> tuple[Entry, ...]:
    """Put the latest first and what has no day last; what is alike stands in the order of its records."""
    dated = sorted((e for e in entries if e.on is not None), key=lambda e: e.records)
    undated = sorted((e for e in entries if e.on is None), key=lambda e: e.records)
    return (*sorted(dated, key=lambda e: e.on or date.min, reverse=True), *undated)


# Referrals.


def has_outcome(row: Row, day: date) -> bool:
    """Whether what came of a referral was known on a day; "pending" and "not known" are no outcome."""
    if row["outcome_on"] is not None and row["outcome_on"] > day:
        return False
    word = plain(row["outcome"] or "")
    written = bool(word) and word not in _UNDECIDED and word not in built_in().not_known
    return written or row["outcome_kind"] is not None


def outcome_words(row: Row) -> str:
    """Return what came of a referral: the word, and what somebody wrote beside it.

    >>> outcome_words({"outcome_kind": "passed_on", "outcome": "to early help"})
    'passed on (to early help)'
    """
    word, text = recorded_words(row["outcome_kind"]), row["outcome"] or ""
    return f"{word} ({text})" if word and text and plain(text) != plain(word) else word or text


def decided_by_stage(records: CaseRecords, row: Row) -> str:
    """Return the stage by which an NRM referral without an outcome was decided since; empty when none is recorded."""
    stages = stages_since(records, row)
    return f"{recorded_words(stages[-1]['stage'])}, decided on {stages[-1]['decided_on']}" if stages else ""


def stages_since(records: CaseRecords, row: Row) -> list[Row]:
    """Return the decisions of the NRM about somebody since a referral to it, by day; none of another referral."""
    if row["kind"] != "nrm":
        return []
    later = [
        s
        for s in records.of("nrm_stages", row["person_id"])
        if s["stage"] != "referred" and s["decided_on"] is not None and s["decided_on"] >= row["made_on"]
    ]
    return sorted(later, key=lambda s: (s["decided_on"], NRM_STAGES.index(s["stage"])))


def waits(records: CaseRecords, row: Row) -> bool:
    """Whether a referral still waits for an outcome."""
    return (
        row["kind"] not in NO_OUTCOME_DUE and not has_outcome(row, records.day) and not decided_by_stage(records, row)
    )


ROUTES: Mapping[str, str] = {
    "mash": "MASH referral",
    "nrm": "NRM referral",
    "ictg": "referral to a trafficking guardian (ICTG)",
    "cpi": "partnership information (CPI form, no referral)",
    "early_help": "early help referral",
}


def _referrals(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    entries, waiting = [], 0
    for row in records.of("referrals", person.id):
        waiting += waits(records, row)
        days = counted((records.day - row["made_on"]).days, "day")
        known = has_outcome(row, records.day)
        if known:
            decided = f" on {row['outcome_on']}" if row["outcome_on"] else ""
            outcome = f"outcome{decided}: {outcome_words(row)}"
        elif stage := decided_by_stage(records, row):
            outcome = f"{stage}"
        elif row["kind"] in NO_OUTCOME_DUE:
            outcome = "no outcome is due"
        else:
            later = row["outcome_on"] is not None and row["outcome_on"] > records.day
            written = f" (recorded: {row['outcome']})" if row["outcome"] and not later else ""
            outcome = f"no outcome after {days}{written}"
        by = f"by {row['made_by']}" if row["made_by"] else "by whom is not recorded"
        reason = f"because: {row['reason']}" if row["reason"] else ""
        more = _joined(by, outcome, reason) if known else _joined(outcome, by, reason)
        state = "now" if waits(records, row) else "past"
        what = ROUTES[row["kind"]]
        entries.append(Entry("referrals", row["made_on"], None, state, what, more, (record_of("referrals", row),)))
    total = counted(len(entries), "referral")
    return f"{total}, {waiting} without an outcome." if entries else "No referral is recorded.", entries


# Services.


def holds_on(row: Row, day: date) -> bool:
    """Whether an assignment, order or plan that has begun has not ended: its last day counts."""
    return row["to_date"] is None or row["to_date"] >= day


def service_words(records: CaseRecords, service: str) -> str:
    """Return what a service is called, with its id."""
    row = records.services.get(service)
    if row is None:
        return f"{service} (no such row of services)"
    kind = recorded_words(row["kind"])
    beside = ", ".join(filter(None, (row["agency"] or "", kind)))
    return f"{row['name']} ({service}{f'; {beside}' if beside else ''})"


def current_assignments(records: CaseRecords, person: str) -> list[Row]:
    """Return the assignments of somebody that hold on the day."""
    return [row for row in records.of("assignments", person) if holds_on(row, records.day)]


def assigned(records: CaseRecords, person: str) -> tuple[tuple[str, str], ...]:
    """Return the services that look after somebody on the day with the owner, or an empty text; sorted, each once."""
    current = current_assignments(records, person)
    return tuple(sorted({(row["service_id"], " ".join((row["owner"] or "").split())) for row in current}))


def _services(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    entries = []
    for row in records.of("assignments", person.id):
        current = holds_on(row, records.day)
        owner = f"owner: {row['owner']}" if row["owner"] else "no owner recorded"
        ended = f"{'until' if current else 'ended'} {row['to_date']}" if row["to_date"] else "no end recorded"
        entries.append(
            Entry(
                "services",
                row["from_date"],
                row["to_date"],
                "now" if current else "past",
                service_words(records, row["service_id"]),
                _joined(owner, ended),
                (record_of("assignments", row),),
            )
        )
    now = sum(e.state == "now" for e in entries)
    if not entries:
        return "No service is recorded, and nobody owns the case.", entries
    named = sorted({owner for _, owner in assigned(records, person.id) if owner})
    owned = f"owned by {', '.join(named)}" if named else "and nobody owns the case"
    over = f", {len(entries) - now} ended" if len(entries) > now else ""
    are = f"{counted(now, 'service')} {'looks' if now == 1 else 'look'} after {person.id} now{over}"
    return f"{are}, {owned}.", entries


# Meetings.


def _meetings(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    entries = []
    for row in records.of("case_meetings", person.id):
        ahead = row["held_on"] > records.day
        # What is to be decided in a meeting ahead is not known yet, whatever the row says.
        more = _joined(
            f"next on {row['next_on']}" if row["next_on"] else "no next meeting arranged",
            f"there: {', '.join(p.strip() for p in row['attended'].split('|'))}" if row["attended"] else "",
            f"decided: {row['decisions']}" if row["decisions"] else "no decision recorded",
        )
        entries.append(
            Entry(
                "meetings",
                row["held_on"],
                None,
                "ahead" if ahead else "past",
                meeting_words(row["kind"]),
                "to be held" if ahead else more,
                (record_of("case_meetings", row),),
            )
        )
    held = [e.on for e in entries if e.state == "past" and e.on]
    ahead_on = [e.on for e in entries if e.state == "ahead" and e.on]
    ahead_on += [
        r["next_on"] for r in records.of("case_meetings", person.id)
        if r["next_on"] and r["held_on"] <= records.day <= r["next_on"]
    ]  # fmt: skip
    if not entries:
        return "No meeting is recorded.", entries
    last = f"last on {max(held)}" if held else "none held yet"
    following = f"the next on {min(ahead_on)}" if ahead_on else "no next one arranged"
    return f"{counted(len(held), 'meeting')} held, {last}, {following}.", entries


# Orders.


def _orders(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    entries, breached = [], 0
    for row in records.of("orders", person.id):
        current = holds_on(row, records.day)
        on = "the premises " + row["thing_id"] if row["thing_id"] else ""
        on = " and ".join(filter(None, (row["person_id"], on)))
        protects = f", to protect {row['protects']}" if row["protects"] else ""
        breach = row["breached_on"] is not None and row["breached_on"] <= records.day
        breached += breach
        end = f"{'runs until' if current else 'ran out on'} {row['to_date']}" if row["to_date"] else "no end recorded"
        more = _joined(
            f"BREACHED on {row['breached_on']}" if breach else "no breach recorded",
            end,
            f"made by {row['issued_by']}" if row["issued_by"] else "",
        )
        entries.append(
            Entry(
                "orders",
                row["from_date"],
                row["to_date"],
                "now" if current else "past",
                f"{recorded_words(row['kind'])} on {on}{protects}",
                more,
                (record_of("orders", row),),
            )
        )
    if not entries:
        return "No order is recorded, on or protecting this person.", entries
    now = sum(e.state == "now" for e in entries)
    broken = f", {breached} breached" if breached else ", no breach recorded"
    return f"{counted(len(entries), 'order')}, {now} in force{broken}.", entries


# Missing episodes.


def episodes_in(records: CaseRecords, person: str, days: int) -> int:
    """Return how many missing episodes began within so many days, the day of judgement the last of them."""
    first = records.day - timedelta(days=days)
    return sum(first < e.begun.date() for e in records.episodes(person))


def is_repeat_missing(records: CaseRecords, person: str) -> bool:
    """Whether a case is managed as repeat missing by the rule of the settings."""
    rule = records.settings
    return episodes_in(records, person, rule.repeat_case_days) >= rule.repeat_case_episodes


def interview_words(records: CaseRecords, episode: Episode) -> str:
    """Return what is known of the return interview of an episode."""
    hours = records.settings.interview_hours
    if episode.held is not None:
        if episode.found is None:
            return f"return interview held on {episode.held.date()}; when the child came back is not recorded"
        return f"return interview held {'later than' if episode.late else 'within'} {hours} hours"
    if episode.refused is not None:
        return f"return interview refused on {episode.refused}"
    if episode.found is None:
        return "no return recorded"
    if episode.outstanding:
        return f"no return interview recorded, and {hours} hours have passed"
    return f"return interview not yet due ({hours} hours)"


def _missing(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    entries = []
    for episode in records.episodes(person.id):
        if episode.found is None:
            span = "no return recorded"
        else:
            span = f"found {episode.found:%Y-%m-%d %H:%M} after {episode.hours:,.1f} hours"
        entries.append(
            Entry(
                "missing",
                episode.begun.date(),
                episode.found.date() if episode.found else None,
                "now" if records.may_be_missing(episode) else "past",
                f"missing from {episode.begun:%H:%M}, {span}",
                _joined(
                    ""
                    if episode.found is None and not episode.held and not episode.refused
                    else interview_words(records, episode),
                    f"with {', '.join(episode.companions)}" if episode.companions else "company not recorded",
                    f"found at {episode.where}" if episode.where else "",
                ),
                episode.records,
            )
        )  # fmt: skip
    rule = records.settings
    times, days = rule.repeat_case_episodes, rule.repeat_case_days
    lately, year = episodes_in(records, person.id, days), episodes_in(records, person.id, YEAR)
    since = records.episodes_since
    short = since is not None and since > records.day - timedelta(days=YEAR)
    at_least = f" (episodes are on record only since {since})" if short else ""
    repeat = "Repeat missing" if is_repeat_missing(records, person.id) else "Not repeat missing"
    says = (
        f"{lately} in {days} days, {year} in {YEAR} days{at_least}. {repeat} by the rule of the settings: {times} or "
        f"more in {days} days."
    )
    return says, entries


# The national referral mechanism.


def latest_stage(rows: list[Row]) -> tuple[Row | None, bool]:
    """Return the latest stage that somebody has come to, and whether that is sure.

    Of stages on one day the one that comes later in the mechanism. A single stage without a day is the latest; beside
    others it makes the latest unsure.
    """
    dated = [row for row in rows if row["decided_on"] is not None]
    undated = [row for row in rows if row["decided_on"] is None]
    if not dated:
        return (rows[0] if len(rows) == 1 else None), len(rows) <= 1
    return max(dated, key=lambda r: (r["decided_on"], NRM_STAGES.index(r["stage"]))), not undated


STAGES: Mapping[str, str] = {
    "referred": "referred",
    "reasonable_grounds": "reasonable grounds: a potential victim",
    "conclusive_grounds": "conclusive grounds: a victim",
    "negative": "negative decision: decided to be no victim",
}


def _nrm(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    rows = records.of("nrm_stages", person.id)
    entries = [
        Entry(
            "nrm",
            row["decided_on"],
            None,
            "past",
            STAGES[row["stage"]],
            f"type of exploitation: {recorded_words(row['exploitation']) or 'not recorded'}",
            (record_of("nrm_stages", row),),
        )
        for row in rows
    ]
    latest, sure = latest_stage(rows)
    if not rows:
        return "No stage is recorded.", entries
    if latest is None:
        return "Which of the stages is the latest is not known: none of them has a day.", entries
    since = f"since {latest['decided_on']}" if latest["decided_on"] else "since a day that is not recorded"
    refused = [
        r["decided_on"] for r in rows
        if r["stage"] == "negative" and r is not latest and r["decided_on"] and latest["decided_on"]
    ]  # fmt: skip
    after = f" It came after a negative decision on {max(refused)}." if refused else ""
    doubt = "" if sure else " Another stage has no day, so a later one may be recorded."
    return f"Latest: {STAGES[latest['stage']]}, {since}.{after}{doubt}", entries


# Assessed risks.


def _risks(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    rows = records.of("child_risks", person.id)
    entries = [
        Entry(
            "risks",
            row["assessed_on"],
            None,
            "past",
            f"{row['level']} risk of {row['exploitation']} exploitation",
            _joined("" if row["assessed_on"] else "day not recorded", f"scheme: {row['scheme'] or 'not recorded'}"),
            (record_of("child_risks", row),),
        )
        for row in rows
    ]
    return " ".join(_latest_risk(rows, kind) for kind in ("sexual", "criminal")), entries


def _latest_risk(rows: list[Row], kind: str) -> str:
    """Return the risk as it was assessed last, and before it."""
    own = [row for row in rows if row["exploitation"] == kind]
    dated = sorted((row for row in own if row["assessed_on"]), key=lambda row: row["assessed_on"])
    name = f"{kind.capitalize()} exploitation"
    if not own:
        return f"{name}: not assessed by day."
    if not dated:
        return f"{name}: which assessment is the latest is not known, for none has a day."
    latest = dated[-1]
    levels = sorted({row["level"] for row in dated if row["assessed_on"] == latest["assessed_on"]})
    before = [row for row in dated if row["assessed_on"] < latest["assessed_on"]]
    since = f", {before[-1]['level']} before" if before else ""
    doubt = " Another assessment has no day, so a later one may be recorded." if len(own) > len(dated) else ""
    return f"{name}: {' and '.join(levels)} on {latest['assessed_on']}{since}.{doubt}"


# Intelligence gaps.


def _gaps(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    entries = []
    for row in records.of("intelligence_gaps", person.id):
        still_open = row["closed_on"] is None or row["closed_on"] > records.day
        more = _joined(
            "open" if still_open else f"answered on {row['closed_on']}",
            f"due on {row['due_on']}" if row["due_on"] else "no day due",
            f"owner: {row['owner']}" if row["owner"] else "no owner recorded",
        )
        entries.append(
            Entry("gaps", row["raised_on"], None, "now" if still_open else "past", row["question"], more,
                  (record_of("intelligence_gaps", row),))
        )  # fmt: skip
    if not entries:
        return "No gap about this person is recorded.", entries
    return f"{counted(len(entries), 'gap')}, {sum(e.state == 'now' for e in entries)} open.", entries


# Plans.


def is_open(records: CaseRecords, row: Row) -> bool:
    """Whether an action is still to be done on the day; one without a state is."""
    if row["done_on"] is not None:
        return bool(row["done_on"] > records.day) and row["status"] != "dropped"
    return row["status"] in (None, "open")


def _plans(records: CaseRecords, person: Person) -> tuple[str, list[Entry]]:
    entries = []
    plans = records.of("plans", person.id)
    for row in plans:
        current = holds_on(row, records.day)
        lead = row["lead_responsible_officer"]
        more = _joined(
            f"led by {lead}" if lead else "no lead officer recorded",
            f"review on {row['review_on']}" if row["review_on"] else "no review arranged",
            f"aim: {row['aim']}" if row["aim"] else "",
        )
        entries.append(
            Entry("plans", row["from_date"], row["to_date"], "now" if current else "past", f"plan {row['plan_id']}",
                  more, (record_of("plans", row),))
        )  # fmt: skip
    to_do = 0
    for row in records.of("plan_actions", person.id):
        waiting = is_open(records, row)
        to_do += waiting
        done = f"done on {row['done_on']}" if row["done_on"] and not waiting else ""
        state = done or ("to be done" if waiting else str(row["status"]))
        more = _joined(
            state,
            f"due on {row['due_on']}" if row["due_on"] else "no day due",
            f"owner: {row['owner']}" if row["owner"] else "no owner recorded",
            row["agency"] or "",
            f"plan {row['plan_id']}" if row["plan_id"] else "",
        )
        entries.append(
            Entry("plans", row["due_on"], None, "now" if waiting else "past", f"{row['strand']}: {row['action']}", more,
                  (record_of("plan_actions", row),))
        )  # fmt: skip
    if not entries:
        return "No plan and no action about this person is recorded.", entries
    actions = len(entries) - len(plans)
    return f"{counted(len(plans), 'plan')}, {counted(actions, 'action')}, {to_do} still to be done.", entries


Gathered = tuple[str, list[Entry]]

PARTS: Mapping[str, tuple[str, tuple[str, ...], Callable[[CaseRecords, Person], Gathered]]] = {
    "referrals": ("Referrals", ("referrals",), _referrals),
    "services": ("Services", ("assignments", "services"), _services),
    "meetings": ("Meetings", ("case_meetings",), _meetings),
    "orders": ("Orders", ("orders",), _orders),
    "missing": ("Missing episodes", ("missing_episodes",), _missing),
    "nrm": ("National referral mechanism", ("nrm_stages",), _nrm),
    "risks": ("Assessed risk of exploitation", ("child_risks",), _risks),
    "plans": ("Plans and actions", ("plans", "plan_actions"), _plans),
    "gaps": ("Intelligence gaps", ("intelligence_gaps",), _gaps),
}
"""Parts of a case in the order of the page: title, tables, and what gathers them; the first table is needed."""


BESIDE = frozenset(("risks", "gaps"))
"""Parts that make no case, and of which nothing is overdue."""


def parts_of(records: CaseRecords, person: Person) -> tuple[Part, ...]:
    """Return every part of the case of a person; one whose table is missing says that it is not known."""
    parts = []
    for name, (_, tables, gather) in PARTS.items():
        missing = records.without(*tables)
        says, entries = gather(records, person)
        if tables[0] in missing and not entries:
            says = f"Not known: these records hold no table {tables[0]}."
        elif missing:
            says = f"{says} Not known beside it: these records hold no table {' and no table '.join(missing)}."
        parts.append(Part(name, says, _entries(entries), tuple(missing)))
    return tuple(parts)


def plain_entry(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain values, dates as ISO text."""
    return {
        "on": entry.on.isoformat() if entry.on else None,
        "until": entry.until.isoformat() if entry.until else None,
        "state": entry.state,
        "what": entry.what,
        "more": entry.more,
        "records": list(entry.records),
    }
