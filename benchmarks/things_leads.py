"""Leads from things: how many planted cases are printed, and how many printed leads are planted cases.

Each made-up county has planted cases of each kind, with six decoys or more for every one of them, among everyday calls,
homes and traffic. The seeds were tuned on by nothing. Everything that a question prints counts, so that a lead of the
background is as wrong as a decoy.

    python benchmarks/things_leads.py [SEEDS] [CASES]
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from ocgnet.checks.check import check
from ocgnet.model.things import PLACES
from ocgnet.results import ResultTable
from ocgnet.things_job import things_of
from ocgnet_demo.county.county import ABOUT, county_tables
from ocgnet_demo.drawing import write_folder
from ocgnet_demo.things.book import Case
from ocgnet_demo.things.planted import draw_things

FIRST_SEED = 1001
RECALL, PRECISION = 0.9, 0.6

Lead = tuple[str, ...]


def _pairs(one: str, other: str) -> Callable[[pd.DataFrame], list[Lead]]:
    return lambda frame: [tuple(pair) for pair in frame[[one, other]].astype(str).to_numpy().tolist()]


def _shared_across_groups(frame: pd.DataFrame) -> list[Lead]:
    across = frame["across_groups"] & (frame["how"] == "at the same time") & frame["kind"].isin(PLACES)
    return [(str(t),) for t in frame.loc[across, "thing"].unique()]


PRINTED: Mapping[str, tuple[str, Callable[[pd.DataFrame], list[Lead]]]] = {
    "successor": ("successors", _pairs("old_thing", "new_thing")),
    "shared house": ("shared_things", _shared_across_groups),
    "travelled together": ("travelled_together", _pairs("one", "other")),
    "cuckooing": ("possible_cuckooing", lambda frame: [(str(t),) for t in frame["place"].unique()]),
}
"""Of each question the table that answers it, and the things of each lead that it prints."""


def county(seed: int, cases: int) -> tuple[Mapping[str, ResultTable], list[Case]]:
    """Return what a made-up county answers of things, and what is planted in it."""
    tables = county_tables(seed)
    things, planted = draw_things(seed, tables, cases)
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), tables | things, ABOUT)
        dataset = check(Path(folder)).dataset
    if dataset is None:
        raise SystemExit(f"The county of seed {seed} has errors.")
    return things_of(dataset).tables, planted


def leads(question: str, frame: pd.DataFrame, planted: list[Case]) -> tuple[Counter[str], int]:
    """Return the leads printed for a question by what they are, and how many cases were planted.

    A lead that is neither a planted case nor a decoy is of the ``background``.
    """
    cases = {tuple(sorted(c.things)): c.what for c in planted if c.question == question}
    printed = {tuple(sorted(lead)) for lead in PRINTED[question][1](frame)}
    return Counter(cases.get(lead, "background") for lead in printed), sum(w == "planted" for w in cases.values())


def main() -> None:
    """Print a table: per question what was planted, found and printed; end with 1 when an aim is missed."""
    seeds, cases = (int(a) if a else d for a, d in zip([*sys.argv[1:3], "", ""], (10, 2), strict=False))
    printed: dict[str, Counter[str]] = defaultdict(Counter)
    planted: Counter[str] = Counter()
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        tables, answers = county(seed, cases)
        for question, (table, _) in PRINTED.items():
            if table not in tables:
                continue
            by_what, count = leads(question, tables[table].frame, answers)
            printed[question] += by_what
            planted[question] += count
    print(
        f"{seeds} counties, seeds {FIRST_SEED} to {FIRST_SEED + seeds - 1}, {cases} planted cases of each kind in each"
    )
    print(f"{'question':20} {'planted':>7} {'found':>6} {'printed':>7}  {'recall':14} precision")
    missed = False
    for question, by_what in printed.items():
        found, total, all_printed = by_what["planted"], planted[question], by_what.total()
        recall, precision = found / total, found / max(all_printed, 1)
        missed |= recall < RECALL or precision < PRECISION
        print(
            f"{question:20} {total:7} {found:6} {all_printed:7}  {recall:.2f} ({found}/{total}) "
            f"    {precision:.2f} ({found}/{all_printed})"
        )
        wrong = ", ".join(f"{what} {n}" for what, n in sorted(by_what.items()) if what != "planted")
        if wrong:
            print(f"  printed besides: {wrong}")
    for question in PRINTED.keys() - printed.keys():
        print(f"{question:20} is not answered: no table {PRINTED[question][0]}")
    if missed:
        raise SystemExit(f"Aimed at: recall {RECALL}, precision {PRECISION}.")


if __name__ == "__main__":
    main()
