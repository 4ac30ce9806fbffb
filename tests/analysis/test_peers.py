"""Peers and places around exploited children: on paper, against counting day by day, and what may never be shown."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.analysis.children.linked_children import linked_children
from ocgnet.analysis.children.peers import AT, HOME, MISSING, RODE, STOPPED, peers_of
from ocgnet.audit.read import acts
from ocgnet.cli.app import app
from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.evidence import evidence_of
from ocgnet.evidence.restricted import in_use
from ocgnet.model import TABLES
from ocgnet.settings import Settings
from ocgnet.views.peers.peers_page import peers_page, tables_of, title_of

DAY = date(2019, 3, 31)
BORN = {"A": date(2004, 1, 1), "B": date(2004, 2, 2), "C": date(2005, 3, 3), "D": date(2003, 4, 4), "E": None}


def dataset_of(**tables: list[dict]) -> Dataset:
    """Typed records judged on the last day of March; a column that a row leaves out is blank."""
    made = {}
    for name, rows in tables.items():
        schema = TABLES[name].schema
        made[name] = pa.Table.from_pylist([{f.name: row.get(f.name) for f in schema} for row in rows], schema=schema)
    return Dataset.of(made, About(as_of=DAY, synthetic=True))


def children(**more: dict) -> list[dict]:
    return [{"child_id": i, "name": f"Child {i}", "date_of_birth": born, **more.get(i, {})} for i, born in BORN.items()]


def peers(dataset: Dataset, child: str = "", **given):
    used, asked = in_use(dataset), Settings(**given)
    evidence = evidence_of(used, asked)
    links = linked_children(used, evidence, used.shown_names, asked).links
    return peers_of(used, evidence, links, asked, child)


NOMINALS = [{"nominal_id": f"N{i}", "name": f"Adult {i}", "date_of_birth": date(1980, 1, 1)} for i in range(1, 4)]


def on_paper(**more: dict) -> Dataset:
    """A is at medium risk: stopped with B, with C and D at a place, with E in a house of twenty, with N1 everywhere."""
    crowd = [f"X{i}" for i in range(18)]
    return dataset_of(
        nominals=NOMINALS,
        children=children(A={"school": "School F"}, B={"school": "School F"} | more.get("B", {})),
        child_risks=[
            {"child_id": "A", "exploitation": "criminal", "level": "low", "assessed_on": date(2018, 1, 1)},
            {"child_id": "A", "exploitation": "criminal", "level": "medium", "assessed_on": date(2018, 6, 1)},
            {"child_id": "A", "exploitation": "criminal", "level": "none", "assessed_on": date(2019, 4, 1)},
            {"child_id": "D", "exploitation": "sexual", "level": "none", "assessed_on": date(2018, 6, 1)},
        ],
        stop_checks=[
            {"stop_id": f"S{n}", "person_id": who, "happened_on": date(2018, 7, 1), "district": "East",
             "occasion": "O1"}
            for n, who in enumerate(("A", "B", "N1", None))
        ]
        + [{"stop_id": "S9", "person_id": "C", "happened_on": date(2018, 7, 1), "district": "East"}],
        missing_episodes=[
            {"child_id": "B", "missing_from": datetime(2018, 8, 1, 20), "found_where": "12 Secret Road, with Boss",
             "companions": "A|N1|N2"},
        ],
        things=[
            {"thing_id": "P1", "kind": "premises", "label": "Pier Amusements"},
            {"thing_id": "P2", "kind": "address", "label": "House of many"},
            {"thing_id": "V1", "kind": "vehicle", "registration": "AB12 CDE"},
        ],
        thing_links=[
            {"person_id": "A", "thing_id": "P1", "relation": "seen_at", "from_date": date(2018, 9, 1),
             "report_id": "R1"},
            {"person_id": "C", "thing_id": "P1", "relation": "seen_at", "from_date": date(2018, 9, 1)},
            {"person_id": "A", "thing_id": "P1", "relation": "seen_at", "from_date": date(2018, 9, 8)},
            {"person_id": "C", "thing_id": "P1", "relation": "seen_at", "from_date": date(2018, 9, 8)},
            {"person_id": "D", "thing_id": "P1", "relation": "seen_at", "from_date": date(2018, 9, 9)},
            {"person_id": "N1", "thing_id": "P1", "relation": "employee", "from_date": date(2018, 1, 1)},
            {"person_id": "A", "thing_id": "V1", "relation": "passenger", "from_date": date(2018, 10, 1)},
            {"person_id": "D", "thing_id": "V1", "relation": "passenger", "from_date": date(2018, 10, 1),
             "confidence": "suspected"},
            {"person_id": "C", "thing_id": "V1", "relation": "keeper", "from_date": date(2018, 1, 1)},
            *({"person_id": who, "thing_id": "P2", "relation": "resident"} for who in ("A", "E", *crowd)),
        ],
        intel_reports=[{"report_id": "R1", "reported_on": date(2018, 9, 1), "grading_scheme": "3x5x2",
                        "source_grade": "1", "intelligence_grade": "A", "handling_code": "P"}],
    )  # fmt: skip


def test_the_ties_on_paper_say_how_where_when_and_on_what_they_rest():
    found = peers(on_paper())
    ties = {(t.one, t.other, t.how): t for t in found.ties}
    assert set(ties) == {
        ("A", "B", STOPPED), ("A", "B", MISSING), ("A", "C", AT), ("A", "D", RODE),
    }  # fmt: skip
    stopped = ties["A", "B", STOPPED]
    assert (stopped.place, stopped.label, stopped.size, stopped.first) == ("O1", "East", 4, date(2018, 7, 1))
    assert stopped.sources == ("S0", "S1", "S2", "S3")
    missing = ties["A", "B", MISSING]
    assert (missing.size, missing.label, missing.sources) == (4, "", ("missing episode of B from 01/08/2018",))
    place = ties["A", "C", AT]
    assert (place.label, place.first, place.last, place.times) == (
        "Pier Amusements", date(2018, 9, 1), date(2018, 9, 8), 2,
    )  # fmt: skip
    assert (place.sources, place.size, place.suspected) == (("R1",), 3, False)
    assert ties["A", "D", RODE].suspected
    (crowd,) = found.crowds
    assert (crowd.how, crowd.label, crowd.size, crowd.children) == (HOME, "House of many", 20, ("A", "E"))


def test_who_is_looked_at_on_paper():
    """A by a risk, B because of two occasions with A; C and D only once, each, and D's risk is none."""
    found = peers(on_paper())
    looked_at = {c.id: c for c in found.children}
    assert set(looked_at) == {"A", "B"}
    assert looked_at["A"].exploited == ("risk of criminal exploitation assessed as medium, 01/06/2018",)
    assert (looked_at["A"].peers, looked_at["A"].occasions, looked_at["A"].adults) == (("B", "C", "D"), 4, 2)
    assert looked_at["B"].because == "seen with the same child on several occasions or at several places"
    assert found.schools == {"A": ("School F", 2), "B": ("School F", 2)}
    assert title_of(found) == "2 of 2 children looked at are recorded with other children up to 31/03/2019"
    (one,) = peers(on_paper(), "D").children
    assert (one.id, one.peers) == ("D", ("A",))
    with pytest.raises(UsageError, match="N1 is not among the children"):
        peers(on_paper(), "N1")


