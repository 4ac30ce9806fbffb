"""The quick reader of plain CSV files gives what ``csv.reader`` gives, or leaves the file alone."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocgnet.model import TABLES
from ocgnet.sources import csv as csv_file
from ocgnet.sources import csv as plain_csv
from ocgnet.sources.csv import read_csv
from ocgnet.sources.source import RawTable

HEADER = b"nominal_id,name,sex\n"
PIECES = st.sampled_from(
    [
        b",",
        b",",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b'"',
        b'""',
        b" ",
        b"N1",
        b"N2",
        b"\xc3\xa9",
        b"\xc3",
        b"\0",
        b"#",
        b"'",
        b"\\",
    ]
)
CELLS = st.sampled_from(["", " ", "N1", "a b", '"a,b"', '""', '"é"', "=1+1", "a'b", "\\", "NULL", "nan", "1.0"])
LINES = st.lists(
    st.tuples(CELLS, CELLS, CELLS).map(",".join) | st.sampled_from(["", ",,", "N1", "N1,a,b,c"]), max_size=12
)


def told(raw: RawTable) -> tuple[object, ...]:
    problems = sorted((p.row or 0, p.column, p.rule, p.value, p.remedy) for f in raw.findings for p in f.problems())
    return {n: c.to_pylist() for n, c in raw.columns.items()}, raw.lines.tolist(), problems, raw.rows_in


def both(content: bytes) -> tuple[tuple[object, ...], tuple[object, ...], bool]:
    """Return what is read with the quick reader and without it, and whether the quick reader took the file."""
    took = []
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "nominals.csv"
        path.write_bytes(content)
        quick = plain_csv.read_plain

        def watched(*arguments):
            took.append(quick(*arguments))
            return took[-1]

        patch.setattr(csv_file, "read_plain", watched)
        # Blocks of a few bytes, so that their edges fall everywhere.
        patch.setattr(plain_csv, "_BLOCK", 7)
        found = told(read_csv(TABLES["nominals"], path))
        patch.setattr(csv_file, "read_plain", lambda *_: None)
        return found, told(read_csv(TABLES["nominals"], path)), any(t is not None for t in took)


@given(st.lists(PIECES, max_size=40).map(b"".join))
@example(b'N1,"a""b",m\n')
@example(b'N1,"a\nb",m\n')
@example(b'"N1","",m')
@example(b"N1,a,m\n\nN2,b,m\n")
@example(b"N1,a,m\r\rN2,b,m\n")
@settings(max_examples=400, deadline=None)
def test_any_bytes_read_the_same(body):
    quick, slow, _ = both(HEADER + body)
    assert quick == slow


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_lines_read_the_same(lines, end, marked, ended):
    text = end.join(["nominal_id,name,sex", *lines]) + end * ended
    quick, slow, _ = both((b"\xef\xbb\xbf" if marked else b"") + text.encode())
    assert quick == slow


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"N1,a,m\n",
        b"N1,a,m",
        b"N1,a,m\r\nN2,,f\r\n",
        b'N1,"a, b",m\n',
        b'"N1","",""\n',
        "N1,é李,m\n".encode(),
        b"N1,#,' \n",
    ],
)
def test_a_plain_file_is_read_the_quick_way(body):
    quick, slow, took = both(HEADER + body)
    assert took
    assert quick == slow


@pytest.mark.parametrize(
    "body",
    [
        b'N1,"a""b",m\n', b'N1,"a\nb",m\n', b'N1,a"b,m\n', b'N1,"a"b,m\n', b"N1,a\n", b"\nN1,a,m\n", b"N1,a\0,m\n",
        b"N1,a,m\rN2,b,m\n", b"N1,\xe9,m\n", b",,\n", b'N1,"a,m\n', b"N1," + b"a" * 1_000_000 + b",m\n",
    ],
)  # fmt: skip
def test_an_awkward_file_is_left_to_the_slow_way(body):
    quick, slow, took = both(HEADER + body)
    assert not took
    assert quick == slow


@pytest.mark.parametrize(
    "header",
    [
        b"nominal_id\n",
        b"\nnominal_id,name\n",
        b'"nominal_id",name\n',
        b"name,sex\n",
        b"",
        b",,\n",
        b"nominal_id" + b"," * 1000 + b"\n",
    ],
)
def test_an_awkward_header_is_left_to_the_slow_way(header):
    quick, slow, took = both(header + b"N1,a\n")
    assert not took
    assert quick == slow
