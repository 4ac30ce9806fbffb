"""What one tie, one person or one event changes, against the network without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st
from network_samples import network, rows, star

from ocgnet.analysis.position import position_of, score_of
from ocgnet.analysis.roles.decisive import EVENTS
from ocgnet.analysis.roles.losses import EACH, of_person, of_tie, own_events
from ocgnet.analysis.roles.resampling import PEOPLE, TIES
from ocgnet.analysis.roles.roles import suggest_roles
from ocgnet.analysis.roles.stability import stability_of
from ocgnet.analysis.roles.tiers import NONE, TIERS, seats_of, stand
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network import WeightedGraph
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings

DAY = date(2019, 1, 1)
WHOLE = Settings(as_of=DAY + timedelta(60), period_from=DAY, period_to=DAY + timedelta(60), resamples=60)


def records(
    crimes: dict[str, str],
    group: str,
    reports: dict[str, tuple[str, str, str]] | None = None,
    contacts: list[tuple[str, str, int, str]] | None = None,
) -> Dataset:
    """Crimes as {id: people}, reports as {id: (people, source, handling)}, contacts as (pair, kind, times, report)."""
    reports, contacts = reports or {}, contacts or []
    people = sorted({*"".join(crimes.values()), *"".join(r[0] for r in reports.values()), *group})
    return Dataset.of(
        {
            "nominals": rows("nominals", ({"nominal_id": p} for p in people)),
            "ocgs": rows("ocgs", [{"ocg_id": "G1"}]),
            "memberships": rows("memberships", ({"nominal_id": p, "ocg_id": "G1"} for p in group)),
            "crimes": rows("crimes", ({"crime_id": k, "recorded_on": DAY} for k in crimes)),
            "crime_links": rows(
                "crime_links",
                ({"crime_id": k, "person_id": p, "link_role": "suspect"} for k, ps in crimes.items() for p in ps),
            ),
            "intel_reports": rows(
                "intel_reports",
                (
                    {"report_id": r, "reported_on": DAY + timedelta(i), "source_ref": s or None, "handling_code": h}
                    | {"grading_scheme": "3x5x2", "source_grade": "1", "intelligence_grade": "A"}
                    for i, (r, (_, s, h)) in enumerate(reports.items())
                ),
            ),
            "intel_links": rows(
                "intel_links", ({"report_id": r, "person_id": p} for r, (ps, _, _) in reports.items() for p in ps)
            ),
            "associations": rows(
                "associations",
                (
                    {"person_a": pair[0], "person_b": pair[1], "kind": kind, "times_observed": n, "report_id": r}
                    for pair, kind, n, r in contacts
                ),
            ),
        }
    )


def without_event(data: Dataset, event: str) -> Dataset:
    """The same records as if nobody had written down the crime or report."""
    tables = {n: data[n] for n in sorted(data.given)}
    keys = {"crimes": "crime_id", "crime_links": "crime_id"}
    keys |= dict.fromkeys(("intel_reports", "intel_links", "associations"), "report_id")
    for name, key in keys.items():
        tables[name] = data[name].filter(pc.fill_null(pc.not_equal(data[name][key], event), True))
    return Dataset.of(tables)


def judged(data: Dataset, chosen: Settings):
    evidence = evidence_of(data, chosen)
    ties = ties_of(evidence, chosen)
    return evidence, ties, position_of(ties, chosen)


def roles(data: Dataset, chosen: Settings):
    """Return evidence, ties, stability, and rows of the table ``roles`` by person."""
    evidence, ties, position = judged(data, chosen)
    found = stability_of(evidence, ties, position, chosen)
    return (
        evidence,
        ties,
        found,
        suggest_roles(evidence, ties, position, chosen, found, {}).frame.set_index("nominal_id"),
    )


def role_without(evidence, ties, chosen: Settings, gone: np.ndarray) -> np.ndarray:
    """Tiers of everybody without these ties, by measures of the rest alone."""
    graph = WeightedGraph.of(ties, ~gone)
    seats = seats_of(evidence)
    score = score_of(graph)[seats.person]
    return stand(score, graph.connected[seats.person], seats.group, chosen).tier


def changes(because: str) -> str:
    return because.partition("What would change it: ")[2].partition(". Kept")[0]


LED_BY_ONE_CRIME = {"K1": "Pa", "K2": "Pb", "K3": "Pc", "K9": "PXYZ"} | {f"Q{leaf}": f"Q{leaf}" for leaf in "defg"}
"""P knows three and, by one crime of four people, X, Y and Z; Q knows four, at 4 in closeness and contacts, 6 between.

