"""Which reviews are overdue and why a record is kept or goes; and that a review is recorded."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

import ready
from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.audit.read import acts
from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.local_profile.profile import profile_of
from ocgnet.retention.reviews import COLUMNS, reviews_due
from ocgnet.settings import ProfileSettings, Settings
from ocgnet.store.neo4j.property_graph import dataset_of, graph_of
from things_folder import things_folder

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
DATASET = check(TINY).dataset
DAY = date(2019, 3, 31)


def test_the_tiny_fixture_worked_on_paper():
    # N10 was due on 31 January 2019 and R7 on 1 March 2019; nobody else before 31 March 2019.
    report, nominal = sorted(reviews_due(DATASET, DAY), key=lambda d: d.what, reverse=True)
    assert (report.what, report.id, report.review_due, report.overdue_days) == ("report", "R7", date(2019, 3, 1), 30)
    assert report.last_evidence == date(2018, 4, 20)
    assert report.keep == ("reported on 20/04/2018", "names 2 members of groups")
    assert report.go == ()
    assert (nominal.what, nominal.id, nominal.name, nominal.overdue_days) == ("nominal", "N10", "Jorrin Tolvander", 59)
    assert "member of no group" in nominal.go
    assert "named in no report" in nominal.go


def test_each_reason_stands_on_its_side():
    dataset = Dataset.of(
        {
            "nominals": pa.table(
                {"nominal_id": ["A", "B", "C", "D"], "name": ["An", None, "Ce", "De"],
                 "review_due": [date(2019, 1, 1), date(2018, 1, 1), date(2019, 3, 31), None]}
            ),
            "ocgs": pa.table({"ocg_id": ["G", "H"], "archived_on": [None, date(2018, 1, 1)]}),
            "memberships": pa.table(
                {"nominal_id": ["A", "B", "B"], "ocg_id": ["G", "H", "G"], "from_date": [None, None, date(2010, 1, 1)],
                 "to_date": [None, None, date(2012, 1, 1)]}
            ),
            "crimes": pa.table({"crime_id": ["K1", "K2"], "occurred_on": [date(2018, 5, 1), date(2010, 5, 1)]}),
            "crime_links": pa.table(
                {"person_id": ["A", "B", "B"], "crime_id": ["K1", "K2", "K1"],
                 "link_role": ["suspect", "convicted", "victim"]}
            ),
            "intel_reports": pa.table(
                {"report_id": ["R1", "R2"], "reported_on": [date(2019, 2, 1), date(2019, 3, 1)],
                 "grading_scheme": ["3x5x2", "3x5x2"], "source_grade": ["1", "3"], "intelligence_grade": ["A", "E"],
                 "review_due": [None, date(2019, 3, 30)]}
            ),
            "intel_links": pa.table({"person_id": ["A", "B"], "report_id": ["R1", "R2"]}),
            "children": pa.table({"child_id": ["X"]}),
            "family_links": pa.table({"adult_id": ["A"], "child_id": ["X"], "relationship": ["parent"]}),
            "plan_actions": pa.table(
                {"action_id": ["P1", "P2"], "nominal_id": ["A", "B"], "strand": ["pursue", "pursue"],
                 "action": ["x", "y"], "status": ["open", "done"]}
            ),
        }
    )  # fmt: skip
    found = {d.id: d for d in reviews_due(dataset, DAY)}
    # C is due on that very day and D never: neither is overdue.
    assert list(found) == ["B", "A", "R2"]
    assert found["A"].keep == (
        "member of G",
        "1 crime as an offender, the latest on 01/05/2018",
        "named in 1 report, 1 of them usable, the latest on 01/02/2019",
        "family of X",
        "1 open plan action",
    )
    assert found["A"].go == ()
    assert found["A"].last_evidence == date(2019, 2, 1)
    assert found["B"].keep == ()
    assert found["B"].go == (
        "member of no group",
        "1 crime as an offender, the latest on 01/05/2010",
        "named in 1 report, 0 of them usable, the latest on 01/03/2019",
        "victim or witness of 1 crime",
    )
    assert found["R2"].keep == ("reported on 01/03/2019",)
    assert found["R2"].go == (
        "none of the 1 people it names is a member of a group",
        "its source or content is graded below what analyses use",
    )


def test_no_records_have_no_reviews():
    assert reviews_due(Dataset.of({"nominals": pa.table({"nominal_id": ["A"]})}), DAY) == []


def test_due_prints_the_same_in_words_and_in_data(tmp_path):
    shown = ready.ocgnet("review", "due", "--folder", TINY, "--as-of", "2019-03-31")
    assert shown.startswith("OFFICIAL-SENSITIVE · SYNTHETIC DATA\n2 reviews are overdue on 31/03/2019.\n")
    printed = ready.run("review", "due", "--folder", TINY, "--as-of", "2019-03-31", "--format", "csv").stdout
    rows = list(csv.DictReader(printed.splitlines()))
    assert list(rows[0]) == list(COLUMNS)
    assert [r["id"] for r in rows] == ["N10", "R7"]
    assert rows[1]["reasons_to_keep"] == "reported on 20/04/2018; names 2 members of groups"


def test_a_review_that_is_done_sets_the_next_day_and_nothing_else(tmp_path, log_file):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    ready.ocgnet("review", "done", "N10", "--until", "2021-02-28", "--by", "DI A", "--reason", "prison until then",
           "--on", "31/03/2019", "--folder", place)  # fmt: skip
    ready.ocgnet("review", "done", "R7", "--report", "--until", "2021-02-28", "--by", "DI A", "--reason", "still true",
           "--on", "31/03/2019", "--folder", place)  # fmt: skip
    assert reviews_due(check(place).dataset, DAY) == []
    for name, old, new in (("nominals", "2019-01-31", "2021-02-28"), ("intel_reports", "2019-03-01", "2021-02-28")):
        before = (TINY / f"{name}.csv").read_bytes()
        assert (place / f"{name}.csv").read_bytes() == before.replace(old.encode(), new.encode())
    one, two = acts(log_file)
    assert (one.kind, one.people, one.by, one.reason) == ("review", {"N10"}, "DI A", "prison until then")
    assert one.facts == {"kept": "nominal N10", "before": "2019-01-31", "next_review": "2021-02-28", "on": "2019-03-31"}
    assert two.people == {"N02", "N03"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("N10", "--until", "2019-01-30"), "not after the review"),
        (("N10", "--until", "2019-03-31"), "not ahead"),
        (("N99", "--until", "2021-01-01"), "no person N99"),
        (("N10", "--report", "--until", "2021-01-01"), "no report N10"),
    ],
)
def test_a_review_that_makes_no_sense_is_refused(tmp_path, words, says):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    words = ("review", "done", *words, "--by", "A", "--reason", "b", "--on", "2019-03-31")
    assert says in ready.ocgnet(*words, "--folder", place, code=2)
    assert (place / "nominals.csv").read_bytes() == (TINY / "nominals.csv").read_bytes()


def test_children_victims_and_witnesses_are_reviewed_too(tmp_path):
    # C1 is N02's child, P01 the victim of K1 and K3 (crime_links.csv); neither is a nominal.
    folder = Path(shutil.copytree(TINY, tmp_path / "records"))
    for table, key, person in (("children", "child_id", "C1"), ("people", "person_id", "P01")):
        file = folder / f"{table}.csv"
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, [*rows[0], "review_due"])
            writer.writeheader()
            writer.writerows(row | {"review_due": "2019-01-01" if row[key] == person else ""} for row in rows)
    dataset = check(folder).dataset
    victims = sum(
        link == ("P01", "victim")
        for link in zip(*(dataset["crime_links"][n].to_pylist() for n in ("person_id", "link_role")), strict=True)
    )
    assert victims > 0
    by_id = {d.id: d for d in reviews_due(dataset, DAY)}
    assert (by_id["C1"].what, by_id["C1"].overdue_days) == ("child", 89)
    assert "child in the family of N02" in by_id["C1"].keep
    assert by_id["P01"].what == "person"
    assert f"victim or witness of {victims} crime{'s' if victims > 1 else ''}" in by_id["P01"].keep
    assert not by_id["P01"].go or "named in no report" in by_id["P01"].go
    # A child stays on the list; a victim's particulars leave the profile, counted.
    assert "C1" in set(safeguard(dataset).table.frame["child_id"])
    left = {(x.what, x.why): x.count for x in profile_of(dataset).left_out}
    assert left["people", "review overdue"] == 1
    assert ("people", "review overdue") not in {
        (x.what, x.why) for x in profile_of(dataset, ProfileSettings(Settings(include_overdue=True))).left_out
    }
    why = ("--by", "DC Test", "--reason", "still at risk", "--on", "2019-03-31")
    for person in ("C1", "P01"):
        ready.ocgnet("review", "done", folder, person, "--until", "2025-01-01", *why)
    assert not {"C1", "P01"} & {d.id for d in reviews_due(check(folder).dataset, DAY)}


def test_in_the_graph_a_nominals_review_is_that_of_the_nominals_record():
    # Somebody who stands as a nominal without a date and as a child with one takes part as a nominal.
    tables = {
        "nominals": pa.table({"nominal_id": ["A", "B"], "review_due": [None, date(2019, 1, 1)]}),
        "children": pa.table({"child_id": ["A", "C"], "review_due": [date(2018, 1, 1)] * 2}),
    }
    dataset = Dataset.of(tables)
    graph = graph_of(dataset)
    due = {row["_key"]: row["review_due"] for row in graph.nodes["Person"].to_pylist()}
    assert due == {"A": None, "B": date(2019, 1, 1), "C": date(2018, 1, 1)}
    assert all(dataset_of(graph)[name].equals(dataset[name]) for name in tables)


def test_things_are_reviewed_as_people_and_reports_are(tmp_path):
    folder = things_folder(tmp_path / "records")
    [found] = [d for d in reviews_due(check(folder).dataset, date(2019, 3, 31)) if d.what == "thing"]
    assert (found.id, found.name, found.overdue_days) == ("T3", "phone 07700900333", 89)
    assert found.keep == ("used by 1 member of groups", "3 calls, transfers and sightings, the latest on 08/01/2019")
    assert found.last_evidence == date(2019, 1, 8)
    by = ("--by", "DC Test", "--reason", "still in use", "--on", "2019-03-31")
    says = ready.ocgnet("review", "done", folder, "T3", "--thing", "--until", "2020-01-01", *by, cwd=tmp_path)
    assert "T3 is kept; the next review is due on 01/01/2020" in says
    assert "thing T3" not in ready.ocgnet("review", "due", folder, "--as-of", "2019-03-31", cwd=tmp_path)
