"""The commands about priorities on a small folder: scores are recorded once, logged, kept, and never about a child."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocgnet.audit.read import acts
from ocgnet.cli.app import app
from ocgnet.errors import OcgnetError, OutputError, UsageError

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


def test_the_page_of_the_county_is_one_sheet_and_says_what_changed(home, browser, log_file):
    shutil.copytree(COUNTY, home / "county")
    run("tasking", "county", "--out", "first.html")
    before = json.loads((home / "first.json").read_text(encoding="utf-8"))["rankings"]["group"]["subjects"]
    at_tenth = next(s for s in before if s["rank"] == 10)
    tenth = at_tenth["subject_id"]
    # One that is not at the top already, whoever scored it, can rise.
    judged, was = next(
        (c["component"], c["score"])
        for c in at_tenth["components"]
        if c["component"] in ("psychological", "community", "forecast", "capability") and c["score"] != 4
    )
    decided = ("--by", "DI <b>Rowe</b>", "--reason", "x" * 5000, "--on", "2019-03-30")
    run("score", "county", tenth, "--component", "physical", "--score", 4, *decided)
    run("score", "county", tenth, "--component", judged, "--score", 4, *decided)
    said = run("tasking", "county", "--out", "second.html", "--previous", "first.html")
    assert "moved since the last meeting" in said
    html = (home / "second.html").read_text(encoding="utf-8")
    assert "was 10th: up" in html
    known = "unknown" if was is None else f"{was:g}"
    assert f"{judged} {known} to 4: DI &lt;b&gt;Rowe&lt;/b&gt;, 30/03" in html
    for name in ("first.html", "second.html"):
        assert printed_pages(browser, home / name) == 1
    run("tasking", "county", "--kind", "person", "--out", "people.html")
    assert printed_pages(browser, home / "people.html") == 1
    export = [a for a in acts(log_file) if a.kind == "export"]
    assert export[1].facts["files"] == [str(home / "second.json"), str(home / "second.html")]
    # The same again takes the place of its own pages, and of nobody else's.
    run("tasking", "county", "--out", "second.html")
    (home / "second.json").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"second\.json"):
        run("tasking", "county", "--out", "second.html")


def test_the_longest_words_still_fit_on_one_sheet(home, browser):
    shutil.copytree(COUNTY, home / "county")
    groups = home / "county" / "ocgs.csv"
    long = " ".join(["Wolverhampstead"] * 12)
    with groups.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= {"name": f"{row['name']} {long}", "threat_scheme": long, "lead_responsible_officer": ""}
    with groups.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    run("tasking", "county", "--out", "first.html")
    scored = [
        f"ocgnet-priorities,1,group,{row['ocg_id']},{part},2019-03-30,{len(part) % 5},{long},x"
        for row in rows
        for part in ("physical", "frequency", "community")
    ]
    head = "scheme,version,subject_kind,subject_id,component,scored_on,score,assessor,reason"
    (home / "county" / "scores.csv").write_text("\n".join([head, *scored]) + "\n", encoding="utf-8")
    run("tasking", "county", "--out", "second.html", "--previous", "first.json")
    assert printed_pages(browser, home / "second.html") == 1


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
