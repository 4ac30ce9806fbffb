"""The commands that make a force's local profile, and the list of juveniles behind one of its figures."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ocgnet.cli.console import Steps, hand_over, say, screen
from ocgnet.cli.options import (
    FORMAT,
    ROWS,
    WEIGHTS,
    Asking,
    Format,
    Request,
    day_of,
    day_option,
    result_file,
    result_folder,
)
from ocgnet.cli.records import read_records, read_weights
from ocgnet.errors import UsageError
from ocgnet.local_profile.edition import edition_of, edition_words
from ocgnet.local_profile.impact import LastProfile
from ocgnet.local_profile.profile import FORCE, STEPS, Profile, profile_of
from ocgnet.local_profile.similar_forces import Other, similar_forces
from ocgnet.local_profile.two_profiles import compare_profiles
from ocgnet.settings import ProfileSettings
from ocgnet.views.profile import write_profile
from ocgnet.views.profile.beside import TWO_FORCES, Comparison, Ranks
from ocgnet.views.profile.page import read_document
from ocgnet.views.words.profile import profile_words

app = typer.Typer()


class Audience(StrEnum):
    """Whom an edition is for."""

    force = FORCE
    partnership = "partnership"
    public = "public"


@app.command(cls=Asking)
def profile(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Option(help="Folder for the results.", metavar="DIR", callback=result_folder("ocgnet profile")),
    ] = Path("ocgnet-profile"),
    compare: Annotated[
        list[str] | None,
        typer.Option(
            help="Set another profile beside it: its results, or records. Given several times: rank among all.",
            metavar="DIR|STORE",
        ),
    ] = None,
    compare_from: Annotated[datetime | None, day_option("First day of the period of the other records.")] = None,
    last: Annotated[
        Path | None,
        typer.Option(help="Last year's finished profile: what the measures of priorities were then.", metavar="DIR"),
    ] = None,
    before_from: Annotated[datetime | None, day_option("First day of the period that changes count from.")] = None,
    before_to: Annotated[datetime | None, day_option("Last day of the period that changes count from.")] = None,
    base_from: Annotated[datetime | None, day_option("First day of the base period of long-term change.")] = None,
    base_to: Annotated[datetime | None, day_option("Last day of the base period.")] = None,
    audience: Annotated[
        Audience,
        typer.Option("--for", help="Whom the edition is for; one for others does not show small counts of people."),
    ] = Audience.force,
    weights: WEIGHTS = None,
    high_harm: Annotated[
        float, typer.Option(help="Weight from which an offence, or a person's year, is of high harm.", min=0.0)
    ] = 365.0,
) -> None:
    """Make the local profile: harm, groups, county lines, vulnerability, in one folder."""
    request: Request = ctx.obj
    if compare_from and not compare:
        raise UsageError("--compare-from and --compare-to say which period of --compare counts: give --compare too.")
    days = (day_of(compare_from), request.compare_last)
    finished = _finished(compare or [], days, audience.value)
    steps = Steps(4 + len(STEPS))
    with steps.shown():
        known = read_weights(weights)
        steps("reading and checking")
        dataset, manifest, asked = read_records(request, known.by_code)
        settings = ProfileSettings(
            analysis=asked,
            weights=known,
            before_from=day_of(before_from),
            before_to=day_of(before_to),
            base_from=day_of(base_from),
            base_to=day_of(base_to),
            high_harm=high_harm,
        )
        then = None if last is None else _last(last, audience.value)
        found = edition_of(profile_of(dataset, settings, steps, then), audience.value)
        del dataset
        beside = None
        if compare:
            steps("comparing")
            beside = _beside(found, request, finished, days)
        write_profile(out, found, beside, [asdict(s) for s in manifest.sources], steps.so_far, steps)
    for line in (found.marking, f"Edition: {edition_words(found)}", *profile_words(found)["findings"]):
        say(line)
    if beside is not None:
        say(beside.told)
    say("")
    for page, what in {
        "report.html": "report",
        "workbook.xlsx": "workbook",
        "tables": "tables",
        "run.json": "figures",
    }.items():
        say(f"{what + ':':12}{out / page}")


@app.command(cls=Asking)
def juveniles(
    ctx: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(
            help="CSV file for the list, for the owner alone; without it the list is printed.",
            metavar="FILE.csv",
            show_default=False,
            callback=result_file,
        ),
    ] = None,
    form: FORMAT = Format.table,
    rows: ROWS = 30,
) -> None:
    """List the juveniles who are linked to many serious offences, by name: for those who may see them."""
    from ocgnet.files.writing import csv_text, write_marked
    from ocgnet.local_profile.juveniles import listing_of
    from ocgnet.views.tables.terminal import print_table
    from ocgnet.views.tables.text import csv_rows, json_text
    from ocgnet.views.words.juveniles import listing_lines

    request: Request = ctx.obj
    if out is not None and form is not Format.table:
        raise UsageError("--out writes a CSV file, and --format prints the list. Give one of the two.")
    steps = Steps(2)
    with steps.shown():
        steps("reading and checking")
        dataset, _, settings = read_records(request)
        steps("counting offences")
        listing = listing_of(dataset, settings)
    table, marking = listing.table, dataset.about.marked
    finding, *beside = listing_lines(listing, settings)
    if form is not Format.table:
        text = csv_text(*csv_rows(table)) if form is Format.csv else json_text(table)
        hand_over(text, marking, finding, *beside)
        return
    if out is not None:
        write_marked(out, csv_text(*csv_rows(table)), marking, replace=True)
        for line in (marking, finding, *beside, f"The list: {out}"):
            say(line)
        return
    where = f"run ocgnet juveniles {request.place} --out FILE.csv"
    print_table(screen(), table, columns=_LISTED, limit=rows, finding=finding, files=where, marking=marking)
    for line in beside:
        say(line)


_LISTED = (
    "person_id",
    "name",
    "date_of_birth",
    "latest_crime_on",
    "serious_offences",
    "offence_unknown",
    "linked_child",
)
"""What fits a terminal; the file has all."""


def _last(place: Path, audience: str) -> LastProfile:
    """Return an earlier profile, against which the measures of priorities are set."""
    document = read_document(place)
    if audience != FORCE and document.get("edition", FORCE) == FORCE:
        raise UsageError(_OWN.format(place) + " Leave out --last, or give an edition for others.")
    days = document["periods"]["now"]
    if not days:
        raise UsageError(f"{place} has no period, so it cannot say what was then. Leave out --last.")
    first, end = (date.fromisoformat(day) for day in days)
    return LastProfile(document["figure_details"], (first, end), document["parameters"]["weights"])


_OWN = "{} holds the force's own edition, whose small counts do not leave."


def _finished(
    places: list[str], days: tuple[date | None, date | None], audience: str
) -> dict[str, dict[str, Any] | None]:
    """Return what of the other side is a finished profile, None for records; refused before anything is computed."""
    again = sorted({place for place in places if places.count(place) > 1})
    if again:
        raise UsageError(f"--compare names {', '.join(again)} more than once: a force is ranked once.")
    found = {p: read_document(Path(p)) if (Path(p) / "run.json").is_file() else None for p in places}
    for place, document in found.items():
        if document is None:
            continue
        if any(days):
            raise UsageError(
                f"{place} holds a finished profile, whose period is fixed. Leave out --compare-from and -to."
            )
        if audience != FORCE and document.get("edition", FORCE) == FORCE:
            raise UsageError(f"{_OWN.format(place)} Compare with the records behind it, or with an edition for others.")
    return found


def _beside(
    here: Profile,
    request: Request,
    finished: dict[str, dict[str, Any] | None],
    days: tuple[date | None, date | None],
) -> Comparison | Ranks:
    """Return the other side: one profile set beside this one, or the ranks among several."""
    others = [_other(here, request, place, document, days) for place, document in finished.items()]
    mine = _as_other(here)
    least = here.settings.least_records
    if len(others) == 1:
        return Comparison(others[0].name, compare_profiles(mine.details, others[0].details, least), others[0].notes)
    ids = [mine.run_id, *(other.run_id for other in others)]
    if len(set(ids)) < len(ids):
        raise UsageError("Two of the profiles to be ranked are the same (equal run ids): a force is ranked once.")
    return Ranks(mine, tuple(others), similar_forces(mine, others, least))


def _as_other(profile: Profile) -> Other:
    """Return a profile as one of those that are compared."""
    return Other(
        _named(profile.about.force, profile.windows.now),
        {name: asdict(f) for name, f in profile.figures.items()},
        profile.windows.now,
        profile.settings.to_dict()["weights"],
        profile.run_id,
    )


def _named(force: str, days: tuple[date, date] | None) -> str:
    told = " to ".join(day.strftime("%d/%m/%Y") for day in days) if days else "no period"
    return f"{force or 'another force'}, {told}"


def _other(
    here: Profile,
    request: Request,
    place: str,
    found: dict[str, Any] | None,
    days: tuple[date | None, date | None],
) -> Other:
    """Return a finished profile, or a profile of other records, as the other side."""
    if found is None:
        twin = edition_of(_twin(here.settings, request, place, days), here.edition)
        return replace(_as_other(twin), notes=_notes(here, twin.settings.to_dict(), twin.about.force))
    period = found["periods"]["now"]
    now = (date.fromisoformat(period[0]), date.fromisoformat(period[1])) if period else None
    force, parameters = str(found.get("force") or ""), found["parameters"]
    return Other(
        _named(force, now), found["figure_details"], now, parameters.get("weights"), str(found.get("run_id")),
        _notes(here, parameters, force),
    )  # fmt: skip


def _notes(here: Profile, parameters: dict[str, Any], force: str) -> tuple[str, ...]:
    """Say what makes two profiles differ besides the world."""
    notes = []
    own = here.settings.to_dict()
    if parameters.get("weights") != own["weights"]:
        notes.append("The two sides use different severity weights, so no sum of weights can be compared.")
    differ = [n for n in own if n not in ("weights", "analysis") and _plain(parameters.get(n)) != _plain(own[n])]
    differ = [n for n in differ if not n.startswith(("before_", "base_"))]
    if differ:
        notes.append(f"The two sides were asked with different {', '.join(n.replace('_', ' ') for n in differ)}.")
    if force != here.about.force:
        notes.append(TWO_FORCES)
    return tuple(notes)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _twin(settings: ProfileSettings, request: Request, other: str, days: tuple[date | None, date | None]) -> Profile:
    first, last = days
    asked = replace(settings.analysis, period_from=first, period_to=last, as_of=None)
    if not any(days):
        asked = replace(asked, period_from=None, period_to=None)
    is_records = Path(other).is_dir() or other.lower().endswith(".xlsx")
    dataset, _, _ = read_records(
        replace(request, place=Path(other) if is_records else other, settings=asked),
        settings.weights.by_code,
    )
    own = replace(settings, analysis=asked, before_from=None, before_to=None, base_from=None, base_to=None)
    return profile_of(dataset, own)
