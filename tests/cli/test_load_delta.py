"""A folder that holds a day's change is judged together with the store it is added to."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from every_command import ROOT
from ocgnet.cli.app import app
from ocgnet.dataset import Dataset
from ocgnet.model import TABLES, Kind
from ocgnet.store import open_store

TINY = ROOT / "fixtures" / "tiny"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(*words: object) -> tuple[int, str]:
    """Run ``ocgnet load`` on the store of the test; return its code, and all that it said, as one line."""
    done = CliRunner().invoke(app, ["load", *map(str, words), "--store", "s.duckdb"])
    return done.exit_code, " ".join([*done.output.split(), str(done.exception or "")])


def folder(name: str, **tables: list[dict[str, object]]) -> str:
    Path(name).mkdir(exist_ok=True)
    for table, rows in tables.items():
        write(Path(name, f"{table}.csv"), rows)
    return name


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(dict.fromkeys(k for row in rows for k in row)))
        out.writeheader()
        out.writerows(rows)
    return path


def rows_of(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def held() -> Dataset:
    return open_store("s.duckdb").read()


def same(one: Dataset, other: Dataset) -> bool:
    return one.about == other.about and all(one[name].equals(other[name]) for name in TABLES)


def parted(draw: random.Random) -> tuple[str, str, Path]:
    """Part the tiny records in those without some people, groups, crimes and reports, and all that names one of these.

    Return both folders, and the list of all rows of the second.
    """
    tables = {p.stem: rows_of(p) for p in sorted(TINY.glob("*.csv"))}
    keys = [r[TABLES[n].key[0]] for n, rows in tables.items() if len(TABLES[n].key) == 1 for r in rows]
    chosen = set(draw.sample(sorted(map(str, keys)), draw.randint(1, 8)))
    ids = {n: [c.name for c in t.columns if c.kind is Kind.ID] for n, t in TABLES.items()}
    shutil.rmtree("some", ignore_errors=True)
    shutil.rmtree("others", ignore_errors=True)
    Path("some").mkdir()
    shutil.copy(TINY / "about.toml", "some")
    listed: list[dict[str, object]] = []
    for name, rows in tables.items():
        of_day = [r for r in rows if any(chosen & set(str(r.get(c) or "").split("|")) for c in ids[name])]
        if of_day:
            folder("others", **{name: of_day})
            listed += [{"table": name} | {c: r[c] for c in TABLES[name].identity if c in r} for r in of_day]
        kept = [r for r in rows if r not in of_day]
        if kept:
            folder("some", **{name: kept})
    return "some", "others", write(Path("list.csv"), listed)


@pytest.mark.parametrize("seed", range(5))
def test_some_records_and_then_the_others_are_all_of_them_and_removing_these_leaves_the_first(seed: int) -> None:
    some, others, listed = parted(random.Random(seed))
    assert load(TINY)[0] == 0
    everything = held()
    Path("s.duckdb").unlink()
    code, said = load(some)
    assert code == 0, said
    first = held()
    code, said = load(others)
    assert code == 0, said
    assert same(held(), everything)
    code, said = load("--deletes", listed)
    assert code == 0, said
    assert same(held(), first)
    before = Path("s.duckdb").read_bytes()
    # The same list again is the load that was made already.
    code, said = load("--deletes", listed)
    assert (code, " 0 removed" in said) == (0, True), said
    assert Path("s.duckdb").read_bytes() == before


def test_what_stands_neither_in_the_folder_nor_in_the_store_is_refused_with_its_row() -> None:
    load(TINY)
    before = Path("s.duckdb").read_bytes()
    rows = [("N01", "K1", "witness"), ("N99", "K1", "victim"), ("N02", "K999", "suspect")]
    day = folder(
        "day", crime_links=[dict(zip(("person_id", "crime_id", "link_role"), row, strict=True)) for row in rows]
    )
    code, said = load(day)
    assert code == 1
    assert "Add N99 to nominals.csv or people.csv or children.csv, or correct the id. line 3 N99" in said
    assert "Add K999 to crimes.csv, or correct the id. line 4 K999" in said
    assert Path("s.duckdb").read_bytes() == before
    code, said = load(day, "--skip-rejects", "--accept-loss", "crime_links=0.7")
    assert (code, "1 added" in said) == (0, True), said


def test_a_birth_that_puts_rows_of_the_store_in_the_wrong_is_refused_with_them() -> None:
    load(TINY)
    day = folder("day", nominals=[{**rows_of(TINY / "nominals.csv")[0], "date_of_birth": "2017-06-02"}])
    code, said = load(day, "--skip-rejects")
    assert code == 1
    assert "The row with person_id N01, crime_id K8, link_role suspect would break a rule by this load." in said
    assert "line 107" not in said
    # With the links taken away in the same load nothing stands in the way but what is a warning anyway.
    listed = write(Path("l.csv"), [{"table": "crime_links", "person_id": "N01", "crime_id": "K8"}])
    code, said = load(day, "--deletes", listed)
    assert (code, "1 changed, 1 removed" in said) == (0, True), said


def test_a_circle_of_forebears_that_closes_over_the_store_is_refused() -> None:
    rows = [("A", "B"), ("B", "C")]
    names = ("adult_id", "child_id", "relationship")
    people = [{"nominal_id": x} for x in "ABC"]
    links = [dict(zip(names, (*row, "parent"), strict=True)) for row in rows]
    assert load(folder("first", nominals=people, family_links=links))[0] == 0
    closing = [dict(zip(names, ("C", "A", "parent"), strict=True))]
    code, said = load(folder("day", family_links=closing))
    assert code == 1
    assert "each of A, B, C is a forebear of all the others" in said
    assert load(folder("other", family_links=[dict(zip(names, ("C", "A", "household"), strict=True))]))[0] == 0


def test_two_roles_at_once_are_told_though_one_stands_in_the_store() -> None:
    load(TINY)
    code, said = load(
        folder(
            "day", memberships=[{"nominal_id": "N01", "ocg_id": "G1", "role": "peripheral", "from_date": "2017-02-01"}]
        )
    )
    assert code == 0
    assert "A row of the store gives N01 another role in G1 for the same time" in said


def test_what_a_refused_row_would_have_changed_stays_with_what_names_it() -> None:
    load(TINY)
    name = held().names["N01"]
    day = folder(
        "day",
        nominals=[{"nominal_id": "N01", "date_of_birth": "yesterday"}, {"nominal_id": "N90"}, {"nominal_id": "N91"}],
        crime_links=[{"person_id": "N01", "crime_id": "K1", "link_role": "witness"}],
    )
    code, said = load(day, "--skip-rejects", "--accept-loss", "nominals=0.5")
    assert (code, "3 added, 0 changed" in said) == (0, True), said
    assert held().names["N01"] == name


def test_what_a_file_without_a_column_takes_from_the_store_is_told() -> None:
    load(TINY)
    code, said = load(folder("day", nominals=[{"nominal_id": "N01", "name": "Aldric Fennick"}]))
    assert code == 0
    assert "The file has no pnc_id, and a row of the store that it replaces has one, which is then lost." in said


def test_a_list_of_rows_to_remove_is_checked_row_by_row() -> None:
    load(TINY)
    before = Path("s.duckdb").read_bytes()
    listed = write(
        Path("l.csv"),
        [
            {"table": "nominal", "nominal_id": "N01"},
            {"table": "nominals", "nominal_id": "N77"},
            {"table": "nominals"},
            {"table": "intel_links", "person_id": "N01"},
            {"table": "nominals", "nominal_id": "N01"},
        ],
    )
    code, said = load("--deletes", listed)
    assert code == 1
    for sentence in (
        "There is no such table. Is nominals meant? line 2 nominal",
        "The store has no such row of nominals. Correct the line, or take it out of the list. line 3 nominal_id N77",
        "Fill in nominal_id: rows of nominals are told by nominal_id. line 4",
        "intel_links has 5 such rows. Add the column report_id to say which is meant. line 5 person_id N01",
        "N01 goes, and the row with person_id N01, crime_id K8, link_role suspect still names it.",
    ):
        assert sentence in said, (sentence, said)
    assert Path("s.duckdb").read_bytes() == before
    code, said = load("--deletes", listed, "--replace")
    assert (code, "leave --replace, --bulk and --bulk-files out" in said) == (1, True), said


def test_forces_are_judged_by_their_own_records_alone() -> None:
    load(TINY, "--prefix", "NORTH:")
    load(TINY)
    link = {"person_id": "N01", "crime_id": "K1", "link_role": "witness"}
    assert load(folder("day", crime_links=[link]), "--prefix", "NORTH:")[0] == 0
    links = {tuple(r.values())[:3] for r in held()["crime_links"].to_pylist()}
    assert ("NORTH:N01", "NORTH:K1", "witness") in links
    assert ("N01", "K1", "witness") not in links
    other = {"person_id": "NORTH:N01", "crime_id": "K1", "link_role": "witness"}
    code, said = load(folder("strange", crime_links=[other]))
    assert (code, "Add NORTH:N01 to nominals.csv" in said) == (1, True), said
    listed = write(Path("l.csv"), [{"table": "crime_links", **link}])
    assert load("--deletes", listed)[0] == 1
    assert load("--deletes", listed, "--prefix", "NORTH:")[0] == 0
    assert ("NORTH:N01", "NORTH:K1", "witness") not in {
        tuple(r.values())[:3] for r in held()["crime_links"].to_pylist()
    }


def test_what_a_load_refused_is_not_forgotten_by_days_that_do_not_mend_it() -> None:
    people = [{"nominal_id": f"N{i}"} for i in range(19)]
    whole = folder("whole", nominals=[*people, {"nominal_id": "N19", "date_of_birth": "never"}])
    assert load(whole, "--skip-rejects", "--accept-loss", "nominals=0.1")[0] == 0
    for k in range(3):
        assert load(folder(f"day{k}", nominals=[{"nominal_id": f"M{i}"} for i in range(k + 1)]))[0] == 0
        assert [(x.table, x.lost) for x in held().losses] == [("nominals", 1)]
    assert load(folder("whole", nominals=[*people, {"nominal_id": "N19"}]))[0] == 0
    assert not held().losses
