"""How the outcome of a referral is recorded: on one row, and never over another outcome without a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ocgnet.edit.change import Change, Row, rows_of
from ocgnet.edit.place import Place
from ocgnet.english import near
from ocgnet.errors import UsageError
from ocgnet.model import TABLES
from ocgnet.model.columns import OUTCOMES
from ocgnet.sources.cells import CellError, read_cell

_TABLE = TABLES["referrals"]


@dataclass(frozen=True)
class Outcome:
    """What came of a referral.

    Parameters
    ----------
    kind : str
        One of ``OUTCOMES``.
    on : date
        When that was decided.
    why : str
        In somebody's own words; blank leaves what is recorded.
    """

    kind: str
    on: date
    why: str = ""


@dataclass(frozen=True)
class Decided:
    """What the records will hold.

    Parameters
    ----------
    route : str
        Route of the referral.
    made_on : str
        Day on which it was made, as it is written there.
    before : str
        The outcome that stood there, in words; empty where none was recorded.
    change : Change
        Nothing where the very same is recorded already.
    """

    route: str
    made_on: str
    before: str
    change: Change


def outcome_change(
    place: Place, person: str, outcome: Outcome, route: str = "", made_on: date | None = None, reason: str = ""
) -> Decided:
    """Return the change that records an outcome; to be called, and made, while nobody else changes the records.

    Rows about others, and other referrals of the person, are not looked at beyond their route and day.

    Raises
    ------
    UsageError
        When the word is no outcome, there is no such referral or several are meant, it was decided before it was made,
        or another outcome is recorded and no reason is given.
    """
    if outcome.kind not in OUTCOMES:
        raise UsageError(f"'{outcome.kind}' is no outcome of a referral{near(outcome.kind, OUTCOMES)}")
    rows = rows_of(place.look_up("referrals", "person_id", [person]))
    row = _the_one(person, rows, route, made_on)
    made = _day(row["made_on"])
    if made is not None and outcome.on < made:
        raise UsageError(
            f"--on {outcome.on}: this referral was made on {made}, so nothing came of it before. Nothing was changed."
        )
    given = {"outcome_kind": outcome.kind, "outcome_on": outcome.on.isoformat(), "outcome": outcome.why.strip()}
    held = {name: row[name].strip() for name in given}
    if day := _day(held["outcome_on"]):
        held["outcome_on"] = day.isoformat()
    new = {name: text for name, text in given.items() if text and text != held[name]}
    before = ", ".join(filter(None, (held["outcome_kind"].replace("_", " "), held["outcome_on"], held["outcome"])))
    over = [name for name in new if held[name]]
    if over and not reason.strip():
        raise UsageError(
            f"An outcome is recorded already ({before}). To change it say why with --reason. Nothing was changed."
        )
    identity = {name: row[name] for name in _TABLE.identity}
    change = Change(edit={"referrals": [(identity, new)]}) if new else Change()
    return Decided(row["kind"], row["made_on"], before, change)


def _the_one(person: str, rows: Sequence[Row], route: str, made_on: date | None) -> Row:
    """Return the referral that is meant; of one recorded twice the first stands for both."""
    routes = _TABLE.column("kind").enum
    if route and route not in routes:
        raise UsageError(f"--kind: '{route}' is no route{near(route, routes)}")
    if not rows:
        raise UsageError(f"No referral of {person} is in these records. Nothing was recorded.")
    meant = {
        tuple(r[n] for n in _TABLE.identity): r
        for r in reversed(rows)
        if (not route or r["kind"].strip() == route) and (made_on is None or _day(r["made_on"]) == made_on)
    }
    if len(meant) == 1:
        return next(iter(meant.values()))
    listed = "; ".join(sorted({f"--kind {r['kind']} --made-on {r['made_on']}" for r in rows}))
    if not meant:
        raise UsageError(f"{person} has no such referral. There are: {listed}. Nothing was recorded.")
    raise UsageError(
        f"{person} has {len(meant)} referrals that may be meant. Say which: {listed}. Nothing was recorded."
    )


def _day(text: str) -> date | None:
    """Return the day of a cell; None where it is blank or no day."""
    try:
        day: date | None = read_cell(_TABLE.column("made_on"), text.strip()) if text.strip() else None
    except CellError:
        return None
    return day
