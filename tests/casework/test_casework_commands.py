"""The commands: through typer's runner, and as installed."""

from __future__ import annotations

import csv
import json
import os
import shutil
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import planted_folder as planted
import pytest
from filled_forms import CPI, INTEL, as_json
from typer.testing import CliRunner, Result

from ocgnet.audit import log_path
from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.errors import OcgnetError
from ocgnet.store import LoadManifest, open_store

ROOT = Path(__file__).parent.parent.parent
TINY = ROOT / "fixtures" / "tiny"
OCGNET = Path(sys.executable).with_name("ocgnet")
C = planted.CHILD
NAMED = {"people": [{"name": "Brenna O'Varrick", "date_of_birth": "1985-07-21"}, {"name": "Zed Quill"}]}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return planted.write_planted(tmp_path / "data")


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(w) for w in words])


def done(*words: object) -> str:
    found = run(*words)
    assert found.exit_code == 0, f"{found.output}{found.exception}"
    return found.output


def refused(*words: object) -> str:
    found = run(*words)
    assert found.exit_code != 0
    if isinstance(found.exception, OcgnetError):
        return str(found.exception)
    return found.output


def acts() -> list[dict[str, object]]:
    return [json.loads(line) for line in log_path().read_text(encoding="utf-8").splitlines()]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def decide(asked: list[dict[str, str]], *decisions: str) -> None:
    """Write a list of candidates with decisions filled in, as mine.csv."""
    with Path("mine.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, asked[0])
        writer.writeheader()
        writer.writerows(row | {"decision": d} for row, d in zip(asked, decisions, strict=True))


def test_a_disclosure_leaves_a_pack_and_a_receipt_in_the_log(data: Path) -> None:
    before = planted.all_bytes(data)
    said = done(
        "disclose", "--to", "education", "--children", C, "--folder", data, "--out", "pack",
        "--reason", "Strategy meeting", "--by", "DC Example",
    )  # fmt: skip
    receipt = json.loads(Path("pack/receipt.json").read_text(encoding="utf-8"))
    assert receipt["receipt"] in said
    assert planted.all_bytes(data) == before
    begun, *_, ended = acts()
    assert (begun["kind"], begun["state"], begun["recipient"]) == ("disclose", "begun", "education")
    assert (begun["by"], begun["reason"]) == ("DC Example", "Strategy meeting")
    assert ended["state"] == "done"
    assert ended["facts"]["receipt"] == receipt["receipt"]
    if os.name == "posix":
        modes = {stat.S_IMODE(p.stat().st_mode) for p in Path("pack").rglob("*") if p.is_file()}
        assert modes == {0o600}
    log = log_path().read_text(encoding="utf-8")
    assert not [m for m in planted.all_marks() if m in log]


def test_a_refused_disclosure_leaves_nothing_but_a_line_in_the_log(data: Path) -> None:
    says = refused(
        "disclose", "--to", "education", "--children", "X", "--folder", data, "--out", "pack", "--reason", "r"
    )
    assert "No person X" in says
    assert not Path("pack").exists()
    assert acts()[-1]["state"] == "failed"


def test_the_key_stays_behind_and_reads_a_pseudonym_back(data: Path) -> None:
    words = ("disclose", "--to", "health", "--children", C, "--folder", data, "--reason", "Care", "--pseudonymise")
    done(*words, "--out", "one", "--key", "names.key")
    done(*words, "--out", "two", "--key", "names.key")
    done(*words, "--out", "other", "--key", "another.key")
    one, two, other = (rows(Path(p) / "tables" / "children.csv")[0]["child_id"] for p in ("one", "two", "other"))
    assert one == two != other
    assert not list(Path("one").rglob("*.key"))
    assert Path("names.key").read_text().splitlines()[-1] not in planted.all_bytes(Path("one"))
    assert C in done("whose", one, "--key", "names.key", "--folder", data)
    assert "Not every pseudonym" in refused("whose", one, "--key", "another.key", "--folder", data)
    assert "outside" in refused(*words, "--out", "three", "--key", "three/names.key")
    assert not Path("three").exists()


def test_a_pack_for_the_partnership_holds_numbers_only(data: Path) -> None:
    done("disclose", "--to", "partnership", "--children", "all", "--folder", data, "--out", "p", "--reason", "Plan")
    everything = planted.all_bytes(Path("p"))
    assert not [x for x in (*planted.all_ids(), *planted.all_marks()) if x in everything]
    assert [(r["category"], r["children"]) for r in rows(Path("p/tables/summary.csv"))] == [("children", "not shown")]


@pytest.mark.parametrize("where", ["folder", "store"])
def test_a_referral_is_recorded_with_reason_and_author(data: Path, where: str) -> None:
    place: tuple[object, ...] = ("--folder", data)
    if where == "store":
        open_store("s.duckdb").write(read_dataset(data)[0], LoadManifest((), "test"))
        place = ("--store", "s.duckdb")
    before = {p.name: p.read_bytes() for p in data.iterdir()}
    words = ("refer", C, "--kind", "nrm", "--reason", "Found in a flat", "--by", "DC Example", *place)
    said = done(*words, "--first-responder", "County Police", "--out", "pack")
    assert f"Recorded: nrm referral for {C} on {date.today()}" in said
    made = open_store("s.duckdb").read() if where == "store" else read_dataset(data)[0]
    row = next(r for r in made["referrals"].to_pylist() if r["kind"] == "nrm")
    assert (row["made_by"], row["reason"]) == ("DC Example, first responder County Police", "Found in a flat")
    assert row["made_on"] == date.today()
    if where == "folder":
        after = {p.name: p.read_bytes() for p in data.iterdir()}
        assert {n for n in after if after[n] != before.get(n) and n[0] != "."} == {"referrals.csv"}
        assert after["referrals.csv"].startswith(before["referrals.csv"])
    assert "Do not send it twice" in refused(*words, "--first-responder", "County Police", "--out", "again")
    assert not Path("again").exists()
    assert (acts()[0]["kind"], acts()[0]["recipient"]) == ("refer", "nrm")


def test_a_refused_referral_records_nothing(data: Path) -> None:
    before = planted.all_bytes(data)
    says = refused("refer", C, "--kind", "cpi", "--reason", "x", "--by", "y", "--folder", data, "--out", "pack")
    assert "use --kind mash today" in says
    assert planted.all_bytes(data) == before
    assert not Path("pack").exists()


def test_a_referral_whose_pack_cannot_be_written_is_not_recorded(data: Path) -> None:
    Path("pack").write_text("something of mine", encoding="utf-8")
    before = planted.all_bytes(data)
    refused("refer", C, "--kind", "mash", "--reason", "x", "--by", "y", "--folder", data, "--out", "pack")
    assert planted.all_bytes(data) == before
    assert Path("pack").read_text(encoding="utf-8") == "something of mine"


def test_a_referral_waits_for_nobody_else_s_date_of_birth(tiny: Path) -> None:
    file = tiny / "children.csv"
    sound = file.read_text(encoding="utf-8")
    broken = {"C1": "", "C2": ""}
    lines = sound.splitlines()
    born = lines[0].split(",").index("date_of_birth")
    for child in broken:
        cells = [line.split(",") for line in lines]
        for row in cells:
            if row[0] == child:
                row[born] = "2010-02-31"
        broken[child] = "\n".join(map(",".join, cells)) + "\n"
    words = ("refer", "C2", "--kind", "mash", "--reason", "x", "--by", "y", "--on", "2019-03-31", "--folder", tiny)
    file.write_text(broken["C2"], encoding="utf-8")
    assert "A row about C2 breaks a rule, in children.csv" in refused(*words, "--out", "pack")
    assert not Path("pack").exists()
    file.write_text(broken["C1"], encoding="utf-8")
    said = done(*words, "--out", "pack")
    assert "Recorded: mash referral for C2" in said
    assert "Left out: children: 1 of " in said
    form = as_json(Path("f.json"), "cpi", [CPI | NAMED])
    assert "1 taken in" in done("intake", "cpi", form, "--folder", tiny, "--by", "Analyst A"), "nor does a form"
    assert file.read_text(encoding="utf-8") == broken["C1"]
    assert (tiny / "referrals.csv").read_text(encoding="utf-8").count("C2,mash,2019-03-31") == 1


@pytest.mark.parametrize("where", ["folder", "store"])
def test_forms_are_taken_in_and_linked_once_a_person_decides(tiny: Path, where: str) -> None:
    place: tuple[object, ...] = ("--folder", tiny)
    if where == "store":
        open_store("s.duckdb").write(read_dataset(tiny)[0], LoadManifest((), "test"))
        place = ("--store", "s.duckdb")

    def now() -> dict[str, list[dict[str, object]]]:
        found = open_store("s.duckdb").read() if where == "store" else read_dataset(tiny)[0]
        return {t: found[t].to_pylist() for t in ("intel_reports", "intel_links", "people")}

    before = now()
    form = as_json(Path("f.json"), "cpi", [CPI | NAMED | {"child_at_risk": "yes"}])
    said = done("intake", "cpi", form, *place, "--by", "Analyst A")
    assert "1 taken in, 0 on record already, 0 left out" in said
    assert "A CHILD IS AT RISK" in said
    assert "1 came without grades and count as untested" in said
    taken = now()
    assert taken["intel_links"] == before["intel_links"], "nobody is linked by itself"
    assert taken["people"] == before["people"]
    new = next(r for r in taken["intel_reports"] if r not in before["intel_reports"])
    assert (new["origin"], new["sector"], new["intelligence_grade"]) == ("cpi_form", "housing", "D")
    asked = rows(Path("candidates.csv"))
    assert [(r["person"], r["candidate"]) for r in asked] == [("1", "N02"), ("1", ""), ("2", "")]
    assert "same name; same date of birth" in asked[0]["because"]
    listed = Path("candidates.csv").read_bytes()
    assert "0 taken in, 1 on record already" in done("intake", "cpi", form, *place), "the same again changes nothing"
    assert (Path("candidates.csv").read_bytes(), now()) == (listed, taken)
    Path("candidates.csv").write_bytes(listed.replace(b"nobody above", b"of no use"))
    assert "is there already" in refused("intake", "cpi", form, *place), "somebody wrote into it"
    Path("candidates.csv").rename("mine.csv")
    assert "0 taken in, 1 on record already" in done("intake", "cpi", form, *place)
    decide(asked, "yes", "", "new")
    assert "2 linked (1 of them new in people)" in done("intake", "confirm", "mine.csv", *place, "--by", "Analyst A")
    after = now()
    report = new["report_id"]
    links = [r for r in after["intel_links"] if r not in before["intel_links"]]
    assert {(r["person_id"], r["report_id"]) for r in links} == {("N02", report), (f"{report}-2", report)}
    assert [r["name"] for r in after["people"] if r not in before["people"]] == ["Zed Quill"]
    assert "0 linked" in done("intake", "confirm", "mine.csv", *place, "--by", "Analyst A")
    assert now() == after
    assert {a["kind"] for a in acts()} == {"intake", "merge"}


def test_referral_and_intake_reach_a_neo4j_server(tiny: Path, neo4j) -> None:
    place = ("--store", neo4j.uri)
    done("load", tiny, *place)
    said = done("refer", "C1", "--kind", "mash", "--reason", "Worried", "--by", "DC Example", *place, "--out", "pack")
    assert f"Recorded: mash referral for C1 on {date.today()}" in said
    done("intake", "cpi", as_json(Path("f.json"), "cpi", [CPI | NAMED]), *place)
    asked = rows(Path("candidates.csv"))
    decide(asked, "yes", "", "new")
    assert "2 linked" in done("intake", "confirm", "mine.csv", *place, "--by", "Analyst A")
    report = asked[0]["report_id"]
    found = neo4j.query(
        "MATCH (p:Person)-[:MENTIONED_IN]->(:IntelReport {report_id: $report}) RETURN p.person_id AS id ORDER BY id",
        report=report,
    )
    assert [r["id"] for r in found] == [f"{report}-2", "N02"]
    made = open_store(neo4j.uri).read()["referrals"].to_pylist()
    assert [(r["kind"], r["reason"], r["made_by"]) for r in made if r["person_id"] == "C1"] == [
        ("mash", "Worried", "DC Example")
    ]


def test_nothing_is_taken_while_a_problem_stands_unless_asked(tiny: Path) -> None:
    form = as_json(Path("f.json"), "intelligence", [INTEL, INTEL | {"form_ref": "2", "submitted_on": "soon"}])
    before = planted.all_bytes(tiny)
    assert "Nothing was taken in, because 1 problems" in refused("intake", "intelligence", form, "--folder", tiny)
    assert planted.all_bytes(tiny) == before
    listed = rows(Path("rejects.csv"))
    assert [(r["file"], r["row"], r["column"], r["value"], r["rule"]) for r in listed] == [
        ("f.json, reports", "2", "submitted_on", "soon", "date")
    ]
    assert listed[0]["remedy"]
    said = done("intake", "intelligence", form, "--folder", tiny, "--skip-rejects")
    assert "1 taken in, 0 on record already, 1 left out" in said


def test_an_erasure_finds_the_list_of_candidates(tiny: Path) -> None:
    done("intake", "cpi", as_json(Path("f.json"), "cpi", [CPI | NAMED]), "--folder", tiny)
    assert "N02" in Path("candidates.csv").read_text(encoding="utf-8")
    (tiny / "answers.md").unlink()
    words = ("review", "erase", "N02", "--by", "DPO", "--reason", "request", "--folder", tiny, "--mentions", "list.csv")
    # The text of the form holds a date of birth beside the name: whether it is his, a person says.
    assert "1 passage in texts" in refused(*words)
    (passage,) = rows(Path("list.csv"))
    with Path("list.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, passage)
        writer.writeheader()
        writer.writerow(passage | {"decision": "replace"})
    done(*words)
    assert not list(Path().glob("candidates.csv*"))
    assert not Path("list.csv").exists()


def test_an_erasure_finds_the_lists_of_commands_that_were_refused(tiny: Path) -> None:
    (tiny / "answers.md").unlink()
    links = (tiny / "crime_links.csv").read_text(encoding="utf-8")
    (tiny / "crime_links.csv").write_text(links + "N02,K1,see N02,\n", encoding="utf-8")
    Path("lists").mkdir()
    for name, words in {"a.csv": ("check", tiny), "b.csv": ("analyse", tiny, "--out", "out")}.items():
        refused(*words, "--rejects", f"lists/{name}")
    (tiny / "crime_links.csv").write_text(links, encoding="utf-8")
    form = as_json(Path("f.json"), "intelligence", [INTEL | {"form_ref": "2", "submitted_on": "N02 knows"}])
    refused("intake", "intelligence", form, "--folder", tiny, "--rejects", "lists/c.csv")
    assert "SYNTHETIC DATA" in Path("lists/c.csv.marking.txt").read_text(encoding="utf-8")
    form.unlink()
    assert all("N02" in Path("lists", name).read_text(encoding="utf-8") for name in ("a.csv", "b.csv", "c.csv"))
    said = done("review", "erase", "N02", "--by", "DPO", "--reason", "request", "--folder", tiny)
    assert "Found nowhere" in said
    assert not list(Path("lists").iterdir())


def test_a_place_is_named_once(tiny: Path) -> None:
    words = ("disclose", "--to", "health", "--children", "C1", "--out", "p", "--reason", "r")
    assert "Say where the records are, once" in refused(*words)
    assert "Say where the records are, once" in refused(*words, "--folder", tiny, "--store", "s.duckdb")


def test_the_installed_commands_end_with_a_sentence_and_a_code(tiny: Path) -> None:
    def installed(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [OCGNET, *map(str, words)], capture_output=True, text=True, encoding="utf-8", check=False, timeout=120
        )

    base = ("refer", "C2", "--reason", "Went missing again", "--by", "DC Example", "--folder", tiny, "--out", "pack")
    bad = installed(*base, "--kind", "cpi")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("A CPI form is intelligence, not a referral")
    good = installed(*base, "--kind", "mash")
    assert (good.returncode, good.stderr) == (0, "")
    assert f"Recorded: mash referral for C2 on {date.today()}" in good.stdout
    assert sorted(p.name for p in Path("pack").iterdir()) == ["MARKING.txt", "receipt.json", "referral.html", "tables"]


@pytest.mark.parametrize(
    "words", [("intake", "cpi", "f.json"), ("intake", "confirm", "mine.csv", "--by", "A"), ("whose", "P-1")]
)
def test_the_log_may_not_stand_in_the_records(tiny: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str]) -> None:
    monkeypatch.setenv("OCGNET_LOG", str(tiny / "log.jsonl"))
    assert "stands inside" in refused(*words, "--folder", tiny)
