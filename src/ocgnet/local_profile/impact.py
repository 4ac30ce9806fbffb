"""The chapter on impact: the partnership's priorities, each measure now against then, and what is to be found out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd

from ocgnet.english import close_to, did_you_mean
from ocgnet.errors import UsageError
from ocgnet.evidence.record_dates import STATE_TABLES, why_not_known_on
from ocgnet.local_profile.figures import NO_INTERVAL, Part, ProfileFigure, ProfileTable, table_of
from ocgnet.local_profile.profile_tables import TableOf, made
from ocgnet.local_profile.records import BEFORE, Material, Records, Windows
from ocgnet.local_profile.two_profiles import (  # fmt: skip
    HIGHER,
    LOWER,
    TOO_FEW,
    UNCLEAR,
    compare_profiles,
    counts_words,
    ends_of,
)
from ocgnet.results import Figure
from ocgnet.results.columns import fact
from ocgnet.results.rests_on import rests_on

CHAPTER = "impact"

EARLIER, LAST, THIS, LATER, UNDATED = "an earlier period", "last period", "this period", "a later period", "not dated"
"""When a priority was to hold, as against the period of the profile and the one before."""

BETTER, WORSE, NOT_COVERED, NO_MEASURE, UNKNOWN_MEASURE = (
    "better", "worse", "not covered", "no measure", "unknown measure",
)  # fmt: skip
REACHED, NOT_REACHED, CANNOT_TELL = "reached", "not reached", "cannot be told"

PRIORITIES = TableOf(
    "priorities",
    "Priorities",
    "What did the partnership set itself, and how do its measures stand now against then?",
    (
        fact("priority_id", "id", "The priority."),
        made("holds", "text", "When it was to hold: last period, this period, an earlier or a later one."),
        fact("priority", "text", "What it is, in the words of the record; in the force's own edition only."),
        fact("owner", "text", "Who owns it; in the force's own edition only."),
        fact("from_date", "date", "First day."),
        fact("to_date", "date", "Last day."),
        fact("measure", "id", "Figure that measures it, by its id, as recorded."),
        fact("direction", "text", "Whether the target is to be reached or not passed."),
        fact("target", "number", "Value aimed at, in the unit of the figure."),
        made("says", "text", "What the figure is."),
        made("unit", "text", "score, count, share, change, ratio or years."),
        made("value", "number", "Now: the figure of this profile."),
        made("counts", "text", "Numerator and denominator now."),
        made("then", "number", "Then: the same figure of the period before, or of the earlier profile."),
        made("then_counts", "text", "Numerator and denominator then."),
        made("then_from", "text", "Where the figure then comes from."),
        made("difference", "number", "Now less then."),
        made("difference_low", "number", "Lower end of the 95% interval of the difference."),
        made("difference_high", "number", "Upper end of that interval."),
        made("verdict", "text", "better, worse, no clear difference, too few to say, not covered, or why not told."),
        made("target_met", "text", "Target reached, not reached, or cannot be told."),
        made("because", "text", "What the verdicts rest on."),
    ),
    whole=None,
)
GAPS = TableOf(
    "intelligence_gaps",
    "Intelligence gaps",
    "What is not known and should be, who is to find it out, and by when?",
    (
        fact("gap_id", "id", "The gap."),
        made("state", "text", "open, overdue, or closed in the period, on the day of the profile."),
        fact("question", "text", "What is not known; kept back where it is about a person."),
        fact("about", "text", "Kind of subject, with its id unless it is a person."),
        fact("priority_id", "id", "The priority that it concerns."),
        fact("owner", "text", "Who is to find it out."),
        fact("raised_on", "date", "When it was raised."),
        fact("due_on", "date", "When an answer is due."),
        fact("closed_on", "date", "When it was answered."),
    ),
    whole=None,
)

OPEN, OVERDUE, CLOSED = "open", "overdue", "closed in the period"
OF_A_PERSON = "about a person: the words stay with the record"


@dataclass(frozen=True)
class LastProfile:
    """An earlier profile of the same force: its figures, and which days they count."""

    details: Mapping[str, Mapping[str, Any]]  # ``figure_details`` of its run.json
    days: tuple[date, date]
    weights: object  # ``parameters.weights`` of its run.json

    @property
    def words(self) -> str:
        """Where its figures come from."""
        return f"profile of {self.days[0]} to {self.days[1]}"


Again = Callable[[Material], Mapping[str, Figure]]
"""Makes the figures of one chapter out of the records of any period."""


def impact_part(
    material: Material,
    figures: Mapping[str, Figure],
    again: Mapping[str, tuple[Again, frozenset[str]]],
    last: LastProfile | None = None,
) -> Part:
    """Return the priorities with their measures now and then, and the intelligence gaps.

    Parameters
    ----------
    figures : mapping of str to Figure
        The figures of this profile.
    again : mapping of str to (callable, set of str)
        By chapter what makes its figures out of other days, and which these are. Only chapters that a priority names
        are made again, and only where neither ``last`` nor a figure ``<id>_before`` gives the value.
    last : LastProfile, optional
        An earlier profile, whose figures then take the place of those of the period before.
    """
    if not material.has("priorities") and not material.has("intelligence_gaps"):
        return Part((table_of(PRIORITIES, []), table_of(GAPS, [])), {})
    rows, gaps = material.dataset["priorities"].to_pylist(), gaps_table(material)
    of_gaps = _of_gaps(material, gaps.frame) if material.has("intelligence_gaps") else {}
    measures = {**figures, **of_gaps}
    makers = {**again, CHAPTER: (lambda m: _of_gaps(m, gaps_table(m).frame), frozenset(of_gaps))}
    wanted = {str(r["measure"]) for r in rows if r["measure"] in measures}
    then = _then(material, measures, wanted, makers, last)
    judged = [_judged(material, row, measures, then) for row in rows]
    order = (LAST, THIS, EARLIER, LATER, UNDATED)
    judged.sort(key=lambda r: (order.index(r["holds"]), str(r["priority_id"])))
    priorities = table_of(PRIORITIES, judged)
    counts = _of_priorities(material, priorities.frame) if material.has("priorities") else {}
    return Part((priorities, gaps), {**counts, **of_gaps})


# What a figure was then.


@dataclass(frozen=True)
class Then:
    """A figure of an earlier period, or why there is none."""

    details: Mapping[str, Any] | None
    source: str
    why: str = ""


NEVER = Then(None, "", "it is not counted for an earlier period")


def _then(
    material: Material,
    figures: Mapping[str, Figure],
    wanted: set[str],
    again: Mapping[str, tuple[Again, frozenset[str]]],
    last: LastProfile | None,
) -> dict[str, Then]:
    """Return each figure of ``wanted`` as it was then."""
    if last is not None:
        now = material.windows.now
        if now is None or last.days[1] >= now[1] or last.days[0] >= now[0]:
            raise UsageError(
                f"The earlier profile counts {last.days[0]} to {last.days[1]}, which does not lie before "
                f"{material.now}. Give --last a profile of an earlier period."
            )
        return {name: _of_last(last, name, material) for name in sorted(wanted)}
    days = material.windows.words(BEFORE)
    found: dict[str, Then] = {}
    for name in sorted(wanted):
        if material.windows.before is None:
            found[name] = Then(None, "", "the records hold no date")
        elif why := _gap(material, name):
            found[name] = Then(None, days, why)
        elif (before := figures.get(f"{name}_before")) is not None and before.value is not None:
            found[name] = Then(asdict(before), days)
    chapters = [(make, sorted((wanted - set(found)) & its)) for make, its in again.values()]
    if not any(named for _, named in chapters):
        return found
    earlier = before_material(material)
    try:
        for make, named in chapters:
            figures_then = make(earlier) if named else {}
            for name in named:
                figure = figures_then.get(name)
                details = None if figure is None or figure.value is None else asdict(figure)
                found[name] = Then(details, days, "" if details else "these records cannot tell it of that period")
    finally:
        earlier.records.close()
    return found


def _of_last(last: LastProfile, name: str, material: Material) -> Then:
    details = last.details.get(name)
    if details is None or details.get("value") is None:
        return Then(None, last.words, "the earlier profile does not hold it")
    weighed = details.get("unit") == "score" or "severity" in name or "harm" in name
    if weighed and last.weights != material.settings.to_dict()["weights"]:
        return Then(None, last.words, "the earlier profile has other weights")
    return Then(details, last.words)


def _gap(material: Material, name: str) -> str:
    """Return why the records behind a figure cannot be compared with the period before; empty when they can."""
    tables = rests_on(name) or tuple(material.dates)
    for table in tables:
        if table in STATE_TABLES:
            why = why_not_known_on(material.dates, table, material.before.as_of) if material.has(table) else ""
        elif table in STANDING and len(tables) > 1:
            why = ""
        else:
            why = material.gap(table) if table in material.dates else ""
        if why:
            return why
    return ""


STANDING = ("nominals", "people", "children")
"""Tables of people, whose dates are of something else than a figure that rests on further tables counts."""


def before_material(material: Material) -> Material:
    """Return the records with the period before in the place of the period; the caller closes its ``records``."""
    windows = Windows(material.windows.before, material.windows.base, None)
    records = Records(material.dataset.tables, material.settings, windows, material.records)
    return Material(material.dataset, material.settings, material.before, windows, records)


# Judging a priority.


def _judged(
    material: Material, row: Mapping[str, Any], figures: Mapping[str, Figure], then: Mapping[str, Then]
) -> dict[str, Any]:
    """Return the row of a priority."""
    measure = row["measure"]
    told: dict[str, Any] = {
        **{n: row[n] for n in ("priority_id", "priority", "owner", "from_date", "to_date", "measure", "direction")},
        "target": row["target"],
        "holds": when_of(material.windows, row["from_date"], row["to_date"]),
        "says": "",
        "unit": "",
        "counts": "",
        "then_counts": "",
        "then_from": "",
        "target_met": "",
    }
    if not measure:
        return told | {"verdict": NO_MEASURE, "because": "the record names no measure"}
    if measure not in figures:
        meant = did_you_mean(close_to(measure, [*figures], most=1))
        return told | {"verdict": UNKNOWN_MEASURE, "because": f"no figure of this profile has that id.{meant}"}
    return told | judged_measure(
        asdict(figures[measure]), then.get(measure, NEVER), row, material.settings.least_records
    )


def judged_measure(now: Mapping[str, Any], then: Then, row: Mapping[str, Any], least: int) -> dict[str, Any]:
    """Return the columns of a measure: its values, the difference, and both verdicts.

    ``row`` has ``direction`` and ``target``.
    """
    before = then.details
    told = {
        "says": now["says"],
        "unit": now["unit"],
        "value": now["value"],
        "counts": counts_words(now),
        "then": None if before is None else before["value"],
        "then_counts": "" if before is None else counts_words(before),
        "then_from": then.source if before is not None else "",
    }
    met, met_because = target_met(now, row["direction"], row["target"], least)
    if now["value"] is None:
        why = now.get("unknown") or "these records cannot tell it"
        return told | {"verdict": NOT_COVERED, "target_met": met, "because": f"not known now: {why}"}
    if before is None:
        because = _both(f"not told then: {then.why}", met_because)
        return told | {"verdict": NOT_COVERED, "target_met": met, "because": because}
    if now["unit"] == "change":
        why = "a change is not compared with a change"
        return told | {"verdict": UNCLEAR, "target_met": met, "because": _both(why, met_because)}
    compared = compare_profiles({"x": now}, {"x": before}, least).frame.iloc[0]
    told |= {n: compared[n] for n in ("difference", "difference_low", "difference_high")}
    verdict = _in_words(str(compared["verdict"]), row["direction"])
    return told | {"verdict": verdict, "target_met": met, "because": _both(str(compared["because"]), met_because)}


def _both(one: str, two: str) -> str:
    return f"{one}; {two}" if two else one


def _in_words(verdict: str, direction: str | None) -> str:
    """Return higher or lower as better or worse, where the record says which way it is to go.

    >>> _in_words("higher", "at_most"), _in_words("lower", "at_most"), _in_words("lower", None)
    ('worse', 'better', 'lower')
    """
    good = {"at_least": HIGHER, "at_most": LOWER}.get(direction or "")
    return verdict if good is None or verdict not in (HIGHER, LOWER) else BETTER if verdict == good else WORSE


def target_met(figure: Mapping[str, Any], direction: str | None, target: float | None, least: int) -> tuple[str, str]:
    """Return whether a figure has come to a target, and why that is said; nothing without a target and a direction.

    Reached or not where the whole 95% interval lies on that side of the target, or on it; where it lies across, or the
    figure has none or rests on fewer than ``least`` records, that cannot be told.

    >>> target_met({"value": 0.2, "unit": "share", "low": 0.1, "high": 0.25, "records": 90}, "at_most", 0.25, 20)
    ('reached', 'the whole interval lies at or below the target')
    """
    if direction is None or target is None or math.isnan(target):
        return "", ""
    if figure["value"] is None:
        return CANNOT_TELL, "the figure is not known"
    records, ends = figure.get("records") or 0, ends_of(figure)
    few = records < least and figure["unit"] != "count"
    if few or ends is None:
        why = f"rests on {records:,} records, fewer than {least:,}" if few else "has no interval"
        return CANNOT_TELL, f"the figure {why}"
    low, high = ends if direction == "at_most" else (-ends[1], -ends[0])
    limit = target if direction == "at_most" else -target
    if high <= limit:
        return REACHED, f"the whole interval lies at or {'below' if direction == 'at_most' else 'above'} the target"
    if low > limit:
        return NOT_REACHED, "no part of the interval comes to the target"
    return CANNOT_TELL, "the target lies within the interval"


def when_of(windows: Windows, first: date | None, last: date | None) -> str:
    """Return when a priority was to hold; one that meets the period before is of the last period, whatever follows."""
    if (first is None and last is None) or windows.now is None:
        return UNDATED
    now, before = windows.now, windows.before
    begins, ends = first or date.min, last or date.max
    if begins > now[1]:
        return LATER
    if before is not None and begins <= before[1] and ends >= before[0] and (first is not None or ends <= before[1]):
        return LAST
    if ends < now[0]:
        return EARLIER
    return THIS


# Figures.


def _of_priorities(material: Material, frame: pd.DataFrame) -> dict[str, Figure]:
    """Return how many of last period's priorities stand better, worse, and at their target."""
    ours = frame[frame["holds"] == LAST]
    judged = ours[ours["verdict"].isin([BETTER, WORSE, UNCLEAR, TOO_FEW])]
    aimed = ours[ours["target_met"] != ""]
    counted = f"priorities that were to hold in {material.windows.words(BEFORE)}"

    def figure(number: int, whole: int | None, says: str, of: str) -> ProfileFigure:
        return ProfileFigure(
            number, "count", says, None if whole is None else number, whole, of, *NO_INTERVAL,
            chapter=CHAPTER, period=material.now,
        )  # fmt: skip

    told = f"{counted} that say which way the measure is to go, and whose measure is known now and then"
    return {
        "priorities_last": figure(len(ours), None, "Priorities of the last period", counted),
        "priorities_better": figure(
            int((judged["verdict"] == BETTER).sum()), len(judged), "Priorities whose measure is better than then", told
        ),
        "priorities_worse": figure(
            int((judged["verdict"] == WORSE).sum()), len(judged), "Priorities whose measure is worse than then", told
        ),
        "priorities_reached": figure(
            int((aimed["target_met"] == REACHED).sum()), len(aimed), "Priorities whose target is reached",
            f"{counted} with a target and a measure",
        ),
    }  # fmt: skip


