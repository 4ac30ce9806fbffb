"""What a store remembers of each force's loads beside the records: description, what was left out, manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.sources import SourceFile
from ocgnet.store.contract import LoadManifest
from ocgnet.store.forces import about_all, left_out_all

_ABOUT_DATES = ("as_of", "period_from", "period_to")


@dataclass(frozen=True)
class ForceState:
    """State of one force after its latest load.

    Parameters
    ----------
    about : About
        Description of its folder.
    left_out : tuple of LeftOut
        Rows that its load refused.
    given : frozenset of str
        Tables that it ever brought and did not replace.
    manifest : LoadManifest
        Of its latest load.
    """

    about: About
    left_out: tuple[LeftOut, ...]
    given: frozenset[str]
    manifest: LoadManifest

    def to_json(self) -> str:
        """Write the state as text; equal states give equal texts."""
        plain = {
            "about": {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(self.about).items()},
            "left_out": [asdict(x) for x in self.left_out],
            "given": sorted(self.given),
            "sources": [asdict(s) for s in self.manifest.sources],
            "version": self.manifest.version,
            "prefix": self.manifest.prefix,
        }
        return json.dumps(plain, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ForceState:
        """Read the text of :meth:`to_json`."""
        plain: dict[str, Any] = json.loads(text)
        about = plain["about"] | {k: date.fromisoformat(plain["about"][k]) for k in _ABOUT_DATES if plain["about"][k]}
        sources = tuple(SourceFile(**s) for s in plain["sources"])
        return cls(
            About(**about),
            # What an earlier version kept is what a load refused.
            tuple(LeftOut(**({"refused": True} | x)) for x in plain["left_out"]),
            frozenset(plain["given"]),
            LoadManifest(sources, plain["version"], plain["prefix"]),
        )


def next_state(before: ForceState | None, dataset: Dataset, manifest: LoadManifest, *, replace: bool) -> ForceState:
    """Return the state of a force once ``dataset`` is loaded."""
    if replace or before is None:
        return ForceState(dataset.about, dataset.left_out, dataset.given, manifest)
    left_out = left_out_all((dataset.left_out, _still_lost(before, dataset, manifest)))
    return ForceState(dataset.about, left_out, dataset.given | before.given, manifest)


def _still_lost(before: ForceState, dataset: Dataset, manifest: LoadManifest) -> list[LeftOut]:
    """Return what an earlier load refused and this one cannot have mended: a table that it does not bring as whole."""
    if manifest.sources == before.manifest.sources:
        return []
    return [
        x
        for x in before.left_out
        if x.what not in dataset.given or _rows(manifest, x.what) < _rows(before.manifest, x.what)
    ]


def _rows(manifest: LoadManifest, name: str) -> int:
    """Return the rows of the file that held a table; of a workbook, all of its rows."""
    own = [s.rows for s in manifest.sources if PurePath(s.file).stem == name]
    return sum(own) if own else sum(s.rows for s in manifest.sources)


def described(records: Dataset, states: Mapping[str, ForceState]) -> Dataset:
    """Return records with the description of all forces whose they are; tables with rows count as given."""
    ordered = [states[p] for p in sorted(states)]
    given = frozenset().union(*(s.given for s in ordered), records.rows)
    left_out = ordered[0].left_out if len(ordered) == 1 else left_out_all(s.left_out for s in ordered)
    return Dataset(about_all([s.about for s in ordered]), records.tables, left_out, given)
