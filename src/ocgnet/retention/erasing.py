"""Erasing somebody or a report everywhere it can be found, and proving it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ocgnet.audit.read import Told
from ocgnet.edit import Change, Changed, Place, open_place
from ocgnet.edit.stores import Neo4jPlace
from ocgnet.errors import UsageError
from ocgnet.retention.derived import remove_naming, runs_in, stores_in, written_by_ocgnet
from ocgnet.retention.erasure import Erasure, Texts, person_erasure, report_erasure
from ocgnet.retention.graph import remove_rest, runs_naming, search_graph
from ocgnet.retention.search import Looked, Words, files_in, look_at
from ocgnet.store.neo4j.loads import remove_run

LOOKING_UP = "ocgnet review erase: looking up"
"""What the log says of finding out who is to be erased, which changes nothing."""


@dataclass
class Proof:
    """What was erased, and where nothing was found afterwards.

    Parameters
    ----------
    changed : dict of str to dict
        Rows by table, by place.
    removed : list of Path
        Derived files that went.
    runs : list of str
        Ids of written-back runs that went.
    looked : list of Looked
        Every file that was searched.
    graph : list of str
        One sentence for each database that was searched.
    remains : list of str
        Where a word still stands; empty when it is found nowhere.
    """

    changed: dict[str, dict[str, Changed]] = field(default_factory=dict)
    removed: list[Path] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    looked: list[Looked] = field(default_factory=list)
    graph: list[str] = field(default_factory=list)
    remains: list[str] = field(default_factory=list)


def erasure_in(texts: Texts, what: str, identity: str, *, lenient: bool = False) -> Erasure:
    """Return what erasing a ``person`` or ``report`` from records takes.

    Where the records do not hold it, that is a ``UsageError``; with ``lenient`` nothing of the records changes, and
    the id alone, whose names are not known, is looked for in files.
    """
    try:
        return person_erasure(texts, identity) if what == "person" else report_erasure(texts, identity)
    except UsageError:
        if lenient:
            return Erasure(what, identity, (identity,), 0, (), Change())
        raise


def erased_before(acts: Iterable[Told], identity: str, key: bytes | None) -> Told | None:
    """Return the last act that began to erase somebody or a report; None when the log tells of none."""
    begun = [a for a in acts if a.kind == "erase" and a.what != LOOKING_UP and a.concerns(identity, key)]
    return begun[-1] if begun else None


def erase(
    where: str | Path,
    erasure: Erasure,
    also: Sequence[Path],
    told: Sequence[Told],
    ask: Callable[[str], str] | None = None,
) -> Proof:
    """Erase from other stores, from derived files and from records, then search everything.

    The records come last: they alone know the names, so that an erasure which was interrupted can be repeated.

    Parameters
    ----------
    where : str or Path
        Folder, workbook or store of the records.
    erasure : Erasure
        What :func:`erasure_in` gave for them.
    also : sequence of Path
        Folders and files of the user's: stores, runs and packs in the folders lose the person, and a file named
        itself goes when it names the person; other files in the folders are searched only.
    told : sequence of Told
        Acts of the log, from which files that ocgnet wrote are found.
    ask : callable, optional
        Asked for the password of a server.

    Returns
    -------
    Proof
        With ``remains`` where something could not be removed.
    """
    for path in also:
        if not path.exists():
            raise UsageError(f"--also {path} does not exist. Nothing was changed.")
    proof = Proof()
    # A report that named nobody else goes with its person, so whatever names it tells of the person too.
    words = Words((*erasure.words, *erasure.reports))
    place = open_place(where, ask)
    # What would be refused is refused before anything else is gone.
    place.foresee(erasure.change)
    known = written_by_ocgnet(told)
    home = [where] if isinstance(where, Path) else [Path(where)] if where.endswith(".duckdb") else []
    for store in stores_in([*also, *known]):
        if store not in [h.absolute() for h in home] and look_at(store, words).found:
            _from_place(str(store), open_place(str(store)), _found_in(store, erasure), proof, ask)
    folders = [*also, *home, *known]
    single = [p for p in (*also, *known) if p.is_file()]
    proof.removed += remove_naming(folders, single, words)
    _from_place(str(where), place, erasure, proof, ask)
    # The log tells of single files and of folders of runs; other files that stand in those are searched as well.
    for file in files_in([*folders, *runs_in(folders)]):
        looked = look_at(file, words)
        proof.looked.append(looked)
        proof.remains += [f"{file}: {where_in}" for where_in in looked.found]
    return proof


def _found_in(store: Path, erasure: Erasure) -> Erasure:
    """Return the erasure for another store; what it does not know by id is searched for afterwards all the same."""
    return erasure_in(open_place(str(store)).texts(), erasure.what, erasure.id, lenient=True)


def _from_place(name: str, place: Place, erasure: Erasure, proof: Proof, ask: Callable[[str], str] | None) -> None:
    proof.changed[name] = place.amend(erasure.change)
    if not isinstance(place, Neo4jPlace):
        return
    address = place.store.address
    for run in runs_naming(address, erasure.words):
        remove_run(name, run, ask)
        proof.runs.append(run)
    for what, identity in [(erasure.what, erasure.id), *(("report", r) for r in erasure.reports)]:
        remove_rest(address, what, identity)
    found = search_graph(address, erasure.words)
    proof.graph.append(f"{address.uri}: {found.nodes:,} nodes and {found.ties:,} relationships")
    proof.remains += [f"{address.uri}: {where}" for where in found.found]
