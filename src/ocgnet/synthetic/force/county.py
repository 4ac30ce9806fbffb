"""A force-wide county: every crime of three years with its people, and the organised part among them.

The figures it is made for stand in ``published``; everything else follows from them upwards: how many crimes of
each offence in each place, whom they befell, who is suspected. No figure is written anywhere in the folder.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from ocgnet.errors import UsageError
from ocgnet.synthetic.force.counts import areas_of, fit_counts
from ocgnet.synthetic.force.crimes import draw_crimes
from ocgnet.synthetic.force.harm_of_others import brought
from ocgnet.synthetic.force.linking import Linker
from ocgnet.synthetic.force.offences import Offences, offences
from ocgnet.synthetic.force.organised import Organised, organised_part
from ocgnet.synthetic.force.papers import paper_rows
from ocgnet.synthetic.force.places import DISTRICTS, NOWHERE, wards_of
from ocgnet.synthetic.force.published import SEED, targets_of
from ocgnet.synthetic.force.records import Records
from ocgnet.synthetic.force.stops import stop_rows
from ocgnet.synthetic.force.years import NOW, YEARS, year_of
from ocgnet.synthetic.force.youth import Youth
from ocgnet_demo.drawing import AS_OF, FIRST, Row, write_folder

ABOUT = {
    "force": "Made-up force of the published profile",
    "marking": "OFFICIAL-SENSITIVE",
    "synthetic": True,
    "as_of": AS_OF,
    "period_from": FIRST,
    "period_to": AS_OF,
}
LEAST_SCALE = 0.001
STEPS = 3 + len(YEARS)
"""How often ``say`` is told what is being made."""
_STREAMED = ("crimes", "crime_links", "people", "nominals")


def _silent(_: str) -> None:
    """Say nothing."""


def write_force(out: Path, seed: int = SEED, scale: float = 1.0, say: Callable[[str], None] = _silent) -> None:
    """Write the data folder of a force-wide county.

    Parameters
    ----------
    out : pathlib.Path
        Folder; made when it does not exist, tables of an earlier run are replaced.
    seed : int
        1 gives the published figures; another seed gives another force with figures of its own. The same seed
        and scale give the same bytes with the same release of NumPy.
    scale : float
        1 for about 260,000 crimes in the year. Crimes, victims, offenders and reports scale, and so do children
        flagged, referrals and stop checks, but not below a tenth; groups, their members and families and the
        disruptions stay whole. Above 1 the events of the groups stay whole too; below 1 they are thinned. The
        figures are met to the digit at scale 1; below about a tenth single rapes (3,000 points each) show in the
        severity of a district.
    say : callable
        Told what is being made.

    Raises
    ------
    UsageError
        When ``scale`` is below a thousandth.
    """
    if not scale >= LEAST_SCALE:
        raise UsageError(f"A county needs a scale of at least {LEAST_SCALE}; {scale} was asked for.")
    targets, table, wards = targets_of(seed, scale), offences(), wards_of(seed)
    say("Groups, members and families")
    organised = organised_part(seed, scale, wards, FIRST)
    Youth(seed, scale, organised, targets)
    theirs = _by_year(organised)
    areas = areas_of(targets, wards.name)
    counts = fit_counts(seed, targets, scale, table, areas, {y: _counted(theirs[y], table) for y in YEARS})
    out.mkdir(parents=True, exist_ok=True)
    linker = Linker(seed, table, targets)
    births = _births(organised)
    with Records(out, table, wards) as records:
        for year in YEARS:
            say(f"Crimes of {year}/{(year + 1) % 100}")
            crimes = draw_crimes(seed, year, counts[year], table, areas, wards, theirs[year], targets)
            links = _links_of(organised, theirs[year])
            in_year = [c for c in theirs[year] if c["recorded_on"]]
            records.add_crimes(crimes)
            records.add_links(crimes, linker.link(crimes, brought(in_year, links, births, table)), links)
        say("People")
        records.add_people(seed, linker, organised)
    say("Reports, stop checks and the rest")
    reports, report_links = paper_rows(seed, scale, linker.nominals.size)
    rest = {name: rows for name, rows in organised.tables.items() if name not in _STREAMED}
    rest["intel_reports"] += reports
    rest["intel_links"] += report_links
    write_folder(out, rest | {"stop_checks": stop_rows(seed, targets), "wards": wards.rows()}, ABOUT)


def _by_year(organised: Organised) -> dict[int, list[Row]]:
    """Return the crimes of the organised part by year; those without a date, or of no year here, with the last."""
    found: dict[int, list[Row]] = {y: [] for y in YEARS}
    for crime in organised.tables["crimes"]:
        on = crime["recorded_on"] or crime["occurred_on"]
        found[year_of(on) if isinstance(on, date) else NOW].append(crime)
    return found


def _counted(crimes: list[Row], table: Offences) -> np.ndarray:
    """Return crimes by district and offence, shape ``(districts + 1, codes)``; undated and codeless ones left out."""
    found = np.zeros((NOWHERE + 1, len(table)), np.int64)
    for crime in crimes:
        if crime["recorded_on"] and crime["offence_code"]:
            at = DISTRICTS.index(str(crime["district"])) if crime["district"] else NOWHERE
            found[at, table.position(str(crime["offence_code"]))] += 1
    return found


def _links_of(organised: Organised, crimes: list[Row]) -> list[Row]:
    ids = {c["crime_id"] for c in crimes}
    return [r for r in organised.tables["crime_links"] if r["crime_id"] in ids]


def _births(organised: Organised) -> dict[str, date]:
    keys = (("people", "person_id"), ("nominals", "nominal_id"), ("children", "child_id"))
    return {
        str(row[key]): born
        for name, key in keys
        for row in organised.tables[name]
        if isinstance(born := row.get("date_of_birth"), date)
    }
