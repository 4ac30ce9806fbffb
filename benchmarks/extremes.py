"""Records of an extreme shape, at a quarter and the whole of a size: what each costs, and how that grows.

Run it as ``python benchmarks/extremes.py [SHAPE [SIZE]]``; without words every shape is run at a small size, about a
minute in all. Each runs whole in this process: reading, answering, chart, report and workbook (forms: taken in). It
prints CPU seconds and the exponent of growth between the two sizes: 1 is in proportion, 2 with the square. Start-up is
not in it. Paths are estimated from 500 people at every size, as they are above 10,000 by default, and roles are drawn
50 times, a tenth of the default: with all of it, small networks cost more for each person than large ones.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from ocgnet.cli import main as command

SIZES = {
    "crime": 8_000,
    "report": 8_000,
    "groups": 3_000,
    "star": 1_000,
    "chain": 400,
    "tied": 400,
    "districts": 1_600,
    "forms": 4_000,
}
"""Largest size of each shape that is run: people of one crime or report, groups of the same two people, ties of a star
or chain, people in groups of ten with ties within and across, districts of a profile, forms of one submitter."""

ABOUT = """force = "Made-up"
synthetic = true
as_of = 2019-03-31
period_from = 2018-04-01
period_to = 2019-03-31
"""

SETTINGS = "betweenness_exact_up_to = 0\nresamples = 50\n"


def write(folder: Path, shape: str, size: int) -> None:
    """Write the records of a shape."""
    people = {"groups": 2, "star": size + 1, "chain": size + 1, "forms": 1}.get(shape, size)
    links: dict[str, Iterable[tuple[int, int]]] = {
        "crime": ((i, 0) for i in range(size)),
        "groups": ((i, 0) for i in range(2)),
        "star": (link for i in range(size) for link in ((0, i), (i + 1, i))),
        "chain": (link for i in range(size) for link in ((i, i), (i + 1, i))),
        "tied": (
            (end % size, 3 * i + k)
            for i in range(size)
            for k, other in enumerate((i + 1, i + 2, i * 7 + 11))
            for end in (i, other)
        ),
        "districts": ((i, i) for i in range(size)),
    }
    linked = list(dict.fromkeys(links.get(shape, ())))
    rows = {
        "nominals": ["nominal_id,name,review_due", *(f"N{i},Person {i},2030-01-01" for i in range(people))],
        "crimes": [
            "crime_id,offence_code,recorded_on,district",
            *(f"K{i},92A,2018-06-01,D{i if shape == 'districts' else 0}" for i in sorted({c for _, c in linked})),
        ],
        "crime_links": ["person_id,crime_id,link_role", *(f"N{p},K{c},suspect" for p, c in linked)],
    }
    if shape == "report":
        rows["intel_reports"] = [
            "report_id,reported_on,grading_scheme,source_grade,intelligence_grade,handling_code",
            "R0,2018-06-01,3x5x2,1,A,P",
        ]
        rows["intel_links"] = ["person_id,report_id", *(f"N{i},R0" for i in range(size))]
    member: dict[str, Iterable[tuple[int, int]]] = {
        "groups": ((p, i) for i in range(size) for p in range(2)),
        "tied": ((p, p // 10) for p in range(size)),
    }
    if joined := list(member.get(shape, ())):
        rows["ocgs"] = ["ocg_id,status", *(f"G{i},active" for i in sorted({g for _, g in joined}))]
        rows["memberships"] = ["nominal_id,ocg_id", *(f"N{p},G{i}" for p, i in joined)]
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    (folder / "about.toml").write_text(ABOUT, encoding="utf-8")


def write_forms(target: Path, size: int) -> None:
    """Write filled forms of one submitter, each with a text of its own."""
    common = {
        "submitted_on": "2019-03-20",
        "origin": "police",
        "source_ref": "S-17",
        "child_at_risk": "no",
        "title": "Cars at night",
    }
    texts = (f"{i * 7919} cars call at flat {i} at night." for i in range(size))
    reports = [common | {"form_ref": str(i), "text": text} for i, text in enumerate(texts)]
    target.write_text(json.dumps({"form": "intelligence", "reports": reports}), encoding="utf-8")


def seconds_of(arguments: list[str]) -> float:
    """Return the CPU seconds of a command, its further processes included."""
    before = _spent()
    shown = StringIO()
    sys.argv = ["ocgnet", *arguments]
    try:
        with redirect_stdout(shown), redirect_stderr(shown):
            command()
    except SystemExit as end:
        if end.code:
            print(shown.getvalue())
            raise
    return _spent() - before


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def cost(shape: str, size: int) -> float:
    """Return the CPU seconds of the command on a shape of one size."""
    with TemporaryDirectory() as place:
        records, forms, settings = Path(place, "records"), Path(place, "forms.json"), Path(place, "settings.toml")
        records.mkdir()
        write(records, shape, size)
        os.environ["OCGNET_LOG"] = str(Path(place, "log", "log.jsonl"))
        out = ["--out", str(Path(place, "out"))]
        if shape == "forms":
            write_forms(forms, size)
            aside = ["--candidates", str(Path(place, "candidates.csv")), "--rejects", str(Path(place, "rejects.csv"))]
            return seconds_of(["intake", "intelligence", str(forms), "--folder", str(records), *aside])
        if shape == "districts":
            return seconds_of(["profile", str(records), *out])
        settings.write_text(SETTINGS, encoding="utf-8")
        return seconds_of(["analyse", str(records), "--settings", str(settings), *out])


def main() -> None:
    """Run one shape or all, at two sizes each."""
    shapes = sys.argv[1:2] or [*SIZES]
    asked = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    cost("groups", 4)  # loads what every command loads once
    for shape in shapes:
        size = asked or SIZES[shape]
        small, whole = cost(shape, size // 4), cost(shape, size)
        power = math.log(whole / small) / math.log(4)
        print(
            f"{shape:<10}{size // 4:>8,}{small:7.1f} s{size:>9,}{whole:7.1f} s   grows with the power {power:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
