"""What each recipient of a disclosure needs. This is the one place where that is decided."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
        SharedColumn("outcome", "what came of it", free_text=True),
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
    "concerns": "Why the child came to notice",
    "family": "Family and household",
    "experiences": "Adverse childhood experiences",
    "missing": "Missing episodes",
    "crimes": "Crimes that name the child",
    "referrals": "Referrals already made",
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
    only: tuple[str, ...] = ()  # for crimes: the standings that are shared; empty for all


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

    def standings(self) -> tuple[str, ...]:
        """Standings in crimes that are shared; empty for all."""
        return tuple(sorted({s for n in self.needs for s in n.only}))


_WHO = ("name", "date_of_birth", "age")
_SCHEME_AND_RISK = ("cse_risk_scheme", "cse_risk", "cse_flagged_on", "cce_risk")
_CARE = ("relationship", "adult_name", "verified", "recorded_on")
_CONCERN = ("concern", "how_sure", "latest")
_EPISODE = ("missing_from", "found_at", "found_where", "in_company", "return_interview")
_CRIME = ("standing", "offence", "recorded_on", "flags")
_REFERRED = ("kind", "made_on", "outcome")
_UNKNOWN = ("not_known", "find_out")
_EXPERIENCE = ("experience", "status", "recorded_on")

_RECIPIENTS = (
    Audience(
        "childrens-services",
        "children's services",
        "To decide whether a child is in need or at risk of significant harm, and to protect the child.",
        "Children Act 1989 sections 17 and 47; Children Act 2004 sections 10 and 11.",
        (
            Need("children", (*_WHO, "sex", "district"), "to find the child in their own records"),
            Need("children", ("school", "social_worker"), "to reach the people who already know the child"),
            Need("children", _SCHEME_AND_RISK, "to set their own assessment beside the recorded one"),
            Need("concerns", _CONCERN, "to weigh why the child came to notice"),
            Need("family", _CARE, "to know who cares for the child and which ties still need checking"),
            Need("experiences", _EXPERIENCE, "to see what adds up over time"),
            Need("missing", _EPISODE, "to arrange interviews and see places that recur"),
            Need("crimes", _CRIME, "to see harm done to the child, and pressure that may stand behind offences"),
            Need("referrals", _REFERRED, "to avoid asking twice"),
            Need("unknown", _UNKNOWN, "to see what nobody has looked at yet"),
        ),
    ),
    Audience(
        "education",
        "the child's school",
        "To notice absence and change, and to keep the child safe at school.",
        "Education Act 2002 section 175; Keeping Children Safe in Education.",
        (
            Need("children", (*_WHO, "school"), "to find the pupil"),
            Need("children", ("social_worker",), "to know whom the safeguarding lead calls"),
            Need("missing", ("missing_from", "found_at"), "to set absence beside missing episodes"),
        ),
    ),
    Audience(
        "health",
        "health services",
        "To offer the child physical, sexual and mental health care that fits what happened.",
        "Children Act 2004 sections 10 and 11.",
        (
            Need("children", (*_WHO, "sex"), "to find the patient"),
            Need("children", ("social_worker",), "to know whom to call"),
            Need("children", _SCHEME_AND_RISK, "to ask the right questions in private"),
            Need("experiences", ("experience", "status"), "to offer care that knows about trauma"),
            Need("missing", ("missing_from", "found_at"), "to offer a check after a return"),
        ),
    ),
    Audience(
        "housing",
        "the housing provider",
        "To judge whether a home is safe for the child, and to move the household where it is not.",
        "Crime and Disorder Act 1998 section 115; Housing Act 1996 Part 7.",
        (
            Need("children", ("name", "age", "district"), "to know who lives in the home"),
            Need("children", ("social_worker",), "to agree any step with the social worker first"),
            Need("family", ("relationship", "adult_name"), "to find the tenancy of the household"),
        ),
    ),
    Audience(
        "youth-justice",
        "the youth justice service",
        "To turn the child away from offending, with exploitation considered first.",
        "Crime and Disorder Act 1998 sections 37 and 38.",
        (
            Need("children", (*_WHO, "sex", "district"), "to find the child in their own records"),
            Need("children", ("social_worker", "cce_risk"), "to plan with the social worker, exploitation in mind"),
            Need("crimes", _CRIME, "to see offences beside harm suffered: a child may be both"),
            Need("missing", ("missing_from", "found_at", "in_company"), "to see pressure around offences"),
            Need("referrals", ("kind", "made_on"), "to know of a modern slavery referral and its defence"),
        ),
    ),
    Audience(
        "police",
        "another police force",
        "To protect the child across force borders and to pursue those who exploit children.",
        "Data Protection Act 2018 Part 3; police common law powers to protect life.",
        (
            Need("children", (*_WHO, "sex", "district", "social_worker"), "to recognise the child"),
            Need("children", _SCHEME_AND_RISK, "to treat the child as one who may be exploited"),
            Need(
                "concerns",
                ("concern", "how_sure", "latest", "adult_id", "ocg_id", "recorded_role"),
                "to know which group and which member stand behind the risk",
            ),
            Need(
                "family",
                ("relationship", "adult_id", "adult_name", "verified", "recorded_on"),
                "to know who cares for the child",
            ),
            Need(
                "missing",
                ("missing_from", "found_at", "found_where", "in_company", "companions", "return_interview"),
                "to search and to see who recurs",
            ),
            Need(
                "crimes",
                ("standing", "offence", "recorded_on", "flags", "crime_id"),
                "to keep victims apart from suspects",
            ),
            Need("referrals", _REFERRED, "to know who is already involved"),
            Need("reports", ("report_id", "reported_on", "grading"), "to ask for a report by its number"),
            Need("unknown", _UNKNOWN, "to see what nobody has looked at yet"),
        ),
    ),
    Audience(
        "partnership",
        "the community safety partnership",
        "To plan services from numbers; no row is about one child.",
        "Crime and Disorder Act 1998 section 115.",
        (),
    ),
)

RECIPIENTS: dict[str, Audience] = {a.name: a for a in _RECIPIENTS}
"""Recipients by the word after ``--to``."""


# What each referral route is for, and what the other end needs. The one place where that is decided.

_WHO_IS_REFERRED = ("name", "date_of_birth", "age", "sex", "district")
_RISK = ("cse_risk", "cse_risk_scheme", "cse_flagged_on", "cce_risk")

_ROUTES = (
    Audience(
        "mash",
        "the multi-agency safeguarding hub (MASH)",
        "To protect a child at risk of harm.",
        "Children Act 1989 section 47; Children Act 2004 sections 10 and 11.",
        (
            Need("children", _WHO_IS_REFERRED, "to find the child"),
            Need("children", ("school", "social_worker"), "to reach the people who already know the child"),
            Need("children", _RISK, "to set the hub's own assessment beside the recorded one"),
            Need("concerns", _CONCERN, "to weigh why the child came to notice"),
            Need("family", _CARE, "to know who cares for the child, and which ties still need checking"),
            Need("experiences", _EXPERIENCE, "to see what adds up over time"),
            Need("missing", _EPISODE, "to arrange interviews and see places that recur"),
            Need("crimes", _CRIME, "to see harm done to the child, and pressure that may stand behind offences"),
            Need("referrals", _REFERRED, "to see what was tried before"),
            Need("unknown", _UNKNOWN, "to see what nobody has looked at yet"),
        ),
    ),
    Audience(
        "nrm",
        "the national referral mechanism (NRM)",
        "To have a possible victim of modern slavery identified and supported.",
        "Modern Slavery Act 2015 section 52; only a first responder may refer.",
        (
            Need("children", _WHO_IS_REFERRED, "to identify the possible victim"),
            Need(
                "children",
                ("social_worker", *_RISK),
                "to reach whoever looks after the child, and the local assessment",
            ),
            Need("concerns", _CONCERN, "as indicators of trafficking"),
            Need(
                "missing",
                ("missing_from", "found_at", "found_where", "in_company"),
                "as indicators of movement and control",
            ),
            Need("crimes", _CRIME, "to see harm suffered, and offences that exploitation may stand behind"),
            Need("referrals", ("kind", "made_on"), "to know which other routes are open"),
            Need("unknown", _UNKNOWN, "because the decision rests on what is known"),
        ),
    ),
    Audience(
        "ictg",
        "the independent child trafficking guardian service (ICTG)",
        "To give a possibly trafficked child somebody independent who speaks for the child.",
        "Modern Slavery Act 2015 section 48; beside a referral to the NRM, never instead of it.",
        (
            Need("children", _WHO_IS_REFERRED, "to reach the child"),
            Need("children", ("school", "social_worker"), "to work with those who look after the child"),
            Need("missing", ("missing_from", "found_at", "in_company"), "to judge how urgent a visit is"),
            Need("referrals", ("kind", "made_on"), "to see the NRM referral beside which this stands"),
            Need("unknown", _UNKNOWN, "to know what to ask the child and those who look after the child"),
        ),
    ),
    Audience(
        "cpi",
        "the force's intelligence team (CPI)",
        "To pass on information that is not urgent. It is intelligence and protects nobody by itself.",
        "Data Protection Act 2018 Part 3; police common law powers.",
        (Need("children", ("name", "date_of_birth", "district"), "to know whom the information is about"),),
    ),
    Audience(
        "early_help",
        "the early help team",
        "To support a family before a need becomes a risk, with the family's agreement.",
        "Children Act 2004 section 10; the family agrees to it.",
        (
            Need("children", _WHO_IS_REFERRED, "to find the child"),
            Need("children", ("school", "social_worker"), "to plan support with those who know the child"),
            Need("experiences", ("experience", "status"), "to offer support that fits"),
            Need("missing", ("missing_from", "found_at", "return_interview"), "to see absence from home"),
            Need("referrals", _REFERRED, "to see what was tried before"),
        ),
    ),
)

ROUTES: dict[str, Audience] = {a.name: a for a in _ROUTES}
"""Routes by the word after ``--kind``."""
