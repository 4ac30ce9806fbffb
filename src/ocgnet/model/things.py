"""What joins people besides events: phones, vehicles, addresses, accounts and what is recorded of them."""

from __future__ import annotations

from ocgnet.model.columns import Ahead, Column, Kind, Sensitivity, Table, person_ref

ID, TEXT, ENUM, DATE = Kind.ID, Kind.TEXT, Kind.ENUM, Kind.DATE
INSTANT, INTEGER, NUMBER = Kind.INSTANT, Kind.INTEGER, Kind.NUMBER
PERSONAL, SENSITIVE = Sensitivity.PERSONAL, Sensitivity.SENSITIVE

THING_KINDS = (
    "phone", "sim", "device", "vehicle", "address", "premises", "account", "organisation", "online_handle", "line",
    "weapon", "other",
)  # fmt: skip

CALLING = ("phone", "sim", "device", "line", "online_handle")
"""Kinds of thing that are in touch with each other."""

USED_BY_ONE = ("phone", "sim", "device", "online_handle")
"""Kinds of thing that one person uses at a time; a line is worked by several hands, and a car is lent."""

PLACES = ("address", "premises")
"""Kinds of thing that stand somewhere."""

THING_IDENTIFIERS: dict[str, str] = {
    "phone": "number",
    "sim": "number",
    "line": "number",
    "device": "imei",
    "vehicle": "registration",
    "account": "number",
    "organisation": "company_number",
    "online_handle": "number",
    "address": "uprn",
    "premises": "uprn",
}
"""Column that identifies a thing of a kind; ``normalised`` holds it in one form."""

RELATIONS: dict[str, str] = {
    "user": "USES",
    "owner": "OWNS",
    "keeper": "KEEPS",
    "subscriber": "SUBSCRIBES_TO",
    "resident": "LIVES_AT",
    "tenant": "RENTS",
    "director": "DIRECTS",
    "employee": "WORKS_FOR",
    "seen_at": "SEEN_AT",
    "controls": "CONTROLS",
    "signatory": "SIGNS_FOR",
    "passenger": "RIDES_IN",
    "runner": "RUNS_FOR",
    "customer": "CUSTOMER_OF",
    "other": "CONNECTED_TO",
}
"""What a person is to a thing, with the relationship that says so in the graph."""

CONFIDENCES = ("recorded", "attributed", "suspected")
"""How sure a link between a person and a thing is; a blank is read as recorded."""

NOT_TO_BE_SHARED_AS = ("customer", "employee")
"""Relations that join nobody: two customers of one line, or two employees of one firm, need not know each other."""

UNDER_AUTHORITY = ("thing_links", "communications", "sightings", "transfers")
"""Tables for which ``about.toml`` may say once under what authority they were obtained."""

_COUNT = (1, 1e9)
_LATITUDE = Column("latitude", NUMBER, "Latitude in degrees.", between=(-90, 90), sensitivity=PERSONAL)
_LONGITUDE = Column("longitude", NUMBER, "Longitude in degrees.", between=(-180, 180), sensitivity=PERSONAL)


def _authority(*, required: bool = False, once: bool = True) -> Column:
    says = "Reference of the authority under which this was obtained"
    if once:
        says += "; about.toml may give it once for the whole file"
    return Column("authority_ref", TEXT, f"{says}.", required=required, once=once, sensitivity=SENSITIVE)


def _thing_ref(name: str, says: str, *, key: bool = True) -> Column:
    return Column(name, ID, says, key=key, refers="things", sensitivity=PERSONAL)


