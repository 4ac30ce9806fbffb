"""Generated networks of any size: exact counts, repeatable bytes, and the shape of co-offending."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ocgnet.checks.check import check
from ocgnet.errors import UsageError
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings
from ocgnet_demo.network import write_network


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("network")
    write_network(out, 6_000, seed=4)
    return out


@pytest.mark.parametrize("nominals", [20, 21, 777])
def test_counts_are_exact(nominals: int, tmp_path: Path) -> None:
    write_network(tmp_path, nominals)
    for table, each in (("nominals", 1), ("crime_links", 3), ("intel_links", 7)):
        assert len(pd.read_csv(tmp_path / f"{table}.csv", dtype=str)) == each * nominals


def test_links_are_distinct_and_their_ends_exist(folder: Path) -> None:
    people = set(pd.read_csv(folder / "nominals.csv", dtype=str)["nominal_id"])
    for events, links, key in (("crimes", "crime_links", "crime_id"), ("intel_reports", "intel_links", "report_id")):
        linked = pd.read_csv(folder / f"{links}.csv", dtype=str)
        assert not linked.duplicated(["person_id", key]).any()
        assert set(linked["person_id"]) <= people
        # Every event links somebody, and every link has its event.
        assert set(linked[key]) == set(pd.read_csv(folder / f"{events}.csv", dtype=str)[key])


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_network(tmp_path / "a", 6_000, seed=4)
    write_network(tmp_path / "b", 6_000, seed=5)
    assert {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()} == {
        p.name: p.read_bytes() for p in folder.iterdir()
    }
    assert (tmp_path / "b" / "crime_links.csv").read_bytes() != (folder / "crime_links.csv").read_bytes()


def test_activity_has_a_heavy_tail_and_ties_cluster(folder: Path) -> None:
    checked = check(folder)
    assert (checked.errors, checked.warning_count) == (0, 0)
    assert checked.dataset is not None
    evidence = evidence_of(checked.dataset, Settings())
    assert 0.35 <= evidence.members.mean() <= 0.45
    crimes = np.sort(evidence.crimes.counts(6_000))[::-1]
    assert crimes[:60].sum() > 0.06 * crimes.sum()
    assert crimes[0] > 8 * crimes.mean()
    graph = ties_of(evidence, Settings()).graph()
    degrees = np.array([d for _, d in graph.degree()])
    assert 4 <= degrees.mean() <= 9
    # Triangles as in real co-offending, where a random graph of this density would have .001.
    closed = open_ = 0
    for node in range(0, 6_000, 10):
        near = list(graph[node])
        pairs = [(a, b) for i, a in enumerate(near) for b in near[:i]]
        open_ += len(pairs)
        closed += sum(graph.has_edge(a, b) for a, b in pairs)
    assert 0.3 <= closed / open_ <= 0.75


@pytest.mark.large
def test_a_hundred_thousand(tmp_path: Path) -> None:
    write_network(tmp_path, 100_000)
    lines = {
        n: (tmp_path / f"{n}.csv").read_bytes().count(b"\n") - 1 for n in ("nominals", "crime_links", "intel_links")
    }
    assert lines == {"nominals": 100_000, "crime_links": 300_000, "intel_links": 700_000}


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 20"):
        write_network(tmp_path / "none", 19)
    assert not (tmp_path / "none").exists()
