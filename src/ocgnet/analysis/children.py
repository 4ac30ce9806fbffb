"""Linked children: who is under 18 and linked to an OCG nominal, how, how surely and how pressing.

A prompt for support. No child is ranked as an offender because of a parent: bands order what adults
should look at first, and rows within a band stand in the order of ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd

from ocgnet.analysis.child_facts import aces_of, children_on, missing_of, risks_of
from ocgnet.analysis.child_links import BASES, Link, links_of, path_words
from ocgnet.analysis.priority import MENTION_ONLY, Component, State, bands, prioritise, risk_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.model.words import ACES
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.scope import Evidence
from ocgnet.settings import Settings

_YES, _NO, _UNKNOWN = State.YES, State.NO, State.UNKNOWN


@dataclass(frozen=True)
class LinkedChildren:
    """What ``linked_children`` answers.

    Parameters
    ----------
    table : ResultTable
        ``children``: one row per child, by band, then id.
    links : pandas.DataFrame
        One row per child, group, nominal, basis and manner, as ``child_links.links_of`` gives them.
    left_out : tuple of LeftOut
        Who and what took no part.
    """

    table: ResultTable
    links: pd.DataFrame
    left_out: tuple[LeftOut, ...]

    @property
    def family(self) -> pd.DataFrame:
        """The links of the profile's one basis: parent, step-parent or guardian."""
        return self.links[self.links["basis"] == "family"]


def linked_children(
    dataset: Dataset, evidence: Evidence, names: Mapping[str, str], settings: Settings
) -> LinkedChildren:
    """Find every child linked to an OCG nominal who is a member on the analysis date.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    evidence : Evidence
        The same records after all filters; it says who is a member and which events count.
    names : mapping of str to str
        Name by id.
    settings : Settings
        Filters, ``many_aces``, ``repeat_missing``, ``interview_hours``, ``priority_points`` and
        ``priority_bands``.

    Returns
    -------
    LinkedChildren
        Empty without memberships or without children; absent tables are no error, and what they would
        have said is unknown (blank), not 0.

    Notes
    -----
    A child is under 18 on the analysis date; an unknown date of birth counts as under 18. The bases are
    those of ``child_links.BASES``, each under its own name; ``family_basis`` marks the one that the
    profile counts. Events link under the same filters as everywhere: a report outside the grade filter
    or a crime where the nominal is victim or witness makes no link. Reports whose handling code does not
    allow naming count, without their id.
    """
    left_out: list[LeftOut] = []
    as_of = evidence.period.as_of
    age = children_on(dataset, as_of, settings, left_out)
    links = links_of(dataset, evidence, settings, age.index.to_numpy(), left_out)
    ids = pd.Index(links["child_id"].unique(), dtype=object)
    facts = pd.concat(
        [
            aces_of(dataset, as_of, ids),
            missing_of(dataset, evidence, settings, ids),
            risks_of(dataset, as_of, ids),
        ],
        axis=1,
    )
    judge = _Judge(dataset, settings)
    by_child = groupby(map(Link._make, links.itertuples(index=False)), key=lambda link: link.child_id)
    rows = [
        _row(child, list(own), fact, judge)
        for (child, own), fact in zip(by_child, facts.itertuples(index=False), strict=True)
    ]
    frame = pd.DataFrame(rows, columns=[c.name for c in RESULT_TABLES["children"]], index=ids)
    frame["name"] = [names.get(i, "") for i in ids]
    frame["age"] = age.reindex(ids)
    if "missing_episodes" not in dataset.given:
        frame["missing_episodes"] = pd.NA
    frame = frame.astype(
        {"known_aces": "int64", "unknown_aces": "int64", "missing_episodes": "Int64", "family_basis": "bool"}
        | {"freshest": "datetime64[s]"}
    )
    order = {b: i for i, b in enumerate(bands(settings))}
    frame = frame.assign(at=frame["priority"].map(order)).sort_values(["at", "child_id"], kind="stable")
    return LinkedChildren(
        ResultTable("children", frame.drop(columns="at").reset_index(drop=True)), links, tuple(sorted(left_out))
    )


def _row(child: str, own: list[Link], fact: Any, judge: _Judge) -> dict[str, object]:
    """Return one row of the table; ``name`` and ``age`` are filled in later."""
    found = prioritise(list(judge.components(own, fact)), judge.settings)
    victim = _nominals(x for x in own if x.basis == "same_crime_as_victim")
    first = f"Victim in a crime linked to {victim}. " if victim else ""
    present = {x.basis for x in own}
    dates = [x.on for x in own if not pd.isna(x.on)]
    return {
        "child_id": child,
        "priority": found.band,
        "because": first + found.because,
        "basis": "|".join(b for b in BASES if b in present),
        "family_basis": "family" in present,
        "known_aces": fact.known,
        "unknown_aces": fact.unknown,
        "missing_episodes": fact.episodes,
        "cse_risk": fact.cse_risk,
        "cce_risk": fact.cce_risk,
        "nominals": "|".join(sorted({x.nominal_id for x in own})),
        "ocgs": "|".join(sorted({x.ocg_id for x in own})),
        "family_ocgs": "|".join(sorted({x.ocg_id for x in own if x.basis == "family"})),
        "path": " | ".join(map(path_words, own)),
        "verified": "|".join(x.verified for x in own),
        "freshest": max(dates, default=pd.NaT),
    }


