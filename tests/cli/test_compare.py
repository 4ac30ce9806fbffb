"""The command that compares, on two real runs."""

from __future__ import annotations

import csv
import io
import json
import shutil
import stat
from pathlib import Path

import pytest

import ready

TINY = Path(__file__).resolve().parents[2] / "fixtures" / "tiny"


def ocgnet(*words, cwd, code=0):
    done = ready.run(*words, cwd=cwd)
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done.stdout, " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of the tiny folder; in the second N04 has four more crimes with others and six alone."""
    place = tmp_path_factory.mktemp("runs")
    ocgnet("analyse", TINY, "--out", "one", "--top-k", 2, cwd=place)
    changed = place / "changed"
    shutil.copytree(TINY, changed)
    with (changed / "crimes.csv").open(encoding="utf-8", newline="") as file:
        header, *crimes = list(csv.reader(file))
    date = header.index("recorded_on")
    model = next(row for row in crimes if row[date].startswith("2018-") or row[date].startswith("2019-"))
    with (changed / "crimes.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([f"NEW{i}", *model[1:]] for i in range(10))
    with (changed / "crime_links.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with (changed / "crime_links.csv").open("a", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, header, restval="")
        for i, other in enumerate([["N01"], ["N02"], ["N05"], ["N06"], *[[]] * 6]):
            for person in ("N04", *other):
                rows.writerow({"person_id": person, "crime_id": f"NEW{i}", "link_role": "suspect"})
    ocgnet("analyse", changed, "--out", "two", "--top-k", 2, "--min-grade", "all", cwd=place)
    return place


def listed(text):
    return list(csv.DictReader(io.StringIO(text)))


def table(place, run, name, key):
    with (place / run / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {tuple(r[k] for k in key): r for r in csv.DictReader(file)}


def test_what_it_lists_is_what_the_tables_hold(runs):
    out, _ = ocgnet("compare", "one", "two", "--format", "csv", "--position", 0.1, cwd=runs)
    rows = listed(out)
    was, now = (table(runs, run, "roles", ("nominal_id", "ocg_id")) for run in ("one", "two"))
    both = was.keys() & now.keys()
    changed = {k for k in both if was[k]["suggested_role"] != now[k]["suggested_role"]}
    assert {(r["id"], r["ocg_id"]) for r in rows if r["what"] == "suggested role"} == changed
    moved = {
        k[0] for k in both if round(abs(float(was[k]["position_score"]) - float(now[k]["position_score"])), 9) >= 0.1
    }
    assert moved
    assert {r["id"] for r in rows if r["what"] == "position"} == moved
    tops = [
        {k[0] for k, r in table(runs, run, "concentration", ("nominal_id",)).items() if r["in_top"] == "true"}
        for run in ("one", "two")
    ]
    assert {r["id"] for r in rows if r["what"] == "into the top"} == tops[1] - tops[0] == {"N04"}
    assert {r["id"] for r in rows if r["what"] == "input"} == {"crimes.csv", "crime_links.csv"}
    assert [(r["id"], r["before"], r["after"]) for r in rows if r["what"] == "setting"] == [
        ("min_grade", "usable", "all")
    ]
    (position,) = [r for r in rows if r["what"] == "position" and r["id"] == "N04"]
    assert "percentile" in position["because"]
    crimes = [table(runs, run, "people", ("nominal_id",))["N04",]["crimes"] for run in ("one", "two")]
    assert int(crimes[1]) - int(crimes[0]) == 10
    assert f"crimes {crimes[0]} to {crimes[1]}" in position["because"]


def test_the_three_ways_to_print_agree(runs):
    out, _ = ocgnet("compare", "one", "two", "--format", "csv", cwd=runs)
    as_json, told = ocgnet("compare", "one", "two", "--format", "json", "--out", "changes.csv", cwd=runs)
    assert [r["id"] for r in json.loads(as_json)] == [r["id"] for r in listed(out)]
    assert (runs / "changes.csv").read_text(encoding="utf-8") == out
    assert stat.S_IMODE((runs / "changes.csv").stat().st_mode) == 0o600
    assert "changes.csv holds" in told
    shown, _ = ocgnet("compare", "one", "two", "--rows", 5, cwd=runs)
    assert max(len(line) for line in shown.splitlines()) <= 100
    assert "Asked differently: min_grade usable to all." in " ".join(shown.split())
    assert "SYNTHETIC DATA" in shown


def test_a_run_against_itself_differs_in_nothing(runs):
    shown, _ = ocgnet("compare", "one", "one", cwd=runs)
    assert "nothing differs" in shown
    out, _ = ocgnet("compare", "one", "one", "--format", "csv", cwd=runs)
    assert listed(out) == []


def test_errors_say_what_to_do(runs):
    assert "no folder" in ocgnet("compare", "absent", "two", cwd=runs, code=1)[1]
    assert "not the folder of a run" in ocgnet("compare", "changed", "two", cwd=runs, code=1)[1]
    other = runs / "other"
    shutil.copytree(runs / "two", other, dirs_exist_ok=True)
    document = json.loads((other / "run.json").read_text(encoding="utf-8"))
    document |= {"force": "Elsewhere", "versions": {"ocgnet": "0.0"}}
    (other / "run.json").write_text(json.dumps(document), encoding="utf-8")
    said = ocgnet("compare", "one", "other", cwd=runs, code=2)[1]
    assert "different forces" in said
    assert "written by ocgnet" in said
    assert "--even-so" in said
    assert "different forces" in ocgnet("compare", "one", "other", "--even-so", cwd=runs)[0]
    (other / "tables" / "roles.csv").unlink()
    assert "roles.csv is missing" in ocgnet("compare", "one", "other", cwd=runs, code=1)[1]
    (other / "run.json").write_text("{", encoding="utf-8")
    assert "cannot be read" in ocgnet("compare", "one", "other", cwd=runs, code=1)[1]
