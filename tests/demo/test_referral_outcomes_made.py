"""The made-up county's referrals answer as they were planted, counted from the files alone."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from ocgnet.casework.referral.outcomes import WAITS, outcomes
from ocgnet.checks.check import read_dataset
from ocgnet.settings import Settings

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
REFERRALS = f"read_csv('{FIXTURES / 'county' / 'referrals.csv'}', all_varchar = true)"


def planted(question: str) -> set[str]:
    text = (FIXTURES / "county_answers.md").read_text(encoding="utf-8")
    found = re.search(rf"^\| {re.escape(question)} \| (\d+) \| (.*) \|$", text, re.MULTILINE)
    assert found, question
    assert int(found[1]) == len(found[2].split())
    return set(found[2].split())


def test_who_waits_and_who_was_referred_again_is_what_was_planted() -> None:
    dataset = read_dataset(FIXTURES / "county")[0]
    found = outcomes(dataset, dataset.about.as_of, Settings())
    waits = {f.person_id for f in found.referrals if f.state == WAITS and f.route != "nrm"}
    assert waits == planted("referrals that wait for an outcome, the national mechanism apart")
    again = {f.person_id for f in found.referrals if f.again_after is not None}
    assert again == planted("children referred again to the MASH within a year")


def test_numbers_are_those_of_plain_sql_over_the_files() -> None:
    dataset = read_dataset(FIXTURES / "county")[0]
    whole = {c.route: c for c in outcomes(dataset, dataset.about.as_of, Settings()).routes}
    sql = f"""
        SELECT count(*), median(date_diff('day', made_on::date, outcome_on::date)),
            count(outcome_on), count(*) FILTER (outcome_kind IS NULL AND outcome IS NULL)
        FROM {REFERRALS} WHERE kind = 'mash'
    """
    mash = whole["mash"]
    assert (mash.made, mash.median_days, mash.dated, mash.waiting) == duckdb.sql(sql).fetchall()[0]
    again = f"""
        SELECT count(DISTINCT (b.person_id, b.kind, b.made_on)) FROM {REFERRALS} a JOIN {REFERRALS} b
            ON a.person_id = b.person_id AND a.kind = b.kind
            AND date_diff('day', a.made_on::date, b.made_on::date) BETWEEN 1 AND 365
    """
    assert (whole[""].again,) == duckdb.sql(again).fetchall()[0]
