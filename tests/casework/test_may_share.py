"""What the rules are said to allow is what packs really hold: for every recipient, route and column."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from functools import cache
from pathlib import Path

import planted_folder as planted
import pyarrow as pa
import pytest
from allowed_columns import ALLOWED
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.casework.child_records import child_records
from ocgnet.casework.disclosure.disclose import Request, disclosure
from ocgnet.casework.disclosure.pack import summary_of
from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
from ocgnet.casework.disclosure.pseudonyms import Pseudonyms
from ocgnet.casework.may_leave import may_know
from ocgnet.casework.may_share import FILLED_FROM, IN_NUMBERS, NO, ONLY, TOPICS, YES, Topic, answers, topic_of
from ocgnet.casework.recipients import PACK_TABLES, RECIPIENTS, ROUTES, SharingRules, sharing_rules
from ocgnet.casework.referral.refer import Referral, referral_pack
from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.period import period_of
from ocgnet.model import TABLES
from ocgnet.settings import Settings

DAY = date(2019, 3, 31)
OWN = """
[recipients.health]
without = ["experiences.status", "children.social_worker"]

[routes.mash]
without = ["experiences.experience", "experiences.status", "experiences.recorded_on"]

[recipients.fire-and-rescue]
title = "the fire and rescue service"
purpose = "To fit alarms where a child is at risk of arson."
basis = "Crime and Disorder Act 1998 section 115."
needs = [{as = "housing", table = "children", columns = ["name"]}, {as = "education", table = "missing"}]
"""
EVERYBODY = [*RECIPIENTS, *ROUTES, "fire-and-rescue"]
PLACES = [f"{table}.{c.name}" for table, columns in PACK_TABLES.items() for c in columns if c.name != "child_id"]


@pytest.fixture(scope="module")
def own_rules(tmp_path_factory: pytest.TempPathFactory) -> SharingRules:
    path = tmp_path_factory.mktemp("own") / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return sharing_rules(path)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(planted.write_planted(tmp_path_factory.mktemp("planted") / "data"))[0]


def written(records: Dataset, to: str, rules: SharingRules, out: Path, *, pseudonymised: bool = False) -> Path:
    """A pack on disk, as ``disclose`` or ``refer`` writes it."""
    if to in rules.routes:
        source, child = records, planted.CHILD
        if to in ("cpi", "early_help"):
            # Only a child without any sign of risk goes these ways.
            quiet = [dict.fromkeys(r) | {"child_id": r["child_id"]} for r in records["children"].to_pylist()]
            source = Dataset.of({"children": pa.Table.from_pylist(quiet, records["children"].schema)}, records.about)
        if to == "ictg":
            nrm = {"person_id": child, "kind": "nrm", "made_on": date(2019, 1, 2)}
            schema = records["referrals"].schema
            row = pa.Table.from_pylist([dict.fromkeys(schema.names) | nrm], schema)
            more = pa.concat_tables([records["referrals"], row])
            source = Dataset.of({**records.tables, "referrals": more}, records.about)
        referral = Referral(child, to, DAY, "DC Example", "A worry", "Made-up Constabulary")
        pack, page = referral_pack(source, referral, Settings(as_of=DAY), rules), "referral"
    else:
        names = Pseudonyms(bytes(32), to) if pseudonymised else None
        request = Request(to, (planted.CHILD,), "A worry", "DC Example", (), DAY)
        pack, page = disclosure(records, request, Settings(as_of=DAY), names, rules)[0], "disclosure"
    with pack_folder(out) as folder:
        write_pack(folder, pack, page=page)
    return out


def columns_in(pack: Path) -> set[str]:
    """The columns that stand in the tables of a pack on disk."""
    found = set()
    for path in (pack / "tables").glob("*.csv"):
        if path.stem != "summary":
            with path.open(encoding="utf-8-sig", newline="") as file:
                found |= {
                    f"{path.stem}.{name}" for name in next(csv.reader(file)) if name not in ("child_id", "marking")
                }
    return found


def verdict(rules: SharingRules, place: str, to: str, *, pseudonymised: bool = False) -> str:
    topic = Topic(place, (place,), (place,))
    return answers(rules, topic, Settings(), to, pseudonymised=pseudonymised)[0].verdict


@pytest.mark.parametrize("to", EVERYBODY)
@pytest.mark.parametrize("whose", ["shipped", "own"])
def test_every_column_that_is_said_to_reach_a_recipient_stands_in_its_pack_and_no_other(
    to: str, whose: str, records: Dataset, own_rules: SharingRules, tmp_path: Path
) -> None:
    if whose == "shipped" and to == "fire-and-rescue":
        to = "housing"
    rules = own_rules if whose == "own" else sharing_rules()
    pack = columns_in(written(records, to, rules, tmp_path / "pack"))
    if to == "partnership":
        assert pack == set()
        assert {p for p in PLACES if verdict(rules, p, to) != NO} == set(IN_NUMBERS)
        return
    assert {p for p in PLACES if verdict(rules, p, to) != NO} == pack
    if whose == "shipped":
        by_hand = {f"{t}.{c}" for t, cs in ALLOWED[to].items() for c in cs.split() if c != "child_id"}
        assert pack == by_hand


@pytest.mark.parametrize("to", [r for r in RECIPIENTS if r != "partnership"])
def test_a_pseudonymised_pack_is_answered_for_apart(to: str, records: Dataset, tmp_path: Path) -> None:
    rules = sharing_rules()
    pack = columns_in(written(records, to, rules, tmp_path / "pack", pseudonymised=True))
    assert {p for p in PLACES if verdict(rules, p, to, pseudonymised=True) != NO} == pack


@cache
def values_of_the_child() -> dict[str, set[str]]:
    """By column of the records the planted values that stand in one column alone and can be told from all others."""
    cells: dict[str, set[str]] = {}
    for table, rows in planted.planted().items():
        for row in rows:
            for column, value in row.items():
                cells.setdefault(value, set()).add(f"{table}.{column}")
    unique: dict[str, set[str]] = {}
    for value, columns in cells.items():
        if len(columns) == 1 and len(value) >= 8 and any(c.isdigit() for c in value):
            unique.setdefault(next(iter(columns)), set()).add(value)
    return unique


@pytest.mark.parametrize("to", [r for r in EVERYBODY if r not in ("partnership", "fire-and-rescue")])
def test_no_value_of_a_column_leaves_for_whom_the_answer_is_no(to: str, records: Dataset, tmp_path: Path) -> None:
    """Column by column of the model: what is said never to reach somebody is not in any byte of the pack."""
    rules = sharing_rules()
    everything = planted.all_bytes(written(records, to, rules, tmp_path / "pack"))
    looked_for = 0
    for column, values in values_of_the_child().items():
        says = answers(rules, topic_of(column), Settings(), to)[0]
        left = {v for v in values if v in everything}
        looked_for += len(values)
        if says.verdict == NO:
            assert not left, f"{column} leaves to {to}, and the answer is no"
    assert looked_for > 100


@pytest.mark.parametrize("to", ["childrens-services", "education", "health", "housing", "police", "mash", "nrm"])
def test_every_text_about_the_child_that_is_said_to_leave_leaves(to: str, records: Dataset, tmp_path: Path) -> None:
    everything = planted.all_bytes(written(records, to, sharing_rules(), tmp_path / "pack"))
    # The first rows are about the child, whose parent is a member; the person of "people" is somebody else's parent.
    checked = 0
    for place, sources in FILLED_FROM.items():
        for source in set(sources) - {"people.name"}:
            table, column = source.split(".")
            mark = planted.mark(table, column, 0)
            of_child = table not in ("nominals", "people") or place == "family.adult_name"
            if of_child and mark in planted.all_marks():
                assert (mark in everything) == (verdict(sharing_rules(), place, to) != NO), (place, source)
                checked += 1
    assert checked >= 8


def test_numbers_are_counted_by_what_the_answer_says(records: Dataset) -> None:
    period = period_of(records, Settings(as_of=DAY))
    three = [planted.CHILD, planted.OTHER_CHILD, planted.PLAIN]
    few = child_records(may_know(records), period, Settings(as_of=DAY), three)
    titles = list(summary_of(few, Settings(as_of=DAY, least_shown=3)).breakdowns)
    assert [re.match(r"\w+", t)[0] for t in titles] == ["district", "age", "missing", "why"]  # type: ignore[index]
    assert IN_NUMBERS == ("children.district", "children.age", "missing.missing_from", "concerns.concern")


def test_every_column_of_the_records_and_of_a_pack_is_answered() -> None:
    assert set(FILLED_FROM) == set(PLACES)
    for name, table in TABLES.items():
        for column in table.columns:
            assert topic_of(f"{name}.{column.name}").says == f"{name}.{column.name}"
        assert topic_of(name)
    for place in PLACES:
        assert topic_of(place)
    words = [w for t in TOPICS for w in t.words]
    assert len(words) == len(set(words))
    assert all(topic_of(w) is t for t in TOPICS for w in t.words)
    assert {p for t in TOPICS for p in t.places} - {"numbers"} == set(PLACES), "something of a pack cannot be asked for"


@pytest.mark.parametrize(
    ("to", "what", "answer", "columns"),
    [
        ("education", "aces", NO, ()),
        (
            "childrens-services",
            "ACEs",
            YES,
            ("experiences.experience", "experiences.status", "experiences.recorded_on"),
        ),
        ("health", "child_aces.status", YES, ("experiences.status",)),
        ("health", "aces", ONLY, ("experiences.experience", "experiences.status")),
        ("housing", "Who the parents are", ONLY, ("family.relationship", "family.adult_name")),
        ("housing", "date of birth", ONLY, ("children.age",)),
        ("police", "roles", ONLY, ("concerns.recorded_role",)),
        ("mash", "roles", NO, ()),
        ("youth-justice", "referrals", ONLY, ("referrals.kind", "referrals.made_on")),
        ("police", "addresses", NO, ()),
        ("police", "intel_reports.text", NO, ()),
        ("partnership", "numbers", ONLY, IN_NUMBERS),
        ("partnership", "missing", ONLY, ("missing.missing_from",)),
        ("partnership", "name", NO, ()),
        ("education", "numbers", NO, ()),
    ],
)
def test_answers_on_paper(to: str, what: str, answer: str, columns: tuple[str, ...]) -> None:
    found = answers(sharing_rules(), topic_of(what), Settings(), to)[0]
    assert (found.verdict, found.columns) == (answer, columns)
    assert found.because
    assert found.audience.basis


def test_conditions_say_the_codes_the_thresholds_and_who_never() -> None:
    def said(to: str, what: str) -> str:
        return " ".join(
            answers(sharing_rules(), topic_of(what), Settings(least_shown=7, rounded_to=10), to)[0].conditions
        )

    assert "3x5x2: P; 5x5x5: 1 and 2" in said("police", "reasons")
    assert "3x5x2: P; 5x5x5: 2)" in said("mash", "reasons")
    assert "from 1 to 6 are not shown" in said("partnership", "numbers")
    assert "rounded to 10;" in said("partnership", "numbers")
    assert "restricted or overdue for review stays behind" in said("housing", "parents")
    assert "pupils of one school" in said("education", "missing")
    for name, audience in {**RECIPIENTS, **ROUTES}.items():
        if audience.needs:
            assert "Never about somebody whose processing is restricted" in said(name, "name")


GONE = st.lists(
    st.sampled_from(sorted(f"{t}.{c}" for t, cs in ALLOWED["police"].items() for c in cs.split())), max_size=9
)


@given(GONE, st.sampled_from(TOPICS))
def test_a_force_that_takes_columns_away_never_turns_a_no_into_more(gone: list[str], topic: Topic) -> None:
    order = (NO, ONLY, YES)
    shipped = sharing_rules()
    pairs = frozenset(tuple(g.split(".")) for g in gone if not g.endswith(".child_id"))
    left = shipped.recipients["police"].without(pairs)  # type: ignore[arg-type]
    fewer = SharingRules({"police": left}, {}, "", "")
    if left.needs:
        before = answers(shipped, topic, Settings(), "police")[0]
        after = answers(fewer, topic, Settings(), "police")[0]
        assert set(after.columns) == set(before.columns) - set(gone)
        assert order.index(after.verdict) <= order.index(before.verdict)


def test_the_command_answers_opens_nothing_and_says_so_by_its_exit_code(tmp_path: Path, log_file: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["may-share", *words])
        return done.exit_code, " ".join(done.output.split())

    code, out = run("--to", "education", "--what", "aces")
    assert code == 3
    assert "No: the child's school receives nothing of adverse childhood experiences." in out
    assert "in danger now, call 999" in out
    code, out = run("--to", "health", "--what", "aces")
    assert code == 0
    assert "legal basis: Children Act 2004 sections 10 and 11." in out
    assert "Whether it is lawful, necessary and proportionate for this child today is decided by the person" in out
    code, out = run("--what", "aces")
    assert code == 0
    assert re.search(r"education +no", out)
    done = CliRunner().invoke(app, ["may-share", "--what", "roles", "--format", "json"])
    rows = json.loads(done.stdout)
    assert [r["to"] for r in rows] == [*RECIPIENTS, *ROUTES]
    assert {r["to"] for r in rows if r["answer"] != NO} == {"police"}
    assert all(r["legal_basis"] and r["not_judged"] for r in rows)
    done = CliRunner().invoke(app, ["may-share", "--what", "roles", "--format", "csv"])
    assert [r["answer"] for r in csv.DictReader(done.stdout.splitlines())] == [r["answer"] for r in rows]
    assert run("--list")[0] == 0
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    assert (
        "experiences.status" not in run("--to", "health", "--what", "aces", "--recipients", str(own))[1].split("not")[0]
    )
    assert not log_file.exists(), "no records are read, so nothing is logged"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--to", "educatoin", "--what", "aces"), "did you mean education"),
        (("--to", "education", "--what", "acess"), "Did you mean aces?"),
        (("--to", "education", "--what", "child_aces.statis"), "Did you mean child_aces.status?"),
        (("--to", "education", "--what", "qqqq"), "It may be identity, name,"),
        (("--to", "education"), "--what"),
    ],
)
def test_a_question_that_is_not_understood_is_no_answer(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        CliRunner().invoke(app, ["may-share", *words], catch_exceptions=False)
