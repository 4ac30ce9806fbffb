"""Who used which thing on which day, worked by hand, and against asking every link for every day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.evidence.restricted import in_use
from ocgnet.evidence.thing_use import NOBODY, SEVERAL, TAKES_NO_PART, USERS, ThingUse, thing_use
from ocgnet.model import TABLES
from ocgnet.settings import Settings

D = date
PHONE, CAR, HOUSE = "T1", "T2", "T3"


def table(name: str, *rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in rows], TABLES[name].schema)


def link(person: str, thing: str, first: date | None = None, last: date | None = None, **cells: object) -> dict:
    own = {"person_id": person, "thing_id": thing, "relation": "user", "from_date": first, "to_date": last}
    return own | cells


def use_of(*links: dict, options: Settings | None = None, **tables: list[dict]) -> ThingUse:
    people = [{"nominal_id": i} for i in "ABC"]
    things = [{"thing_id": t, "kind": k} for t, k in ((PHONE, "phone"), (CAR, "vehicle"), (HOUSE, "address"))]
    own = {"nominals": people, "things": things, "thing_links": list(links)} | tables
    records = Dataset.of({n: table(n, *rows) for n, rows in own.items()}, About(as_of=D(2019, 3, 31)))
    return thing_use(in_use(records), options or Settings())


def user(use: ThingUse, thing: str, day: date) -> str | int:
    place = np.flatnonzero(use.things == thing)
    who = int(use.users_on(place, np.array([day], "datetime64[D]"))[0])
    return use.people[who] if who >= 0 else who


def test_one_phone_of_two_hands_in_turn():
    use = use_of(link("A", PHONE, D(2018, 1, 1), D(2018, 6, 30)), link("B", PHONE, D(2018, 6, 30)))
    assert [user(use, PHONE, d) for d in (D(2017, 12, 31), D(2018, 1, 1), D(2018, 6, 29))] == [NOBODY, "A", "A"]
    assert [user(use, PHONE, d) for d in (D(2018, 6, 30), D(2018, 7, 1), D(2030, 1, 1))] == [SEVERAL, "B", "B"]
    assert user(use, CAR, D(2018, 6, 1)) == NOBODY
    assert use.kind.tolist() == ["phone", "vehicle", "address"]


def test_the_user_comes_before_the_owner_and_he_before_the_subscriber():
    use = use_of(
        link("A", PHONE, D(2018, 5, 1), D(2018, 5, 31)),
        link("B", PHONE, D(2018, 4, 1), D(2018, 6, 30), relation="owner"),
        link("C", PHONE, relation="subscriber"),
    )
    days = (D(2018, 3, 31), D(2018, 4, 1), D(2018, 5, 1), D(2018, 6, 1), D(2018, 7, 1))
    assert [user(use, PHONE, d) for d in days] == ["C", "B", "A", "B", "C"]


def test_a_customer_a_passenger_and_who_was_seen_use_nothing_and_are_links_all_the_same():
    use = use_of(*(link("A", PHONE, D(2018, 5, 1), relation=r) for r in ("customer", "passenger", "seen_at")))
    assert user(use, PHONE, D(2018, 5, 1)) == NOBODY
    lasts = dict(zip(use.relation.tolist(), use.last.tolist(), strict=True))
    assert lasts == {"customer": None, "passenger": D(2018, 5, 1), "seen_at": D(2018, 5, 1)}


def test_two_links_of_one_person_are_one_user_and_sure_where_one_of_them_is():
    use = use_of(
        link("A", PHONE, D(2018, 1, 1), D(2018, 12, 31), confidence="suspected"),
        link("A", PHONE, D(2018, 6, 1), D(2018, 6, 30), confidence="attributed"),
    )
    days = np.array(["2018-05-31", "2018-06-15", "2018-07-01", "2019-01-01"], "datetime64[D]")
    who, suspected, _ = use.uses_on(np.zeros(4, int), days)
    assert who.tolist() == [0, 0, 0, NOBODY]
    assert suspected.tolist() == [True, False, True, False]


def test_who_takes_no_part_is_nowhere_but_the_thing_is_not_without_a_user():
    people = [{"nominal_id": "A"}, {"nominal_id": "B", "review_due": D(2018, 1, 1)}]
    people.append({"nominal_id": "C", "restricted_on": D(2018, 1, 1)})
    links = (link("B", PHONE), link("C", CAR), link("A", HOUSE), link("C", HOUSE, D(2018, 1, 1)))
    use = use_of(*links, nominals=people)
    assert use.people.tolist() == ["A"]
    # A thing of restricted people alone keeps its kind and nothing that tells which one it is.
    things = (PHONE, "withheld-thing-1", HOUSE)
    assert [user(use, t, D(2018, 6, 1)) for t in things] == [TAKES_NO_PART, TAKES_NO_PART, SEVERAL]
    assert user(use, HOUSE, D(2017, 6, 1)) == "A"
    assert use.left_out == (
        LeftOut("thing_links", "processing restricted", 2),
        LeftOut("thing_links", "review overdue", 1),
    )
    kept = use_of(*links, nominals=people, options=Settings(include_overdue=True))
    assert kept.people.tolist() == ["A", "B"]
    assert user(kept, PHONE, D(2018, 6, 1)) == "B"


def test_links_go_with_their_report_with_their_thing_and_after_the_day_of_judgement():
    graded = {"grading_scheme": "3x5x2", "intelligence_grade": "A", "reported_on": D(2018, 1, 1)}
    reports = [
        graded | {"report_id": "bad", "source_grade": "3", "handling_code": "P"},
        graded | {"report_id": "good", "source_grade": "1", "handling_code": "P", "source_ref": "S1"},
        graded | {"report_id": "secret", "source_grade": "1", "handling_code": "C"},
    ]
    things = [{"thing_id": PHONE, "kind": "phone"}, {"thing_id": CAR, "kind": "vehicle", "review_due": D(2018, 1, 1)}]
    use = use_of(
        link("A", PHONE, D(2018, 1, 1), report_id="bad"),
        link("A", PHONE, D(2018, 1, 2), report_id="good"),
        link("A", PHONE, D(2018, 1, 3), report_id="secret"),
        link("A", PHONE, D(2018, 1, 4), report_id="of another office"),
        link("A", PHONE, D(2019, 4, 1)),
        link("A", CAR),
        intel_reports=reports,
        things=things,
    )
    assert use.report.tolist() == ["good", "", "of another office"]
    assert use.named.tolist() == [True, False, True]
    assert use.origin.tolist() == ["S1", "", ""]
    assert use.confidence.tolist() == ["recorded"] * 3
    assert use.left_out == (
        LeftOut("thing_links", "after 2019-03-31, the day of judgement", 1),
        LeftOut("thing_links", "its report is filtered out", 1),
        LeftOut("thing_links", "review of the thing overdue", 1),
    )
    assert len(use_of(link("A", PHONE, report_id="bad"), intel_reports=reports, options=Settings(min_grade="all"))) == 1


@pytest.mark.parametrize(
    ("links", "named"),
    [
        ([{}], True),
        ([{"report_id": "secret"}], False),
        ([{"report_id": "open"}], True),
        ([{"report_id": "secret"}, {"report_id": "open"}], True),
        ([{"report_id": "secret"}, {"relation": "owner"}], False),
        ([{"report_id": "secret"}, {"confidence": "suspected"}], False),
        ([{"report_id": "secret", "confidence": "suspected"}, {"confidence": "suspected"}], True),
        ([{"report_id": "secret", "confidence": "suspected"}, {}], True),
    ],
)
def test_who_used_a_phone_may_be_named_where_a_link_that_may_be_named_says_as_much(links, named):
    graded = {"grading_scheme": "3x5x2", "intelligence_grade": "A", "source_grade": "1", "reported_on": D(2018, 1, 1)}
    reports = [graded | {"report_id": i, "handling_code": c} for i, c in (("secret", "C"), ("open", "P"))]
    for written in (links, links[::-1]):
        use = use_of(*(link("A", PHONE, D(2018, 1, 1)) | cells for cells in written), intel_reports=reports)
        who, suspected, may = use.uses_on(np.zeros(2, int), np.array(["2018-06-01", "2017-06-01"], "datetime64[D]"))
        assert (who.tolist(), may.tolist()) == ([0, NOBODY], [named, True])
        assert suspected[0] == all(cells.get("confidence") == "suspected" for cells in links)


def test_without_links_all_is_empty():
    use = use_of(things=[])
    assert (len(use), use.people.tolist(), use.things.tolist(), use.left_out) == (0, [], [], ())
    assert use.users_on(np.array([-1]), np.array(["2018-01-01"], "datetime64[D]")).tolist() == [NOBODY]


def test_a_day_that_is_not_known_has_no_user():
    use = use_of(link("A", PHONE))
    assert use.users_on(np.array([0, 0]), np.array(["NaT", "2018-01-01"], "datetime64[D]")).tolist() == [NOBODY, 0]


DAYS = st.integers(0, 9).map(lambda d: D(2018, 1, 1) + timedelta(days=d))
LINKS = st.tuples(
    st.sampled_from("ABCO"), st.sampled_from((PHONE, CAR)), st.none() | DAYS, st.none() | DAYS,
    st.sampled_from(("user", "owner", "subscriber", "customer")), st.sampled_from(("recorded", "suspected")),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(LINKS, max_size=8), st.randoms(use_true_random=False))
def test_the_user_of_a_day_is_the_one_that_asking_every_link_finds(links, shuffle):
    rows = [(p, t, *(sorted((a, b)) if a and b else (a, b)), r, c) for p, t, a, b, r, c in links]
    written = [link(p, t, a, b, relation=r, confidence=c) for p, t, a, b, r, c in rows]
    shuffle.shuffle(written)
    people = [{"nominal_id": i} for i in "ABC"] + [{"nominal_id": "O", "review_due": D(2018, 1, 1)}]
    use = use_of(*written, nominals=people)
    for thing in (PHONE, CAR):
        for day in (D(2017, 12, 31) + timedelta(days=d) for d in range(12)):
            assert asked(use, thing, day) == by_hand(rows, thing, day)


def asked(use: ThingUse, thing: str, day: date) -> tuple[str | int, bool]:
    who, suspected, _ = use.uses_on(np.flatnonzero(use.things == thing), np.array([day], "datetime64[D]"))
    return (use.people[who[0]] if who[0] >= 0 else int(who[0])), bool(suspected[0])


def by_hand(rows: list[tuple], thing: str, day: date) -> tuple[str | int, bool]:
    covering = [r for r in rows if r[1] == thing and (r[2] is None or r[2] <= day) and (r[3] is None or day <= r[3])]
    for relation in USERS:
        those = [r for r in covering if r[4] == relation]
        if len({r[0] for r in those}) > 1:
            return SEVERAL, False
        if those:
            who = those[0][0]
            return (TAKES_NO_PART, False) if who == "O" else (who, all(r[5] == "suspected" for r in those))
    return NOBODY, False


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_links_never_matters(seed):
    written = [
        link(p, t, D(2018, 1, d), relation=r) for d, (p, t, r) in enumerate(
            [("A", PHONE, "user"), ("B", PHONE, "owner"), ("A", CAR, "keeper"), ("C", HOUSE, "resident")], 1
        )
    ]  # fmt: skip
    mixed = [written[i] for i in np.random.default_rng(seed).permutation(len(written))]
    one, other = use_of(*written), use_of(*mixed)
    for name in ("person", "thing", "relation", "confidence", "first", "last", "report"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
