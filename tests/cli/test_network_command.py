"""The command that draws the network: from a folder, from a store, and every option of its own."""

import json
import re
import shutil
import stat
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocgnet.cli.app import app
from ocgnet.errors import OcgnetError

pytestmark = pytest.mark.long

TINY = Path(__file__).resolve().parents[2] / "fixtures" / "tiny"


def payload_of(page):
    text = page.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="chart-data">(.*?)</script>', text, re.DOTALL)[1])


def run(place, *words):
    """Run ``ocgnet network`` in the folder ``place``; errors of ours are raised, as the program prints them."""
    done = CliRunner().invoke(app, ["network", *map(str, words), "--rejects", str(place / "rejects.csv")])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def drawn(place, *words):
    """What the chart holds that the command wrote for the tiny folder."""
    run(place, TINY, "--out", place / "chart.html", *words)
    return payload_of(place / "chart.html")


def pairs(payload):
    ids = payload["people"]["id"]
    return {(ids[a], ids[b]) for a, b in zip(payload["ties"]["a"], payload["ties"]["b"], strict=True)}


# Of fixtures/tiny/answers.md.
PAIRS = {
    ("N01", "N02"), ("N01", "N05"), ("N02", "N03"), ("N02", "N04"), ("N03", "N04"), ("N04", "N07"), ("N05", "N06"),
    ("N05", "N07"),
}  # fmt: skip


def test_a_folder_gives_one_page_for_its_owner_and_says_where(tmp_path):
    said = run(tmp_path, TINY, "--out", tmp_path / "chart.html")
    page = tmp_path / "chart.html"
    assert "OFFICIAL-SENSITIVE · SYNTHETIC DATA" in said
    assert str(page) in said.replace("\n", "")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    payload = payload_of(page)
    assert payload["meta"]["title"] in " ".join(said.split())
    assert pairs(payload) >= PAIRS


def test_a_store_gives_the_bytes_that_its_folder_gives(tmp_path):
    store = str(tmp_path / "records.duckdb")
    load = ["load", str(TINY), "--store", store, "--rejects", str(tmp_path / "rejects.csv")]
    assert CliRunner().invoke(app, load).exit_code == 0
    run(tmp_path, TINY, "--out", tmp_path / "folder.html")
    run(tmp_path, "--store", store, "--out", tmp_path / "store.html")
    assert payload_of(tmp_path / "store.html") == payload_of(tmp_path / "folder.html")


