"""Every option and argument that takes a file is given a device, a pipe, and a file without end: each is a sentence."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from limited_memory import limited

from ocgnet.casework.intake.form_files import read_forms
from ocgnet.casework.intake.forms import FORMS
from ocgnet.cli.records import read_weights
from ocgnet.errors import OcgnetError, SourceError
from ocgnet.settings import FILE, RULES, Settings, read_settings
from ocgnet.views.folder import read_run
from ocgnet.views.profile.page import read_document

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
FORM = next(iter(FORMS.values()))


def _query(file: Path) -> object:
    from ocgnet.cli.query import _question

    return _question("", file)


def _in_folder(read: Callable[[Path], object], name: str) -> Callable[[Path], object]:
    def given(file: Path) -> object:
        folder = file.parent / "run"
        folder.mkdir(exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(file)
        return read(folder)

    return given


READERS: dict[str, Callable[[Path], object]] = {
    "--settings": lambda file: read_settings(file, Settings(), FILE),
    "--rules": lambda file: read_settings(file, Settings(), RULES),
    "--weights": read_weights,
    "query --file": _query,
    "intake": lambda file: read_forms(FORM, file),
    "compare": _in_folder(read_run, "run.json"),
    "profile --compare": _in_folder(read_document, "run.json"),
}
GIVEN = ("/dev/zero", "a pipe", "a folder", "five gigabytes", "nothing there", "no UTF-8")


def given(what: str, place: Path) -> Path:
    path = place / "given.json"
    if what == "/dev/zero":
        path.symlink_to(what)
    elif what == "a pipe":
        os.mkfifo(path)
    elif what == "a folder":
        path.mkdir()
    elif what == "five gigabytes":
        path.touch()
        os.truncate(path, 5_000_000_000)
    elif what == "no UTF-8":
        path.write_bytes(b"\xff\xfe")
    return path


@pytest.mark.parametrize("what", GIVEN)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file_of_its_kind_is_a_sentence(reader: str, what: str, tmp_path: Path, tally) -> None:
    with pytest.raises(SourceError) as refused:
        READERS[reader](given(what, tmp_path))
    assert len(str(refused.value)) < 400
    tally["inputs tried"] += 1


def test_settings_on_an_endless_device_end_in_little_memory(tmp_path: Path, tally) -> None:
    shutil.copytree(TINY, tmp_path / "records")
    words = ("analyse", "records", "--out", "out", "--settings", "/dev/zero")
    code, said, _, megabytes = limited(*words, cwd=tmp_path, seconds=60)
    assert (code, "is a device" in said, "Traceback" in said) == (1, True, False), said
    assert megabytes < 250
    assert not (tmp_path / "out").exists()
    tally["inputs tried"] += 1


@pytest.mark.parametrize("half", ["\\ud800", "a\\uDFFFb", "\\ud83d \\ude00"])
def test_half_a_character_in_json_is_a_sentence(half: str, tmp_path: Path, tally) -> None:
    (tmp_path / "form.json").write_text(f'{{"reports": [{{"form_ref": "{half}"}}]}}')
    with pytest.raises(SourceError, match="half a character"):
        read_forms(FORM, tmp_path / "form.json")
    (tmp_path / "run.json").write_text(json.dumps({"run_id": "x", "parameters": {}})[:-1] + f', "a": "{half}"}}')
    for read in (read_run, read_document):
        with pytest.raises(OcgnetError, match="half a character"):
            read(tmp_path)
    tally["inputs tried"] += 1
