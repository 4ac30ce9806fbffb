"""What came of referrals: worked on paper, against a slow oracle, and recorded as one act wherever the records are."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from filled_forms import table
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.analysis.waiting import half_within
from ocgnet.audit.read import acts
from ocgnet.casework.referral.outcomes import DECIDED, NONE_DUE, WAITS, Outcomes, outcomes
from ocgnet.casework.referral.outcomes_page import caveats, outcomes_html, sentences, title
from ocgnet.checks.check import check, read_dataset
from ocgnet.cli.app import app
from ocgnet.dataset import About, Dataset
from ocgnet.edit import open_place
from ocgnet.edit.recorded_outcomes import Outcome, outcome_change
from ocgnet.edit.stores import place_of_store
from ocgnet.errors import OcgnetError, UsageError
from ocgnet.settings import Settings
from ocgnet.store import LoadManifest, open_store

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
DAY = date(2019, 3, 31)


def made(person: str, kind: str, on: date, **more: object) -> dict[str, object]:
    return {"person_id": person, "kind": kind, "made_on": on, **more}


def at(month: int, day: int, year: int = 2019) -> date:
    return date(year, month, day)


PAPER = (
    # Waits since 1 March: 30 days, late.
    made("A", "mash", at(3, 1)),
    # The one before it, 60 days earlier, took ten days.
    made("A", "mash", at(12, 31, 2018), outcome_kind="accepted", outcome_on=at(1, 10)),
    # Another route of the same person is no re-referral.
    made("A", "early_help", at(2, 1), outcome_kind="passed_on", outcome_on=at(2, 5), outcome="to a youth worker"),
    # A text alone is an outcome whose day nobody knows; "pending" is none.
    made("B", "mash", at(2, 1), outcome="no further action"),
    made("C", "mash", at(3, 29), outcome="pending"),
    # Decided after the day: it waits on it.
    made("D", "mash", at(3, 30), outcome_kind="refused", outcome_on=at(4, 2)),
    # Two years before its next: not again within 365 days.
    made("E", "mash", at(3, 1, 2017), outcome_kind="no_further_action", outcome_on=at(3, 1, 2017)),
    made("E", "mash", at(3, 2), outcome_kind="accepted", outcome_on=at(3, 8)),
    # The mechanism decided twice since; the first ends the wait. The stage before the referral is another one's.
    made("F", "nrm", at(1, 1)),
    made("F", "cpi", at(1, 1)),
    # After the day: not counted.
    made("G", "mash", at(4, 5)),
    # Restricted: not counted.
    made("R", "mash", at(2, 1)),
)
STAGES = (
    {"person_id": "F", "stage": "negative", "decided_on": at(12, 1, 2018)},
    {"person_id": "F", "stage": "reasonable_grounds", "decided_on": at(1, 21)},
    {"person_id": "F", "stage": "conclusive_grounds", "decided_on": at(3, 20)},
)


@pytest.fixture(scope="module")
def paper() -> Outcomes:
    children = [{"child_id": c, "date_of_birth": date(2005, 1, 1)} for c in "ABCDEFG"]
    children[1]["review_due"] = at(1, 1)
    children.append({"child_id": "R", "date_of_birth": date(2005, 1, 1), "restricted_on": at(1, 1)})
    records = Dataset.of(
        {
            "referrals": table("referrals", *PAPER),
            "nrm_stages": table("nrm_stages", *STAGES),
            "children": table("children", *children),
        },
        About(force="Made-up force", synthetic=True),
    )
    return outcomes(records, DAY, Settings())


def test_states_and_days_on_paper(paper: Outcomes) -> None:
    found = {(f.person_id, f.route, f.made_on): (f.state, f.days, f.late, f.again_after) for f in paper.referrals}
    assert found == {
        ("A", "mash", at(3, 1)): (WAITS, 30, True, 60),
        ("A", "mash", at(12, 31, 2018)): (DECIDED, 10, False, None),
        ("A", "early_help", at(2, 1)): (DECIDED, 4, False, None),
        ("B", "mash", at(2, 1)): (DECIDED, None, False, None),
        ("C", "mash", at(3, 29)): (WAITS, 2, False, None),
        ("D", "mash", at(3, 30)): (WAITS, 1, False, None),
        ("E", "mash", at(3, 1, 2017)): (DECIDED, 0, False, None),
        ("E", "mash", at(3, 2)): (DECIDED, 6, False, None),
        ("F", "nrm", at(1, 1)): (DECIDED, 20, False, None),
        ("F", "cpi", at(1, 1)): (NONE_DUE, None, False, None),
    }
    words = {(f.person_id, f.route): f.outcome for f in paper.referrals}
    assert words["A", "early_help"] == "passed on (to a youth worker)"
    assert words["F", "nrm"] == "conclusive grounds"
    assert [f.person_id for f in paper.referrals][:3] == ["A", "C", "D"], "who waits longest stands first"


def test_numbers_by_route_on_paper(paper: Outcomes) -> None:
    whole = paper.routes[0]
    assert (whole.made, whole.decided, whole.dated, whole.waiting, whole.late) == (10, 6, 5, 3, 1)
    # Of 0, 4, 6, 10 and 20 days the middle one; of 30, 2 and 1 the middle one.
    assert (whole.median_days, whole.median_wait, whole.longest_wait) == (6, 2, 30)
    assert (whole.none_due, whole.again) == (1, 1)
    assert whole.half_within is None, "a sixth of the outcomes bears no day"
    by_route = {c.route: (c.made, c.decided, c.waiting) for c in paper.routes}
    assert by_route == {"": (10, 6, 3), "mash": (7, 4, 3), "nrm": (1, 1, 0), "cpi": (1, 0, 0), "early_help": (1, 1, 0)}
    assert (paper.later, paper.restricted, paper.review_overdue, paper.unseen) == (1, 1, 1, 1)
    said = " ".join([*sentences(paper), *caveats(paper)])
    assert title(paper) == "3 of 10 referrals wait for an outcome, the longest since 1 March"
    assert "Half of the 5 whose day is recorded took 6 days or less. Of 1 the day is not recorded." in said
    assert "1 referral about people whose processing is restricted not counted" in said
    page = outcomes_html(paper, About(force="Made-up force", synthetic=True))
    assert "SYNTHETIC DATA" in page
    assert ">R<" not in page


def test_a_period_and_a_route_do_not_hide_an_earlier_referral() -> None:
    records = Dataset.of({"referrals": table("referrals", *PAPER)})
    found = outcomes(records, DAY, Settings(), since=at(3, 1), route="mash")
    assert {f.person_id: f.again_after for f in found.referrals} == {"A": 60, "C": None, "D": None, "E": None}
    short = outcomes(records, DAY, Settings(rereferral_days=59), since=at(3, 1))
    assert all(f.again_after is None for f in short.referrals)


def test_without_the_table_nothing_is_known() -> None:
    found = outcomes(Dataset.of({}), DAY, Settings())
    assert not found.recorded
    assert "not known" in title(found)
    empty = outcomes(Dataset.of({"referrals": table("referrals")}), DAY, Settings())
    assert title(empty) == "No referral is recorded"


WAITS_OF = st.lists(st.integers(0, 60), max_size=25)


@given(WAITS_OF, WAITS_OF)
def test_half_are_decided_as_a_slow_estimate_says(took: list[int], waited: list[int]) -> None:
    """Redistribution to the right (Efron 1967): the weight of whoever waits goes to all who are known for longer."""
    rows = sorted([(d, 0) for d in took] + [(d, 1) for d in waited])
    weights = [1 / max(1, len(rows))] * len(rows)
    for i, (_, waits) in enumerate(rows):
        behind = len(rows) - i - 1
        if waits and behind:
            for j in range(i + 1, len(rows)):
                weights[j] += weights[i] / behind
            weights[i] = 0.0
    expected = None
    for day in sorted(set(took)):
        decided = sum(w for (d, waits), w in zip(rows, weights, strict=True) if not waits and d <= day)
        if 1 - decided <= 0.5 + 1e-9:
            expected = day
            break
    assert half_within(took, waited) == expected


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from(("mash", "nrm")), st.integers(0, 900)),
        unique=True,
        max_size=14,
    ),
    st.integers(1, 400),
)
def test_again_is_what_every_pair_of_referrals_says(drawn: list[tuple[str, str, int]], most: int) -> None:
    rows = [made(p, k, date(2016, 9, 1) + timedelta(days=d)) for p, k, d in drawn]
    found = outcomes(Dataset.of({"referrals": table("referrals", *rows)}), DAY, Settings(rereferral_days=most))
    expected = sum(any(p == q and k == m and 0 < d - e <= most for q, m, e in drawn) for p, k, d in drawn)
    assert sum(f.again_after is not None for f in found.referrals) == expected


# Recording an outcome.

BY = ("--on", "2019-03-20", "--by", "DC Test")


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(w) for w in words])
    if isinstance(done.exception, OcgnetError):
        assert code == done.exception.exit_code, done.exception
        return str(done.exception)
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def records(tmp_path: Path) -> Path:
    place = shutil.copytree(TINY, tmp_path / "records")
    (place / "referrals.csv").write_text(
        "person_id,kind,made_on,made_by,reason,outcome\n"
        "C1,mash,2019-03-01,DC A,worried,\n"
        "C2,mash,01/03/2019,DC A,worried,\n"
        "C2,mash,2019-03-10,DC A,worried,pending\n"
        "C2,nrm,2019-03-10,DC A,worried,\n"
        # A fault in a row about somebody else, and one in another referral of the same child.
        "C3,mosh,2019-03-10,DC A,worried,\n"
        "C1,mash,the other day,DC A,worried,\n",
        encoding="utf-8",
    )
    return place


def rows(place: Path) -> list[dict[str, str]]:
    with (place / "referrals.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_gains_its_outcome_and_nothing_else_changes(records: Path, log_file: Path) -> None:
    before = {p.name: p.read_bytes() for p in records.iterdir()}
    said = run("referrals", "outcome", "--folder", records, *BY, "--why", "a  plan", "--made-on", "2019-03-01", "C1",
               "accepted")  # fmt: skip
    assert "Recorded: mash referral of C1 made on 2019-03-01: accepted on 20/03/2019, by DC Test." in said
    first, *others = rows(records)
    assert first | {"outcome_kind": "accepted", "outcome_on": "2019-03-20", "outcome": "a plan"} == first
    assert all(not r["outcome_kind"] for r in others)
    assert {p.name for p in records.iterdir() if p.read_bytes() != before[p.name]} == {"referrals.csv"}
    (act,) = acts(log_file)
    assert (act.kind, act.people, act.by, act.end) == ("refer", {"C1"}, "DC Test", "done")
    assert act.facts | {"route": "mash", "outcome": "accepted", "recorded": "now"} == act.facts
    # The very same again changes nothing and says so.
    again = run("referrals", "outcome", "--folder", records, *BY, "--why", "a plan", "--made-on", "2019-03-01", "C1",
                "accepted")  # fmt: skip
    assert "recorded already" in again


def test_another_outcome_needs_a_reason(records: Path) -> None:
    words = ("referrals", "outcome", "--folder", records, "--kind", "nrm", "C2")
    run(*words, "accepted", *BY)
    before = rows(records)
    refused = run(*words, "refused", *BY, code=2)
    assert "An outcome is recorded already (accepted, 2019-03-20). To change it say why with --reason." in refused
    assert rows(records) == before
    said = run(*words, "refused", *BY, "--reason", "Recorded for the wrong child")
    assert "Before that: accepted, 2019-03-20." in said
    assert [r["outcome_kind"] for r in rows(records) if r["kind"] == "nrm"] == ["refused"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("C2", "accepted"), "3 referrals that may be meant. Say which: --kind mash --made-on 01/03/2019; --kind mash"),
        (("C2", "accepted", "--kind", "mash"), "2 referrals that may be meant"),
        (("C2", "accepted", "--kind", "ictg"), "no such referral. There are: --kind mash"),
        (("C2", "accepted", "--kind", "mush"), "is no route; did you mean mash?"),
        (("C2", "acepted", "--kind", "nrm"), "did you mean accepted?"),
        (("N01", "accepted"), "No referral of N01"),
        (("C2", "accepted", "--kind", "nrm", "--on", "2019-03-09"), "made on 2019-03-10, so nothing came of it before"),
        (("C2", "accepted", "--kind", "nrm", "--on", "2999-01-01"), "lies ahead"),
        (("C2", "accepted", "--kind", "nrm", "--by", " "), "--by"),
    ],
)
def test_what_is_not_clear_is_asked_and_nothing_is_changed(words: tuple[str, ...], says: str, records: Path) -> None:
    before = rows(records)
    done = CliRunner().invoke(app, ["referrals", "outcome", "--folder", str(records), *BY, *words])
    assert done.exit_code != 0
    assert says in " ".join(str(done.exception or done.output).split()) + " ".join(done.output.split())
    assert rows(records) == before


def test_a_day_written_another_way_is_the_same_referral(records: Path) -> None:
    run(
        "referrals", "outcome", "--folder", records, *BY, "--kind", "mash", "--made-on", "2019-03-01", "C2", "passed-on"
    )
    assert [r["outcome_kind"] for r in rows(records) if r["person_id"] == "C2"] == ["passed_on", "", ""]


def test_a_store_and_a_graph_hold_the_same_as_a_folder(tmp_path: Path, neo4j) -> None:
    from ocgnet.store.neo4j.store import Neo4jStore

    folder = shutil.copytree(TINY, tmp_path / "records")
    (folder / "referrals.csv").write_text(
        "person_id,kind,made_on,outcome\nC1,mash,2019-03-01,\nC2,nrm,2019-03-02,x\n", encoding="utf-8"
    )
    whole = check(folder).dataset
    duckdb, graph = open_store(str(tmp_path / "s.duckdb")), Neo4jStore(neo4j.address)
    for store in (duckdb, graph):
        store.write(whole, LoadManifest((), "0"))
    for place in (open_place(folder), place_of_store(duckdb), place_of_store(graph)):
        with place.alone():
            new = outcome_change(place, "C1", Outcome("passed_on", DAY, "to early help"))
            place.amend(new.change)
            assert not outcome_change(place, "C1", Outcome("passed_on", DAY, "to early help")).change.tables
            with pytest.raises(UsageError, match="recorded already"):
                outcome_change(place, "C1", Outcome("refused", DAY))
    expected = read_dataset(folder)[0]
    key = {"person_id": "C1", "outcome_kind": "passed_on", "outcome_on": DAY, "outcome": "to early help"}
    assert [r for r in expected["referrals"].to_pylist() if r | key == r]
    for store in (duckdb, graph):
        assert store.read()["referrals"].equals(expected["referrals"])


def test_the_list_of_who_waits_in_every_form(records: Path, log_file: Path) -> None:
    (records / "referrals.csv").write_text(
        "person_id,kind,made_on,outcome_kind,outcome_on\n"
        "C1,mash,2019-03-01,,\nC1,mash,2018-09-01,accepted,2018-09-04\nC2,nrm,2019-03-30,,\n",
        encoding="utf-8",
    )
    said = " ".join(run("referrals", "show", records).split())
    assert "2 of 3 referrals wait for an outcome, the longest since 1 March." in said
    assert "Referred again: 1 of 3 within 365 days" in said
    done = CliRunner().invoke(app, ["referrals", "show", str(records), "--waiting", "--format", "csv"])
    listed = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(r["person_id"], r["days"], r["late"], r["again_after_days"]) for r in listed] == [
        ("C1", "30", "yes", "181"), ("C2", "1", "no", ""),
    ]  # fmt: skip
    document = json.loads(CliRunner().invoke(app, ["referrals", "show", str(records), "--format", "json"]).stdout)
    assert (
        document["by_route"][0] | {"route": "all", "made": "3", "waiting": "2", "again": "1"} == document["by_route"][0]
    )
    page = records.parent / "page.html"
    run("referrals", "show", records, "--out", page)
    run("referrals", "show", records, "--out", page)
    assert "2 of 3 referrals wait" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o077 == 0
    assert {a.kind for a in acts(log_file)} == {"read", "export"}
    assert all(a.people == {"C1", "C2"} for a in acts(log_file))


def test_a_case_no_longer_waits_for_an_outcome_that_is_one_word(records: Path) -> None:
    (records / "referrals.csv").write_text("person_id,kind,made_on\nC1,mash,2019-03-01\n", encoding="utf-8")
    assert "outcome of the MASH referral" in run("case", "--folder", records, "C1")
    run("referrals", "outcome", "--folder", records, *BY, "C1", "no_further_action")
    said = run("case", "--folder", records, "C1")
    assert "outcome of the MASH referral" not in said
    assert "outcome on 20/03/2019: no further action" in " ".join(said.split())
