"""How pressing it is to look at a linked child: declared rules, no learned score, and two bands kept apart.

One band is about the child and rests on what is recorded about the child alone: no edit of anybody else's record
changes it. The other is about the adults who link the child, and their groups. Each component belongs to one of the
two; a rule of it holds and adds points, none holds, or it is not known. Points and bands are declared in ``Settings``
(``child_points``, ``child_bands``, ``adult_points``, ``adult_bands``) and nowhere else. They are a convention for the
partnership to set, not a measured risk: a band orders the reading of records, and what is unknown can only raise it.
Nothing here says that a child did anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from math import comb

import pandas as pd

from ocgnet.english import counted
from ocgnet.errors import UsageError
from ocgnet.results import ResultTable
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Topic:
    """What one component is about."""

    title: str  # A few plain words for people who read results
    about: str  # Whom the facts are about: ``child``, ``adult`` or ``group``
    # Rules of ``RULES`` that may hold, the weightiest first; at most one of them adds points
    rules: tuple[str, ...]

    @property
    def side(self) -> str:
        """The band it adds to: ``child`` or ``adults``."""
        return CHILD if self.about == CHILD else ADULTS


CHILD, ADULTS = "child", "adults"
SIDES = (CHILD, ADULTS)
"""The two bands, the child's first."""


