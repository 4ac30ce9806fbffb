"""Which child is linked to which OCG nominal, on what basis and by which records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.safeguarding.bases import BASES, FAMILY, Link, data_subject, path_words
from ocgnet.analysis.safeguarding.link_sources import (
    by_association,
    by_crimes,
    by_family,
    by_membership,
    by_missing_episodes,
    by_reports,
    by_stops,
    frame_of,
)
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.evidence import Evidence, evidence_of
from ocgnet.evidence.membership import ARCHIVED, ENDED, Memberships, memberships_off
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings


def with_overdue(dataset: Dataset, evidence: Evidence, settings: Settings) -> tuple[Evidence, Settings]:
    """Return evidence and settings that keep what is overdue for review: for children it counts, and is said.

    A review that nobody has held changes nothing about a child. ``overdue_words`` says which links rest on such
    records.
    """
    as_of = evidence.period.as_of
    kept = replace(settings, include_overdue=True)
    if settings.include_overdue or as_of is None or not any(_due(dataset, as_of)):
        return evidence, kept
    return evidence_of(dataset, kept, evidence.period), kept


def _due(dataset: Dataset, as_of: date) -> tuple[dict[str, date], dict[str, date]]:
    """Return the review dates that have passed, of nominals and of reports, by id."""
    found = []
    for name, key in (("nominals", "nominal_id"), ("intel_reports", "report_id")):
        t = dataset[name]
        t = t.filter(pc.fill_null(pc.less(t["review_due"], pa.scalar(as_of)), False))
        found.append(dict(zip(t[key].to_pylist(), t["review_due"].to_pylist(), strict=True)))
    return found[0], found[1]


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
        unknown), ``on`` (NaT when undated), ``event`` (id of a crime or report that may be named, or blank),
        ``record`` (how the record may be named, or blank) and ``report`` (id of the report behind it, to look it up and
        never to be shown). In no order.
    """
    m = members_of(evidence)
    nominals = pa.array(sorted(set(m["nominal_id"])), pa.string())
    young = pa.array(children, pa.string())
    found = [
        by_membership(m, young),
        by_family(dataset, evidence, settings, nominals, young, left_out),
        *by_association(dataset, evidence, settings, nominals, young),
        by_missing_episodes(dataset, evidence, nominals, young),
        by_stops(dataset, evidence, nominals, young),
        by_crimes(dataset, evidence, young),
        by_reports(dataset, evidence, young),
    ]
    rows = pd.concat([f for f in found if len(f)] or [frame_of()], ignore_index=True)
    own = rows["basis"] == "own_membership"
    return rows[own | (rows["child_id"] != rows["nominal_id"])].reset_index(drop=True)


def members_of(evidence: Evidence) -> pd.DataFrame:
    """Return the memberships on the analysis date: ``nominal_id``, ``ocg_id``, ``role``."""
    m = evidence.memberships
    return pd.DataFrame({"nominal_id": evidence.nominals[m.person], "ocg_id": m.ocg, "role": m.role}, dtype=object)


