"""Changing records in place: the same as reading, changing and writing, all or nothing, and little touched."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import DATASET, KINDS, TINY, changes, made, same

from ocgnet.checks.check import check, read_dataset
from ocgnet.dataset import Dataset
from ocgnet.edit import Change, Changed, open_place
from ocgnet.edit.stores import place_of_store
from ocgnet.errors import OutputError, RecordError, SourceError, StoreError, UsageError
from ocgnet.sources import read_source
from ocgnet.sources.files import STAGE, settle
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.store import Neo4jStore
from ocgnet.store.neo4j.writing import apply
from things_folder import things_folder
from whole_change import changed_dataset

pytestmark = pytest.mark.long

EVERY_FILE = (
    "import sys\nfrom pathlib import Path\nfrom ocgnet.edit import Change, open_place\n"
    "open_place(Path(sys.argv[1])).amend(Change(edit={'nominals': [({'nominal_id': 'N01'}, {'district': 'Moved'})], "
    "'children': [({'child_id': 'C1'}, {'district': 'Moved'})], 'people': [({'person_id': 'P01'}, {'district': "
    "'Moved'})]}))\n"
)


@pytest.fixture(scope="module", params=KINDS)
def template(request, tmp_path_factory):
    return made(request.param, tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


def fresh(template: Path, work: Path) -> Path:
    place = work / template.name
    if template.is_dir():
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(template, place)
    else:
        shutil.copy(template, place)
    return place


@settings(max_examples=40, deadline=None)
@given(change=changes())
def test_the_changed_place_reads_as_the_changed_records(template, work, change):
    place = open_place(str(fresh(template, work)))
    assert same(place.dataset(), DATASET) == []
    assert place.amend(change) == change.counted()
    assert same(place.dataset(), changed_dataset(DATASET, change)) == []


@settings(max_examples=40, deadline=None)
@given(change=changes(), excel=st.booleans())
def test_rows_and_files_not_concerned_keep_every_byte(work, tmp_path_factory, change, excel):
    kind = "csv-excel" if excel else "csv"
    template = work / f"template-{kind}" / kind
    if not template.exists():
        template.parent.mkdir()
        made(kind, template.parent)
    place = fresh(template, work)
    open_place(place).amend(change)
    for old in template.iterdir():
        new = place / old.name
        name = old.stem
        if name not in change.tables:
            assert new.read_bytes() == old.read_bytes()
            continue
        source = read_source(template).tables[name]
        lines = old.read_bytes().splitlines(keepends=True)
        touched = [*change.drop.get(name, ()), *(who for who, _ in change.edit.get(name, ()))]
        keys = [{c: w for c, w in t.items() if w} for t in touched]
        cells = {c: source.columns[c].to_pylist() for c in source.columns}
        hit = {
            int(line)
            for k, line in enumerate(source.lines)
            if any(all(cells[c][k] == w for c, w in key.items()) for key in keys)
        }
        widened = any("reason" in row for row in change.add.get(name, ()) if row.get("reason"))
        if not widened:
            kept = [line for n, line in enumerate(lines, 1) if n not in hit]
            # A last line without an end gets one when rows come after it.
            text = new.read_bytes()
            position = 0
            for line in kept:
                found = text.find(line.rstrip(b"\r\n"), position)
                assert found >= 0, (name, line)
                position = found + len(line.rstrip(b"\r\n"))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_breaks_a_rule_changes_nothing(template, work, data):
    path = fresh(template, work)
    before = snapshot(path)
    wrong = data.draw(
        st.sampled_from(
            [
                Change(drop={"nominals": [{"nominal_id": "N01"}]}),
                Change(edit={"nominals": [({"nominal_id": "N01"}, {"date_of_birth": "31/02/1990"})]}),
                Change(edit={"nominals": [({"nominal_id": "N01"}, {"nominal_id": "N02"})]}),
                Change(add={"intel_links": [{"person_id": "N01", "report_id": "R1"}]}),
                Change(add={"memberships": [{"nominal_id": "N01", "ocg_id": "nowhere"}]}),
                Change(add={"wards": [{"ward": "Harbour"}], "disruptions": [{"disruption_id": "D9"}]}),
            ]
        )
    )
    with pytest.raises(RecordError, match=r"breaks rules.*Nothing was changed"):
        open_place(str(path)).amend(wrong)
    with pytest.raises(UsageError, match="no row with"):
        open_place(str(path)).amend(Change(drop={"nominals": [{"nominal_id": "N99"}]}))
    assert snapshot(path) == before


def snapshot(path: Path) -> dict[str, bytes]:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return {p.name: p.read_bytes() for p in files}


def test_a_change_is_refused_that_names_what_is_not_in_the_model():
    with pytest.raises(UsageError, match="no table"):
        Change(add={"nobodies": [{}]})
    with pytest.raises(UsageError, match="no column colour"):
        Change(edit={"nominals": [({"nominal_id": "N01"}, {"colour": "red"})]})
    with pytest.raises(UsageError, match="does not identify"):
        Change(drop={"nominals": [{"name": "Aldric Fennick"}]})


def test_one_row_is_not_changed_twice(template, work):
    twice = Change(drop={"nominals": [{"nominal_id": "N10"}]}, edit={"nominals": [({"nominal_id": "N10"}, {})]})
    with pytest.raises(UsageError, match="twice"):
        open_place(str(fresh(template, work))).amend(twice)


def test_a_date_written_otherwise_finds_its_row(tmp_path):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    file = place / "memberships.csv"
    file.write_bytes(file.read_bytes().replace(b"N01,G1,principal,2016-02-01", b"N01,G1,principal,01/02/2016"))
    change = Change(
        edit={"memberships": [({"nominal_id": "N01", "ocg_id": "G1", "from_date": "2016-02-01"}, {"role": ""})]}
    )
    assert open_place(place).amend(change) == {"memberships": Changed(edited=1)}
    assert b"N01,G1,,01/02/2016,," in file.read_bytes()


def test_cells_over_several_lines_and_blank_lines_stay(tmp_path):
    (tmp_path / "nominals.csv").write_bytes(b'nominal_id,extra,name\r\n\r\nN1,kept,"A\nB"\r\n,,\r\nN2,"x ""y""",C')
    open_place(tmp_path).amend(
        Change(edit={"nominals": [({"nominal_id": "N2"}, {"name": "D\nE"})]}, add={"nominals": [{"nominal_id": "N3"}]})
    )
    assert (tmp_path / "nominals.csv").read_bytes() == (
        b'nominal_id,extra,name\r\n\r\nN1,kept,"A\nB"\r\n,,\r\nN2,"x ""y""","D\nE"\r\nN3,,\r\n'
    )


