"""The answer of a run in about five sentences; each number stands with its numerator and denominator."""

from __future__ import annotations

import pandas as pd

from ocgnet.analysis.children.priority_rules import SIDES
from ocgnet.english import counted
from ocgnet.results import Analysis, Figure
from ocgnet.views.words import children as words
from ocgnet.views.words.numbers import (
    UNKNOWN,
    before_text,
    count,
    day,
    losses_sentence,
    measured,
    ratio,
    roles_said,
    share,
    value_of,
)


def findings(analysis: Analysis) -> list[str]:
    """Return the findings of a run as plain sentences, the headline first.

    In this order: what could not be read, concentration, groups, children, roles, people of no group, network;
    concentration last where it cannot be known, because a page opens with what it does know. What the records cannot
    tell is said; a run without groups speaks of people and ties only.
    """
    few = concentration(analysis)
    rest = [
        s for s in (groups(analysis), children(analysis), roles(analysis), outside(analysis), network(analysis)) if s
    ]
    known = [*rest, few] if few.startswith(_UNKNOWN_FEW) else [few, *rest]
    return [*analysis.first, *filter(None, [lost(analysis)]), *known]


def lost(analysis: Analysis) -> str:
    """Return what could not be read, and what that means for the answers; empty when everything was."""
    return losses_sentence(analysis.losses, analysis.settings.loss_limit)


def title(analysis: Analysis) -> str:
    """Return the heading of the report: the headline finding as one sentence."""
    parts = []
    for figure_id, noun in _TOP:
        figure = analysis.figures.get(figure_id)
        if figure is not None and figure.value is not None:
            parts.append(f"{share(figure.value)} of {noun}")
    top, people = _top(analysis)
    if parts and people:
        verb = "relates" if top == 1 else "relate"
        linked = " linked to organised crime groups" if len(analysis.groups) else ""
        told = roles_said(analysis.settings)
        return f"{count(top)} of {count(people)} {_nominals(analysis)} {verb} to {' and '.join(parts)}{linked}{told}"
    n = analysis.network
    if reason := analysis.unknown("concentration") or analysis.unknown("network"):
        return f"Not known from these records: {reason}"
    if not n.edges:
        return f"No tie joins any of {counted(n.nodes, 'person', 'people')}"
    if len(analysis.groups):
        return f"{counted(len(analysis.groups), 'group')} and {counted(n.nodes, 'nominal')} in the records"
    all_people = counted(n.nodes, "person", "people")
    return f"{counted(n.edges, 'tie joins', 'ties join')} {count(n.nodes - n.isolates)} of {all_people}"


def concentration(analysis: Analysis) -> str:
    """Return how much relates to the chosen few, beside what chance alone gives."""
    verbs = ("linked to", "named in")
    known = [
        (noun, verb, analysis.figures[i])
        for (i, noun), verb in zip(_TOP, verbs, strict=True)
        if i in analysis.figures and analysis.figures[i].value is not None
    ]
    top, people = _top(analysis)
    if reason := analysis.unknown("concentration"):
        return f"{_UNKNOWN_FEW}: {reason}."
    if not known or not people:
        return f"{_UNKNOWN_FEW}: no crime or report in the period is linked to a nominal that counts."
    said = " and ".join(f"{verb} {measured(figure, noun)}" for noun, verb, figure in known) + roles_said(
        analysis.settings
    )
    whose = f"{ratio(top, people, _nominals(analysis))} {'is' if top == 1 else 'are'} {said}."
    against = _against_chance([(noun, figure) for noun, _, figure in known])
    return " ".join(filter(None, (whose, against, _held_out(analysis))))


def groups(analysis: Analysis) -> str:
    """Return how many groups and members there are, and how that changed."""
    number, members = value_of(analysis.figures, "ocgs"), value_of(analysis.figures, "nominals")
    if number is None:
        reason = _reason(analysis, "ocgs")
        return "" if len(analysis.groups) == 0 and not reason else f"The number of active groups is {UNKNOWN}{reason}."
    when = f" on {day(analysis.as_of)}" if analysis.as_of else ""
    sentence = f"{counted(number, 'group was', 'groups were')} active{when}"
    if (change := value_of(analysis.figures, "ocgs_change")) is not None:
        sentence += f" ({count(number - change)} on {day(analysis.before_as_of)})"
    if members is not None:
        sentence += f", with {counted(members, 'nominal')}"
        if (before := value_of(analysis.figures, "nominals_before")) is not None:
            sentence += (
                f" ({count(before)} then)"
                if change is not None
                else f" ({count(before)} on {day(analysis.before_as_of)})"
            )
    trade = value_of(analysis.figures, "ocgs_drug_trafficking")
    if trade is not None and number:
        sentence += f"; {ratio(trade, number, 'groups')} {'has' if trade == 1 else 'have'} drug trafficking as primary"
        sentence += " crime type"
        if (cocaine := value_of(analysis.figures, "ocgs_powder_cocaine")) is not None:
            sentence += f", of which {count(cocaine)} powder cocaine"
    return f"{sentence}."


