"""The chapter on organised crime groups: the figures of ``ocgnet analyse``, set in a row of years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.linked_children import LinkedChildren
from ocgnet.analysis.children.links import ended_links, members_of, records_of, together, with_overdue
from ocgnet.analysis.concentration.concentration import Concentration, concentrate
from ocgnet.analysis.figures import HOME, figures_of
from ocgnet.analysis.intervals import change_interval, count_interval
from ocgnet.analysis.response.disruptions import disruptions_within
from ocgnet.dataset import Dataset
from ocgnet.evidence.ages import children_on
from ocgnet.evidence.evidence import Evidence, evidence_of
from ocgnet.evidence.membership import groups_on
from ocgnet.evidence.period import Period
from ocgnet.evidence.record_dates import why_not_known_on
from ocgnet.local_profile.figures import EVENTS, NO_INTERVAL, ProfileFigure, ProfileTable, slug, table_of, unused
from ocgnet.local_profile.records import BEFORE, NOW, Material
from ocgnet.model import table
from ocgnet.model.columns import STRANDS
from ocgnet.results import RESULT_TABLES, Figure, ResultTable
from ocgnet.settings import Settings
from ocgnet.visible import shortened

CHAPTER = "groups"
_CHAPTERS = {"parents": "vulnerability", "children": "vulnerability", "top_nominals": "concentration"}


@dataclass(frozen=True)
class Groups:
    """What the chapter needs of the analysis of groups."""

    records: Dataset  # the records that name members of groups or children, and nothing else
    settings: Settings
    # now, before: evidence of the period and of the period before.
    now: Evidence
    before: Evidence
    concentration: Concentration  # the few nominals, and chance
    children: LinkedChildren

    @classmethod
    def of(cls, material: Material) -> Groups | None:
        """Analyse the groups; None when these records hold no membership.

        The figures are those of ``ocgnet analyse`` on the same records: nominals who never were members
        of a group take no part in any of them, so their records are set aside first.
        """
        if not material.dataset["memberships"].num_rows:
            return None
        records, settings = group_records(material.dataset), material.settings.analysis
        now = evidence_of(records, settings, material.period)
        before = evidence_of(records, settings, material.before)
        return cls(
            records,
            settings,
            now,
            before,
            concentrate(now, {}, settings, None if material.gaps("crimes", "intel_reports") else before),
            links_of_children(records, now, settings),
        )


def groups_of(material: Material) -> Groups | None:
    """Return what ``Groups.of`` makes, made once for all chapters."""
    if CHAPTER not in material.kept:
        material.kept[CHAPTER] = Groups.of(material)
    found: Groups | None = material.kept[CHAPTER]
    return found


def links_of_children(records: Dataset, evidence: Evidence, settings: Settings) -> LinkedChildren:
    """Return who is linked to which child, and on what basis; no child is judged for a profile.

    Of the table of children only the column that tells the profile's one basis from the others is filled.
    """
    as_of = evidence.period.as_of
    records, evidence, settings = with_overdue(records, evidence, settings)
    age = children_on(records, as_of, [])
    members = members_of(evidence)
    links = together(records_of(records, evidence, settings, age.index.to_numpy(), []), members, records, as_of)
    ended = ended_links(records, evidence, settings, age, frozenset(links["child_id"]))
    ids = pd.Index(links["child_id"].unique(), dtype=object)
    frame = pd.DataFrame(index=ids, columns=[c.name for c in RESULT_TABLES["children"]])
    frame["family_basis"] = ids.isin(links.loc[links["basis"] == "family", "child_id"])
    return LinkedChildren(
        ResultTable("children", frame.reset_index(drop=True)), links, {}, (), members["nominal_id"].nunique(), ended
    )


def group_records(dataset: Dataset) -> Dataset:
    """Return the records that can bear on a figure of groups: everybody and everything near a member.

    Kept are the members, past ones included; the crimes and reports that name one, with all their links,
    because a report's company counts; everybody whom these, a contact or a table about children names.
    Victims and suspects of the force's other crimes take no part in any figure of groups, and there are
    many of them.
    """
    members = pc.unique(dataset["memberships"]["nominal_id"])
    kept = dict(dataset.tables)
    near = [members, *(dataset[t][c] for t, c in _NEAR)]
    for links, events, key in (("crime_links", "crimes", "crime_id"), ("intel_links", "intel_reports", "report_id")):
        named = pc.unique(_among(dataset[links], "person_id", members)[key])
        kept[links] = _among(dataset[links], key, named)
        # A report that records a contact is looked up by its id, even when it names nobody.
        further = [dataset["associations"]["report_id"]] if events == "intel_reports" else []
        kept[events] = _among(dataset[events], key, _together([named, *further]))
        near.append(kept[links]["person_id"])
    wanted = _together(near)
    for name, key in (("nominals", "nominal_id"), ("people", "person_id")):
        kept[name] = _among(dataset[name], key, wanted)
    return replace(dataset, tables=kept)


_NEAR = (
    ("associations", "person_a"),
    ("associations", "person_b"),
    ("family_links", "adult_id"),
    ("family_links", "child_id"),
    ("missing_episodes", "child_id"),
    ("child_aces", "child_id"),
    ("referrals", "person_id"),
)
"""Columns of small tables whose people stay."""


def _together(columns: list[pa.Array | pa.ChunkedArray]) -> pa.Array:
    """Return the distinct values of several columns."""
    chunks = [c for column in columns for c in (column.chunks if isinstance(column, pa.ChunkedArray) else [column])]
    found = pc.unique(pa.chunked_array(chunks, pa.string()))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _among(rows: pa.Table, column: str, wanted: pa.Array) -> pa.Table:
    return rows.filter(pc.is_in(rows[column], wanted)) if rows.num_rows else rows


def group_figures(material: Material, groups: Groups | None) -> dict[str, Figure]:
    """Return the figures of groups, parents, children and the few nominals, as ``ocgnet analyse`` counts them.

    Beside them stand crimes and reports per nominal with their change on the period before.
    """
    if groups is None:
        return {}
    found = figures_of(
        groups.records, groups.now, groups.settings, groups.concentration, groups.children, material.before
    )
    figures: dict[str, Figure] = {name: _of_profile(name, figure, material) for name, figure in found.items()}
    years = [_linked(e) for e in (groups.now, groups.before)]
    for i, (name, what) in enumerate((("crimes", "Crimes"), ("reports", "Intelligence reports"))):
        table = ("crimes", "intel_reports")[i]
        gap = material.gap(table) or why_not_known_on(material.dates, "memberships", material.before.as_of)
        figures |= _ratio(name, what, years[0][i], years[0][2], years[1][i], years[1][2], material, gap)
    return figures | _case_studies(groups, material)


def _of_profile(name: str, figure: Figure, material: Material) -> ProfileFigure:
    chapter = next((c for start, c in _CHAPTERS.items() if name.startswith(start)), CHAPTER)
    plain = {f: getattr(figure, f) for f in Figure.__dataclass_fields__}
    interval = ""
    if figure.unit == "count" and figure.value is not None and figure.low is None:
        plain["low"], plain["high"] = count_interval(int(figure.value))
        interval = EVENTS
    elif figure.low is not None:
        interval = "95%, events resampled with the set kept fixed"
    records = figure.denominator if figure.unit == "share" else figure.value if figure.unit == "count" else None
    return ProfileFigure(
        **plain,
        chapter=chapter,
        period=material.windows.words(BEFORE if name.endswith("_before") else NOW),
        records=None if records is None else int(records),
        interval=interval,
    )


def _linked(evidence: Evidence) -> tuple[int, int, int]:
    """Return crimes and reports linked to members, and how many members there are."""
    own = [i.of_people(evidence.members) for i in (evidence.crimes, evidence.reports)]
    return len(own[0].events), len(own[1].events), int(evidence.members.sum())


def _ratio(
    name: str, what: str, now: int, people: int, then: int, people_then: int, material: Material, gap: str
) -> dict[str, Figure]:
    counted = f"{what.lower()} linked to at least one OCG nominal, over OCG nominals"
    value = now / people if people else None
    low, high = (v / people for v in count_interval(now)) if people else NO_INTERVAL
    change, change_ends = None, NO_INTERVAL
    if value is not None and then and people_then and not gap:
        change = round(value / (then / people_then) - 1, 9)
        if now:
            change_ends = change_interval(now / people, now / people**2, then / people_then, then / people_then**2)
    both = f"{now:,} over {people:,} against {then:,} over {people_then:,} in {material.windows.words(BEFORE)}"
    return {
        f"{name}_per_nominal": material.figure(
            CHAPTER, value, "ratio", f"{what} per OCG nominal", now, people, counted, (low, high), now
        ),
        f"{name}_per_nominal_change": material.figure(
            CHAPTER, change, "change", f"Change in {what.lower()} per OCG nominal on the period before",
            counted=f"{counted}: not stated, because {gap}" if gap else f"{counted}: {both}",
            ends=change_ends, records=now + then,
        ),
    }  # fmt: skip


def _case_studies(groups: Groups, material: Material) -> dict[str, Figure]:
    """Return ``<group>_nrm_children`` for groups with linked children who were referred to the mechanism."""
    last = material.period.as_of
    t = groups.records["referrals"]
    referred = t.filter(pc.equal(t["kind"], "nrm"))
    if last is not None:
        referred = referred.filter(pc.less_equal(referred["made_on"], pa.scalar(last)))
    links = groups.children.links
    chosen = links[links["child_id"].isin(referred["person_id"].to_pylist())]
    ocgs = groups.records["ocgs"]
    names = dict(zip(ocgs["ocg_id"].to_pylist(), ocgs["name"].to_pylist(), strict=True))
    figures: dict[str, Figure] = {}
    for ocg, children in sorted(chosen.groupby("ocg_id")["child_id"].nunique().items()):
        name = names.get(ocg) or str(ocg)
        plain = slug(name).removeprefix("ocg_").removeprefix("group_")
        figures[unused(f"{plain}_nrm_children", figures)] = ProfileFigure(
            int(children), "count",
            f"{shortened(name)}: linked children referred to the National Referral Mechanism",
            filter=f"under 18 {material.period.as_of}, linked to a member on any basis, referral of kind nrm by then",
            chapter="case studies", period=material.now, records=int(children),
        )  # fmt: skip
    return figures


_NEEDED = {
    "groups": {"ocgs"},
    "nominals": {"memberships"},
    "disruptions": {"disruptions"},
    "crimes": {"crimes", "memberships"},
    "reports": {"intel_reports", "memberships"},
    "crimes_per_nominal": {"crimes", "memberships"},
    "reports_per_nominal": {"intel_reports", "memberships"},
}
"""The tables that each column of ``group_years`` rests on."""


def group_years_table(material: Material, groups: Groups | None) -> ProfileTable:
    """Return groups, members, disruptions and what is linked to members, in the period and in the one before.

    What the records of its table do not cover is blank.
    """
    rows: list[dict[str, Any]] = []
    if groups is None:
        return table_of("group_years", rows)
    for evidence, which in ((groups.before, BEFORE), (groups.now, NOW)):
        crimes, reports, people = _linked(evidence)
        day = evidence.period.as_of
        unknown: set[str] = set()
        if which == BEFORE:
            unknown |= {name for name in ("ocgs", "memberships") if why_not_known_on(material.dates, name, day)}
            unknown |= {name for name in ("disruptions", "crimes", "intel_reports") if material.gap(name)}
        row: dict[str, Any] = {
            "day": day,
            "groups": len(_groups(groups.records, groups.settings, evidence.period)),
            "nominals": people,
            "disruptions": len(_disruptions(material, which)),
            "crimes": crimes,
            "reports": reports,
            "crimes_per_nominal": crimes / people if people else None,
            "reports_per_nominal": reports / people if people else None,
        }
        rows.append({name: None if unknown & _NEEDED.get(name, set()) else value for name, value in row.items()})
    return table_of("group_years", rows)


def _groups(dataset: Dataset, settings: Settings, period: Period) -> list[str]:
    live = groups_on(dataset, period.as_of)
    return [g for g in live if g in settings.ocgs] if settings.ocgs else live


KINDS = ("primary_crime_type", "commodity", "pillar")


def group_kinds_table(material: Material) -> ProfileTable:
    """Return groups by primary crime type, commodity, pillar and country, now and before; blank where not known."""
    dataset, settings = material.dataset, material.settings.analysis
    live = [set(_groups(dataset, settings, p)) for p in (material.period, material.before)]
    unmapped = why_not_known_on(material.dates, "ocgs", material.before.as_of)
    t = dataset["ocgs"]
    frame = pd.DataFrame({n: t[n].to_pylist() for n in ("ocg_id", *KINDS)}, dtype=object)
    parts = [frame[["ocg_id"]].assign(kind=k.replace("_", " "), value=frame[k].map(_word_of(k))) for k in KINDS]
    abroad = dataset["ocg_countries"]
    countries = pd.DataFrame({n: abroad[n].to_pylist() for n in ("ocg_id", "country")}, dtype=object)
    countries = countries[~countries["country"].isin(HOME)]
    parts.append(countries[["ocg_id"]].assign(kind="country", value=countries["country"]))
    rows = pd.concat(parts, ignore_index=True)
    counted = []
    for (kind, value), ids in rows.groupby(["kind", "value"], sort=True)["ocg_id"]:
        now, then = (len(set(ids) & chosen) for chosen in live)
        if now or then:
            share = now / len(live[0]) if live[0] else None
            counted.append((str(kind), value, now, share, np.nan if unmapped else then))
    order = {k.replace("_", " "): i for i, k in enumerate((*KINDS, "country"))}
    counted.sort(key=lambda row: (order[row[0]], -row[2], str(row[1])))
    return table_of("group_kinds", counted)


def _word_of(name: str) -> Callable[[str | None], str]:
    """Return the function from what a column of groups holds to the word under which it is counted."""
    column = table("ocgs").column(name)
    return replace(column, counted_as=column.counted_as or column.enum).counted_word


def disruptions_table(material: Material) -> ProfileTable:
    """Return disruptions by strand and level in both periods; combinations of neither are left out."""
    now, then = (_disruptions(material, which) for which in (NOW, BEFORE))
    levels = table("disruptions").column("level").enum
    rows = [
        (strand, level, n, material.then("disruptions", m))
        for strand in STRANDS
        for level in levels
        if (n := int(((now["strand"] == strand) & (now["level"] == level)).sum()))
        + (m := int(((then["strand"] == strand) & (then["level"] == level)).sum()))
    ]
    return table_of("disruptions", rows)


def _disruptions(material: Material, which: int) -> pd.DataFrame:
    period = material.before if which == BEFORE else material.period
    t = disruptions_within(material.dataset, period, material.settings.analysis.ocgs)
    return pd.DataFrame({n: t[n].to_pylist() for n in ("strand", "level")}, dtype=object)
