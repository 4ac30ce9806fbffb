"""What people wrote in their own words stays with the record: no output of an analysis or a profile repeats it."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from itertools import count
from pathlib import Path

import pytest

from installed import ocgnet
from ocgnet.model import PERSON_TABLES, TABLES, Column, Kind, Table
from ocgnet.model.things import THING_TABLES
from ocgnet.results.thing_columns import THING_RESULTS
from ocgnet.words import built_in
from things_folder import THINGS, things_folder

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
FREE = tuple((t.name, c.name) for t in TABLES.values() for c in t.columns if c.free_text)
STAYS = (*FREE, *((t.name, "authority_ref") for t in THING_TABLES))
"""What no output repeats: words of somebody's own, and authorities, but for tables of answers about things."""
MARKER = re.compile(r"zq\d{5}qz(\w+?)x(\w+?)xend")
ON_THE_CHART = ("intel_reports", "title")
"""The one exception of an analysis: a report that may be named is named by its title."""

IN_THE_PROFILE = {("priorities", "priority"), ("intelligence_gaps", "question")}
"""What a force's own profile says in words: what the partnership set itself, and what it asks about no person."""


_TELLING_AUTHORITIES = {
    "workbook.xlsx",
    *(f"{name}.csv" for name, declared in THING_RESULTS.items() if "authority_refs" in {c.name for c in declared}),
}
"""Where an answer says by which authorities its rows may be kept and passed on: for those who work on the case."""


def marked_folder(out: Path, *, recurring: bool = False) -> set[str]:
    """Write the tiny folder with a marker of its own in each cell of free text; return the markers.

    With ``recurring`` each column holds one marker in all its cells, for what is shown once it stands twice.

    Every free-text column of the model stands in at least one row, because each of their tables gets one more.
    """
    things_folder(out)
    turn, made = count(1), set()

    def marker(table: str, column: str) -> str:
        made.add(text := f"zq{0 if recurring else next(turn):05d}qz{table}x{column}xend")
        return text

    for name in dict.fromkeys(table for table, _ in STAYS):
        declared, file = TABLES[name], out / f"{name}.csv"
        rows = _read(file) if file.exists() else []
        if name not in THINGS:
            rows.append({c.name: _cell(declared, c, out) for c in declared.columns})
        for row in rows:
            row.update({c.name: marker(name, c.name) for c in declared.columns if (name, c.name) in STAYS})
        _write(file, [c.name for c in declared.columns], rows)
    return made


def _cell(declared: Table, column: Column, folder: Path) -> str:
    """Return something that a column may hold, so that its row counts in the period."""
    if column.name == "subject_kind":
        return "group"
    if (
        not column.never_blank
        and not column.event
        and not any(column.name in several for several in (*declared.any_of, *declared.together))
    ):
        return ""
    if column.refers:
        table = {"person": "nominals", "subject": "ocgs"}.get(column.refers, column.refers)
        table = "children" if column.name == "child_id" else table
        key = PERSON_TABLES.get(table) or TABLES[table].key[0]
        return _read(folder / f"{table}.csv")[0][key]
    return {
        Kind.ENUM: column.enum[0] if column.enum else "",
        Kind.DATE: "2019-01-02",
        Kind.MOMENT: "2019-01-02T03:04",
        Kind.ID: "new-1",
    }.get(column.kind, "1")


def texts_of(path: Path) -> str:
    """Return all the text of a file; of a workbook, that of every part."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(path) as parts:
        return "\n".join(parts.read(n).decode("utf-8", "replace") for n in parts.namelist())


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Run both commands, and those that print, over the marked folder; texts by where they stand."""
    place = tmp_path_factory.mktemp("free")
    made = marked_folder(place / "data")
    found = {
        f"{words[0]} printed": ocgnet(*words, cwd=place)
        for words in (
            ("check", "data"),
            ("things", "data", "--min-grade", "all", "--overdue", "--rows", "1000"),
            ("analyse", "data", "--min-grade", "all", "--overdue", "--out", "analysis"),
            ("profile", "data", "--min-grade", "all", "--overdue", "--out", "profile"),
            ("profile", "data", "--from", "2018-10-01", "--to", "2019-03-31", "--compare", "profile", "--out", "two"),
            ("compare", "analysis", "analysis", "--format", "json"),
            ("network", "data", "--before", "--out", "chart.html"),
            ("children", "data", "--format", "json"),
            ("roles", "data", "--format", "json"),
            ("concentration", "data", "--format", "json"),
        )
    }
    folders = [p for name in ("analysis", "profile", "two") for p in sorted((place / name).rglob("*")) if p.is_file()]
    found |= {str(p.relative_to(place)): texts_of(p) for p in [*folders, place / "chart.html"]}
    return made, found


def test_the_model_marks_what_is_written_in_somebodys_own_words():
    assert {
        ("crimes", "offence"),
        ("intel_reports", "handling_conditions"),
        ("intel_reports", "title"),
        ("intel_reports", "text"),
        ("child_aces", "source"),
        ("missing_episodes", "found_where"),
        ("referrals", "reason"),
        ("referrals", "outcome"),
        ("disruptions", "description"),
        ("plan_actions", "action"),
    } <= set(FREE)
    for table, column in FREE:
        declared = TABLES[table].column(column)
        assert declared.kind is Kind.TEXT
        assert not declared.key
        assert not declared.counted_as


