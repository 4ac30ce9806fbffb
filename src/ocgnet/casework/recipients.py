"""What each recipient of a disclosure and each referral route may see, and why.

The columns that any pack may hold are declared here, the recipients in ``recipients.toml`` beside this module. A
force's own file may take columns away from them, and add recipients that are built from their needs: it cannot name a
column that none of them gets, and nothing in it speaks of what stays behind.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ocgnet.audit.policy import FILE as POLICY
from ocgnet.english import near
from ocgnet.errors import SourceError, UsageError
from ocgnet.notation import parse_toml

# Every column that any pack about a child may hold, declared once; what stands nowhere here never leaves.


@dataclass(frozen=True)
class SharedColumn:
    """One column of a table of a pack."""

    name: str
    says: str  # what it holds, for the reader of the pack
    identifies: bool = False  # points at a person by itself; a pseudonymised pack goes without it
    # Holds ids of people or groups (several separated by ``|``), which a pseudonymised pack replaces.
    person: bool = False
    # A judgement, not a fact (section 38(2) of the Data Protection Act 2018 keeps the two apart).
    assessment: bool = False
    # What somebody wrote in their own words, and so may name anybody; a pseudonymised pack goes without it.
    free_text: bool = False
    # A text that no list of words bounds, such as a district; a pseudonymised pack leaves out cells that name somebody.
    any_words: bool = False


CHILD = SharedColumn("child_id", "the child", person=True)
"""First column of every table."""


PACK_TABLES: dict[str, tuple[SharedColumn, ...]] = {
    "children": (
        CHILD,
        SharedColumn("name", "name as recorded", identifies=True),
        SharedColumn("date_of_birth", "date of birth", identifies=True),
        SharedColumn("age", "age in whole years on the day of the pack"),
        SharedColumn("sex", "sex as recorded", any_words=True),
        SharedColumn("district", "district where the child lives", any_words=True),
        SharedColumn("school", "school", identifies=True),
        SharedColumn("social_worker", "social worker", identifies=True),
        SharedColumn(
            "cse_risk", "risk of sexual exploitation, as recorded under its scheme", assessment=True, any_words=True
        ),
        SharedColumn("cse_risk_scheme", "local scheme of that risk", any_words=True),
        SharedColumn("cse_flagged_on", "when that risk was flagged"),
        SharedColumn("cce_risk", "risk of criminal exploitation, as recorded", assessment=True, any_words=True),
    ),
    "risks": (
        CHILD,
        SharedColumn("exploitation", "sexual or criminal exploitation"),
        SharedColumn("level", "how great the risk is, as assessed on that day", assessment=True),
        SharedColumn("assessed_on", "when it was assessed"),
        SharedColumn("scheme", "scheme of the assessment", any_words=True),
    ),
    "concerns": (
        CHILD,
        SharedColumn("concern", "why the child came to notice"),
        SharedColumn("how_sure", "whether the record behind it was verified"),
        SharedColumn("latest", "freshest record behind it"),
        SharedColumn("adult_id", "the member of the group", person=True),
        SharedColumn("ocg_id", "the group", person=True),
        SharedColumn("recorded_role", "the member's role as a person recorded it", assessment=True),
    ),
    "family": (
        CHILD,
        SharedColumn("relationship", "what the adult is to the child"),
        SharedColumn("adult_id", "the adult", person=True),
        SharedColumn("adult_name", "name of the adult as recorded", identifies=True),
        SharedColumn("verified", "whether the relationship was verified"),
        SharedColumn("recorded_on", "when it was recorded"),
    ),
    "experiences": (
        CHILD,
        SharedColumn("experience", "adverse childhood experience"),
        SharedColumn("status", "observed, not observed or unknown"),
        SharedColumn("recorded_on", "when it was recorded"),
    ),
    "missing": (
        CHILD,
        SharedColumn("missing_from", "when the child went missing"),
        SharedColumn("found_at", "when the child was found"),
        SharedColumn("found_where", "where the child was found", free_text=True),
        SharedColumn("in_company", "whether somebody was with the child"),
        SharedColumn("companions", "who was with the child", person=True),
        SharedColumn("return_interview", "whether the return interview was held, and in time"),
    ),
    "crimes": (
        CHILD,
        SharedColumn("standing", "victim, witness, suspect or convicted: kept apart, victims first"),
        SharedColumn("offence", "offence in words", free_text=True),
        SharedColumn("recorded_on", "when the crime was recorded"),
        SharedColumn("flags", "markers on the crime"),
        SharedColumn("crime_id", "number of the crime", identifies=True),
    ),
    "referrals": (
        CHILD,
        SharedColumn("kind", "route"),
        SharedColumn("made_on", "when it was made"),
        SharedColumn("outcome_kind", "what came of it, as one word"),
        SharedColumn("outcome_on", "when that was decided"),
        SharedColumn("outcome", "what came of it", free_text=True),
    ),
    "services": (
        CHILD,
        SharedColumn("service", "service that looks after the child", any_words=True),
        SharedColumn("agency", "agency to which it belongs", any_words=True),
        SharedColumn("from_date", "first day"),
        SharedColumn("to_date", "last day; blank while it lasts"),
    ),
    "meetings": (
        CHILD,
        SharedColumn("kind", "kind of meeting about the child"),
        SharedColumn("held_on", "when it was held, or is to be"),
        SharedColumn("next_on", "when the next is to be"),
    ),
    "orders": (
        CHILD,
        SharedColumn("kind", "order or notice that protects the child; on whom, it does not say"),
        SharedColumn("from_date", "first day"),
        SharedColumn("to_date", "last day; blank while it lasts"),
        SharedColumn("breached_on", "when it was breached"),
    ),
    "stages": (
        CHILD,
        SharedColumn("nrm_stage", "stage of the national referral mechanism", assessment=True),
        SharedColumn("decided_on", "when it was decided, or the referral made"),
    ),
    "reports": (
        CHILD,
        SharedColumn("report_id", "number of the report", identifies=True),
        SharedColumn("reported_on", "date of the report"),
        SharedColumn("grading", "scheme, source, assessment and handling", assessment=True),
    ),
    "unknown": (
        CHILD,
        SharedColumn("not_known", "what is not known, and so counts neither for nor against"),
        SharedColumn("find_out", "how to find out"),
    ),
}
"""Tables of a pack with all their columns, in the order in which they are shown."""

NUMBERS = "numbers"
"""What a pack of numbers tells of, in the place of columns."""

REASONS = frozenset(("concerns.concern", "reports.report_id", NUMBERS))
"""Whoever sees one of these is told that reports and police records of adults exist; nobody else is."""

TITLES: dict[str, str] = {
    "children": "Who",
    "risks": "Assessed risk of exploitation, by day",
    "concerns": "Why the child came to notice",
    "family": "Family and household",
    "experiences": "Adverse childhood experiences",
    "missing": "Missing episodes",
    "crimes": "Crimes that name the child",
    "referrals": "Referrals already made",
    "services": "Services that look after the child",
    "meetings": "Meetings about the child (no decisions)",
    "orders": "Orders that protect the child",
    "stages": "National referral mechanism",
    "reports": "Police reports that name the child (no text)",
    "unknown": "What is not known",
}
"""Heading of each table."""


# Who receives a pack, what they need of it, and why.


@dataclass(frozen=True)
class Need:
    """Some columns of one table, and the reason why this audience needs them."""

    table: str  # a key of ``PACK_TABLES``
    columns: tuple[str, ...]  # columns of that table
    because: str  # the reason, printed in the pack


@dataclass(frozen=True)
class Audience:
    """A recipient of disclosures or the other end of a referral route.

    Raises KeyError when a need names a table or column that no pack has.
    """

    name: str  # word on the command line
    title: str  # who they are, as it reads in a sentence
    purpose: str  # what the pack is for; it may be used for nothing else
    basis: str  # duty or power under which it is shared. The sender confirms it for each pack.
    needs: tuple[Need, ...]  # everything this audience may see; whatever is not named here stays behind
    handling: str  # which handling codes of reports reach it: as ``police`` or as a ``partner``
    keep_days: int  # days after which a pack is destroyed
    agreement: str = ""  # reference of the sharing agreement, where there is one
    one_school: bool = False  # whether all children of a pack have to go to one school, which receives it

    def __post_init__(self) -> None:
        for need in self.needs:
            if missing := set(need.columns) - {c.name for c in PACK_TABLES[need.table]}:
                raise KeyError(f"{self.name} needs {', '.join(sorted(missing))}, which {need.table} does not have")

    @cached_property
    def columns(self) -> dict[str, tuple[SharedColumn, ...]]:
        """Columns by table, in the order of ``PACK_TABLES``; a table that is not needed is absent."""
        wanted = {(n.table, c) for n in self.needs for c in (CHILD.name, *n.columns)}
        shared = {t: tuple(c for c in all_of if (t, c.name) in wanted) for t, all_of in PACK_TABLES.items()}
        return {t: columns for t, columns in shared.items() if columns}

    def shared(self, *, pseudonymised: bool = False) -> dict[str, tuple[SharedColumn, ...]]:
        """Return ``columns``, in a pseudonymised pack without those that identify or hold free text."""
        if not pseudonymised:
            return self.columns
        left = {t: tuple(c for c in cs if not (c.identifies or c.free_text)) for t, cs in self.columns.items()}
        return {t: columns for t, columns in left.items() if len(columns) > 1}

    def places(self, *, pseudonymised: bool = False) -> frozenset[str]:
        """Return what a pack may tell of: ``table.column`` for each column, or ``NUMBERS`` alone."""
        if not self.needs:
            return frozenset((NUMBERS,))
        shared = self.shared(pseudonymised=pseudonymised)
        return frozenset(f"{table}.{c.name}" for table, columns in shared.items() for c in columns)

    def last_day(self, made: date | None) -> date | None:
        """Return the day by which a pack that was made on a day is destroyed; None when that day is not known."""
        return None if made is None else made + timedelta(days=min(self.keep_days, (date.max - made).days))

    def without(self, gone: frozenset[tuple[str, str]]) -> Audience:
        """Return the audience without some columns, named by table and column; a need left with none goes too."""
        left = (replace(n, columns=tuple(c for c in n.columns if (n.table, c) not in gone)) for n in self.needs)
        return replace(self, needs=tuple(n for n in left if n.columns))


@dataclass(frozen=True)
class SharingRules:
    """Who may receive what: the shipped rules, or these under a force's own file."""

    recipients: Mapping[str, Audience]  # by the word after ``--to``
    routes: Mapping[str, Audience]  # by the word after ``--kind``
    file: str  # the force's own file; empty where there is none
    sha256: str  # of that file, or of the shipped one


