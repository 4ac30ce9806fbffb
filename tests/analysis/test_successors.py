"""Numbers that may have taken over from one that fell silent: planted, among decoys, and against a shuffle."""

from __future__ import annotations

import random

import igraph as ig
import numpy as np
import pytest
from made_calls import call, records, traffic, used

from ocgnet.analysis.things.successors import chance_of, successors_of
from ocgnet.settings import Settings


def weeks(one: str, two: str, first: int, last: int) -> list[dict]:
    """Calls once in five days, beginning and ending on the days given."""
    return [call(one, two, d) for d in sorted({*range(first, last + 1, 5), last})]


def served(number: str, customers: list[str], first: int, last: int) -> list[dict]:
    return [c for customer in customers for c in weeks(customer, number, first, last)]


def street(prefix: str, size: int) -> list[str]:
    return [f"{prefix}{i}" for i in range(size)]


def background() -> list[dict]:
    """Calls among others over the whole year, so that the records cover it."""
    others = street("B", 40)
    return [c for i, n in enumerate(others) for c in weeks(n, others[(i * 7 + 3) % 40], 0, 364)]


def found(calls: list[dict], links: tuple[dict, ...] = (), **options: object):
    given = Settings(**options)
    return successors_of(*traffic(records([*background(), *calls], links), given), given)


CUSTOMERS = street("C", 10)


def test_a_planted_successor_is_found_with_its_dates_overlap_and_chance():
    calls = served("OLD", CUSTOMERS, 30, 150) + served("NEW", [*CUSTOMERS[:7], "C90", "C91"], 153, 330)
    table, _, notes = found(calls, (used("A", "OLD", 0, 150), used("A", "NEW", 150)))
    row = table.frame.iloc[0]
    assert len(table.frame) == 1
    assert (row["old_thing"], row["new_thing"], row["rank"], row["shared"], row["of_contacts"]) == (
        "OLD",
        "NEW",
        1,
        7,
        10,
    )
    assert (str(row["old_last"])[:10], str(row["new_first"])[:10], row["gap_days"]) == ("2019-05-31", "2019-06-03", 3)
    assert (row["longest_gap"], row["silent_days"], row["candidates"]) == (5, 214, 1)
    # Seven customers have two numbers, three have one: 1/log2(3) against 1/log2(2).
    assert row["weighted_overlap"] == pytest.approx(7 / np.log2(3) / (7 / np.log2(3) + 3))
    assert row["chance"] < 0.001
    assert (row["old_user"], row["new_user"], row["chain"], row["authority_refs"]) == ("A", "A", "OLD|NEW", "AUTH-1")
    assert row["because"].startswith("NEW may have taken over from OLD: it shares 7 of the 10 contacts")
    assert row["because"].endswith("The same person is recorded as their users. A lead, never a fact.")
    assert notes[0].startswith("The records run from 2019-01-01 to 2019-12-31.")


@pytest.mark.parametrize(
    "decoy",
    [
        pytest.param(served("NEW", CUSTOMERS, 140, 330), id="began before the old one ended"),
        pytest.param(served("NEW", CUSTOMERS, 200, 330), id="began weeks later"),
        pytest.param(served("NEW", [*CUSTOMERS[:2], *street("D", 8)], 153, 330), id="shares two"),
        pytest.param(served("NEW", ["VM"], 153, 330) + served("OLD", ["VM"], 30, 150), id="shares voicemail"),
        pytest.param(weeks("OTHER", "C0", 153, 330), id="a customer changes handset"),
    ],
)
def test_decoys_are_no_successors(decoy):
    voicemail = [call(f"V{i}", "VM", 5 + i) for i in range(30)]
    table, gone, _ = found([*served("OLD", CUSTOMERS, 30, 150), *decoy, *voicemail], contact_cap=20)
    assert table.frame.empty
    assert [x.count for x in gone] == [1]


def test_a_number_that_ends_with_the_records_is_not_silent():
    calls = served("OLD", CUSTOMERS, 30, 345) + served("NEW", CUSTOMERS, 346, 364)
    assert found(calls, successor_silent_days=21)[0].frame.empty
    assert found(calls, successor_silent_days=14)[0].frame["new_thing"].tolist() == ["NEW"]
    # It is often silent for as long.
    seldom = [call(c, "OLD", d) for c in CUSTOMERS for d in (30, 60, 90, 345)] + served("NEW", CUSTOMERS, 346, 364)
    assert found(seldom)[0].frame.empty


