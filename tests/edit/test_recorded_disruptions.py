"""A disruption is recorded once, as one transaction, wherever the records are."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATASET, KINDS, TINY, made

from ocgnet.audit.read import acts
from ocgnet.checks.check import check
from ocgnet.edit import open_place
from ocgnet.edit.recorded_disruptions import disruption_row, recorded_disruption
from ocgnet.errors import UsageError
from ready import ocgnet

WORDS = ("--group", "G1", "--on", "01/03/2019", "--level", "minor", "--strand", "pursue", "--agency", "police",
         "--partners", "council|housing", "--partners", "health", "--by", "DI A", "--reason", "Debrief")  # fmt: skip


def rows(place: Path) -> list[dict[str, str]]:
    with (place / "disruptions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_is_added_and_nothing_else_changes(tmp_path, log_file):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    said = ocgnet("disruption", "add", place, *WORDS, "--description", "Lock-up  searched")
    assert (
        said
        == "G1-20190301-1 is recorded: disruption of G1 on 01/03/2019 (level minor, strand pursue), led by police.\n"
    )
    before = rows(TINY)
    assert rows(place) == [*before, {
        "disruption_id": "G1-20190301-1", "ocg_id": "G1", "happened_on": "2019-03-01", "level": "minor",
        "strand": "pursue", "lead_agency": "police", "partners": "council|housing|health",
        "description": "Lock-up searched",
    }]  # fmt: skip
    for file in TINY.iterdir():
        if file.name != "disruptions.csv":
            assert (place / file.name).read_bytes() == file.read_bytes()
    (act,) = acts(log_file)
    assert (act.kind, act.by, act.reason, act.end) == ("disruption", "DI A", "Debrief", "done")
    assert act.facts == {
        "disruption": "G1-20190301-1", "ocg": "G1", "level": "minor", "strand": "pursue", "happened_on": "2019-03-01",
        "recorded": "now",
    }  # fmt: skip
    # The very same again: said, and no second row, also with other spaces and under the name of the group.
    again = ocgnet(
        "disruption", "add", place, "--description", " Lock-up searched ", "--group", "group alder", *WORDS[2:]
    )
    assert "is recorded already, as G1-20190301-1. Nothing was changed.\n" in again
    assert rows(place) == [*before, rows(place)[-1]]
    assert [a.facts.get("recorded") for a in acts(log_file) if a.kind == "disruption"] == ["now", "already"]
    # Another level on the same day is another row, and the first is named.
    other = ocgnet("disruption", "add", place, *(w if w != "minor" else "major" for w in WORDS))
    assert other.startswith("G1-20190301-2 is recorded: disruption of G1 on 01/03/2019 (level major")
    assert "further disruption, counted apart: G1-20190301-1 (minor, pursue)" in other


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--group", "G9", "no group G9"),
        ("--on", "2999-01-01", "lies ahead"),
        ("--on", "31/02/2019", "--on"),
        ("--level", "minr", "did you mean minor?"),
        ("--strand", "punish", "is no strand"),
        ("--agency", " ", "Say which agency led it"),
        ("--agency", "Housing", "it is no partner"),
        ("--by", " ", "Say who decided"),
        ("--reason", " ", "Say who decided"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_changes_nothing(tmp_path, option, value, says):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    words = list(WORDS)
    words[words.index(option) + 1] = value
    assert says in ocgnet("disruption", "add", place, *words, code=2)
    assert (place / "disruptions.csv").read_bytes() == (TINY / "disruptions.csv").read_bytes()


def test_what_is_odd_about_the_day_is_said(tmp_path):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    words = ["G3" if w == "G1" else w for w in WORDS]
    assert "G3 was archived on 30/09/2018, before that day." in ocgnet("disruption", "add", place, *words)
    words[words.index("--on") + 1] = "2014-01-01"
    assert "G3 was mapped on 10/01/2015, after that day." in ocgnet("disruption", "add", place, *words)
    words[words.index("--on") + 1] = "2019-04-02"
    assert "it counts with --as-of 2019-04-02 or later.\n" in ocgnet("disruption", "add", place, *words)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.long
def test_every_kind_of_place_takes_it_once(tmp_path, kind):
    where = made(kind, tmp_path)
    row = disruption_row("G2", DATASET.about.as_of, "none", "prepare", "tax office", (), "Informant | spoke")
    for _ in range(2):
        place = open_place(where)
        with place.alone():
            recorded = recorded_disruption(place, row)
            place.amend(recorded.change)
        assert recorded.disruption_id == "G2-20190331-1"
    after = open_place(where).dataset()
    new = [r for r in after["disruptions"].to_pylist() if r["disruption_id"] == "G2-20190331-1"]
    assert [(r["ocg_id"], r["level"], r["description"]) for r in new] == [("G2", "none", "Informant | spoke")]
    assert after["disruptions"].num_rows == DATASET["disruptions"].num_rows + 1
    assert all(after[name].equals(DATASET[name]) for name in DATASET.tables if name != "disruptions")


def test_a_place_without_the_table_gets_one(tmp_path):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    (place / "disruptions.csv").unlink()
    ocgnet("disruption", "add", place, *WORDS)
    assert [r["disruption_id"] for r in rows(place)] == ["G1-20190301-1"]
    assert check(place).dataset["disruptions"].num_rows == 1


@given(st.lists(st.sampled_from([" council", "Council", "housing ", "", "fire  service"]), max_size=6))
def test_partners_stand_once_in_their_order(partners):
    cell = disruption_row("G1", DATASET.about.as_of, "minor", "pursue", "police", ["|".join(partners)])["partners"]
    plain = [" ".join(p.split()) for p in partners]
    assert cell.split("|") == (list(dict.fromkeys(filter(None, plain))) or [""])


def test_only_the_words_of_the_model_are_levels():
    with pytest.raises(UsageError, match="is no level"):
        disruption_row("G1", DATASET.about.as_of, "", "pursue", "police")
