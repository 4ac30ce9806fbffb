"""How far the word "stable" can be relied on: roles called stable, resampled anew with other seeds.

Run it as ``python benchmarks/stability.py [FOLDER ...]``; without folders it takes the bundled county and published
networks that lie beside the checkout. Ties and people alone are left out here: sources are the same in every run.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from ocgnet.analysis.position import position_of
from ocgnet.analysis.roles.stability import Stability, stability_of, word_of
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import scope_of
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings

HOME = Path(__file__).resolve().parents[1]
FRESH = 5
"""Further seeds, each with as many resamples as the run itself."""


def measured(dataset: Dataset, settings: Settings) -> list[Stability]:
    """Return the stability of a run, then of the same network with other seeds."""
    evidence = scope_of(dataset, settings).network
    ties = ties_of(evidence, settings)
    position = position_of(ties, settings)
    found = [stability_of(evidence, ties, position, settings)]
    alone = replace(settings, drop_sources=0, single_changes=0)
    found += [stability_of(evidence, ties, position, replace(alone, seed=1_000 + i)) for i in range(FRESH)]
    return found


def told(name: str, found: list[Stability], settings: Settings, seconds: float) -> None:
    """Print how the roles called stable do in fresh resamples."""
    first = found[0].share
    fresh = np.mean([s.share for s in found[1:]], axis=0)
    called = word_of(first, found[0].sure, settings) == "stable"
    kept, many = fresh[called], int(called.sum())
    print(
        f"  {name:16} {int((~np.isnan(first)).sum()):5} roles, {many:5} called stable: kept in {kept.mean():.1%} of "
        f"{FRESH * settings.resamples:,} fresh resamples, each in at least {kept.min():.1%}; "
        f"{int((kept >= 0.9).sum()):,} of {many:,} ({(kept >= 0.9).mean():.1%}) in at least 90%; {seconds:.0f} s"
        if many
        else f"  {name:16} nothing is called stable"
    )


def main() -> None:
    """Measure each folder by the default settings, and with paths estimated from 64 people as before."""
    folders = [Path(a) for a in sys.argv[1:] if Path(a).is_dir()]
    beside = [HOME.parent / "shared" / "data" / n for n in ("caviar", "london_gang")]
    for folder in folders or [HOME / "fixtures" / "county", *(f for f in beside if f.is_dir())]:
        dataset = read_dataset(folder)[0]
        for name, settings in (("exact", Settings()), ("from 64 people", Settings(resample_work=0))):
            began = time.process_time()
            found = measured(dataset, settings)
            told(f"{folder.name}, {name}"[:40], found, settings, time.process_time() - began)
            print(f"    {found[0].notes[0]}")


if __name__ == "__main__":
    main()
