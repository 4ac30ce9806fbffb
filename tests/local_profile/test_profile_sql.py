"""Every table of a profile again, by SQL that shares no code with the package, over the files of another force."""

from __future__ import annotations

import json

import pytest
from benchmarks.force_profile import DUCKDB, QUERIES, compare, given_of, run

from ocgnet.checks.check import read_dataset
from ocgnet.local_profile.profile import profile_of

pytestmark = pytest.mark.large


def test_every_cell_is_that_of_sql_over_the_files(other_force, tmp_path):
    (tmp_path / "given.json").write_text(json.dumps(given_of(other_force)), encoding="utf-8")
    run(DUCKDB, str(other_force), str(tmp_path / "given.json"), str(QUERIES), str(tmp_path))
    found = profile_of(read_dataset(other_force)[0])
    tables = {name: table.frame for name, table in found.tables.items()}
    cells, differ = compare(tmp_path, tables, {name: figure.value for name, figure in found.figures.items()})
    assert cells > 1000
    assert differ == []
