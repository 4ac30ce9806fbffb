"""No command that writes a result replaces a file that ocgnet did not write, a table of records, or the log.

The options are taken from the tree of commands itself: one that takes a path and is neither among those that are only
read nor refuses foreign files fails here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from every_command import ROOT, WATCHED, Ids, every_command
from ocgnet.cli import options as cli_options
from ocgnet.cli.app import COMMANDS, app, fetched
from ocgnet.errors import OcgnetError
from ready import ocgnet, run

READ = {
    ("check", "folder"), ("load", "folder"), ("load", "deletes"), ("compare", "first"), ("compare", "second"),
    ("query", "file"),
    ("query", "store"),
    ("query", "asked"), ("runs", "server"), ("runs", "named"),
    ("whose", "key"), ("intake confirm", "decided"), ("profile", "compare"),
    ("profile", "last"), ("profile", "weights"), ("intake cpi", "files"), ("intake intelligence", "files"),
    ("import", "sources"), ("prioritise tasking", "previous"),
}  # fmt: skip
"""Options that name what is read only."""

READ_ANYWHERE = {
    "rules", "own_settings", "own_recipients", "reason_file", "consent_file", "action_file", "aim_file",
    "description_file", "why_file", "folder", "store", "weights", "scheme",
}  # fmt: skip
"""Shared options that name what is read, or the records that an act changes on purpose."""

SERVER = {"home"}
"""Folder of a server: tests/neo4j looks at what stands there."""

FOUND = {("template", "folder")}
"""Writes new files only; tried below by itself."""

READ_OR_NEW = {("import", "mapping_file"), ("review erase", "mentions")}
"""Read where it is there, and written where it is not; what is there and cannot be read is refused, below."""

ERASED = {("review erase", "also")}
"""Names what is looked through for a person, and removed where it names one."""


def options() -> dict[tuple[str, str], object]:
    """Return every option and argument of every command by the command's and its own name."""

    def walk(command, name: str) -> Iterator[tuple[str, object]]:
        for below, part in getattr(command, "commands", {}).items():
            yield from walk(part, f"{name} {below}".strip())
        if not getattr(command, "commands", {}):
            yield from ((name, p) for p in command.params)

    return {(name, p.name): p for top in COMMANDS for name, p in walk(fetched(top), top)}


def writes(option) -> str:
    """Return what an option refuses: the name of the function in ``ocgnet.cli.options``, or nothing."""
    function = getattr(option.callback, "__wrapped__", None)
    return getattr(function, "__qualname__", "") if getattr(function, "__module__", "") == cli_options.__name__ else ""


OPTIONS = options()
WRITERS = {key: writes(o) for key, o in OPTIONS.items() if writes(o)}
FILES = [key for key, refuses in WRITERS.items() if refuses in ("result_file", "rejects_file", "kept_file")]
FOLDERS = [
    key for key, refuses in WRITERS.items() if refuses.startswith(("result_folder", "pack_folder", "import_folder"))
]


def takes_a_path(option) -> bool:
    metavar = (option.metavar or "").upper()
    return "Path" in repr(option.type_descriptor.annotation) or any(w in metavar for w in ("FILE", "DIR", "STORE"))


def test_every_option_that_takes_a_path_is_read_only_or_refuses_foreign_files() -> None:
    left = {
        key
        for key, option in OPTIONS.items()
        if takes_a_path(option) and key not in WRITERS | {}.fromkeys(READ | READ_OR_NEW | FOUND | ERASED)
        and key[1] not in READ_ANYWHERE | SERVER
    }  # fmt: skip
    assert left == set()
    assert len(FILES) >= 19
    assert len(FOLDERS) >= 7
    assert WRITERS["load", "store"] == "own_store"
    # Whoever writes by an option of this name has to be among the writers.
    for (command, name), option in OPTIONS.items():
        if name in ("out", "rejects", "candidates", "favourites", "export") and takes_a_path(option):
            assert (command, name) in WRITERS, f"{command} --{name}"


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    """Give a folder with records, a log, and files of somebody's."""
    shutil.copytree(ROOT / "fixtures" / "tiny", tmp_path / "records")
    assert not (tmp_path / "records" / "wards.csv").exists(), "a table that the records do not hold yet"
    # Listing every command declares a watch there.
    (tmp_path / "records" / "watches.toml").write_text(WATCHED, encoding="utf-8")
    log = tmp_path / "log" / "log.jsonl"
    log.parent.mkdir()
    for ending in ("", ".key", ".head", ".given"):
        log.with_name(f"log.jsonl{ending}").write_text(f"the log's {ending}")
    (tmp_path / "mine.csv").write_text("mine")
    os.link(tmp_path / "records" / "nominals.csv", tmp_path / "hard.csv")
    os.link(log, tmp_path / "hardlog.csv")
    (tmp_path / "soft.csv").symlink_to(tmp_path / "records" / "nominals.csv")
    (tmp_path / "linked").symlink_to(tmp_path / "records")
    (tmp_path / "marked.csv.marking.txt").write_text("mine")
    for name in ("run.json", "nominals.csv", "tables/roles.csv", "notes.txt"):
        path = tmp_path / f"folder with {name.replace('/', ' ')}" / name
        path.parent.mkdir(parents=True)
        path.write_text("mine")
    (tmp_path / "linked folder").symlink_to(tmp_path / "folder with notes.txt")
    monkeypatch.setenv("OCGNET_LOG", str(log))
    monkeypatch.chdir(tmp_path)
    return tmp_path


