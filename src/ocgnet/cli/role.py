"""Commands about recorded roles: set, show. A suggestion never becomes a recorded role by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocgnet.audit import log_of
from ocgnet.cli.asking import ask_password
from ocgnet.cli.disclose import FOLDER, STORE, place_of
from ocgnet.cli.records import say
from ocgnet.cli.request import ON, on_or_today
from ocgnet.errors import UsageError

NOMINAL = Annotated[str, typer.Argument(help="Id of the nominal.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    room = typer.Typer(help="Record what a person judged a member's role to be, one at a time.", no_args_is_help=True)
    room.command(name="set")(set_role)
    room.command()(show)
    app.add_typer(room, name="role")


def set_role(
    nominal: NOMINAL,
    ocg: Annotated[str, typer.Argument(help="Id of the group.", show_default=False)],
    role: Annotated[
        str, typer.Argument(help="principal, significant, peripheral or not_assessed.", show_default=False)
    ],
    by: Annotated[str, typer.Option(help="Who judged it.", show_default=False)],
    reason: Annotated[str, typer.Option(help="Why; kept in the log.", show_default=False)],
    folder: FOLDER = None,
    store: STORE = "",
    on: ON = None,
) -> None:
    """Record a role; the one before is kept with its last day."""
    from ocgnet.amending import open_place
    from ocgnet.amending.recorded_roles import role_change
    from ocgnet.evidence.period import period_of
    from ocgnet.settings import Settings

    if not reason.strip():
        raise UsageError("Say why the role changes: --reason TEXT.")
    where = place_of(folder, store)
    log = log_of().outside(folder)
    with log.act("role", people=[nominal], by=by, reason=reason) as act:
        place = open_place(where, ask_password)
        dataset = place.dataset()
        day = on_or_today(on)
        old, change = role_change(dataset, nominal, ocg, role, by, day)
        place.amend(change)
        act.note(nominal=nominal, ocg=ocg, before=old.role, after=role, holds_from=day.isoformat())
    say(f"{nominal} is recorded as {role} in {ocg} from {day:%d/%m/%Y}, judged by {by}; until then {old.role}.")
    judged = period_of(dataset, Settings()).as_of
    if judged is not None and judged < day:
        say(f"These records are judged on {judged:%d/%m/%Y}, before that day, so analyses show it with --as-of {day}.")


def show(nominal: NOMINAL, folder: FOLDER = None, store: STORE = "") -> None:
    """Print the history of somebody's recorded roles, with the reasons that this computer's log holds."""
    from ocgnet.amending import open_place
    from ocgnet.amending.recorded_roles import roles_held
    from ocgnet.audit.read import acts
    from ocgnet.visible import visible

    where: Path | str = place_of(folder, store)
    log = log_of().outside(folder)
    with log.act("read", people=[nominal]):
        dataset = open_place(where, ask_password).dataset()
        held = roles_held(dataset, nominal)
    reasons = {
        (str(told.facts.get("ocg")), str(told.facts.get("holds_from")), str(told.facts.get("after"))): told.reason
        for told in acts(log.path)
        if told.kind == "role" and told.end == "done" and told.facts.get("nominal") == nominal
    }
    say(dataset.about.marked)
    if not held:
        say(f"{nominal} is not recorded as a member of any group.")
    for row in held:
        begin = f"{row.from_date:%d/%m/%Y}" if row.from_date else "an unknown day"
        end = f"to {row.to_date:%d/%m/%Y}" if row.to_date else "until now"
        judged = f", judged by {row.assessed_by or 'nobody named'}"
        judged += f" on {row.assessed_on:%d/%m/%Y}" if row.assessed_on else ""
        why = reasons.get((row.ocg_id, row.from_date.isoformat() if row.from_date else "", row.role), "")
        say(visible(f"{row.ocg_id}  {row.role:12} from {begin} {end}{judged}{f': {why}' if why else ''}"))