def _of_gaps(material: Material, frame: pd.DataFrame) -> dict[str, Figure]:
    as_of = material.period.as_of
    day = f"on {as_of}" if as_of else "without a date"
    still = int(frame["state"].isin([OPEN, OVERDUE]).sum())
    late, closed = (int((frame["state"] == state).sum()) for state in (OVERDUE, CLOSED))
    about = int((frame["question"] == OF_A_PERSON).sum())

    def figure(number: int, whole: int | None, says: str, counted: str) -> ProfileFigure:
        return ProfileFigure(
            number, "count", says, None if whole is None else number, whole, counted, *NO_INTERVAL,
            chapter=CHAPTER, period=material.now, records=number,
        )  # fmt: skip

    return {
        "gaps_open": figure(still, None, "Intelligence gaps open", f"gaps raised and not answered {day}"),
        "gaps_overdue": figure(late, still, "Intelligence gaps past their day", f"of those open {day}, due before it"),
        "gaps_closed": figure(closed, None, "Intelligence gaps closed", f"gaps answered {material.now}"),
        "gaps_about_people": figure(
            about, len(frame), "Intelligence gaps about a person", f"of those open {day} or answered {material.now}"
        ),
    }


def gaps_table(material: Material) -> ProfileTable:
    """Return the gaps that are open on the day of the profile, overdue ones first, and those answered in the period.

    A gap about a person is listed without its words and without its subject. One that was raised after that day, or
    answered before the period, takes no part.
    """
    as_of, now = material.period.as_of, material.windows.now
    rows = []
    for gap in material.dataset["intelligence_gaps"].to_pylist():
        state = gap_state(gap, as_of, now)
        if not state:
            continue
        kind, person = gap["subject_kind"] or "", gap["subject_kind"] == "person"
        rows.append(
            {
                **gap,
                "state": state,
                "question": OF_A_PERSON if person else gap["question"],
                "about": kind if person or not kind else f"{kind} {gap['subject_id']}",
            }
        )
    order = (OVERDUE, OPEN, CLOSED)
    rows.sort(key=lambda r: (order.index(r["state"]), r["due_on"] or date.max, r["gap_id"]))
    return table_of(GAPS, rows)


def gap_state(gap: Mapping[str, Any], as_of: date | None, now: tuple[date, date] | None) -> str:
    """Return open, overdue or closed in the period; nothing for a gap that takes no part."""
    raised, closed, due = gap["raised_on"], gap["closed_on"], gap["due_on"]
    if as_of is not None and raised is not None and raised > as_of:
        return ""
    if closed is not None and (as_of is None or closed <= as_of):
        return CLOSED if now is None or now[0] <= closed <= now[1] else ""
    return OVERDUE if as_of is not None and due is not None and due < as_of else OPEN
