"""How well one column of a sheet fits one of ours: by what it is called, what its cells hold, and what it refers to.

A column that fits an identity, a group, a role or a risk by halves is left out, because such a mistake is about
somebody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linear_sum_assignment

from ocgnet.importing.cell_values import SMALL_NUMBER, Bearing, CellValues, bearing, evident
from ocgnet.importing.headers import Lexicon, Phrase
from ocgnet.importing.sheets import Sheet
from ocgnet.model import TABLES, Kind
from ocgnet.words import RISK_COLUMNS, Words, plain

_TABLE_AND_NAME = re.compile(r"(?P<table>\w[\w ]{2,})(?:\.|\[)(?P<name>\w[^.\]]+)\]?")

_SAYS_LITTLE = frozenset(("id", "key", "desc", "code", "name", "type", "text", "status", "title"))
"""Words that need another beside them."""

_BY_DOUBT = (1.0, 0.62, 0.4)
_UNKNOWN_WORD = 0.6
_BY_REFERENCE = 0.6
"""Score of a column of strange name whose ids stand in another sheet."""
_SHARED_LEAST, _SHARED = 3, 0.3
"""Headers, and share of a sheet's headers, in which a strange word stands that tells none of them apart."""
_AROUND_WORD = 0.97
_AROUND_CODE = 0.85
"""A name says more than a code: of "ward name" and "ward code" the name is the ward."""
TOLD = 2.0
"""Score where a force has said what its column is."""

_ENOUGH = 20
"""Different ids from which on what they have in common is no chance."""

REFERS = 0.5
"""Share of a column's ids that must stand in another sheet to be said to refer to it."""

NAME_PARTS = ("surname", "forename", "middle")

_ABOUT: Mapping[str, frozenset[str]] = {
    table: frozenset(words.split())
    for table, words in {
        "people": "person victim witness", "nominals": "person accused suspect member prisoner",
        "children": "child person client", "ocgs": "group", "ocg_countries": "group",
        "memberships": "member person group", "crimes": "crime offence", "crime_links": "crime person prisoner",
        "intel_reports": "report", "intel_links": "report person", "associations": "association person",
        "family_links": "child adult client", "child_aces": "child ace", "missing_episodes": "child episode client",
        "referrals": "referral person child client", "stop_checks": "stop person",
        "disruptions": "disruption group episode", "plan_actions": "action plan", "wards": "ward",
    }.items()
}  # fmt: skip
"""What a table is about; in a header such a word only repeats it."""

_AROUND_KIND: Mapping[Kind, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        Kind.DATE: "date time", Kind.MOMENT: "date time", Kind.INSTANT: "date time",
        Kind.TEXT: "name desc code text", Kind.ENUM: "code desc type",
        Kind.FLAG: "flag", Kind.INTEGER: "", Kind.NUMBER: "", Kind.ID: "",
    }.items()
}  # fmt: skip
"""Words that only say of which kind a column is."""

_AROUND_COLUMN: Mapping[str, frozenset[str]] = {
    "cse_risk": frozenset(("risk", "level", "flag", "note")),
    "cce_risk": frozenset(("risk", "level", "flag", "note")),
    "cse_flagged_on": frozenset(("risk", "level", "flag", "assessed", "recorded", "created", "last")),
    "commodity": frozenset(("type", "primary")),
    "school": frozenset(("name", "child")),
    "reason": frozenset(("type",)),
    "threat_score": frozenset(("scheme", "last", "assessed", "risk")),
    "threat_band": frozenset(("scheme", "last", "assessed")),
    "cse_risk_scheme": frozenset(("risk", "assessment")),
    "threat_scheme": frozenset(("score", "threat", "risk")),
}
"""Words that only repeat what one column of ours is about."""

_FOREIGN = frozenset(
    ("thing", "officer", "rank", "custody", "place", "identifier_other", "statistic", "system", "look", "court",
     "other_person"),
)  # fmt: skip
"""What a sheet may be about that has no table here; an id without a word beside it is then an id of that."""

_SELF_EVIDENT = frozenset(
    (("crime_links", "link_role"), ("family_links", "relationship"), ("memberships", "role"), ("disruptions", "level"),
     ("disruptions", "strand"), ("plan_actions", "strand"), ("child_aces", "ace"), ("child_aces", "status"),
     ("stop_checks", "outcome")),
)  # fmt: skip
"""Columns whose words are of no other column, so that the cells may say it whatever the header does."""

_ENTITIES: Mapping[str, tuple[str, ...]] = {
    "crime_id": ("crimes",), "ocg_id": ("ocgs",), "report_id": ("intel_reports",), "child_id": ("children",),
    "adult_id": ("nominals", "people"), "nominal_id": ("nominals",),
}  # fmt: skip
PEOPLE = ("nominals", "people", "children")
_PERSONS = frozenset(("person", "child", "adult", "member"))
ROLE_WORDS = ("suspect", "accused", "victim", "witness")

