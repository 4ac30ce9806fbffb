"""Commands that take in what partners and officers send, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, say
from ocgnet.cli.disclose import OWN_RECIPIENTS
from ocgnet.cli.options import (
    BY,
    BY_OR_ACCOUNT,
    ON,
    REJECTS,
    OfRecords,
    folder_of,
    kept_file,
    named_day,
    on_or_today,
    result_file,
)
from ocgnet.cli.records import list_problems
from ocgnet.dataset import Dataset
from ocgnet.errors import OutputError, RecordError, UsageError
from ocgnet.model import PERSON_TABLES

if TYPE_CHECKING:
    from ocgnet.audit import Act
    from ocgnet.casework.intake.take_in import Intake
    from ocgnet.sources import Problem

FILES = Annotated[list[Path], typer.Argument(help="Filled forms, .xlsx or .json.", show_default=False)]
CANDIDATES = Annotated[
    Path, typer.Option(help="New file for the list of candidates.", metavar="FILE", callback=kept_file)
]
SKIP = Annotated[
    bool, typer.Option("--skip-rejects", help="Leave forms with problems out instead of stopping; they are counted.")
]
SHOWN = 20

_KINDS = {
    "cpi": "Take in community partnership information; it is intelligence, and no referral is made of it.",
    "intelligence": "Take in intelligence reports.",
}


room = typer.Typer(help="Take in filled forms, and confirm who is meant on them.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(room, name="intake")


def _taking(kind: str) -> Callable[..., None]:
    """Return the command that takes in forms of one kind."""

    def take(
        ctx: typer.Context,
        files: FILES,
        by: BY_OR_ACCOUNT = "",
        candidates: CANDIDATES = Path("candidates.csv"),
        skip_rejects: SKIP = False,
        rejects: REJECTS = Path("rejects.csv"),
        on: ON = None,
    ) -> None:
        _take(kind, files, ctx.obj, by, candidates, rejects, on, skip_rejects=skip_rejects)

    return take


for _kind, _says in _KINDS.items():
    room.command(_kind, cls=OfRecords, help=_says)(_taking(_kind))


def _take(
    kind: str,
    files: list[Path],
    where: Path | str,
    by: str,
    candidates: Path,
    rejects: Path,
    on: datetime | None,
    *,
    skip_rejects: bool,
) -> None:
    from ocgnet.casework.intake.form_checks import check_forms
    from ocgnet.casework.intake.form_files import read_forms
    from ocgnet.casework.intake.forms import FORMS
    from ocgnet.casework.intake.matching import left_behind, match, write_candidates
    from ocgnet.casework.intake.take_in import take_in
    from ocgnet.edit import Change, open_place
    from ocgnet.english import counted
    from ocgnet.evidence.restricted import in_use, restricted_ids
    from ocgnet.files.writing import is_own, marking_file

    form = FORMS[kind]
    place = open_place(where, ask_password)
    if candidates.exists() and not is_own(candidates):
        raise _there(candidates)
    what = f"{kind} forms from {', '.join(f.name for f in files)}"
    log = log_of().outside(folder_of(where))
    with log.act("intake", by=by.strip(), what=what) as act, place.alone():
        dataset = place.sound()
        for loss in dataset.losses:
            say(f"Left out: {loss}. Run ocgnet check to see why.")
        checked = check_forms(form, [read_forms(form, f) for f in files], on_or_today(on))
        written = _report(act, checked.problems, rejects, dataset.about.marked)
        if checked.problems and not skip_rejects:
            raise RecordError(
                f"Nothing was taken in, because {len(checked.problems):,} problems stand in the forms{written}. "
                "Correct them, or leave those forms out with --skip-rejects."
            )
        intake = take_in(form, checked.forms, dataset)
        people = {r.report_id: r.people for r in intake.new if r.people}
        # Nobody restricted is shown as a candidate; whoever decides says so by id.
        _tell_cost(sum(map(len, people.values())), dataset)
        found = match(people, in_use(dataset))
        if people and (hidden := len(restricted_ids(dataset.tables))):
            say(f"Not compared: {counted(hidden, 'person', 'people')} whose processing is restricted.")
        asked = 0
        if candidates.exists():
            left = left_behind(candidates, people, (known for _, known in intake.again))
            if left is None:
                raise _there(candidates)
            asked = left
        act.saw(sorted({c.person.person_id for named in found.values() for cs in named for c in cs}))
        if people:
            asked = write_candidates(candidates, people, found, dataset.about.marked)
        try:
            if intake.rows:
                place.amend(Change(add={"intel_reports": intake.rows}))
        except BaseException:
            for path in (candidates, marking_file(candidates)):
                path.unlink(missing_ok=True)
            raise
        act.note(
            taken=[r.report_id for r in intake.new],
            near={r.report_id: r.near for r in intake.new if r.near},
            again=len(intake.again),
            receipts=dict(intake.receipts),
            refused=checked.refused,
            **named_day(on),
        )
        if asked:
            act.wrote(candidates)
    _tell(intake, checked.refused, asked, candidates)


@room.command("form")
def form_page(
    out: Annotated[
        Path, typer.Option(help="Page to write.", metavar="FILE.html", show_default=False, callback=result_file)
    ],
    force: Annotated[str, typer.Option(help="Who receives it, printed on the page.", metavar="NAME")] = "",
    hub: Annotated[str, typer.Option("--mash", help="How the MASH is reached, printed on it.", metavar="TEXT")] = "",
) -> None:
    """Write the partners' form as one page that works without a network: filled in, it gives the file to take in."""
    from ocgnet.casework.intake.form_page import form_html
    from ocgnet.files.writing import sealed, write_text

    if out.suffix.lower() != ".html":
        raise UsageError(f"{out}: give the page a name that ends in .html.")
    write_text(out, sealed(form_html(force, hub)))
    say(f"page: {out}. Send it to partners as a file; it opens in a browser, sends nothing and keeps nothing.")
    if not hub.strip():
        say("The page does not say how the MASH is reached: add it with --mash.")


