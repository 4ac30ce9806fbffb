"""What people do with the tool bears the day on which they do it: by the commands, and in the records and the log."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from filled_forms import CPI, as_json
from typer.testing import CliRunner

from ocgnet.audit import log_path
from ocgnet.cli.app import app
from ocgnet.errors import OcgnetError

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Made-up records that are judged on 31 March 2019."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def run(*words: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, [str(w) for w in words])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        assert isinstance(found.exception, OcgnetError), found.exception
        return found.exception.exit_code, str(found.exception)
    return found.exit_code, found.output


def done(*words: object) -> str:
    code, said = run(*words)
    assert code == 0, said
    return said


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def acts_on(tiny: Path) -> dict[str, tuple[object, ...]]:
    form = as_json(Path("form.json"), "cpi", [CPI])
    return {
        "refer": ("refer", "C1", "--kind", "mash", "--reason", "r", "--by", "A", "--out", "pack"),
        "disclose": ("disclose", "--to", "health", "--children", "C1", "--reason", "r", "--out", "pack"),
        "role": ("role", "set", "N01", "G1", "peripheral", "--by", "A", "--reason", "r"),
        "intake": ("intake", "cpi", form),
        "due": ("review", "due"),
        "done": ("review", "done", "N10", "--until", "2090-01-01", "--by", "A", "--reason", "r"),
        "erase": ("review", "erase", "N10", "--by", "A", "--reason", "r"),
    }


ACTS = ("refer", "disclose", "role", "intake", "due", "done", "erase")


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("day", ["2199-01-01", "9999-12-31"])
def test_no_act_is_dated_ahead(tiny: Path, act: str, day: str) -> None:
    before = {p.name: p.read_bytes() for p in tiny.iterdir()}
    code, said = run(*acts_on(tiny)[act], "--folder", tiny, "--on", day)
    assert code == 2
    assert said == f"--on {day} lies ahead. Give the day on which it is done, today at the latest."
    assert {p.name: p.read_bytes() for p in tiny.iterdir()} == before
    assert not Path("pack").exists()


@pytest.mark.parametrize("act", ACTS)
def test_the_log_holds_the_day_of_the_calendar_beside_the_time(tiny: Path, act: str) -> None:
    # Two tools of the house are no records; without them an erasure finds the person nowhere.
    (tiny / "answers.md").unlink()
    done(*acts_on(tiny)[act], "--folder", tiny, "--on", "2025-02-03")
    lines = [json.loads(line) for line in log_path().read_text(encoding="utf-8").splitlines()]
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        assert at.tzinfo == UTC
        assert line["day"] == at.astimezone().date().isoformat()
    assert "2025-02-03" in {lines[-1]["facts"].get("on"), lines[-1]["facts"].get("holds_from")}


def test_a_referral_bears_today_and_says_who_has_come_of_age(tiny: Path) -> None:
    # C2 is born on 29 February 2004: 15 on the day of these records, 18 since 1 March 2022.
    said = done("refer", "C2", "--kind", "mash", "--reason", "r", "--by", "A", "--folder", tiny, "--out", "pack")
    (made,) = [r for r in rows(tiny / "referrals.csv") if r["person_id"] == "C2" and r["reason"] == "r"]
    today = date.today()
    assert made["made_on"] == today.isoformat()
    age = today.year - 2004 - ((today.month, today.day) < (3, 1))
    told = f"C2 was 15 on 2019-03-31 and is {age} on {today}"
    assert told in said
    assert told in Path("pack/referral.html").read_text(encoding="utf-8")
    assert json.loads(Path("pack/receipt.json").read_text(encoding="utf-8"))["on"] == today.isoformat()
    # The same again on the same day is refused, though the records are judged on another.
    code, again = run("refer", "C2", "--kind", "mash", "--reason", "r", "--by", "A", "--folder", tiny, "--out", "two")
    assert (code, "Do not send it twice" in again) == (2, True)
    # On a day that is named ages are judged on that day.
    named = ("--on", "2022-03-01", "--folder", tiny, "--out", "three")
    code, grown = run("refer", "C2", "--kind", "mash", "--reason", "r", "--by", "A", *named)
    assert (code, "C2 is 18 on 2022-03-01" in grown) == (2, True)


def test_a_disclosure_bears_today_and_says_who_has_come_of_age(tiny: Path) -> None:
    words = ("disclose", "--to", "health", "--children", "C2", "--reason", "r", "--folder", tiny)
    said = done(*words, "--out", "pack")
    assert f"made on {date.today()}." in said
    assert "C2 was 15 on 2019-03-31 and is " in said
    receipt = json.loads(Path("pack/receipt.json").read_text(encoding="utf-8"))
    assert receipt["on"] == date.today().isoformat()
    assert "C2 was" not in done(*words, "--on", "2019-04-01", "--out", "other")


def test_a_role_bears_today_and_says_that_the_records_are_judged_before(tiny: Path) -> None:
    said = done("role", "set", "N01", "G1", "peripheral", "--by", "A", "--reason", "r", "--folder", tiny)
    today = date.today()
    new = [r for r in rows(tiny / "memberships.csv") if r["nominal_id"] == "N01"][-1]
    assert (new["role"], new["from_date"], new["assessed_on"]) == ("peripheral", today.isoformat(), today.isoformat())
    assert f"judged on 31/03/2019, before that day, so analyses show it with --as-of {today}." in said


def test_reviews_are_due_by_the_clock(tiny: Path) -> None:
    assert f"on {date.today():%d/%m/%Y}." in done("review", "due", "--folder", tiny)
    assert "2 reviews are overdue on 31/03/2019." in done("review", "due", "--as-of", "2019-03-31", "--folder", tiny)
    assert "2 reviews are overdue on 31/03/2019." in done("review", "due", "--on", "2019-03-31", "--folder", tiny)
    assert " reviews are overdue on 01/01/2090." in done("review", "due", "--as-of", "2090-01-01", "--folder", tiny)


def test_a_run_says_that_today_decided_and_today_gives_it_again(tiny: Path) -> None:
    """On 20 December 2018 the events of Christmas and later lie ahead, and the last crime, K7, is the latest event."""
    (tiny / "about.toml").write_text("synthetic = true\n", encoding="utf-8")

    def profile(name: str, *more: str) -> tuple[dict[str, object], dict[str, bytes]]:
        done("profile", tiny, "--out", name, *more)
        files = [Path(name) / "report.html", *(Path(name) / "tables").glob("*.csv")]
        return json.loads((Path(name) / "run.json").read_text(encoding="utf-8")), {
            f.name: f.read_bytes() for f in files
        }

    run_then, then = profile("then", "--today", "2018-12-20")
    assert (run_then["as_of"], run_then["today"]) == ("2018-12-12", "2018-12-20")
    assert "--today 2018-12-20 gives the same again" in str(run_then["dates_note"])
    assert profile("again", "--today", "2018-12-20")[1] == then
    run_now, now = profile("now")
    assert (run_now["as_of"], run_now["today"]) == ("2019-02-02", None)
    # Nothing lies ahead any more: every later day gives the same bytes.
    assert profile("later", "--today", "2031-01-01")[1] == now
