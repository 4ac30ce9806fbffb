"""What was obtained under an authority is counted and goes as a whole; things that others name stay, bare."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_erasing_things import rows_in

import ready
from ocgnet.audit import log_of
from ocgnet.audit.read import acts
from ocgnet.checks.check import read_dataset
from ocgnet.edit import open_place
from ocgnet.retention.authorities import held_by_authority
from ocgnet.retention.erase import erase, erasure_in
from ocgnet.store import LoadManifest, open_store
from things_folder import things_folder

UNDER = {
    "": {"things": 8, "thing_links": 9, "sightings": 3, "transfers": 2, "group_things": 1, "crime_things": 1},
    "AUTH/7": {"things": 1, "communications": 2},
    "AUTH/8": {"thing_links": 1, "communications": 5, "group_things": 1},
}


def test_rows_are_counted_by_what_they_or_about_toml_say(tmp_path):
    folder = things_folder(tmp_path / "records")
    place = open_place(folder)
    assert held_by_authority(place.texts(), place.about) == UNDER
    (folder / "about.toml").write_text('as_of = 2019-03-31\nsightings_authority = "AUTH/7"\n', encoding="utf-8")
    place = open_place(folder)
    held = held_by_authority(place.texts(), place.about)
    assert held["AUTH/7"] == {"things": 1, "communications": 2, "sightings": 3}
    assert "sightings" not in held[""]


@pytest.mark.parametrize("kind", ["folder", "store"])
def test_everything_under_one_authority_goes_and_nothing_else(tmp_path, kind):
    folder = things_folder(tmp_path / "records", R1="The number 07700900555 rang; so did 07700 900556.")
    where: Path | str = folder
    if kind == "store":
        where = str(tmp_path / "records.duckdb")
        open_store(where).write(read_dataset(folder)[0], LoadManifest((), "0"))
    before = open_place(where).texts()
    erasure = erasure_in(open_place(where).texts(), "authority", "AUTH/7", about=open_place(where).about)
    proof = erase(where, erasure, [], [])
    assert proof.remains == []
    after = open_place(where)
    held = held_by_authority(after.texts(), after.about)
    assert "AUTH/7" not in held
    assert held["AUTH/8"] == UNDER["AUTH/8"]
    # A1 is named by a link and by sightings: it stays, and nothing of what its row said does.
    [address] = [r for r in after.texts()["things"].to_pylist() if r["thing_id"] == "A1"]
    assert {k: v for k, v in address.items() if v} == {"thing_id": "A1", "kind": "address"}
    # 07700 900555 was in a row under AUTH/7 only; T1 and T2 are in the records by themselves.
    ids = set(before["things"]["thing_id"].to_pylist()) - set(after.texts()["things"]["thing_id"].to_pylist())
    assert ids == ({"+447700900555"} if kind == "store" else set())
    [text] = [r["text"] for r in after.texts()["intel_reports"].to_pylist() if r["report_id"] == "R1"]
    assert text == "The number [erased] rang; so did 07700 900556."


def test_the_command_lists_erases_proves_and_logs(tmp_path, log_file):
    folder = things_folder(tmp_path / "records")
    says = ready.ocgnet("review", "authorities", folder, cwd=tmp_path)
    assert "AUTH/8: thing_links 1, communications 5, group_things 1" in says
    by = ("--by", "DC Test", "--reason", "the authority was cancelled", "--on", "2019-03-31")
    says = ready.ocgnet("review", "erase", folder, "AUTH/8", "--authority", *by, cwd=tmp_path)
    assert "communications: 5 removed" in says
    assert "Found nowhere" in says
    assert [r["authority_ref"] for r in rows_in(folder, "communications")] == ["AUTH/7", "AUTH/7"]
    assert {r["thing_id"] for r in rows_in(folder, "things")} >= {"T3"}, "its row is under no authority"
    [act] = [a for a in acts(log_of().path) if a.kind == "erase" and "communications" in str(a.facts)]
    assert len(act.erased) == 1, "the person whose link went, by a keyed hash"
    again = ready.ocgnet("review", "erase", folder, "AUTH/8", "--authority", *by, cwd=tmp_path, code=2)
    assert "No row of these records was obtained under AUTH/8" in again


def test_one_row_under_two_authorities_is_refused(tmp_path):
    folder = things_folder(tmp_path / "records")
    file = folder / "communications.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + text.splitlines()[1].replace("AUTH/7", "AUTH/8") + "\n", encoding="utf-8")
    with pytest.raises(Exception, match="1 rows of communications stand under another authority as well"):
        erasure_in(open_place(folder).texts(), "authority", "AUTH/8", about=open_place(folder).about)