def together(
    rows: pd.DataFrame, members: pd.DataFrame, dataset: Dataset | None = None, as_of: date | None = None
) -> pd.DataFrame:
    """Join repeated records of one manner, and add the groups of each nominal.

    Parameters
    ----------
    rows : DataFrame
        As ``records_of`` gives them.
    members : DataFrame
        As ``members_of`` gives them.
    dataset, as_of : Dataset and date, optional
        To say which links rest on what is overdue for review on that day.

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
    joined["overdue"] = _overdue(joined, rows, *_due(dataset, as_of)) if dataset is not None and as_of else ""
    joined = joined.merge(members, on="nominal_id")
    joined["order"] = joined["basis"].map({b: i for i, b in enumerate(BASES)})
    joined = joined.sort_values(["child_id", "order", "nominal_id", "ocg_id", "how"], kind="stable")
    return joined[list(Link._fields)].reset_index(drop=True)


def _overdue(
    joined: pd.DataFrame, rows: pd.DataFrame, nominals: dict[str, date], reports: dict[str, date]
) -> list[str]:
    """Say of each link which of its people and reports are overdue for review; a report is counted, never named."""
    if not nominals and not reports:
        return [""] * len(joined)
    late: dict[tuple[str, ...], list[date]] = {}
    manner = ("child_id", "nominal_id", "basis", "how")
    for *key, report in rows[[*manner, "report"]].itertuples(index=False, name=None):
        if report in reports:
            late.setdefault(tuple(key), []).append(reports[report])
    said = []
    for key in joined[list(manner)].itertuples(index=False, name=None):
        child, nominal, basis, how = key
        whose = (
            "the child's"
            if nominal == child
            else f"the {how.replace('_', ' ')}'s"
            if basis in _PEOPLE
            else "the nominal's"
        )
        words = [f"{whose} record is overdue for review since {nominals[nominal]}"] if nominal in nominals else []
        if child != nominal and child in nominals:
            words.append(f"the child's record as a nominal is overdue for review since {nominals[child]}")
        if days := late.get(key):
            what = "a report is" if len(days) == 1 else f"{len(days)} reports are"
            words.append(f"{what} overdue for review since {min(days)}")
        said.append("; ".join(words))
    return said


_PEOPLE = (*FAMILY, "family", "grandparent", "sibling", "partner_of_parent")
"""Bases on which the nominal is called by the relationship."""


def _listed(records: pd.Series) -> str:
    return "|".join(sorted({r for r in records if r}))


def ended_links(
    dataset: Dataset, evidence: Evidence, settings: Settings, ages: pd.Series, current: frozenset[str]
) -> pd.DataFrame:
    """Return the links of children to people whose membership is over, or whose group was archived.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    evidence, settings
        As ``with_overdue`` gives them.
    ages : Series
        Age by id of everybody who counts as a child.
    current : frozenset of str
        Children with a link that counts.

    Returns
    -------
    DataFrame
        The columns of the table ``child_links_ended`` but the name, sorted as ``together`` sorts. A link stands here
        even when the same child is linked otherwise; ``linked_now`` says so.
    """
    off = memberships_off(dataset, evidence.period.as_of)
    off = off[off["why"].isin((ENDED, ARCHIVED))]
    if settings.ocgs:
        off = off[off["ocg_id"].isin(settings.ocgs)]
        # Evidence is limited to members of these groups now: whoever left them is outside it.
        evidence = evidence_of(dataset, replace(settings, ocgs=()), evidence.period)
    known = pd.Index(evidence.nominals, dtype=object)
    off = off[off["nominal_id"].isin(known)].sort_values(["nominal_id", "ocg_id"], kind="stable")
    person = known.get_indexer(off["nominal_id"]).astype(np.int32)
    past = Memberships(person, off["ocg_id"].to_numpy(dtype=object), off["role"].to_numpy(dtype=object))
    over = replace(evidence, memberships=past)
    rows = records_of(dataset, over, settings, ages.index.to_numpy(), [])
    links = together(rows, members_of(over), dataset, evidence.period.as_of)
    links = links.merge(off[["nominal_id", "ocg_id", "why", "on"]].rename(columns={"on": "until"}), how="left")
    return links.assign(linked_now=links["child_id"].isin(current))


def ended_table(links: pd.DataFrame, names: Mapping[str, str]) -> ResultTable:
    """Return the table ``child_links_ended``."""
    columns = [c.name for c in RESULT_TABLES["child_links_ended"]]
    frame = links.rename(columns={"role": "recorded_role", "how": "relationship"})
    frame = frame.assign(
        name=[names.get(c, "") for c in frame["child_id"]],
        family_basis=links["basis"] == "family",
        says=[
            f"was linked until {'a day not recorded' if pd.isna(x.until) else f'{x.until:%Y-%m-%d}'}: {x.why} "
            f"({x.nominal_id} in {x.ocg_id})"
            for x in links.itertuples(index=False)
        ],
    )
    frame = frame.astype({"until": "datetime64[s]", "linked_now": "bool", "family_basis": "bool"})
    return ResultTable("child_links_ended", frame[columns])


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
