"""A comparison of two runs in a few sentences, and what speaks against making one."""

from __future__ import annotations

from datetime import date

from ocgnet.analysis.time.two_runs import Changes, Run
from ocgnet.views.figures_text import day, of

_NAMED = 5
"""How many settings or files a sentence names."""


def mismatches(first: Run, second: Run) -> list[str]:
    """Return in sentences why two runs should not be compared; empty when nothing speaks against it."""
    found = []
    was, now = (str(run.document.get("force") or "") for run in (first, second))
    if was != now:
        found.append(
            f"These are runs of different forces: {_named(was)} ({first.place}) and {_named(now)} ({second.place})."
        )
    was, now = (str(run.document.get("versions", {}).get("ocgnet", "")) for run in (first, second))
    if was != now:
        found.append(
            f"{first.place} was written by ocgnet {was or 'of no known version'} and {second.place} by "
            f"{now or 'one of no known version'}: a role may differ because the program does. "
            "Run ocgnet analyse again on the older records."
        )
    return found


def _named(force: str) -> str:
    return force or "a force without a name"


def in_words(first: Run, second: Run, changes: Changes, position_change: float) -> list[str]:
    """Return what changed between two runs, the people first, then what was asked and read differently."""
    sentences = [f"From run {_called(first)} to run {_called(second)}:"]
    if changes.frame.empty:
        return [sentences[0], "nothing differs: the same records and settings give the same answer."]
    both = _kept(first, second)
    roles, recorded = changes.count("suggested role"), changes.count("recorded role")
    new, gone = changes.count("into the top"), changes.count("out of the top")
    linked, unlinked = changes.count("child linked"), changes.count("child no longer linked")
    sentences.append(
        f"{roles:,} of {of(both, 'suggested role', 'suggested roles')} and {recorded:,} recorded changed; "
        f"{of(changes.count('position'), 'position', 'positions')} moved by {position_change:g} or more; "
        f"{of(changes.count('entered'), 'nominal', 'nominals')} entered and {changes.count('left'):,} left; "
        f"{new:,} came into the top and {gone:,} fell out; "
        f"{of(linked, 'child is', 'children are')} newly linked and {unlinked:,} no longer."
    )
    for what, said in (("setting", "Asked differently"), ("input", "Input that differs")):
        rows = changes.frame[changes.frame["what"] == what]
        told = [
            f"{row['id']} {row['before'] or 'none'} to {row['after'] or 'none'}"
            if what == "setting"
            else str(row["id"])
            for row in rows.head(_NAMED).to_dict("records")
        ]
        more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
        sentences.append(f"{said}: {'; '.join(told)}{more}." if told else f"{said}: nothing.")
    return sentences


def _kept(first: Run, second: Run) -> int:
    """Return for how many memberships (or nominals without one) both runs suggest a role."""
    was, now = (
        set(zip(t["nominal_id"], t["ocg_id"], strict=True)) for t in (r.tables["roles"] for r in (first, second))
    )
    return len(was & now)


def _called(run: Run) -> str:
    as_of = run.document.get("as_of")
    when = f"as of {day(date.fromisoformat(as_of))}" if as_of else "undated"
    return f"{run.document['run_id']} ({when})"