@room.command(cls=OfRecords)
def feedback(
    ctx: typer.Context,
    receipt: Annotated[
        str, typer.Argument(help="Receipt that the submitter holds.", metavar="RECEIPT", show_default=False)
    ],
    by: BY,
    on: ON = None,
    own_recipients: OWN_RECIPIENTS = None,
) -> None:
    """Print what a submitter may be told of what became of a form: nothing of anybody, and no more than the rules."""
    from ocgnet.audit.read import acts
    from ocgnet.casework.intake.feedback import feedback as told
    from ocgnet.casework.intake.feedback import taken_in
    from ocgnet.casework.recipients import sharing_rules
    from ocgnet.edit import open_place

    if not by.strip():
        raise UsageError("Say with --by who tells it: a person answers for it, never a program.")
    rules = sharing_rules(own_recipients)
    log = log_of().outside(folder_of(ctx.obj))
    done = acts(log.path)
    form = taken_in(done, receipt)
    reason = f"feedback to the submitter of {form.receipt}"
    with log.act("disclose", by=by.strip(), recipient="submitter", reason=reason) as act:
        place = open_place(ctx.obj, ask_password)
        dataset = place.sound()
        if (
            form.report_id not in dataset["intel_reports"]["report_id"].to_pylist()
            and place.look_up("intel_reports", "report_id", [form.report_id]).num_rows
        ):
            raise RecordError(f"The row of {form.report_id} breaks a rule, so nothing can be told of it: ocgnet check.")
        found = told(dataset, form, done, rules, on_or_today(on))
        act.saw(found.people)
        act.note(
            report=form.report_id, sector=found.sector, rules_of=found.recipient, told=list(found.lines),
            recipients_sha256=rules.sha256, **named_day(on),
        )  # fmt: skip
    for line in found.lines:
        say(line)
    say("Only these lines are for the submitter; what was told stands in the log.", error=True)


def _there(candidates: Path) -> OutputError:
    return OutputError(
        f"{candidates} is there already, perhaps with decisions in it. Confirm it first (ocgnet intake confirm "
        f"{candidates}), or name another file with --candidates."
    )


def _tell_cost(named: int, dataset: Dataset) -> None:
    if cost := cost_of(named, sum(dataset[name].num_rows for name in PERSON_TABLES)):
        say(cost, error=True)


PAIRS_A_MINUTE = 20_000_000
"""Names that are compared in a minute of one processor."""


def cost_of(named: int, known: int) -> str:
    """Return what comparing people on forms with those on record costs, and how to ask for less.

    >>> cost_of(100, 50_000)
    ''
    >>> cost_of(100_000, 50_000).partition(". ")[0]
    'Comparing 100,000 people on the forms with 50,000 on record takes about 250 minutes of computing'
    """
    minutes = named * known / PAIRS_A_MINUTE
    if minutes <= 1:
        return ""
    return (
        f"Comparing {named:,} people on the forms with {known:,} on record takes about {ceil(minutes)} minutes of "
        "computing. For less, stop this with Ctrl-C, which changes nothing, and take in fewer forms at a time."
    )


