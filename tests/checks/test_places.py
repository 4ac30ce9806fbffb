"""Wards, districts and rows of totals: one place under one name, no total taken for a record."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.checks.check import Checked, check
from ocgnet.checks.places import sign_of
from ocgnet.dataset import LeftOut
from ready import ocgnet


def folder(path: Path, **tables: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, text in {"nominals": "nominal_id,name / N1,Ada", **tables}.items():
        (path / f"{name}.csv").write_text(text.replace(" / ", "\n") + "\n", encoding="utf-8")
    (path / "about.toml").write_text(
        "as_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n", encoding="utf-8"
    )
    return path


def told(checked: Checked, rule: str) -> list[tuple[str, str, int]]:
    return [(f.column, next(f.problems()).value, len(f)) for f in checked.findings if f.rule.value == rule]


def areas(path: Path) -> pd.DataFrame:
    ocgnet("profile", path, "--out", path.parent / "p")
    return pd.read_csv(path.parent / "p" / "tables" / "areas.csv").set_index("name")


WARDS = "ward,district,population / St Mary's,Easter,8000 / St Mary's and Quay,Easter,9000 / Mill,Easter,9000"


def test_names_that_differ_in_their_signs_are_the_place_of_the_table(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "d",
        wards=WARDS,
        crimes="crime_id,offence_code,recorded_on,district,ward / K1,34B,2018-06-01,EASTER,ST MARY'S"
        " / K2,34B,2018-06-02,Easter,St. Mary's / K3,34B,2018-06-03,easter,Saint Mary’s & Quay"
        " / K4,34B,2018-06-04,,st marys / K5,34B,2018-06-05,Easter,Mill",
    )
    checked = check(path)
    assert not checked.errors
    assert told(checked, "spelling of a place") == [
        ("district", "EASTER", 1), ("district", "easter", 1), ("ward", "ST MARY'S", 1),
        ("ward", "Saint Mary’s & Quay", 1),
        ("ward", "St. Mary's", 1), ("ward", "st marys", 1),
    ]  # fmt: skip
    assert not told(checked, "place in no list")
    held = checked.dataset["crimes"]
    assert held["ward"].to_pylist() == ["St Mary's", "St Mary's", "St Mary's and Quay", "St Mary's", "Mill"]
    assert held["district"].to_pylist() == ["Easter", "Easter", "Easter", None, "Easter"]
    # Four crimes of 799.6289 each among 26,000 residents; the fifth has no district.
    found = areas(path)
    assert found.loc["Easter", "crimes"] == 4
    assert found.loc["Easter", "severity_per_1000"] == pytest.approx(4 * 799.6289 / 26, rel=1e-5)


def test_what_is_only_alike_is_told_with_the_near_name_and_never_joined(tmp_path: Path) -> None:
    checked = check(
        folder(
            tmp_path,
            wards=WARDS + " / Hill,Wester,100",
            crimes="crime_id,district,ward / K1,Easter,Mil / K2,Easter,Hill / K3,Eastre,Mill / K4,Easter,Zzyzx",
            nominals="nominal_id,district / N1,Eester / N2,Elsewhere",
        )
    )
    assert told(checked, "place in no list") == [
        ("district", "Eester", 1), ("district", "Eastre", 1), ("ward", "Hill", 1), ("ward", "Mil", 1),
        ("ward", "Mill", 1), ("ward", "Zzyzx", 1),
    ]  # fmt: skip
    remedies = {p.value: p.remedy for p in checked.warnings}
    assert "Is Mill meant?" in remedies["Mil"]
    assert "Is Easter meant?" in remedies["Eastre"]
    assert "meant" not in remedies["Zzyzx"]
    assert "the ward Hill in Wester, and not in Easter" in remedies["Hill"]
    assert checked.dataset["crimes"]["ward"].to_pylist() == ["Mil", "Hill", "Mill", "Zzyzx"]


def test_without_a_table_of_wards_the_spelling_of_most_rows_counts_in_all_tables(tmp_path: Path) -> None:
    checked = check(
        folder(
            tmp_path,
            crimes="crime_id,district,ward / K1,Easter,Mill / K2,Easter,Mill / K3,EASTER,MILL / K4,Wester,Mill.",
            intel_reports="report_id,district / R1,easter / R2,Wester",
            nominals="nominal_id,district / N1,EASTER",
        )
    )
    assert [checked.dataset[n]["district"].to_pylist() for n in ("crimes", "intel_reports", "nominals")] == [
        ["Easter", "Easter", "Easter", "Wester"], ["Easter", "Wester"], ["Easter"],
    ]  # fmt: skip
    # A ward of another district is another ward.
    assert checked.dataset["crimes"]["ward"].to_pylist() == ["Mill", "Mill", "Mill", "Mill."]


def test_one_ward_spelt_in_two_ways_in_its_own_table_is_a_duplicate(tmp_path: Path) -> None:
    checked = check(
        folder(tmp_path, wards="ward,district,population / Mill,Easter,90 / MILL,EASTER,90 / Hill,Easter,5")
    )
    assert [p.rule for p in checked.problems] == ["duplicate"]


@given(st.text(st.sampled_from("aB&.'’ -éÉst"), max_size=20))
def test_the_sign_of_a_sign_is_itself_and_case_is_none_of_it(name: str) -> None:
    assert sign_of(sign_of(name)) == sign_of(name) == sign_of(name.upper()) == sign_of(f" {name}  ")


TOTALS = (
    "ward,district,population / Harbour,Easter,10000 / Mill,Easter,10000 / Easter total,Easter,20000 / Hill,Wester,5000"
    " / All wards,Wester,5000 / Total,Total,25000"
)


def test_rows_of_totals_are_no_wards(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "d",
        wards=TOTALS,
        crimes="crime_id,offence_code,recorded_on,district,ward / K1,34B,2018-06-01,Easter,Harbour"
        " / K2,34B,2018-06-02,Easter,Mill / K3,49,2018-06-03,Wester,Hill",
    )
    checked = check(path)
    assert told(checked, "row of no record") == [("ward", "Easter total", 3)]
    assert [p.value for p in checked.warnings] == ["Easter total", "All wards", "Total"]
    assert all("residents) and is no ward" in p.remedy for p in checked.warnings)
    assert checked.dataset.left_out == (LeftOut("wards", "row of no record", 3),)
    assert checked.rows_in["wards"] == 6
    force = areas(path).loc["all"]
    assert force["population"] == 25_000
    # Two robberies and one theft among 25,000 residents.
    assert force["severity_per_1000"] == pytest.approx((2 * 799.6289 + 36.8099) / 25, rel=1e-5)


@pytest.mark.parametrize(
    ("rows", "wards"),
    [
        # A row named as its district, with the number of the others together.
        ("Mill,Easter,4 / Hill,Easter,5 / Easter,Easter,9", ["Hill", "Mill"]),
        ("Mill,Easter,4 / Hill,Wester,5 / Shire,Shire,9", ["Hill", "Mill"]),
        # Named as its district, but a ward: its number is no sum.
        ("Mill,Easter,4 / Hill,Easter,5 / Easter,Easter,7", ["Easter", "Hill", "Mill"]),
        # The number of one other is no sum, and neither is any number under another name.
        ("Mill,Easter,4 / Easter,Easter,4", ["Easter", "Mill"]),
        ("Mill,Easter,4 / Hill,Easter,5 / Quay,Easter,9", ["Hill", "Mill", "Quay"]),
        ("Mill,Easter,4 / GRAND TOTAL,Easter, / Total for Easter,Easter,17", ["Mill"]),
        ("Mill,Easter,4 / Unknown,Easter,3 / Hill,N/K,2", ["Mill"]),
        ("Totally Fields,Easter,4 / Allington,Easter,4", ["Allington", "Totally Fields"]),
    ],
)
def test_a_total_is_known_by_its_name_or_by_name_and_number(tmp_path: Path, rows: str, wards: list[str]) -> None:
    checked = check(folder(tmp_path, wards=f"ward,district,population / {rows}"))
    assert sorted(checked.dataset["wards"]["ward"].to_pylist()) == wards
    assert checked.rows_in["wards"] == len(wards) + sum(x.count for x in checked.dataset.left_out)


def test_a_last_row_of_totals_is_no_crime_and_nobody(tmp_path: Path) -> None:
    checked = check(
        folder(
            tmp_path,
            nominals="nominal_id,name / N1,Ada / Grand Total,1",
            crimes="crime_id,recorded_on / K1,2019-01-02 / TOTAL,1",
            memberships="nominal_id,ocg_id / N1,G1 / Total,G1",
            ocgs="ocg_id / G1",
        )
    )
    assert not checked.errors
    assert checked.dataset.rows == {"nominals": 1, "crimes": 1, "memberships": 1, "ocgs": 1}
    assert sum(x.count for x in checked.dataset.left_out) == 3
