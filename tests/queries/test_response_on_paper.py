"""Every question about plans, disruptions, orders and cases on a server, and without one, as worked on paper.

The expected rows follow the records and answers.md of fixtures/tiny_response; none was copied from a run.
"""

from __future__ import annotations

from datetime import date

import pytest
from filled_server import FIXTURES, filled, filled_with
from test_queries_on_tiny import BRENNA, GARRIN, ORRIN, drawn
from test_restricted_people import named_in, with_restricted

from ocgnet.checks.check import check
from ocgnet.queries import bind, find, pack
from ocgnet.queries.ask import ask
from ocgnet.queries.local_view import as_the_view_reads, view_of
from ocgnet.store import LoadManifest

D = date
ZOE, VESNA, RISK = "Zoë Nerrovar", "Vesna O'Varrick", "assessed risk of exploitation"
B1, B2, B3 = ("B1", "group", "G1"), ("B2", "threat", "T1"), ("B3", "person", "C2")
RUNNERS, PLAN = (
    ("Youth worker to meet two runners", "Worker Y1", "council"),
    ("Safety plan with the family", "Worker Y2"),
)
NOTICE, WARNING, SHOP = "community_protection_notice", "child_abduction_warning_notice", ("PL2", "Corner Shop")
SCHEME, STAGE = "ocgnet-priorities", "stage of the national referral mechanism"
LANTERN, EXPLOITATION = ("S1", "Lantern Team"), "exploitation"
ON_N07 = ("O1", WARNING, "N07", GARRIN, None, None, "C2", "police", D(2018, 12, 28), None)