def _report(act: Act, problems: Sequence[Problem], rejects: Path, marking: str) -> str:
    """Print the problems and list all of them; return where, as it stands in a sentence."""
    from ocgnet.views.tables.problems import listed, visible

    if not problems:
        return ""
    if written := list_problems(rejects, problems, marking):
        act.wrote(written)
    for p in problems[:SHOWN]:
        where = f"{visible(p.file, 80)}{f', row {p.row}' if p.row else ''}{f', {p.column}' if p.column else ''}"
        value = f" '{visible(p.value)}'" if p.value else ""
        say(f"{where}{value} ({p.rule}): {visible(p.remedy, 400)}", error=True)
    if len(problems) > SHOWN:
        say(f"and {len(problems) - SHOWN:,} more{f' in {written}' if written else ''}", error=True)
    return listed(written)


def _tell(intake: Intake, refused: int, asked: int, candidates: Path) -> None:
    say(f"{len(intake.new):,} taken in, {len(intake.again):,} on record already, {refused:,} left out with problems.")
    for where, known in intake.again:
        say(f"  on record already: {known} ({where})")
    for receipt, report_id in list(intake.receipts.items())[:SHOWN]:
        say(f"  receipt {receipt}: {report_id}")
    if len(intake.receipts) > SHOWN:
        say(f"  and {len(intake.receipts) - SHOWN:,} more receipts, in the log")
    for report in intake.new:
        if report.near:
            say(f"  nearly the same as {report.near}, of the same submitter: {report.report_id} ({report.where})")
    if intake.in_part:
        say(
            f"{intake.in_part:,} were compared with the latest 100 texts of their submitter only: an older one that is "
            "nearly the same is not named."
        )
    if ungraded := sum(not r.graded for r in intake.new):
        say(
            f"{ungraded:,} came without grades and count as untested, not known (3x5x2: 2, D), shared with nobody "
            "until somebody has assessed them."
        )
    if at_risk := [r for r in intake.new if r.child_at_risk]:
        ids = ", ".join(r.report_id for r in at_risk)
        say(
            f"A CHILD IS AT RISK, say {len(at_risk):,} of these forms: {ids}. Taking them in refers nobody. "
            "Make a MASH referral now: ocgnet refer CHILD --kind mash."
        )
    if asked:
        say(
            f"{asked:,} people are named. Fill in the column decision of {candidates} (yes, new or text), then run: "
            f"ocgnet intake confirm {candidates}"
        )


@room.command(cls=OfRecords)
def confirm(
    ctx: typer.Context,
    decided: Annotated[Path, typer.Argument(help="The list of candidates with your decisions.", show_default=False)],
    by: BY,
    rejects: REJECTS = Path("rejects.csv"),
    on: ON = None,
) -> None:
    """Link the people on forms to people on record, as a person decided."""
    from ocgnet.casework.intake.matching import read_decisions
    from ocgnet.edit import Change, open_place
    from ocgnet.evidence.ages import ADULT, age_of

    if not by.strip():
        raise UsageError("Say with --by who decided: a person answers for it, never a program.")
    place = open_place(ctx.obj, ask_password)
    log, what = log_of().outside(folder_of(ctx.obj)), f"confirmed who is meant in {decided.name}"
    with log.act("merge", by=by.strip(), what=what) as act, place.alone():
        dataset = place.sound()
        for loss in dataset.losses:
            say(f"Left out: {loss}. Run ocgnet check to see why.")
        found, problems = read_decisions(decided, dataset)
        written = _report(act, problems, rejects, dataset.about.marked)
        if problems:
            raise RecordError(
                f"Nothing was linked, because {len(problems):,} decisions cannot be carried out{written}."
            )
        act.saw(sorted({person for person, _ in found.links}))
        if found.links:
            place.amend(Change(add=found.change()))
        act.note(
            linked=len(found.links),
            new=len(found.new),
            text=found.text,
            open=found.open,
            **named_day(on),
        )
    say(
        f"{len(found.links):,} linked ({len(found.new):,} of them new in people), {found.text:,} stay in the text "
        f"only, {found.open:,} without a decision, {found.done:,} done before."
    )
    if young := [
        i for i, p in found.new if (age := age_of(p.date_of_birth, on_or_today(on))) is not None and age < ADULT
    ]:
        say(f"Under 18: {', '.join(young)}. Is a child at risk? Then make a MASH referral: ocgnet refer {young[0]}.")
