"""What the rules of sharing say of something that a person asks about: whom it may reach, how far, and why.

Every answer is read off the recipients (``recipients.SharingRules``) from which packs are cut. What stands here beside
them is which words a person may say, and from which columns of the records each column of a pack is filled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ocgnet.casework.may_leave import PERMITTED
from ocgnet.casework.recipients import CHILD, NUMBERS, PACK_TABLES, TITLES, Audience, SharingRules
from ocgnet.english import close_to, did_you_mean, near
from ocgnet.errors import UsageError
from ocgnet.model import PERSON_TABLES, TABLES
from ocgnet.settings import Settings


def _columns(table: str) -> tuple[str, ...]:
    """Return every column of a table of packs but the child itself, as ``table.column``."""
    return tuple(f"{table}.{c.name}" for c in PACK_TABLES[table] if c is not CHILD)


def _of_people(*columns: str) -> tuple[str, ...]:
    return tuple(
        f"{table}.{column}"
        for column in columns
        for table in PERSON_TABLES
        if column in {c.name for c in TABLES[table].columns}
    )


FILLED_FROM: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{f"children.{c.name}": _of_people(c.name) for c in PACK_TABLES["children"] if c is not CHILD},
        "children.age": _of_people("date_of_birth"),
        **{f"risks.{name}": (f"child_risks.{name}",) for name in ("exploitation", "level", "assessed_on", "scheme")},
        "concerns.concern": ("family_links.relationship", "associations.kind"),
        "concerns.how_sure": ("family_links.verified",),
        "concerns.latest": (
            "family_links.recorded_on", "associations.first_seen", "associations.last_seen", "crimes.recorded_on",
            "crimes.occurred_on", "missing_episodes.missing_from", "stop_checks.happened_on",
            "intel_reports.reported_on", "memberships.from_date",
        ),
        "concerns.adult_id": ("memberships.nominal_id", "nominals.nominal_id"),
        "concerns.ocg_id": ("memberships.ocg_id", "ocgs.ocg_id"),
        "concerns.recorded_role": ("memberships.role",),
        "family.relationship": ("family_links.relationship",),
        "family.adult_id": ("family_links.adult_id", "nominals.nominal_id", "people.person_id"),
        "family.adult_name": ("nominals.name", "people.name"),
        "family.verified": ("family_links.verified",),
        "family.recorded_on": ("family_links.recorded_on",),
        "experiences.experience": ("child_aces.ace",),
        "experiences.status": ("child_aces.status",),
        "experiences.recorded_on": ("child_aces.recorded_on",),
        "missing.missing_from": ("missing_episodes.missing_from",),
        "missing.found_at": ("missing_episodes.found_at",),
        "missing.found_where": ("missing_episodes.found_where",),
        "missing.in_company": ("missing_episodes.companions",),
        "missing.companions": ("missing_episodes.companions",),
        "missing.return_interview": ("missing_episodes.return_interview_at", "missing_episodes.interview_refused_on"),
        "crimes.standing": ("crime_links.link_role",),
        "crimes.offence": ("crimes.offence",),
        "crimes.recorded_on": ("crimes.recorded_on",),
        "crimes.flags": ("crimes.flags",),
        "crimes.crime_id": ("crimes.crime_id", "crime_links.crime_id"),
        **{
            f"referrals.{name}": (f"referrals.{name}",)
            for name in ("kind", "made_on", "outcome_kind", "outcome_on", "outcome")
        },
        "services.service": ("services.name",),
        "services.agency": ("services.agency",),
        **{f"services.{name}": (f"assignments.{name}",) for name in ("from_date", "to_date")},
        **{f"meetings.{name}": (f"case_meetings.{name}",) for name in ("kind", "held_on", "next_on")},
        **{f"orders.{name}": (f"orders.{name}",) for name in ("kind", "from_date", "to_date", "breached_on")},
        "stages.nrm_stage": ("nrm_stages.stage",),
        "stages.decided_on": ("nrm_stages.decided_on",),
        "reports.report_id": ("intel_reports.report_id", "intel_links.report_id"),
        "reports.reported_on": ("intel_reports.reported_on",),
        "reports.grading": tuple(
            f"intel_reports.{name}"
            for name in ("grading_scheme", "source_grade", "intelligence_grade", "handling_code")
        ),
        "unknown.not_known": (),
        "unknown.find_out": (),
    }
)  # fmt: skip
"""Columns of the records (``table.column``) from which each column of a pack is filled; none for what is worked out."""

IN_NUMBERS = ("children.district", "children.age", "missing.missing_from", "concerns.concern")
"""What a pack of numbers counts children by."""


@dataclass(frozen=True)
class Topic:
    """Something that a person asks about, in that person's words."""

    says: str  # as it stands in a sentence
    words: tuple[str, ...]  # how it may be asked for; the first is listed
    places: tuple[str, ...]  # columns of packs that hold it, as ``table.column``; empty for what never leaves
    never: str = ""  # for what never leaves: why


