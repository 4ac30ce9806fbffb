"""A mapping applied: what comes out is worked by hand, and what does not come out is told with its rows."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ocgnet.errors import SourceError
from ocgnet.importing.accounts import lines_of
from ocgnet.importing.exports import read_sheets
from ocgnet.importing.mapping import Guess, ImportMapping, read_mapping
from ocgnet.importing.outcome import Outcome, outcome
from ocgnet.importing.questions import Asked, answered
from ocgnet.importing.rows import part_of, sources_of
from ocgnet.settings import Settings
from ocgnet.sources.arrays import strings
from ocgnet.words import built_in

TODAY = date(2026, 3, 1)


def applied(folder: Path, mapping: str, answers: dict[str, str] | None = None, **files: str) -> Outcome:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "import.toml").write_text(mapping, encoding="utf-8")
    read = read_mapping(folder / "import.toml")
    exports = read_sheets([folder / f"{name}.csv" for name in files], read.sources)
    asked = Asked(sources_of(read.sources, exports.sheets), built_in(), TODAY)
    read = asked.completed(read)
    while answers and (question := next(asked.questions(read), None)):
        read = asked.completed(answered(read, question, answers[question.word or question.about], asked))
    return outcome(read, exports, asked, built_in(), Settings(today=TODAY))


def rows(done: Outcome, table: str) -> list[tuple[str, ...]]:
    return [tuple(r.values()) for r in done.tables[table].to_pylist()]


def told(done: Outcome) -> str:
    return "\n".join(lines_of(done))


PEOPLE = """
[sources]
n = "n.csv"
[[table]]
into = "nominals"
from = "n"
nominal_id = "N{URN}"
name = "{Fore} {Sur}"
date_of_birth = "{DOB}"
sex = "{Sex}"
"""


def test_columns_are_joined_and_days_read_as_the_values_say(tmp_path: Path) -> None:
    text = "URN,Fore,Sur,DOB,Sex\n1,Ann,Lee,13/04/90,F\n2,,Fox,01/01/1900,\n3,Bo,,02/03/28,U\n"
    done = applied(tmp_path, PEOPLE, n=text)
    # 28 is not yet a year of this century on 1 March 2026; 1900 stands for not known.
    assert rows(done, "nominals") == [
        ("N1", "Ann Lee", "1990-04-13", "F"), ("N2", "Fox", "", ""), ("N3", "Bo", "1928-03-02", "U"),
    ]  # fmt: skip
    (rule,) = done.mapping.tables
    born = rule.column("date_of_birth")
    assert born is not None
    assert (born.date, born.century) == (("%d/%m/%y", "%d/%m/%Y"), 26)
    assert "years up to 26 are of this century" in born.why
    assert "1900" in born.why


def test_a_column_that_can_be_read_in_two_ways_is_asked_about(tmp_path: Path) -> None:
    text = "URN,Fore,Sur,DOB,Sex\n1,A,B,03/04/1990,F\n2,C,D,05/06/1991,M\n"
    done = applied(tmp_path, PEOPLE, n=text)
    assert [r[2] for r in rows(done, "nominals")] == ["", ""]
    assert "2 no day written a format that nobody has said yet (rows 2, 3)" in told(done)
    assert done.mapping.tables[0].columns[2].guess is Guess.ASK
    done = applied(tmp_path, PEOPLE, {"date": "%m/%d/%Y"}, n=text)
    assert [r[2] for r in rows(done, "nominals")] == ["1990-03-04", "1991-05-06"]


def test_days_that_a_spreadsheet_read_month_first_are_asked_about(tmp_path: Path) -> None:
    days = ["1990-04-03", "1991-06-05", "1992-08-07", "13/04/1990", "25/06/1991", "30/08/1992"]
    text = "URN,Fore,Sur,DOB,Sex\n" + "".join(f"{k},A,B,{d},F\n" for k, d in enumerate(days))
    done = applied(tmp_path, PEOPLE, {"date": "%Y-%d-%m"}, n=text)
    assert [r[2] for r in rows(done, "nominals")] == [
        "1990-03-04", "1991-05-06", "1992-07-08", "1990-04-13", "1991-06-25", "1992-08-30",
    ]  # fmt: skip


def test_a_day_of_no_calendar_is_left_blank_with_its_row(tmp_path: Path) -> None:
    done = applied(tmp_path, PEOPLE, n="URN,Fore,Sur,DOB,Sex\n1,A,B,31/02/1990,F\n2,C,D,30/03/1990,M\n")
    assert [r[2] for r in rows(done, "nominals")] == ["", "1990-03-30"]
    assert "1 no day written day/month/year (row 2)" in told(done)


LINKS = """
[sources]
n = "n.csv"
c = "c.csv"
[[table]]
into = "nominals"
from = "n"
nominal_id = "{URN}"
[[table]]
into = "crimes"
from = "c"
one_per_key = true
crime_id = "{Ref}"
offence = "{Offence}"
[[table]]
into = "crime_links"
from = "c"
each = { column = "Suspects", between = ";", part = '\\(([0-9]+)\\)' }
crime_id = "{Ref}"
person_id = "{Suspects}"
link_role = "{Role}"
"""


def test_a_sheet_that_says_otherwise_of_a_record_of_an_earlier_one_says_so(tmp_path: Path) -> None:
    """Two names under one id may be two people, and a date of birth that only the second sheet knows is lost."""
    tables = '[[table]]\ninto = "nominals"\nfrom = "{}"\nnominal_id = "{{URN}}"\nname = "{{Name}}"\n'
    sources = '[sources]\nn = "n.csv"\nc = "c.csv"\n'
    tables = sources + tables.format("n") + tables.format("c") + 'date_of_birth = "{DOB}"\n'
    first = "URN,Name\n1,Ann Vey\n2,Bo Lund\n3,Cy Marr\n"
    second = "URN,Name,DOB\n3,Cy Marr,\n2,Di Orme,\n1,Ann Vey,13/02/1990\n4,Ed Pell,14/02/1990\n"
    done = applied(tmp_path, tables, n=first, c=second)
    assert [r[:2] for r in rows(done, "nominals")] == [
        ("1", "Ann Vey"), ("2", "Bo Lund"), ("3", "Cy Marr"), ("4", "Ed Pell"),
    ]  # fmt: skip
    lines = told(done)
    assert "3 n gave this record (rows 2, 3, 4)" in lines
    assert "name is blank or otherwise in n, which counts: 1 row, such as row 3" in lines
    assert "date_of_birth is blank or otherwise in n, which counts: 1 row, such as row 4" in lines


def test_several_people_in_a_cell_are_several_rows(tmp_path: Path) -> None:
    text = "Ref,Offence,Suspects,Role\nC1,ABH,A (1); B (2),SUS\nC1,Theft,C (9),ARR\nC2,ABH,,SUS\nC3,ABH,nobody,VIC\n"
    done = applied(tmp_path, LINKS, n="URN,x\n1,\n2,\n", c=text)
    assert rows(done, "crime_links") == [
        ("1", "C1", "suspect"), ("2", "C1", "suspect"), ("9", "C1", "arrested"),
    ]  # fmt: skip
    assert rows(done, "crimes") == [("C1", "ABH"), ("C2", "ABH"), ("C3", "ABH")]
    assert rows(done, "people") == [("9",)]
    lines = told(done)
    assert "1 Suspects is blank (row 4)" in lines
    assert "1 a piece of Suspects does not have the form that the mapping says (row 5)" in lines
    assert "offence differs in 1 rows that say a record again; the first counts" in lines
    assert "1 id such as 9: named in links, and described in no sheet of people" in lines
    assert done.checked.errors == 0


def test_a_word_without_a_meaning_is_asked_about_and_kept(tmp_path: Path) -> None:
    text = (
        "Ref,Offence,Suspects,Role\n" + "C1,ABH,A (1),PERP\nC2,ABH,A (1),PERP\nC3,ABH,A (2),GHOST\nC4,ABH,A (2),GHOST\n"
    )
    given = {"n": "URN,x\n1,\n2,\n", "c": text}
    done = applied(tmp_path, LINKS, **given)
    assert "crime_links" not in done.tables
    assert "4 link_role (from Role) is blank or has no meaning here (rows 2, 3, 4, 5)" in told(done)
    done = applied(tmp_path, LINKS, {"PERP": "suspect", "GHOST": ""}, **given)
    assert rows(done, "crime_links") == [("1", "C1", "suspect"), ("1", "C2", "suspect")]
    link_role = done.mapping.tables[2].column("link_role")
    assert link_role is not None
    assert link_role.values == {"PERP": "suspect", "GHOST": ""}


CALLS = """
[sources]
n = "n.csv"
p = "p.csv"
c = "c.csv"
[[table]]
into = "nominals"
from = "n"
nominal_id = "{URN}"
[[table]]
into = "associations"
from = "c"
join = [
  { source = "p", on = "A", to = "Number", alias = "a" },
  { source = "p", on = "B", to = "Number", alias = "b" },
]
unordered = ["person_a", "person_b"]
unless = { Type = ["DATA"] }
person_a = "{a.URN}"
person_b = "{b.URN}"
kind = { const = "phone" }
times_observed = { take = "count" }
first_seen = { from = "{At}", take = "first" }
last_seen = { from = "{At}", take = "last" }
"""


def test_calls_become_contacts_with_times_seen(tmp_path: Path) -> None:
    phones = "Number,URN,How\n071,1,x\n072,2,x\n072,2,y\n073,1,x\n079,1,x\n079,2,x\n"
    calls = (
        "A,B,At,Type\n071,072,27/02/2024 00:49:54,SMS\n072,071,01/03/2024 01:00,VOICE\n073,072,3/1/2024 09:00,SMS\n"
        "071,099,13/01/2024 09:00,SMS\n071,073,13/01/2024 09:00,SMS\n071,072,13/01/2019 09:00,DATA\n"
        "079,071,1/1/2024,SMS\n"
    )
    done = applied(tmp_path, CALLS, n="URN,x\n1,\n2,\n", p=phones, c=calls)
    assert rows(done, "associations") == [("1", "2", "phone", "3", "2024-01-03", "2024-03-01")]
    lines = told(done)
    assert "1 Type is DATA (row 7)" in lines
    assert "1 rows name a A that stands in several rows of p, so it finds none of them" in lines
    assert "1 row: what stands under B is not in p" in lines
    assert "1 person_a and person_b are the same (row 6)" in lines
    assert done.checked.errors == 0


@pytest.mark.parametrize(
    ("ids", "says"),
    [
        (["44190012345.0", "44190012346.0"], "made decimal numbers by a program, such as 44190012345.0 in row 2"),
        (["4.47E+11", "447000000012"], "shortened by a spreadsheet, such as 4.47E\\+11 in row 2"),
        (["00123", "124"], "begin with a zero and have 5 digits, and 1 others such as 124"),
    ],
)
def test_ids_that_a_spreadsheet_spoilt_are_refused(tmp_path: Path, ids: list[str], says: str) -> None:
    text = "URN,Fore,Sur,DOB,Sex\n" + "".join(f"{i},A,B,,\n" for i in ids)
    with pytest.raises(SourceError, match=says) as refused:
        applied(tmp_path, PEOPLE, n=text)
    assert "as Text" in str(refused.value)


def test_zeros_that_only_another_sheet_has_are_refused(tmp_path: Path) -> None:
    text = "Ref,Offence,Suspects,Role\nC1,ABH,A (123),SUS\n"
    with pytest.raises(SourceError, match="c names 123 as person_id of crime_links, and 00123 stands in another sheet"):
        applied(tmp_path, LINKS, n="URN,x\n00123,\n", c=text)


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    text = "Ref,Offence,Suspects,Role\nC1,ABH,A (1),SUS\nC1,ABH,A (1),SUS\n,ABH,A (1),SUS\nC2,ABH,A (1),\n"
    done = applied(tmp_path, LINKS, n="URN,x\n1,\n", c=text)
    for account in done.assembled.accounts:
        assert account.rows_in == account.rows_out + sum(map(len, account.left))


def test_marks_in_every_cell_are_in_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "Ref,Offence,Suspects,Role\n" + "".join(f"MARK{k},MARK{k}o,MARK{k}s (1{k}),MARK{k}r\n" for k in range(9)),
        "utf-8",
    )
    (tmp_path / "n.csv").write_text("URN,x\n" + "".join(f"1{k},MARKx{k}\n" for k in range(9)), "utf-8")
    (tmp_path / "map.toml").write_text(LINKS, encoding="utf-8")
    command = [sys.executable, "-m", "ocgnet", "import", "n.csv", "c.csv", "--map", "map.toml", "--into", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 3, done.stderr
    # A mapping that a person wrote is never written over.
    assert (tmp_path / "map.toml").read_text(encoding="utf-8") == LINKS
    assert "MARK" not in (tmp_path / "map.open.toml").read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()


def test_the_command_makes_a_folder_for_its_owner_alone_and_the_next_month_asks_nothing(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("URN,Fore,Sur,DOB,Sex\n1,Ann,Lee,13/04/1990,F\n", "utf-8")
    (tmp_path / "map.toml").write_text(PEOPLE, encoding="utf-8")
    command = [sys.executable, "-m", "ocgnet", "import", "n.csv", "--into", "out"]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    first = run("--map", "map.toml")
    assert first.returncode == 0, first.stderr
    assert "Next: ocgnet analyse out --out results" in first.stdout
    out = tmp_path / "out"
    assert {p.stat().st_mode & 0o077 for p in [out, *out.iterdir()]} == {0}
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    second = run()
    assert second.returncode == 0, second.stderr
    assert {p.name: p.read_bytes() for p in out.iterdir()} | {"import.toml": b""} == before | {"import.toml": b""}
    report = list(csv.reader(io.StringIO((out / "import_report.csv").read_text("utf-8-sig"))))
    assert ["n", "nominals", "", "rows kept", "1", "", ""] in report


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    mapping = ImportMapping()
    assert mapping.tables == ()
    (tmp_path / "n.csv").write_text("URN,Fore,Sur,DOB,Sex\n1,Ann,Lee,13/04/1990,F\n", "utf-8")
    (tmp_path / "map.toml").write_text(PEOPLE, encoding="utf-8")
    command = [sys.executable, "-m", "ocgnet", "import", "n.csv", "--map", "map.toml", "--into", "out", "--dry-run"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "nominals: 1 rows in, 1 out" in done.stdout.replace("1 row in", "1 rows in")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["map.toml", "n.csv"]


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("^([1-3])", "2"),
        (r"^[1-3]\s*([A-E])", "B"),
        (r"(?:x|[A-E])\s*(P|C)(\))?$", "P"),
        ("[0-9]", "2"),
        (r"[(](x)", ""),
    ],
)
def test_a_part_of_a_cell_is_the_first_group(pattern: str, part: str) -> None:
    assert part_of(strings(["2B P"]), pattern).to_pylist() == [part]


def test_a_pattern_that_backtracks_holds_nobody_up() -> None:
    assert part_of(strings(["a" * 100_000 + "!"]), "^(a+)+$").to_pylist() == [""]
