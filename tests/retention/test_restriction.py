"""A restricted person is in no answer, others' answers stay right, a child keeps its place, and it can be undone."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

import ready
from ocgnet.analysis.children.linked_children import ADULT_WITHHELD, safeguard
from ocgnet.audit import log_of
from ocgnet.audit.read import acts
from ocgnet.casework.may_leave import may_leave
from ocgnet.checks.check import check, read_dataset
from ocgnet.dataset import Dataset
from ocgnet.edit import open_place
from ocgnet.errors import UsageError
from ocgnet.evidence.restricted import in_use, restricted_ids
from ocgnet.local_profile.profile import profile_of
from ocgnet.main_job import analyse
from ocgnet.model import PERSON_TABLES, TABLES, names_person
from ocgnet.retention.restriction import lifting, restriction, standing_of
from ocgnet.store import LoadManifest, open_store
from ocgnet.views.words.children import withheld
from things_folder import things_folder

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
DATASET = check(TINY).dataset
BY = ("--by", "DC Test", "--reason", "kept for a trial", "--on", "2019-03-31")
SAYS = "Brenna O'Varrick met N01 twice; N02 paid from 60-16-13 31926819, called from 07700900111."


def restricted(dataset: Dataset, *ids: str) -> Dataset:
    """The same records with these people restricted in each table of people that holds them."""
    tables = dict(dataset.tables)
    for name, key in PERSON_TABLES.items():
        t = tables[name]
        since = pa.array([date(2019, 3, 1) if i in ids else None for i in t[key].to_pylist()], pa.date32())
        tables[name] = t.set_column(t.column_names.index("restricted_on"), "restricted_on", since)
    return replace(dataset, tables=tables)


def copied(place: Path) -> Path:
    """The tiny folder with things, and with a report and a disruption whose words name N02."""
    folder = things_folder(place / "records")
    for name, column in (("intel_reports", "text"), ("disruptions", "description")):
        file = folder / f"{name}.csv"
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(dict.fromkeys([*rows[0], column])))
            writer.writeheader()
            writer.writerows(row | {column: SAYS} for row in rows)
    return folder


def text_of(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(path) as parts:
        return "\n".join(parts.read(n).decode("utf-8", "replace") for n in parts.namelist())


NAMING = re.compile(r"\bN02\b|Brenna|02/0000002B|7700 ?900111|7700 ?900555|12 Mill Lane|60-16-13 31926819|\bT1\b")


@pytest.mark.long
def test_no_output_names_somebody_restricted(tmp_path) -> None:
    folder = copied(tmp_path)
    ready.ocgnet("review", "restrict", folder, "Brenna O'Varrick", "--because", "evidence", *BY, cwd=tmp_path)
    of_child = ("--reason", "at risk", "--by", "DC Test", "--on", "2019-03-31")
    printed = {
        words: ready.ocgnet(*words, cwd=tmp_path)
        for words in (
            ("analyse", "records", "--out", "results"),
            ("profile", "records", "--out", "profile"),
            ("children", "records", "--child", "C1"),
            ("juveniles", "records"),
            *(("children", "records", "--view", view, "--format", "csv") for view in ("links",)),
            ("review", "due", "records", "--as-of", "2030-01-01"),
            ("disclose", "records", "--to", "childrens-services", "--children", "C1", "--out", "pack", *of_child),
            ("refer", "records", "C1", "--kind", "mash", "--out", "referral", *of_child),
        )
    }
    written = [f for f in tmp_path.rglob("*") if f.is_file() and folder not in f.parents]
    assert len(written) > 50
    texts = {str(f): text_of(f) for f in written} | {" ".join(words): text for words, text in printed.items()}
    assert not {where: found[0] for where, text in texts.items() if (found := NAMING.search(text))}
    assert "1 person whose processing is restricted" in printed[("review", "due", "records", "--as-of", "2030-01-01")]
    run = json.loads((tmp_path / "results" / "run.json").read_text(encoding="utf-8"))
    assert ["nominals", "processing restricted", 1] in [[r["what"], r["why"], r["count"]] for r in run["left_out"]]
    # Unrestricted, the same outputs name her: the test can fail.
    ready.ocgnet("review", "lift", folder, "N02", *BY, cwd=tmp_path)
    assert NAMING.search(ready.ocgnet("children", "records", "--child", "C1", cwd=tmp_path))


def test_a_linked_child_keeps_its_place_with_the_adult_withheld() -> None:
    # answers.md: C1 is linked by the parent N02 of G1; C2 by the guardian N06 of G2.
    before, after = safeguard(DATASET), safeguard(restricted(DATASET, "N02"))
    assert list(after.table.frame["child_id"]) == list(before.table.frame["child_id"])
    (link,) = after.family[after.family["child_id"] == "C1"].itertuples()
    assert (link.nominal_id, link.ocg_id, link.basis, link.verified) == ("withheld-1", "G1", "family", "yes")
    assert after.only_overdue == before.only_overdue
    hidden = withheld(after.tables["child_links"].frame, in_use(restricted(DATASET, "N02")).withheld or (), ())
    assert hidden.startswith("1 child is linked by an adult who is withheld")
    # N02 is C1's parent and shares C1's household: two links.
    assert (ADULT_WITHHELD, 2) in [(x.why, x.count) for x in after.left_out]
    figures = analyse(restricted(DATASET, "N02")).figures
    assert figures["children"].value == 2
    assert figures["nominals"].value == 6, "of the seven members one is withheld"


def test_what_others_did_stays_right() -> None:
    # K8 links N01 and N02: with N02 withheld it is still a crime of two people, and makes no tie.
    kept = in_use(restricted(DATASET, "N02"))
    assert kept["crime_links"].num_rows == DATASET["crime_links"].num_rows
    before = [len(set(dataset["intel_links"]["person_id"].to_pylist())) for dataset in (DATASET, kept)]
    assert before[0] == before[1]
    pairs = analyse(restricted(DATASET, "N02")).tables["ties"].frame
    assert not {"withheld-1", "N02"} & {*pairs["person_a"], *pairs["person_b"]}


@pytest.mark.parametrize("person", [*DATASET["nominals"]["nominal_id"].to_pylist()[:4], "P01", "C1", "C2"])
def test_every_table_of_the_model_loses_the_id_and_the_words(person: str) -> None:
    given = dict(restricted(DATASET, person).tables)
    told = f"{DATASET.names[person]} ({person}) was here"
    for name, table in TABLES.items():
        for column in table.columns:
            if column.free_text and given[name].num_rows:
                words = pa.array([told] * given[name].num_rows, pa.string())
                given[name] = given[name].set_column(given[name].column_names.index(column.name), column.name, words)
    kept = in_use(replace(DATASET, tables=given))
    for name, table in TABLES.items():
        for column in table.columns:
            if names_person(name, column):
                ids = {p.strip() for cell in kept[name][column.name].to_pylist() if cell for p in cell.split("|")}
                assert person not in ids, f"{name}.{column.name}"
            if column.free_text:
                assert not any(told in (cell or "") for cell in kept[name][column.name].to_pylist())
    assert DATASET.names[person] not in kept.names.values()
    assert in_use(kept) is kept
    assert sum(x.count for x in kept.left_out) + len(restricted_ids(kept.tables)) >= 1


def test_without_restriction_nothing_is_touched() -> None:
    assert in_use(DATASET) is DATASET


def test_an_id_that_looks_like_the_word_is_not_taken_for_it() -> None:
    people = pa.table({"nominal_id": ["withheld-1", "N2"], "restricted_on": [None, date(2019, 1, 1)]})
    links = pa.table({"person_id": ["withheld-1", "N2"], "crime_id": ["K", "K"], "link_role": ["suspect"] * 2})
    kept = in_use(Dataset.of({"nominals": people, "crime_links": links}))
    assert sorted(kept["crime_links"]["person_id"].to_pylist()) == ["withheld--1", "withheld-1"]


def test_a_restricted_child_is_on_no_list_and_counted() -> None:
    children = safeguard(restricted(DATASET, "C1"))
    assert list(children.table.frame["child_id"]) == ["C2"]
    left_out = in_use(restricted(DATASET, "C1")).left_out
    left = {(x.what, x.why): x.count for x in left_out}
    assert withheld(children.tables["child_links"].frame, (), left_out).startswith("1 child is on no list")
    assert left["children", "processing restricted"] == 1
    assert left["family_links", "processing restricted"] == 2


def test_reports_and_profile_count_and_do_not_name() -> None:
    profile = profile_of(restricted(DATASET, "N02"))
    assert ("nominals", "processing restricted", 1) in [(x.what, x.why, x.count) for x in profile.left_out]
    assert may_leave(restricted(DATASET, "N02"), "police", None).dataset.withheld == {"withheld-1"}


@pytest.mark.parametrize("where", ["folder", "store"])
def test_restricting_and_lifting_are_each_others_opposite(where: str, tmp_path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "records"))
    given: Path | str = folder
    if where == "store":
        given = str(tmp_path / "s.duckdb")
        open_store(given).write(read_dataset(TINY)[0], LoadManifest((), "test"))
    before = open_place(given).dataset().tables
    for person, tables in (("N02", ("nominals",)), ("C1", ("children",)), ("P01", ("people",))):
        said = ready.ocgnet("review", "restrict", given, person, "--because", "accuracy", *BY)
        assert "Processing of" in said
        standing = standing_of(open_place(given), person)
        assert (standing.tables, standing.since, standing.because) == (tables, "2019-03-31", "accuracy")
    # Said again, as after a kill, it changes nothing.
    ready.ocgnet("review", "restrict", given, "N02", "--because", "accuracy", *BY)
    assert restricted_ids(open_place(given).dataset().tables) == ("C1", "N02", "P01")
    for person in ("N02", "C1", "P01"):
        ready.ocgnet("review", "lift", given, person, *BY)
    assert all(open_place(given).dataset()[name].equals(t) for name, t in before.items())
    told = [a for a in acts(log_of().path) if a.kind == "review"]
    assert [sorted(a.people) for a in told] == [[p] for p in ("N02", "C1", "P01", "N02", "N02", "C1", "P01")]
    assert {a.reason for a in told} == {"kept for a trial"}


def test_somebody_only_named_by_a_link_is_restricted_in_people(tmp_path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "records"))
    with (folder / "intel_links.csv").open("a", encoding="utf-8") as file:
        file.write("X9,R1\n")
    place = open_place(folder)
    change = restriction(standing_of(place, "X9"), "evidence", date(2019, 3, 31))
    assert list(change.add) == ["people"]
    assert not lifting(standing_of(place, "X9")).tables


def test_acts_on_somebody_restricted_are_refused_with_the_way_out(tmp_path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "records"))
    for person in ("N02", "C1"):
        ready.ocgnet("review", "restrict", folder, person, "--because", "evidence", *BY)
    child = ("--reason", "at risk", "--by", "DC Test")
    for words in (
        ("role", "show", folder, "N02"),
        ("role", "set", folder, "N02", "G1", "principal", *BY),
        ("refer", folder, "C1", "--kind", "mash", "--out", tmp_path / "r", *child),
        ("disclose", folder, "--to", "police", "--children", "C1", "--out", tmp_path / "d", *child),
    ):
        said = ready.run(*words)
        assert said.returncode == 2
        assert "ocgnet review lift" in " ".join(said.stderr.split())
    unknown = ready.run("role", "show", folder, "Brenna O'Varrick")
    assert "N02" not in unknown.stdout + unknown.stderr, "a name leads nowhere"
    with pytest.raises(UsageError, match="no ground"):
        restriction(standing_of(open_place(folder), "N01"), "because", date(2019, 1, 1))
    with pytest.raises(UsageError, match="Nobody"):
        standing_of(open_place(folder), "N99")


def test_a_form_that_names_somebody_restricted_shows_no_candidate(tmp_path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "records"))
    form = {"form_ref": "F1", "submitted_on": "2019-03-30", "child_at_risk": "no", "title": "t", "text": "x",
            "sector": "health", "organisation": "o", "submitter": "s",
            "people": [{"name": "Brenna O'Varrick", "date_of_birth": "1985-07-21"}]}  # fmt: skip
    (tmp_path / "f.json").write_text(json.dumps({"form": "cpi", "reports": [form]}), encoding="utf-8")
    ready.ocgnet("review", "restrict", folder, "N02", "--because", "evidence", *BY)
    said = ready.ocgnet("intake", "cpi", "f.json", "--by", "DC Test", "--folder", folder, cwd=tmp_path)
    assert "Not compared: 1 person whose processing is restricted." in said
    assert "N02" not in (tmp_path / "candidates.csv").read_text(encoding="utf-8")
