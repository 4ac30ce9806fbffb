"""Files made from records: recognising them, and removing those that name somebody who is erased.

A result that names a person is removed as a whole, because every share, rank and reason in it was worked out with
that person; ``ocgnet analyse`` makes it anew without.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import duckdb

from ocgnet.audit.read import Told
from ocgnet.errors import OutputError, SourceError
from ocgnet.files.writing import marking_file
from ocgnet.importing.accounts import DIFFERENCES, DIFFERENCES_FILE
from ocgnet.retention.search import Words, files_in, look_at
from ocgnet.store.contract import OWN_SERVER
from ocgnet.store.duckdb_open import connect
from ocgnet.views.folder import ours
from ocgnet.views.tables.problems import HEADER

_RESULTS = ("export", "disclose", "refer")
"""Acts that make results of records."""

RUN_FILE, RECEIPT = "run.json", "receipt.json"
"""What tells the folder of a run, and of a pack that was disclosed."""

_LISTS = {"rejects.csv": ",".join(HEADER), DIFFERENCES_FILE: ",".join(DIFFERENCES)}
"""Lists that ocgnet writes beside records, by the end of their name: their first line."""


def _paths_told(acts: Iterable[Told]) -> Iterator[str]:
    """Give what the log says ocgnet wrote: absolute paths, and addresses of databases."""
    for act in acts:
        # What was refused wrote no result; a list of what is wrong with the records it did write.
        yield from map(str, act.facts.get("files") or ())
        if act.end == "done" and act.kind in (*_RESULTS, "load"):
            yield from (str(f) for f in (act.facts.get("folder"), act.facts.get("store")) if f)


def written_by_ocgnet(acts: Iterable[Told]) -> list[Path]:
    """Return files and folders that the log says ocgnet wrote on this computer and that are still there."""
    paths = {Path(told) for told in _paths_told(acts) if "://" not in told}
    return sorted(p for p in paths if p.is_absolute() and p.exists() and not p.is_symlink())


def made_before(acts: Iterable[Told], person: str) -> list[Path]:
    """Return the results on this computer that the log says name somebody: made before, they still do; sorted."""
    naming = (act for act in acts if act.kind in _RESULTS and act.end == "done" and person in act.people)
    return sorted(p for p in set(map(Path, _paths_told(naming))) if p.is_absolute() and p.exists())


def out_of_reach(acts: Iterable[Told], reached: Collection[str]) -> list[str]:
    """Return what the log says ocgnet wrote and nobody can look at from here, each with the reason, sorted.

    That is every database under another name than those ``reached``, and whatever stood in a folder that is gone as a
    whole, as it is where a disk is not connected; a single file that is gone was removed.
    """
    left = set()
    for told in set(_paths_told(acts)):
        path = Path(told)
        if "://" in told or told == OWN_SERVER:
            if told not in reached:
                left.add(
                    f"{told}: a database into which records were loaded; give the same command with --store {told}"
                )
        elif path.is_absolute() and not path.parent.exists():
            left.add(f"{path}: its folder is not there; connect the disk or share if it stands on one")
    return sorted(left)


def runs_in(places: Iterable[Path]) -> list[Path]:
    """Return the folders of runs and packs at or below some places, sorted."""
    found = set()
    for file in files_in(places):
        if any(
            file.name == name and _is_document(file, key) for name, key in ((RUN_FILE, "run_id"), (RECEIPT, "receipt"))
        ):
            found.add(file.parent)
    return sorted(found)


def stores_in(places: Iterable[Path]) -> list[Path]:
    """Return the DuckDB stores of ocgnet at or below some places, sorted."""
    return [f for f in files_in(places) if f.suffix == ".duckdb" and _is_store(f)]


def has_loose_ids(file: Path, known: Iterable[Path]) -> bool:
    """Tell whether an id that is a number may stand anywhere in a file that ocgnet made.

    So it is in a page or pack by itself. Whoever is in the folder of a run stands in its tables, in columns of ids: a
    count there is nobody, even where it reads as the id.
    """
    above = next((a for a in file.parents if any((a / name).is_file() for name in (RUN_FILE, RECEIPT))), None)
    return not (above / "tables").is_dir() if above is not None else file in set(known)


def remove_naming(
    places: Iterable[Path], written: Iterable[Path], named: Iterable[Path], words: Words
) -> tuple[list[Path], list[str]]:
    """Remove what was derived and names somebody; return it, and what could not be searched, with the reasons.

    Runs, packs and lists beside records are recognised in ``places``; other files there stay. Files of ``written``,
    which the log says ocgnet wrote, and of ``named``, which the user named one by one, go when they name somebody.
    Raises OutputError when a file cannot be removed; what was removed before stays removed.
    """
    removed: list[Path] = []
    unread: list[str] = []

    def names(file: Path, *, loose: bool = True) -> bool:
        try:
            return bool(look_at(file, words, loose=loose).found)
        except SourceError as error:
            unread.append(str(error))
            return False

    for folder in runs_in(places):
        own = list(_own_files(folder))
        # Every file is looked at, so that each that cannot be is told.
        if sum(names(file, loose=has_loose_ids(file, ())) for file in own):
            removed += [*map(remove, own)]
            _remove_empty(folder)
    rest = dict.fromkeys(filter(_is_list, files_in(places)), True)
    rest |= dict.fromkeys(files_in(n for n in named if n.is_file()), False)
    rest |= dict.fromkeys(files_in(written), True)
    for file, loose in sorted(rest.items()):
        if file.suffix == ".duckdb" and _is_store(file):
            continue
        if file.exists() and names(file, loose=loose and has_loose_ids(file, rest)):
            removed.append(remove(file))
            if marking_file(file).exists():
                removed.append(remove(marking_file(file)))
    return removed, unread


def _own_files(folder: Path) -> Iterator[Path]:
    pack = (folder / RECEIPT).exists()
    for file in files_in([folder]):
        if pack or ours(file.relative_to(folder.absolute()).as_posix()):
            yield file


def remove(file: Path) -> Path:
    """Remove a file and return it; ``OutputError`` when it cannot be removed."""
    try:
        file.unlink()
    except OSError as error:
        raise OutputError(
            f"{file} names who is to be erased and cannot be removed ({error.strerror or error}). Remove it, and run "
            "the command again."
        ) from error
    return file


def _remove_empty(folder: Path) -> None:
    for path in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()
    if not any(folder.iterdir()):
        folder.rmdir()


def _is_document(file: Path, key: str) -> bool:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and key in document


def _is_list(file: Path) -> bool:
    header = next((line for name, line in _LISTS.items() if file.name.endswith(name)), None)
    try:
        with file.open(encoding="utf-8-sig") as text:
            return header is not None and text.readline().strip() == header
    except (OSError, ValueError):
        return False


def _is_store(file: Path) -> bool:
    try:
        with connect(file, read_only=True) as db:
            return bool(db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'ocgnet_load'").fetchall())
    except duckdb.Error:
        return False
