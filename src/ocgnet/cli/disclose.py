"""Commands that let records leave: disclose, and whose, which reads a pseudonym back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocgnet.cli import places
from ocgnet.cli.asking import ask_password
from ocgnet.cli.records import say
from ocgnet.cli.request import ON, day_of, named_day, on_or_today
from ocgnet.errors import UsageError

FOLDER = Annotated[
    Path | None,
    typer.Option("--folder", help="Folder of the records, or one .xlsx.", metavar="DIR", show_default=False),
]
STORE = Annotated[str, typer.Option("--store", help="Store of the records instead of a folder.", metavar="STORE")]
OUT = Annotated[
    Path,
    typer.Option(help="New folder for the pack.", metavar="DIR", show_default=False, callback=places.result_folder("")),
]


def register(app: typer.Typer) -> None:
    """Add this room's commands to the program."""
    app.command()(disclose)
    app.command()(whose)


def disclose(
    to: Annotated[str, typer.Option(help="Recipient, such as childrens-services.", metavar="NAME", show_default=False)],
    children: Annotated[
        str, typer.Option(help="Ids, separated by commas; all for numbers only.", metavar="IDS", show_default=False)
    ],
    out: OUT,
    reason: Annotated[str, typer.Option(help="Why it is shared; printed in the pack.", show_default=False)],
    by: Annotated[str, typer.Option(help="Who shares it; without it your account on this computer.")] = "",
    folder: FOLDER = None,
    store: STORE = "",
    on: ON = None,
    pseudonymise: Annotated[
        bool, typer.Option("--pseudonymise", help="Replace ids, and leave out what identifies.")
    ] = False,
    key: Annotated[
        Path,
        typer.Option(
            help="Key of the pseudonyms; made when absent, and it stays behind.",
            metavar="FILE",
            callback=places.kept_file,
        ),
    ] = Path("pseudonyms.key"),
    condition_met: Annotated[
        list[str] | None,
        typer.Option(
            help="Report whose handling conditions are met for this recipient; may be repeated.", metavar="ID"
        ),
    ] = None,
) -> None:
    """Make a pack about children for one partner: only what that partner needs."""
    from ocgnet.amending import open_place
    from ocgnet.audit import log_of
    from ocgnet.audit.log import account
    from ocgnet.casework.disclosure.disclose import EVERY_CHILD, Request, disclosure, grown_since, judged_on
    from ocgnet.casework.disclosure.pack import key_at
    from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
    from ocgnet.settings import Settings
    from ocgnet.views.words.numbers import of

    to, reason = to.strip().lower().replace("_", "-"), " ".join(reason.split())
    author = by.strip() or account()
    ids = tuple(dict.fromkeys(part.strip() for part in children.split(",") if part.strip()))
    request = Request(to, ids, reason, author, tuple(sorted(set(condition_met or ()))), on_or_today(on))
    log = log_of().outside(out, folder)
    named = ids if ids != (EVERY_CHILD,) else ()
    with log.act("disclose", people=named, by=author, recipient=to, reason=reason) as act, pack_folder(out) as partial:
        dataset = open_place(place_of(folder, store), ask_password).dataset()
        made = on_or_today(on)
        settings = Settings(as_of=judged_on(dataset, day_of(on), made))
        names = key_at(key, out) if pseudonymise else None
        pack, true_ids = disclosure(dataset, request, settings, names)
        act.saw(true_ids)
        receipt = write_pack(partial, pack, page="disclosure")
        act.note(
            receipt=receipt["receipt"],
            folder=str(out.absolute()),
            files=sorted(receipt["files"]),
            withheld=sum(w.count for w in pack.withheld),
            pseudonymised=pseudonymise,
            conditions_met=list(request.conditions_met),
            **named_day(on),
        )
    say(pack.marking)
    say(f"{pack.title}, made on {made}.")
    if since := grown_since(dataset, true_ids, settings.as_of, made):
        say(since)
    for held in pack.withheld:
        say(f"Stayed behind: {of(held.count, 'report')} ({held.why}).")
    say(f"page:       {out / 'disclosure.html'}")
    say(f"receipt:    {receipt['receipt']}, in {out / 'receipt.json'} and in the log")
    if pseudonymise:
        say(f"key:        {key} stays with you. Read a pseudonym back with: ocgnet whose PSEUDONYM --key {key}")


def whose(
    pseudonym: Annotated[list[str], typer.Argument(help="Pseudonyms from a pack.", show_default=False)],
    key: Annotated[Path, typer.Option(help="Key of that pack.", metavar="FILE")] = Path("pseudonyms.key"),
    folder: FOLDER = None,
    store: STORE = "",
) -> None:
    """Say who is meant by a pseudonym, for whoever holds the key."""
    from ocgnet.amending import open_place
    from ocgnet.audit import log_of
    from ocgnet.casework.child_records import known_people
    from ocgnet.casework.disclosure.pack import read_key

    with log_of().outside(folder).act("query", what=f"whose pseudonym, {len(pseudonym)} asked") as act:
        dataset = open_place(place_of(folder, store), ask_password).dataset()
        everybody = sorted(known_people(dataset) | set(dataset["ocgs"]["ocg_id"].to_pylist()))
        names = read_key(key)
        found = {p: names.whose(p, everybody) for p in pseudonym}
        act.saw(i for i in found.values() if i)
    for asked, identifier in found.items():
        say(f"{asked}  {identifier or 'nobody in these records under this key'}")
    if None in found.values():
        raise UsageError("Not every pseudonym was found. Is this the key, and are these the records, of that pack?")


def place_of(folder: Path | None, store: str) -> Path | str:
    """Return the one place that is named; ``UsageError`` when it is both or neither."""
    if (folder is None) == (not store):
        raise UsageError("Say where the records are: --folder DIR or --store STORE, one of the two.")
    return folder or store
