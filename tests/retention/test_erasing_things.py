"""A thing goes with the last link to it, with all that is recorded of it; what anybody else uses stays."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from ocgnet.checks.check import read_dataset
from ocgnet.edit import open_place
from ocgnet.retention.erase import erase, erasure_in
from ocgnet.store import LoadManifest, open_store
from things_folder import THINGS, numbers_with_rows, things_folder


def rows_in(folder: Path, name: str) -> list[dict[str, str]]:
    file = folder / f"{name}.csv"
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines())) if file.exists() else []


def test_what_only_one_person_uses_goes_and_what_others_use_loses_the_link(tmp_path):
    folder = things_folder(tmp_path / "records", R1="He rang 07700900111, then +44 7700 900 222.")
    erasure = erasure_in(open_place(folder).texts(), "person", "N02")
    assert erasure.undecided == ()
    assert set(erasure.things) == {"T1", "A1", "B1", "7700900555"}
    proof = erase(folder, erasure, [], [])
    assert proof.remains == []
    counted = {name: (c.dropped, c.edited) for name, c in proof.changed[str(folder)].items() if name in THINGS}
    assert counted == {
        "things": (3, 0), "thing_links": (6, 0), "communications": (4, 0), "sightings": (2, 0), "transfers": (2, 0),
    }  # fmt: skip
    assert {r["thing_id"] for r in rows_in(folder, "things")} == {"T2", "T3", "V1", "V2", "B2", "L1"}
    calls = {(r["from_thing"], r["to_thing"]) for r in rows_in(folder, "communications")}
    # 07700 900556 called T1 and T2: it is still in touch with T2.
    assert calls == {("T2", "07700 900556"), ("T3", "T2"), ("T3", "L1")}
    assert [r["place"] for r in rows_in(folder, "sightings")] == ["CAM9"]
    assert [r["thing_id"] for r in rows_in(folder, "group_things")] == ["V1", "L1"]
    [text] = [r["text"] for r in rows_in(folder, "intel_reports") if r["report_id"] == "R1"]
    assert text == "He rang [erased], then +44 7700 900 222."


def test_a_number_is_found_however_a_file_writes_it(tmp_path):
    folder, notes = things_folder(tmp_path / "records"), tmp_path / "notes"
    notes.mkdir()
    written = ("07700900111", "+44 (0)7700 900-111", "+447700900111", "0044 7700 900111", "7700900111", "ab12cde")
    for n, number in enumerate(written):
        (notes / f"{n}.txt").write_text(f"ring {number}, or 07700 900222", encoding="utf-8")
    (notes / "others.txt").write_text("ring 077009001112 or 112 Mill Lane, AB12 CDEF", encoding="utf-8")
    proof = erase(folder, erasure_in(open_place(folder).texts(), "person", "N02"), [notes], [])
    # V1 is the group's as well, so that its registration stays.
    assert [Path(r.partition(": ")[0]).name for r in proof.remains] == [f"{n}.txt" for n in range(5)]


def test_a_thing_that_two_share_goes_with_the_second(tmp_path):
    folder = things_folder(tmp_path / "records")
    for person in ("N02", "N01"):
        erase(folder, erasure_in(open_place(folder).texts(), "person", person), [], [])
    assert {r["thing_id"] for r in rows_in(folder, "things")} == {"T3", "V1", "V2", "L1"}
    assert {(r["from_thing"], r["to_thing"]) for r in rows_in(folder, "communications")} == {("T3", "L1")}
    assert rows_in(folder, "transfers") == []


def test_in_a_store_a_number_without_a_row_goes_as_the_thing_it_became(tmp_path):
    store = tmp_path / "records.duckdb"
    dataset = read_dataset(numbers_with_rows(things_folder(tmp_path / "records")))[0]
    open_store(str(store)).write(dataset, LoadManifest((), "0"))
    erasure = erasure_in(open_place(str(store)).texts(), "person", "N02")
    proof = erase(str(store), erasure, [], [])
    assert proof.remains == []
    assert proof.changed[str(store)]["things"].dropped == 4
    with duckdb.connect(str(store), read_only=True) as db:
        ids = {i for (i,) in db.execute("SELECT thing_id FROM things").fetchall()}
    assert ids == {"T2", "T3", "V1", "V2", "B2", "L1", "+447700900556"}
    assert b"7700900111" not in store.read_bytes()
    assert b"7700900555" not in store.read_bytes()


def test_a_report_takes_the_links_that_it_records_and_stays_where_others_rest_on_it(tmp_path):
    folder = things_folder(tmp_path / "records")
    links = folder / "thing_links.csv"
    text = links.read_text(encoding="utf-8")
    links.write_text(text.replace("N04,V2,keeper,2018-06-01,,,", "N04,V2,keeper,2018-06-01,,R1,"), encoding="utf-8")
    erasure = erasure_in(open_place(folder).texts(), "report", "R1")
    assert [(r["person_id"], r["thing_id"]) for r in erasure.change.drop["thing_links"]] == [("N04", "V2")]
    # A crime uses V2 too.
    assert erasure.things == ()
    only = text.replace("N03,T3,user,2018-06-01,,,", "N03,T3,user,2018-06-01,,R1,")
    links.write_text(only, encoding="utf-8")
    assert erasure_in(open_place(folder).texts(), "report", "R1").things == ("T3",)


def test_numbers_of_a_thing_that_stays_are_not_looked_for(tmp_path):
    folder = things_folder(tmp_path / "records")
    things = folder / "things.csv"
    # The same number was recorded a second time, as a thing of somebody else.
    things.write_text(things.read_text("utf-8").replace("T3,phone,,07700900333", "T3,phone,,07700900111"), "utf-8")
    erasure = erasure_in(open_place(folder).texts(), "person", "N02")
    assert "T1" in erasure.things
    assert not [w for w in erasure.mentions.exact if "900111" in w or "900 111" in w]
