"""Who on record might be meant by a person on a form: candidates with reasons, for a person to decide."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from ocgnet.casework.intake.form_checks import NamedPerson
from ocgnet.dataset import Dataset
from ocgnet.errors import SourceError
from ocgnet.files.writing import FORMULA_STARTS, is_own, write_csv
from ocgnet.model import PERSON_TABLES, Column, Kind
from ocgnet.sources import Problem, Rule
from ocgnet.sources.cells import CellError, read_cell
from ocgnet.spelling import plain

# How alike two texts or names are.


def likeness(one: str, other: str) -> float:
    """Return how alike two plain texts are, from 0 to 100, whatever the order of their words.

    The share of letters that stay when one text is turned into the other, as they stand or after their words were
    sorted, whichever is more (rapidfuzz, ``ratio`` and ``token_sort_ratio``): where first letters differ, sorting
    puts words against words that were never meant. An empty text is like nothing.

    >>> likeness("ann oak", "oak ann"), likeness("", ""), round(likeness("katya jones", "catya jones"))
    (100.0, 0.0, 91)
    """
    from rapidfuzz import fuzz

    return float(max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))) if one and other else 0.0


def likenesses(one: str, others: Sequence[str]) -> np.ndarray:
    """Return :func:`likeness` of one plain text to many, shape ``(len(others),)``."""
    from rapidfuzz import fuzz, process

    if not others:
        return np.zeros(0)
    scorers = (fuzz.ratio, fuzz.token_sort_ratio)
    found = np.maximum(*(process.cdist([one], others, scorer=s, dtype=np.float32)[0] for s in scorers)).astype(float)
    blank = np.array([not o or not one for o in others])
    return np.where(blank, 0.0, found)


@dataclass(frozen=True)
class MatchRules:
    """When somebody on record is shown as a candidate; likeness of names is out of 100."""

    # same_birth, swapped_birth, no_birth, other_birth: least likeness of the name when the date of birth is the same,
    # has day and month swapped, is missing on one side, or differs.
    same_birth: float = 50.0
    swapped_birth: float = 70.0
    no_birth: float = 80.0
    other_birth: float = 90.0
    # Candidates shown for one person because of the name. Everybody of the same date of birth and the same district
    # follows, whatever the name: it may be written in another script, or have been misheard.
    most: int = 5


@dataclass(frozen=True)
class Known:
    """Somebody on record: id, name, further names, date of birth, sex, district."""

    person_id: str
    name: str
    others: tuple[str, ...]
    born: date | None
    sex: str
    district: str


@dataclass(frozen=True)
class Candidate:
    """Somebody on record who may be meant, with what speaks for it and against it."""

    person: Known
    likeness: float
    because: tuple[str, ...]
    against: tuple[str, ...]


class KnownPeople:
    """Everybody on record, ready to be compared.

    Somebody who stands in several tables of people is one person with all names; where dates of birth differ each is
    compared.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._people: dict[str, list[Known]] = {}
        for table, key in PERSON_TABLES.items():
            for row in dataset[table].to_pylist():
                aliases = tuple(a.strip() for a in (row.get("aliases") or "").split("|") if a.strip())
                entry = Known(
                    row[key], row["name"] or "", aliases, row["date_of_birth"], row["sex"] or "", row["district"] or ""
                )
                self._people.setdefault(row[key], []).append(entry)
        entries = [k for i in sorted(self._people) for k in self._people[i]]
        self._rows = [(k, n) for k in entries for n in (k.name, *k.others) if n]
        self._names = [plain(n) for _, n in self._rows]
        self._ids = np.array([k.person_id for k, _ in self._rows], dtype=object)
        self._born = np.array([k.born or "NaT" for k, _ in self._rows], dtype="datetime64[D]")
        words = {d: plain(d) for d in {k.district for k in entries}}
        self._districts = np.array([words[k.district] for k, _ in self._rows], dtype=object)
        self._nameless = [k for k in entries if not (k.name or k.others)]

    def candidates(self, named: NamedPerson, rules: MatchRules | None = None) -> list[Candidate]:
        """Return who may be meant, the best first; empty when nobody is near.

        The number of the form, then the same date of birth, then likeness of the name, then the id decide the order.
        Those of the same date of birth and district whose names differ come after all others.
        """
        rules = rules or MatchRules()
        alike = likenesses(plain(named.name), self._names)
        same, swapped, unknown = self._births(named.date_of_birth)
        least = np.select(
            [same, swapped, unknown], [rules.same_birth, rules.swapped_birth, rules.no_birth], rules.other_birth
        )
        near = np.flatnonzero((alike >= least) | (self._ids == (named.known_id or None)))
        best: dict[str, int] = {}
        for i in near[np.lexsort((-alike[near], ~same[near]))].tolist():
            best.setdefault(self._ids[i], i)
        given = [k for k in self._people.get(named.known_id, []) if k.person_id not in best]
        found = [self._candidate(named, i, float(alike[i])) for i in best.values()]
        found += [Candidate(k, 0.0, ("the number on the form",), ("no name on record",)) for k in given[:1]]
        found.sort(key=lambda c: _order(c, named))
        shown = found[: rules.most]
        return shown + self._same_birth_and_district(named, alike, same, {c.person.person_id for c in shown}, rules)

    def _same_birth_and_district(
        self, named: NamedPerson, alike: np.ndarray, same: np.ndarray, but: set[str], rules: MatchRules
    ) -> list[Candidate]:
        """Return everybody else who was born on that day and lives in that district, the likest name first."""
        district = plain(named.district)
        if named.date_of_birth is None or not district:
            return []
        here = np.flatnonzero(same & (self._districts == district))
        likest: dict[str, int] = {}
        for i in here[np.lexsort((here, -alike[here]))].tolist():
            if self._ids[i] not in but:
                likest.setdefault(self._ids[i], i)
        found = [
            self._candidate(named, i, float(alike[i]))
            if alike[i] >= rules.same_birth
            else _born_alike(self._rows[i][0], named, float(alike[i]), "the names differ")
            for i in likest.values()
        ]
        found += [
            _born_alike(known, named, 0.0, "no name on record")
            for known in self._nameless
            if known.born == named.date_of_birth and plain(known.district) == district
            if known.person_id not in but and known.person_id not in likest
        ]
        return sorted(found, key=lambda c: _order(c, named))

    def _births(self, born: date | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        blank = np.isnat(self._born)
        if born is None:
            return np.zeros_like(blank), np.zeros_like(blank), np.ones_like(blank)
        swapped = _swapped(born)
        return (
            self._born == np.datetime64(born),
            np.zeros_like(blank) if swapped is None else self._born == np.datetime64(swapped),
            blank,
        )

    def _candidate(self, named: NamedPerson, row: int, alike: float) -> Candidate:
        known, name = self._rows[row]
        because: list[str] = []
        against: list[str] = []

        def weigh(agree: bool, alike: str, apart: str) -> None:
            if agree:
                because.append(alike)
            else:
                against.append(apart)

        if named.known_id:
            same_number = known.person_id == named.known_id
            weigh(same_number, "the number on the form", "the form gives another number")
        kind = "name" if name == known.name else f"alias {name}"
        words = f"same {kind}" if plain(name) == plain(named.name) else f"{kind} {alike:.0f}% alike"
        if alike >= 100 and not words.startswith("same"):
            words = f"same {kind} in another order"
        (because if alike >= MatchRules.same_birth else against).append(words)
        if named.date_of_birth is None or known.born is None:
            against.append("date of birth not known on one side")
        elif named.date_of_birth == known.born:
            because.append("same date of birth")
        elif known.born == _swapped(named.date_of_birth):
            because.append("same date of birth with day and month swapped")
        else:
            against.append(f"another date of birth: {known.born}, not {named.date_of_birth}")
        for word, one, other in (("district", named.district, known.district), ("sex", named.sex, known.sex)):
            if one and other:
                weigh(plain(one) == plain(other), f"same {word}", f"another {word}: {other}")
        return Candidate(known, alike, tuple(because), tuple(against))


def _born_alike(known: Known, named: NamedPerson, alike: float, names: str) -> Candidate:
    against = [names]
    if named.known_id:
        against.insert(0, "the form gives another number")
    if named.sex and known.sex and plain(named.sex) != plain(known.sex):
        against.append(f"another sex: {known.sex}")
    return Candidate(known, alike, ("same date of birth and district",), tuple(against))


def _swapped(born: date) -> date | None:
    """Return the date with day and month swapped; None when there is none or it is the same.

    >>> _swapped(date(2004, 3, 9)), _swapped(date(2004, 3, 31)), _swapped(date(2004, 3, 3))
    (datetime.date(2004, 9, 3), None, None)
    """
    if born.day > 12 or born.day == born.month:
        return None
    return date(born.year, born.day, born.month)


def _order(candidate: Candidate, named: NamedPerson) -> tuple[bool, bool, float, str]:
    return (
        candidate.person.person_id != named.known_id,
        named.date_of_birth is None or candidate.person.born != named.date_of_birth,
        -candidate.likeness,
        candidate.person.person_id,
    )


def match(people: Mapping[str, Sequence[NamedPerson]], dataset: Dataset) -> dict[str, list[list[Candidate]]]:
    """Return the candidates for everybody named, by report and in the order of each form."""
    known = KnownPeople(dataset)
    return {report: [known.candidates(p) for p in named] for report, named in people.items()}


# The list of candidates that a person fills in, and what it decides.

HEADER = (
    "report_id", "person", "name", "date_of_birth", "sex", "district",
    "candidate", "candidate_name", "candidate_date_of_birth", "candidate_district",
    "because", "against", "decision", "marking",
)  # fmt: skip
"""Columns of candidates.csv. ``decision`` is for a person to fill in."""

YES, NEW, TEXT = "yes", "new", "text"
DECISIONS = {
    YES: "this person on record is meant",
    NEW: "somebody not on record yet: a new row in people",
    TEXT: "stays in the text of the report only",
}
"""What may stand in the column ``decision``; a blank one is left for later."""

_BORN = Column("date_of_birth", Kind.DATE, "Date of birth.")


def write_candidates(
    path: Path,
    people: Mapping[str, Sequence[NamedPerson]],
    found: Mapping[str, Sequence[Sequence[Candidate]]],
    marking: str,
) -> int:
    """Write the list, one line for each candidate and a last one for each person; return how many people it asks about.

    ``found`` holds, by report, the candidates of each of its people in their order. Only the owner may read the file;
    the marking stands in each line.
    """
    rows = []
    for report, named in people.items():
        for number, person in enumerate(named, 1):
            own = (report, str(number), person.name, _iso(person.date_of_birth), person.sex, person.district)
            for c in found[report][number - 1]:
                k = c.person
                who = (k.person_id, k.name, _iso(k.born), k.district)
                rows.append((*own, *who, "; ".join(c.because), "; ".join(c.against), "", marking))
            nobody = "nobody above" if found[report][number - 1] else "nobody on record is near"
            rows.append((*own, "", "", "", "", nobody, "", "", marking))
    write_csv(path, HEADER, rows, for_excel=True, marking=marking)
    return sum(map(len, people.values()))


def left_behind(path: Path, new: Iterable[str], again: Iterable[str]) -> int | None:
    """Return how many people a list asks about that an intake of the same forms left before; None for any other list.

    Nobody has written into it, and either none of its reports is on record yet, so that it may be written anew, or
    all of them are and nothing is new: that intake was killed behind the record, or is repeated.
    """
    rows = [row for _, row in _rows(path)]
    listed, new = {row["report_id"] for row in rows}, set(new)
    if not is_own(path) or not (listed == new or (not new and listed <= set(again))):
        return None
    return len({(row["report_id"], row["person"]) for row in rows})


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@dataclass(frozen=True)
class Decided:
    """What a filled list decides."""

    links: tuple[tuple[str, str], ...]  # person and report
    # Id of a new row in people, and what the form says of the person; linked as well.
    new: tuple[tuple[str, NamedPerson], ...]
    text: int  # people who stay in the text
    open: int  # people without a decision
    done: int  # decisions that were carried out before

    def change(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows to add, by table."""
        people = [
            {"person_id": i, "name": p.name, "date_of_birth": _iso(p.date_of_birth), "sex": p.sex}
            | {"district": p.district}
            for i, p in self.new
        ]
        links = [{"person_id": person, "report_id": report} for person, report in self.links]
        return {table: rows for table, rows in (("people", people), ("intel_links", links)) if rows}


def read_decisions(path: Path, dataset: Dataset) -> tuple[Decided, list[Problem]]:
    """Read a filled list.

    CSV in UTF-8 with commas or semicolons, as a spreadsheet saves it; ``dataset`` holds the reports already. A person
    with a problem is not decided. Raises SourceError when it cannot be read, or is no such list.
    """
    rows = _rows(path)
    problems: list[Problem] = []
    by_person: dict[tuple[str, str], list[tuple[int, dict[str, str]]]] = {}
    for line, row in rows:
        by_person.setdefault((row["report_id"], row["person"]), []).append((line, row))
    known = {i for t, k in PERSON_TABLES.items() for i in dataset[t][k].to_pylist()}
    reports = set(dataset["intel_reports"]["report_id"].to_pylist())
    linked = set(zip(*(dataset["intel_links"][c].to_pylist() for c in ("person_id", "report_id")), strict=True))
    links: list[tuple[str, str]] = []
    new: list[tuple[str, NamedPerson]] = []
    text = left = done = 0
    for (report, number), lines in by_person.items():
        wrong = _wrong(path.name, lines, known, reports)
        problems += wrong
        decided = [(n, r) for n, r in lines if r["decision"]]
        if wrong or not decided:
            left += not decided and not wrong
            continue
        line, row = decided[0]
        if row["decision"] == TEXT:
            text += 1
            continue
        person = row["candidate"] if row["decision"] == YES else f"{report}-{number}"
        if (person, report) in linked:
            done += 1
            continue
        if row["decision"] == NEW:
            try:
                born = read_cell(_BORN, row["date_of_birth"]) if row["date_of_birth"] else None
            except CellError as error:
                where = (path.name, line, "date_of_birth", row["date_of_birth"])
                problems.append(Problem(*where, error.rule.value, error.remedy))
                continue
            new.append((person, NamedPerson(row["name"], born, row["sex"], row["district"])))
        links.append((person, report))
    # Two people of one form may turn out to be one person on record: one link.
    return Decided(tuple(dict.fromkeys(links)), tuple(new), text, left, done), problems


def _wrong(file: str, lines: Sequence[tuple[int, dict[str, str]]], known: set[str], reports: set[str]) -> list[Problem]:
    problems = []
    first, head = lines[0]
    if head["report_id"] not in reports:
        remedy = (
            "No such report is on record. Run ocgnet intake first, in the same place, and leave this column as it was."
        )
        problems.append(Problem(file, first, "report_id", head["report_id"], Rule.REFERENCE.value, remedy))
    for line, row in lines:
        decision = row["decision"]
        if decision and decision not in DECISIONS:
            remedy = f"Write {', '.join(f'{k} ({v})' for k, v in DECISIONS.items())}, or leave it blank."
            problems.append(Problem(file, line, "decision", decision, Rule.ENUM.value, remedy))
        elif decision == YES and not row["candidate"]:
            remedy = (
                "This line names nobody on record. Write yes in a line with a candidate, or write new or text here."
            )
            problems.append(Problem(file, line, "decision", decision, Rule.ENUM.value, remedy))
        elif decision == YES and row["candidate"] not in known:
            remedy = "Nobody on record has this id. Leave the column candidate as it was."
            problems.append(Problem(file, line, "candidate", row["candidate"], Rule.REFERENCE.value, remedy))
    decided = [(line, r["decision"]) for line, r in lines if r["decision"]]
    if len(decided) > 1:
        remedy = "One person has several decisions. Keep one of them, and clear the others."
        line, decision = decided[1]
        problems.append(Problem(file, line, "decision", decision, Rule.DUPLICATE.value, remedy))
    return problems


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise SourceError(
            f"{path} does not exist. Name the list that ocgnet intake wrote and you filled in."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read as UTF-8. Save it from Excel as CSV UTF-8.") from error
    head = text.partition("\n")[0]
    # Strict: a quote that is never closed would swallow the decisions below it without a word.
    sign = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except csv.Error as error:
        raise SourceError(f"{path} is no CSV file that can be read ({error}). Save it again from Excel.") from error
    names = [c.strip().lower() for c in lines[0][1]] if lines else []
    if missing := [n for n in HEADER if n not in names and n != "marking"]:
        raise SourceError(f"{path} has no column {missing[0]}, so it is no list of candidates. Keep its columns.")
    place = {n: names.index(n) for n in HEADER if n in names}
    found = []
    for line, cells in lines[1:]:
        row = {n: _given(cells[i]) if i < len(cells) else "" for n, i in place.items()}
        found.append((line, row | {"decision": row["decision"].lower()}))
    return found


def _given(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS and len(cell) > 1 else cell
