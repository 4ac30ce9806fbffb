"""Ties through things: worked by hand, and against asking each day of each thing for its users."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import combinations
from math import log2

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.analysis.roles.losses import own_events, shares_of
from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.errors import UsageError
from ocgnet.evidence.evidence import Scope, scope_of
from ocgnet.main_job import analyse
from ocgnet.model import TABLES
from ocgnet.network.ties import Ties, ties_of
from ocgnet.settings import Settings
from ocgnet.store.contract import LoadManifest
from ocgnet.store.opening import open_store
from ocgnet.views.networkx_graph import graph_of

D = date
PEOPLE = "ABCDE"
THINGS = (
    {"thing_id": "P1", "kind": "phone", "number": "07700900001"},
    {"thing_id": "P2", "kind": "phone", "number": "07700900002"},
    {"thing_id": "V1", "kind": "vehicle", "registration": "AB12CDE"},
    {"thing_id": "H1", "kind": "address", "label": "1 High Street"},
)


def table(name: str, *rows: dict) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in rows], TABLES[name].schema)


def records(links: list[dict], communications: list[dict] = (), **tables: list[dict]) -> Dataset:
    own = {"nominals": [{"nominal_id": i} for i in PEOPLE], "things": THINGS, "thing_links": links}
    own |= {"communications": [{"authority_ref": "A1", "kind": "call"} | c for c in communications]} | tables
    return Dataset.of({n: table(n, *rows) for n, rows in own.items()}, About(as_of=D(2019, 3, 31)))


def link(person: str, thing: str, first: date | None = None, last: date | None = None, **cells: object) -> dict:
    own = {"person_id": person, "thing_id": thing, "relation": "user", "from_date": first, "to_date": last}
    return own | cells


def call(one: str, two: str, at: datetime | date, **cells: object) -> dict:
    at = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day)
    return {"from_thing": one, "to_thing": two, "at": at} | cells


def made(data: Dataset, options: Settings | None = None) -> tuple[Scope, Ties]:
    scope = scope_of(data, options or Settings())
    return scope, ties_of(scope.network, options or Settings())


def parts(data: Dataset, options: Settings | None = None) -> dict[tuple[str, str], float]:
    scope, ties = made(data, options)
    who = scope.network.nominals
    found = defaultdict(float)
    for tie, label, amount in zip(ties.tie, ties.labels(scope.network).to_pylist(), ties.amount, strict=True):
        found[who[ties.a[tie]] + who[ties.b[tie]], label] += round(float(amount), 9)
    return dict(found)


def test_one_car_joins_those_who_used_it_on_one_day_and_each_pair_by_the_most_who_did_at_once():
    data = records(
        [
            link("A", "V1", D(2018, 1, 1), D(2018, 12, 31)),
            link("B", "V1", D(2018, 1, 1), D(2018, 1, 31)),
            link("C", "V1", D(2018, 1, 31), D(2018, 6, 30)),
            link("D", "V1", D(2018, 7, 1), D(2018, 7, 1)),
            link("E", "V1", D(2019, 1, 1)),
        ]
    )
    # On 31 January A, B and C are three; A and D are alone on 1 July; D never meets C, nor E anybody.
    each = {"AB": 0.25, "AC": 0.25, "BC": 0.25, "AD": 0.5}
    assert parts(data) == {(pair, "shared_vehicle V1"): amount for pair, amount in each.items()}
    dates = made(data)[1].to_table(made(data)[0].network).frame.set_index(["person_a", "person_b"])
    assert str(dates.loc[("A", "C"), "first_on"].date()) == "2018-01-31"
    assert str(dates.loc[("A", "C"), "last_on"].date()) == "2018-06-30"


def test_what_somebody_takes_from_one_thing_that_all_use_at_once_sums_to_its_weight():
    data = records([link(p, "H1", relation="resident") for p in PEOPLE])
    amounts = parts(data)
    assert sum(v for (pair, _), v in amounts.items() if "A" in pair) == pytest.approx(0.5)


def test_somebody_who_is_no_nominal_or_takes_no_part_counts_as_a_user_and_is_tied_to_nobody():
    links = [link(p, "H1", relation="resident") for p in ("A", "B", "child", "O")]
    people = [{"nominal_id": "A"}, {"nominal_id": "B"}, {"nominal_id": "O", "review_due": D(2018, 1, 1)}]
    assert parts(records(links, nominals=people)) == {("AB", "shared_address H1"): round(0.5 / 3, 9)}


def test_customers_employees_and_who_was_seen_on_no_known_day_join_nobody_and_are_counted():
    links = [link("A", "P1"), link("B", "P1", relation="customer"), link("C", "P1", relation="employee")]
    data = records([*links, link("D", "P1", relation="seen_at")])
    scope, ties = made(data)
    assert len(ties) == 0
    assert LeftOut("thing_links", "as customer or employee, which joins nobody", 2) in scope.left_out
    assert LeftOut("thing_links", "seen on a day that is not known, so it makes no tie", 1) in scope.left_out


def test_a_thing_with_many_users_makes_no_tie_and_is_listed_with_how_many():
    links = [link(f"G{i:02}", "H1", D(2018, 1, i + 1), D(2018, 1, i + 1)) for i in range(16)]
    data = records([link("A", "H1"), link("B", "V1"), link("C", "V1"), *links[:15]])
    scope, ties = made(data)
    joined = scope.network.joined
    assert (joined.things[joined.crowded].tolist(), joined.crowd.tolist()) == (["H1"], [16])
    assert ties.left_out == (LeftOut("things", "more than 15 users (thing_cap), so it makes no ties", 1),)
    assert parts(data) == {("BC", "shared_vehicle V1"): 0.5}
    assert len(made(data, Settings(thing_cap=16))[1]) == 1


def test_what_is_suspected_stands_apart_and_never_changes_what_is_confirmed():
    firm = [link("A", "P1", D(2018, 1, 1)), link("B", "P1", D(2018, 1, 1))]
    unsure = link("C", "P1", D(2018, 1, 1), confidence="suspected")
    expected = {("AB", "shared_phone P1"): 1.0, ("AC", "suspected_phone P1"): 0.25, ("BC", "suspected_phone P1"): 0.25}
    assert parts(records([*firm, unsure])) == expected
    assert parts(records(firm)) == {("AB", "shared_phone P1"): 1.0}
    assert parts(records([*firm, unsure]), Settings(suspected_share=0)) == {("AB", "shared_phone P1"): 1.0}
    assert parts(records([*firm, unsure]), Settings(thing_weights=weights(phone=0))) == {}


def weights(**own: float) -> tuple[tuple[str, float], ...]:
    return tuple((dict(Settings().thing_weights) | own).items())


def test_things_age_from_their_last_day_and_not_while_they_are_shared():
    links = [link("A", "V1", D(2018, 1, 1), D(2018, 3, 31)), link("B", "V1", D(2018, 1, 1))]
    links += [link("C", "P1", D(2010, 1, 1)), link("D", "P1", D(2010, 1, 1))]
    faded = parts(records(links), Settings(half_life_days=365))
    assert faded == {("AB", "shared_vehicle V1"): 0.25, ("CD", "shared_phone P1"): 1.0}


def test_the_network_from_a_day_leaves_out_what_ended_before_it_and_counts_it():
    links = [link("A", "V1", D(2017, 1, 1), D(2017, 12, 31)), link("B", "V1", D(2017, 1, 1))]
    links += [link("A", "P1"), link("B", "P2")]
    data = records(links, [call("P1", "P2", D(2017, 5, 1)), call("P1", "P2", D(2018, 5, 1))])
    assert parts(data, Settings(network_from=D(2018, 1, 1))) == {("AB", "calls P1 and P2"): 0.5}
    scope, _ = made(data, Settings(network_from=D(2018, 1, 1)))
    outside = {x.what: x.count for x in scope.left_out if x.why.startswith("outside 2018-01-01 to 2019-03-31")}
    assert outside == {"thing_links": 1, "communications": 1}


GRADED = {"grading_scheme": "3x5x2", "intelligence_grade": "A", "source_grade": "1", "reported_on": D(2018, 1, 1)}


def test_a_thing_on_a_report_that_may_not_be_named_is_counted_and_not_named():
    reports = [GRADED | {"report_id": "R1", "handling_code": "P"}, GRADED | {"report_id": "R2", "handling_code": "C"}]
    data = records([link("A", "V1", report_id="R1"), link("B", "V1", report_id="R2")], intel_reports=reports)
    scope, ties = made(data)
    row = ties.to_table(scope.network).frame.iloc[0]
    assert (row["kinds"], row["events"], row["events_withheld"]) == ("shared_vehicle", "", 1)
    done = analyse(data, Settings(resamples=0))
    assert done.events.empty
    assert "V1" not in " ".join(done.roles.frame["because"])


SECRET_OR_OPEN = [
    GRADED | {"report_id": "R1", "handling_code": "C"},
    GRADED | {"report_id": "R2", "handling_code": "P"},
]


def test_calls_of_a_phone_known_from_a_report_that_may_not_be_named_count_and_are_not_named():
    links = [link("A", "P1", report_id="R1"), link("B", "P2", report_id="R2"), link("C", "V1", D(2018, 6, 1))]
    links += [link(p, "H1") for p in "ACD"]
    calls = [call("P1", "P2", D(2018, 5, 1)), call("P2", "P1", D(2018, 5, 3))]
    groups = {"ocgs": [{"ocg_id": "G"}], "memberships": [{"nominal_id": p, "ocg_id": "G"} for p in PEOPLE]}
    data = records(links, calls, intel_reports=SECRET_OR_OPEN, **groups)
    scope, ties = made(data)
    row = ties.to_table(scope.network).frame.iloc[0]
    assert (row["kinds"], row["events"], row["events_withheld"]) == ("calls", "", 1)
    assert row["weight"] == pytest.approx(0.5 * log2(3))
    done = analyse(data, Settings(resamples=0))
    said = " ".join(done.roles.frame["because"])
    assert "1 link through things not named because of handling" in said
    assert "P1" not in said
    assert "P2" not in said
    # Once an open link says the same, the calls are named.
    known = records([*links, link("A", "P1")], calls, intel_reports=SECRET_OR_OPEN)
    assert made(known)[1].to_table(made(known)[0].network).frame.iloc[0]["events"] == "calls P1 and P2"


def test_several_calls_in_a_row_are_not_named_where_their_last_day_rests_on_what_may_not_be():
    links = [link("A", "P1", None, D(2018, 5, 31)), link("A", "P1", D(2018, 6, 1), report_id="R1"), link("B", "P2")]
    row = call("P1", "P2", D(2018, 5, 1), last_at=datetime(2018, 6, 1), count=9)
    for calls, named in ([row | {"last_at": datetime(2018, 5, 31)}], [True]), ([row], [False]):
        ties = made(records(links, calls, intel_reports=SECRET_OR_OPEN))[1]
        assert ties.named.tolist() == named


def test_calls_join_by_the_days_on_which_two_people_were_in_touch_not_by_how_many_there_were():
    links = [link("A", "P1"), link("B", "P2")]
    calls = [
        call("P1", "P2", D(2018, 5, 1), count=30),
        call("P2", "P1", D(2018, 5, 1)),
        call("P2", "P1", D(2018, 5, 3)),
    ]
    assert parts(records(links, calls)) == {("AB", "calls P1 and P2"): round(0.5 * log2(3), 9)}
    rows = made(records(links, calls))[0].network.joined.calls
    assert (rows.forward.tolist(), rows.backward.tolist()) == ([30, 0], [1, 1])


def test_a_call_shortly_after_midnight_of_a_summer_night_is_one_of_the_next_day():
    links = [link("A", "P1", D(2018, 7, 1)), link("B", "P2")]
    late = call("P1", "P2", datetime(2018, 6, 30, 23, 30))
    assert parts(records(links, [late])) == {("AB", "calls P1 and P2"): 0.5}
    early = late | {"at": datetime(2018, 6, 30, 22, 30)}
    assert parts(records(links, [early])) == {}


def test_several_calls_in_a_row_stand_for_their_first_and_last_day_where_the_users_are_the_same():
    links = [link("A", "P1"), link("B", "P2", None, D(2018, 6, 30)), link("C", "P2", D(2018, 7, 1))]
    within = call("P1", "P2", D(2018, 5, 1), last_at=datetime(2018, 6, 1), count=9)
    beyond = within | {"at": datetime(2018, 5, 2), "last_at": datetime(2018, 8, 1)}
    assert parts(records(links, [within, beyond])) == {("AB", "calls P1 and P2"): round(0.5 * log2(3), 9)}
    why = "several in one row, and not one user from the first to the last"
    assert LeftOut("communications", why, 1) in made(records(links, [within, beyond]))[0].left_out


def test_calls_of_a_phone_without_one_user_are_counted_by_why():
    links = [
        link("A", "P1"),
        link("A", "P2", D(2018, 1, 1), D(2018, 1, 31)),
        link("B", "P2", D(2018, 1, 31)),
        link("O", "V1"),
    ]
    calls = [call("P1", "P2", d) for d in (D(2017, 1, 1), D(2018, 1, 5), D(2018, 1, 31), D(2018, 2, 1), D(2019, 4, 1))]
    calls += [call("P1", "H1", D(2018, 2, 1)), call("P1", "V1", D(2018, 2, 1))]
    people = [*({"nominal_id": i} for i in PEOPLE), {"nominal_id": "O", "review_due": D(2018, 1, 1)}]
    scope, _ = made(records(links, calls, nominals=people))
    assert {x.why: x.count for x in scope.left_out if x.what == "communications"} == {
        "nobody is recorded as the user of one of the two": 2,
        "both are used by one person": 1,
        "several people use one of the two on that day": 1,
        "after 2019-03-31, the day of judgement": 1,
        "somebody takes no part: review overdue or processing restricted": 1,
    }
    assert parts(records(links, calls, nominals=people)) == {
        ("AB", "calls P1 and P2"): 0.5,
        ("AB", "shared_phone P2"): 1.0,
    }


def test_calls_of_a_suspected_user_stand_apart():
    data = records([link("A", "P1"), link("B", "P2", confidence="suspected")], [call("P1", "P2", D(2018, 5, 1))])
    assert parts(data) == {("AB", "suspected_calls P1 and P2"): 0.25}


@pytest.mark.parametrize(("times", "stands"), [(1, "calls P1 and P2"), (2, "calls P1 and P2"), (3, "phone")])
def test_of_a_recorded_contact_by_phone_and_the_calls_of_the_two_the_one_that_says_more_counts(times, stands):
    contact = {"person_a": "A", "person_b": "B", "kind": "phone", "times_observed": times}
    meeting = contact | {"kind": "meeting", "times_observed": 1}
    calls = [call("P1", "P2", D(2018, 5, d)) for d in (1, 2)]
    data = records([link("A", "P1"), link("B", "P2")], calls, associations=[contact, meeting])
    assert {label for _, label in parts(data)} == {stands, "meeting"}
    assert [x.count for x in made(data)[1].left_out] == [1]


def test_vehicles_seen_together_at_odd_hours_tie_who_drove_them_on_those_days():
    """Ten meetings at ten cameras at ten hours; from the eighth on C drives the second car."""
    seen = []
    for day in range(10):
        at = datetime(2018, 5, 1 + day, 1 + 2 * day, 10)
        place = {"place": f"C{day}", "authority_ref": "A1", "source": "anpr"}
        seen += [{"thing_id": "V1", "at": at} | place, {"thing_id": "V2", "at": at + timedelta(minutes=1)} | place]
    links = [link("A", "V1"), link("B", "V2", None, D(2018, 5, 7)), link("C", "V2", D(2018, 5, 8))]
    data = records(links, things=[*THINGS, {"thing_id": "V2", "kind": "vehicle"}], sightings=seen)
    expected = {("AB", "travelled V1 and V2"): 0.5 * log2(8), ("AC", "travelled V1 and V2"): 0.5 * log2(4)}
    assert parts(data) == pytest.approx(expected)
    assert parts(data, Settings(travelled_chance=0)) == {}
    links[0] = link("A", "V1", confidence="suspected")
    unsure = records(links, things=[*THINGS, {"thing_id": "V2", "kind": "vehicle"}], sightings=seen)
    assert parts(unsure) == {(p, f"suspected_{k}"): pytest.approx(v / 2) for (p, k), v in expected.items()}
    links[0] = link("A", "V1", report_id="R1")
    tables = {"things": [*THINGS, {"thing_id": "V2", "kind": "vehicle"}], "sightings": seen}
    secret = made(records(links, intel_reports=SECRET_OR_OPEN, **tables))[1]
    assert (len(secret), secret.named.tolist()) == (2, [False, False])


def test_losing_a_thing_or_either_source_takes_what_rests_on_it():
    reports = [GRADED | {"report_id": f"R{i}", "handling_code": "P", "source_ref": f"S{i}"} for i in (1, 2)]
    links = [link("A", "V1", report_id="R1"), link("B", "V1", report_id="R2"), link("A", "P1"), link("B", "P1")]
    scope, ties = made(records(links, intel_reports=reports))
    _, _, left, gone = shares_of(scope.network, ties, ties.source, ties.other_source)
    assert (ties.weight.tolist(), left.tolist(), gone.tolist()) == ([1.5], [1.0, 1.0], [False, False])
    events = own_events(scope.network, ties, Settings(), np.ones(ties.people, bool))
    assert events.ids.tolist()[-2:] == ["phone P1 07700900001", "vehicle V1 AB12CDE"]
    assert [loss.weight.tolist() for loss in events.losses.values()] == [[0.5], [1.0]]


def test_the_reasons_name_the_thing_and_how_many_reports_record_it():
    reports = [GRADED | {"report_id": f"R{i}", "handling_code": "P"} for i in range(3)]
    links = [link("A", "V1", report_id=f"R{i}") for i in range(2)]
    links += [link("B", "V1", report_id="R2"), *(link(p, "H1", relation="resident") for p in "CDE"), link("B", "H1")]
    groups = {"ocgs": [{"ocg_id": "G"}], "memberships": [{"nominal_id": p, "ocg_id": "G"} for p in PEOPLE]}
    done = analyse(records(links, intel_reports=reports, **groups), Settings(resamples=20, single_changes=20))
    because = done.roles.frame.set_index("nominal_id")["because"]
    assert "most strongly to B" in because["A"] or "only to B (joined by vehicle V1 AB12CDE, 3 reports)" in because["A"]
    assert "joined by vehicle V1 AB12CDE, 3 reports" in because["A"]
    layers = done.tables["layers"].frame
    assert set(layers["layer"]) == {"shared_vehicle", "shared_address"}


def test_calls_have_their_direction_in_the_graph_and_in_the_degrees():
    links = [link("A", "P1"), link("B", "P2"), link("C", "V1"), link("A", "V1")]
    data = records(links, [call("P2", "P1", D(2018, 5, 1))])
    done = analyse(data, Settings(resamples=0))
    assert set(graph_of(done, data, layer="calls", directed=True).edges) == {("B", "A")}
    with pytest.raises(UsageError, match="no direction; only contacts and calls have"):
        graph_of(done, data, layer="shared_vehicle", directed=True)
    assert set(graph_of(done, data, layer="things").edges) == {("A", "B"), ("A", "C")}
    degrees = done.people.frame.set_index("nominal_id")[["out_degree", "in_degree"]]
    assert degrees.loc[["A", "B"]].to_numpy().tolist() == [[0, 1], [1, 0]]


def test_a_snapshot_has_the_calls_of_its_days_and_what_was_shared_in_them():
    links = [link("A", "P1"), link("B", "P2"), link("A", "V1"), link("C", "V1", D(2018, 4, 1), D(2018, 6, 30))]
    scope, _ = made(records(links, [call("P2", "P1", D(2018, 5, 1)), call("P2", "P1", D(2018, 8, 1))]))
    spring = scope.network.joined.within(D(2018, 4, 1), D(2018, 6, 30))
    summer = scope.network.joined.within(D(2018, 7, 1), D(2018, 9, 30))
    assert [len(j.calls.a) for j in (spring, summer)] == [1, 1]
    assert [len(j.shared.a) for j in (spring, summer)] == [1, 0]


DAYS = st.integers(0, 6).map(lambda d: D(2018, 1, 1) + timedelta(days=d))
LINK = st.tuples(
    st.sampled_from(PEOPLE), st.sampled_from(("V1", "H1")), st.none() | DAYS, st.none() | DAYS,
    st.sampled_from(("user", "resident", "customer")), st.sampled_from(("recorded", "suspected")),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(LINK, max_size=9), st.randoms(use_true_random=False))
def test_the_ties_are_those_of_a_graph_made_day_by_day(rows, shuffle):
    rows = [(p, t, *(sorted((a, b)) if a and b else (a, b)), r, c) for p, t, a, b, r, c in rows]
    written = [link(p, t, a, b, relation=r, confidence=c) for p, t, a, b, r, c in rows]
    shuffle.shuffle(written)
    scope, ties = made(records(written))
    graph = nx.relabel_nodes(ties.graph(), dict(enumerate(scope.network.nominals.tolist())))
    expected = by_day(rows)
    assert {frozenset(e) for e in graph.edges} == {frozenset(e) for e in expected.edges}
    for a, b, weight in expected.edges(data="weight"):
        assert graph[a][b]["weight"] == pytest.approx(weight, abs=1e-9)


def by_day(rows: list[tuple]) -> nx.Graph:
    """Ask each thing on each day for its users; of a pair the day with most users counts, firm before suspected."""
    graph = nx.Graph()
    days = [D(2017, 12, 31) + timedelta(days=d) for d in range(9)]
    for thing in ("V1", "H1"):
        most: dict[bool, dict[frozenset, int]] = {}
        for firm in (True, False):
            most[firm] = defaultdict(int)
            for day in days:
                using = {
                    p for p, t, a, b, r, c in rows
                    if t == thing and r != "customer" and (c == "recorded" or not firm)
                    and (a is None or a <= day) and (b is None or day <= b)
                }  # fmt: skip
                for pair in map(frozenset, combinations(using, 2)):
                    most[firm][pair] = max(most[firm][pair], len(using))
        for pair, users in (most[False] | most[True]).items():
            share = 1.0 if pair in most[True] else 0.5
            a, b = sorted(pair)
            before = graph.get_edge_data(a, b, {"weight": 0.0})["weight"]
            graph.add_edge(a, b, weight=before + 0.5 * share / (users - 1))
    return graph


def test_a_folder_and_a_store_give_the_same_ties(tmp_path):
    links = [link("A", "V1", D(2018, 1, 1)), link("B", "V1", D(2018, 2, 1)), link("A", "P1"), link("B", "P2")]
    data = records(links, [call("P1", "P2", datetime(2018, 6, 30, 23, 30))])
    store = open_store(str(tmp_path / "s.duckdb"))
    store.write(data, LoadManifest((), "0"))
    kept = store.read()
    assert parts(kept) == parts(data) != {}
