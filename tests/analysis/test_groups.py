"""The overview of groups, worked by hand."""

from __future__ import annotations

import pandas as pd
from made_records import dataset, small_county

from ocgnet.analysis.children.linked_children import linked_children
from ocgnet.analysis.groups import groups_of
from ocgnet.evidence.evidence import evidence_of
from ocgnet.settings import Settings

QUICK = Settings()


def roles(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["nominal_id", "ocg_id", "suggested_role"])


def test_groups_worked_by_hand():
    data = small_county()
    evidence = evidence_of(data, QUICK)
    children = linked_children(data, evidence, data.names, QUICK)
    suggested = roles(("B", "G2", "principal"), ("A", "G2", "principal"), ("A", "G1", "peripheral"))
    found = groups_of(data, evidence, suggested, children.table.frame, {"A": "Ann"})
    assert list(found.columns) == [
        "ocg_id", "name", "status", "primary_crime_type", "commodity", "members", "suggested_principals", "children",
        "crimes", "reports",
    ]  # fmt: skip
    assert found[
        ["ocg_id", "members", "suggested_principals", "children", "crimes", "reports"]
    ].to_numpy().tolist() == [
        ["G1", 1, "", 2, 1, 0],
        ["G2", 2, "A Ann|B", 2, 1, 0],
        ["G3", 1, "", 0, 1, 0],  # the sibling is no parent
    ]
    limited = groups_of(data, evidence, suggested, children.table.frame, {}, ("G3",))
    assert limited["ocg_id"].tolist() == ["G3"]


def test_groups_that_only_memberships_name_are_there():
    data = dataset(nominals=[{"nominal_id": "A"}], memberships=[{"nominal_id": "A", "ocg_id": "Z"}])
    evidence = evidence_of(data, QUICK)
    children = linked_children(data, evidence, {}, QUICK)
    found = groups_of(data, evidence, roles(), children.table.frame, {})
    assert found[["ocg_id", "name", "members", "children"]].to_numpy().tolist() == [["Z", "", 1, 0]]