TABLES: dict[str, tuple[tuple[str, ...], list[tuple]]] = {
    "plans-now": (
        (),
        [
            (*B2, None, D(2018, 11, 10), D(2019, 2, 28), True, 2, 1, 0, 0, ["pursue"]),
            (*B3, "Insp A2", D(2019, 1, 2), D(2019, 4, 30), False, 2, 0, 1, 0, ["prevent", "protect"]),
            (*B1, "Insp A1", D(2018, 5, 1), D(2019, 6, 30), False, 2, 1, 1, 0, ["prevent", "pursue"]),
        ],
    ),
    "plans-without-lead-officer": ((), [(*B2, D(2018, 11, 10), D(2019, 2, 28), 1, None)]),
    # The hours of A4 and the money of A5 are not known.
    "plans-all-pursue": ((), [(*B2, None, 2, 1, 12.0, 1, 500.0, 1)]),
    # A8 is due on the very day.
    "plan-actions-overdue": (
        (),
        [
            ("A2", D(2019, 2, 1), "prevent", *RUNNERS, None, None, *B1),
            ("A7", D(2019, 3, 1), "protect", *PLAN, "council", None, None, *B3),
        ],
    ),
    "actions-of-a-plan": (
        ("plan_id=B1",),
        [
            ("prevent", "A2", *RUNNERS, D(2019, 2, 1), "open", None, True, None, None),
            (
                *("protect", "A3", "Letter about a threat to life", "Sgt K2", "police", D(2018, 9, 1), "dropped"),
                *(None, False, None, None),
            ),
            (
                *("pursue", "A1", "Warrant at a storage unit", "Sgt K1", "police", D(2018, 6, 30), "done"),
                *(D(2018, 6, 20), False, None, None),
            ),
        ],
    ),
    "plan-history": (("plan_id=B1",), []),
    # A6 stands alone; B4, which ended, was against a group that is mapped no more.
    "groups-without-plan": (
        (),
        [("group", "G2", "Group Basalt", None, 3, 1), ("threat", "T2", "Children met at a shop", None, None, 0)],
    ),
    "disruptions-by-agency": (
        (),
        [
            ("council", 1, 0, 0, 1, 0, 1, ["protect"], D(2019, 1, 15)),
            ("police", 1, 1, 0, 0, 0, 1, ["pursue"], D(2018, 6, 20)),
        ],
    ),
    # Before: K1; after: K2 and K3. Reports: R1 and R2 before, R3 after; R7 is overdue, R4 suspected false.
    "disruptions-before-after": (
        ("ocg_id=G1", "window_days=90"),
        [("D1", D(2018, 6, 20), "major", "pursue", "police", 4, 1, 2, 2, 1, 90)],
    ),
    "activities-results": (
        (),
        [
            (
                *("Y1", "Day of action at shops", "day_of_action", D(2019, 2, 10), "police"),
                *(["council", "fire service"], None, None, *SHOP, ["4 shops visited", "1 notice served"]),
            ),
            (
                *("Y2", "Operation Bittern", "operation", D(2018, 6, 20), "police", None, "B1", "G1", None, None),
                ["2 arrests", "cash seized"],
            ),
        ],
    ),
    "threats-and-their-things": (
        (),
        [
            (
                *("T1", "The Skerry line", "county_line", "Easter", D(2018, 11, 1), "TL2", "07700 900102"),
                *(["B2"], [], 1, D(2019, 3, 13)),
            ),
            ("T2", "Children met at a shop", "place", "Wester", D(2019, 2, 1), *SHOP, [], [], 0, None),
        ],
    ),
    # From the day to 14 February of the next year, over no leap day, are 320 days.
    "orders-in-force": (
        (),
        [
            ("O3", NOTICE, None, None, *SHOP, None, "council", D(2019, 2, 15), D(2020, 2, 14), 320, None),
            (*ON_N07, None, D(2019, 2, 20)),
        ],
    ),
    "orders-breached": ((), [(*ON_N07, D(2019, 2, 20), True)]),
    "premises-with-orders": ((), [("PL2", "premises", "Corner Shop", [NOTICE], 1, 0, 1, D(2019, 2, 10), [], 0)]),
    "case-of-premises": (
        ("premises_id=PL2",),
        [
            (D(2019, 2, 10), "activity", "day_of_action", "police", None, "Y1"),
            (D(2019, 2, 15), "order", NOTICE, "council", D(2020, 2, 14), "O3"),
        ],
    ),
    "scores-latest": (
        (),
        [
            (
                *("group", "G1", "Group Alder", SCHEME, "1", "community", 3.0, D(2019, 3, 13), "Analyst B"),
                *("neighbours speak up", 2),
            ),
            ("group", "G2", "Group Basalt", SCHEME, "0", "community", 3.0, D(2018, 3, 14), "Analyst A", None, 1),
            (
                *("threat", "T1", "The Skerry line", SCHEME, "1", "capability", 4.0, D(2019, 3, 13), "Analyst B"),
                *("no powers over the number", 1),
            ),
        ],
    ),
    "cases-by-service": (
        (),
        [
            (*LANTERN, "police", "PC A", 1, 1, 0, D(2019, 1, 2)),
            (*LANTERN, "police", "PC B", 1, 0, 0, D(2018, 10, 1)),
            ("S2", "Guardians", "voluntary sector", None, 1, 1, 0, D(2019, 1, 10)),
            ("S3", "Tideway Young People's Service", "health", None, 0, 0, 0, None),
        ],
    ),
    "cases-of-a-service": (
        ("service_id=S1",),
        [
            ("C2", ORRIN, 15, "PC A", D(2019, 1, 2), None, D(2019, 2, 14)),
            ("C3", ZOE, 18, "PC B", D(2018, 10, 1), None, D(2019, 3, 20)),
        ],
    ),
    "cases-without-owner": (
        (),
        [("no owner at the service", "C2", ORRIN, 15, "S2", "Guardians", D(2019, 1, 10), D(2019, 2, 14))],
    ),
    "turning-18-with-a-case": (
        (),
        [
            (
                *("C3", ZOE, D(2001, 3, 31), 18, *LANTERN, "PC B", D(2018, 10, 1)),
                *("turned 18 since the case began", D(2019, 3, 20)),
            ),
        ],
    ),
    "meetings-overdue": (
        (),
        [
            (
                *("C2", ORRIN, 15, EXPLOITATION, D(2019, 2, 14), D(2019, 3, 14), 17, ["PC A"]),
                ["police", "children's services"],
            ),
        ],
    ),
    # The one child who went missing was interviewed two days after coming back.
    "return-interviews-overdue": ((), []),
    "nrm-stages": (
        (),
        [
            (
                *("C2", ORRIN, 15, "reasonable_grounds", "potential victim", D(2019, 2, 1), "criminal"),
                *(D(2019, 1, 5), 0),
            ),
            ("C3", ZOE, 18, "negative", "no victim", D(2018, 11, 5), "sexual", D(2018, 10, 2), 0),
        ],
    ),
    "nrm-waiting": (
        (),
        [("C2", ORRIN, 15, "conclusive grounds", D(2019, 2, 1), 58, D(2019, 1, 5), ["PC A"], 0)],
    ),
    "services-of-children-of-a-group": (
        ("ocg_id=G2",),
        [("C2", ORRIN, 15, ["N06"], ["Lantern Team", "Guardians"], ["PC A"], 1, D(2019, 2, 14))],
    ),
    "case-of-a-person": (
        ("case_id=C2",),
        [
            (D(2018, 12, 24), "missing", None, None, D(2018, 12, 25), "C2|2018-12-24T20:00:00"),
            (D(2018, 12, 27), RISK, "sexual: medium", None, None, "C2|sexual|2018-12-27"),
            (D(2018, 12, 27), "referral", "mash", "police", None, "C2|mash|2018-12-27"),
            (D(2018, 12, 28), RISK, "criminal: medium", None, None, "C2|criminal|2018-12-28"),
            (D(2018, 12, 28), "order that protects the person", WARNING, "police", None, "O1"),
            (D(2019, 1, 2), "service", "Lantern Team", "PC A", None, "S1"),
            (D(2019, 1, 5), "referral", "nrm", "police", None, "C2|nrm|2019-01-05"),
            (D(2019, 1, 5), STAGE, "referred", None, None, "C2|referred|2019-01-05"),
            (D(2019, 1, 10), "service", "Guardians", None, None, "S2"),
            (D(2019, 1, 15), "meeting", EXPLOITATION, None, D(2019, 2, 14), "C2|2019-01-15|exploitation"),
            (D(2019, 2, 1), RISK, "criminal: high", None, None, "C2|criminal|2019-02-01"),
            (D(2019, 2, 1), STAGE, "reasonable_grounds", None, None, "C2|reasonable_grounds|2019-02-01"),
            (D(2019, 2, 14), "meeting", EXPLOITATION, None, D(2019, 3, 14), "C2|2019-02-14|exploitation"),
            (D(2019, 3, 29), "referral", "early_help", "council", None, "C2|early_help|2019-03-29"),
        ],
    ),
    # No crime is marked, and nobody was stopped.
    "county-lines-by-district": ((), [("Easter", 1, ["G1"], 0, 0, 0, 0, 0, 0)]),
    # C3 is 18; C2's lower risk of April is not known yet.
    "children-whose-risk-rose": (
        (),
        [
            (
                *("C2", ORRIN, 15, "criminal", "medium", D(2018, 12, 28), "high", D(2019, 2, 1)),
                *(["Lantern Team", "Guardians"], 0),
            ),
        ],
    ),
    "children-at-high-risk-without-a-service": (
        (),
        [("C1", VESNA, 8, ["sexual"], D(2018, 9, 1), None, D(2018, 9, 4), ["Lantern Team"])],
    ),
    # The fraud has ended, and G3 is archived.
    "groups-by-activity-and-district": (
        (),
        [
            ("county lines", "Easter", 1, ["G1"], 1, 0, 0, 4),
            ("drug trafficking", "Easter", 1, ["G1"], 1, 0, 0, 4),
            ("money laundering", None, 1, ["G2"], 0, 1, 0, 3),
        ],
    ),
    # From 28 February to 31 March are 31 days; GA4 is answered, GA5 not asked yet.
    "intelligence-gaps-by-owner": (
        (),
        [
            ("Insp A1", 2, 1, 0, D(2019, 2, 28), 31, ["GA1"], ["PR1", "PR2"]),
            (None, 1, 0, 1, None, None, [], ["PR2"]),
        ],
    ),
    # Both referrals to the mechanism have a later stage.
    "referrals-without-outcome": (
        (),
        [("C2", ORRIN, 15, "early_help", D(2019, 3, 29), 2, "pending", None, ["PC A"])],
    ),
    "priorities-now": (
        (),
        [
            (
                *("PR1", "Fewer children run for the Skerry line", "Insp A1", "juvenile_dealers", "at_most", 5.0),
                *(D(2018, 4, 1), D(2019, 3, 31), 1, 1),
            ),
            ("PR2", "Know who is exploited at shops", None, None, None, None, D(2018, 4, 1), None, 2, 0),
        ],
    ),
}

