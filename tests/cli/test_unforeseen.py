"""No traceback ever reaches a user: one sentence, and a file to send that tells of no record."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from every_command import LAUNCH, ROOT
from ocgnet.cli import main

MARKER = "MaRkEr77"
"""Stands in every id, name, path and value, and in what every error says of itself."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    """Give a folder with records that bear the marker, and a home for what is kept for the user."""
    room = tmp_path / f"{MARKER} room"
    records = shutil.copytree(ROOT / "fixtures" / "tiny", room / f"{MARKER}-records")
    nominals = records / "nominals.csv"
    nominals.write_text(nominals.read_text(encoding="utf-8").replace("Aldric Fennick", MARKER), encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(room)
    return room


@pytest.fixture(autouse=True)
def as_before():
    """Undo what running the program in this process changes."""
    hooks = sys.excepthook, sys.unraisablehook, __import__("threading").excepthook
    mask = os.umask(0o077)
    os.umask(mask)
    yield
    os.umask(mask)
    sys.excepthook, sys.unraisablehook, __import__("threading").excepthook = hooks


def run(monkeypatch, capfd, *words: object) -> tuple[object, str]:
    """Run the program in this process; return its code and all that it printed."""
    monkeypatch.setattr(sys, "argv", ["ocgnet", *map(str, words)])
    with pytest.raises(SystemExit) as stopped:
        main()
    out, err = capfd.readouterr()
    return stopped.value.code, out + err


def told(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "ocgnet" / "errors").glob("*"))


def recursing(*_: object, **__: object) -> None:
    recursing()


def chained() -> Exception:
    try:
        try:
            {}[MARKER]
        except KeyError as error:
            raise ValueError(f"no {MARKER}") from error
    except ValueError as error:
        error.add_note(f"note of {MARKER}")
        return error


ERRORS: dict[str, Callable[[], BaseException]] = {
    "key": lambda: KeyError(MARKER),
    "value": lambda: ValueError(f"could not convert {MARKER}"),
    "type": lambda: TypeError(MARKER),
    "assertion": lambda: AssertionError(MARKER),
    "index": lambda: IndexError(MARKER),
    "division": lambda: ZeroDivisionError(MARKER),
    "runtime": lambda: RuntimeError(MARKER),
    "unicode": lambda: UnicodeDecodeError("utf-8", MARKER.encode(), 0, 1, MARKER),
    "chained": chained,
    "group": lambda: ExceptionGroup(MARKER, [KeyError(MARKER), chained()]),
    "made up": lambda: type(MARKER, (LookupError,), {"__module__": MARKER})(MARKER),
    "duckdb": lambda: duckdb.ConversionException(MARKER),
    "arrow": lambda: pa.ArrowInvalid(MARKER),
    "arrow key": lambda: pa.ArrowKeyError(MARKER),
    "leaving": lambda: SystemExit(f"a library leaves because of {MARKER}"),
    "base": lambda: BaseException(MARKER),
    "stopping": lambda: StopIteration(MARKER),
}  # fmt: skip


def check_told(tmp_path: Path, said: str, *, type_of: str = "") -> dict:
    [file] = told(tmp_path)
    text = file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "Traceback" not in said
    # The path of the file is the user's own and has to be said.
    assert MARKER not in said.replace(str(file), "")
    assert said.count("\n") == 1
    assert str(file) in said
    assert MARKER.lower() not in text.lower()
    for value in (str(ROOT), str(tmp_path), Path.home().name + "/", "Brenna", "N02", "2019-03-31", "OFFICIAL"):
        assert value not in text, value
    document = json.loads(text)
    assert document["versions"].keys() >= {"python", "ocgnet", "duckdb", "pyarrow"}
    assert type_of in document["errors"][0]["type"]
    for error in document["errors"]:
        assert all(re.fullmatch(r"([\w.]+|\?) [0-9]+|…", line) for line in error["stack"])
    return document


@pytest.mark.parametrize("what", ERRORS)
def test_an_error_of_any_kind_is_one_sentence_and_a_file(what: str, place, tmp_path, monkeypatch, capfd, tally) -> None:
    def broken(*_: object, **__: object) -> None:
        error = ERRORS[what]()
        raise error

    monkeypatch.setattr("ocgnet.checks.check.check", broken)
    code, said = run(monkeypatch, capfd, "check", f"{MARKER}-records", "--rejects", f"{MARKER}.csv")
    assert code == 1
    document = check_told(tmp_path, said)
    assert document["command"] == ["check", "--rejects"]
    assert any(line.startswith("ocgnet.cli.records ") for line in document["errors"][0]["stack"])
    tally["faults survived"] += 1


def test_a_recursion_without_end(place, tmp_path, monkeypatch, capfd) -> None:
    monkeypatch.setattr("ocgnet.checks.check.check", recursing)
    code, said = run(monkeypatch, capfd, "check", f"{MARKER}-records")
    assert code == 1
    document = check_told(tmp_path, said, type_of="RecursionError")
    assert len(document["errors"][0]["stack"]) < 200


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(MARKER), 130, "Stopped"),
        (MemoryError(MARKER), 1, "too little memory"),
        (BrokenPipeError(32, "Broken pipe"), 1, ""),
        (OSError(28, "No space left on device"), 1, "No space left"),
        (PermissionError(13, "Permission denied"), 1, "Permission denied"),
    ],
    ids=lambda e: type(e).__name__,
)
def test_errors_that_are_foreseen_need_no_file(error, code: int, words: str, place, tmp_path) -> None:
    """In a process of its own, because a closed pipe closes the output for good."""
    script = (
        "import sys, ocgnet.checks.check\n"
        f"def broken(*_, **__): raise {type(error).__name__}(*{error.args!r})\n"
        "ocgnet.checks.check.check = broken\n" + LAUNCH
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "check", f"{MARKER}-records"], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert MARKER not in done.stderr
    assert told(tmp_path) == []


WHERE = {
    "ocgnet.sources.reading.read_about_file": ("check", "RECORDS"),
    "ocgnet.sources.reading.read_csv": ("roles", "RECORDS"),
    "ocgnet.checks.check.check_references": ("roles", "RECORDS"),
    "ocgnet.audit.log.append": ("roles", "RECORDS"),
    "ocgnet.audit.read.people_in": ("roles", "RECORDS"),
    "ocgnet.main_job.answer": ("roles", "RECORDS"),
    "ocgnet.main_job.analyse": ("analyse", "RECORDS", "--out", f"{MARKER}-out"),
    "ocgnet.cli.profile.profile_of": ("profile", "RECORDS", "--out", f"{MARKER}-profile"),
    "ocgnet.views.words.findings.findings": ("analyse", "RECORDS", "--out", f"{MARKER}-out"),
    "ocgnet.views.report.report_html": ("analyse", "RECORDS", "--out", f"{MARKER}-out"),
    "ocgnet.files.writing._swap": ("analyse", "RECORDS", "--out", f"{MARKER}-out"),
    "ocgnet.views.tables.terminal.print_table": ("roles", "RECORDS"),
    "ocgnet.views.chart.payload.chart_payload": ("network", "RECORDS", "--out", f"{MARKER}.html"),
    "ocgnet.store.duckdb_file.merge": ("load", "RECORDS", "--store", f"{MARKER}.duckdb"),
    "ocgnet.casework.disclosure.pack_files.pack_html": ("disclose", "--to", "childrens-services", "--children", "C2",
        "--folder", "RECORDS", "--reason", MARKER, "--by", MARKER, "--out", f"{MARKER}-pack"),
    "ocgnet.edit.files.commit": ("refer", "--kind", "mash", "--folder", "RECORDS", "--reason", MARKER, "--by",
                                          MARKER, "--out", f"{MARKER}-pack", "--on", "2019-03-31", "C2"),
    "ocgnet.cli.log.verdict_on": ("log", "verify"),
    "ocgnet.audit.log.state_folder": ("log", "path"),
    "ocgnet.cli.app.app": ("roles", "RECORDS"),
}  # fmt: skip


@pytest.mark.parametrize("target", WHERE)
def test_an_error_anywhere_in_the_house(target: str, place, tmp_path, monkeypatch, capfd, tally) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(f"{MARKER} in {place}")

    module, _, name = target.rpartition(".")
    monkeypatch.setattr(import_module(module), name, broken)
    if target == "ocgnet.audit.log.state_folder":
        monkeypatch.delenv("OCGNET_LOG")
        made = tmp_path / "ocgnet-made"
        made.mkdir(mode=0o700)
        monkeypatch.setattr("tempfile.mkdtemp", lambda **_: str(made))
    words = [f"{MARKER}-records" if w == "RECORDS" else w for w in WHERE[target]]
    code, said = run(monkeypatch, capfd, *words)
    assert code == 1, said
    assert "Traceback" not in said
    [line] = [line for line in said.splitlines() if "did not foresee (ValueError)" in line]
    if target == "ocgnet.audit.log.state_folder":
        [file] = tmp_path.glob("ocgnet-*/*.json")
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    else:
        [file] = told(tmp_path)
    assert str(file) in line
    assert MARKER not in line.replace(str(file), "")
    assert MARKER.lower() not in file.read_text(encoding="utf-8").lower()
    assert not [p for p in place.rglob("*") if ".part-" in p.name], "nothing half written stays"
    tally["faults survived"] += 1


def test_where_no_file_can_be_written_the_sentence_says_the_place(place, tmp_path, monkeypatch, capfd) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(MARKER)

    (tmp_path / "state").write_text("a file where a folder should be")
    monkeypatch.setattr("tempfile.mkdtemp", broken)
    monkeypatch.setattr("ocgnet.checks.check.check", broken)
    code, said = run(monkeypatch, capfd, "check", f"{MARKER}-records")
    assert code == 1
    assert re.search(r"No file could be written about it; it happened in ocgnet\.cli\.records, line [0-9]+\.", said)
    assert MARKER not in said


@pytest.mark.parametrize("how", ["thread", "helper", "start", "end", "no home"])
def test_errors_outside_of_the_command_itself(how: str, place, tmp_path) -> None:
    scripts = {
        "thread": "import threading, ocgnet.checks.check as c\nreal = c.check\n"
        "def check(*a, **k):\n"
        f"    t = threading.Thread(target=lambda: int('{MARKER}')); t.start(); t.join(); return real(*a, **k)\n"
        "c.check = check\n",
        "helper": "import ocgnet.main_job as p\nfrom ocgnet.parallel import Cores\n"
        "def answer(question, dataset, settings, steps, cores):\n"
        "    cores._cores = 2; cores.begin()\n"
        f"    return cores(int, ['{MARKER}'] * 20)\n"
        "p.answer = answer\n",
        "start": "import sys\nsys.modules['ocgnet.cli.app'] = None\n",
        "end": f"import atexit\natexit.register(lambda: int('{MARKER}'))\n"
        f"class End:\n    def __del__(self): int('{MARKER}')\nend = End(); end.me = end\n",
        "no home": f"import pathlib\ndef home(): raise RuntimeError('{MARKER}')\npathlib.Path.home = home\n",
    }
    started = "if __name__ == '__main__':\n    exec(" + repr(scripts[how] + LAUNCH) + ")"
    environment = dict(os.environ) | {"TMPDIR": str(tmp_path)}
    if how == "no home":
        environment.pop("OCGNET_LOG")
        environment.pop("XDG_STATE_HOME")
    done = subprocess.run(
        [sys.executable, "-c", started, "roles", f"{MARKER}-records"],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert f"'{MARKER}'" not in done.stderr
    if how in ("helper", "start", "no home"):
        assert done.returncode == 1, done.stderr
        assert "did not foresee" in done.stderr
    for file in [*told(tmp_path), *tmp_path.glob("ocgnet-*/*.json")]:
        assert MARKER.lower() not in file.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(
    ("closed", "encoding"), [("1>&-", "utf-8"), ("2>&-", "utf-8"), ("<&-", "utf-8"), ("", "ascii")]
)
def test_outputs_that_are_closed_or_lack_letters(closed: str, encoding: str, place, tmp_path) -> None:
    """Asked by a program that closed one of them, and of a terminal without the lines of a table."""
    command = f'"$0" -c "$1" roles {MARKER}-records {closed}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, LAUNCH], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert told(tmp_path) == []


def test_ctrl_c_while_a_class_is_made_is_ctrl_c(place, monkeypatch, capfd) -> None:
    """Until Python 3.12 whatever stops the naming of an attribute comes as another error, with its cause behind it."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    monkeypatch.setattr("ocgnet.checks.check.check", broken)
    code, said = run(monkeypatch, capfd, "check", f"{MARKER}-records")
    assert code == 130
    assert "Stopped. No file is half written" in said
