"""How problems are told: whole, safe and within the width of a terminal."""

import csv
from pathlib import Path

from rich.console import Console

from ocgnet.checks.check import check
from ocgnet.views.tables.problems import HEADER, print_problems, write_rejects
from ready import ocgnet

BROKEN = Path(__file__).parents[2] / "fixtures" / "broken"


def shown(folder: Path, **options: object) -> str:
    console = Console(width=100, record=True, force_terminal=True, file=Path("/dev/null").open("w"))  # noqa: SIM115
    with console.file:
        print_problems(console, check(folder), **options)  # type: ignore[arg-type]
        return console.export_text()


def test_every_broken_folder_fits_the_width() -> None:
    for folder in sorted(p for p in BROKEN.iterdir() if p.is_dir()):
        text = shown(folder, rejects=Path("rejects.csv"))
        assert max(map(len, text.splitlines())) <= 100
        checked = check(folder)
        for problem in [*checked.problems, *checked.warnings][:1]:
            assert problem.file in text
            assert problem.rule in text


def test_errors_stand_apart_from_warnings_and_say_where_the_others_are(tmp_path: Path) -> None:
    rows = "".join(f"N{k},1.1.1980\n" for k in range(5)) + "N9,01/02/1980\n"
    (tmp_path / "nominals.csv").write_text("nominal_id,date_of_birth\n" + rows)
    text = shown(tmp_path, rejects=Path("out/rejects.csv"), examples=2)
    errors, warnings = text.split("Warnings\n")
    assert errors.startswith("Errors\nnominals.csv\n")
    assert "date, column date_of_birth: 5" in errors
    assert "line 3" in errors
    assert "line 4" not in errors
    assert "and 3 more in rejects.csv" in errors
    assert errors.count("Write the date as year-month-day") == 1, "a shared remedy is said once"
    assert "line 7" in warnings
    assert "6 rows in 1 table: 5 errors, 1 warning. All errors are listed in out/rejects.csv." in " ".join(text.split())


def test_a_value_is_never_markup_nor_hidden(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id,date_of_birth\nN1,[red]a\x1b[31m\u202eb\n", encoding="utf-8")
    assert r"[red]a\x1b[31m\u202eb" in shown(tmp_path)


def test_brief_is_silent_when_all_is_well(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id\nN1\n")
    assert shown(tmp_path, brief=True) == ""
    assert "1 row in 1 table: no errors, no warnings." in shown(tmp_path)


def test_rejects_list_errors_with_formulas_neutralised(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id,date_of_birth\nN1,=1+1\nN2,01/02/1980\n,1980-01-01\n")
    checked = check(tmp_path)
    write_rejects(tmp_path / "rejects.csv", checked.rejects(), checked.source.about.marked)
    content = (tmp_path / "rejects.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert rows[0] == list(HEADER)
    assert [row[:5] for row in rows[1:]] == [
        ["nominals.csv", "2", "date_of_birth", "'=1+1", "date"],
        ["nominals.csv", "4", "nominal_id", "", "required"],
    ]
    # The list itself is no unknown file when the folder is checked again.
    assert check(tmp_path).errors == 2
    assert all(p.file == "nominals.csv" for p in check(tmp_path).warnings)


def test_every_warning_can_be_seen(tmp_path) -> None:
    """Warnings stand in no list of rejects: what the first three of a kind leave out is printed on demand."""
    (tmp_path / "nominals.csv").write_text(
        "nominal_id,name\n" + "".join(f"{n}.5E+11,Person {n}\n" for n in range(1, 6)), encoding="utf-8"
    )
    first = ocgnet("check", tmp_path, "--rejects", tmp_path / "rejects.csv")
    assert "5.5E+11" not in first
    assert "and 2 more: ocgnet check --all prints them" in " ".join(first.split())
    every = ocgnet("check", tmp_path, "--all", "--rejects", tmp_path / "rejects.csv")
    assert all(f"{n}.5E+11" in every for n in range(1, 6))
    assert " more" not in every