_RISK = (
    *(f"children.{name}" for name in ("cse_risk", "cse_risk_scheme", "cse_flagged_on", "cce_risk")),
    *_columns("risks"),
)
_WORKED_OUT = "it is worked out to set priorities inside, and is no fact about a child"

TOPICS: tuple[Topic, ...] = (
    Topic("who the child is", ("identity", "who", "who the child is", "child", "children"),
          tuple(f"children.{c}" for c in ("name", "date_of_birth", "age", "sex", "district"))),
    Topic("the child's name", ("name", "names"), ("children.name",)),
    Topic("the date of birth", ("date of birth", "dob", "birthday"), ("children.date_of_birth", "children.age")),
    Topic("the age", ("age", "ages"), ("children.age",)),
    Topic("the sex", ("sex", "gender"), ("children.sex",)),
    Topic("the district of the child's home", ("district", "where the child lives", "area"), ("children.district",)),
    Topic("the school", ("school", "schools"), ("children.school",)),
    Topic("the social worker", ("social worker", "social workers"), ("children.social_worker",)),
    Topic("the recorded risk of exploitation",
          ("risk", "risks", "exploitation", "cse", "cce", "risk level", "exploitation risk"), _RISK),
    Topic("why the child came to notice", ("reasons", "reason", "why", "concerns", "links", "why the child is known"),
          tuple(f"concerns.{c}" for c in ("concern", "how_sure", "latest"))),
    Topic("which member of a group stands behind it",
          ("members", "member", "nominal", "nominals", "adults", "who the members are"), ("concerns.adult_id",)),
    Topic("which group stands behind it", ("groups", "group", "ocg", "ocgs", "gang", "gangs"), ("concerns.ocg_id",)),
    Topic("a member's recorded role", ("roles", "role", "recorded role"), ("concerns.recorded_role",)),
    Topic("the family and the household",
          ("parents", "parent", "family", "who the parents are", "household", "siblings", "relatives", "mother",
           "father"), _columns("family")),
    Topic("adverse childhood experiences",
          ("aces", "ace", "experiences", "adverse childhood experiences", "adversity", "trauma"),
          _columns("experiences")),
    Topic("missing episodes", ("missing", "missing episodes", "went missing", "absence", "episodes"),
          _columns("missing")),
    Topic("who a missing child was with", ("companions", "in company", "who the child was with"),
          ("missing.in_company", "missing.companions")),
    Topic("return interviews", ("return interviews", "return interview", "interviews"), ("missing.return_interview",)),
    Topic("crimes that name the child",
          ("crimes", "crime", "offences", "offending", "victim", "suspect", "criminal record", "convictions"),
          _columns("crimes")),
    Topic("referrals and what came of them",
          ("referrals", "referral", "outcome", "outcomes", "mash", "early help"), _columns("referrals")),
    Topic("services that look after the child", ("services", "service", "agencies", "support"), _columns("services")),
    Topic("meetings about the child", ("meetings", "meeting", "strategy meetings", "case meetings"),
          _columns("meetings")),
    Topic("orders that protect the child", ("orders", "order", "notices", "protection orders"), _columns("orders")),
    Topic("stages of the national referral mechanism", ("nrm", "nrm stages", "stages", "modern slavery", "trafficking"),
          _columns("stages")),
    Topic("police reports, by number, day and grading",
          ("intelligence", "reports", "report", "intel", "police reports", "grading", "grades"), _columns("reports")),
    Topic("what is not known", ("unknowns", "unknown", "not known", "gaps"), _columns("unknown")),
    Topic("numbers about the children", ("numbers", "counts", "statistics", "figures"), (NUMBERS,)),
    Topic("what a report says, and where it comes from",
          ("report text", "text", "texts", "source", "sources", "informants", "who said it", "title of a report"), (),
          "whoever reads the text of a report may learn who gave it"),
    Topic("phones, vehicles, addresses and accounts, and what passed between them",
          ("addresses", "address", "phones", "phone", "phone numbers", "vehicles", "cars", "accounts", "calls",
           "sightings", "transfers", "money", "things"), (),
          "no recipient needs more than the district; who has to visit a home asks the social worker"),
    Topic("ethnicity", ("ethnicity", "race", "nationality"), (), "no purpose of a pack needs it"),
    Topic("aliases and PNC ids", ("aliases", "alias", "pnc", "pnc ids", "nicknames"), (),
          "no recipient needs them to find a child"),
    Topic("birthdays of adults", ("birthdays of adults", "adults' dates of birth"), (),
          "no recipient needs them to find a household"),
    Topic("bands, scores and threats", ("scores", "score", "bands", "priority", "priorities", "threats", "ranking"), (),
          _WORKED_OUT),
    Topic("suggested roles and positions in the network",
          ("suggested roles", "network", "position", "centrality", "communities"), (), _WORKED_OUT),
    Topic("plans, actions and disruptions",
          ("plans", "plan", "actions", "disruptions", "tactics", "operations", "days of action"), (),
          "a plan that is known may be evaded, and protects nobody then"),
    Topic("decisions of meetings, and who owns a case",
          ("decisions", "minutes", "what a meeting decided", "case owner", "owner"), (),
          "the meeting's own record is shared by whoever chaired it"),
    Topic("stops and searches", ("stops", "stop checks", "stop and search", "searches"), (),
          "a stop proves nothing; what follows from it stands among the reasons"),
    Topic("restrictions and reviews", ("restrictions", "restricted", "reviews", "retention"), (),
          "that a record is restricted is told to nobody"),
)  # fmt: skip
"""What may be asked about, those first that somebody may receive."""


