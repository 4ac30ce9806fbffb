"""The figures of a local profile that records can answer, each with what was counted.

Ids are those of the published profile where it prints the figure. A figure that these records cannot
tell (no such table, no date) has the value None: unknown is never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.linked_children import LinkedChildren
from ocgnet.analysis.children.priority_rules import SIDES, pairs_apart
from ocgnet.analysis.concentration.concentration import Concentration
from ocgnet.analysis.response.disruptions import disruptions_within
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.membership import groups_on, memberships_on
from ocgnet.evidence.period import Period, period_before
from ocgnet.evidence.record_dates import RecordDates, record_dates, why_not_compared, why_not_known_on
from ocgnet.evidence.restricted import used
from ocgnet.evidence.wording import crime_words, day_words, group_words, period_words, report_words
from ocgnet.model import table
from ocgnet.model.columns import ROLES
from ocgnet.results import Figure
from ocgnet.settings import Settings

HOME = ("GB", "UK")
"""Country codes that are not abroad."""


def figures_of(
    dataset: Dataset,
    evidence: Evidence,
    settings: Settings,
    concentration: Concentration,
    children: LinkedChildren,
    before: Period | None = None,
) -> dict[str, Figure]:
    """Return the figures of the profile's chapter on organised crime groups, by figure id.

    In a fixed order; every share with numerator and denominator, every figure with its filter, and limits to groups
    apply to all of them. None where these records cannot tell. ``before`` is the period to compare with; default
    the one that ``settings.compare_to`` asks for.
    """
    count = _Count(dataset, evidence, settings, evidence.period, before or period_before(evidence.period, settings))
    return {
        **_groups(count),
        **_disruptions(count),
        **_linked(count, concentration),
        **concentration.figures,
        **_safeguarding(count, children),
    }


@dataclass(frozen=True)
class _Count:
    """What several figures need: groups and members now and before, and the words for it."""

    dataset: Dataset
    evidence: Evidence
    settings: Settings
    period: Period
    before: Period

    @cached_property
    def dates(self) -> dict[str, RecordDates]:
        """When the records of each table are dated."""
        return record_dates(self.dataset, self.period.as_of)

    @cached_property
    def limited(self) -> str:
        return group_words(self.settings)

    def has(self, name: str) -> bool:
        """Whether the table was part of the records at all."""
        return name in self.dataset.given

    def groups(self, period: Period) -> list[str]:
        """Return the groups on the day of ``period``, within the limit that was asked."""
        live = groups_on(self.dataset, period.as_of)
        return [g for g in live if g in self.settings.ocgs] if self.settings.ocgs else live

    def members_before(self) -> int:
        """Return how many nominals were members on the day of the period before.

        Evidence may be limited to members of today, so this counts all nominals whose record is not
        overdue today.
        """
        t, _ = used(self.dataset["nominals"], self.period.as_of, include_overdue=self.settings.include_overdue)
        ids = t["nominal_id"].combine_chunks()
        held = memberships_on(self.dataset, self.before.as_of, ids, self.settings.ocgs)
        return int(held.members(len(ids)).sum())


def _when(known: bool, value: int) -> int | None:
    return value if known else None


def _part(known: bool, part: int, whole: int | None, says: str, counted: str) -> Figure:
    """Return a count that is also a part of a whole."""
    if not known:
        return Figure(None, "count", says, filter=f"{counted}; not recorded")
    return Figure(part, "count", says, part, whole, counted)


def _groups(count: _Count) -> dict[str, Figure]:
    dataset, period = count.dataset, count.period
    known, listed = count.has("ocgs"), count.has("memberships")
    now, before = count.groups(period), count.groups(count.before)
    mapped = f"groups mapped and not archived {day_words(period)}{count.limited}"
    unmapped, unlisted = (why_not_known_on(count.dates, n, count.before.as_of) for n in ("ocgs", "memberships"))
    t = dataset["ocgs"]
    t = t.filter(pc.is_in(t["ocg_id"], pa.array(now, pa.string())))
    kind, commodity = (_plain(t[n]) for n in ("primary_crime_type", "commodity"))
    drugs = kind == "drug trafficking"
    cocaine = drugs & (commodity == "powder cocaine")
    unknown_kind, unknown_commodity = int((kind == "").sum()), int((drugs & (commodity == "")).sum())
    abroad = dataset["ocg_countries"]
    abroad = abroad.filter(pc.is_in(abroad["ocg_id"], pa.array(now, pa.string())))
    abroad = abroad.filter(pc.invert(pc.is_in(pc.utf8_upper(abroad["country"]), pa.array(HOME))))
    where = len(pc.unique(pc.utf8_upper(abroad["country"])))
    across = len(pc.unique(abroad["ocg_id"]))
    members = int(count.evidence.members.sum())
    member = f"distinct nominals with a membership {day_words(period)} of a group not archived then{count.limited}"
    return {
        "ocgs": Figure(_when(known, len(now)), "count", "Organised crime groups", filter=mapped),
        "ocgs_change": Figure(
            _when(known and not unmapped, len(now) - len(before)),
            "change",
            f"Change in the number of organised crime groups since {count.before.as_of or 'an earlier day'}",
            filter=unmapped or f"{mapped}: {len(now)}, against {len(before)} {day_words(count.before)}",
        ),
        "nominals": Figure(_when(listed, members), "count", "Nominals linked to organised crime groups", filter=member),
        "nominals_before": Figure(
            count.members_before() if listed and not unlisted else None,
            "count",
            f"Nominals linked to organised crime groups {day_words(count.before)}",
            filter=unlisted or f"distinct nominals with a membership {day_words(count.before)}{count.limited}",
        ),
        "ocgs_abroad": _part(
            known and count.has("ocg_countries"), across, len(now), "Groups operating outside the UK", mapped
        ),
        "countries_abroad": Figure(
            _when(count.has("ocg_countries"), where),
            "count",
            "Countries outside the UK in which groups operate",
            filter=f"{mapped}; at least this many are recorded",
        ),
        "ocgs_drug_trafficking": _part(
            known and unknown_kind < max(len(now), 1),
            int(drugs.sum()),
            len(now),
            "Groups whose primary crime type is drug trafficking",
            f"{mapped}; primary crime type not recorded for {unknown_kind}",
        ),
        "ocgs_powder_cocaine": _part(
            known and unknown_kind < max(len(now), 1) and unknown_commodity < max(int(drugs.sum()), 1),
            int(cocaine.sum()),
            int(drugs.sum()),
            "Of the drug trafficking groups, those dealing in powder cocaine",
            f"{mapped}; commodity not recorded for {unknown_commodity}",
        ),
    }


def _plain(column: pa.ChunkedArray) -> pd.Series:
    """Return text in lower case with single spaces, so that ``Powder_Cocaine`` is powder cocaine."""
    text = pd.Series(pc.fill_null(column, "").to_pylist(), dtype="str")
    return text.str.lower().str.replace(r"[\s_-]+", " ", regex=True).str.strip()


def _disruptions(count: _Count) -> dict[str, Figure]:
    known = count.has("disruptions")
    now, before = (disruptions_within(count.dataset, p, count.settings.ocgs) for p in (count.period, count.before))
    gap = why_not_compared(count.dates, "disruptions", count.period, count.before)
    counted = f"disruptions dated {period_words(count.period)}, every recorded level{count.limited}"
    figures = {
        "disruptions": Figure(_when(known, now.num_rows), "count", "Disruptions of groups", filter=counted),
        "disruptions_before": Figure(
            _when(known and not gap, before.num_rows),
            "count",
            "Disruptions of groups in the period before",
            filter=f"disruptions dated {period_words(count.before)}, every recorded level{count.limited}"
            + (f"; not stated, because {gap}" if gap else ""),
        ),
    }
    for level in table("disruptions").column("level").enum:
        rows = int(pc.sum(pc.equal(now["level"], level)).as_py() or 0)
        figures[f"disruptions_{level}"] = Figure(
            _when(known, rows),
            "count",
            f"Disruptions of groups recorded as {level}",
            _when(known, rows),
            _when(known, now.num_rows),
            f"disruptions dated {period_words(count.period)}{count.limited}",
        )
    return figures


def _linked(count: _Count, concentration: Concentration) -> dict[str, Figure]:
    """Return the denominators of the concentration figures."""
    who = "nominal" if concentration.all_nominals else "OCG nominal"
    crimes, reports = (curve.events for curve in concentration.curves)
    return {
        "linked_crimes": Figure(
            _when(count.has("crime_links"), crimes),
            "count",
            f"Crimes linked to at least one {who}",
            filter=crime_words(count.period, count.settings),
        ),
        "linked_reports": Figure(
            _when(count.has("intel_links"), reports),
            "count",
            f"Intelligence reports linked to at least one {who}",
            filter=report_words(count.period, count.settings),
        ),
    }


def _safeguarding(count: _Count, children: LinkedChildren) -> dict[str, Figure]:
    known = count.has("memberships") and count.has("family_links")
    family = children.family
    rank = {role: i for i, role in enumerate((*ROLES, ""))}
    # A parent in two groups counts once, under the higher of the two recorded roles.
    roles = family["role"].map(rank).groupby(family["nominal_id"]).min()
    parents, young = len(roles), family["child_id"].nunique()
    basis = (
        f"parent, step-parent or guardian recorded by then, member {day_words(count.period)}, child under 18 then "
        f"(an unknown date of birth counts as under 18); records overdue for review count{count.limited}"
    )
    # The same people below and above the line: whoever is overdue for review is in both.
    members = children.members
    figures = {
        "parents": _part(known, parents, members, "OCG nominals who are a parent to a child under 18", basis),
        "parents_ocgs": _part(
            known,
            family["ocg_id"].nunique(),
            len(count.groups(count.period)) if count.has("ocgs") else None,
            "Groups that these parents belong to",
            basis,
        ),
    }
    for role, name in zip((*ROLES, ""), (*ROLES, "not_assessed"), strict=True):
        figures[f"parents_{name}"] = _part(
            known,
            int((roles == rank[role]).sum()),
            parents,
            f"Of the parents: recorded role {name.replace('_', ' ')}",
            f"{basis}; with several groups the highest role",
        )
    figures["children"] = Figure(_when(known, young), "count", "Children linked to these parents", filter=basis)
    figures["children_only_overdue"] = _part(
        known,
        children.only_overdue,
        young,
        "Of these children, those linked only by records that are overdue for review",
        basis,
    )
    listed = count.has("memberships") and (count.has("children") or count.has("family_links"))
    figures["children_were_linked"] = Figure(
        _when(listed, children.were_linked),
        "count",
        "Children who were linked, on any basis, until a membership ended or a group was archived, and are linked by "
        "nothing now; not part of the figures above",
        filter=f"links by memberships that did not hold any more {day_words(count.period)}{count.limited}",
    )
    for side in SIDES:
        bands = children.table.frame[f"band_{side}"].dropna()
        apart, pairs = pairs_apart(bands.value_counts())
        if len(bands):
            figures[f"children_apart_by_{side}"] = Figure.share(
                apart,
                pairs,
                f"Of all pairs of linked children, those that the band about the {side} puts into two bands",
                f"linked on any basis: {', '.join(f'{n} {b}' for b, n in bands.value_counts().sort_index().items())}",
            )
    figures["children_other_bases"] = Figure(
        _when(listed, int((~children.table.frame["family_basis"]).sum())),
        "count",
        "Children linked on other bases only; not part of the figure above",
        filter=f"own membership, household, other relatives, missing together, same crime, same report or contact, "
        f"{period_words(count.period)}{count.limited}",
    )
    return figures
