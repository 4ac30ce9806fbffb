"""Every question against the real server, on records that were worked on paper.

The expected rows follow fixtures/tiny/answers.md and the CSV files beside it; none was copied from a run.
"""

from __future__ import annotations

from datetime import date

import pytest

from ocgnet.errors import StoreError
from ocgnet.main_job import analyse
from ocgnet.model.graph import NODES, RUN_TIES, TIES
from ocgnet.queries import find, pack
from ocgnet.queries.ask import ask_store
from ocgnet.queries.pack import SCHEMA
from ocgnet.settings import Settings
from ocgnet.store.neo4j.kept_runs import kept_runs, write_back

ALDRIC, BRENNA, CADDO, DARVIN = "Aldric Fennick", "Brenna O'Varrick", "Caddo Jarmingle", "Darvin Kelvombe"
EMERIC, FIOREL, GARRIN, HADRIC, IVO = (
    "Émeric Nerrovar",
    "Fiorel Oskigan",
    "Garrin Pelladdle",
    "Hadric Quarick-Ruskack",
    "Ivo Sarvumber",
)
VESNA, ORRIN = "Vesna O'Varrick", "Orrin Oskigan"
EASTER = ("district=Easter", "ward=Harbour")
D = date
ONS = "ONS Crime Severity Score, 2019-20"
WORST = ("K1", "Trafficking in controlled drugs", D(2018, 5, 20), 512.9574)

