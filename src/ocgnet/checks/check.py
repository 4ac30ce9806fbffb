"""The check of a source: the order of its rules, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from heapq import merge
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from ocgnet.checks.authority import check_authority
from ocgnet.checks.births import Births, check_ages, check_before_birth, check_two_births
from ocgnet.checks.dates import check_dates, open_ends_read
from ocgnet.checks.families import check_circles, check_parents
from ocgnet.checks.lookalikes import check_lookalikes, check_spreadsheet_ids
from ocgnet.checks.overlaps import check_overlaps
from ocgnet.checks.people import check_children, check_grades, check_offence_codes, check_two_tables
from ocgnet.checks.places import check_places
from ocgnet.checks.readings import Reading
from ocgnet.checks.references import cascade, check_references, missing_nominals
from ocgnet.checks.response import check_response
from ocgnet.checks.table import CheckedTable, check_alone
from ocgnet.checks.thing_references import ByNumber, identify_things, made_things
from ocgnet.checks.totals import without_totals
from ocgnet.checks.word_lists import check_countries, check_crime_types, check_primary_activities, check_risks
from ocgnet.checks.zones import check_zones
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.errors import RecordError
from ocgnet.evidence.period import Period, period_on
from ocgnet.harm import weights as shipped
from ocgnet.parallel import abreast
from ocgnet.settings import Settings
from ocgnet.sources import Finding, Problem, Rule, Source, SourceFile, read_source

LISTED = 1_000
"""Problems of one rule in one column of one file that ``Checked.problems`` lists; ``rejects`` yields all."""


@dataclass(frozen=True, eq=False)
class Checked:
    """The verdict on a source: everything found, by file in the order of the model, and the tables that could be read.

    ``period`` holds the dates by which ages were judged. ``read_as`` says what was read as something else than it says,
    one sentence for each kind, with its count; that is no fault. ``by_number`` holds, by table and column, the numbers
    that stand in no row of things and become one.
    """

    source: Source
    findings: tuple[Finding, ...]
    period: Period
    tables: Mapping[str, CheckedTable]
    read_as: tuple[str, ...] = ()
    by_number: Mapping[tuple[str, str], ByNumber] = field(default_factory=dict)

    @cached_property
    def errors(self) -> int:
        """Number of errors."""
        return sum(len(f) for f in self.findings if f.is_error)

    @cached_property
    def warning_count(self) -> int:
        """Number of warnings."""
        return sum(len(f) for f in self.findings if not f.is_error)

    @property
    def problems(self) -> list[Problem]:
        """Errors, at most ``LISTED`` of one rule in one column of one file."""
        return [p for f in self.findings if f.is_error for p in f.problems(LISTED)]

    @property
    def warnings(self) -> list[Problem]:
        """Warnings, at most ``LISTED`` of one rule in one column of one file."""
        return [p for f in self.findings if not f.is_error for p in f.problems(LISTED)]

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What was written in a force's words and read in ours, by table and column, the most frequent first.

        What was read as not recorded is a warning instead.
        """
        return tuple(r for t in self.tables.values() for r in t.readings if r.means)

    @property
    def rows_in(self) -> dict[str, int]:
        """Rows read per table, those with errors among them."""
        return {name: raw.rows_in for name, raw in self.source.tables.items()}

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """Name, hash and rows of every file that was read."""
        return self.source.fingerprints()

    def rejects(self) -> Iterator[Problem]:
        """Yield every error, made one at a time, by file, then row."""
        errors = [f for f in self.findings if f.is_error]
        for _, of_file in groupby(errors, key=lambda f: f.file):
            yield from merge(*(f.problems() for f in of_file), key=lambda p: p.row or 0)

    @property
    def fallen(self) -> tuple[Finding, ...]:
        """Rows left out because a row they name was; known once ``dataset`` was made."""
        return tuple(f for t in self.tables.values() for f in t.fallen)

    def whole(self) -> bool:
        """Return whether every table can be used, if need be without some of its rows."""
        return not any(f.is_error and f.whole_file for f in self.findings)

    @cached_property
    def dataset(self) -> Dataset:
        """The good rows, typed; rows with an error, and rows that refer to one of those, are left out and counted.

        ``RecordError`` when a whole table or ``about.toml`` cannot be used: leaving that out would not be leaving out
        rows.
        """
        for finding in self.findings:
            if finding.is_error and finding.whole_file:
                problem = next(finding.problems())
                where = f"{problem.file}, line {problem.row}" if problem.row else problem.file
                raise RecordError(f"{where}: {problem.remedy} Until then nothing can be loaded.")
        cascade(self.tables)
        left_out = tuple(
            LeftOut(name, why, count, refused=why != Rule.NO_RECORD.value)
            for name, t in self.tables.items()
            for why, count in t.left_out()
        )
        own = {name: t for name, t in self.tables.items() if name in self.source.tables}
        typed = dict(zip(own, abreast(CheckedTable.typed, own.values()), strict=True))
        if (made := made_things(self.tables, self.by_number)).num_rows:
            typed["things"] = pa.concat_tables([typed["things"], made]) if "things" in typed else made
        return Dataset.of(typed, self.source.about, left_out)