def test_free_text_adults_and_those_who_may_not_be_shown_are_on_no_page():
    whole = on_paper()
    for page in (peers_page(whole.about, "x", peers(whole)), str(tables_of(peers(whole)))):
        for word in ("Secret", "Boss", "Adult 1", "N1"):
            assert word not in page
    for mark in (
        {"restricted_on": date(2019, 1, 1), "restricted_because": "evidence"},
        {"review_due": date(2019, 1, 1)},
    ):
        hidden = on_paper(B=mark)
        found = peers(hidden)
        assert {p for t in found.ties for p in (t.one, t.other)} == {"A", "C", "D"}
        assert "Child B" not in peers_page(hidden.about, "x", found)
        assert any("restricted" in x.why or "overdue" in x.why for x in found.left_out)
    assert "B" in {p for t in peers(on_paper(B={"review_due": date(2019, 1, 1)}), include_overdue=True).ties
                   for p in (t.one, t.other)}  # fmt: skip


def test_a_child_linked_to_several_groups_is_looked_at_though_nobody_was_with_it():
    groups = dataset_of(
        nominals=NOMINALS,
        children=children(),
        ocgs=[{"ocg_id": "G1", "status": "active"}, {"ocg_id": "G2", "status": "active"}],
        memberships=[{"nominal_id": f"N{n}", "ocg_id": f"G{n}", "from_date": date(2017, 1, 1)} for n in (1, 2)],
        family_links=[{"adult_id": f"N{n}", "child_id": "C", "relationship": "parent"} for n in (1, 2)],
    )
    found = peers(groups)
    (child,) = found.children
    assert (child.id, child.groups, child.peers) == ("C", ("G1", "G2"), ())
    assert found.not_recorded == ("stop_checks", "missing_episodes", "thing_links")
    assert "not known" in peers_page(groups.about, "x", found)


