"""The vocabulary in which tables are declared: kinds of column, words of enumerations, columns of people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

NOT_RECORDED, OTHER_WORDS = "not recorded", "other words"
"""What counts of words say where the record says nothing, and where it says something that is in no list."""


class Kind(Enum):
    """What the text of a cell stands for, with the Arrow type that holds it.

    A moment is local time, as people write it. An instant comes from machines in several places and is kept in
    universal time; a day without a time of day is kept as 00:00:00, and whoever shows that shows the day alone.
    """

    ID = "id"
    TEXT = "text"
    ENUM = "enum"
    DATE = "date"
    MOMENT = "moment"
    INSTANT = "instant"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"

    @property
    def arrow(self) -> pa.DataType:
        """Arrow type of a column of this kind."""
        return {
            Kind.DATE: pa.date32(),
            Kind.MOMENT: pa.timestamp("s"),
            Kind.INSTANT: pa.timestamp("s"),
            Kind.INTEGER: pa.int64(),
            Kind.NUMBER: pa.float64(),
            Kind.FLAG: pa.bool_(),
        }.get(self, pa.string())


class Sensitivity(Enum):
    """How carefully a column is handled when anything leaves the desk."""

    PLAIN = "plain"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Ahead(Enum):
    """What a date of a column may be that has not come yet."""

    NEVER = "never"
    """Something that has happened: a date after today cannot be right."""
    OPEN = "open"
    """The end of something that has happened; an open end such as 9999-12-31 says that there is none yet."""
    PLANNED = "planned"
    """Planned or agreed beforehand, so it may lie ahead; an open end says that nothing is planned."""


@dataclass(frozen=True)
class Column:
    """One column of a data table."""

    name: str  # header in files, property in the graph, column in results
    kind: Kind
    says: str  # one plain sentence for the data dictionary
    key: bool = False  # part of the table's key; such a cell is never blank
    required: bool = False  # never blank, though not part of the key
    enum: tuple[str, ...] = ()  # allowed values, lower case
    many: bool = False  # several values separated by | in one cell
    refers: str = ""  # table whose single key it must name, "person" for any table of people, or "subject" for
    # whatever the row's subject_kind says
    lenient: bool = False  # an unknown reference is a warning, not an error
    may_be_gone: bool = False  # an unknown reference says that the row is gone, and is told nowhere
    event: bool = False  # its date says when something happened or was recorded
    dates_records: bool = False  # an event that may date the records when nobody names the day of judgement
    counts_from: bool = False  # before this date the row does not count
    ahead: Ahead = Ahead.NEVER
    between: tuple[float, float] | None = None  # lowest and highest value of a number
    once: bool = False  # about.toml may give it for all rows of the table that leave it blank
    pattern: str = ""  # regular expression that the whole text must match
    pattern_says: str = ""
    sensitivity: Sensitivity = Sensitivity.PLAIN
    free_text: bool = False
    """Written in somebody's own words, so that it may hold anything, a child's words and names among them.
    No output of ``analyse`` or ``profile`` repeats it, but for the title of a report that may be named."""
    counted_as: tuple[str, ...] = ()
    """Words under which a text is counted and printed where texts are counted; all others are one
    count, because what a force writes into such a column need not be a word of a list."""

    @property
    def arrow(self) -> pa.DataType:
        """Arrow type of the column; a cell of several values stays ``|``-joined text."""
        return pa.string() if self.many else self.kind.arrow

    def counted_word(self, text: str | None) -> str:
        """Return the word under which a text is counted and printed: its own where it is in the list.

        Case, underscores, hyphens and repeated spaces make no other word.

        >>> sector = Column("sector", Kind.TEXT, "Sector.", counted_as=("social care",))
        >>> sector.counted_word("Social_Care"), sector.counted_word("told her aunt"), sector.counted_word(" ")
        ('social care', 'other words', 'not recorded')
        """
        word = " ".join((text or "").lower().replace("_", " ").replace("-", " ").split())
        if not word:
            return NOT_RECORDED
        return word if word in self.counted_as else OTHER_WORDS

    @property
    def never_blank(self) -> bool:
        """Whether a blank cell breaks a rule."""
        return self.key or self.required


@dataclass(frozen=True)
class Table:
    """One table of a data folder."""

    name: str  # of its file or sheet, without ending
    says: str  # one plain sentence for the data dictionary
    columns: tuple[Column, ...]  # in the order of the template
    orders: tuple[tuple[str, str], ...] = ()  # date columns of which the first may not be later than the second
    apart_by: tuple[str, ...] = ()  # tell rows of one key apart, as the start of a membership does; may be blank
    together: tuple[tuple[str, str], ...] = ()  # given both or not at all
    any_of: tuple[tuple[str, ...], ...] = ()  # of which at least one is given
    differ: tuple[tuple[str, str], ...] = ()  # that may not hold the same value

    @property
    def identity(self) -> tuple[str, ...]:
        """Columns that together may stand only once: the key, and what tells its repetitions apart."""
        return (*self.key, *self.apart_by)

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that identify a row."""
        return tuple(c.name for c in self.columns if c.key)

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of the typed table."""
        return pa.schema([(c.name, c.arrow) for c in self.columns])

    def column(self, name: str) -> Column:
        """Return one column by name; ``KeyError`` when the table has none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


