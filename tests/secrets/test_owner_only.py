"""Whatever a command writes, its owner alone reads it, however generous the user's own settings are."""

from __future__ import annotations

import os
import stat

import pytest

from every_command import commands_of_the_program, every_command, ocgnet

SERVER = {"neo4j start"}
"""Needs Java; the modes of its files are looked at in tests/neo4j."""


def test_every_command_is_among_those_that_are_looked_at(every_output) -> None:
    assert commands_of_the_program() - SERVER == {done.name for done in every_output.done}


def test_every_file_and_folder_is_the_owners_alone(every_output) -> None:
    assert len(every_output.modes) > 60
    open_to_others = {path: oct(mode) for path, mode in every_output.modes.items() if mode & 0o077}
    assert open_to_others == {}


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_whatever_the_mask_of_the_shell_is(mask: int, tmp_path, log_file) -> None:
    records = tmp_path / "records"
    records.mkdir()
    (records / "nominals.csv").write_text("nominal_id,name\nN1,a\nN1,b\n")
    before = os.umask(mask)
    try:
        ocgnet("check", records, cwd=tmp_path)
        (records / "nominals.csv").write_text("nominal_id,name\nN1,a\n")
        ocgnet("load", records, "--store", "s.duckdb", "--rejects", "made.csv", cwd=tmp_path)
        ocgnet("template", "made", cwd=tmp_path)
    finally:
        os.umask(before)
    made = [p for p in (*tmp_path.rglob("*"), log_file) if records not in (p, p.parent)]
    assert len(made) > 20
    assert {str(p): oct(stat.S_IMODE(p.stat().st_mode)) for p in made if p.stat().st_mode & 0o077} == {}


def test_the_list_of_commands_names_each_once_at_least(tmp_path) -> None:
    """Guards the tests that rely on it: every yielded name is a command of the program."""
    from every_command import Ids

    named = {
        name
        for name, _ in every_command(
            tmp_path, Ids("a", "b", "c", "d", "e"), {"cpi": tmp_path, "intelligence": tmp_path}
        )
    }
    assert named <= commands_of_the_program()
