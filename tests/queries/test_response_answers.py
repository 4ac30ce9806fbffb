"""Questions about plans, disruptions, orders and cases: against the rows themselves, on a server and without one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pyarrow as pa
from filled_server import filled_with
from generated_records import records
from profile_sums import PROFILE_SUMS, Frames
from response_sums import SUMS

from ocgnet.dataset import Dataset
from ocgnet.model.columns import STRANDS
from ocgnet.queries import Query, bind, pack
from ocgnet.queries.ask import ask
from ocgnet.queries.local_view import as_the_view_reads, own_answer, refusal, view_of
from ocgnet.store import LoadManifest
from ocgnet.store.neo4j.property_graph import graph_of

KEPT_ELSEWHERE = {"disruptions-by-group"}
ASKED = [q for q in pack() if q.subject in ("response", "cases") and q.kind == "table" and q.name not in KEPT_ELSEWHERE]
SEEDS = range(1, 5)


@cache
def made_up(seed: int) -> Dataset:
    """Made-up records with more actions, and one whose addition to a plan was undone: only its changes are left."""
    dataset = records(seed)
    stood = json.dumps({"action_id": "A99", "plan_id": f"PL{seed % 9}", "strand": "protect"})
    common = {"action_id": "A99", "changed_by": "Officer A", "reason": "wrong plan"}
    more = [
        {"change_id": "CH98", "change": "add", "changed_on": date(2019, 1, 1), **common},
        {"change_id": "CH99", "change": "undo", "changed_on": date(2019, 1, 2), "undoes": "CH98", "before": stood}
        | common,
    ]
    actions = [
        {
            "action_id": f"B{n}", "plan_id": f"PL{n % 9}", "action": "visit", "owner": "Officer A" if n % 3 else None,
            "strand": "pursue" if n % 9 < 5 else STRANDS[n % 4],
            "status": (None, "open", "done", "dropped")[n // 3 % 4],
            "due_on": (None, date(2018, 5, 1), date(2019, 3, 30), date(2019, 3, 31))[(n + seed) % 4],
            "hours": n / 2 if n % 4 else None, "cost": n * 10.0 if n % 5 else None,
            "subject_kind": "person" if n % 7 == 0 else None, "subject_id": f"N{n % 12}" if n % 7 == 0 else None,
        }
        for n in range(36)
    ]  # fmt: skip
    tables = dict(dataset.tables)
    for name, rows in (("plan_changes", more), ("plan_actions", actions)):
        tables[name] = pa.concat_tables([dataset[name], pa.Table.from_pylist(rows, dataset[name].schema)])
    # Most episodes end without an interview, in a time that is asked about.
    episodes = dataset["missing_episodes"].to_pylist()
    for n, row in enumerate(episodes):
        if n % 4:
            row |= {"interview_refused_on": date(2019, 6, 1) if n % 3 == 0 else None, "return_interview_at": None}
            row["found_at"] = row["missing_from"] + timedelta(hours=30 * n)
    # Referrals with and without an outcome, decided by then or later.
    outcomes = ("No further action", "pending", None, " Awaiting outcome", "Unknown", None)
    referred = [
        {
            "person_id": f"{'NC'[n % 2]}{n % 7}", "kind": ("mash", "nrm", "early_help", "cpi")[n // 2 % 4],
            "made_on": date(2018, 1 + n % 12, 5), "outcome": outcomes[(n + seed) % 6],
            "outcome_kind": ("accepted", None, None)[n % 3],
            "outcome_on": (date(2019, 2, 1), None, date(2019, 6, 1))[n % 3],
        }
        for n in range(30)
    ]  # fmt: skip
    own = {(r["person_id"], r["kind"], r["made_on"]): r for r in [*dataset["referrals"].to_pylist(), *referred]}
    tables["referrals"] = pa.Table.from_pylist(list(own.values()), dataset["referrals"].schema)
    lines = [
        r | ({"activity": "county lines"} if n % 3 == 0 else {})
        for n, r in enumerate(dataset["ocg_activities"].to_pylist())
    ]
    tables["ocg_activities"] = pa.Table.from_pylist(lines, dataset["ocg_activities"].schema)
    tables["missing_episodes"] = pa.Table.from_pylist(episodes, dataset["missing_episodes"].schema)
    return replace(dataset, tables=tables)


def values_of(query: Query, seed: int) -> list[dict]:
    """The values of the file for these records, and other days, spans and ids."""
    names = {p.name for p in query.parameters}
    own = bind(query, ())
    family = ["parent", "step_parent", "guardian", "sibling", "grandparent", "other"]
    others = (
        {"window_days": 90},
        {"as_of": date(2018, 6, 1), "include_overdue": True, "window_days": 1, "interview_hours": 1, "family": family},
        {"as_of": date(2018, 12, 31), "period_from": date(2016, 1, 1), "window_days": 400, "family": family},
    )
    several = []
    for n, chosen in enumerate(others):
        ids = {
            "case_id": f"N{(seed + n) % 7}", "ocg_id": f"G{(seed + n) % 4}", "plan_id": f"PL{(seed + n) % 9}",
            "service_id": f"SV{(seed + n) % 4}", "premises_id": f"T{(seed + 3 * n) % 12}",
        }  # fmt: skip
        several.append(own | {name: value for name, value in (ids | chosen).items() if name in names})
    return several


def test_every_question_about_the_response_has_sums_of_its_own() -> None:
    assert {q.name for q in ASKED} == SUMS.keys() | PROFILE_SUMS.keys()
    assert len(ASKED) >= 31


def test_the_view_answers_what_the_rows_say() -> None:
    answered: Counter[str] = Counter()
    for seed in SEEDS:
        dataset = made_up(seed)
        view, sums = view_of(dataset), Frames(dataset)
        for query in ASKED:
            assert not refusal(query)
            assert own_answer(dataset, query, bind(query, ())) is None
            for values in values_of(query, seed):
                rows = view.cypher(as_the_view_reads(query.text), params=values)
                answer = [tuple(row[c.name] for c in query.columns) for row in rows]
                assert answer == sums.answer(query.name, values), (query.name, seed, values)
                answered[query.name] += len(answer)
    # An answer of nothing would hold whatever a question left out.
    assert {q.name for q in ASKED if answered[q.name] < 3} == set()


def test_a_server_answers_what_the_rows_say(neo4j_server) -> None:
    wrong = []
    with filled_with(neo4j_server, made_up(3), LoadManifest((), "test")) as server:
        sums = Frames(server.dataset)
        for query in ASKED:
            for values in values_of(query, 3):
                answer, expected = list(ask(server.connection, query, values).rows), sums.answer(query.name, values)
                if answer != expected:
                    wrong.append((query.name, values, answer, expected))
    assert wrong == []


def test_an_id_that_is_named_as_a_subject_is_no_node_of_another_kind() -> None:
    """A plan about a child makes no group of the child's id, which would count as mapped for ever."""
    dataset = made_up(1)
    kinds = {(r["subject_kind"], r["subject_id"]) for r in dataset["plans"].to_pylist()}
    assert {kind for kind, _ in kinds} == {"group", "person", "thing", "threat"}
    graph = graph_of(dataset)
    assert set(graph.nodes["OCG"]["_key"].to_pylist()) == {f"G{n}" for n in range(4)}
    assert set(graph.nodes["Threat"]["_key"].to_pylist()) == {f"TH{n}" for n in range(4)}
