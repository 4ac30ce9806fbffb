"""What counts, worked by hand on a few records."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.errors import UsageError
from ocgnet.evidence.evidence import evidence_of, scope_of
from ocgnet.evidence.grades import keep_grades, may_be_named
from ocgnet.evidence.membership import groups_on, memberships_on
from ocgnet.evidence.period import period_of
from ocgnet.harm import harm_of, weights
from ocgnet.model import TABLES
from ocgnet.settings import Settings

D = date

COUNTED = "not as arrested or suspect or charged or convicted"


def table(name: str, *rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in rows], TABLES[name].schema)


def records(order: int = 1) -> Dataset:
    people = [{"nominal_id": i} for i in ("A", "B", "C", "E")] + [{"nominal_id": "OLD", "review_due": D(2018, 1, 1)}]
    crimes = [
        {"crime_id": "c1", "recorded_on": D(2018, 5, 1), "offence_code": "8N"},
        {"crime_id": "c2", "occurred_on": D(2018, 6, 1)},
        {"crime_id": "c3", "recorded_on": D(2017, 5, 1)},
        {"crime_id": "c4"},
    ]
    links = [
        {"person_id": "A", "crime_id": "c1", "link_role": "suspect"},
        {"person_id": "A", "crime_id": "c1", "link_role": "arrested"},
        {"person_id": "B", "crime_id": "c1", "link_role": "suspect"},
        {"person_id": "P9", "crime_id": "c1", "link_role": "suspect"},
        {"person_id": "C", "crime_id": "c1", "link_role": "victim"},
        {"person_id": "A", "crime_id": "c2", "link_role": "witness"},
        {"person_id": "B", "crime_id": "c2", "link_role": "arrested"},
        {"person_id": "B", "crime_id": "c3", "link_role": "arrested"},
        {"person_id": "B", "crime_id": "c4", "link_role": "arrested"},
    ]
    graded = {"reported_on": D(2018, 7, 1), "grading_scheme": "3x5x2"}
    reports = [
        graded | {"report_id": "r1", "source_grade": "1", "intelligence_grade": "A", "handling_code": "P"},
        graded | {"report_id": "r2", "source_grade": "3", "intelligence_grade": "A", "handling_code": "P"},
        graded | {"report_id": "r3", "source_grade": "2", "intelligence_grade": "C", "handling_code": "C"},
        graded | {"report_id": "r4", "review_due": D(2018, 8, 1)},
    ]
    named = [{"person_id": p, "report_id": r} for r in ("r1", "r2", "r3", "r4") for p in ("A", "C")]
    contacts = [
        {"person_a": "B", "person_b": "A", "kind": "phone", "directed": True, "times_observed": 3},
        {"person_a": "A", "person_b": "C", "kind": "meeting", "last_seen": D(2015, 1, 1)},
        {"person_a": "A", "person_b": "E", "kind": "meeting", "report_id": "r2"},
        {"person_a": "A", "person_b": "E", "kind": "meeting", "report_id": "r3"},
    ]
    return Dataset.of(
        {
            "nominals": table("nominals", *people[::order]),
            "people": table("people", {"person_id": "P9"}),
            "crimes": table("crimes", *crimes[::order]),
            "crime_links": table("crime_links", *links[::order]),
            "intel_reports": table("intel_reports", *reports[::order]),
            "intel_links": table("intel_links", *named[::order]),
            "associations": table("associations", *contacts[::order]),
        },
        About(as_of=D(2019, 3, 31), period_from=D(2018, 4, 1), period_to=D(2019, 3, 31)),
    )


@pytest.mark.parametrize("order", [1, -1])
def test_evidence_by_hand(order: int) -> None:
    found = evidence_of(records(order), Settings())
    assert found.nominals.tolist() == ["A", "B", "C", "E"]
    # c1 links A and B (A once, for all her roles) and P9, who is no nominal but was there; c2 only B.
    assert found.crimes.events.tolist() == ["c1", "c2"]
    assert list(zip(found.crimes.person, found.crimes.event, strict=True)) == [(0, 0), (1, 0), (1, 1)]
    assert found.crimes.people.tolist() == [3, 1]
    assert found.crimes.on.tolist() == [D(2018, 5, 1), D(2018, 6, 1)]
    assert found.crimes.harm[0] == 189.1539
    assert np.isnan(found.crimes.harm[1])
    # r2 is from an unreliable source, r4 is overdue; r3 counts but may not be named.
    assert found.reports.events.tolist() == ["r1", "r3"]
    assert found.reports.named.tolist() == [True, False]
    # The old meeting is outside the period, the meeting on r2 goes with its report.
    ties = found.associations
    assert list(zip(ties.a, ties.b, ties.kind, ties.times, strict=True)) == [(0, 1, "phone", 3), (0, 3, "meeting", 1)]
    assert (ties.directed.tolist(), ties.forward.tolist()) == ([True, False], [False, True])
    assert ties.report.tolist() == ["", ""]
    assert found.left_out == (
        LeftOut("associations", "its report is filtered out", 1),
        LeftOut("associations", "outside 2018-04-01 to 2019-03-31", 1),
        LeftOut("crime_links", f"linked as victim, {COUNTED}", 1),
        LeftOut("crime_links", f"linked as witness, {COUNTED}", 1),
        LeftOut("crimes", "no date, so in no period", 1),
        LeftOut("crimes", "outside 2018-04-01 to 2019-03-31", 1),
        LeftOut("intel_reports", "grade outside 'usable'", 1),
        LeftOut("intel_reports", "review overdue", 1),
        LeftOut("intel_reports", "under handling conditions: it counts, and no output names it", 1),
        LeftOut("nominals", "review overdue", 1),
    )


def test_the_network_has_its_own_period() -> None:
    whole = scope_of(records(), Settings())
    assert whole.figures.crimes.events.tolist() == ["c1", "c2"]
    # c3 is of the year before and c4 has no date: both make ties, neither is in a figure.
    assert whole.network.crimes.events.tolist() == ["c1", "c2", "c3", "c4"]
    assert whole.network.reports.events.tolist() == whole.figures.reports.events.tolist() == ["r1", "r3"]
    # The meeting of 2015 ties A and C.
    contacts = whole.network.associations
    assert list(zip(contacts.a, contacts.b, strict=True)) == [(0, 1), (0, 2), (0, 3)]
    assert len(whole.figures.associations.a) == 2
    gone = {(x.what, x.why): x.count for x in whole.left_out}
    outside = "outside 2018-04-01 to 2019-03-31: in the network, in no figure"
    assert gone["crimes", outside] == gone["associations", outside] == 1
    assert gone["crimes", "no date: in the network, in no figure of the period"] == 1
    assert (
        gone["crime_links", f"linked as victim, {COUNTED}"] == gone["crime_links", f"linked as witness, {COUNTED}"] == 1
    )


def test_the_network_may_begin_on_a_day_and_ends_on_the_day_of_judgement() -> None:
    later = scope_of(records(), Settings(network_from=D(2018, 5, 15)))
    assert later.network.crimes.events.tolist() == ["c2"]
    gone = {(x.what, x.why): x.count for x in later.left_out}
    assert gone["crimes", "before 2018-05-15: in the figures, not in the network"] == 1  # c1
    assert gone["crimes", "before 2018-05-15, so in neither the network nor the figures"] == 1  # c3
    assert gone["crimes", "no date, so in no period"] == 1  # c4
    then = scope_of(records(), Settings(as_of=D(2018, 5, 31)))
    assert then.network.crimes.events.tolist() == ["c1", "c3", "c4"]
    gone = {(x.what, x.why): x.count for x in then.left_out}
    assert gone["crimes", "after 2018-05-31, the day of judgement"] == 1  # c2
    assert gone["intel_reports", "after 2018-05-31, the day of judgement"] == 3  # r4 is not overdue on that day
    with pytest.raises(UsageError, match="after 2019-03-31, the day of judgement"):
        scope_of(records(), Settings(network_from=D(2019, 4, 1)))
    with pytest.raises(UsageError, match="--network-from"):
        scope_of(Dataset.of({}), Settings(network_from=D(2019, 4, 1)))


@given(
    days=st.lists(st.none() | st.dates(D(2016, 1, 1), D(2020, 12, 31)), min_size=1, max_size=12),
    start=st.none() | st.dates(D(2016, 1, 1), D(2019, 3, 31)),
)
@settings(deadline=None)
def test_every_crime_counts_or_is_said_to_lie_outside(days: list[date | None], start: date | None) -> None:
    ids = [f"c{i:02}" for i in range(len(days))]
    data = Dataset.of(
        {
            "nominals": table("nominals", {"nominal_id": "A"}),
            "crimes": table("crimes", *({"crime_id": i, "recorded_on": d} for i, d in zip(ids, days, strict=True))),
            "crime_links": table(
                "crime_links", *({"person_id": "A", "crime_id": i, "link_role": "suspect"} for i in ids)
            ),
        },
        About(as_of=D(2019, 3, 31), period_from=D(2018, 4, 1), period_to=D(2019, 3, 31)),
    )
    found = scope_of(data, Settings(network_from=start))
    figures, network = (set(e.crimes.events) for e in (found.figures, found.network))
    assert figures == {i for i, d in zip(ids, days, strict=True) if d and D(2018, 4, 1) <= d <= D(2019, 3, 31)}
    assert network == {
        i
        for i, d in zip(ids, days, strict=True)
        if (d is None and start is None) or (d and (start or date.min) <= d <= D(2019, 3, 31))
    }
    assert sum(x.count for x in found.left_out) == len(set(ids) - (figures & network))


def test_options_change_what_counts() -> None:
    every = evidence_of(records(), Settings(min_grade="all", include_overdue=True, link_roles=("victim",)))
    assert every.reports.events.tolist() == ["r1", "r2", "r3", "r4"]
    assert every.nominals.tolist() == ["A", "B", "C", "E", "OLD"]
    assert every.nominals[every.crimes.person].tolist() == ["C"]
    before = evidence_of(records(), Settings(), period_of(records(), Settings()).before())
    assert before.crimes.events.tolist() == ["c3"]
    with pytest.raises(UsageError, match="No group O9"):
        evidence_of(records(), Settings(ocgs=("O9",)))


def test_links_without_a_table_of_events_still_count() -> None:
    dataset = Dataset.of(
        {
            "nominals": table("nominals", {"nominal_id": "A"}, {"nominal_id": "B"}),
            "crime_links": table(
                "crime_links",
                {"person_id": "B", "crime_id": "z", "link_role": "suspect"},
                {"person_id": "A", "crime_id": "y", "link_role": "suspect"},
            ),
        }
    )
    found = evidence_of(dataset, Settings())
    assert found.crimes.events.tolist() == ["y", "z"]
    assert found.crimes.person.tolist() == [0, 1]


def test_dates_come_from_options_then_about_then_data() -> None:
    dataset = records()
    told = period_of(dataset, Settings())
    assert (told.as_of, told.first, told.last) == (D(2019, 3, 31), D(2018, 4, 1), D(2019, 3, 31))
    asked = period_of(dataset, Settings(as_of=D(2018, 2, 28)))
    assert (asked.as_of, asked.first, asked.last) == (D(2018, 2, 28), D(2017, 3, 1), D(2018, 2, 28))
    bare = Dataset(About(), dataset.tables, (), dataset.given)
    found = period_of(bare, Settings())
    assert (found.as_of, found.first) == (D(2018, 7, 1), D(2017, 7, 2))
    before = told.before()
    assert (before.as_of, before.first, before.last) == (D(2018, 3, 31), D(2017, 4, 1), D(2018, 3, 31))
    with pytest.raises(UsageError, match="before --to"):
        period_of(dataset, Settings(period_from=D(2020, 1, 1)))
    with pytest.raises(UsageError, match="hold no date"):
        period_of(Dataset.of({}), Settings(period_from=D(2020, 1, 1)))


def test_memberships_hold_on_a_day() -> None:
    dataset = Dataset.of(
        {
            "nominals": table("nominals", *({"nominal_id": i} for i in "ABCDF")),
            "ocgs": table(
                "ocgs",
                {"ocg_id": "O1"},
                {"ocg_id": "O2", "status": "archived", "archived_on": D(2018, 12, 31)},
                {"ocg_id": "O3", "mapped_on": D(2019, 1, 1)},
                {"ocg_id": "O4", "status": "archived"},
            ),
            "memberships": table(
                "memberships",
                {"nominal_id": "A", "ocg_id": "O1", "role": "peripheral"},
                {"nominal_id": "A", "ocg_id": "O1", "role": "principal", "from_date": D(2019, 1, 1)},
                {"nominal_id": "B", "ocg_id": "O1", "to_date": D(2018, 12, 30)},
                {"nominal_id": "C", "ocg_id": "O2", "role": "significant"},
                {"nominal_id": "D", "ocg_id": "O3"},
                {"nominal_id": "F", "ocg_id": "O4"},
            ),
        }
    )
    ids = dataset["nominals"]["nominal_id"].combine_chunks()

    def on(day: date | None) -> list[tuple[str, str, str]]:
        m = memberships_on(dataset, day, ids)
        return [(ids[p].as_py(), o, r) for p, o, r in zip(m.person.tolist(), m.ocg, m.role, strict=True)]

    assert on(D(2019, 1, 1)) == [("A", "O1", "principal"), ("D", "O3", "")]
    assert on(D(2018, 12, 30)) == [("A", "O1", "peripheral"), ("B", "O1", ""), ("C", "O2", "significant")]
    assert on(None) == [("A", "O1", "principal"), ("B", "O1", ""), ("D", "O3", "")]
    assert groups_on(dataset, D(2018, 12, 31)) == ["O1"]
    assert groups_on(dataset, D(2018, 12, 30)) == ["O1", "O2"]


def test_grades_are_read_under_their_own_scheme() -> None:
    rows = [
        ("3x5x2", "1", "A", "P"),
        ("3x5x2", "2", "E", "P"),
        ("3x5x2", "2", "D", "C"),
        ("5x5x5", "E", "1", "1"),  # E is an untested source here, not a false report
        ("5x5x5", "A", "5", "1"),
        ("5x5x5", "B", "3", "5"),
        ("3x5x2", None, None, None),
        (None, None, None, None),
    ]
    names = ("grading_scheme", "source_grade", "intelligence_grade", "handling_code")
    reports = table(
        "intel_reports", *({"report_id": str(i)} | dict(zip(names, r, strict=True)) for i, r in enumerate(rows))
    )

    def kept(name: str) -> list[int]:
        return [i for i, k in enumerate(keep_grades(reports, name).to_pylist()) if k]

    assert kept("all") == [0, 1, 2, 3, 4, 5, 6, 7]
    assert kept("usable") == [0, 2, 3, 5, 6, 7]
    assert kept("corroborated") == [0, 3, 5]
    assert kept("reliable") == [0]
    assert [i for i, n in enumerate(may_be_named(reports).to_pylist()) if not n] == [2, 5]


def test_severity_weights() -> None:
    table_of = weights()
    assert table_of["1"] == table_of["4.10"] == 7973.3934
    assert table_of["28A"] == table_of["28C"] == 465.3815
    assert table_of["30A"] == 123.0184
    found = harm_of(pa.chunked_array([["19c", None, "no such code", "008N"]]))
    assert found[[0, 3]].tolist() == [2952.941, 189.1539]
    assert np.isnan(found[[1, 2]]).all()