PICTURES: dict[str, tuple[tuple[str, ...], set[tuple[str, str, str]]]] = {
    "picture-plan": (
        ("plan_id=B1",),
        {("B1", "PLAN_FOR_GROUP", "G1"), ("A3", "ABOUT", "N03"), ("Y2", "ACTIVITY_OF", "B1")}
        | {(action, "ACTION_OF", "B1") for action in ("A1", "A2", "A3")},
    ),
    "picture-case": (
        ("case_id=C2",),
        {("C2", "REFERRED", f"C2|{when}") for when in ("mash|2018-12-27", "nrm|2019-01-05", "early_help|2019-03-29")}
        | {("C2", "LOOKED_AFTER_BY", service) for service in ("S1", "S2")}
        | {("C2", "DISCUSSED_IN", f"C2|{day}|exploitation") for day in ("2019-01-15", "2019-02-14")}
        | {("C2", "CAME_TO", f"C2|{stage}") for stage in ("referred|2019-01-05", "reasonable_grounds|2019-02-01")}
        | {("C2", "AT_RISK", f"C2|{k}") for k in ("sexual|2018-12-27", "criminal|2018-12-28", "criminal|2019-02-01")}
        | {("O1", "PROTECTS", "C2"), ("O1", "ORDER_ON", "N07"), ("N06", "FAMILY_OF", "C2"), ("N08", "FAMILY_OF", "C2")}
        | {("C2", "WENT_MISSING", "C2|2018-12-24T20:00:00")},
    ),
    "picture-premises": (
        ("premises_id=PL2",),
        {("O3", "ORDER_FOR_PLACE", "PL2"), ("Y1", "ACTIVITY_AT", "PL2")},
    ),
}
ABOUT_RESPONSE = [q for q in pack() if q.subject in ("response", "cases")]