def test_a_workbook_is_only_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "nominals"
    book.active.append(["nominal_id", "name"])
    book.active.append(["N1", "A"])
    book.save(tmp_path / "book.xlsx")
    before = (tmp_path / "book.xlsx").read_bytes()
    place = open_place(tmp_path / "book.xlsx")
    assert place.dataset()["nominals"]["nominal_id"].to_pylist() == ["N1"]
    with pytest.raises(UsageError, match=r"only read.*ocgnet template DIR.*ocgnet load .*book.xlsx --store"):
        place.amend(Change(drop={"nominals": [{"nominal_id": "N1"}]}))
    assert (tmp_path / "book.xlsx").read_bytes() == before


def test_a_fault_elsewhere_stands_in_nobody_s_way(tmp_path):
    (tmp_path / "nominals.csv").write_text("nominal_id,date_of_birth\nN1,1980-01-01\nN2,1980-02-31\n", encoding="utf-8")
    (tmp_path / "crimes.csv").write_text("not a table", encoding="utf-8")
    place = open_place(tmp_path)
    place.amend(Change(add={"nominals": [{"nominal_id": "N3"}]}))
    place.amend(Change(edit={"nominals": [({"nominal_id": "N2"}, {"date_of_birth": "1980-02-28"})]}))
    with pytest.raises(RecordError, match=r"breaks rules: 1 problem in nominals, nominal_id N3, column"):
        place.amend(Change(edit={"nominals": [({"nominal_id": "N3"}, {"date_of_birth": "1980-02-30"})]}))
    assert (tmp_path / "nominals.csv").read_text(encoding="utf-8") == (
        "nominal_id,date_of_birth\nN1,1980-01-01\nN2,1980-02-28\nN3,\n"
    )


