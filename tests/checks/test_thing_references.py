"""Numbers mean the things that have them; a number in no row is a thing of its own, and nothing is wrong in silence."""

import csv
import random
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ocgnet.checks.check import LISTED, check, read_dataset
from ocgnet.sources import Rule, Severity

Rows = list[dict[str, str]]


def written(path: Path, form: str = "csv", **tables: Rows) -> Path:
    """Write tables of text, a column for everything that any row holds; return what is to be read."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        header = list(dict.fromkeys(key for row in rows for key in row))
        cells = [[row.get(key, "") for key in header] for row in rows]
        if form == "csv":
            with (path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n").writerows([header, *cells])
        elif form == "parquet":
            columns = dict(zip(header, map(list, zip(*cells, strict=True)), strict=True))
            pq.write_table(pa.table(columns), path / f"{name}.parquet")
        else:
            sheet = book.create_sheet(name)
            for row in [header, *cells]:
                sheet.append(row)
    if form == "xlsx":
        path /= "records.xlsx"
        book.save(path)
    return path


NOMINALS = [{"nominal_id": "N1", "name": "Ada Example"}, {"nominal_id": "N2", "name": "Bob Example"}]
THINGS = [
    {"thing_id": "T1", "kind": "phone", "number": "07700 900001"},
    {"thing_id": "T2", "kind": "line", "number": "+447700900002"},
    {"thing_id": "H1", "kind": "online_handle", "number": "@Al_Example"},
    {"thing_id": "D1", "kind": "device", "imei": "490154203237518"},
    {"thing_id": "A1", "kind": "account", "number": "GB29 NWBK 6016 1331 9268 19"},
    {"thing_id": "V1", "kind": "vehicle", "registration": "ab12 cde"},
]


def call(one: str, other: str, at: str = "2019-07-01T10:00:00Z", **more: str) -> dict[str, str]:
    return {"from_thing": one, "to_thing": other, "at": at, "authority_ref": "U1", **more}


CALLS = [
    call("07700900001", "T2"),
    call("T1", "00447700900002", "2019-07-01T11:00:00Z"),
    call("al_example", "490154203237518"),
    call("07700 900003", "+44 (0)7700 900003", "2019-07-01T12:00:00Z"),  # one number calls itself
    call("07700 900003", "T1", "2019-07-01T13:00:00Z"),
    call("T1", "(07700) 900003", "2019-07-01T14:00:00Z"),
    call("101", "T1", "2019-07-01T15:00:00Z"),
]
MEANT = {
    ("T1", "T2", "10"), ("T1", "T2", "11"), ("H1", "D1", "10"), ("+447700900003", "T1", "13"),
    ("T1", "+447700900003", "14"), ("101", "T1", "15"),
}  # fmt: skip
PAID = [{"from_account": "60-16-13 31926819", "to_account": "20-20-15 55555555", "at": "2019-07-01", "amount": "5"}]


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_a_number_means_the_thing_that_has_it(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, form, nominals=NOMINALS, things=THINGS, communications=CALLS, transfers=PAID)
    dataset, checked = read_dataset(path, skip_rejects=True)
    assert [(p.row, p.column, p.rule) for p in checked.problems] == [(5, "to_thing", Rule.SELF.value)]
    rows = dataset["communications"].to_pylist()
    assert {(r["from_thing"], r["to_thing"], f"{r['at']:%H}") for r in rows} == MEANT
    things = {t["thing_id"]: t for t in dataset["things"].to_pylist()}
    assert {i: t["normalised"] for i, t in things.items()} == {
        "T1": "+447700900001", "T2": "+447700900002", "H1": "al_example", "D1": "490154203237518",
        "A1": "60161331926819", "V1": "AB12CDE", "+447700900003": "+447700900003", "101": "101",
        "20201555555555": "20201555555555",
    }  # fmt: skip
    assert things["T1"]["number"] == "07700 900001"
    new = things["+447700900003"]
    # Written in three ways; the first of them in the order of their signs is kept, whatever the order of the rows.
    assert (new["kind"], new["label"]) == ("phone", "(07700) 900003")
    assert things["20201555555555"]["kind"] == "account"
    said = "\n".join(checked.read_as)
    assert "from_thing and to_thing: 4 cells hold a thing's number" in said
    assert "from_thing and to_thing: 2 numbers in no row of things, which are now things of the kind phone" in said
    assert "from_account and to_account: 1 number in no row of things, which is now a thing of the kind account" in said


def test_numbers_need_no_table_of_things(tmp_path: Path) -> None:
    written(tmp_path, nominals=NOMINALS, communications=[call("07700 900001", "07700 900002"), call("T1", "T2")])
    dataset, checked = read_dataset(tmp_path, skip_rejects=True)
    assert dataset["things"]["thing_id"].to_pylist() == ["+447700900001", "+447700900002"]
    assert {(p.row, p.rule) for p in checked.problems} == {(3, Rule.REFERENCE.value)}
    # Checked again from what was made of it, the numbers are the same things.
    made = dataset["things"].select(["thing_id", "kind", "label", "number"]).to_pylist()
    written(tmp_path, nominals=NOMINALS, things=made, communications=[call("07700 900001", "+447700900002")])
    again, _ = read_dataset(tmp_path)
    assert again["things"].equals(dataset["things"])


def test_where_ids_are_digits_no_short_number_is_read_into_one(tmp_path: Path) -> None:
    things = [{"thing_id": "1045", "kind": "phone"}, {"thing_id": "1046", "kind": "phone"}]
    calls = [call("1045", "1047"), call("1045", "7700900001"), call("1045", "07700900001")]
    written(tmp_path, nominals=NOMINALS, things=things, communications=calls)
    checked = check(tmp_path)
    assert [(p.row, p.value) for p in checked.problems] == [(2, "1047"), (3, "7700900001")]


def test_a_refused_thing_takes_its_links_and_they_are_counted(tmp_path: Path) -> None:
    things = [*THINGS, {"thing_id": "T9", "kind": "telephone", "number": "07700 900009"}]
    found = {
        "nominals": NOMINALS,
        "things": things,
        "communications": [*CALLS[:2], call("T9", "T1"), call("T2", "07700 900009", "2019-07-01T09:00:00Z")],
        "thing_links": [{"person_id": "N1", "thing_id": t, "relation": "user"} for t in ("T1", "T9")],
        "sightings": [{"thing_id": "T9", "at": "2019-07-01", "place": "C1"}],
    }
    written(tmp_path, **found)
    dataset, checked = read_dataset(tmp_path, skip_rejects=True)
    assert [(p.file, p.row, p.rule) for p in checked.problems] == [("things.csv", 8, Rule.ENUM.value)]
    assert dataset["thing_links"]["thing_id"].to_pylist() == ["T1"]
    assert dataset["sightings"].num_rows == 0
    refers = "refers to a row of things that was refused"
    counts = {(x.what, x.why): x.count for x in dataset.left_out}
    assert counts == {("things", Rule.ENUM.value): 1, ("communications", refers): 1, ("thing_links", refers): 1,
                      ("sightings", refers): 1}  # fmt: skip
    # The number of a refused thing is a number like any other: nothing more is known of it.
    assert "+447700900009" in dataset["things"]["thing_id"].to_pylist()


def test_a_number_that_only_a_refused_call_names_becomes_no_thing(tmp_path: Path) -> None:
    calls = [call("T1", "07700 900004", duration="-5"), call("T1", "07700 900005", duration="5")]
    written(tmp_path, nominals=NOMINALS, things=THINGS, communications=calls)
    dataset, _ = read_dataset(tmp_path, skip_rejects=True)
    made = set(dataset["things"]["thing_id"].to_pylist()) - {t["thing_id"] for t in THINGS}
    assert made == {"+447700900005"}


def test_a_file_without_authority_is_one_finding_and_many_rows_are_listed_within_bounds(tmp_path: Path) -> None:
    calls = [call("T1", "T2", f"2019-07-01T10:{k // 60:02d}:{k % 60:02d}Z") for k in range(1_500)]
    for row in calls:
        row["authority_ref"] = ""
    written(tmp_path, nominals=NOMINALS, things=THINGS, communications=calls)
    checked = check(tmp_path)
    assert [(p.file, p.row, p.rule) for p in checked.problems] == [("communications.csv", None, Rule.AUTHORITY.value)]
    assert "communications_authority" in checked.problems[0].remedy
    calls[0]["authority_ref"] = "U1"
    written(tmp_path, nominals=NOMINALS, things=THINGS, communications=calls)
    checked = check(tmp_path)
    assert (checked.errors, len(checked.problems)) == (1_499, LISTED)
    (tmp_path / "about.toml").write_text('communications_authority = "U2"\n')
    dataset, checked = read_dataset(tmp_path)
    refs = dataset["communications"]["authority_ref"].to_pylist()
    assert (refs.count("U1"), refs.count("U2")) == (1, 1_499)
    assert any("1,499 rows" in sentence for sentence in checked.read_as)


def test_numbers_read_at_once_are_those_read_one_by_one(tmp_path: Path) -> None:
    draw = random.Random(4)
    numbers = [f"07700900{k:03d}" for k in range(60)]
    listed = draw.sample(numbers, 30)
    ways = [lambda n: n, lambda n: f"+44{n[1:]}", lambda n: f"0044 {n[1:]}", lambda n: f"{n[:5]} {n[5:]}"]
    things = [
        {"thing_id": f"T{k}", "kind": draw.choice(["phone", "sim"]), "number": draw.choice(ways)(n)}
        for k, n in enumerate(listed)
    ]
    ids = {n: f"T{k}" for k, n in enumerate(listed)}

    def thing(number: str) -> str:
        return ids[number] if number in ids and draw.random() < 0.5 else draw.choice(ways)(number)

    pairs = [draw.sample(numbers, 2) for _ in range(500)]
    calls = [call(thing(a), thing(b), f"2019-07-01T{k // 60:02d}:{k % 60:02d}:00Z") for k, (a, b) in enumerate(pairs)]
    written(tmp_path, "parquet", nominals=NOMINALS, things=things, communications=calls)
    dataset, _ = read_dataset(tmp_path)
    rows = sorted(dataset["communications"].to_pylist(), key=lambda r: r["at"])
    meant = [[ids.get(n, f"+44{n[1:]}") for n in pair] for pair in pairs]
    assert [[r["from_thing"], r["to_thing"]] for r in rows] == meant
    used = {n for pair in pairs for n in pair} - set(listed)
    assert dataset["things"].num_rows == len(things) + len(used)


def test_parquet_of_categories_is_read_as_csv_is(tmp_path: Path) -> None:
    one, other = tmp_path / "csv", tmp_path / "parquet"
    for folder in (one, other):
        folder.mkdir()
        written(folder, nominals=NOMINALS, things=THINGS)
    kinds = ["call", "", "sms", "call"]
    durations = [1.5, None, 3.0, 1.5]
    with (one / "communications.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["from_thing", "to_thing", "at", "kind", "duration", "authority_ref"])
        for k, (kind, duration) in enumerate(zip(kinds, durations, strict=True)):
            writer.writerow(["T1", "T2", f"2019-07-0{k + 1}", kind, "" if duration is None else duration, "U1"])
    # Categories that no row holds, one that stands twice, and a blank one.
    kind = pa.DictionaryArray.from_arrays(pa.array([0, 3, 2, 4]), pa.array(["call", "data", "sms", "", "call"]))
    calls = {
        "from_thing": pa.DictionaryArray.from_arrays(pa.array([1] * 4), pa.array(["nobody", "T1"])),
        "to_thing": ["T2"] * 4,
        "at": pa.array(np.arange("2019-07-01", "2019-07-05", dtype="datetime64[D]")),
        "kind": kind,
        "duration": pa.array(durations),
        "authority_ref": ["U1"] * 4,
    }
    pq.write_table(pa.table(calls), other / "communications.parquet", row_group_size=3)
    left, right = (read_dataset(folder)[0] for folder in (one, other))
    assert left["communications"].to_pylist() == right["communications"].to_pylist()
    assert [r["kind"] for r in right["communications"].to_pylist()] == ["call", None, "sms", "call"]


def test_a_workbook_holds_times_on_the_wall(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", nominals=NOMINALS, things=THINGS[:2], communications=[call("T1", "T2")])
    book = openpyxl.load_workbook(path)
    book["communications"]["C2"] = datetime(2019, 7, 1, 10, 0, 5)
    book.save(path)
    dataset, checked = read_dataset(path)
    assert dataset["communications"]["at"].to_pylist() == [datetime(2019, 7, 1, 9, 0, 5)]
    assert any("Europe/London" in sentence for sentence in checked.read_as)


def test_an_imei_without_its_check_digit_is_the_device_that_has_it(tmp_path):
    things = [
        {"thing_id": f"D{n}", "kind": "device", "imei": i}
        for n, i in enumerate(("490154203237518", "49-015420-323751", "490154203237519", "4901542032375180"))
    ]
    checked = check(written(tmp_path, nominals=NOMINALS, things=things))
    rows = checked.dataset["things"].to_pylist()
    assert [r["normalised"] for r in rows] == ["490154203237518", "490154203237518", None, None]
    assert rows[1]["imei"] == "49-015420-323751", "the original is kept"
    assert [p.row for p in checked.warnings if p.rule == Rule.SAME_IDENTIFIER.value] == [3]


def test_what_a_file_gives_as_the_one_form_and_the_check_would_not_is_said_and_replaced(tmp_path):
    given = ["+447700900001", "+447700900999", "", "490154203237518", "AB12CDE", "XX99XXX"]
    foreign = THINGS[5] | {"thing_id": "V2", "registration": "foreign 1234 X"}
    things = [t | {"normalised": n} for t, n in zip([*THINGS[:4], THINGS[5], foreign], given, strict=True)]
    checked = check(written(tmp_path, nominals=NOMINALS, things=things))
    told = [p for p in checked.warnings if p.column == "normalised"]
    assert [(p.severity, p.row, p.value) for p in told] == [
        (Severity.WARNING, 3, "+447700900999"),
        (Severity.WARNING, 7, "XX99XXX"),
    ]
    assert all("is replaced" in p.remedy for p in told)
    rows = checked.dataset["things"].to_pylist()
    assert [r["normalised"] for r in rows if r["thing_id"] in ("T2", "V2")] == ["+447700900002", None]