class _Judge:
    """Turns the links and facts of one child into the components of its priority."""

    def __init__(self, dataset: Dataset, settings: Settings) -> None:
        self.settings = settings
        self.given = dataset.given
        groups = dataset["ocgs"]
        self.status = dict(zip(groups["ocg_id"].to_pylist(), groups["status"].to_pylist(), strict=True))

    def components(self, own: list[Link], fact: Any) -> Iterator[Component]:
        """Give what applies to the child, in the order of ``priority.COMPONENTS``."""
        if victim := _nominals(x for x in own if x.basis == "same_crime_as_victim"):
            yield Component("victim", _YES, f"victim in a crime linked to {victim}")
        if groups := _listed(x.ocg_id for x in own if x.basis == "own_membership"):
            yield Component("own_membership", _YES, f"recorded as a member of {groups}")
        if missing := _nominals(x for x in own if x.basis == "missing_with"):
            yield Component("missing_with", _YES, f"went missing together with {missing}")
        yield from _adults([x for x in own if x.basis not in MENTION_ONLY and x.basis != "own_membership"])
        yield self._groups({x.ocg_id for x in own})
        yield from _parents([x for x in own if x.basis == "family"])
        yield self._aces(fact.known, fact.unknown)
        yield from self._missing(fact)
        scheme = f" (scheme {fact.cse_scheme})" if fact.cse_scheme else ""
        yield risk_of("cse_risk", fact.cse_risk, f"risk of sexual exploitation{scheme}")
        yield risk_of("cce_risk", fact.cce_risk, "risk of criminal exploitation")

    def _groups(self, ids: set[str]) -> Component:
        known = [f"{i} is {self.status[i]}" for i in sorted(ids) if self.status.get(i) in ("emerging", "active")]
        if known:
            return Component("group_active", _YES, ", ".join(known))
        if unknown := sorted(i for i in ids if not self.status.get(i)):
            return Component("group_active", _UNKNOWN, f"status of {', '.join(unknown)}")
        return Component("group_active", _NO)

    def _aces(self, known: int, unknown: int) -> Component:
        of = len(ACES)
        if known >= self.settings.many_aces:
            told = f"at least {known} adverse experiences known, {unknown} of {of} unknown"
            return Component("many_aces", _YES, told)
        state = _UNKNOWN if known + unknown >= self.settings.many_aces else _NO
        return Component("many_aces", state, f"{unknown} of {of} adverse experiences, {known} known to be there")

    def _missing(self, fact: Any) -> Iterator[Component]:
        if "missing_episodes" not in self.given:
            yield Component("repeat_missing", _UNKNOWN, "missing episodes (no such table)")
            yield Component("interview", _UNKNOWN, "return interviews (no such table)")
            return
        if fact.episodes >= self.settings.repeat_missing:
            yield Component("repeat_missing", _YES, f"{fact.episodes} missing episodes in the period")
        hours = self.settings.interview_hours
        told = []
        if fact.outstanding:
            told.append(f"{_number(fact.outstanding, 'return interview')} outstanding past {hours} hours")
        if fact.late:
            told.append(f"{_number(fact.late, 'return interview')} held after {hours} hours")
        if told:
            yield Component("interview", _YES, ", ".join(told))
        elif fact.unclear:
            since = _number(fact.unclear, "missing episode")
            yield Component("interview", _UNKNOWN, f"when the child returned from {since}")


def _adults(close: list[Link]) -> Iterator[Component]:
    if principal := _nominals(x for x in close if x.role == "principal"):
        yield Component("adult_principal", _YES, f"{principal} recorded as principal")
        return
    if unassessed := _nominals(x for x in close if not x.role):
        yield Component("adult_principal", _UNKNOWN, f"role of {unassessed}")
    if significant := _nominals(x for x in close if x.role == "significant"):
        yield Component("adult_significant", _YES, f"{significant} recorded as significant")


def _parents(family: list[Link]) -> Iterator[Component]:
    if verified := _nominals(x for x in family if x.verified == "yes"):
        yield Component("verified_parent", _YES, f"relationship with {verified} verified")
    elif refuted := _nominals(x for x in family if x.verified == "no"):
        yield Component("verified_parent", _UNKNOWN, f"relationship with {refuted}, recorded as not verified")
    elif unknown := _nominals(family):
        yield Component("verified_parent", _UNKNOWN, f"whether the relationship with {unknown} was verified")


def _nominals(links: Iterable[Link]) -> str:
    return _listed(x.nominal_id for x in links)


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(set(ids)))
