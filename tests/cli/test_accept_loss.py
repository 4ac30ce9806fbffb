"""Rows that were left out because they could not be read: how many, what fell with them, and what is not known then.

Worked on paper, from the tiny folder: crime K1 (three links) and child C2 (two family links, three experiences, one
missing episode, one referral, one report that names it) are refused.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ocgnet.checks.check import check
from ocgnet.cli.options import accepted_losses
from ocgnet.dataset import LeftOut, Loss
from ocgnet.errors import RecordError, UsageError
from ocgnet.local_profile.profile import profile_of
from ocgnet.main_job import analyse
from ocgnet.model import TABLES
from ocgnet.model.response import RESPONSE_TABLES
from ocgnet.results import RESULT_TABLES
from ocgnet.results.rests_on import COUNTS, FIGURES, rests_on
from ocgnet.results.rests_on import TABLES as RESTS
from ocgnet.settings import Settings
from ocgnet.sources import SourceFile
from ocgnet.store.contract import LoadManifest
from ocgnet.store.merging import ForceState, next_state
from ocgnet.views.chart.html import chart_html
from ocgnet.views.chart.payload import chart_payload
from ocgnet.views.profile.folder import write_profile_workbook
from ocgnet.views.profile.page import profile_html
from ocgnet.views.report import report_html
from ocgnet.views.workbook import write_workbook
from ready import ocgnet

pytestmark = pytest.mark.long

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
LOST = {
    "crimes": (1, 8), "crime_links": (3, 20), "children": (1, 3), "family_links": (2, 5), "child_aces": (3, 7),
    "missing_episodes": (1, 1), "referrals": (1, 1), "intel_links": (1, 18),
}  # fmt: skip
"""Rows lost, of how many, by table."""
FALLEN = {name: n for name, (n, _) in LOST.items() if name not in ("crimes", "children")}


def damaged(out: Path) -> Path:
    """Write the tiny folder with a day that is none in crime K1 and in child C2."""
    shutil.copytree(TINY, out)
    for name, old, new in (("crimes", "2018-05-20", "2018-13-20"), ("children", "2018-12-27", "99-12-27")):
        file = out / f"{name}.csv"
        text = file.read_text("utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")
    return out


BAD = RecordError.exit_code
ACCEPT = [w for name in LOST for w in ("--accept-loss", f"{name}=1")]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Give the folder in which every command ran over the damaged records, and what each printed."""
    place = tmp_path_factory.mktemp("lost")
    damaged(place / "data")
    said = {"stopped": ocgnet("analyse", "data", "--skip-rejects", "--out", "none", cwd=place, code=BAD)}
    for words in (
        ("analyse", "data", "--out", "a"),
        ("profile", "data", "--out", "p"),
        ("network", "data", "--out", "n.html"),
        ("roles", "data"),
        ("concentration", "data", "--format", "csv"),
        ("children", "data"),
        ("load", "data", "--store", "s.duckdb"),
    ):
        said[words[0]] = ocgnet(*words, "--skip-rejects", *ACCEPT, cwd=place)
    said["of store"] = ocgnet("analyse", "--store", "s.duckdb", "--out", "b", cwd=place)
    return place, said


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))


def words(name: str) -> str:
    lost, rows = LOST[name]
    return f"{name}: {lost} of {rows} rows ({lost / rows:.0%}) could not be read"


def test_too_much_loss_stops_the_command_and_names_each_table_with_the_option(run):
    place, said = run
    assert not (place / "none").exists()
    told = " ".join(said["stopped"].split())
    for name in LOST:
        assert words(name) in told
        assert f"--accept-loss {name}=" in told


def test_what_is_accepted_stands_in_every_view(run):
    place, said = run
    for what in ("analyse", "profile", "network", "roles", "concentration", "children", "load", "of store"):
        assert words("crime_links") in " ".join(said[what].split()), what
    for file in ("a/report.html", "a/network.html", "p/report.html", "n.html", "b/report.html"):
        assert words("crime_links") in " ".join((place / file).read_text("utf-8").split()), file
    for file in ("a/workbook.xlsx", "p/workbook.xlsx"):
        with zipfile.ZipFile(place / file) as parts:
            shown = parts.read("xl/sharedStrings.xml").decode()
        # The title block, the finding, and the line above the table of each sheet that rests on it.
        assert len(re.findall(re.escape(words("crime_links")), shown)) >= 3, file


