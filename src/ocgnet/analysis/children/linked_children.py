"""Linked children: who is under 18 and linked to an OCG nominal, how, how surely and how pressing.

A prompt for support. No child is ranked as an offender because of a parent: two bands, about the child and about the
adults, order what adults should look at first; otherwise rows stand by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.links import (
    BASES,
    FAMILY,
    Link,
    ended_links,
    ended_table,
    frame_of,
    links_table,
    members_of,
    path_words,
    records_of,
    together,
    with_overdue,
)
from ocgnet.analysis.children.missing import episodes_of, missing_facts, missing_table, recurring_table
from ocgnet.analysis.children.pathway import counts_table, escalated, pathway_table, states_on
from ocgnet.analysis.children.priority import Judge
from ocgnet.analysis.children.priority_rules import (
    COMPONENTS,
    SIDES,
    Component,
    added,
    bands,
    because,
    find_out,
    in_words,
    judged,
    points_of,
    sensitivity_table,
)
from ocgnet.analysis.children.records import aces_of, crimes_of, harm_of_adults, harm_of_groups, households_of, risks_of
from ocgnet.analysis.children.signs import signs_of
from ocgnet.analysis.time.paths import evidence_over, windows_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.ages import births_of, children_on
from ocgnet.evidence.evidence import Evidence, evidence_of
from ocgnet.evidence.period import period_before
from ocgnet.evidence.restricted import in_use
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings


def components_table(children: Sequence[str], parts: Sequence[Sequence[Component]], settings: Settings) -> ResultTable:
    """Return the table ``child_components``: one row per child and component, in the order of ``COMPONENTS``."""
    points = points_of(settings)
    rows = []
    for child, own in sorted(zip(children, parts, strict=True), key=lambda pair: pair[0]):
        for part in own:
            now, more = added(part, points)
            topic = COMPONENTS[part.name]
            rows.append(
                {
                    "child_id": child,
                    "component": part.name,
                    "title": topic.title,
                    "about": topic.about,
                    "value": part.value,
                    "state": part.state.value,
                    "points": now,
                    "could_add": more,
                    "find_out": part.find_out,
                    "evidence": "|".join(part.evidence),
                }
            )
    frame = ResultTable.of("child_components", rows).frame
    return ResultTable("child_components", frame.astype({"points": "int64", "could_add": "int64"}))


ADULT_WITHHELD = "the adult is withheld, because processing is restricted; the child stays listed"
"""Why a link shows no adult."""


@dataclass(frozen=True)
class LinkedChildren:
    """What ``linked_children`` answers."""

    # ``children``: one row per child, by the band about the child, then the band about the adults, then id
    table: ResultTable
    # One row per child, group, nominal, basis and manner: the fields of ``links.Link``
    links: pd.DataFrame
    # ``child_links``, ``child_links_ended``, ``child_components``, ``child_sensitivity``, ``child_pathway``,
    # ``pathway_counts``, ``child_missing`` and ``missing_recurring``
    tables: Mapping[str, ResultTable]
    left_out: tuple[LeftOut, ...]  # Who and what took no part
    members: int  # People with a membership on the analysis date, those overdue for review among them
    # Links that are over: the fields of ``Link`` with ``why``, ``until`` and ``linked_now``
    ended: pd.DataFrame

    @property
    def all_tables(self) -> dict[str, ResultTable]:
        """Every table about children, ``children`` first."""
        return {"children": self.table, **self.tables}

    @property
    def family(self) -> pd.DataFrame:
        """The links of the profile's one basis: parent, step-parent or guardian."""
        return self.links[self.links["basis"] == "family"]

    @property
    def only_overdue(self) -> int:
        """Children on that basis whose every such link rests on a record that is overdue for review."""
        family = self.family
        return int((family["overdue"] != "").groupby(family["child_id"]).all().sum())

    @property
    def were_linked(self) -> int:
        """Children who were linked, on any basis, by what is over now, and whom no link that counts joins."""
        return int(self.ended.loc[~self.ended["linked_now"], "child_id"].nunique())


