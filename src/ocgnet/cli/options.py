"""Every option that commands share, declared once, and what they refuse before any work is done."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from ocgnet.audit import log_path
from ocgnet.audit.log import refuse_log
from ocgnet.cli.console import recorded
from ocgnet.days import check_asked
from ocgnet.english import near
from ocgnet.errors import UsageError
from ocgnet.evidence.period import COMPARE_TO, SAME_PERIOD_LAST_YEAR
from ocgnet.files.writing import is_of_records, marking_file, refuse_file, refuse_foreign, refuse_strange
from ocgnet.model import TABLES
from ocgnet.model.columns import LINK_ROLES, PUBLISHED_ROLES
from ocgnet.settings import FILE, GRADE_FILTERS, RULES, Settings, read_settings
from ocgnet.store.contract import OWN_SERVER, in_database, names_store


def result_file(path: Path | None) -> Path | None:
    """Refuse a file that ocgnet did not write, a table of records and the log; for an option of a file."""
    if path is not None:
        refuse_log(log_path(), path)
        refuse_file(path)
        if marking_file(path).exists():
            refuse_file(marking_file(path))
    return path


def rejects_file(asked: typer.Context, option: typer.CallbackParam, path: Path) -> Path:
    """As :func:`result_file`, where nothing is written unless there are problems: only a file that was named."""
    source = asked.get_parameter_source(str(option.name))
    return path if source is not None and source.name == "DEFAULT" else result_file(path) or path


def kept_file(path: Path) -> Path:
    """Refuse a table of records and the log; for a file that is made when it is absent and never written over."""
    refuse_log(log_path(), path)
    if is_of_records(path):
        refuse_file(path)
    return path


def result_folder(made_by: str) -> Callable[[Path | None], Path | None]:
    """Return what refuses a folder that holds anything else than what the named command wrote."""

    def refuse(path: Path | None) -> Path | None:
        if path is not None:
            refuse_log(log_path(), path)
            refuse_foreign(path, made_by)
        return path

    return refuse


def pack_folder(path: Path) -> Path:
    """As :func:`result_folder` for a new one; the pack of a command that was killed at its end may stand there."""
    from ocgnet.casework.disclosure.pack import RECEIPT

    refuse_log(log_path(), path)
    if not (path / RECEIPT).is_file() or path.is_symlink():
        refuse_foreign(path, "")
    return path


def import_folder(path: Path | None) -> Path | None:
    """As :func:`result_folder` for the first import; a folder that an import made is changed by the next one."""
    from ocgnet.importing.again import MARKS_FILE
    from ocgnet.importing.mapping import MAPPING_FILE
    from ocgnet.sources.reading import WORDS_FILE

    if path is None:
        return None
    refuse_log(log_path(), path)
    if not (path / MARKS_FILE).is_file() or path.is_symlink():
        refuse_foreign(path, "ocgnet import", (MAPPING_FILE, WORDS_FILE))
    return path


def own_store(name: str) -> str:
    """Refuse a file that is no store of ocgnet; for a store that is to be filled, where one is."""
    from ocgnet.store import open_store
    from ocgnet.store.duckdb_file import DuckDBFile

    if "://" not in name and name.endswith(".duckdb"):
        path = Path(name)
        refuse_log(log_path(), path)
        refuse_strange(path)
        found: Any = open_store(name)
        if isinstance(found, DuckDBFile) and path.exists():
            found.manifest()
    elif name and "://" not in name and Path(name).exists():
        raise UsageError(f"{name} is no store. Name a file that ends in .duckdb, or the address of a Neo4j server.")
    return name


_DAYS = ("%Y-%m-%d", "%d/%m/%Y")


def day_option(says: str, *names: str, judge: Callable[[date, str], None] | None = check_asked) -> Any:
    """Return an option that takes a day; ``judge`` refuses days that cannot be meant, None takes every day."""

    def judged(param: typer.CallbackParam, moment: datetime | None) -> datetime | None:
        if moment is not None and judge is not None:
            judge(moment.date(), param.opts[0])
        return moment

    return typer.Option(*names, help=says, metavar="DATE", formats=[*_DAYS], show_default=False, callback=judged)


def has_come(day: date, option: str) -> None:
    """Refuse a day of something done that lies ahead."""
    if day > date.today():
        raise UsageError(f"{option} {day} lies ahead. Give the day on which it is done, today at the latest.")
    check_asked(day, option)


ON = Annotated[
    datetime | None, day_option("Day on which it is done; without it today, by this computer's clock.", judge=has_come)
]
"""The one option that dates an act: what people do with the tool bears the day on which they do it."""


def named_day(on: datetime | None) -> dict[str, str]:
    """Return what the log is told of a day that was named; without one the day of its line is the day of the act."""
    return {"on": on.date().isoformat()} if on else {}


TODAY = Annotated[
    datetime | None,
    day_option("Take this for today, so that the same records give the same again on another day.", "--today"),
]
"""The option that fixes which day it is when records are judged."""


OWN_SETTINGS = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        help="TOML file with your own weights of ties, thresholds of roles and communities, and open ends.",
        metavar="FILE",
        show_default=False,
    ),
]


def on_or_today(on: datetime | None) -> date:
    """Return the day that an act bears: the local date of this computer, unless another was named."""
    return on.date() if on else date.today()


ACCEPT_LOSS = Annotated[
    list[str] | None,
    typer.Option(
        help="With --skip-rejects: go on although up to this share of the table could not be read, such as "
        "crime_links=0.7; may be repeated. Figures that rest on it are not known.",
        metavar="TABLE=SHARE",
        show_default=False,
    ),
]


def accepted_losses(given: list[str] | None, *, skip_rejects: bool) -> tuple[tuple[str, float], ...]:
    """Return the losses that options accept, by table.

    Raises
    ------
    UsageError
        When a table is none of the model or stands twice, or a share is no number above 0 and up to 1.

    >>> accepted_losses(["crimes=7%", "crime_links=0.7"], skip_rejects=True)
    (('crime_links', 0.7), ('crimes', 0.07))
    """
    found: dict[str, float] = {}
    for text in given or ():
        name, _, share = (part.strip() for part in text.partition("="))
        if name not in TABLES:
            raise UsageError(f"--accept-loss {text}: there is no table '{name}'{near(name, list(TABLES))}")
        if name in found:
            raise UsageError(f"--accept-loss names {name} twice. Give it once.")
        number = share.removesuffix("%")
        try:
            found[name] = round(float(number) / (100 if share.endswith("%") else 1), 9)
        except ValueError:
            found[name] = 0.0
        if not 0 < found[name] <= 1:
            raise UsageError(
                f"--accept-loss {text}: give the share as a number above 0 and up to 1, or with %, "
                f"such as {name}=0.1 or {name}=10%."
            )
    if found and not skip_rejects:
        raise UsageError("--accept-loss says how much may be left out: give --skip-rejects too, which leaves rows out.")
    return tuple(sorted(found.items()))


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


FORMAT = Annotated[Format, typer.Option("--format", help="How to print the table.")]
ROWS = Annotated[int, typer.Option(help="How many rows to show on the terminal; csv and json give all.", min=1)]

RECORDS = Annotated[
    str,
    typer.Argument(
        metavar="RECORDS",
        help="Folder of CSV or Parquet files, one .xlsx, or a store: ocg.duckdb, neo4j, bolt://127.0.0.1:7687.",
        show_default=False,
    ),
]
FOLDER = Annotated[
    Path | None,
    typer.Option("--folder", help="The same for a folder or one .xlsx.", metavar="DIR", show_default=False),
]
STORE = Annotated[str, typer.Option("--store", help="The same for a store.", metavar="STORE", show_default=False)]
DATABASE = Annotated[
    str,
    typer.Option(
        "--database",
        help="Which database of the Neo4j server; without it OCGNET_NEO4J_DATABASE, else the user's own.",
        metavar="NAME",
        show_default=False,
    ),
]
WEIGHTS = Annotated[
    Path | None,
    typer.Option(help="CSV of other severity weights: offence_code, weight.", metavar="FILE", show_default=False),
]
SKIP_REJECTS = Annotated[
    bool, typer.Option("--skip-rejects", help="Leave rows with errors out instead of stopping; they are counted.")
]
REJECTS = Annotated[Path, typer.Option(help="Where to list rows with errors.", metavar="FILE", callback=rejects_file)]
"""Where rows with errors are listed when there are any: only a file that was named is looked at beforehand."""
BY = Annotated[str, typer.Option(help="Who decides it: a person answers for it.", show_default=False)]
BY_OR_ACCOUNT = Annotated[str, typer.Option("--by", help="Who does it; without it your account on this computer.")]


TEXT = "TEXT|-"
"""Marks an option that takes words about a person: ``-`` reads them from standard input, and the option of the same
name with ``-file`` from a file, so that no list of processes and no shell history holds them."""
LONGEST_TEXT = 20_000
"""Most letters of such a text: a page is some 3,000."""


def text_option(says: str) -> Any:
    """Return an option that takes words about a person."""
    return typer.Option(help=says, metavar=TEXT, show_default=False)


REASON = Annotated[str, text_option("Why; kept in the log.")]


def place_of(records: str, folder: Path | None, store: str, database: str = "") -> Path | str:
    """Return the one folder or file (a path) or store (text) that is named; ``UsageError`` when none is, or several.

    A ``database`` belongs to a Neo4j server: named with anything else it is refused.

    >>> place_of("ocg.duckdb", None, ""), str(place_of("mydata", None, "")), place_of("", None, "bolt://h")
    ('ocg.duckdb', 'mydata', 'bolt://h')
    """
    named = [x for x in (records, folder, store) if x]
    if len(named) != 1:
        raise UsageError(
            "Say where the records are, once: as the first word a folder, one .xlsx or a store (ocg.duckdb, neo4j, "
            "bolt://…), or --folder DIR, or --store STORE."
        )
    is_store = names_store(records) or (records == OWN_SERVER and not Path(records).exists())
    place = folder or store or (records if is_store else Path(records))
    return in_database(str(place), database) if database else place


def folder_of(place: Path | str) -> Path | None:
    """Return the folder or file of records, which the log may not stand in; None for a store."""
    return place if isinstance(place, Path) else None


def _shared(function: Callable[..., Any]) -> Any:
    """Return a command whose options several commands share, and whose function says what they make together."""
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return typer.main.get_command(app)


def _made(shared: Any, ctx: Any) -> Any:
    """Take the shared options out of a context, and return what they make."""
    return shared.callback(**{p.name: ctx.params.pop(p.name) for p in shared.params})


def _place(records: RECORDS = "", folder: FOLDER = None, store: STORE = "", database: DATABASE = "") -> Path | str:
    """Turn the options that name the records into their place."""
    return place_of(records, folder, store, database)


_PLACE = _shared(_place)


def text_of(file: str, option: str) -> str:
    """Return the words of a file, or of standard input for ``-``, as one line.

    Raises UsageError, which names the option, when it cannot be read, is no UTF-8, empty or beyond ``LONGEST_TEXT``.
    """
    try:
        if file == "-":
            if sys.stdin.isatty():
                typer.echo("Type the text; end it with Ctrl-D on a line of its own (Ctrl-Z on Windows).", err=True)
            raw = sys.stdin.buffer.read(4 * LONGEST_TEXT + 1)
        else:
            with Path(file).open("rb") as opened:
                raw = opened.read(4 * LONGEST_TEXT + 1)
        text = " ".join(raw.decode("utf-8-sig").split())
    except OSError as error:
        raise UsageError(f"{option}: {file} cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{option}: {file} is no text in UTF-8. Save it as UTF-8.") from error
    if not text:
        raise UsageError(f"{option}: {'standard input' if file == '-' else file} holds no text.")
    if len(text) > LONGEST_TEXT or len(raw) > 4 * LONGEST_TEXT:
        raise UsageError(f"{option}: {file} holds more than {LONGEST_TEXT:,} letters. Say it in fewer.")
    return text


def _file_of(text: Any) -> Any:
    """Return the option that names a file for an option of words; no function of a command is handed it."""
    option = copy(text)
    option.name, option.opts = f"{text.name}_file", [f"{text.opts[0]}-file"]
    option.help, option.metavar = f"File with the text of {text.opts[0]}; - for standard input.", "FILE|-"
    option.required, option.default, option.expose_value = False, None, False
    return option


class WithTexts(TyperCommand):
    """A command whose options for words about a person can take them from a file or from standard input."""

    def __init__(self, name: str | None, *, params: list[Any], **rest: Any) -> None:
        self.texts = [p for p in params if p.metavar == TEXT]
        with_files = [q for p in params for q in ((p, _file_of(p)) if p in self.texts else (p,))]
        super().__init__(name, params=with_files, **rest)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in place of a file, or of ``-``, what stands in it."""
        given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        texts = []
        for option in () if ctx.resilient_parsing else self.texts:
            name, file, words = option.opts[0], given.get(f"{option.name}_file"), given.get(option.name)
            if file is not None and words is not None:
                raise UsageError(f"{name} and {name}-file say the same thing twice. Give one of the two.")
            if file is not None or words == "-":
                texts.append((name, file or "-"))
        if [file for _, file in texts].count("-") > 1:
            raise UsageError("Only one text can come from standard input. Give the other with a file.")
        # What was read goes to the parser of this process alone.
        return super().parse_args(ctx, [*args, *(f"{name}={text_of(file, name)}" for name, file in texts)])


