"""What a tasking meeting sees: why, what changed since the last and why, gaps, overdue actions, who has what."""

from __future__ import annotations

import json
from datetime import date

import pytest
from priority_records import PAPER, records, score, table

from ocgnet.analysis.response.priorities import prioritise
from ocgnet.analysis.response.priority_schemes import scheme_from, shipped_scheme
from ocgnet.analysis.response.tasking import capability_of, previous_of, tasking_of
from ocgnet.errors import UsageError
from ocgnet.views.priorities.ranked import document, json_of
from ocgnet.views.priorities.tasking_page import tasking_html

LATE = date(2020, 11, 1)


def made(dataset, kind="group", last=None, scheme=None):
    priorities = prioritise(dataset, scheme or shipped_scheme(), kinds=(kind, "threat") if kind == "group" else (kind,))
    ranking = priorities.rankings[kind]
    compared = None if last is None else previous_of(last, ranking, "last.json")
    return priorities, tasking_of(dataset, priorities, kind, compared)


def last_of(dataset, kind="group", scheme=None):
    priorities, _ = made(dataset, kind, scheme=scheme)
    return json.loads(json_of(priorities, "MARKED", "run1"))


def entry(tasking, subject):
    return next(e for e in tasking.entries if e.row["subject_id"] == subject)


def test_a_change_names_the_component_and_the_new_score_or_record():
    before = records(scores=table("scores", score("community", 1, date(2020, 1, 1))))
    links = [*records()["crime_links"].to_pylist(), {"person_id": "N3", "crime_id": "C1", "link_role": "suspect"}]
    after = records(
        scores=table(
            "scores",
            score("community", 1, date(2020, 1, 1)),
            score("community", 3, date(2020, 12, 1), by="DI Two"),
            score("capability", 2, date(2020, 12, 2), subject="G2"),
        ),
        crime_links=table("crime_links", *links),
    )
    _, page = made(after, last=last_of(before))
    one, two = entry(page, "G1"), entry(page, "G2")
    # N3 of G2 is now linked to C1 as well: G1 reaches one nominal still, by two crimes.
    assert one.changes == ("community 1 to 3: DI Two, 2020-12-01",)
    assert "capability unknown to 2: DI One, 2020-12-02" in two.changes
    # C4 has no code, so it may have hurt somebody: until now that was not known.
    assert "physical unknown to 3: severity 7,973 of crimes" in two.changes
    assert "forecast 2 to 4: severity 65.8 times that before, was severity as before" in two.changes
    assert (one.before, two.before) == (1, 2)


def test_the_same_records_change_nothing():
    _, page = made(records(), last=last_of(records()))
    assert all(e.changes == () and e.before == e.row["rank"] for e in page.entries)
    assert (page.left, page.gone) == ((), 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": "0"}, "it was scored by ocgnet-priorities, version 0, which is not converted"),
        ({"scheme_fingerprint": "x"}, "has changed since without a new version"),
        ({"rankings": {"person": {"subjects": []}}}, "it did not rank any group"),
    ],
)
def test_another_scheme_is_not_compared(change, why):
    _, page = made(records(), last=last_of(records()) | change)
    assert why in page.previous.why_not
    assert all(e.before is None and e.changes == () for e in page.entries)


@pytest.mark.parametrize("change", [{"rankings": None}, {"run_id": None, "rankings": {"group": {"subjects": [{}]}}}])
def test_a_document_of_something_else_is_refused(change):
    with pytest.raises(UsageError, match=r"last.json is no ranking that ocgnet prioritise tasking wrote"):
        made(records(), last=last_of(records()) | change)


def test_whoever_is_not_ranked_any_more_is_counted_and_not_named():
    everybody = last_of(records(), "person")
    fewer = records(
        nominals=table("nominals", *(r for r in records()["nominals"].to_pylist() if r["nominal_id"] != "N2"))
    )
    priorities, page = made(fewer, "person", everybody)
    assert (page.left, page.gone) == ((), 1)
    html = tasking_html(fewer, priorities, page, "run2").partition("<body>")[2]
    assert "N2" not in html
    assert "1 of them not ranked any more" in html