TABLES: dict[str, tuple[tuple[str, ...], list[tuple]]] = {
    # N02's membership in another role ended; C1 is no member of anything.
    "find-person": (
        ("name=OVARICK",),
        [
            ("C1", VESNA, [], D(2010, 5, 5), ["child"], [], "part of name, 1 letter differs"),
            ("N02", BRENNA, [], D(1985, 7, 21), ["nominal"], ["G1 significant"], "part of name, 1 letter differs"),
            ("N08", HADRIC, [], D(1975, 5, 25), ["nominal"], [], "part of name, 2 letters differ"),
        ],
    ),
    "group-members": (
        ("ocg_id=G1",),
        [
            ("N01", ALDRIC, "principal", D(2016, 2, 1), "Analyst A", D(2016, 3, 1)),
            ("N02", BRENNA, "significant", D(2018, 7, 1), "Analyst B", D(2018, 7, 10)),
            ("N03", CADDO, "peripheral", D(2018, 5, 1), "Analyst B", D(2018, 5, 20)),
            ("N04", DARVIN, "peripheral", D(2018, 5, 1), "Analyst B", D(2018, 5, 20)),
        ],
    ),
    "role-history": (
        ("person_id=N02",),
        [
            ("G1", "Group Alder", "peripheral", D(2016, 6, 1), D(2018, 6, 30), "Analyst A", D(2016, 6, 15), False),
            ("G1", "Group Alder", "significant", D(2018, 7, 1), None, "Analyst B", D(2018, 7, 10), True),
        ],
    ),
    "groups-now": (
        (),
        [
            ("G1", "Group Alder", "drug trafficking", "powder cocaine", 4, 1, 0, 1, None),
            ("G2", "Group Basalt", "money laundering", None, 3, 1, 1, 1, None),
        ],
    ),
    "groups-sharing-members": ((), []),
    "people-in-several-groups": ((), []),
    "members-not-assessed": ((), [("G2", "Group Basalt", "N07", GARRIN, D(2018, 10, 1), None, None)]),
    # G3's France went with the group.
    "groups-abroad": ((), [("ES", 1, ["G1"]), ("NL", 1, ["G1"])]),
    "county-line-groups": ((), [("G1", "Group Alder", 4, 1)]),
    "disruptions-by-group": (
        (),
        [
            ("G1", "Group Alder", 1, 1, 0, 0, 0, ["pursue"], D(2018, 6, 20)),
            ("G2", "Group Basalt", 1, 0, 0, 1, 0, ["protect"], D(2019, 1, 15)),
        ],
    ),
    "plan-actions-overdue": ((), []),
    "year-on-year": (
        (),
        [
            ("groups mapped", 2, 3, -1, pytest.approx(-1 / 3)),
            ("members of groups", 7, 6, 1, pytest.approx(1 / 6)),
            ("crimes linked to members", 6, 1, 5, 5.0),
            ("reports naming members", 5, 1, 4, 4.0),
            ("disruptions", 2, 1, 1, 1.0),
        ],
    ),
    "new-this-quarter": (
        ("quarter_from=2018-07-01",),
        [
            ("joined", D(2018, 10, 1), "G2", "Group Basalt", "N07", GARRIN, None),
            ("role changed", D(2018, 7, 1), "G1", "Group Alder", "N02", BRENNA, "significant"),
        ],
    ),
    "co-offending-pairs": (
        ("min_crimes=1",),
        [
            ("N03", CADDO, "N04", DARVIN, 2, D(2018, 5, 20), D(2018, 7, 2)),
            ("N02", BRENNA, "N03", CADDO, 1, D(2018, 5, 20), D(2018, 5, 20)),
            ("N02", BRENNA, "N04", DARVIN, 1, D(2018, 5, 20), D(2018, 5, 20)),
            ("N03", CADDO, "N07", GARRIN, 1, D(2019, 1, 5), D(2019, 1, 5)),
            ("N05", EMERIC, "N06", FIOREL, 1, D(2018, 10, 1), D(2018, 10, 1)),
            ("N06", FIOREL, "N09", IVO, 1, D(2018, 11, 11), D(2018, 11, 11)),
            ("N08", HADRIC, "N09", IVO, 1, D(2018, 12, 12), D(2018, 12, 12)),
        ],
    ),
    # N03 is also the victim of K3, and N07 was charged with K6.
    "nominals-by-crimes": (
        (),
        [
            ("N03", CADDO, 4, D(2018, 5, 20), D(2019, 1, 5), ["G1"]),
            ("N04", DARVIN, 2, D(2018, 5, 20), D(2018, 7, 2), ["G1"]),
            ("N06", FIOREL, 2, D(2018, 10, 1), D(2018, 11, 11), ["G2"]),
            ("N09", IVO, 2, D(2018, 11, 11), D(2018, 12, 12), []),
            ("N02", BRENNA, 1, D(2018, 5, 20), D(2018, 5, 20), ["G1"]),
            ("N05", EMERIC, 1, D(2018, 10, 1), D(2018, 10, 1), ["G2"]),
            ("N07", GARRIN, 1, D(2019, 1, 5), D(2019, 1, 5), ["G2"]),
            ("N08", HADRIC, 1, D(2018, 12, 12), D(2018, 12, 12), []),
        ],
    ),
    # K5 has no offence code: its harm is unknown, not 0.
    "nominals-by-harm": (
        (),
        [
            ("N05", EMERIC, 1, 799.6289, 0, ONS),
            ("N06", FIOREL, 2, 799.6289, 1, ONS),
            ("N03", CADDO, 4, 722.0488, 0, ONS),
            ("N04", DARVIN, 2, 524.8129, 0, ONS),
            ("N02", BRENNA, 1, 512.9574, 0, ONS),
            ("N08", HADRIC, 1, 36.8099, 0, ONS),
            ("N09", IVO, 2, 36.8099, 1, ONS),
            ("N07", GARRIN, 1, 8.082, 0, ONS),
        ],
    ),
    "high-concentration-nominals": (
        ("k=2",),
        [
            (1, "N01", ALDRIC, 0, 4, None, 0.0, pytest.approx(1 / 2), 0, 0.0, 4, pytest.approx(4 / 5), None),
            (
                *(2, "N03", CADDO, 4, 0, 722.0488, pytest.approx(14 / 36), 0.0),
                *(4, pytest.approx(4 / 6), 4, pytest.approx(4 / 5), ONS),
            ),
        ],
    ),
    "worst-offences-of-a-ward": (
        EASTER,
        [
            (*WORST, "N02", BRENNA, "arrested", ["G1"], 0, ONS),
            (*WORST, "N03", CADDO, "suspect", ["G1"], 0, ONS),
            (*WORST, "N04", DARVIN, "suspect", ["G1"], 0, ONS),
            ("K2", "Shoplifting", D(2018, 7, 2), 11.8555, "N03", CADDO, "suspect", ["G1"], 0, ONS),
            ("K2", "Shoplifting", D(2018, 7, 2), 11.8555, "N04", DARVIN, "arrested", ["G1"], 0, ONS),
        ],
    ),
    "harm-by-district": (
        (),
        [("Wester", 2, 836.4388, 0, ONS), ("Easter", 4, 722.0488, 0, ONS), (None, 1, None, 1, None)],
    ),
    "members-who-are-victims": ((), [("N03", CADDO, 20, 1, 4, ["G1"]), ("N05", EMERIC, 49, 1, 1, ["G2"])]),
    # R4 is suspected false, R7 overdue, R8 of the year before.
    "nominals-by-reports": (
        (),
        [
            ("N01", ALDRIC, 4, 3, 0, D(2018, 12, 1)),
            ("N02", BRENNA, 2, 1, 0, D(2018, 6, 3)),
            ("N05", EMERIC, 2, 2, 0, D(2019, 2, 2)),
            ("N06", FIOREL, 1, 1, 0, D(2019, 2, 2)),
            ("N07", GARRIN, 1, 1, 0, D(2019, 2, 2)),
        ],
    ),
    "reports-by-grade-and-origin": (
        (),
        [
            ("3x5x2", "1", "A", "police", 1),
            ("3x5x2", "2", "B", "police", 1),
            ("3x5x2", "2", "C", "police", 1),
            ("3x5x2", "2", "D", "cpi_form", 1),
            ("3x5x2", "2", "E", "app", 1),
            ("5x5x5", "B", "2", "partner", 1),
        ],
    ),
    "reports-from-one-origin-only": (
        (),
        [("N02", BRENNA, 2, ["cpi_form", "police"], D(2018, 6, 1), D(2018, 6, 3))],
    ),
    "overdue-reviews": (
        (),
        [
            ("person", "N10", "Jorrin Tolvander", D(2019, 1, 31), 1),
            ("report", "R7", None, D(2019, 3, 1), 1),
        ],
    ),
    # C2's parent N08 belongs to an archived group; C3 is 18 on the very day.
    "linked-children": (
        (),
        [
            (
                *("C1", VESNA, 8, "parent", True, "N02", BRENNA, "significant", "G1", None),
                "G1 - significant N02 - parent of C1",
            ),
            (
                *("C2", ORRIN, 15, "guardian", None, "N06", FIOREL, "peripheral", "G2", None),
                "G2 - peripheral N06 - guardian of C2",
            ),
        ],
    ),
    "children-only-through-peripheral-members": ((), [("C2", ORRIN, 15, ["N06"], ["G2"])]),
    "known-experiences-of-linked-children": (
        (),
        [
            (
                *("C1", VESNA, 4, 0, 6),
                ["domestic_violence", "parent_in_prison", "parental_separation", "substance_misuse"],
            ),
            ("C2", ORRIN, 1, 1, 8, ["parental_separation"]),
        ],
    ),
    "linked-children-without-referral": ((), [("C1", VESNA, 8, ["N02"], ["G1"])]),
    "children-missing-repeatedly": (("min_episodes=1",), [("C2", ORRIN, 15, 1, 1, 0, D(2018, 12, 24))]),
    # C2 was missing with N07 alone, a grown nominal, and the page of peers shows no adult.
    "children-seen-together": ((), []),
    "missing-together": ((), [("C2", ORRIN, "N07", GARRIN, 1, 1, ["N07"])]),
    # R3 ties N01 to N05, and the undated household N07 to N04; the phone contact stands on R4 and is gone.
    "brokers-between-groups": (
        ("min_groups=1",),
        [
            ("N07", GARRIN, ["G2"], 1, 2, ["G1"]),
            ("N01", ALDRIC, ["G1"], 1, 1, ["G2"]),
            ("N03", CADDO, ["G1"], 1, 1, ["G2"]),
            ("N04", DARVIN, ["G1"], 1, 1, ["G2"]),
            ("N05", EMERIC, ["G2"], 1, 1, ["G1"]),
        ],
    ),
    "no-group-but-many-group-ties": (("min_groups=1",), [("N09", IVO, 1, 1, ["G2"])]),
    # Not by the phone contact (its report is suspected false) and not by R5, which may not be named; R8 of the
    # year before counts, because no period is asked for.
    "shortest-link": (
        ("person_a=N01", "person_b=N06"),
        [(4, ["N01", r, "N05", x, "N06"]) for r in ("R3", "R8") for x in ("G2", "K4")],
    ),
    "ties-of-a-person": (
        ("person_id=N05",),
        [
            ("C3", "Zoë Nerrovar", "parent of", 1, D(2016, 9, 1)),
            ("N01", ALDRIC, "report", 1, D(2018, 9, 9)),
            ("N06", FIOREL, "crime", 1, D(2018, 10, 1)),
            ("N06", FIOREL, "report", 1, D(2019, 2, 2)),
            ("N06", FIOREL, "same group", 1, None),
            ("N07", GARRIN, "report", 1, D(2019, 2, 2)),
            ("N07", GARRIN, "same group", 1, None),
        ],
    ),
    "people-nothing-is-known-of": ((), [("N10", "Jorrin Tolvander", D(2019, 1, 31))]),
    # No crime of the folder has a place.
    "crimes-near": (("place=K1",), []),
    "possible-duplicates": ((), []),
    "children-over-18": ((), [("C3", "Zoë Nerrovar", D(2001, 3, 31), 18, "18 or over")]),
    "named-but-not-on-record": ((), []),
    "crimes-without-a-place": ((), [(None, 1, 0)]),
}

