"""From what the analyst names to its tables."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ocgnet.dataset import About
from ocgnet.errors import SourceError
from ocgnet.model import TABLES
from ocgnet.sources.cells import near
from ocgnet.sources.csv import read_csv
from ocgnet.sources.files import Stamp, opened, refusal, settle
from ocgnet.sources.problems import Finding, Rule, Severity, one
from ocgnet.sources.source import RawTable, Source, read_about_file
from ocgnet.words import LARGEST_FILE, Words, WordsError, built_in, with_own

WORDS_FILE = "words.toml"
"""A force's own words, beside its records."""

OWN_FILES = frozenset(
    (
        "about.toml",
        WORDS_FILE,
        "dictionary.csv",
        "readme.txt",
        "readme.md",
        "rejects.csv",
        "files.json",
        "import.toml",
        "import_report.csv",
        "import_differences.csv",
        "import.marks.parquet",
        "watches.toml",
        "watched.json",
    )
)
"""Files of a folder that are no table and yet known."""


def read_source(path: str | Path, *, only: Collection[str] | None = None, encoded: bool = False) -> Source:
    """Read a folder of CSV and Parquet files, or one .xlsx workbook.

    What is wrong with a single file is a finding of that file; the others are still read, so that the analyst sees
    everything at once. CSV and Parquet may stand side by side; the same table twice is an error. ``SourceError`` when
    there is nothing to read at the path, or it may not be read. Of a folder, files of other tables than ``only`` are
    not opened. With ``encoded``, for a check alone, columns of Parquet stay as distinct texts, and instants as times.
    """
    path = Path(path)
    if path.is_dir():
        settle(path)
        return _folder(path, TABLES if only is None else only, encoded=encoded)
    if not path.exists():
        raise SourceError(f"{path} does not exist. Name the folder of your tables, or one .xlsx workbook.")
    if path.suffix.lower() == ".xlsx":
        # A folder of CSV files does not need the reader of workbooks; it would cost start-up.
        from ocgnet.sources.xlsx import read_workbook

        stamp = Stamp.of(path)
        about, tables, findings = read_workbook(path)
        beside, stamps = path.parent / WORDS_FILE, {path: stamp}
        words = built_in()
        if beside.is_file():
            stamps[beside] = Stamp.of(beside)
            words, wrong = _read_words(beside)
            findings = [*findings, *wrong]
        return Source(path, about, _in_order(tables), tuple(findings), stamps, words, frozenset(tables))
    if path.suffix.lower() in (".csv", ".parquet"):
        raise SourceError(f"{path} is a single table. Name the folder it stands in: {path.parent}")
    raise SourceError(f"{path} is no folder and no .xlsx workbook. Save it as .xlsx, or as CSV files in one folder.")


def _folder(path: Path, wanted: Collection[str], *, encoded: bool) -> Source:
    try:
        files = sorted(p for p in path.iterdir() if p.name[0] not in ".~" and (p.is_file() or _promised(p)))
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).") from error
    about, words = About(), built_in()
    tables: dict[str, RawTable] = {}
    findings: list[Finding] = []
    stamps: dict[Path, Stamp] = {}
    present: set[str] = set()
    for file in files:
        name, ending = file.stem.lower(), file.suffix.lower()
        if _promised(file):
            if why := refusal(file):
                remedy = f"{file.name} {why}. Put the file itself in its place, or remove it."
                findings.append(one(file.name, Rule.UNREADABLE, remedy, whole_file=True))
                continue
            before = Stamp.of(file)
        if name in TABLES and ending in (".csv", ".parquet"):
            present.add(name)
            if name not in wanted:
                continue
            if name in tables:
                remedy = f"{tables[name].file} holds the table {name} too. Remove one of the two files."
                findings.append(one(file.name, Rule.TWICE, remedy, whole_file=True))
                continue
            tables[name] = _read_table(name, file, encoded=encoded)
        elif file.name.lower() == "about.toml":
            about, wrong = read_about_file(file)
            findings += wrong
        elif file.name.lower() == WORDS_FILE:
            words, wrong = _read_words(file)
            findings += wrong
        else:
            if file.name.lower() not in OWN_FILES and not file.name.lower().endswith(".csv.marking.txt"):
                findings.append(one(file.name, Rule.UNKNOWN_FILE, _tip(file), severity=Severity.WARNING))
            continue
        stamps[file] = before
    if not present and not any(f.rule is Rule.UNREADABLE for f in findings):
        raise SourceError(
            f"{path} holds no table. Put nominals.csv into it (ocgnet template DIR writes one to fill in), "
            "or name another folder."
        )
    return Source(path, about, _in_order(tables), tuple(findings), stamps, words, frozenset(present))


def _promised(file: Path) -> bool:
    """Tell whether a name stands for something that is read; what is none of it may be anything."""
    return file.name.lower() in ("about.toml", WORDS_FILE) or (
        file.stem.lower() in TABLES and file.suffix.lower() in (".csv", ".parquet")
    )


def _read_words(file: Path) -> tuple[Words, list[Finding]]:
    """Return the words of a file with those of the program; what is wrong with it is returned, never raised."""
    with opened(file) as open_file:
        data = open_file.read(LARGEST_FILE + 1)
    try:
        return with_own(built_in(), data), []
    except WordsError as wrong:
        return built_in(), [one(file.name, Rule.WORDS, str(wrong), column=wrong.key, whole_file=True)]


def _read_table(name: str, file: Path, *, encoded: bool) -> RawTable:
    if file.suffix.lower() == ".csv":
        return read_csv(TABLES[name], file)
    from ocgnet.sources.parquet import read_parquet

    return read_parquet(TABLES[name], file, encoded=encoded)


def _tip(file: Path) -> str:
    ending = file.suffix.lower()
    if ending in (".xlsx", ".xls", ".ods", ".xlsm"):
        return "A workbook inside a folder is not read. Name the .xlsx itself, or save its sheets as CSV files here."
    if file.stem.lower() in TABLES:
        return f"Save it as {file.stem.lower()}.csv: only .csv and .parquet files are read."
    # Any word is a little like one of thirty names; a name that was meant differs in a letter or two.
    guess = near(file.stem, list(TABLES), 0.85)
    return f"Rename it to {guess}.csv, if that is meant." if guess else "No table has this name, so it is not read."


def _in_order(tables: dict[str, RawTable]) -> dict[str, RawTable]:
    return {name: tables[name] for name in TABLES if name in tables}