def _plain(word: str) -> str:
    return " ".join(word.lower().replace("_", " ").replace("-", " ").split())


@cache
def _by_word() -> Mapping[str, Topic]:
    return {_plain(word): topic for topic in TOPICS for word in topic.words}


@cache
def _by_column() -> Mapping[str, tuple[str, ...]]:
    """Return by column of the records (``table.column``) the columns of packs that it fills; all columns there are."""
    columns = {f"{name}.{c.name}": [] for name, t in TABLES.items() for c in t.columns}  # type: ignore[var-annotated]
    for place, sources in FILLED_FROM.items():
        for source in sources:
            columns[source].append(place)
    return {column: tuple(dict.fromkeys(places)) for column, places in columns.items()}


def topic_of(asked: str) -> Topic:
    """Return what a person asks about: a word of ``TOPICS``, a column or table of the records, or one of a pack.

    Raises
    ------
    UsageError
        When the word means none of these, with the word that was perhaps meant or all there are.
    """
    word, by_column = _plain(asked), _by_column()
    if topic := _by_word().get(word):
        return topic
    written = "_".join(asked.lower().replace("-", "_").split())
    packed = {place for table in PACK_TABLES for place in _columns(table)}
    if written in by_column:
        return _of_records(written, (written,))
    if written in packed:
        return Topic(f"{written} of a pack", (written,), (written,))
    if written in TABLES:
        return _of_records(f"the table {written}", [c for c in by_column if c.startswith(f"{written}.")])
    if same := [c for c in by_column if c.partition(".")[2] == written]:
        return _of_records(f"the column {written}", same)
    if same := [p for p in packed if p.partition(".")[2] == written]:
        return Topic(f"the column {written} of a pack", (written,), tuple(sorted(same)))
    close = close_to(written, [*by_column, *packed], 1) if "." in written else close_to(word, _by_word(), 1)
    listed = "" if close else f" It may be {', '.join(topic.words[0] for topic in TOPICS)}."
    raise UsageError(
        f"--what {asked}: no such thing is known.{did_you_mean(close)}{listed} A column is written as in "
        "child_aces.status. All words: ocgnet may-share --list."
    )