def children(analysis: Analysis) -> str:
    """Return how many children are linked, on the profile's one basis and in which bands."""
    number, parents = value_of(analysis.figures, "children"), value_of(analysis.figures, "parents")
    if number is None:
        reason = _reason(analysis, "children")
        if not analysis.rows_in.get("children") and not reason:
            return ""
        sentence = f"The number of children linked to these nominals is {UNKNOWN}{reason or ' from these records'}."
        found = len(analysis.children.frame)
        linked = counted(found, "child is", "children are")
        return f"{sentence} At least {linked} linked on some basis." if found else sentence
    sentence = f"{counted(number, 'child under 18 has', 'children under 18 have')} a parent, step-parent "
    # Of all members, those overdue for review among them: the same people below and above the line.
    figure = analysis.figures.get("parents")
    people = figure.denominator if figure is not None and figure.denominator else value_of(analysis.figures, "nominals")
    sentence += (
        f"or guardian among {ratio(parents, people, 'OCG nominals')}"
        if parents is not None and people
        else ("or guardian who is an OCG nominal")
    )
    in_groups, all_groups = value_of(analysis.figures, "parents_ocgs"), value_of(analysis.figures, "ocgs")
    if in_groups is not None and all_groups:
        sentence += f", in {count(in_groups)} of {counted(all_groups, 'group')}"
    if late := value_of(analysis.figures, "children_only_overdue"):
        sentence += f"; {count(late)} of them by records that are overdue for review"
    if gone := value_of(analysis.figures, "children_were_linked"):
        were = counted(gone, "child was", "children were")
        sentence += f". A further {were} linked until a membership ended or a group was archived, and stand apart"
    frame, asked = analysis.children.frame, analysis.settings
    if len(frame):
        by = (
            f"by what is known about {words.WHOM[side]} "
            + ", ".join(f"{n} {band}" for band, n in words.by_band(frame, asked, side))
            for side in SIDES
        )
        sentence += f". Of {counted(len(frame), 'child', 'children')} linked on any basis: {'; '.join(by)}"
    return f"{sentence}."


def _reason(analysis: Analysis, figure_id: str) -> str:
    """Return the end of a sentence about a figure that a loss of records makes unknown."""
    figure = analysis.figures.get(figure_id)
    return f": {figure.unknown}" if figure is not None and figure.unknown else ""


def roles(analysis: Analysis) -> str:
    """Return how many principals are suggested, how stable that is, and how it agrees with recorded roles."""
    if reason := analysis.unknown("roles"):
        return f"What network position suggests is {UNKNOWN}: {reason}."
    suggested = suggested_principals(analysis)
    if not member_of_any(analysis).any():
        return highest_positions(analysis)
    if suggested.empty:
        return "No group has enough tied members for network position to suggest a principal."
    n = len(suggested)
    sentence = f"Network position suggests {counted(n, 'principal')}"
    if in_groups := int(suggested["ocg_id"].replace("", None).nunique()):
        sentence += f" in {count(in_groups)} of {counted(len(analysis.groups), 'group')}"
    if suggested["stability"].notna().any():
        kept = int((suggested["stability_word"] == "stable").sum())
        sentence += f"; {count(kept)} of {count(n)} ({share(kept / n)}) {'is' if kept == 1 else 'are'} stable "
        sentence += _stable(analysis)
    same = int((suggested["recorded_role"] == "principal").sum())
    kappa, compared = analysis.agreement.kappa, analysis.agreement.compared
    if compared:
        sentence += (
            f"; {count(same)} of {count(n)} ({share(same / n)}) {'is' if same == 1 else 'are'} also recorded as "
        )
        sentence += "principal"
    if kappa is not None:
        sentence += f", and over {counted(compared, 'membership')} with both roles the agreement beyond "
        sentence += f"chance (weighted kappa) is {kappa:.2f}, where 1 is full agreement and 0 is chance"
    return f"{sentence}."


def suggested_principals(analysis: Analysis) -> pd.DataFrame:
    """Return the rows of ``roles`` that suggest principal, by group, then position score, then id.

    These are members of groups only: without a group there is nothing to be principal of.
    """
    frame = analysis.roles.frame
    found = frame[(frame["suggested_role"] == "principal") & member_of_any(analysis)]
    return found.sort_values(["ocg_id", "position_score", "nominal_id"], ascending=[True, False, True])


def member_of_any(analysis: Analysis) -> pd.Series:
    """Return which rows of ``roles`` are memberships."""
    ocg = analysis.roles.frame["ocg_id"]
    return ocg.notna() & (ocg != "")


