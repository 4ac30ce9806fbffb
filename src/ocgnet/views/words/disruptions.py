"""What is said of disruptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ocgnet.analysis.response.before_after import LEAST_GROUPS, MEASURES, BeforeAfter
from ocgnet.analysis.response.disruptions import DisruptionCounts
from ocgnet.english import counted
from ocgnet.views.words.numbers import count, day, percent, printed, share

NOUNS = {
    "members": "members",
    "ties": "ties among members",
    "ties_outside": "ties of members to others",
    "crimes": "crimes",
    "harm": "harm",
    "reports": "reports",
    "children": "children named with members",
}
"""Every measure as a noun."""

ATTENTION = (
    "Recorded activity is also attention. After a disruption more is looked at, asked and written down, or less, so "
    "crimes, reports and ties can move without anything having changed on the street."
)
BUSY = (
    "Groups are disrupted when they are busy, so a fall is to be expected without any disruption: regression to the "
    "mean. 'earlier' is the window before the window before; where before stands above it, some of a fall is that."
)
SAME_PEOPLE = (
    "Both windows are of the same people, the members on the day before, so that whoever was added or taken off later "
    "moves no count; what others took over from them is not seen. Members alone are counted anew. The day of the "
    "disruption counts for neither window."
)
OTHERS = (
    "Groups to compare with were mapped, had members and no disruption of any level in all these days. No lot decided "
    "who was disrupted, so they may differ in more than that; and the same group may stand beside several disruptions."
)
BY_LOT = "By lot is how often one drawn from these groups and the disrupted one changes as far the same way."
MANY = "Many numbers stand side by side; one in twenty lies outside its interval by chance alone."


def counts_sentence(counts: DisruptionCounts, group: str = "") -> str:
    """Return how many disruptions there were, against the period before, with the interval of the change."""
    whose = group or "groups"
    if not counts.known:
        return f"Disruptions of {whose} are not known: these records have no table disruptions."
    total, period, before = counts.total, counts.period, counts.before
    now = int(total["disruptions"])
    if period.first is None or before.first is None:
        return f"{counted(now, 'disruption')} of {whose}; the records hold no date, so there is no period to compare."
    said = f"{counted(now, 'disruption')} of {whose} from {day(period.first)} to {day(period.last)}"
    earlier = f"{day(before.first)} to {day(before.last)}"
    if total["why_not"].startswith("not compared"):
        return f"{said}; {earlier} is {total['why_not']}."
    said += f", against {count(total['before'])} from {earlier}"
    if total["why_not"]:
        return f"{said}; {total['why_not']}."
    interval = f"{percent(total['change_low'])} to {percent(total['change_high'])}"
    return f"{said}: {percent(total['change'])} (95% interval {interval})."


def title(counts: DisruptionCounts, group: str = "") -> str:
    """Return the finding of the page in a few words."""
    whose = group or "groups"
    if not counts.known:
        return f"Whether {whose} {'was' if group else 'were'} disrupted is not known"
    now = counted(int(counts.total["disruptions"]), "disruption")
    if pd.isna(counts.total["before"]):
        return f"{now} of {whose}; the period before cannot be compared"
    return f"{now} of {whose}, against {count(counts.total['before'])} in the period before"


def measure_sentence(row: Mapping[str, Any]) -> str:
    """Return what one row of ``disruption_before_after`` says, without saying why."""
    noun = NOUNS[row["measure"]]
    if pd.isna(row["before"]):
        return f"{noun.capitalize()}: {printed(row['why_not'])}."
    before, after, difference = (float(row[n]) for n in ("before", "after", "difference"))
    said = f"{noun.capitalize()} {_moved(difference)}, from {count(before)} to {count(after)}"
    if not pd.isna(row["change_low"]):
        interval = f"{percent(row['change_low'])} to {percent(row['change_high'])}"
        change = f"{percent(row['change'])}, " if difference else ""
        said += f" ({change}95% interval {interval})"
    elif row["why_not"] and difference:
        said += f" ({row['why_not']})"
    if not pd.isna(row["earlier"]):
        said += f"; {count(row['earlier'])} in the window before these"
    if not pd.isna(row["unweighted"]) and row["unweighted"]:
        said += f", without {counted(row['unweighted'], 'crime')} of no known weight"
    return f"{said}. {_beside(row, difference)}"


def _beside(row: Mapping[str, Any], difference: float) -> str:
    if pd.isna(row["compared_median"]):
        return f"Groups not disrupted in these days: {count(row['compared'])}, too few to say what they did."
    beyond = float(row["beyond_median"])
    aside = f"{_size(beyond)} than their median" if beyond else "the same as their median"
    expected = (
        f"; in proportion to them together it would have come to {count(row['expected'])}"
        if not pd.isna(row["expected"])
        else ""
    )
    way = {True: "fell", False: "rose"}[difference < 0]
    as_far = f"Of them {count(row['as_much'])} {way} at least as far for their size" if difference else ""
    return (
        f"The {count(row['compared'])} groups not disrupted in these days changed by a median of "
        f"{signed(row['compared_median'])} (from {signed(row['compared_low'])} to {signed(row['compared_high'])}): "
        f"{aside}{expected}." + (f" {as_far} (by lot {share(row['chance'])})." if as_far else "")
    )


def _moved(difference: float) -> str:
    return "stayed" if not difference else f"{'fell' if difference < 0 else 'rose'} by {count(abs(difference))}"


def _size(difference: float) -> str:
    return f"{signed(abs(difference))[1:]} {'less' if difference < 0 else 'more'}"


def signed(value: float) -> str:
    """Return a difference with its sign.

    >>> signed(-3.0), signed(0.5), signed(0.0)
    ('-3', '+0.5', '0')
    """
    if not value:
        return "0"
    return f"{value:+,.1f}" if abs(value) < 100 and value != round(value) else f"{value:+,.0f}"


def disruption_heading(rows: pd.DataFrame) -> str:
    """Return what the rows of one disruption are about."""
    first = rows.iloc[0]
    on = f"{pd.Timestamp(first['happened_on']):%d/%m/%Y}"
    further = f"; {counted(first['further'], 'further disruption')} of it within these days" if first["further"] else ""
    if not pd.isna(first["archived_on"]):
        further += f"; archived on {pd.Timestamp(first['archived_on']):%d/%m/%Y}"
    return (
        f"{first['disruption_id']}: disruption of {first['ocg_id']} on {on} (level {first['level']}, strand "
        f"{first['strand']}), {counted(first['days'], 'day')} before and after{further}"
    )


def act_sentences(rows: pd.DataFrame) -> list[str]:
    """Return the heading of one disruption and a sentence for each measure; a reason that holds for all stands once."""
    heading = disruption_heading(rows)
    if why := not_compared(rows):
        return [f"{heading}: {why}"]
    return [f"{heading}.", *map(measure_sentence, rows.to_dict("records"))]


def not_compared(rows: pd.DataFrame) -> str:
    """Return why nothing of a disruption is compared, where one reason holds for all; empty otherwise."""
    why = str(rows["why_not"].iloc[0])
    if rows["before"].notna().any() or (rows["why_not"] != why).any():
        return ""
    return f"not compared, {printed(why)}."


def by_disruption(result: BeforeAfter) -> Iterator[pd.DataFrame]:
    """Yield the rows of each disruption, in the order of their days."""
    for _, rows in result.table.frame.groupby("disruption_id", sort=False):
        yield rows


def cautions(result: BeforeAfter) -> list[str]:
    """Return what has to be read with every figure of before and after."""
    frame = result.table.frame
    if not len(frame):
        return []
    every = frame.drop_duplicates("disruption_id")
    said = [ATTENTION, BUSY, SAME_PEOPLE, OTHERS]
    reasons = Counter(
        printed(why)
        for _, rows in frame[frame["before"].isna()].groupby("disruption_id", sort=False)
        for why in dict.fromkeys(_reason(w) for w in rows["why_not"])
    )
    if reasons:
        listed = "; ".join(f"{count(n)} {why}" for why, n in reasons.most_common())
        of = counted(len(every), "disruption")
        said.append(f"Not compared, on some measure or on all, of {of}: {listed}.")
    archived = int(every["archived_on"].notna().sum())
    if archived:
        said.append(
            f"Archived by the end of the window after: {counted(archived, 'group')}. Such a group has no members then, "
            "and what is recorded of the same people may fall because nobody looks any more."
        )
    overlap = int((every["further"] > 0).sum())
    if overlap:
        of = counted(len(every), "disruption")
        said.append(
            f"Of {of} {count(overlap)} have further disruptions of the same group within their windows, so what came "
            "after is not of one alone."
        )
    undated = [counted(n, noun) for noun, n in result.undated.items() if n]
    if undated:
        said.append(f"In no window: {' and '.join(undated)} without a date.")
    said.append(f"A median and range are told of {LEAST_GROUPS} groups or more. {BY_LOT} {MANY}")
    return said


def _reason(why: str) -> str:
    """Return a reason without what is of one disruption alone."""
    if why.startswith("cut short"):
        return "cut short by the end of the records"
    if why.endswith("attention begins with that"):
        return "with the group mapped within the window before"
    return "without a member on the day before" if why.endswith("on the day before") else why


def summary_sentences(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what the rows of ``disruption_summary`` say: in how many groups a measure fell, and beside others."""
    return [
        f"{NOUNS[row['measure']].capitalize()}: of {count(row['compared'])} compared, {count(row['fell'])} fell, "
        f"{count(row['rose'])} rose and {count(row['same'])} stayed; of {count(row['beside_others'])} that can be set "
        "beside groups not disrupted in the same days "
        f"{count(row['below_others'])} came lower than their median and {count(row['above_others'])} higher."
        for row in rows
    ]


def measures_said() -> list[tuple[str, str]]:
    """Return every measure with what is counted."""
    return [(NOUNS[name], says) for name, says in MEASURES.items()]
