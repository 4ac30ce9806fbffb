"""Which recorded links of one child do not count, by id, and why: nothing falls off the list in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ocgnet.analysis.children.links import FAMILY, members_of, records_of, with_overdue
from ocgnet.dataset import Dataset
from ocgnet.evidence.ages import ADULT, age_of, births_of
from ocgnet.evidence.evidence import Evidence, evidence_of
from ocgnet.evidence.grades import keep_grades, may_be_named
from ocgnet.evidence.membership import ARCHIVED, ENDED, Memberships, memberships_off, memberships_on
from ocgnet.evidence.period import Period
from ocgnet.model.columns import LINK_ROLES
from ocgnet.settings import Settings


class NotCounted(NamedTuple):
    """A recorded link of a child that does not count, or not in the headline.

    ``nominal_id`` is the other person, ``how`` the relationship or manner, ``record`` how the record may be named
    (blank when it may not), ``why`` every reason in words, and ``listed`` whether the link stands in ``child_links``
    all the same: it then counts on a basis that is not the headline's.
    """

    child_id: str
    nominal_id: str
    basis: str
    how: str
    record: str
    why: str
    listed: bool


def not_counted(dataset: Dataset, evidence: Evidence, settings: Settings, child: str) -> list[NotCounted]:
    """Return every recorded link between a child and somebody else that is not in the headline, and why.

    Relatives are named whoever they are; people who share a crime, a report, a stop, a missing episode or a contact
    with the child are named when they ever belonged to a group. Also for somebody who is no child any more. Those
    that count nowhere come first, then by person, manner and record; empty when all count or none is recorded.
    """
    dataset, evidence, settings = with_overdue(dataset, evidence, settings)
    period = evidence.period
    who = np.array([child], dtype=object)
    counting = records_of(dataset, _named(evidence), settings, who, [])
    asked = replace(settings, min_grade="all", link_roles=tuple(LINK_ROLES), ocgs=())
    every = _named(evidence_of(dataset, asked, Period(None, None, None, "")))
    every = replace(every, memberships=_ever(dataset, every.nominals))
    recorded = records_of(dataset, every, asked, who, [])
    adult = _adult(dataset, child, period.as_of)
    counts = set() if adult else {(r.nominal_id, r.how, r.record) for r in counting.itertuples(index=False)}
    reasons = _Reasons(dataset, period, settings, frozenset(members_of(evidence)["nominal_id"]))
    links = []
    for r in recorded.itertuples(index=False):
        listed = (r.nominal_id, r.how, r.record) in counts
        if listed and r.basis == "family":
            continue
        why = "; ".join(filter(None, (adult, *reasons.of(r)))) or "the filters leave it out"
        if listed:
            why = f"counts in the list, not in the headline: {r.how.replace('_', ' ')} is none of {_FAMILY}"
        links.append(NotCounted(child, r.nominal_id, r.basis, r.how, reasons.name_of(r), why, listed))
    ever = frozenset(members_of(every)["nominal_id"])
    links += list(_relatives(dataset, child, ever, adult))
    return sorted(set(links), key=lambda n: (n.listed, n.nominal_id, n.how, n.record))


_FAMILY = "parent, step-parent and guardian"


def _named(evidence: Evidence) -> Evidence:
    """Return the evidence with every report named, to find it again; ``_Reasons.name_of`` takes the names back."""
    return replace(evidence, reports=replace(evidence.reports, named=np.ones(len(evidence.reports.events), bool)))


def _ever(dataset: Dataset, nominals: np.ndarray) -> Memberships:
    """Return every membership that is recorded, whenever it held."""
    t = dataset["memberships"]
    pairs = pd.DataFrame({"nominal_id": t["nominal_id"].to_pylist(), "ocg_id": t["ocg_id"].to_pylist()}, dtype=object)
    person = pd.Index(nominals, dtype=object).get_indexer(pairs["nominal_id"])
    pairs = pairs.assign(person=person)[person >= 0].drop_duplicates(["person", "ocg_id"])
    pairs = pairs.sort_values(["person", "ocg_id"], kind="stable")
    blank = np.full(len(pairs), "", dtype=object)
    return Memberships(pairs["person"].to_numpy(dtype=np.int32), pairs["ocg_id"].to_numpy(dtype=object), blank)


def _adult(dataset: Dataset, child: str, day: date | None) -> str:
    """Say that somebody is no child on the day; empty when under 18, or of unknown age."""
    births = births_of(dataset)
    if day is None or child not in births.index:
        return ""
    age = age_of(births[child].date(), day)
    if age is not None and age >= ADULT:
        return f"{child} is {age} on {day}, so no child any more (born {births[child]:%Y-%m-%d})"
    return f"{child} is recorded as born on {births[child]:%Y-%m-%d}, after {day}" if births[child].date() > day else ""


def _relatives(dataset: Dataset, child: str, ever: frozenset[str], adult: str) -> Iterator[NotCounted]:
    """Give the family links with people who never belonged to a group, or are no nominals."""
    t = dataset["family_links"]
    t = t.filter(pc.equal(t["child_id"], child))
    nominals = set(dataset["nominals"]["nominal_id"].to_pylist())
    for other, how in zip(t["adult_id"].to_pylist(), t["relationship"].to_pylist(), strict=True):
        if other not in ever:
            why = "no membership of a group is recorded" if other in nominals else "not a nominal on record"
            why = "; ".join(filter(None, (adult, why)))
            basis = "family" if how in FAMILY else how
            yield NotCounted(child, other, basis, how, f"family_links/{other}/{child}/{how}", why, listed=False)


class _Reasons:
    """Why a record makes no link, from what the records say of the other person, the event and the report."""

    def __init__(self, dataset: Dataset, period: Period, settings: Settings, members: frozenset[str]) -> None:
        self.dataset, self.period, self.settings, self.members = dataset, period, settings, members
        off = memberships_off(dataset, period.as_of)
        self.off = {str(n): own for n, own in off.groupby("nominal_id")}
        ids = dataset["nominals"]["nominal_id"].combine_chunks()
        now = memberships_on(dataset, period.as_of, ids)
        self.now: dict[str, list[str]] = {}
        for place, ocg in zip(now.person.tolist(), now.ocg.tolist(), strict=True):
            self.now.setdefault(ids[place].as_py(), []).append(ocg)
        reports = dataset["intel_reports"]
        kept = keep_grades(reports, settings.min_grade)
        self.refused = set(reports.filter(pc.invert(kept))["report_id"].to_pylist())
        self.secret = set(reports.filter(pc.invert(may_be_named(reports)))["report_id"].to_pylist())

    def name_of(self, row: object) -> str:
        """Return the record as it may be named: a report under handling conditions stays unnamed."""
        return "" if row.report in self.secret and row.basis == "same_report" else row.record  # type: ignore[attr-defined]

    def of(self, row: object) -> Iterator[str]:
        """Give every reason for one record."""
        nominal = row.nominal_id  # type: ignore[attr-defined]
        if nominal not in self.members:
            yield from self._membership(nominal)
        yield from self._day(row)
        if row.report in self.refused:  # type: ignore[attr-defined]
            yield f"its report is graded outside '{self.settings.min_grade}'"
        if row.basis.startswith("same_crime") or row.basis == "arrested_with":  # type: ignore[attr-defined]
            yield from self._role(nominal, row.event)  # type: ignore[attr-defined]

    def _membership(self, nominal: str) -> Iterator[str]:
        if now := self.now.get(nominal):
            yield f"{nominal} is a member of {', '.join(now)}, which --ocg leaves out"
            return
        own = self.off.get(nominal)
        if own is None:
            yield f"no membership of {nominal} holds"
            return
        for m in own.itertuples(index=False):
            on = "a day not recorded" if pd.isna(m.on) else f"{m.on:%Y-%m-%d}"
            word = "was linked until" if m.why in (ENDED, ARCHIVED) else "is linked from"
            yield f"{word} {on}: {m.why} ({nominal} in {m.ocg_id})"

    def _day(self, row: object) -> Iterator[str]:
        on, first, last = row.on, self.period.first, self.period.last  # type: ignore[attr-defined]
        family = row.record.startswith("family_links/")  # type: ignore[attr-defined]
        if first is None or last is None or row.basis == "own_membership":  # type: ignore[attr-defined]
            return
        if pd.isna(on):
            if row.basis.startswith("same_"):  # type: ignore[attr-defined]
                yield "the record has no date, so it is in no period"
        elif family:
            if self.period.as_of is not None and on.date() > self.period.as_of:
                yield f"recorded on {on:%Y-%m-%d}, after {self.period.as_of}"
        elif not first <= on.date() <= last:
            yield f"dated {on:%Y-%m-%d}, outside {first} to {last}"

    def _role(self, nominal: str, crime: str) -> Iterator[str]:
        t = self.dataset["crime_links"]
        mine = pc.and_(pc.equal(t["person_id"], nominal), pc.equal(t["crime_id"], crime))
        roles = sorted(set(pc.unique(t.filter(mine)["link_role"]).to_pylist()))
        if not set(roles) & set(self.settings.link_roles):
            yield (
                f"{nominal} stands in {crime} as {' and '.join(roles)} only, and links count as "
                f"{' or '.join(self.settings.link_roles)}"
            )
