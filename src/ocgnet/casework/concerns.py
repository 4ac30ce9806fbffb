"""Why a child came to notice, in words that a partner understands and that name nobody."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from ocgnet.analysis.children.links import BASES, Link, members_of, records_of, together, with_overdue
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence
from ocgnet.settings import Settings

_MEMBER = "a recorded member of an organised crime group"

_WORDS: dict[str, str] = {
    "family": "{how} of the child is " + _MEMBER,
    "own_membership": "the child is recorded as a member of a group: ask first who exploits the child",
    "partner_of_parent": "the partner of a parent is " + _MEMBER,
    "household": "somebody in the household is " + _MEMBER,
    "grandparent": "a grandparent is " + _MEMBER,
    "sibling": "a brother or sister is " + _MEMBER,
    "missing_with": "went missing together with " + _MEMBER,
    "stopped_with": "was stopped together with " + _MEMBER,
    "arrested_with": "was arrested for the same crime, or on the same occasion, as " + _MEMBER,
    "same_crime_as_victim": "is a victim of a crime that is linked to " + _MEMBER,
    "same_crime_as_witness": "is a witness of a crime that is linked to " + _MEMBER,
    "same_crime_as_suspect": "is named in a crime together with " + _MEMBER + ": ask first who exploits the child",
    "same_crime_as_other": "is named otherwise in a crime that is linked to " + _MEMBER,
    "same_report": "is named in the same police report as " + _MEMBER,
    "contact": "has recorded contact ({how}) with " + _MEMBER,
}
_SURE = {"yes": "verified", "no": "not verified", "unknown": "verification not recorded"}
_TIES = frozenset(("family", "partner_of_parent", "household", "grandparent", "sibling"))


class Concern(NamedTuple):
    """One reason why one child came to notice."""

    child_id: str
    concern: str
    how_sure: str
    latest: str
    adult_id: str
    ocg_id: str
    recorded_role: str
    basis: str


def concerns_of(dataset: Dataset, evidence: Evidence, settings: Settings, children: Collection[str]) -> list[Concern]:
    """Return why each child came to notice, one entry per child, basis, manner, member and group.

    Parameters
    ----------
    dataset, evidence, settings
        Records that may leave, and the same after all filters.
    children : collection of str
        Ids.

    Returns
    -------
    list of Concern
        By child, then basis in the order of ``bases.BASES``; empty where nothing links them.
    """
    evidence, settings = with_overdue(dataset, evidence, settings)
    records = records_of(dataset, evidence, settings, np.array(sorted(children), dtype=object), [])
    links = together(records, members_of(evidence), dataset, evidence.period.as_of)
    return [_concern(Link(*row)) for row in links[list(Link._fields)].itertuples(index=False, name=None)]


def without_members(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Join concerns that read alike once nobody and no group is named; the freshest record stands for them.

    >>> row = {"child_id": "C1", "concern": "x", "how_sure": "verified", "latest": "2018-01-01"}
    >>> without_members([row, row | {"latest": "2019-01-01"}])
    [{'child_id': 'C1', 'concern': 'x', 'how_sure': 'verified', 'latest': '2019-01-01'}]
    """
    joined: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        key = tuple(v for n, v in row.items() if n != "latest")
        first = joined.setdefault(key, dict(row))
        first["latest"] = max(first["latest"], row["latest"])
    return list(joined.values())


def _concern(link: Link) -> Concern:
    meaning = f"{BASES.get(link.basis, link.basis)}: {_MEMBER}"
    sure = _SURE[link.verified] if link.basis in _TIES else "as recorded, not proved"
    return Concern(
        child_id=link.child_id,
        concern=_sentence(_WORDS.get(link.basis, meaning).format(how=link.how.replace("_", " "))),
        # Since when is for the force to know; the recipient learns that nobody has looked at it lately.
        how_sure=f"{sure}; the record behind it is overdue for review" if link.overdue else sure,
        latest="" if pd.isna(link.on) else f"{link.on:%Y-%m-%d}",
        adult_id="" if link.basis == "own_membership" else link.nominal_id,
        ocg_id=link.ocg_id,
        recorded_role=link.role or "not assessed",
        basis=link.basis,
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