def test_the_same_records_give_the_same_bytes(tmp_path):
    for name in ("one.html", "two.html"):
        run(tmp_path, TINY, "--out", tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "opening"),
    [
        ((), ""),
        (("--view", "overview"), "view=overview"),
        (("--view", "everyone"), "view=all"),
        (("--group", "G2"), "view=box&of=b%3Aocg%3AG2&sel=b%3Aocg%3AG2"),
        (("--view", "group", "--group", "G1"), "view=box&of=b%3Aocg%3AG1&sel=b%3Aocg%3AG1"),
        (("--person", "N01"), "view=ego&of=p%3AN01&sel=p%3AN01"),
        (("--person", "N01", "--steps", "2"), "view=ego&of=p%3AN01&sel=p%3AN01&steps=2"),
        (("--person", "N01", "--to-person", "N06"), "view=path&of=p%3AN01&to=p%3AN06"),
        (("--child", "C1"), "view=child&of=c%3AC1&sel=c%3AC1"),
    ],
)
def test_the_chart_opens_on_what_was_asked(tmp_path, words, opening):
    assert drawn(tmp_path, *words)["meta"]["opening"] == opening


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--person", "N99"), "no person N99"),
        (("--group", "G3"), "G3"),
        (("--child", "C99"), "no person C99"),
        (("--view", "path", "--person", "N01"), "needs --to-person"),
        (("--before", "--compare-from", "2017-04-01"), "not both"),
        (("--compare-from", "2017-04-01"), "both --compare-from and --compare-to"),
        (("--compare-from", "2018-01-01", "--compare-to", "2018-06-01"), "period of the analysis begins"),
        (("--store", "duckdb:x.duckdb"), "Say where the records are, once"),
        (("--ocg", "G9"), "no group G9"),
        (("--min-grade", "best"), "--min-grade"),
        (("--link-roles", "thief"), "--link-roles"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_nothing_is_written(tmp_path, words, says):
    with pytest.raises(OcgnetError) as said:
        run(tmp_path, TINY, "--out", tmp_path / "chart.html", *words)
    assert says in str(said.value)
    assert not (tmp_path / "chart.html").exists()


def test_two_periods_are_compared_and_dates_are_taken_either_way(tmp_path):
    before = drawn(tmp_path, "--before")
    assert before["meta"]["compared"] == ["2017-04-01", "2018-03-31"]
    told = drawn(tmp_path, "--compare-from", "01/04/2017", "--compare-to", "2018-03-31")
    assert told == before
    ids, t = before["people"]["id"], before["ties"]
    became = {(ids[a], ids[b]): c for a, b, c in zip(t["a"], t["b"], t["change"], strict=True)}
    # K8 of June 2017 tied N01 and N02, who are tied now too; K1 of 2018 ties N02 and N03 for the first time.
    assert (became["N01", "N02"], became["N02", "N03"]) == ("kept", "new")


def test_filters_of_every_command_hold_for_the_chart(tmp_path):
    everything = drawn(tmp_path)
    one_group = drawn(tmp_path, "--ocg", "G1")
    assert set(one_group["people"]["id"]) == {"N01", "N02", "N03", "N04"}
    assert "only G1" in one_group["meta"]["data_line"]
    overdue = drawn(tmp_path, "--overdue")
    assert set(overdue["people"]["id"]) - set(everything["people"]["id"]) == {"N10"}
    graded = drawn(tmp_path, "--min-grade", "all")
    assert ("N03", "N05") in pairs(graded) - pairs(everything)
    early = drawn(tmp_path, "--from", "2018-04-01", "--to", "2018-06-30", "--as-of", "30/06/2018")
    assert early["meta"]["period"] == ["2018-04-01", "2018-06-30"]
    assert "as of 30/06/2018" in early["meta"]["data_line"]
    assert ("N05", "N06") not in pairs(early)
    seeded = drawn(tmp_path, "--seed", "7", "--top-k", "2")
    assert seeded["meta"]["run_id"] != everything["meta"]["run_id"]
    assert pairs(seeded) == pairs(everything)
    assert seeded["people"]["x"] == everything["people"]["x"]


def test_link_roles_bring_victims_in_and_mark_them(tmp_path):
    usual = drawn(tmp_path)
    assert set(usual["people"]["stands"]) == {""}
    assert usual["links_as"] == []
    victims = drawn(tmp_path, "--link-roles", "victim,witness")
    stands = dict(zip(victims["people"]["id"], victims["people"]["stands"], strict=True))
    assert {i for i, s in stands.items() if s} == {"N03", "N05"}
    assert stands["N05"] == "victim"
    assert "linked as victim or witness" in victims["meta"]["data_line"]
    # N05 is a suspect of K4, so with suspects counted too only the link to K3 says victim.
    both = drawn(tmp_path, "--link-roles", "arrested,suspect,victim")
    ids, events = both["people"]["id"], both["events"]["id"]
    assert set(both["people"]["stands"]) == {""}
    assert [(ids[p], events[e], s) for p, e, s in both["links_as"]] == [("N05", "K3", "victim")]


def test_rows_with_errors_stop_the_chart_unless_they_are_to_be_left_out(tmp_path):
    folder = tmp_path / "records"
    shutil.copytree(TINY, folder)
    with (folder / "crime_links.csv").open("a", encoding="utf-8") as file:
        file.write("N01,K99,suspect,\n")
    with pytest.raises(OcgnetError):
        run(tmp_path, folder, "--out", tmp_path / "chart.html")
    assert "K99" in (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")
    run(tmp_path, folder, "--out", tmp_path / "chart.html", "--skip-rejects")
    assert pairs(payload_of(tmp_path / "chart.html")) >= PAIRS
    assert date.fromisoformat(payload_of(tmp_path / "chart.html")["meta"]["period"][0])
