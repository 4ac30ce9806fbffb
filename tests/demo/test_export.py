"""The made-up export of a records system: the bundled one is what the program makes, and holds what its tables hold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl

from ocgnet.checks.check import check
from ocgnet_demo.export import write_export

EXPORTS = Path(__file__).parent.parent.parent / "fixtures" / "exports"


def test_the_bundled_export_is_what_is_made(tmp_path: Path) -> None:
    write_export(tmp_path)
    for made in (p for p in tmp_path.rglob("*") if p.is_file()):
        assert made.read_bytes() == (EXPORTS / made.relative_to(tmp_path)).read_bytes(), made.name


def test_workbook_and_tables_hold_the_same_records() -> None:
    dataset = check(EXPORTS / "by_hand").dataset
    assert dataset is not None
    book = openpyxl.load_workbook(EXPORTS / "force_export.xlsx", read_only=True)

    def rows(sheet: str) -> list[tuple]:
        filled = [r for r in book[sheet].iter_rows(values_only=True) if sum(c is not None for c in r) > 1]
        return filled[1:]

    for sheet, table in (
        ("Nominals", "nominals"), ("OCG members", "memberships"), ("Occurrences", "crimes"),
        ("Occurrence links", "crime_links"), ("Intel logs", "intel_reports"), ("Children", "children"),
        ("CDR", "communications"), ("ANPR", "sightings"), ("Bank", "transfers"),
    ):  # fmt: skip
        assert len(rows(sheet)) == dataset[table].num_rows, sheet
    numbers = {r["thing_id"]: r["normalised"] for r in dataset["things"].to_pylist()}
    users = {
        numbers[r["thing_id"]]: r["person_id"]
        for r in dataset["thing_links"].to_pylist()
        if r["confidence"] in ("attributed", "suspected")
    }
    assert users == {f"+44{number.replace(' ', '')[1:]}": urn for number, urn, _ in rows("Phones")}
    calls = Counter((numbers[r["from_thing"]], numbers[r["to_thing"]]) for r in dataset["communications"].to_pylist())
    written = ((a.replace(" ", ""), b.replace(" ", "")) for a, b, *_ in rows("CDR"))
    assert calls == Counter(tuple(n if n.startswith("+") else f"+44{n[1:]}" for n in pair) for pair in written)
    links = ("Phones", "Vehicles", "Addresses")
    holders = len({(r[0], r[1]) for r in rows("Bank")})
    assert dataset["thing_links"].num_rows == sum(len(rows(s)) for s in links) + holders
    named = sum(r[4].count("(") for r in rows("Intel logs"))
    assert named == dataset["intel_links"].num_rows
