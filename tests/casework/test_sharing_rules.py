"""A force's own recipients: columns taken away, recipients added from needs that exist, and nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

import planted_folder as planted
import pytest
from allowed_columns import ALLOWED
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.audit import log_path
from ocgnet.casework import recipients
from ocgnet.casework.disclosure.disclose import Request, disclosure
from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
from ocgnet.casework.recipients import PACK_TABLES, RECIPIENTS, ROUTES, sharing_rules
from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.dataset import Dataset
from ocgnet.errors import SourceError, UsageError
from ocgnet.settings import Settings

DAY = date(2019, 3, 31)
OWN = """
[recipients.education]
without = ["children.school", "missing.found_at"]
agreement = "ISA 2019/7"
keep_days = 30

[routes.mash]
without = ["experiences.experience", "experiences.status", "experiences.recorded_on"]

[recipients.fire-and-rescue]
title = "the fire and rescue service"
purpose = "To fit alarms where a child is at risk of arson."
basis = "Crime and Disorder Act 1998 section 115."
needs = [{as = "housing", table = "children", columns = ["name"]}, {as = "education", table = "missing"}]
"""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(planted.write_planted(tmp_path_factory.mktemp("planted") / "data"))[0]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def allowed(columns: dict[str, str]) -> set[tuple[str, str]]:
    return {(t, c) for t, cs in columns.items() for c in cs.split()}


def seen(audience: recipients.Audience) -> set[tuple[str, str]]:
    return {(t, c.name) for t, columns in audience.columns.items() for c in columns}


def test_the_shipped_rules_are_those_that_the_tests_know() -> None:
    assert {n: seen(a) for n, a in (RECIPIENTS | ROUTES).items()} == {n: allowed(cs) for n, cs in ALLOWED.items()}
    assert {n for n, a in (RECIPIENTS | ROUTES).items() if a.handling == "police"} == {"police", "cpi"}
    assert {n for n, a in RECIPIENTS.items() if a.one_school} == {"education"}
    assert sharing_rules().file == ""


def test_a_force_takes_columns_away_and_adds_a_recipient_from_needs_that_exist(own: Path) -> None:
    rules = sharing_rules(own)
    gone = {("children", "school"), ("missing", "found_at")}
    assert seen(rules.recipients["education"]) == allowed(ALLOWED["education"]) - gone
    assert "experiences" not in rules.routes["mash"].columns
    new = {("children", "child_id"), ("children", "name"), ("missing", "child_id"), ("missing", "missing_from")}
    # Built from education as the force left it: what is taken away there does not come back by another name.
    assert seen(rules.recipients["fire-and-rescue"]) == new
    assert seen(rules.recipients["health"]) == seen(RECIPIENTS["health"])
    assert rules.sha256 == hashlib.sha256(own.read_bytes()).hexdigest()


NEW = '[recipients.fire]\ntitle = "f"\npurpose = "p"\nbasis = "b"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[recipients.education]\nneeds = [{as = "mash", table = "crimes"}]', "only takes columns away"),
        ('[recipients.education]\npurpose = "x"', "only takes columns away"),
        ('[recipients.education]\nadd = ["crimes.offence"]', "education.add: no such word"),
        ("[recipients.education]\nwithheld = []", "no such word"),
        ('[recipients.education]\nhandling = "police"', "no such word"),
        ('[recipients.education]\nwithout = ["children.scool"]', "did you mean children.school"),
        ('[recipients.education]\nwithout = ["children.child_id"]', "does not get children.child_id"),
        ('[recipients.education]\nwithout = "children.school"', "write a list"),
        ('[recipients.cpi]\nwithout = ["children.name"]', "recipients.cpi.title: say it"),
        (
            '[routes.cpi]\nwithout = ["children.name", "children.date_of_birth", "children.district"]',
            "nothing would be",
        ),
        ("[recipients.education]\nkeep_days = 0", "no whole number of days"),
        ("[recipients.education]\nkeep_days = true", "no whole number of days"),
        ('[recipients.education]\nagreement = ""', "reference of the agreement"),
        ('[routes.fire]\ntitle = "x"', "no such route"),
        ("[secrets]\nx = 1", "secrets: no such part"),
        ("recipients = 3", r"write \[recipients.NAME\]"),
        (NEW, "needs: list what it needs"),
        (NEW + "needs = []", "needs: list what it needs"),
        (NEW + 'needs = [{as = "nobody", table = "children"}]', "is no shipped recipient"),
        (NEW + 'needs = [{as = "housing", table = "crimes"}]', "housing does not get 'crimes'"),
        (NEW + 'needs = [{as = "partnership", table = "children"}]', "numbers only"),
        (NEW + 'needs = [{as = "housing", table = "children", columns = ["school"]}]', "does not get children.school"),
        (NEW + 'needs = [{as = "housing", table = "children", columns = ["ethnicity"]}]', "children.ethnicity"),
        (NEW + 'needs = [{as = "housing", table = "children", columns = []}]', "write a list of columns"),
        (
            NEW + 'needs = [{as = "police", table = "reports"}, {as = "housing", table = "family"}]',
            "with no other need",
        ),
        (NEW + 'needs = [{as = "housing", table = "children", only = "x"}]', "only: no such word"),
        (NEW.replace("fire", "all") + 'needs = [{as = "housing", table = "children"}]', "a name of its own"),
        (NEW.replace("fire", "mash") + 'needs = [{as = "housing", table = "children"}]', "a name of its own"),
        (NEW.replace('"p"', '"a\\nb"') + 'needs = [{as = "housing", table = "children"}]', "fire.purpose: say it"),
    ],
)
def test_what_a_file_may_not_say_is_refused_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says) as refused:
        sharing_rules(path)
    assert str(refused.value).startswith(f"{path} cannot be used. ")


@pytest.mark.parametrize("raw", [b"\xff", b"a = [", b"a = " + b"[" * 5000, b"a" * 1_000_001])
def test_what_is_no_such_file_is_one_sentence(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(raw)
    for wrong in (path, tmp_path, tmp_path / "absent", Path("/dev/zero")):
        with pytest.raises(SourceError):
            sharing_rules(wrong)


NAMES = st.sampled_from([*RECIPIENTS, *ROUTES, "fire", "nobody"])
TABLES = st.sampled_from([*PACK_TABLES, "intel_reports"])
COLUMNS = st.sampled_from(sorted({c.name for cs in PACK_TABLES.values() for c in cs} | {"ethnicity", "text", "pnc_id"}))
NEEDS = st.lists(
    st.fixed_dictionaries({"as": NAMES, "table": TABLES}, optional={"columns": st.lists(COLUMNS, max_size=3)}),
    min_size=1,
    max_size=3,
)
ENTRIES = st.one_of(
    st.fixed_dictionaries({"without": st.lists(st.tuples(TABLES, COLUMNS).map(".".join), max_size=4)}),
    st.fixed_dictionaries({"title": st.just("t"), "purpose": st.just("p"), "basis": st.just("b"), "needs": NEEDS}),
)


@given(st.dictionaries(NAMES, ENTRIES, max_size=3), st.dictionaries(NAMES, ENTRIES, max_size=2))
def test_no_file_gives_a_recipient_more_than_somebody_gets_already(own: dict, routes: dict) -> None:
    shipped = recipients.SharingRules(RECIPIENTS, ROUTES, "", "")
    try:
        rules = recipients.under(shipped, {"recipients": own, "routes": routes}, "own.toml", "")
    except UsageError:
        return
    before = RECIPIENTS | ROUTES
    for name, audience in (rules.recipients | rules.routes).items():
        if name in before:
            assert seen(audience) <= allowed(ALLOWED[name])
            assert (audience.handling, audience.one_school) == (before[name].handling, before[name].one_school)
        else:
            sources = {need["as"] for need in own[name]["needs"]}
            assert seen(audience) <= set().union(*(allowed(ALLOWED[s]) for s in sources))
            assert (audience.handling == "police") == (sources == {"police"})
        assert all(need.columns for need in audience.needs)


def test_a_pack_under_a_force_s_rules_holds_no_more_than_they_say(own: Path, records: Dataset, tmp_path: Path) -> None:
    rules = sharing_rules(own)
    for to, says in (
        ("education", "Destroy by</dt><dd>30/04/2019"),
        ("fire-and-rescue", "Destroy by</dt><dd>29/06/2019"),
    ):
        asked = Request(to, (planted.CHILD,), "Care", "DC Example", on=DAY)
        pack, _ = disclosure(records, asked, Settings(), None, rules)
        with pack_folder(tmp_path / to) as partial:
            write_pack(partial, pack, page="disclosure")
        everything = planted.all_bytes(tmp_path / to)
        assert planted.mark("children", "school", 0) not in everything
        assert "07:23" not in everything
        assert says in everything
    assert "ISA 2019/7" in planted.all_bytes(tmp_path / "education")
    assert "none named: it rests on the duty or power above" in planted.all_bytes(tmp_path / "fire-and-rescue")


@pytest.mark.parametrize(("days", "refused"), [(0, False), (90, False), (91, True), (-1, True)])
def test_a_sender_may_name_an_earlier_day_and_no_later_one(days: int, refused: bool, records: Dataset) -> None:
    day = DAY + timedelta(days=days)
    asked = Request("health", (planted.CHILD,), "Care", "DC Example", on=DAY, destroy_by=day)
    if refused:
        with pytest.raises(UsageError, match="from 2019-03-31 to 2019-06-29"):
            disclosure(records, asked, Settings())
    else:
        assert disclosure(records, asked, Settings())[0].destroy_by == day


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return planted.write_planted(tmp_path / "data")


def noted() -> dict[str, object]:
    facts: dict[str, object] = json.loads(log_path().read_text(encoding="utf-8").splitlines()[-1])["facts"]
    return facts


def run(*words: object) -> object:
    return CliRunner().invoke(app, [*map(str, words)])


@pytest.mark.usefixtures("data")
def test_the_log_holds_the_terms_of_each_pack_and_the_hash_of_the_rules_behind_it(own: Path) -> None:
    shared = ("disclose", "--children", planted.CHILD, "--folder", "data", "--reason", "Care", "--on", "2019-03-31")
    found = run(*shared, "--to", "education", "--out", "a", "--recipients", own)
    assert "destroy by: 30/04/2019" in found.output
    held = hashlib.sha256(own.read_bytes()).hexdigest()
    assert (noted()["recipients_sha256"], noted()["recipients_file"]) == (held, str(own))
    assert (noted()["agreement"], noted()["destroy_by"]) == ("ISA 2019/7", "2019-04-30")
    receipt = json.loads(Path("a/receipt.json").read_text(encoding="utf-8"))
    assert (receipt["agreement"], receipt["destroy_by"]) == ("ISA 2019/7", "2019-04-30")
    run(*shared, "--to", "health", "--out", "b", "--agreement", "Ref 12", "--destroy-by", "2019-04-01")
    shipped = Path(recipients.__file__).with_name("recipients.toml").read_bytes()
    assert noted()["recipients_sha256"] == hashlib.sha256(shipped).hexdigest()
    assert (noted()["agreement"], noted()["destroy_by"]) == ("Ref 12", "2019-04-01")
    run("refer", planted.CHILD, "--kind", "mash", "--reason", "x", "--by", "y", "--folder", "data", "--out", "c",
        "--on", "2019-03-31", "--recipients", own)  # fmt: skip
    assert (noted()["recipients_sha256"], noted()["destroy_by"]) == (held, "2019-06-29")
    assert "experiences.csv" not in planted.all_bytes(Path("c"))


@pytest.mark.usefixtures("data")
def test_a_pseudonym_of_a_recipient_of_one_s_own_reads_back(own: Path) -> None:
    words = ("disclose", "--children", planted.CHILD, "--folder", "data", "--reason", "Care", "--on", "2019-03-31")
    names = []
    for to in ("fire-and-rescue", "health"):
        run(*words, "--to", to, "--out", to, "--pseudonymise", "--recipients", own)
        names.append(next(iter(Path(to, "tables", "missing.csv").read_text("utf-8").splitlines()[1:])).split(",")[0])
    assert len(set(names)) == 2
    found = run("whose", *names, "--folder", "data")
    assert f"{names[0]}  {planted.CHILD}, in packs for fire-and-rescue" in found.output
    assert f"{names[1]}  {planted.CHILD}, in packs for health" in found.output


@pytest.mark.usefixtures("data")
def test_the_administrator_s_rules_hold_for_everybody(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "ADMINISTRATORS", own)
    assert sharing_rules().file == str(own)
    with pytest.raises(UsageError, match="Leave --recipients out"):
        sharing_rules(tmp_path / "other.toml")
    # A file that is there and cannot be followed is never passed by.
    own.unlink()
    own.symlink_to(own)
    with pytest.raises(SourceError, match="cannot be read"):
        sharing_rules()