class OfRecords(WithTexts):
    """A command whose first word names the records, unless an option does; their place is ``obj`` of its context."""

    def __init__(self, name: str | None, *, params: list[Any], **rest: Any) -> None:
        super().__init__(name, params=[*_PLACE.params, *params], **rest)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Leave the first place empty where an option names the records."""
        given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        return super().parse_args(ctx, ["", *args] if given.get("folder") or given.get("store") else args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command with the place of the records."""
        ctx.obj = _made(_PLACE, ctx)
        return super().invoke(ctx)


def again(ctx: typer.Context, command: str, *words: str) -> str:
    """Return how a command is typed about the same records as the one that runs.

    >>> from types import SimpleNamespace as Context
    >>> again(Context(obj=Path("our records")), "plan undo", "A0001")
    "ocgnet plan undo 'our records' A0001"
    """
    return f"ocgnet {command} {shlex.join((str(ctx.obj), *words))}"


@dataclass(frozen=True)
class Request:
    """What a command was asked: where the records are, and how to judge them."""

    place: Path | str
    """A folder or workbook as a path, a store as text."""
    skip_rejects: bool
    rejects: Path
    settings: Settings
    compare_last: date | None = None
    """Last day of a named period to compare with; commands that take ``--compare-from`` read it."""


_GRADES = "; ".join(f"{name}: {says}" for name, says in GRADE_FILTERS.items())


