"""What a check hands on: counts, rejects, the rows left out, the dates it judged by."""

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ocgnet.checks.check import LISTED, check, read_dataset
from ocgnet.dataset import LeftOut
from ocgnet.errors import RecordError, SourceError

SHARED = Path(__file__).parents[3] / "shared" / "data"


def folder(path: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text.replace(" / ", "\n") + "\n", encoding="utf-8")
    return path


def test_rows_that_refer_to_a_row_left_out_go_with_it(tmp_path: Path) -> None:
    folder(
        tmp_path,
        nominals="nominal_id,date_of_birth / N1,soon / N2,1980-01-01",
        intel_reports="report_id,grading_scheme,source_grade / R1,3x5x2,9 / R2,3x5x2,1",
        intel_links="person_id,report_id / N2,R1 / N2,R2 / N1,R2",
        associations="person_a,person_b,kind,report_id / N1,N2,phone, / N2,N1,phone,R1",
    )
    with pytest.raises(RecordError, match=r"2 problems stand in the records, the first in nominals.csv, line 2"):
        read_dataset(tmp_path)
    dataset, checked = read_dataset(tmp_path, skip_rejects=True)
    assert checked.errors == 2
    assert dataset.rows == {"nominals": 1, "intel_reports": 1, "intel_links": 1}
    assert dataset.left_out == (
        LeftOut("associations", "refers to a row of nominals that was refused", 2, refused=True),
        LeftOut("intel_links", "refers to a row of intel_reports that was refused", 1, refused=True),
        LeftOut("intel_links", "refers to a row of nominals that was refused", 1, refused=True),
        LeftOut("intel_reports", "grade", 1, refused=True),
        LeftOut("nominals", "date", 1, refused=True),
    )
    assert checked.rows_in == {"nominals": 2, "intel_reports": 2, "intel_links": 3, "associations": 2}


def test_rows_in_are_rows_kept_and_rows_left_out(tmp_path: Path) -> None:
    folder(tmp_path, nominals='nominal_id,name / N1,Ada / N2 / "N3"x,Cy / ,Dee / N1,Ada /  / N4,Eve,')
    dataset, checked = read_dataset(tmp_path, skip_rejects=True)
    assert dataset["nominals"]["nominal_id"].to_pylist() == ["N1"]
    assert checked.rows_in["nominals"] == 6 == 1 + sum(x.count for x in dataset.left_out)
    assert {x.why: x.count for x in dataset.left_out} == {
        "number of cells": 2, "quote": 1, "required": 1, "duplicate": 1,
    }  # fmt: skip


def test_of_two_versions_of_a_record_the_same_is_kept_whatever_the_order(tmp_path: Path) -> None:
    kept = []
    for k, rows in enumerate(("N1,Bob / N1,Ada / N1,Cy", "N1,Cy / N1,Bob / N1,Ada")):
        (tmp_path / str(k)).mkdir()
        dataset, checked = read_dataset(
            folder(tmp_path / str(k), nominals=f"nominal_id,name / {rows}"), skip_rejects=True
        )
        assert [p.row for p in checked.problems] == [3, 4]
        assert "another name" in checked.problems[0].remedy
        kept.append((dataset["nominals"]["name"].to_pylist(), dataset.fingerprint))
    assert kept[0] == kept[1]
    assert kept[0][0] == ["Ada"]


def test_a_file_that_cannot_be_used_is_not_skipped(tmp_path: Path) -> None:
    folder(tmp_path, nominals="nominal_id,name / N1,Ada", ocgs='ocg_id,name / G1,"open')
    with pytest.raises(RecordError, match=r"ocgs.csv, line 2: A quote on line 2 is never closed"):
        read_dataset(tmp_path, skip_rejects=True)


def test_no_reference_is_looked_up_in_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    folder(tmp_path, nominals="name / Ada", ocgs="ocg_id / G1", memberships="nominal_id,ocg_id / N1,G1")
    assert [(p.file, p.rule) for p in check(tmp_path).problems] == [("nominals.csv", "missing column")]