P stands at 6 in closeness, between 15 − 3 = 12 pairs. Without the tie to a: 5 in closeness, 10 − 3 = 7 pairs,
5 − 2/3 separate contacts. Without the tie to X: 5.5, 12 pairs and about as many contacts, since X is met through Y.
Each is above Q. Without K9: 3 in closeness and contacts, 3 pairs, each below Q.
"""


def test_a_role_turns_on_one_event_though_on_no_one_tie():
    data = records(LED_BY_ONE_CRIME, "PQadX")
    evidence, ties, found, frame = roles(data, WHOLE)
    seat = frame.index.get_loc("P")
    assert frame["suggested_role"]["P"] == "principal"
    for tie in range(len(ties)):
        assert TIERS[role_without(evidence, ties, WHOLE, np.arange(len(ties)) == tie)[seat]] == "principal"
    assert found.turning.on[TIES, seat] == -1
    assert found.turning.ids[found.turning.on[EVENTS, seat]] == "K9"
    assert (found.turning.goes[seat], found.turning.weakens[seat]) == (3, 0)
    assert roles(without_event(data, "K9"), WHOLE)[3]["suggested_role"]["P"] == "significant"
    assert changes(frame["because"]["P"]).endswith("; without K9 (3 own ties go): significant")


def test_an_event_that_may_not_be_named_is_not_tried():
    crimes = {k: ps for k, ps in LED_BY_ONE_CRIME.items() if k != "K9"}
    for handling, named in (("P", True), ("C", False)):
        data = records(crimes, "PQadX", {"R9": ("PXYZ", "", handling)})
        _, _, found, frame = roles(data, WHOLE)
        assert frame["suggested_role"]["P"] == "principal"
        assert (found.turning.on[EVENTS, frame.index.get_loc("P")] >= 0) == named
        assert ("R9" in " ".join(frame["because"])) is named
        assert ("without R9 (3 own ties go): significant" in frame["because"]["P"]) is named


def test_a_report_that_another_of_its_source_replaces_is_not_tried():
    crimes = {k: ps for k, ps in LED_BY_ONE_CRIME.items() if k != "K9"}
    once = {"R8": ("PXYZ", "S1", "P")}
    for reports, tried in ((once, True), (once | {"R9": ("PXYZ", "S1", "P")}, False)):
        frame = roles(records(crimes, "PQadX", reports), WHOLE)[3]
        assert ("without R8 (3 own ties go): significant" in frame["because"]["P"]) is tried
        assert "without R9" not in frame["because"]["P"]
    # Two sources are two reports: each leaves the ties of the other.
    two = roles(records(crimes, "PQadX", once | {"R9": ("PXYZ", "S2", "P")}), WHOLE)[3]
    assert f"; tried alone, no other role: {EACH} events; " in changes(two["because"]["P"])


def test_a_tie_and_the_one_event_it_rests_on_are_said_once():
    """B leads C, D, E and by K9 alone F; A leads three others. Without K9, B has three, as A has: nobody leads."""
    crimes = {f"K{i}": pair for i, pair in enumerate(["AG", "AH", "AI", "BC", "BD", "BE"])} | {"K9": "BF"}
    chosen = replace(WHOLE, resamples=200)
    evidence, ties, found, frame = roles(records(crimes, "ABCGF"), chosen)
    text = changes(frame["because"]["B"])
    seat = frame.index.get_loc("B")
    assert found.turning.on[TIES, seat] >= 0 <= found.turning.on[EVENTS, seat]
    only = ties.labels(evidence)[int(ties.start[found.turning.on[TIES, seat]])].as_py()
    assert f"(which rests on {only} alone): significant" in text
    assert text.count(only) == 1


def hubs() -> Dataset:
    """A to E lead five, four, three, two and one; the second of D knows another.

    A is principal, B and C significant, D and E peripheral. D stands at 2.5 in closeness, 2 in betweenness and 2
    in contacts, between C with three people (3, 3, 3) and C with two (2, 1, 2).
    """
    leaves = iter("abcdefghijklmno")
    edges = [
        e for hub, n in zip("ABCDE", (5, 4, 3, 2, 1), strict=True) for e in star(hub, [next(leaves) for _ in range(n)])
    ]
    last = edges[-2][1]
    return network([*edges, (last, "z")], {"G1": "ABCDE"})


def test_a_peripheral_role_turns_on_a_tie_of_the_one_next_above():
    chosen = Settings(resamples=200)
    evidence, ties, found, frame = roles(hubs(), chosen)
    assert frame["suggested_role"].loc[list("ABCDE")].tolist() == [
        "principal", "significant", "significant", "peripheral", "peripheral"
    ]  # fmt: skip
    seat, c = frame.index.get_loc("D"), evidence.nominals.tolist().index("C")
    tie = int(found.turning.on[TIES, seat])
    assert ties.a[tie] == c or ties.b[tie] == c
    ends = [evidence.nominals[int(ties.a[tie])], evidence.nominals[int(ties.b[tie])]]
    assert f"; without the tie between {ends[0]} and {ends[1]} (which rests on one record): significant; " in changes(
        frame["because"]["D"]
    )
    # E has one tie and would have no place without it; nothing that was tried puts E above another.
    text = changes(frame["because"]["E"])
    assert not any(word in text for word in ("without", "unknown"))
    assert text.endswith("; tried alone, no other role: 1 tie")


def test_a_peripheral_role_turns_on_a_person_next_above():
    """The fourth of five is third of four without one of those above, and of four three are not peripheral."""
    edges = [("A", "B"), ("A", "C"), ("A", "D"), ("A", "E"), *star("A", "fgh"), *star("B", "ijk"), *star("C", "lm")]
    data = network([*edges, ("D", "n")], {"G1": "ABCDE"})
    # No tie is left out, so no tie is suspected and tried.
    chosen = Settings(resamples=400, drop_ties=0.0, drop_people=(0.05, 0.1))
    evidence, ties, found, frame = roles(data, chosen)
    assert frame["suggested_role"]["D"] == "peripheral"
    seat = frame.index.get_loc("D")
    person = int(found.turning.on[PEOPLE, seat])
    assert evidence.nominals[person] in "BC"
    assert found.turning.on[TIES, seat] == -1
    assert not found.turning.same[TIES].any()
    gone = np.isin(np.arange(len(ties)), of_person(ties, person).ties)
    assert TIERS[role_without(evidence, ties, chosen, gone)[seat]] == "significant"
    assert f"; were {evidence.nominals[person]} unknown: significant" in frame["because"]["D"]


def test_nothing_is_said_to_be_tried_that_was_not():
    data = records(LED_BY_ONE_CRIME, "PQadX")
    _, _, found, frame = roles(data, replace(WHOLE, single_changes=0))
    judged_rows = frame["suggested_role"] != TIERS[NONE]
    told = frame.loc[judged_rows & (frame["ocg_id"] != ""), "because"]
    assert len(told) == 5
    assert all("; no single tie, person or event was tried" in t and "tried alone" not in t for t in told)
    # A crime that is all that is known of a was tried; what it leaves is neither another role nor the same.
    assert changes(roles(data, WHOLE)[3]["because"]["a"]).endswith(
        "; tried alone, no other role: 1 event (1 leaves no suggestion)"
    )
    # One event has room: the heaviest of the principal, and each of the five has another that is left out.
    _, _, found, frame = roles(data, replace(WHOLE, single_changes=1))
    assert "without K9 (3 own ties go): significant" in frame["because"]["P"]
    assert found.turning.same[EVENTS].max() <= 1
    assert any("was computed for 1 events" in n for n in found.notes)


def test_a_report_that_is_all_its_source_told_is_known_from_the_source():
    """No event has room, and R9 is tried all the same: it is the loss of S9, which is computed in any case."""
    crimes = {k: ps for k, ps in LED_BY_ONE_CRIME.items() if k != "K9"}
    for reports, known in (({}, True), ({"R8": ("Qd", "S9", "P")}, False)):
        data = records(crimes, "PQadX", {"R9": ("PXYZ", "S9", "P")} | reports)
        text = changes(roles(data, replace(WHOLE, single_changes=0))[3]["because"]["P"])
        assert ("without R9 (3 own ties go): significant" in text) is known
        assert ("no single tie, person or event was tried" in text) is not known


company = st.sets(st.sampled_from("ABCDEF"), min_size=2, max_size=4).map(lambda s: "".join(sorted(s)))
source = st.sampled_from(["", "S1", "S2"])


@st.composite
def made_up(draw) -> Dataset:
    crimes = {f"K{i}": c for i, c in enumerate(draw(st.lists(company, min_size=2, max_size=6)))}
    reports = {f"R{i}": (c, s, "P") for i, (c, s) in enumerate(draw(st.lists(st.tuples(company, source), max_size=6)))}
    kinds = st.tuples(st.sampled_from(["AB", "AC", "BD", "EF"]), st.sampled_from(["phone", "meeting"]))
    seen = st.tuples(kinds, st.integers(1, 9), st.sampled_from([None, *reports]))
    return records(crimes, "ABCDEF", reports, [(*k, n, r) for k, n, r in draw(st.lists(seen, max_size=5))])


@settings(max_examples=50, deadline=None)
@given(made_up())
def test_the_loss_of_an_event_is_the_network_without_its_records(data):
    chosen = replace(WHOLE, half_life_days=30)
    evidence, ties, _ = judged(data, chosen)
    found = own_events(evidence, ties, chosen, np.ones(ties.people, bool))
    for event, loss in found.losses.items():
        _, rest, _ = judged(without_event(data, found.ids[event]), chosen)
        weight, keep = ties.weight.copy(), np.ones(len(ties), bool)
        weight[loss.ties], keep[loss.ties[loss.gone]] = loss.weight, False
        assert ties.a[keep].tolist() == rest.a.tolist()
        assert ties.b[keep].tolist() == rest.b.tolist()
        np.testing.assert_allclose(weight[keep], rest.weight, rtol=0, atol=2e-12)
    for person, event, goes, weakens in zip(found.person, found.event, found.goes, found.weakens, strict=True):
        loss = found.losses[int(event)]
        own = (ties.a[loss.ties] == person) | (ties.b[loss.ties] == person)
        assert (goes, goes + weakens) == ((own & loss.gone).sum(), own.sum())
    assert not len(found.order) or found.order.max() < EACH


@settings(max_examples=20, deadline=None)
@given(made_up())
def test_what_a_suggestion_turns_on_is_true(data):
    chosen = replace(WHOLE, resamples=40, drop_ties=0.2, drop_people=(0.1, 0.3))
    evidence, ties, found, frame = roles(data, chosen)
    turning, base = found.turning, frame["suggested_role"].to_numpy()
    for kind in (TIES, PEOPLE, EVENTS):
        for seat in np.flatnonzero(turning.on[kind] >= 0).tolist():
            what = int(turning.on[kind, seat])
            if kind == EVENTS:
                other = judged(without_event(data, turning.ids[what]), chosen)
                role = suggest_roles(*other, chosen, None, {}).frame["suggested_role"][seat]
            else:
                loss = of_tie(what) if kind == TIES else of_person(ties, what)
                role = TIERS[role_without(evidence, ties, chosen, np.isin(np.arange(len(ties)), loss.ties))[seat]]
            assert role == TIERS[turning.to[kind, seat]] != base[seat]
            assert f": {role}" in frame["because"].iloc[seat]


def test_the_order_of_rows_changes_no_word():
    data = records(LED_BY_ONE_CRIME, "PQadX", {"R1": ("Pd", "S1", "P"), "R2": ("Qa", "S2", "P")})
    turned = {n: data[n].take(pa.array(range(data[n].num_rows)[::-1], pa.int64())) for n in sorted(data.given)}
    assert roles(Dataset.of(turned), WHOLE)[3]["because"].tolist() == roles(data, WHOLE)[3]["because"].tolist()