def test_a_table_that_is_a_link_is_not_replaced(tmp_path):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    (place / "nominals.csv").rename(tmp_path / "elsewhere.csv")
    (place / "nominals.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(SourceError, match="is a link"):
        open_place(place).amend(Change(edit={"nominals": [({"nominal_id": "N01"}, {"district": ""})]}))
    assert (tmp_path / "elsewhere.csv").exists()


def districts(place: Path) -> set[str]:
    dataset = check(place).dataset
    rows = {"nominals": ("nominal_id", "N01"), "children": ("child_id", "C1"), "people": ("person_id", "P01")}
    return {
        "Moved" if r["district"] == "Moved" else "old"
        for name, (key, who) in rows.items()
        for r in dataset[name].to_pylist()
        if r[key] == who
    }


def test_killed_at_any_moment_the_folder_reads_whole_old_or_whole_new(tmp_path):
    template = shutil.copytree(TINY, tmp_path / "template")
    seen = set()
    begin = time.perf_counter()
    whole = shutil.copytree(template, tmp_path / "whole")
    subprocess.run([sys.executable, "-c", EVERY_FILE, whole], check=True)
    took = time.perf_counter() - begin
    for k in range(12):
        place = shutil.copytree(template, tmp_path / f"place{k}")
        run = subprocess.Popen([sys.executable, "-c", EVERY_FILE, place])
        time.sleep(took * (0.55 + 0.04 * k))
        run.kill()
        run.wait()
        found = districts(place)
        assert len(found) == 1
        assert not (place / STAGE / "journal.json").exists()
        seen |= found
        # And the next change goes on from there, leaving nothing behind.
        open_place(place).amend(Change(edit={"nominals": [({"nominal_id": "N02"}, {"district": "X"})]}))
        assert sorted(p.name for p in place.iterdir()) == sorted(p.name for p in TINY.iterdir())
    assert seen


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_killed_between_two_files_the_next_reader_finishes(tmp_path, monkeypatch, moved):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    real, count = Path.replace, [0]

    def stopping(self, target):
        # The journal itself is moved first; then each file.
        if count[0] == moved + 1:
            raise KeyboardInterrupt
        count[0] += 1
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(KeyboardInterrupt):
        _change_all(place)
    monkeypatch.undo()
    assert districts(place) == {"Moved"}
    assert not (place / STAGE).exists()
    assert settle(place) is False


def _change_all(place: Path) -> None:
    open_place(place).amend(
        Change(
            edit={
                "nominals": [({"nominal_id": "N01"}, {"district": "Moved"})],
                "children": [({"child_id": "C1"}, {"district": "Moved"})],
                "people": [({"person_id": "P01"}, {"district": "Moved"})],
            }
        )
    )


def test_stopped_before_the_decision_nothing_has_happened(tmp_path, monkeypatch):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    before = snapshot(place)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OutputError, match=r"No space left on device.*Nothing was changed"):
        _change_all(place)
    monkeypatch.undo()
    assert snapshot(place) == before
    assert districts(place) == {"old"}


def test_a_staged_file_that_was_damaged_is_not_put_in_place(tmp_path, monkeypatch):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    real, count = Path.replace, [0]

    def stopping(self, target):
        if count[0] == 1:
            raise KeyboardInterrupt
        count[0] += 1
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(KeyboardInterrupt):
        _change_all(place)
    monkeypatch.undo()
    (place / STAGE / "people.csv").write_text("person_id\n", encoding="utf-8")
    with pytest.raises(SourceError, match="damaged"):
        read_source(place)


def test_a_change_killed_behind_its_commit_is_read_and_lost_by_no_load(tmp_path):
    store = tmp_path / "s.duckdb"
    open_store(str(store)).write(DATASET, LoadManifest((), "0"))
    text = (
        "import os, sys\nfrom ocgnet.edit import Change, open_place\nfrom ocgnet.store.duckdb_file import DuckDBFile\n"
        "def killed(*given):\n    os._exit(9)\n"
        "import duckdb, ocgnet.store.duckdb_file as file\nfile.suppress = killed\n"
        "open_place(sys.argv[1]).amend(Change(edit={'nominals': [({'nominal_id': 'N01'}, {'district': 'Moved'})]}))\n"
    )
    assert subprocess.run([sys.executable, "-c", text, store], check=False).returncode == 9
    log = tmp_path / "s.duckdb.wal"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600, "it holds records of people"
    wanted = changed_dataset(DATASET, Change(edit={"nominals": [({"nominal_id": "N01"}, {"district": "Moved"})]}))
    assert same(open_store(str(store)).read(), wanted) == []
    links = Dataset.of({"nominals": DATASET["nominals"].slice(1, 1)})
    open_store(str(store)).write(links, LoadManifest((), "0"))
    assert same(open_store(str(store)).read(), wanted) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.duckdb"]


def test_two_changes_at_once_are_both_made(tmp_path):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    text = (
        "import sys\nfrom pathlib import Path\nfrom ocgnet.edit import Change, open_place\n"
        "for k in range(4):\n"
        "    row = {'disruption_id': f'{sys.argv[2]}{k}', 'ocg_id': 'G1', 'happened_on': '2019-01-01', "
        "'level': 'minor', 'strand': 'pursue'}\n"
        "    open_place(Path(sys.argv[1])).amend(Change(add={'disruptions': [row]}))\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", text, place, name]) for name in ("A", "B")]
    assert [run.wait() for run in runs] == [0, 0]
    assert not [p.name for p in place.iterdir() if p.name.startswith(".")]
    ids = set(check(place).dataset["disruptions"]["disruption_id"].to_pylist())
    assert {f"{name}{k}" for name in "AB" for k in range(4)} <= ids
    assert len(ids) == DATASET["disruptions"].num_rows + 8


