"""The list of candidates that a person fills in, and what it decides."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ocgnet.casework.form_checks import NamedPerson
from ocgnet.casework.matching import Candidate
from ocgnet.dataset import Dataset
from ocgnet.errors import SourceError
from ocgnet.files.writing import FORMULA_STARTS, is_own, write_csv
from ocgnet.model import PERSON_TABLES, Column, Kind
from ocgnet.sources import Problem, Rule
from ocgnet.sources.cells import CellError, read_cell

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

    Parameters
    ----------
    path : Path
        File to write, readable by its owner only.
    people : mapping of str to sequence of NamedPerson
        By report.
    found : mapping of str to sequence of sequences of Candidate
        Candidates of each of them, in the same order.
    marking : str
        Protective marking, in each line.
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


def left_behind(path: Path, reports: Iterable[str], dataset: Dataset) -> bool:
    """Tell whether a list was left by an intake of the same reports that was killed before any was on record.

    Nobody has written into it, and the same command may write it anew; of any other list that is not sure.
    """
    listed = {row["report_id"] for _, row in _rows(path)}
    return (
        is_own(path) and listed == set(reports) and not listed & set(dataset["intel_reports"]["report_id"].to_pylist())
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@dataclass(frozen=True)
class Decided:
    """What a filled list decides.

    Parameters
    ----------
    links : tuple of (str, str)
        Person and report.
    new : tuple of (str, NamedPerson)
        Id of a new row in people, and what the form says of the person; linked as well.
    text : int
        People who stay in the text.
    open : int
        People without a decision.
    done : int
        Decisions that were carried out before.
    """

    links: tuple[tuple[str, str], ...]
    new: tuple[tuple[str, NamedPerson], ...]
    text: int
    open: int
    done: int

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

    Parameters
    ----------
    path : Path
        CSV in UTF-8, with commas or semicolons, as a spreadsheet saves it.
    dataset : Dataset
        The records with the reports in them.

    Returns
    -------
    (Decided, list of Problem)
        A person with a problem is not decided.

    Raises
    ------
    SourceError
        When it cannot be read, or is no such list.
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