WARD = "Easter|Harbour"
EPISODE = "C2|2018-12-24T20:00:00"
PICTURES: dict[str, tuple[tuple[str, ...], set[tuple[str, str, str]]]] = {
    "picture-group": (
        ("ocg_id=G1",),
        {(n, "MEMBER_OF", "G1") for n in ("N01", "N02", "N03", "N04")} | {("N01", "ASSOCIATES_WITH", "N02")},
    ),
    "picture-groups-abroad": ((), {("G1", "OPERATES_IN", "ES"), ("G1", "OPERATES_IN", "NL")}),
    "picture-groups-sharing-members": ((), set()),
    "picture-co-offending": (
        ("ocg_id=G1",),
        {(n, "LINKED_TO", "K1") for n in ("N02", "N03", "N04")} | {(n, "LINKED_TO", "K2") for n in ("N03", "N04")},
    ),
    "picture-worst-offences-of-a-ward": (
        EASTER,
        {(k, "OCCURRED_IN", WARD) for k in ("K1", "K2")}
        | {(n, "LINKED_TO", "K1") for n in ("N02", "N03", "N04")}
        | {(n, "LINKED_TO", "K2") for n in ("N03", "N04")}
        | {(n, "MEMBER_OF", "G1") for n in ("N02", "N03", "N04")},
    ),
    "picture-reports-on-a-group": (
        ("ocg_id=G1",),
        {(n, "MENTIONED_IN", r) for n in ("N01", "N02") for r in ("R1", "R2")},
    ),
    "picture-linked-children": (("ocg_id=G1",), {("N02", "MEMBER_OF", "G1"), ("N02", "FAMILY_OF", "C1")}),
    "picture-missing-together": (
        (),
        {("C2", "WENT_MISSING", EPISODE), ("N07", "COMPANION_IN", EPISODE), ("N07", "MEMBER_OF", "G2")},
    ),
    "picture-person": (
        ("person_id=N01",),
        {(n, "MENTIONED_IN", r) for n in ("N01", "N02") for r in ("R1", "R2")}
        | {("N01", "MENTIONED_IN", "R3"), ("N05", "MENTIONED_IN", "R3")}
        | {("N01", "ASSOCIATES_WITH", "N02"), ("N01", "MEMBER_OF", "G1")},
    ),
    "picture-shortest-link": (
        ("person_a=N01", "person_b=N06"),
        {(n, "MENTIONED_IN", r) for n in ("N01", "N05") for r in ("R3", "R8")}
        | {(n, t, x) for n in ("N05", "N06") for t, x in (("MEMBER_OF", "G2"), ("LINKED_TO", "K4"))},
    ),
}

