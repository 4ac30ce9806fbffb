"""A short period loses no sign, no trend and no tie: worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
from made_records import dataset

from ocgnet.analysis.children.missing import episodes_of, missing_facts
from ocgnet.analysis.time.paths import evidence_over
from ocgnet.dataset import About
from ocgnet.evidence.evidence import evidence_of
from ocgnet.main_job import analyse
from ocgnet.settings import Settings

DAY = date(2019, 3, 31)
MONTH = Settings(
    as_of=DAY, period_from=date(2019, 3, 1), period_to=DAY, null_draws=100, bootstrap_draws=50, resamples=20
)


def test_what_rises_is_judged_over_its_own_days_whatever_the_period() -> None:
    """Three episodes in the last 90 days, four in the 90 before: the four lie before the month before."""
    days = [(2019, 3, 20), (2019, 2, 2), (2019, 1, 20), (2018, 12, 1), (2018, 11, 20), (2018, 11, 1), (2018, 10, 20)]
    data = dataset(
        About(as_of=DAY),
        children=[{"child_id": "C", "date_of_birth": date(2005, 1, 1)}],
        missing_episodes=[
            {"child_id": "C", "missing_from": datetime(*d, 12), "found_at": datetime(*d, 20)} for d in days
        ],
    )
    evidence = evidence_of(data, MONTH)
    episodes = episodes_of(data, evidence, MONTH)
    fact = missing_facts(data, episodes, evidence, MONTH, pd.Index(["C"])).loc["C"]
    assert (fact["episodes"], fact["earlier"]) == (1, 1)
    assert (fact["recent"], fact["prior"]) == (3, 4)


def test_a_month_keeps_two_years_of_signs_and_all_ties() -> None:
    data = dataset(
        About(as_of=DAY),
        nominals=[{"nominal_id": i} for i in "AB"],
        crimes=[
            {"crime_id": "X1", "recorded_on": date(2017, 6, 1)},
            {"crime_id": "X2", "recorded_on": date(2016, 6, 1)},
        ],
        crime_links=[{"person_id": p, "crime_id": c, "link_role": "suspect"} for c in ("X1", "X2") for p in "AB"],
    )
    over = evidence_over(data, evidence_of(data, MONTH), MONTH)
    assert over.crimes.events.tolist() == ["X1"]
    found = analyse(data, MONTH)
    assert found.network.edges == 1
    assert found.ties.frame["events"].tolist() == ["X1|X2"]
    assert found.people.frame["crimes"].tolist() == [0, 0]
    assert found.roles.frame["evidence_crimes"].tolist() == [2, 2]
    begun = analyse(data, replace(MONTH, network_from=date(2017, 1, 1)))
    assert begun.ties.frame["events"].tolist() == ["X1"]
    assert begun.network_from == date(2017, 1, 1)


def test_a_record_after_the_day_is_in_neither() -> None:
    data = dataset(
        About(as_of=DAY),
        nominals=[{"nominal_id": i} for i in "AB"],
        crimes=[{"crime_id": "X1", "recorded_on": date(2019, 4, 1)}],
        crime_links=[{"person_id": p, "crime_id": "X1", "link_role": "suspect"} for p in "AB"],
    )
    found = analyse(data, MONTH)
    assert found.network.edges == 0
    assert [(x.what, x.why, x.count) for x in found.outside] == [
        ("crimes", "after 2019-03-31, the day of judgement", 1)
    ]
