"""The command that records a referral and writes its pack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ocgnet.cli import places
from ocgnet.cli.asking import ask_password
from ocgnet.cli.disclose import FOLDER, STORE, place_of
from ocgnet.cli.records import say
from ocgnet.cli.request import ON, day_of, on_or_today

OUT = Annotated[
    Path,
    typer.Option(help="New folder for the pack.", metavar="DIR", show_default=False, callback=places.pack_folder),
]


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    app.command()(refer)


def refer(
    child: Annotated[str, typer.Argument(help="Id of the child.", show_default=False)],
    kind: Annotated[
        str, typer.Option(help="Route: mash, nrm, ictg, cpi or early_help.", metavar="ROUTE", show_default=False)
    ],
    reason: Annotated[str, typer.Option(help="What the worry is, and why now.", show_default=False)],
    by: Annotated[str, typer.Option(help="Who makes it.", show_default=False)],
    out: OUT,
    folder: FOLDER = None,
    store: STORE = "",
    on: ON = None,
    first_responder: Annotated[
        str, typer.Option(help="For nrm: the organisation that refers as first responder.", metavar="NAME")
    ] = "",
    consent: Annotated[str, typer.Option(help="For nrm and an adult: how consent was given, to whom, when.")] = "",
) -> None:
    """Record a referral and write the pack for its route; a wrong route is refused."""
    from ocgnet.amending import Change, open_place
    from ocgnet.audit import log_of
    from ocgnet.audit.read import acts
    from ocgnet.casework.disclosure.disclose import grown_since, judged_on
    from ocgnet.casework.disclosure.pack import RECEIPT
    from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
    from ocgnet.casework.referral.refer import Referral, begun_before, referral_pack
    from ocgnet.casework.referral.routes_open import other_children
    from ocgnet.settings import Settings
    from ocgnet.views.words.numbers import of

    kind, reason = kind.strip().lower().replace("-", "_"), " ".join(reason.split())
    place = open_place(place_of(folder, store), ask_password)
    log = log_of().outside(out, folder)
    with log.act("refer", people=[child], by=by.strip(), recipient=kind, reason=reason) as act:
        dataset = place.dataset()
        referral = Referral(child, kind, on_or_today(on), by, reason, first_responder, consent)
        begun = begun_before(dataset, acts(log.path), referral, day_of(on))
        if begun is not None:
            # Killed between the record and its pack: the record stays the only one, and the pack is made.
            referral, dataset = begun.referral, begun.taken_from(dataset)
        day, judged = referral.on, judged_on(dataset, day_of(on), referral.on)
        pack = referral_pack(dataset, referral, Settings(as_of=judged))
        if begun is not None and begun.is_in(out):
            receipt = json.loads((out / RECEIPT).read_text(encoding="utf-8"))
        else:
            with pack_folder(out) as partial:
                receipt = write_pack(partial, pack, page="referral", more={"referral": referral.row()})
                act.begins(receipt=receipt["receipt"], folder=str(out.absolute()), on=day.isoformat())
                # The pack is whole by now; when the record cannot be made, no pack appears either.
                if begun is None:
                    place.amend(Change(add={"referrals": [referral.row()]}))
        act.note(
            receipt=receipt["receipt"],
            folder=str(out.absolute()),
            files=sorted(receipt["files"]),
            on=day.isoformat(),
        )
    say(pack.marking)
    what = f"{kind} referral for" if kind != "cpi" else "CPI form (intelligence, not a referral) about"
    say(f"Recorded: {what} {child} on {day}, by {by.strip()}.")
    if since := grown_since(dataset, [child], judged, day):
        say(since)
    for held in pack.withheld:
        say(f"Stayed behind: {of(held.count, 'report')} ({held.why}).")
    for number, step in enumerate(pack.steps, 1):
        say(f"{number}. {step}")
    if others := other_children(dataset, child):
        say(f"Children on record with the same adults: {', '.join(others)}.")
    say(f"page:       {out / 'referral.html'}")
