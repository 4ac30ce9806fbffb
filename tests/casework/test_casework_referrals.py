"""Referrals: the right route is recorded, a wrong one is refused with what to do instead; worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from ocgnet.casework.disclosure.disclose import grown_since, judged_on
from ocgnet.casework.referral.refer import Referral, referral_pack
from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.model import TABLES
from ocgnet.settings import Settings

DAY = date(2019, 3, 31)
BORN = {"SAFE": date(2008, 1, 1), "KIN": date(2008, 1, 2), "RISK": date(2004, 1, 3), "GONE": date(2001, 3, 24)}
BORN |= {"UNSURE": None, "LASTDAY": date(2001, 4, 1)}


def table(name: str, *rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in rows], TABLES[name].schema)


def records(**more: pa.Table) -> Dataset:
    """KIN has a parent in a group, RISK a recorded risk, GONE turned 18 last week, SAFE has nothing on record."""
    extra = {"RISK": {"cce_risk": "high", "social_worker": "Worker R"}}
    tables = {
        "nominals": table("nominals", {"nominal_id": "DAD", "date_of_birth": date(1980, 1, 1)}),
        "ocgs": table("ocgs", {"ocg_id": "G", "status": "active"}),
        "memberships": table("memberships", {"nominal_id": "DAD", "ocg_id": "G", "role": "principal"}),
        "children": table(
            "children", *({"child_id": c, "date_of_birth": b} | extra.get(c, {}) for c, b in BORN.items())
        ),
        "family_links": table(
            "family_links",
            {"adult_id": "DAD", "child_id": "KIN", "relationship": "parent", "verified": True},
            {"adult_id": "DAD", "child_id": "UNSURE", "relationship": "parent", "verified": False},
        ),
    }
    return Dataset.of(tables | more, About(as_of=DAY, synthetic=True))


def ask(person: str, kind: str, dataset: Dataset | None = None, **more: str) -> Referral:
    given = {"by": "DC Example", "reason": "Worried"} | more
    referral = Referral(person, kind, DAY, **given)
    referral_pack(dataset or records(), referral, Settings(as_of=DAY))
    return referral


@pytest.mark.parametrize(
    ("person", "kind", "more", "says"),
    [
        ("KIN", "cpi", {}, "use --kind mash today"),
        ("RISK", "cpi", {}, "intelligence, not a referral"),
        ("UNSURE", "cpi", {}, "use --kind mash today"),
        ("GONE", "mash", {}, "GONE is 18 on 2019-03-31.*adult safeguarding team"),
        ("GONE", "ictg", {"first_responder": "County Police"}, "a guardian is for children"),
        ("GONE", "early_help", {}, "early help is for children"),
        ("GONE", "nrm", {"first_responder": "County Police"}, "only with informed consent"),
        ("RISK", "nrm", {}, "Only a first responder"),
        ("RISK", "nrm", {"first_responder": "  "}, "Only a first responder"),
        ("RISK", "nrm", {"first_responder": "Hill Academy"}, "is no first responder"),
        ("RISK", "nrm", {"first_responder": "County NHS Trust"}, "is no first responder"),
        ("RISK", "ictg", {}, "record --kind nrm first"),
        ("RISK", "early_help", {}, "Early help is not enough.*criminal exploitation: high"),
        ("NOBODY", "mash", {}, "No person NOBODY.*call the MASH now"),
        ("SAFE", "mash", {"reason": " "}, "Say with --reason"),
        ("SAFE", "mash", {"by": ""}, "Say with --by"),
        ("SAFE", "social", {}, "There is no route social"),
    ],
)
def test_a_wrong_route_is_refused_with_what_to_do_instead(
    person: str, kind: str, more: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        ask(person, kind, **more)


@pytest.mark.parametrize(
    ("person", "kind", "more"),
    [
        ("KIN", "mash", {}),
        ("UNSURE", "mash", {}),
        ("LASTDAY", "mash", {}),
        ("SAFE", "cpi", {}),
        ("DAD", "cpi", {}),
        ("SAFE", "early_help", {}),
        ("RISK", "nrm", {"first_responder": "County Council"}),
        ("GONE", "nrm", {"first_responder": "County Police", "consent": "written, to DC Example, 2019-03-30"}),
    ],
)
def test_a_right_route_is_taken(person: str, kind: str, more: dict[str, str]) -> None:
    row = ask(person, kind, **more).row()
    assert (row["person_id"], row["kind"]) == (person, kind)
    assert row["made_by"].startswith("DC Example")
    assert more.get("first_responder", "") in row["made_by"]
    assert more.get("consent", "") in row["reason"]


def test_a_guardian_and_early_help_follow_their_forerunner() -> None:
    made = table(
        "referrals",
        {"person_id": "RISK", "kind": "nrm", "made_on": date(2019, 3, 1)},
        {"person_id": "RISK", "kind": "mash", "made_on": date(2019, 3, 1)},
    )
    ask("RISK", "ictg", records(referrals=made))
    ask("RISK", "early_help", records(referrals=made))
    later = table("referrals", {"person_id": "RISK", "kind": "nrm", "made_on": date(2019, 4, 1)})
    with pytest.raises(UsageError, match="up to 2019-03-31"):
        ask("RISK", "ictg", records(referrals=later))


def test_the_same_referral_on_the_same_day_is_refused_and_on_another_day_taken() -> None:
    today = {"person_id": "KIN", "kind": "mash", "made_on": DAY, "made_by": "DC Other"}
    with pytest.raises(UsageError, match="already by DC Other"):
        ask("KIN", "mash", records(referrals=table("referrals", today)))
    ask("KIN", "mash", records(referrals=table("referrals", today | {"made_on": date(2019, 3, 30)})))
    ask("KIN", "nrm", records(referrals=table("referrals", today)), first_responder="County Police")


def steps(person: str, kind: str, dataset: Dataset | None = None) -> str:
    referral = Referral(person, kind, DAY, "DC Example", "Worried", "County Police")
    return " ".join(referral_pack(dataset or records(), referral, Settings(as_of=DAY)).for_sender)


def test_next_steps_follow_from_what_is_on_record() -> None:
    assert "1 other child is on record with the same adults: look at this child too." in steps("KIN", "mash")
    assert "Tell the social worker on record: Worker R." in steps("RISK", "mash")
    assert "no NRM referral on record" in steps("RISK", "mash")
    assert "no NRM referral on record" not in steps("SAFE", "mash")
    assert steps("RISK", "nrm").startswith("No MASH referral is on record: make one today.")
    assert "guardian beside it (ICTG)" in steps("RISK", "nrm")
    made = table("referrals", {"person_id": "RISK", "kind": "mash", "made_on": date(2019, 3, 1)})
    assert "No MASH referral" not in steps("RISK", "nrm", records(referrals=made))


def test_a_child_who_is_victim_and_suspect_is_shown_as_victim_first() -> None:
    dataset = records(
        crimes=table("crimes", *({"crime_id": c, "recorded_on": date(2018, 9, 1)} for c in ("A", "B"))),
        crime_links=table(
            "crime_links",
            {"person_id": "RISK", "crime_id": "A", "link_role": "suspect"},
            {"person_id": "RISK", "crime_id": "A", "link_role": "arrested"},
            {"person_id": "RISK", "crime_id": "B", "link_role": "victim"},
        ),
    )
    pack = referral_pack(dataset, Referral("RISK", "mash", DAY, "DC Example", "Worried"), Settings(as_of=DAY))
    crimes = next(t for t in pack.tables if t.name == "crimes")
    assert [row[1] for row in crimes.rows] == ["victim", "suspect"]
    assert "defence of section 45" in " ".join(pack.steps)


def test_what_may_not_leave_still_counts_when_a_route_is_refused() -> None:
    """A restricted report is the only sign: it stays out of the pack, and the CPI form is refused all the same."""
    dataset = records(
        intel_reports=table(
            "intel_reports",
            {"report_id": "R", "reported_on": date(2018, 9, 1), "grading_scheme": "3x5x2", "source_grade": "1"}
            | {"intelligence_grade": "A", "handling_code": "C"},
        ),
        intel_links=table("intel_links", *({"person_id": p, "report_id": "R"} for p in ("SAFE", "DAD"))),
    )
    with pytest.raises(UsageError, match="same police report"):
        ask("SAFE", "cpi", dataset)
    pack = referral_pack(dataset, Referral("SAFE", "mash", DAY, "DC Example", "Worried"), Settings(as_of=DAY))
    assert next(t for t in pack.tables if t.name == "concerns").rows == ()
    assert [(w.why, w.count) for w in pack.withheld] == [("handling condition not met", 1)]


@pytest.mark.parametrize(
    ("about", "on", "expected"),
    [
        (About(as_of=DAY, synthetic=True), None, DAY),
        (About(as_of=DAY), None, DAY),
        (About(as_of=DAY), date(2019, 3, 1), date(2019, 3, 1)),
        (About(), None, date(2026, 1, 2)),
    ],
)
def test_ages_are_judged_on_the_day_asked_then_that_of_the_records_then_that_of_the_act(
    about: About, on: date | None, expected: date
) -> None:
    assert judged_on(Dataset.of({}, about), on, date(2026, 1, 2)) == expected
    crime = {"crimes": table("crimes", {"crime_id": "A", "recorded_on": date(2018, 9, 1)})}
    assert judged_on(Dataset.of(crime, about), on, date(2026, 1, 2)) == (on or about.as_of or date(2018, 9, 1))


def test_who_has_come_of_age_since_the_day_of_the_records_is_named() -> None:
    # LASTDAY is born on 1 April 2001: 17 on 31 March 2019, 18 the day after. GONE was 18 already, SAFE is 11.
    told = grown_since(records(), ["GONE", "LASTDAY", "SAFE", "UNSURE"], DAY, date(2019, 4, 1))
    assert told.startswith("LASTDAY was 17 on 2019-03-31 and is 18 on 2019-04-01. ")
    assert grown_since(records(), ["GONE", "LASTDAY", "SAFE", "UNSURE"], DAY, DAY) == ""
    late = Referral("LASTDAY", "mash", date(2019, 4, 1), "DC Example", "Worried")
    pack = referral_pack(records(), late, Settings(as_of=DAY))
    assert dict(pack.facts)["Age"] == told
    assert (pack.on, pack.children[0].startswith("LASTDAY")) == (date(2019, 4, 1), True)


def test_a_referral_made_after_the_day_of_the_records_is_a_forerunner_all_the_same() -> None:
    made = table("referrals", {"person_id": "RISK", "kind": "nrm", "made_on": date(2026, 1, 1)})
    asked = Referral("RISK", "ictg", date(2026, 1, 2), "DC Example", "Worried")
    referral_pack(records(referrals=made), asked, Settings(as_of=DAY))
    with pytest.raises(UsageError, match="up to 2025-12-31"):
        referral_pack(records(referrals=made), replace(asked, on=date(2025, 12, 31)), Settings(as_of=DAY))
