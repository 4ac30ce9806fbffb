"""How pressing it is to look at a linked child: declared rules, no learned score.

Each component is a recorded fact that adds points, is known not to hold, or is unknown. Points and
bands are declared in ``Settings.priority_points`` and ``Settings.priority_bands`` and nowhere else.
They are a convention for the partnership to set, not a measured risk: a band orders the reading of
records, and what is unknown can only raise it. Nothing here says that a child did anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ocgnet.errors import UsageError
from ocgnet.settings import Settings

COMPONENTS: dict[str, str] = {
    "victim": "recorded as victim of a crime linked to an OCG nominal",
    "own_membership": "recorded as a member of a group",
    "missing_with": "went missing together with an OCG nominal",
    "adult_principal": "an adult on a close path is recorded as principal",
    "adult_significant": "an adult on a close path is recorded as significant, none as principal",
    "group_active": "a linking group is emerging or active",
    "verified_parent": "a parent, step-parent or guardian is an OCG nominal and the relationship is verified",
    "many_aces": "known adverse experiences reach the high-risk threshold",
    "repeat_missing": "repeated missing episodes in the period",
    "interview": "a return interview is outstanding or was held late",
    "cse_risk": "a risk of sexual exploitation is recorded, not as low",
    "cse_risk_low": "a low risk of sexual exploitation is recorded",
    "cce_risk": "a risk of criminal exploitation is recorded, not as low",
    "cce_risk_low": "a low risk of criminal exploitation is recorded",
}
"""What each component means; the order is the order of the reasons."""

MENTION_ONLY = frozenset({"same_report", "same_crime_as_witness", "same_crime_as_other"})
"""Bases that only name two people together; the role of the adult adds nothing on them."""

_NO_RISK = frozenset({"none", "no", "no risk", "not at risk", "no known risk", "nil"})
_LOW = frozenset({"low", "low risk", "minimal"})
_NOT_SAID = frozenset({"", "unknown", "not known", "not assessed", "not recorded", "pending"})


class State(Enum):
    """Whether a component holds."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Component:
    """One component of one child.

    Parameters
    ----------
    name : str
        Key of ``COMPONENTS``.
    state : State
        Whether it holds.
    words : str
        The recorded fact, or what is not known; empty for nothing to say.
    """

    name: str
    state: State
    words: str = ""


@dataclass(frozen=True)
class Priority:
    """A band with its reasons.

    Parameters
    ----------
    band : str
        Name from ``Settings.priority_bands``, by what is known.
    points : int
        Sum over the components that hold.
    could_be : str
        Band if everything unknown turned out to hold.
    because : str
        The reasons in words, victim status first, and what is unknown.
    """

    band: str
    points: int
    could_be: str
    because: str


def risk_of(name: str, recorded: str, words: str) -> Component:
    """Return the component of a risk recorded in whatever local scheme.

    Any recorded level counts, a low one under ``<name>_low``; only a recorded "none" says that there is
    no risk, and a blank or "not assessed" leaves it unknown.

    >>> [(risk_of("cse_risk", r, "").name, risk_of("cse_risk", r, "").state.value) for r in ("Medium", "Low")]
    [('cse_risk', 'yes'), ('cse_risk_low', 'yes')]
    >>> [risk_of("cse_risk", r, "").state.value for r in ("no risk", "", "Not assessed")]
    ['no', 'unknown', 'unknown']
    """
    plain = " ".join(recorded.lower().replace("_", " ").split())
    if plain in _NOT_SAID:
        return Component(name, State.UNKNOWN, words)
    if plain in _NO_RISK:
        return Component(name, State.NO, words)
    return Component(f"{name}_low" if plain in _LOW else name, State.YES, f"{words} recorded as '{recorded}'")


def bands(settings: Settings) -> tuple[str, ...]:
    """Return the bands, most pressing first."""
    return tuple(name for name, _ in settings.priority_bands)


def prioritise(components: Sequence[Component], settings: Settings) -> Priority:
    """Return the band of one child with its reasons.

    Parameters
    ----------
    components : sequence of Component
        In the order of ``COMPONENTS``; one that is missing does not apply to this child.
    settings : Settings
        ``priority_points`` and ``priority_bands``; a component without points adds none.

    Raises
    ------
    UsageError
        When the settings give points to something that is no component.

    Examples
    --------
    >>> found = [Component("many_aces", State.YES, "at least 4 adverse experiences known"),
    ...          Component("cce_risk", State.UNKNOWN, "risk of criminal exploitation")]
    >>> prioritise(found, Settings()).band, prioritise(found, Settings()).could_be
    ('standard', 'high')
    >>> print(prioritise(found, Settings()).because)
    At least standard (2 points): at least 4 adverse experiences known (+2). Not known: risk of criminal exploitation \
(up to +2). If all of that held: high.
    """
    points = dict(settings.priority_points)
    if stray := sorted(set(points) - set(COMPONENTS)):
        raise UsageError(f"priority_points names {', '.join(stray)}; the components are {', '.join(COMPONENTS)}.")
    holds = [c for c in components if c.state is State.YES]
    unknown = [c for c in components if c.state is State.UNKNOWN]
    reached = sum(points.get(c.name, 0) for c in holds)
    # Only one of the two roles can count, so an unknown role adds what it has over the known one.
    extra = {c.name: points.get(c.name, 0) for c in unknown}
    if "adult_principal" in extra and any(c.name == "adult_significant" for c in holds):
        extra["adult_principal"] = max(0, extra["adult_principal"] - points.get("adult_significant", 0))
    band, could_be = _band(reached, settings), _band(reached + sum(extra.values()), settings)
    told = "; ".join(f"{c.words} (+{points.get(c.name, 0)})" for c in holds) or "no component is known to hold"
    because = f"At least {band} ({reached} point{'' if reached == 1 else 's'}): {told}."
    if unknown:
        because += f" Not known: {'; '.join(f'{c.words} (up to +{extra[c.name]})' for c in unknown)}."
        if could_be != band:
            because += f" If all of that held: {could_be}."
    return Priority(band, reached, could_be, because)


def _band(points: int, settings: Settings) -> str:
    for name, least in settings.priority_bands:
        if points >= least:
            return name
    return settings.priority_bands[-1][0]