NEED_A_RUN = {
    "suggested-against-recorded",
    "picture-suggested-roles",
    "communities-of-a-run",
    "ties-in-a-run",
    "outside-but-tied",
}
PACK = {q.name: q for q in pack()}


def drawn(rows: list[tuple]) -> set[tuple[str, str, str]]:
    """Every tie of a picture as start, type and end."""
    steps = [s for (path,) in rows for s in path["path"] if "tie" in s]
    return {(s["from"], s["tie"], s["to"]) for s in steps}


def test_every_question_has_its_answer_on_paper() -> None:
    # Those about things, and about what is done, have folders of their own: test_questions_about_things and
    # test_response_on_paper.
    elsewhere = ("things", "response", "cases")
    others = [q for q in PACK.values() if q.subject not in elsewhere or q.name in TABLES]
    assert {q.name for q in others if q.kind == "table"} - NEED_A_RUN == set(TABLES)
    assert {q.name for q in others if q.kind == "picture"} - NEED_A_RUN - {SCHEMA} == set(PICTURES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_gives_the_rows_on_paper(tiny, name: str) -> None:
    given, expected = TABLES[name]
    assert tiny.rows(name, *given) == expected


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_draws_what_is_on_paper(tiny, name: str) -> None:
    given, expected = PICTURES[name]
    assert drawn(tiny.rows(name, *given)) == expected


def test_the_schema_is_drawn_and_nobody_in_it(tiny) -> None:
    [(nodes, ties)] = tiny.rows(SCHEMA)
    held = {n.label for n in NODES if tiny.server.query(f"MATCH (n:{n.label}) RETURN count(n) AS n")[0]["n"]}
    # Neo4j names kinds of which nothing is left, too.
    assert held <= {n["node"] for n in nodes} <= {n.label for n in NODES}
    assert {"MEMBER_OF", "LINKED_TO", "FAMILY_OF"} <= {t["tie"] for t in ties} <= {t.type for t in TIES} | set(RUN_TIES)
    assert ("Person", "OCG") in {(t["from"], t["to"]) for t in ties if t["tie"] == "MEMBER_OF"}
    assert not [name for name in (ALDRIC, "N01", "Group Alder") if name in str((nodes, ties))]


def test_overdue_records_come_back_when_asked_for(tiny) -> None:
    # R7, overdue on the day, names N02 and N03.
    reports = {r[0]: r[2] for r in tiny.rows("nominals-by-reports", "include_overdue=yes")}
    assert reports == {"N01": 4, "N02": 3, "N03": 1, "N05": 2, "N06": 1, "N07": 1}


def test_another_day_gives_the_members_of_that_day(tiny) -> None:
    assert [r[0] for r in tiny.rows("group-members", "ocg_id=G1", "as_of=2018-03-31")] == ["N01", "N02"]
    assert [r[:3] for r in tiny.rows("group-members", "ocg_id=G3", "as_of=2018-03-31")] == [
        ("N08", HADRIC, "principal"),
        ("N07", GARRIN, "peripheral"),
    ]
    # On the day on which it is archived a group has no members.
    assert tiny.rows("group-members", "ocg_id=G3", "as_of=2018-09-30") == []


def test_the_published_definition_leaves_out_who_was_only_charged(tiny) -> None:
    crimes = {r[0]: r[2] for r in tiny.rows("nominals-by-crimes")}
    assert crimes["N07"] == 1
    assert "N07" not in {r[0] for r in tiny.rows("nominals-by-crimes", "link_roles=arrested,suspect")}


def test_other_weights_take_the_place_of_all_that_stand_on_the_crimes(tiny) -> None:
    """Two scales are never added up: what given weights do not name is unknown, and the answer says whose they are."""
    given = "given with the question"
    assert tiny.rows("harm-by-district", "weights=92A=2,8N=0.5") == [
        ("Easter", 4, 2.5, 2, given),
        (None, 1, None, 1, given),
        ("Wester", 2, None, 2, given),
    ]
    assert tiny.rows("worst-offences-of-a-ward", *EASTER, "weights=46=7")[0][:4] == (
        "K2",
        "Shoplifting",
        D(2018, 7, 2),
        7,
    )


def test_names_decide_duplicates_whatever_their_case(tiny) -> None:
    tiny.server.query(
        "MATCH (p:Person {person_id: 'N10'}) SET p.name = ' aldric FENNICK', p.date_of_birth = date($d)", d="1972-03-09"
    )
    try:
        assert [r[::2] for r in tiny.rows("possible-duplicates")] == [("N01", "N10", "name and date of birth")]
    finally:
        tiny.server.query(
            "MATCH (p:Person {person_id: 'N10'}) SET p.name = 'Jorrin Tolvander', p.date_of_birth = date('1988-06-16')"
        )


WRITE = (
    "MERGE (r:AnalysisRun {run_id: $run}) SET r.as_of = date($on), r.complete = $run <> 'half' WITH r "
    "UNWIND $rows AS row MATCH (p:Person {person_id: row[0]}) MATCH (g:OCG {ocg_id: row[1]}) "
    "CREATE (p)-[:HAS_SUGGESTION]->(s:Suggestion {role: row[2], score: row[3], stability: row[4], because: row[5], "
    "suggestion_id: $run + row[0], run_id: $run})-[:IN_GROUP]->(g), (s)-[:OF_RUN]->(r)"
)


@pytest.fixture
def runs(tiny):
    """The server without any run, before and after."""
    wipe = "MATCH (r:AnalysisRun) OPTIONAL MATCH (r)<-[:OF_RUN]-(x) DETACH DELETE x, r"
    tiny.server.query(wipe)
    yield tiny
    tiny.server.query(wipe)
    tiny.server.query("MATCH ()-[t:TIED_WITH|OUTSIDE_BUT_TIED]->() DELETE t")
    assert tiny.rows("suggested-against-recorded") == []


def test_a_run_stands_beside_the_recorded_roles(runs) -> None:
    later = [["N01", "G1", "principal", 0.9, 0.94, "most ties"], ["N07", "G2", "peripheral", 0.1, None, "few ties"]]
    runs.server.query(WRITE, run="old", on="2018-03-31", rows=[["N01", "G1", "peripheral", 0.2, 0.5, "x"]])
    runs.server.query(WRITE, run="new", on="2019-03-31", rows=later)
    # A run that is still being written is no answer.
    runs.server.query(WRITE, run="half", on="2020-03-31", rows=later)
    assert runs.rows("suggested-against-recorded") == [
        ("new", "G2", "N07", GARRIN, None, "peripheral", 0.1, None, None, "few ties"),
        ("new", "G1", "N01", ALDRIC, "principal", "principal", 0.9, 0.94, True, "most ties"),
    ]
    assert [r[5] for r in runs.rows("suggested-against-recorded", "run_id=old")] == ["peripheral"]
    assert drawn(runs.rows("picture-suggested-roles", "ocg_id=G1")) == {
        *((member, "MEMBER_OF", "G1") for member in ("N01", "N02", "N03", "N04")),
        ("N01", "HAS_SUGGESTION", "newN01"),
    }


def test_where_record_and_suggestion_differ_stands_first_and_the_stable_before_the_fragile(runs) -> None:
    # Recorded: N01 principal, N02 significant, N03 peripheral in G1; N07 not assessed, N05 and N06 in G2.
    recorded = {r[0]: r[2] for g in ("G1", "G2") for r in runs.rows("group-members", f"ocg_id={g}")}
    assert [recorded[p] for p in ("N01", "N02", "N03", "N05", "N06", "N07")] == [
        "principal", "significant", "peripheral", "principal", "peripheral", None,
    ]  # fmt: skip
    rows = [
        ["N01", "G1", "principal", 0.9, 1.0, ""],
        ["N02", "G1", "principal", 0.8, 0.6, ""],
        ["N03", "G1", "significant", 0.1, 0.9, ""],
        ["N05", "G2", "insufficient data", 0.0, None, ""],
        ["N06", "G2", "principal", 0.5, None, ""],
        ["N07", "G2", "peripheral", 0.2, 0.8, ""],
    ]
    runs.server.query(WRITE, run="new", on="2019-03-31", rows=rows)
    assert [(r[2], r[8]) for r in runs.rows("suggested-against-recorded")] == [
        ("N03", False),
        ("N02", False),
        ("N06", False),
        ("N07", None),
        ("N01", True),
        ("N05", None),
    ]
    # Who is not assessed is told what the run suggests; one that is not the latest has to be named.
    assert [r[2:4] + r[5:] for r in runs.rows("members-not-assessed")] == [("N07", GARRIN, "peripheral", 0.8)]
    assert [r[5:] for r in runs.rows("members-not-assessed", "run_id=other")] == [(None, None)]


def test_a_database_with_runs_of_an_earlier_shape_says_so(runs, monkeypatch) -> None:
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD_FILE", str(runs.server.server.password_file))
    runs.server.query(
        "MATCH (p:Person {person_id: 'N01'}) CREATE (p)-[:ASSESSED_AS {ocg_id: 'G1', suggested_role: 'principal'}]->"
        "(:AnalysisRun {run_id: 'old', as_of: date('2019-03-31'), complete: true, load_id: 'x'})"
    )
    for name in ("suggested-against-recorded", "members-not-assessed"):
        with pytest.raises(StoreError, match="Bring them over with: ocgnet runs bolt:"):
            ask_store(runs.server.uri, find(name), [])
    assert [run.kept.suggestions for run in kept_runs(runs.server.uri)] == [1]
    rows = ask_store(runs.server.uri, find("suggested-against-recorded"), [])[2].rows
    assert [row[2] for row in rows] == ["N01"]


def test_the_answers_about_a_run_are_its_own_tables(runs, monkeypatch) -> None:
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD_FILE", str(runs.server.server.password_file))
    analysis = analyse(runs.dataset, Settings(resamples=20, null_draws=100, bootstrap_draws=100))
    write_back(runs.server.uri, analysis)
    roles = analysis.roles.to_frame()
    rows = runs.rows("suggested-against-recorded")
    assert {(r[2], r[1], r[4], r[5]) for r in rows} == {
        (r.nominal_id, r.ocg_id, r.recorded_role or None, r.suggested_role)
        for r in roles[roles["ocg_id"] != ""].itertuples()
    }
    assert {r[0] for r in rows} == {analysis.run_id}
    communities = analysis.communities.to_frame()
    members = communities[communities["community"] != ""].merge(roles[["nominal_id", "ocg_id"]], on="nominal_id")
    assert {r[1]: (r[2], r[3], r[4], round(r[5], 9)) for r in runs.rows("communities-of-a-run")} == {
        name: (
            of["nominal_id"].nunique(),
            (of["ocg_id"] == "").sum(),
            sorted(groups := of[of["ocg_id"] != ""]["ocg_id"].value_counts().to_dict(), key=lambda g: (-groups[g], g)),
            round(of.drop_duplicates("nominal_id")["stability"].mean(), 9),
        )
        for name, of in members.groupby("community")
    }
    ties = analysis.ties.to_frame()
    own = ties[(ties["person_a"] == "N01") | (ties["person_b"] == "N01")]
    own = own.assign(other=own["person_a"].where(own["person_a"] != "N01", own["person_b"]))
    own = own.sort_values(["weight", "other"], ascending=[False, True])
    assert [(r[1], r[3], r[4]) for r in runs.rows("ties-in-a-run", "person_id=N01")] == [
        (t.other, t.weight, t.kinds.split("|")) for t in own.itertuples()
    ]
    # Nobody of the fixture stands so; N09 is in no group, and N08 has no record of the run that says it.
    assert runs.rows("outside-but-tied") == []
    runs.server.query(
        "MATCH (p:Person) WHERE p.person_id IN ['N08', 'N09'] MATCH (g:OCG {ocg_id: 'G1'}) "
        "CREATE (p)-[:OUTSIDE_BUT_TIED {ties: 2, run_id: CASE p.person_id WHEN 'N09' THEN $run ELSE 'other' END}]->(g)",
        run=analysis.run_id,
    )
    people = analysis.people.to_frame().set_index("nominal_id")
    assert [r[1:4] + r[5:] for r in runs.rows("outside-but-tied")] == [
        ("G1", "Group Alder", "N09", 2, people.loc["N09", "position_score"], people.loc["N09", "community"] or None)
    ]
