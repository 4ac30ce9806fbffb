"""Every question about things against the real server and the view without one, on records worked on paper.

The expected rows follow the records of things_on_paper; none was copied from a run.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import log2
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from filled_server import filled_with
from test_local_view import EVERYTHING, same, variants
from test_queries_on_tiny import drawn
from things_on_paper import THINGS

from ocgnet.dataset import Dataset
from ocgnet.queries import bind, find, pack
from ocgnet.queries.ask import ask
from ocgnet.queries.local_view import as_the_view_reads, view_of
from ocgnet.queries.own_answers import OWN_ANSWERS
from ocgnet.store import LoadManifest

D, T = date, datetime
ADA, BRAM, CORA, KIT, ORLA = "Ada Brindle", "Bram Cotter", "Cora Dunmow", "Kit Larkin", "Orla Wickes"
PERSON, GROUP, LINE, TWO = "person_id=N1", "ocg_id=G1", "line_id=L1", ("person_a=N1", "person_b=N2")
HOUSE, ELM = ("H1", "address", "1 Low Row"), ("L1", "line", "Elm line")
ACCOUNT, CAR = ("A1", "account", "10000001"), ("V1", "vehicle", "AB12CDE")

TABLES: dict[str, tuple[tuple[str, ...], list[tuple]]] = {
    # N3 is a tenant of H1 and a user of L1 on a report that is suspected false, and N8 is restricted.
    "things-of-a-person": (
        (PERSON,),
        [
            (*ACCOUNT, "controls", D(2018, 1, 1), None, "recorded", ["N2"]),
            (*HOUSE, "seen_at", D(2018, 5, 1), D(2018, 6, 30), "recorded", ["C1", "N2", "P1"]),
            ("H2", "address", "2 Low Row", "resident", D(2010, 1, 1), None, "recorded", []),
            (*ELM, "user", D(2018, 4, 1), D(2018, 6, 30), "attributed", ["C1", "N2"]),
            ("PH1", "phone", "07700900001", "user", D(2018, 1, 1), None, "recorded", []),
            (*CAR, "keeper", D(2016, 1, 1), None, "recorded", ["N3"]),
        ],
    ),
    # PH2 went from N2 to N3 overnight, so they never shared it; a passenger is there on one day.
    "things-shared": (
        (),
        [
            (*ACCOUNT, "N1", ADA, "controls", "N2", BRAM, "signatory", D(2018, 3, 1), None, False, 2),
            (*HOUSE, "C1", KIT, "resident", "N1", ADA, "seen_at", D(2018, 5, 1), D(2018, 6, 30), False, 4),
            (*HOUSE, "C1", KIT, "resident", "N2", BRAM, "seen_at", D(2018, 6, 1), D(2018, 6, 1), False, 4),
            (*HOUSE, "C1", KIT, "resident", "P1", ORLA, "resident", D(2015, 1, 1), None, False, 4),
            (*HOUSE, "N1", ADA, "seen_at", "N2", BRAM, "seen_at", D(2018, 6, 1), D(2018, 6, 1), False, 4),
            (*HOUSE, "N1", ADA, "seen_at", "P1", ORLA, "resident", D(2018, 5, 1), D(2018, 6, 30), False, 4),
            (*HOUSE, "N2", BRAM, "seen_at", "P1", ORLA, "resident", D(2018, 6, 1), D(2018, 6, 1), False, 4),
            (*ELM, "C1", KIT, "runner", "N1", ADA, "user", D(2018, 5, 1), D(2018, 6, 30), False, 3),
            (*ELM, "C1", KIT, "runner", "N2", BRAM, "user", D(2018, 6, 15), None, True, 3),
            (*ELM, "N1", ADA, "user", "N2", BRAM, "user", D(2018, 6, 15), D(2018, 6, 30), True, 3),
            (
                *("PH3", "phone", "07700900003", "C1", KIT, "user", "P1", ORLA, "subscriber"),
                *(D(2018, 1, 1), None, False, 2),
            ),
            (*CAR, "N1", ADA, "keeper", "N3", CORA, "passenger", D(2018, 5, 5), D(2018, 5, 5), False, 2),
        ],
    ),
    "things-across-groups": (
        (),
        [
            (*HOUSE, 2, ["G1", "G2"], ["G2"], ["N1", "N2"], 4),
            ("PH2", "phone", "07700900002", 2, ["G1", "G2"], [], ["N2", "N3"], 2),
            (*CAR, 2, ["G1", "G2"], [], ["N1", "N3"], 2),
        ],
    ),
    # PH4: three to N1, one to N2, and one from the line, which is N2's by then: log2(1 + 3) + log2(1 + 2).
    # PH8 is of somebody restricted.
    "unattributed-numbers-of-a-group": (
        (GROUP,),
        [
            (
                *("PH4", "phone", "07700900004", 2, 2, ["N1", "N2"], ["L1"], pytest.approx(2 + log2(3)), 3, 5, 4),
                *(T(2018, 5, 2, 11), T(2018, 7, 10)),
            ),
            (
                *("PH5", "phone", "07700900005", 2, 2, ["N1", "N2"], ["L1"], pytest.approx(2), 2, 2, 2),
                *(T(2019, 2, 1, 9, 15), T(2019, 2, 2, 9)),
            ),
        ],
    ),
    # PH3 is subscribed by P1 and used by C1; PH2 was N2's in May and N3's in November.
    "contacts-of-a-person": (
        (PERSON,),
        [
            ("PH2", "phone", "07700900002", "N2", BRAM, 3, 1, 1, T(2018, 5, 1, 10), T(2018, 5, 3, 9)),
            ("PH4", "phone", "07700900004", None, None, 3, 0, 1, T(2018, 5, 2, 11), T(2018, 5, 2, 11)),
            ("PH2", "phone", "07700900002", "N3", CORA, 1, 1, 1, T(2018, 11, 1, 10), T(2018, 11, 1, 10)),
            ("PH3", "phone", "07700900003", "C1", KIT, 1, 1, 1, T(2018, 5, 4, 22, 30), T(2018, 5, 4, 22, 30)),
            ("PH5", "phone", "07700900005", None, None, 1, 0, 1, T(2019, 2, 2, 9), T(2019, 2, 2, 9)),
        ],
    ),
    "contacts-in-common": (
        TWO,
        [
            ("PH4", "phone", "07700900004", [], 3, 2, T(2018, 5, 2, 11), T(2018, 7, 10)),
            ("PH3", "phone", "07700900003", ["C1", "P1"], 1, 1, T(2018, 5, 4, 22, 30), T(2018, 12, 4, 22, 30)),
            ("PH5", "phone", "07700900005", [], 1, 1, T(2019, 2, 1, 9, 15), T(2019, 2, 2, 9)),
        ],
    ),
    "first-and-last-contact": (
        TWO,
        [
            ("N1", "PH1", "N2", "PH2", 1, 1, T(2018, 5, 1, 10), T(2018, 5, 1, 10)),
            ("N2", "PH2", "N1", "PH1", 2, 1, T(2018, 5, 1, 10, 30), T(2018, 5, 3, 9)),
        ],
    ),
    # From half past ten on 1 May to ten on 1 November are 183 whole days.
    "silence-around-an-event": (
        (PERSON, "event_on=2018-09-01", "window_days=160"),
        [
            (
                *("PH2", "phone", "07700900002", ["N2", "N3"], 3, 1, T(2018, 5, 1, 10, 30), T(2018, 11, 1, 10)),
                *(183, "before and after"),
            ),
            ("PH4", "phone", "07700900004", [], 3, 0, T(2018, 5, 2, 11), None, None, "fell silent"),
            ("PH3", "phone", "07700900003", ["C1", "P1"], 1, 0, T(2018, 5, 4, 22, 30), None, None, "fell silent"),
            ("PH5", "phone", "07700900005", [], 0, 1, None, T(2019, 2, 2, 9), None, "new"),
        ],
    ),
    "users-of-a-line": (
        (LINE,),
        [
            ("N1", ADA, "user", D(2018, 4, 1), D(2018, 6, 30), "attributed", "R1", ["N2"]),
            ("C1", KIT, "runner", D(2018, 5, 1), None, "recorded", None, []),
            ("N2", BRAM, "user", D(2018, 6, 15), None, "suspected", None, ["N1"]),
        ],
    ),
    # Kit turned 14 in June 2018.
    "juveniles-in-touch-with-a-line": (
        (LINE,),
        [
            ("C1", KIT, 13, "in touch", 2, 1, D(2018, 5, 4), D(2018, 12, 4)),
            ("C1", KIT, 13, "runner", None, None, D(2018, 5, 1), None),
        ],
    ),
    # Half past ten in the evening UTC is half past eleven in May; the day alone has no hour.
    "line-by-hour": ((LINE,), [(9, 1, 0, 1, 1), (22, 1, 0, 1, 1), (23, 1, 1, 1, 1), (None, 1, 1, 1, 1)]),
    # Half an hour apart on 9 May is too far; once they met across midnight.
    "vehicles-seen-together": (
        (),
        [
            (
                *("V1", "AB12CDE", "V2", "FG34HJK", 2, 1, 2, 4, 3),
                *(T(2018, 5, 1, 12), T(2018, 5, 1, 23, 58), ["N1"], ["N3"]),
            ),
        ],
    ),
    "addresses-of-several-nominals": (
        (),
        [
            (
                *(*HOUSE, "Quay", "Easter", 2, ["N1", "N2"], D(2018, 5, 1), D(2018, 6, 30)),
                *(["C1", "P1"], 1, ["G1", "G2"]),
            ),
        ],
    ),
    "accounts-of-several-people": (
        (),
        [("A1", "10000001", 2, ["N1 controls", "N2 signatory"], ["G1"], 0, None, 1, 1000.0)],
    ),
    "money-chains": (
        ("account_id=A1",),
        [
            (
                *("out", 3, ["A1", "A2", "A3", "A4"], [1000.0, 950.0, 900.0], ["GBP"] * 3),
                *(T(2018, 6, 1, 9), T(2018, 6, 20, 9), []),
            ),
            ("out", 2, ["A1", "A2", "A3"], [1000.0, 950.0], ["GBP"] * 2, T(2018, 6, 1, 9), T(2018, 6, 2, 9), []),
            ("out", 1, ["A1", "A2"], [1000.0], ["GBP"], T(2018, 6, 1, 9), T(2018, 6, 1, 9), ["N3"]),
        ],
    ),
    # A3 kept the money for 18 days.
    "money-passed-through": (
        (),
        [
            (
                *("A2", "10000002", ["N3"], "A1", T(2018, 6, 1, 9), 1000.0, "A3", T(2018, 6, 2, 9), 950.0, "GBP"),
                *(pytest.approx(0.95), 24),
            ),
        ],
    ),
    "things-of-a-crime": (
        ("crime_id=K1",),
        [
            ("W1", "weapon", "machete", "found", [], [], 1),
            ("B1", "premises", "Elm Garage", "scene", [], ["G1"], 1),
            (*CAR, "used", ["N1 keeper", "N3 passenger"], [], 1),
        ],
    ),
    # The review of V3, which N2 keeps, is overdue.
    "things-of-a-group": (
        (GROUP,),
        [
            (*ACCOUNT, "N1", "controls", D(2018, 1, 1), None, "recorded", 2),
            (*ACCOUNT, "N2", "signatory", D(2018, 3, 1), None, "recorded", 2),
            (*HOUSE, "N1", "seen_at", D(2018, 5, 1), D(2018, 6, 30), "recorded", 2),
            (*HOUSE, "N2", "seen_at", D(2018, 6, 1), D(2018, 6, 1), "recorded", 2),
            (*ELM, "G1", "own", D(2018, 4, 1), None, "recorded", 2),
            (*ELM, "N1", "user", D(2018, 4, 1), D(2018, 6, 30), "attributed", 2),
            (*ELM, "N2", "user", D(2018, 6, 15), None, "suspected", 2),
            ("H2", "address", "2 Low Row", "N1", "resident", D(2010, 1, 1), None, "recorded", 1),
            ("PH1", "phone", "07700900001", "N1", "user", D(2018, 1, 1), None, "recorded", 1),
            ("PH2", "phone", "07700900002", "N2", "user", D(2018, 1, 1), D(2018, 9, 30), "recorded", 1),
            (*CAR, "N1", "keeper", D(2016, 1, 1), None, "recorded", 1),
            ("B1", "premises", "Elm Garage", "G1", "own", D(2016, 1, 1), D(2018, 12, 31), "recorded", 0),
        ],
    ),
    # Of 26 links three are of N8, who is restricted.
    "communications-by-authority": (
        (),
        [
            ("communications", "DA/1", 9, 6, T(2018, 2, 1, 8), T(2019, 2, 2, 9)),
            ("communications", "DA/2", 4, 4, T(2018, 5, 4, 22, 30), T(2019, 2, 1, 9, 15)),
            ("links of people", None, 22, 12, D(2010, 1, 1), D(2018, 10, 1)),
            ("links of people", "PO/7", 1, 1, D(2018, 1, 1), D(2018, 1, 1)),
            ("sightings", None, 9, 3, T(2018, 5, 1, 12), T(2018, 5, 9, 12, 30)),
            ("transfers", None, 4, 4, T(2018, 5, 1, 9), T(2018, 6, 20, 9)),
        ],
    ),
}

SEEN = "V1|2018-05-03T12:00:00|H1|||officer"
OWN = {
    *(("N1", t, x) for t, x in (("USES", "PH1"), ("USES", "L1"), ("KEEPS", "V1"), ("SEEN_AT", "H1"))),
    *(("N1", "LIVES_AT", "H2"), ("N1", "CONTROLS", "A1"), ("N2", "SEEN_AT", "H1"), ("N2", "SIGNS_FOR", "A1")),
    ("N2", "USES", "L1"),
}
PICTURES: dict[str, tuple[tuple[str, ...], set[tuple[str, str, str]]]] = {
    "picture-things-of-a-person": (
        (PERSON,),
        OWN | {("C1", "LIVES_AT", "H1"), ("P1", "LIVES_AT", "H1"), ("C1", "RUNS_FOR", "L1"), ("N3", "RIDES_IN", "V1")},
    ),
    "picture-things-of-a-group": (
        (GROUP,),
        OWN
        | {("N1", "MEMBER_OF", "G1"), ("N2", "MEMBER_OF", "G1"), ("N2", "USES", "PH2")}
        | {("G1", "HAS_THING", "L1"), ("G1", "HAS_THING", "B1")},
    ),
    "picture-line": (
        (LINE,),
        {("N1", "USES", "L1"), ("N2", "USES", "L1"), ("C1", "RUNS_FOR", "L1"), ("G1", "HAS_THING", "L1")}
        | {("L1", "COMMUNICATED_WITH", "PH4"), ("PH5", "COMMUNICATED_WITH", "L1")}
        # The later of the two with PH3, and of its user and subscriber the user.
        | {("PH3", "COMMUNICATED_WITH", "L1"), ("C1", "USES", "PH3")},
    ),
    "picture-house": (
        ("place_id=H1",),
        {("P1", "LIVES_AT", "H1"), ("C1", "LIVES_AT", "H1"), ("N1", "SEEN_AT", "H1"), ("N2", "SEEN_AT", "H1")}
        | {("G2", "HAS_THING", "H1"), ("V1", "SEEN_IN", SEEN), (SEEN, "AT_PLACE", "H1"), ("N1", "KEEPS", "V1")},
    ),
    "picture-money": (
        ("account_id=A1",),
        {("A1", "TRANSFERRED_TO", "A2"), ("A2", "TRANSFERRED_TO", "A3")}
        | {("N1", "CONTROLS", "A1"), ("N2", "SIGNS_FOR", "A1"), ("N3", "CONTROLS", "A2")},
    ),
}

PACK = [q for q in pack() if q.subject == "things"]
MANIFEST = LoadManifest((), "test")

CHOICES = EVERYTHING | {
    "person_id": ("N1", "N2", "N3", "N8", "N9", "C1", "P1"),
    "ocg_id": ("G1", "G2"),
    "person_a": ("N1", "C1"),
    "person_b": ("N2", "N3"),
    "crime_id": ("K1",),
    "line_id": ("L1", "PH2", "PH8"),
    "place_id": ("H1", "H2", "B1"),
    "account_id": ("A1", "A3"),
    "event_on": ("2018-05-03", "2018-09-01"),
    "window_days": ("400", "0"),
    "max_users": ("2", "3"),
    "max_contacts": ("2",),
    "min_people": ("1",),
    "min_times": ("1",),
    "minutes": ("30", "0"),
    "within_days": ("30",),
    "min_share": ("0.95", "0"),
}


@pytest.fixture(scope="module")
def things(neo4j_server):
    with filled_with(neo4j_server, THINGS, MANIFEST) as server:
        yield server


def test_every_question_about_things_has_its_answer_on_paper() -> None:
    assert {q.name for q in PACK if q.kind == "table"} == set(TABLES)
    assert {q.name for q in PACK if q.kind == "picture"} == set(PICTURES)
    assert len(TABLES) >= 15
    assert len(PICTURES) >= 5


@pytest.mark.parametrize("name", TABLES)
def test_a_table_about_things_gives_the_rows_on_paper(things, name: str) -> None:
    given, expected = TABLES[name]
    assert things.rows(name, *given) == expected


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_things_draws_what_is_on_paper(things, name: str) -> None:
    given, expected = PICTURES[name]
    assert drawn(things.rows(name, *given)) == expected


@pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)
def test_the_server_warns_of_nothing(things, query) -> None:
    with things.connection.session() as session:
        done = session.run(f"EXPLAIN {query.text}", bind(query, ())).consume()
    severe = [s for s in done.gql_status_objects if getattr(s, "is_notification", False)]
    assert [s.status_description for s in severe] == []


def asked(query) -> list[list[str]]:
    """The question with its own values, with those on paper, and from there one value changed at a time."""
    return [list((TABLES | PICTURES)[query.name][0]), *variants(query, CHOICES)]


def test_the_view_answers_about_things_as_the_server_does(things) -> None:
    view = view_of(THINGS)
    for query in (q for q in PACK if q.kind == "table" and q.name not in OWN_ANSWERS and q.subject != "people"):
        for given in asked(query):
            values = bind(query, given)
            rows = [
                tuple(row[c.name] for c in query.columns)
                for row in view.cypher(as_the_view_reads(query.text), params=values)
            ]
            assert same(rows, list(ask(things.connection, query, values).rows)), (query.name, given)


def test_whoever_is_restricted_is_in_no_answer_about_things(things) -> None:
    for query in PACK:
        for given in asked(query):
            text = json.dumps(ask(things.connection, query, bind(query, given)).rows, default=str)
            if "line_id=PH8" not in given:
                assert not any(f'"{word}' in text for word in ("N8", "Hale Marrick", "PH8")), (query.name, given)
            assert "Hale Marrick" not in text
            # Who is asked for by id is shown, as in every other question.
            if not {"include_overdue=yes", "person_id=N9"} & set(given):
                assert '"N9' not in text, (query.name, given)


def test_overdue_people_and_things_come_back_when_asked_for(things) -> None:
    contacts = {r[0]: r[3] for r in things.rows("contacts-of-a-person", PERSON, "include_overdue=yes")}
    assert contacts["PH9"] == "N9"
    pairs = {(r[0], r[2]): r[4] for r in things.rows("vehicles-seen-together", "include_overdue=yes")}
    assert pairs == {("V1", "V2"): 2, ("V1", "V3"): 2, ("V2", "V3"): 2}


def test_things_whose_review_is_overdue_are_listed_with_the_people(things) -> None:
    rows = things.rows("overdue-reviews")
    assert [(r[0], r[1]) for r in rows] == [("person", "N9"), ("thing", "V3")]


def test_a_report_outside_the_grades_comes_back_when_they_are_widened(things) -> None:
    everything = ("refused_sources=", "refused_contents=")
    assert [r[0] for r in things.rows("users-of-a-line", LINE, *everything)] == ["N1", "C1", "N2", "N3"]
    [house] = things.rows("addresses-of-several-nominals", *everything)
    # N3 is its tenant now.
    assert house[9] == ["C1", "N3", "P1"]


def test_a_thing_with_too_many_people_joins_nobody(things) -> None:
    assert {r[0] for r in things.rows("things-shared", "max_users=3")} == {"A1", "L1", "PH3", "V1"}


def test_a_report_that_may_not_be_named_is_not_named(things) -> None:
    rows = things.rows("users-of-a-line", LINE, "restricted=3x5x2 P")
    assert [(r[0], r[6]) for r in rows] == [("N1", None), ("C1", None), ("N2", None)]


def instants() -> list[datetime]:
    """Every hour, at a quarter past, of days around the changes of clocks from 2018 to 2025."""
    days = [
        date(year, month, 1) + timedelta(n) for year in range(2018, 2026) for month in (3, 10) for n in range(22, 32)
    ]
    days += [date(2024, month, 15) for month in range(1, 13)]
    return [T(d.year, d.month, d.day, hour, 15) for d in days for hour in (0, 1, 2, 12, 23)]


def test_hours_are_those_of_clocks_in_the_uk(neo4j_server) -> None:
    at = sorted({moment for moment in instants() if moment.month != 4})
    calls = pa.table({"from_thing": ["L1"] * len(at), "to_thing": ["L2"] * len(at), "at": at})
    kinds = pa.table({"thing_id": ["L1", "L2"], "kind": ["line", "phone"]})
    records = Dataset.of({"things": kinds, "communications": calls})
    london = ZoneInfo("Europe/London")
    expected = Counter(moment.replace(tzinfo=UTC).astimezone(london).hour for moment in at)
    query = find("line-by-hour")
    values = bind(query, [LINE, "period_from=2018-01-01", "period_to=2026-01-01"])
    with filled_with(neo4j_server, records, MANIFEST) as server:
        assert {r[0]: r[1] for r in ask(server.connection, query, values).rows} == expected
