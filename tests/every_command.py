"""Every command of the program, run once over one folder of records, with all that it printed and wrote."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAUNCH = "import sys; from ocgnet.cli import main; sys.argv[0] = 'ocgnet'; main()"
"""What the installed program does."""


@dataclass(frozen=True)
class Done:
    """One command that ended."""

    name: str
    arguments: tuple[str, ...]
    code: int
    out: str
    err: str
    command_lines: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Ids:
    """Ids that stand in the records, for commands that ask for one."""

    nominal: str
    other: str
    ocg: str
    child: str
    report: str


def ocgnet(
    name: str,
    *arguments: object,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
    seconds: float = 120,
) -> Done:
    """Run one command as a process of its own and watch the command lines of all its processes."""
    words = (*name.split(), *(str(a) for a in arguments))
    running = subprocess.Popen(
        [*before, sys.executable, "-c", LAUNCH, *words],
        cwd=cwd,
        env=os.environ | {"PYTHONWARNINGS": "error::ResourceWarning", "COLUMNS": "100"} | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    seen: set[str] = set()
    watch = threading.Thread(target=_watch, args=(running, seen))
    watch.start()
    try:
        out, err = running.communicate(timeout=seconds)
    finally:
        running.kill()
        watch.join()
    return Done(name, words, running.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"),
                frozenset(seen))  # fmt: skip


def _watch(running: subprocess.Popen[bytes], seen: set[str]) -> None:
    """Note the command lines of a process and of whatever it starts."""
    while running.poll() is None:
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(place.name)) == running.pid:
                    seen.add((place / "cmdline").read_bytes().decode("utf-8", "replace"))
            except OSError:
                continue
        time.sleep(0.05)


def every_command(records: Path, ids: Ids, forms: Mapping[str, Path]) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield every command that needs no server of its own, with arguments, each after those whose output it reads."""
    of_child = ("--folder", records, "--reason", "because <b>x</b> =1+1", "--by", "DC <i>Test</i>")
    yield "template", ("made/template",)
    yield "check", (records, "--rejects", "made/rejects.csv")
    yield "load", (records, "--store", "made/ocg.duckdb", "--rejects", "made/load-rejects.csv")
    yield "load", (records, "--bulk-files", "made/import-files", "--rejects", "made/load-rejects.csv")
    yield "analyse", (records, "--out", "made/results")
    yield "analyse", ("--store", "made/ocg.duckdb", "--out", "made/results-of-store")
    for name in ("roles", "concentration", "communities", "children", "juveniles"):
        for form_of in ("table", "csv", "json"):
            yield name, (records, "--format", form_of)
    yield "network", (records, "--out", "made/chart.html", "--before", "--child", ids.child)
    yield "peers", (records, "--out", "made/peers")
    yield "peers", (records, "--out", "made/peers-of-one", "--child", ids.child)
    yield "things", (records,)
    for view in ("contacts", "common-contacts"):
        yield "things", (records, "--view", view, "--format", "json")
    yield "profile", (records, "--out", "made/profile")
    yield "juveniles", (records, "--out", "made/juveniles.csv")
    for form_of in ("table", "csv", "json"):
        yield (
            "compare",
            ("made/results", "made/results-of-store", "--format", form_of, "--out", f"made/changes-{form_of}.csv"),
        )
    yield "query", ("--list",)
    yield "query", ("group-members", "--show")
    yield "query", ("--favourites", "made/favourites.zip")
    asked = ("--store", "made/ocg.duckdb", "--param", f"ocg_id={ids.ocg}")
    for form_of in ("table", "csv", "json"):
        yield "query", ("group-members", *asked, "--format", form_of)
    yield "disclose", ("--to", "childrens-services", "--children", ids.child, "--out", "made/pack", *of_child)
    yield "disclose", ("--to", "childrens-services", "--children", ids.child, "--out", "made/pack-without-names",
                       "--pseudonymise", "--key", "made/pseudonyms.key", *of_child)  # fmt: skip
    yield from _partners()
    yield "whose", ("--key", "made/pseudonyms.key", "--folder", records, "P-0000")
    yield "refer", ("--kind", "mash", "--out", "made/referral", *of_child, "--", ids.child)
    yield from _referrals(records, of_child, ids)
    yield "role set", (*of_child, "--", ids.nominal, ids.ocg, "significant")
    yield "role show", ("--folder", records, "--", ids.nominal)
    yield "disruption add", (
        "--group", ids.ocg, "--on", "2019-03-01", "--level", "minor", "--strand", "pursue", "--agency", "=1+1",
        "--partners", "<i>council</i>|housing", "--description", "<script>alert(1)</script>", *of_child,
    )  # fmt: skip
    for form_of in ("table", "csv", "json"):
        yield "disruption show", (records, "--group", ids.ocg, "--format", form_of)
    yield "disruption show", (records, "--view", "summary", "--days", "90", "--out", "made/disruptions.html")
    yield from _priorities(records, of_child, ids)
    yield from _plans(records, of_child, ids)
    yield from _watches(records)
    for kind, form in forms.items():
        yield f"intake {kind}", (form, "--folder", records, "--candidates", f"made/candidates-{kind}.csv", "--rejects",
                                 f"made/{kind}-rejects.csv")  # fmt: skip
    yield from _feedback(records, forms)
    yield (
        "intake confirm",
        ("made/candidates-cpi.csv", "--by", "DC Test", "--folder", records, "--rejects", "made/no.csv"),
    )
    for form_of in ("table", "csv", "json"):
        yield "case", ("--folder", records, "--format", form_of, "--", ids.child)
        yield "case", ("--folder", records, "--list", "--format", form_of)
    yield "case", ("--folder", records, "--out", "made/case.html", "--", ids.child)
    for form_of in ("table", "csv", "json"):
        yield "review due", ("--folder", records, "--format", form_of)
    yield "review authorities", ("--folder", records)
    decided = ("--folder", records, "--by", "DC Test", "--reason", "because")
    yield "review restrict", (*decided, "--because", "accuracy", "--", ids.other)
    yield "review lift", (*decided, "--", ids.other)
    yield "subject-access", (*decided, "--out", "made/access", "--", ids.other)
    yield "review done", (*decided, "--until", "2030-01-01", "--", ids.nominal)
    yield "review erase", (*decided, "--dry-run", "--", ids.other)
    passages = records.parent / "passages.csv"
    yield "review erase", (*decided, "--mentions", passages, "--", ids.other)
    if passages.exists():
        # Texts may mean the person, so nothing was erased; each passage is decided, and the command given again.
        _replace_all(passages)
        yield "review erase", (*decided, "--mentions", passages, "--", ids.other)
    yield "synthesise ocgs", ("--out", "made/ocgs")
    yield "synthesise county", ("--out", "made/county", "--scale", "0.001")
    yield "synthesise network", ("--out", "made/network", "--nominals", "50")
    yield "synthesise export", ("--out", "made/export")
    yield "import", (records, "--map", "made/suggested.toml", "--suggest")
    yield "import", (records, "--into", "made/imported", "--dry-run", "--rejects", "made/import-rejects.csv")
    yield "log path", ()
    yield "log head", ()
    yield "log show", ()
    yield "log verify", ()
    yield "log export", ("made/log.csv",)
    yield "log export", ("made/log.json",)
    yield "runs", ("--store", "made/ocg.duckdb")
    for name in ("status", "shell-url", "stop"):
        yield f"neo4j {name}", ("--home", "made/neo4j")