@pytest.mark.parametrize("out", ["a", "b"])
def test_what_rests_on_them_is_unknown_and_never_nought(run, out):
    place, _ = run
    document = json.loads((place / out / "run.json").read_text("utf-8"))
    figures, unknown = document["figures"], document["unknown"]
    for name in ("linked_crimes", "linked_reports", "children", "parents", "top_nominals_crime_share"):
        assert figures[name] is None, name
        assert "could not be read" in unknown[name]
        assert document["figure_details"][name]["numerator"] is None
    assert unknown["linked_crimes"] == f"{words('crime_links')}; {words('crimes')}"
    assert set(document["network"].values()) == {None}
    assert words("crime_links") in document["network_unknown"]
    # What rests on other tables is as it was: two groups, three of the year before, seven members.
    assert (figures["ocgs"], figures["ocgs_change"], figures["nominals"]) == (2, -1, 7)
    assert {(x["table"], x["lost"], x["rows"]) for x in document["losses"]} == {(n, *v) for n, v in LOST.items()}
    people = rows_of(place / out / "tables/people.csv")
    assert "0" not in {cell for row in people for cell in (row["crimes"], row["reports"], row["harm"])}


def test_no_headline_says_that_there_is_nothing(run):
    _, said = run
    for what in ("analyse", "of store"):
        told = " ".join(said[what].split())
        assert "No tie joins" not in told
        assert "0 children" not in told
        assert "How many ties there are is not known" in told
        assert "The number of children linked to these nominals is not known" in told
    assert "No child is linked" not in said["children"]


def test_the_profile_knows_no_more(run):
    place, _ = run
    document = json.loads((place / "p/run.json").read_text("utf-8"))
    for name in ("linked_crimes", "children", "severity_total", "nrm_referrals", "victims_few"):
        assert document["figures"][name] is None, name
        assert "could not be read" in document["unknown"][name]
    for table in ("areas", "offences", "referrals", "victim_ages"):
        assert len((place / "p/tables" / f"{table}.csv").read_text("utf-8").splitlines()) == 1, table


def test_a_row_that_fell_with_another_is_listed_and_counted_with_the_reason(run):
    place, _ = run
    listed = rows_of(place / "rejects.csv")
    fell = [r for r in listed if r["rule"] == "refers to a row left out"]
    counts = {n: sum(r["file"] == f"{n}.csv" for r in fell) for n in FALLEN}
    assert counts == FALLEN
    of_links = {(r["row"], r["value"]) for r in fell if r["file"] == "crime_links.csv"}
    assert of_links == {(f"{n}", "K1") for n in (2, 3, 4)}
    left_out = {(r["what"], r["why"]): int(r["count"]) for r in rows_of(place / "a/tables/left_out.csv")}
    for name, n in FALLEN.items():
        parent = "crimes" if name == "crime_links" else "children"
        assert left_out[name, f"refers to a row of {parent} that was refused"] == n


def test_a_small_loss_is_said_and_stops_nothing(tmp_path):
    data = shutil.copytree(TINY, tmp_path / "data")
    rows = "\n".join(f"W{i},Easter,{100 + i}" for i in range(99))
    (data / "wards.csv").write_text(f"ward,district,population\n{rows}\nbad,Easter,many\n", encoding="utf-8")
    said = " ".join(ocgnet("analyse", "data", "--skip-rejects", "--out", "a", cwd=tmp_path).split())
    assert "At least are figures that rest on wards: 1 of 100 rows (1%) could not be read." in said
    figures = json.loads((tmp_path / "a/run.json").read_text("utf-8"))
    assert figures["unknown"] == {}
    assert figures["figures"]["linked_crimes"] == 6
    limit = tmp_path / "own.toml"
    limit.write_text("loss_limit = 0.005\n", encoding="utf-8")
    ocgnet("analyse", "data", "--skip-rejects", "--settings", limit, "--out", "b", cwd=tmp_path, code=BAD)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["crime_link=0.5"], "did you mean crime_links"),
        (["crimes"], "number above 0"),
        (["crimes=0"], "number above 0"),
        (["crimes=1.5"], "number above 0"),
        (["crimes=nan"], "number above 0"),
        (["crimes=half"], "number above 0"),
        (["crimes=0.5", "crimes=0.6"], "twice"),
    ],
)
def test_a_wrong_option_is_refused(given, says):
    with pytest.raises(UsageError, match=says):
        accepted_losses(given, skip_rejects=True)