def _request(
    records: RECORDS = "",
    folder: FOLDER = None,
    store: STORE = "",
    database: DATABASE = "",
    from_date: Annotated[datetime | None, day_option("First day of the period.", "--from")] = None,
    to_date: Annotated[datetime | None, day_option("Last day of the period.", "--to")] = None,
    as_of: Annotated[datetime | None, day_option("Day at which ages and memberships are judged.")] = None,
    network_from: Annotated[
        datetime | None, day_option("First day of the records that make ties; without it all up to the day count.")
    ] = None,
    compare_to: Annotated[
        str,
        typer.Option(
            help=f"What changes are measured against: {' or '.join(COMPARE_TO)}; or the day that --compare-from needs.",
            metavar="PERIOD|DATE",
        ),
    ] = COMPARE_TO[0],
    today: TODAY = None,
    min_grade: Annotated[
        str, typer.Option(help=f"Which reports count. {_GRADES}.", metavar="FILTER")
    ] = Settings.min_grade,
    link_roles: Annotated[
        str,
        typer.Option(
            help="Which links to a crime count, separated by commas; "
            f"{','.join(PUBLISHED_ROLES)} is the definition of published profiles.",
            metavar="ROLES",
        ),
    ] = ",".join(Settings.link_roles),
    ocg: Annotated[
        list[str] | None, typer.Option(help="Only members of this group; may be repeated.", metavar="ID|NAME")
    ] = None,
    top_k: Annotated[
        int, typer.Option(help="How many nominals the concentration headline is about.", min=1)
    ] = Settings.top_k,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn at random.", min=0)] = Settings.seed,
    overdue: Annotated[bool, typer.Option("--overdue", help="Keep records whose review date has passed.")] = False,
    rules: Annotated[
        Path | None,
        typer.Option(
            help="TOML file with your own points, bands and thresholds about children.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    own_settings: OWN_SETTINGS = None,
    skip_rejects: SKIP_REJECTS = False,
    accept_loss: ACCEPT_LOSS = None,
    rejects: REJECTS = Path("rejects.csv"),
) -> Request:
    """Turn the shared options into a request."""
    place = place_of(records, folder, store, database)
    word, compare_last = _compared(compare_to)
    settings = Settings(
        as_of=day_of(as_of),
        compare_to=word,
        network_from=day_of(network_from),
        period_from=day_of(from_date),
        period_to=day_of(to_date),
        min_grade=_one_of(min_grade, tuple(GRADE_FILTERS), "--min-grade"),
        link_roles=_roles(link_roles),
        ocgs=tuple(sorted(set(ocg or ()))),
        include_overdue=overdue,
        accepted_losses=accepted_losses(accept_loss, skip_rejects=skip_rejects or isinstance(place, str)),
        top_k=top_k,
        seed=seed,
    )
    settings = with_own(settings, own_settings, today)
    if rules is not None:
        settings = read_settings(rules, settings, RULES)
    return Request(place, skip_rejects, rejects, settings, compare_last)


def _compared(asked: str) -> tuple[str, date | None]:
    """Return which period is compared with, by its word or by its last day."""
    if asked in COMPARE_TO:
        return asked, None
    for form in _DAYS:
        try:
            last = datetime.strptime(asked, form).date()
        except ValueError:
            continue
        check_asked(last, "--compare-to")
        return COMPARE_TO[0], last
    raise UsageError(
        f"--compare-to knows no '{asked}'; it takes {' or '.join(COMPARE_TO)}, or a day such as 2018-03-31 after "
        "--compare-from."
    )


def with_own(settings: Settings, own: Path | None, today: datetime | None) -> Settings:
    """Return settings with those of a force's own file, and with the day that is taken for today."""
    if today is not None:
        settings = replace(settings, today=today.date())
    if own is not None:
        settings = read_settings(own, settings, FILE)
    return settings


def day_of(moment: datetime | None) -> date | None:
    """Return the day that an option gave."""
    return moment.date() if moment else None


def _roles(text: str) -> tuple[str, ...]:
    """Return the link roles of an option, in the order of the model.

    >>> _roles("convicted, arrested,arrested")
    ('arrested', 'convicted')
    """
    asked = {_one_of(r.strip(), LINK_ROLES, "--link-roles") for r in text.split(",")}
    return tuple(r for r in LINK_ROLES if r in asked)


def _one_of(value: str, allowed: tuple[str, ...], option: str) -> str:
    if value not in allowed:
        raise UsageError(f"{option} knows no '{value}'; it takes {', '.join(allowed)}.")
    return value


_SHARED = _shared(_request)
for _option in _SHARED.params[1:]:
    _option.rich_help_panel = "Which records count, and how"


class Asking(WithTexts):
    """A command with the shared options beside its own, which finds the request they make in ``obj`` of its context."""

    def __init__(self, name: str | None, *, params: list[Any], **rest: Any) -> None:
        super().__init__(name, params=[*_SHARED.params, *params], **rest)

    def invoke(self, ctx: Any) -> Any:
        """Run the command as one act of the log: whatever takes the shared options reads people."""
        ctx.obj = request = _made(_SHARED, ctx)
        own = ctx.params
        if request.compare_last and not own.get("compare_from"):
            raise UsageError(
                f"--compare-to {request.compare_last} is the last day of a period that --compare-from begins: give both"
                f"{'' if 'compare_from' in own else ', to a command that takes both'}, or --compare-to "
                f"{SAME_PERIOD_LAST_YEAR}."
            )
        out = own.get("out")
        beside = [Path(place) for place in (*(own.get("compare") or ()), *filter(None, [own.get("last")]))]
        with recorded("read" if out is None else "export", folder_of(request.place), out, *beside) as act:
            super().invoke(ctx)
            if out is not None:
                act.wrote(Path(out))