FOREIGN_FILES = (
    "mine.csv", "hard.csv", "soft.csv", "marked.csv", "records/nominals.csv", "records/NOMINALS.CSV",
    "records/wards.csv", "records/about.toml", "records/words.toml", "records/crimes.parquet", "linked/crimes.csv",
    "records/../records/ocgs.csv", "log/log.jsonl", "log/log.jsonl.key", "log/log.jsonl.head", "log/log.jsonl.given",
    "log/LOG.jsonl.key", "hardlog.csv", "records",
)  # fmt: skip
FOREIGN_FOLDERS = (
    "records", "linked", "folder with run.json", "folder with nominals.csv", "folder with tables roles.csv",
    "folder with notes.txt", "linked folder", "mine.csv", "soft.csv", "log/log.jsonl", "log",
)  # fmt: skip

KEPT_OTHERWISE = {"mine.csv", "hard.csv", "soft.csv", "records"}
"""What an option for a file that is never written over leaves to its command."""


def everything(place: Path) -> dict[str, bytes | str]:
    """Return what each name below a folder is: the bytes of a file, the target of a link."""
    found = {}
    for path in sorted(place.rglob("*")):
        name = str(path.relative_to(place))
        found[name] = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else "folder"
    return found


def words_of(command: str, option: str, target: str, place: Path) -> list[str]:
    """Return a command line that is right but for the place it is to write to."""
    ids = Ids("N01", "N02", "G1", "C1", "R1")
    forms = dict.fromkeys(("cpi", "intelligence"), place / "mine.csv")
    declared = OPTIONS[command, option]
    flag = next((o for o in declared.opts if o.startswith("--")), "")
    given = [[str(a) for a in line] for name, line in every_command(place / "records", ids, forms) if name == command]
    arguments = [] if command == "query" else next((line for line in given if flag in line), given[0])
    if not flag:
        assert command == "log export"
        return [*command.split(), target]
    if flag in arguments:
        arguments[arguments.index(flag) + 1] = target
    else:
        arguments = [flag, target, *arguments]
    # Another output may not be what is refused.
    return [*command.split(), *(a.replace("made/", "new-") for a in arguments)]


def refused(words: list[str]) -> str:
    """Run a command in this process; return the sentence with which it is refused."""
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, OcgnetError), f"{words}: {done.exception!r} {done.output}"
    said = str(done.exception)
    assert "\n" not in said
    assert said.count(". ") >= 1, "what is wrong, and what to do"
    return said


def ids_of(keys: list[tuple[str, str]]) -> list[str]:
    return [f"{command} {option}" for command, option in keys]


@pytest.mark.parametrize("key", FILES, ids=ids_of(FILES))
def test_a_file_of_somebodys_stays(key: tuple[str, str], place: Path, tally) -> None:
    before = everything(place)
    for target in FOREIGN_FILES:
        by_command = WRITERS[key] == "kept_file" and target in KEPT_OTHERWISE
        if target == "marked.csv" and WRITERS[key] == "kept_file":
            continue
        words = words_of(*key, target, place)
        if by_command or (key == ("log export", "file") and Path(target).suffix not in (".csv", ".json")):
            # Refused too, by the command itself: such a file it never makes, nor writes over.
            assert CliRunner().invoke(app, words).exit_code, words
        else:
            assert Path(target).name in refused(words)
            tally["foreign places refused"] += 1
        after = everything(place)
        if by_command:
            # The log may have grown by what was tried.
            after |= {name: data for name, data in before.items() if name.startswith(("log/", "hardlog"))}
        assert after == before, target
        for name in ("log/log.jsonl", "log/log.jsonl.key", "log/log.jsonl.head", "log/log.jsonl.given"):
            (place / name).write_bytes(before[name])


@pytest.mark.parametrize("key", FOLDERS, ids=ids_of(FOLDERS))
def test_a_folder_of_somebodys_stays(key: tuple[str, str], place: Path, tally) -> None:
    before = everything(place)
    for target in FOREIGN_FOLDERS:
        refused(words_of(*key, target, place))
        assert everything(place) == before, target
        tally["foreign places refused"] += 1


