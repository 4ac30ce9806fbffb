"""The command about cases: one person's on a page, and the list of all that are open."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, hand_over, say, screen
from ocgnet.cli.naming import PERSON, meant
from ocgnet.cli.options import FORMAT, ROWS, Format, OfRecords, day_of, day_option, folder_of, result_file
from ocgnet.errors import UsageError

if TYPE_CHECKING:
    from ocgnet.casework.cases.case_page import CaseView
    from ocgnet.casework.cases.cases import CaseList, Listed
    from ocgnet.dataset import Dataset
    from ocgnet.settings import Settings

app = typer.Typer()


@app.command(cls=OfRecords)
def case(
    ctx: typer.Context,
    named: Annotated[
        str, typer.Argument(help="Id or name of the person; none with --list.", metavar="[PERSON]", show_default=False)
    ] = "",
    listed: Annotated[bool, typer.Option("--list", help="List every open case instead of showing one.")] = False,
    service: Annotated[
        str, typer.Option(help="With --list: cases that this service looks after.", metavar="ID|NAME")
    ] = "",
    owner: Annotated[str, typer.Option(help="With --list: cases that somebody owns.", metavar="NAME")] = "",
    no_owner: Annotated[bool, typer.Option("--no-owner", help="With --list: cases that nobody owns.")] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="With --list: cases in which something is overdue.")
    ] = False,
    repeat_missing: Annotated[
        bool, typer.Option("--repeat-missing", help="With --list: children who go missing repeatedly.")
    ] = False,
    as_of: Annotated[
        datetime | None, day_option("Day on which is judged; without it that of the records, else today.")
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(help="TOML file with your own hours and days.", metavar="FILE", show_default=False),
    ] = None,
    form: FORMAT = Format.table,
    rows: ROWS = 30,
    out: Annotated[
        Path | None,
        typer.Option(help="Page of one case, to print: FILE.html.", metavar="FILE", callback=result_file),
    ] = None,
) -> None:
    """Show one case on one page, what is overdue first, or list all that are open."""
    from ocgnet.settings import RULES, Settings, read_settings

    filters = (service, owner, no_owner, overdue, repeat_missing)
    _refuse_contradictions(named, listed=listed, filtered=any(filters), out=out)
    settings = read_settings(rules, Settings(), RULES) if rules is not None else Settings()
    if listed:
        _list(ctx.obj, day_of(as_of), settings, filters, form, rows)
    else:
        _show(ctx.obj, named, day_of(as_of), settings, form, out)


def _refuse_contradictions(named: str, *, listed: bool, filtered: bool, out: Path | None) -> None:
    if listed and named:
        raise UsageError(f"--list lists every open case, and {named} is one person. Leave one of the two out.")
    if not listed and not named:
        raise UsageError(
            "Name the person whose case it is: ocgnet case RECORDS PERSON. Or give --list for all open cases."
        )
    if filtered and not listed:
        raise UsageError(
            "--service, --owner, --no-owner, --overdue and --repeat-missing choose from a list: add --list."
        )
    if out is not None and listed:
        raise UsageError("--out writes the page of one case. For the list add --format csv or --format json.")
    if out is not None and out.suffix.lower() != ".html":
        raise UsageError(f"{out}: give the page a name that ends in .html.")


def _show(
    where: Path | str, named: str, as_of: date | None, settings: Settings, form: Format, out: Path | None
) -> None:
    from ocgnet.casework.cases.case_page import case_html, view_of
    from ocgnet.casework.cases.case_records import CaseRecords
    from ocgnet.casework.cases.cases import around, case_of, people_named, plain_case
    from ocgnet.casework.child_records import known_people, near_ids
    from ocgnet.casework.disclosure.disclose import judged_on
    from ocgnet.edit import open_place
    from ocgnet.evidence.restricted import in_use
    from ocgnet.files.writing import csv_text, write_text
    from ocgnet.retention.restriction import refuse_restricted

    folder, place = folder_of(where), open_place(where, ask_password)
    person = meant(place, folder, PERSON, named, "PERSON")
    with log_of().outside(folder, out).act("read" if out is None else "export", people=[person]) as act:
        refuse_restricted(place, [person])
        dataset = in_use(place.sound(person))
        day = judged_on(dataset, as_of, date.today())
        settings = _judged(settings, day)
        records = CaseRecords(dataset, day, settings)
        known = known_people(dataset) | set(records.people)
        if person not in known:
            raise UsageError(f"No person {person} in these records.{near_ids(person, known)}")
        found, beside = case_of(records, person), around(dataset, settings, person, day)
        act.saw(people_named(records, person, beside))
        view = view_of(records, found, beside)
        if out is not None:
            write_text(out, case_html(view))
            act.wrote(out)
        act.note(judged_on=day.isoformat(), overdue=len(found.overdue))
    if out is not None:
        say(view.marking)
        say(f"{view.title}.")
        say(f"page:       {out}")
    elif form is Format.json:
        text = json.dumps(plain_case(found, beside, settings), ensure_ascii=False, indent=1)
        hand_over(f"{text}\n", view.marking)
    elif form is Format.csv:
        hand_over(csv_text(_CASE_COLUMNS, _case_rows(plain_case(found, beside, settings))), view.marking, view.title)
    else:
        _print(view)


def _judged(settings: Settings, day: date) -> Settings:
    return replace(settings, as_of=day)


_CASE_COLUMNS = ("part", "on", "until", "state", "what", "more", "records")


def _case_rows(plain: dict[str, Any]) -> list[tuple[str, ...]]:
    late = [("overdue", o["on"] or "", o["due"], "overdue", o["of"], o["why"], o["record"]) for o in plain["overdue"]]
    entries = [
        (name, e["on"] or "", e["until"] or "", e["state"], e["what"], e["more"], "|".join(e["records"]))
        for name, part in plain["parts"].items()
        for e in part["entries"]
    ]
    return [*late, *entries]


def _print(view: CaseView) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from ocgnet.casework.cases.case_page import plain_lines

    there = screen()
    width = min(there.width, 100)
    for how, text in plain_lines(view):
        if how == "head":
            there.print()
        bold = "bold" if how in ("bold", "head") else ""
        there.print(Padding(Text(text, style=bold), (0, 0, 0, 2 if how == "more" else 0)), width=width)


# The list.


def _list(
    where: Path | str, as_of: date | None, settings: Settings, filters: tuple[Any, ...], form: Format, rows: int
) -> None:
    from ocgnet.casework.cases.cases import case_list, left_out_words
    from ocgnet.casework.disclosure.disclose import judged_on
    from ocgnet.edit import open_place
    from ocgnet.evidence.restricted import in_use

    folder, place = folder_of(where), open_place(where, ask_password)
    with log_of().outside(folder).act("read") as act:
        dataset = place.sound()
        day = judged_on(in_use(dataset), as_of, date.today())
        every = case_list(dataset, day, _judged(settings, day))
        chosen, unknown = _chosen(every, dataset, filters)
        act.saw(c.person.id for c in chosen)
        act.note(judged_on=day.isoformat(), cases=len(chosen), of=len(every.cases))
    beside = [*unknown, *filter(None, (left_out_words(every),)), *(f"Left out: {loss}." for loss in dataset.losses)]
    plain = [c.row(day) for c in chosen]
    if form is Format.json:
        document = {
            "judged_on": day.isoformat(),
            "open_case": _open_case(),
            "tables_missing": list(every.without),
            "not_known": unknown,
            "counts": every.counts(),
            "by_service_and_owner": [
                dict(zip(("service_id", "owner", "cases", "overdue"), row, strict=True)) for row in every.by_owner()
            ],
            "cases": plain,
        }
        hand_over(json.dumps(document, ensure_ascii=False, indent=1) + "\n", dataset.about.marked, *beside)
    elif form is Format.csv:
        from ocgnet.files.writing import csv_text

        hand_over(csv_text(_LIST_COLUMNS, [_cells(row) for row in plain]), dataset.about.marked, *beside)
    else:
        _print_list(every, chosen, dataset, beside, rows)


_LIST_COLUMNS = (
    "person_id", "name", "age", "child", "open_because", "services", "owners", "overdue", "first_overdue",
    "repeat_missing", "missing_since", "nrm_stage", "hand_over",
)  # fmt: skip


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    def text(value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return "|".join(value) if isinstance(value, list) else "" if value is None else str(value)

    return tuple(text(row[name]) for name in _LIST_COLUMNS)


def _open_case() -> dict[str, str]:
    from ocgnet.casework.cases.overdue import OPEN_CASE

    return dict(OPEN_CASE)


def _chosen(every: CaseList, dataset: Dataset, filters: tuple[Any, ...]) -> tuple[list[Listed], list[str]]:
    """Return the cases that were asked for, and what cannot be answered because its table is missing."""
    service, owner, no_owner, overdue, repeat_missing = filters
    if owner and no_owner:
        raise UsageError("--owner and --no-owner exclude each other. Give one of the two.")
    unknown = []
    if (service or owner or no_owner) and "assignments" in every.without:
        unknown.append("Which service looks after whom, and who owns a case, is not known: no table assignments.")
        return [], unknown
    if repeat_missing and "missing_episodes" in every.without:
        unknown.append("Who goes missing repeatedly is not known: no table missing_episodes.")
        return [], unknown
    wanted = _service_ids(dataset, service) if service else set()
    asked = " ".join(owner.split()).casefold()
    chosen = [
        c
        for c in every.cases
        if (not service or wanted & set(c.services))
        and (not owner or asked in (o.casefold() for o in c.owners))
        and (not no_owner or not c.owners)
        and (not overdue or c.overdue)
        and (not repeat_missing or c.repeat_missing)
    ]
    return chosen, unknown


def _service_ids(dataset: Dataset, asked: str) -> set[str]:
    """Return the ids of a service by id or by name, as it stands in services or in assignments."""
    from ocgnet.english import near

    rows = dataset["services"].to_pylist()
    ids = {row["service_id"] for row in rows} | set(dataset["assignments"]["service_id"].to_pylist())
    if asked in ids:
        return {asked}
    named = {row["service_id"] for row in rows if row["name"].casefold() == " ".join(asked.split()).casefold()}
    if not named:
        raise UsageError(f"--service: there is no service {asked}{near(asked, sorted(ids) or ['none'])}")
    return named


def _print_list(every: CaseList, chosen: list[Listed], dataset: Dataset, beside: list[str], rows: int) -> None:
    from ocgnet.casework.cases.cases import first_words
    from ocgnet.english import counted
    from ocgnet.views.words.numbers import day, printed

    counts = every.counts()
    whose = f"{counted(counts['children'], 'child', 'children')}, {counted(counts['adults'], 'adult')}"
    say(dataset.about.marked)
    say(
        f"{counted(counts['open'], 'open case')} on {day(every.day)} ({whose}, {counts['age_not_known']} of unknown "
        f"age): {counts['overdue']} with something overdue, "
        f"{_or_unknown(every, 'assignments', counts['without_owner'])} without an owner, "
        f"{_or_unknown(every, 'missing_episodes', counts['repeat_missing'])} repeat missing, "
        f"{_or_unknown(every, 'missing_episodes', counts['missing_now'])} missing now."
    )
    for line in beside:
        say(line)
    if every.without:
        say(f"Not known, because these records hold no such table: {', '.join(every.without)}.")
    if "assignments" not in every.without and every.cases:
        _print_services(every, dataset)
    say("")
    for c in chosen[:rows]:
        age = "age not known" if c.person.age is None else str(c.person.age)
        who = f"{c.person.id} {c.person.name}".strip()
        items = "nothing overdue"
        if c.overdue:
            items = f"{len(c.overdue)} overdue, the {first_words(c.overdue[0], every.day)} first"
        missing = f"missing since {day(c.missing_since)}; " if c.missing_since else ""
        say(printed(f"{who}, {age}: {missing}{items}"))
        served = ", ".join(f"{s} ({o or 'no owner'})" for s, o in c.assigned) or "no service"
        more = [served, f"open: {', '.join(c.open_because)}", "repeat missing" if c.repeat_missing else "", c.hand_over]
        say(f"    {printed('; '.join(filter(None, more)))}")
    say("")
    shown = f"{min(len(chosen), rows)} of {counted(len(chosen), 'case')} that were asked for, of {counts['open']} open."
    say(f"{shown} One whole: ocgnet case ID. All as a table: --format csv.")
    say(f"A case is open when one of these is recorded: {'; '.join(_open_case().values())}.")
    say(dataset.about.marked)


def _print_services(every: CaseList, dataset: Dataset) -> None:
    """Print by service how many cases it has, how many nobody owns there, and who owns how many."""
    from ocgnet.english import counted

    names = {row["service_id"]: row["name"] for row in dataset["services"].to_pylist()}
    by_service: dict[str, list[tuple[str, int, int]]] = {}
    for service, owner, cases, late in every.by_owner():
        by_service.setdefault(service, []).append((owner, cases, late))
    say("")
    say("By service and owner; a case of two services stands with both:")
    for service, of_owners in by_service.items():
        title = f"{service} {names.get(service, '')}".strip() or "no service"
        total, late = sum(cases for _, cases, _ in of_owners), sum(late for _, _, late in of_owners)
        owned = ", ".join(f"{owner or 'nobody'} {cases}" for owner, cases, _ in of_owners)
        say(f"  {title}: {counted(total, 'case')}, {late} with something overdue; owned by {owned}")


def _or_unknown(every: CaseList, table: str, number: int) -> str:
    return "an unknown number" if table in every.without else str(number)
