"""Who was erased is known again by keyed marks beside the log, and by nothing else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ocgnet.audit.erased import THINGS, erased_among, remember
from ocgnet.audit.log import refuse_log
from ocgnet.errors import LogError, OcgnetError


def test_an_erased_id_is_known_again_and_stands_nowhere(log_file: Path) -> None:
    assert erased_among(log_file, ["N1", "N2"]) == set()
    assert not log_file.with_name("log.jsonl.key").exists(), "looking makes nothing"
    for identity in ("N1", "44/OCG/7", "N1", "n 1"):
        remember(log_file, identity)
    assert erased_among(log_file, ["N1", "N2", "N11", "44/OCG/7", ""]) == {"N1", "44/OCG/7"}
    other = {"n1", "N 1", "Ｎ１", "44/ocg/7"}
    assert erased_among(log_file, other) == other, "in whichever capitals, spacing and width of letters"
    marks = log_file.with_name("log.jsonl.erased")
    assert len(marks.read_text().split()) == 2
    assert b"N1" not in marks.read_bytes()
    assert stat.S_IMODE(marks.stat().st_mode) == 0o600


def test_another_key_knows_nobody(log_file: Path) -> None:
    remember(log_file, "N1")
    log_file.with_name("log.jsonl.key").write_text("00" * 32)
    assert erased_among(log_file, ["N1"]) == set()


def test_a_damaged_list_stops_whoever_would_bring_people_in(log_file: Path) -> None:
    remember(log_file, "N1")
    log_file.with_name("log.jsonl.erased").write_bytes(b"\xff\xfe")
    with pytest.raises(LogError, match="nobody is brought in without it"):
        erased_among(log_file, ["N1"])


@pytest.mark.parametrize("ending", ["erased", "given", "key", "head"])
def test_no_result_takes_its_place(log_file: Path, ending: str) -> None:
    with pytest.raises(OcgnetError):
        refuse_log(log_file, log_file.with_name(f"log.jsonl.{ending}"))


def test_a_thing_and_a_person_of_one_id_are_not_taken_for_each_other(log_file: Path) -> None:
    remember(log_file, "N1", "7700900123", of=THINGS)
    assert erased_among(log_file, ["N1"]) == set()
    assert erased_among(log_file, ["n1", "7700900123", "7700900124"], of=THINGS) == {"n1", "7700900123"}
    assert "N1" not in log_file.with_name(f"{log_file.name}.erased").read_text("ascii")
