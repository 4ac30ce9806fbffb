"""The section about children: families by band with short reasons, the pathway, who goes missing, the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ocgnet.analysis.safeguarding.rules import COMPONENTS, RULES, bands, points_of
from ocgnet.analysis.safeguarding.stages import ORDER, STAGES
from ocgnet.results import Analysis
from ocgnet.views.children import words
from ocgnet.views.figures_text import count, day, of, printed
from ocgnet.views.report.grids import Grid
from ocgnet.visible import visible

MOST_CHILDREN = 200
"""Children on the page; the files hold all of them."""

_MOST_LINKS = 4
"""Links of one child on the page; the workbook holds all of them."""


@dataclass(frozen=True)
class Child:
    """One child on the page, every cell as text."""

    id: str
    age: str
    band: str
    could_be: str
    stage: str
    reasons: tuple[str, ...]
    links: tuple[str, ...]
    unknown: str
    victim: bool


@dataclass(frozen=True)
class Household:
    """Children who stand together; ``says`` is empty for a child alone."""

    says: str
    children: tuple[Child, ...]


@dataclass(frozen=True)
class Band:
    """The households whose most pressing child is in one band."""

    name: str
    first: bool
    count: int
    heading: str
    households: tuple[Household, ...]


@dataclass(frozen=True)
class Section:
    """Everything the section about children shows."""

    prompt: str
    how_to_read: tuple[str, ...]
    bands: tuple[Band, ...]
    more: str
    stages: Grid
    over_time: Grid
    missing: Grid
    missing_rest: str
    recurring: Grid
    recurring_rest: str
    sensitivity: Grid
    band_rules: str


def children_section(analysis: Analysis) -> Section:
    """Return what the section about children shows; tables that were not computed give empty grids."""
    frame = analysis.children.frame
    shown = frame.head(MOST_CHILDREN)
    rest = len(frame) - len(shown)
    missing, missing_rest = _missing(analysis)
    recurring, recurring_rest = _recurring(analysis)
    return Section(
        prompt=words.PROMPT,
        how_to_read=words.HOW_TO_READ,
        bands=tuple(_bands(analysis, shown)),
        more=f"The first {count(len(shown))} of {count(len(frame))} children; tables/children.csv holds all."
        if rest
        else "",
        stages=_stages(analysis),
        over_time=_over_time(analysis),
        missing=missing,
        missing_rest=missing_rest,
        recurring=recurring,
        recurring_rest=recurring_rest,
        sensitivity=_sensitivity(analysis),
        band_rules=", ".join(f"{name} from {count(points)}" for name, points in analysis.settings.priority_bands),
    )


def _bands(analysis: Analysis, frame: pd.DataFrame) -> Iterator[Band]:
    parts = words.by_child(analysis.child_components)
    links = words.by_child(analysis.child_links)
    order = {b: i for i, b in enumerate(bands(analysis.settings))}
    household = frame["household"].fillna("")
    together = household.where(household != "", frame["child_id"])
    top = frame["priority"].map(order).groupby(together).transform("min")
    for name, place in order.items():
        here = frame[top == place]
        if here.empty:
            continue
        families = [
            _household(str(key), own, parts, links) for key, own in here.groupby(together[top == place], sort=False)
        ]
        heading = f"Band: {name} ({count(len(here))})"
        if (others := int((here["priority"] != name).sum())) > 0:
            heading += (
                f", of whom {count(others)} in a lower band beside a brother, sister or other child of the family"
            )
        yield Band(name, place == 0, len(here), heading, tuple(families))


def _household(
    key: str, own: pd.DataFrame, parts: dict[str, pd.DataFrame], links: dict[str, pd.DataFrame]
) -> Household:
    others = sorted({o for cell in own["household_others"].fillna("") for o in str(cell).split("|") if o})
    says = ""
    if len(own) > 1 or others:
        says = f"{key}: {of(len(own), 'child', 'children')} of one family or household"
        says += f"; also {', '.join(others)}, not linked to a group" if others else ""
    return Household(visible(says), tuple(_child(row, parts, links) for _, row in own.iterrows()))


def _child(row: pd.Series, parts: dict[str, pd.DataFrame], links: dict[str, pd.DataFrame]) -> Child:
    child = str(row["child_id"])
    own = parts.get(child)
    reasons = words.reasons(own) if own is not None else [str(row["because"] or "")]
    said = words.linked_by(links[child]) if child in links else [str(row["path"] or "")]
    if len(said) > _MOST_LINKS:
        said = [*said[: _MOST_LINKS - 1], f"and {len(said) - _MOST_LINKS + 1} more links in the workbook"]
    could = row["could_be"] if isinstance(row["could_be"], str) else ""
    return Child(
        id=visible(child),
        age="–" if pd.isna(row["age"]) else count(row["age"]),
        band=f"at least {row['priority']}",
        could_be=f"could be {could}" if could and could != row["priority"] else "",
        stage=words.stage_words(row["stage"]),
        reasons=tuple(printed(visible(r)) for r in reasons),
        links=tuple(printed(visible(s)) for s in said),
        unknown=", ".join(words.unknowns(own)) if own is not None else "",
        victim=own is not None and bool(((own["component"] == "victim") & (own["points"] > 0)).any()),
    )


def _stages(analysis: Analysis) -> Grid:
    found = analysis.children.frame["stage"].value_counts()
    if analysis.children.frame.empty or not len(found):
        return Grid((), ())
    heads = (("stage", False), (f"children on {day(analysis.as_of)}", True), ("what it means", False))
    rows = tuple(
        (stage.title, count(found.get(name, 0)), stage.says, " | ".join(stage.interventions))
        for name, stage in STAGES.items()
    )
    return Grid((*heads, ("what may help", False)), rows, frozenset({1}), whole=frozenset({0}))


def _over_time(analysis: Analysis) -> Grid:
    frame = analysis.pathway_counts.frame
    if frame.empty:
        return Grid((), ())
    ends = sorted(set(frame["period_to"]))
    table = frame.pivot_table(index="stage", columns="period_to", values=["children", "entered"], aggfunc="sum")
    rows = []
    for stage in ORDER:
        cells = [
            f"{count(table.loc[stage, ('children', e)])} ({count(table.loc[stage, ('entered', e)])})" for e in ends
        ]
        rows.append((words.stage_words(stage), *cells))
    heads = (("stage", False), *((day(e), True) for e in ends))
    return Grid(heads, tuple(rows), frozenset(range(1, len(heads))), whole=frozenset({0}))


def _missing(analysis: Analysis) -> tuple[Grid, str]:
    frame = analysis.child_missing.frame
    if frame.empty:
        return Grid((), ()), ""
    pressing = frame["missing_now"] | frame["repeat"] | (frame["interviews_outstanding"] > 0)
    shown = frame[pressing.astype(bool)]
    rows = []
    for row in shown.head(MOST_CHILDREN).itertuples(index=False):
        times = f"{count(row.episodes)} ({count(row.episodes_before)})"
        recur = [str(c).replace("|", ", ") for c in (row.places, row.companions) if c]
        with_ = (
            f"with {str(row.companions_in_groups).replace('|', ', ')}, in a group" if row.companions_in_groups else ""
        )
        talks = [
            f"{count(n)} {word}"
            for n, word in ((row.interviews_outstanding, "outstanding"), (row.interviews_late, "late"))
            if n
        ]
        rows.append(
            (
                str(row.child_id),
                "–" if pd.isna(row.age) else count(row.age),
                "yes" if row.linked else "no",
                f"yes, since {day(row.latest_from)}" if row.missing_now else "no",
                times,
                str(row.trend),
                ", ".join(talks) or "–",
                " | ".join(filter(None, (*recur, with_))) or "–",
            )
        )
    heads = (
        ("child", False), ("age", True), ("linked to a group", True), ("missing now", True),
        ("episodes (year before)", True), ("trend", True), ("return interviews", True), ("what recurs", True),
    )  # fmt: skip
    rest = len(frame) - len(rows)
    further = of(rest, "further child", "further children")
    told = f"{further} went missing in the period; tables/child_missing.csv holds all."
    return Grid(heads, tuple(rows), frozenset({1}), whole=frozenset({0})), told if rest else ""


def _recurring(analysis: Analysis) -> tuple[Grid, str]:
    frame = analysis.missing_recurring.frame
    if frame.empty:
        return Grid((), ()), ""
    shown = frame[frame["member"].astype(bool) | (frame["children"] > 1)].head(30)
    rows = tuple(
        (
            str(row.kind),
            visible(str(row.what)) + (" (in a group)" if row.member else ""),
            count(row.episodes),
            str(row.child_ids).replace("|", ", "),
            day(row.latest_from),
        )
        for row in shown.itertuples(index=False)
    )
    heads = (("what", False), ("who or where", False), ("episodes", True), ("children", True), ("latest", True))
    rest = len(frame) - len(rows)
    return Grid(heads, rows, frozenset({2})), (
        f"{of(rest, 'further one', 'further ones')} in tables/missing_recurring.csv." if rest else ""
    )


def _sensitivity(analysis: Analysis) -> Grid:
    """Return the rules of each component, and how many bands rest on it."""
    table = analysis.child_sensitivity
    if table.frame.empty:
        return Grid((), ())
    points = points_of(analysis.settings)
    rules = [" | ".join(f"{RULES[r]} (+{points[r]})" for r in topic.rules) for topic in COMPONENTS.values()]
    said = zip(words.sensitivity_words(table), rules, strict=True)
    rows = tuple((title, rule, count(moved), moves or "–") for (title, moved, moves), rule in said)
    heads = (("component", False), ("rules and points", False), ("children in another band without it", True))
    return Grid((*heads, ("from and to", True)), rows, frozenset({2}))
