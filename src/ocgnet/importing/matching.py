"""A first guess at the mapping of an import: which sheet feeds which tables, and which column which of ours.

Evidence is what headers are called (``headers``), what cells hold (``cell_values``), the other columns and the name of
the sheet, and ids that stand in other sheets (``column_fits``). A guess is ``certain`` only where the name says it and
nothing else could be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from ocgnet.importing.cell_values import MOSTLY, Bearing, bearing
from ocgnet.importing.column_fits import NAME_PARTS, PEOPLE, REFERS, ROLE_WORDS, ColumnFits, Fit, View, assigned
from ocgnet.importing.headers import Lexicon, Phrase
from ocgnet.importing.headers import built_in as built_in_lexicon
from ocgnet.importing.mapping import ColumnRule, Guess, ImportMapping, TableRule, source_of
from ocgnet.importing.response_sheets import response_rules, rules_beside
from ocgnet.importing.sheets import Sheet
from ocgnet.importing.thing_sheets import built_in as built_in_things
from ocgnet.importing.thing_sheets import thing_rules
from ocgnet.importing.transformations import (
    column_rule,
    grading_rules,
    link_role_of,
    name_rule,
    several_people,
)
from ocgnet.importing.word_maps import codes_by_offence
from ocgnet.model import TABLES
from ocgnet.words import Words
from ocgnet.words import built_in as built_in_words

_LEAST = 0.35
"""Score below which a guess is none."""

_NEAR = 0.15
"""Two guesses whose scores are nearer than this compete."""

_CLEAR_LEAD = 0.6
_HARDLY_REPEATED = 0.7
"""Different ids by rows below which a sheet is not the list of what they stand for."""

_CLEAR, _CLEAR_LEAST, _STRANGE_KEY = 0.6, 3, 0.4
"""Score of a clear fit, how many a sheet must have for its strange id to be its key, and the score of that."""

_TELLING: Mapping[str, frozenset[str]] = {
    table: frozenset(words.split())
    for table, words in {
        "people": "", "nominals": "date_of_birth pnc_id aliases", "children": "cse_risk cce_risk school",
        "ocgs": "mapped_on threat_score threat_band primary_crime_type commodity", "stop_checks": "",
        "crimes": "offence offence_code", "intel_reports": "source_grade handling_code intelligence_grade",
        "disruptions": "", "plan_actions": "",
    }.items()
}  # fmt: skip
"""By table with a key of one column, those of which one must be clear before a strange id is taken for the key."""

_DAYS = frozenset(("made_on", "happened_on"))
_NO_SUCH_DAY = frozenset(("dob", "review", "updated", "due", "done", "outcome", "decision", "court", "to", "age"))
"""Meanings of a column of days that is not that on which something was done."""

_ENTITY_WORDS = frozenset(
    ("person", "crime", "report", "group", "child", "adult", "suspect", "victim", "witness", "accused"),
)
"""Words for what has ids here."""

_NEEDS: Mapping[str, tuple[str, str]] = {
    "people": ("person_id", "name date_of_birth sex"),
    "nominals": ("nominal_id", "name date_of_birth aliases pnc_id"),
    "children": ("child_id", "name date_of_birth cse_risk cce_risk school"),
    "ocgs": ("ocg_id", "name status mapped_on primary_crime_type threat_score threat_band commodity"),
    "ocg_countries": ("ocg_id country", ""),
    "memberships": ("nominal_id ocg_id", ""),
    "crimes": ("crime_id", "offence offence_code recorded_on occurred_on"),
    "crime_links": ("person_id crime_id", ""),
    "intel_reports": ("report_id", "source_grade text title reported_on handling_code"),
    "intel_links": ("person_id report_id", ""),
    "associations": ("person_a person_b", ""),
    "family_links": ("adult_id child_id", ""),
    "child_aces": ("child_id status", ""),
    "missing_episodes": (
        "child_id missing_from",
        "found_at found_where companions return_interview_at interview_refused_on",
    ),
    "referrals": ("person_id made_on", "kind outcome reason made_by"),
    "stop_checks": ("happened_on", "outcome transient_dealer occasion home_force"),
    "disruptions": ("disruption_id ocg_id happened_on", "level strand"),
    "plan_actions": ("action_id action strand", "ocg_id nominal_id"),
    "wards": ("ward district", "population area"),
}
"""By table, the columns without which a sheet is none of it, and those of which it has at least one."""

_BESIDE: Mapping[str, frozenset[str]] = {
    table: frozenset(words.split())
    for table, words in {
        "nominals": "memberships crime_links", "memberships": "nominals ocgs", "crimes": "crime_links",
        "intel_reports": "intel_links", "crime_links": "nominals", "family_links": "children", "ocgs": "memberships",
        "children": "family_links referrals missing_episodes", "referrals": "children",
        "missing_episodes": "children",
    }.items()
}  # fmt: skip
"""Tables that one sheet may feed together."""

_LINKS: Mapping[str, frozenset[str]] = {
    "crime_links": frozenset(("crime", "person")),
    "intel_links": frozenset(("report", "person")),
    "memberships": frozenset(("group", "person")),
}
"""Tables of links, with what a sheet is about that holds them."""

_ENTITIES = frozenset((*PEOPLE, "ocgs", "crimes"))
"""Tables of what a sheet of links names again and again."""

_ONLY_WHERE_NONE = frozenset(("nominals", "children", "ocgs"))
"""Tables that a sheet of another table feeds only where no sheet is of that table."""

_SPEAKS: Mapping[str, frozenset[str]] = {
    table: frozenset(words.split())
    for table, words in {
        "people": "victim witness", "children": "child school worker cse cce", "ocgs": "group",
        "crimes": "crime offence ho", "stop_checks": "stop", "disruptions": "disruption",
        "intel_reports": "report grade handling sourceref sector text",
        "missing_episodes": "missing found interview", "child_aces": "ace", "memberships": "group member",
        "referrals": "referral route referrer", "family_links": "adult relationship", "crime_links": "crime accused",
    }.items()
}  # fmt: skip
"""Words of which one stands in a header or in the name of the sheet, else it is none of that table."""


@dataclass(frozen=True)
class Found:
    """A table that a sheet may feed, with the headers that fit its columns."""

    table: str
    fits: tuple[Fit, ...]
    score: float
    certain: bool = False
    beside: bool = False  # another table is what the sheet is mainly of

    @property
    def headers(self) -> frozenset[str]:
        """Headers that it reads."""
        return frozenset(f.header for f in self.fits)

    @property
    def columns(self) -> frozenset[str]:
        """Our columns that it fills."""
        return frozenset(f.column for f in self.fits)

    def of(self, column: str) -> Fit | None:
        """Return the fit of one of our columns."""
        return next((f for f in self.fits if f.column == column), None)


def _is_of_an_entity(meanings: Iterable[str]) -> bool:
    """Say whether a header is nothing but the id of a person, a crime, a report or a group."""
    entities = set(meanings) - {"id"}
    return "id" in meanings and bool(entities) and entities <= _ENTITY_WORDS


def _competes(fit: Fit, fits: Mapping[tuple[str, str], Fit]) -> bool:
    """Say whether another header fits the column about as well, or the header another column."""
    return any(
        other.score > fit.score - _NEAR
        for other in fits.values()
        if (other.header == fit.header) != (other.column == fit.column)
    )


class TableFits(ColumnFits):
    """Tables of whole sheets."""

    def table(self, view: View, table: str, headers: Sequence[str]) -> Found | None:
        """Return the best way in which headers of a sheet fit the columns of a table; None when they make none."""
        targets = {c.name: p for c in TABLES[table].columns if (p := self.lexicon.targets.get((table, c.name)))}
        if "name" in targets and table in PEOPLE:
            targets |= {part: (Phrase(frozenset((part,))),) for part in NAME_PARTS}
        fits = {(h, c): f for h in headers for c, p in targets.items() if (f := self.fit(view, h, table, c, p))}
        if not fits:
            return None
        chosen = assigned(fits, headers, list(targets), _LEAST)
        chosen += self._strange_key(view, table, chosen) + self._only_day(view, table, chosen)
        chosen = [replace(f, sure=f.sure and not _competes(f, fits)) for f in chosen]
        must, one_of = (set(names.split()) for names in _NEEDS[table])
        filled = {"name" if f.column in NAME_PARTS else f.column for f in chosen}
        says = {"name" if f.column in NAME_PARTS else f.column for f in chosen if not view.blank(f.header)}
        if not must <= filled or (one_of and not one_of & says):
            return None
        if table in _ENTITIES and not self._bears_out(view, table, chosen, one_of):
            return None
        return Found(table, tuple(chosen), 0.0)

    def _bears_out(self, view: View, table: str, chosen: Sequence[Fit], one_of: Set[str]) -> bool:
        """Say whether a column beside its id makes a sheet a list of people, groups or crimes.

        Two must where the name of the sheet speaks for other tables and not for this one. Where its id is only an id
        once a strange word is left out (``Tenancy ref``), one must that says more than a day of birth does.
        """
        keys = [f.header for f in chosen if f.column == TABLES[table].key[0]]
        says_more = {f.column for f in chosen} & _TELLING[table] - {"date_of_birth"}
        if table in PEOPLE and any(view.leaves_out(h) for h in keys) and not says_more:
            return False
        clear = {"name" if f.column in NAME_PARTS else f.column for f in chosen if f.score >= _CLEAR} & one_of
        spoken = {t for t, words in self.lexicon.sheets.items() if words & view.about}
        return len(clear) >= (2 if spoken and table not in spoken else 1)

    def _strange_key(self, view: View, table: str, chosen: Sequence[Fit]) -> list[Fit]:
        """Return the fit of the only column that can be the id of a sheet's own records, where none is called that.

        Other columns must say what the sheet is a list of. Its name says nothing else, and each row has its own.
        """
        key, clear = TABLES[table].key, [f for f in chosen if f.score >= _CLEAR]
        if len(key) != 1 or _NEEDS[table][0] != key[0] or any(f.column == key[0] for f in chosen):
            return []
        if len(clear) < _CLEAR_LEAST or view.foreign or not (_TELLING[table] & {f.column for f in clear}):
            return []
        read = {f.header for f in chosen}
        able = [h for h in view.sheet.header if h not in read and _may_be_key(view, h)]
        if len(able) != 1:
            return []
        return [Fit(able[0], key[0], _STRANGE_KEY, False, f"{able[0]} differs by row and nothing else is an id")]

    def _only_day(self, view: View, table: str, chosen: Sequence[Fit]) -> list[Fit]:
        """Return the fit of the only column of days as the day on which something was done, where none is called so."""
        needed = set(_NEEDS[table][0].split()) & _DAYS - {f.column for f in chosen}
        read = {f.header for f in chosen}
        days = [h for h in view.sheet.header if h not in read and view.values[h].dates >= MOSTLY]
        if not needed or len(days) != 1 or not _NO_SUCH_DAY.isdisjoint(view.names[days[0]]):
            return []
        return [Fit(days[0], min(needed), _STRANGE_KEY, False, f"{days[0]} is the only column of days")]

    def tables(self, view: View) -> list[Found]:
        """Return the tables that a sheet may be, the likeliest first, each with its score."""
        headers = list(view.sheet.header)
        spoken = view.about | {m for h in headers for m in view.names[h]}
        found = []
        for name in TABLES:
            needed = _SPEAKS.get(name)
            if needed and not needed & spoken and not needed & view.titled and not self._referred(view, name):
                continue
            if table := self._table_of(view, name, headers):
                found.append(table)
        fitting = {h: sum(any(f.header == h and f.score >= 0.5 for f in t.fits) for t in found) for h in headers}
        scored = [replace(t, score=self._score(view, t, fitting)) for t in found]
        scored.sort(key=lambda t: -t.score)
        return scored

    def _table_of(self, view: View, name: str, headers: Sequence[str]) -> Found | None:
        if name == "child_aces" and (wide := self.wide_aces(view)):
            phrases = self.lexicon.targets["child_aces", "child_id"]
            keys = [f for h in headers if (f := self.fit(view, h, "child_aces", "child_id", phrases))]
            return Found(name, (max(keys, key=lambda f: f.score), *wide), 0.0) if keys else None
        return self.table(view, name, headers)

    def wide_aces(self, view: View) -> list[Fit]:
        """Return the headers that are each the name of an experience."""
        column = TABLES["child_aces"].column("ace")
        status = TABLES["child_aces"].column("status")
        named = [
            h
            for h in view.sheet.header
            if self.words.meant("child_aces", column, h)
            and (view.values[h].none or view.values[h].understood("child_aces", status, self.words) >= 0.5)
        ]
        return [Fit(h, "status", 1.0, True, f"{h} is an experience") for h in named] if len(named) > 1 else []

    def _referred(self, view: View, table: str) -> bool:
        """Say whether ids of the sheet stand in the sheets that a table of links would refer to."""
        kinds = {"crime_links": "crimes", "intel_links": "intel_reports"}
        known = self.ids.get(kinds.get(table, ""), frozenset())
        return any(len(v.ids & known) >= REFERS * max(len(v.ids), 1) for v in view.values.values() if v.ids)

    def _score(self, view: View, table: Found, fitting: Mapping[str, int]) -> float:
        score = sum(f.score * (0.35 + 0.65 / max(fitting[f.header], 1)) for f in table.fits)
        speaks = self.lexicon.sheets.get(table.table, frozenset())
        if _LINKS.get(table.table, frozenset(("?",))) <= view.about or speaks & view.about:
            score += 0.7
        elif speaks & view.titled:
            score += 0.4
        if _repeats(view, table):
            score -= 1
        score -= sum(h not in table.headers and _is_of_an_entity(m) for h, m in view.names.items())
        return score + (0.15 if table.table == "nominals" else 0.0)

    def second(self, view: View, found: Found, fit: Fit) -> Fit | None:
        """Return the next best fit of a column among headers that a table does not read."""
        phrases = self.lexicon.targets[found.table, fit.column]
        headers = [h for h in view.sheet.header if h not in found.headers]
        fits = [f for h in headers if (f := self.fit(view, h, found.table, fit.column, phrases))]
        return max(fits, key=lambda f: f.score, default=None)

    def chosen(self, view: View, primaries: frozenset[str]) -> list[Found]:
        """Return the tables that a sheet feeds, the main one first; none when it feeds none.

        ``primaries`` are tables that other sheets are mainly of.
        """
        listed = self.tables(view)
        if not listed:
            return []
        main, *others = listed
        rivals = [t for t in others if t.table not in _BESIDE.get(main.table, ())]
        lead = main.score - (rivals[0].score if rivals else 0.0)
        must = _NEEDS[main.table][0].split()
        sure = lead >= _CLEAR_LEAD and all(f.sure for f in main.fits if f.column in must)
        sure = sure and not _repeats(view, main)
        tables = [replace(main, certain=sure)]
        for other in others:
            if other.table not in _BESIDE.get(main.table, ()):
                continue
            if other.table in _ONLY_WHERE_NONE and other.table in primaries:
                continue
            if other.table == "nominals" and main.of("link_role"):
                continue  # who is linked as what differs by row: a victim is no nominal
            tables += self._beside(view, other, frozenset().union(*(t.headers for t in tables)), sure=sure)
        links = [t for t in tables if t.table == "crime_links" and not t.of("link_role")]
        return tables + [p for t in links if (p := self._people_of(view, t))]

    def _people_of(self, view: View, links: Found) -> Found | None:
        """Return the people whom one column of a sheet links, with what other columns say of them: a suspect's name.

        Suspects and accused are nominals, victims and witnesses people.
        """
        linked = links.of("person_id")
        role = next((w for w in ROLE_WORDS if linked and w in view.names[linked.header]), "")
        if not linked or not role or view.values[linked.header].several_ids:
            return None
        table = "people" if role in ("victim", "witness") else "nominals"
        fits = [replace(linked, column=TABLES[table].key[0])]
        for column in ("name", *NAME_PARTS, "date_of_birth", "sex", "ethnicity"):
            ours = column if column not in NAME_PARTS else "name"
            wanted = {role, "dob" if column == "date_of_birth" else column}
            for header in view.sheet.header:
                says = bearing(view.values[header], table, ours, self.words)
                if set(view.names[header]) == wanted and says is not Bearing.AGAINST:
                    fits.append(Fit(header, column, 1.0, True, f"{header} is of the {role}"))
                    break
        return Found(table, tuple(fits), 0.0, links.certain, beside=True) if len(fits) > 1 else None

    def _beside(self, view: View, other: Found, read: frozenset[str], *, sure: bool) -> list[Found]:
        """Return a further table of a sheet, of its keys and of headers that are not read yet; none without both.

        Several links where people stand in several columns, each with a role of its own.
        """
        must = _NEEDS[other.table][0].split()
        keys = [f for c in must if (f := other.of(c))]
        nameless = any(f.column == "person_id" and view.names[f.header] == ("id",) for f in keys)
        if nameless or any(f.score < 0.5 for f in keys):
            return []
        kept = [f for f in other.fits if f in keys or f.header not in read]
        if all(f.header in read for f in kept):
            return []
        certain = sure and all(f.sure for f in keys)
        first = replace(other, fits=tuple(kept), certain=certain, beside=True)
        if other.table != "crime_links":
            return [first]
        person = first.of("person_id")
        phrases = self.lexicon.targets["crime_links", "person_id"]
        further = []
        for header in view.sheet.header:
            names = set(view.names[header])
            if not person or header in first.headers | read or not (names & set(ROLE_WORDS) and "id" in names):
                continue
            if fit := self.fit(view, header, "crime_links", "person_id", phrases):
                fits = tuple(fit if f.column == "person_id" else f for f in keys)
                further.append(replace(first, fits=fits))
        return [first, *further]


def _may_be_key(view: View, header: str) -> bool:
    """Say whether a column of strange name has an id of its own in each row: short, with digits, of no other kind."""
    values = view.values[header]
    if not all(m.startswith("?") or m in ("id", "key", "code") for m in view.names[header]):
        return False
    if "id" not in view.names[header] and header != view.sheet.header[0]:
        return False
    like_ids = bearing(values, "nominals", "nominal_id", built_in_words()) is not Bearing.AGAINST
    return len(values.counts) > 1 and like_ids and not values.several_ids and values.distinct == values.filled == 1


def _repeats(view: View, found: Found) -> bool:
    """Say whether a sheet that would be a list of entities names many of them again and again."""
    key = TABLES[found.table].key
    fit = found.of(key[0]) if len(key) == 1 else None
    return fit is not None and view.values[fit.header].distinct < _HARDLY_REPEATED


def suggest(
    sheets: Sequence[Sheet],
    *,
    words: Words | None = None,
    lexicon: Lexicon | None = None,
    things: Lexicon | None = None,
) -> ImportMapping:
    """Return the mapping that sheets which belong together most likely have.

    Every sheet stands in a rule, perhaps only looked up, or among the unused; every column of a sheet that is used
    stands in a rule or among the unused columns, each with the reason. ``words`` are those of a force, default the
    program's own; ``lexicon``, and ``things`` of sheets of things, are for measuring what other words would do.
    """
    lexicon, words = lexicon or built_in_lexicon(), words or built_in_words()
    views = [View(s, lexicon) for s in sheets]
    ids: dict[str, tuple[str, frozenset[str]]] = {}
    for _ in range(2):
        matcher = TableFits(lexicon, words, ids)
        mains = {v.sheet.name: matcher.chosen(v, frozenset()) for v in views}
        ids = _ids_of(views, mains)
    matcher = TableFits(lexicon, words, ids)
    primaries = {n: frozenset(t[0].table for m, t in mains.items() if t and m != n) for n in mains}
    chosen = [(v, matcher.chosen(v, primaries[v.sheet.name])) for v in views]
    return _mapping(matcher, chosen, things or built_in_things())


def _ids_of(views: Iterable[View], mains: Mapping[str, list[Found]]) -> dict[str, tuple[str, frozenset[str]]]:
    """Return the table and the ids of each sheet of entities, and those of sheets that are none of ours."""
    ids: dict[str, tuple[str, frozenset[str]]] = {}
    for view in views:
        name, tables = view.sheet.name, mains[view.sheet.name]
        if not tables:
            if view.foreign:
                ids[name] = "foreign", view.values[view.sheet.header[0]].ids
            continue
        table = TABLES[tables[0].table]
        if len(table.key) == 1 and (key := tables[0].of(table.key[0])):
            ids[name] = table.name, view.values[key.header].every_id
    return ids


def _mapping(matcher: TableFits, chosen: Sequence[tuple[View, list[Found]]], things: Lexicon) -> ImportMapping:
    tables: list[TableRule] = []
    unused_sources: dict[str, str] = {}
    unused_columns: dict[str, dict[str, str]] = {}
    sources = {v.sheet.name: source_of(v.sheet) for v, _ in chosen}
    for view, found in chosen:
        source = sources[view.sheet.name].name
        rules = response_rules(view, matcher.words, source)
        rules = rules or [r for t in found for r in rules_of(matcher, view, t, source)]
        # Calls and contacts of people have headers alike: without cells, those of calls count.
        if not rules or (not view.sheet.num_rows and {r.into for r in rules} == {"associations"}):
            rules = thing_rules(view, matcher, things, source) or rules
        rules = rules_beside(view, rules, matcher.words)
        if not rules:
            unused_sources[source] = "fits no table of ours" if not view.foreign else "is about something else"
            continue
        tables += rules
        read = {name for r in rules for c in r.columns for name in c.reads} | {r.each.column for r in rules if r.each}
        read |= {j.on for r in rules for j in r.joins}
        left = {h: "fits no column of ours" for h in view.sheet.header if h not in read}
        if left:
            unused_columns[source] = left
    looked_up = {j.source for t in tables for j in t.joins}
    unused_sources = {name: why for name, why in unused_sources.items() if name not in looked_up}
    return ImportMapping(tuple(sources.values()), tuple(tables), {}, unused_sources, unused_columns)


def rules_of(matcher: TableFits, view: View, found: Found, source: str) -> list[TableRule]:
    """Return the rules that fill a table from a sheet; several where each row says several of its rows."""
    why = f"has {', '.join(dict.fromkeys(f.header for f in found.fits))}"
    guess = Guess.CERTAIN if found.certain else Guess.ASK
    rule = TableRule(found.table, source, (), guess=guess, why=why)
    if found.table == "child_aces" and not found.of("ace"):
        key = column_rule(found.fits[0], view.values[found.fits[0].header])
        ace = TABLES["child_aces"].column("ace")
        return [
            replace(
                rule,
                columns=(
                    key,
                    ColumnRule("ace", const=(matcher.words.meant("child_aces", ace, f.header) or ("",))[0], why=f.why),
                    column_rule(f, view.values[f.header]),
                ),
            )
            for f in found.fits[1:]
        ]
    columns: list[ColumnRule] = []
    each = None
    for fit in found.fits:
        if fit.column in (*NAME_PARTS, "name"):
            continue
        values = view.values[fit.header]
        if fit.column == "person_id" and found.table in ("intel_links", "crime_links"):
            each = several_people(fit.header, values)
        rule_here = column_rule(fit, values, each=bool(each) and fit.column == "person_id")
        if fit.column == "offence" and values.filled < 0.5 and (other := matcher.second(view, found, fit)):
            firsts = (f"{{{fit.header}}}", f"{{{other.header}}}")
            rule_here = replace(rule_here, parts="", first=firsts, guess=Guess.ASK)
        columns.append(rule_here)
    if found.table in PEOPLE and (named := name_rule([f for f in found.fits if f.column in (*NAME_PARTS, "name")])):
        columns.append(named)
    elif fit_of_name := found.of("name"):
        columns.append(column_rule(fit_of_name, view.values[fit_of_name.header]))
    if found.table == "intel_reports":
        columns = grading_rules(columns, view.names, view.values)
    if found.table == "crimes" and (code := _code_by_name(view, found)):
        columns.append(code)
    if found.table == "crime_links" and not found.of("link_role"):
        people = found.of("person_id")
        columns.append(link_role_of(view.names[people.header] if people else (), view.about))
    order = [c.name for c in TABLES[found.table].columns]
    columns.sort(key=lambda c: order.index(c.column))
    keyed = found.of(TABLES[found.table].key[0])
    grain = found.table == "crimes" or (found.beside and found.table in _ENTITIES)
    again = grain and keyed is not None and view.values[keyed.header].distinct < 1
    return [replace(rule, columns=tuple(columns), each=each, one_per_key=again)]


def _code_by_name(view: View, found: Found) -> ColumnRule | None:
    """Return the rule by which names of offences give their codes, where no column has codes and names mostly do."""
    named = found.of("offence")
    if not named or found.of("offence_code"):
        return None
    if view.values[named.header].share(codes_by_offence().__contains__) < 0.5:
        return None
    why = f"{named.header} holds names of offences that are of one class"
    return ColumnRule("offence_code", parts=f"{{{named.header}}}", why=why)
