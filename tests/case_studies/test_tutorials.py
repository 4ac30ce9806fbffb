"""The tutorials of the case studies, followed from an empty folder: every command, and every line that is to come."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess

import pytest
from studies import STUDIES, in_one_line, steps_of

import ready
from installed import OCGNET

STUDY = ("sonar", "talon")


@pytest.mark.long
@pytest.mark.parametrize("study", STUDY)
def test_the_tutorial_can_be_followed_from_an_empty_folder(study, tmp_path):
    shutil.copytree(STUDIES / study, tmp_path / study)
    for number, (command, expected) in enumerate(steps_of(study)):
        program, *words = shlex.split(command)
        assert program == "ocgnet", command
        if number == 0:  # as it is installed; the others in copies of a process that stands ready
            done = subprocess.run(
                [OCGNET, *words],
                check=False,
                cwd=tmp_path,
                capture_output=True,
                encoding="utf-8",
                env=os.environ | {"COLUMNS": "100"},
            )
        else:
            done = ready.run(*words, cwd=tmp_path, COLUMNS="100")
        printed = in_one_line(f"{done.stdout}\n{done.stderr}")
        assert done.returncode == 0, f"{command}\n{printed}"
        at = 0
        for line in map(in_one_line, expected):
            place = printed.find(line, at)
            assert place >= 0, f"{command}\nsays not, or not in this order: {line}\n{printed}"
            at = place + len(line)


@pytest.mark.parametrize("study", STUDY)
def test_every_command_of_a_tutorial_says_what_comes(study):
    steps = list(steps_of(study))
    assert len(steps) >= 7
    assert [s.command for s in steps if not s.expected] == []