def test_records_that_end_under_an_authority_are_said_not_to_be_a_number_that_fell_silent():
    under = {"authority_ref": "AUTH-2"}
    calls = [c | under for c in served("OLD", CUSTOMERS, 30, 150)] + served("NEW", CUSTOMERS, 153, 330)
    table, _, notes = found(calls)
    row = table.frame.iloc[0]
    assert (str(row["old_records_to"])[:10], str(row["new_records_from"])[:10]) == ("2019-05-31", "2019-01-01")
    ends = "Records under the authorities of the old one end on 2019-05-31: these may have ended, and not the number."
    assert ends in row["because"]
    assert "Of 1 candidate 1 may only look like one" in notes[0]
    # Another number under the same authority shows that its records went on.
    table, _, notes = found([*calls, call("B1", "B2", 170) | under])
    assert "these may have ended" not in table.frame["because"][0]
    assert "may only look like one" not in notes[0]
    late = served("OLD", CUSTOMERS, 30, 150) + [c | under for c in served("NEW", CUSTOMERS, 153, 330)]
    assert "begin on 2019-06-03: it may be older than they show." in found(late)[0].frame["because"][0]


def test_handsets_in_a_chain_and_the_order_of_rows():
    calls = [
        *served("P1", CUSTOMERS, 30, 100),
        *served("P2", CUSTOMERS[1:], 102, 180),
        *served("P3", CUSTOMERS[2:], 181, 260),
    ]
    frame = found(calls)[0].frame
    assert frame[["old_thing", "new_thing", "chain"]].to_numpy().tolist() == [
        ["P1", "P2", "P1|P2|P3"],
        ["P2", "P3", "P1|P2|P3"],
    ]
    random.Random(1).shuffle(calls)
    assert found(calls)[0].frame.equals(frame)


def test_two_in_touch_with_each_other_are_said_to_be():
    calls = served("OLD", CUSTOMERS, 30, 150) + served("NEW", CUSTOMERS, 150, 330) + [call("OLD", "NEW", 150, count=3)]
    row = found(calls)[0].frame.iloc[0]
    assert (row["with_each_other"], row["gap_days"]) == (3, 0)
    assert "Against it: the two were in touch with each other 3 times." in row["because"]


@pytest.mark.parametrize(("contacts", "popular", "shared"), [(8, 1, 2), (10, 3, 3), (12, 2, 3), (14, 3, 5)])
def test_the_chance_lies_within_two_points_of_a_shuffle_that_keeps_every_degree(contacts, popular, shared):
    """Old is 0, the numbers that begin are 1 to 4; the others are contacts, some of them more popular."""
    draw = random.Random(contacts)
    people = list(range(5, 65))
    edges = {(0, p) for p in draw.sample(people, contacts)}
    for number in range(1, 5):
        edges |= {(number, p) for p in draw.sample(people, contacts - number)}
    for p in people:
        edges |= {(min(p, q), max(p, q)) for q in draw.sample(people, popular if p % 4 else 3 * popular) if q != p}
    graph = ig.Graph(n=65, edges=sorted(edges))
    old = set(graph.neighbors(0))
    degree = np.array(graph.degree())
    sizes, many = np.unique(degree[1:5], return_counts=True)
    printed = chance_of(degree[sorted(old)], degree.sum(), 65 - len(old), sizes, many, np.array([shared]))[0]
    random.seed(7)
    hits, draws = 0, 4_000
    for _ in range(draws):
        graph.rewire(2 * graph.ecount())
        # The contacts of the old number stay as they are named: by chance the others would have met them.
        hits += any(len(old & set(graph.neighbors(n))) >= shared for n in range(1, 5))
    assert 0.05 < printed < 0.95, "a chance of nought or one is near every shuffle"
    assert printed == pytest.approx(hits / draws, abs=0.02)


def test_without_traffic_nothing_takes_over():
    given = Settings()
    table, gone, notes = successors_of(*traffic(records([])), given)
    assert table.frame.empty
    assert (gone, notes) == ((), ())
