"""Why a child came to notice, in words that a partner understands and that name nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ocgnet.analysis.children.links import BASES, Link, members_of, records_of, together, with_overdue
from ocgnet.analysis.children.records import NOT_SAID, risk_level
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.evidence.evidence import Evidence
from ocgnet.model.columns import ACES
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
    member: str  # whose membership it rests on; the child's own id where the child is the member
    overdue: str = ""  # which records behind it are overdue for review, in words; for whoever holds them


def concerns_of(dataset: Dataset, evidence: Evidence, settings: Settings, children: Collection[str]) -> list[Concern]:
    """Return why each child came to notice, one entry per child, basis, manner, member and group.

    By child, then basis in the order of ``links.BASES``; empty where nothing links them.
    """
    dataset, evidence, settings = with_overdue(dataset, evidence, settings)
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
        how_sure=sure,
        latest="" if pd.isna(link.on) else f"{link.on:%Y-%m-%d}",
        adult_id="" if link.basis == "own_membership" else link.nominal_id,
        ocg_id=link.ocg_id,
        recorded_role=link.role or "not assessed",
        basis=link.basis,
        member=link.nominal_id,
        overdue=link.overdue,
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


# What nobody has recorded about a child, and how to find out: unknown is never nothing.

MISSING_NOW = "missing now"
"""Stands for the return interview while a child who went missing lately has not come back."""

_BLANKS: tuple[tuple[str, str, str], ...] = (
    ("date_of_birth", "date of birth; the child counts as under 18", "ask the parent, the school or the GP"),
    ("school", "school", "ask the local authority's admissions team"),
    ("social_worker", "whether there is a social worker", "ask children's services"),
    ("cse_risk", "risk of sexual exploitation: no assessment is recorded", "ask for an assessment by the local scheme"),
    (
        "cce_risk",
        "risk of criminal exploitation: no assessment is recorded",
        "ask for an assessment by the local scheme",
    ),
)


_KINDS = {"cse_risk": "sexual", "cce_risk": "criminal"}
"""Kind of exploitation of which a column gives the risk; assessments by day stand in a table of their own."""


def unknowns_of(
    children: Iterable[str], rows: Mapping[str, Sequence[Mapping[str, str]]], settings: Settings
) -> list[dict[str, str]]:
    """Return what is not known of each child, with the way to find out.

    ``about`` is the table and column that a gap is in, such as ``missing.return_interview``, so that nobody learns of
    gaps in what they do not see. In the order of the children.
    """
    by_child: dict[str, dict[str, list[Mapping[str, str]]]] = {c: {name: [] for name in rows} for c in children}
    for name, table in rows.items():
        for row in table:
            by_child[row["child_id"]][name].append(row)
    return [
        {"child_id": child, "not_known": what, "find_out": how, "about": about}
        for child, own in by_child.items()
        for about, what, how in _of_child(own, settings)
    ]


def _of_child(own: Mapping[str, Sequence[Mapping[str, str]]], settings: Settings) -> Iterable[tuple[str, str, str]]:
    who = own["children"][0]
    interviews = [r["return_interview"] for r in own["missing"]]
    if MISSING_NOW in interviews:
        yield "missing.found_at", "where the child is: missing now", "call the police's missing persons unit at once"
    for column, what, how in _BLANKS:
        says_nothing = column.endswith("_risk") and risk_level(who[column], settings) == NOT_SAID
        assessed = any(r["exploitation"] == _KINDS.get(column) for r in own["risks"])
        if (not who[column] or says_nothing) and not assessed:
            yield f"children.{column}", what, how
    settled = {r["experience"] for r in own["experiences"] if r["status"] in ("observed", "not observed")}
    if open_ones := len(ACES) - len(settled):
        what = f"{open_ones} of the {len(ACES)} adverse childhood experiences: neither seen nor ruled out"
        yield "experiences.status", what, "ask children's services, the school and the health visitor"
    if not own["family"]:
        yield "family.relationship", "who cares for the child", "ask children's services and the school"
    elif loose := sum(r["verified"] != "yes" for r in own["family"]):
        yield (
            "family.verified",
            f"whether {counted(loose, 'family tie')} on record {'is' if loose == 1 else 'are'} true",
            "check with registers",
        )
    if outstanding := interviews.count("outstanding"):
        what = f"what happened in {counted(outstanding, 'missing episode')}"
        yield "missing.return_interview", what, "hold the return interview that is outstanding"
    if unclear := interviews.count("time of return not recorded"):
        what = f"when the child came back from {counted(unclear, 'missing episode')}"
        yield "missing.found_at", what, "ask the missing persons coordinator"
    if alone := sum(r["in_company"] != "yes" for r in own["missing"]):
        what = f"whether anybody was with the child in {counted(alone, 'missing episode')}"
        yield "missing.in_company", what, "ask in the return interview"
