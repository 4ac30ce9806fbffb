"""Files made from records: recognising them, and removing those that name somebody who is erased.

A result that names a person is removed as a whole, because every share, rank and reason in it was worked
out with that person; ``ocgnet analyse`` makes it anew without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from ocgnet.audit.read import Told
from ocgnet.errors import OutputError
from ocgnet.files.writing import marking_file
from ocgnet.retention.search import Words, files_in, look_at
from ocgnet.views.folder import ours
from ocgnet.views.tables.problems import HEADER

RUN, RECEIPT = "run.json", "receipt.json"
"""What tells the folder of a run, and of a pack that was disclosed."""

_REJECTS = ",".join(HEADER)


def written_by_ocgnet(acts: Iterable[Told]) -> list[Path]:
    """Return files and folders that the log says ocgnet wrote on this computer and that are still there."""
    found: set[Path] = set()
    for act in acts:
        # What was refused wrote no result; a list of what is wrong with the records it did write.
        told = list(act.facts.get("files") or ()) if act.kind != "erase" else []
        if act.end == "done" and act.kind in ("export", "disclose", "refer", "load"):
            told += [act.facts.get("folder"), act.facts.get("store")]
        if told:
            paths = (Path(str(t)) for t in told if t and "://" not in str(t))
            found.update(p for p in paths if p.is_absolute() and p.exists() and not p.is_symlink())
    return sorted(found)


def runs_in(places: Iterable[Path]) -> list[Path]:
    """Return the folders of runs and packs at or below some places, sorted."""
    found = set()
    for file in files_in(places):
        if any(file.name == name and _is_document(file, key) for name, key in ((RUN, "run_id"), (RECEIPT, "receipt"))):
            found.add(file.parent)
    return sorted(found)


def stores_in(places: Iterable[Path]) -> list[Path]:
    """Return the DuckDB stores of ocgnet at or below some places, sorted."""
    return [f for f in files_in(places) if f.suffix == ".duckdb" and _is_store(f)]


def remove_naming(places: Iterable[Path], named: Iterable[Path], words: Words) -> list[Path]:
    """Remove what was derived and names somebody, and return it.

    Parameters
    ----------
    places : iterable of Path
        Folders in which runs, packs and lists of rejects are recognised; other files in them stay.
    named : iterable of Path
        Files that go when they name somebody, because the log says that ocgnet wrote them or the user named
        them one by one.
    words : Words
        Ids and names.

    Raises
    ------
    OutputError
        When a file cannot be removed; what was removed before stays removed.
    """
    removed: list[Path] = []
    for folder in runs_in(places):
        own = list(_own_files(folder))
        if any(look_at(file, words).found for file in own):
            removed += [*map(_remove, own)]
            _remove_empty(folder)
    rest = {f for f in files_in(places) if f.name.endswith("rejects.csv") and _is_rejects(f)}
    rest |= {f for f in files_in(named) if f.suffix != ".duckdb" or not _is_store(f)}
    for file in sorted(rest):
        if file.exists() and look_at(file, words).found:
            removed.append(_remove(file))
            if marking_file(file).exists():
                removed.append(_remove(marking_file(file)))
    return removed


def _own_files(folder: Path) -> Iterator[Path]:
    pack = (folder / RECEIPT).exists()
    for file in files_in([folder]):
        if pack or ours(file.relative_to(folder.absolute()).as_posix()):
            yield file


def _remove(file: Path) -> Path:
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


def _is_rejects(file: Path) -> bool:
    try:
        with file.open(encoding="utf-8-sig") as text:
            return text.readline().strip() == _REJECTS
    except (OSError, ValueError):
        return False


def _is_store(file: Path) -> bool:
    import duckdb

    from ocgnet.store.duckdb_open import connect

    try:
        with connect(file, read_only=True) as db:
            return bool(db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'ocgnet_load'").fetchall())
    except duckdb.Error:
        return False
