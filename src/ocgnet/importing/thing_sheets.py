"""Sheets of things: calls, camera reads, transfers, and lists of phones, vehicles, addresses, accounts and companies.

Such a sheet feeds several tables at once. A list of vehicles with their keepers gives things and who has to do with
them; a list of calls, communications. The words of their headers stand in ``data/thing_words.toml``. Only what is no
sheet of people, groups or events is looked at here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from ocgnet.importing.cell_values import CLOCK, MOSTLY, NUMBER, PHONE, PLATE, POSTCODE, Bearing, CellValues, bearing
from ocgnet.importing.column_fits import REFERS, TOLD, ColumnFits, Fit, View, assigned
from ocgnet.importing.headers import Lexicon, lexicon_of
from ocgnet.importing.mapping import ColumnRule, Each, Guess, TableRule
from ocgnet.importing.thing_ids import LENGTH
from ocgnet.importing.transformations import guess_of, several_people
from ocgnet.model import TABLES
from ocgnet.words import plain

_CALLABLE = re.compile(r"(?:\+|00?|44)[1-9](?:[\s().-]*\d){6,13}|\d{10}")
_MARK = re.compile(r"(?i)[A-Z]{2}\d{2}\s?[A-Z]{3}|[A-Z]\d{1,3}\s?[A-Z]{3}|[A-Z]{3}\s?\d{1,3}[A-Z]|[A-Z]{1,3}\s?\d{3,4}")
_IMEI = re.compile(r"\d{2}-?\d{6}-?\d{6}-?\d{1,2}|\d{14,16}")
_ACCOUNT = re.compile(r"(?:\d{2}-?\d{2}-?\d{2}\s+)?\d{7,10}|\d{14}|[A-Z]{2}\d{2}[A-Z0-9 ]{11,34}")
_SORT_CODE = re.compile(r"\d{2}[- ]?\d{2}[- ]?\d{2}")
_COMPANY = re.compile(r"(?:[A-Z]{2}\s?\d{6}|\d{7,8})")
_MONEY = re.compile(r"[£€$]?\s?-?\d[\d,]*(?:\.\d+)?")
_SEVERAL_WORDS = re.compile(r".*[^\W\d_].*[ ,].*")
_POSTCODE_AT_END = r"([A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2})\s*$"
_DIGITS_OF_MONEY = r"([0-9][0-9,]*(?:\.[0-9]+)?)"

_NOT_OURS = frozenset(("officer", "rank", "custody", "court", "system"))
"""Meanings in the name of a sheet that is about staff, cells or courts, whatever numbers stand in it."""

_LEAST = 0.35
_BY_DOUBT = (1.0, 0.62, 0.4)
_SUPPORT = 0.15


@dataclass(frozen=True)
class Listed:
    """A kind of thing that a sheet may list.

    ``identifier`` is the role of the column that identifies it and ``column`` ours, ``form`` how its id is written.
    ``usual`` is the relation that somebody beside it most likely has.
    """

    kind: str
    identifier: str
    column: str
    form: str
    usual: str


_KINDS = (
    Listed("vehicle", "registration", "registration", "registration", "user"),
    Listed("phone", "phone", "number", "phone", "user"),
    Listed("account", "account", "number", "account", "owner"),
    Listed("organisation", "company_number", "company_number", "digits", "director"),
    Listed("device", "imei", "imei", "digits", "user"),
    Listed("sim", "imsi", "number", "digits", "user"),
    Listed("online_handle", "handle", "number", "handle", "user"),
    Listed("address", "uprn", "uprn", "address", "resident"),
    Listed("address", "address", "label", "address", "resident"),
)

_PERSON_ROLES: Mapping[str, str] = {
    "keeper": "keeper", "driver": "user", "occupier": "resident", "tenant": "tenant", "holder": "owner", "user": "user",
    "subscriber": "subscriber", "director": "director", "owner": "owner", "person": "",
}  # fmt: skip
"""By role of a column of people, what those are to the thing; nothing where its name does not say it."""

_OF_LINKS = ("relation", "confidence", "from_day", "to_day", "first_seen", "last_seen", "report", "authority")
_DAYS = frozenset(("from_day", "to_day", "first_seen", "last_seen"))
_OF_THINGS = ("make", "colour", "town", "postcode", "latitude", "longitude", "ward", "district", "company")


@cache
def built_in() -> Lexicon:
    """Return the words for headers of sheets of things that come with the program."""
    return lexicon_of_things({})


def lexicon_of_things(without: Mapping[str, object]) -> Lexicon:
    """Return the words of both files: where both have a phrase, a sheet of things means what its own file says.

    ``without`` are phrases that are left out, to measure what they are worth.
    """
    general, own = (
        tomllib.loads((files("ocgnet") / "data" / name).read_text(encoding="utf-8"))
        for name in ("header_words.toml", "thing_words.toml")
    )
    rest = {m: phrases for m, phrases in general["words"].items() if m not in own["words"] | _COARSE}
    words = {m: [p for p in phrases if p not in without] for m, phrases in (own["words"] | rest).items()}
    return lexicon_of({**own, "around": general["around"] + own["around"], "words": words})


_COARSE: dict[str, object] = {"thing": (), "other_person": ()}
"""Meanings that say of a column only that it is about no person and no event."""


@dataclass(frozen=True, eq=False)
class ThingSheet:
    """A sheet as one of things: which header has which role, by its name and by what its cells hold."""

    view: View
    lexicon: Lexicon
    matcher: ColumnFits
    source: str

    @cached_property
    def names(self) -> dict[str, frozenset[str]]:
        """Meanings of each header."""
        return {
            h: frozenset(m for m in self.lexicon.read(h) if not m.isdigit() and m != "key")
            for h in self.view.sheet.header
        }

    @cached_property
    def about(self) -> frozenset[str]:
        """What its name and its titles say that it is of."""
        texts = (self.view.sheet.name, *self.view.sheet.titles)
        meanings = {m for text in texts for m in self.lexicon.read(text)}
        return frozenset(kind for kind, words in self.lexicon.sheets.items() if words & meanings)

    def fits(self, roles: Sequence[str]) -> dict[str, Fit]:
        """Return the header of each of some roles that has one, so that each header has at most one role."""
        fits = {(h, r): f for h in self.view.sheet.header for r in roles if (f := self._fit(h, r))}
        chosen = assigned(fits, self.view.sheet.header, roles, _LEAST) if fits else []
        return {f.column: f for f in chosen}

    def further(self, role: str, first: Fit) -> list[str]:
        """Return all headers of a role that may have several, as make and model have, in their order."""
        return [h for h in self.view.sheet.header if h == first.header or ((f := self._fit(h, role)) and f.sure)]

    def _fit(self, header: str, role: str) -> Fit | None:
        values, names = self.view.values[header], self.names[header]
        if told := self.matcher.words.headers.get(plain(header)):
            fills = not told.isdisjoint(_FILLS.get(role, ()))
            return Fit(header, role, TOLD, True, f"words.toml says so of {header}") if fills else None
        named, doubt = 0.0, 2
        for phrase in self.lexicon.targets["role", role]:
            unknown = {m for m in names - phrase.meanings if m.startswith("?")}
            if not phrase.meanings <= names or names - phrase.meanings - unknown or len(unknown) > 1:
                continue
            if unknown and role in _DAYS:
                continue  # the day of an inspection ends nothing
            score = _BY_DOUBT[phrase.doubt] * (0.6 if unknown else 1) + 0.02 * len(phrase.meanings)
            if score > named:
                named, doubt = score, max(phrase.doubt, 1 if unknown else 0)
        if not named:
            return self._by_cells(header, role)
        says = self.says(role, values)
        if says is Bearing.AGAINST or (doubt == 2 and says is not Bearing.FOR):
            return None
        supported = says is Bearing.FOR
        score = named + (_SUPPORT if supported else 0)
        # Whose id it is, the sheets of people say; of a number, its cells.
        sure = doubt == 0 or (supported and role in (*_PERSON_ROLES, "phone"))
        why = f"it is called {header}" + (", its cells look like it" if supported else "")
        return Fit(header, role, score * (0.7 + 0.3 * values.filled), sure, why)

    def _by_cells(self, header: str, role: str) -> Fit | None:
        """Return the fit of a header of which no word is known and whose cells can hardly be anything else."""
        values, names = self.view.values[header], self.names[header]
        if not all(m.startswith("?") or m in ("id", "code", "desc") for m in names) or len(values.counts) < 2:
            return None
        if role == "person":
            if self._of_people(values) is not Bearing.FOR:
                return None
        elif role not in _EVIDENT or values.like(_EVIDENT[role]) < MOSTLY:
            return None
        return Fit(header, role, _BY_CELLS_ALONE, False, f"the cells of {header} can hardly be anything else")

    def says(self, role: str, values: CellValues) -> Bearing:
        """Say whether cells speak for or against a role."""
        if values.none:
            return Bearing.SILENT
        if role in _PERSON_ROLES:
            return self._of_people(values)
        if role == "report":
            reports = self.matcher.ids.get("intel_reports", frozenset())
            return _more(len(values.ids & reports) / max(len(values.ids), 1), REFERS, REFERS)
        if words := _WORDS.get(role):
            known = values.understood(words[0], TABLES[words[0]].column(words[1]), self.matcher.words)
            return _more(known, 0.5, 0.5)
        return _BY_CELLS[role](values)

    def _of_people(self, values: CellValues) -> Bearing:
        if bearing(values, "thing_links", "person_id", self.matcher.words) is Bearing.AGAINST:
            return Bearing.AGAINST
        if not self.matcher.people:
            return Bearing.SILENT
        listed = len(values.ids & self.matcher.people) / max(len(values.ids), 1)
        # Numbers of which none is anybody's, such as how many live there, are no ids of people.
        return Bearing.FOR if listed >= REFERS else Bearing.SILENT if listed else Bearing.AGAINST


def _more(share: float, enough: float, least: float) -> Bearing:
    return Bearing.FOR if share >= enough else Bearing.AGAINST if share < least else Bearing.SILENT


def _like(pattern: re.Pattern[str], least: float = 0.2) -> Callable[[CellValues], Bearing]:
    return lambda values: _more(values.like(pattern), 0.5, least)


def _day(values: CellValues) -> Bearing:
    return _more(values.dates, MOSTLY, 0.5)


def _text(values: CellValues) -> Bearing:
    no_text = values.dates > 0.5 or values.like(CLOCK) > 0.5 or values.like(re.compile(r"-?\d+\.\d+")) > 0.5
    return Bearing.AGAINST if no_text else Bearing.SILENT


def _address(values: CellValues) -> Bearing:
    return Bearing.AGAINST if _text(values) is Bearing.AGAINST else _more(values.like(_SEVERAL_WORDS), 0.5, 0.5)


def _degrees(role: str) -> Callable[[CellValues], Bearing]:
    from ocgnet.words import built_in as words

    return lambda values: bearing(values, "things", role, words())


_BY_CELLS_ALONE = 0.55
_EVIDENT: Mapping[str, re.Pattern[str]] = {"registration": PLATE, "phone": PHONE, "postcode": POSTCODE}

_FILLS: Mapping[str, frozenset[tuple[str, str]]] = {
    role: frozenset((table, column) for table, _, column in (c.partition(".") for c in columns.split()))
    for role, columns in {
        "registration": "things.registration", "phone": "things.number", "account": "things.number "
        "transfers.from_account", "imei": "things.imei", "imsi": "things.number", "handle": "things.number",
        "uprn": "things.uprn", "address": "things.label", "make": "things.label", "postcode": "things.postcode",
        "company_number": "things.company_number", "latitude": "things.latitude sightings.latitude",
        "longitude": "things.longitude sightings.longitude", "ward": "things.ward", "district": "things.district",
        "person": "thing_links.person_id", "relation": "thing_links.relation", "confidence": "thing_links.confidence",
        "from_day": "thing_links.from_date", "to_day": "thing_links.to_date", "report": "thing_links.report_id",
        "caller": "communications.from_thing", "called": "communications.to_thing", "start": "communications.at",
        "call_type": "communications.kind", "duration": "communications.duration", "count": "communications.count",
        "read_time": "sightings.at", "camera": "sightings.place", "to_account": "transfers.to_account",
        "paid_on": "transfers.at", "amount": "transfers.amount", "currency": "transfers.currency",
        "authority": "communications.authority_ref sightings.authority_ref transfers.authority_ref "
        "thing_links.authority_ref",
    }.items()
}  # fmt: skip
"""By role, the columns of ours of which a force may say what its own are called."""

_BY_CELLS: Mapping[str, Callable[[CellValues], Bearing]] = {
    **dict.fromkeys(("phone", "caller", "called"), _like(_CALLABLE)),
    **dict.fromkeys(("start", "read_time", "paid_on", "first_seen", "last_seen", "from_day", "to_day"), _day),
    **dict.fromkeys(("account", "to_account"), _like(_ACCOUNT)),
    **dict.fromkeys(("sort_code", "to_sort_code"), _like(_SORT_CODE, 0.5)),
    **dict.fromkeys(("make", "colour", "camera", "town", "ward", "district", "company", "authority", "handle"), _text),
    "registration": _like(_MARK),
    "clock": lambda values: Bearing.FOR if values.like(CLOCK) > 0.5 else Bearing.AGAINST,
    "imei": _like(_IMEI, 0.5),
    "imsi": _like(re.compile(r"\d{14,15}"), 0.5),
    "duration": lambda values: _more(max(values.like(NUMBER), values.like(LENGTH)), 0.5, 0.5),
    "count": _like(re.compile(r"\d{1,7}"), 0.5),
    "address": _address,
    "postcode": _like(POSTCODE, 0.5),
    "uprn": _like(re.compile(r"\d{6,12}"), 0.5),
    "latitude": _degrees("latitude"),
    "longitude": _degrees("longitude"),
    "amount": _like(_MONEY, 0.5),
    "currency": _like(re.compile("[A-Z]{3}"), 0.5),
    "company_number": _like(_COMPANY, 0.5),
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "call_type": ("communications", "kind"),
    "relation": ("thing_links", "relation"),
    "confidence": ("thing_links", "confidence"),
}
"""Roles whose cells are words of a column of ours."""


def thing_rules(view: View, matcher: ColumnFits, lexicon: Lexicon, source: str) -> list[TableRule]:
    """Return the rules by which a sheet feeds the tables of things; none where it is no such sheet."""
    if view.about & _NOT_OURS or any(set(m) & {"rank"} for m in view.names.values()):
        return []
    sheet = ThingSheet(view, lexicon, matcher, source)
    if rules := _calls(sheet) or _reads(sheet):
        return rules
    lists = _lists(sheet)
    return [*lists, *_transfers(sheet, listed=bool(lists))]


# Calls, camera reads and transfers.


def _calls(sheet: ThingSheet) -> list[TableRule]:
    fits = sheet.fits(
        ("caller", "called", "start", "clock", "call_type", "duration", "count", "last_seen", "authority")
    )
    if not {"caller", "called"} <= fits.keys():
        numbers = [h for h in sheet.view.sheet.header if sheet.view.values[h].like(_CALLABLE) > 0.5]
        if len(numbers) != 2:
            return []
        fits = {r: f for r, f in fits.items() if f.header not in numbers} | {
            role: Fit(h, role, _LEAST, False, f"{numbers[0]} and {numbers[1]} hold telephone numbers")
            for role, h in zip(("caller", "called"), numbers, strict=True)
        }
    if "start" not in fits:
        return []
    columns = [
        _plain("from_thing", fits["caller"], form="phone"),
        _plain("to_thing", fits["called"], form="phone"),
        _when(sheet, fits, "start"),
        *_taken(fits, {"call_type": "kind", "count": "count", "authority": "authority_ref"}),
    ]
    if "duration" in fits:
        lengths = sheet.view.values[fits["duration"].header].like(LENGTH) > 0.5
        columns.append(_plain("duration", fits["duration"], form="seconds" if lengths else ""))
    if "count" in fits and "last_seen" in fits:
        columns.append(_plain("last_at", fits["last_seen"]))
    return [_table(sheet, "communications", columns, fits, ("caller", "called", "start"))]


def _reads(sheet: ThingSheet) -> list[TableRule]:
    fits = sheet.fits(("registration", "read_time", "clock", "camera", "latitude", "longitude", "authority"))
    where = "camera" in fits or {"latitude", "longitude"} <= fits.keys()
    if not {"registration", "read_time"} <= fits.keys() or not where or sheet.fits(tuple(_PERSON_ROLES)):
        return []
    if "reads" not in sheet.about and not {"camera", "read_time"} & frozenset().union(*sheet.names.values()):
        return []
    mark, source = fits["registration"], "cctv" if "cctv" in sheet.lexicon.read(sheet.view.sheet.name) else "anpr"
    says = "cameras read marks of vehicles"
    seen = [
        _plain("thing_id", mark, form="registration"),
        _when(sheet, fits, "read_time"),
        *_taken(fits, {"camera": "place", "authority": "authority_ref"} | _DEGREES),
        ColumnRule("source", const=source, why=says),
    ]
    vehicles = [
        _plain("thing_id", mark, form="registration"),
        ColumnRule("kind", const="vehicle", why=says),
        _plain("registration", mark),
    ]
    needed = ("registration", "read_time")
    return [
        replace(_table(sheet, "things", vehicles, fits, needed), one_per_key=True),
        _table(sheet, "sightings", seen, fits, needed),
    ]


_DEGREES = {"latitude": "latitude", "longitude": "longitude"}


def _transfers(sheet: ThingSheet, *, listed: bool) -> list[TableRule]:
    """Return the rules of rows that pay from one account to another; ``listed`` where the first are in a list already.

    The accounts become things: a number without a sort code identifies none, and is kept as it is written.
    """
    roles = (
        "account",
        "to_account",
        "sort_code",
        "to_sort_code",
        "amount",
        "currency",
        "paid_on",
        "clock",
        "authority",
    )
    fits = sheet.fits(roles)
    if not {"account", "to_account", "paid_on"} <= fits.keys():
        return []
    columns = [
        _joined("from_account", fits, ("sort_code", "account"), "account"),
        _joined("to_account", fits, ("to_sort_code", "to_account"), "account"),
        _when(sheet, fits, "paid_on"),
        *_taken(fits, {"currency": "currency", "authority": "authority_ref"}),
    ]
    if amount := fits.get("amount"):
        signs = not all(c.isdigit() or c in ".," for t in sheet.view.values[amount.header].counts for c in t)
        columns.append(replace(_plain("amount", amount), part=_DIGITS_OF_MONEY if signs else ""))
    needed = ("account", "to_account", "paid_on")
    sides = [("to_account", ("to_sort_code", "to_account"))]
    sides += [] if listed else [("account", ("sort_code", "account"))]
    accounts = [
        [
            _joined("thing_id", fits, parts, "account"),
            ColumnRule("kind", const="account", why=f"{fits[side].header} is an account"),
            _joined("number", fits, parts, ""),
        ]
        for side, parts in sides
    ]
    things = [replace(_table(sheet, "things", rules, fits, needed), one_per_key=True) for rules in accounts]
    return [*things, _table(sheet, "transfers", columns, fits, needed)]


# Lists of things, with people beside them.


def _lists(sheet: ThingSheet) -> list[TableRule]:
    people = tuple(r for r in _PERSON_ROLES if r != "person")
    beside = (*people, "person", *_OF_LINKS, *_OF_THINGS)
    identifiers = tuple(k.identifier for k in _KINDS)
    # What is paid where is said by the rows of a bank, and is no part of the list of its accounts.
    fits = sheet.fits((*identifiers, "sort_code", "to_account", "to_sort_code", "amount", "paid_on", *beside))
    linked = [fits[r] for r in (*people, "person") if r in fits]
    kinds = [k for k in _KINDS if k.identifier in fits]
    spoken = [k for k in kinds if k.kind in sheet.about or (k.kind == "address" and "premises" in sheet.about)]
    if not kinds or not (linked or spoken):
        return []
    listed = (spoken or kinds)[0]
    things = [_thing_id("thing_id", listed, fits), *_of_thing(sheet, listed, fits)]
    first = replace(_table(sheet, "things", things, fits, (listed.identifier,)), one_per_key=True)
    # What nobody surely belongs to, and no name speaks of, may be a list of something else.
    rules = [first if spoken or any(p.sure for p in linked) else replace(first, guess=Guess.ASK)]
    return rules + [_links(sheet, listed, fits, person) for person in linked]


def _thing_id(column: str, listed: Listed, fits: Mapping[str, Fit]) -> ColumnRule:
    rule = _joined(column, fits, _PARTS_OF.get(listed.identifier, (listed.identifier,)), listed.form)
    if listed.identifier == "uprn" and "address" in fits:
        by_words = _joined(column, fits, _PARTS_OF["address"], "address")
        return replace(rule, parts="", first=(rule.parts, by_words.parts))
    return rule


_PARTS_OF: Mapping[str, tuple[str, ...]] = {
    "account": ("sort_code", "account"),
    "address": ("address", "town", "postcode"),
}
"""Identifiers that may stand in several columns, with their roles in order."""


def _of_thing(sheet: ThingSheet, listed: Listed, fits: Mapping[str, Fit]) -> Iterator[ColumnRule]:
    """Yield the columns that say what a thing is."""
    kind = "premises" if listed.kind == "address" and "premises" in sheet.about else listed.kind
    yield ColumnRule("kind", const=kind, why=f"{fits[listed.identifier].header} is what identifies one")
    if listed.column != "label":
        yield _joined(listed.column, fits, _PARTS_OF.get(listed.identifier, (listed.identifier,)), "")
    if listed.identifier == "phone" and (imei := fits.get("imei")):
        yield _plain("imei", imei)
    labels = {"vehicle": ("make", "colour"), "address": ("address", "town"), "organisation": ("company",)}
    named = [fits[r] for r in labels.get(listed.kind, ()) if r in fits]
    if named:
        headers = dict.fromkeys(h for f in named for h in sheet.further(f.column, f))
        yield ColumnRule("label", parts=" ".join(f"{{{h}}}" for h in headers), why="says which it is")
    if listed.kind == "address":
        address = fits.get("address")
        if "postcode" not in fits and address and sheet.view.values[address.header].like(POSTCODE) >= 0.5:
            why = f"{address.header} ends with it"
            yield ColumnRule("postcode", parts=f"{{{address.header}}}", part=_POSTCODE_AT_END, why=why)
        yield from _taken(fits, {r: r for r in ("postcode", "latitude", "longitude", "ward", "district")})


def _links(sheet: ThingSheet, listed: Listed, fits: Mapping[str, Fit], person: Fit) -> TableRule:
    """Return the rule of the links between things and those who stand in one column beside them."""
    each: Each | None = several_people(person.header, sheet.view.values[person.header])
    columns = [
        _plain("person_id", person),
        _thing_id("thing_id", listed, fits),
        _relation(listed, fits, person),
        *_taken(
            fits,
            {"confidence": "confidence", "from_day": "from_date", "to_day": "to_date", "report": "report_id",
             "authority": "authority_ref"},
        ),
    ]  # fmt: skip
    filled = {c.column for c in columns}
    for role, column, why in (
        ("first_seen", "from_date", "before that day nobody recorded it"),
        ("last_seen", "to_date", "after that day nobody recorded it, and it may have lasted"),
    ):
        if role in fits and column not in filled:
            day = _plain(column, fits[role])
            columns.append(replace(day, guess=Guess.ASK, why=f"{day.why}; {why}"))
    rule = _table(sheet, "thing_links", columns, {**fits, "who": person}, (listed.identifier, "who"))
    return replace(rule, each=each)


def _relation(listed: Listed, fits: Mapping[str, Fit], person: Fit) -> ColumnRule:
    if "relation" in fits:
        return _plain("relation", fits["relation"])
    if role := _PERSON_ROLES[person.column]:
        return ColumnRule("relation", const=role, why=f"{person.header} says it")
    attributed = listed.kind == "phone" and "confidence" in fits
    why = "who is said to have a number uses it" if attributed else "no column says as what somebody is linked"
    return ColumnRule("relation", const=listed.usual, guess=guess_of(attributed), why=why)


# Rules.


def _plain(column: str, fit: Fit, *, form: str = "") -> ColumnRule:
    return ColumnRule(column, parts=f"{{{fit.header}}}", form=form, guess=guess_of(fit.sure), why=fit.why)


def _when(sheet: ThingSheet, fits: Mapping[str, Fit], role: str) -> ColumnRule:
    """Return the rule of an instant: a day that has its time in a column beside it takes both."""
    day, clock = fits[role], fits.get("clock")
    rule = _plain("at", day)
    if not clock or sheet.view.values[day.header].share(lambda t: ":" in t):
        return rule
    return replace(rule, parts=f"{{{day.header}}} {{{clock.header}}}", why=f"{rule.why}, {clock.header} is its time")


def _joined(column: str, fits: Mapping[str, Fit], roles: Sequence[str], form: str) -> ColumnRule:
    """Return the rule of a column that stands in several, such as sort code and number."""
    parts = [fits[r] for r in roles if r in fits]
    return ColumnRule(
        column,
        parts=" ".join(f"{{{f.header}}}" for f in parts),
        form=form,
        guess=guess_of(all(f.sure for f in parts)),
        why=f"{' and '.join(f.header for f in parts)} {'identifies' if len(parts) == 1 else 'identify'} it",
    )


def _taken(fits: Mapping[str, Fit], columns: Mapping[str, str]) -> list[ColumnRule]:
    return [_plain(column, fits[role]) for role, column in columns.items() if role in fits]


def _table(
    sheet: ThingSheet, into: str, columns: Sequence[ColumnRule], fits: Mapping[str, Fit], needed: Sequence[str]
) -> TableRule:
    sure = all(fits[r].sure for r in needed)
    read = dict.fromkeys(name for c in columns for name in c.reads)
    order = [c.name for c in TABLES[into].columns]
    rules = sorted(columns, key=lambda c: order.index(c.column))
    # One question about the table says it of the columns that make it one.
    keys = {c.column for c in rules if TABLES[into].column(c.column).kind.value == "id"}
    rules = rules if sure else [replace(c, guess=Guess.CERTAIN) if c.column in keys else c for c in rules]
    return TableRule(into, sheet.source, tuple(rules), guess=guess_of(sure), why=f"has {', '.join(read)}")
