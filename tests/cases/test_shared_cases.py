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
    assert "N06" not in harm, "10/6 is class 10, of which no weight is known, and not class 106"


def test_one_ward_has_a_profile(case, tmp_path) -> None:
    ocgnet("profile", case("02"), "--out", tmp_path / "out")
    assert figures(tmp_path / "out")["ward_harbour"] == 1.0
    [ward] = [r for r in rows(tmp_path / "out" / "tables" / "figures.csv") if r["figure_id"] == "ward_harbour"]
    assert [float(ward[bound]) for bound in ("value", "low", "high")] == [1.0, 1.0, 1.0]


def test_nobody_is_flagged_or_stopped_before_birth(case, tmp_path) -> None:
    folder = case("03b")
    assert "before the birth of" in one_line(ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv"))
    ocgnet("profile", folder, "--out", tmp_path / "out")
    tables = tmp_path / "out" / "tables"
    # C1 was flagged before birth, C2 at 13; N1 was stopped before birth, N2 at 38.
    assert {r["age"]: r["children"] for r in rows(tables / "cse_ages.csv")} == {"13": "1", "not known": "1"}
    [force] = [r for r in rows(tables / "transient_dealers.csv") if r["district"] == "all districts"]
    assert [force[c] for c in ("stops", "juveniles", "age_unknown")] == ["2", "0", "1"]


def test_rows_of_totals_are_no_wards(case, tmp_path) -> None:
    folder = case("04")
    said = one_line(ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv"))
    for name in ("Easter total", "All wards", "Total"):
        assert f"{name} This row adds" in said
    ocgnet("profile", folder, "--out", tmp_path / "out", "--rejects", tmp_path / "r.csv")
    # 1,636 of severity among the 25,000 residents of the three wards that are some.
    areas = rows(tmp_path / "out" / "tables" / "areas.csv")
    [force] = [r for r in areas if r["level"] == "force"]
    assert int(force["population"]) == 25_000
    assert figures(tmp_path / "out")["severity_per_1000"] == pytest.approx(65.44, abs=0.01)
    assert not [r["name"] for r in areas if "total" in r["name"].lower() or "all" in r["name"].lower()]


def test_a_contact_recorded_both_ways_counts_once(case, tmp_path) -> None:
    folder = case("05")
    assert "both ways" in one_line(ocgnet("check", folder, "--rejects", tmp_path / "rejects.csv"))
    ocgnet("analyse", folder, "--out", tmp_path / "out")
    ties = {(r["person_a"], r["person_b"]): r for r in rows(tmp_path / "out" / "tables" / "ties.csv")}
    assert [float(tie["weight"]) for tie in ties.values()] == [2.0, 2.0, 2.0]
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
        children = rows(tmp_path / "out" / "tables" / "children.csv")
        assert {r["child_id"] for r in children} == {"C1", "C2", "C3"}, "nobody is grown up by 2091"


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
    for written in ("ST MARY'S", "St. Mary's", "St Mary’s"):
        assert written in said
    assert "Read as St Mary's, as wards.csv writes it" in said
    assert "Read as St Mary's and Quay, as wards.csv writes it" in said
    ocgnet("profile", folder, "--out", tmp_path / "out")
    [easter] = [r for r in rows(tmp_path / "out" / "tables" / "areas.csv") if r["name"].lower() == "easter"]
    assert int(easter["crimes"]) == 8
    assert float(easter["severity_per_1000"]) == pytest.approx(246.04, abs=0.01)


@pytest.mark.parametrize("number", ["17", "17c"])
def test_the_same_birth_and_district_make_a_candidate(case, tmp_path, number: str) -> None:
    folder = case(number)
    said = one_line(ocgnet("intake", "cpi", folder / "form.json", "--folder", folder / "records", cwd=tmp_path))
    assert "nobody on record is near" not in said
    candidates = {(r["person"], r["candidate"]) for r in rows(tmp_path / "candidates.csv") if r["candidate"]}
    assert candidates == {("1", "N1"), ("2", "N2"), ("3", "N3")}


def test_an_event_of_very_many_joins_nobody(case, tmp_path) -> None:
    ocgnet("analyse", case("19"), "--out", tmp_path / "out")
    # The 50 people of a smaller crime are joined in pairs; the event of all 2,000 is over the cap.
    assert len(rows(tmp_path / "out" / "tables" / "ties.csv")) == 50 * 49 // 2


@pytest.mark.parametrize("number", ["19b", "19c"])
def test_a_crime_of_two_hundred_covers_no_other(case, number: str) -> None:
    folder = case(number)
    said = ocgnet("concentration", folder, "--format", "json")
    people = json.loads(said[: said.rindex("]") + 1])
    linked = {r["crime_id"] for r in rows(folder / "crime_links.csv")}
    assert max(person["crimes_covered"] for person in people) == len(linked)


def test_a_star_and_a_path_apart(case, tmp_path) -> None:
    ocgnet("analyse", case("13"), "--out", tmp_path / "out")
    people = {r["nominal_id"]: r for r in rows(tmp_path / "out" / "tables" / "people.csv")}
    # N01 in the middle of three: 3 of the 8 · 7 / 2 pairs of others go through it, and 3 of 8 others are a step away.
    assert float(people["N01"]["betweenness"]) == pytest.approx(3 / 28, abs=1e-6)
    assert float(people["N01"]["closeness"]) == pytest.approx(3 / 8, abs=1e-6)


def test_very_long_and_right_to_left_names_lose_nothing_in_silence(case, tmp_path) -> None:
    folder = case("20")
    ocgnet("analyse", folder, "--out", tmp_path / "out", "--rejects", tmp_path / "r.csv")
    recorded = {r["nominal_id"]: r["name"].strip() for r in rows(folder / "nominals.csv")}
    shown = {r["nominal_id"]: r["name"] for r in rows(tmp_path / "out" / "tables" / "people.csv")}
    assert {len(recorded[n]) for n in ("N1", "N5")} == {35_999, 208}
    for nominal, name in recorded.items():
        # A name of more than a line is cut, and says how long it is.
        whole = name if nominal not in ("N1", "N5") else f"{name[:120].rstrip()}… ({len(name):,} characters)"
        assert shown[nominal] == whole


def test_joiners_are_never_printed_as_codes(case, tmp_path) -> None:
    folder = case("21")
    ocgnet("analyse", folder, "--out", tmp_path / "out")
    assert "\\u200c" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "\\u200" not in ocgnet("children", folder, "--child", "C1")
    ocgnet(
        "refer", "C1", "--kind", "mash", "--reason", "x", "--by", "A", "--folder", folder, "--out", "p", cwd=tmp_path
    )
    [child] = [r for r in rows(folder / "children.csv") if r["child_id"] == "C1"]
    pack = (tmp_path / "p" / "referral.html").read_text(encoding="utf-8")
    assert "\\u200" not in pack
    assert child["name"] in pack


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