def _referrals(records: Path, of_child: tuple[object, ...], ids: Ids) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the commands about referrals that were made; the one of today gets an outcome."""
    today = date.today()
    meant = ("--kind", "mash", "--made-on", today, "--on", today, "--why", "=1+1 <script>hit()</script>")
    yield "referrals outcome", (*of_child, *meant, "--", ids.child, "accepted")
    for form_of in ("table", "csv", "json"):
        yield "referrals show", ("--folder", records, "--format", form_of)
    yield "referrals show", ("--folder", records, "--as-of", today, "--out", "made/referrals.html")


def _feedback(records: Path, forms: Mapping[str, Path]) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the question what became of the first form that was taken in, by the receipt that its file gives."""
    from ocgnet.casework.intake.form_checks import check_forms
    from ocgnet.casework.intake.form_files import read_forms
    from ocgnet.casework.intake.forms import FORMS

    if forms["cpi"].is_file() and forms["cpi"].suffix in (".json", ".xlsx"):
        first, *_ = check_forms(FORMS["cpi"], [read_forms(FORMS["cpi"], forms["cpi"])], date.today()).forms
        yield "intake feedback", ("--folder", records, "--by", "DC <i>Test</i>", "--", first.receipt)


def _partners() -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the commands for those who work with partners."""
    yield "intake form", ("--out", "made/partner-form.html", "--force", "<b>force</b>", "--mash", "01632 960001")
    for form_of in ("table", "csv", "json"):
        yield "may-share", ("--what", "aces", "--format", form_of)


def _priorities(records: Path, of_child: tuple[object, ...], ids: Ids) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the commands about priorities; the second page is compared with the first."""
    of_person = ("--component", "community", "--kind", "person", "--score", "3")
    yield "prioritise score", (*of_child, *of_person, "--", ids.nominal)
    for ranked, form_of in (("group", "table"), ("person", "csv"), ("threat", "json")):
        yield "prioritise show", (records, "--kind", ranked, "--format", form_of)
        yield "prioritise tasking", (records, "--kind", ranked, "--out", f"made/tasking-{ranked}.html")
    yield "prioritise tasking", (records, "--out", "made/tasking.html", "--previous", "made/tasking-group.html")


