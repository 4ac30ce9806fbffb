"""Small inputs that once went wrong, through the installed command, each with the value that is right.

The folders stand beside the checkout, as the ways they were found in do; each rule they stand for has a
test of its own elsewhere, on records of this repository.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from installed import missing, ocgnet

CASES = Path(__file__).parents[3] / "shared" / "cases"


@pytest.fixture
def case(tmp_path):
    """Give a function that copies a case to where commands may write beside it."""
    if not CASES.is_dir():
        missing(f"The folder {CASES.name} of small inputs does not stand beside this checkout.")

    def copied(number: str) -> Path:
        [folder] = [f for f in CASES.iterdir() if f.name.split("-")[0] == number]
        return Path(shutil.copytree(folder, tmp_path / f"case{number}"))

    return copied


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def one_line(said: str) -> str:
    return " ".join(said.split())


def figures(out: Path) -> dict:
    return json.loads((out / "run.json").read_text(encoding="utf-8"))["figures"]


def test_strokes_in_offence_codes_part_class_and_subclass(case, tmp_path) -> None:
    ocgnet("analyse", case("01"), "--out", tmp_path / "out")
    harm = {r["nominal_id"]: float(r["harm"]) for r in rows(tmp_path / "out" / "tables" / "people.csv") if r["harm"]}
    right = {"N01": 7973.3934, "N02": 7973.3934 + 1022.8145, "N03": 1512.0028, "N04": 4654.2981}
    assert {n: harm[n] for n in right} == pytest.approx(right, abs=0.005)


def test_one_ward_has_a_profile(case, tmp_path) -> None:
    ocgnet("profile", case("02"), "--out", tmp_path / "out")
    assert figures(tmp_path / "out")["ward_harbour"] == 1.0


def test_nobody_is_flagged_or_stopped_before_birth(case, tmp_path) -> None:
    folder = case("03b")
    assert "before the birth of" in one_line(ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv"))
    ocgnet("profile", folder, "--out", tmp_path / "out")
    for table in ("cse_ages", "transient_dealers"):
        file = tmp_path / "out" / "tables" / f"{table}.csv"
        if file.exists():
            assert "-1" not in [cell for row in rows(file) for cell in row.values()]


def test_rows_of_totals_are_no_wards(case, tmp_path) -> None:
    folder = case("04")
    said = one_line(ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv", code=1))
    for name in ("Easter total", "All wards", "Total"):
        assert name in said
    ocgnet(
        "profile", folder, "--out", tmp_path / "out", "--skip-rejects", "--rejects", tmp_path / "r.csv",
        "--accept-loss", "wards=1",
    )  # fmt: skip
    assert figures(tmp_path / "out")["severity_per_1000"] == pytest.approx(65.44, abs=0.01)


def test_a_contact_recorded_both_ways_counts_once(case, tmp_path) -> None:
    folder = case("05")
    assert "both ways" in one_line(ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv"))
    ocgnet("analyse", folder, "--out", tmp_path / "out")
    ties = {(r["person_a"], r["person_b"]): r for r in rows(tmp_path / "out" / "tables" / "ties.csv")}
    assert float(ties["N01", "N02"]["weight"]) == 2.0
    assert ties["N01", "N02"]["events"] == "meeting"


def test_two_roles_at_once_are_told(case, tmp_path) -> None:
    said = one_line(ocgnet("check", case("07"), "--rejects", tmp_path / "rejects.csv"))
    assert "N01" in said
    assert "N03" in said
    assert "does not count" not in said


@pytest.mark.parametrize("number", ["08", "08b"])
def test_a_mistyped_year_is_named_and_judges_nothing(case, tmp_path, number: str) -> None:
    folder = case(number)
    done = ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv", code=0)
    assert "2091-01-05" in done
    assert "was 18" not in done
    ocgnet("analyse", folder, "--out", tmp_path / "out", "--rejects", tmp_path / "r.csv")
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["as_of"] < "2020"
    if number == "08":
        assert len(rows(tmp_path / "out" / "tables" / "children.csv")) >= 1


def test_ids_that_look_alike_are_told(case, tmp_path) -> None:
    said = one_line(ocgnet("check", case("09"), "--all", "--rejects", tmp_path / "rejects.csv"))
    for word in ("4.47E+11", "n1", "007", "N 2"):
        assert word in said


def test_invisible_characters_in_ids_are_refused(case, tmp_path) -> None:
    assert "invisible" in ocgnet("check", case("10"), "--rejects", tmp_path / "rejects.csv", code=1)


def test_parents_of_each_other_are_told(case, tmp_path) -> None:
    folder = case("11")
    said = one_line(ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv", code=1))
    assert "parents in a circle" in said
    assert "N1, N2" in said


def test_equal_paths_are_equal(case, tmp_path) -> None:
    ocgnet("analyse", case("12"), "--out", tmp_path / "out")
    found = {r["nominal_id"]: float(r["betweenness"]) for r in rows(tmp_path / "out" / "tables" / "people.csv")}
    right = {"N01": 1 / 6, "N02": 1 / 12, "N03": 1 / 6, "N04": 1 / 4, "N05": 1 / 4}
    assert {n: found[n] for n in right} == pytest.approx(right, abs=1e-6)


def test_spellings_of_a_ward_are_one_ward(case, tmp_path) -> None:
    folder = case("14")
    said = one_line(ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv"))
    assert "Michael" in said
    ocgnet("profile", folder, "--out", tmp_path / "out")
    [easter] = [r for r in rows(tmp_path / "out" / "tables" / "areas.csv") if r["name"].lower() == "easter"]
    assert int(easter["crimes"]) == 8
    assert float(easter["severity_per_1000"]) == pytest.approx(246.04, abs=0.01)


@pytest.mark.parametrize("number", ["17", "17c"])
def test_the_same_birth_and_district_make_a_candidate(case, tmp_path, number: str) -> None:
    folder = case(number)
    said = one_line(ocgnet("intake", "cpi", folder / "form.json", "--folder", folder / "records", cwd=tmp_path))
    assert "nobody on record is near" not in said


@pytest.mark.parametrize("number", ["19", "19b"])
def test_an_event_of_very_many_ends(case, tmp_path, number: str) -> None:
    ocgnet("analyse", case(number), "--out", tmp_path / "out")
    assert (tmp_path / "out" / "report.html").exists()


def test_joiners_are_never_printed_as_codes(case, tmp_path) -> None:
    folder = case("21")
    ocgnet("analyse", folder, "--out", tmp_path / "out")
    assert "\\u200c" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "\\u200" not in ocgnet("children", folder, "--child", "C1")


def test_a_level_quarter_has_not_fallen(case, tmp_path) -> None:
    said = ocgnet("profile", case("23"), "--from", "2019-01-01", "--to", "2019-03-31", "--out", tmp_path / "out")
    assert "fell by" not in said
    changes = [v for n, v in figures(tmp_path / "out").items() if n in ("severity_change", "crimes_change")]
    assert all(v is None or abs(v) < 0.05 for v in changes)


def test_placeholders_are_no_places(case, tmp_path) -> None:
    folder = case("24")
    assert "N/K" in ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv")
    [finding] = [s for s in ocgnet("profile", folder, "--out", tmp_path / "out").splitlines() if "Most harm" in s]
    assert "Easter" in finding
    for word in ("N/K", "Not Known", "Unknown"):
        assert word not in finding
    names = {r["name"].lower() for r in rows(tmp_path / "out" / "tables" / "areas.csv")}
    assert not names & {"n/k", "not known", "unknown"}


@pytest.mark.parametrize("number", ["26", "26b"])
def test_an_open_end_is_no_end(case, tmp_path, number: str) -> None:
    folder = case(number)
    ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv")
    ocgnet("analyse", folder, "--out", tmp_path / "out")
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["as_of"] == "2018-08-01"


def test_two_columns_with_semicolons_are_told(case, tmp_path) -> None:
    said = one_line(ocgnet("check", case("29"), "--rejects", tmp_path / "rejects.csv", code=1))
    assert "separated by semicolons" in said
