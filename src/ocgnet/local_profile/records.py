"""The force's crimes as sums, made by DuckDB over the Arrow tables of a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.period import Period, period_before
from ocgnet.evidence.record_dates import RecordDates, record_dates, why_not_compared
from ocgnet.harm import look_up
from ocgnet.local_profile.figures import CHANCE, NO_INTERVAL, ProfileFigure
from ocgnet.local_profile.offences import group_of, prosperity_of
from ocgnet.settings import ProfileSettings

NOW, BEFORE, BASE = 0, 1, 2
"""Positions of the three periods in ``Windows`` and in the mask of the cube."""

NO_DISTRICT = "no district recorded"


@dataclass(frozen=True)
class Windows:
    """The periods of a profile; all three may be None when the records hold no date."""

    # now, before, base: first and last day, both included.
    now: tuple[date, date] | None
    before: tuple[date, date] | None
    base: tuple[date, date] | None

    @classmethod
    def of(cls, period: Period, settings: ProfileSettings) -> Windows:
        """Return the periods that the settings ask for, the period before and the one before that by default.

        Raises UsageError when a period ends before it begins, or only one end of it is given.
        """
        if period.first is None or period.last is None:
            return cls(None, None, None)
        before = period_before(period, settings.analysis)
        base = period_before(before, settings.analysis)
        return cls(
            (period.first, period.last),
            _asked(settings.before_from, settings.before_to, before, "before"),
            _asked(settings.base_from, settings.base_to, base, "base"),
        )

    @property
    def days(self) -> tuple[tuple[date, date] | None, ...]:
        """The three periods, in the order of their positions."""
        return self.now, self.before, self.base

    def words(self, which: int) -> str:
        """Return one of the periods in words."""
        days = self.days[which]
        return f"{days[0]} to {days[1]}" if days else "all records (none is dated)"


def _asked(first: date | None, last: date | None, default: Period, name: str) -> tuple[date, date] | None:
    if (first is None) != (last is None):
        raise UsageError(f"Give both --{name}-from and --{name}-to, or neither.")
    if first is None or last is None:
        return (default.first, default.last) if default.first and default.last else None
    if first > last:
        raise UsageError(f"The period {name} begins on {first} and ends on {last}: give the earlier day first.")
    return first, last


class Records:
    """Tables in a DuckDB connection, with the offence codes of the crimes resolved.

    ``tables`` are those of a dataset, under their names. Beside them stands ``code`` (``offence_code``, ``number``,
    ``weight``, ``offence_group``, ``family``, and ``prosperity`` and ``category``, null for other offences).
    ``later`` are the same records in the windows one period later, whose sums already hold what these need.
    """

    def __init__(
        self,
        tables: Mapping[str, pa.Table],
        settings: ProfileSettings,
        windows: Windows,
        later: Records | None = None,
    ) -> None:
        self.windows, self.settings = windows, settings
        if later is not None:
            # What a cached property holds is what it would compute: no crime is read again.
            self.__dict__ |= {"codes": later.codes, "cube": later.cube.earlier()}
        self._db = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
        # The command shows its own progress; DuckDB's bar would go to standard output.
        self._db.execute("SET enable_progress_bar = false")
        for name, rows in tables.items():
            self._db.register(name, rows)
        self._db.register("code", self._codes())

    def close(self) -> None:
        """Let go of the connection."""
        self._db.close()

    def sql(self, query: str) -> pa.Table:
        """Return the rows of a query."""
        return self._db.sql(query).to_arrow_table()

    @cached_property
    def codes(self) -> list[str | None]:
        """Offence codes as recorded, None for blank, in the order of their numbers."""
        found = self._db.sql("SELECT DISTINCT offence_code FROM crimes ORDER BY 1 NULLS LAST").fetchall()
        return [code for (code,) in found]

    def _codes(self) -> pa.Table:
        weight = _weights(self.codes, self.settings)
        named = [group_of(code) for code in self.codes]
        against = [prosperity_of(code) for code in self.codes]
        return pa.table(
            {
                "offence_code": pa.array(self.codes, pa.string()),
                "number": pa.array(range(len(self.codes)), pa.int32()),
                "weight": pa.array(weight, pa.float64(), from_pandas=True),
                "offence_group": pa.array([group for group, _ in named], pa.string()),
                "family": pa.array([family for _, family in named], pa.string()),
                "prosperity": pa.array([kind for kind, _ in against], pa.string()),
                "category": pa.array([category for _, category in against], pa.string()),
            }
        )

    @cached_property
    def flagged(self) -> str:
        """Name of a table of the marked crimes of the period and the one before, made once: few crimes are marked.

        ``mask`` has the bit of each period (``1 << NOW``, ``1 << BEFORE``), ``marks`` is the list of flags;
        ``district`` is ``NO_DISTRICT`` where none is recorded, ``happened_on`` the day of the crime as far as known,
        ``weight`` null where the harm is not known.
        """
        mask = " + ".join(f"CASE WHEN {self.inside(w)} THEN {1 << w} ELSE 0 END" for w in (NOW, BEFORE))
        self._db.execute(
            f"""
            CREATE TEMP TABLE flagged AS
            SELECT ({mask})::UTINYINT AS mask, crime_id, string_split(flags, '|') AS marks,
                   coalesce(nullif(trim(district), ''), '{NO_DISTRICT}') AS district, ward, private_space,
                   coalesce(occurred_on, recorded_on) AS happened_on, occurred_hour, victim_kind, loss, c.offence_code,
                   weight, offence_group, family
            FROM crimes c LEFT JOIN code ON code.offence_code IS NOT DISTINCT FROM c.offence_code
            WHERE flags IS NOT NULL AND mask > 0
            """
        )
        return "flagged"

    def inside(self, which: int, column: str = "coalesce(recorded_on, occurred_on)") -> str:
        """Return a condition that holds for days of one period; dates come from the windows only."""
        days = self.windows.days[which]
        if days is None:
            return "true" if which == NOW else "false"
        return f"({column} BETWEEN DATE '{days[0]:%Y-%m-%d}' AND DATE '{days[1]:%Y-%m-%d}')"

    @cached_property
    def unweighted(self) -> dict[str, int]:
        """Crimes of the period by each offence code that the weights do not hold, in the order of the codes."""
        known = dict(zip(self.codes, _weights(self.codes, self.settings), strict=True))
        rows = self.sql(
            f"SELECT offence_code, count(*) AS crimes FROM crimes WHERE {self.inside(NOW)} "
            "AND offence_code IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ).to_pylist()
        return {r["offence_code"]: r["crimes"] for r in rows if np.isnan(known[r["offence_code"]])}

    @cached_property
    def cube(self) -> Cube:
        """Crimes of the three periods by offence code, district, ward and kind of space.

        In order, so that the last digit of a sum is the same in every run.
        """
        mask = " + ".join(f"CASE WHEN {self.inside(w)} THEN {1 << w} ELSE 0 END" for w in (NOW, BEFORE, BASE))
        rows = self.sql(
            f"""
            SELECT mask::UTINYINT AS mask, offence_code, district, ward, private_space, count(*) AS crimes
            FROM (SELECT *, {mask} AS mask FROM crimes) WHERE mask > 0
            GROUP BY ALL ORDER BY ALL
            """
        )
        return Cube.of(rows, self.codes, self.settings)


@dataclass(frozen=True)
class Cube:
    """Counts and sums of crimes; one row per combination that occurs."""

    # ``mask`` (bits of the periods), ``group``, ``family``, ``district``, ``ward`` (categories), ``private`` (1, 0,
    # NaN), ``high`` (whether the weight is that of high harm), ``crimes``, ``severity``, ``squares`` (sum of squared
    # weights), ``unknown`` (crimes of unknown harm).
    frame: pd.DataFrame

    @classmethod
    def of(cls, rows: pa.Table, codes: list[str | None], settings: ProfileSettings) -> Cube:
        """Return the cube of counted rows."""
        number = pc.index_in(rows["offence_code"], pa.array(codes, pa.string())).to_numpy().astype(np.int64)
        weight = _weights(codes, settings)[number]
        named = [group_of(c) for c in codes]
        crimes = rows["crimes"].to_numpy().astype(np.int64)
        known = ~np.isnan(weight)
        frame = pd.DataFrame(
            {
                "mask": rows["mask"].to_numpy(),
                "group": _category(number, [g for g, _ in named]),
                "family": _category(number, [f for _, f in named]),
                "district": _text(rows["district"]),
                "ward": _text(rows["ward"]),
                "private": pc.cast(rows["private_space"], pa.float64()).to_numpy(),
                "high": np.nan_to_num(weight) >= settings.high_harm,
                "crimes": crimes,
                "severity": np.nan_to_num(weight) * crimes,
                "squares": np.nan_to_num(weight) ** 2 * crimes,
                "unknown": np.where(known, 0, crimes),
            }
        )
        return cls(frame)

    def earlier(self) -> Cube:
        """Return the cube one period earlier: what was before is now, the base is before, and there is no base."""
        mask = self.frame["mask"].to_numpy() >> 1
        return Cube(self.frame.assign(mask=mask)[mask > 0].reset_index(drop=True))

    def of_period(self, which: int) -> pd.DataFrame:
        """Return the rows of one period."""
        return self.frame[(self.frame["mask"].to_numpy() >> which) & 1 == 1]

    def sums(self, which: int, *by: str) -> pd.DataFrame:
        """Return crimes, severity, squares and unknown of one period by some columns, sorted by them."""
        rows = self.of_period(which)
        found = rows.groupby(list(by), observed=True, sort=True)[list(SUMS)].sum()
        found["severity"] = found["severity"].round(6)
        if len(by) == 1:
            # Looking names up among categories is slow.
            found.index = found.index.astype(object)
        return found

    def total(self, which: int, where: np.ndarray | None = None) -> pd.Series:
        """Return the sums of one period; ``where`` marks rows of ``of_period``."""
        rows = self.of_period(which)
        return (rows if where is None else rows[where])[list(SUMS)].sum()


def _weights(codes: list[str | None], settings: ProfileSettings) -> np.ndarray:
    """Return the weight of each code; NaN, harm unknown, for a blank one and for one that the weights do not hold."""
    found = [look_up(settings.weights.by_code, c) if c else None for c in codes]
    return np.array([np.nan if w is None else w for w in found], float)


SUMS = ("crimes", "severity", "squares", "unknown")


def _category(number: np.ndarray, names: list[str]) -> pd.Categorical:
    levels = sorted(set(names))
    at = np.array([levels.index(n) for n in names], np.int32)
    return pd.Categorical.from_codes(at[number] if len(names) else [], categories=levels)


def _text(column: pa.ChunkedArray) -> pd.Categorical:
    """Return text as categories in alphabetical order; blank is an empty text."""
    encoded = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    levels = encoded.dictionary.to_pylist()
    order = sorted(range(len(levels)), key=levels.__getitem__)
    place = np.empty(len(levels), np.int32)
    place[order] = np.arange(len(levels))
    return pd.Categorical.from_codes(place[encoded.indices.to_numpy()], categories=[levels[i] for i in order])


# Districts, their local-authority areas and their residents, as the table ``wards`` says.


@dataclass(frozen=True)
class Geography:
    """What is known of places."""

    wards: pd.DataFrame  # ``ward``, ``district``, ``population`` (NaN where not recorded); one row a ward
    area_of: dict[str, str]  # local-authority area by district; a district that is its own area is absent
    population: dict[str, int]  # residents by district, where every ward of it has a number

    @classmethod
    def of(cls, wards: pa.Table) -> Geography:
        """Return the places of the table ``wards``; empty without rows."""
        frame = wards.select(["ward", "district", "area", "population"]).to_pandas()
        areas = {}
        for district, named in frame.dropna(subset=["area"]).groupby("district")["area"]:
            # A district whose wards name two areas belongs to the one that most of them name.
            areas[str(district)] = min(Counter(named).items(), key=lambda pair: (-pair[1], pair[0]))[0]
        known = frame.groupby("district")["population"].agg(["sum", "count", "size"])
        whole = known[known["count"] == known["size"]]["sum"]
        return cls(
            frame[["ward", "district", "population"]],
            areas,
            {str(d): int(n) for d, n in whole.items()},
        )

    @property
    def areas(self) -> dict[str, list[str]]:
        """Districts by local-authority area, areas with most districts first."""
        found: dict[str, list[str]] = {}
        for district, area in sorted(self.area_of.items()):
            found.setdefault(area, []).append(district)
        return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))

    @property
    def main_area(self) -> str:
        """The area that holds most districts; empty when no district belongs to a larger area."""
        return next(iter(self.areas), "")

    def residents(self, districts: list[str]) -> int | None:
        """Return the residents of some districts together, None unless all are known."""
        if not districts or any(d not in self.population for d in districts):
            return None
        return sum(self.population[d] for d in districts)


# What every chapter of a profile works with.


@dataclass(frozen=True)
class Material:
    """The records, the dates and what was asked."""

    dataset: Dataset
    settings: ProfileSettings
    period: Period
    windows: Windows
    records: Records
    kept: dict[str, Any] = field(default_factory=dict)  # what one chapter made and another one needs, by its name

    @cached_property
    def geography(self) -> Geography:
        """Districts, areas and residents."""
        return Geography.of(self.dataset["wards"])

    @property
    def cube(self) -> Cube:
        """Sums of crimes."""
        return self.records.cube

    def has(self, *names: str) -> bool:
        """Whether all these tables were part of the records."""
        return all(name in self.dataset.given for name in names)

    @property
    def before(self) -> Period:
        """The period that this one is compared with, judged as long after its end as this one after its own."""
        days, now = self.windows.before, self.period
        if days is None or now.as_of is None or now.last is None:
            return now
        return Period(days[1] + (now.as_of - now.last), *days, now.note)

    @cached_property
    def dates(self) -> dict[str, RecordDates]:
        """When the records of each table are dated."""
        return record_dates(self.dataset, self.period.as_of)

    def gap(self, table: str, which: int = BEFORE) -> str:
        """Return why a table cannot be compared with one of the earlier periods; empty when it can."""
        days, now = self.windows.days[which], self.period
        if days is None:
            return "the records hold no date"
        return why_not_compared(self.dates, table, now, Period(days[1], *days, now.note))

    def then(self, table: str, count: float) -> float:
        """Return a count of the period before; NaN where the records of its table do not cover both periods."""
        return float("nan") if self.gap(table) else count

    def dated(self, rows: pa.Table, column: str, which: int = NOW) -> pa.Table:
        """Return the rows that ``column`` dates in one period; of records without dates all now, and none before."""
        days = self.windows.days[which]
        if days is None:
            return rows if which == NOW else rows.slice(0, 0)
        on = rows[column]
        return rows.filter(pc.and_(pc.greater_equal(on, pa.scalar(days[0])), pc.less_equal(on, pa.scalar(days[1]))))

    def gaps(self, *tables: str) -> list[str]:
        """Return why these tables, so far as they have records, cannot be compared with the period before."""
        return [why for name in tables if name in self.dates and (why := self.gap(name))]

    def persons(self, ids: str) -> pd.DataFrame:
        """Return when and as what sex the people whom a query names were born, and where they live, by their id.

        Columns ``born`` (NaT where not known), ``sex`` and ``district`` (None where not recorded). Of several dates of
        birth the latest, as everywhere: in doubt somebody is a child. The query ``ids`` gives one column.
        """
        named = " UNION ALL ".join(
            f"SELECT {key} AS id, date_of_birth, sex, nullif(trim(district), '') AS district, {rank} AS rank "
            f"FROM {name} WHERE {key} IN ({ids})"
            for rank, (name, key) in enumerate(
                (("children", "child_id"), ("nominals", "nominal_id"), ("people", "person_id"))
            )
        )
        rows = self.records.sql(
            f"""
            SELECT id, max(date_of_birth) AS born, arg_min(sex, rank) FILTER (sex IS NOT NULL) AS sex,
                   arg_min(district, rank) FILTER (district IS NOT NULL) AS district
            FROM ({named}) GROUP BY id
            """
        )
        return rows.to_pandas(date_as_object=False).set_index("id")

    def figure(
        self,
        chapter: str,
        value: float | None,
        unit: str,
        says: str,
        part: int | None = None,
        whole: int | None = None,
        counted: str = "",
        ends: tuple[float | None, float | None] = NO_INTERVAL,
        records: int | None = None,
        interval: str = CHANCE,
    ) -> ProfileFigure:
        """Return a figure of this period; how its interval was made is said only where it has one."""
        made = interval if ends[0] is not None else ""
        return ProfileFigure(
            value, unit, says, part, whole, counted, *ends,
            chapter=chapter, period=self.now, records=records, interval=made,
        )  # fmt: skip

    @property
    def now(self) -> str:
        """The period in words."""
        return self.windows.words(NOW)

    def crimes_words(self, which: int = NOW) -> str:
        """Return which crimes count in one of the periods."""
        return f"crimes dated {self.windows.words(which)} (recorded, else occurred)"
