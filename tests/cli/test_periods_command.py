"""Periods through the program: what a figure is compared with, and what makes ties."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from ready import ocgnet

QUARTER = ("--from", "2019-01-01", "--to", "2019-03-31")


def written(path: Path, head: str, rows: list[str]) -> None:
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")


@pytest.fixture
def level(tmp_path: Path) -> Path:
    """Four crimes in each of 27 months, two people in each, one disruption a month, and a report without a date."""
    folder = tmp_path / "level"
    folder.mkdir()
    days = [date(2017, 1, 1) + timedelta(days=i) for i in range(820)]
    days = [d for d in days if d.day in (3, 9, 15, 21) and d <= date(2019, 3, 31)]
    (folder / "about.toml").write_text('force = "Level"\nsynthetic = true\nas_of = 2019-03-31\n', encoding="utf-8")
    written(folder / "nominals.csv", "nominal_id,name", ["A,Ann", "B,Bo", "C,Cy"])
    written(folder / "ocgs.csv", "ocg_id,name,mapped_on", ["G,Group,2015-01-01"])
    written(folder / "memberships.csv", "nominal_id,ocg_id,from_date", ["A,G,2015-01-01", "B,G,2015-01-01"])
    written(folder / "crimes.csv", "crime_id,offence_code,recorded_on", [f"K{d:%y%m%d},34B,{d}" for d in days])
    written(
        folder / "crime_links.csv",
        "person_id,crime_id,link_role",
        [f"{p},K{d:%y%m%d},suspect" for d in days for p in "AB"],
    )
    written(
        folder / "disruptions.csv",
        "disruption_id,ocg_id,happened_on,level,strand",
        [f"D{d:%y%m},G,{d},minor,pursue" for d in days if d.day == 9],
    )
    written(folder / "intel_reports.csv", "report_id,reported_on", ["R1,"])
    written(folder / "intel_links.csv", "person_id,report_id", ["A,R1", "C,R1"])
    return folder


def document(out: Path) -> dict:
    return json.loads((out / "run.json").read_text(encoding="utf-8"))


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("asked", "days", "told"),
    [
        ((), ["2018-10-01", "2018-12-31"], "01/10/2018 to 31/12/2018"),
        (("--compare-to", "same-period-last-year"), ["2018-01-01", "2018-03-31"], "01/01/2018 to 31/03/2018"),
    ],
)
def test_a_quarter_of_level_crime_did_not_change(level: Path, tmp_path: Path, asked, days, told) -> None:
    said = ocgnet("profile", level, *QUARTER, *asked, "--out", "p", cwd=tmp_path)
    found = document(tmp_path / "p")
    assert found["periods"]["before"] == days
    assert found["figures"]["severity_change"] == found["figures"]["volume_change"] == 0
    assert found["figures"]["disruptions"] == found["figures"]["disruptions_before"] == 3
    assert f"harm did not change (9,596 from {told}" in " ".join(said.split())
    assert f"and the number of crimes did not change against {told}" in (tmp_path / "p" / "report.html").read_text(
        "utf-8"
    )
    ocgnet("analyse", level, *QUARTER, *asked, "--out", "a", cwd=tmp_path)
    found = document(tmp_path / "a")
    assert [found["before"]["from"], found["before"]["to"]] == days
    assert found["figures"]["disruptions_before"] == 3
    page = (tmp_path / "a" / "report.html").read_text("utf-8")
    assert f"3 disruptions were recorded from 01/01/2019 to 31/03/2019 (3 from {told})" in page


def test_no_change_is_made_of_missing_records(level: Path, tmp_path: Path) -> None:
    """The records begin on 03/01/2017: the year 2017/18 has a year before it that they do not cover."""
    days = ("--from", "2017-04-01", "--to", "2018-03-31")
    said = " ".join(ocgnet("profile", level, *days, "--out", "p", cwd=tmp_path).split())
    found = document(tmp_path / "p")
    assert found["figures"]["severity_change"] is None
    assert found["figures"]["volume_change"] is None
    assert found["figures"]["disruptions_before"] is None
    assert "harm rose" not in said
    assert "harm fell" not in said
    assert "crimes are recorded from 03/01/2017 to 21/03/2018 only" in said
    assert found["record_dates"]["crimes"] == {
        "first": "2017-01-03", "last": "2018-03-21", "dated": 60, "undated": 0, "later": 48,
    }  # fmt: skip
    page = (tmp_path / "p" / "report.html").read_text("utf-8")
    assert "From when to when the records run" in page
    assert "03/01/2017" in page
    said = " ".join(ocgnet("analyse", level, *days, "--out", "a", cwd=tmp_path).split())
    found = document(tmp_path / "a")
    assert found["figures"]["disruptions_before"] is None
    assert found["figures"]["holdout_crime_share"] is None if "holdout_crime_share" in found["figures"] else True
    assert "disruptions are recorded from 09/01/2017 to 09/03/2018 only" in said
    assert found["record_dates"]["disruptions"]["first"] == "2017-01-09"
    assert {r["direction"] for r in rows(tmp_path / "a", "paths")} <= {"too few snapshots"}


def test_a_period_that_the_records_do_not_fill_has_no_trend(level: Path, tmp_path: Path) -> None:
    days = ("--from", "2019-01-01", "--to", "2019-06-30", "--as-of", "2019-06-30")
    said = " ".join(ocgnet("profile", level, *days, "--out", "p", cwd=tmp_path).split())
    assert document(tmp_path / "p")["figures"]["volume_change"] is None
    assert "to 21/03/2019 only" in said


def test_the_network_is_made_of_all_records_whatever_the_period(level: Path, tmp_path: Path) -> None:
    said = " ".join(ocgnet("analyse", level, *QUARTER, "--out", "a", cwd=tmp_path).split())
    ties = {(r["person_a"], r["person_b"]): r for r in rows(tmp_path / "a", "ties")}
    # 108 crimes tie A and B, and the report without a date A and C; the figures hold the 12 crimes of the quarter.
    assert {pair: float(t["weight"]) for pair, t in ties.items()} == {("A", "B"): 108, ("A", "C"): 1}
    assert [r["evidence_crimes"] for r in rows(tmp_path / "a", "roles")] == ["108", "108", "0"]
    assert [r["crimes"] for r in rows(tmp_path / "a", "people")] == ["12", "12", "0"]
    assert document(tmp_path / "a")["figures"]["linked_crimes"] == 12
    assert "Outside a period: 1 of intel reports (no date: in the network, in no figure of the period); " in said
    assert "96 of crimes (outside 01/01/2019 to 31/03/2019: in the network, in no figure)" in said
    said = " ".join(
        ocgnet("analyse", level, *QUARTER, "--network-from", "2019-01-01", "--out", "b", cwd=tmp_path).split()
    )
    assert {(r["person_a"], r["person_b"]): float(r["weight"]) for r in rows(tmp_path / "b", "ties")} == {
        ("A", "B"): 12
    }
    assert "1 of intel reports (no date, so in no period)" in said
    assert document(tmp_path / "b")["network_period"] == {"from": "2019-01-01", "to": "2019-03-31"}


def test_two_periods_side_by_side_have_each_their_own_network(level: Path, tmp_path: Path) -> None:
    said = ocgnet("network", level, *QUARTER, "--before", "--out", "c.html", cwd=tmp_path)
    assert "0 ties are new, 1 were kept and 0 are gone since 01/10/2018 to 31/12/2018" in " ".join(said.split())
    refused = ocgnet(
        "network", level, *QUARTER, "--before", "--network-from", "2018-01-01", "--out", "d.html", cwd=tmp_path, code=2
    )
    assert "leave out --network-from" in " ".join(refused.split())
    early = ocgnet(
        "network", level, "--from", "2017-04-01", "--to", "2018-03-31", "--before", "--out", "e.html", cwd=tmp_path
    )
    assert "New or gone may only mean recorded or not: crimes are recorded from 03/01/2017" in " ".join(early.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--compare-to", "last-year"), "same-period-last-year"),
        (("--compare-to", "2018-03-31"), "--compare-from begins"),
        (("--network-from", "2020-01-01"), "after 2019-03-31, the day of judgement"),
        (("--from", "2017-01-01", "--to", "2019-03-31", "--compare-to", "same-period-last-year"), "longer than a year"),
        (("--to", "2019-03-31", "--as-of", "2019-03-30"), "nothing later counts"),
    ],
)
def test_periods_that_cannot_be_are_refused(level: Path, tmp_path: Path, words, told) -> None:
    assert told in " ".join(ocgnet("analyse", level, *words, "--out", "a", cwd=tmp_path, code=2).split())
    assert not (tmp_path / "a").exists()