ADMINISTRATORS = POLICY.with_name("recipients.toml")
"""The rules that whoever runs this computer laid down for everybody, beside the policy of the log; no option names
others then."""

LARGEST = 1_000_000
"""Bytes of a force's own file, at most."""


def sharing_rules(own: Path | None = None) -> SharingRules:
    """Return the rules that hold: the administrator's file, else ``own``, else the shipped ones alone.

    Raises
    ------
    SourceError
        When the file cannot be read, is no file, too large, or no TOML in UTF-8.
    UsageError
        When it says what no such file can, each fault with its remedy; or when ``own`` is given beside the
        administrator's.
    """
    if _are_laid_down():
        if own is not None:
            raise UsageError(f"Who may receive what is laid down in {ADMINISTRATORS}. Leave --recipients out.")
        own = ADMINISTRATORS
    if own is None:
        return _SHIPPED
    try:
        if not own.is_file() or own.stat().st_size > LARGEST:
            raise SourceError(f"{own} is no file of up to {LARGEST:,} bytes. Name the TOML file of your recipients.")
        raw = own.read_bytes()
        given = parse_toml(raw)
    except OSError as error:
        raise SourceError(f"{own} cannot be read ({error.strerror or error}).") from error
    except ValueError as error:
        raise SourceError(f"{own} is no TOML file in UTF-8: {error}.") from error
    return under(_SHIPPED, given, str(own), hashlib.sha256(raw).hexdigest())