def test_a_mapping_or_list_of_somebodys_stays(place: Path) -> None:
    before = everything(place)
    for target in FOREIGN_FILES:
        for words in (
            ["import", "records", "--into", "new", "--map", target],
            ["import", "records", "--suggest", "--map", target],
            ["review", "erase", "N01", "--folder", "records", "--by", "A", "--reason", "b", "--mentions", target],
        ):
            if not (place / target).exists():
                continue
            assert CliRunner().invoke(app, words).exit_code, words
            after = everything(place)
            # The log may have grown by what was tried.
            after |= {name: data for name, data in before.items() if name.startswith(("log/", "hardlog"))}
            assert after == before, words
            for name in ("log/log.jsonl", "log/log.jsonl.key", "log/log.jsonl.head", "log/log.jsonl.given"):
                (place / name).write_bytes(before[name])


def test_a_store_is_no_other_file(place: Path) -> None:
    (place / "mine.duckdb").write_text("mine")
    (place / "link.duckdb").symlink_to(place / "mine.duckdb")
    before = everything(place)
    for target in ("mine.duckdb", "link.duckdb", "records/nominals.csv", "log/log.jsonl", "records"):
        refused(["load", "records", "--store", target, "--rejects", "new.csv"])
        assert everything(place) == before, target


def test_a_template_is_never_put_among_records(place: Path) -> None:
    (place / "other case").mkdir()
    (place / "other case" / "CRIMES.CSV").write_text("mine")
    (place / "dangling").mkdir()
    (place / "dangling" / "nominals.csv").symlink_to(place / "nowhere")
    before = everything(place)
    for target in ("records", "linked", "other case", "dangling", "folder with nominals.csv", "mine.csv"):
        refused(["template", target])
        assert everything(place) == before, target


REJECTING = [key for key in FILES if key[1] == "rejects" and not key[0].startswith("intake")]


@pytest.mark.parametrize("command", [c for c, _ in REJECTING])
def test_somebodys_rejects_csv_stays_where_nobody_named_it(command: str, place: Path) -> None:
    """The usual place of the list of problems, in the folder of the records, where somebody has a list of his own."""
    with (place / "records" / "nominals.csv").open("a") as file:
        file.write("N01,again\n")
    (place / "records" / "rejects.csv").write_text("mine")
    os.chdir(place / "records")
    words = [*command.split(), "."]
    if command == "load":
        words += ["--store", "../new.duckdb"]
    if command == "prioritise tasking":
        words += ["--out", "../new.html"]
    if command == "peers":
        words += ["--out", "../new"]
    if command == "check":
        # What is wrong is said all the same.
        done = CliRunner().invoke(app, words)
        assert (done.exit_code, "was not written by ocgnet" in done.output) == (1, True)
    else:
        refused(words)
    assert (place / "records" / "rejects.csv").read_text() == "mine"
    assert not (place / "records" / "rejects.csv.marking.txt").exists()
    assert not (place / "new.duckdb").exists()


def test_what_is_ones_own_is_written_again(tmp_path: Path, monkeypatch) -> None:
    """Twice each through the program, in the folder of the records itself."""
    records = shutil.copytree(ROOT / "fixtures" / "tiny", tmp_path / "records")
    for _ in range(2):
        ocgnet("check", ".", cwd=records)
        ocgnet("network", ".", "--out", "chart.html", cwd=records)
        ocgnet("analyse", ".", "--out", "results", cwd=records)
        ocgnet("profile", ".", "--out", "profile", cwd=records)
        ocgnet("compare", "results", "results", "--out", "changes.csv", cwd=records)
        ocgnet("log", "export", "log.csv", cwd=records)
        ocgnet("log", "export", "log.json", cwd=records)
        ocgnet("query", "--favourites", "favourites.zip", cwd=records)
        ocgnet("synthesise", "ocgs", "--out", "made", cwd=records)
        ocgnet("load", ".", "--store", "s.duckdb", cwd=records)
    (records / "chart.html").write_text("mine")
    said = ocgnet("network", ".", "--out", "chart.html", cwd=records, code=1)
    assert "chart.html was not written by ocgnet, or was changed since, and would be lost" in said
    assert (records / "chart.html").read_text() == "mine"


def test_a_colleagues_list_in_the_usual_place_blocks_nothing(tmp_path: Path, monkeypatch) -> None:
    """It is looked at when a list is to be written; records without a problem need none, and no list is no reason."""
    shutil.copytree(ROOT / "fixtures" / "tiny", tmp_path / "records")
    (tmp_path / "rejects.csv").write_bytes(b"\xff\x00mine")
    monkeypatch.chdir(tmp_path)
    done = run("check", "records")
    assert done.returncode == 0, done.stderr
    assert "was not written by ocgnet" in " ".join(done.stderr.split())
    assert run("load", "records", "--store", "new.duckdb").returncode == 0
    (tmp_path / "records" / "ocg_countries.csv").write_text("ocg_id,country\nG1,Spain\n")
    done = run("check", "records")
    assert done.returncode == 1
    assert "Spain" in done.stdout
    assert "listed in" not in done.stdout
    assert (tmp_path / "rejects.csv").read_bytes() == b"\xff\x00mine"
    # One that is named is refused before any work.
    assert "was not written by ocgnet" in " ".join(run("check", "records", "--rejects", "rejects.csv").stderr.split())