def test_the_option_goes_with_skip_rejects():
    with pytest.raises(UsageError, match="--skip-rejects"):
        accepted_losses(["crimes=0.5"], skip_rejects=False)


def test_a_share_below_the_loss_does_not_accept_it(tmp_path):
    damaged(tmp_path / "data")
    less = ["--accept-loss" if w == "--accept-loss" else w.replace("crime_links=1", "crime_links=0.1") for w in ACCEPT]
    said = ocgnet("analyse", "data", "--skip-rejects", *less, "--out", "a", cwd=tmp_path, code=BAD)
    told = " ".join(said.split())
    assert "too much of the records could not be read: crime_links: 3 of 20 rows (15%)" in told
    assert "--accept-loss crime_links=0.15" in told


def lost_dataset(*names: str):
    dataset = check(TINY).dataset
    return replace(dataset, left_out=tuple(LeftOut(n, "date", 10**6, refused=True) for n in sorted(names)))


@pytest.mark.parametrize("names", [tuple(TABLES), *((n,) for n in TABLES)], ids=lambda n: " ".join(n[:2]))
def test_every_view_holds_whatever_is_lost(names, tmp_path):
    dataset = lost_dataset(*names)
    found = analyse(dataset, Settings(resamples=10, bootstrap_draws=100, null_draws=100))
    for name, figure in found.figures.items():
        touched = rests_on(name) is None or set(names) & set(rests_on(name))
        assert bool(figure.unknown) == bool(touched), name
        assert not (figure.unknown and figure.value is not None), name
    for page in (report_html(found), chart_html(chart_payload(found))):
        assert "1,000,0" in page
    write_workbook(tmp_path / "book.xlsx", found)
    with zipfile.ZipFile(tmp_path / "book.xlsx") as parts:
        assert "1,000,0" in parts.read("xl/sharedStrings.xml").decode()
    profile = profile_of(dataset)
    assert "1,000,0" in profile_html(profile)
    write_profile_workbook(tmp_path / "w.xlsx", profile)
    for name, figure in profile.figures.items():
        touched = rests_on(name) is None or set(names) & set(rests_on(name))
        assert bool(figure.unknown) == bool(touched), name


def test_what_an_answer_rests_on_is_declared_for_every_answer():
    dataset = check(TINY).dataset
    figures = {*analyse(dataset, Settings(resamples=10)).figures, *profile_of(dataset).figures}
    assert not [f for f in figures if rests_on(f) is None]
    declared = {t for tables in (*dict(FIGURES).values(), *RESTS.values(), *COUNTS.values()) for t in tables}
    assert declared <= set(TABLES)
    of_profile = {"disruptions", "priorities", "nrm_stages", "threats", "intelligence_gaps"}
    of_commands = {"plan_actions", *(t.name for t in RESPONSE_TABLES)} - of_profile
    assert set(TABLES) - declared == of_commands, "shown by plan, case and prioritise, which say what was left out"
    assert {"roles", "people", "concentration", "children", "communities", "ties"} <= set(RESTS) & set(RESULT_TABLES)


def test_a_later_load_that_cannot_have_mended_a_loss_keeps_it():
    dataset = check(TINY).dataset
    lossy = replace(dataset, left_out=(LeftOut("crimes", "date", 4, refused=True),))
    manifest = LoadManifest((SourceFile("crimes.csv", "x", 12),), "1")
    before = ForceState(lossy.about, lossy.left_out, lossy.given, manifest)
    few = LoadManifest((SourceFile("crimes.csv", "y", 8),), "1")
    whole = LoadManifest((SourceFile("crimes.csv", "y", 12),), "1")
    assert next_state(before, dataset, few, replace=False).left_out == lossy.left_out
    assert next_state(before, dataset, whole, replace=False).left_out == ()
    assert next_state(before, dataset, few, replace=True).left_out == ()
    wards = replace(dataset, given=frozenset({"wards"}))
    assert next_state(before, wards, whole, replace=False).left_out == lossy.left_out
    assert ForceState.from_json(before.to_json()) == before


def test_a_loss_in_words():
    assert str(Loss("crime_links", 4210, 6000)) == "crime_links: 4,210 of 6,000 rows (70%) could not be read"
    assert "(99.99%)" in str(Loss("a", 9999, 10000))
    assert "(0.01%)" in str(Loss("a", 1, 10000))