def _of_records(says: str, columns: Collection[str]) -> Topic:
    places = tuple(dict.fromkeys(p for c in columns for p in _by_column()[c]))
    keys = {f"{table}.{key}" for table, key in PERSON_TABLES.items()}
    if not places and set(columns) & keys:
        return Topic(says, (says,), (f"children.{CHILD.name}",))
    return Topic(says, (says,), places, "" if places else "no column of a pack is filled from it")


YES, ONLY, NO = "yes", "only", "no"
"""Answers: every column of it; a part of it, or under conditions of its own; none of it."""

NOT_JUDGED = (
    "This is what the rule says. Whether it is lawful, necessary and proportionate for this child today is decided by "
    "the person who shares it, and written down with the reason."
)
"""Stands under every answer: the rules know no case."""

NO_RULE_WAITS = (
    "This is what the rule says about packs. It keeps nobody from protecting a child: in danger now, call 999; at risk "
    "of harm, call the MASH today."
)
"""Stands under every refusal."""


@dataclass(frozen=True)
class Answer:
    """What the rules say of one topic and one recipient."""

    audience: Audience
    topic: Topic
    verdict: str  # YES, ONLY or NO
    columns: tuple[str, ...]  # columns of a pack that hold it and reach the recipient; for numbers, by which it counts
    not_these: tuple[str, ...]  # columns that hold it and stay behind
    because: tuple[str, ...]  # why the recipient needs them, or why nothing of it is shared
    conditions: tuple[str, ...]  # what has to hold beside, in sentences
    command: str  # by which it is shared

    def row(self) -> dict[str, str]:
        """Return the answer as text by column, several values separated by ``|``."""
        return {
            "to": self.audience.name,
            "what": self.topic.words[0],
            "answer": self.verdict,
            "columns": "|".join(self.columns),
            "not_these": "|".join(self.not_these),
            "because": "|".join(self.because),
            "conditions": "|".join(self.conditions),
            "purpose": self.audience.purpose,
            "legal_basis": self.audience.basis,
            "agreement": self.audience.agreement,
            "keep_days": str(self.audience.keep_days),
            "command": self.command,
            "not_judged": NO_RULE_WAITS if self.verdict == NO else NOT_JUDGED,
        }


def answers(
    rules: SharingRules, topic: Topic, settings: Settings, to: str = "", *, pseudonymised: bool = False
) -> list[Answer]:
    """Return what the rules say of a topic, for one recipient or route, or for all of them in the order of the rules.

    Raises
    ------
    UsageError
        When there is no such recipient or route.
    """
    everybody = {**rules.recipients, **rules.routes}
    wanted = to.strip().lower().replace("_", "-")
    named = {name.replace("_", "-"): name for name in everybody}
    if wanted and wanted not in named:
        raise UsageError(f"--to {to}: there is no such recipient or route{near(wanted, sorted(named))}")
    chosen = [everybody[named[wanted]]] if wanted else list(everybody.values())
    return [
        _answer(a, topic, settings, route=a.name in rules.routes, pseudonymised=pseudonymised and bool(a.needs))
        for a in chosen
    ]


def _answer(audience: Audience, topic: Topic, settings: Settings, *, route: bool, pseudonymised: bool) -> Answer:
    command = f"ocgnet refer --kind {audience.name}" if route else f"ocgnet disclose --to {audience.name}"
    shared = audience.places(pseudonymised=pseudonymised and not route)
    if shared == {NUMBERS}:
        columns = IN_NUMBERS if topic.places == (NUMBERS,) else tuple(p for p in topic.places if p in IN_NUMBERS)
        return _numbers(audience, topic, settings, columns, command)
    columns = tuple(p for p in topic.places if p in shared)
    behind = tuple(p for p in topic.places if p not in shared)
    if not columns:
        why = topic.never or f"no need of {audience.title} names it, and what no need names stays behind"
        return Answer(audience, topic, NO, (), behind, (why,), (), command)
    because = tuple(
        dict.fromkeys(n.because for n in audience.needs if any(f"{n.table}.{c}" in columns for c in n.columns))
    )
    own = tuple(_own_conditions(audience, columns))
    verdict = ONLY if behind or own else YES
    always = tuple(_always(audience, route=route, pseudonymised=pseudonymised))
    return Answer(audience, topic, verdict, columns, behind, because, (*own, *always), command)


