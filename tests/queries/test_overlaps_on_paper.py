"""What stands twice in the records counts once in the questions, as it does in the analysis."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from filled_server import filled

D = date
TABLES = {
    "about.toml": "as_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n",
    "nominals.csv": (
        "nominal_id,name,date_of_birth\nN1,Ada,1980-05-01\nN2,Bob,1970-02-28\nN3,Cy,1981-01-01\nN4,Old,1900-01-01\n"
    ),
    "ocgs.csv": "ocg_id\nG1\n",
    "memberships.csv": (
        "nominal_id,ocg_id,role,from_date\nN1,G1,principal,\nN1,G1,peripheral,2018-02-01\nN4,G1,significant,\n"
    ),
    "children.csv": "child_id,date_of_birth\nC1,2008-06-10\n",
    "crimes.csv": "crime_id,recorded_on\nX1,2018-05-01\n",
    "crime_links.csv": "person_id,crime_id,link_role\nN4,X1,victim\n",
    "associations.csv": (
        "person_a,person_b,kind,directed,times_observed,first_seen\n"
        "N1,N2,meeting,,3,2018-05-01\nN2,N1,meeting,,5,2018-05-01\n"
        "N1,N2,phone,,52,2018-05-01\nN2,N1,phone,,29,2018-05-01\n"
        "N1,N3,phone,,3,2018-05-01\nN3,N1,phone,,3,2018-05-01\n"
        "N1,N3,online,yes,3,2018-05-01\nN3,N1,online,yes,3,2018-05-01\n"
    ),
    "missing_episodes.csv": (
        "child_id,missing_from,found_at,companions,return_interview_at\n"
        "C1,2018-06-01T10:00,2018-06-03T10:00,N1,2018-06-03T11:00\n"
        "C1,2018-06-02T10:00,2018-06-04T10:00,N1,\n"
        "C1,2018-07-01T10:00,2018-07-03T10:00,,\n"
        "C1,2018-07-02T10:00,2018-07-02T20:00,,2018-07-04T10:00\n"
        "C1,2018-08-01T10:00,,N1,\n"
    ),
}


@pytest.fixture(scope="module")
def twice(neo4j_server, tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("twice")
    for name, text in TABLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with filled(neo4j_server, folder) as server:
        yield server


def test_contacts_recorded_both_ways(twice) -> None:
    day = D(2018, 5, 1)
    assert twice.rows("ties-of-a-person", "person_id=N1") == [
        ("N2", "Bob", "meeting", 5, day),
        ("N2", "Bob", "phone", 81, day),
        ("N3", "Cy", "online", 6, day),
        ("N3", "Cy", "phone", 3, day),
        ("N4", "Old", "same group", 1, None),
    ]


def test_episodes_that_overlap(twice) -> None:
    # Three absences. The interview of 3 June was held while the other record has the child missing; that of 4 July,
    # in the record of the shorter absence, was held after both. No return is known of the one of August.
    assert twice.rows("children-missing-repeatedly") == [("C1", None, 10, 3, 1, 1, D(2018, 8, 1))]
    assert twice.rows("missing-together") == [("C1", None, "N1", "Ada", 2, 2, ["N1"])]


def test_of_two_roles_at_once_the_one_that_began_last_counts(twice) -> None:
    roles = [(row[0], row[2]) for row in twice.rows("group-members", "ocg_id=G1")]
    assert roles == [("N4", "significant"), ("N1", "peripheral")]


def test_an_age_that_nobody_has_is_not_known(twice) -> None:
    assert twice.rows("members-who-are-victims") == [("N4", "Old", None, 1, 0, ["G1"])]
