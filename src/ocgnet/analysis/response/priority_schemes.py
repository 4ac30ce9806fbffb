"""Schemes by which priorities are set: their components, and reading one from TOML with every fault named by its line.

A scheme says what is scored, from where each score comes, and how scores become a total. Its name and version stand
on every score; scores of another scheme or version are never converted.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ocgnet.english import near
from ocgnet.errors import SourceError, UsageError
from ocgnet.harm import offence_groups
from ocgnet.notation import parse_toml

KINDS = ("group", "person", "threat")
"""Kinds of subject that are ranked, each among its own."""

ASSESSOR, RECORDS = "assessor", "records"
"""From where the score of a component comes."""

SUM, PRODUCT = "sum", "product"
ORDERS = {"lowest": 0.0, "middle": 0.5, "highest": 1.0}
"""By which of the totals that are possible subjects stand in order, as a share of the way from lowest to highest."""

LARGEST_SCHEME = 200_000
"""Bytes of a file; the one that comes with the program has 6,000."""

MOST_COMPONENTS, MOST_WEIGHT, MOST_STEPS, MOST_MONTHS = 60, 1e6, 100, 120


@dataclass(frozen=True)
class Measure:
    """What is counted in the records: in words, for which kinds of subject, and how a value is printed."""

    says: str
    kinds: tuple[str, ...]
    worded: Callable[[float], str]


def _count(one: str, many: str = "") -> Callable[[float], str]:
    return lambda value: f"{value:,.0f} {one if value == 1 else many or f'{one}s'}"


def _times_before(change: float) -> str:
    """Return a change, as a share of the greater of two, as how many times the earlier the later is.

    >>> _times_before(0.75), _times_before(-0.5), _times_before(1), _times_before(0)
    ('severity 4.0 times that before', 'severity 0.5 times that before', 'severity where none was before', \
'severity as before')
    """
    if change == 0:
        return "severity as before"
    if change == 1:
        return "severity where none was before"
    times = 1 / (1 - change) if change > 0 else 1 + change
    return f"severity {times:,.1f} times that before"


MEASURES: dict[str, Measure] = {
    "crime_severity": Measure(
        "severity of the crimes linked to it in the months before", KINDS, lambda v: f"severity {v:,.0f} of crimes"
    ),
    "severity_change": Measure(
        "that severity less that of as many months earlier, as a share of the greater: -1 to 1",
        KINDS,
        _times_before,
    ),
    "crimes": Measure("crimes linked to it", KINDS, _count("crime")),
    "exploitation_crimes": Measure(
        "of these, flagged as exploitation of children or modern slavery", KINDS, _count("crime of exploitation",
                                                                                       "crimes of exploitation")
    ),
    "reports": Measure("usable reports that name it or its members", KINDS, _count("report")),
    "corroborated_share": Measure(
        "share of them known directly, or indirectly and corroborated", KINDS, lambda v: f"{v:.0%} corroborated"
    ),
    "members": Measure("members on the day", ("group",), _count("member")),
    "children_linked": Measure(
        "children linked as to a parent, step-parent or guardian", ("group", "person"), _count("child", "children")
    ),
    "reach": Measure(
        "nominals outside it linked to the same crimes and reports", ("group", "person"), _count("nominal outside it",
                                                                                               "nominals outside it")
    ),
    "county_line": Measure(
        "1 where it is recorded as a county line, 0 where it is recorded as none", ("group", "threat"),
        lambda v: "a county line" if v else "no county line",
    ),
    "disruptions": Measure("major or moderate disruptions of it", ("group",), _count("disruption that hurt",
                                                                                   "disruptions that hurt")),
    "overdue_actions": Measure("actions about it that are open after their day", KINDS, _count("overdue action")),
}  # fmt: skip
"""What a component may be scored by, by the name that stands in a scheme."""

_OF_CRIMES = ("crime_severity", "severity_change", "crimes")
"""Measures that may be limited to some offence groups."""


@dataclass(frozen=True)
class Section:
    """One part of a total, with its weight in it; ``says`` is for whoever scores."""

    name: str
    says: str
    weight: float


@dataclass(frozen=True)
class Component:
    """What is scored: by an assessor, and by the thresholds (of each kind) of a measure where there is one."""

    name: str
    section: str
    says: str
    weight: float
    kinds: tuple[str, ...]
    measure: str
    offence_groups: tuple[str, ...]
    thresholds: Mapping[str, tuple[float, ...]]
    used: str

    def measured(self, kind: str) -> bool:
        """Whether the records can score it for a kind of subject."""
        return bool(self.measure) and kind in MEASURES[self.measure].kinds and kind in self.thresholds


@dataclass(frozen=True)
class Scheme:
    """A scheme of priorities, and the fingerprint of the file it was read from."""

    name: str
    version: str
    source: str
    least: float
    most: float
    months: int
    total: str
    order: str
    sections: tuple[Section, ...]
    components: tuple[Component, ...]
    fingerprint: str

    @property
    def words(self) -> str:
        """Name and version, as they stand beside every score."""
        return f"{self.name}, version {self.version}"

    def of_kind(self, kind: str) -> tuple[Component, ...]:
        """Return the components that count for a kind of subject, in the order of the file."""
        return tuple(c for c in self.components if kind in c.kinds)

    def component(self, name: str) -> Component:
        """Return a component by its name; ``UsageError`` names what there is."""
        for one in self.components:
            if one.name == name:
                return one
        names = [c.name for c in self.components]
        raise UsageError(f"--component {name}: {self.words} has no such component{near(name, names)}")

    def refuse_score(self, score: float) -> None:
        """Refuse a score that lies outside the scale."""
        if not self.least <= score <= self.most:
            raise UsageError(
                f"--score {score:g} is outside the scale of {self.words}: give a number from {self.least:g} to "
                f"{self.most:g}."
            )


@cache
def shipped_scheme() -> Scheme:
    """Return the scheme that comes with the program."""
    name = "priority_scheme.toml"
    return scheme_from((files("ocgnet") / "data" / name).read_bytes(), name)


def scheme_from(data: bytes, name: str) -> Scheme:
    r"""Read a scheme from the bytes of a TOML file, whose ``name`` stands in messages.

    Raises
    ------
    SourceError
        When it is no TOML in UTF-8.
    UsageError
        With every fault: the line, the key, what is wrong, and what it takes.

    Examples
    --------
    >>> own = b'scheme = "x"\nversion = "1"\n[section.a]\nsays = "A."\nweigth = 2\n'
    >>> scheme_from(own, "own.toml")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ocgnet.errors.UsageError: own.toml cannot be used. Line 5, section.a.weigth: there is no such key; did you mean ...
    """
    try:
        given = parse_toml(data)
    except ValueError as error:
        raise SourceError(f"{name} is no TOML file in UTF-8: {error}.") from error
    reading = _Reading(given, data.decode("utf-8-sig"))
    scheme = reading.scheme(hashlib.sha256(data).hexdigest()[:12])
    if reading.problems:
        raise UsageError(f"{name} cannot be used. {' '.join(reading.problems)}")
    return scheme


_TOP = ("scheme", "version", "source", "least", "most", "months", "total", "order", "section", "component")
_SECTION = ("says", "weight")
_COMPONENT = ("says", "section", "weight", "kinds", "measure", "offence_groups", "thresholds", "used")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST = 200


class _Reading:
    """One pass over a parsed file that notes every fault."""

    def __init__(self, given: Mapping[str, Any], text: str) -> None:
        self.given = given
        self.lines = text.splitlines()
        self.problems: list[str] = []

    def scheme(self, fingerprint: str) -> Scheme:
        self._unknown_keys(self.given, _TOP, "")
        least = self._number("", "least", self.given, (-1e6, 1e6), 0.0)
        most = self._number("", "most", self.given, (-1e6, 1e6), 4.0)
        months = self._number("", "months", self.given, (1, MOST_MONTHS), 12.0)
        if months != int(months):
            self._fault("", "months", f"{months:g} is no whole number; write one, such as 12")
        steps = round(most - least)
        if most - least != steps or not 1 <= steps <= MOST_STEPS:
            self._fault("", "most", f"it is not a whole number of steps above least ({least:g}); write at least "
                        f"{least + 1:g} and at most {least + MOST_STEPS:g}")  # fmt: skip
            steps = 1
        total = self._word("", "total", self.given, (SUM, PRODUCT), SUM)
        sections = tuple(
            Section(name, self._text(f"section.{name}", "says", told), weight)
            for name, told in self._tables("section", "says and weight")
            for weight in [self._number(f"section.{name}", "weight", told, (0, MOST_WEIGHT), 1.0)]
            if self._unknown_keys(told, _SECTION, f"section.{name}")
        )
        if sections and not sum(s.weight for s in sections) > 0:
            self.problems.append("The weights of the sections are all 0; give one of them more.")
        names = [s.name for s in sections]
        components = tuple(
            self._component(name, told, names, steps) for name, told in self._tables("component", "says and section")
        )
        if len(components) > MOST_COMPONENTS:
            self.problems.append(f"There are {len(components)} components; {MOST_COMPONENTS} are the most.")
        for section in sections:
            inside = [c.weight for c in components if c.section == section.name]
            if components and not sum(inside) > 0:
                what = "their weights are all 0" if inside else "no component counts in it"
                self._fault(
                    f"section.{section.name}", "", f"{what}; give it a component with a weight, or leave it out"
                )
        return Scheme(
            self._text("", "scheme", self.given),
            self._text("", "version", self.given),
            self._text("", "source", self.given, longest=2000, needed=False),
            least,
            most,
            int(months),
            total,
            self._word("", "order", self.given, tuple(ORDERS), "middle"),
            sections,
            components,
            fingerprint,
        )

    def _component(self, name: str, told: Mapping[str, Any], sections: list[str], steps: int) -> Component:
        at = f"component.{name}"
        self._unknown_keys(told, _COMPONENT, at)
        section = self._text(at, "section", told)
        if section and sections and section not in sections:
            self._fault(at, "section", f"there is no section {section}{near(section, sections)}", ended=True)
        kinds = self._words(at, "kinds", told, KINDS) or KINDS
        measure = self._word(at, "measure", told, tuple(MEASURES), "")
        groups = self._words(at, "offence_groups", told, tuple(sorted(set(offence_groups().values()))))
        if groups and measure not in _OF_CRIMES:
            self._fault(at, "offence_groups", f"they limit {', '.join(_OF_CRIMES)} only; leave them out")
        possible = tuple(k for k in kinds if measure and k in MEASURES[measure].kinds)
        if measure and not possible:
            takes = " and ".join(MEASURES[measure].kinds)
            self._fault(at, "measure", f"{measure} counts for {takes} only; write another, or kinds that hold one")
        thresholds: Mapping[str, tuple[float, ...]] = {}
        if measure or "thresholds" in told:
            thresholds = self._thresholds(at, told, possible, steps)
            if not measure:
                self._fault(at, "thresholds", "there is no measure that they could cut; name one with measure")
        return Component(
            name,
            section,
            self._text(at, "says", told),
            self._number(at, "weight", told, (0, MOST_WEIGHT), 1.0),
            tuple(k for k in KINDS if k in kinds),
            measure,
            groups,
            thresholds,
            self._word(at, "used", told, (ASSESSOR, RECORDS), ASSESSOR),
        )

    def _thresholds(
        self, at: str, told: Mapping[str, Any], kinds: tuple[str, ...], steps: int
    ) -> Mapping[str, tuple[float, ...]]:
        given = told.get("thresholds")
        by_kind = given if isinstance(given, dict) else dict.fromkeys(kinds, given)
        if isinstance(given, dict) and set(given) != set(kinds):
            self._fault(at, "thresholds", f"they are for {', '.join(given) or 'nothing'}; write a list for each of "
                        f"{', '.join(kinds)}")  # fmt: skip
            return {}
        for kind, values in by_kind.items():
            numbers = values if isinstance(values, list) and all(map(_is_number, values)) else []
            if len(numbers) != steps or numbers not in (sorted(numbers), sorted(numbers, reverse=True)):
                of_kind = f" of {kind}" if isinstance(given, dict) else ""
                self._fault(at, "thresholds", f"those{of_kind} are no list of {steps} numbers that rise, or fall where "
                            "less is more; write one for each score above the least")  # fmt: skip
                return {}
        return {kind: tuple(map(float, values or ())) for kind, values in by_kind.items()}

    def _tables(self, key: str, takes: str) -> list[tuple[str, Mapping[str, Any]]]:
        tables = self.given.get(key, {})
        if not isinstance(tables, dict) or not tables:
            self.problems.append(f"There is no {key}: write [{key}.NAME] with {takes}.")
            return []
        kept: list[tuple[str, Mapping[str, Any]]] = []
        for name, told in tables.items():
            if not _NAME.fullmatch(name):
                self._fault(f"{key}.{name}", "", "the name is not made of small letters, digits and _ only; write one "
                            "of at most 40, such as physical")  # fmt: skip
            elif not isinstance(told, dict):
                self._fault(key, name, f"it is no table; write [{key}.{name}]")
            else:
                kept.append((name, told))
        return kept

    def _unknown_keys(self, told: Mapping[str, Any], keys: tuple[str, ...], at: str) -> bool:
        for key in told:
            if key not in keys:
                self._fault(at, key, f"there is no such key{near(key, keys)}", ended=True)
        return True

    def _number(self, at: str, key: str, told: Mapping[str, Any], limits: tuple[float, float], without: float) -> float:
        value = told.get(key, without)
        low, high = limits
        if not _is_number(value) or not low <= value <= high:
            self._fault(at, key, f"{_shown(value)} is no number from {low:g} to {high:g}; write one")
            return without
        return float(value)

    def _text(self, at: str, key: str, told: Mapping[str, Any], *, longest: int = _LONGEST, needed: bool = True) -> str:
        value = told.get(key, "")
        if not isinstance(value, str):
            self._fault(at, key, f"{_shown(value)} is no text; write it in quotes")
            return ""
        words = " ".join(value.split())
        if (needed and not words) or len(words) > longest:
            what = "it is missing" if not words else f"it has {len(words)} letters"
            self._fault(at, key, f"{what}; write a text of at most {longest}")
        return words

    def _word(self, at: str, key: str, told: Mapping[str, Any], words: tuple[str, ...], without: str) -> str:
        value = told.get(key, without)
        if value != without and (not isinstance(value, str) or value not in words):
            self._fault(at, key, f"{_shown(value)} is none it takes{near(str(value), words)}", ended=True)
            return without
        return str(value)

    def _words(self, at: str, key: str, told: Mapping[str, Any], words: tuple[str, ...]) -> tuple[str, ...]:
        value = told.get(key, [])
        if not isinstance(value, list) or (key in told and not value):
            self._fault(at, key, f"{_shown(value)} is no list of words; write some of {', '.join(words)}")
            return ()
        for one in value:
            if not isinstance(one, str) or one not in words:
                self._fault(at, key, f"{_shown(one)} is none it takes{near(str(one), words)}", ended=True)
                return ()
        return tuple(dict.fromkeys(value))

    def _fault(self, at: str, key: str, what: str, *, ended: bool = False) -> None:
        line = self._line_of(at, key)
        place = ".".join(filter(None, (at, key)))
        where = f"Line {line}, {place}" if line else place[:1].upper() + place[1:] if at else place
        self.problems.append(f"{where}: {what}{'' if ended else '.'}")

    def _line_of(self, table: str, key: str) -> int:
        """Return the line of a key, else that of its table; 0 where neither is written in the usual way."""
        dotted = r"\s*\.\s*".join(map(re.escape, table.split(".")))
        head = re.compile(rf"\s*\[\s*{dotted}\s*\]") if table else None
        own, at_table = head is None, 0
        for number, line in enumerate(self.lines, 1):
            if line.lstrip().startswith("["):
                own = bool(head and head.match(line))
                at_table = number if own else at_table
            elif own and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
                return number
        return at_table


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
