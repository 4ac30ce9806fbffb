"""What a submitter is told of a form: worked on paper, never more than the rules, and nothing of anybody."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from types import MappingProxyType

import planted_folder as planted
import pyarrow as pa
import pytest
from filled_forms import CPI, as_json, table
from typer.testing import CliRunner

from ocgnet.audit.read import Told, acts
from ocgnet.casework.intake.feedback import (
    NOTHING_TO_TELL,
    RECIPIENT_OF,
    SEVERAL,
    TakenIn,
    feedback,
    taken_in,
)
from ocgnet.casework.intake.forms import SECTORS, UNGRADED
from ocgnet.casework.may_share import NO, answers, topic_of
from ocgnet.casework.recipients import SharingRules, sharing_rules
from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.dataset import Dataset
from ocgnet.errors import OcgnetError, UsageError
from ocgnet.settings import Settings

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
DAY = date(2019, 3, 31)
FORM = TakenIn("K7-0123456789abcdef", "R", "2019-03-01", 5)


def records(sector: str, referrals: list[dict[str, object]] | None = None, **more: object) -> Dataset:
    report = {"report_id": "R", "reported_on": date(2019, 2, 20), "sector": sector, **UNGRADED, **more}
    return Dataset.of(
        {
            "intel_reports": table("intel_reports", report),
            "intel_links": table("intel_links", {"person_id": "C", "report_id": "R"}),
            "children": table("children", {"child_id": "C", "date_of_birth": date(2006, 1, 1)}),
            "referrals": table("referrals", *(referrals or [])),
        }
    )


def lines(dataset: Dataset, done: list[Told] | None = None, rules: SharingRules | None = None) -> str:
    return "\n".join(feedback(dataset, FORM, done or [], rules or sharing_rules(), DAY).lines)


MADE = {"person_id": "C", "kind": "mash", "made_on": date(2019, 3, 2)}
ACCEPTED = {"outcome_kind": "accepted", "outcome_on": date(2019, 3, 5)}


@pytest.mark.parametrize(
    ("referrals", "says"),
    [
        ([], NOTHING_TO_TELL),
        ([MADE], "A referral followed. Outcome: not yet known."),
        ([MADE | ACCEPTED], "A referral followed. Outcome: accepted."),
        ([MADE | ACCEPTED | {"outcome_on": date(2019, 4, 5)}], "Outcome: not yet known."),
        ([MADE | {"outcome_kind": "no_further_action"}], "Outcome: no further action."),
        ([MADE | ACCEPTED, MADE | ACCEPTED | {"kind": "nrm"}], "A referral followed. Outcome: accepted."),
        ([MADE | ACCEPTED, MADE | {"kind": "nrm", "outcome_kind": "refused"}], f"Outcome: {SEVERAL}."),
        # Before the form, after the day, about somebody else, or no referral at all.
        ([MADE | {"made_on": date(2019, 2, 19)}], NOTHING_TO_TELL),
        ([MADE | {"made_on": date(2019, 4, 1)}], NOTHING_TO_TELL),
        ([MADE | {"person_id": "D"}], NOTHING_TO_TELL),
        ([MADE | {"kind": "cpi"}], NOTHING_TO_TELL),
    ],
)
def test_a_referral_on_paper(referrals: list[dict[str, object]], says: str) -> None:
    assert says in lines(records("social care", referrals))


def test_restricted_and_none_read_alike() -> None:
    with_one = records("social care", [MADE | ACCEPTED])
    children = table(
        "children", {"child_id": "C", "date_of_birth": date(2006, 1, 1), "restricted_on": date(2019, 1, 1)}
    )
    restricted = Dataset.of({**with_one.tables, "children": children})
    assert lines(restricted) == lines(records("social care"))
    overdue = table("nominals", {"nominal_id": "C", "review_due": date(2019, 1, 1)})
    late = Dataset.of({**with_one.tables, "children": with_one["children"].slice(0, 0), "nominals": overdue})
    assert lines(late) == lines(records("social care"))


def test_graded_and_used_and_gone() -> None:
    assert "It has not been assessed yet." in lines(records("housing"))
    assert "The intelligence team has assessed it." in lines(records("housing", intelligence_grade="B"))
    profile = Told(6, "2019-03-02T00:00:00Z", "export", "done", what="ocgnet profile mydata --out p")
    assert "A local profile was made since." in lines(records("housing"), [profile])
    for other in (
        Told(4, "", "export", "done", what="ocgnet profile mydata --out p"),
        Told(6, "", "export", "failed", what="ocgnet profile mydata --out p"),
        Told(6, "", "read", "done", what="ocgnet roles mydata"),
    ):
        assert "No local profile has been made since" in lines(records("housing"), [other])
    gone = Dataset.of({"intel_reports": table("intel_reports")})
    assert "It is no longer held." in lines(gone)


@pytest.mark.parametrize("sector", SECTORS)
@pytest.mark.parametrize("whose", ["shipped", "less"])
def test_a_sector_is_told_of_referrals_exactly_as_the_rules_say(sector: str, whose: str) -> None:
    rules = sharing_rules()
    if whose == "less":
        gone = frozenset({("referrals", "outcome_kind")})
        fewer = {n: a.without(gone) for n, a in rules.recipients.items()}
        rules = SharingRules(MappingProxyType(fewer), rules.routes, "own.toml", "")
    said = lines(records(sector, [MADE | ACCEPTED]), rules=rules)
    recipient = RECIPIENT_OF.get(sector)

    def may(column: str) -> bool:
        return bool(recipient) and answers(rules, topic_of(column), Settings(), recipient)[0].verdict != NO

    assert ("A referral followed." in said) == may("referrals.kind")
    assert ("accepted" in said) == (may("referrals.kind") and may("referrals.outcome_kind"))
    assert ("not told to your sector" in said) == (not may("referrals.kind"))
    assert set(RECIPIENT_OF.values()) <= set(rules.recipients)


@pytest.mark.parametrize("sector", SECTORS)
def test_nothing_of_anybody_is_in_it(sector: str, tmp_path: Path) -> None:
    whole = read_dataset(planted.write_planted(tmp_path / "data"))[0]
    rows = [r | {"sector": sector} for r in whole["intel_reports"].to_pylist()]
    reports = pa.Table.from_pylist(rows, whole["intel_reports"].schema)
    dataset = Dataset.of({**whole.tables, "intel_reports": reports}, whole.about)
    form = TakenIn("K7-0123456789abcdef", planted.OPEN, "2019-03-01", 5)
    told = feedback(dataset, form, [], sharing_rules(), DAY)
    text = "\n".join(told.lines)
    assert not [v for v in planted.all_marks() | planted.all_ids() if v in text]
    dates = {v for rs in planted.planted().values() for r in rs for v in r.values() if v[:4].isdigit() and "-" in v}
    assert not [d for d in dates if d[:10] in text]
    assert sum(c.isdigit() for c in text.replace(form.receipt, "").replace("999", "").replace("01/03/2019", "")) == 0


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(w) for w in words])
    if isinstance(done.exception, OcgnetError):
        assert code == done.exception.exit_code, done.exception
        return str(done.exception)
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def test_from_the_form_to_the_feedback(tmp_path: Path, log_file: Path) -> None:
    place = shutil.copytree(TINY, tmp_path / "records")
    one = as_json(tmp_path / "one.json", "cpi", [CPI | {"form_ref": "K7Q2M4XD", "sector": "education"}])
    said = run("intake", "cpi", one, "--folder", place, "--candidates", tmp_path / "c.csv")
    receipt = said.partition("receipt ")[2].partition(":")[0]
    assert receipt.startswith("K7Q2M4XD-")
    told = run("intake", "feedback", "--folder", place, receipt.upper(), "--by", "DC Test")
    assert f"Receipt {receipt}." in told
    assert "It has not been assessed yet." in told
    assert "Whether a referral followed is not told to your sector." in told
    act = acts(log_file)[-1]
    assert (act.kind, act.by, act.recipient, act.end) == ("disclose", "DC Test", "submitter", "done")
    assert act.facts["sector"] == "education"
    assert act.facts["told"][0] == f"Receipt {receipt}."
    wrong = run("intake", "feedback", "--folder", place, "K7Q2M4XD-0000000000000000", "--by", "DC Test", code=2)
    assert f"came in as {receipt}" in wrong
    assert "changed on the way" in wrong
    nobody = run("intake", "feedback", "--folder", place, "XXXX-0000000000000000", "--by", "DC Test", code=2)
    assert "No form was taken in under" in nobody
    assert "K7Q2M4XD" not in nobody
    assert "--by" in run("intake", "feedback", "--folder", place, receipt, "--by", " ", code=2)


def test_an_intake_that_failed_gave_no_receipt() -> None:
    failed = Told(1, "2019-03-01T00:00:00Z", "intake", "failed", facts={"receipts": {"A-1": "R"}})
    with pytest.raises(UsageError):
        taken_in([failed], "A-1")
    done = Told(2, "2019-03-02T00:00:00Z", "intake", "done", facts={"receipts": {"A-1": "R"}})
    again = Told(3, "2019-03-09T00:00:00Z", "intake", "done", facts={"receipts": {"A-1": "R"}})
    assert taken_in([failed, done, again], " a-1 ") == TakenIn("A-1", "R", "2019-03-02", 2)
