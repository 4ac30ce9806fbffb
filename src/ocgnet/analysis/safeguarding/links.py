"""Which child is linked to which OCG nominal, on what basis and by which records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ocgnet.analysis.safeguarding import link_sources as sources
from ocgnet.analysis.safeguarding.bases import BASES, Link, data_subject, path_words
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.scope import Evidence
from ocgnet.settings import Settings


def records_of(
    dataset: Dataset, evidence: Evidence, settings: Settings, children: np.ndarray, left_out: list[LeftOut]
) -> pd.DataFrame:
    """Return one row per record that links a child to an OCG nominal.

    Parameters
    ----------
    dataset, evidence, settings
        As in ``children.linked_children``.
    children : ndarray of str (object)
        Ids of everybody who counts as a child.
    left_out : list of LeftOut
        Grows by the records that take no part.

    Returns
    -------
    DataFrame
        ``child_id``, ``nominal_id``, ``basis``, ``how`` (the relationship or manner), ``verified`` (yes, no,
        unknown), ``on`` (NaT when undated), ``event`` (id of a crime or report that may be named, or blank)
        and ``record`` (how the record may be named, or blank). In no order.
    """
    m = members_of(evidence)
    nominals = pa.array(sorted(set(m["nominal_id"])), pa.string())
    young = pa.array(children, pa.string())
    found = [
        sources.own_memberships(m, young),
        sources.family(dataset, evidence, settings, nominals, young, left_out),
        *sources.associations(dataset, evidence, settings, nominals, young),
        sources.missing(dataset, evidence, nominals, young),
        sources.stops(dataset, evidence, nominals, young),
        sources.crimes(dataset, evidence, young),
        sources.reports(dataset, evidence, young),
    ]
    rows = pd.concat([f for f in found if len(f)] or [sources.frame_of()], ignore_index=True)
    own = rows["basis"] == "own_membership"
    return rows[own | (rows["child_id"] != rows["nominal_id"])].reset_index(drop=True)


def members_of(evidence: Evidence) -> pd.DataFrame:
    """Return the memberships on the analysis date: ``nominal_id``, ``ocg_id``, ``role``."""
    m = evidence.memberships
    return pd.DataFrame({"nominal_id": evidence.nominals[m.person], "ocg_id": m.ocg, "role": m.role}, dtype=object)


def together(rows: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Join repeated records of one manner, and add the groups of each nominal.

    Returns
    -------
    DataFrame
        The fields of ``bases.Link``: ``verified`` is the surest of the records, ``on`` the freshest date.
        Sorted by child, then basis in the order of ``BASES``, nominal, group. Victim status precedes suspect
        status.
    """
    certain = {"yes": 0, "no": 1, "unknown": 2}
    rows = rows.assign(sure=rows["verified"].map(certain))
    # The freshest record that may be named stands for all: sort it to the end of its manner.
    rows = rows.sort_values(["on", "event", "record"], na_position="first", kind="stable")
    manner = ["child_id", "nominal_id", "basis", "how"]
    events = rows[rows["event"] != ""].groupby(manner, sort=False)["event"].last()
    grouped = rows.groupby(manner, sort=False)
    joined = grouped.agg(
        sure=("sure", "min"), on=("on", "max"), records=("basis", "size"), evidence=("record", _listed)
    )
    withheld = rows.assign(no=rows["record"] == "").groupby(manner, sort=False)["no"].sum().rename("withheld")
    joined = joined.join(withheld).join(events, how="left").reset_index()
    joined["event"] = joined["event"].astype(object).where(joined["event"].notna(), "")
    joined["verified"] = joined["sure"].map({v: k for k, v in certain.items()})
    joined = joined.merge(members, on="nominal_id")
    joined["order"] = joined["basis"].map({b: i for i, b in enumerate(BASES)})
    joined = joined.sort_values(["child_id", "order", "nominal_id", "ocg_id", "how"], kind="stable")
    return joined[list(Link._fields)].reset_index(drop=True)


def _listed(records: pd.Series) -> str:
    return "|".join(sorted({r for r in records if r}))


def links_table(links: pd.DataFrame) -> ResultTable:
    """Return the table ``child_links``: one row per link, recorded facts and assessments in columns of their own."""
    plain = links.rename(columns={"role": "recorded_role", "on": "freshest"})
    plain = plain.assign(
        path=[path_words(Link._make(row)) for row in links.itertuples(index=False)],
        relationship=links["how"].astype(object),
        family_basis=links["basis"] == "family",
        data_subject=links["basis"].map(data_subject).astype(object),
    )
    plain = plain.astype({"records": "int64", "withheld": "int64", "freshest": "datetime64[s]"})
    return ResultTable("child_links", plain[[c.name for c in RESULT_TABLES["child_links"]]])
