"""What is planted for the chapters on prosperity and childhood, counted straight from another force's files."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ocgnet_demo.county.group_activities import SECONDARY, WITHOUT_ACTIVITY
from ocgnet_demo.force.early_years import BANDS, OBSERVED, RECORDED, RULED_OUT

FIRST, LAST = "2018-04-01", "2019-03-31"
Rows = list[dict[str, str]]


def read(folder: Path, table: str) -> Rows:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def children(other_force: Path) -> set[str]:
    """The children whom the force adds: their ids have seven digits."""
    return {c["child_id"] for c in read(other_force, "children") if len(c["child_id"]) == 9}


def test_what_the_bureau_sends_has_no_ward_no_weight_and_few_people(other_force: Path, children: set[str]) -> None:
    sent = [c for c in read(other_force, "crimes") if c["crime_id"].startswith("NF")]
    assert {c["offence_code"][:4] for c in sent} == {"NFIB"}
    assert not any(c["ward"] or c["offence"] for c in sent)
    # A tenth of 1,000 and 1,060.
    years = Counter(c["crime_id"][:4] for c in sent)
    assert (years["NF17"], years["NF18"]) == (100, 106)
    ids = {c["crime_id"] for c in sent}
    linked = [r for r in read(other_force, "crime_links") if r["crime_id"] in ids]
    assert linked
    assert {r["person_id"] for r in linked} <= children


def test_experiences_are_observed_as_often_as_declared(other_force: Path, children: set[str]) -> None:
    rows = [r for r in read(other_force, "child_aces") if r["child_id"] in children]
    asked = round(RECORDED * len(children))
    counts = Counter((r["ace"], r["status"]) for r in rows)
    assert asked > 40
    for ace, share in OBSERVED.items():
        assert counts[ace, "observed"] == round(share * asked)
        assert counts[ace, "not_observed"] == round(RULED_OUT * asked)


def test_links_rise_with_missing_episodes_as_declared(other_force: Path, children: set[str]) -> None:
    times = Counter(
        r["child_id"] for r in read(other_force, "missing_episodes") if FIRST <= r["missing_from"][:10] <= LAST
    )
    role = defaultdict(set)
    for link in read(other_force, "crime_links"):
        if link["crime_id"].startswith("NF"):
            role[link["link_role"]].add(link["person_id"])
    sizes = [sum(least <= times[c] <= most for c in children) for least, most, *_ in BANDS]
    assert sum(sizes) == len(children)
    assert sizes[1:] == [round(share * len(children)) for _, _, share, _, _ in BANDS[1:]]
    for (least, most, _, suspects, victims), size in zip(BANDS, sizes, strict=True):
        band = {c for c in children if least <= times[c] <= most}
        assert len(band & role["suspect"]) == round(suspects * size)
        assert len(band & role["victim"]) == round(victims * size)


def test_groups_do_what_they_are_recorded_for(other_force: Path) -> None:
    kinds = {g["ocg_id"]: g["primary_crime_type"] for g in read(other_force, "ocgs")}
    live = {g["ocg_id"] for g in read(other_force, "ocgs") if not g["archived_on"]}
    rows = read(other_force, "ocg_activities")
    assert all(r["activity"] == kinds[r["ocg_id"]] for r in rows if r["level"] == "primary")
    assert len(live - {r["ocg_id"] for r in rows}) == WITHOUT_ACTIVITY
    assert Counter(r["activity"] for r in rows if r["level"] == "secondary") == dict(SECONDARY)
    lines = {g["ocg_id"] for g in read(other_force, "ocgs") if g["county_line"] == "true"}
    places = Counter(r["ocg_id"] for r in rows if r["level"] == "primary")
    assert {g for g, n in places.items() if n > 1} <= lines
