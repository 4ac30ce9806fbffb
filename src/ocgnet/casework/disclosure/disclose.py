"""From records and a request to the pack for one recipient; what may not be asked is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.casework.child_records import ChildRecords, child_records, known_people, near_ids
from ocgnet.casework.concerns import concerns_of
from ocgnet.casework.disclosure.names_in_text import HiddenNames, people_around, without_rank
from ocgnet.casework.disclosure.pack import Cut, Pack, cut_tables, summary_of
from ocgnet.casework.disclosure.pseudonyms import Pseudonyms
from ocgnet.casework.disclosure.sentences import DISCLOSED, for_reader
from ocgnet.casework.may_leave import Leaving, may_leave, reports_about
from ocgnet.casework.recipients import Audience, SharingRules, sharing_rules
from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.ages import ADULT, age_of, children_on
from ocgnet.evidence.evidence import evidence_of
from ocgnet.evidence.period import Period, period_of
from ocgnet.model import PERSON_TABLES
from ocgnet.settings import Settings

EVERY_CHILD = "all"
"""Asked for in the place of ids: every linked child; in numbers only."""


@dataclass(frozen=True)
class Request:
    """What somebody wants to disclose."""

    recipient: str  # a key of ``RECIPIENTS``
    children: tuple[str, ...]  # ids, or ``EVERY_CHILD`` alone
    # reason, by: why, and who is accountable.
    reason: str
    by: str
    conditions_met: tuple[str, ...] = ()  # ids of reports whose handling conditions are met for this recipient
    on: date | None = None  # day on which it is made; None for the day on which the records are judged
    agreement: str = ""  # reference of the sharing agreement; empty for the one of the recipient's rules
    destroy_by: date | None = None  # None for as many days after it is made as the recipient may keep it


def disclosure(
    dataset: Dataset,
    request: Request,
    settings: Settings,
    pseudonyms: Pseudonyms | None = None,
    rules: SharingRules | None = None,
) -> tuple[Pack, tuple[str, ...]]:
    """Build the pack for one recipient.

    Beside the pack stand the true ids of the children it is about, for the log. Raises UsageError for an unknown
    recipient or child, an empty reason, adults, every child in a pack about single children, pupils of several
    schools in one pack, a condition of a report that is not about these children, or a reason that names somebody
    whom the pseudonyms hide. ``rules`` are the shipped ones where none are given.
    """
    recipients = (rules or sharing_rules()).recipients
    audience = recipients.get(request.recipient)
    if audience is None:
        raise UsageError(f"No recipient {request.recipient}. Packs are defined for {', '.join(recipients)}.")
    if not request.reason.strip():
        raise UsageError("Say why with --reason: a disclosure without a reason cannot be justified later.")
    period = period_of(dataset, settings)
    leaving = may_leave(dataset, audience.handling, period.as_of, request.conditions_met, min_grade=settings.min_grade)
    children = _children(dataset, leaving, period, settings, request, audience)
    _refuse_conditions(dataset, children, request.conditions_met)
    records = child_records(leaving, period, settings, children, request.on)
    _refuse_adults(records)
    if audience.one_school:
        _refuse_several_schools(records)
    hidden = hidden_names(dataset, records) if pseudonyms else None
    if hidden:
        _refuse_names(hidden, request)
    cut = cut_tables(records, audience, pseudonyms, hidden)
    pack = Pack(
        audience=audience,
        about=dataset.about,
        title=_title(len(children), audience),
        by=request.by,
        reason=request.reason.strip(),
        on=request.on or period.as_of,
        agreement=request.agreement.strip() or audience.agreement,
        destroy_by=_destroy_by(request, audience, request.on or period.as_of),
        period=period_words(period),
        children=cut.children if cut.tables else (),
        tables=cut.tables,
        summary=None if cut.tables else summary_of(records, settings),
        # How many reports name a few children would tell of them what their rounded numbers do not.
        withheld=(*leaving.held_from(audience, children), *cut.people) if cut.tables else (),
        kept_back=cut.kept_back,
        pseudonymised=pseudonyms is not None,
        conditions_met=len(request.conditions_met),
        steps=for_reader(DISCLOSED, audience.places(pseudonymised=pseudonyms is not None)),
        before_it_leaves="" if hidden else others_named(dataset, children, audience, cut, request.reason),
    )
    return pack, children


def _destroy_by(request: Request, audience: Audience, made: date | None) -> date | None:
    last = audience.last_day(made)
    if request.destroy_by is None or made is None or last is None:
        return last
    if not made <= request.destroy_by <= last:
        raise UsageError(
            f"--destroy-by {request.destroy_by}: {audience.title} may keep a pack of {made} for {audience.keep_days} "
            f"days. Name a day from {made} to {last}; a longer time is laid down in a file of --recipients (keep_days)."
        )
    return request.destroy_by


def _title(count: int, audience: Audience) -> str:
    if not audience.needs:
        return f"Children linked to organised crime groups, in numbers, for {audience.title}"
    return f"{'1 child' if count == 1 else f'{count} children'} to protect: information for {audience.title}"


def period_words(period: Period) -> str:
    """Return in one sentence which records a pack speaks of."""
    if period.first is None or period.last is None:
        return "The records hold no date, so all of them count."
    return f"What is dated: from {period.first} to {period.last}. Ages: on {period.as_of}."


def _children(
    dataset: Dataset, leaving: Leaving, period: Period, settings: Settings, request: Request, audience: Audience
) -> tuple[str, ...]:
    if not request.children:
        raise UsageError("Name the children with --children, such as --children C1,C2.")
    if EVERY_CHILD in request.children:
        if audience.needs:
            raise UsageError(
                "A pack about single children names them one by one: --children C1,C2. A whole list is not shared; "
                "for numbers about every linked child use --to partnership --children all."
            )
        return linked_ids(leaving.dataset, period, settings)
    known = known_people(dataset)
    if strange := [c for c in request.children if c not in known]:
        raise UsageError(f"No person {strange[0]} in these records.{near_ids(strange[0], known)}")
    return tuple(sorted(set(request.children)))


def linked_ids(dataset: Dataset, period: Period, settings: Settings) -> tuple[str, ...]:
    """Return the ids of every child who is linked to a member of a group, sorted."""
    young = children_on(dataset, period.as_of, [])
    found = concerns_of(dataset, evidence_of(dataset, settings, period), settings, list(young.index))
    return tuple(sorted({c.child_id for c in found}))


def _refuse_adults(records: ChildRecords) -> None:
    grown = [r["child_id"] for r in records.rows["children"] if r["age"].isdigit() and int(r["age"]) >= ADULT]
    if grown:
        raise UsageError(
            f"{', '.join(grown)}: 18 or over on {records.period.as_of}, so no child. Leave such a person out; "
            "an adult at risk goes to the local authority's adult safeguarding team."
        )


def _refuse_several_schools(records: ChildRecords) -> None:
    if nowhere := [r["child_id"] for r in records.rows["children"] if not r["school"]]:
        raise UsageError(
            f"No school is on record for {', '.join(nowhere)}, so there is nobody to send this to. Find it out first."
        )
    schools = sorted({r["school"] for r in records.rows["children"]})
    if len(schools) > 1:
        raise UsageError(
            f"These children go to different schools ({', '.join(schools)}). A school learns about its own pupils "
            "only: make one pack for each school."
        )


def _refuse_conditions(dataset: Dataset, children: Collection[str], met: Collection[str]) -> None:
    about = reports_about(dataset, children)
    if strange := sorted(set(met) - about):
        raise UsageError(f"Report {strange[0]} does not name these children, so no condition of it is to be met here.")


def hidden_names(dataset: Dataset, records: ChildRecords) -> HiddenNames:
    """Return whom and what the words of a pseudonymised pack may not name."""
    members = {c.member for c in records.concerns}
    who = records.rows["children"]
    numbers = [
        r[column] for table in ("crimes", "reports") for r in records.rows[table] for column in r if column in _NUMBERS
    ]
    return HiddenNames(
        dataset,
        people_around(dataset, records.children) | members,
        (r["social_worker"] for r in who),
        (*numbers, *(r["school"] for r in who)),
    )


_NUMBERS = ("crime_id", "report_id")


def others_named(dataset: Dataset, children: Collection[str], audience: Audience, cut: Cut, reason: str) -> str:
    """Say to the sender which words that leave name somebody of whom the recipient gets no name.

    Nothing is taken out: words are for a person to judge. Empty when none do.
    """
    links = dataset["family_links"]
    adults = links.filter(pc.is_in(links["child_id"], pa.array(sorted(children), pa.string())))["adult_id"].to_pylist()
    named_anyway = {*children, *(adults if "family.adult_name" in audience.places() else ())}
    others = HiddenNames(dataset, people_around(dataset, children) - named_anyway, but=named_anyway)
    texts = [("the reason", reason)]
    texts += [
        (f"{t.title.lower()}, {c.name.replace('_', ' ')}", row[i])
        for t in cut.tables
        for i, c in enumerate(t.columns)
        if c.free_text
        for row in t.rows
    ]
    naming = Counter(where for where, text in texts if others.named_in(text))
    if not naming:
        return ""
    places = "; ".join(f"{where} ({count})" for where, count in naming.items())
    return (
        f"Read before it leaves: words that may name somebody of whom {audience.title} gets no name stand in {places}. "
        "Change the record or the reason and make the pack anew, or be sure that they are needed."
    )


def _refuse_names(hidden: HiddenNames, request: Request) -> None:
    """Refuse a reason or an author, which the pack prints, that names whom the pseudonyms hide."""
    texts = {"--reason": request.reason, "--by": without_rank(request.by), "--agreement": request.agreement}
    for option, text in texts.items():
        if words := hidden.named_in(text):
            raise UsageError(
                f"{option} says '{words}', which names somebody or may be read so, and would undo --pseudonymise. Say "
                "it without names, initials, dates of birth, schools and numbers."
            )


def judged_on(dataset: Dataset, on: date | None, made: date) -> date:
    """Return the day on which ages are judged in an act: the one named for it, else that of the records, else its own.

    The act bears its own day all the same; whoever has come of age in between is told by :func:`grown_since`.
    """
    return on or period_of(dataset, Settings(today=made)).as_of or made


def grown_since(dataset: Dataset, people: Iterable[str], judged: date | None, made: date | None) -> str:
    """Say who was a child on the day of the records and is none on the day of the act; empty when nobody is.

    Of several dates of birth the latest decides.
    """
    if judged is None or made is None:
        return ""
    born: dict[str, date] = {}
    for name, key in PERSON_TABLES.items():
        for person, day in zip(dataset[name][key].to_pylist(), dataset[name]["date_of_birth"].to_pylist(), strict=True):
            if day is not None:
                born[person] = max(day, born.get(person, day))
    told = []
    for person in sorted(set(people) & set(born)):
        then, now = age_of(born[person], judged), age_of(born[person], made)
        if then is not None and now is not None and then < ADULT <= now:
            told.append(f"{person} was {then} on {judged} and is {now} on {made}")
    if not told:
        return ""
    return (
        f"{'; '.join(told)}. Ages are judged on the day of these records, {judged}; whoever is of age now is to be "
        "treated as an adult."
    )
