"""The main job through the installed command, on real folders."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from installed import OCGNET, ocgnet
from ocgnet.results import RESULT_TABLES
from ocgnet.results.thing_columns import THING_RESULTS

ROOT = Path(__file__).parent.parent.parent
COUNTY = ROOT / "fixtures" / "county"
TINY = ROOT / "fixtures" / "tiny"
SHARED = ROOT.parent / "shared" / "data"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the public research networks are not beside the checkout"
)


def digest(out: Path) -> dict[str, str]:
    """Hash of every file whose bytes are promised; run.json without what may differ."""
    found = {
        str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in (*out.glob("tables/*.csv"), out / "network.html", out / "report.html")
    }
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    for may_differ in ("timing", "inputs"):
        run.pop(may_differ)
    return found | {"run.json": json.dumps(run, sort_keys=True)}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("county")
    said = ocgnet("analyse", COUNTY, "--out", "out", cwd=place)
    for page in ("network.html", "report.html", "workbook.xlsx"):
        assert str(Path("out") / page) in said
    return place / "out"


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_is_there_and_private(county: Path) -> None:
    found = {p.relative_to(county).as_posix() for p in county.rglob("*") if p.is_file()}
    tables = {f"{n}.csv" for n in (*RESULT_TABLES, *THING_RESULTS, "columns", "left_out")} | {"MARKING.txt"}
    whole = {"run.json", "files.json", "network.html", "report.html", "workbook.xlsx"}
    assert found == whole | {f"tables/{n}" for n in tables}
    assert {stat.S_IMODE(p.stat().st_mode) for p in county.rglob("*") if p.is_file()} == {0o600}
    for name, columns in (RESULT_TABLES | THING_RESULTS).items():
        header = (county / "tables" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == [c.name for c in columns]
    # People are ranked across the whole network only where no memberships say who leads a group.
    assert {name for name in RESULT_TABLES if not rows(county, name)} == {"highest_positions"}


PUBLISHED = {
    "ocgs": 38,
    "ocgs_change": -4,
    "nominals": 207,
    "nominals_before": 137,
    "ocgs_abroad": 10,
    "ocgs_drug_trafficking": 25,
    "ocgs_powder_cocaine": 22,
    "top_nominals": 13,
    "disruptions": 65,
    "disruptions_before": 42,
    "parents": 25,
    "parents_ocgs": 12,
    "parents_principal": 4,
    "parents_significant": 14,
    "parents_peripheral": 6,
    "children": 41,
}


def test_the_county_gives_the_published_figures(county: Path) -> None:
    run = json.loads((county / "run.json").read_text(encoding="utf-8"))
    figures = run["figures"]
    assert {k: figures[k] for k in PUBLISHED} == PUBLISHED
    assert figures["countries_abroad"] > 12
    assert round(figures["top_nominals_crime_share"], 2) == 0.22
    assert round(figures["top_nominals_intel_share"], 2) == 0.34
    for share in ("top_nominals_crime_share", "top_nominals_intel_share"):
        detail = run["figure_details"][share]
        assert detail["outside_chance"] is True
        assert detail["numerator"] / detail["denominator"] == figures[share]
        assert detail["null_high"] < figures[share]


def test_same_bytes_from_the_store_and_from_shuffled_rows(county: Path, tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled"
    shutil.copytree(COUNTY, shuffled)
    draw = random.Random(5)
    for path in sorted(shuffled.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *body = csv.reader(file)
        order = list(range(len(header)))
        draw.shuffle(order)
        draw.shuffle(body)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[row[i] for i in order] for row in (header, *body)])
    ocgnet("analyse", shuffled, "--out", "other", cwd=tmp_path)
    assert digest(tmp_path / "other") == digest(county)
    ocgnet("load", shuffled, "--store", "ocg.duckdb", cwd=tmp_path)
    ocgnet("analyse", "--store", "ocg.duckdb", "--out", "stored", cwd=tmp_path)
    assert digest(tmp_path / "stored") == digest(county)


def test_another_seed_changes_no_count_and_options_are_written_down(tmp_path: Path) -> None:
    ocgnet("analyse", TINY, "--out", "a", "--seed", 2, "--top-k", 3, "--min-grade", "all", cwd=tmp_path)
    run = json.loads((tmp_path / "a" / "run.json").read_text(encoding="utf-8"))
    assert (run["parameters"]["seed"], run["parameters"]["top_k"], run["parameters"]["min_grade"]) == (2, 3, "all")
    assert run["figures"]["top_nominals"] == 3


def test_errors_stop_the_run_and_are_listed(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(TINY, bad)
    with (bad / "crime_links.csv").open("a", encoding="utf-8") as file:
        file.write("NOBODY,NOTHING,near by,\n")
    said = ocgnet("analyse", bad, "--out", "out", cwd=tmp_path, code=1)
    assert "--skip-rejects" in said
    assert not (tmp_path / "out").exists()
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    lines = len((bad / "crime_links.csv").read_text(encoding="utf-8-sig").splitlines())
    assert {(r["file"], r["row"]) for r in listed} == {("crime_links.csv", str(lines))}
    assert {r["column"] for r in listed} == {"person_id", "crime_id", "link_role"}
    ocgnet("analyse", bad, "--out", "out", "--skip-rejects", cwd=tmp_path)
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert sum(x["count"] for x in run["left_out"] if x["what"] == "crime_links" and "linked as" not in x["why"]) == 1


def test_a_newcomer_is_led_by_messages(tmp_path: Path) -> None:
    assert "folder" in ocgnet("analyse", cwd=tmp_path, code=2)
    assert "absent" in ocgnet("analyse", "absent", cwd=tmp_path, code=1)
    (tmp_path / "empty").mkdir()
    assert "nominals" in ocgnet("analyse", "empty", cwd=tmp_path, code=1)
    (tmp_path / "mine" / "forms").mkdir(parents=True)
    (tmp_path / "mine" / "forms" / "cpi.json").write_text("{}", encoding="utf-8")
    assert "cpi.json" in ocgnet("template", "mine", cwd=tmp_path, code=1)
    assert [p.name for p in (tmp_path / "mine").rglob("*") if p.is_file()] == ["cpi.json"]
    (tmp_path / "mine" / "forms" / "cpi.json").unlink()
    ocgnet("template", "mine", cwd=tmp_path)
    with (tmp_path / "mine" / "nominals.csv").open("a", encoding="utf-8") as file:
        file.write("N1,Somebody\n")
    # A row that is too short is not guessed at; the message says which line and how many cells.
    said = ocgnet("check", "mine", cwd=tmp_path, code=1)
    assert "line 2" in said
    assert "cells" in said
    table = tmp_path / "mine" / "nominals.csv"
    header = table.read_text(encoding="utf-8-sig").splitlines()[0]
    commas = "," * (header.count(",") - 1)
    table.write_text(f"{header}\nN1,Somebody{commas}\nN2,{commas}\n", encoding="utf-8")
    ocgnet("check", "mine", cwd=tmp_path)
    ocgnet("analyse", "mine", "--out", "out", cwd=tmp_path)
    assert len(rows(tmp_path / "out", "people")) == 2
    assert "--min-grade" in ocgnet("roles", "mine", "--min-grade", "B2", cwd=tmp_path, code=2)
    assert "O9" in ocgnet("roles", "mine", "--ocg", "O9", cwd=tmp_path, code=2)


@pytest.mark.parametrize("name", ["roles", "concentration", "children", "communities"])
def test_tables_on_the_terminal_are_the_tables_in_the_files(name: str, county: Path, tmp_path: Path) -> None:
    out = subprocess.run(
        [OCGNET, name, COUNTY, "--format", "csv"], cwd=tmp_path, capture_output=True, check=True, timeout=120
    )
    assert out.stdout == (county / "tables" / f"{name}.csv").read_bytes()
    as_json = json.loads(
        subprocess.run(
            [OCGNET, name, COUNTY, "--format", "json"], cwd=tmp_path, capture_output=True, check=True, timeout=120
        ).stdout
    )
    assert len(as_json) == len(rows(county, name))
    shown = ocgnet(name, COUNTY, cwd=tmp_path)
    assert max(len(line) for line in shown.splitlines()) <= 100


@needs_shared
@pytest.mark.parametrize(
    ("name", "density", "mean_degree", "transitivity", "distance", "betweenness"),
    [("caviar", 0.034, 3.727, 0.123, 2.655, 0.637), ("london_gang", 0.220, 11.667, 0.520, 2.054, 0.109)],
)
def test_published_networks(
    name: str,
    density: float,
    mean_degree: float,
    transitivity: float,
    distance: float,
    betweenness: float,
    tmp_path: Path,
) -> None:
    ocgnet("analyse", SHARED / name, "--out", "out", cwd=tmp_path)
    network = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["network"]
    found = [network[k] for k in ("density", "mean_degree", "transitivity", "average_distance", "max_betweenness")]
    assert [round(x, 3) for x in found] == [density, mean_degree, transitivity, distance, betweenness]


@needs_shared
def test_only_suspects_count_in_st_louis(tmp_path: Path) -> None:
    ocgnet("analyse", SHARED / "stlouis_crime", "--out", "out", cwd=tmp_path)
    assert sum(int(r["crimes"]) for r in rows(tmp_path / "out", "people")) == 723
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert sorted(x["count"] for x in run["left_out"] if x["what"] == "crime_links") == [195, 610], "role by role"


def test_pages_call_nobody(county: Path) -> None:
    for page in ("network.html", "report.html"):
        text = (county / page).read_text(encoding="utf-8")
        assert "Content-Security-Policy" in text
        assert "OFFICIAL-SENSITIVE" in text
        assert "SYNTHETIC DATA" in text
        assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"']?(https?:)?//", text)
