"""Signs in the records that a child is at risk: they decide which route is refused, never who is to blame."""

from __future__ import annotations

from ocgnet.analysis.children.signs import NOT_SAID, risk_level
from ocgnet.casework.child_records import ChildRecords
from ocgnet.settings import Settings
from ocgnet.views.figures_text import of

_EXPLOITED = ("cse", "cce", "modern slavery", "county line")
_PRESSED = ("own_membership", "missing_with", "stopped_with", "arrested_with", "same_crime_as_victim")


def signs_of_risk(records: ChildRecords, child: str, settings: Settings) -> tuple[str, ...]:
    """Return every sign on record that the child may be at risk, in words; empty when there is none.

    Parameters
    ----------
    records : ChildRecords
        Of the child, among others.
    child : str
        Its id.
    settings : Settings
        Which recorded levels of risk mean that there is none, or say nothing.
    """
    found = [c.concern for c in records.concerns if c.child_id == child]
    found += [f"recorded risk of {what}: {level}" for what, level in _risks(records, child, settings)]
    if victim := [r for r in records.of(child, "crimes") if r["standing"] == "victim"]:
        found.append(f"victim of {of(len(victim), 'crime')}")
    if missing := records.of(child, "missing"):
        found.append(f"went missing {of(len(missing), 'time')}")
    if observed := [r for r in records.of(child, "experiences") if r["status"] == "observed"]:
        found.append(f"at least {of(len(observed), 'adverse childhood experience')}")
    return tuple(dict.fromkeys(found))


def signs_of_exploitation(records: ChildRecords, child: str, settings: Settings) -> tuple[str, ...]:
    """Return the signs that early help alone does not answer; empty when there is none.

    Parameters
    ----------
    records : ChildRecords
        Of the child, among others.
    child : str
        Its id.
    settings : Settings
        ``many_aces``, ``repeat_missing`` and the words of recorded risks.
    """
    risks = _risks(records, child, settings)
    found = [f"recorded risk of {what}: {level}" for what, level in risks if risk_level(level, settings) == "raised"]
    found += [c.concern for c in records.concerns if c.child_id == child and c.basis in _PRESSED]
    crimes = records.of(child, "crimes")
    if any(word in r["flags"] for r in crimes for word in _EXPLOITED):
        found.append("named in a crime that is marked as exploitation")
    if (times := len(records.of(child, "missing"))) >= settings.repeat_missing:
        found.append(f"went missing {times} times")
    observed = sum(r["status"] == "observed" for r in records.of(child, "experiences"))
    if observed >= settings.many_aces:
        found.append(f"at least {observed} adverse childhood experiences")
    return tuple(dict.fromkeys(found))


def _risks(records: ChildRecords, child: str, settings: Settings) -> list[tuple[str, str]]:
    who = records.of(child, "children")[0]
    pairs = (("sexual exploitation", who["cse_risk"]), ("criminal exploitation", who["cce_risk"]))
    return [(what, level) for what, level in pairs if risk_level(level, settings) not in (NOT_SAID, "none")]