RULES: dict[str, str] = {
    "victim_exploited": "recorded as victim of a crime of exploitation, at any time",
    "victim": "recorded as victim of another crime in the period",
    "missing_now": "no return is recorded from a recent missing episode",
    "adult_harmed": "an OCG nominal is linked to a crime in the period in which the child is the victim",
    "in_company": "went missing, was stopped or was arrested together with an OCG nominal",
    "own_membership": "recorded as a member of a group",
    "adult_principal": "an adult on a close path is recorded as principal",
    "adult_significant": "an adult on a close path is recorded as significant, none as principal",
    "adult_harm": "the crimes in the period of an adult on a close path add up to high harm",
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
"""What each rule means: the keys of ``Settings.child_points`` and ``Settings.adult_points`` together."""

COMPONENTS: dict[str, Topic] = {
    "victim": Topic("Victim of crime", "child", ("victim_exploited", "victim")),
    "missing_now": Topic("Missing now", "child", ("missing_now",)),
    "own_membership": Topic("Recorded in a group", "child", ("own_membership",)),
    "cse": Topic("Sexual exploitation (CSE)", "child", ("cse_risk", "cse_risk_low")),
    "cce": Topic("Criminal exploitation (CCE)", "child", ("cce_risk", "cce_risk_low")),
    "aces": Topic("Adverse experiences", "child", ("many_aces",)),
    "missing_often": Topic("Missing: how often", "child", ("repeat_missing",)),
    "missing_trend": Topic("Missing: trend", "child", ("missing_rising",)),
    "interviews": Topic("Return interviews", "child", ("interview",)),
    "escalation": Topic("Recent escalation", "child", ("escalation",)),
    "offences": Topic("Earlier serious offences", "child", ("serious_offences_many", "serious_offences")),
    "harmed_by": Topic("Harmed by a nominal", "adult", ("adult_harmed",)),
    "in_company": Topic("In company of a nominal", "adult", ("in_company",)),
    "adult_role": Topic("Role and status of the adult", "adult", ("adult_principal", "adult_significant")),
    "parent_verified": Topic("Parent verified", "adult", ("verified_parent",)),
    "adult_harm": Topic("Harm of the adult", "adult", ("adult_harm",)),
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
    """One component of one child."""

    name: str  # Key of ``COMPONENTS``
    value: str  # What is recorded, in words
    holds: str = ""  # Rule that holds; empty for none
    # Rule that what is unknown could make hold instead; empty when nothing that matters is unknown
    could: str = ""
    find_out: str = ""  # What to find out, and where it may be known; empty unless something is unknown
    evidence: tuple[str, ...] = ()  # Ids of the records behind it, as far as they may be named

    @property
    def state(self) -> State:
        """Whether it holds, does not, or is not known."""
        if self.holds:
            return State.HOLDS
        return State.UNKNOWN if self.could else State.NO


@dataclass(frozen=True)
class Band:
    """One of the two bands of a child."""

    name: str  # By what is known: at least this
    points: int  # Sum over the rules that hold
    could_be: str  # The highest band that one answer alone could make, of the things that are not known
    could_add: int  # Points that everything unknown could add together
    # Components of which one answer alone could make ``could_be``; empty when none raises the band
    raised_by: tuple[str, ...]
    unknown: int  # How many components are not known, or could turn out weightier than known


def points_of(settings: Settings) -> dict[str, int]:
    """Return the points of every rule; one without points adds none.

    Raises `UsageError` when the settings give points to something that is no rule of that band.
    """
    points: dict[str, int] = {}
    for side, name, given in (
        (CHILD, "child_points", dict(settings.child_points)),
        (ADULTS, "adult_points", dict(settings.adult_points)),
    ):
        rules = rules_of(side)
        if stray := sorted(set(given) - set(rules)):
            raise UsageError(f"{name} names {', '.join(stray)}; its rules are {', '.join(rules)}.")
        points |= {rule: given.get(rule, 0) for rule in rules}
    return points


def rules_of(side: str) -> tuple[str, ...]:
    """Return the rules that add to one of the two bands, in the order of ``COMPONENTS``."""
    return tuple(rule for topic in COMPONENTS.values() if topic.side == side for rule in topic.rules)


def added(component: Component, points: dict[str, int]) -> tuple[int, int]:
    """Return what a component adds, and what its unknown could add on top."""
    now = points.get(component.holds, 0)
    return now, max(0, points.get(component.could, 0) - now)


def bands(settings: Settings, side: str) -> tuple[str, ...]:
    """Return the bands about the child or about the adults, most pressing first."""
    return tuple(name for name, _ in _declared(settings, side))


def _declared(settings: Settings, side: str) -> tuple[tuple[str, int], ...]:
    return settings.child_bands if side == CHILD else settings.adult_bands


def band_of(points: int, settings: Settings, side: str) -> str:
    """Return the band that a number of points reaches.

    >>> [band_of(p, Settings(), "child") for p in (0, 3, 6, 30)]
    ['standard', 'high', 'urgent', 'urgent']
    """
    declared = _declared(settings, side)
    return next((name for name, least in declared if points >= least), declared[-1][0])


def judged(components: Sequence[Component], settings: Settings, side: str) -> Band:
    """Return one of the two bands of a child.

    Components of the other band are passed over; one that is missing adds nothing and is not unknown. Raises
    `UsageError` when the settings give points to something that is no rule.

    >>> found = [Component("aces", "at least 4 adverse experiences known", "many_aces"),
    ...          Component("cce", "risk of criminal exploitation", could="cce_risk", find_out="Ask for it")]
    >>> judged(found, Settings(), "child")
    Band(name='high', points=3, could_be='urgent', could_add=4, raised_by=('cce',), unknown=1)
    """
    points = points_of(settings)
    own = [c for c in components if COMPONENTS[c.name].side == side]
    sums = [added(c, points) for c in own]
    reached = sum(now for now, _ in sums)
    name = band_of(reached, settings, side)
    could_be = band_of(reached + max((more for _, more in sums), default=0), settings, side)
    raised_by = tuple(
        c.name
        for c, (_, more) in zip(own, sums, strict=True)
        if could_be != name and band_of(reached + more, settings, side) == could_be
    )
    unknown = sum(bool(c.could) for c in own)
    return Band(name, reached, could_be, sum(more for _, more in sums), raised_by, unknown)


def because(components: Sequence[Component], judgements: dict[str, Band], settings: Settings) -> str:
    """Return the reasons of both bands in words: the child's first, and for each how much is not known."""
    points = points_of(settings)
    sentences = []
    for side in SIDES:
        band = judgements[side]
        reasons_held = [
            f"{c.value} (+{points.get(c.holds, 0)})" for c in components if c.holds and COMPONENTS[c.name].side == side
        ]
        reasons = "; ".join(reasons_held) or "no rule is known to hold"
        sentences.append(f"About the {side}: at least {band.name} ({counted(band.points, 'point')}): {reasons}.")
        if band.unknown:
            things = "1 thing is" if band.unknown == 1 else f"{band.unknown} things are"
            words = f"{things} not known"
            if band.raised_by:
                titles = [COMPONENTS[n].title for n in band.raised_by]
                words += f"; one answer could make it {band.could_be}: {' or '.join(titles)}"
            sentences.append(f"{words}.")
    return " ".join(sentences)


def find_out(components: Sequence[Component], judgements: dict[str, Band], settings: Settings) -> str:
    """Return what to find out, separated by ``|``: first what alone could raise a band, then the weightiest."""
    points = points_of(settings)
    raising = {n for band in judgements.values() for n in band.raised_by}
    asked = [(c.name not in raising, -added(c, points)[1], c.find_out) for c in components if c.could and c.find_out]
    return "|".join(question for *_, question in sorted(asked, key=lambda a: a[:2]))


def pairs_apart(counts: Iterable[int]) -> tuple[int, int]:
    """Return how many pairs of children stand in two bands, and how many pairs there are; ``counts`` is by band.

    >>> pairs_apart([2, 1, 1]), pairs_apart([4]), pairs_apart([])
    ((5, 6), (0, 6), (0, 0))
    """
    held = list(counts)
    pairs = comb(sum(held), 2)
    return pairs - sum(comb(n, 2) for n in held), pairs


def sensitivity_table(children: Sequence[str], parts: Sequence[Sequence[Component]], settings: Settings) -> ResultTable:
    """Return the table ``child_sensitivity``: one row per child and component left out.

    Sorted by child, then in the order of ``COMPONENTS``. Bands, points and places are those of the band to which
    the component belongs: about the child, or about the adults. ``place`` is 1 for the most points; children with
    equal points share the smallest place of theirs.
    """
    points = points_of(settings)
    adds = {
        (child, part.name): added(part, points)[0] for child, own in zip(children, parts, strict=True) for part in own
    }
    frame = pd.DataFrame(list(product(sorted(children), COMPONENTS)), columns=["child_id", "component"])
    frame["about"] = [COMPONENTS[name].side for name in frame["component"]]
    pairs = zip(frame["child_id"], frame["component"], strict=True)
    own = pd.Series([adds.get(pair, 0) for pair in pairs], dtype="int64")
    frame["points"] = own.groupby([frame["child_id"], frame["about"]]).transform("sum")
    frame["points_without"] = frame["points"] - own
    for end in ("", "_without"):
        reached = zip(frame[f"points{end}"], frame["about"], strict=True)
        frame[f"band{end}"] = [band_of(total, settings, side) for total, side in reached]
        place = frame.groupby("component")[f"points{end}"].rank(method="min", ascending=False)
        frame[f"place{end}"] = place.astype("int64")
    frame["band_changes"] = frame["band"] != frame["band_without"]
    return ResultTable.of("child_sensitivity", frame)


def in_words(table: ResultTable) -> dict[str, str]:
    """Return per child on what each of the two bands rests: which component alone would change it."""
    band: dict[tuple[str, str], str] = {}
    changing: dict[tuple[str, str], list[str]] = {}
    for row in table.frame.itertuples(index=False):
        key = (str(row.child_id), str(row.about))
        band[key] = str(row.band)
        if row.band_changes:
            title = COMPONENTS[str(row.component)].title
            said = f"{title[:1].lower()}{title[1:]} ({row.band_without})"
            changing.setdefault(key, []).append(said)
    found: dict[str, list[str]] = {}
    for (child, about), now in band.items():
        key = (child, about)
        rests = (
            f"would leave {now} without: {', '.join(changing[key])}"
            if key in changing
            else f"stays {now} without any one component"
        )
        found.setdefault(child, []).append(f"About the {about}: {rests}")
    return {child: ". ".join(said) for child, said in found.items()}
