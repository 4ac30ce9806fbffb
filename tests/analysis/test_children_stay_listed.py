"""No linked child falls off the list because a review is overdue, a membership ended or a group was archived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from made_records import FIXTURES, dataset, folder

from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.analysis.children.not_counted import not_counted
from ocgnet.analysis.figures import figures_of
from ocgnet.dataset import About, Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.evidence.membership import memberships_off
from ocgnet.main_job import analyse
from ocgnet.settings import Settings

pytestmark = pytest.mark.long

DAY = date(2019, 3, 31)
ABOUT = About(as_of=DAY, period_from=date(2018, 4, 1), period_to=DAY)
BORN, ADULT = date(2008, 6, 1), date(2001, 3, 31)


def case(**more) -> Dataset:
    """Seven parents of one child each: the child of N1 is C1, and so on.

    N1 is a member and overdue, N2 a member; N3 left on 31/12/2018, N4's group was archived on 01/02/2019, N5 joins
    in May, N6 is in no group, P7 is no nominal. C8 is 18, C9 the brother of N2, C10 in a report graded E with N2.
    """
    family = [(f"N{i}", f"C{i}", "parent") for i in range(1, 7)]
    family += [("P7", "C7", "guardian"), ("N2", "C8", "parent"), ("N2", "C9", "sibling")]
    tables = {
        "people": [{"person_id": "P7"}],
        "nominals": [{"nominal_id": f"N{i}", "review_due": date(2019, 1, 15) if i == 1 else None} for i in range(1, 7)],
        "ocgs": [{"ocg_id": "G1", "status": "active"},
                 {"ocg_id": "G2", "status": "archived", "archived_on": date(2019, 2, 1)}],
        "memberships": [
            {"nominal_id": "N1", "ocg_id": "G1", "role": "principal"},
            {"nominal_id": "N2", "ocg_id": "G1"},
            {"nominal_id": "N3", "ocg_id": "G1", "to_date": date(2018, 12, 31)},
            {"nominal_id": "N4", "ocg_id": "G2"},
            {"nominal_id": "N5", "ocg_id": "G1", "from_date": date(2019, 5, 1)},
        ],
        "children": [{"child_id": f"C{i}", "date_of_birth": ADULT if i == 8 else BORN} for i in range(1, 11)],
        "family_links": [{"adult_id": a, "child_id": c, "relationship": r} for a, c, r in family],
        "intel_reports": [{"report_id": "R1", "reported_on": date(2018, 10, 1), "grading_scheme": "3x5x2",
                           "source_grade": "1", "intelligence_grade": "E", "handling_code": "P"}],
        "intel_links": [{"person_id": p, "report_id": "R1"} for p in ("N2", "C10")],
    }  # fmt: skip
    return dataset(ABOUT, **(tables | more))


def why(data: Dataset, child: str, asked: Settings | None = None) -> list[tuple[str, str, bool]]:
    asked = asked or Settings()
    return [(n.nominal_id, n.why, n.listed) for n in not_counted(data, evidence_of(data, asked), asked, child)]


def test_who_is_listed_and_with_which_fact():
    found = safeguard(case())
    frame = found.table.frame.set_index("child_id")
    assert sorted(frame.index) == ["C1", "C2", "C9"]
    assert frame.loc["C1", "overdue"] == "the parent's record is overdue for review since 2019-01-15"
    assert frame.loc[["C2", "C9"], "overdue"].tolist() == ["", ""]
    assert (found.family["child_id"].nunique(), found.only_overdue, found.were_linked) == (2, 1, 2)
    assert found.members == 2
    ended = found.tables["child_links_ended"].frame
    assert ended[["child_id", "nominal_id", "ocg_id", "why", "until", "linked_now"]].to_numpy().tolist() == [
        ["C3", "N3", "G1", "the membership ended", pd.Timestamp("2018-12-31"), False],
        ["C4", "N4", "G2", "the group was archived", pd.Timestamp("2019-02-01"), False],
    ]
    assert ended["says"][0] == "was linked until 2018-12-31: the membership ended (N3 in G1)"


def test_the_figures_count_the_overdue_and_keep_what_is_over_apart():
    figures = analyse(case(), Settings(resamples=0, null_draws=100, bootstrap_draws=100)).figures
    assert {n: figures[n].value for n in figures if n.startswith(("children", "parents"))} == {
        "parents": 2, "parents_ocgs": 1, "parents_principal": 1, "parents_significant": 0, "parents_peripheral": 0,
        "parents_not_assessed": 1, "children": 2, "children_only_overdue": 1, "children_were_linked": 2,
        "children_other_bases": 1,
        # C1, C2 and C9 stand in one band each way: nothing is known of them, and no adult reaches 5 points.
        "children_apart_by_child": 0, "children_apart_by_adults": 0,
    }  # fmt: skip
    assert (figures["children_apart_by_child"].numerator, figures["children_apart_by_child"].denominator) == (0, 3)
    # Two parents of two members: N1 is overdue and stands on both sides of the share.
    assert (figures["parents"].numerator, figures["parents"].denominator) == (2, 2)


@pytest.mark.parametrize(
    ("child", "said"),
    [
        ("C1", []),
        ("C3", [("N3", "was linked until 2018-12-31: the membership ended (N3 in G1)", False)]),
        ("C4", [("N4", "was linked until 2019-02-01: the group was archived (N4 in G2)", False)]),
        ("C5", [("N5", "is linked from 2019-05-01: the membership begins later (N5 in G1)", False)]),
        ("C6", [("N6", "no membership of a group is recorded", False)]),
        ("C7", [("P7", "not a nominal on record", False)]),
        ("C8", [("N2", "C8 is 18 on 2019-03-31, so no child any more (born 2001-03-31)", False)]),
        ("C9", [("N2", "counts in the list, not in the headline: sibling is none of parent, step-parent and guardian",
                 True)]),
        ("C10", [("N2", "its report is graded outside 'usable'", False)]),
    ],
)  # fmt: skip
def test_each_link_that_does_not_count_is_named_with_its_reason(child, said):
    assert why(case(), child) == said


def test_a_limit_to_groups_says_what_it_leaves_out():
    data = case(memberships=[{"nominal_id": "N1", "ocg_id": "G1"}, {"nominal_id": "N2", "ocg_id": "G3"}],
                ocgs=[{"ocg_id": g, "status": "active"} for g in ("G1", "G3")])  # fmt: skip
    asked = Settings(ocgs=("G1",))
    assert safeguard(data, asked).table.frame["child_id"].tolist() == ["C1"]
    assert why(data, "C2", asked) == [("N2", "N2 is a member of G3, which --ocg leaves out", False)]


def test_events_outside_the_period_and_roles_that_do_not_count_are_named():
    crimes = [{"crime_id": "K1", "recorded_on": date(2017, 1, 1)}, {"crime_id": "K2", "recorded_on": date(2018, 9, 1)},
              {"crime_id": "K3"}]  # fmt: skip
    links = [("N2", "K1", "suspect"), ("N2", "K2", "victim"), ("N2", "K3", "suspect")]
    links += [("C6", k, "victim") for k in ("K1", "K2", "K3")]
    data = case(crimes=crimes, crime_links=[{"person_id": p, "crime_id": k, "link_role": r} for p, k, r in links])
    assert [w for n, w, _ in why(data, "C6") if n == "N2"] == [
        "dated 2017-01-01, outside 2018-04-01 to 2019-03-31",
        "N2 stands in K2 as victim only, and links count as " + " or ".join(Settings().link_roles),
        "the record has no date, so it is in no period",
    ]


def test_a_report_under_handling_conditions_is_counted_and_never_named():
    report = {"report_id": "SECRET", "reported_on": date(2018, 10, 1), "grading_scheme": "3x5x2", "source_grade": "1"}
    data = case(intel_reports=[report | {"intelligence_grade": "E", "handling_code": "C"}],
                intel_links=[{"person_id": p, "report_id": "SECRET"} for p in ("N2", "C10")])  # fmt: skip
    found = not_counted(data, evidence_of(data, Settings()), Settings(), "C10")
    assert [(n.nominal_id, n.record, n.why) for n in found] == [("N2", "", "its report is graded outside 'usable'")]
    late = report | {"intelligence_grade": "A", "handling_code": "C", "review_due": date(2019, 1, 1)}
    listed = safeguard(case(intel_reports=[late], intel_links=data["intel_links"].to_pylist()))
    row = listed.table.frame.set_index("child_id").loc["C10"]
    assert row["overdue"] == "a report is overdue for review since 2019-01-01"
    assert "SECRET" not in "".join(t.frame.to_csv() for t in listed.all_tables.values())


def test_the_last_end_of_several_rows_stands_and_a_row_that_holds_makes_none():
    rows = [
        {"nominal_id": "A", "ocg_id": "G", "from_date": date(2015, 1, 1), "to_date": date(2016, 1, 1)},
        {"nominal_id": "A", "ocg_id": "G", "from_date": date(2017, 1, 1), "to_date": date(2018, 1, 1)},
        {"nominal_id": "B", "ocg_id": "G", "from_date": date(2015, 1, 1), "to_date": date(2016, 1, 1)},
        {"nominal_id": "B", "ocg_id": "G", "from_date": date(2017, 1, 1)},
        {"nominal_id": "C", "ocg_id": "H", "to_date": date(2018, 1, 1)},
        {"nominal_id": "D", "ocg_id": "H", "to_date": DAY},
        {"nominal_id": "E", "ocg_id": "I"},
    ]
    groups = [{"ocg_id": "G"}, {"ocg_id": "H", "archived_on": date(2018, 6, 1)}, {"ocg_id": "I", "status": "archived"}]
    off = memberships_off(dataset(memberships=rows, ocgs=groups), DAY)
    assert off[["nominal_id", "why", "on"]].astype(object).to_numpy().tolist()[:3] == [
        ["A", "the membership ended", pd.Timestamp("2018-01-01")],
        ["C", "the membership ended", pd.Timestamp("2018-01-01")],
        ["D", "the group was archived", pd.Timestamp("2018-06-01")],
    ]
    assert off.loc[3, ["nominal_id", "why"]].tolist() == ["E", "the group was archived"]
    assert pd.isna(off.loc[3, "on"])


def overdue(data: Dataset, chosen: dict[str, set[str]]) -> Dataset:
    """Return the records with the review of some nominals and reports long past."""
    tables = {n: data[n] for n in data.given}
    for name, key in (("nominals", "nominal_id"), ("intel_reports", "report_id")):
        if name in tables:
            t = tables[name]
            days = [date(2000, 1, 1) if i in chosen[name] else d
                    for i, d in zip(t[key].to_pylist(), t["review_due"].to_pylist(), strict=True)]  # fmt: skip
            tables[name] = t.set_column(t.column_names.index("review_due"), "review_due", pa.array(days, pa.date32()))
    return Dataset.of(tables, data.about)


def test_the_county_keeps_its_41_children_when_every_parent_and_report_is_overdue():
    county = folder(FIXTURES / "county")
    before = safeguard(county)
    everything = {"nominals": set(county["nominals"]["nominal_id"].to_pylist()),
                  "intel_reports": set(county["intel_reports"]["report_id"].to_pylist())}  # fmt: skip
    late = overdue(county, everything)
    found = safeguard(late)
    asked = Settings()
    figures = figures_of(late, evidence_of(late, asked), asked, analyse_concentration(late), found)
    assert [figures[n].value for n in ("parents", "parents_ocgs", "children", "children_only_overdue")] == [
        25, 12, 41, 41,
    ]  # fmt: skip
    assert figures["parents"].denominator == 207
    same = [c for c in before.table.frame if c != "overdue"]
    kept = before.table.frame["child_id"].tolist()
    # Reports that were overdue before count again in nothing new: the list was whole already.
    pd.testing.assert_frame_equal(found.table.frame[same], before.table.frame[same])
    assert found.table.frame["child_id"].tolist() == kept
    assert (found.table.frame["overdue"] != "").all()


def analyse_concentration(data: Dataset):
    from ocgnet.analysis.concentration.concentration import concentrate

    asked = Settings(null_draws=100, bootstrap_draws=100)
    return concentrate(evidence_of(data, asked), {}, asked, None)


@given(st.sets(st.sampled_from([f"N{i}" for i in range(1, 7)])), st.booleans(), st.integers(-400, 400))
@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
def test_a_review_date_changes_nothing_but_what_is_said_of_it(late, report, shift):
    data = case()
    graded = data["intel_reports"].to_pylist()[0] | {"intelligence_grade": "A"}
    data = case(intel_reports=[graded])
    day = DAY + timedelta(days=shift)
    one = safeguard(data, Settings(as_of=day, period_from=date(2017, 1, 1), period_to=day))
    asked = Settings(as_of=day, period_from=date(2017, 1, 1), period_to=day)
    other = safeguard(overdue(data, {"nominals": late, "intel_reports": {"R1"} if report else set()}), asked)
    for name, table in one.all_tables.items():
        keep = [c for c in table.frame if c != "overdue"]
        pd.testing.assert_frame_equal(other.all_tables[name].frame[keep], table.frame[keep])
    assert replace(other, table=one.table, links=one.links, tables=one.tables, ended=one.ended).left_out == one.left_out
