"""An access request is answered from every place that the model declares, and names nobody else."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from test_restriction import NAMING, TINY
from test_restriction import copied as told_of_n02

import ready
from ocgnet.audit import log_of
from ocgnet.audit.read import acts
from ocgnet.edit import open_place
from ocgnet.errors import UsageError
from ocgnet.model import PERSON_TABLES, TABLES, Kind, names_person
from ocgnet.retention.erase import STAFF
from ocgnet.retention.subject_access import DECIDE, GIVE, WITHHELD, access_of
from things_folder import THINGS, things_folder

ME, ELSE = "ME7", "ELSE8"
ME_NAME, ELSE_NAME, CLERK = "Ottoline Farrow-Quill", "Bartholomew O'Zephyr", "Clerk Wintergreen"
SAYS = f"{ME_NAME} met {ELSE_NAME} ({ELSE}); O'ZEPHYR, Bartholomew paid {ME}."
NOBODY_ELSE = re.compile(r"ELSE8|Zephyr|Bartholomew|Wintergreen", re.IGNORECASE)


def filled(folder: Path) -> Path:
    """A folder in which the person stands once in every column of people of the model, beside somebody else.

    Derived from the model, so that a table or column that is added takes part by itself.
    """
    folder.mkdir()
    for name, table in TABLES.items():
        people = [c.name for c in table.columns if names_person(name, c)]
        rows = [_row(name, me) for me in people] or [_row(name, "")]
        if name in PERSON_TABLES:
            rows.append(_row(name, "") | {PERSON_TABLES[name]: ELSE, "name": ELSE_NAME})
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [c.name for c in table.columns])
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _row(name: str, me: str) -> dict[str, str]:
    cells = {}
    for c in TABLES[name].columns:
        if names_person(name, c):
            cells[c.name] = ME if c.name == me else ELSE
            if c.many:
                cells[c.name] = f"{ELSE}|{ME}" if c.name == me else ELSE
        elif c.name == "name" and name in PERSON_TABLES:
            cells[c.name] = ME_NAME
        elif c.name in STAFF:
            cells[c.name] = CLERK
        elif c.free_text:
            cells[c.name] = SAYS
        else:
            cells[c.name] = {
                Kind.ID: f"{c.refers or name}-1", Kind.TEXT: "text", Kind.FLAG: "true",
                Kind.ENUM: "person" if c.name == "subject_kind" else (c.enum or ("",))[0],
                Kind.DATE: "2018-05-01", Kind.MOMENT: datetime(2018, 5, 1, 12).isoformat(), Kind.NUMBER: "1",
                Kind.INSTANT: "2018-05-01T12:00:00Z",
                Kind.INTEGER: "1",
            }[c.kind]  # fmt: skip
        if c.key and c.kind is Kind.ID and not names_person(name, c) and not c.refers:
            cells[c.name] = f"{name}-1"
    return cells


def test_every_column_of_people_in_the_model_takes_part_and_nobody_else_is_named(tmp_path) -> None:
    texts = open_place(filled(tmp_path / "all")).texts()
    access = access_of(texts, ME)
    own = {(cell.table, cell.column) for cell in access.held if cell.value == ME}
    assert own == {(n, c.name) for n, t in TABLES.items() for c in t.columns if names_person(n, c)}
    assert {cell.table for cell in access.held} >= {"crimes", "intel_reports", "ocgs"}, "what the rows name"
    for cell in access.held:
        assert not NOBODY_ELSE.search(cell.value), cell
        if cell.decision == WITHHELD:
            assert not cell.value
    words = {(c.table, c.column): c for c in access.held if c.value.startswith(ME_NAME) and c.column != "name"}
    assert {where for where in words if where[0] in ("crimes", "intel_reports", "plan_actions")}
    for cell in words.values():
        assert cell.decision == DECIDE
        assert cell.value == f"{ME_NAME} met [another person] ([another person]); [another person] paid {ME}."
    assert access.counted[GIVE] > 0


def test_intelligence_and_suppositions_are_never_given_by_default(tmp_path) -> None:
    access = access_of(open_place(filled(tmp_path / "all")).texts(), ME)
    by_table = {}
    for cell in access.held:
        by_table.setdefault(cell.table, set()).add(cell.decision)
    for table in ("intel_reports", "intel_links", "memberships", "associations", "plan_actions", "ocgs"):
        assert GIVE not in by_table[table], table
    sources = [c for c in access.held if c.column == "source_ref"]
    assert sources
    assert all(c.decision == WITHHELD for c in sources)


def test_things_and_what_is_recorded_of_them_are_part_and_nobody_elses_number_is(tmp_path) -> None:
    folder = things_folder(tmp_path / "records", R7="N02 rang 07700 900333, +44 7700 900556 and 07700 900111.")
    access = access_of(open_place(folder).texts(), "N02")
    rows = {name: len(rows) for name, rows in access.tables.items()}
    # T1, T2, V1, A1, B1 and L1; seven calls of T1, T2 and L1; V1 and A1 were seen.
    expected = {"thing_links": 6, "things": 6, "communications": 7, "sightings": 2, "transfers": 2, "group_things": 2}
    assert {name: rows[name] for name in expected} == expected
    calls = [{c.column: c for c in row} for row in access.tables["communications"]]
    ends = [(row["from_thing"].value, row["to_thing"].value) for row in calls]
    assert sorted(ends) == [("", "L1"), ("", "T1"), ("", "T1"), ("", "T2"), ("T1", ""), ("T1", "T2"), ("T2", "")]
    held = [c for c in access.held if c.table in THINGS]
    kept = [c for c in held if c.column == "authority_ref" or (c.table, c.column) == ("thing_links", "source")]
    assert {c.decision for c in kept} == {WITHHELD}
    assert GIVE not in {c.decision for c in held}
    assert "T1" in {c.value for c in held}
    assert not [c for c in access.held if re.search(r"900 ?333|900 ?555|900 ?556|AUTH|N01|brother", c.value)]
    [text] = [c.value for c in access.held if c.column == "text" and "rang" in c.value]
    assert text == "N02 rang [another person] and 07700 900111."


def test_nobody_of_that_id(tmp_path) -> None:
    with pytest.raises(UsageError, match="Nobody"):
        access_of(open_place(filled(tmp_path / "all")).texts(), "ME")


def test_the_command_answers_for_somebody_restricted_and_overdue(tmp_path) -> None:
    # Of N01: the log, a pack and a chart made before; the words of the reports name N02.
    folder = told_of_n02(tmp_path)
    why = ("--reason", "Garrin Pelladdle asked", "--by", "DC Test")
    ready.ocgnet("roles", folder, "--format", "csv", cwd=tmp_path)
    ready.ocgnet("children", folder, "--rejects", "list.csv", cwd=tmp_path)
    ready.ocgnet("disclose", folder, "--to", "police", "--children", "C2", "--out", "pack", "--reason", "risk",
                 "--on", "2019-03-31", cwd=tmp_path)  # fmt: skip
    ready.ocgnet("review", "restrict", folder, "N01", "--because", "evidence", *why, cwd=tmp_path)
    said = ready.ocgnet("subject-access", folder, "Aldric Fennick", "--out", "answer", *why, cwd=tmp_path)
    answer = tmp_path / "answer"
    texts = {f.name: f.read_text(encoding="utf-8-sig") for f in answer.iterdir()}
    rows = list(csv.DictReader(texts["held.csv"].splitlines()))
    assert {"nominals", "memberships", "crime_links", "intel_links", "associations", "log"} <= {
        r["table"] for r in rows
    }
    assert [r["value"] for r in rows if r["column"] == "restricted_because"] == ["evidence"]
    done = [r["value"] for r in rows if r["table"] == "log" and r["column"] == "kind"]
    assert "review" in done
    assert f"{len(rows):,} cells are held about N01" in said
    for text in texts.values():
        assert not NAMING.search(text), "N02, who stands in the words of every report"
        assert not re.search(r"N0[2-9]\b|Pelladdle|DC Test|Analyst", text)
    assert all("OFFICIAL-SENSITIVE" in text for name, text in texts.items() if name != "files.json")
    assert all(f.stat().st_mode & 0o777 == 0o600 for f in answer.iterdir())
    last = acts(log_of().path)[-1]
    assert (last.kind, last.people, last.reason) == ("read", {"N01"}, "Garrin Pelladdle asked")
    assert str(answer / "held.csv") in last.facts["files"]
    # Made again it replaces what it wrote; somebody else's file is not lost.
    ready.ocgnet("subject-access", folder, "N01", "--out", "answer", *why, cwd=tmp_path)
    (answer / "mine.txt").write_text("mine", encoding="utf-8")
    assert ready.run("subject-access", folder, "N01", "--out", "answer", *why, cwd=tmp_path).returncode != 0
    assert (answer / "mine.txt").exists()


def test_rows_that_break_rules_are_held_too(tmp_path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "records"))
    with (folder / "crime_links.csv").open("a", encoding="utf-8") as file:
        file.write("N01,K99,kingpin,\n")
    access = access_of(open_place(folder).texts(), "N01")
    assert "kingpin" in {cell.value for cell in access.held}


def test_a_database_is_out_of_reach_though_the_name_of_the_records_holds_its_name(tmp_path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "neo4j-records"))
    with log_of().act("load") as act:
        act.note(store="neo4j")
    ready.ocgnet(
        "subject-access", folder, "N01", "--out", "answer", "--reason", "asked", "--by", "DC Test", cwd=tmp_path
    )
    page = (tmp_path / "answer" / "subject-access.html").read_text(encoding="utf-8")
    assert "neo4j: a database into which records were loaded; give the same command with --store neo4j" in page
