"""Commands by which records leave: disclose, refer, and whose, which reads a pseudonym back."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, say
from ocgnet.cli.naming import PERSON, meant
from ocgnet.cli.options import (
    ON,
    OWN_SETTINGS,
    OfRecords,
    day_of,
    day_option,
    folder_of,
    kept_file,
    named_day,
    on_or_today,
    pack_folder,
    result_folder,
    text_option,
    with_own,
)
from ocgnet.errors import UsageError

if TYPE_CHECKING:
    from ocgnet.casework.disclosure.pack import Pack
    from ocgnet.casework.recipients import SharingRules

app = typer.Typer()

OWN_RECIPIENTS = Annotated[
    Path | None,
    typer.Option(
        "--recipients",
        help="TOML file of your force: columns that recipients go without, recipients of your own, agreements.",
        metavar="FILE",
        show_default=False,
    ),
]


def _terms(pack: Pack, rules: SharingRules) -> dict[str, Any]:
    """Return what the log is told of the terms of a pack: agreement, day of destruction, and the rules behind it."""
    return {
        "agreement": pack.agreement,
        "destroy_by": pack.destroy_by.isoformat() if pack.destroy_by else "",
        "recipients_file": rules.file,
        "recipients_sha256": rules.sha256,
    }


def _say_terms(pack: Pack, rules: SharingRules) -> None:
    """Say to the sender what to read again, and on which terms the pack leaves."""
    if pack.before_it_leaves:
        say(pack.before_it_leaves)
    say(f"agreement:  {pack.agreement or 'none named'}")
    if pack.destroy_by:
        say(f"destroy by: {pack.destroy_by:%d/%m/%Y}; the pack says so, and the log holds it")
    if rules.file:
        say(f"recipients: {rules.file}, by its hash in the log")


def _say_withheld(pack: Pack) -> None:
    """Say to the sender what stayed behind, and what to do about a record that only a review lets go."""
    from ocgnet.casework.may_leave import OVERDUE
    from ocgnet.english import counted

    for held in pack.withheld:
        if held.what == "reports":
            say(f"Stayed behind: {counted(held.count, 'report')} ({held.why}).")
        else:
            people = "the record of 1 person" if held.count == 1 else f"the records of {held.count} people"
            mended = " Hold the review (ocgnet review due)." if held.why == OVERDUE else ""
            say(
                f"Stayed behind: {people}, with what rests on it ({held.why}). The pack says that something was "
                f"kept back.{mended} Tell the recipient by word of mouth what a child's safety needs."
            )


@app.command(cls=OfRecords)
def disclose(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(help="Recipient, such as childrens-services.", metavar="NAME", show_default=False)],
    children: Annotated[
        str,
        typer.Option(
            help="Ids or names, separated by commas; all for numbers only.", metavar="CHILDREN", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(help="New folder for the pack.", metavar="DIR", show_default=False, callback=result_folder("")),
    ],
    reason: Annotated[str, text_option("Why it is shared; printed in the pack.")],
    by: Annotated[str, typer.Option(help="Who shares it; without it your account on this computer.")] = "",
    on: ON = None,
    pseudonymise: Annotated[
        bool, typer.Option("--pseudonymise", help="Replace ids, and leave out what identifies.")
    ] = False,
    key: Annotated[
        Path,
        typer.Option(
            help="Key of the pseudonyms; made when absent, and it stays behind.",
            metavar="FILE",
            callback=kept_file,
        ),
    ] = Path("pseudonyms.key"),
    condition_met: Annotated[
        list[str] | None,
        typer.Option(
            help="Report whose handling conditions are met for this recipient; may be repeated.", metavar="ID"
        ),
    ] = None,
    agreement: Annotated[
        str, typer.Option(help="Reference of the sharing agreement; without it the recipient's own.", metavar="TEXT")
    ] = "",
    destroy_by: Annotated[
        datetime | None,
        day_option("Day by which the recipient destroys it, if earlier than their rules say.", judge=None),
    ] = None,
    own_recipients: OWN_RECIPIENTS = None,
    own_settings: OWN_SETTINGS = None,
) -> None:
    """Make a pack about children for one partner: only what that partner needs."""
    from ocgnet.audit.given import giving
    from ocgnet.audit.log import account
    from ocgnet.casework.disclosure.differencing import refuse_near
    from ocgnet.casework.disclosure.disclose import EVERY_CHILD, Request, disclosure, grown_since, judged_on
    from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
    from ocgnet.casework.disclosure.pseudonyms import Pseudonyms, key_at
    from ocgnet.casework.recipients import sharing_rules
    from ocgnet.edit import open_place
    from ocgnet.evidence.restricted import in_use
    from ocgnet.retention.restriction import refuse_restricted
    from ocgnet.settings import Settings

    to, reason = to.strip().lower().replace("_", "-"), " ".join(reason.split())
    author = by.strip() or account()
    place, folder = open_place(ctx.obj, ask_password), folder_of(ctx.obj)
    asked = [part.strip() for part in children.split(",") if part.strip()]
    who = (
        one if one == EVERY_CHILD else meant(place, folder, PERSON, one, "--children", reason=reason) for one in asked
    )
    ids = tuple(dict.fromkeys(who))
    rules = sharing_rules(own_recipients)
    conditions = tuple(sorted(set(condition_met or ())))
    made = on_or_today(on)
    request = Request(to, ids, reason, author, conditions, made, " ".join(agreement.split()), day_of(destroy_by))
    log = log_of().outside(out, folder)
    named = ids if ids != (EVERY_CHILD,) else ()
    with (
        log.act("disclose", people=named, by=author, recipient=to, reason=reason) as act,
        ExitStack() as leaving,
        pack_folder(out) as folder_of_pack,
    ):
        refuse_restricted(place, named)
        dataset = in_use(place.dataset())
        settings = with_own(Settings(as_of=judged_on(dataset, day_of(on), made)), own_settings, None)
        names = Pseudonyms(key_at(key, out), to) if pseudonymise else None
        pack, true_ids = disclosure(dataset, request, settings, names, rules)
        act.saw(true_ids)
        if pack.summary is not None and pack.summary.children is not None:
            # Noted before the pack appears, and taken back when it does not.
            leaving.enter_context(
                giving(
                    log.path, act.line, made.isoformat(), to, pack.summary.counted,
                    partial(refuse_near, least=settings.least_shown),
                )
            )  # fmt: skip
        receipt = write_pack(folder_of_pack, pack, page="disclosure")
        act.note(
            receipt=receipt["receipt"],
            folder=str(out.absolute()),
            files=sorted(receipt["files"]),
            withheld=sum(w.count for w in pack.withheld),
            pseudonymised=pseudonymise,
            conditions_met=list(request.conditions_met),
            **_terms(pack, rules),
            **named_day(on),
        )
    say(pack.marking)
    say(f"{pack.title}, made on {made}.")
    if since := grown_since(dataset, true_ids, settings.as_of, made):
        say(since)
    _say_withheld(pack)
    _say_terms(pack, rules)
    say(f"page:       {out / 'disclosure.html'}")
    say(f"receipt:    {receipt['receipt']}, in {out / 'receipt.json'} and in the log")
    if pseudonymise:
        say(f"key:        {key} stays with you. Read a pseudonym back with: ocgnet whose PSEUDONYM --key {key}")


@app.command(cls=OfRecords)
def whose(
    ctx: typer.Context,
    pseudonym: Annotated[list[str], typer.Argument(help="Pseudonyms from a pack.", show_default=False)],
    key: Annotated[Path, typer.Option(help="Key of that pack.", metavar="FILE")] = Path("pseudonyms.key"),
) -> None:
    """Say who is meant by a pseudonym, for whoever holds the key."""
    from ocgnet.audit.read import acts
    from ocgnet.casework.child_records import known_people
    from ocgnet.casework.disclosure.pseudonyms import Pseudonyms, read_key
    from ocgnet.casework.recipients import sharing_rules
    from ocgnet.edit import open_place
    from ocgnet.evidence.restricted import in_use

    log = log_of().outside(folder_of(ctx.obj))
    with log.act("query", what=f"whose pseudonym, {len(pseudonym)} asked") as act:
        dataset = in_use(open_place(ctx.obj, ask_password).dataset())
        everybody = sorted(known_people(dataset) | set(dataset["ocgs"]["ocg_id"].to_pylist()))
        secret = read_key(key)
        # Those in whose packs it may stand come first: each recipient is one pass over everybody.
        given_to = (a.recipient for a in acts(log.path) if a.kind == "disclose" and a.recipient)
        answers: dict[str, tuple[str, str]] = {}
        for to in dict.fromkeys((*given_to, *sharing_rules().recipients, "")):
            if left := [p for p in pseudonym if p not in answers]:
                answers |= {p: (i, to) for p, i in Pseudonyms(secret, to).whose(left, everybody).items()}
        act.saw(i for i, _ in answers.values())
    for asked in pseudonym:
        identifier, to = answers.get(asked, ("nobody in these records under this key", ""))
        say(f"{asked}  {identifier}{f', in packs for {to}' if to else ''}")
    if len(answers) < len(set(pseudonym)):
        raise UsageError("Not every pseudonym was found. Is this the key, and are these the records, of that pack?")


@app.command(cls=OfRecords)
def refer(
    ctx: typer.Context,
    named: Annotated[str, typer.Argument(help="Id or name of the child.", metavar="CHILD", show_default=False)],
    kind: Annotated[
        str, typer.Option(help="Route: mash, nrm, ictg, cpi or early_help.", metavar="ROUTE", show_default=False)
    ],
    reason: Annotated[str, text_option("What the worry is, and why now.")],
    by: Annotated[str, typer.Option(help="Who makes it.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option(help="New folder for the pack.", metavar="DIR", show_default=False, callback=pack_folder),
    ],
    on: ON = None,
    first_responder: Annotated[
        str, typer.Option(help="For nrm: the organisation that refers as first responder.", metavar="NAME")
    ] = "",
    consent: Annotated[str, text_option("For nrm and an adult: how consent was given, to whom, when.")] = "",
    own_recipients: OWN_RECIPIENTS = None,
) -> None:
    """Record a referral and write the pack for its route; a wrong route is refused."""
    from ocgnet.audit.read import acts
    from ocgnet.casework.disclosure.disclose import grown_since, judged_on
    from ocgnet.casework.disclosure.pack import RECEIPT
    from ocgnet.casework.disclosure.pack_files import pack_folder as new_pack
    from ocgnet.casework.disclosure.pack_files import write_pack
    from ocgnet.casework.recipients import sharing_rules
    from ocgnet.casework.referral.refer import Referral, begun_before, referral_pack
    from ocgnet.casework.referral.routes_open import other_children
    from ocgnet.edit import Change, open_place
    from ocgnet.evidence.restricted import in_use
    from ocgnet.retention.restriction import refuse_restricted
    from ocgnet.settings import Settings

    kind, reason = kind.strip().lower().replace("-", "_"), " ".join(reason.split())
    rules = sharing_rules(own_recipients)
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    child = meant(place, folder, PERSON, named, "CHILD", reason=reason)
    log = log_of().outside(out, folder)
    with log.act("refer", people=[child], by=by.strip(), recipient=kind, reason=reason) as act, place.alone():
        refuse_restricted(place, [child])
        dataset = in_use(place.sound(child))
        referral = Referral(child, kind, on_or_today(on), by, reason, first_responder, consent)
        begun = begun_before(dataset, acts(log.path), referral, day_of(on), out)
        if begun is not None:
            # Killed behind the record: it stays the only one, and a pack that is missing is made.
            referral, dataset = begun.referral, begun.taken_from(dataset)
        day, judged = referral.on, judged_on(dataset, day_of(on), referral.on)
        pack = referral_pack(dataset, referral, Settings(as_of=judged), rules)
        if begun is not None and begun.is_in(out):
            receipt = json.loads((out / RECEIPT).read_text(encoding="utf-8"))
        else:
            with new_pack(out) as partial:
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
            **_terms(pack, rules),
        )
    say(pack.marking)
    what = f"{kind} referral for" if kind != "cpi" else "CPI form (intelligence, not a referral) about"
    say(f"Recorded: {what} {child} on {day}, by {by.strip()}.")
    if begun is not None:
        say("It was on record already and was not recorded twice: do not send it twice either.")
    for loss in dataset.losses:
        say(f"Left out: {loss}. Run ocgnet check to see why.")
    if since := grown_since(dataset, [child], judged, day):
        say(since)
    _say_withheld(pack)
    _say_terms(pack, rules)
    for number, step in enumerate(pack.for_sender, 1):
        say(f"{number}. {step}")
    if others := other_children(dataset, child):
        say(f"Children on record with the same adults: {', '.join(others)}.")
    say(f"page:       {out / 'referral.html'}")
