"""Where each child stands on the prevent pathway, on a day and over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ocgnet.analysis.time.paths import Window
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

# The prevent pathway: its stages, the signs that place a child on it, and what may help at each stage.
#
# The stages are those of the local profile's chapter on a whole-system approach (its figure 8). That figure
# is a picture without text in the published copy, so the interventions here are gathered from the words of
# the profile's other chapters; ``docs/measures/children.md`` names the chapter of each.


@dataclass(frozen=True)
class Stage:
    """One stage of the pathway."""

    title: str  # How people call it
    says: str  # What it means, in one sentence
    interventions: tuple[str, ...]  # What may turn the child from the pathway here


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
    """A dated record that places a child on the pathway."""

    stage: str  # Key of ``STAGES``
    says: str  # What is recorded, in words; begins the text of each event


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

ORDER: dict[str, int] = {NO_SIGN: 0} | {stage: i for i, stage in enumerate(STAGES, 1)}
"""Place of each state on the pathway."""

PLACE: dict[str, int] = {name: ORDER[sign.stage] for name, sign in SIGNS.items()}
"""Place of each sign on the pathway."""

_LASTING = "vulnerable"
"""Stage whose signs never run out."""


def states_on(
    signs: pd.DataFrame, day: date | None, ids: pd.Index, settings: Settings, *, undated: bool
) -> pd.DataFrame:
    """Return where each child stands on a day.

    A child stands at the furthest stage of which a sign is dated on or before the day, and not more than
    ``pathway_days`` before it; signs of vulnerability last. A child may therefore also step back. Without a day
    every sign counts. With ``undated`` signs without a date count: they were recorded by the analysis date, and on
    no earlier day for sure.

    By child: ``stage`` (``NO_SIGN`` without any) and ``since`` (first counted sign of that stage, NaT undated).
    """
    place = signs["sign"].map(PLACE).to_numpy(dtype=np.int64)
    on = signs["on"].to_numpy().astype("datetime64[D]")
    counts = np.isnat(on) if undated else np.zeros(len(on), bool)
    if day is None:
        counts |= ~np.isnat(on)
    else:
        end = np.datetime64(day)
        fresh = (on > end - np.timedelta64(settings.pathway_days, "D")) | (place == ORDER[_LASTING])
        counts |= (on <= end) & fresh
    frame = pd.DataFrame({"child_id": signs["child_id"], "place": place, "on": signs["on"]})[counts]
    top = frame.groupby("child_id")["place"].max()
    at_top = frame[(frame["place"] == frame["child_id"].map(top)).to_numpy(dtype=bool)]
    since = at_top.groupby("child_id")["on"].min()
    stage = top.reindex(ids, fill_value=0).map(dict(enumerate(ORDER)))
    return pd.DataFrame({"stage": stage.astype(object), "since": since.reindex(ids)}, index=ids)


def escalated(signs: pd.DataFrame, day: date | None, ids: pd.Index, settings: Settings) -> pd.DataFrame:
    """Return who reached a later stage recently.

    By child: ``now`` and ``then`` (stage on the day, and ``recent_days`` before it), ``risen`` (whether the later
    is further, and is missing or beyond) and ``unsure`` (whether an undated sign says that it may have).
    """
    stages = states_on(signs, day, ids, settings, undated=False)["stage"]
    whole = states_on(signs, day, ids, settings, undated=True)["stage"]
    then = pd.Series(NO_SIGN, ids, dtype=object)
    if day is not None:
        then = states_on(signs, day - timedelta(days=settings.recent_days), ids, settings, undated=False)["stage"]
    now_at, then_at, whole_at = (s.map(ORDER).astype(int) for s in (stages, then, whole))
    far = ORDER["missing"]
    risen = (now_at > then_at) & (now_at >= far) if day is not None else pd.Series(False, ids)
    unsure = ~risen & (whole_at > then_at) & (whole_at >= far)
    return pd.DataFrame({"now": stages, "then": then, "risen": risen, "unsure": unsure}, index=ids)


def pathway_table(signs: pd.DataFrame, names: dict[str, str]) -> ResultTable:
    """Return the table ``child_pathway``: the timeline of each child, undated signs last."""
    stage = [SIGNS[s].stage for s in signs["sign"]]
    frame = signs.assign(
        name=[names.get(c, "") for c in signs["child_id"]],
        stage=stage,
        interventions=["|".join(STAGES[s].interventions) for s in stage],
    )
    return ResultTable.of("child_pathway", frame)


def counts_table(signs: pd.DataFrame, ids: pd.Index, windows: Sequence[Window], settings: Settings) -> ResultTable:
    """Return the table ``pathway_counts``: the linked children by stage at the end of each stretch.

    The same children, those linked on the analysis date, are followed through all stretches, so that a
    change is a change of stage and not of who is looked at. Undated signs count nowhere here.
    """
    rows = []
    first = signs.assign(stage=[SIGNS[s].stage for s in signs["sign"]]).dropna(subset="on")
    first = first.groupby(["child_id", "stage"], as_index=False)["on"].min()
    for window in windows:
        state = states_on(signs, window.last, ids, settings, undated=False)["stage"].value_counts()
        begun, ended = pd.Timestamp(window.first), pd.Timestamp(window.last) + pd.Timedelta(days=1)
        entered = first[(first["on"] >= begun) & (first["on"] < ended)]["stage"].value_counts()
        rows += [
            {
                "period_from": window.first,
                "period_to": window.last,
                "stage": stage,
                "children": int(state.get(stage, 0)),
                "entered": int(entered.get(stage, 0)),
                "of": len(ids),
            }
            for stage in ORDER
        ]
    frame = ResultTable.of("pathway_counts", rows).frame
    frame = frame.astype(dict.fromkeys(("period_from", "period_to"), "datetime64[s]"))
    return ResultTable("pathway_counts", frame.astype(dict.fromkeys(("children", "entered", "of"), "int64")))
