"""Words about a person come from a file or from standard input, so that no list of processes holds them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from every_command import ROOT, ocgnet
from ocgnet.audit import log_path
from ocgnet.audit.read import acts
from ocgnet.cli.app import COMMANDS, app, fetched
from ocgnet.cli.options import LONGEST_TEXT, TEXT

WORDS = "Her aunt Zenobia Quarrel rang about the flat"
IN_WORDS = ("reason", "consent", "note", "text", "why", "because", "comment", "outcome", "words", "message",
            "action", "aim", "description")  # fmt: skip
"""What an option of free text is commonly called."""
CHOSEN = {("review restrict", "--because")}
"""Called so too, and takes one word of a list the program declares, so that it says nothing of its own."""


def every_option() -> Iterator[tuple[str, Any]]:
    waiting = [(name, fetched(name)) for name in COMMANDS]
    while waiting:
        name, command = waiting.pop()
        waiting += [(f"{name} {below}", c) for below, c in getattr(command, "commands", {}).items()]
        yield from ((name, p) for p in command.params if p.opts[0].startswith("--"))


def test_every_option_of_words_takes_them_from_a_file_too() -> None:
    options = list(every_option())
    named = {(name, p.opts[0]) for name, p in options}
    texts = {(name, p.opts[0]) for name, p in options if p.metavar == TEXT}
    assert {("disclose", "--reason"), ("refer", "--reason"), ("refer", "--consent"), ("review done", "--reason"),
            ("review erase", "--reason"), ("role set", "--reason")} <= texts  # fmt: skip
    assert {(name, f"{option}-file") for name, option in texts} <= named
    named_so = {(name, option) for name, option in named if any(w in option for w in IN_WORDS)} - CHOSEN
    assert {p.metavar for name, p in options if (name, p.opts[0]) in CHOSEN} == {"GROUND"}
    assert named_so - {(name, f"{option}-file") for name, option in texts} == texts


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(ROOT / "fixtures" / "tiny", tmp_path / "data"))


def said(*words: object, given: bytes | str = b"") -> str:
    done = CliRunner().invoke(app, [str(w) for w in words], input=given)
    return str(done.exception) if done.exception else done.output


def test_a_process_that_discloses_shows_the_words_to_nobody(data: Path) -> None:
    Path("why.txt").write_text(f"\ufeff{WORDS.replace(' rang', chr(10) + 'rang')}\n", encoding="utf-8")
    done = ocgnet("disclose", data, "--to", "health", "--children", "C1", "--out", "pack", "--reason-file", "why.txt",
                  cwd=data.parent)  # fmt: skip
    assert done.code == 0, done.err
    assert done.command_lines
    assert not any("Zenobia" in line or "Quarrel" in line for line in done.command_lines)
    [act] = [a for a in acts(log_path()) if a.kind == "disclose"]
    assert act.reason == WORDS
    assert "Zenobia" not in act.what
    assert "Zenobia" in Path("pack/disclosure.html").read_text(encoding="utf-8")


def test_a_dash_reads_standard_input_and_what_cannot_be_a_text_is_refused(data: Path) -> None:
    disclose = ("disclose", data, "--to", "health", "--children", "C1", "--out")
    assert "receipt" in said(*disclose, "one", "--reason", "-", given=WORDS)
    assert "receipt" in said(*disclose, "two", "--reason-file", "-", given=WORDS)
    assert [a.reason for a in acts(log_path()) if a.kind == "disclose"] == [WORDS, WORDS]
    Path("latin").write_bytes("Zoë".encode("latin-1"))
    Path("long").write_text("x" * (LONGEST_TEXT + 1))
    Path("empty").write_text(" \n")
    for more, why in (
        (("--reason-file", "latin"), "no text in UTF-8"),
        (("--reason-file", "long"), "more than 20,000"),
        (("--reason-file", "/dev/zero"), "more than 20,000"),
        (("--reason-file", "empty"), "holds no text"),
        (("--reason-file", "."), "cannot be read"),
        (("--reason-file", "nowhere"), "cannot be read"),
        (("--reason-file", "-", "--reason", "x"), "twice"),
    ):
        assert why in said(*disclose, "three", *more)
    refer = ("refer", "C1", data, "--kind", "nrm", "--by", "A", "--out", "four")
    assert "Only one text" in said(*refer, "--reason", "-", "--consent-file", "-")
    assert not Path("three").exists()