@pytest.fixture(scope="module")
def response(neo4j_server):
    with filled(neo4j_server, FIXTURES / "tiny_response") as server:
        yield server


def test_every_question_about_the_response_has_its_answer_on_paper() -> None:
    assert {q.name for q in ABOUT_RESPONSE} - {"disruptions-by-group"} == {*TABLES, *PICTURES}
    assert len(PICTURES) == 3


def test_the_answers_are_those_on_paper(response) -> None:
    view = view_of(response.dataset)
    for name, (given, expected) in TABLES.items():
        assert response.rows(name, *given) == expected, name
        rows = view.cypher(as_the_view_reads(find(name).text), params=bind(find(name), given))
        assert [tuple(row[c.name] for c in find(name).columns) for row in rows] == expected, name
    for name, (given, expected) in PICTURES.items():
        assert drawn(response.rows(name, *given)) == expected, name


def test_nobody_restricted_is_named_in_what_is_done(neo4j_server) -> None:
    """C2 is looked after, discussed, protected and in a plan, N07 under an order, N02 a member; none is shown."""
    checked = check(FIXTURES / "tiny_response")
    assert BRENNA in str(checked.dataset["nominals"])
    shown = set()
    records = {False: checked.dataset, True: with_restricted(checked.dataset)}
    asked = [(q, given) for q in ABOUT_RESPONSE for given in values_about(q)]
    for restricted in (False, True):
        view = view_of(records[restricted])
        with filled_with(neo4j_server, records[restricted], LoadManifest(checked.sources, "test")) as server:
            for query, given in asked:
                values = bind(query, given)
                answers = [ask(server.connection, query, values).rows]
                if query.kind == "table":
                    answers.append(
                        [list(row.values()) for row in view.cypher(as_the_view_reads(query.text), params=values)]
                    )
                for rows in answers:
                    if named := named_in(rows):
                        assert not restricted, (query.name, given, named)
                        shown.add(query.name)
    assert len(shown) >= 14, "unrestricted, most questions name them, so the test can fail"


def values_about(query) -> list[tuple[str, ...]]:
    """Values with which a question is about the restricted people, and about others."""
    names = {p.name: p.default for p in query.parameters}
    choices = {
        "case_id": ("C2", "C3", "N07"), "plan_id": ("B1", "B3"), "service_id": ("S1", "S2"), "ocg_id": ("G1", "G2"),
        "premises_id": ("PL1", "PL2"),
    }  # fmt: skip
    return [(f"{name}={value}",) for name, of in choices.items() if name in names for value in of] or [()]
