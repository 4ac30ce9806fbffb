"""The command: its files, its options, and what it says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.errors import OutputError, RecordError, SourceError, UsageError
from ocgnet.local_profile.profile import profile_of

pytestmark = pytest.mark.long

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
COUNTY = Path(__file__).parents[2] / "fixtures" / "county"


def run(*arguments: object):
    done = CliRunner().invoke(app, ["profile", *map(str, arguments)], catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def figures(out):
    return json.loads((out / "run.json").read_text(encoding="utf-8"))["figures"]


def test_it_writes_a_whole_profile_and_replaces_its_own(tmp_path):
    out = tmp_path / "out"
    told = run(COUNTY, "--out", out)
    assert told.startswith("OFFICIAL-SENSITIVE · SYNTHETIC DATA")
    assert (
        "38 organised crime groups were mapped (42 on 31/03/2018) with 207 nominals (137 on 31/03/2018)"
        in told.replace("\n", " ")
    )
    assert {p.name for p in out.iterdir()} == {"report.html", "workbook.xlsx", "run.json", "files.json", "tables"}
    first = {p.name: p.read_bytes() for p in (out / "tables").iterdir()}
    run(COUNTY, "--out", out)
    assert {p.name: p.read_bytes() for p in (out / "tables").iterdir()} == first
    assert oct((out / "report.html").stat().st_mode & 0o777) == "0o600"
    told_of = openpyxl.load_workbook(out / "workbook.xlsx", read_only=True).properties
    assert told_of.title.startswith("Lyonmere Constabulary: harm ")


def test_a_store_gives_the_same_figures_as_the_folder(tmp_path):
    store = tmp_path / "tiny.duckdb"
    done = CliRunner().invoke(app, ["load", str(TINY), "--store", str(store)])
    assert done.exit_code == 0, done.output
    run(TINY, "--out", tmp_path / "a")
    run("--store", store, "--out", tmp_path / "b")
    assert figures(tmp_path / "a") == figures(tmp_path / "b")
    assert (tmp_path / "a" / "report.html").read_bytes() == (tmp_path / "b" / "report.html").read_bytes()


def test_another_period_of_the_same_records_beside_it(tmp_path):
    out = tmp_path / "out"
    days = ("--compare-from", "2017-04-01", "--compare-to", "2018-03-31")
    told = run(COUNTY, "--out", out, "--compare", COUNTY, *days)
    assert "Compared with Lyonmere Constabulary, 01/04/2017 to 31/03/2018" in told.replace("\n", " ")
    rows = (out / "tables" / "comparison.csv").read_text(encoding="utf-8").splitlines()
    nominals = next(r for r in rows if r.startswith("nominals,"))
    assert ",207," in nominals
    assert ",137," in nominals
    assert ",higher," in nominals
    children = next(r for r in rows if r.startswith("ocgs,"))
    assert "no clear difference" in children


def test_a_finished_profile_beside_it(tmp_path):
    run(TINY, "--out", tmp_path / "tiny")
    told = run(COUNTY, "--out", tmp_path / "out", "--compare", tmp_path / "tiny")
    assert "Compared with Tiny example" in told
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "too few to say" in page
    assert "Two forces differ in size" in page
    days = ("--compare-from", "2017-04-01", "--compare-to", "2018-03-31")
    with pytest.raises(UsageError, match="whose period is fixed"):
        run(COUNTY, "--out", tmp_path / "o", "--compare", tmp_path / "tiny", *days)


def test_other_weights_are_named_on_the_page(tmp_path):
    from ocgnet.harm import weights

    file = tmp_path / "flat.csv"
    file.write_text("offence_code,weight\n" + "".join(f"{c},1\n" for c in weights()), encoding="utf-8")
    run(TINY, "--out", tmp_path / "out", "--weights", file)
    assert "weights of the file flat.csv" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert figures(tmp_path / "out")["severity_total"] == 6  # the crimes of the year with a code: K1 to K4, K6, K7


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        ((TINY, "--compare-to", "2018-03-31"), UsageError, "--compare-from begins: give both"),
        ((TINY, "--compare-to", "last-year"), UsageError, "same-period-last-year"),
        ((TINY, "--compare-from", "2017-04-01", "--compare-to", "2018-03-31"), UsageError, "give --compare too"),
        ((TINY, "--before-from", "2018-03-31"), UsageError, "Give both"),
        ((TINY, "--weights", "/nowhere/w.csv"), SourceError, "cannot be read"),
        ((TINY, "--compare", "/nowhere/at/all.duckdb"), Exception, "no store"),
        ((), UsageError, "Say where the records are"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, arguments, error, told):
    with pytest.raises(error, match=told):
        run(*arguments, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"letter\.txt"):
        run(TINY, "--out", tmp_path)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_records_with_errors_stop_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "nominals.csv").write_text("nominal_id\nN1\n", encoding="utf-8")
    (folder / "crimes.csv").write_text("crime_id,offence_code,recorded_on\nK1,4 1,2019-01-01\n", encoding="utf-8")
    with pytest.raises(RecordError, match="1 problems"):
        run(folder, "--out", tmp_path / "out")


def test_the_same_records_give_the_same_figures_to_the_last_digit():
    dataset = read_dataset(TINY)[0]
    assert len({profile_of(dataset).run_id for _ in range(12)}) == 1
