"""What an act tells the log, and what it keeps from it."""

from __future__ import annotations

import getpass

import pytest

from ocgnet.audit import KINDS, log_of, log_path
from ocgnet.audit.chain import key_of
from ocgnet.audit.read import acts, keyed_id
from ocgnet.errors import LogError, StoreError


def test_who_what_whom_and_why_are_told(log_file):
    with log_of().act(
        "disclose", people=["N2", "N1"], by="A. Officer", recipient="County MASH", reason="s47", what="pack"
    ) as act:
        act.note(files=["pack.zip"], withheld=3)
    (told,) = acts(log_file)
    assert (told.by, told.account, told.recipient, told.reason, told.what, told.end) == (
        "A. Officer", getpass.getuser(), "County MASH", "s47", "pack", "done",
    )  # fmt: skip
    assert told.people == {"N1", "N2"}
    assert told.facts == {"files": ["pack.zip"], "withheld": 3}


def test_the_account_is_the_systems_whatever_the_environment_says(log_file, monkeypatch):
    real = getpass.getuser()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody")
    with log_of().act("read"):
        pass
    assert acts(log_file)[0].account == acts(log_file)[0].by == real


def test_a_reason_may_stand_in_the_environment(log_file, monkeypatch):
    monkeypatch.setenv("OCGNET_REASON", "Operation X")
    with log_of().act("read"), log_of().act("read", reason="own"):
        pass
    assert [told.reason for told in acts(log_file)] == ["Operation X", "own"]


def test_a_failure_is_told_with_its_reason_and_raised(log_file):
    with pytest.raises(StoreError), log_of().act("load", people=["N1"]):
        raise StoreError("The server is away.")
    (told,) = acts(log_file)
    assert (told.end, told.why) == ("failed", "StoreError: The server is away.")


def test_leaving_with_success_is_no_failure(log_file):
    with pytest.raises(SystemExit), log_of().act("read"):
        raise SystemExit(0)
    with pytest.raises(KeyboardInterrupt), log_of().act("read"):
        raise KeyboardInterrupt
    assert [(told.end, told.why) for told in acts(log_file)] == [("done", ""), ("failed", "stopped by the user")]


def test_an_erasure_names_nobody_and_can_be_asked_for(log_file):
    log = log_of()

    def fail():
        with log.act(
            "erase",
            people=["N17"],
            reason="N17, Robert Example, asked",
            what="review erase n17 --also N17.csv",
            conceal=["Robert Example"],
        ) as act:
            act.note(files=["out/N17/N17_pack.zip"], people=["N17"])
            raise StoreError("N17 is in use")

    with pytest.raises(StoreError):
        fail()
    raw = log_file.read_bytes().lower()
    assert b"n17" not in raw
    assert b"robert" not in raw
    key = key_of(log.path)
    (told,) = acts(log_file)
    assert told.erased == {keyed_id("N17", key)}
    assert told.concerns("N17", key)
    assert not told.concerns("N1", key)
    assert key.hex().encode() not in raw


def test_short_ids_are_concealed_as_whole_words_only(log_file):
    with log_of().act("erase", people=["1"], reason="row 1 of 12", what="erase 1"):
        pass
    (told,) = acts(log_file)
    assert (told.reason, told.what) == ("row [erased] of 12", "erase [erased]")


def test_a_password_in_an_address_is_not_kept(log_file):
    with log_of().act("load", what="ocgnet load x --store bolt://neo4j:secret@host:7687"):
        pass
    assert b"secret" not in log_file.read_bytes()


def test_every_kind_is_taken_and_no_other(log_file):
    for kind in KINDS:
        with log_of().act(kind):
            pass
    with pytest.raises(ValueError, match="gossip"), log_of().act("gossip"):
        pass
    assert [told.kind for told in acts(log_file)] == list(KINDS)


def test_the_log_stands_outside_what_it_describes(tmp_path, monkeypatch):
    monkeypatch.setenv("OCGNET_LOG", str(tmp_path / "data" / "deep" / "log.jsonl"))
    (tmp_path / "data").mkdir()
    with pytest.raises(LogError, match="stands inside"):
        log_of().outside(tmp_path / "data")
    assert log_of().outside(tmp_path / "results").path == log_path()


def test_without_the_variable_the_log_is_in_the_state_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("OCGNET_LOG")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert log_path() == tmp_path / "ocgnet" / "log.jsonl"
    monkeypatch.setattr("sys.platform", "win32")
    assert log_path() == tmp_path / "ocgnet" / "log.jsonl"


def test_a_log_that_is_a_link_or_may_not_be_written_stops_the_act(tmp_path):
    (tmp_path / "log.jsonl").symlink_to(tmp_path / "elsewhere.jsonl")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for path in (tmp_path / "log.jsonl", tmp_path / "file" / "log.jsonl"):
        with pytest.raises(LogError, match="cannot be written"), log_of(path).act("read"):
            pytest.fail("the act must not run")
    assert not (tmp_path / "elsewhere.jsonl").exists()