PERSON_TABLES: dict[str, str] = {"nominals": "nominal_id", "people": "person_id", "children": "child_id"}
"""Tables of people with their key column; the three share one space of ids."""

# Words that columns of several tables allow, declared once.

ROLES = ("principal", "significant", "peripheral")
SUSPECT_ROLES = ("arrested", "suspect", "charged", "convicted")
"""Link roles under which a crime speaks of a person as a suspect; whoever was charged or convicted was one."""

PUBLISHED_ROLES = ("arrested", "suspect")
"""Link roles that the footnote of a published profile names; a figure that counts these alone says so."""

LINK_ROLES = (*SUSPECT_ROLES, "victim", "witness", "other")
ASSOCIATIONS = ("meeting", "phone", "household", "co_offending", "contact", "family", "financial", "online")
FROM_ONE_TO_THE_OTHER = ("phone", "financial", "online")
"""Kinds of contact that run from one person to the other by nature, as a call does; the others are mutual."""
RELATIONSHIPS = ("parent", "step_parent", "guardian", "sibling", "grandparent", "partner_of_parent", "household")
STRANDS = ("pursue", "prevent", "protect", "prepare")
ACES = (
    "physical_abuse", "sexual_abuse", "emotional_abuse", "physical_neglect", "emotional_neglect",
    "domestic_violence", "substance_misuse", "mental_illness", "parental_separation", "parent_in_prison",
)  # fmt: skip

CRIME_FLAGS = (
    "cse", "cce", "county_line", "modern_slavery", "knife", "firearm", "debt_bondage", "cuckooing", "drugs", "cyber",
)  # fmt: skip
"""Markers on a crime."""

VICTIM_KINDS = ("person", "business", "public_body", "society")
"""To whom a crime is done; society where nobody in particular is the victim, as of possession."""

TOPICS = (
    "cse", "cce", "county_line", "modern_slavery", "debt_bondage", "cuckooing", "drugs", "drug_violence", "knife",
    "firearm_accessible", "firearm_present", "fraud", "cyber", "money_laundering",
)  # fmt: skip
"""What a report is about. A firearm that somebody says can be had is accessible; one that was seen is present."""

RISK_LEVELS = ("none", "low", "medium", "high")
"""Levels of an assessed risk, lowest first."""

OUTCOMES = ("accepted", "passed_on", "no_further_action", "refused")
"""What may come of a referral."""

CRIME_TYPES = (
    "drug trafficking", "drug possession", "drug supply", "drug production", "drugs", "county lines",
    "cannabis cultivation",
    "money laundering", "fraud", "cyber crime", "cybercrime", "economic crime", "bribery and corruption",
    "counterfeiting", "intellectual property crime", "modern slavery", "human trafficking", "labour exploitation",
    "sexual exploitation", "child sexual exploitation", "child criminal exploitation", "child sexual abuse",
    "organised immigration crime", "people smuggling", "firearms", "violence", "serious violence", "robbery",
    "homicide", "kidnap and extortion", "extortion", "organised acquisitive crime", "acquisitive crime", "burglary",
    "theft", "vehicle crime", "plant theft", "cash machine crime", "rural crime", "wildlife crime", "waste crime",
    "environmental crime", "prison crime", "prostitution",
)  # fmt: skip
"""Primary crime types under which groups are counted; written without hyphens and underscores."""