def _plans(records: Path, of_child: tuple[object, ...], ids: Ids) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the commands about plans: those that change records first."""
    yield "plan start", (*of_child, "--group", ids.ocg, "--lead", "DI Test", "--aim", "None <b>harmed</b>")
    yield "plan add", (*of_child, "--plan", "P0001", "--strand", "prevent", "--action", "=1+1 <i>visit</i>")
    yield "plan add", (*of_child, "--person", ids.child, "--strand", "protect", "--action", "A guardian")
    yield "plan do", (*of_child, "--hours", "2", "A0001")
    yield "plan undo", (*of_child, "A0001")
    yield "plan drop", (*of_child, "A0001")
    yield "plan review", (*of_child, "--review", "2099-01-01", "P0001")
    yield "plan end", (*of_child, "P0001")
    for form_of in ("table", "csv", "json"):
        for name in ("show", "overdue", "balance"):
            yield f"plan {name}", ("--folder", records, "--format", form_of, "--as-of", "2100-01-01")
    yield "plan show", ("--folder", records, "--out", "made/plans.html", "--as-of", "2100-01-01")
    yield "plan show", ("--folder", records, "--", ids.ocg)


WATCHED = """
[[watch]]
name = "linked <b>children</b>"
question = "linked-children"
who = "DC <i>Test</i>"
why = "=1+1"
"""


def _watches(records: Path) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the commands about watches, of which one is declared in the folder."""
    (records / "watches.toml").write_text(WATCHED, encoding="utf-8")
    decided = ("--by", "DC <i>Test</i>", "--reason", "because <b>x</b>", "W1")
    for name in ("run", "list"):
        yield f"watch {name}", ("--folder", records)
    for name in ("dismiss", "undo", "confirm"):
        yield f"watch {name}", ("--folder", records, *decided)
    for form_of in ("table", "csv", "json"):
        yield "watch show", ("--folder", records, "--state", "all", "--format", form_of)
    yield "watch show", ("--folder", records, "--state", "all", "--out", "made/watches.html")


def _replace_all(passages: Path) -> None:
    """Decide in a list of passages that every one of them is replaced."""
    with passages.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with passages.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"decision": "replace"} for row in rows)


def commands_of_the_program() -> set[str]:
    """Return the name of every command, those of rooms with the room's name before them."""
    from ocgnet.cli.app import COMMANDS, fetched

    return {
        f"{name} {below}".strip()
        for name in COMMANDS
        for below in getattr(fetched(name), "commands", {"": fetched(name)})
    }


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and content of every file below a folder, archives with their parts."""
    import zipfile

    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield str(path), path.read_bytes().decode("utf-8", "replace")
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                for part in packed.namelist():
                    yield f"{path}:{part}", packed.read(part).decode("utf-8", "replace")