def test_gaps_overdue_and_what_is_not_known():
    action = {"strand": "pursue", "action": "x", "due_on": LATE, "status": "open"}
    dataset = records(
        plans=table("plans", {"plan_id": "P1", "subject_kind": "group", "subject_id": "G1"}),
        plan_actions=table(
            "plan_actions",
            action | {"action_id": "A1", "plan_id": "P1", "agency": "housing"},
            action | {"action_id": "A2", "nominal_id": "N1"},
        ),
    )
    priorities, page = made(dataset)
    assert entry(page, "G1").gaps == ("no lead officer",)
    assert entry(page, "G2").gaps == ("unknown: physical", "no plan")
    assert [(a.action_id, a.subject_id, a.agency, a.days) for a in page.overdue] == [("A1", "G1", "housing", 60)]
    assert page.overdue_others == 1
    assert (entry(page, "G1").overdue, entry(page, "G2").overdue) == (1, 0)
    assert page.gaps[-2:] == ("1 of 2 without a lead officer", "1 of 2 without a plan")
    assert page.unknown == ("no table services", "no table disruptions", "no table activities", "no table scores")
    html = tasking_html(dataset, priorities, page, "run1")
    assert "A1 about G1, housing: due 01/11/2020, 60 days ago" in html
    assert "1 action about these groups overdue; 1 more about others, not listed here." in html
    _, without = made(records())
    assert without.overdue is None
    assert "Not known: no table plan_actions." in tasking_html(records(), made(records())[0], without, "run1")


def test_who_has_what_counts_an_agency_once_an_event_however_it_is_written():
    dataset = records(
        services=table(
            "services",
            {"service_id": "S1", "name": "Harbour team", "agency": "Council", "district": "Eastmere"},
            {"service_id": "S2", "name": "Youth team", "agency": "council"},
            {"service_id": "S3", "name": "Helpline"},
        ),
        disruptions=table(
            "disruptions",
            *({"disruption_id": f"D{k}", "ocg_id": "G1", "happened_on": on, "level": "major", "strand": "pursue",
               "lead_agency": "police", "partners": partners}
              for k, (on, partners) in enumerate([(LATE, "COUNCIL|council | Police"), (date(2019, 1, 1), "housing")])),
        ),
        activities=table("activities", {"activity_id": "V1", "happened_on": LATE, "agencies": "council|housing"}),
    )  # fmt: skip
    told = capability_of(dataset, made(dataset)[0].period)
    assert [(c.agency, c.services, c.disruptions, c.activities) for c in told] == [
        ("council", ("Harbour team (Eastmere)", "Youth team"), 1, 1),
        ("Police", (), 1, 0),
        ("housing", (), 0, 1),
        ("", ("Helpline",), 0, 0),
    ]


def test_reasons_are_the_components_that_add_most():
    own = scheme_from(PAPER.format(top="").encode(), "paper.toml")
    rows = [
        score(c, v, date(2020, 6, 1)) | {"scheme": "paper", "version": "2"} for c, v in (("a", 1), ("b", 4), ("c", 0))
    ]
    _, page = made(records(scores=table("scores", *rows)), scheme=own)
    # b adds 4/4 · ⅓ · ¾ = 25 points, a ¼ · ⅔ · ¾ = 12.5, c nothing.
    assert entry(page, "G1").because == ("b 4: DI One, 2020-06-01", "a 1: DI One, 2020-06-01")


def test_the_page_is_a_function_of_the_answers_and_tells_the_threats():
    dataset = records(threats=table("threats", {"threat_id": "X1", "name": "The <b>line</b>", "kind": "county_line"}))
    priorities, page = made(dataset)
    html = tasking_html(dataset, priorities, page, "run1")
    assert html == tasking_html(dataset, *made(dataset), "run1")
    assert "1 threat on a page of their own, first: X1 The &lt;b&gt;line&lt;/b&gt;" in html
    assert document(priorities, "M", "r")["rankings"]["threat"]["ranked"] == 1
