"""Where each child stands on the prevent pathway, on a day and over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ocgnet.analysis.safeguarding.stages import LASTING, NO_SIGN, ORDER, SIGNS, STAGES
from ocgnet.analysis.time_windows import Window
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings

_STATES = list(ORDER)
_PLACE = {name: ORDER[sign.stage] for name, sign in SIGNS.items()}
_LASTING = frozenset(ORDER[stage] for stage in LASTING)


def states_on(
    signs: pd.DataFrame, day: date | None, ids: pd.Index, settings: Settings, *, undated: bool
) -> pd.DataFrame:
    """Return where each child stands on a day.

    A child stands at the furthest stage of which a sign is dated on or before the day, and not more than
    ``pathway_days`` before it; signs of vulnerability last. A child may therefore also step back.

    Parameters
    ----------
    signs : DataFrame
        As ``signs.signs_of`` gives them.
    day : date or None
        None when the records hold no date: every sign then counts.
    ids : Index of str
        The children.
    settings : Settings
        ``pathway_days``.
    undated : bool
        Whether signs without a date count; they were recorded by the analysis date, and on no earlier day for sure.

    Returns
    -------
    DataFrame
        By child: ``stage`` (``NO_SIGN`` without any) and ``since`` (first counted sign of that stage, NaT undated).
    """
    place = signs["sign"].map(_PLACE).to_numpy(dtype=np.int64)
    on = signs["on"].to_numpy().astype("datetime64[D]")
    counts = np.isnat(on) if undated else np.zeros(len(on), bool)
    if day is None:
        counts |= ~np.isnat(on)
    else:
        end = np.datetime64(day)
        fresh = (on > end - np.timedelta64(settings.pathway_days, "D")) | np.isin(place, list(_LASTING))
        counts |= (on <= end) & fresh
    frame = pd.DataFrame({"child_id": signs["child_id"], "place": place, "on": signs["on"]})[counts]
    top = frame.groupby("child_id")["place"].max()
    at_top = frame[(frame["place"] == frame["child_id"].map(top)).to_numpy(dtype=bool)]
    since = at_top.groupby("child_id")["on"].min()
    stage = top.reindex(ids, fill_value=0).map(dict(enumerate(_STATES)))
    return pd.DataFrame({"stage": stage.astype(object), "since": since.reindex(ids)}, index=ids)


def escalated(signs: pd.DataFrame, day: date | None, ids: pd.Index, settings: Settings) -> pd.DataFrame:
    """Return who reached a later stage recently.

    Returns
    -------
    DataFrame
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
    frame = frame.astype({"on": "datetime64[s]"})
    return ResultTable("child_pathway", frame[[c.name for c in RESULT_TABLES["child_pathway"]]].reset_index(drop=True))


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
            for stage in _STATES
        ]
    columns = [c.name for c in RESULT_TABLES["pathway_counts"]]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.astype(dict.fromkeys(("period_from", "period_to"), "datetime64[s]"))
    return ResultTable("pathway_counts", frame.astype(dict.fromkeys(("children", "entered", "of"), "int64")))
