"""The one way in which a recorded role changes: the open membership is closed, and a new one begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.edit.change import Change
from ocgnet.edit.place import Place
from ocgnet.errors import UsageError
from ocgnet.model.columns import ROLES

NOT_ASSESSED = "not_assessed"
"""Word for a role that is blank in the records."""


@dataclass(frozen=True)
class Held:
    """One row of somebody's memberships.

    Parameters
    ----------
    ocg_id : str
        The group.
    role : str
        Recorded role, or :data:`NOT_ASSESSED`.
    from_date, to_date : date or None
        First and last day; None when not known, and while it lasts.
    assessed_by : str
        Who recorded it.
    assessed_on : date or None
        When.
    """

    ocg_id: str
    role: str
    from_date: date | None
    to_date: date | None
    assessed_by: str
    assessed_on: date | None


def memberships_of(place: Place, nominal: str, *ocgs: str) -> Dataset:
    """Return of the records a nominal with all memberships, and some groups."""
    return place.part("memberships", "nominal_id", [nominal], nominals=[nominal], ocgs=ocgs)


def roles_held(dataset: Dataset, nominal: str) -> list[Held]:
    """Return all memberships of a nominal by group and time, those that began at an unknown time first.

    Raises
    ------
    UsageError
        When the records know no such nominal.
    """
    if nominal not in dataset["nominals"]["nominal_id"].to_pylist():
        raise UsageError(f"There is no nominal {nominal} in these records.")
    t = dataset["memberships"]
    rows = t.filter(pc.equal(t["nominal_id"], nominal)).to_pylist()
    held = [
        Held(
            r["ocg_id"],
            r["role"] or NOT_ASSESSED,
            r["from_date"],
            r["to_date"],
            r["assessed_by"] or "",
            r["assessed_on"],
        )
        for r in rows
    ]
    return sorted(held, key=lambda h: (h.ocg_id, h.from_date or date.min))


def role_change(dataset: Dataset, nominal: str, ocg: str, role: str, by: str, on: date) -> tuple[Held, Change]:
    """Return the membership that ends and the change that records a new role, none where it is recorded already.

    The row of the old role gets the day before ``on`` as its last; the new row begins on ``on``, assessed
    by ``by`` on that day. Nothing is overwritten, so the history stays.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    nominal, ocg : str
        Whose role, in which group.
    role : str
        One of ``model.words.ROLES``, or :data:`NOT_ASSESSED`.
    by : str
        Who judged it: a person, never a program.
    on : date
        Day from which it holds.

    Raises
    ------
    UsageError
        For an unknown role, nominal or group, no or several open memberships, the role that is recorded
        already, a day that is not after the open row began, or a blank ``by``.
    """
    if role not in (*ROLES, NOT_ASSESSED):
        raise UsageError(f"'{role}' is no role; give {', '.join(ROLES)} or {NOT_ASSESSED}.")
    if not by.strip():
        raise UsageError("Say who judged the role: --by NAME.")
    held = roles_held(dataset, nominal)
    known = set(dataset["ocgs"]["ocg_id"].to_pylist()) | {h.ocg_id for h in held}
    if ocg not in known:
        raise UsageError(f"There is no group {ocg} in these records.")
    in_group = [h for h in held if h.ocg_id == ocg]
    still = [h for h in in_group if h.to_date is None]
    if not still:
        ended = max((h.to_date for h in in_group if h.to_date), default=None)
        said = f"left {ocg} on {ended}" if ended else f"is not recorded as a member of {ocg}"
        raise UsageError(f"{nominal} {said}, so there is no role to change. Record the membership first.")
    if len(still) > 1:
        raise UsageError(f"{nominal} has {len(still)} memberships of {ocg} without an end. Close all but one first.")
    (old,) = still
    if (old.role, old.from_date, old.assessed_by, old.assessed_on) == (role, on, by.strip(), on):
        # The very same was recorded by a command that was killed behind it.
        until = [h for h in in_group if h.to_date == on - timedelta(days=1)]
        return (until[-1] if until else old), Change()
    if old.role == role:
        raise UsageError(f"The recorded role of {nominal} in {ocg} is {role} already. Nothing was changed.")
    latest = max((d for h in in_group for d in (h.from_date, h.to_date) if d), default=None)
    if latest is not None and on <= latest:
        raise UsageError(f"The role recorded now began, or one before it ended, on {latest}; {on} is not after that.")
    identity = {"nominal_id": nominal, "ocg_id": ocg, "from_date": old.from_date.isoformat() if old.from_date else ""}
    new = {
        "nominal_id": nominal,
        "ocg_id": ocg,
        "role": "" if role == NOT_ASSESSED else role,
        "from_date": on.isoformat(),
        "assessed_by": by.strip(),
        "assessed_on": on.isoformat(),
    }
    end = {"to_date": (on - timedelta(days=1)).isoformat()}
    return old, Change(add={"memberships": [new]}, edit={"memberships": [(identity, end)]})
