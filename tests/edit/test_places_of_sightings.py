"""A single change of a sighting, or of the thing that its place is, concerns the other of the two."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.edit import Change, open_place
from ocgnet.edit.neighbourhood import Neighbourhood, concerned_by
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.property_graph import END, KEY, Graph, graph_of
from things_folder import numbers_with_rows, things_folder

SIGHTING = {"thing_id": "V2", "at": "2019-02-01T10:00:00Z", "place": "A1", "source": "officer"}


@pytest.fixture
def store(tmp_path) -> str:
    file = str(tmp_path / "records.duckdb")
    dataset = read_dataset(numbers_with_rows(things_folder(tmp_path / "records")))[0]
    open_store(file).write(dataset, LoadManifest((), "0"))
    return file


def graphs(store: str, change: Change) -> list[Graph]:
    """Return what a change sees in the property graph before and after it."""
    place = open_place(store)
    near = Neighbourhood(place.look_up, place.given, place.about, place.words)
    concerned = concerned_by(change, near)
    return [graph_of(replace(Dataset.of(dict(t)), forces={})) for t in (concerned.before, concerned.after)]


def places(graph: Graph) -> Counter[str]:
    """Count the sightings that stand at each thing."""
    return Counter(graph.ties["AT_PLACE"][END].to_pylist())


def test_a_new_sighting_stands_at_the_thing_that_its_place_is(store):
    before, after = graphs(store, Change(add={"sightings": [SIGHTING]}))
    assert len(after.nodes["Sighting"][KEY]) == len(before.nodes["Sighting"][KEY]) + 1
    assert places(after) - places(before) == {"A1": 1}
    # The code of a camera is no thing.
    before, after = graphs(store, Change(add={"sightings": [SIGHTING | {"place": "CAM9"}]}))
    assert places(after) == places(before)


def test_a_thing_that_is_recorded_later_takes_the_sightings_at_its_id(store):
    before, after = graphs(store, Change(add={"things": [{"thing_id": "CAM9", "kind": "premises"}]}))
    assert (places(before), places(after)) == ({}, {"CAM9": 1})


def test_a_thing_that_goes_leaves_the_sightings_that_stand_at_it(store):
    """Nobody is linked to it, so that the change is one of the thing alone."""
    change = Change(add={"things": [{"thing_id": "CAM9", "kind": "premises"}]})
    open_place(store).amend(change)
    before, after = graphs(store, Change(drop={"things": [{"thing_id": "CAM9"}]}))
    assert (places(before), places(after)) == ({"CAM9": 1}, {})
    assert len(after.nodes["Sighting"][KEY]) == 1