def _are_laid_down() -> bool:
    try:
        ADMINISTRATORS.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise SourceError(
            f"{ADMINISTRATORS} cannot be read ({error.strerror or error}). Tell whoever runs it."
        ) from error
    return True


def under(shipped: SharingRules, given: Mapping[str, Any], file: str, sha256: str) -> SharingRules:
    """Return the shipped rules under a force's own, as parsed; ``UsageError`` with every fault.

    >>> own = under(_SHIPPED, {"recipients": {"education": {"without": ["children.school"]}}}, "own.toml", "")
    >>> "school" in {c.name for c in own.recipients["education"].columns["children"]}
    False
    """
    wrong: list[str] = [f"{key}: no such part{near(key, _PARTS)}" for key in sorted(set(given) - set(_PARTS))]
    changed: dict[str, dict[str, Audience]] = {}
    new: dict[str, Mapping[str, Any]] = {}
    for part, audiences in (("recipients", shipped.recipients), ("routes", shipped.routes)):
        changed[part] = dict(audiences)
        entries = given.get(part, {})
        if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
            wrong.append(f"{part}: write [{part}.NAME] and what you change under it.")
            continue
        for name, entry in entries.items():
            if name in audiences:
                wrong += _wrong_change(f"{part}.{name}", audiences[name], entry)
                if not wrong:
                    changed[part][name] = _changed(audiences[name], entry)
            elif part == "routes":
                wrong.append(f"routes.{name}: no such route{near(name, audiences)} The law makes routes, no file.")
            else:
                new[name] = entry
    known = changed["recipients"] | changed["routes"]
    for name, entry in new.items():
        wrong += _wrong_recipient(name, entry, known)
    if wrong:
        raise UsageError(f"{file} cannot be used. {' '.join(wrong)}")
    changed["recipients"] |= {name: _built(name, entry, known) for name, entry in new.items()}
    return SharingRules(MappingProxyType(changed["recipients"]), MappingProxyType(changed["routes"]), file, sha256)


