"""The commands about priorities on a small folder: scores are recorded once, logged, kept, and never about a child."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from ocgnet.analysis.response.priorities import prioritise
from ocgnet.analysis.response.priority_schemes import shipped_scheme
from ocgnet.analysis.response.tasking import previous_of, tasking_of
from ocgnet.audit.read import acts
from ocgnet.checks.check import check
from ocgnet.cli.app import app
from ocgnet.errors import OcgnetError, OutputError, UsageError
from ocgnet.views.priorities.ranked import json_of
from ocgnet.views.priorities.tasking_page import tasking_html

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
DECIDED = ("--by", "DI Rowe", "--reason", "Petition of residents", "--on", "2019-03-30")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(TINY, tmp_path / "data")
    (tmp_path / "data" / "scores.csv").unlink(missing_ok=True)
    return tmp_path


def run(*words: object) -> str:
    done = CliRunner().invoke(app, ["prioritise", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def score(*words: object, component: str = "community", value: float = 3, decided: tuple[str, ...] = DECIDED) -> str:
    return run("score", "data", *words, "--component", component, "--score", value, *decided)


def scores(home: Path) -> list[dict[str, str]]:
    with (home / "data" / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shown(*words: object) -> dict:
    return json.loads(CliRunner().invoke(app, ["prioritise", "show", "data", "--format", "json", *words]).stdout)


def of(document: dict, subject: str, kind: str = "group") -> dict:
    return next(s for s in document["rankings"][kind]["subjects"] if s["subject_id"] == subject)


def component(subject: dict, name: str) -> dict:
    return next(c for c in subject["components"] if c["component"] == name)


def test_a_score_is_recorded_once_and_logged_and_raises_the_total(home, log_file):
    before = of(shown(), "G1")
    assert "community of group G1 is scored 3 of 4 by DI Rowe." in score("G1")
    assert "Nothing was changed." in score("G1")
    (row,) = scores(home)
    assert row == {
        "scheme": "ocgnet-priorities", "version": "1", "subject_kind": "group", "subject_id": "G1",
        "component": "community", "scored_on": "2019-03-30", "score": "3", "assessor": "DI Rowe",
        "reason": "Petition of residents",
    }  # fmt: skip
    act = next(a for a in acts(log_file) if a.kind == "score")
    assert (act.end, act.by, act.reason) == ("done", "DI Rowe", "Petition of residents")
    assert (act.facts["subject"], act.facts["before"], act.facts["after"]) == ("group G1", "none", "3")
    after = of(shown(), "G1")
    assert component(before, "community")["score"] is None
    told = component(after, "community")
    assert (told["score"], told["used"], told["assessor"], told["scored_on"]) == (
        3,
        "assessor",
        "DI Rowe",
        "2019-03-30",
    )
    assert after["lowest"] > before["lowest"]
    assert after["highest"] < before["highest"]


def test_a_later_score_is_a_row_of_its_own_and_one_of_the_same_day_takes_its_place(home):
    score("G1")
    assert "before it 3 by DI Rowe on 2019-03-30" in score("G1", value=1, decided=(*DECIDED[:5], "2019-03-31"))
    score("G1", value=2, decided=(*DECIDED[:5], "2019-03-31"))
    assert [(r["scored_on"], r["score"]) for r in scores(home)] == [("2019-03-30", "3"), ("2019-03-31", "2")]
    with pytest.raises(UsageError, match="DI Rowe scored community of G1 on 2019-03-31 already: 2"):
        score("G1", value=4, decided=("--by", "DI Other", "--reason", "x", "--on", "2019-03-31"))


def test_the_records_score_stands_beside_the_assessors(home):
    before = component(of(shown(), "G1"), "frequency")
    score("G1", component="frequency", value=0)
    told = component(of(shown(), "G1"), "frequency")
    assert (told["score"], told["used"], told["data_score"]) == (0, "assessor", before["data_score"])
    assert before["data_score"] > 0
    assert f"{before['data_score']:g} by the records" in run("show", "data", "--subject", "G1")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("score", "data", "C1", "--component", "community", "--score", 1, *DECIDED),
            "a child is safeguarded, not tasked",
        ),
        (
            ("score", "data", "G9", "--component", "community", "--score", 1, *DECIDED),
            "no group or threat or person G9",
        ),
        (("score", "data", "G1", "--component", "communty", "--score", 1, *DECIDED), "did you mean community"),
        (("score", "data", "G1", "--component", "community", "--score", 4.5, *DECIDED), "give a number from 0 to 4"),
        (("score", "data", "G1", "--component", "community", "--score", "nan", *DECIDED), "give a number from 0 to 4"),
        (("score", "data", "N01", "--component", "pressure", "--score", 1, *DECIDED), "it counts for group"),
        (("show", "data", "--kind", "person", "--subject", "C1"), "is not ranked on"),
    ],
    ids=lambda w: w if isinstance(w, str) else w[2],
)
def test_what_is_refused_changes_nothing(home, words, told):
    with pytest.raises(UsageError, match=told):
        run(*words)
    assert not (home / "data" / "scores.csv").exists()


def test_a_restricted_person_is_neither_scored_nor_ranked(home):
    ranked = {s["subject_id"] for s in shown("--kind", "person")["rankings"]["person"]["subjects"]}
    assert "N01" in ranked
    decided = ["--by", "A", "--reason", "b", "--because", "accuracy"]
    done = CliRunner().invoke(app, ["review", "restrict", "data", "N01", *decided], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with pytest.raises(UsageError, match="Processing of N01 is restricted"):
        score("N01")
    after = shown("--kind", "person")
    assert "N01" not in {s["subject_id"] for s in after["rankings"]["person"]["subjects"]}
    assert {"what": "nominals", "why": "processing restricted", "count": 1} in after["left_out"]


def test_scores_of_another_scheme_are_counted_and_never_converted(home):
    score("G1")
    own = home / "own.toml"
    text = (Path(__file__).parents[2] / "src/ocgnet/data/priority_scheme.toml").read_text(encoding="utf-8")
    own.write_text(text.replace('version = "1"', 'version = "2"', 1), encoding="utf-8")
    document = shown("--scheme", own)
    assert component(of(document, "G1"), "community")["used"] == "unknown"
    assert "1 score of ocgnet-priorities, version 1: not converted, and in no total." in document["notes"]


def test_csv_holds_every_component_of_every_group_with_scheme_and_version(home):
    score("G1")
    done = CliRunner().invoke(app, ["prioritise", "show", "data", "--format", "csv"], catch_exceptions=False)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    groups = {r["subject_id"] for r in rows}
    assert len(rows) == 15 * len(groups)
    assert {(r["scheme"], r["version"], r["as_of"]) for r in rows} == {("ocgnet-priorities", "1", rows[0]["as_of"])}
    (row,) = [r for r in rows if (r["subject_id"], r["component"]) == ("G1", "community")]
    assert (row["score"], row["assessor"], row["reason"]) == ("3", "DI Rowe", "Petition of residents")


COUNTY = TINY.parent / "county"


def printed_pages(browser, page: Path) -> int:
    browser.driver.get(page.as_uri())
    pdf = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(pdf)))


@pytest.mark.long
@pytest.mark.browser
def test_the_page_of_the_county_is_one_sheet_and_says_what_changed(home, browser, log_file):
    shutil.copytree(COUNTY, home / "county")
    run("tasking", "county", "--out", "first.html")
    before = json.loads((home / "first.json").read_text(encoding="utf-8"))["rankings"]["group"]["subjects"]
    first = before[0]
    was = component(first, "community")["score"]
    now = 0 if was == 4 else 4
    decided = ("--by", "DI <b>Rowe</b>", "--reason", "x" * 5000, "--on", "2019-03-30")
    run("score", "county", first["subject_id"], "--component", "community", "--score", now, *decided)
    said = run("tasking", "county", "--out", "second.html", "--previous", "first.html")
    assert "moved since the last meeting" in said
    html = (home / "second.html").read_text(encoding="utf-8")
    before_it = "unknown" if was is None else f"{was:g}"
    assert f"community {before_it} to {now}: DI &lt;b&gt;Rowe&lt;/b&gt;, 30/03/2019" in html
    for name in ("first.html", "second.html"):
        assert printed_pages(browser, home / name) == 1
    export = [a for a in acts(log_file) if a.kind == "export"]
    assert export[1].facts["files"] == [str(home / "second.json"), str(home / "second.html")]


def test_a_page_takes_the_place_of_its_own_and_of_nobody_elses(home):
    run("tasking", "data", "--out", "page.html")
    run("tasking", "data", "--out", "page.html")
    (home / "page.json").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"page\.json"):
        run("tasking", "data", "--out", "page.html")


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("kind", ["group", "person"])
def test_the_longest_words_still_fit_on_one_sheet(tmp_path, browser, kind):
    long = " ".join(["Wolverhampstead"] * 12)
    given = check(COUNTY).dataset
    groups = given["ocgs"]
    longer = {
        "name": [f"{name} {long}" for name in groups["name"].to_pylist()],
        "threat_scheme": [long] * groups.num_rows,
        "lead_responsible_officer": [None] * groups.num_rows,
    }
    for name, cells in longer.items():
        groups = groups.set_column(groups.column_names.index(name), name, pa.array(cells, pa.string()))
    dataset = given.changed({"ocgs": groups})
    before = prioritise(given, shipped_scheme(), kinds=(kind,))
    subjects = before.rankings[kind].frame["subject_id"]
    rows = [
        {"scheme": "ocgnet-priorities", "version": "1", "subject_kind": kind, "subject_id": subject, "component": part,
         "scored_on": date(2019, 3, 30), "score": float(len(part) % 5), "assessor": long}
        for subject in subjects
        for part in ("physical", "frequency", "community")
    ]  # fmt: skip
    dataset = dataset.changed({"scores": pa.Table.from_pylist(rows)})
    after = prioritise(dataset, shipped_scheme(), kinds=(kind,))
    last = previous_of(json.loads(json_of(before, "M", "run1")), after.rankings[kind], "last.json")
    page = tasking_html(dataset, after, tasking_of(dataset, after, kind, last), "run2")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert "Compared with the meeting" in page
    assert printed_pages(browser, tmp_path / "page.html") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--out", "page.htm"), "ends in .html"),
        (("--out", "page.html", "--previous", "data/nominals.csv"), "is no JSON in UTF-8"),
        (("--out", "page.html", "--previous", "other.json"), "is no ranking that ocgnet prioritise tasking wrote"),
        (("--out", "page.html", "--previous", "none.json"), "does not exist"),
    ],
)
def test_a_page_that_cannot_be_made_leaves_nothing(home, words, told):
    (home / "other.json").write_text('{"kind": "profile"}', encoding="utf-8")
    with pytest.raises(OcgnetError, match=told):
        run("tasking", "data", *words)
    assert not list(home.glob("page*"))
