"""People outside every group who are tied to members, and ties that no group covers: on paper, by SQL, as analysed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path

import duckdb
import networkx as nx
import numpy as np
import pyarrow as pa
import pytest

from ocgnet.checks.check import read_dataset
from ocgnet.dataset import About, Dataset
from ocgnet.evidence.evidence import scope_of
from ocgnet.evidence.period import period_of
from ocgnet.local_profile.edition import edition_of
from ocgnet.local_profile.hidden import DRAWS, HiddenDemand, hidden_part, near_ties
from ocgnet.local_profile.profile import profile_of
from ocgnet.local_profile.records import Material, Records, Windows
from ocgnet.network.ties import BY_THINGS, ties_of
from ocgnet.settings import ProfileSettings, Settings

COUNTY = Path(__file__).parents[2] / "fixtures" / "county"
ABOUT = About("Paper force", as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
DAY = date(2018, 6, 1)


def material_of(dataset, **asked):
    settings = ProfileSettings(analysis=Settings(**asked))
    period = period_of(dataset, settings.analysis)
    windows = Windows.of(period, settings)
    return Material(dataset, settings, period, windows, Records(dataset.tables, settings, windows))


def paper(crimes, contacts=(), born=(), **tables):
    """Return records of crimes given as text such as ``A B victim:V``; M1 and M2 are in G1, M3 in G2, P left G1."""
    links = []
    for number, people in enumerate(crimes):
        for word in people.split():
            role, _, person = word.rpartition(":")
            links.append({"person_id": person, "crime_id": f"K{number}", "link_role": role or "suspect"})
    born = dict(born)
    ids = sorted(
        {link["person_id"] for link in links} | {p for pair in contacts for p in pair} | {"M1", "M2", "M3", "P"}
    )
    members = [("M1", "G1", None), ("M2", "G1", None), ("M3", "G2", None), ("P", "G1", date(2017, 1, 1))]
    return Dataset.of(
        {
            "nominals": pa.Table.from_pylist(
                [
                    {"nominal_id": i, "date_of_birth": born.get(i), "district": "East" if i < "N" else "West"}
                    for i in ids
                ]
            ),
            "ocgs": pa.Table.from_pylist(
                [{"ocg_id": g, "name": g, "mapped_on": date(2016, 1, 1)} for g in ("G1", "G2")]
            ),
            "memberships": pa.Table.from_pylist(
                [{"nominal_id": n, "ocg_id": g, "from_date": date(2016, 1, 1), "to_date": to} for n, g, to in members]
            ),
            "crimes": pa.Table.from_pylist(
                [{"crime_id": f"K{n}", "offence_code": "8N", "recorded_on": DAY} for n in range(len(crimes))]
            ),
            "crime_links": pa.Table.from_pylist(links),
            "associations": pa.Table.from_pylist(
                [{"person_a": a, "person_b": b, "kind": "meeting", "first_seen": DAY} for a, b in contacts]
                or [{"person_a": "M1", "person_b": "M2", "kind": "meeting", "first_seen": DAY}]
            ),
            **tables,
        },
        ABOUT,
    )


def figures_of(dataset, **asked):
    return {n: f.value for n, f in hidden_part(material_of(dataset, **asked)).figures.items()}


def test_on_paper_who_is_tied_to_several_members():
    """X meets M1 and M2 of one group, Y members of two, P was one of them; Z meets M1 twice, V is a victim."""
    records = paper(
        ["X M1", "X M2", "Y M1", "Z M1", "Z M1", "M1 M2 victim:V", "M3 victim:V", "P M1 M3", "C M1 M2", "D M1 M2"],
        contacts=[("Y", "M3"), ("W", "M1")],
        born={"C": date(2004, 1, 1)},
        children=pa.table({"child_id": ["D"]}),
    )
    part = hidden_part(material_of(records))
    values = {n: f.value for n, f in part.figures.items()}
    # C is 15 and D, of unknown age, is named by a table of children: both are counted apart.
    assert values == {
        "hidden_tied": 3, "hidden_tied_several": 2, "hidden_tied_once": 1, "hidden_tied_young": 2,
        "hidden_sets": 0, "hidden_set_people": 0,
    }  # fmt: skip
    rows = part.tables[0].frame
    assert rows.to_dict("records") == [
        {"district": "West", "people": 3, "of_one_group": 1, "of_several_groups": 2, "once_members": 1}
    ]
    # Where victims count as linked, V is tied to all three members.
    assert figures_of(records, link_roles=("suspect", "victim"))["hidden_tied"] == 4


def test_on_paper_sets_of_people_whom_no_group_covers():
    """A-B-E hang together by pairs seen twice; F-G are two; H-I-J met once; M1 would join but is a member."""
    twice = ["A B", "A B", "B E", "F G", "F G", "H I", "I J", "E M1", "E M1", "C1 A", "C1 A"]
    records = paper(twice, contacts=[("B", "E")], born={"C1": date(2010, 1, 1)})
    part = hidden_part(material_of(records))
    rows = part.tables[1].frame.to_dict("records")
    assert rows == [
        {
            "set": "S1", "people": 3, "pairs": 2, "crimes": 3, "reports": 0, "groups_near": 1, "district": "East",
            "last_on": DAY,
        }
    ]  # fmt: skip
    assert part.figures["hidden_set_people"].value == 3
    nothing = {n: f.value for n, f in hidden_part(material_of(paper(["A M1"]))).figures.items()}
    assert set(nothing.values()) == {0}


def test_without_memberships_nothing_is_said():
    part = hidden_part(material_of(Dataset.of({"crimes": pa.table({"crime_id": ["K1"]})}, ABOUT)))
    assert part.figures == {}
    assert all(t.frame.empty for t in part.tables)


def test_chance_leaves_members_and_numbers_of_crimes_as_they_are():
    """Two outsiders each with M1 and M2: whoever stands where, both meet two; with one each, none does."""
    sure = hidden_part(material_of(paper(["X M1", "X M2", "Y M1", "Y M2"]))).figures["hidden_tied"]
    assert sure.value == 2
    # X and Y may swap one place: both still meet two, or each one member twice.
    assert (sure.null_low, sure.null_high) == (0.0, 2.0)
    never = hidden_part(material_of(paper(["X M1", "Y M2"]))).figures["hidden_tied"]
    assert (never.value, never.null_low, never.null_high) == (0, 0.0, 0.0)


def test_the_county_is_tied_as_analyse_ties_it():
    """The ties of the whole analysis, without those of things, give the same people; so does networkx for the sets."""
    records, settings = read_dataset(COUNTY)[0], Settings()
    material = material_of(records)
    found = HiddenDemand.of(near_ties(material), material)
    network = scope_of(records, settings).network
    whole = ties_of(network, settings)
    ties = whole.kept(~whole.of_kinds(BY_THINGS))
    inside = network.members
    near = defaultdict(set)
    for a, b in zip(ties.a.tolist(), ties.b.tolist(), strict=True):
        for person, member in ((a, b), (b, a)):
            if inside[member] and not inside[person]:
                near[network.nominals[person]].add(network.nominals[member])
    expected = {person for person, members in near.items() if len(members) >= 2}
    assert set(found.evidence.nominals[found.chosen]) == expected
    assert len(expected) > 30
    graph = nx.Graph()
    young = set(found.evidence.nominals[found.young])
    for a, b, n in zip(ties.a.tolist(), ties.b.tolist(), np.diff(ties.start).tolist(), strict=True):
        ids = {network.nominals[a], network.nominals[b]}
        if n >= 2 and not (inside[a] or inside[b]) and not ids & young:
            graph.add_edge(*ids)
    sizes = sorted((len(c) for c in nx.connected_components(graph) if len(c) >= 3), reverse=True)
    assert [r["people"] for r in found.sets()] == sizes
    assert len(sizes) > 3
    assert len(found.draws) == DRAWS


def test_another_force_by_duckdb_alone(other_force):
    """Crimes and contacts only, counted by SQL over the files; the planted sets are chains of contacts made twice."""
    records = read_dataset(other_force)[0]
    tables = {n: t for n, t in records.tables.items() if not n.startswith("intel_") and n in records.given}
    part = hidden_part(material_of(Dataset.of(tables, records.about)))
    db = duckdb.connect()
    for name in ("crime_links", "crimes", "associations", "memberships", "nominals", "ocgs", "children"):
        db.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{other_force}/{name}.csv', all_varchar=true)")
    db.execute(
        """
        CREATE TABLE member AS SELECT DISTINCT nominal_id AS id, ocg_id FROM memberships JOIN ocgs USING (ocg_id)
        WHERE (from_date IS NULL OR from_date <= '2019-03-31') AND (to_date IS NULL OR to_date >= '2019-03-31')
        AND (mapped_on IS NULL OR mapped_on <= '2019-03-31') AND (archived_on IS NULL OR archived_on > '2019-03-31');
        CREATE TABLE l AS SELECT DISTINCT crime_id, person_id AS id FROM crime_links JOIN crimes USING (crime_id)
        JOIN nominals ON nominal_id = person_id
        WHERE link_role IN ('arrested', 'suspect', 'charged', 'convicted')
        AND coalesce(recorded_on, occurred_on, '2000-01-01') <= '2019-03-31';
        CREATE TABLE pair AS SELECT x.id AS a, y.id AS b, crime_id AS by FROM l x JOIN l y USING (crime_id)
        WHERE x.id < y.id
        UNION ALL SELECT least(person_a, person_b), greatest(person_a, person_b), kind || first_seen FROM associations
        WHERE coalesce(first_seen, last_seen) <= '2019-03-31' AND person_a IN (SELECT nominal_id FROM nominals)
        AND person_b IN (SELECT nominal_id FROM nominals);
        CREATE TABLE young AS SELECT nominal_id AS id FROM nominals
        WHERE date_of_birth > '2001-03-31' OR nominal_id IN (SELECT child_id FROM children)
        """
    )
    (tied,) = db.execute(
        """
        WITH ends AS (SELECT a AS p, b AS m FROM pair UNION SELECT b, a FROM pair)
        SELECT count(*) FROM (SELECT p FROM ends WHERE m IN (SELECT id FROM member) AND p NOT IN (SELECT id FROM member)
        AND p NOT IN (SELECT id FROM young) GROUP BY p HAVING count(DISTINCT m) >= 2)
        """
    ).fetchone()
    assert part.figures["hidden_tied"].value == tied
    twice = db.execute(
        "SELECT a, b FROM pair WHERE NOT (a IN (SELECT id FROM member) OR b IN (SELECT id FROM member) "
        "OR a IN (SELECT id FROM young) OR b IN (SELECT id FROM young)) GROUP BY a, b HAVING count(*) >= 2"
    ).fetchall()
    sizes = [len(c) for c in nx.connected_components(nx.Graph(twice)) if len(c) >= 3]
    frame = part.tables[1].frame
    assert sorted(sizes) == sorted(frame["people"])
    of_contacts = frame[(frame["crimes"] == 0) & (frame["people"] - 1 == frame["pairs"])]
    assert sorted(of_contacts["people"]) == [3, 4, 6]


def test_what_tells_of_few_stays_with_the_force():
    """Eight tied in one district and two in another: neither is told apart, and the sets are nowhere."""
    crimes = [f"{p}{n} {m}" for p, size in (("A", 8), ("W", 2)) for n in range(size) for m in ("M1", "M2")]
    crimes += [" ".join(pair) for pair in combinations(("B1", "B2", "B3"), 2) for _ in range(2)]
    own = profile_of(paper(crimes), ProfileSettings(analysis=Settings(null_draws=20, bootstrap_draws=20), draws=10))
    assert own.tables["hidden_people"].frame["people"].tolist() == [8, 2]
    assert own.figures["hidden_sets"].value == 1
    shown = edition_of(own, "partnership")
    assert shown.figures["hidden_tied"].value == 10
    assert shown.tables["hidden_people"].frame["people"].isna().all()
    assert shown.tables["hidden_sets"].frame.empty
    assert shown.figures["hidden_set_people"].value is None


@pytest.mark.long
def test_no_person_is_named(tmp_path):
    from ocgnet.views.profile import write_profile

    profile = profile_of(paper(["X9 M1", "X9 M2", "A9 B9", "A9 B9", "B9 E9", "B9 E9"]))
    write_profile(tmp_path / "out", profile, None, [], dict, lambda _: None)
    text = "".join(
        p.read_text(encoding="utf-8-sig") for p in (tmp_path / "out").rglob("*") if p.suffix in (".html", ".csv")
    )
    assert "1 person in no group is tied to two or more" in text
    assert not [name for name in ("X9", "A9", "B9", "E9") if name in text]
