"""Things in the chart: drawn when asked for, who used them when, and the numbers that nobody is known to use."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ocgnet.analysis.things.drawn import things_drawn
from ocgnet.dataset import Dataset
from ocgnet.evidence.thing_use import thing_use
from ocgnet.settings import Settings
from ocgnet.views.chart import chart_html, chart_payload

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def records(small):
    """Three members of one group and a stranger; a phone each, a car of two, a number that nobody is known to use."""
    roles = small.roles.frame
    group = roles["ocg_id"].value_counts().index[0]
    one, two, three = sorted(roles[roles["ocg_id"] == group]["nominal_id"])[:3]
    links = [
        (one, "T1", "user", None), (two, "T2", "user", None), (three, "T3", "user", None), (one, "V1", "keeper", None),
        (two, "V1", "user", "suspected"), ("STRANGER", "V1", "user", None),
    ]  # fmt: skip
    calls = [
        ("T9", "T1", "2018-05-01T10:00", 3), ("T1", "T9", "2018-05-01T11:00", None),
        ("T9", "T2", "2018-07-02T00:00", 1), ("T2", "T1", "2018-07-03T12:00", None),
        ("T3", "ELSEWHERE", "2018-07-03T12:00", None),
        ("T9", "T1", "2031-01-01T10:00", 50),
    ]  # fmt: skip
    return group, (one, two, three), Dataset.of(
        {
            "nominals": pa.table({"nominal_id": [one, two, three]}),
            "people": pa.table({"person_id": ["STRANGER"]}),
            "ocgs": pa.table({"ocg_id": [group]}),
            "things": pa.table(
                {
                    "thing_id": ["T1", "T2", "T3", "T9", "V1", "ELSEWHERE", "UNUSED"],
                    "kind": ["phone"] * 4 + ["vehicle", "phone", "address"],
                    "label": [None, None, None, None, HOSTILE, None, None],
                    "number": ["07700 900001", "07700 900002", "07700 900003", "07700 900009", None, None, None],
                    "registration": [None] * 4 + ["ZZ01 ZZZ", None, None],
                }
            ),
            "thing_links": pa.table(
                {
                    "person_id": [x[0] for x in links],
                    "thing_id": [x[1] for x in links],
                    "relation": [x[2] for x in links],
                    "confidence": [x[3] for x in links],
                    "from_date": [date(2018, 4, 10)] * 6,
                }
            ),
            "communications": pa.table(
                {
                    "from_thing": [x[0] for x in calls],
                    "to_thing": [x[1] for x in calls],
                    "at": pa.array([datetime.fromisoformat(x[2]) for x in calls], pa.timestamp("s")),
                    "count": pa.array([x[3] for x in calls], pa.int64()),
                }
            ),
            "group_things": pa.table({"ocg_id": [group], "thing_id": ["V1"]}),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def drawn(records):
    group, people, dataset = records
    leads = pd.DataFrame(
        [(group, "T9", 1, "In touch with two members."), (group, "ELSEWHERE", 99, "Far down.")],
        columns=["ocg_id", "thing_id", "rank", "because"],
    )
    use = thing_use(dataset, Settings())
    return things_drawn(dataset, use, np.array(people, object), date(2019, 3, 31), leads)


def test_what_is_drawn_on_paper(drawn, records):
    _, (one, two, three), _ = records
    things = drawn.things.set_index("thing_id")
    assert list(things.index) == ["T1", "T2", "T3", "T9", "V1"], "of people, of groups, and central to groups; no other"
    # T9: 3 + 1 with T1 and 1 with T2; the fifty of 2031 lie after the day of judgement.
    assert things["calls"].to_dict() == {"T1": 5, "T2": 2, "T3": 1, "T9": 5, "V1": 0}
    assert things["others"].to_dict() == {"T1": 0, "T2": 0, "T3": 0, "T9": 0, "V1": 1}
    assert things["identifier"].to_dict()["V1"] == "ZZ01 ZZZ"
    assert set(zip(drawn.links["thing_id"], drawn.links["nominal_id"], drawn.links["confidence"], strict=True)) == {
        ("T1", one, "recorded"), ("T2", two, "recorded"), ("T3", three, "recorded"), ("V1", one, "recorded"),
        ("V1", two, "suspected"),
    }  # fmt: skip
    contacts = {(a, b): (n, d) for a, b, n, d in drawn.contacts[["thing_a", "thing_b", "times", "days"]].to_numpy()}
    assert contacts == {("T1", "T2"): (1, 1), ("T1", "T9"): (4, 1), ("T2", "T9"): (1, 1)}
    months = {(t, m): n for t, m, n in drawn.months.to_numpy()}
    assert months[("T9", "2018-05")] == 4
    assert months[("T9", "2018-07")] == 1
    assert drawn.unattributed["thing_id"].tolist() == ["T9"]


def test_a_call_shortly_after_midnight_of_the_last_day_comes_after_the_day_of_judgement(records):
    """Half past eleven of 30 June in universal time is July in London: after the day, and in the month that follows."""
    _, people, dataset = records
    late = (
        dataset["communications"]
        .slice(0, 1)
        .set_column(2, "at", pa.array([datetime(2018, 6, 30, 23, 30)], pa.timestamp("s")))
    )
    made = dataset.changed({"communications": late}, [])
    use = thing_use(made, Settings())
    for day, months in (date(2018, 6, 30), []), (date(2018, 7, 1), [["T1", "2018-07"]]):
        drawn = things_drawn(made, use, np.array(people, object), day, pd.DataFrame())
        assert drawn.months[["thing_id", "month"]].to_numpy().tolist() == months


def test_without_things_nothing_is_drawn(small):
    empty = things_drawn(
        Dataset.of({}), thing_use(Dataset.of({}), Settings()), np.zeros(0, object), None, pd.DataFrame()
    )
    assert not len(empty.things)
    payload = chart_payload(small)
    assert payload["things"]["id"] == []
    assert payload["thing_links"] == payload["unattributed"] == []


@pytest.fixture(scope="module")
def page(small, drawn, tmp_path_factory):
    path = tmp_path_factory.mktemp("things") / "page.html"
    path.write_bytes(chart_html(chart_payload(replace(small, things=drawn))).encode())
    return path


def shown(browser, kind):
    return {m["key"] for m in browser.run("return ocgnetChart.shown()") if m["type"] == kind}


@pytest.mark.browser
def test_people_come_first_and_things_when_asked_for(browser, page, records):
    group, people, _ = records
    browser.open(page, f"view=box&of=b:ocg:{group}&events=off")
    assert shown(browser, "thing") == set()
    assert "5 things, 1 shared, not drawn" in browser.driver.find_element("id", "finding").text
    browser.run("document.getElementById('things').click()")
    assert shown(browser, "thing") == {"h:T1", "h:T2", "h:T3", "h:T9", "h:V1"}
    dashes = browser.run("return ocgnetChart.dashes()")
    assert {k: v for k, v in dashes.items() if k.startswith("h:V1")} == {
        f"h:V1>p:{people[0]}": "solid", f"h:V1>p:{people[1]}": "dashed"
    }  # fmt: skip
    assert {k: v for k, v in dashes.items() if k.startswith("h:T9")} == {
        f"h:T9>p:{people[0]}": "dotted", f"h:T9>p:{people[1]}": "dotted"
    }  # fmt: skip


@pytest.mark.browser
def test_from_a_group_to_the_number_that_matters_most_in_three_clicks(browser, page, records):
    group, *_ = records
    browser.open(page, "view=overview")
    # One: the group. Two: the first of its unattributed numbers. The panel then says why.
    browser.run(
        f"[...document.querySelectorAll('#shown button')].find((b) => b.textContent.includes('{group} ')).click()"
    )
    browser.run("document.querySelector('#panel .things button').click()")
    text = browser.driver.find_element("id", "panel").text
    assert "Who is this?" in text
    assert "In touch with two members." in text
    assert "4 times on 1 day, 01/05/2018" in text
    assert "Calls and messages" in text
    assert "h:T9" in shown(browser, "thing"), "what is chosen is drawn"


@pytest.mark.browser
def test_a_thing_opens_with_its_users_and_its_words_stay_words(browser, page, records):
    _, people, _ = records
    browser.open(page, f"view=ego&of=p:{people[0]}&sel=h:V1&things=on")
    text = browser.driver.find_element("id", "panel").text
    assert HOSTILE in text
    assert "since 10/04/2018 · suspected" in text
    assert "1 person not drawn" in text
    assert browser.run("return document.querySelectorAll('#panel img').length") == 0
    browser.run("document.getElementById('tab-table').click()")
    assert "Things shown" in browser.driver.find_element("id", "table").text