_HARMS = frozenset(("date_of_birth", "cse_risk", "cce_risk", "link_role", "role", "relationship", "ace", "status"))


@dataclass(frozen=True)
class Fit:
    """How well a header fits one of our columns: ``score`` from 0, ``sure`` when nothing about it is in doubt."""

    header: str
    column: str
    score: float
    sure: bool
    why: str


def assigned(
    fits: Mapping[tuple[str, str], Fit], headers: Sequence[str], columns: Sequence[str], least: float
) -> list[Fit]:
    """Return the pairs of header and column with the highest sum of scores, those below ``least`` left out."""
    scores = np.zeros((len(headers), len(columns)))
    for (header, column), fit in fits.items():
        scores[headers.index(header), columns.index(column)] = fit.score
    rows, places = linear_sum_assignment(scores, maximize=True)
    pairs = [(headers[r], columns[c]) for r, c in zip(rows, places, strict=True)]
    return [fits[p] for p in pairs if p in fits and fits[p].score >= least]


@dataclass(frozen=True, eq=False)
class View:
    """A sheet as it is looked at: the meanings of its headers, and what its cells hold."""

    sheet: Sheet
    lexicon: Lexicon

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Meanings of each header; the table that most stand under (``Link.PersonId``) is what the sheet is about.

        A strange word that stands in many of them (``Client Identifier``, ``Client Last Name``) tells none apart and
        is left out of all that say more.
        """
        return {h: tuple(m for m in own if m not in self.shared) or own for h, own in self._every_meaning.items()}

    @cached_property
    def _every_meaning(self) -> dict[str, tuple[str, ...]]:
        return {h: self._meanings(h) for h in self.sheet.header}

    @cached_property
    def shared(self) -> frozenset[str]:
        """Words that are not known and stand in many headers of the sheet."""
        strange = Counter(m for own in self._every_meaning.values() for m in own if m.startswith("?"))
        return frozenset(m for m, n in strange.items() if n >= max(_SHARED_LEAST, _SHARED * len(self.sheet.header)))

    def leaves_out(self, header: str) -> bool:
        """Say whether a shared word is left out of what a header is called; no guess at it is then sure."""
        return bool(self.shared & set(self._every_meaning[header]))

    def _meanings(self, header: str) -> tuple[str, ...]:
        table, name = _under(header)
        own = self.lexicon.read(name)
        speaks = not set(own) <= _SAYS_LITTLE
        return own if table and table == self.table and speaks else self.lexicon.read(header)

    @cached_property
    def table(self) -> str:
        """What most headers stand under; empty where they stand under nothing."""
        tables = [table for h in self.sheet.header if (table := _under(h)[0])]
        most = max(sorted(set(tables)), key=tables.count, default="")
        return most if tables.count(most) > len(self.sheet.header) / 2 else ""

    @cached_property
    def values(self) -> dict[str, CellValues]:
        """What the cells of each column hold."""
        return {h: CellValues.of(self.sheet, h) for h in self.sheet.header}

    def blank(self, header: str) -> bool:
        """Say whether a column has nothing in any row."""
        return bool(self.sheet.num_rows) and self.values[header].none

    @cached_property
    def about(self) -> frozenset[str]:
        """Meanings in the name of the sheet."""
        return frozenset(self.lexicon.read(self.sheet.name) + self.lexicon.read(self.table))

    @cached_property
    def titled(self) -> frozenset[str]:
        """Meanings in its titles."""
        return frozenset(m for title in self.sheet.titles for m in self.lexicon.read(title))

    @cached_property
    def foreign(self) -> bool:
        """Whether it is about something that has no table here: staff, vehicles, addresses."""
        ours = frozenset().union(*_ABOUT.values())
        if self.about & _FOREIGN and not self.about & ours:
            return True
        meanings = set(self.names.values())
        return ("rank",) in meanings and not any("dob" in m for m in meanings)


def _under(header: str) -> tuple[str, str]:
    """Return the table and the name of a header that says both, as query builders write them.

    >>> _under("Link.PersonId"), _under("Person[Nominal URN]"), _under("D.O.B."), _under("DOB")
    (('Link', 'PersonId'), ('Person', 'Nominal URN'), ('', 'D.O.B.'), ('', 'DOB'))
    """
    match = _TABLE_AND_NAME.fullmatch(header.strip())
    return (match["table"].strip(), match["name"].strip()) if match else ("", header)


@dataclass(frozen=True, eq=False)
class ColumnFits:
    """How the columns of sheets that belong together fit ours."""

    lexicon: Lexicon
    words: Words
    ids_by_sheet: Mapping[str, tuple[str, frozenset[str]]]
    """By sheet that lists entities, their table and their ids, as far as those are found."""

    @cached_property
    def ids(self) -> dict[str, frozenset[str]]:
        """Ids that stand in the sheets of each table of entities."""
        return self._ids_beside("")

    def _ids_beside(self, sheet: str) -> dict[str, frozenset[str]]:
        """Return ids by table, those of one sheet left out."""
        ids: dict[str, frozenset[str]] = {}
        for name, (table, held) in self.ids_by_sheet.items():
            if name != sheet:
                ids[table] = ids.get(table, frozenset()) | held
        return ids

    @cached_property
    def people(self) -> frozenset[str]:
        """Ids of people in all sheets that list some."""
        return frozenset().union(*(self.ids.get(kind, frozenset()) for kind in PEOPLE))

    # One column.

    def fit(self, view: View, header: str, table: str, column: str, phrases: Sequence[Phrase]) -> Fit | None:
        """Return how a header fits a column of ours; None when it does not."""
        ours = "name" if column in NAME_PARTS else column
        if told := self.words.headers.get(plain(header)):
            fills = (table, ours) in told and column not in NAME_PARTS
            return Fit(header, column, TOLD, True, f"words.toml says so of {header}") if fills else None
        says = bearing(view.values[header], table, ours, self.words)
        refers = _refers(view.values[header], table, ours, self.ids)
        any_group = ours == "ocg_id" and refers is not Bearing.FOR and _is_any_group(view, header)
        if any_group or Bearing.AGAINST in (says, refers):
            return None
        if ours in RISK_COLUMNS and view.lexicon.says_aside_what_is_strange(header):
            return None  # a risk that was, or that another tool says
        if self._lists_words(header, table, ours):
            return Fit(header, column, 1.0, True, f"{header} names the words of that column")
        supported = Bearing.FOR in (says, refers)
        if view.lexicon.is_column_name(header, ours):
            score, sure = 1.0, True
        else:
            named = (self._by_name(view, header, table, ours, p, supported) for p in phrases)
            score, sure = max(named, key=lambda b: b[0])
        if score <= 0:
            return self._by_reference(view, header, table, ours) or self._by_cells(view, header, table, ours)
        if supported:
            score += 0.15 + (0.15 if refers is Bearing.FOR else 0)
        sure = sure or (refers is Bearing.FOR and len(view.values[header].ids) >= _ENOUGH)
        sure = sure and not view.lexicon.leaves_half(header) and not view.leaves_out(header)
        score *= 0.7 + 0.3 * view.values[header].filled
        return Fit(header, column, score, sure, _why(header, says, refers))

    def _by_name(
        self, view: View, header: str, table: str, column: str, phrase: Phrase, supported: bool
    ) -> tuple[float, bool]:
        """Return score and sureness of a phrase in a header; the score is 0 when the header says something else."""
        meanings = view.names[header]
        if not phrase.meanings <= set(meanings) or (phrase.doubt == 2 and not supported):
            return 0.0, False
        kind = TABLES[table].column(column).kind
        # Of what is strange an id may be that of the records themselves only: "Associate URN" is of no report.
        elsewhere = view.foreign or (view.leaves_out(header) and TABLES[table].key != (column,))
        if phrase.meanings <= {"id", "key"} and elsewhere:
            return 0.0, False
        others = [m for m in meanings if m not in phrase.meanings and not m.isdigit()]
        around = _ABOUT[table] | _AROUND_KIND[kind] | _AROUND_COLUMN.get(column, frozenset())
        if kind is Kind.ID:
            # "Victim ID" is no id of a nominal, though a victim is a person.
            around -= frozenset(ROLE_WORDS) if "id" in phrase.meanings else frozenset()
            around = frozenset() if phrase.meanings == {"id"} else around
            if TABLES[table].column(column).refers != "person" and table not in PEOPLE:
                around -= _PERSONS  # "Person stopped (URN)" is no id of the stop
        unknown = [m for m in others if m.startswith("?")]
        if unknown and self._own_key(view, table, column, phrase):
            return _BY_DOUBT[1] + 0.02, False
        if any(m not in around for m in others if not m.startswith("?")):
            return 0.0, False
        own_id = kind is Kind.ID and "id" in phrase.meanings and len(phrase.meanings) > 1 and len(unknown) == 1
        if unknown and not own_id and (kind is Kind.ID or column in _HARMS):
            return 0.0, False
        score = _BY_DOUBT[phrase.doubt] * _UNKNOWN_WORD ** len(unknown)
        for other in others:
            score *= 1 if other in unknown else _AROUND_CODE if other == "code" else _AROUND_WORD
        sure = phrase.doubt == 0 or self._plainly_the_id(view, header, table, column)
        return score + 0.02 * len(phrase.meanings), sure and not unknown

    def _plainly_the_id(self, view: View, header: str, table: str, column: str) -> bool:
        """Say whether an id with no word beside it can only be that of what the sheet is a list of.

        It is the only such id, each row has its own, and the sheet is named after its records.
        """
        values = view.values[header]
        if view.names[header] != ("id",) or list(view.names.values()).count(("id",)) > 1 or len(values.ids) < _ENOUGH:
            return False
        named = bool(view.about) and view.about <= _ABOUT[table] | {"updated"}
        return TABLES[table].key == (column,) and named and values.distinct == 1

    def _own_key(self, view: View, table: str, column: str, phrase: Phrase) -> bool:
        """Say whether an id of a strange name is that of the sheet's own records, as a system's own number is.

        It is where the sheet's name says nothing but what the table is about.
        """
        return (
            phrase.meanings == {"id"}
            and TABLES[table].key == (column,)
            and bool(view.about)
            and view.about <= _ABOUT[table]
        )

    def _lists_words(self, header: str, table: str, column: str) -> bool:
        """Say whether a header names the words of a column, as ``Pursue/Prevent/Protect`` does."""
        ours = TABLES[table].column(column)
        pieces = [p.strip() for p in re.split(r"[/,]| or ", header.strip("?")) if p.strip()]
        if len(pieces) < 2 or ours.kind is not Kind.ENUM:
            return False
        meant = {own for p in pieces for own in self.words.meant(table, ours, p) or ()}
        return len(meant) > 1 and all(self.words.meant(table, ours, p) is not None for p in pieces)

    def _by_cells(self, view: View, header: str, table: str, column: str) -> Fit | None:
        """Return a fit by the cells alone, for columns whose words are of no other; never a sure one."""
        values = view.values[header]
        meanings = view.names[header]
        strange = all(m.startswith("?") or m in _SAYS_LITTLE for m in meanings)
        if strange and evident(values, column):
            return Fit(header, column, 0.55, False, "its cells can hardly be anything else")
        if (table, column) not in _SELF_EVIDENT or (table, column) == ("child_aces", "status"):
            return None
        if len(values.counts) < 2 or {"officer", "custody"} & set(meanings):
            return None
        ours = TABLES[table].column(column)
        if values.understood(table, ours, self.words) < 1:
            return None
        return Fit(header, column, 0.55, False, "its cells hold the words of that column")

    def _by_reference(self, view: View, header: str, table: str, column: str) -> Fit | None:
        """Return a fit of a column of strange name whose ids stand in another sheet, of what it would refer to.

        Numbers of two digits stand anywhere, and what is called a thing of another kind is none of ours.
        """
        values = view.values[header]
        strange = all(m.startswith("?") or m in ("id", "key", "code") for m in view.names[header])
        if not strange or len(values.ids) < 2 or values.like(SMALL_NUMBER) > 0.5:
            return None
        if _refers(values, table, column, self._ids_beside(view.sheet.name)) is not Bearing.FOR:
            return None
        return Fit(header, column, _BY_REFERENCE, False, f"the ids of {header} stand in another sheet")


def _refers(values: CellValues, table: str, column: str, ids: Mapping[str, frozenset[str]]) -> Bearing:
    """Say whether a column's ids stand in the sheets of what it would refer to, or of something else."""
    ours = TABLES[table].column(column)
    if ours.kind is not Kind.ID or not ours.refers or values.none:
        return Bearing.SILENT
    named = _ENTITIES.get(column, PEOPLE)
    shares = {kind: len(values.ids & listed) / max(len(values.ids), 1) for kind, listed in ids.items()}
    if max((shares.get(kind, 0.0) for kind in named), default=0.0) >= REFERS:
        return Bearing.FOR
    return Bearing.AGAINST if max(shares.values(), default=0.0) >= REFERS else Bearing.SILENT


def _is_any_group(view: View, header: str) -> bool:
    """Say whether a group may be any class of things: called no more than that, and numbered 1, 2, 3."""
    if re.search(r"ocg|gang|organi[sz]ed|crew|firm", header, re.IGNORECASE):
        return False
    values = view.values[header]
    return values.like(SMALL_NUMBER) > 0.5 or (values.none and "id" not in view.names[header])


def _why(header: str, says: Bearing, refers: Bearing) -> str:
    because = [f"it is called {header}"]
    if says is Bearing.FOR:
        because.append("its cells look like it")
    if refers is Bearing.FOR:
        because.append("its ids stand in another sheet")
    return ", ".join(because)