@settings(max_examples=8, deadline=None)
@given(change=changes())
def test_neo4j_reads_as_the_changed_records(neo4j_server, change):
    neo4j_server.wipe()
    store = Neo4jStore(neo4j_server.address)
    store.write(DATASET, LoadManifest((), "0"))
    place = place_of_store(store)
    place.amend(change)
    assert same(place.dataset(), changed_dataset(DATASET, change)) == []
    assert place.dataset().about == DATASET.about


def test_two_changes_of_one_graph_at_once_are_both_made_or_one_is_refused(neo4j):
    store = Neo4jStore(neo4j.address)
    store.write(DATASET, LoadManifest((), "0"))

    def change(name):
        row = {"disruption_id": name, "ocg_id": "G1", "happened_on": "2019-01-01", "level": "minor", "strand": "pursue"}
        try:
            place_of_store(Neo4jStore(neo4j.address)).amend(Change(add={"disruptions": [row]}))
        except StoreError as error:
            return str(error)
        return name

    with ThreadPoolExecutor(2) as pool:
        said = set(pool.map(change, ("X1", "X2")))
    made_by = said & {"X1", "X2"}
    assert made_by, said
    assert all("try again" in word for word in said - made_by)
    ids = set(store.read()["disruptions"]["disruption_id"].to_pylist())
    assert ids == set(DATASET["disruptions"]["disruption_id"].to_pylist()) | made_by


def test_a_change_of_a_graph_that_breaks_off_leaves_it_as_it_was(neo4j, monkeypatch):
    store = Neo4jStore(neo4j.address)
    store.write(DATASET, LoadManifest((), "0"))

    def broken_off(*given: object) -> None:
        apply(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr("ocgnet.store.neo4j.writing.apply", broken_off)
    change = Change(edit={"nominals": [({"nominal_id": "N01"}, {"district": "Moved"})]})
    with pytest.raises(KeyboardInterrupt):
        place_of_store(store).amend(change)
    monkeypatch.undo()
    assert same(store.read(), DATASET) == []
    assert len(neo4j.query("MATCH (l:Load) RETURN l")) == 1
    place_of_store(store).amend(change)
    assert same(store.read(), changed_dataset(DATASET, change)) == []
    [load] = neo4j.query("MATCH (l:Load) WITH l ORDER BY l.number DESC LIMIT 1 RETURN l.load_id AS id")
    touched = f"WHERE x.load_id = '{load['id']}'"
    assert [r["key"] for r in neo4j.query(f"MATCH (x:!Load) {touched} RETURN x.person_id AS key")] == ["N01"]
    assert neo4j.query(f"MATCH ()-[x]->() {touched} RETURN x") == [], "nothing else is written"


@pytest.mark.parametrize("kind", ["folder", "store"])
def test_a_changed_number_is_what_identifies_the_thing_and_a_reference_to_no_thing_is_refused(tmp_path, kind):
    where = things_folder(tmp_path / "records")
    if kind == "store":
        dataset = read_dataset(where)[0]
        where = str(tmp_path / "records.duckdb")
        open_store(where).write(dataset, LoadManifest((), "0"))
    place = open_place(where)
    place.amend(Change(edit={"things": [({"thing_id": "T1"}, {"number": "07700 900444"})]}))
    [thing] = [r for r in place.dataset()["things"].to_pylist() if r["thing_id"] == "T1"]
    assert (thing["number"], thing["normalised"]) == ("07700 900444", "+447700900444")
    link = {"person_id": "N01", "relation": "user", "from_date": "2019-01-01"}
    with pytest.raises(RecordError, match="T99"):
        place.amend(Change(add={"thing_links": [link | {"thing_id": "T99"}]}))
    place.amend(Change(add={"thing_links": [link | {"thing_id": "T1"}]}))
    assert ("N01", "T1") in {(r["person_id"], r["thing_id"]) for r in place.dataset()["thing_links"].to_pylist()}
    # A thing that others name does not go alone, whichever table names it.
    for thing_id in ("T1", "A1", "B2"):
        with pytest.raises(RecordError):
            place.amend(Change(drop={"things": [{"thing_id": thing_id}]}))
