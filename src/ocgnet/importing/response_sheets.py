"""Sheets of plans, cases, orders, stages of referrals, days of action and scores, known by what they are called.

Such a sheet looks much like one of referrals, members or disruptions. So it is read as one only where its name or title
says so and a header for each column that the table needs is written in ``data/response_words.toml``, or where a force
says itself what its columns are; whatever else stands in it is left to the other rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from ocgnet.importing.cell_values import Bearing, CellValues, bearing
from ocgnet.importing.column_fits import Fit, View
from ocgnet.importing.convert import hour_of, number_of
from ocgnet.importing.headers import singular
from ocgnet.importing.mapping import ColumnRule, TableRule
from ocgnet.importing.transformations import column_rule
from ocgnet.model import TABLES
from ocgnet.words import Words, plain

_RUN_TOGETHER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_SUBJECTS = ("group", "person", "threat")
"""Kinds of subject that a column of a sheet may hold by its name."""

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "services": ("name", "agency kind district"),
    "assignments": ("person_id", "service_id", "from_date to_date owner"),
    "case_meetings": ("person_id", "held_on", "kind attended decisions next_on"),
    "orders": ("person_id thing_id", "from_date", "kind order_id protects"),
    "nrm_stages": ("person_id", "stage", "decided_on"),
    "activities": ("happened_on", "name activity_id", "agencies results lead_agency kind"),
    "plans": ("plan_id", "group person threat", "aim lead_responsible_officer review_on"),
    "threats": ("threat_id", "name", "kind district recorded_on"),
    "scores": ("group person threat", "component", "score", "scored_on", "assessor", "version"),
    "child_risks": ("child_id", "level cse cce", "assessed_on"),
    "ocg_activities": ("ocg_id", "activity", "level district from_date"),
    "priorities": ("priority", "owner measure target"),
    "intelligence_gaps": ("question", "owner due_on raised_on"),
}
"""By table, sets of columns of each of which a sheet has one."""

_MADE_UP: Mapping[str, tuple[str, ...]] = {
    "services": ("name",),
    "orders": ("person_id", "thing_id", "kind", "from_date"),
    "activities": ("happened_on", "name"),
    "priorities": ("priority",),
    "intelligence_gaps": ("question",),
}
"""Tables whose id may be missing in a sheet: it is then made of these columns."""


def response_rules(view: View, words: Words, source: str) -> list[TableRule]:
    """Return the rules by which a sheet feeds a table of plans, cases, orders or scores; none where it is no such."""
    for table, names in _words()["sheets"].items():
        title = next((t for t in (view.sheet.name, *view.sheet.titles) if _says(t, names)), "")
        if title and (fits := _fits(view, table, words)):
            return [rule for one in _of_each_kind(table, fits) for rule in _rules(view, table, one, title, source)]
    return []


def _of_each_kind(table: str, fits: Mapping[str, Fit]) -> list[dict[str, Fit]]:
    """Return the columns of each rule of a sheet: one for each kind of exploitation that has a column of its own."""
    kinds = [kind for kind in _EXPLOITATION if kind in fits]
    if table != "child_risks" or not kinds:
        return [dict(fits)]
    others = {c: fit for c, fit in fits.items() if c not in (*_EXPLOITATION, "level", "exploitation")}
    return [others | {"level": replace(fits[kind], column="level"), kind: fits[kind]} for kind in kinds]


def rules_beside(view: View, rules: Sequence[TableRule], words: Words) -> list[TableRule]:
    """Return the rules of a sheet with what headers fill that no rule reads, such as the hour of a crime.

    A header counts only as it is written in ``data/response_words.toml``, or as a force says, and only where its cells
    do not speak against it. What a group does beside its primary crime type becomes rows of a table of their own.
    """
    read = {name for r in rules for c in r.columns for name in c.reads} | {r.each.column for r in rules if r.each}
    done: list[TableRule] = []
    for rule in rules:
        named = _named_beside(rule.into)
        filled = {c.column for c in rule.columns}
        more: dict[str, Fit] = {}
        for header in view.sheet.header:
            if header in read:
                continue
            told = {column for of, column in words.headers.get(plain(header), ()) if of == rule.into}
            column = next((c for c in named if c in told or _phrase(header) in named[c]), "")
            if column and column not in filled | more.keys() and _may_be(view.values[header], rule.into, column, words):
                more[column] = Fit(header, column, 1.0, True, f"it is called {header}")
        if rule.into == "ocgs":
            done += [rule, *_activities(rule, more)]
            continue
        if rule.into == "referrals" and "outcome" in filled and not more.keys() & {"outcome_kind"}:
            more |= _said_in_one_word(view, rule, words)
        columns = [*rule.columns, *(column_rule(fit, view.values[fit.header]) for fit in more.values())]
        order = [c.name for c in TABLES[rule.into].columns]
        done.append(replace(rule, columns=tuple(sorted(columns, key=lambda c: order.index(c.column)))))
    return done


def _may_be(values: CellValues, table: str, column: str, words: Words) -> bool:
    """Say whether cells may be those of a column; blank ones may."""
    if values.none or table == "ocgs":
        return True
    if column == "occurred_hour":
        return values.share(lambda t: hour_of(t) is not None) >= _MOSTLY
    if column == "loss":
        return values.share(lambda t: number_of(t) is not None) >= _MOSTLY
    return bearing(values, table, column, words) is not Bearing.AGAINST


def _said_in_one_word(view: View, rule: TableRule, words: Words) -> dict[str, Fit]:
    """Return the column of outcomes once more as one word of ours, where every cell is such a word."""
    outcome = rule.column("outcome")
    header = outcome.reads[0] if outcome and len(outcome.reads) == 1 else ""
    if header not in view.values or view.values[header].none:
        return {}
    column = TABLES["referrals"].column("outcome_kind")
    if view.values[header].understood("referrals", column, words) < 1:
        return {}
    return {column.name: Fit(header, column.name, 1.0, True, f"every cell of {header} is such a word")}


def _activities(rule: TableRule, more: Mapping[str, Fit]) -> Iterator[TableRule]:
    """Give a rule for each column of what a group does, blank cells left out."""
    group = rule.column("ocg_id")
    for level, fit in more.items():
        if group is not None:
            columns = (
                group,
                ColumnRule("activity", parts=f"{{{fit.header}}}", why=fit.why),
                ColumnRule("level", const=level, why=fit.why),
            )
            blank = {fit.header: ("",)}
            yield TableRule("ocg_activities", rule.source, columns, unless=blank, why=f"has {fit.header} of each group")


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    text = (files("ocgnet") / "data" / "response_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _named_beside(table: str) -> Mapping[str, list[str]]:
    """Return by column what the headers are called that may stand in a sheet of a table beside what it needs."""
    of_tables: Mapping[str, Any] = _words()["beside"]
    of_table: Mapping[str, list[str]] = of_tables.get(table, {})
    return of_table


def _phrase(text: str) -> str:
    """Return the words of a name, one space between.

    >>> _phrase("CAWNs / EPOs"), _phrase("ChildID"), _phrase("days_of_action")
    ('cawn epo', 'child id', 'day of action')
    """
    apart = _RUN_TOGETHER.sub(" ", text.replace("'s", ""))
    return " ".join(singular(word) for word in re.findall(r"[^\W_]+", apart.lower()))


def _says(title: str, names: list[str]) -> bool:
    """Say whether a title is one of some names, whatever stands before or behind, such as a year."""
    return any(re.search(rf"(?:^|\W){re.escape(name)}(?:$|\W)", _phrase(title)) for name in names)


def _fits(view: View, table: str, words: Words) -> dict[str, Fit]:
    """Return the header of each column; none where the sheet has not what the table needs."""
    fits: dict[str, Fit] = {}
    for header in view.sheet.header:
        told = {column for of, column in words.headers.get(plain(header), ()) if of == table}
        named = told or {column for column, names in _words()[table].items() if _phrase(header) in names}
        for column in sorted(named - fits.keys()):
            why = f"words.toml says so of {header}" if told else f"it is called {header}"
            fits[column] = Fit(header, column, 1.0, True, why)
            break
    needed = [*_NEEDS[table]]
    if table in _KIND_BY_TITLE and "kind" not in fits and len(fits) > 2:
        needed = [n for n in needed if n != "kind"]
    return fits if all(fits.keys() & set(names.split()) for names in needed) else {}


_EXPLOITATION: Mapping[str, str] = {"cse": "sexual", "cce": "criminal"}
"""Kinds of exploitation that a sheet of assessed risks may have a column for, with our word."""

_MOSTLY = 0.8
"""Share of the cells that must be hours, or money."""

_KIND_BY_TITLE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "case_meetings": (
        ("strategy", "strategy"), ("conference", "child_protection_conference"), ("missing", "missing"),
        ("exploitation", "exploitation"),
    ),
    "orders": (
        ("cawn", "child_abduction_warning_notice"), ("abduction", "child_abduction_warning_notice"),
        ("epo", "emergency_protection_order"), ("injunction", "injunction"),
    ),
    "activities": (("day of action", "day_of_action"), ("action day", "day_of_action")),
    "threats": (("county line", "county_line"),),
}  # fmt: skip
"""Words of a title that say what every row is, where no column does and only one of them is said."""


def _rules(view: View, table: str, fits: Mapping[str, Fit], title: str, source: str) -> Iterator[TableRule]:
    of_kind = next((kind for kind in _EXPLOITATION if kind in fits), "")
    apart = (*_SUBJECTS, *_EXPLOITATION)
    columns = [column_rule(fit, view.values[fit.header]) for column, fit in fits.items() if column not in apart]
    of_subject = next((kind for kind in _SUBJECTS if kind in fits), "")
    if of_subject:
        header = fits[of_subject].header
        columns.append(ColumnRule("subject_kind", const=of_subject, why=f"{header} names it"))
        columns.append(ColumnRule("subject_id", parts=f"{{{header}}}", why=f"it is called {header}"))
    unless = {}
    if of_kind:
        header = fits[of_kind].header
        columns.append(ColumnRule("exploitation", const=_EXPLOITATION[of_kind], why=f"{header} is about it"))
        unless = {header: ("",)}
    key = TABLES[table].key[0]
    if table in _MADE_UP and key not in fits:
        headers = [fits[c].header for c in _MADE_UP[table] if c in fits]
        why = f"{' and '.join(headers)} tell the rows apart"
        columns.append(ColumnRule(key, parts=" ".join(f"{{{h}}}" for h in headers), why=why))
    kinds = {kind for word, kind in _KIND_BY_TITLE.get(table, ()) if _says(title, [word])}
    if "kind" not in fits and len(kinds) == 1:
        columns.append(ColumnRule("kind", const=kinds.pop(), why=f"the sheet is called {title}"))
    if table == "scores" and "scheme" not in fits:
        scheme = next((name for name in ("MoRiLE", "MoMeNT") if name.lower() in title.lower()), "")
        columns += [ColumnRule("scheme", const=scheme, why=f"the sheet is called {title}")] if scheme else []
    order = [c.name for c in TABLES[table].columns]
    columns.sort(key=lambda c: order.index(c.column))
    filled = {c.column for c in columns}
    if not {c.name for c in TABLES[table].columns if c.never_blank} <= filled:
        return
    read = dict.fromkeys(name for c in columns for name in c.reads)
    why = f"is called {title} and has {', '.join(read)}"
    yield TableRule(table, source, tuple(columns), unless=unless, why=why)
