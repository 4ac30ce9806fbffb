"""An empty folder to fill in."""

import csv
import tomllib
from pathlib import Path

import pytest

from ocgnet.checks.check import check
from ocgnet.errors import OutputError
from ocgnet.model import TABLES
from ocgnet.sources.source import FIELDS, read_about
from ocgnet.sources.template import write_template


def test_it_checks_clean_with_nominals_filled(tmp_path: Path) -> None:
    write_template(tmp_path / "t")
    nominals = tmp_path / "t" / "nominals.csv"
    header = nominals.read_text(encoding="utf-8-sig").strip()
    assert header.split(",") == [c.name for c in TABLES["nominals"].columns]
    with nominals.open("a", encoding="utf-8") as file:
        file.write("N1" + "," * header.count(",") + "\n")
    checked = check(tmp_path / "t")
    assert (checked.problems, checked.warnings) == ([], [])
    assert checked.dataset.rows == {"nominals": 1}
    assert checked.dataset.given == frozenset(TABLES)


def test_excel_reads_it_as_utf8(tmp_path: Path) -> None:
    for path in write_template(tmp_path):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf") == (path.suffix == ".csv")


def test_the_dictionary_has_every_column_and_its_values(tmp_path: Path) -> None:
    write_template(tmp_path)
    with (tmp_path / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(r["table"], r["column"]): r for r in csv.DictReader(file)}
    assert list(rows) == [(t.name, c.name) for t in TABLES.values() for c in t.columns]
    assert rows["memberships", "role"]["allowed values"] == "principal, significant, peripheral"
    assert rows["memberships", "nominal_id"]["refers to"] == "nominals"
    assert rows["plan_actions", "ocg_id"]["needed"] == "plan_id or subject_id or ocg_id or nominal_id"
    assert rows["plans", "subject_id"]["refers to"] == (
        "by subject_kind (group: ocgs; person: nominals or people or children; thing: things; threat: threats)"
    )
    assert rows["crimes", "latitude"]["allowed values"] == "from -90 to 90"
    assert rows["crimes", "latitude"]["needed"] == "together with longitude"
    assert rows["nominals", "nominal_id"]["needed"] == "in every row"


def test_every_line_of_about_may_be_used(tmp_path: Path) -> None:
    write_template(tmp_path)
    text = (tmp_path / "about.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    used = "\n".join(line[2:] for line in text.splitlines() if "= " in line)
    about, findings = read_about("about.toml", tomllib.loads(used), {})
    assert findings == []
    assert set(tomllib.loads(used)) == set(FIELDS)
    assert about.force == "My force"


def test_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"already holds nominals.csv"):
        write_template(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["nominals.csv"]
