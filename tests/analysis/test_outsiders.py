"""People of no group who stand above the principals of one, and the order where no group is recorded: on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from made_records import table
from network_samples import network, star

from ocgnet.dataset import Dataset
from ocgnet.main_job import analyse
from ocgnet.settings import Settings
from ocgnet.views.words import findings

pytestmark = pytest.mark.long

FEW = Settings(resamples=20, as_of=date(2019, 3, 31))

HUB = [*star("X", "ABCDEF"), ("A", "B"), ("A", "G"), ("Y", "F")]
"""X ties everybody together; of the members A to D, A has three ties and the others fewer. Y hangs on F alone."""


def with_people(data: Dataset, **columns: dict[str, object]) -> Dataset:
    """Set cells of ``nominals``, as {column: {id: value}}."""
    rows = data["nominals"].to_pylist()
    for name, values in columns.items():
        rows = [r | ({name: values[r["nominal_id"]]} if r["nominal_id"] in values else {}) for r in rows]
    return Dataset.of({**data.tables, "nominals": table("nominals", rows)}, data.about)


def test_a_hub_that_no_group_records_is_set_against_the_principals():
    found = analyse(network(HUB, {"G1": "ABCD"}), FEW)
    roles = found.roles.frame.set_index("nominal_id")
    # A alone is suggested principal: one in five of four.
    assert roles.index[roles["suggested_role"] == "principal"].tolist() == ["A"]
    frame = found.outside_but_tied.frame
    [row] = frame.to_dict("records")
    assert (row["nominal_id"], row["ocg_id"], row["ties"], row["tied_to"]) == ("X", "G1", 4, "A|B|C|D")
    assert row["position_score"] == roles.loc["X", "position_score"] > roles.loc["A", "position_score"]
    assert row["principal_score"] == roles.loc["A", "position_score"]
    assert not row["review_overdue"]
    assert row["because"].startswith("Not recorded in this group, nor in any on the date. Tied to 4 of 4 members of G1")
    assert "above its principals" in findings.outside(found)
    assert "1 of 5 nominals without a group (20%) is tied to" in findings.outside(found)
    assert findings.outside(found) in findings.findings(found)
    # Suggested is what it was: no group, and no role.
    assert roles.loc["X", "suggested_role"] == "no group"
    assert found.highest_positions.frame.empty


def test_fewer_ties_than_asked_for_and_lower_positions_are_not_listed():
    assert analyse(network(HUB, {"G1": "ABCD"}), replace(FEW, outsider_ties=5)).outside_but_tied.frame.empty
    # With the hub a member of it nobody outside stands above.
    assert analyse(network(HUB, {"G1": "ABCX"}), FEW).outside_but_tied.frame.empty


def test_a_member_of_another_group_is_no_outsider():
    assert analyse(network(HUB, {"G1": "ABCD", "G2": "X"}), FEW).outside_but_tied.frame.empty


def test_recorded_principals_count_where_none_is_suggested():
    # Two members: no suggestion. B is recorded as principal and stands below A; X stands above both, A above B.
    edges = [*star("A", "BCDEF"), ("X", "B"), ("X", "G"), ("X", "H"), ("X", "I")]
    recorded = analyse(network(edges, {"G1": "AB"}, {"B": "principal"}), FEW)
    score = recorded.roles.frame.set_index("nominal_id")["position_score"]
    assert score["A"] > score["X"] > score["B"]
    [row] = recorded.outside_but_tied.frame.to_dict("records")
    assert (row["nominal_id"], row["principal_score"], row["tied_to"]) == ("X", score["B"], "B")
    assert "the highest of its recorded principals" in row["because"]
    # Without a recorded principal the first of the group is what counts, and X does not stand above A.
    assert analyse(network(edges, {"G1": "AB"}), FEW).outside_but_tied.frame.empty


def test_nobody_under_18_is_listed_and_they_are_counted():
    young = with_people(network(HUB, {"G1": "ABCD"}), date_of_birth={"X": date(2001, 4, 1)})
    found = analyse(young, FEW)
    assert found.outside_but_tied.frame.empty
    [told] = [n for n in found.notes if "under 18" in n]
    assert told.startswith("1 person under 18")
    of_age = with_people(network(HUB, {"G1": "ABCD"}), date_of_birth={"X": date(2001, 3, 31)})
    assert len(analyse(of_age, FEW).outside_but_tied.frame) == 1


def test_an_overdue_record_takes_no_part_unless_asked_for_and_is_marked_then():
    late = with_people(network(HUB, {"G1": "ABCD"}), review_due={"X": date(2019, 3, 30)})
    left_out = analyse(late, FEW)
    assert left_out.outside_but_tied.frame.empty
    assert any("overdue" in x.why or "review" in x.why for x in left_out.left_out)
    [row] = analyse(late, replace(FEW, include_overdue=True)).outside_but_tied.frame.to_dict("records")
    assert row["review_overdue"]
    assert "The review of this record is overdue." in row["because"]


def test_without_memberships_there_is_a_ranked_list_and_no_principal():
    # Ten people: a fifth are two. X has six ties; A and F come next, and A has more ties among others.
    found = analyse(network(HUB), FEW)
    frame = found.highest_positions.frame
    assert frame["nominal_id"].tolist() == ["X", "A"]
    assert frame["rank"].tolist() == [1, 2]
    assert frame["of"].tolist() == [9, 9]
    assert frame["stability"].between(0, 1).all()
    assert found.outside_but_tied.frame.empty
    told = findings.roles(found)
    assert told.startswith(
        "No membership holds on the date, so nobody is called principal. Highest positions: 2 of 9 people"
    )
    assert set(found.roles.frame["suggested_role"]) == {"no group"}
    assert not found.snapshots.frame["suggested_role"].eq("principal").any()


def test_the_order_of_the_rows_changes_nothing():
    one, other = (analyse(network(edges, {"G1": "ABCD"}), FEW) for edges in (HUB, HUB[::-1]))
    assert one.outside_but_tied.frame.equals(other.outside_but_tied.frame)
