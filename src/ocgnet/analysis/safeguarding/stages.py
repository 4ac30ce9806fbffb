"""The prevent pathway: its stages, the signs that place a child on it, and what may help at each stage.

The stages are those of the local profile's chapter on a whole-system approach (its figure 8). That figure
is a picture without text in the published copy, so the interventions here are gathered from the words of
the profile's other chapters; ``docs/measures/children.md`` names the chapter of each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One stage of the pathway.

    Parameters
    ----------
    title : str
        How people call it.
    says : str
        What it means, in one sentence.
    interventions : tuple of str
        What may turn the child from the pathway here.
    """

    title: str
    says: str
    interventions: tuple[str, ...]


STAGES: dict[str, Stage] = {
    "vulnerable": Stage(
        "vulnerable",
        "Adverse experiences, or a family or household of which a member of a group is part.",
        (
            "early help, or an early intervention hub where there is one",
            "intensive support for the whole family",
            "trauma-informed practice in school, health and police",
        ),
    ),
    "pushed_or_pulled": Stage(
        "pushed or pulled",
        "Harm at home pushes, or contact with members of a group or a risk of exploitation pulls.",
        (
            "sharing what police, school, health and social care each know",
            "prevention work at the places where children are approached",
            "a child abduction warning notice to the adult who draws the child away",
        ),
    ),
    "missing": Stage(
        "missing",
        "The child goes missing.",
        (
            "a return interview by an independent person within 72 hours",
            "the missing, exploited and trafficked team",
            "a plan for repeat missing: places, companions, what draws the child",
        ),
    ),
    "exploited_or_involved": Stage(
        "exploited or involved",
        "Harmed or used by others in crime, or named in crime: often both at once.",
        (
            "the multi-agency safeguarding hub (MASH) today",
            "the national referral mechanism by a first responder, with an independent child trafficking guardian",
            "a safe placement or an emergency protection order where the home is not safe",
        ),
    ),
    "escalating": Stage(
        "escalating",
        "The crimes that harm or name the child become more severe.",
        (
            "an owner in the neighbourhood team and a guardian for the child",
            "a joint plan of children's services, youth offending team and the group's lead officer",
            "disrupting the adults of the group, so that the child becomes too hot to handle",
        ),
    ),
    "recruiting": Stage(
        "recruiting",
        "Named as a suspect in a crime of exploitation in which another child is the victim.",
        (
            "safeguarding first: whoever recruits at this age was most often recruited",
            "youth offending team and exploitation service together",
            "protecting the children who are drawn in",
        ),
    ),
}
"""In the order of the pathway."""

NO_SIGN = "no sign recorded"
"""State of a child without any sign; it says something about the records, not about the child."""


@dataclass(frozen=True)
class Sign:
    """A dated record that places a child on the pathway.

    Parameters
    ----------
    stage : str
        Key of ``STAGES``.
    says : str
        What is recorded, in words; begins the text of each event.
    """

    stage: str
    says: str


SIGNS: dict[str, Sign] = {
    "adverse_experience": Sign("vulnerable", "adverse experience observed"),
    "family_link": Sign("vulnerable", "family or household link with a member of a group recorded"),
    "early_help": Sign("vulnerable", "early help referral"),
    "harmed_in_private": Sign("pushed_or_pulled", "victim of a crime in a private space"),
    "contact": Sign("pushed_or_pulled", "contact with a member of a group"),
    "named_together": Sign("pushed_or_pulled", "named in a report together with a member of a group"),
    "witness": Sign("pushed_or_pulled", "witness or otherwise named in a crime linked to a member of a group"),
    "risk_flagged": Sign("pushed_or_pulled", "risk recorded"),
    "missing": Sign("missing", "missing"),
    "repeat_missing": Sign("exploited_or_involved", "missing repeatedly"),
    "company": Sign("exploited_or_involved", "in company of a member of a group"),
    "victim": Sign(
        "exploited_or_involved", "victim of a crime of exploitation, or of one linked to a member of a group"
    ),
    "referred_as_exploited": Sign("exploited_or_involved", "referral for exploitation"),
    "suspect": Sign("exploited_or_involved", "named in a crime"),
    "member": Sign("exploited_or_involved", "recorded as a member of a group"),
    "stopped_as_dealer": Sign("exploited_or_involved", "stopped as a suspected transient dealer"),
    "more_severe": Sign("escalating", "a crime more severe than every earlier one"),
    "weapon": Sign("escalating", "a crime with a knife or firearm after earlier exploitation or involvement"),
    "other_child_harmed": Sign("recruiting", "suspect in a crime of exploitation with another child as victim"),
}
"""Every sign with its stage; the one place where the rules of the stages are declared."""

LASTING = frozenset({"vulnerable"})
"""Stages whose signs never run out."""

ORDER: dict[str, int] = {NO_SIGN: 0} | {stage: i for i, stage in enumerate(STAGES, 1)}
"""Place of each state on the pathway."""
