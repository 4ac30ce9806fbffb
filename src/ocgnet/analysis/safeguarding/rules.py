"""How pressing it is to look at a linked child: declared rules, no learned score.

Each component rests on recorded facts: a rule of it holds and adds points, none holds, or it is not
known. Points and bands are declared in ``Settings.priority_points`` and ``Settings.priority_bands`` and
nowhere else. They are a convention for the partnership to set, not a measured risk: a band orders the
reading of records, and what is unknown can only raise it. Nothing here says that a child did anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ocgnet.errors import UsageError
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Topic:
    """What one component is about.

    Parameters
    ----------
    title : str
        A few plain words for people who read results.
    about : str
        Whom the facts are about: ``child``, ``adult`` or ``group``.
    rules : tuple of str
        Rules of ``RULES`` that may hold, the weightiest first; at most one of them adds points.
    """

    title: str
    about: str
    rules: tuple[str, ...]


RULES: dict[str, str] = {
    "victim": "recorded as victim of a crime linked to an OCG nominal, or of a crime of exploitation",
    "missing_now": "no return is recorded from a recent missing episode",
    "in_company": "went missing, was stopped or was arrested together with an OCG nominal",
    "own_membership": "recorded as a member of a group",
    "adult_principal": "an adult on a close path is recorded as principal",
    "adult_significant": "an adult on a close path is recorded as significant, none as principal",
    "group_active": "a linking group is emerging or active",
    "group_harm": "the crimes of a linking group add up to high harm",
    "group_violence": "a linking group is linked to many violent crimes",
    "verified_parent": "a parent, step-parent or guardian is an OCG nominal and the relationship is verified",
    "many_aces": "known adverse experiences reach the high-risk threshold",
    "repeat_missing": "repeated missing episodes in the period",
    "missing_rising": "more missing episodes in the recent stretch than in the one before",
    "interview": "a return interview is outstanding or was held late",
    "cse_risk": "a risk of sexual exploitation is recorded, not as low",
    "cse_risk_low": "a low risk of sexual exploitation is recorded",
    "cce_risk": "a risk of criminal exploitation is recorded, not as low",
    "cce_risk_low": "a low risk of criminal exploitation is recorded",
    "serious_offences": "linked as suspect to at least one earlier serious offence",
    "serious_offences_many": "linked as suspect to very many earlier serious offences",
    "escalation": "reached a later stage of the prevent pathway recently",
}
"""What each rule means: the keys of ``Settings.priority_points``."""

COMPONENTS: dict[str, Topic] = {
    "victim": Topic("Victim of crime", "child", ("victim",)),
    "missing_now": Topic("Missing now", "child", ("missing_now",)),
    "in_company": Topic("In company of a nominal", "child", ("in_company",)),
    "own_membership": Topic("Recorded in a group", "child", ("own_membership",)),
    "cse": Topic("Sexual exploitation (CSE)", "child", ("cse_risk", "cse_risk_low")),
    "cce": Topic("Criminal exploitation (CCE)", "child", ("cce_risk", "cce_risk_low")),
    "aces": Topic("Adverse experiences", "child", ("many_aces",)),
    "missing_often": Topic("Missing: how often", "child", ("repeat_missing",)),
    "missing_trend": Topic("Missing: trend", "child", ("missing_rising",)),
    "interviews": Topic("Return interviews", "child", ("interview",)),
    "escalation": Topic("Recent escalation", "child", ("escalation",)),
    "offences": Topic("Earlier serious offences", "child", ("serious_offences_many", "serious_offences")),
    "adult_role": Topic("Role and status of the adult", "adult", ("adult_principal", "adult_significant")),
    "parent_verified": Topic("Parent verified", "adult", ("verified_parent",)),
    "group_status": Topic("Group active", "group", ("group_active",)),
    "group_harm": Topic("Harm of the group", "group", ("group_harm",)),
    "group_violence": Topic("Violence of the group", "group", ("group_violence",)),
}
"""Every component; the order is the order of the reasons: what happened to the child first, adults and groups last."""


class State(Enum):
    """What is known of a component."""

    HOLDS = "holds"
    NO = "does not hold"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Component:
    """One component of one child.

    Parameters
    ----------
    name : str
        Key of ``COMPONENTS``.
    value : str
        What is recorded, in words.
    holds : str
        Rule that holds; empty for none.
    could : str
        Rule that what is unknown could make hold instead; empty when nothing that matters is unknown.
    find_out : str
        What to find out, and where it may be known; empty unless something is unknown.
    evidence : tuple of str
        Ids of the records behind it, as far as they may be named.
    """

    name: str
    value: str
    holds: str = ""
    could: str = ""
    find_out: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """Whether it holds, does not, or is not known."""
        if self.holds:
            return State.HOLDS
        return State.UNKNOWN if self.could else State.NO


@dataclass(frozen=True)
class Priority:
    """A band with its reasons.

    Parameters
    ----------
    band : str
        Name from ``Settings.priority_bands``, by what is known: at least this.
    points : int
        Sum over the rules that hold.
    could_be : str
        Band if everything unknown turned out to hold.
    could_add : int
        Points that the unknown could add.
    because : str
        The reasons in words, what happened to the child first, and how much is unknown.
    find_out : str
        What to find out, most weighty first, separated by ``|``.
    """

    band: str
    points: int
    could_be: str
    could_add: int
    because: str
    find_out: str


def points_of(settings: Settings) -> dict[str, int]:
    """Return the points of every rule; one without points adds none.

    Raises
    ------
    UsageError
        When the settings give points to something that is no rule.
    """
    given = dict(settings.priority_points)
    if stray := sorted(set(given) - set(RULES)):
        raise UsageError(f"priority_points names {', '.join(stray)}; the rules are {', '.join(RULES)}.")
    return {rule: given.get(rule, 0) for rule in RULES}


def added(component: Component, points: dict[str, int]) -> tuple[int, int]:
    """Return what a component adds, and what its unknown could add on top."""
    now = points.get(component.holds, 0)
    return now, max(0, points.get(component.could, 0) - now)


def bands(settings: Settings) -> tuple[str, ...]:
    """Return the bands, most pressing first."""
    return tuple(name for name, _ in settings.priority_bands)


def band_of(points: int, settings: Settings) -> str:
    """Return the band that a number of points reaches.

    >>> [band_of(p, Settings()) for p in (0, 4, 7, 30)]
    ['standard', 'high', 'urgent', 'urgent']
    """
    for name, least in settings.priority_bands:
        if points >= least:
            return name
    return settings.priority_bands[-1][0]


def prioritise(components: Sequence[Component], settings: Settings) -> Priority:
    """Return the band of one child with its reasons.

    Parameters
    ----------
    components : sequence of Component
        In the order of ``COMPONENTS``; one that is missing adds nothing and is not unknown.
    settings : Settings
        ``priority_points`` and ``priority_bands``.

    Raises
    ------
    UsageError
        When the settings give points to something that is no rule.

    Examples
    --------
    >>> found = [Component("aces", "at least 4 adverse experiences known", "many_aces"),
    ...          Component("cce", "risk of criminal exploitation", could="cce_risk", find_out="Ask for it")]
    >>> told = prioritise(found, Settings())
    >>> told.band, told.points, told.could_be, told.could_add
    ('standard', 2, 'high', 3)
    >>> print(told.because)
    At least standard (2 points): at least 4 adverse experiences known (+2). 1 thing is not known and could add up \
to 3 points: then high.
    """
    points = points_of(settings)
    sums = [added(c, points) for c in components]
    reached, more = sum(now for now, _ in sums), sum(extra for _, extra in sums)
    band, could_be = band_of(reached, settings), band_of(reached + more, settings)
    told = [f"{c.value} (+{now})" for c, (now, _) in zip(components, sums, strict=True) if c.holds]
    because = f"At least {band} ({reached} point{'' if reached == 1 else 's'}): "
    because += f"{'; '.join(told) or 'no rule is known to hold'}."
    asked = [(extra, c) for c, (_, extra) in zip(components, sums, strict=True) if c.could and c.find_out]
    if asked:
        things = f"{len(asked)} thing is" if len(asked) == 1 else f"{len(asked)} things are"
        because += f" {things} not known and could add up to {more} point{'' if more == 1 else 's'}"
        because += f": then {could_be}." if could_be != band else "."
    order = sorted(asked, key=lambda pair: -pair[0])
    return Priority(band, reached, could_be, more, because, "|".join(c.find_out for _, c in order))
