"""The order in which a source is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from ocgnet.abreast import abreast
from ocgnet.check.births import Births, check_ages, check_before_birth, check_two_births
from ocgnet.check.checked import Checked
from ocgnet.check.dates import check_dates, open_ends_read
from ocgnet.check.families import check_circles, check_parents
from ocgnet.check.lookalikes import check_lookalikes, check_spreadsheet_ids
from ocgnet.check.meaning import check_grades, check_offence_codes
from ocgnet.check.overlaps import check_overlaps
from ocgnet.check.people import check_children, check_two_tables
from ocgnet.check.places import check_places
from ocgnet.check.references import check_references, missing_nominals
from ocgnet.check.tables import CheckedTable, check_alone
from ocgnet.check.totals import without_totals
from ocgnet.check.word_lists import check_countries, check_crime_types, check_risks
from ocgnet.dataset import Dataset
from ocgnet.errors import RecordError
from ocgnet.harm import weights as shipped
from ocgnet.period import period_on
from ocgnet.settings import Settings
from ocgnet.sources import Source, read_source


def check(
    source: str | Path | Source,
    *,
    as_of: date | None = None,
    weights: Mapping[str, float] | None = None,
    settings: Settings | None = None,
) -> Checked:
    """Find every problem of a source in one pass.

    Parameters
    ----------
    source : path or Source
        Folder or workbook, or what was read from it.
    as_of : date or None
        Day on which ages are judged; None takes it from ``about.toml``, else the latest event in the data.
    weights : mapping of str to float or None
        Severity weight by normal offence code; a code without one is told. None for the shipped weights.
    settings : Settings, optional
        Period, today, open ends and what is far off; ``as_of`` comes before its own.

    Returns
    -------
    Checked
        With no errors for tables without rows.

    Raises
    ------
    SourceError
        When there is nothing to read.
    """
    settings = settings or Settings()
    if as_of is not None:
        settings = replace(settings, as_of=as_of)
    if not isinstance(source, Source):
        source = read_source(source)
    usable = {name: raw for name, raw in source.tables.items() if raw.usable}
    usable = {name: without_totals(raw, source.words) for name, raw in usable.items()}
    read = abreast(partial(CheckedTable, words=source.words, open_ends=settings.open_ends), usable.values())
    tables = dict(zip(usable, read, strict=True))
    check_places(tables)
    abreast(check_alone, tables.values())
    unchecked = check_references(tables, source.tables)
    if "intel_reports" in tables:
        check_grades(tables["intel_reports"])
    if "crimes" in tables:
        check_offence_codes(tables["crimes"], shipped() if weights is None else weights)
    if "children" in tables:
        check_risks(tables["children"], settings)
    if "ocgs" in tables:
        check_crime_types(tables["ocgs"], source.words)
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
    check_spreadsheet_ids(tables)
    check_lookalikes(tables)
    of_tables = [
        finding
        for name, raw in source.tables.items()
        for finding in (tables[name].findings if name in tables else raw.findings)
    ]
    absent = missing_nominals(source.tables, source.path.name)
    findings = (*absent, *source.findings, *of_tables, *unchecked)
    return Checked(source, findings, period, tables, open_ends_read(tables))


def read_dataset(
    source: str | Path | Source,
    *,
    skip_rejects: bool = False,
    as_of: date | None = None,
    settings: Settings | None = None,
) -> tuple[Dataset, Checked]:
    """Return the checked records of a source.

    Parameters
    ----------
    source : path or Source
        Folder or workbook, or what was read from it.
    skip_rejects : bool
        Leave out rows with an error, and rows that refer to one, instead of refusing all.
    as_of : date or None
    settings : Settings, optional
        As in ``check``.

    Raises
    ------
    SourceError
        When there is nothing to read.
    RecordError
        When records break rules, and with ``skip_rejects`` when a table cannot be used at all.
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