_PARTS = ("recipients", "routes")
_CHANGES = ("without", "agreement", "keep_days")
_WORDS = ("title", "purpose", "basis")
_NEW = (*_WORDS, "needs", "agreement", "keep_days")
_OF_NEED = ("as", "table", "columns", "because")
_NAME = re.compile("[a-z][a-z0-9-]{1,39}")
_MOST_DAYS = 36_525


def _wrong_change(where: str, audience: Audience, entry: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(set(entry) - set(_CHANGES)):
        if key in _NEW:
            yield f"{where}.{key}: {audience.name} is shipped, and a file only takes columns away from it (without)."
        else:
            yield f"{where}.{key}: no such word{near(key, _CHANGES)}"
    columns = [f"{t}.{c.name}" for t, shared in audience.columns.items() for c in shared if c is not CHILD]
    gone = entry.get("without", [])
    if not _texts(gone):
        yield f'{where}.without: write a list of table.column, such as ["children.school"].'
    elif strange := [g for g in gone if g not in columns]:
        yield f"{where}.without: {audience.name} does not get {strange[0]}{near(strange[0], columns)}"
    elif columns and not set(columns) - set(gone):
        yield f"{where}.without: nothing would be left; do not share with {audience.name} instead."
    yield from _wrong_terms(where, entry)


def _wrong_terms(where: str, entry: Mapping[str, Any]) -> Iterator[str]:
    days = entry.get("keep_days", 1)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _MOST_DAYS:
        yield f"{where}.keep_days: {days!r} is no whole number of days from 1 to {_MOST_DAYS:,}."
    if "agreement" in entry and not _text(entry["agreement"]):
        yield f"{where}.agreement: give the reference of the agreement as a text of up to 300 characters."


def _wrong_recipient(name: str, entry: Mapping[str, Any], known: Mapping[str, Audience]) -> Iterator[str]:
    where = f"recipients.{name}"
    if not _NAME.fullmatch(name) or name in known or name == "all":
        yield f"{where}: a new recipient needs a name of its own, of small letters, digits and hyphens."
    yield from (f"{where}.{key}: no such word{near(key, _NEW)}" for key in sorted(set(entry) - set(_NEW)))
    for key in _WORDS:
        if not _text(entry.get(key)):
            yield f"{where}.{key}: say it in a text of up to 300 characters; it is printed in every pack."
    yield from _wrong_terms(where, entry)
    needs = entry.get("needs")
    if not isinstance(needs, list) or not needs or not all(isinstance(n, dict) for n in needs):
        yield f'{where}.needs: list what it needs, such as {{as = "housing", table = "children"}}.'
        return
    for number, need in enumerate(needs, 1):
        yield from _wrong_need(f"{where}.needs {number}", need, known)
    police = {need.get("as") == "police" for need in needs}
    if len(police) > 1:
        yield f"{where}.needs: what the police need is for a police force, and stands with no other need."


def _wrong_need(where: str, need: Mapping[str, Any], known: Mapping[str, Audience]) -> Iterator[str]:
    yield from (f"{where}.{key}: no such word{near(key, _OF_NEED)}" for key in sorted(set(need) - set(_OF_NEED)))
    like, table = need.get("as"), need.get("table")
    if not isinstance(like, str) or like not in known:
        yield f"{where}.as: {like!r} is no shipped recipient or route{near(str(like), known)}"
        return
    tables = {t: [c.name for c in shared if c is not CHILD] for t, shared in known[like].columns.items()}
    if not isinstance(table, str) or table not in tables:
        yield f"{where}.table: {like} does not get {table!r}; it gets {', '.join(tables) or 'numbers only'}."
        return
    columns = need.get("columns", tables[table])
    if not _texts(columns) or not columns:
        yield f'{where}.columns: write a list of columns, such as ["{tables[table][0]}"].'
    elif strange := [c for c in columns if c not in tables[table]]:
        yield f"{where}.columns: {like} does not get {table}.{strange[0]}{near(strange[0], tables[table])}"
    if "because" in need and not _text(need["because"]):
        yield f"{where}.because: say why in a text of up to 300 characters; it is printed in every pack."


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 300 and value.isprintable()


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _changed(audience: Audience, entry: Mapping[str, Any]) -> Audience:
    gone = frozenset(tuple(place.split(".", 1)) for place in entry.get("without", ()))
    terms = {key: entry[key] for key in ("agreement", "keep_days") if key in entry}
    return replace(audience.without(gone), **terms)


def _built(name: str, entry: Mapping[str, Any], known: Mapping[str, Audience]) -> Audience:
    needs = []
    for need in entry["needs"]:
        for shipped in known[need["as"]].needs:
            wanted = need.get("columns", shipped.columns)
            if shipped.table == need["table"] and (columns := tuple(c for c in shipped.columns if c in wanted)):
                needs.append(Need(shipped.table, columns, need.get("because", shipped.because)))
    return Audience(
        name=name,
        title=entry["title"].strip(),
        purpose=entry["purpose"].strip(),
        basis=entry["basis"].strip(),
        needs=tuple(needs),
        handling="police" if entry["needs"][0]["as"] == "police" else "partner",
        keep_days=entry.get("keep_days", max(known[n["as"]].keep_days for n in entry["needs"])),
        agreement=entry.get("agreement", "").strip(),
        one_school=any(known[n["as"]].one_school for n in entry["needs"]),
    )


def _shipped() -> SharingRules:
    raw = (files("ocgnet.casework") / "recipients.toml").read_bytes()
    parts = {
        part: {
            name: Audience(
                name=name,
                needs=tuple(Need(n["table"], tuple(n["columns"]), n["because"]) for n in entry.pop("needs")),
                **entry,
            )
            for name, entry in entries.items()
        }
        for part, entries in parse_toml(raw).items()
    }
    return SharingRules(
        **{p: MappingProxyType(a) for p, a in parts.items()}, file="", sha256=hashlib.sha256(raw).hexdigest()
    )


_SHIPPED = _shipped()

RECIPIENTS = _SHIPPED.recipients
"""Shipped recipients by the word after ``--to``."""

ROUTES = _SHIPPED.routes
"""Shipped routes by the word after ``--kind``."""
