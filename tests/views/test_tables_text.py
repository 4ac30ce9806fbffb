"""Result tables as CSV, JSON and on the terminal."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import HOSTILE, bare_analysis, sample_analysis
from rich.console import Console

from ocgnet.files.writing import FORMULA_STARTS, write_csv
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.views.tables.terminal import in_order, print_table
from ocgnet.views.tables.text import csv_rows, json_text, number_text


def printed(table: ResultTable, width: int = 100, **options: object) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    print_table(console, table, **options)
    return console.file.getvalue()


def ties(**columns: object) -> ResultTable:
    plain = {"person_a": "A", "person_b": "B", "weight": 1.0, "kinds": "crime", "first_on": None, "last_on": None}
    frame = pd.DataFrame({**plain, "events": "C1", "events_withheld": 0, **columns})
    return ResultTable("ties", frame)


def test_each_kind_has_one_text() -> None:
    table = ties(
        weight=[0.1 + 0.2, 2.0, -0.25, np.nan],
        first_on=[date(2019, 3, 31), pd.NaT, None, pd.Timestamp("2018-04-01")],
        events_withheld=pd.array([1, None, 0, 12], dtype="Int64"),
        kinds=["crime", None, "", "report"],
    )
    header, rows = csv_rows(table)
    assert header == [c.name for c in RESULT_TABLES["ties"]]
    assert rows == [
        ("A", "B", "0.3", "crime", "2019-03-31", "", "C1", "1"),
        ("A", "B", "2", "", "", "", "C1", ""),
        ("A", "B", "-0.25", "", "", "", "C1", "0"),
        ("A", "B", "", "report", "2018-04-01", "", "C1", "12"),
    ]


def test_counts_held_as_floats_have_no_point() -> None:
    assert [row[-1] for row in csv_rows(ties(events_withheld=[1.0, np.nan]))[1]] == ["1", ""]


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_a_number_keeps_six_digits_and_reads_back(value: float) -> None:
    assert float(number_text(value)) == pytest.approx(value, rel=5.1e-6, abs=1e-300)


def test_csv_and_json_hold_the_same_values() -> None:
    for table in sample_analysis().tables.values():
        header, rows = csv_rows(table)
        records = json.loads(json_text(table))
        assert len(records) == len(rows)
        for row, record in zip(rows, records, strict=True):
            assert list(record) == header
            for column, text in zip(table.columns, row, strict=True):
                value = record[column.name]
                if value is None or column.kind in ("id", "text", "date"):
                    assert (value or "") == text
                elif column.kind == "flag":
                    assert text == ("true" if value else "false")
                else:
                    assert float(text) == value


def test_written_csv_runs_no_formula_and_keeps_negative_numbers(tmp_path: Path) -> None:
    table = sample_analysis().roles
    measure = "strength"
    frame = table.frame.assign(**{measure: -table.frame[measure]})
    write_csv(tmp_path / "roles.csv", *csv_rows(replace(table, frame=frame)))
    with (tmp_path / "roles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not [r["name"] for r in rows if r["name"].startswith(FORMULA_STARTS)]
    assert rows[0]["name"] == f"'{HOSTILE[0]}"
    assert float(rows[0][measure]) == pytest.approx(frame[measure][0], rel=1e-5)


def test_the_terminal_shows_finding_rows_and_place_in_a_hundred_columns() -> None:
    for name, table in sample_analysis().tables.items():
        if len(table.frame):
            text = printed(table, 160, limit=5, finding="A finding.", files="out/tables", marking="SECRET · X")
            assert max(map(len, text.splitlines())) <= 100, name
            assert text.startswith("SECRET · X\nA finding.\n")
            assert text.endswith("SECRET · X\n")
            assert f"5 of {len(table.frame)} rows" in text
            assert "All of them: out/tables" in text


def test_names_are_printed_as_they_are_and_control_characters_spelled_out() -> None:
    text = printed(sample_analysis().communities, limit=300)
    assert "[red]bold[/red] \\x1b[31m" in text
    assert "\\u202eevil" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


WORDS = st.text("abcdeñ-'", min_size=1, max_size=18)


@given(
    st.lists(
        st.tuples(
            WORDS, st.lists(WORDS, min_size=1, max_size=4).map(" ".join), st.sampled_from(["OCG1", "OCG2", None])
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([60, 80, 100]),
)
def test_no_word_and_no_id_is_broken_whatever_the_width(rows: list[tuple[str, str, str | None]], width: int) -> None:
    ids, names, groups = zip(*rows, strict=True)
    frame = pd.DataFrame({c.name: None for c in RESULT_TABLES["roles"]}, index=range(len(rows)))
    frame = frame.assign(nominal_id=ids, name=names, ocg_id=groups, because="Ranks first of all. And so on.")
    frame["suggested_role"] = "insufficient data"
    text = printed(ResultTable("roles", frame), width)
    assert {*ids, *(w for n in names for w in n.split())} <= set(text.split())
    assert max(map(len, text.splitlines())) <= width


def test_roles_stand_by_group_tier_and_score_and_people_without_a_group_last() -> None:
    rows = [
        ("N1", "", "no group", 0.9), ("N2", "OCG2", "peripheral", 0.8), ("N3", "OCG1", "peripheral", 0.7),
        ("N4", "OCG1", "principal", 0.2), ("N5", "OCG1", "principal", 0.6), ("N6", "OCG1", "significant", 0.1),
    ]  # fmt: skip
    frame = pd.DataFrame({c.name: None for c in RESULT_TABLES["roles"]}, index=range(len(rows)))
    for name, values in zip(
        ("nominal_id", "ocg_id", "suggested_role", "position_score"), zip(*rows, strict=True), strict=True
    ):
        frame[name] = values
    assert list(in_order(ResultTable("roles", frame))["nominal_id"]) == ["N5", "N4", "N6", "N3", "N2", "N1"]


def test_communities_stand_by_their_number_and_people_without_one_last() -> None:
    frame = pd.DataFrame(
        {
            "nominal_id": list("abcd"),
            "name": "",
            "community": ["C10", None, "C2", "C2"],
            "stability": [1, np.nan, 0.5, 0.9],
        }
    )
    assert list(in_order(ResultTable("communities", frame))["nominal_id"]) == ["d", "c", "a", "b"]


def test_an_empty_table_says_so() -> None:
    text = printed(bare_analysis().children, files="out")
    assert "The table children has no rows for these records and filters." in text
    assert json_text(bare_analysis().children) == "[]\n"
    assert csv_rows(bare_analysis().children)[1] == []


@pytest.mark.large
def test_a_hundred_thousand_rows_take_seconds() -> None:
    from time import process_time

    table = sample_analysis().roles
    big = replace(table, frame=pd.concat([table.frame] * 484, ignore_index=True))
    begun = process_time()
    rows = csv_rows(big)[1]
    assert len(rows) == 100_188
    assert process_time() - begun < 6