def check(
    source: str | Path | Source,
    *,
    as_of: date | None = None,
    weights: Mapping[str, float] | None = None,
    settings: Settings | None = None,
) -> Checked:
    """Find every problem of a source in one pass; ``SourceError`` when there is nothing to read.

    ``as_of`` is the day on which ages are judged and comes before that of ``settings``; without either ``about.toml``
    says it, else it is the latest event in the data. An offence code that ``weights`` (severity by normal code; the
    shipped ones by default) do not hold is told.
    """
    settings = settings or Settings()
    if as_of is not None:
        settings = replace(settings, as_of=as_of)
    if not isinstance(source, Source):
        source = read_source(source, encoded=True)
    usable = {name: raw for name, raw in source.tables.items() if raw.usable}
    usable = {name: without_totals(raw, source.words) for name, raw in usable.items()}
    read = abreast(partial(CheckedTable, words=source.words, open_ends=settings.open_ends), usable.values())
    tables = dict(zip(usable, read, strict=True))
    check_places(tables)
    by_number, numbers_read = identify_things(tables, source.tables)
    authority_read = check_authority(tables, source.about)
    zones_read = check_zones(tables)
    abreast(check_alone, tables.values())
    unchecked = check_references(tables, source.tables, {where: read.forms for where, read in by_number.items()})
    if "intel_reports" in tables:
        check_grades(tables["intel_reports"])
    if "crimes" in tables:
        check_offence_codes(tables["crimes"], shipped() if weights is None else weights)
    if "children" in tables:
        check_risks(tables["children"], settings)
    if "ocgs" in tables:
        check_crime_types(tables["ocgs"], "primary_crime_type", source.words)
    if "ocg_activities" in tables:
        check_crime_types(tables["ocg_activities"], "activity", source.words)
        if "ocgs" in tables:
            check_primary_activities(tables["ocg_activities"], tables["ocgs"], source.words)
    if "ocg_countries" in tables:
        check_countries(tables["ocg_countries"])
    check_two_tables(tables)
    days = {name: found for name, t in tables.items() if (found := t.days(settings)) is not None}
    period = period_on(source.about, lambda: days, settings)
    check_dates(tables, days, source.about, period, settings)
    if "children" in tables:
        check_children(tables["children"], period)
    births = Births(tables)
    check_ages(tables, period.as_of)
    check_two_births(tables, births)
    check_before_birth(tables, births)
    check_parents(tables, births)
    check_circles(tables)
    check_overlaps(tables)
    check_response(tables, settings.today)
    check_spreadsheet_ids(tables)
    check_lookalikes(tables)
    of_tables = [
        finding
        for name, raw in source.tables.items()
        for finding in (tables[name].findings if name in tables else raw.findings)
    ]
    absent = missing_nominals(source.tables, source.path.name)
    findings = (*absent, *source.findings, *of_tables, *unchecked)
    read_as = (*open_ends_read(tables), *zones_read, *numbers_read, *authority_read)
    return Checked(source, findings, period, tables, read_as, by_number)


def read_dataset(
    source: str | Path | Source,
    *,
    skip_rejects: bool = False,
    as_of: date | None = None,
    settings: Settings | None = None,
) -> tuple[Dataset, Checked]:
    """Return the checked records of a source, as :func:`check` finds them.

    ``RecordError`` when records break rules; with ``skip_rejects`` rows with an error, and rows that refer to one, are
    left out instead, and only a table that cannot be used at all is refused.
    """
    checked = check(source, as_of=as_of, settings=settings)
    if checked.errors and not skip_rejects:
        first = checked.problems[0]
        where = f"{first.file}, line {first.row}" if first.row else first.file
        raise RecordError(
            f"{checked.errors:,} problems stand in the records, the first in {where}: {first.remedy} "
            "Run ocgnet check to see them all."
        )
    return checked.dataset, checked
