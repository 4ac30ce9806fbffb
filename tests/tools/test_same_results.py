"""The tools that compare two revisions: what is equal, where the first difference is, and how many lines there are."""

import importlib.machinery
import importlib.util
import json
import shutil
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def _tool(name: str) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(Path(name).stem, str(ROOT / "tools" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


same_results, size = _tool("same_results"), _tool("size.py")


def _results(folder: Path, run_id: str, seconds: float) -> Path:
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "roles.csv").write_bytes(b"id,role\r\nN1,principal\r\nN2,peripheral\r\n")
    (folder / "report.html").write_text(f"<p>run {run_id}</p>\n", encoding="utf-8")
    fields = {"run_id": run_id, "figures": {"groups": 38}, "timing": {"ties": seconds}, "versions": {"ocgnet": run_id}}
    (folder / "run.json").write_text(json.dumps(fields), encoding="utf-8")
    (folder / "files.json").write_text(run_id, encoding="utf-8")
    with zipfile.ZipFile(folder / "workbook.xlsx", "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", '<sheet><row r="1"><c>N1</c></row><row r="2"><c>N2</c></row></sheet>')
    return folder


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    return _results(tmp_path / "one", "5afaa36ed16e", 0.1), _results(tmp_path / "two", "c1512eae74c7", 0.2)


def _differences(both: tuple[Path, Path]) -> dict[str, str | None]:
    return {kind: difference for kind, _, difference in same_results.compare(*both)}


def test_run_id_times_and_versions_are_no_difference(both: tuple[Path, Path]) -> None:
    assert same_results.compare(*both) == [
        ("tables", 1, None),
        ("report.html", 1, None),
        ("workbook.xlsx", 1, None),
        ("run.json", 1, None),
    ]


def test_the_first_other_byte_of_a_table_is_named_by_line_and_column(both: tuple[Path, Path]) -> None:
    (both[1] / "tables" / "roles.csv").write_bytes(b"id,role\r\nN1,principal\r\nN2,principal\r\n")
    differences = _differences(both)
    assert differences["tables"] == "roles.csv line 3 column 5: N2,peripheral | N2,principal"
    assert [kind for kind, difference in differences.items() if difference] == ["tables"]


def test_another_line_end_is_a_difference(both: tuple[Path, Path]) -> None:
    (both[1] / "tables" / "roles.csv").write_bytes(b"id,role\nN1,principal\nN2,peripheral\n")
    assert str(_differences(both)["tables"]).startswith("roles.csv line 1 column 8: ")


def test_a_cell_of_a_workbook_is_named_by_its_sheet_and_row(both: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(both[1] / "workbook.xlsx", "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", '<sheet><row r="1"><c>N1</c></row><row r="2"><c>N3</c></row></sheet>')
    assert str(_differences(both)["workbook.xlsx"]).startswith("workbook.xlsx:xl/worksheets/sheet1.xml line 3 ")


def test_a_figure_of_the_run_is_compared(both: tuple[Path, Path]) -> None:
    fields = json.loads((both[1] / "run.json").read_text(encoding="utf-8"))
    (both[1] / "run.json").write_text(json.dumps(fields | {"figures": {"groups": 42}}), encoding="utf-8")
    assert '"groups": 38' in str(_differences(both)["run.json"])


@pytest.mark.parametrize(("lost", "kind"), [("tables/roles.csv", "tables"), ("workbook.xlsx", "workbook.xlsx")])
def test_a_file_that_one_does_not_have_is_a_difference(both: tuple[Path, Path], lost: str, kind: str) -> None:
    (both[1] / lost).unlink()
    assert _differences(both)[kind] == f"{lost} is not in the second"
    assert _differences(both[::-1])[kind] == f"{lost} is not in the first"


def test_a_file_of_no_kind_is_compared_too(both: tuple[Path, Path]) -> None:
    for folder, text in zip(both, ("38 groups", "42 groups"), strict=True):
        (folder / "printed.txt").write_text(text, encoding="utf-8")
    assert _differences(both)["the rest"] == "printed.txt line 1 column 1: 38 groups | 42 groups"


def test_folders_that_are_copies_are_the_same(both: tuple[Path, Path], tmp_path: Path) -> None:
    copy = shutil.copytree(both[0], tmp_path / "copy")
    assert not any(difference for _, _, difference in same_results.compare(both[0], copy))


SAMPLE = '''"""What the module is for,
over two lines."""

# a comment
WEIGHT = 1  # beside code
"""What the weight is."""


def half(x: float) -> float:
    """Half."""
    text = """two
    lines"""
    return x / 2 if text else 0
'''


def test_lines_of_code_are_those_without_blanks_comments_and_docstrings() -> None:
    assert size.code_lines(SAMPLE) == [
        "WEIGHT = 1  # beside code",
        "def half(x: float) -> float:",
        'text = """two',
        'lines"""',
        "return x / 2 if text else 0",
    ]
    counted = size.size([SAMPLE, ""])
    assert (counted.files, counted.lines, counted.code) == (2, 13, 5)


def test_made_up_data_and_pages_are_no_part_of_the_product() -> None:
    files = {
        "src/ocgnet/roles.py": "a = 1\nb = 2\n",
        "src/ocgnet_demo/county/county.py": "a = 1\n",
        "src/ocgnet_demo/county.py": "a = 1\n\n",
        "src/ocgnet/views/report.css": "p {\n}\n",
    }
    counted = size.parts(files)
    assert {part: (of.files, of.lines) for part, of in counted.items()} == {
        "product": (1, 2),
        "made-up data": (2, 3),
        "*.css": (1, 2),
    }