def test_a_million_problems_are_counted_and_some_listed(tmp_path: Path) -> None:
    rows = "\n".join(f"N{k},1.1.1980" for k in range(LISTED + 5))
    folder(tmp_path, nominals=f"nominal_id,date_of_birth\n{rows}")
    checked = check(tmp_path)
    assert checked.errors == LISTED + 5
    assert len(checked.problems) == LISTED
    assert [p.row for p in checked.rejects()] == list(range(2, LISTED + 7))


def test_rejects_come_by_file_and_row(tmp_path: Path) -> None:
    folder(tmp_path, nominals="nominal_id,date_of_birth / ,soon / N2 / N3,soon / ,1980-01-01")
    assert [(p.row, p.rule) for p in check(tmp_path).rejects()] == [
        (2, "date"), (2, "required"), (3, "number of cells"), (4, "date"), (5, "required"),
    ]  # fmt: skip


def test_as_of_is_asked_then_declared_then_latest(tmp_path: Path) -> None:
    folder(
        tmp_path,
        nominals="nominal_id / N1",
        crimes="crime_id,recorded_on / C1,2010-03-01 / C2,2010-02-30 / C3,2009-01-01",
        children="child_id,date_of_birth / K1,1995-03-01",
    )
    assert check(tmp_path).period.as_of == date(2010, 3, 1)
    (tmp_path / "about.toml").write_text("as_of = 2013-02-28\n")
    assert check(tmp_path).period.as_of == date(2013, 2, 28)
    assert "child over 18" not in {p.rule for p in check(tmp_path).warnings}
    assert [p.rule for p in check(tmp_path, as_of=date(2013, 3, 1)).warnings] == ["child over 18"]


def test_parquet_and_csv_mix_but_not_for_one_table(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder(tmp_path, nominals="nominal_id / N1")
    pq.write_table(pa.table({"ocg_id": ["G1"]}), tmp_path / "ocgs.parquet")
    assert read_dataset(tmp_path)[0].rows == {"nominals": 1, "ocgs": 1}
    pq.write_table(pa.table({"nominal_id": ["N2"]}), tmp_path / "nominals.parquet")
    assert [(p.file, p.rule) for p in check(tmp_path).problems] == [("nominals.parquet", "table given twice")]


def test_an_empty_folder_is_told_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"Put nominals.csv into it"):
        check(tmp_path)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real networks are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("london_gang", {"nominals": 54, "ocgs": 1, "memberships": 54, "associations": 315}),
        ("caviar", {"nominals": 110, "ocgs": 1, "memberships": 110, "associations": 295}),
        ("stlouis_crime", {"nominals": 870, "crimes": 553, "crime_links": 1528}),
    ],
)
def test_real_networks_are_read_as_they_are(name: str, rows: dict[str, int]) -> None:
    dataset, checked = read_dataset(SHARED / name)
    assert dataset.rows == rows
    unknown = [] if name == "stlouis_crime" else ["truth.csv"]
    assert [p.file for p in checked.warnings] == unknown
    with (SHARED / name / "nominals.csv").open(newline="", encoding="utf-8") as file:
        ids = sorted(row["nominal_id"] for row in csv.DictReader(file))
    assert dataset["nominals"]["nominal_id"].to_pylist() == ids


def test_a_check_does_not_load_pandas(tmp_path: Path) -> None:
    folder(
        tmp_path,
        nominals="nominal_id,name,date_of_birth / N1,Ada,1980-01-01 / ,,soon",
        ocgs="ocg_id",
        crimes="crime_id,recorded_on,latitude,longitude,offence_code,flags / C1,2019-01-01,1,2,28A,knife / C2,,,,,",
        intel_reports="report_id,grading_scheme,source_grade,reported_on / R1,3x5x2,1,2019-01-01",
        children="child_id,date_of_birth / K1,2010-01-01",
        family_links="adult_id,child_id,relationship,verified / N1,K1,parent,yes",
        missing_episodes="child_id,missing_from,found_at / K1,2019-01-01T10:00,2019-01-02",
    )
    program = (
        f"import sys; from ocgnet.checks.check import check; check({str(tmp_path)!r}); print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
