"""One row per group: what it is and what is linked to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence, Incidence
from ocgnet.evidence.membership import groups_on
from ocgnet.visible import shortened


def groups_of(
    dataset: Dataset,
    evidence: Evidence,
    roles_frame: pd.DataFrame,
    children_frame: pd.DataFrame,
    names: Mapping[str, str],
    ocgs: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return the groups that were mapped and not archived on the analysis date.

    ``ocg_id``, ``name``, ``status``, ``primary_crime_type``, ``commodity`` (as recorded, blank when not),
    ``members``, ``suggested_principals`` (ids with names, separated by ``|``), ``children`` (under 18 with a
    parent, step-parent or guardian in the group), ``crimes`` and ``reports`` (linked to at least one member, each
    once). Sorted by id, limited to ``ocgs`` where any are named; a group that memberships name and the table
    ``ocgs`` does not list is there too. An event or child of two groups counts in both, so columns do not add up to
    totals.
    """
    m = evidence.memberships
    live = set(groups_on(dataset, evidence.period.as_of)) | set(m.ocg.tolist())
    ids = pd.Index(sorted(live & set(ocgs) if ocgs else live), dtype=object)
    t = dataset["ocgs"]
    recorded = pd.DataFrame(
        {n: t[n].to_pylist() for n in ("name", "status", "primary_crime_type", "commodity")},
        index=pd.Index(t["ocg_id"].to_pylist(), dtype=object),
        dtype=object,
    ).reindex(ids)
    group = ids.get_indexer(m.ocg.tolist())
    person, group = m.person[group >= 0], group[group >= 0]
    principals = roles_frame[roles_frame["suggested_role"] == "principal"]
    by_group = principals.groupby("ocg_id")["nominal_id"].agg(list).to_dict()
    children = children_frame["family_ocgs"].str.split("|").explode()
    frame = pd.DataFrame(
        {
            "ocg_id": ids,
            **{n: recorded[n].where(recorded[n].notna(), "").map(shortened).to_numpy() for n in recorded},
            "members": np.bincount(group, minlength=len(ids)),
            "suggested_principals": [
                "|".join(f"{i} {names.get(i, '')}".strip() for i in sorted(by_group.get(g, ()))) for g in ids
            ],
            "children": children.value_counts().reindex(ids, fill_value=0).to_numpy(),
            "crimes": _events(evidence.crimes, person, group, len(ids)),
            "reports": _events(evidence.reports, person, group, len(ids)),
        }
    )
    return frame.astype(dict.fromkeys(("ocg_id", *recorded, "suggested_principals"), "str"))


def _events(incidence: Incidence, person: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Return per group how many events link at least one of its members."""
    members = pd.DataFrame({"person": person, "group": group})
    links = pd.DataFrame({"person": incidence.person, "event": incidence.event})
    pairs = links.merge(members, on="person")[["group", "event"]].drop_duplicates()
    return np.bincount(pairs["group"].to_numpy(dtype=np.int64), minlength=groups)
