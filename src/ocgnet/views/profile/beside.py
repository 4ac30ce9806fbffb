"""Other profiles beside this one: one with the difference of each figure, or several with the rank among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ocgnet.english import counted
from ocgnet.local_profile.figures import ProfileTable
from ocgnet.local_profile.similar_forces import Other
from ocgnet.views.html.grids import Grid
from ocgnet.views.svg import profile as plots
from ocgnet.views.words.numbers import plain
from ocgnet.views.words.profile import comparison_sentence, listed
from ocgnet.visible import visible

MOST_IN_PICTURE = 14
"""Figures in the picture of ranks: those that chance leaves the fewest ranks."""

MOST_NAMED = 5
"""Figures that a sentence names."""

TWO_FORCES = "Two forces differ in size, recording and coverage: compare shares and numbers a head, not counts."
"""What is said of a comparison of two forces; ranks are of nothing else."""


@dataclass(frozen=True)
class Comparison:
    """A profile set beside this one: its name, the table ``comparison``, and what else makes the two differ."""

    other: str
    table: ProfileTable
    notes: tuple[str, ...] = ()

    @property
    def verdicts(self) -> dict[str, int]:
        """How many figures got which verdict, wards apart."""
        frame = self.table.frame[~self.table.frame["figure_id"].str.startswith("ward_")]
        return {str(v): int(n) for v, n in frame["verdict"].value_counts(sort=False).items()}

    @property
    def told(self) -> str:
        """The outcome in one line."""
        return f"Compared with {self.other}: " + ", ".join(f"{n} {v}" for v, n in self.verdicts.items()) + "."

    @property
    def named(self) -> list[dict[str, Any]]:
        """What was compared with, for run.json."""
        return [{"force": self.other}]

    def section(self) -> Mapping[str, object]:
        """Return the section of the report: its title, sentences and table."""
        frame = self.table.frame
        cells = [
            (
                visible(str(r.says)),
                _with_counts(r.value, str(r.counts), str(r.unit)),
                _with_counts(r.other, str(r.other_counts), str(r.unit)),
                _signed(r.difference, str(r.unit)),
                "–"
                if pd.isna(r.difference_low)
                else f"{_signed(r.difference_low, str(r.unit))} to {_signed(r.difference_high, str(r.unit))}",
                str(r.verdict),
            )
            for r in frame[~frame["figure_id"].str.startswith("ward_")].itertuples()
        ]
        heads = ("figure", "here", self.other, "difference", "95% interval", "verdict")
        told = comparison_sentence(self.other, self.verdicts)
        return {
            "title": f"Comparison with {self.other}",
            "sentences": [told, *self.notes],
            "picture": "",
            "caption": "",
            "grid": Grid(heads, cells, right={1, 2, 3}, caption=self.table.question),
        }


@dataclass(frozen=True)
class Ranks:
    """The force among several: what they are, and the table ``similar_forces``."""

    here: Other
    others: tuple[Other, ...]
    table: ProfileTable

    @property
    def ranked(self) -> pd.DataFrame:
        """The figures that have a rank."""
        return self.table.frame[self.table.frame["rank"].notna()]

    @property
    def settled(self) -> pd.DataFrame:
        """Those of which chance leaves fewer ranks than there are, the fewest first."""
        frame = self.ranked.assign(open=self.ranked["rank_worst"] - self.ranked["rank_best"])
        frame = frame[frame["open"] < frame["forces"] - 1]
        return frame.sort_values(["open", "rank"], kind="stable")

    @property
    def told(self) -> str:
        """The outcome in one line."""
        return f"Ranked among {len(self.others) + 1} forces: {self._counts}"

    @property
    def _counts(self) -> str:
        few = int((self.table.frame["stands"] == "too few to say").sum())
        said = f"{counted(len(self.ranked), 'figure')}, {len(self.settled)} of them with fewer ranks open than all"
        return f"{said}{f'; {few} too few to say' if few else ''}."

    @property
    def named(self) -> list[dict[str, Any]]:
        """What was compared with, for run.json."""
        return [{"force": other.name, "run_id": other.run_id} for other in self.others]

    def section(self) -> Mapping[str, object]:
        """Return the section of the report: its title, sentences, picture and table."""
        ranked, top = self.ranked, self.settled.head(MOST_IN_PICTURE).sort_values("rank", kind="stable")
        many = len(self.others) + 1
        rows = [
            (visible(str(r.says)), float(r.rank), float(r.rank_best), float(r.rank_worst), str(r.stands).split(",")[0])
            for r in top.itertuples()
        ]
        cells = [
            (
                visible(str(r.says)),
                *(plain(v, str(r.unit)) for v in (r.value, r.lowest, r.middle, r.highest)),
                str(r.stands).partition(",")[0],
                str(r.stands).partition("could be ")[2] or "that one",
            )
            for r in ranked.itertuples()
        ]
        heading = f"Rank of this force among {many}, and the ranks that chance leaves open"
        return {
            "title": f"Among {many} forces",
            "sentences": list(dict.fromkeys([self._who, self._extremes, self._method, *self._notes])),
            "picture": plots.ranks("ranks", heading, rows, many),
            "caption": f"{heading}: the figures of which it leaves the fewest. 1st is the highest value.",
            "grid": Grid(
                ("figure", "here", "lowest", "middle", "highest", "rank", "could be"),
                cells,
                right={1, 2, 3, 4},
                caption=self.table.question,
                more="The counts, and why other figures are not ranked: tables/similar_forces.csv",
                whole={5, 6},
            ),
        }

    @property
    def _who(self) -> str:
        return f"Beside {self.here.name}: {listed([other.name for other in self.others])}. {self._counts}"

    @property
    def _extremes(self) -> str:
        frame = self.settled
        told = []
        for words, names in (
            ("Highest", frame.loc[frame["rank_worst"] == 1, "says"].tolist()),
            ("Lowest", frame.loc[frame["rank_best"] == frame["forces"], "says"].tolist()),
        ):
            more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
            if names:
                told.append(f"{words} of all beyond chance: {listed([*names[:MOST_NAMED], *more])}.")
        return visible(" ".join(told)) if told else "No figure stands highest or lowest of all beyond chance."

    @property
    def _method(self) -> str:
        pairs = len(self.others)
        return (
            "1st is the highest value, which is not the best or the worst. A force could hold any rank from 1 plus "
            "those that are higher by more than chance to all less those that are lower by more than chance, each "
            f"pair by the 95% interval of its difference. With {pairs} pairs a figure one is passed by chance alone "
            f"in up to {min(5 * pairs, 100)}% of cases, so the true range is wider. Counts and sums of weights are "
            "not ranked, because they grow with the size of a force."
        )

    @property
    def _notes(self) -> list[str]:
        return [f"{other.name}: {note}" for other in self.others for note in other.notes if note != TWO_FORCES]


def _with_counts(value: float, counts: str, unit: str) -> str:
    return plain(value, unit) + (f" | {counts}" if counts else "")


def _signed(value: float, unit: str) -> str:
    if pd.isna(value):
        return "–"
    if unit in ("share", "change") and abs(value) < 10:
        return f"{100 * value:+.1f} points"
    return f"{value:+,.2f}" if unit == "ratio" else f"{value:+,.0f}"