def linked_children(
    dataset: Dataset, evidence: Evidence, names: Mapping[str, str], settings: Settings
) -> LinkedChildren:
    """Find every child linked to an OCG nominal who is a member on the analysis date.

    Empty without memberships or without children; absent tables are no error, and what they would have said is
    unknown (blank), not 0.

    A child is under 18 on the analysis date; an unknown date of birth counts as under 18. The bases are those of
    ``links.BASES``, each under its own name; ``family_basis`` marks the one that the profile counts. Events link
    under the same filters as everywhere: a report outside the grade filter or a crime where the nominal is victim
    or witness makes no link. Reports whose handling code does not allow naming count, without their id. What the
    filters took away because its review is overdue counts here all the same, and every link that rests on it says
    so.

    Whoever left a group, or whose group was archived, makes no link that counts; those links stand in
    ``child_links_ended`` with the day until which they held, and in no figure of linked children.
    """
    left_out: list[LeftOut] = []
    as_of = evidence.period.as_of
    names = dict(names)
    dataset, evidence, settings = with_overdue(dataset, evidence, settings)
    age = children_on(dataset, as_of, left_out)
    members = members_of(evidence)
    links = together(records_of(dataset, evidence, settings, age.index.to_numpy(), left_out), members, dataset, as_of)
    ended = ended_links(dataset, evidence, settings, age, frozenset(links["child_id"]))
    if hidden := int(links["nominal_id"].isin(dataset.withheld or ()).sum()):
        left_out.append(LeftOut("child_links", ADULT_WITHHELD, hidden))
    ids = pd.Index(links["child_id"].unique(), dtype=object)
    households = households_of(dataset, as_of, age.index)
    crimes = crimes_of(dataset, as_of, ids)
    episodes = episodes_of(dataset, evidence, settings)
    missing = missing_facts(dataset, episodes, evidence, settings, age.index)
    over = evidence_over(dataset, evidence, settings)
    signs = signs_of(
        dataset, as_of, settings, ids, records_of(dataset, over, settings, ids.to_numpy(), []), crimes, episodes,
        births_of(dataset),
    )  # fmt: skip
    stage = states_on(signs, as_of, ids, settings, undated=True)
    # What the band about the child rests on: signs that need nobody else's record.
    own_signs = signs_of(dataset, as_of, settings, ids, frame_of(), crimes, episodes, pd.Series(dtype="datetime64[s]"))
    facts = pd.concat(
        [
            aces_of(dataset, as_of, ids),
            risks_of(dataset, as_of, ids, settings),
            missing.reindex(ids),
            escalated(own_signs, as_of, ids, settings),
        ],
        axis=1,
    )
    judge = _judge(dataset, evidence, members, settings)
    of_child: dict[str, list[Any]] = {}
    for crime in crimes.itertuples(index=False):
        of_child.setdefault(str(crime.child_id), []).append(crime)
    by_child = groupby(map(Link._make, links.itertuples(index=False)), key=lambda link: link.child_id)
    own_links = {child: list(own) for child, own in by_child}
    parts = [
        judge.components(child, own, fact, of_child.get(child, []))
        for (child, own), fact in zip(own_links.items(), facts.itertuples(index=False), strict=True)
    ]
    sensitivity = sensitivity_table(list(ids), parts, settings)
    rests = in_words(sensitivity)
    rows = [
        _row(child, own, fact, components, settings, judge.given) | {"sensitivity": rests[child]}
        for (child, own), fact, components in zip(own_links.items(), facts.itertuples(index=False), parts, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=[c.name for c in RESULT_TABLES["children"]], index=ids)
    frame["name"] = [names.get(i, "") for i in ids]
    frame["age"] = age.reindex(ids)
    frame["household"] = households.reindex(ids)
    frame["household_others"] = _others(households, ids)
    frame["stage"] = stage["stage"]
    frame["stage_since"] = stage["since"].astype("datetime64[s]").dt.floor("D")
    table = ResultTable("children", _ordered(frame, settings))
    linked_groups = frozenset(members["nominal_id"])
    return LinkedChildren(
        table,
        links,
        {
            "child_links": links_table(links),
            "child_links_ended": ended_table(ended, names),
            "child_components": components_table(list(ids), parts, settings),
            "child_sensitivity": sensitivity,
            "child_pathway": pathway_table(signs, names),
            "pathway_counts": counts_table(
                signs,
                ids,
                windows_of(evidence.period, settings.pathway_months, period_before(evidence.period, settings)),
                settings,
            ),
            "child_missing": missing_table(episodes, missing, age, ids, linked_groups, names, settings),
            "missing_recurring": recurring_table(episodes, age, linked_groups),
        },
        tuple(sorted(left_out)),
        len(linked_groups),
        ended,
    )


def _ordered(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the rows by the band about the child, then the band about the adults, then id."""
    frame = frame.astype(
        {"known_aces": "int64", "unknown_aces": "int64", "missing_episodes": "Int64", "family_basis": "bool"}
        | {f"{name}_{side}": "int64" for name in ("points", "could_add", "unknown") for side in SIDES}
        | dict.fromkeys(("freshest", "stage_since"), "datetime64[s]")
    )
    order = {f"band_{side}": {band: i for i, band in enumerate(bands(settings, side))} for side in SIDES}
    by = [*order, "child_id"]
    return frame.sort_values(by, kind="stable", key=lambda c: c.map(order.get(c.name, lambda x: x)), ignore_index=True)


def _row(
    child: str, own: list[Link], fact: Any, components: list[Component], settings: Settings, given: frozenset[str]
) -> dict[str, object]:
    """Return one row of the table; name, age, household and stage are filled in later."""
    judgements = {side: judged(components, settings, side) for side in SIDES}
    # Victim status comes first, whatever else is said.
    victim = next((c.value for n in ("victim", "harmed_by") for c in components if c.name == n and c.holds), "")
    first = f"{victim[:1].upper()}{victim[1:]}. " if victim else ""
    present = {x.basis for x in own}
    dates = [x.on for x in own if not pd.isna(x.on)]
    of_bands: dict[str, object] = {}
    for side, band in judgements.items():
        columns = vars(band) | {"band": band.name, "raised_by": "|".join(band.raised_by)}
        of_bands |= {f"{column}_{side}": value for column, value in columns.items()}
    return {
        "child_id": child,
        **of_bands,
        "because": first + because(components, judgements, settings),
        "find_out": find_out(components, judgements, settings),
        "basis": "|".join(b for b in BASES if b in present),
        "family_basis": "family" in present,
        "known_aces": fact.known,
        "unknown_aces": fact.unknown,
        "missing_episodes": fact.episodes if "missing_episodes" in given else pd.NA,
        "cse_risk": fact.cse_risk,
        "cse_risk_scheme": fact.cse_scheme,
        "cce_risk": fact.cce_risk,
        "nominals": "|".join(sorted({x.nominal_id for x in own})),
        "ocgs": "|".join(sorted({x.ocg_id for x in own})),
        "family_ocgs": "|".join(sorted({x.ocg_id for x in own if x.basis == "family"})),
        "path": " | ".join(map(path_words, own)),
        "verified": "|".join(x.verified for x in own),
        "freshest": max(dates, default=pd.NaT),
        "overdue": " | ".join(dict.fromkeys(x.overdue for x in own if x.overdue)),
    }


def _judge(dataset: Dataset, evidence: Evidence, members: pd.DataFrame, settings: Settings) -> Judge:
    groups = dataset["ocgs"]
    status = dict(zip(groups["ocg_id"].to_pylist(), groups["status"].to_pylist(), strict=True))
    harm = harm_of_groups(dataset, evidence, settings)
    adults = harm_of_adults(evidence, frozenset(members["nominal_id"]))
    former = _former(dataset, members, settings)
    return Judge(settings, dataset.given, status, harm, adults, evidence.period, former)


def _former(dataset: Dataset, members: pd.DataFrame, settings: Settings) -> dict[str, str]:
    """Return by child the parents who were in a group and are no members on the date, in words."""
    if settings.ocgs:
        return {}
    now = set(members["nominal_id"])
    t = dataset["memberships"].to_pylist()
    past: dict[str, set[str]] = {}
    for row in t:
        if row["nominal_id"] not in now:
            past.setdefault(row["nominal_id"], set()).add(row["ocg_id"])
    links = dataset["family_links"]
    links = links.filter(pc.is_in(links["relationship"], pa.array(FAMILY)))
    words: dict[str, list[str]] = {}
    for adult, child in sorted(set(zip(links["adult_id"].to_pylist(), links["child_id"].to_pylist(), strict=True))):
        if adult in past:
            sentence = f"{adult}, a parent, was in {', '.join(sorted(past[adult]))} and is no member now"
            words.setdefault(child, []).append(sentence)
    return {child: "; ".join(own) for child, own in words.items()}


def _others(households: pd.Series, ids: pd.Index) -> list[str]:
    """Return per linked child the children of the same household who are not linked themselves."""
    linked = set(ids)
    rest: dict[str, list[str]] = {}
    for child, household in sorted(households.to_dict().items()):
        if child not in linked:
            rest.setdefault(household, []).append(child)
    return ["|".join(rest.get(household, ())) for household in households.reindex(ids)]


STEPS = ("choosing the evidence", "children")
"""Names of the steps, in order, for a progress bar."""


def _silent(_step: str) -> None:
    """Report nothing."""


def safeguard(
    dataset: Dataset, settings: Settings | None = None, step: Callable[[str], None] = _silent
) -> LinkedChildren:
    """Answer the questions about children: the same tables as ``pipeline.analyse`` gives, in a fraction of the time.

    ``step`` is told the name of each of ``STEPS`` as it begins. Raises `UsageError` when the settings name a group
    that does not exist, dates that the data cannot have, or an unknown rule.
    """
    settings, dataset = settings or Settings(), in_use(dataset)
    step(STEPS[0])
    evidence = evidence_of(dataset, settings)
    step(STEPS[1])
    return linked_children(dataset, evidence, dataset.shown_names, settings)
