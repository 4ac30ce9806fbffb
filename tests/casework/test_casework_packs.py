"""What leaves: each pack held to its list, with a mark in every text of the records."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import planted_folder as planted
import pytest
from allowed_columns import ALLOWED, RISK

from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.casework.disclosure.disclose import Request, disclosure
from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
from ocgnet.casework.disclosure.pseudonyms import Pseudonyms
from ocgnet.casework.recipients import RECIPIENTS, ROUTES
from ocgnet.casework.referral.refer import Referral, referral_pack
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.errors import OutputError, UsageError
from ocgnet.model import TABLES
from ocgnet.results import RESULT_TABLES
from ocgnet.settings import Settings

SOURCE = {
    ("children", c): ("children", c, 0) for c in ("name", "sex", "district", "school", "social_worker", *RISK.split())
} | {
    ("family", "adult_name"): ("nominals", "name", 0),
    ("missing", "found_where"): ("missing_episodes", "found_where", 0),
    ("crimes", "offence"): ("crimes", "offence", 0),
    ("referrals", "outcome"): ("referrals", "outcome", 0),
    ("risks", "scheme"): ("child_risks", "scheme", 0),
    ("services", "service"): ("services", "name", 0),
    ("services", "agency"): ("services", "agency", 0),
}
"""Which cell of the records a column of a pack shows, where it is a text."""

IDS = {"adult_id": planted.PARENT, "ocg_id": planted.GROUP, "companions": planted.MEMBER, "crime_id": planted.CRIME}
IDS |= {"report_id": planted.OPEN, "child_id": planted.CHILD}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(planted.write_planted(tmp_path_factory.mktemp("planted") / "data"))[0]


def disclose(records: Dataset, out: Path, to: str, names: Pseudonyms | None = None, **given: tuple[str, ...]) -> str:
    request = Request(to, (planted.CHILD,), "Strategy meeting", "DC Example", **given)
    pack, ids = disclosure(records, request, Settings(), names)
    assert ids == (planted.CHILD,)
    with pack_folder(out) as partial:
        write_pack(partial, pack, page="disclosure")
    return planted.all_bytes(out)


def columns(out: Path) -> dict[str, list[str]]:
    found = {}
    for path in (out / "tables").glob("*.csv") if (out / "tables").is_dir() else ():
        with path.open(encoding="utf-8-sig", newline="") as file:
            found[path.stem] = next(csv.reader(file))
    return found


def expected_marks(to: str) -> set[str]:
    shown = {(t, c) for t, cs in ALLOWED[to].items() for c in cs.split()}
    marks = {planted.mark(*SOURCE[place]) for place in shown if place in SOURCE}
    return marks & planted.all_marks()


def expected_ids(to: str) -> set[str]:
    found = {IDS[c] for cs in ALLOWED[to].values() for c in cs.split() if c in IDS}
    # The police see the member with whom the child went missing as the reason for a concern, too.
    return found | ({planted.MEMBER} if "adult_id" in ALLOWED[to].get("concerns", "") else set())


def test_every_table_of_the_model_is_planted() -> None:
    """Else nothing would show that it stays behind; a list of wards and of countries names nobody."""
    assert set(planted.ROWS) == set(TABLES) - {"wards", "ocg_countries"}


def test_what_is_done_for_a_child_reaches_who_assesses_it_and_nobody_else(records: Dataset, tmp_path: Path) -> None:
    disclose(records, tmp_path / "pack", "childrens-services")
    shown = {t: (tmp_path / "pack" / "tables" / f"{t}.csv").read_text(encoding="utf-8-sig").splitlines() for t in DONE}
    assert {t: len(lines) - 1 for t, lines in shown.items()} == dict.fromkeys(DONE, 1), "those of the child alone"
    assert "strategy,2018-04-14,2019-05-05" in shown["meetings"][1], "when the next is, and no decision"
    assert "child abduction warning notice,2018-04-16,," in shown["orders"][1], "not the order on the child"
    assert "referred,2018-04-18" in shown["stages"][1]
    assert not any(
        set(DONE) & set(audience.columns) for name, audience in (RECIPIENTS | ROUTES).items() if name != FULL
    )


DONE, FULL = ("services", "meetings", "orders", "stages"), "childrens-services"


@pytest.mark.parametrize("to", RECIPIENTS)
def test_a_recipient_gets_its_columns_and_nothing_else(to: str, records: Dataset, tmp_path: Path) -> None:
    everything = disclose(records, tmp_path / "pack", to)
    tables = {t: [*c, "marking"] for t, c in in_order(to).items()}
    numbers = {"summary": ["breakdown", "category", "children", "marking"]} if to == "partnership" else {}
    assert columns(tmp_path / "pack") == tables | numbers
    assert {m for m in planted.all_marks() if m in everything} == expected_marks(to)
    assert {i for i in planted.all_ids() if i in everything} == expected_ids(to)
    assert not [born for born in ("1971", "1972", "1973", "2006-09-14", "14/09/2006") if born in everything]
    assert "OFFICIAL-SENSITIVE · SYNTHETIC DATA" in everything


def in_order(to: str) -> dict[str, list[str]]:
    audience = RECIPIENTS.get(to) or ROUTES[to]
    assert {t: {c.name for c in cs} for t, cs in audience.columns.items()} == {
        t: set(c.split()) for t, c in ALLOWED[to].items()
    }
    return {t: [c.name for c in cs] for t, cs in audience.columns.items()}


@pytest.mark.parametrize("kind", ["mash", "nrm", "ictg"])
def test_a_route_gets_its_columns_and_nothing_else(kind: str, records: Dataset, tmp_path: Path) -> None:
    if kind == "ictg":
        records = with_referral(records, "nrm", date(2019, 1, 2))
    day = date(2019, 3, 31)
    referral = Referral(planted.CHILD, kind, day, "DC Example", "Found in a flat", "Made-up Constabulary")
    pack = referral_pack(records, referral, Settings(as_of=day))
    with pack_folder(tmp_path / "pack") as partial:
        write_pack(partial, pack, page="referral")
    everything = planted.all_bytes(tmp_path / "pack")
    assert columns(tmp_path / "pack") == {t: [*c, "marking"] for t, c in in_order(kind).items()}
    assert {m for m in planted.all_marks() if m in everything} == expected_marks(kind)
    assert {i for i in planted.all_ids() if i in everything} == {planted.CHILD}


def test_no_band_and_no_reason_of_a_band_is_a_column_of_any_pack(records: Dataset, tmp_path: Path) -> None:
    """What is worked out about a child or about the adults stays with the force, whoever asks."""
    worked_out = {c.name for c in RESULT_TABLES["children"] if c.name.rpartition("_")[2] in ("child", "adults")}
    assert {"band_child", "band_adults", "points_adults", "could_be_adults"} <= worked_out
    worked_out |= {"because", "sensitivity", "stage", "overdue", "path", "ocgs", "nominals"}
    for audience in (*RECIPIENTS.values(), *ROUTES.values()):
        assert not worked_out & {c.name for columns in audience.columns.values() for c in columns}
    banded = safeguard(records).table.frame.set_index("child_id").loc[planted.CHILD]
    for to in RECIPIENTS:
        everything = disclose(records, tmp_path / to, to).casefold()
        assert not [
            w for w in ("about the adults", "about the child:", "at least urgent", "at least high") if w in everything
        ]
        assert str(banded["because"]).casefold() not in everything


@pytest.mark.parametrize("kind", ["cpi", "early_help"])
def test_a_route_for_a_child_without_signs_gets_its_columns_only(kind: str, records: Dataset) -> None:
    assert in_order(kind)


def with_referral(records: Dataset, kind: str, on: date) -> Dataset:
    row = dict.fromkeys(records["referrals"].column_names) | {
        "person_id": planted.CHILD,
        "kind": kind,
        "made_on": on,
    }
    rows = [*records["referrals"].to_pylist(), row]
    schema = records["referrals"].schema
    tables = dict(records.tables) | {"referrals": type(records["referrals"]).from_pylist(rows, schema)}
    return Dataset.of(tables, records.about)


@pytest.mark.parametrize("to", [r for r in RECIPIENTS if r != "partnership"])
def test_a_pseudonymised_pack_names_nobody(to: str, records: Dataset, tmp_path: Path) -> None:
    names = Pseudonyms(bytes(range(32)), to)
    everything = disclose(records, tmp_path / "pack", to, names)
    assert not [i for i in planted.all_ids() if i in everything]
    identify = {planted.mark(*SOURCE[p]) for p in SOURCE if p[1] in ("name", "adult_name", "school", "social_worker")}
    assert not [m for m in identify if m in everything]
    assert "2004-08-12" not in everything
    assert names.of(planted.CHILD) in everything
    assert "name" not in columns(tmp_path / "pack")["children"]


def test_what_stays_behind_is_counted_by_reason_and_never_named(records: Dataset, tmp_path: Path) -> None:
    disclose(records, tmp_path / "pack", "police")
    receipt = json.loads((tmp_path / "pack" / "receipt.json").read_text(encoding="utf-8"))
    assert {w["why"]: w["count"] for w in receipt["withheld"]} == {
        "handling condition not met": 1,
        "graded as unreliable or suspected false": 1,
        "review overdue": 1,
        "its handling code is not known": 1,
    }
    page = (tmp_path / "pack" / "disclosure.html").read_text(encoding="utf-8")
    assert "1 report that names them stayed behind: handling condition not met." in page


@pytest.mark.parametrize("to", ["education", "health", "housing", "youth-justice"])
def test_whoever_is_not_told_why_does_not_learn_it_from_a_sentence(to: str, records: Dataset, tmp_path: Path) -> None:
    everything = disclose(records, tmp_path / "pack", to).lower()
    assert not [w for w in ("organised", "a group", "report", "intelligence", "a member") if w in everything]
    receipt = json.loads((tmp_path / "pack" / "receipt.json").read_text(encoding="utf-8"))
    assert receipt["withheld"] == []


def test_a_contact_that_rests_on_a_restricted_report_is_no_concern(records: Dataset, tmp_path: Path) -> None:
    disclose(records, tmp_path / "a", "childrens-services")
    disclose(records, tmp_path / "b", "childrens-services", conditions_met=(planted.CLOSED,))
    without, met = ((tmp_path / p / "tables" / "concerns.csv").read_text("utf-8") for p in "ab")
    assert "contact (phone)" not in without
    assert "Has recorded contact (phone) with a recorded member of an organised crime group" in met
    assert "confirmed the handling conditions of 1 report as met" in (tmp_path / "b" / "disclosure.html").read_text(
        "utf-8"
    )


def test_the_date_of_a_restricted_report_does_not_show_through_an_open_one(records: Dataset, tmp_path: Path) -> None:
    disclose(records, tmp_path / "a", "childrens-services")
    with (tmp_path / "a" / "tables" / "concerns.csv").open(encoding="utf-8-sig", newline="") as file:
        latest = {r["concern"]: r["latest"] for r in csv.DictReader(file)}
    assert latest["Is named in the same police report as a recorded member of an organised crime group"] == "2018-08-01"


def test_every_line_and_both_ends_of_the_page_carry_the_marking(records: Dataset, tmp_path: Path) -> None:
    disclose(records, tmp_path / "pack", "childrens-services")
    for path in (tmp_path / "pack" / "tables").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert {r["marking"] for r in csv.DictReader(file)} <= {"OFFICIAL-SENSITIVE · SYNTHETIC DATA"}
    page = (tmp_path / "pack" / "disclosure.html").read_text(encoding="utf-8")
    assert page.count('<p class="marking" role="note">OFFICIAL-SENSITIVE · SYNTHETIC DATA</p>') == 2
    written = re.findall(r"@(top|bottom)-center \{ content: \"([^\"]*)\"", page)
    assert [end for end, _ in written] == ["top", "bottom"]
    for _, text in written:
        assert re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), text) == "OFFICIAL-SENSITIVE · SYNTHETIC DATA"
    assert "<script" not in page


def test_the_same_records_and_request_give_the_same_pack_and_number(records: Dataset, tmp_path: Path) -> None:
    assert disclose(records, tmp_path / "a", "police") == disclose(records, tmp_path / "b", "police")


def test_a_pack_is_never_written_over(records: Dataset, tmp_path: Path) -> None:
    disclose(records, tmp_path / "pack", "housing")
    with pytest.raises(OutputError, match="kept as it left"):
        disclose(records, tmp_path / "pack", "housing")


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (Request("landlord", (planted.CHILD,), "x", "y"), "Packs are defined for childrens-services"),
        (Request("housing", (planted.CHILD,), " ", "y"), "Say why with --reason"),
        (Request("housing", (), "x", "y"), "Name the children"),
        (Request("housing", ("IDCHILDON",), "x", "y"), "Is IDCHILDONE or IDCHILDTWO meant"),
        (Request("housing", (planted.PARENT,), "x", "y"), "18 or over on 2019-03-31"),
        (Request("housing", ("all",), "x", "y"), "A whole list is not shared"),
        (Request("education", (planted.CHILD, planted.OTHER_CHILD), "x", "y"), "one pack for each school"),
        (Request("housing", (planted.OTHER_CHILD,), "x", "y", (planted.CLOSED,)), "does not name these children"),
    ],
)
def test_what_may_not_be_asked_is_refused(records: Dataset, request_: Request, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        disclosure(records, request_, Settings())


@pytest.mark.parametrize("reason", [f"About {planted.CHILD}", "about MKCHILDRENZNAMEZ0MK and others"])
def test_a_reason_may_not_undo_the_pseudonyms(records: Dataset, reason: str) -> None:
    with pytest.raises(UsageError, match="would undo --pseudonymise"):
        disclosure(
            records, Request("health", (planted.CHILD,), reason, "y"), Settings(), Pseudonyms(bytes(32), "health")
        )


def test_the_guide_names_every_route_and_recipient_with_the_tables_it_gets() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "safeguarding.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_-]+)` \| ([^|]*) \|", text, re.MULTILINE))
    assert set(rows) == {*RECIPIENTS, *ROUTES}
    words = {"experiences": "experiences", "missing": "missing episodes", "crimes": "crimes", "referrals": "referrals"}
    words |= {"unknown": "unknowns"}
    for name, audience in (RECIPIENTS | ROUTES).items():
        if rows[name].startswith(("as ", "the above")):
            continue
        for table, word in words.items():
            assert (table in audience.columns) == (word in rows[name]), (name, table)
    shared = RECIPIENTS[FULL].columns
    assert {t: c for t, c in shared.items() if t not in DONE} == ROUTES["mash"].columns
    assert set(DONE) <= set(shared)
