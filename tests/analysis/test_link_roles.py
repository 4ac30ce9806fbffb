"""As what people stand in crimes, against the tiny folder worked on paper."""

from dataclasses import replace
from pathlib import Path

import pytest

from ocgnet.analysis.events import STANDS_COLUMNS, stands_of
from ocgnet.checks.check import check
from ocgnet.evidence.evidence import evidence_of
from ocgnet.settings import Settings


@pytest.fixture(scope="module")
def tiny():
    return check(Path(__file__).parents[2] / "fixtures" / "tiny").dataset


def stands(dataset, *roles):
    settings = replace(Settings(), link_roles=roles)
    frame = stands_of(dataset, evidence_of(dataset, settings), settings)
    assert tuple(frame.columns) == STANDS_COLUMNS
    assert frame.equals(frame.sort_values(["nominal_id", "crime_id"], ignore_index=True))
    return {(p, c): s for p, c, s in frame.itertuples(index=False)}


def test_without_victims_or_witnesses_nothing_is_said(tiny):
    assert stands(tiny, "arrested", "suspect") == {}
    assert stands(tiny, "arrested", "charged", "convicted", "suspect") == {}


def test_a_suspect_of_one_crime_may_be_the_victim_of_another(tiny):
    found = stands(tiny, "arrested", "suspect", "victim", "witness")
    # N05 was hurt in K3 and is suspected of K4; N03 is victim and was arrested in K3, and stands there as a suspect.
    assert (found["N05", "K3"], found["N05", "K4"]) == ("victim", "suspect")
    assert found["N03", "K3"] == "suspect"
    assert set(found.values()) == {"victim", "suspect"}


def test_links_that_do_not_count_have_no_say_and_people_who_are_no_nominals_no_row(tiny):
    # The victims P01 and the witness P02 are in the table people, never rows of a result about nominals.
    assert stands(tiny, "victim", "witness") == {("N03", "K3"): "victim", ("N05", "K3"): "victim"}