COMMODITIES = (
    "powder cocaine", "crack cocaine", "crack", "cocaine", "heroin", "cannabis", "amphetamine", "methamphetamine",
    "mdma", "ecstasy", "ketamine", "new psychoactive substances", "synthetic cannabinoids", "spice", "fentanyl",
    "nitazenes", "benzodiazepines", "prescription drugs", "steroids", "class a drugs", "class b drugs",
    "class c drugs", "firearms", "ammunition", "explosives", "people", "cash", "tobacco", "cigarettes", "alcohol",
    "fuel", "counterfeit goods", "counterfeit currency", "counterfeit documents", "identity documents", "vehicles",
    "vehicle parts", "plant", "metal", "jewellery", "gold", "waste", "data",
)  # fmt: skip

SECTORS = (
    "education", "early years", "health", "mental health", "ambulance", "fire and rescue", "housing", "social care",
    "children's services", "adult social care", "local authority", "council", "licensing", "environmental health",
    "trading standards", "youth justice", "youth services", "probation", "prisons", "prison", "police",
    "immigration", "border force", "revenue and customs", "work and pensions", "charity", "voluntary",
    "voluntary sector", "faith", "community", "business", "retail", "hospitality", "hotels", "transport", "taxi",
    "banking", "finance", "security", "private", "public", "courts", "government", "defence", "other",
)  # fmt: skip
"""Sectors of those who send partnership information."""

TO_VICTIM = (
    "stranger", "acquaintance", "friend", "partner", "ex partner", "spouse", "ex spouse", "husband", "wife",
    "boyfriend", "girlfriend", "ex boyfriend", "ex girlfriend", "intimate partner", "family", "family member",
    "relative", "parent", "mother", "father", "step parent", "guardian", "child", "son", "daughter", "sibling",
    "brother", "sister", "grandparent", "grandchild", "other family", "neighbour", "flatmate", "lodger",
    "colleague", "business", "employer", "employee", "customer", "client", "teacher", "pupil", "carer", "patient",
    "professional", "police officer", "gang member", "rival", "associate", "online", "known", "known to victim",
    "none", "unknown", "not known", "other",
)  # fmt: skip
"""What a suspect is to the victim."""

RESTRICTED_BECAUSE: dict[str, str] = {
    "evidence": "it would have to be erased, and is kept as evidence",
    "accuracy": "its accuracy is contested, and nobody can tell",
}
"""Grounds on which processing is restricted instead of a record being erased (Data Protection Act 2018, section 47)."""

_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
    "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "
)

COUNTRIES = frozenset(_COUNTRIES.split())
"""Assigned codes of ISO 3166, and XK, under which Kosovo is recorded though ISO has no code for it."""


ID, TEXT, ENUM, DATE = Kind.ID, Kind.TEXT, Kind.ENUM, Kind.DATE
PERSONAL, SENSITIVE = Sensitivity.PERSONAL, Sensitivity.SENSITIVE


def person_columns(*, says: str = "Name as recorded.") -> tuple[Column, ...]:
    """Columns that describe anybody; declared once for all tables of people."""
    return (
        Column("name", TEXT, says, sensitivity=PERSONAL),
        Column("date_of_birth", DATE, "Date of birth; blank when not known.", sensitivity=PERSONAL),
        Column("sex", TEXT, "Sex as recorded.", sensitivity=PERSONAL),
        Column("ethnicity", TEXT, "Ethnicity as recorded.", sensitivity=SENSITIVE),
        Column("district", TEXT, "District where the person lives."),
        Column("review_due", DATE, "When the record has to be reviewed.", ahead=Ahead.PLANNED),
        Column("restricted_on", DATE, "Since when processing is restricted; blank when it is not."),
        Column("restricted_because", ENUM, "Why processing is restricted.", enum=tuple(RESTRICTED_BECAUSE)),
    )


def person_ref(name: str, says: str, *, key: bool = True, lenient: bool = False) -> Column:
    """Return a column that names anybody, whichever table holds the person."""
    return Column(name, ID, says, key=key, refers="person", lenient=lenient, sensitivity=PERSONAL)
