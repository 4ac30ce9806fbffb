"""The tiny fixture in every kind of place, and random changes to it that break no rule."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from ocgnet.checks.check import check
from ocgnet.edit import Change
from ocgnet.model import TABLES
from ocgnet.sources.cells import FORMULA_ERRORS
from ocgnet.store import LoadManifest, open_store

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
KINDS = ("csv", "csv-excel", "parquet", "duckdb")
DATASET = check(TINY).dataset


def made(kind: str, folder: Path) -> Path:
    """Lay out the tiny fixture in a new place."""
    place = folder / kind
    if kind.startswith("csv"):
        return _csv(shutil.copytree(TINY, place), excel=kind == "csv-excel")
    if kind == "parquet":
        return _parquet(place)
    if kind == "duckdb":
        place = place.with_suffix(".duckdb")
        open_store(str(place)).write(DATASET, LoadManifest((), "0"))
        return place
    raise ValueError(kind)


def _csv(place: Path, *, excel: bool) -> Path:
    for file in place.glob("*.csv") if excel else ():
        rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
        quoted = "\r\n".join(",".join(f'"{c}"' for c in row) for row in rows)
        # As Excel saves it: a byte order mark, Windows line ends, none at the end.
        file.write_bytes(b"\xef\xbb\xbf" + quoted.encode())
    return place


def _parquet(place: Path) -> Path:
    place.mkdir()
    for name in DATASET.given:
        table = DATASET[name]
        for k, field in enumerate(table.schema):
            if field.name in ("sex", "role", "kind"):
                table = table.set_column(k, field.name, table[field.name].dictionary_encode())
        pq.write_table(table, place / f"{name}.parquet")
    shutil.copy(TINY / "about.toml", place)
    return place


def identity(name: str, row: dict[str, object]) -> dict[str, str]:
    return {c: "" if row[c] is None else str(row[c]) for c in TABLES[name].identity}


# Hypothesis also tries texts that stand in the program itself; a failed formula is one that breaks a rule.
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=12).map(
    str.strip
).filter(lambda text: text not in FORMULA_ERRORS) | st.sampled_from(
    ['say "no", then', "=1+1", "two\nlines", "a|b", "_x0041_", "<b>&amp;</b>", ""]
)


@st.composite
def changes(draw) -> Change:
    """Rows added, dropped and edited in tables to which nothing refers."""
    drop, edit, add = {}, {}, {}
    for name in ("disruptions", "intel_links", "child_aces", "family_links", "memberships"):
        rows = DATASET[name].to_pylist()
        gone = draw(st.sets(st.integers(0, len(rows) - 1), max_size=3))
        drop[name] = [identity(name, rows[k]) for k in gone]
        if name == "disruptions":
            stay = [k for k in range(len(rows)) if k not in gone]
            chosen = draw(st.lists(st.sampled_from(stay), unique=True, max_size=2)) if stay else []
            edit[name] = [
                (identity(name, rows[k]), {"description": draw(words), "lead_agency": draw(words)}) for k in chosen
            ]
    reports = DATASET["intel_reports"].to_pylist()
    picked = draw(st.lists(st.sampled_from(reports), max_size=3, unique_by=lambda r: r["report_id"]))
    edit["intel_reports"] = [
        (identity("intel_reports", r), {"text": draw(words), "review_due": "2020-02-01"}) for r in picked
    ]
    add["disruptions"] = [
        {"disruption_id": f"X{k}", "ocg_id": "G1", "happened_on": "2019-01-02", "level": "minor", "strand": "pursue",
         "description": draw(words)}
        for k in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    add["referrals"] = [
        {"person_id": "C1", "kind": "nrm", "made_on": f"2019-01-0{k + 1}", "reason": draw(words)}
        for k in range(draw(st.integers(0, 2)))
    ]
    # A table that the place lacks.
    add["plan_actions"] = [
        {"action_id": f"A{k}", "nominal_id": "N01", "strand": "prevent", "action": draw(words.filter(bool))}
        for k in range(draw(st.integers(0, 2)))
    ]
    return Change(add=add, drop=drop, edit=edit)


def same(one: object, other: object) -> list[str]:
    """Return the names of the tables in which two datasets differ."""
    return [name for name in TABLES if not pa.Table.equals(one[name], other[name])]
