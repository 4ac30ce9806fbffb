"""The section about children: each by band with short reasons, who was linked, the pathway, missing, the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ocgnet.analysis.children.pathway import ORDER, STAGES
from ocgnet.analysis.children.priority_rules import ADULTS, CHILD, COMPONENTS, RULES, bands, points_of
from ocgnet.english import counted
from ocgnet.results import Analysis
from ocgnet.views.html.grids import Grid
from ocgnet.views.words import children as words
from ocgnet.views.words.caveats import band_rules
from ocgnet.views.words.numbers import UNKNOWN, count, day, printed
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
    family: str
    band: str
    adults: str
    could_be: str
    stage: str
    reasons: tuple[str, ...]
    links: tuple[str, ...]
    unknown: str
    victim: bool


@dataclass(frozen=True)
class Band:
    """The children in one band about the child."""

    name: str
    first: bool
    count: int
    heading: str
    children: tuple[Child, ...]


@dataclass(frozen=True)
class Section:
    """Everything the section about children shows."""

    prompt: str
    how_to_read: tuple[str, ...]
    separates: tuple[str, ...]
    crossed: Grid
    bands: tuple[Band, ...]
    more: str
    ended: Grid
    ended_says: str
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
        separates=tuple(words.separates(frame, analysis.settings)) if len(frame) else (),
        crossed=_crossed(analysis),
        bands=tuple(_bands(analysis, shown)),
        more=f"The first {count(len(shown))} of {count(len(frame))} children; tables/children.csv holds all."
        if rest
        else "",
        ended=_ended(analysis),
        ended_says=words.were_linked(analysis.child_links_ended.frame),
        stages=_stages(analysis),
        over_time=_over_time(analysis),
        missing=missing,
        missing_rest=missing_rest,
        recurring=recurring,
        recurring_rest=recurring_rest,
        sensitivity=_sensitivity(analysis),
        band_rules=band_rules(analysis),
    )


def _crossed(analysis: Analysis) -> Grid:
    """Return how many children stand in each pair of bands."""
    frame = analysis.children.frame
    if frame.empty:
        return Grid()
    columns = [name for name, _ in words.by_band(frame, analysis.settings, ADULTS)]
    rows = []
    for name, total in words.by_band(frame, analysis.settings, CHILD):
        here = frame.loc[frame["band_child"] == name, "band_adults"].value_counts()
        rows.append((name, *(count(here.get(c, 0)) for c in columns), count(total)))
    heads = ("about the child", *(f"adults: {c}" for c in columns), "children")
    return Grid(heads, rows, right=range(1, len(heads)), whole={0})


def _ended(analysis: Analysis) -> Grid:
    """Return who was linked until a membership ended or a group was archived, one row per link."""
    frame = analysis.child_links_ended.frame.head(MOST_CHILDREN)
    rows = tuple(
        (
            visible(str(row.child_id)),
            str(row.relationship).replace("_", " "),
            visible(printed(str(row.says))),
            "yes" if row.linked_now else "no",
        )
        for row in frame.itertuples(index=False)
    )
    heads = ("child", "how", "was linked", "linked otherwise now")
    return Grid(heads, rows, assessed={2, 3}, whole={0}) if rows else Grid()


def _bands(analysis: Analysis, frame: pd.DataFrame) -> Iterator[Band]:
    parts = words.by_child(analysis.child_components)
    links = words.by_child(analysis.child_links)
    together = words.of_households(analysis.children.frame)
    whole = dict(words.by_band(analysis.children.frame, analysis.settings, CHILD))
    for place, name in enumerate(bands(analysis.settings, CHILD)):
        here = frame[frame["band_child"] == name]
        if here.empty:
            continue
        found = tuple(_child(row, parts, links, together) for _, row in here.iterrows())
        yield Band(name, place == 0, len(here), f"About the child: at least {name} ({count(whole[name])})", found)


def _child(
    row: pd.Series, parts: dict[str, pd.DataFrame], links: dict[str, pd.DataFrame], together: dict[str, list[str]]
) -> Child:
    child = str(row["child_id"])
    own = parts.get(child)
    reasons = words.reasons(own) if own is not None else [str(row["because"] or "")]
    said = words.linked_by(links[child]) if child in links else [str(row["path"] or "")]
    if len(said) > _MOST_LINKS:
        said = [*said[: _MOST_LINKS - 1], f"and {len(said) - _MOST_LINKS + 1} more links in the workbook"]
    family = words.family_words(row, together)
    return Child(
        id=visible(child),
        age="–" if pd.isna(row["age"]) else count(row["age"]),
        family=visible(f"one family with {family}") if family else "",
        band=f"child: at least {row['band_child']}",
        adults=f"adults: at least {row['band_adults']}",
        could_be=words.band_words(row, CHILD).partition("; ")[2],
        stage=words.stage_words(row["stage"]),
        reasons=tuple(printed(visible(r)) for r in reasons),
        links=tuple(printed(visible(s)) for s in said),
        unknown=", ".join(words.unknowns(own)) if own is not None else "",
        victim=own is not None and bool((own["component"].isin(("victim", "harmed_by")) & (own["points"] > 0)).any()),
    )


def _stages(analysis: Analysis) -> Grid:
    found = analysis.children.frame["stage"].value_counts()
    if analysis.children.frame.empty or not len(found):
        return Grid()
    heads = ("stage", f"children on {day(analysis.as_of)}", "what it means", "what may help")
    rows = tuple(
        (stage.title, count(found.get(name, 0)), stage.says, " | ".join(stage.interventions))
        for name, stage in STAGES.items()
    )
    return Grid(heads, rows, assessed={1}, right={1}, whole={0})


def _over_time(analysis: Analysis) -> Grid:
    frame = analysis.pathway_counts.frame
    if frame.empty:
        return Grid()
    ends = sorted(set(frame["period_to"]))
    table = frame.pivot_table(index="stage", columns="period_to", values=["children", "entered"], aggfunc="sum")
    rows = []
    for stage in ORDER:
        cells = [
            f"{count(table.loc[stage, ('children', e)])} ({count(table.loc[stage, ('entered', e)])})" for e in ends
        ]
        rows.append((words.stage_words(stage), *cells))
    places = range(1, len(ends) + 1)
    return Grid(("stage", *map(day, ends)), rows, assessed=places, right=places, whole={0})


def _missing(analysis: Analysis) -> tuple[Grid, str]:
    frame = analysis.child_missing.frame
    if frame.empty:
        return Grid(), ""
    pressing = frame["missing_now"] | frame["repeat"] | (frame["interviews_outstanding"] > 0)
    shown = frame[pressing.astype(bool)]
    rows = []
    for row in shown.head(MOST_CHILDREN).itertuples(index=False):
        times = f"{count(row.episodes)} ({UNKNOWN if pd.isna(row.episodes_before) else count(row.episodes_before)})"
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
        "child", "age", "linked to a group", "missing now", "episodes (period before)", "trend", "return interviews",
        "what recurs",
    )  # fmt: skip
    rest = len(frame) - len(rows)
    further = counted(rest, "further child", "further children")
    told = f"{further} went missing in the period; tables/child_missing.csv holds all."
    return Grid(heads, rows, assessed=range(1, 8), right={1}, whole={0}), told if rest else ""


def _recurring(analysis: Analysis) -> tuple[Grid, str]:
    frame = analysis.missing_recurring.frame
    if frame.empty:
        return Grid(), ""
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
    heads = ("what", "who or where", "episodes", "children", "latest")
    rest = len(frame) - len(rows)
    return Grid(heads, rows, assessed={2, 3, 4}, right={2}), (
        f"{counted(rest, 'further one')} in tables/missing_recurring.csv." if rest else ""
    )


def _sensitivity(analysis: Analysis) -> Grid:
    """Return the rules of each component, and how many bands rest on it."""
    table = analysis.child_sensitivity
    if table.frame.empty:
        return Grid()
    points = points_of(analysis.settings)
    rules = [" | ".join(f"{RULES[r]} (+{points[r]})" for r in topic.rules) for topic in COMPONENTS.values()]
    said = zip(words.sensitivity_words(table), rules, strict=True)
    rows = tuple((title, side, rule, count(moved), moves or "–") for (title, side, moved, moves), rule in said)
    heads = ("component", "band", "rules and points", "children in another band without it", "from and to")
    return Grid(heads, rows, assessed={3, 4}, right={3})