def _numbers(audience: Audience, topic: Topic, settings: Settings, columns: tuple[str, ...], command: str) -> Answer:
    if not columns:
        why = topic.never or f"{audience.title} gets numbers only, and no number is counted by it"
        return Answer(audience, topic, NO, (), topic.places, (why,), (), command)
    counted_by = ("only as numbers of children, for --children all or named ones; no row is about one child",)
    least = settings.least_shown
    conditions = (
        *_own_conditions(audience, columns),
        f"Counts from 1 to {least - 1} are not shown, nor others that would give them away.",
        f"Others are rounded to {settings.rounded_to}; fewer than {least} children have no numbers at all.",
        f"A second summary is refused where it differs from an earlier one by fewer than {least} children.",
        f"It is destroyed after {audience.keep_days} days, or when the purpose is met before.",
    )
    behind = tuple(p for p in topic.places if p not in columns and p != NUMBERS)
    return Answer(audience, topic, ONLY, columns, behind, counted_by, conditions, command)


def _own_conditions(audience: Audience, columns: Collection[str]) -> Iterator[str]:
    """Yield what has to hold for these columns beside what holds for every pack."""
    tables = {p.partition(".")[0] for p in columns}
    if tables & {"concerns", "reports"}:
        codes = "; ".join(f"{scheme}: {' and '.join(codes[audience.handling])}" for scheme, codes in PERMITTED.items())
        yield (
            f"Only from reports whose handling code permits it ({codes}) or whose condition is confirmed for this "
            "recipient (--condition-met); never from reports that are overdue for review, have no handling code, or "
            "are graded as unreliable or false."
        )
    if tables & {"concerns", "family"} or "missing.companions" in columns:
        yield (
            "What rests on the record of an adult who is restricted or overdue for review stays behind and is counted, "
            "never named."
        )
    words = {f"{t}.{c.name}" for t, shared in audience.columns.items() for c in shared if c.free_text}
    if words & set(columns):
        yield "Somebody's own words may name others: read them before they leave."
    if "unknown" in tables:
        yield "Only gaps in what the recipient sees anyway."
    judged = {f"{t}.{c.name}" for t, shared in audience.columns.items() for c in shared if c.assessment}
    if judged & set(columns):
        yield "It is somebody's assessment, marked as such, and no fact."


def _always(audience: Audience, *, route: bool, pseudonymised: bool) -> Iterator[str]:
    """Yield what holds for every pack to somebody."""
    if route:
        yield "Only in a referral of one person by this route, with who makes it and why."
    else:
        yield "Only about children who are named one by one, with who shares it and why."
    if audience.one_school:
        yield "Only about pupils of one school, which receives it."
    if pseudonymised:
        yield "Under pseudonyms; they do not make data anonymous."
    yield "Never about somebody whose processing is restricted."
    yield f"It is destroyed after {audience.keep_days} days, or when the purpose is met before."


def all_words() -> list[tuple[str, str, str]]:
    """Return what may be asked about: the first word, others, and what it stands for."""
    return [(t.words[0], ", ".join(t.words[1:]), t.says) for t in TOPICS]


def said(answer: Answer) -> list[str]:
    """Return an answer in sentences, the answer itself first."""
    what, to = answer.topic.says, answer.audience.title
    heads = {YES: f"Yes: {to} may receive {what}.", NO: f"No: {to} receives nothing of {what}."}
    lines = [heads.get(answer.verdict, f"Only with conditions: {to} may receive {what} as said here.")]
    if answer.verdict == NO:
        lines.append(f"why:         {answer.because[0]}.")
        gets = ", ".join(TITLES[t].lower() for t in answer.audience.columns) or "numbers of children"
        lines.append(f"receives:    {gets}")
    else:
        lines.append(f"columns:     {', '.join(answer.columns)}")
        if answer.not_these:
            lines.append(f"not these:   {', '.join(answer.not_these)}")
        lines.append(f"needed:      {'; '.join(answer.because)}")
        lines += [f"condition:   {c}" for c in answer.conditions]
        lines.append(f"purpose:     {answer.audience.purpose} For nothing else.")
        lines.append(f"legal basis: {answer.audience.basis}")
        lines.append(f"agreement:   {answer.audience.agreement or 'none named'}")
        lines.append(f"shared by:   {answer.command} (logged, with a receipt)")
    return [*lines, NO_RULE_WAITS if answer.verdict == NO else NOT_JUDGED]