WHO = [*BORN, "N1", "N2"]
START = date(2018, 5, 1)
ON = [START + timedelta(days=n) for n in range(14)]
GONE_FROM = [datetime(2018, 6, 1) + timedelta(days=n) for n in range(10)]
SPAN = st.tuples(st.integers(0, 12), st.one_of(st.none(), st.integers(0, 12)))
LINKS = st.lists(
    st.tuples(
        st.sampled_from(WHO), st.sampled_from(["P1", "V1"]), st.sampled_from(["seen_at", "resident", "user"]), SPAN
    ),
    max_size=10,
)
STOPS = st.lists(st.tuples(st.sampled_from([*WHO, None]), st.sampled_from(["O1", "O2", None])), max_size=7)
GONE = st.dictionaries(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(GONE_FROM)), st.sets(st.sampled_from(WHO), max_size=3), max_size=3
)


def crowds_by_day(rows: list[dict], stops: list, gone: dict, cap: int) -> dict[tuple, set[str]]:
    """Whoever was there, by how, place and day; the day None stands for all that come. Nothing crowded."""
    there: dict[tuple, set[str]] = defaultdict(set)
    users = {t: {r["person_id"] for r in rows if r["thing_id"] == t} for t in ("P1", "V1")}
    for row in rows:
        ridden, seen = row["thing_id"] == "V1", row["relation"] == "seen_at"
        how = RODE if ridden else HOME if row["relation"] == "resident" else AT
        last = row["from_date"] if seen and not row["to_date"] else row["to_date"]
        if len(users[row["thing_id"]]) <= cap and (seen or not ridden):
            days = [d for d in ON if row["from_date"] <= d and (last is None or d <= last)]
            for day in days + [None] * (last is None):
                there[how, row["thing_id"], day].add(row["person_id"])
    for occasion in {o for _, o in stops if o}:
        people = {p for p, o in stops if o == occasion and p}
        nobody = sum(o == occasion and p is None for p, o in stops)
        there[STOPPED, occasion, START] = people if len(people) + nobody <= cap else set()
    for (child, begun), who in gone.items():
        people = who | {child}
        there[MISSING, f"{child} {begun:%Y-%m-%dT%H:%M}", begun.date()] = people if len(people) <= cap else set()
    return there


@settings(max_examples=25, deadline=None)
@given(LINKS, STOPS, GONE, st.integers(2, 6))
def test_law_ties_are_what_counting_day_by_day_gives(links, stops, gone, cap):
    """Every day of two weeks is walked, and whoever is there on it is paired; nothing of the package is asked."""
    rows = [
        {
            "person_id": p,
            "thing_id": t,
            "relation": r,
            "from_date": ON[a],
            "to_date": None if b is None else ON[max(a, b)],
        }
        for p, t, r, (a, b) in links
    ]
    records = dataset_of(
        nominals=NOMINALS,
        children=children(),
        child_risks=[{"child_id": c, "exploitation": "sexual", "level": "high"} for c in BORN],
        things=[{"thing_id": "P1", "kind": "premises"}, {"thing_id": "V1", "kind": "vehicle"}],
        thing_links=rows,
        stop_checks=[
            {"stop_id": f"S{n}", "person_id": p, "happened_on": START, "occasion": o} for n, (p, o) in enumerate(stops)
        ],
        missing_episodes=[
            {"child_id": c, "missing_from": begun, "companions": "|".join(sorted(who - {c})) or None}
            for (c, begun), who in gone.items()
        ],
    )
    paired: dict[tuple, list] = defaultdict(list)
    for (how, place, day), people in crowds_by_day(rows, stops, gone, cap).items():
        for pair in combinations(sorted(people & set(BORN)), 2):
            paired[(*pair, how, place)].append(day)
    expected = {key: (min(d for d in days if d), None if None in days else max(days)) for key, days in paired.items()}
    asked = Settings(thing_cap=cap)
    linked_to_none = pd.DataFrame({"child_id": [], "ocg_id": []})
    ties = peers_of(records, evidence_of(records, asked), linked_to_none, asked).ties
    assert {(t.one, t.other, t.how, t.place): (t.first, t.last) for t in ties} == expected


def test_the_command_writes_page_and_tables_and_the_log_knows_whom(tmp_path, monkeypatch, log_file):
    monkeypatch.chdir(tmp_path)
    tiny = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
    done = CliRunner().invoke(app, ["peers", str(tiny), "--out", "out", "--child", "C2"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "peers.html", "children.csv", "ties.csv", "crowded.csv", "MARKING.txt", "files.json",
    }  # fmt: skip
    (row,) = csv.DictReader(io.StringIO((tmp_path / "out" / "children.csv").read_text(encoding="utf-8-sig")))
    assert row["child_id"] == "C2"
    (act,) = acts(log_file)
    assert (act.kind, act.end, "C2" in act.people) == ("export", "done", True)
    assert (tmp_path / "out" / "peers.html").read_text(encoding="utf-8").count("SYNTHETIC DATA") >= 3
