"""Crimes near a place: on both kinds of store against a sum done apart, and what stands beside the answer."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pyarrow as pa
import pytest
from filled_server import FIXTURES, filled_with
from things_on_paper import THINGS

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.queries import bind, find
from ocgnet.queries.ask import ask
from ocgnet.queries.crimes_near import answer_from_records
from ocgnet.store import LoadManifest

QUESTION = find("crimes-near")
COUNTY = check(FIXTURES / "county").dataset
# An address, a crime, a point written in two ways, and all of the county.
ASKED = (
    ("place=PL0258",),
    ("place=PL1589", "metres=1500"),
    ("place=CR00003", "metres=800", "period_from=2016-01-01"),
    ("place=49.6642,-7.3804",),
    ("place= 49.65 , -7.4 ", "metres=2000"),
    ("place=PL0258", "metres=0"),
    ("place=PL0258", "metres=100000", "period_from=2016-01-01", "period_to=2016-12-31"),
    ("place=NOPE",),
    ("place=91,0",),
    ("place=1,2,3",),
    ("place=",),
)


def arc(latitude: float, longitude: float, centre: tuple[float, float]) -> float:
    """Metres between two points of a ball by the angle between their directions, no haversine in it."""

    def direction(lat: float, lon: float) -> tuple[float, float, float]:
        phi, theta = math.radians(lat), math.radians(lon)
        return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)

    one, other = direction(latitude, longitude), direction(*centre)
    return 6_378_140 * 2 * math.asin(min(1.0, math.dist(one, other) / 2))


@pytest.mark.parametrize("given", ASKED[:7], ids=" ".join)
def test_records_give_whom_a_sum_done_apart_gives(given: tuple[str, ...]) -> None:
    values = bind(QUESTION, given)
    crimes, things = COUNTY["crimes"].to_pandas(), COUNTY["things"].to_pandas()
    placed = pd.concat([crimes.set_index("crime_id"), things.set_index("thing_id")])[["latitude", "longitude"]]
    place = values["place"]
    centre = tuple(placed.loc[place]) if place in placed.index else tuple(map(float, place.split(",")))
    day = pd.to_datetime(crimes["recorded_on"].fillna(crimes["occurred_on"]))
    crimes = crimes[day.between(pd.Timestamp(values["period_from"]), pd.Timestamp(values["period_to"]))]
    here = crimes.dropna(subset=["latitude"])
    far = [arc(lat, lon, centre) for lat, lon in zip(here["latitude"], here["longitude"], strict=True)]
    expected = [
        (round(metres), crime)
        for metres, crime in zip(far, here["crime_id"], strict=True)
        if metres <= values["metres"] and crime != place
    ]
    answer = answer_from_records(COUNTY, values)
    assert [(row[-1], row[0]) for row in answer.rows] == sorted(expected)
    without = len(crimes) - len(here)
    assert answer.notes == (f"{without:,} crimes of the period have no place on record and may be near all the same.",)


def test_the_answers_are_no_trifle() -> None:
    sizes = [len(answer_from_records(COUNTY, bind(QUESTION, given)).rows) for given in ASKED]
    assert sizes[0] == sizes[3] > 5
    assert sizes[6] > 30
    assert sizes[7:] == [0] * 4


def test_a_server_gives_the_same_answer_as_records_do(county) -> None:
    for given in ASKED:
        values = bind(QUESTION, given)
        assert ask(county.connection, QUESTION, values) == answer_from_records(COUNTY, values), given
    assert "NodeIndexSeekByRange" in county.server.explain(QUESTION.text, **bind(QUESTION, ()))


def test_a_place_without_a_record_of_it_is_said() -> None:
    answer = answer_from_records(COUNTY, bind(QUESTION, ["place=NOPE"]))
    assert answer.notes[0].startswith("There is no crime or thing NOPE with a place on record. Give the id of one")


def with_places() -> Dataset:
    """The folder of things on paper: all things and the first crime at one place."""
    tables = dict(THINGS.tables)
    for name in ("things", "crimes"):
        t = tables[name]
        for column, first, step in (("latitude", 50.0, 0.001), ("longitude", -5.0, 0.0)):
            at = t.column_names.index(column)
            where = [first + step * (name == "crimes" and i > 0) for i in range(t.num_rows)]
            t = t.set_column(at, t.schema.field(at), pa.array(where, pa.float64()))
        tables[name] = t
    return Dataset.of(tables, THINGS.about)


def test_what_only_restricted_people_use_and_what_is_overdue_is_not_looked_around(neo4j_server) -> None:
    records = with_places()
    with filled_with(neo4j_server, records, LoadManifest((), "near")) as server:
        for place, seen in (("PH1", True), ("PH8", False), ("V3", False), ("H1", True), ("L1", True), ("W1", True)):
            values = bind(QUESTION, [f"place={place}", "period_from=2000-01-01", "period_to=2030-01-01"])
            answer = answer_from_records(records, values)
            assert bool(answer.rows) == seen, place
            assert ask(server.connection, QUESTION, values) == answer, place
        values |= {"place": "V3", "include_overdue": True, "as_of": date(2019, 3, 31)}
        again = ask(server.connection, QUESTION, values)
        assert again == answer_from_records(records, values)
        assert {row[-1] for row in again.rows} == {0}