def highest_positions(analysis: Analysis) -> str:
    """Return how many people stand highest, where no membership says who belongs to what."""
    frame = analysis.highest_positions.frame
    if frame.empty:
        return "No membership holds on the date, so nobody is called principal; no position stands out either."
    sentence = "No membership holds on the date, so nobody is called principal. Highest positions: "
    sentence += f"{ratio(len(frame), int(frame['of'].iloc[0]), 'people with ties')} "
    sentence += "is listed" if len(frame) == 1 else "are listed in their order"
    if frame["stability"].notna().any():
        kept = int((frame["stability_word"] == "stable").sum())
        sentence += f"; the place of {count(kept)} of {count(len(frame))} ({share(kept / len(frame))}) is stable "
        sentence += _stable(analysis)
    return f"{sentence}."


def _stable(analysis: Analysis) -> str:
    s = analysis.settings
    return f"(kept in at least {s.stable_from:.0%} of {count(s.resamples)} resamples, beyond the luck of the draw)"


def outside(analysis: Analysis) -> str:
    """Return how many people of no group stand above the principals of one; empty without any."""
    frame = analysis.outside_but_tied.frame
    if frame.empty or analysis.unknown("outside_but_tied"):
        return ""
    people, in_groups = frame["nominal_id"].nunique(), frame["ocg_id"].nunique()
    stand = "is tied to members of a group and stands" if people == 1 else "are tied to members of a group and stand"
    whole = int((~member_of_any(analysis)).sum())
    return (
        f"Not recorded in any group: {ratio(people, whole, 'nominals without a group')} {stand} above its principals "
        f"by position, beside {counted(in_groups, 'group')}. Look at their records; a position is no membership."
    )


def network(analysis: Analysis) -> str:
    """Return the size of the tie network."""
    n = analysis.network
    if reason := analysis.unknown("network"):
        return f"How many ties there are is {UNKNOWN}: {reason}."
    if not n.edges:
        return f"No tie joins any of {counted(n.nodes, 'person', 'people')}."
    all_people = counted(n.nodes, "person", "people")
    sentence = f"{counted(n.edges, 'tie joins', 'ties join')} {count(n.nodes - n.isolates)} of {all_people}"
    if n.isolates:
        sentence += f" ({count(n.isolates)} {'has' if n.isolates == 1 else 'have'} none)"
    if n.mean_degree is not None and n.density is not None:
        sentence += f": {n.mean_degree:.1f} ties a person on average, {share(n.density)} of all possible ties"
    return f"{sentence}."


OF_TABLE = {"concentration": concentration, "children": children, "roles": roles, "communities": network}
"""The finding that stands above a table in the terminal."""

_UNKNOWN_FEW = "Concentration cannot be known"

_TOP = (("top_nominals_crime_share", "crimes"), ("top_nominals_intel_share", "intelligence reports"))


def _nominals(analysis: Analysis) -> str:
    return "OCG nominals" if len(analysis.groups) else "nominals"


def _top(analysis: Analysis) -> tuple[float, float]:
    """Return how many people are chosen, and of how many."""
    people = max((c.people for c in analysis.curves), default=0) or value_of(analysis.figures, "nominals") or 0
    top = value_of(analysis.figures, "top_nominals")
    return (min(analysis.settings.top_k, people) if top is None else top), people


def _held_out(analysis: Analysis) -> str:
    """Return what the set of the period before holds of this one: how little such a list lasts."""
    named = zip(("holdout_crime_share", "holdout_intel_share"), (noun for _, noun in _TOP), strict=True)
    known = [(analysis.figures[i].value, noun) for i, noun in named if i in analysis.figures]
    parts = [f"{share(value)} of {noun}" for value, noun in known if value is not None]
    new = analysis.figures.get("top_nominals_new")
    if not parts or new is None or new.numerator is None or new.denominator is None:
        return ""
    return (
        f"The set chosen in the same way on {before_text(analysis)} relates to {' and '.join(parts)} of this period; "
        f"{count(new.numerator)} of the {count(new.denominator)} chosen on this one "
        f"{'is' if new.numerator == 1 else 'are'} new."
    )


def _against_chance(known: list[tuple[str, Figure]]) -> str:
    judged = [(noun, figure.outside_chance) for noun, figure in known if figure.outside_chance is not None]
    above = [noun for noun, outside in judged if outside]
    within = [noun for noun, outside in judged if not outside]
    found = []
    if above:
        plural = "shares of {} are" if len(above) > 1 else "share of {} is"
        found.append(f"The {plural.format(' and '.join(above))} above the 99.9th percentile of random allocation.")
    if within:
        plural = "shares of {} do" if len(within) > 1 else "share of {} does"
        found.append(
            f"The {plural.format(' and '.join(within))} not pass the 99.9th percentile of random allocation: "
            "chance alone may explain it."
        )
    return " ".join(found)