THING_TABLES = (
    Table(
        "things",
        "Phones, vehicles, addresses, accounts and other things that may join people.",
        (
            Column("thing_id", ID, "Identifier of the thing.", key=True, sensitivity=PERSONAL),
            Column("kind", ENUM, "What it is.", required=True, enum=THING_KINDS),
            Column("label", TEXT, "Name or address as recorded.", sensitivity=PERSONAL),
            Column(
                "number", TEXT, "Number of a phone, SIM, line or account, or an online handle.", sensitivity=PERSONAL
            ),
            Column("imei", TEXT, "IMEI of a device.", sensitivity=PERSONAL),
            Column("registration", TEXT, "Registration mark of a vehicle.", sensitivity=PERSONAL),
            Column("postcode", TEXT, "Postcode of an address or premises.", sensitivity=PERSONAL),
            Column("uprn", TEXT, "Unique property reference number.", sensitivity=PERSONAL),
            Column("company_number", TEXT, "Company number of an organisation.", sensitivity=PERSONAL),
            Column(
                "normalised",
                TEXT,
                "What identifies the thing in one form; filled in when the records are read.",
                sensitivity=PERSONAL,
            ),
            _LATITUDE,
            _LONGITUDE,
            Column("ward", TEXT, "Ward."),
            Column("district", TEXT, "District."),
            _authority(once=False),
            Column("review_due", DATE, "When the record has to be reviewed.", ahead=Ahead.PLANNED),
        ),
        together=(("latitude", "longitude"),),
    ),
    Table(
        "thing_links",
        "Who has to do with which thing, as what, from when to when.",
        (
            person_ref("person_id", "The person."),
            _thing_ref("thing_id", "The thing."),
            Column("relation", ENUM, "What the person is to the thing.", key=True, enum=tuple(RELATIONS)),
            Column("from_date", DATE, "First day.", event=True, counts_from=True),
            Column("to_date", DATE, "Last day; blank while it lasts.", event=True, ahead=Ahead.PLANNED),
            Column("report_id", ID, "Report that records it.", refers="intel_reports"),
            Column("confidence", ENUM, "How sure the link is; blank is recorded.", enum=CONFIDENCES),
            Column("source", TEXT, "Where it comes from.", sensitivity=SENSITIVE, free_text=True),
            _authority(),
        ),
        orders=(("from_date", "to_date"),),
        apart_by=("from_date", "report_id"),
    ),
    Table(
        "communications",
        "Calls and messages from one thing to another, one by one or several in a row.",
        (
            _thing_ref("from_thing", "The thing that called; a number that is in no table becomes a phone."),
            _thing_ref("to_thing", "The thing that was called."),
            Column("at", INSTANT, "When; of several the first.", key=True, event=True, dates_records=True),
            Column("kind", ENUM, "Kind of communication.", enum=("call", "sms", "message", "data")),
            Column("duration", NUMBER, "Seconds.", between=(0, 1e9)),
            Column("count", INTEGER, "How many the row stands for; blank is one.", between=_COUNT),
            Column("last_at", INSTANT, "When the last of several was.", event=True),
            _authority(required=True),
        ),
        orders=(("at", "last_at"),),
        apart_by=("kind", "duration"),
        differ=(("from_thing", "to_thing"),),
    ),
    Table(
        "sightings",
        "When and where a thing was seen.",
        (
            _thing_ref("thing_id", "The thing."),
            Column("at", INSTANT, "When.", key=True, event=True, dates_records=True),
            Column("place", ID, "Where: a thing, or the code of a camera or a place.", sensitivity=PERSONAL),
            _LATITUDE,
            _LONGITUDE,
            Column("source", ENUM, "How it was seen.", enum=("anpr", "cctv", "officer")),
            _authority(),
        ),
        apart_by=("place", "latitude", "longitude", "source"),
        together=(("latitude", "longitude"),),
        any_of=(("place", "latitude"),),
    ),
    Table(
        "transfers",
        "Money that went from one account to another.",
        (
            _thing_ref("from_account", "The account that paid; a number that is in no table becomes an account."),
            _thing_ref("to_account", "The account that was paid."),
            Column("at", INSTANT, "When.", key=True, event=True, dates_records=True),
            Column("amount", NUMBER, "Amount.", between=(0, 1e12)),
            Column(
                "currency",
                TEXT,
                "Currency, three letters (ISO 4217).",
                pattern="[A-Z]{3}",
                pattern_says="the three capital letters of the currency, such as GBP",
            ),
            _authority(),
        ),
        apart_by=("amount", "currency"),
        differ=(("from_account", "to_account"),),
    ),
    Table(
        "group_things",
        "Which things belong to a group, such as its premises, its line or its vehicle.",
        (
            Column("ocg_id", ID, "The group.", key=True, refers="ocgs"),
            _thing_ref("thing_id", "The thing."),
            Column("from_date", DATE, "First day.", event=True, counts_from=True),
            Column("to_date", DATE, "Last day; blank while it lasts.", event=True, ahead=Ahead.PLANNED),
            Column("report_id", ID, "Report that records it.", refers="intel_reports"),
            Column("confidence", ENUM, "How sure the link is; blank is recorded.", enum=CONFIDENCES),
            _authority(once=False),
        ),
        orders=(("from_date", "to_date"),),
        apart_by=("from_date", "report_id"),
    ),
    Table(
        "crime_things",
        "Where a crime happened, and with what.",
        (
            Column("crime_id", ID, "The crime.", key=True, refers="crimes"),
            _thing_ref("thing_id", "The thing."),
            Column(
                "involvement",
                ENUM,
                "What the thing is to the crime.",
                key=True,
                enum=("scene", "used", "found", "target", "other"),
            ),
            _authority(once=False),
        ),
    ),
)
"""In the order in which they are checked and stored."""
