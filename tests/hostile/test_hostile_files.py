"""Files no export should hold: each is read right, or refused with file, row, column and rule."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limited_memory import limited

from ocgnet.checks.check import check, read_dataset
from ocgnet.errors import OcgnetError, SourceError
from ocgnet.sources import Rule, read_source
from ocgnet.sources import csv as csv_file
from ocgnet.sources import csv as plain_csv

HEAD = b"nominal_id,name,date_of_birth,review_due\n"
RULES = {rule.value for rule in Rule}

SPOILT: dict[str, tuple[bytes, set[tuple[int | None, str, str]]]] = {
    # content of nominals.csv, and what must be told: row, column, rule
    "NUL in a cell": (HEAD + b"N1,a\0b,,\n", {(2, "name", "text")}),
    "NUL in an id": (HEAD + b"N\0001,a,,\n", {(2, "nominal_id", "id")}),
    "nothing but NUL": (b"\0" * 5_000, {(None, "", "encoding")}),
    "UTF-16 with mark": ("nominal_id,name\nN1,é\n".encode("utf-16"), {(None, "", "encoding")}),
    "UTF-16 without mark": ("nominal_id,name\nN1,é\n".encode("utf-16-le"), {(None, "", "encoding")}),
    "UTF-32": ("nominal_id,name\nN1,é\n".encode("utf-32"), {(None, "", "encoding")}),
    "Windows-1252": (HEAD + "N1,Zoë,,\n".encode("cp1252"), {(2, "", "encoding")}),
    "half a character at the end": (HEAD + b"N1,Zo\xc3", {(2, "", "encoding")}),
    "overlong slash": (HEAD + b"N1,..\xc0\xaf,,\n", {(2, "", "encoding")}),
    "a surrogate in UTF-8": (HEAD + b"N1,\xed\xa0\x80,,\n", {(2, "", "encoding")}),
    "a workbook named csv": (b"PK\x03\x04" + b"x" * 50, {(None, "", "encoding")}),
    "empty": (b"", {(None, "", "empty file")}),
    "nothing but line ends": (b"\n\r\n\r\n", {(None, "", "empty file")}),
    "nothing but a mark": (b"\xef\xbb\xbf", {(None, "", "empty file")}),
    "a header twice": (b"nominal_id,name,name\nN1,a,b\n", {(1, "name", "header")}),
    "the key twice": (b"nominal_id,nominal_id\nN1,N2\n", {(1, "nominal_id", "header")}),
    "no key": (b"name\na\n", {(1, "nominal_id", "missing column")}),
    "semicolons": (b"nominal_id;name\nN1;a\n", {(1, "nominal_id", "missing column")}),
    "a short and a long row": (HEAD + b"N1,a\nN2,a,,,x\n", {(2, "", "number of cells"), (3, "", "number of cells")}),
    "a quote never closed": (HEAD + b'N1,"a,,\nN2,b,,\n', {(2, "", "quote")}),
    "text behind a quote": (HEAD + b'N1,"a"b,,\nN2,b,,\n', {(2, "", "quote")}),
    "a quote in the header": (b'"nominal_id"x,name\nN1,a\n', {(1, "", "quote")}),
    "31/02/2019": (HEAD + b"N1,a,31/02/2019,\n", {(2, "date_of_birth", "date")}),
    "30 February": (HEAD + b"N1,a,2019-02-30,\n", {(2, "date_of_birth", "date")}),
    "year 0": (HEAD + b"N1,a,0000-01-01,\n", {(2, "date_of_birth", "date")}),
    "year 99999": (HEAD + b"N1,a,99999-01-01,\n", {(2, "date_of_birth", "date")}),
    "a day number": (HEAD + b"N1,a,43496,\n", {(2, "date_of_birth", "date")}),
    "month first": (HEAD + b"N1,a,12/31/2019,\n", {(2, "date_of_birth", "date")}),
    "other digits": (HEAD + "N1,a,٢٠١٩-٠١-٠١,\n".encode(), {(2, "date_of_birth", "date")}),
    "an id of 201 characters": (HEAD + b"x" * 201 + b",a,,\n", {(2, "nominal_id", "id")}),
    "a line break in an id": (HEAD + b'"N\n1",a,,\n', {(2, "nominal_id", "id")}),
    "a direction mark in an id": (HEAD + "N\u202e1,a,,\n".encode(), {(2, "nominal_id", "id")}),
    "a bar in an id": (HEAD + b"N|1,a,,\n", {(2, "nominal_id", "id")}),
    "an escape in an id": (HEAD + b"N\x1b[31m,a,,\n", {(2, "nominal_id", "id")}),
    "a failed formula": (HEAD + b"N1,#REF!,,\n", {(2, "name", "text")}),
    "the same id twice": (HEAD + b"N1,a,,\nN1,b,,\n", {(3, "nominal_id", "duplicate")}),
    "a cell of over a million": (HEAD + b"N1," + b"x" * 1_000_001 + b",,\n", {(2, "", "text")}),
    "an id of 10 MB": (HEAD + b"x" * 10_000_000 + b",a,,\n", {(2, "", "text")}),
    "a header of 10 MB": (b"x" * 10_000_000 + b",nominal_id\n", {(1, "", "header")}),
    "two thousand columns": (b"nominal_id," + b",".join(b"c%d" % i for i in range(2_000)) + b"\n", {(1, "", "header")}),
}

READ: dict[str, tuple[bytes, list[str | None]]] = {
    # content of nominals.csv, and the names that must come out
    "a mark": (b"\xef\xbb\xbfnominal_id,name\nN1,a\n", ["a"]),
    "mixed line ends": (b"nominal_id,name\r\nN1,a\rN2,b\nN3,c\r\n", ["a", "b", "c"]),
    "old Mac line ends": (b"nominal_id,name\rN1,a\rN2,b\r", ["a", "b"]),
    "no line end": (b"nominal_id,name\nN1,a", ["a"]),
    "line ends in cells": (b'nominal_id,name\nN1,"a\r\nb\rc\nd"\n', ["a\r\nb\rc\nd"]),
    "words that mean nothing elsewhere": (b"nominal_id,name\nN1,NA\nN2,null\nN3,nan\n", ["NA", "null", "nan"]),
    "zeros in front": (b"nominal_id,name\n007,00042\n", ["00042"]),
    "cells left behind": (b"nominal_id,name,,,\nN1,a,,,\n,,,,\n", ["a"]),
    "a million blank columns": (b"nominal_id,name" + b"," * 1_000_000 + b"\nN1,a" + b"," * 1_000_000 + b"\n", ["a"]),
    "odd letters": (
        "nominal_id,name\nN1,\u202eb\u200b\U0001f1ec\U0001f1e7\n".encode(),
        ["\u202eb\u200b\U0001f1ec\U0001f1e7"],
    ),
}


def folder_of(tmp_path: Path, content: bytes, name: str = "nominals.csv") -> Path:
    (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("case", SPOILT)
def test_is_told_with_row_column_and_rule(case: str, tmp_path: Path, tally) -> None:
    content, expected = SPOILT[case]
    checked = check(folder_of(tmp_path, content))
    found = {(p.row, p.column, p.rule) for p in checked.problems}
    assert found == expected
    assert {p.file for p in checked.problems} == {"nominals.csv"}
    for problem in checked.problems:
        assert problem.remedy[-1] in '.?)"', problem.remedy
        assert len(problem.remedy) < 400
    with pytest.raises(OcgnetError):
        read_dataset(tmp_path)
    tally["inputs tried"] += 1


@pytest.mark.parametrize("case", READ)
def test_is_read_as_it_is_meant(case: str, tmp_path: Path, tally) -> None:
    content, names = READ[case]
    dataset, _ = read_dataset(folder_of(tmp_path, content))
    assert dataset["nominals"]["name"].to_pylist() == names
    tally["inputs tried"] += 1


@pytest.mark.parametrize(
    ("table", "header", "column", "value", "rule"),
    [
        ("wards", "ward,district,population", "population", "9" * 19, "whole number"),
        ("wards", "ward,district,population", "population", "9" * 5_000, "whole number"),
        ("wards", "ward,district,population", "population", "-1", "range"),
        ("wards", "ward,district,population", "population", "1e9", "whole number"),
        ("wards", "ward,district,population", "population", "１２", "whole number"),
        ("crimes", "crime_id,longitude,latitude", "latitude", "1e999", "number"),
        ("crimes", "crime_id,longitude,latitude", "latitude", "infinity", "number"),
        ("crimes", "crime_id,longitude,latitude", "latitude", "inf", "number"),
        ("crimes", "crime_id,longitude,latitude", "latitude", "91", "range"),
        ("crimes", "crime_id,offence,private_space", "private_space", "perhaps", "yes or no"),
    ],
)
def test_a_number_beyond_bounds_is_told(table, header, column, value, rule, tmp_path, tally) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id\nN1\n")
    (tmp_path / f"{table}.csv").write_text(f"{header}\nA,1,{value}\n")
    told = [(p.file, p.row, p.column, p.rule) for p in check(tmp_path).problems]
    assert told == [(f"{table}.csv", 2, column, rule)]
    tally["inputs tried"] += 1


@pytest.mark.parametrize(
    "text",
    [
        b"force = " + b"[" * 50_000,
        b"a.b" + b".c" * 20_000 + b" = 1",
        b"a" + b'."b"' * 24_000 + b" = 1",
        b"[a" + b" . b" * 24_000 + b"]",
        b"x = {a" + b".b" * 40_000 + b" = 1}",
        b'marking = "' + b"x" * 201 + b'"',
        b'marking = "two\\nlines"',
        b'marking = "\\u202e"',
        b"as_of = 2019-02-31",
        b"as_of = 12",
        b"\xff\xfe",
        b"force = '" + b"x" * 200_000 + b"'",
        b"synthetic = 'perhaps'",
    ],
    ids=lambda t: t[:20].decode("latin-1"),
)
def test_a_description_that_is_none_is_told(text: bytes, tmp_path: Path, tally) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id\nN1\n")
    (tmp_path / "about.toml").write_bytes(text)
    checked = check(tmp_path)
    assert [(p.file, p.rule) for p in [*checked.problems, *checked.warnings]] in (
        [("about.toml", "about")], [("about.toml", "encoding")],
    )  # fmt: skip
    tally["inputs tried"] += 1


def test_a_key_of_fifty_thousand_names_takes_no_memory(tmp_path: Path, tally) -> None:
    """The parser keeps the names before each name: 100 kB took 8 GB."""
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "nominals.csv").write_text("nominal_id\nN1\n")
    (tmp_path / "records" / "about.toml").write_bytes(b"a" + b".b" * 49_990 + b" = 1")
    code, said, _, megabytes = limited("check", "records", cwd=tmp_path, seconds=60)
    assert (code, "a key has more than 20 parts" in " ".join(said.split())) == (1, True), said
    assert megabytes < 250
    tally["inputs tried"] += 1


def test_names_that_are_no_text_are_sentences(tmp_path: Path, tally) -> None:
    """A file system takes any bytes for a name; a document, a log and a page take none that are no UTF-8."""
    records = tmp_path / "records"
    records.mkdir()
    (records / "nominals.csv").write_text("nominal_id\nN1\n")
    for words in (
        ["check", b"\xff"],
        ["analyse", "records", "--out", b"out\xe9"],
        [b"\xfe"],
        ["refer", "records", "--reason", b"fran\xe7ais"],
        ["check", "records", "--settings", b"\xff.toml"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ocgnet", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "is not UTF-8" in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr
        tally["inputs tried"] += 1
    # A file beside the tables is no word of the command.
    Path(os.fsdecode(bytes(records) + b"/\xff.csv")).write_text("x")
    done = subprocess.run(
        [sys.executable, "-m", "ocgnet", "check", "records"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "\\udcff.csv" in done.stdout


def test_no_pipe_device_folder_or_dead_link_is_waited_for_or_passed_over(tmp_path: Path, tally) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id\nN1\n")
    os.mkfifo(tmp_path / "ocgs.csv")
    (tmp_path / "people.csv").symlink_to("/dev/zero")
    (tmp_path / "crimes.csv").mkdir()
    (tmp_path / "wards.csv").symlink_to("nowhere")
    (tmp_path / "children.parquet").symlink_to("children.parquet")
    (tmp_path / "about.toml").symlink_to("/dev/random")
    began = time.monotonic()
    told = {p.file: (p.rule, p.remedy) for p in check(tmp_path).problems}
    assert time.monotonic() - began < 10
    for name, what in (
        ("ocgs.csv", "a pipe"), ("people.csv", "a device"), ("crimes.csv", "a folder"), ("wards.csv", "leads nowhere"),
        ("children.parquet", "leads to itself"), ("about.toml", "a device"),
    ):  # fmt: skip
        assert told[name][0] == "unreadable file"
        assert what in told[name][1]
        tally["inputs tried"] += 1
    os.mkfifo(tmp_path / "book.xlsx")
    with pytest.raises(SourceError, match="a pipe"):
        read_source(tmp_path / "book.xlsx")


def test_a_link_to_a_table_is_followed(tmp_path: Path, tally) -> None:
    (tmp_path / "elsewhere").write_text("nominal_id\nN1\n")
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "nominals.csv").symlink_to(tmp_path / "elsewhere")
    assert read_dataset(tmp_path / "records")[0].rows == {"nominals": 1}
    tally["inputs tried"] += 1


@pytest.mark.parametrize("how", ["appended to", "replaced", "cut"])
@pytest.mark.parametrize("plain", [True, False], ids=["plain", "awkward"])
def test_a_file_that_changes_while_it_is_read_is_refused(how, plain, tmp_path, monkeypatch, tally) -> None:
    path = tmp_path / "nominals.csv"
    rows = "".join(f"N{i},old\n" for i in range(50_000))
    path.write_text("nominal_id,name\n" + rows + 'N,"""old"""\n' * (not plain))
    owner, step = (plain_csv, "_is_plain") if plain else (csv_file._Reading, "_take")
    stepped = getattr(owner, step)
    turns = 0

    def take(*arguments):
        nonlocal turns
        turns += 1
        if turns == 3:
            if how == "appended to":
                with path.open("a") as file:
                    file.write("N50000,new\n")
            elif how == "cut":
                with path.open("r+") as file:
                    file.truncate(300_000)
            else:
                (tmp_path / "new").write_text("nominal_id,name\n" + rows.replace("old", "new"))
                (tmp_path / "new").replace(path)
        return stepped(*arguments)

    monkeypatch.setattr(plain_csv, "_BLOCK", 100_000)
    monkeypatch.setattr(owner, step, take)
    with pytest.raises(SourceError, match=r"nominals\.csv was changed while it was read"):
        read_source(tmp_path)
    monkeypatch.setattr(owner, step, stepped)
    source = read_source(tmp_path)
    path.write_text("nominal_id,name\nN1,another\n")
    with pytest.raises(SourceError, match="was changed while it was read"):
        source.fingerprints()
    tally["inputs tried"] += 1


def _million_columns(path: Path) -> None:
    path.write_text("nominal_id," + ",".join(f"c{i}" for i in range(1_000_000)) + "\nN1" + "," * 1_000_000 + "\n")


def _million_equal_columns(path: Path) -> None:
    path.write_text("nominal_id" + ",x" * 1_000_000 + "\nN1" + "," * 1_000_000 + "\n")


def _endless_line(path: Path) -> None:
    with path.open("w") as file:
        file.write("nominal_id,name\nN1," + "," * 70_000_000)


def _sparse(path: Path) -> None:
    with path.open("w") as file:
        file.write("nominal_id,name\n" + "N1,a\n" * 2_000)
    os.truncate(path, 2_000_000_000)


def _beyond(path: Path) -> None:
    path.write_text("nominal_id,name\n")
    os.truncate(path, 5_000_000_000)


@pytest.mark.large
@pytest.mark.parametrize("make", [_million_columns, _million_equal_columns, _endless_line, _sparse, _beyond])
def test_a_file_of_monstrous_shape_is_refused_in_seconds_and_little_memory(make, tmp_path: Path, tally) -> None:
    records = tmp_path / "records"
    records.mkdir()
    make(records / "nominals.csv")
    code, said, seconds, megabytes = limited("check", "records", cwd=tmp_path, seconds=60)
    assert code == 1, said
    assert "Traceback" not in said
    assert "nominals.csv" in said
    assert seconds < 30, "the machine may be busy; alone it takes about two"
    assert megabytes < 700
    tally["inputs tried"] += 1


def cells() -> st.SearchStrategy[bytes]:
    awkward = st.sampled_from(
        [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"=1", b"|", b"\t", b";",
         b"N1", b"\x1f", "é".encode(), b"2019-02-31", b"31/01/2019", b" ", b"'"]
    )  # fmt: skip
    return st.lists(st.one_of(awkward, st.binary(max_size=6)), max_size=40).map(b"".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=cells(), header=st.sampled_from([b"", HEAD, b"nominal_id,name\n", b"\xef\xbb\xbfnominal_id\r\n"]))
def test_whatever_bytes_a_table_holds_the_answer_is_a_dataset_or_problems(content, header, tmp_path, tally) -> None:
    """Never a traceback; every problem names file and rule, and every row is either read or told of."""
    path = tmp_path / "nominals.csv"
    path.write_bytes(header + content)
    checked = check(tmp_path)
    for problem in [*checked.problems, *checked.warnings]:
        assert problem.file == "nominals.csv"
        assert problem.rule in RULES
        assert problem.remedy
        assert problem.row is None or 1 <= problem.row <= 1 + content.count(b"\n") + content.count(b"\r") + 1
    if not checked.errors:
        dataset = checked.dataset
        assert dataset.rows.get("nominals", 0) == checked.rows_in["nominals"]
    tally["inputs tried"] += 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["nominals.parquet", "book.xlsx"]),
    begin=st.sampled_from([b"", b"PAR1", b"PK\x03\x04"]),
)
def test_whatever_bytes_a_workbook_or_parquet_holds_the_answer_is_a_sentence(
    content, name, begin, tmp_path, tally
) -> None:
    for left in tmp_path.iterdir():
        left.unlink()
    path = tmp_path / name
    path.write_bytes(begin + content)
    if name.endswith("xlsx"):
        with pytest.raises(SourceError, match=r"book\.xlsx"):
            check(path)
    else:
        assert check(tmp_path).errors
    tally["inputs tried"] += 1


@pytest.fixture(autouse=True)
def _a_minute() -> Iterator[None]:
    """A test that waits for ever on a pipe fails instead."""

    def stop(*_: object) -> None:
        raise AssertionError("this input was waited for")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