def test_every_such_column_holds_a_marker(outputs):
    made, _ = outputs
    assert {MARKER.fullmatch(m).groups() for m in made} == set(STAYS)


def test_no_output_repeats_one(outputs, tally):
    _, found = outputs
    assert {"analysis/report.html", "analysis/network.html", "profile/workbook.xlsx", "two/report.html"} <= set(found)
    shown = {(where, *m.groups()) for where, text in found.items() for m in MARKER.finditer(text)}
    told = {where for where in found if where.startswith("analysis/") and Path(where).name in _TELLING_AUTHORITIES}
    shown = {s for s in shown if s[2] != "authority_ref" or s[0] not in told}
    of_profile = {
        s for s in shown if s[0].startswith(("profile/", "two/", "profile printed")) and s[1:] in IN_THE_PROFILE
    }
    assert {s[1:] for s in of_profile} == IN_THE_PROFILE
    shown -= of_profile
    told |= {where for where, *_ in of_profile}
    titles = {(where, *ON_THE_CHART) for where in ("analysis/network.html", "chart.html")}
    tally["outputs searched"] += len(found)
    tally["leaks found"] += len(shown - titles)
    assert shown == titles, "the chart names reports that may be named by their titles; nothing else is repeated"
    assert not [where for where, text in found.items() if "zq0" in text and where not in told | {w for w, *_ in titles}]


def test_what_recurs_is_not_repeated_either(tmp_path):
    marked_folder(tmp_path / "data", recurring=True)
    episode = "C2,2018-11-0{0}T20:00,2018-11-0{0}T23:00,zq00000qzmissing_episodesxfound_wherexend,N07,\n"
    file = tmp_path / "data" / "missing_episodes.csv"
    names = next(csv.reader(io.StringIO(file.read_text("utf-8"))))
    rows = csv.DictReader(io.StringIO(",".join(names[:6]) + "\n" + episode.format(1) + episode.format(3)))
    _write(file, names, [*_read(file), *rows])
    printed = {w: ocgnet(w, "data", "--min-grade", "all", "--out", w, cwd=tmp_path) for w in ("analyse", "profile")}
    printed["children"] = ocgnet("children", "data", "--child", "C2", cwd=tmp_path)
    printed |= {str(p): texts_of(p) for w in ("analyse", "profile") for p in (tmp_path / w).rglob("*") if p.is_file()}
    assert "place 1" in printed[str(tmp_path / "analyse" / "tables" / "child_missing.csv")]
    told = {str(tmp_path / "analyse" / "tables" / name) for name in _TELLING_AUTHORITIES}
    told.add(str(tmp_path / "analyse" / "workbook.xlsx"))
    shown = {
        (Path(where).name, *m.groups())
        for where, text in printed.items()
        for m in MARKER.finditer(text)
        if (m[2] != "authority_ref" or where not in told) and m.groups() not in IN_THE_PROFILE
    }
    assert shown == {("network.html", *ON_THE_CHART)}


def test_titles_under_handling_conditions_stay_off_the_chart(outputs, tmp_path):
    marked_folder(tmp_path / "data")
    rows = _read(tmp_path / "data" / "intel_reports.csv")
    secret = {r["title"] for r in rows if r["grading_scheme"] == "3x5x2" and r["handling_code"] == "C"}
    _, found = outputs
    assert secret
    assert not [t for t in secret if t in found["analysis/network.html"] or t in found["chart.html"]]


def test_words_that_are_counted_come_from_a_list(tmp_path):
    """Two columns of words are counted; one of a list is named, anything else is one count of other words."""
    data = tmp_path / "data"
    shutil.copytree(TINY, data)
    reports = _read(data / "intel_reports.csv")
    names = list(dict.fromkeys([*reports[0], "origin", "sector"]))
    for n, sector in enumerate(("Social_Care", "told to her aunt Mia", "and to Ben", "")):
        row = {"report_id": f"new{n}", "reported_on": "2019-01-0" + str(n + 1), "origin": "cpi_form", "sector": sector}
        reports.append(dict.fromkeys(names, "") | row)
    _write(data / "intel_reports.csv", names, reports)
    groups = _read(data / "ocgs.csv")
    groups[0]["primary_crime_type"] = "with his brother Cal"
    _write(data / "ocgs.csv", list(groups[0]), groups)
    ocgnet("profile", "data", "--out", "made", cwd=tmp_path)
    table = _read(tmp_path / "made/tables/partner_information.csv")
    ours = {r["sector"]: r["forms"] for r in table}
    before = {r["sector"] for r in reports if r.get("origin") == "cpi_form" and not r["report_id"].startswith("new")}
    assert ours["other words"] == "2"
    assert "social care" in ours
    assert set(ours) <= {"other words", "social care", "not recorded"} | before
    for file in (tmp_path / "made").rglob("*"):
        if file.is_file():
            assert not re.search("aunt mia|and to ben|brother cal", texts_of(file), re.IGNORECASE), file
    kinds = _read(tmp_path / "made/tables/group_kinds.csv")
    assert {r["groups"] for r in kinds if r["value"] == "other words"} == {"1"}


def test_every_kind_of_crime_that_is_read_is_counted_by_its_name():
    assert set(built_in().crime_kinds) <= set(TABLES["ocgs"].column("primary_crime_type").counted_as)


def _read(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))


def _write(file: Path, names: list[str], rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as held:
        writer = csv.DictWriter(held, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
